/*
 * run.h - what every unit test program shares: run suites, answer the exit status. Under
 * CK_FORK=no (sanitizers) the first failing test ends its program by longjmp and may leak.
 */
#pragma once

#include <check.h>
#include <stdlib.h>

typedef Suite *suite_make(void);

static inline int run_suites(suite_make *const *makes, size_t n)
{
	SRunner *sr = srunner_create(NULL);
	int failed;

	for (size_t i = 0; i < n; i++)
		srunner_add_suite(sr, makes[i]());
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
