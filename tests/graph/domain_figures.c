/* domain_figures.c - dependency and its explanation, spend behind gaps, at risk, impact. */
#include "base/util.h"
#include "tests/graph/domain_kit.h"
#include "tests/graph/domain_suites.h"

static void orgs(const char *letters)
{
	for (const char *c = letters; *c; c++)
		kit_org((const char[]){ *c, '\0' }, "");
}

static double dependency(const char *s, unsigned depth)
{
	return kit_item("P", s, depth, TODAY).dependency;
}

/* Without dependency: 1.0, 0.5, 0.1 by criticality, 0.5 where that too is missing. */
START_TEST(defaults)
{
	orgs("PABCDE");
	kit_link("P", "A", "criticality=high");
	kit_link("P", "B", "criticality=medium");
	kit_link("P", "C", "criticality=low");
	kit_link("P", "D", "");
	kit_link("P", "E", "criticality=low dependency=0.7");
	ck_assert(dependency("A", 1) == 1.0);
	ck_assert(dependency("B", 1) == 0.5);
	ck_assert(dependency("C", 1) == 0.1);
	ck_assert(dependency("D", 1) == 0.5);
	ck_assert(dependency("E", 1) == 0.7);
	ck_assert_uint_eq(kit_exposure("P", 1, TODAY, 90).dependency_defaulted, 4);
}
END_TEST

/* The highest product over walks of at most N links that do not pass through P again. */
START_TEST(highest_product)
{
	orgs("PABC");
	kit_link("P", "A", "dependency=0.9");
	kit_link("A", "B", "dependency=0.9");
	kit_link("B", "C", "dependency=0.9");
	kit_link("P", "C", "dependency=0.5");
	ck_assert(dependency("C", 1) == 0.5);
	ck_assert(dependency("C", 2) == 0.5);
	ck_assert(dependency("C", 3) == 0.729);
	ck_assert_int_eq(kit_item("P", "C", 3, TODAY).tier, 1);
	ck_assert_str_eq(kit_path("P", "C", 3, TODAY), "P A B C");
	ck_assert_str_eq(kit_path("P", "C", 2, TODAY), "P C");
	ck_assert_str_eq(kit_path("C", "P", 3, TODAY), "");
}
END_TEST

/* The fewest links that reach it; from S back each time the smallest id. */
START_TEST(ties)
{
	orgs("PABCDE");
	kit_link("P", "B", "dependency=0.5");
	kit_link("P", "A", "dependency=0.25");
	kit_link("A", "C", "dependency=1");
	kit_link("B", "C", "dependency=0.5");
	kit_link("C", "D", "dependency=1");
	kit_link("B", "D", "dependency=0.5");
	ck_assert_str_eq(kit_path("P", "C", 4, TODAY), "P A C");
	ck_assert_str_eq(kit_path("P", "D", 4, TODAY), "P B D");
	kit_link("P", "E", "dependency=0");
	kit_link("E", "D", "");
	ck_assert_str_eq(kit_path("P", "E", 4, TODAY), "P E");
	ck_assert(dependency("E", 4) == 0);
}
END_TEST

/* m(A): 1 in gap; else the highest product down to a gap within N-1 links; else 0. */
START_TEST(spend)
{
	orgs("PABCD");
	kit_link("P", "A", "annual_spend=1000");
	kit_link("P", "B", "annual_spend=100 required_level=3");
	kit_link("P", "D", "");
	kit_link("A", "C", "dependency=0.25 required_level=1");
	ck_assert_int_eq(kit_exposure("P", 1, TODAY, 90).spend_behind_gaps, 100);
	ck_assert_int_eq(kit_exposure("P", 2, TODAY, 90).spend_behind_gaps, 350);
	ck_assert_int_eq(kit_exposure("P", 2, TODAY, 90).annual_spend, 1100);
	ck_assert_uint_eq(kit_exposure("P", 2, TODAY, 90).spend_unknown, 1);
	kit_link("A", "B", "dependency=0.5"); /* B is in gap for P as well */
	ck_assert_int_eq(kit_exposure("P", 2, TODAY, 90).spend_behind_gaps, 600);
	kit_link("P", "A", "annual_spend=1000 end=2027-05-31");
	ck_assert_int_eq(kit_exposure("P", 2, TODAY, 90).annual_spend, 100);
	ck_assert_int_eq(kit_exposure("P", 2, TODAY, 90).spend_behind_gaps, 100);
}
END_TEST

/* Rounded once to a whole yen, half away from zero. */
START_TEST(spend_rounding)
{
	orgs("PABC");
	kit_link("P", "A", "annual_spend=1");
	kit_link("P", "B", "annual_spend=1");
	kit_link("A", "C", "dependency=0.25 required_level=1");
	kit_link("B", "C", "dependency=0.25");
	ck_assert_int_eq(kit_exposure("P", 2, TODAY, 90).spend_behind_gaps, 1); /* 0.25 + 0.25 */
	kit_link("B", "C", "dependency=0.2499");
	ck_assert_int_eq(kit_exposure("P", 2, TODAY, 90).spend_behind_gaps, 0);
	kit_link("P", "A", "annual_spend=1000000000000000");
	kit_link("P", "B", "annual_spend=1000000000000000");
	kit_link("A", "C", "dependency=0.9999 required_level=1");
	ck_assert_int_eq(kit_exposure("P", 2, TODAY, 90).spend_behind_gaps, 1249800000000000);
	ck_assert_int_eq(kit_exposure("P", 2, TODAY, 90).annual_spend, 2000000000000000);
}
END_TEST

/* at_risk is counted apart, whatever the state. */
START_TEST(at_risk_is_apart)
{
	orgs("PA");
	kit_link("P", "A", "required_level=5");
	kit_cert("A", "c", "scheme=scs level=4 issued=2026-06-01 expires=2029-05-31");
	ck_assert_uint_eq(kit_exposure("P", 1, TODAY, 90).at_risk, 1);
	ck_assert_uint_eq(kit_exposure("P", 1, TODAY, 90).gaps, 1);
	ck_assert_uint_eq(kit_exposure("P", 1, "2027-05-31", 90).at_risk, 0);
}
END_TEST

/* Impact: who has S in reach, with tier, required and whether it is, or would be, a gap. */
START_TEST(impact)
{
	struct impact im;

	orgs("PQRSX");
	kit_link("P", "S", "required_level=3");
	kit_link("Q", "P", "");
	kit_link("R", "P", "");
	kit_link("X", "P", "end=2027-05-31");
	kit_targets("R", "rules=[] tiers=2:4");
	kit_cert("S", "c", "scheme=scs level=3");
	im = kit_impact("S", 4, TODAY, -1);
	ck_assert_int_eq(im.held, 3);
	ck_assert_uint_eq(im.procurers, 3);
	ck_assert_uint_eq(im.in_gap, 1);
	ck_assert_uint_eq(im.n, 3);
	ck_assert_uint_eq(im.items[0].procurer, kit_num("P"));
	ck_assert_uint_eq(im.items[1].procurer, kit_num("Q"));
	ck_assert_uint_eq(im.items[2].procurer, kit_num("R"));
	ck_assert(im.items[2].gap && im.items[2].required == 4);
	ck_assert_uint_eq(im.tier_procurers[1], 1);
	ck_assert_uint_eq(im.tier_procurers[2], 2);
	ck_assert_uint_eq(im.tier_in_gap[2], 1);
	impact_done(&im);
	im = kit_impact("S", 4, TODAY, 0);
	ck_assert_int_eq(im.held, 3); /* the true level */
	ck_assert_uint_eq(im.in_gap, 3);
	impact_done(&im);
	im = kit_impact("S", 4, TODAY, 4);
	ck_assert_uint_eq(im.in_gap, 0);
	impact_done(&im);
	im = kit_impact("S", 1, TODAY, -1);
	ck_assert_uint_eq(im.procurers, 1);
	impact_done(&im);
}
END_TEST

/* Visibility is judged for each procurer. */
START_TEST(impact_sees_as_each_sees)
{
	struct impact im;

	orgs("PQRS");
	kit_link("P", "S", "required_level=3 disclosure=private grants=Q:anonymous:");
	kit_link("Q", "P", "");
	kit_link("R", "P", "");
	im = kit_impact("S", 4, TODAY, -1);
	ck_assert_uint_eq(im.procurers, 2);
	ck_assert_uint_eq(im.items[1].procurer, kit_num("Q"));
	impact_done(&im);
}
END_TEST

Suite *domain_figures_suite(void)
{
	const TTest *const tests[] = {
		defaults, highest_product, ties, spend, spend_rounding, at_risk_is_apart, impact,
		impact_sees_as_each_sees,
	};
	Suite *s = suite_create("domain: figures");
	TCase *tc = tcase_create("figures");

	tcase_add_checked_fixture(tc, kit_open, kit_close);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	return s;
}
