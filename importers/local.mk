# One file per format: bytes in, commands out.
noinst_LIBRARIES += %D%/libimporters.a
%C%_libimporters_a_SOURCES = \
	%D%/import.h
