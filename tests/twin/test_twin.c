/* test_twin.c - the twin against figures computed by hand. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/run.h"
#include "tests/twin/twin.h"

#define DAY(y, m, d) day_from_ymd(y, m, d)

static struct world *w;
static struct twin_chain *chain;
static int p, a, b, c;
static int32_t on;

static void set_up(void)
{
	w = malloc(sizeof(*w));
	chain = malloc(sizeof(*chain));
	ck_assert(w && chain);
	world_init(w);
	on = DAY(2027, 6, 1);
	p = world_org(w, "XX-LOCAL-P");
	a = world_org(w, "XX-LOCAL-A");
	b = world_org(w, "XX-LOCAL-B");
	c = world_org(w, "XX-LOCAL-C");
}

static void tear_down(void)
{
	free(w);
	free(chain);
}

static struct w_cert *cert(int org, int level, int32_t issued, int32_t expires)
{
	struct w_cert *ce = world_cert(w, org, level > 2 ? "scs" : "security-action", level);

	ce->issued = issued;
	ce->expires = expires;
	ce->evidence = EVIDENCE_COPY;
	return ce;
}

static struct w_link *asks(int from, int to, int level)
{
	struct w_link *l = world_link(w, from, to);

	l->required = level;
	return l;
}

static const struct chain_item *look(int s, unsigned depth)
{
	twin_chain(w, p, depth, on, 90, chain);
	ck_assert_uint_ne(chain->tier[s], 0);
	return &chain->item[s];
}

START_TEST(both_end_days_are_valid)
{
	cert(a, 3, on - 10, on + 10);
	ck_assert_int_eq(twin_level(w, a, on - 11), 0);
	ck_assert_int_eq(twin_level(w, a, on - 10), 3);
	ck_assert_int_eq(twin_level(w, a, on + 10), 3);
	ck_assert_int_eq(twin_level(w, a, on + 11), 0);
	ck_assert_int_eq(twin_held_until(w, a, on), on + 10);
}
END_TEST

START_TEST(suspended_and_revoked)
{
	struct w_cert *ce = cert(a, 4, on - 100, DAY_NONE);

	ce->n_susp = 2;
	ce->susp[0] = (struct w_period){ on - 50, on - 40 };
	ce->susp[1] = (struct w_period){ on - 5, on + 5 };
	ce->revoked = on + 20;
	ck_assert_int_eq(twin_level(w, a, on - 51), 4);
	ck_assert_int_eq(twin_level(w, a, on - 50), 0);
	ck_assert_int_eq(twin_level(w, a, on - 40), 0);
	ck_assert_int_eq(twin_level(w, a, on - 39), 4);
	ck_assert_int_eq(twin_level(w, a, on + 5), 0);
	ck_assert_int_eq(twin_level(w, a, on + 6), 4);
	ck_assert_int_eq(twin_level(w, a, on + 19), 4);
	ck_assert_int_eq(twin_level(w, a, on + 20), 0);
	ck_assert_int_eq(twin_held_until(w, a, on + 6), on + 19);
	ck_assert_int_eq(twin_held_until(w, a, on), DAY_NONE); /* nothing is held */
}
END_TEST

START_TEST(units_take_their_parents_entity_scope)
{
	int unit = world_unit(w, a, "u");
	struct w_cert *ce = cert(a, 4, on, on);

	ck_assert_int_eq(twin_level(w, unit, on), 4);
	ce->scope = SCOPE_UNIT;
	ck_assert_int_eq(twin_level(w, unit, on), 0);
	ck_assert_int_eq(twin_level(w, a, on), 4);
	ck_assert_int_eq(twin_held(w, a, on).confirmed, 0); /* scope unit confirms no entity */
	cert(unit, 3, on, on)->scope = SCOPE_UNIT;
	ck_assert_int_eq(twin_held(w, unit, on).confirmed, 3);
}
END_TEST

START_TEST(self_assessments_behind)
{
	struct w_cert *ce = cert(a, 4, DAY(2028, 2, 29), DAY_NONE);

	ck_assert(!twin_held(w, a, DAY(2029, 2, 28)).at_risk);
	ck_assert(twin_held(w, a, DAY(2029, 3, 1)).at_risk);
	ce->self[ce->n_self++] = DAY(2029, 3, 1);
	ck_assert(!twin_held(w, a, DAY(2029, 3, 1)).at_risk);
	ck_assert(twin_held(w, a, DAY(2030, 3, 1)).at_risk);
	ce->self[ce->n_self++] = DAY(2030, 1, 1);
	ck_assert(!twin_held(w, a, DAY(2035, 3, 1)).at_risk); /* at most two are due */
}
END_TEST

START_TEST(gap_kinds)
{
	asks(p, a, 3);
	ck_assert_int_eq(look(a, 1)->kind, GK_NEVER);
	cert(a, 3, on + 1, DAY_NONE); /* to come does not count */
	ck_assert_int_eq(look(a, 1)->kind, GK_NEVER);
	cert(a, 1, DAY_NONE, on - 100);
	ck_assert_int_eq(look(a, 1)->kind, GK_BELOW);
	cert(a, 4, on - 400, on - 1);
	ck_assert_int_eq(look(a, 1)->kind, GK_LAPSED);
	cert(a, 3, on, on);
	ck_assert_int_ne(look(a, 1)->state, ST_GAP);
	world_link(w, p, a)->scope_fit = FIT_NO;
	ck_assert_int_eq(look(a, 1)->kind, GK_OUT_OF_SCOPE);
	world_link(w, p, a)->required = 0;
	ck_assert_int_eq(look(a, 1)->state, ST_NOT_ASKED);
}
END_TEST

START_TEST(states_in_order)
{
	struct w_link *l = asks(p, a, 3);
	struct w_cert *ce = cert(a, 3, on, on + 90);

	ck_assert_int_eq(look(a, 1)->state, ST_MET);
	ce->expires = on + 89;
	ck_assert_int_eq(look(a, 1)->state, ST_EXPIRING);
	ck_assert_int_eq(look(a, 1)->expires_on, on + 89);
	ce->evidence = EVIDENCE_WORD;
	ck_assert_int_eq(look(a, 1)->state, ST_UNCONFIRMED);
	l->required = -1;
	world_targets(w, p);
	ck_assert_int_eq(look(a, 1)->state, ST_UNDECIDED); /* Q1-Q3 unknown: the tree asks 3 */
	ck_assert_int_eq(look(a, 1)->required, 3);
	l->system_access = 1;
	ck_assert_int_eq(look(a, 1)->state, ST_GAP);
	ck_assert_int_eq(look(a, 1)->required, 4);
}
END_TEST

START_TEST(due_dates_are_ones_own)
{
	struct w_link *l = asks(p, a, 3);
	struct w_targets *t = world_targets(w, p);

	asks(a, b, 4)->due = on - 9;
	ck_assert_int_eq(look(a, 2)->timing, GT_UNDATED);
	t->due = on;
	ck_assert_int_eq(look(a, 2)->timing, GT_DUE);
	l->due = on - 1;
	ck_assert_int_eq(look(a, 2)->timing, GT_OVERDUE);
	ck_assert_int_eq(look(b, 2)->timing, GT_UNDATED);
	t->tiers[2] = 4;
	ck_assert_int_eq(look(b, 2)->due, on);
	t->tiers[2] = 5;
	ck_assert_int_eq(look(b, 2)->required, 5);
	t->tiers[2] = 3;
	ck_assert_int_eq(look(b, 2)->due, DAY_NONE);
}
END_TEST

START_TEST(private_links_and_grants)
{
	asks(p, a, 0);
	asks(a, b, 3)->disclosure = DISC_PRIVATE;
	twin_chain(w, p, 4, on, 90, chain);
	ck_assert_uint_eq(chain->tier[b], 0);
	ck_assert(chain->unknown_below[a]);
	world_link(w, a, b)->grant[world_link(w, a, b)->n_grants++] =
		(struct w_grant){ p, GRANT_ANONYMOUS, on };
	ck_assert_int_eq(look(b, 4)->tier, 2);
	ck_assert(!chain->unknown_below[a]);
	on++;
	twin_chain(w, p, 4, on, 90, chain);
	ck_assert_uint_eq(chain->tier[b], 0);
}
END_TEST

START_TEST(never_through_the_procurer)
{
	asks(p, a, 3);
	asks(a, p, 5);
	asks(b, p, 5);
	asks(p, b, 3)->end = on - 1;
	twin_chain(w, p, 24, on, 90, chain);
	ck_assert_uint_eq(chain->tier[p], 0);
	ck_assert_uint_eq(chain->tier[b], 0);
	ck_assert_uint_eq(chain->tier[a], 1);
}
END_TEST

/* Two ways of equal product: the fewest links, then the smallest id from the end. */
START_TEST(explanation)
{
	int d = world_org(w, "XX-LOCAL-D"), path[TIER_MAX + 1];

	asks(p, a, 0)->dependency = 5000;
	asks(p, b, 0)->dependency = 2500;
	asks(a, c, 0)->dependency = 5000;
	asks(b, c, 0)->dependency = 10000;
	asks(c, d, 0)->dependency = 4000;
	asks(p, d, 0)->dependency = 1000;
	ck_assert(look(c, 4)->dependency == 0.25);
	ck_assert_uint_eq(twin_path(chain, c, path), 3);
	ck_assert_int_eq(path[1], a);
	ck_assert(look(d, 4)->dependency == 0.1);
	ck_assert_uint_eq(twin_path(chain, d, path), 2); /* 0.1 at once, and by three links */
	world_link(w, p, d)->dependency = 999;
	ck_assert_uint_eq(look(d, 4)->tier, 1);
	ck_assert_uint_eq(twin_path(chain, d, path), 4);
	ck_assert(look(d, 2)->dependency == 0.0999);
}
END_TEST

START_TEST(tables_equal_every_walk)
{
	for (uint64_t seed = 1; seed <= 400; seed++) {
		struct rng r = { seed };

		world_random(w, seed, 5);
		p = (int)rng_below(&r, w->n_orgs);
		twin_chain(w, p, 1 + rng_below(&r, 5), world_day(w, &r), 90, chain);
		for (unsigned s = 0; s < w->n_orgs; s++)
			if (chain->tier[s])
				ck_assert(chain->item[s].dependency ==
					  twin_dependency_by_walks(chain, (int)s));
	}
}
END_TEST

START_TEST(money)
{
	int64_t one = 1, three = 3, huge[3] = { 1000000000000000, 1000000000000000, 1 };
	double half = 0.5, third = 1.0 / 3, under = 0.499999999999, full[3] = { 1, 1, 0.5 };

	ck_assert_int_eq(twin_money(1, &one, &half), 1);
	ck_assert_int_eq(twin_money(1, &one, &under), 0);
	ck_assert_int_eq(twin_money(1, &three, &half), 2);
	ck_assert_int_eq(twin_money(1, &three, &third), 1);
	ck_assert_int_eq(twin_money(3, huge, full), 2000000000000001);
}
END_TEST

START_TEST(spend_behind_gaps)
{
	struct exposure x;

	asks(p, a, 0)->spend = 1000;
	asks(p, b, 0)->spend = 10;
	asks(p, c, 3)->spend = 7;
	asks(a, b, 0)->dependency = 5000;
	asks(b, c, 0)->dependency = 3000;
	twin_chain(w, p, 3, on, 90, chain);
	twin_exposure(chain, &x);
	/* c is in gap: 7; b: 10 x 0.3; a: 1000 x 0.3 x 0.5 */
	ck_assert_int_eq(x.spend_behind_gaps, 7 + 3 + 150);
	ck_assert_uint_eq(x.dependency_defaulted, 3);
	twin_chain(w, p, 2, on, 90, chain);
	twin_exposure(chain, &x);
	ck_assert_int_eq(x.spend_behind_gaps, 7 + 3);
	twin_chain(w, p, 1, on, 90, chain);
	twin_exposure(chain, &x);
	ck_assert_int_eq(x.spend_behind_gaps, 7);
	ck_assert_int_eq(x.annual_spend, 1017);
}
END_TEST

START_TEST(clauses)
{
	struct w_link *l = world_link(w, p, a);
	struct clause_view v;

	twin_clauses(w, l, on, &v);
	ck_assert_int_eq(v.state[CL_2_1_1], CS_GAP);
	ck_assert_int_eq(v.state[CL_2_1_2], CS_UNDETERMINED);
	ck_assert_int_eq(v.state[CL_2_1_3], CS_NOT_DUE);
	ck_assert_int_eq(v.state[CL_3_1_3], CS_NOT_DUE);
	world_targets(w, p)->own_level = 4;
	l->confidential = 0;
	l->system_access = 1;
	l->clause[CL_2_1_3] = (struct w_clause){ true, CLAUSE_AGREED, RESULT_OK, on, DAY_NONE,
						 DAY_NONE, on - 365, DAY_NONE };
	twin_clauses(w, l, on, &v);
	ck_assert_int_eq(v.state[CL_2_1_2], CS_NOT_DUE);
	ck_assert_int_eq(v.state[CL_2_1_3], CS_FINE);
	twin_clauses(w, l, on + 1, &v);
	ck_assert_int_eq(v.state[CL_2_1_3], CS_GAP);
	ck_assert_uint_eq(v.reasons[CL_2_1_3], CR_NOT_CHECKED);
	l->end = on - 1;
	twin_clauses(w, l, on, &v);
	ck_assert_int_eq(v.state[CL_2_1_1], CS_NOT_DUE);
	ck_assert_int_eq(v.state[CL_2_1_5], CS_GAP);
}
END_TEST

START_TEST(impact_with_another_level)
{
	struct twin_impact im;

	asks(p, b, 3);
	asks(a, b, 4);
	asks(c, a, 1);
	cert(b, 3, on, on);
	twin_impact(w, b, 4, on, -1, NULL, &im);
	ck_assert_uint_eq(im.sums.procurers, 3);
	ck_assert_uint_eq(im.sums.in_gap, 2);
	ck_assert_uint_eq(im.sums.tier_procurers[1], 2);
	ck_assert_uint_eq(im.items[0].procurer, w->num[a]);
	ck_assert_uint_eq(im.items[1].procurer, w->num[p]);
	ck_assert_uint_eq(im.items[2].procurer, w->num[c]);
	twin_impact(w, b, 4, on, 4, NULL, &im);
	ck_assert_uint_eq(im.sums.in_gap, 0);
	ck_assert_uint_eq(im.sums.held, 3);
	twin_impact(w, b, 4, on, 0, NULL, &im);
	ck_assert_uint_eq(im.sums.in_gap, 3);
}
END_TEST

static Suite *twin_suite(void)
{
	const TTest *const tests[] = {
		both_end_days_are_valid, suspended_and_revoked,
		units_take_their_parents_entity_scope, self_assessments_behind, gap_kinds,
		states_in_order, due_dates_are_ones_own, private_links_and_grants,
		never_through_the_procurer, explanation, tables_equal_every_walk, money,
		spend_behind_gaps, clauses, impact_with_another_level,
	};
	Suite *s = suite_create("twin");
	TCase *tc = tcase_create("twin");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	suite_make *const suites[] = { twin_suite };

	return run_suites(suites, ARRAY_LEN(suites));
}
