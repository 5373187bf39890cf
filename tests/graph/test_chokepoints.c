/*
 * test_chokepoints.c - single points of failure on random small chains, against their definition:
 * take each organisation away in turn and count who can no longer be reached.
 */
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "tests/graph/domain_kit.h"
#include "tests/run.h"

#define ORGS_MAX 14u

static uint64_t seed;

static uint32_t below(uint32_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % n;
}

struct chain {
	uint32_t n;
	bool edge[ORGS_MAX][ORGS_MAX]; /* visible to 0 and active */
	unsigned tier[ORGS_MAX];       /* 0: not in reach (but for organisation 0 itself) */
};

static void name(char out[16], uint32_t i)
{
	snprintf(out, 16, "o%02u", i);
}

/* Links of every kind: those that the procurer may not see, or that have ended, are no edges. */
static void make(struct chain *c)
{
	char p[16], s[16];
	memset(c, 0, sizeof *c);
	c->n = 3 + below(ORGS_MAX - 3);
	for (uint32_t i = 0; i < c->n; i++) {
		name(p, i);
		kit_org(p, "");
	}
	uint32_t links = c->n + below(c->n * 2);
	for (uint32_t k = 0; k < links; k++) {
		uint32_t a = below(c->n), b = below(c->n), kind = below(8);
		if (a == b || c->edge[a][b])
			continue;
		name(p, a);
		name(s, b);
		kit_link(p, s, kind == 0 ? "end=2027-05-31" : kind == 1 ? "disclosure=private" : "");
		c->edge[a][b] = kind > 1 || (kind == 1 && a == 0);
	}
}

static void tiers(struct chain *c, unsigned depth)
{
	for (unsigned t = 1; t <= depth; t++)
		for (uint32_t a = 0; a < c->n; a++)
			for (uint32_t b = 1; b < c->n; b++)
				if (c->edge[a][b] && !c->tier[b] && (t == 1 ? a == 0 : c->tier[a] == t - 1))
					c->tier[b] = t;
}

/* Who is reached without `gone`, by links from tiers up to depth - 1. */
static uint64_t reached(const struct chain *c, unsigned depth, uint32_t gone)
{
	uint64_t in = 1, was = 0, n = 0;
	while (in != was) {
		was = in;
		for (uint32_t a = 0; a < c->n; a++) {
			if (!(in >> a & 1) || (a && c->tier[a] >= depth))
				continue;
			for (uint32_t b = 1; b < c->n; b++)
				if (c->edge[a][b] && b != gone)
					in |= 1ull << b;
		}
	}
	for (uint32_t b = 1; b < c->n; b++)
		n += in >> b & 1;
	return n;
}

static void compare(struct chain *c, unsigned depth, struct scratch *s)
{
	struct chain_query q = { .procurer = kit_num("o00"), .depth = depth, .on = kit_day(TODAY), .horizon = 90,
				 .caller = { .sees_all = true } };
	struct chokepoint *got;
	size_t n, want_n = 0;
	char id[16];

	memset(c->tier, 0, sizeof c->tier);
	tiers(c, depth);
	ck_assert_int_eq(chokepoints_compute(kit_txn, s, &q, &got, &n), RC_OK);
	uint64_t all = reached(c, depth, 0);
	for (uint32_t i = 1; i < c->n; i++) {
		if (!c->tier[i])
			continue;
		uint64_t behind = all - reached(c, depth, i) - 1, found = 0;
		name(id, i);
		for (size_t k = 0; k < n; k++)
			if (got[k].supplier == kit_num(id)) {
				found = got[k].behind;
				ck_assert_uint_eq(got[k].tier, c->tier[i]);
			}
		ck_assert_uint_eq(found, behind);
		want_n += behind > 0;
	}
	ck_assert_uint_eq(n, want_n);
	for (size_t k = 1; k < n; k++)
		ck_assert(got[k - 1].behind > got[k].behind ||
			  (got[k - 1].behind == got[k].behind &&
			   view_cmp(org_id(kit_txn, got[k - 1].supplier), org_id(kit_txn, got[k].supplier)) < 0));
	free(got);
}

START_TEST(as_if_removed)
{
	struct chain c;
	struct scratch *s = scratch_new();
	ck_assert_ptr_nonnull(s);
	seed = (uint64_t)_i + 1;
	make(&c);
	for (unsigned depth = 1; depth <= 6; depth++)
		compare(&c, depth, s);
	scratch_free(s);
}
END_TEST

static Suite *chokepoints_suite(void)
{
	Suite *s = suite_create("chokepoints");
	TCase *t = tcase_create("random");
	tcase_add_checked_fixture(t, kit_open, kit_close);
	tcase_add_loop_test(t, as_if_removed, 0, 200);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	static suite_make *const suites[] = { chokepoints_suite };
	return run_suites(suites, ARRAY_LEN(suites));
}
