# Tests of services/.
check_PROGRAMS += %D%/test_writer
TESTS += %D%/test_writer

# The writer alone, over a graph that fails on demand.
%C%_test_writer_SOURCES = tests/run.h tests/tmpdir.h tests/diskfault.h \
	%D%/fake_graph.c \
	%D%/fake_graph.h \
	%D%/test_writer.c
%C%_test_writer_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_writer_LDADD = services/libservices.a $(store_libs) $(CHECK_LIBS)
