/* test_base.c - runs the suites of base/. */
#include "base/util.h"
#include "tests/base/suites.h"
#include "tests/run.h"

int main(void)
{
	static suite_make *const suites[] = {
		memory_suite, pack_suite,    err_suite,	  text_suite,
		date_suite,   orgid_suite,   json_suite,  options_suite, tokentext_suite,
	};

	return run_suites(suites, ARRAY_LEN(suites));
}
