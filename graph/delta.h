/*
 * delta.h - what one organisation's change of held level does to the kept figures of procurers far
 * above it, without walking their chains again.
 *
 * In a procurer's figures each supplier counts by itself, but for spend behind gaps. So where only
 * what S holds has changed, the figures of P change by S's own part, which follows from what P's chain asks
 * of S: one walk against the links finds that for every watched procurer. Spend: where S comes to be in
 * gap, each own supplier A of P counts the greater of what it did and the best walk from A to S, which a second walk
 * against the links tells exactly. Where S ceases to be in gap, spend stays as it is unless a walk from A to S
 * may have been what counted there; then, and where S is P's own supplier, P is computed anew.
 */
#pragma once

#include "graph/answers.h"
#include "graph/room.h"

/* What figures see of an organisation: step bits on the day (11), level held at the horizon (3). */
typedef uint16_t standing;
standing standing_on(struct txn *t, uint32_t org, int32_t on);
/* Of all organisations: out[0..n). */
MUST_USE enum rc standings_read(struct txn *t, int32_t on, standing *out, uint32_t n);
/* Whether "unknown below" may change too, which needs S's links. */
static inline bool standing_attests(standing a, standing b) { return (a ^ b) >> 10 & 1; }

/* What must be known of a procurer beside its figures. */
__extension__ typedef unsigned __int128 spend_sum; /* yen in units of 1e-12 */
struct memo {
	bool valid;
	uint8_t tiers[TIER_MAX + 1];
	uint32_t tiers_set;
	int32_t due;
	spend_sum sum; /* behind gaps, not yet rounded */
	size_t n_parts;
	struct memo_part { /* own active links, by supplier */
		uint32_t supplier;
		int32_t due;
		uint8_t level;
		bool gap;
		int64_t spend; /* <= 0: counts nothing */
		double m;      /* not in gap, with spend: the highest product of dependency to a gap */
	} *parts;
};
void memo_done(struct memo *m);
MUST_USE enum rc exposure_compute_memo(struct txn *t, struct scratch *s, const struct chain_query *q,
				       struct exposure *out, struct memo *memo);
spend_sum spend_part(int64_t spend, double m); /* chain.c */
int64_t spend_rounded(spend_sum sum);

/* What the chain of a procurer asks of S, cell as in walk.h, with tier, level and flags; and, at the same place,
 * the products of dependency towards S. Procurers that hold grants see more than these walks do: they must
 * be computed. `depths`: one bit each for the depths that are wanted. */
struct asked {
	uint32_t procurer, cell;
	unsigned depth;
};
/* Calls fn for every procurer that the walk meets within each depth wanted: watched ones for sure. */
MUST_USE enum rc asked_each(const struct upward *u, uint32_t supplier, uint32_t depths,
			    void (*fn)(void *arg, const struct asked *a), void *arg);
/* Calls fn once for each depth wanted, when the products over walks of at most depth - 1 links are known: for
 * memo_turn(). No walk goes through `avoid` (ORG_NONE: nobody to avoid). */
struct gains_query {
	uint32_t supplier, avoid;
	uint32_t depths;
};
MUST_USE enum rc gains_each(const struct upward *u, const struct gains_query *q,
			    void (*fn)(void *arg, unsigned depth), void *arg);

/* Whether S begins (1) or ceases (-1) to be in gap. */
int shift_turns_gap(const struct memo *m, uint32_t supplier, uint32_t cell, standing before, standing after);
/* Within gains_each: brings the memo's spend along. TURN_THROUGH: a walk through the procurer itself, which does
 * not count, may be what was found; call it again within gains_each that avoids it. */
enum turn_result { TURN_DONE, TURN_THROUGH, TURN_COMPUTE };
enum turn_result memo_turn(struct memo *m, const struct scratch *s, const struct asked *a, uint32_t supplier, int turn);
/* The counts; spend is what the memo says. */
void exposure_shift(struct exposure *x, const struct memo *m, uint32_t supplier, uint32_t cell,
		    standing before, standing after);
