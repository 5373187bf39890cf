# The writer, the figurer, the import jobs.
noinst_LIBRARIES += %D%/libservices.a
%C%_libservices_a_SOURCES = \
	%D%/batch.c \
	%D%/figurer.h \
	%D%/jobs.h \
	%D%/writer.c \
	%D%/writer.h \
	%D%/writer_int.h
