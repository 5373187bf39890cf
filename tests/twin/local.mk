# The brute-force twin of graph/ and its own test.
twin_sources = \
	%D%/twin.h \
	%D%/twin_answers.c \
	%D%/twin_chain.c \
	%D%/twin_link.c \
	%D%/twin_org.c \
	%D%/world.c \
	%D%/world.h \
	%D%/world_gen.c \
	%D%/world_print.c \
	%D%/world_shrink.c

check_PROGRAMS += %D%/test_twin
TESTS += %D%/test_twin
%C%_test_twin_SOURCES = $(twin_sources) tests/run.h %D%/test_twin.c
%C%_test_twin_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_twin_LDADD = $(graph_libs) $(CHECK_LIBS)
