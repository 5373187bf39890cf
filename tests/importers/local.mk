# Tests of importers/: add programs to check_PROGRAMS and TESTS (see tests/base/local.mk).
