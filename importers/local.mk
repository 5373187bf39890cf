# One file per format: bytes in, commands out.
noinst_LIBRARIES += %D%/libimporters.a
%C%_libimporters_a_SOURCES = \
	%D%/import.h \
	%D%/json_fields.c \
	%D%/json_fields.h \
	%D%/json_shape.c \
	%D%/json_targets.c \
	%D%/json_values.c \
	%D%/json_values.h
