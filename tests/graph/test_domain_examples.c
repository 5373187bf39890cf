/* test_domain_examples.c - domain.md sentence by sentence, on stores written by hand. */
#include "base/util.h"
#include "tests/graph/domain_suites.h"
#include "tests/run.h"

int main(void)
{
	static suite_make *const suites[] = {
		domain_write_suite,  domain_held_suite,	 domain_link_suite,
		domain_clause_suite, domain_chain_suite, domain_figures_suite,
	};

	return run_suites(suites, ARRAY_LEN(suites));
}
