/*
 * cursor.c - ordered walks. LMDB frees the cursors of a write transaction with it, so every cursor
 * must be closed before its transaction ends; the transaction counts them and asserts it.
 */
#include "store/internal.h"

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
	if (!c->mc)
		return;
	assert(c->txn->cursors > 0);
	mdb_cursor_close(c->mc);
	c->txn->cursors--;
	c->mc = NULL;
	c->valid = false;
}

bool cur_first(struct cur *c) { return cur_get(c, MDB_FIRST, (struct view){ 0 }); }

bool cur_last(struct cur *c) { return cur_get(c, MDB_LAST, (struct view){ 0 }); }

bool cur_ge(struct cur *c, struct view key)
{
	return key.n == 0 ? cur_first(c) : cur_get(c, MDB_SET_RANGE, key);
}

bool cur_le(struct cur *c, struct view key)
{
	if (!cur_ge(c, key))
		return cur_last(c);
	if (view_eq(c->key, key))
		return true;
	return cur_prev(c);
}

bool cur_next(struct cur *c) { return cur_get(c, MDB_NEXT, (struct view){ 0 }); }

bool cur_prev(struct cur *c) { return cur_get(c, MDB_PREV, (struct view){ 0 }); }

void cur_del(struct cur *c)
{
	int code;

	if (!c->valid || c->txn->rc != RC_OK)
		return;
	c->valid = false;
	code = mdb_cursor_del(c->mc, 0);
	if (code != MDB_SUCCESS) {
		txn_fail(c->txn, store_rc(c->txn->store, code));
		c->txn->store_error = true;
	}
}
