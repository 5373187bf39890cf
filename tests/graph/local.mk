# Tests of graph/: the examples of domain.md, and random worlds against the brute-force twin.
check_PROGRAMS += %D%/test_domain_examples %D%/test_differential
TESTS += %D%/test_domain_examples %D%/test_differential
%C%_test_domain_examples_SOURCES = tests/run.h \
	%D%/domain_chain.c \
	%D%/domain_clause.c \
	%D%/domain_figures.c \
	%D%/domain_held.c \
	%D%/domain_kit.c \
	%D%/domain_kit.h \
	%D%/domain_link.c \
	%D%/domain_suites.h \
	%D%/domain_write.c \
	%D%/test_domain_examples.c \
	%D%/world_ops.c \
	%D%/world_ops.h \
	$(twin_sources)
%C%_test_domain_examples_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_domain_examples_LDADD = $(graph_libs) $(CHECK_LIBS)

%C%_test_differential_SOURCES = tests/run.h \
	%D%/compare.c \
	%D%/compare.h \
	%D%/compare_counts.c \
	%D%/compare_many.c \
	%D%/compare_pick.c \
	%D%/compare_ways.c \
	%D%/test_differential.c \
	%D%/world_ops.c \
	%D%/world_ops.h \
	$(twin_sources)
%C%_test_differential_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_differential_LDADD = $(graph_libs) $(CHECK_LIBS)

# Lists and commands too large for the worlds above.
check_PROGRAMS += %D%/test_hubs
TESTS += %D%/test_hubs
%C%_test_hubs_SOURCES = tests/run.h \
	%D%/compare.c \
	%D%/compare.h \
	%D%/compare_pick.c \
	%D%/compare_ways.c \
	%D%/test_hubs.c \
	%D%/world_ops.c \
	%D%/world_ops.h \
	$(twin_sources)
%C%_test_hubs_CPPFLAGS = $(AM_CPPFLAGS) -DW_ORGS=1600 -DW_LINKS=9000
%C%_test_hubs_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_hubs_LDADD = $(graph_libs) $(CHECK_LIBS)

# Edits of adjacency alone.
check_PROGRAMS += %D%/test_adj
TESTS += %D%/test_adj
%C%_test_adj_SOURCES = tests/run.h %D%/test_adj.c
%C%_test_adj_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_adj_LDADD = $(graph_libs) $(CHECK_LIBS)

# The log, applied again.
check_PROGRAMS += %D%/test_replay
TESTS += %D%/test_replay
%C%_test_replay_SOURCES = tests/run.h \
	%D%/records.c \
	%D%/records.h \
	%D%/test_replay.c \
	%D%/world_ops.c \
	%D%/world_ops.h \
	$(twin_sources)
%C%_test_replay_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_replay_LDADD = $(graph_libs) $(CHECK_LIBS)

# Single points of failure against the removal of each organisation in turn.
check_PROGRAMS += %D%/test_chokepoints
TESTS += %D%/test_chokepoints
%C%_test_chokepoints_SOURCES = tests/run.h \
	%D%/domain_kit.c \
	%D%/domain_kit.h \
	%D%/test_chokepoints.c \
	%D%/world_ops.c \
	%D%/world_ops.h \
	$(twin_sources)
%C%_test_chokepoints_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_chokepoints_LDADD = $(graph_libs) $(CHECK_LIBS)

# What stands for organisations that a viewer may not know.
check_PROGRAMS += %D%/test_pseudonym
TESTS += %D%/test_pseudonym
%C%_test_pseudonym_SOURCES = tests/run.h %D%/test_pseudonym.c
%C%_test_pseudonym_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_pseudonym_LDADD = $(graph_libs) $(CHECK_LIBS)

# What a procurer can learn from its answers.
check_PROGRAMS += %D%/test_learn
TESTS += %D%/test_learn
%C%_test_learn_SOURCES = tests/run.h \
	%D%/compare.c \
	%D%/compare.h \
	%D%/compare_pick.c \
	%D%/compare_ways.c \
	%D%/domain_kit.c \
	%D%/domain_kit.h \
	%D%/test_learn.c \
	%D%/world_ops.c \
	%D%/world_ops.h \
	$(twin_sources)
%C%_test_learn_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_learn_LDADD = $(graph_libs) $(CHECK_LIBS)
# The chain over the log, heads, retention, erasure.
check_PROGRAMS += %D%/test_audit
TESTS += %D%/test_audit
%C%_test_audit_SOURCES = tests/run.h \
	%D%/domain_kit.c \
	%D%/domain_kit.h \
	%D%/test_audit.c \
	%D%/world_ops.c \
	%D%/world_ops.h \
	$(twin_sources)
%C%_test_audit_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_audit_LDADD = $(graph_libs) $(CHECK_LIBS)

# What was known at an earlier revision, against the log applied up to it.
check_PROGRAMS += %D%/test_as_of
TESTS += %D%/test_as_of
%C%_test_as_of_SOURCES = tests/run.h tests/tmpdir.h \
	%D%/chaos.c \
	%D%/chaos.h \
	%D%/records.c \
	%D%/records.h \
	%D%/test_as_of.c \
	%D%/world_ops.c \
	%D%/world_ops.h \
	$(twin_sources)
%C%_test_as_of_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_as_of_LDADD = $(graph_libs) $(CHECK_LIBS)

# Commands taken back, against a copy of the records before them.
check_PROGRAMS += %D%/test_revert
TESTS += %D%/test_revert
%C%_test_revert_SOURCES = tests/run.h tests/tmpdir.h \
	%D%/chaos.c \
	%D%/chaos.h \
	%D%/records.c \
	%D%/records.h \
	%D%/test_revert.c \
	%D%/world_ops.c \
	%D%/world_ops.h \
	$(twin_sources)
%C%_test_revert_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_revert_LDADD = $(graph_libs) $(CHECK_LIBS)
