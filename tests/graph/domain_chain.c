/* domain_chain.c - reach, visibility, gaps, timing and states. */
#include "base/util.h"
#include "tests/graph/domain_kit.h"
#include "tests/graph/domain_suites.h"

static void orgs(const char *letters)
{
	for (const char *c = letters; *c; c++)
		kit_org((const char[]){ *c, '\0' }, "");
}

static struct chain_item at(const char *s)
{
	return kit_item("P", s, 4, TODAY);
}

/* start <= D <= end; a missing bound is open. */
START_TEST(active_links)
{
	orgs("PA");
	kit_link("P", "A", "start=2027-05-01 end=2027-06-30");
	ck_assert_int_eq(kit_item("P", "A", 1, "2027-04-30").tier, 0);
	ck_assert_int_eq(kit_item("P", "A", 1, "2027-05-01").tier, 1);
	ck_assert_int_eq(kit_item("P", "A", 1, "2027-06-30").tier, 1);
	ck_assert_int_eq(kit_item("P", "A", 1, "2027-07-01").tier, 0);
	kit_link("P", "A", "");
	ck_assert_int_eq(kit_item("P", "A", 1, "1990-01-01").tier, 1);
}
END_TEST

/* Tier: the smallest number of links; P is tier 0 and never its own supplier; depth N tiers. */
START_TEST(reach_and_tiers)
{
	struct exposure x;

	orgs("PABCD");
	kit_link("P", "A", "");
	kit_link("A", "B", "");
	kit_link("B", "C", "");
	kit_link("P", "B", "");
	kit_link("C", "P", "required_level=5");
	kit_link("C", "D", "");
	ck_assert_int_eq(at("B").tier, 1);
	ck_assert_int_eq(at("C").tier, 2);
	ck_assert_int_eq(at("D").tier, 3);
	ck_assert_int_eq(at("P").tier, 0);
	ck_assert_int_eq(kit_item("P", "D", 2, TODAY).tier, 0);
	x = kit_exposure("P", 4, TODAY, 90);
	ck_assert_uint_eq(x.suppliers, 4);
	ck_assert_uint_eq(x.tiers[1].suppliers, 2);
	ck_assert_uint_eq(x.tiers[4].suppliers, 0);
	/* nothing is reached through P itself */
	kit_link("P", "A", "end=2027-05-31");
	ck_assert_int_eq(kit_item("C", "A", 24, TODAY).tier, 0);
	ck_assert_int_eq(kit_item("C", "B", 24, TODAY).tier, 2);
	ck_assert_int_eq(kit_item("C", "C", 24, TODAY).tier, 0);
}
END_TEST

/* Links asked of S: from P, or from those at tier <= N-1. */
START_TEST(asked_links_end_before_the_last_tier)
{
	orgs("PAB");
	kit_link("P", "A", "");
	kit_link("P", "B", "required_level=1");
	kit_link("A", "B", "required_level=4 scope_fit=unknown");
	ck_assert_int_eq(kit_item("P", "B", 1, TODAY).required, 1);
	ck_assert_int_eq(kit_item("P", "B", 2, TODAY).required, 4);
	ck_assert_uint_eq(kit_exposure("P", 1, TODAY, 90).dependency_defaulted, 2);
	ck_assert_uint_eq(kit_exposure("P", 2, TODAY, 90).dependency_defaulted, 3);
}
END_TEST

/* Private counts for nobody else; grants add to it while they are valid. */
START_TEST(visibility)
{
	orgs("PQAB");
	kit_link("P", "A", "");
	kit_link("Q", "A", "");
	kit_link("A", "B", "disclosure=private");
	ck_assert_int_eq(at("B").tier, 0);
	ck_assert_int_eq(kit_item("A", "B", 1, TODAY).tier, 1); /* X is P */
	ck_assert_uint_eq(kit_exposure("P", 4, TODAY, 90).tiers[1].unknown_below, 1);
	kit_link("A", "B", "disclosure=private grants=P:named:2027-06-01");
	ck_assert_int_eq(at("B").tier, 2);
	ck_assert_int_eq(kit_item("P", "B", 4, "2027-06-02").tier, 0);
	ck_assert_int_eq(kit_item("Q", "B", 4, TODAY).tier, 0);
	ck_assert_uint_eq(kit_exposure("P", 4, TODAY, 90).tiers[1].unknown_below, 0);
	kit_link("A", "B", "disclosure=private grants=Q:anonymous:;P:anonymous:");
	ck_assert_int_eq(at("B").tier, 2);
	ck_assert_int_eq(kit_item("Q", "B", 4, "2035-01-01").tier, 2);
	kit_link("A", "B", "disclosure=anonymous");
	ck_assert_int_eq(at("B").tier, 2);
	kit_link("P", "A", "disclosure=private");
	ck_assert_int_eq(at("B").tier, 2); /* P's own link is always visible to it */
}
END_TEST

/* A unit's links are its own, not its parent's. */
START_TEST(links_of_units)
{
	orgs("PAB");
	kit_org("A~u", "kind=site");
	kit_link("P", "A~u", "");
	kit_link("A", "B", "");
	ck_assert_int_eq(at("A~u").tier, 1);
	ck_assert_int_eq(at("A").tier, 0);
	ck_assert_int_eq(at("B").tier, 0);
}
END_TEST

/* required: the highest of the links asked and P's target for the tier. */
START_TEST(required)
{
	orgs("PAB");
	kit_link("P", "A", "required_level=1");
	kit_link("A", "B", "required_level=2");
	kit_targets("P", "tiers=2:4 rules=[]");
	ck_assert_int_eq(at("A").required, 1);
	ck_assert_int_eq(at("B").required, 4);
	kit_targets("P", "tiers=2:1 rules=[]");
	ck_assert_int_eq(at("B").required, 2);
	kit_targets("A", "tiers=2:5"); /* another's hope is its own */
	ck_assert_int_eq(at("B").required, 2);
}
END_TEST

START_TEST(gap_kinds)
{
	orgs("PA");
	kit_link("P", "A", "required_level=3");
	ck_assert_int_eq(at("A").state, ST_GAP);
	ck_assert_int_eq(at("A").kind, GK_NEVER);
	kit_cert("A", "future", "scheme=scs level=3 issued=2027-06-02 expires=2028-06-01");
	ck_assert_int_eq(at("A").kind, GK_NEVER);
	kit_cert("A", "iso", "scheme=iso27001");
	ck_assert_int_eq(at("A").kind, GK_NEVER);
	kit_cert("A", "s", "scheme=security-action level=1 issued=2020-01-01 expires=2020-01-01");
	ck_assert_int_eq(at("A").kind, GK_BELOW);
	kit_cert("A", "old", "scheme=scs level=4 issued=2027-03-01 revoked_on=2027-03-02");
	ck_assert_int_eq(at("A").kind, GK_LAPSED);
	kit_link("P", "A", "required_level=5");
	ck_assert_int_eq(at("A").kind, GK_BELOW);
}
END_TEST

/* A certificate that was revoked or suspended from its first day on was never valid. */
START_TEST(never_valid)
{
	orgs("PA");
	kit_link("P", "A", "required_level=3");
	kit_cert("A", "c", "scheme=scs level=3 issued=2027-03-01 revoked_on=2027-03-01");
	ck_assert_int_eq(at("A").kind, GK_NEVER);
	kit_cert("A", "c", "scheme=scs level=3 issued=2027-03-01 suspended_from=2027-03-01");
	ck_assert_int_eq(at("A").kind, GK_NEVER);
}
END_TEST

/* scope_fit no on a link that asks for something is a gap, out-of-scope where the level is held. */
START_TEST(out_of_scope)
{
	orgs("PAB");
	kit_link("P", "A", "required_level=3 scope_fit=no");
	kit_cert("A", "c", "scheme=scs level=4 evidence=registry");
	ck_assert_int_eq(at("A").state, ST_GAP);
	ck_assert_int_eq(at("A").kind, GK_OUT_OF_SCOPE);
	kit_link("P", "A", "required_level=5 scope_fit=no");
	ck_assert_int_eq(at("A").kind, GK_BELOW);
	kit_link("P", "A", "required_level=0 scope_fit=no");
	ck_assert_int_eq(at("A").state, ST_NOT_ASKED);
	/* another's link, asked of B, counts as well */
	kit_link("P", "B", "required_level=1");
	kit_link("A", "B", "required_level=2 scope_fit=no");
	kit_cert("B", "c", "scheme=scs level=5 evidence=registry");
	ck_assert_int_eq(at("B").kind, GK_OUT_OF_SCOPE);
}
END_TEST

/* overdue: the due date is before D; due: on or after; P's link, its rules, its targets, in turn. */
START_TEST(timing)
{
	orgs("PA");
	kit_link("P", "A", "required_level=3 due=2027-06-01");
	ck_assert_int_eq(at("A").timing, GT_DUE);
	ck_assert_int_eq(kit_item("P", "A", 4, "2027-06-02").timing, GT_OVERDUE);
	kit_link("P", "A", "required_level=3 planned_on=2027-05-01");
	ck_assert_int_eq(at("A").timing, GT_UNDATED);
	ck_assert_int_eq(at("A").due, DAY_NONE);
	ck_assert_int_eq(at("A").planned_on, kit_day("2027-05-01"));
	kit_targets("P", "due=2027-12-31");
	ck_assert_int_eq(at("A").due, kit_day("2027-12-31"));
	/* the earliest due of the rules that gave the level */
	kit_targets("P", "due=2027-12-31 rules=>3@2027-09-30;confidential:no>3@2027-08-31;>2@2027-01-31");
	kit_link("P", "A", "");
	ck_assert_int_eq(at("A").due, kit_day("2027-08-31"));
	kit_link("P", "A", "required_level=3"); /* no rule gave an explicit level */
	ck_assert_int_eq(at("A").due, kit_day("2027-12-31"));
	kit_link("P", "A", "due=2028-03-31");
	ck_assert_int_eq(at("A").due, kit_day("2028-03-31"));
}
END_TEST

/* What other procurers' links say of dates stays theirs; P's tiers have P's due. */
START_TEST(timing_is_ones_own)
{
	orgs("PAB");
	kit_link("P", "A", "");
	kit_link("A", "B", "required_level=3 due=2027-01-31 planned_on=2027-07-01");
	kit_targets("A", "due=2027-02-28");
	ck_assert_int_eq(at("B").timing, GT_UNDATED);
	ck_assert_int_eq(at("B").planned_on, DAY_NONE);
	kit_targets("P", "rules=[] due=2027-10-31 tiers=2:3");
	ck_assert_int_eq(at("B").due, kit_day("2027-10-31"));
	kit_targets("P", "rules=[] due=2027-10-31 tiers=2:2");
	ck_assert_int_eq(at("B").timing, GT_UNDATED); /* P's tiers do not ask for the 3 */
	/* P's own link asks for less than another's */
	kit_link("P", "B", "required_level=2 due=2027-03-31");
	ck_assert_int_eq(at("B").required, 3);
	ck_assert_int_eq(at("B").timing, GT_UNDATED);
	kit_link("P", "B", "required_level=3 due=2027-03-31");
	ck_assert_int_eq(at("B").timing, GT_OVERDUE);
}
END_TEST

/* One state, the first that fits: gap, undecided, unconfirmed, expiring, met, not-asked. */
START_TEST(states_in_order)
{
	orgs("PA");
	kit_targets("P", "");
	kit_link("P", "A", "scope_fit=unknown");
	ck_assert_int_eq(at("A").state, ST_GAP); /* provisional level 3 is not held */
	kit_cert("A", "c", "scheme=scs level=3 expires=2027-06-02");
	ck_assert_int_eq(at("A").state, ST_UNDECIDED);
	kit_link("P", "A", "scope_fit=unknown confidential=no continuity=no system_access=no");
	ck_assert_int_eq(at("A").state, ST_UNCONFIRMED);
	kit_cert("A", "c", "scheme=scs level=3 expires=2027-06-02 evidence=copy");
	ck_assert_int_eq(at("A").state, ST_UNCONFIRMED);
	kit_link("P", "A", "scope_fit=yes confidential=no continuity=no system_access=no");
	ck_assert_int_eq(at("A").state, ST_EXPIRING);
	ck_assert_int_eq(at("A").expires_on, kit_day("2027-06-02"));
	kit_cert("A", "c", "scheme=scs level=3 expires=2027-08-30 evidence=copy");
	ck_assert_int_eq(at("A").state, ST_MET);
	kit_cert("A", "c", "scheme=scs level=3 expires=2027-08-29 evidence=copy");
	ck_assert_int_eq(at("A").state, ST_EXPIRING);
	kit_link("P", "A", "required_level=0");
	ck_assert_int_eq(at("A").state, ST_NOT_ASKED);
}
END_TEST

/* Unconfirmed by scope fit whatever is required; evidence of a lower level does not confirm. */
START_TEST(unconfirmed)
{
	orgs("PA");
	kit_link("P", "A", "required_level=0 scope_fit=partly");
	ck_assert_int_eq(at("A").state, ST_UNCONFIRMED);
	kit_link("P", "A", "required_level=4");
	kit_cert("A", "four", "scheme=scs level=4");
	kit_cert("A", "three", "scheme=scs level=3 evidence=registry");
	ck_assert_int_eq(at("A").state, ST_UNCONFIRMED);
	kit_link("P", "A", "required_level=3");
	ck_assert_int_eq(at("A").state, ST_MET);
	kit_cert("A", "three", "scheme=scs level=3 evidence=registry scope=unit");
	ck_assert_int_eq(at("A").state, ST_UNCONFIRMED);
}
END_TEST

/* Recorded future certificates count; the days between are not looked at; reach stays that of D. */
START_TEST(expiring)
{
	orgs("PAB");
	kit_link("P", "A", "required_level=3 end=2027-06-30");
	kit_link("P", "B", "required_level=3");
	kit_cert("A", "now", "scheme=scs level=3 expires=2027-07-01 evidence=copy");
	kit_cert("B", "now", "scheme=scs level=3 expires=2027-07-01 evidence=copy");
	kit_cert("B", "next", "scheme=scs level=3 issued=2027-08-01 expires=2028-07-31");
	ck_assert_int_eq(at("A").state, ST_EXPIRING);
	ck_assert_int_eq(at("B").state, ST_MET);
	ck_assert_uint_eq(kit_exposure("P", 1, TODAY, 30).states[ST_EXPIRING], 0);
	ck_assert_uint_eq(kit_exposure("P", 1, TODAY, 31).states[ST_EXPIRING], 2);
	ck_assert_uint_eq(kit_exposure("P", 1, TODAY, 61).states[ST_EXPIRING], 1);
}
END_TEST

/* unknown below: no active visible link, and no attestation on or before D. */
START_TEST(unknown_below)
{
	orgs("PAB");
	kit_link("P", "A", "");
	kit_link("A", "B", "end=2027-06-01");
	ck_assert_uint_eq(kit_exposure("P", 1, TODAY, 90).tiers[1].unknown_below, 0);
	ck_assert_uint_eq(kit_exposure("P", 1, "2027-06-02", 90).tiers[1].unknown_below, 1);
	kit_org("A", "subtier_attested_on=2027-06-03");
	ck_assert_uint_eq(kit_exposure("P", 1, "2027-06-02", 90).tiers[1].unknown_below, 1);
	ck_assert_uint_eq(kit_exposure("P", 1, "2027-06-03", 90).tiers[1].unknown_below, 0);
	/* a link back to P is a link too */
	kit_org("A", "");
	kit_link("A", "P", "");
	ck_assert_uint_eq(kit_exposure("P", 1, "2027-06-02", 90).tiers[1].unknown_below, 0);
}
END_TEST

Suite *domain_chain_suite(void)
{
	const TTest *const tests[] = {
		active_links, reach_and_tiers, asked_links_end_before_the_last_tier, visibility,
		links_of_units, required, gap_kinds, never_valid, out_of_scope, timing,
		timing_is_ones_own, states_in_order, unconfirmed, expiring, unknown_below,
	};
	Suite *s = suite_create("domain: chain");
	TCase *tc = tcase_create("chain");

	tcase_add_checked_fixture(tc, kit_open, kit_close);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	return s;
}
