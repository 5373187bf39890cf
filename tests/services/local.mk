# Tests of services/: add programs to check_PROGRAMS and TESTS (see tests/base/local.mk).
