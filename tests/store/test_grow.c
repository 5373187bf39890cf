/* test_grow.c - a map that fills up, grows under readers, and ends at its ceiling. */
#include <pthread.h>
#include <stdatomic.h>

#include "tests/store/suites.h"

#define MIB ((uint64_t)1 << 20)

static struct tmpdir dir;

static void setup(void) { tmpdir_make(&dir); }
static void teardown(void) { tmpdir_remove(&dir); }

static struct store *open_small(uint64_t map, uint64_t max)
{
	struct store_options o = { .create = true, .map_bytes = map, .map_max_bytes = max };

	return open_ok(&dir, &o);
}

/* Fills until the map is full; returns how many records are in. */
static unsigned fill_up(struct store *s)
{
	unsigned n = 0;
	enum rc rc;

	while ((rc = fill(s, DB_ORG, n, 50, 1000)) == RC_OK)
		n += 50;
	ck_assert_int_eq(rc, RC_STORE_FULL);
	return n;
}

START_TEST(a_full_map_grows)
{
	struct store *s = open_small(MIB, 8 * MIB);
	struct txn *t;
	unsigned n = fill_up(s);
	struct store_stat st;

	ck_assert_uint_gt(n, 300);
	ck_assert_int_eq(txn_begin_write(s, &t), RC_OK);
	for (unsigned i = 0; i < 2000; i++) {
		char key[16];

		snprintf(key, sizeof(key), "more-%u", i);
		txn_put(t, DB_ORG, view_str(key), view_of(s, 1)); /* small ones, until it sticks */
		if (!txn_reserve(t, DB_ORG, view_str(key), 3000))
			break;
	}
	ck_assert_int_eq(txn_rc(t), RC_STORE_FULL);
	ck_assert_int_eq(txn_get(t, DB_ORG, VIEW_LIT("key-000000"), NULL), RC_STORE_FULL);
	ck_assert_int_eq(txn_commit(t), RC_STORE_FULL);
	ck_assert_int_eq(store_grow(s), RC_OK);
	ck_assert_int_eq(store_stat(s, &st), RC_OK);
	ck_assert_uint_eq(st.map_bytes, 2 * MIB);
	ck_assert_uint_eq(st.entries[DB_ORG], n); /* nothing of the failed ones */
	ck_assert_int_eq(fill(s, DB_ORG, n, 50, 1000), RC_OK);
	store_close(s);
}
END_TEST

START_TEST(a_childs_full_map_is_its_parents)
{
	struct store *s = open_small(MIB, MIB);
	struct txn *t, *c;

	fill_up(s);
	ck_assert_int_eq(txn_begin_write(s, &t), RC_OK);
	ck_assert_int_eq(txn_begin_child(t, &c), RC_OK);
	ck_assert_ptr_null(txn_reserve(c, DB_ORG, VIEW_LIT("huge"), 900000));
	txn_abort(c);
	ck_assert_int_eq(txn_rc(t), RC_STORE_FULL);
	ck_assert_int_eq(txn_commit(t), RC_STORE_FULL);
	store_close(s);
}
END_TEST

START_TEST(at_the_ceiling_reads_and_deletes_go_on)
{
	struct store *s = open_small(MIB, 3 * MIB);
	struct txn *t;
	struct view v;
	unsigned n;

	fill_up(s);
	ck_assert_int_eq(store_grow(s), RC_OK);
	fill_up(s);
	ck_assert_int_eq(store_grow(s), RC_OK); /* 3, not 4 MiB */
	ck_assert_int_eq(store_grow(s), RC_STORE_FULL);
	n = fill_up(s);
	ck_assert_int_eq(txn_begin_read(s, &t), RC_OK);
	ck_assert_int_eq(txn_get(t, DB_ORG, VIEW_LIT("key-000049"), &v), RC_OK);
	ck_assert_uint_eq(v.n, 1000);
	txn_abort(t);
	for (unsigned i = 0; i < n; i += 10) { /* a few at a time: each needs some free pages */
		ck_assert_int_eq(txn_begin_write(s, &t), RC_OK);
		for (unsigned k = i; k < i + 10; k++) {
			char key[16];

			snprintf(key, sizeof(key), "key-%06u", k);
			ck_assert_int_eq(txn_del(t, DB_ORG, view_str(key)), RC_OK);
		}
		ck_assert_int_eq(txn_commit(t), RC_OK);
	}
	ck_assert_int_eq(fill(s, DB_ORG, 0, 500, 1000), RC_OK);
	store_close(s);
}
END_TEST

START_TEST(a_file_larger_than_the_map_opens)
{
	struct store *s = open_small(4 * MIB, 4 * MIB);
	unsigned n = fill_up(s);
	struct store_stat st;

	store_close(s);
	s = open_small(MIB, 2 * MIB);
	ck_assert_int_eq(store_stat(s, &st), RC_OK);
	ck_assert_uint_eq(st.entries[DB_ORG], n);
	ck_assert_uint_ge(st.map_bytes, st.used_bytes);
	ck_assert_int_eq(store_grow(s), RC_STORE_FULL);
	store_close(s);
}
END_TEST

struct reader {
	struct store *store;
	pthread_t thread;
	atomic_bool *stop;
	unsigned long reads;
	bool wrong;
};

/* Reads all the time: fresh and parked transactions in turn. */
static void *read_loop(void *arg)
{
	struct reader *r = arg;
	struct txn *parked;

	if (txn_begin_read(r->store, &parked) != RC_OK) {
		r->wrong = true;
		return NULL;
	}
	txn_reset(parked);
	while (!atomic_load(r->stop)) {
		struct view v;
		struct cur c;
		uint64_t n = 0;

		if (txn_renew(parked) != RC_OK) {
			r->wrong = true;
			break;
		}
		cur_open(&c, parked, DB_ORG);
		for (cur_first(&c); c.valid; cur_next(&c), n++)
			if (c.val.n != 1000 || ((const char *)c.val.p)[999] < 'a')
				r->wrong = true;
		cur_close(&c);
		if (n != txn_count(parked, DB_ORG) || n % 50 != 0 ||
		    txn_get(parked, DB_ORG, VIEW_LIT("key-000000"), &v) != RC_OK)
			r->wrong = true;
		txn_reset(parked);
		r->reads++;
	}
	txn_abort(parked);
	return NULL;
}

START_TEST(it_grows_under_readers)
{
	struct store *s = open_small(MIB, 64 * MIB);
	struct reader readers[3];
	atomic_bool stop = false;
	unsigned n = 50, grown = 0;

	ck_assert_int_eq(fill(s, DB_ORG, 0, 50, 1000), RC_OK);
	for (int i = 0; i < 3; i++) {
		readers[i] = (struct reader){ .store = s, .stop = &stop };
		ck_assert_int_eq(pthread_create(&readers[i].thread, NULL, read_loop, &readers[i]), 0);
	}
	while (n < 5000) {
		enum rc rc = fill(s, DB_ORG, n, 50, 1000);

		if (rc == RC_STORE_FULL) {
			ck_assert_int_eq(store_grow(s), RC_OK);
			grown++;
			continue;
		}
		ck_assert_int_eq(rc, RC_OK);
		n += 50;
	}
	atomic_store(&stop, true);
	for (int i = 0; i < 3; i++) {
		pthread_join(readers[i].thread, NULL);
		ck_assert(!readers[i].wrong);
		ck_assert_uint_gt(readers[i].reads, 0);
	}
	ck_assert_uint_ge(grown, 3);
	store_close(s);
}
END_TEST

Suite *grow_suite(void)
{
	Suite *s = suite_create("store/grow");
	TCase *tc = tcase_create("grow");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, a_full_map_grows);
	tcase_add_test(tc, a_childs_full_map_is_its_parents);
	tcase_add_test(tc, at_the_ceiling_reads_and_deletes_go_on);
	tcase_add_test(tc, a_file_larger_than_the_map_opens);
	tcase_add_test(tc, it_grows_under_readers);
	suite_add_tcase(s, tc);
	return s;
}
