# Tests of store/: add programs to check_PROGRAMS and TESTS (see tests/base/local.mk).
