/*
 * overlay.h - inside of store/ only: the private writes of an overlay transaction. Per database an ordered map
 * (a skip list) of key => value or "gone", laid over an LMDB snapshot that never changes.
 *
 * Nodes are never taken out, so that cursors may hold them; a key that is put back as it was stays as a node.
 * All memory is the arena's and ends with the transaction. While a child runs, what is overwritten is kept and
 * put back if the child is aborted.
 */
#pragma once

#include "base/arena.h"
#include "store/internal.h"

#define OV_LEVELS 12u /* one in four nodes is on the next level: good for 16 million keys */

struct ov_node {
	struct ov_node *prev;
	uint8_t *val;
	size_t val_n, cap; /* cap 0: val lies in the snapshot */
	bool gone, in_base;
	uint16_t key_n, levels;
	struct ov_node *next[]; /* levels of them, then the key */
};

struct ov_map {
	struct ov_node *next[OV_LEVELS], *last;
	unsigned levels;
	int64_t more;  /* entries beyond those of the snapshot */
	uint64_t made; /* nodes: a cursor that sees another number looks again */
	bool cleared;  /* nothing of the snapshot is left */
};

/* A node as it was before a child changed it. */
struct ov_undo {
	struct ov_map *map;
	struct ov_node *node;
	uint8_t *val;
	size_t val_n, cap;
	bool gone;
};

struct overlay {
	struct arena *mem;
	size_t max_bytes;
	struct ov_map map[DB__COUNT];
	struct ov_undo *undo;
	size_t n_undo, cap_undo;
	unsigned children;
	uint64_t random;
};

struct overlay *overlay_new(size_t max_bytes); /* NULL: out of memory */
void overlay_free(struct overlay *o);
void overlay_undo(struct overlay *o, size_t mark); /* back to where n_undo was mark */

static inline struct view ov_key(const struct ov_node *n)
{
	return view_of(&n->next[n->levels], n->key_n);
}
static inline struct view ov_val(const struct ov_node *n)
{
	return view_of(n->val, n->val_n);
}
static inline struct ov_node *ov_first(const struct ov_map *m) { return m->next[0]; }
struct ov_node *ov_ge(const struct ov_map *m, struct view key); /* NULL: none */
struct ov_node *ov_lt(const struct ov_map *m, struct view key);

/* What txn.c and cursor.c hand over; arguments have been checked. */
enum rc ov_get(struct txn *t, enum db db, struct view key, struct view *out_val);
void *ov_reserve(struct txn *t, enum db db, struct view key, size_t n);
void ov_put(struct txn *t, enum db db, struct view key, struct view val);
enum rc ov_del(struct txn *t, enum db db, struct view key);
uint64_t ov_count(struct txn *t, enum db db);

/* overlay_cur.c */
bool ovcur_first(struct cur *c);
bool ovcur_last(struct cur *c);
bool ovcur_ge(struct cur *c, struct view key);
bool ovcur_next(struct cur *c);
bool ovcur_prev(struct cur *c);
