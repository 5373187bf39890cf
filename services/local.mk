# The writer, the figurer, the calendar, deliverers.
noinst_LIBRARIES += %D%/libservices.a
%C%_libservices_a_SOURCES = \
	%D%/figurer.h \
	%D%/jobs.h \
	%D%/writer.h
