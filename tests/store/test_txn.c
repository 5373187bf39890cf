/* test_txn.c - transactions: children, sticky errors, what is seen when. */
#include "tests/store/suites.h"

static struct tmpdir dir;
static struct store *store;

static void setup(void)
{
	tmpdir_make(&dir);
	store = open_ok(&dir, NULL);
}

static void teardown(void)
{
	store_close(store);
	tmpdir_remove(&dir);
}

static enum rc get(struct txn *t, const char *key, struct view *v)
{
	return txn_get(t, DB_ORG, view_str(key), v);
}

static void put(struct txn *t, const char *key, const char *val)
{
	txn_put(t, DB_ORG, view_str(key), view_str(val));
}

START_TEST(puts_are_seen_after_the_commit)
{
	struct txn *w, *r;
	struct view v;

	ck_assert_int_eq(txn_begin_read(store, &r), RC_OK);
	ck_assert(!txn_writable(r));
	ck_assert_ptr_eq(txn_store(r), store);
	ck_assert_int_eq(txn_begin_write(store, &w), RC_OK);
	ck_assert(txn_writable(w));
	put(w, "a", "1");
	ck_assert_int_eq(get(w, "a", &v), RC_OK);
	ck_assert_int_eq(get(r, "a", &v), RC_NOT_FOUND);
	ck_assert_int_eq(txn_commit(w), RC_OK);
	ck_assert_int_eq(get(r, "a", &v), RC_NOT_FOUND); /* its own snapshot */
	txn_reset(r);
	ck_assert_int_eq(txn_renew(r), RC_OK);
	ck_assert_int_eq(get(r, "a", &v), RC_OK);
	ck_assert(view_is(v, "1"));
	ck_assert_uint_eq(txn_count(r, DB_ORG), 1);
	ck_assert_int_eq(txn_renew(r), RC_OK); /* without a reset in between */
	txn_abort(r);
	ck_assert_int_eq(txn_begin_write(store, &w), RC_OK);
	put(w, "b", "2");
	txn_abort(w);
	ck_assert_int_eq(txn_begin_read(store, &r), RC_OK);
	ck_assert_int_eq(get(r, "b", &v), RC_NOT_FOUND);
	txn_reset(r);
	txn_abort(r); /* a parked one */
	txn_abort(NULL);
}
END_TEST

START_TEST(a_child_merges_or_leaves_no_trace)
{
	struct txn *w, *c;
	struct view v;

	ck_assert_int_eq(txn_begin_write(store, &w), RC_OK);
	put(w, "parent", "1");
	ck_assert_int_eq(txn_begin_child(w, &c), RC_OK);
	put(c, "kept", "2");
	ck_assert_int_eq(get(c, "parent", &v), RC_OK);
	ck_assert_int_eq(txn_commit(c), RC_OK);
	ck_assert_int_eq(txn_begin_child(w, &c), RC_OK);
	put(c, "dropped", "3");
	put(c, "parent", "overwritten");
	ck_assert_int_eq(txn_del(c, DB_ORG, VIEW_LIT("kept")), RC_OK);
	txn_fail(c, RC_CONFLICT); /* a refusal of its own is not the parent's */
	txn_abort(c);
	ck_assert_int_eq(txn_rc(w), RC_OK);
	ck_assert_int_eq(get(w, "dropped", &v), RC_NOT_FOUND);
	ck_assert_int_eq(get(w, "kept", &v), RC_OK);
	ck_assert_int_eq(get(w, "parent", &v), RC_OK);
	ck_assert(view_is(v, "1"));
	ck_assert_int_eq(txn_commit(w), RC_OK);
}
END_TEST

START_TEST(the_first_error_sticks)
{
	struct txn *w;
	struct view v;
	struct cur c;

	ck_assert_int_eq(txn_begin_write(store, &w), RC_OK);
	put(w, "a", "1");
	ck_assert_int_eq(get(w, "none", &v), RC_NOT_FOUND);
	ck_assert_int_eq(txn_rc(w), RC_OK); /* an answer, not an error */
	txn_fail(w, RC_CONFLICT);
	txn_fail(w, RC_NOMEM);
	ck_assert_int_eq(txn_rc(w), RC_CONFLICT);
	put(w, "b", "2");
	ck_assert_int_eq(get(w, "a", &v), RC_CONFLICT);
	ck_assert_int_eq(txn_del(w, DB_ORG, VIEW_LIT("a")), RC_CONFLICT);
	ck_assert_ptr_null(txn_reserve(w, DB_ORG, VIEW_LIT("c"), 10));
	ck_assert_uint_eq(txn_count(w, DB_ORG), 0);
	ck_assert_int_eq(txn_begin_child(w, &(struct txn *){ NULL }), RC_CONFLICT);
	cur_open(&c, w, DB_ORG);
	ck_assert(!cur_first(&c));
	cur_close(&c);
	ck_assert_int_eq(txn_commit(w), RC_CONFLICT);
	ck_assert_int_eq(txn_begin_write(store, &w), RC_OK);
	ck_assert_int_eq(get(w, "a", &v), RC_NOT_FOUND);
	txn_abort(w);
}
END_TEST

START_TEST(a_read_transaction_cannot_write)
{
	struct txn *r;

	ck_assert_int_eq(txn_begin_read(store, &r), RC_OK);
	put(r, "a", "1");
	ck_assert_int_eq(txn_rc(r), RC_INTERNAL);
	ck_assert_int_eq(txn_renew(r), RC_OK);
	ck_assert_int_eq(txn_rc(r), RC_OK); /* a new start */
	ck_assert_int_eq(txn_del(r, DB_ORG, VIEW_LIT("a")), RC_INTERNAL);
	txn_abort(r);
}
END_TEST

START_TEST(keys_of_bad_length)
{
	char key[513];
	struct txn *w;
	struct view v;

	memset(key, 'k', sizeof(key));
	ck_assert_int_eq(txn_begin_write(store, &w), RC_OK);
	ck_assert_int_eq(txn_get(w, DB_ORG, view_of(key, 512), &v), RC_NOT_FOUND);
	ck_assert_int_eq(txn_get(w, DB_ORG, view_of(key, 0), &v), RC_NOT_FOUND);
	ck_assert_int_eq(txn_get(w, DB_ORG, (struct view){ 0 }, &v), RC_NOT_FOUND);
	ck_assert_int_eq(txn_del(w, DB_ORG, view_of(key, 512)), RC_NOT_FOUND);
	txn_put(w, DB_ORG, view_of(key, 511), VIEW_LIT("long"));
	ck_assert_int_eq(txn_rc(w), RC_OK);
	ck_assert_int_eq(txn_get(w, DB_ORG, view_of(key, 511), &v), RC_OK);
	txn_put(w, DB_ORG, view_of(key, 512), VIEW_LIT("longer"));
	ck_assert_int_eq(txn_rc(w), RC_INTERNAL);
	txn_abort(w);
	ck_assert_int_eq(txn_begin_write(store, &w), RC_OK);
	txn_put(w, DB_ORG, view_of(key, 0), VIEW_LIT("empty"));
	ck_assert_int_eq(txn_commit(w), RC_INTERNAL);
}
END_TEST

START_TEST(values_of_every_size)
{
	static char big[300000];
	static const size_t sizes[] = { 0, 1, 1999, 2048, 4080, 4081, 65536, sizeof(big) };
	struct txn *w;
	struct view v;

	memset(big, 'z', sizeof(big));
	ck_assert_int_eq(txn_begin_write(store, &w), RC_OK);
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t key = (uint8_t)i;
		void *p;

		txn_put(w, DB_ORG, view_of(&key, 1), view_of(big, sizes[i]));
		p = txn_reserve(w, DB_STEP, view_of(&key, 1), sizes[i]);
		ck_assert_ptr_nonnull(p);
		memcpy(p, big, sizes[i]);
	}
	txn_put(w, DB_CODE, VIEW_LIT("nothing"), (struct view){ 0 });
	ck_assert_int_eq(txn_commit(w), RC_OK);
	ck_assert_int_eq(txn_begin_read(store, &w), RC_OK);
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t key = (uint8_t)i;

		ck_assert_int_eq(txn_get(w, DB_ORG, view_of(&key, 1), &v), RC_OK);
		ck_assert(view_eq(v, view_of(big, sizes[i])));
		ck_assert_int_eq(txn_get(w, DB_STEP, view_of(&key, 1), &v), RC_OK);
		ck_assert(view_eq(v, view_of(big, sizes[i])));
	}
	ck_assert_int_eq(txn_get(w, DB_CODE, VIEW_LIT("nothing"), &v), RC_OK);
	ck_assert_uint_eq(v.n, 0);
	txn_abort(w);
}
END_TEST

START_TEST(appending_needs_rising_keys)
{
	struct txn *w;

	ck_assert_int_eq(txn_begin_write(store, &w), RC_OK);
	txn_append(w, DB_LOG, VIEW_LIT("a"), VIEW_LIT("1"));
	txn_append(w, DB_LOG, VIEW_LIT("b"), VIEW_LIT("2"));
	ck_assert_int_eq(txn_rc(w), RC_OK);
	txn_append(w, DB_LOG, VIEW_LIT("ab"), VIEW_LIT("3"));
	ck_assert_int_eq(txn_rc(w), RC_INTERNAL);
	txn_abort(w);
}
END_TEST

START_TEST(named_values)
{
	struct txn *w;
	struct view v;

	ck_assert_int_eq(txn_begin_write(store, &w), RC_OK);
	ck_assert_uint_eq(meta_get_u64(w, "revision", 7), 7);
	meta_put_u64(w, "revision", UINT64_MAX - 1);
	ck_assert_uint_eq(meta_get_u64(w, "revision", 7), UINT64_MAX - 1);
	meta_put(w, "secret", VIEW_LIT("0123"));
	ck_assert_int_eq(meta_get(w, "secret", &v), RC_OK);
	ck_assert(view_is(v, "0123"));
	ck_assert_uint_eq(meta_get_u64(w, "secret", 9), 9); /* not a number */
	ck_assert_int_eq(txn_rc(w), RC_DAMAGED);
	txn_abort(w);
}
END_TEST

Suite *txn_suite(void)
{
	Suite *s = suite_create("store/txn");
	TCase *tc = tcase_create("txn");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, puts_are_seen_after_the_commit);
	tcase_add_test(tc, a_child_merges_or_leaves_no_trace);
	tcase_add_test(tc, the_first_error_sticks);
	tcase_add_test(tc, a_read_transaction_cannot_write);
	tcase_add_test(tc, keys_of_bad_length);
	tcase_add_test(tc, values_of_every_size);
	tcase_add_test(tc, appending_needs_rising_keys);
	tcase_add_test(tc, named_values);
	suite_add_tcase(s, tc);
	return s;
}
