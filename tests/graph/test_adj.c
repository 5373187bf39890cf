/* test_adj.c - edits of adjacency against a table of pairs: changed in place, rebuilt, in hubs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "base/util.h"
#include "graph/adj.h"
#include "tests/run.h"

#define ORGS 560u /* number 1 has more neighbours than a block takes */

struct pair {
	bool there;
	uint32_t attr;
	struct adj_dates dates;
};

static struct pair model[ORGS][ORGS];
static char dir[64];
static struct store *store;
static struct txn *txn;
static uint64_t seed;

static uint32_t below(uint32_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % n;
}

static void set_up(void)
{
	struct store_options o = { .map_bytes = 64u << 20, .create = true };
	struct err e = { 0 };

	strcpy(dir, access("/dev/shm", W_OK) == 0 ? "/dev/shm/twXXXXXX" : "/tmp/twXXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(store_open(dir, &o, &store, NULL, &e), RC_OK);
	ck_assert_int_eq(txn_begin_write(store, &txn), RC_OK);
	memset(model, 0, sizeof(model));
	seed = 11;
}

static void tear_down(void)
{
	char path[96];

	txn_abort(txn);
	store_close(store);
	for (const char *const *f = (const char *const[]){ "data.mdb", "lock.mdb", "lock", "secret.key", NULL }; *f; f++) {
		snprintf(path, sizeof(path), "%s/%s", dir, *f);
		unlink(path);
	}
	rmdir(dir);
}

static void edit(struct adj_edits *es, uint32_t p, uint32_t s, struct pair to)
{
	struct pair *m = &model[p][s];

	ck_assert(adj_edit_link(es, p, s, !to.there, to.attr, to.dates.start, to.dates.end));
	if (to.dates.start != DAY_NONE || to.dates.end != DAY_NONE)
		to.attr |= ADJ_DATED;
	*m = to.there ? to : (struct pair){ 0 };
}

static struct pair undated(void)
{
	return (struct pair){ true, below(1u << 20), { DAY_NONE, DAY_NONE } };
}

static const struct pair *pair_of(const struct adj_reader *r, uint32_t org, uint32_t peer)
{
	return r->dir == ADJ_OUT ? &model[org][peer] : &model[peer][org];
}

/* Whether the store has a list as the table has it. Plain comparisons: there are millions of them. */
static bool list_is_right(struct adj_reader *r, uint32_t org)
{
	struct adj_run run;
	uint32_t peer = 0;

	for (bool ok = adj_first(r, org, &run); ok; ok = adj_next(r, &run)) {
		const struct adj_dates *d = run.d;

		for (uint32_t i = 0; i < run.n; i++, peer++) {
			while (peer < ORGS && !pair_of(r, org, peer)->there)
				peer++;
			if (peer == ORGS || run.e[i].peer != peer || run.e[i].attr != pair_of(r, org, peer)->attr)
				return false;
			if (run.e[i].attr & ADJ_DATED && memcmp(d++, &pair_of(r, org, peer)->dates, sizeof(*d)) != 0)
				return false;
		}
	}
	while (peer < ORGS && !pair_of(r, org, peer)->there)
		peer++;
	return peer == ORGS;
}

static void flush_and_compare(struct adj_edits *es)
{
	adj_flush(txn, es);
	ck_assert_int_eq(txn_rc(txn), RC_OK);
	for (enum adj_dir d = ADJ_OUT; d <= ADJ_IN; d++) {
		struct adj_reader r;

		adj_reader_init(&r, txn, d);
		for (uint32_t org = 0; org < ORGS; org++)
			if (!list_is_right(&r, org))
				ck_abort_msg("the list of %u, direction %d", org, d);
		ck_assert(!r.bad);
		adj_reader_done(&r);
	}
}

static void fill(struct adj_edits *es)
{
	for (uint32_t s = 2; s < 540; s++)
		edit(es, 1, s, undated());
	for (unsigned i = 0; i < 3000; i++)
		edit(es, 1 + below(ORGS - 1), 1 + below(ORGS - 1), undated());
	flush_and_compare(es);
}

START_TEST(attributes_change_in_place)
{
	struct adj_edits es = { 0 };

	fill(&es);
	for (unsigned round = 0; round < 15; round++) {
		for (unsigned n = 1 + below(20); n > 0;) {
			uint32_t p = round % 2 ? 1 : 1 + below(ORGS - 1), s = below(ORGS);

			if (!model[p][s].there)
				continue;
			edit(&es, p, s, undated());
			n--;
		}
		flush_and_compare(&es);
	}
	adj_edits_done(&es);
}
END_TEST

/* What moves entries or days goes the other way, also beside edits that would not. */
START_TEST(anything_changes)
{
	struct adj_edits es = { 0 };

	fill(&es);
	for (unsigned round = 0; round < 25; round++) {
		for (unsigned n = 1 + below(30); n > 0; n--) {
			struct pair to = undated();

			to.there = below(4) != 0;
			if (below(3) == 0)
				to.dates.end = (int32_t)below(30000);
			edit(&es, below(3) ? 1 + below(ORGS - 1) : 1, 1 + below(ORGS - 1), to);
		}
		flush_and_compare(&es);
	}
	adj_edits_done(&es);
}
END_TEST

static Suite *adj_suite(void)
{
	Suite *s = suite_create("adj");
	TCase *t = tcase_create("adj");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, attributes_change_in_place);
	tcase_add_test(t, anything_changes);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	suite_make *const suites[] = { adj_suite };

	return run_suites(suites, ARRAY_LEN(suites));
}
