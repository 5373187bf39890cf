# Tests of store/.
check_PROGRAMS += %D%/test_store
TESTS += %D%/test_store
threaded_tests += %D%/test_store
%C%_test_store_SOURCES = tests/run.h tests/tmpdir.h \
	%D%/suites.h \
	%D%/test_copy.c \
	%D%/test_cursor.c \
	%D%/test_damage.c \
	%D%/test_grow.c \
	%D%/test_open.c \
	%D%/test_overlay.c \
	%D%/test_secret.c \
	%D%/test_store.c \
	%D%/test_txn.c
%C%_test_store_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_store_LDADD = $(store_libs) $(CHECK_LIBS)
