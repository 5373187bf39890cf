/*
 * idorder.h - organisations in the order of their ids, from some id on, without fetching the ids of those
 * that nobody reads: answers come in pages, and one hundred of a million is what is asked for. Those that a veil hides
 * stand where their pseudonyms do.
 */
#pragma once

#include "graph/veil.h"

struct id_at {
	struct view id;
	size_t at;
};
struct id_order {
	struct txn *t;
	const char *base; /* records whose first member is the organisation, ascending */
	size_t stride, n;
	const struct veil *veil; /* NULL: nobody is hidden */
	bool desc;
	struct id_at *heap; /* those hidden, and if the others are few these too: a heap, the next id on top */
	size_t n_heap;
	char (*room)[PSEUDONYM_TEXT]; /* behind the ids of those hidden */
	struct cur cur; /* many: the ids of all organisations, of which every so many-th is one of these */
	size_t walk_at;
	bool walking;
};
/* Of records in memory. */
struct id_set {
	const void *base;
	size_t stride, n;
	const struct veil *veil; /* may be NULL */
	bool desc; /* the greatest id first */
};
/* after: only ids, as shown, that come behind it; p NULL: all. done also after a failure. */
MUST_USE enum rc id_order_begin(struct id_order *o, struct txn *t, const struct id_set *set, struct view after);
/* Place of the next one; false: no more (or an error in the transaction). */
bool id_order_next(struct id_order *o, size_t *out_at);
void id_order_done(struct id_order *o);
