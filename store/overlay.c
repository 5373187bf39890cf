/* overlay.c - private writes over a snapshot: maps, gets and puts (overlay.h). */
#include "store/overlay.h"

#include <stdlib.h>

struct overlay *overlay_new(size_t max_bytes)
{
	struct overlay *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->mem = arena_new();
	if (!o->mem) {
		free(o);
		return NULL;
	}
	arena_cap(o->mem, max_bytes);
	o->max_bytes = max_bytes;
	o->random = 0x9e3779b97f4a7c15u;
	return o;
}

void overlay_free(struct overlay *o)
{
	if (!o)
		return;
	arena_free(o->mem);
	free(o->undo);
	free(o);
}

static void *take(struct txn *t, size_t n)
{
	struct overlay *o = t->ov;
	void *p = arena_alloc(o->mem, n);

	if (!p)
		txn_fail(t, n > o->max_bytes || arena_used(o->mem) > o->max_bytes - n ? RC_TOO_LARGE : RC_NOMEM);
	return p;
}

/* ---- the map ---- */

static struct ov_node *const *links_of(const struct ov_map *m, const struct ov_node *n)
{
	return n ? n->next : m->next;
}

/* The last node before key on each level (NULL: the head); answers the one on level 0. */
static struct ov_node *before(const struct ov_map *m, struct view key, struct ov_node *at[OV_LEVELS])
{
	struct ov_node *n = NULL;

	for (unsigned i = m->levels; i-- > 0;) {
		for (struct ov_node *k; (k = links_of(m, n)[i]) && view_cmp(ov_key(k), key) < 0;)
			n = k;
		if (at)
			at[i] = n;
	}
	return n;
}

struct ov_node *ov_lt(const struct ov_map *m, struct view key)
{
	return before(m, key, NULL);
}

struct ov_node *ov_ge(const struct ov_map *m, struct view key)
{
	/* most keys that come in order lie behind all others */
	if (!m->last || view_cmp(ov_key(m->last), key) < 0)
		return NULL;
	return links_of(m, before(m, key, NULL))[0];
}

static unsigned levels_draw(struct overlay *o)
{
	unsigned n = 1;

	o->random ^= o->random << 13;
	o->random ^= o->random >> 7;
	o->random ^= o->random << 17;
	for (uint64_t r = o->random; n < OV_LEVELS && (r & 3) == 0; r >>= 2)
		n++;
	return n;
}

static struct ov_node *node_add(struct txn *t, struct ov_map *m, struct view key)
{
	struct ov_node *at[OV_LEVELS] = { NULL };
	unsigned levels = levels_draw(t->ov);
	struct ov_node *n = take(t, sizeof(*n) + levels * sizeof(n) + key.n);

	if (!n)
		return NULL;
	*n = (struct ov_node){ .key_n = (uint16_t)key.n, .levels = (uint16_t)levels };
	memcpy(&n->next[levels], key.p, key.n);
	n->prev = before(m, key, at);
	if (levels > m->levels)
		m->levels = levels;
	for (unsigned i = 0; i < levels; i++) {
		struct ov_node **link = at[i] ? at[i]->next : m->next;

		n->next[i] = link[i];
		link[i] = n;
	}
	if (n->next[0])
		n->next[0]->prev = n;
	else
		m->last = n;
	m->made++;
	return n;
}

static struct ov_node *node_find(const struct ov_map *m, struct view key)
{
	struct ov_node *n = ov_ge(m, key);

	return n && view_eq(ov_key(n), key) ? n : NULL;
}

/* ---- the snapshot below ---- */

static enum rc base_get(struct txn *t, enum db db, struct view key, struct view *out)
{
	MDB_val k = { key.n, (void *)(uintptr_t)key.p }, v;
	MDB_dbi dbi = t->store->dbi[db];
	int code;

	if (dbi == DBI_ABSENT || t->ov->map[db].cleared)
		return RC_NOT_FOUND;
	code = mdb_get(t->mt, dbi, &k, &v);
	if (code != MDB_SUCCESS && code != MDB_NOTFOUND) {
		txn_fail(t, store_rc(t->store, code));
		return t->rc;
	}
	if (code == MDB_SUCCESS && out)
		*out = view_of(v.mv_data, v.mv_size);
	return code == MDB_SUCCESS ? RC_OK : RC_NOT_FOUND;
}

enum rc ov_get(struct txn *t, enum db db, struct view key, struct view *out_val)
{
	const struct ov_node *n = node_find(&t->ov->map[db], key);

	if (!n)
		return base_get(t, db, key, out_val);
	if (n->gone)
		return RC_NOT_FOUND;
	if (out_val)
		*out_val = ov_val(n);
	return RC_OK;
}

/* ---- writes ---- */

static bool undo_note(struct txn *t, struct ov_map *m, struct ov_node *n)
{
	struct overlay *o = t->ov;

	if (!o->children)
		return true;
	if (o->n_undo == o->cap_undo) {
		size_t cap = o->cap_undo ? o->cap_undo * 2 : 64;
		struct ov_undo *u = realloc(o->undo, cap * sizeof(*u));

		if (!u) {
			txn_fail(t, RC_NOMEM);
			return false;
		}
		o->undo = u;
		o->cap_undo = cap;
	}
	o->undo[o->n_undo++] = (struct ov_undo){ m, n, n->val, n->val_n, n->cap, n->gone };
	return true;
}

void overlay_undo(struct overlay *o, size_t mark)
{
	while (o->n_undo > mark) {
		const struct ov_undo *u = &o->undo[--o->n_undo];

		u->map->more += (int64_t)!u->gone - (int64_t)!u->node->gone;
		u->node->val = u->val;
		u->node->val_n = u->val_n;
		u->node->cap = u->cap;
		u->node->gone = u->gone;
	}
}

/* The node of a key, made where there is none: then it says what the snapshot says. */
static struct ov_node *node_take(struct txn *t, enum db db, struct view key)
{
	struct ov_map *m = &t->ov->map[db];
	struct ov_node *n = node_find(m, key);
	struct view v = { 0 };

	if (n)
		return n;
	enum rc rc = base_get(t, db, key, &v);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return NULL;
	n = node_add(t, m, key);
	if (!n)
		return NULL;
	n->in_base = rc == RC_OK;
	n->gone = !n->in_base;
	n->val = (void *)(uintptr_t)v.p; /* only ever replaced, never written through: cap is 0 */
	n->val_n = v.n;
	return n;
}

void *ov_reserve(struct txn *t, enum db db, struct view key, size_t n)
{
	struct ov_node *k = node_take(t, db, key);

	if (!k || !undo_note(t, &t->ov->map[db], k))
		return NULL;
	if (t->ov->children || k->cap < n || !k->cap) {
		uint8_t *p = take(t, n ? n : 1);

		if (!p)
			return NULL;
		k->val = p;
		k->cap = n ? n : 1;
	}
	k->val_n = n;
	t->ov->map[db].more += k->gone;
	k->gone = false;
	return k->val;
}

void ov_put(struct txn *t, enum db db, struct view key, struct view val)
{
	void *p = ov_reserve(t, db, key, val.n);

	if (p && val.n)
		memmove(p, val.p, val.n); /* it may be the value that it replaces */
}

enum rc ov_del(struct txn *t, enum db db, struct view key)
{
	struct ov_node *n = node_find(&t->ov->map[db], key);

	if (n ? n->gone : base_get(t, db, key, NULL) != RC_OK)
		return t->rc != RC_OK ? t->rc : RC_NOT_FOUND;
	n = node_take(t, db, key);
	if (!n || !undo_note(t, &t->ov->map[db], n))
		return t->rc;
	n->gone = true;
	t->ov->map[db].more--;
	return RC_OK;
}

uint64_t ov_count(struct txn *t, enum db db)
{
	const struct ov_map *m = &t->ov->map[db];
	MDB_stat st = { 0 };
	MDB_dbi dbi = t->store->dbi[db];

	if (dbi != DBI_ABSENT && !m->cleared && mdb_stat(t->mt, dbi, &st) != MDB_SUCCESS)
		txn_fail(t, RC_INTERNAL);
	return st.ms_entries + (uint64_t)m->more;
}
