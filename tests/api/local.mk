# Tests of api/: add programs to check_PROGRAMS and TESTS (see tests/base/local.mk).

check_PROGRAMS += %D%/test_assets
TESTS += %D%/test_assets
%C%_test_assets_SOURCES = tests/run.h %D%/test_assets.c
%C%_test_assets_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_assets_LDADD = $(api_libs) $(CHECK_LIBS)
