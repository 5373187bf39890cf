/*
 * veil.h - whom a viewer may count but not know: one bit an organisation, and the id by which each is shown. Where
 * nobody is hidden, which is the rule, it holds nothing.
 */
#pragma once

#include "graph/graph.h"
#include "graph/pseudonym.h"

struct veil {
	uint32_t viewer;
	uint32_t n;     /* organisations that there are bits for */
	uint64_t *bits; /* NULL: nobody is hidden */
	struct pseudonym_keys keys;
};

/* Hides the organisation; the first one makes room for everybody in the snapshot. */
MUST_USE enum rc veil_hide(struct veil *v, struct txn *t, uint32_t org);
static inline bool veil_hides(const struct veil *v, uint32_t org)
{
	return v->bits && org < v->n && (v->bits[org / 64] >> (org % 64) & 1);
}
/* The id as it is shown: a view into room, or into the store. */
struct view veil_id(const struct veil *v, struct txn *t, uint32_t org, char room[PSEUDONYM_TEXT]);
size_t veil_bytes(const struct veil *v);
void veil_done(struct veil *v);
