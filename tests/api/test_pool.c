/* test_pool.c - the two lanes of the compute pool: small tasks do not wait for large ones. */
#include "api/pool.h"

#include <stdatomic.h>
#include <time.h>

#include "base/util.h"
#include "tests/run.h"
#include "tests/tmpdir.h"

#define LARGE 5 /* more than there are threads for them */
#define SMALL 20

static struct tmpdir dir;
static struct store *store;
static struct pool *pool;
static atomic_bool hold;
static atomic_uint large_done, small_done, asked;

static void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&t, NULL);
}

static void set_up(void)
{
	struct err e = { 0 };
	struct store_options o = { .map_bytes = 1u << 26, .create = true };
	tmpdir_make(&dir);
	ck_assert_int_eq(store_open(dir.path, &o, &store, NULL, &e), RC_OK);
	ck_assert_int_eq(pool_new(store, 2, LARGE + SMALL, &pool, &e), RC_OK);
	large_done = small_done = asked = 0;
	hold = true;
}

static void tear_down(void)
{
	hold = false;
	pool_free(pool);
	store_close(store);
	tmpdir_remove(&dir);
}

static bool is_large(struct pool_task *task, struct txn *t)
{
	(void)task;
	ck_assert_ptr_nonnull(t);
	asked++;
	return false;
}

static void run_large(struct pool_task *task, struct txn *t, struct scratch *s, enum rc rc)
{
	(void)task;
	ck_assert(t && s && !rc);
	while (hold)
		pause_ms(1);
	large_done++;
}

static void run_small(struct pool_task *task, struct txn *t, struct scratch *s, enum rc rc)
{
	(void)task;
	ck_assert(t && s && !rc);
	small_done++;
}

/* Waits until *n is at least want; false: it does not come. */
static bool reaches(const atomic_uint *n, unsigned want)
{
	for (int i = 0; i < 5000 && *n < want; i++)
		pause_ms(1);
	return *n >= want;
}

START_TEST(small_tasks_pass_large_ones)
{
	struct pool_task large[LARGE], small[SMALL];
	for (size_t i = 0; i < LARGE; i++) {
		large[i] = (struct pool_task){ .small = is_large, .run = run_large };
		ck_assert_int_eq(pool_submit(pool, &large[i]), RC_OK);
	}
	/* sized one after another, so that none is taken whole by a thread for large ones */
	ck_assert(reaches(&asked, LARGE - 2));
	for (size_t i = 0; i < SMALL; i++) {
		small[i] = (struct pool_task){ .run = run_small };
		ck_assert_int_eq(pool_submit(pool, &small[i]), RC_OK);
	}
	ck_assert(reaches(&small_done, SMALL));
	ck_assert_uint_eq(large_done, 0);
	hold = false;
	ck_assert(reaches(&large_done, LARGE));
	ck_assert_uint_eq(pool_waiting(pool), 0);
}
END_TEST

START_TEST(the_queue_is_bounded)
{
	struct pool_task task[LARGE + SMALL + 3];
	size_t taken = 0;
	enum rc rc = RC_OK;
	for (; taken < ARRAY_LEN(task) && !rc; taken += rc == RC_OK) {
		task[taken] = (struct pool_task){ .small = is_large, .run = run_large };
		rc = pool_submit(pool, &task[taken]);
	}
	ck_assert(rc == RC_OK || rc == RC_BUSY);
	ck_assert_uint_ge(taken, LARGE + SMALL);
	ck_assert_uint_le(pool_waiting(pool), LARGE + SMALL + 2);
	hold = false;
	pool_free(STEAL(pool)); /* runs what is queued */
	ck_assert_uint_eq(large_done, taken);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("pool");
	TCase *c = tcase_create("lanes");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, small_tasks_pass_large_ones);
	tcase_add_test(c, the_queue_is_bounded);
	suite_add_tcase(s, c);
	return s;
}

int main(void)
{
	suite_make *const makes[] = { suite };
	return run_suites(makes, 1);
}
