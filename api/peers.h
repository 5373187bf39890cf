/*
 * peers.h - a page of some organisations, in the order of the ids by which the caller sees them: the smallest few of many
 * are kept, none of the others is sorted.
 */
#pragma once

#include "api/request.h"

struct peer {
	struct view id; /* as shown */
	uint32_t org;
	struct link_sight see; /* of lists of links */
};
struct peers {
	struct peer *at; /* a heap until it is sorted */
	size_t n, max;
	struct view after; /* only greater ids; .p NULL: all */
};
/* Room for max of them, in the arena. RC_NOMEM. */
MUST_USE enum rc peers_begin(struct peers *p, struct arena *a, size_t max, struct view after);
void peers_add(struct peers *p, struct peer x);
void peers_sort(struct peers *p);
