/*
 * txn.c - transactions with a sticky first error, gets and puts.
 *
 * A read transaction passes the gate when it begins or is renewed and leaves it when it is reset
 * or aborted. A write transaction does not: the writer thread alone grows the map.
 */
#include "store/overlay.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/pack.h"

static MDB_val val_of(struct view v)
{
	/* LMDB's interface takes pointers to what it only reads */
	return (MDB_val){ v.n, (void *)(uintptr_t)(v.p ? v.p : "") };
}

/* A child of an overlay is the overlay itself, with a place to go back to. */
static enum rc overlay_child(struct txn *parent, struct txn **out)
{
	struct txn *t = calloc(1, sizeof(*t));

	if (!t)
		return RC_NOMEM;
	*t = (struct txn){ .mt = parent->mt, .ov = parent->ov, .ov_mark = parent->ov->n_undo,
			   .store = parent->store, .parent = parent, .writable = true, .active = true };
	t->ov->children++;
	*out = t;
	return RC_OK;
}

static enum rc txn_new(struct store *s, struct txn *parent, bool writable, struct txn **out)
{
	struct txn *t = calloc(1, sizeof(*t));
	int code;

	if (!t)
		return RC_NOMEM;
	t->store = s;
	t->parent = parent;
	t->writable = writable;
	code = mdb_txn_begin(s->env, parent ? parent->mt : NULL, writable ? 0 : MDB_RDONLY, &t->mt);
	if (code == MDB_MAP_RESIZED && s->read_only) {
		/* another process grew the file: take its size; only an offline reader is here */
		code = mdb_env_set_mapsize(s->env, 0);
		if (code == MDB_SUCCESS)
			code = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &t->mt);
	}
	if (code != MDB_SUCCESS) {
		free(t);
		return store_rc(s, code);
	}
	t->active = true;
	*out = t;
	return RC_OK;
}

enum rc txn_begin_read(struct store *s, struct txn **out)
{
	enum rc rc;

	gate_enter(&s->gate);
	rc = txn_new(s, NULL, false, out);
	if (rc != RC_OK)
		gate_leave(&s->gate);
	return rc;
}

void txn_reset(struct txn *t)
{
	assert(!t->writable && t->cursors == 0);
	if (!t->active)
		return;
	mdb_txn_reset(t->mt);
	t->active = false;
	gate_leave(&t->store->gate);
}

enum rc txn_renew(struct txn *t)
{
	int code;

	assert(!t->writable);
	if (t->active)
		txn_reset(t);
	gate_enter(&t->store->gate);
	code = mdb_txn_renew(t->mt);
	if (code != MDB_SUCCESS) {
		gate_leave(&t->store->gate);
		return store_rc(t->store, code);
	}
	t->active = true;
	t->rc = RC_OK;
	t->store_error = false;
	return RC_OK;
}

enum rc txn_begin_write(struct store *s, struct txn **out)
{
	return s->read_only ? RC_INTERNAL : txn_new(s, NULL, true, out);
}

enum rc txn_begin_overlay(struct store *s, size_t max_bytes, struct txn **out)
{
	struct overlay *ov = overlay_new(max_bytes);
	enum rc rc = ov ? txn_begin_read(s, out) : RC_NOMEM;

	if (rc != RC_OK) {
		overlay_free(ov);
		return rc;
	}
	(*out)->ov = ov;
	(*out)->writable = true;
	return RC_OK;
}

void txn_overlay_clear(struct txn *t, enum db db)
{
	assert(t->ov && !t->ov->children && t->cursors == 0);
	t->ov->map[db] = (struct ov_map){ .cleared = true };
}

size_t txn_overlay_bytes(const struct txn *t) { return t->ov ? arena_used(t->ov->mem) : 0; }

enum rc txn_begin_child(struct txn *parent, struct txn **out)
{
	enum rc rc;

	assert(parent->writable && !parent->child);
	if (parent->rc != RC_OK)
		return parent->rc;
	rc = parent->ov ? overlay_child(parent, out) : txn_new(parent->store, parent, true, out);
	if (rc == RC_OK)
		parent->child = *out;
	return rc;
}

/* Frees t, whose LMDB transaction has ended; a parent hears of the store's own errors. */
static void txn_end(struct txn *t)
{
	if (t->parent) {
		t->parent->child = NULL;
		if (t->store_error && t->parent->rc == RC_OK) {
			t->parent->rc = t->rc;
			t->parent->store_error = true;
		}
	}
	if (t->ov && t->parent && --t->ov->children == 0)
		t->ov->n_undo = 0;
	if (t->ov && !t->parent)
		overlay_free(t->ov);
	if (t->active && !t->parent && (!t->writable || t->ov))
		gate_leave(&t->store->gate);
	free(t);
}

void txn_abort(struct txn *t)
{
	if (!t)
		return;
	assert(!t->child && t->cursors == 0);
	if (t->ov && t->parent)
		overlay_undo(t->ov, t->ov_mark);
	else
		mdb_txn_abort(t->mt);
	txn_end(t);
}

enum rc txn_commit(struct txn *t)
{
	enum rc rc = t->rc;
	int code;

	assert(!t->child && t->cursors == 0);
	if (rc == RC_OK && t->ov && !t->parent)
		rc = RC_INTERNAL;
	if (rc != RC_OK) {
		txn_abort(t);
		return rc;
	}
	if (t->ov) {
		txn_end(t);
		return RC_OK;
	}
	code = mdb_txn_commit(t->mt);
	if (code != MDB_SUCCESS) {
		t->rc = store_rc(t->store, code);
		t->store_error = true;
		t->store->sound = t->store->sound && t->rc == RC_STORE_FULL;
		rc = t->rc;
	}
	txn_end(t);
	return rc;
}

enum rc txn_rc(const struct txn *t) { return t->rc; }

void txn_fail(struct txn *t, enum rc rc)
{
	if (t->rc == RC_OK)
		t->rc = rc;
}

uint64_t txn_snapshot(const struct txn *t) { return mdb_txn_id(t->mt); }

bool txn_writable(const struct txn *t) { return t->writable; }

struct store *txn_store(const struct txn *t) { return t->store; }

/* Keeps a hard error of LMDB's; answers what the call answers. */
static enum rc txn_note(struct txn *t, int code)
{
	enum rc rc;

	if (code == MDB_SUCCESS)
		return RC_OK;
	if (code == MDB_NOTFOUND)
		return RC_NOT_FOUND;
	rc = store_rc(t->store, code);
	if (t->rc == RC_OK) {
		t->rc = rc;
		t->store_error = true;
	}
	return t->rc;
}

enum rc txn_get(struct txn *t, enum db db, struct view key, struct view *out_val)
{
	MDB_val k = val_of(key), v;
	enum rc rc = t->rc;

	if (rc != RC_OK)
		return rc;
	if (key.n == 0 || key.n > KEY_MAX || t->store->dbi[db] == DBI_ABSENT) /* cannot be there */
		return RC_NOT_FOUND;
	if (t->ov)
		return ov_get(t, db, key, out_val);
	rc = txn_note(t, mdb_get(t->mt, t->store->dbi[db], &k, &v));
	if (rc == RC_OK && out_val)
		*out_val = view_of(v.mv_data, v.mv_size);
	return rc;
}

/* Whether t takes a write of this key; if not, it has failed. */
static bool takes(struct txn *t, struct view key)
{
	if (t->rc == RC_OK && (!t->writable || t->child || key.n == 0 || key.n > KEY_MAX))
		txn_fail(t, RC_INTERNAL);
	return t->rc == RC_OK;
}

static void put(struct txn *t, enum db db, struct view key, MDB_val *v, unsigned flags)
{
	MDB_val k = val_of(key);

	if (!takes(t, key))
		return;
	if (t->ov && v->mv_data)
		ov_put(t, db, key, view_of(v->mv_data, v->mv_size));
	else if (t->ov)
		v->mv_data = ov_reserve(t, db, key, v->mv_size);
	else
		(void)txn_note(t, mdb_put(t->mt, t->store->dbi[db], &k, v, flags));
}

void txn_put(struct txn *t, enum db db, struct view key, struct view val)
{
	MDB_val v = val_of(val);

	put(t, db, key, &v, 0);
}

void txn_append(struct txn *t, enum db db, struct view key, struct view val)
{
	MDB_val v = val_of(val);

	put(t, db, key, &v, MDB_APPEND);
}

void *txn_reserve(struct txn *t, enum db db, struct view key, size_t n)
{
	MDB_val v = { n, NULL };

	put(t, db, key, &v, MDB_RESERVE);
	return t->rc == RC_OK ? v.mv_data : NULL;
}

enum rc txn_del(struct txn *t, enum db db, struct view key)
{
	MDB_val k = val_of(key);

	if (t->rc != RC_OK)
		return t->rc;
	if (!t->writable || t->child) {
		txn_fail(t, RC_INTERNAL);
		return t->rc;
	}
	if (key.n == 0 || key.n > KEY_MAX)
		return RC_NOT_FOUND;
	if (t->ov)
		return ov_del(t, db, key);
	return txn_note(t, mdb_del(t->mt, t->store->dbi[db], &k, NULL));
}

uint64_t txn_count(struct txn *t, enum db db)
{
	MDB_stat st;

	if (t->ov)
		return t->rc == RC_OK ? ov_count(t, db) : 0;
	if (t->store->dbi[db] == DBI_ABSENT || t->rc != RC_OK || txn_note(t, mdb_stat(t->mt, t->store->dbi[db], &st)) != RC_OK)
		return 0;
	return st.ms_entries;
}

uint64_t txn_bytes(struct txn *t, enum db db)
{
	MDB_stat st;

	if (t->store->dbi[db] == DBI_ABSENT || t->rc != RC_OK || txn_note(t, mdb_stat(t->mt, t->store->dbi[db], &st)) != RC_OK)
		return 0;
	return (st.ms_branch_pages + st.ms_leaf_pages + st.ms_overflow_pages) * (uint64_t)st.ms_psize;
}

/* ---- named values ---- */

enum rc meta_get(struct txn *t, const char *name, struct view *out)
{
	return txn_get(t, DB_META, view_str(name), out);
}

void meta_put(struct txn *t, const char *name, struct view v)
{
	txn_put(t, DB_META, view_str(name), v);
}

uint64_t meta_get_u64(struct txn *t, const char *name, uint64_t def)
{
	struct view v;

	if (meta_get(t, name, &v) != RC_OK)
		return def;
	if (v.n != 8) {
		txn_fail(t, RC_DAMAGED);
		return def;
	}
	return be64_get(v.p);
}

void meta_put_u64(struct txn *t, const char *name, uint64_t v)
{
	uint8_t bytes[8];

	be64_put(bytes, v);
	meta_put(t, name, view_of(bytes, sizeof(bytes)));
}
