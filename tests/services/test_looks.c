/*
 * test_looks.c - the log of who looked: what is noted once, what is written when, what is dropped, and that a
 * store that takes no more stops nobody.
 */
#include <time.h>

#include "base/util.h"
#include "services/looks.h"
#include "tests/run.h"
#include "tests/tmpdir.h"

#define MUST(x) ((x) ? (void)0 : (fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x), abort()))
#define DAY_MS ((int64_t)86400000)

static struct tmpdir dir;
static struct store *store;
static struct clock clk;
static struct writer *writer;
static struct looks *looks;
static int64_t start_ms;

static void open_store(uint64_t map_max)
{
	struct store_options o = { .create = true, .map_bytes = 1u << 20, .map_max_bytes = map_max };
	struct writer_options wo = { .tick_ms = 10 };
	struct err e = { 0 };
	struct txn *t;
	bool is_new;

	start_ms = instant_of_day_jst(day_from_ymd(2027, 6, 1)) + 36000000;
	clock_init_at(&clk, start_ms);
	MUST(store_open(dir.path, &o, &store, &is_new, &e) == RC_OK);
	if (is_new) {
		MUST(txn_begin_write(store, &t) == RC_OK);
		MUST(graph_init(t, start_ms) == RC_OK);
		MUST(txn_commit(t) == RC_OK);
	}
	MUST(writer_start(store, &clk, &wo, &writer, &e) == RC_OK);
}

static void up(const struct looks_options *o)
{
	struct err e = { 0 };

	open_store(1u << 30);
	MUST(looks_start(store, writer, o, &looks, &e) == RC_OK);
}

static void down(void)
{
	looks_stop(looks);
	looks = NULL;
	writer_stop(writer);
	store_close(store);
	store = NULL;
}

static void setup(void) { tmpdir_make(&dir); }

static void teardown(void)
{
	if (store)
		down();
	tmpdir_remove(&dir);
}

static void sleep_ms(long ms) { nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL); }

static size_t count(uint32_t subject, struct look *out, size_t max)
{
	struct look_iter it;
	struct look l;
	struct txn *t;
	size_t n = 0;

	MUST(txn_begin_read(store, &t) == RC_OK);
	look_iter_open(&it, t, subject, INT64_MAX, 0);
	while (look_iter_next(&it, &l)) {
		if (n < max)
			out[n] = l;
		n++;
	}
	look_iter_close(&it);
	MUST(txn_rc(t) == RC_OK);
	txn_abort(t);
	return n;
}

static uint64_t total(void)
{
	struct txn *t;

	MUST(txn_begin_read(store, &t) == RC_OK);
	uint64_t n = txn_count(t, DB_LOOK);
	txn_abort(t);
	return n;
}

/* Until n are written, or ten seconds. */
static void wait_written(uint64_t n)
{
	for (int i = 0; i < 1000 && total() != n; i++)
		sleep_ms(10);
	ck_assert_uint_eq(total(), n);
}

START_TEST(notes_once_for_actor_subject_and_kind)
{
	struct look got[4];

	up(&(struct looks_options){ .flush_ms = 20 });
	for (int i = 0; i < 100; i++) {
		looks_add(looks, 7, LOOK_ORG, 3, VIEW_LIT("a@X"));
		looks_add(looks, 7, LOOK_IMPACT, 3, VIEW_LIT("a@X"));
		looks_add(looks, 7, LOOK_ORG, 3, VIEW_LIT("b@X"));
		looks_add(looks, 8, LOOK_ORG, 0, VIEW_LIT("admin"));
	}
	wait_written(4);
	ck_assert_uint_eq(count(7, got, 4), 3);
	for (int i = 0; i < 3; i++) {
		ck_assert_uint_eq(got[i].viewer, 3);
		ck_assert_int_ge(got[i].at_ms, start_ms);
	}
	ck_assert_uint_eq(count(8, got, 4), 1);
	ck_assert_uint_eq(got[0].viewer, 0);
	ck_assert_uint_eq(got[0].kind, LOOK_ORG);
	ck_assert_uint_eq(count(9, got, 4), 0);
}
END_TEST

START_TEST(writes_when_many_wait_and_at_the_end)
{
	struct looks_stats s;

	up(&(struct looks_options){ .flush_ms = 600000, .flush_entries = 10 });
	for (uint32_t i = 1; i <= 9; i++)
		looks_add(looks, i, LOOK_ORG, 0, VIEW_LIT("admin"));
	sleep_ms(100);
	ck_assert_uint_eq(total(), 0);
	looks_add(looks, 10, LOOK_ORG, 0, VIEW_LIT("admin"));
	wait_written(10);
	looks_stats(looks, &s);
	ck_assert_uint_eq(s.pending, 0);
	for (uint32_t i = 11; i <= 13; i++)
		looks_add(looks, i, LOOK_ORG, 0, VIEW_LIT("admin"));
	down();
	up(&(struct looks_options){ .flush_ms = 600000 });
	ck_assert_uint_eq(total(), 13);
}
END_TEST

START_TEST(is_a_command_of_the_log)
{
	AUTO(buf_done) struct buf bytes = BUF_INIT;
	struct cmd c;
	struct txn *t;

	up(&(struct looks_options){ .flush_ms = 20 });
	looks_add(looks, 5, LOOK_GAPS, 2, VIEW_LIT("someone@X"));
	wait_written(1);
	MUST(txn_begin_read(store, &t) == RC_OK);
	ck_assert_int_eq(log_read(t, graph_revision(t), &bytes), RC_OK);
	ck_assert_int_eq(cmd_decode(buf_view(&bytes), &c), RC_OK);
	ck_assert_int_eq(c.type, CMD_LOOKS);
	ck_assert(memmem(c.blob.p, c.blob.n, "someone@X", 9));
	ck_assert(view_is(c.actor, "system"));
	txn_abort(t);
}
END_TEST

/* Entries of some days, as if they had been noted then. */
static void put_old(uint32_t subjects, unsigned each, int64_t at_ms)
{
	AUTO(buf_done) struct buf blob = BUF_INIT;
	struct err e = { 0 };
	uint64_t revision;

	for (uint32_t s = 0; s < subjects; s++)
		for (unsigned i = 0; i < each; i++)
			looks_blob_add(&blob, &(struct look){ .subject = s, .at_ms = at_ms + i % 7,
							      .actor = VIEW_LIT("old") });
	struct cmd c = { .type = CMD_LOOKS, .actor = VIEW_LIT("system"), .blob = buf_view(&blob) };
	MUST(writer_do(writer, &c, &revision, &e) == RC_OK);
}

START_TEST(drops_what_is_old_in_bounded_steps)
{
	struct looks_options o = { .flush_ms = 20, .keep_days = 30 };
	AUTO(buf_done) struct buf blob = BUF_INIT;
	struct look got[1];
	struct err e = { 0 };
	struct txn *t;
	uint64_t before;

	open_store(1u << 30);
	put_old(300, 20, start_ms - 31 * DAY_MS);
	put_old(1, 3000, start_ms - 40 * DAY_MS);
	put_old(300, 1, start_ms - 29 * DAY_MS);
	ck_assert_uint_eq(total(), 9300);
	before = writer_revision(writer);
	MUST(looks_start(store, writer, &o, &looks, &e) == RC_OK);
	wait_written(300);
	ck_assert_uint_ge(writer_revision(writer), before + 3); /* not all at once */
	ck_assert_uint_eq(count(0, got, 1), 1);
	ck_assert_int_eq(got[0].at_ms, start_ms - 29 * DAY_MS);
	ck_assert_uint_eq(count(299, got, 1), 1);
	MUST(txn_begin_read(store, &t) == RC_OK);
	ck_assert(!looks_old(t, &(uint32_t){ 0 }, start_ms - 30 * DAY_MS, 10, &blob));
	ck_assert_uint_eq(blob.n, 0);
	txn_abort(t);
}
END_TEST

START_TEST(a_full_store_stops_nobody)
{
	struct looks_options o = { .flush_ms = 20, .pending_bytes = 20000 };
	struct looks_stats s = { 0 };
	struct err e = { 0 };

	open_store(1u << 20); /* it cannot grow */
	MUST(looks_start(store, writer, &o, &looks, &e) == RC_OK);
	for (uint32_t round = 0; round < 400 && !(s.failures && s.dropped); round++) {
		for (uint32_t i = 0; i < 2000; i++)
			looks_add(looks, 1 + round * 2000 + i, LOOK_ORG, 0, VIEW_LIT("an actor of some length"));
		sleep_ms(10);
		looks_stats(looks, &s);
	}
	ck_assert_uint_gt(s.failures, 0);
	ck_assert_uint_gt(s.dropped, 0);
	ck_assert(!writer_dead(writer));
}
END_TEST

static void say_used(void *arg, int64_t since_ms, struct buf *blob)
{
	unsigned *calls = arg;

	(void)since_ms;
	looks_blob_used(blob, 42, start_ms + 5);
	++*calls;
}

START_TEST(asks_for_tokens_at_the_end)
{
	unsigned calls = 0;

	up(&(struct looks_options){ .flush_ms = 20 });
	looks_on_hour(looks, say_used, &calls);
	sleep_ms(100);
	ck_assert_uint_eq(calls, 0); /* the hour is not over */
	uint64_t before = writer_revision(writer);
	looks_stop(looks);
	looks = NULL;
	ck_assert_uint_eq(calls, 1);
	ck_assert_uint_eq(writer_revision(writer), before + 1);
}
END_TEST

static Suite *looks_suite(void)
{
	Suite *s = suite_create("looks");
	TCase *tc = tcase_create("looks");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, notes_once_for_actor_subject_and_kind);
	tcase_add_test(tc, writes_when_many_wait_and_at_the_end);
	tcase_add_test(tc, is_a_command_of_the_log);
	tcase_add_test(tc, drops_what_is_old_in_bounded_steps);
	tcase_add_test(tc, a_full_store_stops_nobody);
	tcase_add_test(tc, asks_for_tokens_at_the_end);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	static suite_make *const makes[] = { looks_suite };

	return run_suites(makes, ARRAY_LEN(makes));
}
