# Tests of fuzz/: add programs to check_PROGRAMS and TESTS (see tests/base/local.mk).
