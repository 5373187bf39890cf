/* test_cli.c - runs the suites of cli/. */
#include "base/util.h"
#include "tests/cli/suites.h"
#include "tests/run.h"

int main(void)
{
	static suite_make *const suites[] = {
		args_suite, changes_suite, fields_suite, lines_suite,
		msg_suite,  out_suite,	   settings_suite, table_suite,
	};

	return run_suites(suites, ARRAY_LEN(suites));
}
