/* domain_clause.c - clauses 2-1-x and 3-1-3: due, undetermined, gap, late. */
#include "base/util.h"
#include "tests/graph/domain_kit.h"
#include "tests/graph/domain_suites.h"

/* States of the six, in order, as letters: - not due, ? undetermined, o fine, G gap. */
static const char *states(const char *on)
{
	static char out[CL__COUNT + 1];
	struct clause_view v = kit_clauses("P", "A", on);

	for (unsigned i = 0; i < CL__COUNT; i++)
		out[i] = "-?oG"[v.state[i]];
	return out;
}

static void link_with(const char *text)
{
	kit_link("P", "A", text);
}

static void two(const char *targets)
{
	kit_org("P", "");
	kit_org("A", "");
	kit_targets("P", targets);
}

/* Order of the letters: 2-1-1 2-1-2 2-1-3 2-1-4 2-1-5 3-1-3. Own level 3 is the default. */
START_TEST(due_at_own_level_3)
{
	two("");
	link_with("confidential=no continuity=yes system_access=yes relation=it-service");
	ck_assert_str_eq(states(TODAY), "G-----");
	link_with("confidential=yes relation=it-service");
	ck_assert_str_eq(states(TODAY), "GG-G-G");
	link_with("confidential=yes relation=business");
	ck_assert_str_eq(states(TODAY), "GG-G--");
	link_with("");
	ck_assert_str_eq(states(TODAY), "G?-?--");
	link_with("relation=it-service");
	ck_assert_str_eq(states(TODAY), "G?-?-?");
	kit_targets("P", "own_level=0");
	ck_assert_str_eq(states(TODAY), "G?-?-?");
}
END_TEST

START_TEST(due_without_targets)
{
	kit_org("P", "");
	kit_org("A", "");
	link_with("confidential=yes");
	ck_assert_str_eq(states(TODAY), "GG-G--");
}
END_TEST

/* At 4 and above also 2-1-3 where any of Q1-Q3 is yes. */
START_TEST(due_at_own_level_4)
{
	two("own_level=4");
	link_with("confidential=no continuity=yes");
	ck_assert_str_eq(states(TODAY), "G-G---");
	link_with("confidential=no continuity=no");
	ck_assert_str_eq(states(TODAY), "G-?---");
	link_with("confidential=no continuity=no system_access=no");
	ck_assert_str_eq(states(TODAY), "G-----");
	kit_targets("P", "own_level=5");
	link_with("system_access=yes confidential=no");
	ck_assert_str_eq(states(TODAY), "G-G---");
}
END_TEST

/* 2-1-5 where (confidential or system_access) and the link has ended; the others only while active. */
START_TEST(due_after_the_end)
{
	two("own_level=4");
	link_with("confidential=yes end=2027-06-01");
	ck_assert_str_eq(states(TODAY), "GGGG--");
	ck_assert_str_eq(states("2027-06-02"), "----G-");
	link_with("confidential=no system_access=yes end=2027-05-31");
	ck_assert_str_eq(states(TODAY), "----G-");
	link_with("confidential=no end=2027-05-31");
	ck_assert_str_eq(states(TODAY), "----?-");
	link_with("confidential=no system_access=no continuity=yes end=2027-05-31");
	ck_assert_str_eq(states(TODAY), "------");
	link_with("confidential=yes start=2027-06-02");
	ck_assert_str_eq(states(TODAY), "------");
	kit_targets("P", "own_level=3");
	link_with("confidential=yes end=2027-05-31");
	ck_assert_str_eq(states(TODAY), "------");
}
END_TEST

/* A gap: not agreed or waived; a review passed; 2-1-1 reviewed more than 365 days ago or never. */
START_TEST(gaps_of_2_1_1)
{
	two("");
	link_with("confidential=no");
	kit_clause("P", "A", "2-1-1", "status=agreed agreed_on=2027-01-01");
	ck_assert_str_eq(states(TODAY), "G-----");
	kit_clause("P", "A", "2-1-1", "status=agreed agreed_on=2027-01-01 reviewed_on=2026-06-01");
	ck_assert_str_eq(states(TODAY), "o-----");
	ck_assert_str_eq(states("2027-06-02"), "G-----");
	kit_clause("P", "A", "2-1-1",
		   "status=agreed agreed_on=2027-01-01 reviewed_on=2027-05-01 review_by=2027-06-01");
	ck_assert_str_eq(states(TODAY), "o-----");
	ck_assert_str_eq(states("2027-06-02"), "G-----");
	kit_clause("P", "A", "2-1-1", "status=drafted reviewed_on=2027-05-01");
	ck_assert_str_eq(states(TODAY), "G-----");
	ck_assert_uint_eq(kit_clauses("P", "A", TODAY).reasons[CL_2_1_1], CR_NOT_AGREED);
	kit_clause("P", "A", "2-1-1", "status=waived reason=none review_by=2020-01-01");
	ck_assert_str_eq(states(TODAY), "o-----");
}
END_TEST

START_TEST(gaps_of_2_1_3)
{
	two("own_level=4");
	link_with("confidential=no continuity=yes");
	kit_clause("P", "A", "2-1-1", "status=waived reason=none");
	kit_clause("P", "A", "2-1-3", "status=agreed agreed_on=2027-01-01 checked_on=2026-06-01 result=ok");
	ck_assert_str_eq(states(TODAY), "o-o---");
	ck_assert_str_eq(states("2027-06-02"), "o-G---");
	kit_clause("P", "A", "2-1-3",
		   "status=agreed agreed_on=2027-01-01 checked_on=2027-06-01 result=findings");
	ck_assert_str_eq(states(TODAY), "o-o---");
	kit_clause("P", "A", "2-1-3",
		   "status=agreed agreed_on=2027-01-01 checked_on=2027-06-01 result=failed");
	ck_assert_str_eq(states(TODAY), "o-G---");
	kit_clause("P", "A", "2-1-3", "status=agreed agreed_on=2027-01-01");
	ck_assert_str_eq(states(TODAY), "o-G---");
}
END_TEST

START_TEST(gaps_of_2_1_5)
{
	two("own_level=4");
	link_with("confidential=yes end=2027-05-31");
	kit_clause("P", "A", "2-1-5", "status=agreed agreed_on=2027-01-01");
	ck_assert_str_eq(states(TODAY), "----G-");
	kit_clause("P", "A", "2-1-5", "status=agreed agreed_on=2027-01-01 confirmed_on=2027-06-01");
	ck_assert_str_eq(states(TODAY), "----o-");
	kit_clause("P", "A", "2-1-5", "status=waived reason=none");
	ck_assert_str_eq(states(TODAY), "----o-");
}
END_TEST

/* An agreement later than the link's start is the finding `late`, not a gap. */
START_TEST(late)
{
	two("");
	link_with("confidential=yes start=2027-01-01");
	kit_clause("P", "A", "2-1-2", "status=agreed agreed_on=2027-01-02");
	ck_assert(kit_clauses("P", "A", TODAY).late[CL_2_1_2]);
	ck_assert_int_eq(kit_clauses("P", "A", TODAY).state[CL_2_1_2], CS_FINE);
	kit_clause("P", "A", "2-1-2", "status=agreed agreed_on=2027-01-01");
	ck_assert(!kit_clauses("P", "A", TODAY).late[CL_2_1_2]);
}
END_TEST

/* Waived needs a reason, agreed its day (422); an unwritten clause reads missing. */
START_TEST(clause_writes)
{
	two("");
	link_with("confidential=yes");
	ck_rc(kit_write(OP_PUT, 0, ENT_CLAUSE, "P", "A", "2-1-2", "status=waived"), RC_NEEDS_REASON);
	ck_rc(kit_write(OP_PUT, 0, ENT_CLAUSE, "P", "A", "2-1-2", "status=agreed"), RC_NEEDS_AGREED_ON);
	ck_assert_int_eq(rc_http(RC_NEEDS_REASON), 422);
	ck_assert_int_eq(rc_http(RC_NEEDS_AGREED_ON), 422);
	ck_rc(kit_write(OP_PUT, 0, ENT_CLAUSE, "P", "A", "2-1-9", "status=missing"), RC_NOT_FOUND);
	ck_assert_int_eq(kit_clauses("P", "A", TODAY).status[CL_2_1_2], CLAUSE_MISSING);
	kit_clause("P", "A", "2-1-2", "status=agreed agreed_on=2027-01-01");
	ck_assert_int_eq(kit_clauses("P", "A", TODAY).status[CL_2_1_2], CLAUSE_AGREED);
	ck_rc(kit_write(OP_DELETE, 0, ENT_CLAUSE, "P", "A", "2-1-2", ""), RC_OK);
	ck_assert_int_eq(kit_clauses("P", "A", TODAY).status[CL_2_1_2], CLAUSE_MISSING);
	kit_clause("P", "A", "2-1-2", "status=agreed agreed_on=2027-01-01");
	ck_rc(kit_write(OP_DELETE, 0, ENT_LINK, "P", "A", "", ""), RC_OK);
	link_with("confidential=yes"); /* a link made anew has no clauses of before */
	ck_assert_int_eq(kit_clauses("P", "A", TODAY).status[CL_2_1_2], CLAUSE_MISSING);
}
END_TEST

/* The counts are (link, number) pairs over P's own links. */
START_TEST(clause_counts)
{
	struct exposure x;

	two("own_level=4");
	kit_org("B", "");
	kit_org("C", "");
	link_with("confidential=yes relation=it-service");
	kit_link("P", "B", "confidential=yes end=2027-05-31");
	kit_link("A", "C", "confidential=yes");
	x = kit_exposure("P", 4, TODAY, 90);
	ck_assert_uint_eq(x.clause_gaps, 5 + 1);
	ck_assert_uint_eq(x.clauses_undetermined, 0);
	link_with("");
	x = kit_exposure("P", 4, TODAY, 90);
	ck_assert_uint_eq(x.clause_gaps, 1 + 1);
	ck_assert_uint_eq(x.clauses_undetermined, 3);
}
END_TEST

Suite *domain_clause_suite(void)
{
	const TTest *const tests[] = {
		due_at_own_level_3, due_without_targets, due_at_own_level_4, due_after_the_end,
		gaps_of_2_1_1, gaps_of_2_1_3, gaps_of_2_1_5, late, clause_writes, clause_counts,
	};
	Suite *s = suite_create("domain: clauses");
	TCase *tc = tcase_create("clauses");

	tcase_add_checked_fixture(tc, kit_open, kit_close);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	return s;
}
