/*
 * ways.h - the shortest way from a procurer down to one supplier, for many procurers: one walk against the links tells
 * how far everybody is from the supplier, and a way is followed down from there. Of several equally short ones it is
 * always the same.
 */
#pragma once

#include "graph/answers.h"

struct ways {
	struct txn *t;
	struct scratch *s;
	uint32_t supplier, viewer; /* viewer: with whose eyes `seen` was made */
	unsigned depth;
	int32_t on;
	bool any_grants, granted_links;
	uint8_t *far, *seen; /* by number: links down to the supplier that everybody above, or the viewer, may go on with */
	uint32_t n;
};
/* No work is done before the first way of two links or more is asked for. */
void ways_init(struct ways *w, struct txn *t, struct scratch *s, uint32_t supplier, unsigned depth, int32_t on);
void ways_done(struct ways *w);
/* The numbers P, …, S into out (room for TIER_MAX + 1), tier + 1 of them. tier: of S in the procurer's chain.
 * RC_NOT_FOUND: there is no such way. */
MUST_USE enum rc ways_of(struct ways *w, uint32_t procurer, unsigned tier, uint32_t *out);
