/* domain_link.c - the level that a link asks for: explicit, by rules, by METI's tree. */
#include "base/util.h"
#include "tests/graph/domain_kit.h"
#include "tests/graph/domain_suites.h"

static int level(const char *rules, const char *link)
{
	kit_targets("P", rules);
	kit_link("P", "A", link);
	return kit_level("P", "A").level;
}

static void two(void)
{
	kit_org("P", "");
	kit_org("A", "");
}

/* The explicit level if the link has one (0 means nothing is asked); else the rules; else 0. */
START_TEST(explicit_first)
{
	two();
	kit_link("P", "A", "");
	ck_assert_int_eq(kit_level("P", "A").level, 0);
	ck_assert_int_eq(kit_level("P", "A").source, LEVEL_NONE);
	ck_assert_int_eq(level("rules=>4", ""), 4);
	ck_assert_int_eq(kit_level("P", "A").source, LEVEL_RULE);
	ck_assert_int_eq(kit_level("P", "A").rule, 0);
	ck_assert_int_eq(level("rules=>4", "required_level=5"), 5);
	ck_assert_int_eq(level("rules=>4", "required_level=0"), 0);
	ck_assert_int_eq(kit_level("P", "A").source, LEVEL_EXPLICIT);
}
END_TEST

/* Any yes is 4; all no is 3; unknown is a task: provisional, and undecided. */
START_TEST(metis_tree)
{
	two();
	ck_assert_int_eq(level("due=2027-09-30", "confidential=yes"), 4);
	ck_assert_int_eq(kit_level("P", "A").rule, 0);
	ck_assert_int_eq(level("", "continuity=yes confidential=no system_access=no"), 4);
	ck_assert_int_eq(kit_level("P", "A").rule, 1);
	ck_assert_int_eq(level("", "system_access=yes"), 4);
	ck_assert(!kit_level("P", "A").undecided);
	ck_assert_int_eq(level("", "confidential=no continuity=no system_access=no"), 3);
	ck_assert_int_eq(kit_level("P", "A").rule, 3);
	ck_assert(!kit_level("P", "A").undecided);
	ck_assert_int_eq(level("", "confidential=no continuity=no"), 3);
	ck_assert(kit_level("P", "A").undecided);
	ck_assert_int_eq(level("", "required_level=3"), 3);
	ck_assert(!kit_level("P", "A").undecided);
}
END_TEST

/* "rules":[] means none; an org without targets has no rules and no undecided links. */
START_TEST(no_rules)
{
	two();
	ck_assert_int_eq(level("rules=[]", "confidential=yes"), 0);
	ck_assert_int_eq(level("rules=[]", "confidential=no"), 0);
	ck_assert(kit_level("P", "A").undecided);
	ck_rc(kit_write(OP_DELETE, 0, ENT_TARGETS, "P", "", "", ""), RC_OK);
	ck_assert_int_eq(kit_level("P", "A").level, 0);
	ck_assert(!kit_level("P", "A").undecided);
	kit_targets("P", "");
	ck_assert_int_eq(kit_level("P", "A").level, 3);
}
END_TEST

/* Unknown does not match true and matches false. */
START_TEST(unknown_flags)
{
	two();
	ck_assert_int_eq(level("rules=confidential:yes>4", ""), 0);
	ck_assert_int_eq(level("rules=confidential:no>4", ""), 4);
	ck_assert_int_eq(level("rules=confidential:no>4", "confidential=no"), 4);
	ck_assert_int_eq(level("rules=confidential:no>4", "confidential=yes"), 0);
	ck_assert_int_eq(level("rules=sole_source:no>4", ""), 4);
	ck_assert_int_eq(level("rules=sole_source:yes>4", "sole_source=yes"), 4);
	ck_assert_int_eq(level("rules=continuity:no>2", ""), 2);
	ck_assert_int_eq(level("rules=system_access:no>2", "system_access=yes"), 0);
}
END_TEST

/* All that a rule names must hold; the highest level among those that match. */
START_TEST(all_of_a_rule)
{
	two();
	ck_assert_int_eq(level("rules=criticality:high,relation:business>4;>2", ""), 2);
	ck_assert_int_eq(level("rules=criticality:high,relation:business>4;>2", "criticality=high"), 2);
	ck_assert_int_eq(level("rules=criticality:high,relation:business>4;>2",
			       "criticality=high relation=business"), 4);
	ck_assert_int_eq(level("rules=criticality:high,relation:business>4;>2",
			       "criticality=high relation=it-service"), 2);
	ck_assert_int_eq(level("rules=department:purchasing>3", ""), 0);
	ck_assert_int_eq(level("rules=department:purchasing>3", "department=Purchasing"), 0);
	ck_assert_int_eq(level("rules=department:purchasing>3", "department=purchasing"), 3);
	ck_assert_int_eq(level("rules=>1;>5;>3", ""), 5);
	ck_assert_int_eq(kit_level("P", "A").rule, 1);
}
END_TEST

/* annual_spend_min: unknown counts as 0. */
START_TEST(spend_rule)
{
	two();
	ck_assert_int_eq(level("rules=annual_spend_min:0>3", ""), 3);
	ck_assert_int_eq(level("rules=annual_spend_min:1>3", ""), 0);
	ck_assert_int_eq(level("rules=annual_spend_min:1000>3", "annual_spend=999"), 0);
	ck_assert_int_eq(level("rules=annual_spend_min:1000>3", "annual_spend=1000"), 3);
}
END_TEST

/* An explicit level below what the rules give is an exception, counted over active links. */
START_TEST(exceptions)
{
	two();
	kit_org("B", "");
	kit_org("C", "");
	level("rules=>4", "required_level=3 reason=small until=2027-12-31");
	ck_assert_uint_eq(kit_warnings, 0);
	ck_assert(kit_level("P", "A").exception);
	kit_link("P", "B", "required_level=3");
	ck_assert_uint_eq(kit_warnings, WARN_EXCEPTION_REASON);
	kit_link("P", "C", "required_level=4");
	ck_assert(!kit_level("P", "C").exception);
	ck_assert_uint_eq(kit_exposure("P", 1, TODAY, 90).exceptions, 2);
	kit_link("P", "B", "required_level=3 end=2027-05-31");
	ck_assert_uint_eq(kit_exposure("P", 1, TODAY, 90).exceptions, 1);
	ck_assert_uint_eq(kit_exposure("P", 1, "2027-05-31", 90).exceptions, 2);
	kit_targets("P", "rules=[]");
	ck_assert_uint_eq(kit_exposure("P", 1, TODAY, 90).exceptions, 0);
}
END_TEST

/* A change of targets reaches every link of its owner, and of nobody else. */
START_TEST(targets_change)
{
	two();
	kit_org("Q", "");
	kit_link("P", "A", "");
	kit_link("Q", "A", "");
	ck_assert_int_eq(kit_item("P", "A", 1, TODAY).state, ST_NOT_ASKED);
	kit_targets("P", "rules=>4");
	ck_assert_int_eq(kit_item("P", "A", 1, TODAY).required, 4);
	ck_assert_int_eq(kit_item("Q", "A", 1, TODAY).required, 0);
	kit_targets("P", "rules=>5");
	ck_assert_int_eq(kit_item("P", "A", 1, TODAY).required, 5);
	ck_rc(kit_write(OP_DELETE, 0, ENT_TARGETS, "P", "", "", ""), RC_OK);
	ck_assert_int_eq(kit_item("P", "A", 1, TODAY).required, 0);
}
END_TEST

Suite *domain_link_suite(void)
{
	const TTest *const tests[] = {
		explicit_first, metis_tree, no_rules, unknown_flags, all_of_a_rule, spend_rule,
		exceptions, targets_change,
	};
	Suite *s = suite_create("domain: level of a link");
	TCase *tc = tcase_create("level");

	tcase_add_checked_fixture(tc, kit_open, kit_close);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	return s;
}
