/* test_cursor.c - walks against a sorted array as the model. */
#include "base/pack.h"
#include "tests/store/suites.h"

#define KEYS 5000u
#define NONE UINT32_MAX

static struct tmpdir dir;
static struct store *store;
static bool there[KEYS]; /* the model: which keys are stored */

static void setup(void)
{
	tmpdir_make(&dir);
	store = open_ok(&dir, NULL);
	memset(there, 0, sizeof(there));
}

static void teardown(void)
{
	store_close(store);
	tmpdir_remove(&dir);
}

static uint32_t model_ge(uint32_t k)
{
	while (k < KEYS && !there[k])
		k++;
	return k < KEYS ? k : NONE;
}

static uint32_t model_le(int64_t k)
{
	while (k >= 0 && !there[k])
		k--;
	return k >= 0 ? (uint32_t)k : NONE;
}

static uint32_t key_of(const struct cur *c, bool found)
{
	ck_assert_int_eq(found, c->valid);
	return found ? be32_get(c->key.p) : NONE;
}

static void put_key(struct txn *t, uint32_t k)
{
	uint8_t key[4];
	char val[64];

	be32_put(key, k);
	memset(val, (int)('a' + k % 26), sizeof(val));
	txn_put(t, DB_LINK, view_of(key, 4), view_of(val, 1 + k % sizeof(val)));
	there[k] = true;
}

START_TEST(an_empty_database_has_no_keys)
{
	struct txn *t;
	struct cur c;

	ck_assert_int_eq(txn_begin_read(store, &t), RC_OK);
	cur_open(&c, t, DB_LINK);
	ck_assert(!cur_first(&c));
	ck_assert(!cur_last(&c));
	ck_assert(!cur_next(&c));
	ck_assert(!cur_ge(&c, VIEW_LIT("a")));
	ck_assert(!cur_le(&c, VIEW_LIT("a")));
	ck_assert(!cur_in(&c, VIEW_LIT("")));
	cur_close(&c);
	cur_close(&c);
	ck_assert_int_eq(txn_rc(t), RC_OK);
	txn_abort(t);
}
END_TEST

START_TEST(seeks_agree_with_the_model)
{
	struct txn *t;
	struct cur c;
	uint8_t key[4];

	ck_assert_int_eq(txn_begin_write(store, &t), RC_OK);
	for (uint32_t k = 3; k < KEYS - 5; k += 1 + k % 7)
		put_key(t, k);
	ck_assert_int_eq(txn_commit(t), RC_OK);
	ck_assert_int_eq(txn_begin_read(store, &t), RC_OK);
	cur_open(&c, t, DB_LINK);
	for (uint32_t k = 0; k < KEYS; k++) {
		be32_put(key, k);
		ck_assert_uint_eq(key_of(&c, cur_ge(&c, view_of(key, 4))), model_ge(k));
		ck_assert_uint_eq(key_of(&c, cur_le(&c, view_of(key, 4))), model_le(k));
	}
	ck_assert_uint_eq(key_of(&c, cur_first(&c)), model_ge(0));
	ck_assert_uint_eq(key_of(&c, cur_ge(&c, (struct view){ 0 })), model_ge(0));
	ck_assert_uint_eq(key_of(&c, cur_last(&c)), model_le(KEYS - 1));
	for (uint32_t k = model_le(KEYS - 1); k != NONE; k = model_le((int64_t)k - 1)) {
		ck_assert_uint_eq(key_of(&c, c.valid), k);
		ck_assert_uint_eq(c.val.n, 1 + k % 64);
		cur_prev(&c);
	}
	ck_assert(!c.valid);
	cur_close(&c);
	txn_abort(t);
}
END_TEST

START_TEST(a_prefix_ends_the_walk)
{
	struct txn *t;
	unsigned n = 0;

	ck_assert_int_eq(txn_begin_write(store, &t), RC_OK);
	for (const char *const *k = (const char *const[]){ "a", "ab", "abc", "b", "ba", NULL }; *k; k++)
		txn_put(t, DB_CODE, view_str(*k), VIEW_LIT("x"));
	{
		AUTO_CUR struct cur c;

		cur_open(&c, t, DB_CODE);
		for (cur_ge(&c, VIEW_LIT("ab")); cur_in(&c, VIEW_LIT("ab")); cur_next(&c))
			n++;
	}
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(txn_commit(t), RC_OK);
}
END_TEST

/* Deletes through the cursor while walking, from several starts, by several patterns. */
START_TEST(deleting_while_walking)
{
	for (unsigned pattern = 1; pattern <= 6; pattern++) {
		struct txn *t;
		struct cur c;
		uint32_t at;

		ck_assert_int_eq(txn_begin_write(store, &t), RC_OK);
		for (uint32_t k = 0; k < KEYS; k += pattern)
			put_key(t, k);
		cur_open(&c, t, DB_LINK);
		at = model_ge(0);
		for (cur_first(&c); c.valid; cur_next(&c)) {
			ck_assert_uint_eq(be32_get(c.key.p), at);
			if (pattern == 6 || at % pattern != pattern / 2) {
				there[at] = false;
				cur_del(&c);
				ck_assert(!c.valid);
			}
			at = model_ge(at + 1);
		}
		ck_assert_uint_eq(at, NONE);
		cur_close(&c);
		at = 0;
		for (uint32_t k = 0; k < KEYS; k++)
			at += there[k];
		ck_assert_uint_eq(txn_count(t, DB_LINK), at);
		ck_assert_int_eq(txn_commit(t), RC_OK);
	}
}
END_TEST

START_TEST(puts_elsewhere_do_not_disturb)
{
	struct txn *t;
	struct cur c;
	uint32_t seen = 0;

	ck_assert_int_eq(txn_begin_write(store, &t), RC_OK);
	for (uint32_t k = 0; k < 2000; k += 2)
		put_key(t, k);
	cur_open(&c, t, DB_LINK);
	for (cur_first(&c); c.valid && seen < 1000; cur_next(&c), seen++) {
		ck_assert_uint_eq(be32_get(c.key.p), seen * 2);
		put_key(t, 4999 - seen);
	}
	ck_assert_uint_eq(seen, 1000);
	cur_close(&c);
	ck_assert_int_eq(txn_commit(t), RC_OK);
}
END_TEST

Suite *cursor_suite(void)
{
	Suite *s = suite_create("store/cursor");
	TCase *tc = tcase_create("cursor");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, an_empty_database_has_no_keys);
	tcase_add_test(tc, seeks_agree_with_the_model);
	tcase_add_test(tc, a_prefix_ends_the_walk);
	tcase_add_test(tc, deleting_while_walking);
	tcase_add_test(tc, puts_elsewhere_do_not_disturb);
	suite_add_tcase(s, tc);
	return s;
}
