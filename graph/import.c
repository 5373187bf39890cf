/*
 * import.c - what makes commands of many ops quick: ids are looked up once, and links are written in
 * key order. Neither changes what the command means: links of different pairs do not depend on
 * each other, and ops on the same pair keep their order.
 */
#include "base/util.h"
#include "graph/radix.h"
#include "graph/state.h"

#define MANY_OPS 1000u

static uint64_t id_hash(struct view id)
{
	const uint8_t *p = id.p;
	uint64_t h = 0xcbf29ce484222325ull;
	for (size_t i = 0; i < id.n; i++)
		h = (h ^ p[i]) * 0x100000001b3ull;
	return h ^ h >> 29;
}

static bool cache_grow(struct id_cache *c)
{
	size_t cap = c->cap ? c->cap * 2 : 4096;
	struct id_slot *slot = calloc(cap, sizeof *slot);
	if (!slot)
		return false;
	for (size_t i = 0; i < c->cap; i++) {
		if (c->slot[i].org == ORG_NONE)
			continue;
		size_t at = id_hash(c->slot[i].id) & (cap - 1);
		while (slot[at].org != ORG_NONE)
			at = (at + 1) & (cap - 1);
		slot[at] = c->slot[i];
	}
	free(c->slot);
	c->slot = slot;
	c->cap = cap;
	return true;
}

enum rc ids_find(struct batch *b, struct view id, uint32_t *out_org)
{
	struct id_cache *c = &b->ids;
	if (!b->many_ops || (c->n * 2 >= c->cap && !cache_grow(c)))
		return org_find(b->w, id, out_org);
	size_t at = id_hash(id) & (c->cap - 1);
	for (; c->slot[at].org != ORG_NONE; at = (at + 1) & (c->cap - 1))
		if (view_eq(c->slot[at].id, id)) {
			*out_org = c->slot[at].org;
			return RC_OK;
		}
	enum rc rc = org_find(b->w, id, out_org);
	if (rc == RC_OK) {
		c->slot[at] = (struct id_slot){ id, *out_org };
		c->n++;
	}
	return rc;
}

void ids_forget(struct batch *b)
{
	if (b->ids.n)
		memset(b->ids.slot, 0, b->ids.cap * sizeof *b->ids.slot);
	b->ids.n = 0;
}

/* Does the op's field list name the field? */
static bool names_field(const struct op *op, unsigned field)
{
	struct rd rd = rd_of(op->fields);
	unsigned id;
	struct view v;
	bool bad = false;
	while (fl_next(&rd, &id, &v, &bad))
		if (id == field)
			return true;
	return false;
}

/* A supplier code is unique for its procurer, so that links which carry one depend on each other. */
static bool sortable(const struct op *op)
{
	return op->ent == ENT_LINK && op->kind != OP_DELETE && !(op->flags & OPF_BY_CODE) &&
	       !names_field(op, LINK_SUPPLIER_CODE);
}

/* Organisations that do not exist yet get keys behind all others, in order of appearance. */
static uint64_t pair_of(struct batch *b, const struct op *op, uint32_t at)
{
	uint32_t p, s;
	if (ids_find(b, op->a, &p) != RC_OK || ids_find(b, op->b, &s) != RC_OK)
		return (uint64_t)UINT32_MAX << 32 | at;
	return pair_u64(p, s);
}

/* Does the op make an id mean something else than it did when the command began? */
static bool renames(const struct op *op)
{
	return op->ent == ENT_ORG && (op->kind == OP_DELETE || names_field(op, ORG_ALIASES));
}

static bool any_renames(const struct cmd *c)
{
	for (size_t i = 0; i < c->n_ops; i++)
		if (renames(&c->ops[i]))
			return true;
	return false;
}

uint32_t *ops_order(struct batch *b, const struct cmd *c, uint64_t **out_pairs)
{
	b->many_ops = c->n_ops >= MANY_OPS;
	if (!b->many_ops || c->n_ops > UINT32_MAX || any_renames(c))
		return NULL;
	uint32_t *order = malloc(c->n_ops * sizeof *order);
	AUTO_FREE uint64_t *key = calloc(c->n_ops, sizeof *key);
	if (!order || !key) {
		free(order);
		return NULL; /* slower, not wrong */
	}
	for (size_t i = 0; i < c->n_ops; i++)
		order[i] = (uint32_t)i;
	for (size_t from = 0, to; from < c->n_ops; from = to + 1) {
		for (to = from; to < c->n_ops && sortable(&c->ops[to]); to++)
			key[to] = pair_of(b, &c->ops[to], (uint32_t)to);
		if (to - from >= MANY_OPS)
			radix_sort(key + from, order + from, to - from);
	}
	/* organisations not known yet, and ops out of the sorted runs, are looked up when their turn comes:
	 * an op before them may have made the organisation */
	for (size_t i = 0; i < c->n_ops; i++)
		if (key[i] >> 32 == UINT32_MAX)
			key[i] = 0;
	*out_pairs = STEAL(key);
	return order;
}
