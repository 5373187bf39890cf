/*
 * overlay_cur.c - ordered walks over a snapshot and the writes that lie over it: two ascending lists merged, where
 * a key that is in both is the overlay's.
 *
 * Invariant after a step in a direction: of the two sides the one at which the cursor stands gave key and val, the
 * other stands at its next entry in that direction. A turn, or a new node, makes both look again.
 */
#include "store/overlay.h"

static void base_move(struct cur *c, MDB_cursor_op op, struct view seek)
{
	MDB_val k = { seek.n, (void *)(uintptr_t)seek.p }, v;
	int code = c->mc ? mdb_cursor_get(c->mc, &k, &v, op) : MDB_NOTFOUND;

	c->base_valid = code == MDB_SUCCESS;
	if (c->base_valid) {
		c->base_key = view_of(k.mv_data, k.mv_size);
		c->base_val = view_of(v.mv_data, v.mv_size);
	} else if (code != MDB_NOTFOUND) {
		txn_fail(c->txn, store_rc(c->txn->store, code));
	}
}

static void base_step(struct cur *c)
{
	base_move(c, c->back ? MDB_PREV : MDB_NEXT, (struct view){ 0 });
}

static void node_step(struct cur *c)
{
	const struct ov_node *n = c->node;

	c->node = c->back ? n->prev : n->next[0];
}

static bool stand(struct cur *c, bool at_base, struct view key, struct view val)
{
	c->at_base = at_base;
	c->key = key;
	c->val = val;
	return c->valid = true;
}

/* Chooses the side that comes first in the direction, passing over what is gone. */
static bool settle(struct cur *c)
{
	c->valid = false;
	while (c->txn->rc == RC_OK && (c->base_valid || c->node)) {
		const struct ov_node *n = c->node;
		int d = !c->base_valid ? 1 : !n ? -1 : view_cmp(c->base_key, ov_key(n));

		if (c->back && c->base_valid && n)
			d = -d;
		if (d < 0)
			return stand(c, true, c->base_key, c->base_val);
		if (d == 0)
			base_step(c);
		if (!n->gone)
			return stand(c, false, ov_key(n), ov_val(n));
		node_step(c);
	}
	return false;
}

static const struct ov_map *map_of(struct cur *c, bool back)
{
	const struct ov_map *m = c->map;

	c->back = back;
	c->made = m->made;
	c->valid = false;
	return m;
}

bool ovcur_first(struct cur *c)
{
	c->node = ov_first(map_of(c, false));
	base_move(c, MDB_FIRST, (struct view){ 0 });
	return settle(c);
}

bool ovcur_last(struct cur *c)
{
	c->node = map_of(c, true)->last;
	base_move(c, MDB_LAST, (struct view){ 0 });
	return settle(c);
}

bool ovcur_ge(struct cur *c, struct view key)
{
	c->node = ov_ge(map_of(c, false), key);
	base_move(c, MDB_SET_RANGE, key);
	return settle(c);
}

/* Whether both sides stand as the last step in this direction left them. */
static bool goes_on(const struct cur *c, bool back)
{
	return c->back == back && c->made == ((const struct ov_map *)c->map)->made;
}

static bool step(struct cur *c)
{
	if (c->at_base)
		base_step(c);
	else
		node_step(c);
	return settle(c);
}

bool ovcur_next(struct cur *c)
{
	struct view key = c->key;

	if (!c->valid)
		return false;
	if (goes_on(c, false))
		return step(c);
	c->node = ov_ge(map_of(c, false), key);
	if (c->node && view_eq(ov_key(c->node), key))
		node_step(c);
	base_move(c, MDB_SET_RANGE, key);
	if (c->base_valid && view_eq(c->base_key, key))
		base_step(c);
	return settle(c);
}

bool ovcur_prev(struct cur *c)
{
	struct view key = c->key;

	if (!c->valid)
		return false;
	if (goes_on(c, true))
		return step(c);
	c->node = ov_lt(map_of(c, true), key);
	base_move(c, MDB_SET_RANGE, key);
	base_move(c, c->base_valid ? MDB_PREV : MDB_LAST, (struct view){ 0 });
	return settle(c);
}
