/*
 * cursor.c - ordered walks. LMDB frees the cursors of a write transaction with it, so every cursor
 * must be closed before its transaction ends; the transaction counts them and asserts it.
 */
#include "store/overlay.h"

#include <assert.h>

static bool cur_get(struct cur *c, MDB_cursor_op op, struct view seek)
{
	MDB_val k = { seek.n, (void *)(uintptr_t)seek.p }, v;
	int code;

	c->valid = false;
	if (!c->mc || c->txn->rc != RC_OK)
		return false;
	code = mdb_cursor_get(c->mc, &k, &v, op);
	if (code != MDB_SUCCESS) {
		if (code != MDB_NOTFOUND) {
			txn_fail(c->txn, store_rc(c->txn->store, code));
			c->txn->store_error = true;
		}
		return false;
	}
	c->key = view_of(k.mv_data, k.mv_size);
	c->val = view_of(v.mv_data, v.mv_size);
	c->valid = true;
	return true;
}

void cur_open(struct cur *c, struct txn *t, enum db db)
{
	MDB_cursor *mc;
	int code;

	*c = (struct cur){ .txn = t, .db = db };
	if (t->rc != RC_OK)
		return;
	if (t->ov)
		c->map = &t->ov->map[db];
	if (t->store->dbi[db] == DBI_ABSENT || (t->ov && t->ov->map[db].cleared))
		return;
	code = mdb_cursor_open(t->mt, t->store->dbi[db], &mc);
	if (code != MDB_SUCCESS) {
		txn_fail(t, store_rc(t->store, code));
		t->store_error = true;
		return;
	}
	c->mc = mc;
	t->cursors++;
}

void cur_close(struct cur *c)
{
	c->map = NULL;
	if (!c->mc)
		return;
	assert(c->txn->cursors > 0);
	mdb_cursor_close(c->mc);
	c->txn->cursors--;
	c->mc = NULL;
	c->valid = false;
}

bool cur_first(struct cur *c)
{
	return c->map ? ovcur_first(c) : cur_get(c, MDB_FIRST, (struct view){ 0 });
}

bool cur_last(struct cur *c)
{
	return c->map ? ovcur_last(c) : cur_get(c, MDB_LAST, (struct view){ 0 });
}

bool cur_ge(struct cur *c, struct view key)
{
	if (key.n == 0)
		return cur_first(c);
	return c->map ? ovcur_ge(c, key) : cur_get(c, MDB_SET_RANGE, key);
}

bool cur_le(struct cur *c, struct view key)
{
	if (!cur_ge(c, key))
		return cur_last(c);
	if (view_eq(c->key, key))
		return true;
	return cur_prev(c);
}

bool cur_next(struct cur *c)
{
	return c->map ? ovcur_next(c) : cur_get(c, MDB_NEXT, (struct view){ 0 });
}

bool cur_prev(struct cur *c)
{
	return c->map ? ovcur_prev(c) : cur_get(c, MDB_PREV, (struct view){ 0 });
}

void cur_del(struct cur *c)
{
	int code;

	if (!c->valid || c->txn->rc != RC_OK)
		return;
	c->valid = false;
	if (c->map) {
		(void)ov_del(c->txn, c->db, c->key);
		return;
	}
	code = mdb_cursor_del(c->mc, 0);
	if (code != MDB_SUCCESS) {
		txn_fail(c->txn, store_rc(c->txn->store, code));
		c->txn->store_error = true;
	}
}

/* ---- filling ---- */

void filler_open(struct filler *f, struct txn *t, enum db db)
{
	cur_open(&f->cur, t, db);
	f->first = true;
}

/* Whether the key lies behind all others: asked once, since the keys that follow ascend. */
static void look_behind(struct filler *f, struct view key)
{
	if (f->first)
		f->append = !cur_last(&f->cur) || view_cmp(f->cur.key, key) < 0;
	f->first = false;
}

void *filler_reserve(struct filler *f, struct view key, size_t n)
{
	MDB_val k = { key.n, (void *)(uintptr_t)key.p }, v = { n, NULL };
	struct txn *t = f->cur.txn;
	int code;

	if (f->cur.map)
		return txn_reserve(t, f->cur.db, key, n);
	look_behind(f, key);
	if (!f->cur.mc || t->rc != RC_OK)
		return NULL;
	if (!t->writable || t->child || key.n == 0 || key.n > KEY_MAX) {
		txn_fail(t, RC_INTERNAL);
		return NULL;
	}
	code = mdb_cursor_put(f->cur.mc, &k, &v, MDB_RESERVE | (f->append ? MDB_APPEND : 0));
	if (code != MDB_SUCCESS) {
		txn_fail(t, store_rc(t->store, code));
		t->store_error = true;
		return NULL;
	}
	return v.mv_data;
}

void filler_put(struct filler *f, struct view key, struct view val)
{
	void *p = filler_reserve(f, key, val.n);

	if (p && val.n)
		memcpy(p, val.p, val.n);
}

void filler_close(struct filler *f) { cur_close(&f->cur); }
