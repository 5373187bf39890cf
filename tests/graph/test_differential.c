/*
 * test_differential.c - random worlds, written into a store in random order and changed there,
 * must answer every question as the brute-force twin does.
 *
 * TIERWATCH_WORLDS sets how many worlds (default 1500; fewer under sanitizers), TIERWATCH_SEED the
 * first seed. All worlds share one store file: each lives in a child transaction that is given up.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/graph/compare.h"
#include "tests/graph/world_ops.h"
#include "tests/run.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WORLDS_DEFAULT 120
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WORLDS_DEFAULT 120
#endif
#endif
#ifndef WORLDS_DEFAULT
#define WORLDS_DEFAULT 1500
#endif

struct rig {
	char dir[64];
	struct store *store;
	struct txn *txn;
	struct scratch *scratch;
};
static struct rig rig;

static void set_up(void)
{
	struct store_options o = { .map_bytes = 1u << 30, .create = true };
	struct err e = { 0 };

	strcpy(rig.dir, access("/dev/shm", W_OK) == 0 ? "/dev/shm/twXXXXXX" : "/tmp/twXXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(rig.dir));
	ck_assert_int_eq(store_open(rig.dir, &o, &rig.store, NULL, &e), RC_OK);
	ck_assert_int_eq(txn_begin_write(rig.store, &rig.txn), RC_OK);
	rig.scratch = scratch_new();
	ck_assert_ptr_nonnull(rig.scratch);
}

static void tear_down(void)
{
	char path[96];

	scratch_free(rig.scratch);
	txn_abort(rig.txn);
	store_close(rig.store);
	for (const char *const *f = (const char *const[]){ "data.mdb", "lock.mdb", "lock", "secret.key", NULL }; *f; f++) {
		snprintf(path, sizeof(path), "%s/%s", rig.dir, *f);
		unlink(path);
	}
	rmdir(rig.dir);
}

static unsigned long setting(const char *name, unsigned long def)
{
	const char *v = getenv(name);

	return v && *v ? strtoul(v, NULL, 10) : def;
}

/* Everything that is compared of one world as it stands. */
static bool agrees(struct world *w, struct txn *t, struct rng *r, unsigned questions, FILE *out)
{
	bool ok = true;

	if (!world_numbers(w, t)) {
		fputs("  an organisation is missing\n", out);
		return false;
	}
	for (unsigned i = 0; i < questions && ok; i++) {
		struct question q = question_random(w, r);
		int s = question_random(w, r).p;

		ok &= compare_held(w, t, q.on, out);
		ok &= compare_links(w, t, q.on, out);
		ok &= compare_chain(w, t, rig.scratch, &q, out);
		ok &= compare_known(w, t, rig.scratch, &q, out);
		ok &= compare_impact(w, t, rig.scratch, s, &q, -1, out);
		ok &= compare_impact(w, t, rig.scratch, s, &q, (int)rng_below(r, 6), out);
		ok &= compare_touched(w, t, rig.scratch, s, q.on, out);
		ok &= compare_many(w, t, rig.scratch, &q, out);
		ok &= compare_counts(w, t, rig.scratch, &q, out);
	}
	return ok & compare_sound(t, out);
}

static bool written(struct world *w, struct txn *t, uint64_t seed, FILE *out)
{
	struct op_list ops;
	bool ok = graph_init(t, instant_of_day_jst(w->today)) == RC_OK;

	ops_init(&ops, seed);
	ops_world(&ops, w);
	if (seed % 5 == 0)
		ops_filler(&ops, (unsigned)(seed / 5 % 300));
	ok = ok && ops_apply(&ops, t, w->today, out);
	ops_done(&ops);
	return ok;
}

/* Sometimes the changes are tried first, dry or strict with an error, and must leave nothing. */
static bool tried_in_vain(struct world *before, struct op_list *ops, struct txn *t, struct rng *r,
			  FILE *out)
{
	if (!rng_chance(r, 25))
		return true;
	if (ops_try(ops, t, before->today, rng_chance(r, 50), out) && agrees(before, t, r, 1, out))
		return true;
	fputs("  after changes that were only tried\n", out);
	return false;
}

/* A few changes, several at once, then the questions again. */
static bool changed_and_agrees(struct world *w, struct txn *t, struct rng *r, FILE *out)
{
	static struct world before;
	bool ok = true;

	for (unsigned round = 0; round < 3 && ok; round++) {
		struct op_list ops;

		memcpy(&before, w, sizeof(before));
		ops_init(&ops, rng_next(r));
		for (unsigned n = 1 + rng_below(r, 8); n > 0; n--) {
			struct w_change c;

			world_mutate(w, r, &c);
			ops_change(&ops, w, &c);
		}
		ok = tried_in_vain(&before, &ops, t, r, out) && ops_apply(&ops, t, w->today, out);
		ops_done(&ops);
		if (ok)
			ok = agrees(w, t, r, 2, out);
		if (!ok)
			fprintf(out, "  after %u rounds of changes\n", round + 1);
	}
	return ok;
}

/* The world as it is, written at once. */
static bool fresh_agrees(struct world *w, unsigned questions, FILE *out)
{
	struct txn *t;
	struct rng r = { w->seed };
	bool ok;

	ck_assert_int_eq(txn_begin_child(rig.txn, &t), RC_OK);
	ok = written(w, t, w->seed, out) && agrees(w, t, &r, questions, out);
	txn_abort(t);
	return ok;
}

static bool fails_fresh(void *arg, const struct world *w)
{
	AUTO_FREE struct world *copy = malloc(sizeof(*copy));

	if (!copy)
		return false;
	memcpy(copy, w, sizeof(*copy));
	return !fresh_agrees(copy, 40, arg);
}

static void report(struct world *w, const char *what)
{
	FILE *null = fopen("/dev/null", "w");

	fprintf(stderr, "\nseed %llu: %s\n", (unsigned long long)w->seed, what);
	if (null && fails_fresh(null, w)) {
		world_shrink(w, fails_fresh, null);
		fputs("as small as it gets:\n", stderr);
		world_print(w, stderr);
		fresh_agrees(w, 40, stderr);
	} else {
		fputs("only after changes; written at once it agrees. The world at the end:\n", stderr);
		world_print(w, stderr);
	}
	if (null)
		fclose(null);
}

static bool one_world(struct world *w, uint64_t seed)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	struct rng r = { seed ^ 0x5eed };
	struct txn *t;
	bool ok;

	ck_assert_ptr_nonnull(out);
	world_random(w, seed, rng_chance(&r, 5) ? 60 : 14);
	if (rng_chance(&r, 10)) { /* memory that nothing has used before */
		scratch_free(rig.scratch);
		rig.scratch = scratch_new();
		ck_assert_ptr_nonnull(rig.scratch);
	}
	ck_assert_int_eq(txn_begin_child(rig.txn, &t), RC_OK);
	ok = written(w, t, seed, out) && agrees(w, t, &r, 4, out) && changed_and_agrees(w, t, &r, out);
	txn_abort(t);
	fclose(out);
	if (!ok)
		report(w, text);
	free(text);
	return ok;
}

START_TEST(random_worlds)
{
	uint64_t first = setting("TIERWATCH_SEED", 1), n = setting("TIERWATCH_WORLDS", WORLDS_DEFAULT);
	AUTO_FREE struct world *w = malloc(sizeof(*w));
	unsigned bad = 0;

	ck_assert_ptr_nonnull(w);
	for (uint64_t seed = first; seed < first + n && bad < setting("TIERWATCH_REPORTS", 1); seed++)
		bad += !one_world(w, seed);
	ck_assert_msg(!bad, "%u worlds differ; see above", bad);
}
END_TEST

/* ---- lapses ---- */

/* Follows what the events say of everybody's level. */
struct follow {
	struct world *w;
	int level[W_ORGS];
	uint64_t revision, said[W_ORGS]; /* of an organisation's last event */
	FILE *out;
	bool ok;
};

static bool follow_event(void *arg, const struct event *ev)
{
	struct follow *f = arg;
	int before = -1, now = -1;
	const char *data = ev->data.p, *at;
	char text[256];

	if (ev->type != EV_SUPPLIER_LAPSED && ev->type != EV_SUPPLIER_RESTORED)
		return true;
	snprintf(text, sizeof(text), "%.*s", (int)ev->data.n, data);
	if ((at = strstr(text, "\"held_before\":")))
		before = atoi(at + 14);
	if ((at = strstr(text, "\"held\":")))
		now = atoi(at + 7);
	for (unsigned o = 0; o < f->w->n_orgs; o++) {
		if (!f->w->org[o].there || !view_is(ev->subject, f->w->org[o].id))
			continue;
		if (before != f->level[o] || now == before || f->said[o] == ev->revision ||
		    (ev->type == EV_SUPPLIER_LAPSED) != (now < before)) {
			fprintf(f->out, "  event of %u: %s %s, level was %d\n", o, event_names[ev->type],
				text, f->level[o]);
			f->ok = false;
		}
		f->level[o] = now;
		f->said[o] = ev->revision;
	}
	return true;
}

/* What was said since the last time leads to what is held now. */
static bool follow_on(struct follow *f, struct txn *t)
{
	uint64_t to = graph_revision(t);

	f->ok = events_read(t, f->revision, UINT32_MAX, SIZE_MAX, follow_event, f) == RC_OK && f->ok;
	f->revision = to;
	for (unsigned o = 0; o < f->w->n_orgs && f->ok; o++) {
		int level = twin_level(f->w, (int)o, f->w->today);

		if (f->w->org[o].there && level != f->level[o]) {
			fprintf(f->out, "  no event of %u: held %d, the events say %d\n", o, level,
				f->level[o]);
			f->ok = false;
		}
	}
	return f->ok;
}

static bool next_day(struct world *w, struct txn *t)
{
	struct cmd c = { .type = CMD_TICK, .day = w->today + 1, .actor = VIEW_LIT("system"),
			 .at_ms = instant_of_day_jst(w->today + 1) };
	AUTO(batch_free_p) struct batch *b = NULL;
	struct err e = { 0 };
	uint64_t revision;

	w->today++;
	return batch_new(t, &b) == RC_OK && graph_apply(b, &c, &revision, &e) == RC_OK &&
	       batch_finish(b) == RC_OK;
}

static bool days_and_changes(struct follow *f, struct txn *t, struct rng *r)
{
	bool ok = follow_on(f, t);

	for (unsigned i = 0; i < 150 && ok; i++) {
		if (rng_chance(r, 20)) {
			struct op_list ops;
			struct w_change c;

			ops_init(&ops, rng_next(r));
			world_mutate(f->w, r, &c);
			ops_change(&ops, f->w, &c);
			ok = ops_apply(&ops, t, f->w->today, f->out);
			ops_done(&ops);
		} else {
			ok = next_day(f->w, t);
		}
		ok = ok && follow_on(f, t);
	}
	return ok;
}

/* A level that falls or rises, through a write or a day, is told once for each org and revision. */
START_TEST(lapses_are_told)
{
	uint64_t first = setting("TIERWATCH_SEED", 1);
	uint64_t n = setting("TIERWATCH_WORLDS", WORLDS_DEFAULT) / 10 + 1;
	AUTO_FREE struct world *w = malloc(sizeof(*w));
	bool ok = true;

	ck_assert_ptr_nonnull(w);
	for (uint64_t seed = first; seed < first + n && ok; seed++) {
		struct follow f = { .w = w, .out = stderr, .ok = true };
		struct rng r = { seed ^ 0xda75 };
		struct txn *t;

		world_random(w, seed, 14);
		ck_assert_int_eq(txn_begin_child(rig.txn, &t), RC_OK);
		ok = written(w, t, seed, stderr) && days_and_changes(&f, t, &r) &&
		     agrees(w, t, &r, 2, stderr);
		txn_abort(t);
		if (!ok) {
			fprintf(stderr, "\nseed %llu\n", (unsigned long long)seed);
			world_print(w, stderr);
		}
	}
	ck_assert(ok);
}
END_TEST

static Suite *differential_suite(void)
{
	Suite *s = suite_create("differential");
	TCase *tc = tcase_create("worlds");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, random_worlds);
	tcase_add_test(tc, lapses_are_told);
	tcase_set_timeout(tc, 600);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	suite_make *const suites[] = { differential_suite };

	return run_suites(suites, ARRAY_LEN(suites));
}
