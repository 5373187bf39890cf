# Tests of importers/: what files become, without a store.
check_PROGRAMS += %D%/test_importers
TESTS += %D%/test_importers
%C%_test_importers_SOURCES = tests/run.h \
	%D%/harness.c \
	%D%/harness.h \
	%D%/test_awards.c \
	%D%/test_columns.c \
	%D%/test_csv.c \
	%D%/test_encoding.c \
	%D%/test_importers.c \
	%D%/test_json.c \
	%D%/test_ndjson.c \
	%D%/test_nta.c \
	%D%/test_rows.c \
	%D%/test_values.c
%C%_test_importers_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_importers_LDADD = $(importers_libs) $(CHECK_LIBS)
