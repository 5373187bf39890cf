# Unit tests mirror the folders: tests/<folder>/local.mk names the programs of one. Each is a
# program of its own under libcheck; `make check` runs them all.
AM_TESTS_ENVIRONMENT = srcdir='$(srcdir)'; export srcdir; $(TEST_FORK) \
	CK_DEFAULT_TIMEOUT=$${CK_DEFAULT_TIMEOUT:-60}; export CK_DEFAULT_TIMEOUT; \
	ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:$$ASAN_OPTIONS; export ASAN_OPTIONS; \
	UBSAN_OPTIONS=print_stacktrace=1:$$UBSAN_OPTIONS; export UBSAN_OPTIONS;
if SANITIZER
TEST_FORK = CK_FORK=no; export CK_FORK;
endif

threaded_tests =
EXTRA_DIST += %D%/integration %D%/fuzz/corpus

if HAVE_CHECK
include %D%/base/local.mk
include %D%/store/local.mk
include %D%/twin/local.mk
include %D%/graph/local.mk
include %D%/importers/local.mk
include %D%/services/local.mk
include %D%/api/local.mk
include %D%/cli/local.mk
endif
include %D%/fuzz/local.mk
include %D%/bench/local.mk

# Programs with threads of their own, for ThreadSanitizer: each folder adds its own.
.PHONY: check-threaded
check-threaded: $(threaded_tests)
	@test -z '$(strip $(threaded_tests))' || $(MAKE) check-TESTS TESTS='$(threaded_tests)'
