/* test_overlay.c - private writes over a snapshot behave as those of a write transaction, and are never written. */
#include "base/pack.h"
#include "base/util.h"
#include "tests/store/suites.h"

#define LIMIT ((size_t)64 << 20)

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

static uint64_t seed;

static unsigned draw(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed % n);
}

/* ---- against a write transaction ---- */

static struct txn *real, *over; /* the innermost ones */
static struct txn *stack[2][8];
static unsigned depth;

static struct view key_of(char buf[16], unsigned i)
{
	return view_of(buf, (size_t)snprintf(buf, 16, i % 3 ? "k%04u" : "k%04u-long", i));
}

static void same_get(enum db db, struct view key)
{
	struct view a, b;
	enum rc ra = txn_get(real, db, key, &a), rb = txn_get(over, db, key, &b);

	ck_assert_int_eq(ra, rb);
	if (ra == RC_OK)
		ck_assert(view_eq(a, b));
}

static void same_cur(const struct cur *a, const struct cur *b)
{
	ck_assert_int_eq(a->valid, b->valid);
	if (!a->valid)
		return;
	ck_assert(view_eq(a->key, b->key));
	ck_assert(view_eq(a->val, b->val));
}

static void same_all(enum db db)
{
	struct cur a, b;

	cur_open(&a, real, db);
	cur_open(&b, over, db);
	cur_first(&a);
	cur_first(&b);
	for (same_cur(&a, &b); a.valid; same_cur(&a, &b)) {
		cur_next(&a);
		cur_next(&b);
	}
	cur_last(&a);
	cur_last(&b);
	for (same_cur(&a, &b); a.valid; same_cur(&a, &b)) {
		cur_prev(&a);
		cur_prev(&b);
	}
	cur_close(&a);
	cur_close(&b);
	ck_assert_uint_eq(txn_count(real, db), txn_count(over, db));
}

/* What lies behind all is appended; the rest is put in one of two ways. */
static void write_one(enum db db, unsigned range)
{
	char buf[16], val[300];
	struct view key = key_of(buf, draw(range)), v = view_of(val, draw(sizeof(val)));

	memset(val, (int)draw(256), sizeof(val));
	switch (draw(6)) {
	case 0:
	case 1:
		ck_assert_int_eq(txn_del(real, db, key), txn_del(over, db, key));
		break;
	case 2: {
		void *p = txn_reserve(real, db, key, v.n), *q = txn_reserve(over, db, key, v.n);

		ck_assert(p && q);
		memcpy(p, v.p, v.n);
		memcpy(q, v.p, v.n);
		break;
	}
	default:
		txn_put(real, db, key, v);
		txn_put(over, db, key, v);
	}
	same_get(db, key);
}

/* A walk with turns, and writes under way to keys other than the one at which it stands. */
static void walk(enum db db, unsigned range)
{
	struct cur a, b;
	char buf[16];

	cur_open(&a, real, db);
	cur_open(&b, over, db);
	for (unsigned i = 0; i < 40; i++) {
		struct view key = key_of(buf, draw(range));
		unsigned what = draw(10);

		if (!a.valid || what == 0) {
			ck_assert_int_eq(cur_ge(&a, key), cur_ge(&b, key));
		} else if (what == 1) {
			ck_assert_int_eq(cur_le(&a, key), cur_le(&b, key));
		} else if (what == 2 && !view_eq(key, a.key)) {
			txn_put(real, db, key, VIEW_LIT("new"));
			txn_put(over, db, key, VIEW_LIT("new"));
			ck_assert_int_eq(cur_next(&a), cur_next(&b));
		} else if (what == 3) {
			cur_del(&a);
			cur_del(&b);
			ck_assert_int_eq(cur_ge(&a, key), cur_ge(&b, key));
		} else if (what < 7) {
			ck_assert_int_eq(cur_next(&a), cur_next(&b));
		} else {
			ck_assert_int_eq(cur_prev(&a), cur_prev(&b));
		}
		same_cur(&a, &b);
	}
	cur_close(&a);
	cur_close(&b);
}

static void fill_some(enum db db, unsigned range)
{
	struct filler a, b;
	char buf[16];

	filler_open(&a, real, db);
	filler_open(&b, over, db);
	for (unsigned i = draw(range); i < range; i += 1 + draw(range / 4 + 1)) {
		filler_put(&a, key_of(buf, i), VIEW_LIT("filled"));
		filler_put(&b, key_of(buf, i), VIEW_LIT("filled"));
	}
	filler_close(&a);
	filler_close(&b);
}

static void child_begin(void)
{
	stack[0][depth] = real;
	stack[1][depth++] = over;
	ck_assert_int_eq(txn_begin_child(stack[0][depth - 1], &real), RC_OK);
	ck_assert_int_eq(txn_begin_child(stack[1][depth - 1], &over), RC_OK);
}

static void child_end(bool keep)
{
	if (keep) {
		ck_assert_int_eq(txn_commit(real), RC_OK);
		ck_assert_int_eq(txn_commit(over), RC_OK);
	} else {
		txn_abort(real);
		txn_abort(over);
	}
	real = stack[0][--depth];
	over = stack[1][depth];
}

static void base_make(unsigned range)
{
	struct txn *w;
	char buf[16];

	ck_assert_int_eq(txn_begin_write(store, &w), RC_OK);
	for (unsigned i = 0; i < range; i++)
		if (draw(3))
			txn_put(w, DB_ORG, key_of(buf, i), VIEW_LIT("base"));
	ck_assert_int_eq(txn_commit(w), RC_OK);
}

static void one_run(unsigned range)
{
	static const enum db dbs[] = { DB_ORG, DB_LINK }; /* the second is empty below */
	struct txn *check;

	base_make(range);
	ck_assert_int_eq(txn_begin_write(store, &real), RC_OK);
	ck_assert_int_eq(txn_begin_overlay(store, LIMIT, &over), RC_OK);
	ck_assert(txn_writable(over));
	for (unsigned i = 0; i < 400; i++) {
		enum db db = dbs[draw(2)];
		unsigned what = draw(40);

		if (what == 0 && depth < 3)
			child_begin();
		else if (what == 1 && depth)
			child_end(draw(2));
		else if (what == 2)
			walk(db, range);
		else if (what == 3)
			same_all(db);
		else if (what == 4)
			fill_some(db, range);
		else
			write_one(db, range);
	}
	while (depth)
		child_end(draw(2));
	same_all(DB_ORG);
	same_all(DB_LINK);
	meta_put_u64(over, "revision", 7);
	ck_assert_uint_eq(meta_get_u64(over, "revision", 0), 7);
	ck_assert_int_eq(txn_rc(over), RC_OK);
	txn_abort(over);
	txn_abort(real);
	ck_assert_int_eq(txn_begin_read(store, &check), RC_OK); /* nothing of it was kept */
	ck_assert_uint_eq(txn_count(check, DB_LINK), 0);
	ck_assert_uint_eq(meta_get_u64(check, "revision", 0), 0);
	txn_abort(check);
}

START_TEST(it_is_like_a_write_transaction)
{
	for (unsigned i = 1; i <= 60; i++) {
		seed = i * 0x9e3779b97f4a7c15u;
		one_run(i % 3 == 0 ? 8 : i % 3 == 1 ? 60 : 900);
	}
}
END_TEST

/* ---- by itself ---- */

START_TEST(it_holds_up_no_writer)
{
	struct txn *o, *w;
	struct view v;

	ck_assert_int_eq(txn_begin_overlay(store, LIMIT, &o), RC_OK);
	txn_put(o, DB_ORG, VIEW_LIT("a"), VIEW_LIT("mine"));
	ck_assert_int_eq(txn_begin_write(store, &w), RC_OK);
	txn_put(w, DB_ORG, VIEW_LIT("a"), VIEW_LIT("theirs"));
	txn_put(w, DB_ORG, VIEW_LIT("b"), VIEW_LIT("theirs"));
	ck_assert_int_eq(txn_commit(w), RC_OK);
	ck_assert_int_eq(txn_get(o, DB_ORG, VIEW_LIT("a"), &v), RC_OK);
	ck_assert(view_is(v, "mine"));
	ck_assert_int_eq(txn_get(o, DB_ORG, VIEW_LIT("b"), &v), RC_NOT_FOUND); /* its own snapshot */
	ck_assert_int_eq(txn_commit(o), RC_INTERNAL);
	ck_assert_int_eq(txn_begin_read(store, &o), RC_OK);
	ck_assert_int_eq(txn_get(o, DB_ORG, VIEW_LIT("a"), &v), RC_OK);
	ck_assert(view_is(v, "theirs"));
	txn_abort(o);
	ck_assert_int_eq(store_grow(store), RC_OK); /* no reader is left behind */
}
END_TEST

START_TEST(a_value_may_come_from_the_one_it_replaces)
{
	struct txn *o;
	struct view v;

	ck_assert_int_eq(txn_begin_overlay(store, LIMIT, &o), RC_OK);
	txn_put(o, DB_ORG, VIEW_LIT("a"), VIEW_LIT("0123456789"));
	ck_assert_int_eq(txn_get(o, DB_ORG, VIEW_LIT("a"), &v), RC_OK);
	txn_put(o, DB_ORG, VIEW_LIT("a"), view_of((const char *)v.p + 3, 6));
	ck_assert_int_eq(txn_get(o, DB_ORG, VIEW_LIT("a"), &v), RC_OK);
	ck_assert(view_is(v, "345678"));
	txn_abort(o);
}
END_TEST

START_TEST(a_database_is_emptied)
{
	struct txn *o;
	struct cur c;
	struct view v;

	ck_assert_int_eq(fill(store, DB_ORG, 0, 50, 20), RC_OK);
	ck_assert_int_eq(txn_begin_overlay(store, LIMIT, &o), RC_OK);
	txn_put(o, DB_ORG, VIEW_LIT("a"), VIEW_LIT("1"));
	txn_overlay_clear(o, DB_ORG);
	ck_assert_uint_eq(txn_count(o, DB_ORG), 0);
	ck_assert_int_eq(txn_get(o, DB_ORG, VIEW_LIT("key-000001"), &v), RC_NOT_FOUND);
	txn_put(o, DB_ORG, VIEW_LIT("b"), VIEW_LIT("2"));
	cur_open(&c, o, DB_ORG);
	ck_assert(cur_first(&c) && view_is(c.key, "b") && !cur_next(&c));
	cur_close(&c);
	ck_assert_uint_eq(txn_count(o, DB_ORG), 1);
	ck_assert_int_eq(txn_del(o, DB_ORG, VIEW_LIT("key-000001")), RC_NOT_FOUND);
	txn_abort(o);
}
END_TEST

START_TEST(too_many_writes_are_refused)
{
	struct txn *o;
	uint8_t key[4], val[1000] = { 0 };
	uint32_t n = 0;

	ck_assert_int_eq(txn_begin_overlay(store, 1 << 20, &o), RC_OK);
	ck_assert_uint_eq(txn_overlay_bytes(o), 0);
	for (; txn_rc(o) == RC_OK && n < 10000; n++) {
		be32_put(key, n);
		txn_put(o, DB_ORG, view_of(key, 4), view_of(val, sizeof(val)));
	}
	ck_assert_int_eq(txn_rc(o), RC_TOO_LARGE);
	ck_assert_uint_gt(n, 900);
	ck_assert_uint_lt(n, 1100);
	ck_assert_uint_le(txn_overlay_bytes(o), 1 << 20);
	ck_assert_ptr_null(txn_reserve(o, DB_ORG, VIEW_LIT("a"), 10));
	ck_assert_int_eq(txn_del(o, DB_ORG, view_of(key, 4)), RC_TOO_LARGE);
	txn_abort(o);
	ck_assert_int_eq(txn_begin_overlay(store, 1 << 20, &o), RC_OK); /* the same value again takes no more room */
	for (n = 0; n < 10000; n++)
		txn_put(o, DB_ORG, VIEW_LIT("a"), view_of(val, sizeof(val)));
	ck_assert_int_eq(txn_rc(o), RC_OK);
	txn_abort(o);
}
END_TEST

Suite *overlay_suite(void)
{
	Suite *s = suite_create("store/overlay");
	TCase *tc = tcase_create("overlay");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, it_is_like_a_write_transaction);
	tcase_add_test(tc, it_holds_up_no_writer);
	tcase_add_test(tc, a_value_may_come_from_the_one_it_replaces);
	tcase_add_test(tc, a_database_is_emptied);
	tcase_add_test(tc, too_many_writes_are_refused);
	tcase_set_timeout(tc, 120);
	suite_add_tcase(s, tc);
	return s;
}
