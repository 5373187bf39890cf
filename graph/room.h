/*
 * room.h - walks against the links, towards the watched procurers and nobody else.
 *
 * One byte an organisation: how many links a walk that began further down may have made when it arrives there
 * and still come to a watched procurer within that procurer's depth, plus one; 0: however few, it comes to none.
 * With that bound a walk leaves out at once what leads to nobody who is watched, which is nearly everything.
 *
 * Invariant: the byte of X is never below
 *     1 + the greatest of depth(P) - links(P, X) over the watched P that come to X within their depth,
 * links(P, X) counted over all stored links, whatever their dates and disclosure: what a chain contains is a part of
 * them, so that no walk that counts is cut off. It holds because a link or a watch that comes raises bytes before
 * anything is walked in a snapshot that has it (room_spread, room_watch), and nothing that goes lowers one:
 * then walks are a little longer than need be until room_build() begins anew.
 */
#pragma once

#include "graph/graph.h"

struct watch {
	uint32_t org;
	uint8_t depth;
};

struct room {
	uint8_t *up;
	uint32_t n;       /* bytes; who has none has room for nobody */
	unsigned deepest; /* no walk is longer than that */
	bool ready;       /* not: nothing is left out */
	uint32_t *queue;
	size_t cap_queue;
};

/* From nothing; deepest is set whatever becomes of the rest. */
MUST_USE enum rc room_build(struct room *r, struct txn *t, const struct watch *watches, size_t n);
/* One more watch, or a deeper one. */
MUST_USE enum rc room_watch(struct room *r, struct txn *t, const struct watch *w);
/* A procurer that may have got links. */
MUST_USE enum rc room_spread(struct room *r, struct txn *t, uint32_t procurer);
void room_done(struct room *r);

/* Whether a walk may go on through X, at which it arrives with its k-th link. */
static inline bool room_for(const struct room *r, uint32_t x, unsigned k)
{
	return !r->ready || (x < r->n && k < r->up[x]);
}

/* What a walk against the links needs. */
struct upward {
	struct txn *t;
	struct scratch *s;
	const struct room *room;
	int32_t on;
};

/* The procurers whose kept figures may have changed because of `orgs` (as a link's procurer, or itself): every
 * watched P that reaches one within its depth, whatever the dates, visibility taken widely, and others on the way.
 * Calls fn(P, distance) for the orgs themselves too, at distance 0. */
void touched_by(const struct upward *u, const uint32_t *orgs, size_t n,
		void (*fn)(void *arg, uint32_t procurer, unsigned distance), void *arg);
