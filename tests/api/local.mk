# Tests of api/: add programs to check_PROGRAMS and TESTS (see tests/base/local.mk).
