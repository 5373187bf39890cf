# The writer, the figurer, the import jobs.
noinst_LIBRARIES += %D%/libservices.a
%C%_libservices_a_SOURCES = \
	%D%/access.c \
	%D%/access.h \
	%D%/auditor.c \
	%D%/auditor.h \
	%D%/auditor_key.c \
	%D%/batch.c \
	%D%/crowd.c \
	%D%/crowd.h \
	%D%/fetch.c \
	%D%/fetch.h \
	%D%/figurer.c \
	%D%/figurer.h \
	%D%/figurer_int.h \
	%D%/job_record.c \
	%D%/job_run.c \
	%D%/jobs.c \
	%D%/jobs.h \
	%D%/jobs_int.h \
	%D%/looks.c \
	%D%/looks.h \
	%D%/permit.c \
	%D%/round.c \
	%D%/seeds.c \
	%D%/shifts.c \
	%D%/touched.c \
	%D%/touched.h \
	%D%/writer.c \
	%D%/writer.h \
	%D%/writer_int.h
