# Tests of services/.
check_PROGRAMS += %D%/test_writer
TESTS += %D%/test_writer
threaded_tests += %D%/test_writer

# The writer alone, over a graph that fails on demand.
%C%_test_writer_SOURCES = tests/run.h tests/tmpdir.h tests/diskfault.h \
	%D%/fake_graph.c \
	%D%/fake_graph.h \
	%D%/test_writer.c
%C%_test_writer_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_writer_LDADD = services/libservices.a $(store_libs) $(CHECK_LIBS)

check_PROGRAMS += %D%/test_figurer
TESTS += %D%/test_figurer
threaded_tests += %D%/test_figurer
%C%_test_figurer_SOURCES = $(twin_sources) tests/run.h tests/tmpdir.h \
	tests/graph/world_ops.c \
	tests/graph/world_ops.h \
	%D%/test_figurer.c
%C%_test_figurer_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_figurer_LDADD = $(services_libs) $(CHECK_LIBS)

check_PROGRAMS += %D%/test_jobs
TESTS += %D%/test_jobs
threaded_tests += %D%/test_jobs
%C%_test_jobs_SOURCES = tests/run.h tests/tmpdir.h %D%/test_jobs.c
%C%_test_jobs_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_jobs_LDADD = $(services_libs) $(CHECK_LIBS)

check_PROGRAMS += %D%/test_looks
TESTS += %D%/test_looks
threaded_tests += %D%/test_looks
%C%_test_looks_SOURCES = tests/run.h tests/tmpdir.h %D%/test_looks.c
%C%_test_looks_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_looks_LDADD = $(services_libs) $(CHECK_LIBS)
