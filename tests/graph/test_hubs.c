/*
 * test_hubs.c - worlds large enough for what small ones never meet: lists of more than a thousand
 * neighbours, organisations spread over many blocks, commands of thousands of operations. Compared
 * with the twin; built with limits of its own (W_ORGS, W_LINKS).
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "graph/small.h"
#include "tests/graph/compare.h"
#include "tests/graph/world_ops.h"
#include "tests/run.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WORLDS_DEFAULT 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WORLDS_DEFAULT 1
#endif
#endif
#ifndef WORLDS_DEFAULT
#define WORLDS_DEFAULT 1
#endif

static char dir[64];
static struct store *store;
static struct txn *txn;
static struct scratch *scratch;
static struct world *w;

static void set_up(void)
{
	struct store_options o = { .map_bytes = 1u << 30, .create = true };
	struct err e = { 0 };

	strcpy(dir, access("/dev/shm", W_OK) == 0 ? "/dev/shm/twXXXXXX" : "/tmp/twXXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(store_open(dir, &o, &store, NULL, &e), RC_OK);
	ck_assert_int_eq(txn_begin_write(store, &txn), RC_OK);
	scratch = scratch_new();
	w = malloc(sizeof(*w));
	ck_assert(scratch && w);
}

static void tear_down(void)
{
	char path[96];

	free(w);
	scratch_free(scratch);
	txn_abort(txn);
	store_close(store);
	for (const char *const *f = (const char *const[]){ "data.mdb", "lock.mdb", "lock", "secret.key", NULL }; *f; f++) {
		snprintf(path, sizeof(path), "%s/%s", dir, *f);
		unlink(path);
	}
	rmdir(dir);
}

/* Every organisation once more from above: impact must name those, and only those, that have it. */
static bool impact_covers(const struct question *q, int s, FILE *out)
{
	AUTO_FREE struct twin_chain *c = malloc(sizeof(*c));
	struct caller all = { .sees_all = true };
	struct impact im;
	bool ok = true;

	ck_assert_ptr_nonnull(c);
	ck_assert_int_eq(impact_compute(txn, scratch, w->num[s], q->depth, q->on, -1, &all, &im), RC_OK);
	for (int p = s % 197; p < (int)w->n_orgs; p += 197) {
		const struct impact_item *found = NULL;

		if (!w->org[p].there || p == s)
			continue;
		for (size_t i = 0; i < im.n; i++)
			if (im.items[i].procurer == w->num[p])
				found = &im.items[i];
		twin_chain(w, p, q->depth, q->on, 0, c);
		if (found ? found->tier != c->tier[s] || found->required != c->item[s].required ||
				    found->gap != (c->item[s].state == ST_GAP)
			  : c->tier[s] != 0) {
			fprintf(out, "  impact of %d on %d: tier %u, twin %u\n", s, p,
				found ? found->tier : 0, c->tier[s]);
			ok = false;
		}
	}
	impact_done(&im);
	return ok;
}

/* The links of a chain taken as a tree, counted no further than beyond the limit. */
static unsigned tree_links(enum adj_dir way, int org, unsigned depth, unsigned n)
{
	for (unsigned i = 0; i < w->n_links && depth && n <= SMALL_LINKS; i++) {
		const struct w_link *l = &w->link[i];

		if (l->there && (way == ADJ_OUT ? l->procurer : l->supplier) == org)
			n = tree_links(way, way == ADJ_OUT ? l->supplier : l->procurer, depth - 1,
				       n + 1);
	}
	return n;
}

static bool sizes_agree(int org, FILE *out)
{
	bool ok = true;

	for (unsigned depth = 1; depth <= 2; depth++)
		for (enum adj_dir way = ADJ_OUT; way <= ADJ_IN; way++) {
			bool want = tree_links(way, org, depth, 0) <= SMALL_LINKS;
			if (chain_is_small(txn, way, w->num[org], depth) == want)
				continue;
			fprintf(out, "  size of %d, depth %u\n", org, depth);
			ok = false;
		}
	return ok;
}

static bool agrees(struct rng *r, unsigned questions, FILE *out)
{
	bool ok = world_numbers(w, txn);

	for (unsigned i = 0; i < questions && ok; i++) {
		struct question q = question_random(w, r);

		if (i == 0 && w->org[0].there)
			q.p = 0; /* a hub */
		ok &= compare_chain(w, txn, scratch, &q, out);
		ok &= impact_covers(&q, question_random(w, r).p, out);
		ok &= sizes_agree(q.p, out);
		ok &= !w->org[1].there || impact_covers(&q, 1, out);
		ok &= compare_held(w, txn, q.on, out);
	}
	return ok & compare_sound(txn, out);
}

static bool apply(struct op_list *ops, FILE *out)
{
	bool ok = ops_apply(ops, txn, w->today, out);

	ops_done(ops);
	return ok;
}

static void make(struct rng *r, uint64_t seed)
{
	do
		world_random(w, seed++, W_ORGS);
	while (w->n_orgs < 1200);
	world_hub(w, r, 0, true, 515 + rng_below(r, w->n_orgs - 515));
	world_hub(w, r, 1, false, 515 + rng_below(r, w->n_orgs - 515));
	world_hub(w, r, 2, true, 513);
	world_hub(w, r, 2, false, 512);
}

/* Many small changes, and a hub that shrinks below the limit and grows again. */
static bool changes(struct rng *r, unsigned round, FILE *out)
{
	struct op_list ops;

	ops_init(&ops, rng_next(r));
	ops.at_once = round % 2 == 0;
	for (unsigned n = 0; n < 150; n++) {
		struct w_change c;

		world_mutate(w, r, &c);
		ops_change(&ops, w, &c);
	}
	for (unsigned i = 0; i < w->n_links && w->org[2].there; i++) {
		struct w_link *l = &w->link[i];

		/* most of the list's front, so that whole runs empty */
		if (l->there && l->procurer == 2 && round == 1 &&
		    w->num[l->supplier] < 1400 + rng_below(r, 500)) {
			ops_link_gone(&ops, w, 2, l->supplier);
			l->there = false;
		}
	}
	for (int o = 0; o < (int)w->n_orgs && w->org[2].there && round == 2; o++)
		if (o != 2 && w->org[o].there && world_link_find(w, 2, o) < 0 &&
		    w->n_links + 1 < W_LINKS)
			ops_link(&ops, w, world_link(w, 2, o), false);
	if (round == 3 && w->org[0].there) { /* a hub goes with all its links */
		ops_org_gone(&ops, w, 0);
		world_drop(w, 0);
	}
	return apply(&ops, out);
}

START_TEST(large_worlds)
{
	const char *n = getenv("TIERWATCH_LARGE_WORLDS");
	unsigned long worlds = n ? strtoul(n, NULL, 10) : WORLDS_DEFAULT;

	for (unsigned long i = 0; i < worlds; i++) {
		struct rng r = { i };
		struct txn *parent = txn;
		struct op_list ops;
		bool ok;

		make(&r, 1000 * i + 1);
		ck_assert_int_eq(txn_begin_child(parent, &txn), RC_OK);
		ck_assert_int_eq(graph_init(txn, instant_of_day_jst(w->today)), RC_OK);
		ops_init(&ops, i);
		ops_world(&ops, w);
		ops_filler(&ops, 700);
		ops.at_once = i % 2 == 0;
		ok = apply(&ops, stderr) && agrees(&r, 2, stderr);
		for (unsigned round = 0; round < 4 && ok; round++)
			ok = changes(&r, round, stderr) && agrees(&r, 1, stderr);
		txn_abort(txn);
		txn = parent;
		ck_assert_msg(ok, "large world %lu (seed %llu) differs; see above", i,
			      (unsigned long long)w->seed);
	}
}
END_TEST

static Suite *hubs_suite(void)
{
	Suite *s = suite_create("large worlds");
	TCase *tc = tcase_create("hubs");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, large_worlds);
	tcase_set_timeout(tc, 600);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	suite_make *const suites[] = { hubs_suite };

	return run_suites(suites, ARRAY_LEN(suites));
}
