/*
 * test_as_of.c - what a store knew at an earlier revision, found by undoing in an overlay, is what a store knows to
 * which the log was applied up to that revision. Records, all that follows from them, and answers are compared.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "graph/adj.h"
#include "graph/answers.h"
#include "graph/as_of.h"
#include "tests/graph/chaos.h"
#include "tests/graph/records.h"
#include "tests/graph/world_ops.h"
#include "tests/run.h"
#include "tests/tmpdir.h"

#define ck_ok(rc) ck_assert_str_eq(rc_code(rc), rc_code(RC_OK))
#define TODAY 20000

/* A store, and one that follows its log. */
static struct tmpdir dir[2];
static struct store *store[2];
static struct txn *twin;
static struct scratch *scratch;

static void set_up(void)
{
	struct store_options o = { .map_bytes = 256u << 20, .create = true };
	struct err e = { 0 };

	for (int i = 0; i < 2; i++) {
		tmpdir_make(&dir[i]);
		ck_ok(store_open(dir[i].path, &o, &store[i], NULL, &e));
	}
	scratch = scratch_new();
	ck_assert_ptr_nonnull(scratch);
}

static void tear_down(void)
{
	scratch_free(scratch);
	for (int i = 0; i < 2; i++) {
		store_close(store[i]);
		tmpdir_remove(&dir[i]);
	}
}

static struct txn *write_begin(void)
{
	struct txn *w;

	ck_ok(txn_begin_write(store[0], &w));
	return w;
}

static void apply(struct txn *w, struct cmd *c)
{
	AUTO(batch_free_p) struct batch *b = NULL;
	struct err e = { 0 };
	uint64_t revision;

	ck_ok(batch_new(w, &b));
	enum rc rc = graph_apply(b, c, &revision, &e);
	ck_ok(batch_finish(b));
	(void)rc; /* refused ones leave nothing */
	ck_ok(txn_rc(w));
}

static void tick(struct txn *w, int32_t day)
{
	struct cmd c = { .type = CMD_TICK, .day = day, .actor = VIEW_LIT("system"),
			 .at_ms = instant_of_day_jst(day) };

	apply(w, &c);
}

/* ---- comparing ---- */

static void same_db(struct txn *o, enum db db)
{
	AUTO_CUR struct cur a = { 0 };
	AUTO_CUR struct cur b = { 0 };
	bool more_a, more_b;

	cur_open(&a, o, db);
	cur_open(&b, twin, db);
	for (more_a = cur_first(&a), more_b = cur_first(&b); more_a && more_b;
	     more_a = cur_next(&a), more_b = cur_next(&b)) {
		ck_assert_msg(view_eq(a.key, b.key), "%s: another key", store_schema[db].name);
		ck_assert_msg(view_eq(a.val, b.val), "%s: another value", store_schema[db].name);
	}
	ck_assert_msg(more_a == more_b, "%s: %s has more", store_schema[db].name, more_a ? "the overlay" : "the twin");
	ck_assert_uint_eq(txn_count(o, db), txn_count(twin, db));
}

static void chain(struct txn *t, uint32_t org, struct buf *out)
{
	struct chain_query q = { .procurer = org, .depth = 4, .on = graph_today(t), .horizon = 90,
				 .caller = { .sees_all = true } };
	struct exposure x;
	struct chain_list *l = NULL;

	buf_clear(out);
	ck_ok(exposure_compute(t, scratch, &q, &x));
	exposure_encode(&x, out);
	ck_ok(chain_list_compute(t, scratch, &q, 1u << ST_GAP, &l));
	for (size_t i = 0; i < l->n; i++) {
		buf_add(out, &l->items[i].supplier, 4);
		buf_addf(out, " %d %d %d %d %a ", l->items[i].tier, l->items[i].held, l->items[i].required,
			 l->items[i].due, l->items[i].dependency);
	}
	chain_list_free(l);
}

static void same_answers(struct txn *o)
{
	AUTO(buf_done) struct buf a = BUF_INIT;
	AUTO(buf_done) struct buf b = BUF_INIT;

	for (uint32_t org = 1; org <= graph_max_org(twin); org++) {
		struct rec r;

		for (int d = ADJ_OUT; d <= ADJ_IN; d++) {
			records_neighbours(o, (enum adj_dir)d, org, &a);
			records_neighbours(twin, (enum adj_dir)d, org, &b);
			ck_assert_msg(view_eq(buf_view(&a), buf_view(&b)), "neighbours of %u", org);
		}
		if (org_get(twin, org, &r) != RC_OK)
			continue;
		chain(o, org, &a);
		chain(twin, org, &b);
		ck_assert_msg(view_eq(buf_view(&a), buf_view(&b)), "chain of %u", org);
	}
}

static void same_as_twin(uint64_t revision)
{
	static const enum db derived[] = { DB_ORG_ID, DB_NAME, DB_STEP, DB_GRANT, DB_CODE };
	AUTO(buf_done) struct buf a = BUF_INIT;
	AUTO(buf_done) struct buf b = BUF_INIT;
	struct err e = { 0 };
	struct txn *o;

	ck_ok(txn_begin_overlay(store[0], AS_OF_BYTES_MAX, &o));
	enum rc rc = as_of_undo(o, revision, &e);
	ck_assert_msg(rc == RC_OK, "%s %s", rc_code(rc), e.arg);
	records_all(o, &a);
	records_all(twin, &b);
	ck_assert_msg(view_eq(buf_view(&a), buf_view(&b)), "records as of %u", (unsigned)revision);
	for (size_t i = 0; i < ARRAY_LEN(derived); i++)
		same_db(o, derived[i]);
	ck_assert_uint_eq(graph_revision(o), revision);
	ck_assert_uint_eq(graph_link_count(o), graph_link_count(twin));
	ck_assert_int_eq(graph_today(o), graph_today(twin));
	same_answers(o);
	txn_abort(o);
}

/* Follows the log, and compares on the way. */
static void compare_all(unsigned percent, struct rng *r)
{
	AUTO(buf_done) struct buf bytes = BUF_INIT;
	struct txn *t;
	uint64_t last;

	ck_ok(txn_begin_read(store[0], &t));
	last = graph_revision(t);
	same_as_twin(0);
	for (uint64_t rev = 1; rev <= last; rev++) {
		struct cmd c;

		ck_ok(log_read(t, rev, &bytes));
		ck_ok(cmd_decode(buf_view(&bytes), &c));
		apply(twin, &c);
		free(c.ops);
		ck_assert_uint_eq(graph_revision(twin), rev);
		if (rng_chance(r, percent) || rev == last)
			same_as_twin(rev);
	}
	txn_abort(t);
}

/* ---- random commands ---- */

static void chaos(struct txn *w, struct rng *r)
{
	static struct chaos x;

	apply(w, chaos_command(&x, r));
	chaos_done(&x);
}

static void one_world(struct world *wd, uint64_t seed)
{
	struct rng r = { seed };
	struct op_list ops;
	struct txn *w = write_begin();

	world_random(wd, seed, rng_chance(&r, 10) ? 40 : 10);
	ck_ok(graph_init(w, instant_of_day_jst(wd->today)));
	ops_init(&ops, seed);
	ops_world(&ops, wd);
	ck_assert(ops_apply(&ops, w, wd->today, stderr));
	ops_done(&ops);
	for (unsigned n = 0; n < 80; n++) {
		struct w_change change;

		if (rng_chance(&r, 10)) {
			tick(w, ++wd->today);
		} else if (rng_chance(&r, 60)) {
			chaos(w, &r);
		} else {
			ops_init(&ops, rng_next(&r));
			for (unsigned k = 1 + rng_below(&r, 5); k > 0; k--) {
				world_mutate(wd, &r, &change);
				ops_change(&ops, wd, &change);
			}
			ck_assert(ops_apply(&ops, w, wd->today, stderr));
			ops_done(&ops);
		}
	}
	ck_ok(txn_commit(w));
	ck_ok(txn_begin_write(store[1], &twin));
	world_random(wd, seed, rng_chance(&(struct rng){ seed }, 10) ? 40 : 10);
	ck_ok(graph_init(twin, instant_of_day_jst(wd->today)));
	compare_all(25, &r);
	txn_abort(twin);
}

START_TEST(random_worlds)
{
	const char *n = getenv("TIERWATCH_WORLDS"), *first = getenv("TIERWATCH_SEED");
	uint64_t seed = first ? strtoull(first, NULL, 10) : 1, worlds = n ? strtoull(n, NULL, 10) / 50 + 1 : 12;
	AUTO_FREE struct world *w = malloc(sizeof(*w));

	ck_assert_ptr_nonnull(w);
	for (uint64_t last = seed + worlds; seed < last; seed++) {
		set_up();
		one_world(w, seed);
		tear_down();
	}
}
END_TEST

/* ---- by hand ---- */

static struct op org_op(const char *id, const char *alias, struct buf *fields)
{
	AUTO(buf_done) struct buf list = BUF_INIT;

	fl_bytes(fields, ORG_NAME, VIEW_LIT("Name"));
	if (alias)
		buf_lenbytes(&list, view_str(alias));
	if (alias)
		fl_bytes(fields, ORG_ALIASES, buf_view(&list));
	return (struct op){ .kind = OP_PUT, .ent = ENT_ORG, .a = view_str(id), .fields = buf_view(fields) };
}

#define LINK(p, s)                                                                                           \
	{ .kind = OP_MERGE, .ent = ENT_LINK, .a = VIEW_LIT(p), .b = VIEW_LIT(s), .fields = VIEW_LIT("") }

static void apply_ops(struct txn *w, struct op *op, size_t n, size_t at_once)
{
	for (size_t i = 0; i < n; i += at_once) {
		struct op_result res[8] = { 0 };
		struct cmd c = { .type = CMD_OPS, .at_ms = 1000 * (int64_t)(graph_revision(w) + 1), .ops = op + i,
				 .actor = VIEW_LIT("test"), .n_ops = at_once, .results = res };
		apply(w, &c);
		for (size_t k = 0; k < at_once; k++)
			ck_assert_msg(!res[k].rc, "op %zu: %s", i + k, rc_code(res[k].rc));
	}
}

/* A link is made under an alias that then names another organisation; within one command no image shows it. */
static void alias_moves(size_t at_once)
{
	struct buf f[6] = { 0 };
	struct op first[] = { org_op("XX-LOCAL-A", NULL, &f[0]), org_op("XX-LOCAL-B", NULL, &f[1]),
			      org_op("XX-LOCAL-S", NULL, &f[2]), LINK("XX-LOCAL-B", "XX-LOCAL-S") };
	struct op then[] = { org_op("XX-LOCAL-A", "XX-LOCAL-X", &f[3]), LINK("XX-LOCAL-X", "XX-LOCAL-S"),
			     org_op("XX-LOCAL-A", NULL, &f[4]), org_op("XX-LOCAL-B", "XX-LOCAL-X", &f[5]) };
	struct txn *w = write_begin();

	ck_ok(graph_init(w, instant_of_day_jst(TODAY)));
	apply_ops(w, first, 4, 1);
	apply_ops(w, then, 4, at_once);
	ck_ok(txn_commit(w));
	ck_ok(txn_begin_write(store[1], &twin));
	ck_ok(graph_init(twin, instant_of_day_jst(TODAY)));
	compare_all(100, &(struct rng){ 1 });
	txn_abort(twin);
	for (size_t i = 0; i < 6; i++)
		buf_done(&f[i]);
}

START_TEST(an_alias_moves_between_commands) { alias_moves(1); }
END_TEST

START_TEST(an_alias_moves_within_a_command) { alias_moves(4); }
END_TEST

static void refused(uint64_t revision, enum rc want)
{
	struct err e = { 0 };
	struct txn *o;

	ck_ok(txn_begin_overlay(store[0], AS_OF_BYTES_MAX, &o));
	ck_assert_str_eq(rc_code(as_of_undo(o, revision, &e)), rc_code(want));
	ck_assert_str_eq(e.field, "as_of");
	txn_abort(o);
}

START_TEST(what_cannot_be_told_is_refused)
{
	struct buf f[4] = { 0 };
	struct op ops[] = { org_op("XX-LOCAL-A", NULL, &f[0]), org_op("XX-LOCAL-B", NULL, &f[1]),
			    org_op("XX-LOCAL-C", NULL, &f[2]), org_op("XX-LOCAL-D", NULL, &f[3]) };
	struct txn *w = write_begin(), *o;
	struct err e = { 0 };

	ck_ok(graph_init(w, instant_of_day_jst(TODAY)));
	apply_ops(w, ops, 4, 1);
	ck_ok(txn_commit(w));
	refused(5, RC_OUT_OF_RANGE);
	w = write_begin(); /* as a store of format 1 that was taken over at revision 2 */
	meta_put_u64(w, "past_from", 2);
	ck_ok(txn_commit(w));
	refused(1, RC_COMPACTED);
	ck_ok(txn_begin_overlay(store[0], AS_OF_BYTES_MAX, &o));
	ck_ok(as_of_undo(o, 2, &e));
	ck_assert_uint_eq(txn_count(o, DB_ORG), 2);
	txn_abort(o);
	ck_ok(txn_begin_overlay(store[0], 500, &o)); /* no room */
	ck_assert_str_eq(rc_code(as_of_undo(o, 2, &e)), "too-large");
	txn_abort(o);
	for (size_t i = 0; i < 4; i++)
		buf_done(&f[i]);
}
END_TEST

START_TEST(an_instant_is_a_revision)
{
	struct buf f[3] = { 0 };
	struct op ops[] = { org_op("XX-LOCAL-A", NULL, &f[0]), org_op("XX-LOCAL-B", NULL, &f[1]),
			    org_op("XX-LOCAL-C", NULL, &f[2]) };
	struct txn *w = write_begin();
	struct err e = { 0 };
	uint64_t revision;

	ck_ok(graph_init(w, instant_of_day_jst(TODAY)));
	ck_ok(as_of_instant(w, 5, &revision, &e));
	ck_assert_uint_eq(revision, 0);
	apply_ops(w, ops, 3, 1); /* at 1000, 2000, 3000 ms */
	for (int64_t at = 0; at < 5000; at += 500) {
		ck_ok(as_of_instant(w, at, &revision, &e));
		ck_assert_uint_eq(revision, MIN(at / 1000, 3));
	}
	txn_del(w, DB_LOG, VIEW_LIT("\0\0\0\0\0\0\0\1\0\0\0\0"));
	ck_ok(as_of_instant(w, 2000, &revision, &e));
	ck_assert_str_eq(rc_code(as_of_instant(w, 1999, &revision, &e)), "compacted");
	txn_abort(w);
	for (size_t i = 0; i < 3; i++)
		buf_done(&f[i]);
}
END_TEST

static Suite *as_of_suite(void)
{
	Suite *s = suite_create("as_of");
	TCase *tc = tcase_create("twin"), *by_hand = tcase_create("by hand");

	tcase_add_test(tc, random_worlds);
	tcase_set_timeout(tc, 600);
	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(by_hand, set_up, tear_down);
	tcase_add_test(by_hand, an_alias_moves_between_commands);
	tcase_add_test(by_hand, an_alias_moves_within_a_command);
	tcase_add_test(by_hand, what_cannot_be_told_is_refused);
	tcase_add_test(by_hand, an_instant_is_a_revision);
	suite_add_tcase(s, by_hand);
	return s;
}

int main(void)
{
	suite_make *const suites[] = { as_of_suite };

	return run_suites(suites, ARRAY_LEN(suites));
}
