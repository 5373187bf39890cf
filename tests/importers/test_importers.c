/* test_importers.c - runs the suites of importers/. */
#include "base/util.h"
#include "tests/importers/harness.h"
#include "tests/run.h"

int main(void)
{
	static suite_make *const suites[] = { encoding_suite, csv_suite,  columns_suite,
					      values_suite,   rows_suite, ndjson_suite,
					      json_suite,     nta_suite,  awards_suite };

	return run_suites(suites, ARRAY_LEN(suites));
}
