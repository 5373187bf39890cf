/*
 * test_revert.c - random commands are taken back: all records are then what a copy says that they were, told by names,
 * since what comes back has other numbers. The store is sound, follows from its log, and still tells what was before;
 * versions tell the records that were there.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "graph/as_of.h"
#include "graph/audit.h"
#include "graph/revert.h"
#include "graph/versions.h"
#include "tests/graph/chaos.h"
#include "tests/graph/records.h"
#include "tests/graph/world_ops.h"
#include "tests/run.h"
#include "tests/tmpdir.h"

#define ck_ok(rc) ck_assert_str_eq(rc_code(rc), rc_code(RC_OK))

static struct tmpdir dir[2];
static struct store *store[2];

static void set_up(void)
{
	struct store_options o = { .map_bytes = 256u << 20, .create = true };
	struct err e = { 0 };

	for (int i = 0; i < 2; i++) {
		tmpdir_make(&dir[i]);
		ck_ok(store_open(dir[i].path, &o, &store[i], NULL, &e));
	}
}

static void tear_down(void)
{
	for (int i = 0; i < 2; i++) {
		store_close(store[i]);
		tmpdir_remove(&dir[i]);
	}
}

static enum rc apply(struct txn *w, struct cmd *c, struct err *e)
{
	AUTO(batch_free_p) struct batch *b = NULL;
	uint64_t revision;

	ck_ok(batch_new(w, &b));
	enum rc rc = graph_apply(b, c, &revision, e);
	ck_ok(batch_finish(b));
	ck_ok(txn_rc(w));
	return rc;
}

/* ---- all records by name ---- */

/* A line: "entity names: fields", without revisions. Sorted. */
struct dump {
	char *line[4096];
	size_t n;
};

static void dump_done(struct dump *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->line[i]);
	d->n = 0;
}

static int line_cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void id_add(struct txn *t, struct buf *out, const uint8_t *key)
{
	buf_addc(out, ' ');
	buf_addv(out, org_id(t, be32_get(key)));
}

static void line_of(struct txn *t, struct view key, struct view rec, struct buf *out)
{
	const uint8_t *k = key.p;
	enum ent ent = (enum ent)k[0];
	struct rec r;

	ck_assert(rec_decode(&r, rec));
	buf_adds(out, entities[ent].name);
	id_add(t, out, k + 1);
	if (ent == ENT_LINK || ent == ENT_CLAUSE)
		id_add(t, out, k + 5);
	if (ent == ENT_CLAUSE)
		buf_addf(out, " %u", k[9]);
	if (ent == ENT_CERT || ent == ENT_DRILL)
		buf_addf(out, " %.*s", (int)key.n - 5, (const char *)k + 5);
	buf_addc(out, ':');
	for (unsigned id = 0; id < META_REV; id++)
		for (size_t i = 0; rec_has(&r, id) && i <= r.f[id].n; i++)
			buf_addf(out, i ? "%02x" : " %u=", i ? ((const uint8_t *)r.f[id].p)[i - 1] : id);
}

static void dump_make(struct txn *t, struct dump *d)
{
	AUTO(buf_done) struct buf all = BUF_INIT;

	dump_done(d);
	records_all(t, &all);
	for (struct rd rd = rd_of(buf_view(&all)); rd_more(&rd);) {
		AUTO(buf_done) struct buf line = BUF_INIT;
		struct view key = rd_lenbytes(&rd), rec = rd_lenbytes(&rd);
		line_of(t, key, rec, &line);
		ck_assert(buf_ok(&line) && d->n < ARRAY_LEN(d->line));
		d->line[d->n] = strndup(line.p, line.n);
		ck_assert_ptr_nonnull(d->line[d->n++]);
	}
	qsort(d->line, d->n, sizeof *d->line, line_cmp);
}

static bool dump_same(const struct dump *a, const struct dump *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++)
		if (strcmp(a->line[i], b->line[i]) != 0)
			return false;
	return a->n == b->n;
}

static void dump_show(const struct dump *want, const struct dump *is)
{
	size_t i = 0, k = 0;

	while (i < want->n || k < is->n) {
		int d = i == want->n ? 1 : k == is->n ? -1 : strcmp(want->line[i], is->line[k]);
		if (d < 0)
			fprintf(stderr, "missing %s\n", want->line[i]);
		if (d > 0)
			fprintf(stderr, "more    %s\n", is->line[k]);
		i += d <= 0;
		k += d >= 0;
	}
}

static void same(const struct dump *want, const struct dump *is, const char *what)
{
	if (!dump_same(want, is))
		dump_show(want, is);
	ck_assert_msg(dump_same(want, is), "%s", what);
}

/* ---- taking back ---- */

static enum rc guard(void *arg, struct txn *w, struct op *op, struct err *e)
{
	(void)arg;
	return revert_guard(w, op, e);
}

/* RC_CHANGED_SINCE: there are conflicts. */
static enum rc take_back(struct txn *w, uint64_t revision, struct revert *r, struct err *e)
{
	struct arena *a = arena_new();

	ck_assert_ptr_nonnull(a);
	*r = (struct revert){ .memory = a, .drops_orgs = true };
	enum rc rc = revert_plan(w, revision, r, e);
	if (rc == RC_OK && r->n_conflicts)
		rc = RC_CHANGED_SINCE;
	if (rc == RC_OK) {
		struct cmd c = { .type = CMD_OPS, .at_ms = 2, .actor = VIEW_LIT("undo"), .ops = r->ops, .n_ops = r->n_ops,
				 .all_or_nothing = true, .permit = guard };
		uint64_t before = graph_revision(w);
		c.dry_run = true;
		ck_assert_msg(apply(w, &c, e) == RC_OK || e->rc, "a reason");
		ck_assert_uint_eq(graph_revision(w), before);
		c.dry_run = false;
		*e = (struct err){ 0 };
		rc = apply(w, &c, e);
		ck_assert_uint_eq(graph_revision(w), before + (rc == RC_OK));
	}
	arena_free(a);
	r->memory = NULL;
	return rc;
}

static void taken_back(struct txn *w, uint64_t revision)
{
	struct revert r;
	struct err e = { 0 };
	enum rc rc = take_back(w, revision, &r, &e);

	ck_assert_msg(rc == RC_OK, "revision %u: %s %s %s, %u conflicts", (unsigned)revision, rc_code(rc), e.field, e.arg,
		      (unsigned)r.n_conflicts);
	ck_assert_uint_eq(r.kept_orgs, 0);
}

static void told(void *arg, const char *sentence)
{
	(void)arg;
	fprintf(stderr, "%s\n", sentence);
}

/* ---- versions ---- */

struct seen {
	uint64_t revision;
	struct view rec;
};

/* The records that a key had, newest first, as the versions tell them: each the one that its revision left. */
static void versions_hold(struct txn *t, enum ent ent, struct view key, struct view now)
{
	struct version_iter it;
	struct version v;
	struct rec r;
	uint64_t last = UINT64_MAX;
	bool first = true, created = false;

	ck_ok(versions_begin(&it, t, ent, key, 0));
	ck_assert(rec_decode(&r, now));
	while (versions_next(&it, &v)) {
		ck_assert_uint_lt(v.revision, last);
		ck_assert(!created && v.told);
		if (first)
			ck_assert_uint_eq(v.revision, rec_revision(&r));
		for (unsigned id = 0; id < REC_FIELDS; id++)
			ck_assert(view_eq(v.after.f[id], r.f[id]));
		r = v.before;
		created = v.created;
		last = v.revision;
		first = false;
	}
	ck_ok(it.rc);
	ck_assert(created);
}

static void all_versions_hold(struct txn *t)
{
	AUTO(buf_done) struct buf all = BUF_INIT;

	records_all(t, &all);
	for (struct rd rd = rd_of(buf_view(&all)); rd_more(&rd);) {
		struct view key = rd_lenbytes(&rd), rec = rd_lenbytes(&rd);
		versions_hold(t, (enum ent)((const uint8_t *)key.p)[0], view_of((const char *)key.p + 1, key.n - 1), rec);
	}
}

/* ---- since ---- */

/* Of the same record: their lines are the same up to the ':'. */
static const char *find(const struct dump *d, const char *line)
{
	size_t n = (size_t)(strchr(line, ':') - line) + 1;

	for (size_t i = 0; i < d->n; i++)
		if (strncmp(d->line[i], line, n) == 0)
			return d->line[i];
	return NULL;
}

static bool differs(const char *a, const char *b) { return !a || !b || strcmp(a, b) != 0; }

/* Records that one command touched are as before, the others as they were left: what is there now is just that. */
static void only_that_back(const struct dump *before, const struct dump *after, const struct dump *since,
			   const struct dump *now)
{
	for (size_t i = 0; i < before->n; i++)
		if (differs(find(after, before->line[i]), before->line[i]))
			ck_assert_msg(!differs(find(now, before->line[i]), before->line[i]), "not back: %s", before->line[i]);
	for (size_t i = 0; i < after->n; i++)
		if (!find(before, after->line[i]))
			ck_assert_msg(!find(now, after->line[i]) || strncmp(after->line[i], "org ", 4) == 0, "not gone: %s",
				      after->line[i]);
	for (size_t i = 0; i < since->n; i++)
		if (!differs(find(before, since->line[i]), find(after, since->line[i])))
			ck_assert_msg(!differs(find(now, since->line[i]), since->line[i]), "touched: %s", since->line[i]);
}

/* ---- random worlds ---- */

static struct dump before, after, since, now;

/* A command that left something, or not at all. */
static bool chaos(struct txn *w, struct rng *r)
{
	static struct chaos x;
	struct err e = { 0 };
	uint64_t revision = graph_revision(w);

	(void)apply(w, chaos_command(&x, r), &e); /* refused ones leave nothing */
	chaos_done(&x);
	return graph_revision(w) > revision;
}

static void back_at_once(struct txn *w)
{
	uint64_t n = graph_revision(w);

	dump_make(w, &after);
	if (dump_same(&before, &after)) /* what it made it removed again */
		return;
	taken_back(w, n);
	dump_make(w, &now);
	same(&before, &now, "taken back");
	ck_assert_uint_eq(graph_check(w, told, NULL), 0);
	taken_back(w, n + 1);
	dump_make(w, &now);
	same(&after, &now, "and again");
}

static unsigned n_back, n_refused;

static void back_later(struct txn *w, struct rng *r)
{
	uint64_t n = graph_revision(w);
	struct revert t;
	struct err e = { 0 };

	dump_make(w, &after);
	for (unsigned i = 1 + rng_below(r, 2); i > 0; i--)
		(void)chaos(w, r);
	dump_make(w, &since);
	enum rc rc = take_back(w, n, &t, &e);
	dump_make(w, &now);
	n_back += rc == RC_OK;
	n_refused += rc != RC_OK;
	if (rc == RC_OK)
		only_that_back(&before, &after, &since, &now);
	else
		same(&since, &now, "what is refused leaves nothing");
	if (rc == RC_CHANGED_SINCE)
		ck_assert_uint_gt(graph_revision(w), n);
}

static void replayed(struct txn *w)
{
	AUTO(buf_done) struct buf bytes = BUF_INIT, a = BUF_INIT, b = BUF_INIT;
	struct txn *twin;

	ck_ok(txn_begin_write(store[1], &twin));
	ck_ok(graph_init(twin, instant_of_day_jst(CHAOS_TODAY)));
	for (uint64_t rev = 1; rev <= graph_revision(w); rev++) {
		struct cmd c;
		struct err e = { 0 };
		ck_ok(log_read(w, rev, &bytes));
		ck_ok(cmd_decode(buf_view(&bytes), &c));
		(void)apply(twin, &c, &e);
		free(c.ops);
		ck_assert_uint_eq(graph_revision(twin), rev);
	}
	records_all(w, &a);
	records_all(twin, &b);
	ck_assert_msg(view_eq(buf_view(&a), buf_view(&b)), "the log says the same");
	txn_abort(twin);
}

/* What a revision left, and what the store says of it afterwards. */
struct noted {
	uint64_t revision;
	struct buf records;
};

static void as_it_was(const struct noted *n)
{
	AUTO(buf_done) struct buf a = BUF_INIT;
	struct txn *o;
	struct err e = { 0 };

	if (!n->revision)
		return;
	ck_ok(txn_begin_overlay(store[0], AS_OF_BYTES_MAX, &o));
	ck_ok(as_of_undo(o, n->revision, &e));
	records_all(o, &a);
	ck_assert_msg(view_eq(buf_view(&a), buf_view(&n->records)), "as of %u", (unsigned)n->revision);
	txn_abort(o);
}

static void one_world(uint64_t seed)
{
	struct rng r = { seed };
	struct noted noted[6] = { 0 };
	struct txn *w;

	ck_ok(txn_begin_write(store[0], &w));
	ck_ok(graph_init(w, instant_of_day_jst(CHAOS_TODAY)));
	for (unsigned i = 0; i < 60; i++) {
		dump_make(w, &before);
		if (chaos(w, &r)) {
			if (rng_chance(&r, 60))
				back_at_once(w);
			else
				back_later(w, &r);
		}
		if (i % 10 == 5) {
			noted[i / 10].revision = graph_revision(w);
			records_all(w, &noted[i / 10].records);
		}
		if (rng_chance(&r, 5)) {
			struct err e = { 0 };
			int32_t day = graph_today(w) + 1;
			struct cmd c = { .type = CMD_TICK, .day = day, .actor = VIEW_LIT("system"),
					 .at_ms = instant_of_day_jst(day) };
			ck_ok(apply(w, &c, &e));
		}
	}
	ck_assert_uint_eq(graph_check(w, told, NULL), 0);
	ck_assert_uint_eq(audit_check(w, told, NULL), 0);
	all_versions_hold(w);
	replayed(w);
	ck_ok(txn_commit(w));
	for (size_t i = 0; i < ARRAY_LEN(noted); i++) {
		as_it_was(&noted[i]);
		buf_done(&noted[i].records);
	}
}

START_TEST(random_commands)
{
	const char *n = getenv("TIERWATCH_WORLDS"), *first = getenv("TIERWATCH_SEED");
	uint64_t seed = first ? strtoull(first, NULL, 10) : 1, worlds = n ? strtoull(n, NULL, 10) / 20 + 1 : 40;

	n_back = n_refused = 0;
	for (uint64_t last = seed + worlds; seed < last; seed++) {
		set_up();
		one_world(seed);
		tear_down();
	}
	if (!first)
		ck_assert_msg(n_back > worlds && n_refused > worlds, "%u later, %u refused", n_back, n_refused);
	dump_done(&before);
	dump_done(&after);
	dump_done(&since);
	dump_done(&now);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("revert");
	TCase *random = tcase_create("random");

	tcase_set_timeout(random, 600);
	tcase_add_test(random, random_commands);
	suite_add_tcase(s, random);
	return s;
}

int main(void)
{
	return run_suites((suite_make *const[]){ suite }, 1);
}
