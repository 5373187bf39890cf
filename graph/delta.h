/*
 * delta.h - what one organisation's change of held level does to the kept figures of procurers far
 * above it, without walking their chains again.
 *
 * In a procurer's figures each supplier counts by itself, but for spend behind gaps. So where only
 * what S holds has changed, the figures of P change by S's own part, which follows from what P's chain asks
 * of S: one reverse walk finds that for every procurer. Spend stays as it is unless a walk from one of
 * P's own suppliers to S can reach the dependency that counts there now (the memo keeps those); then, and
 * where S is P's own supplier, P is computed anew.
 */
#pragma once

#include "graph/answers.h"

/* What figures see of an organisation: step bits on the day (11), level held at the horizon (3). */
typedef uint16_t standing;
standing standing_on(struct txn *t, uint32_t org, int32_t on);
/* Of all organisations: out[0..n). */
MUST_USE enum rc standings_read(struct txn *t, int32_t on, standing *out, uint32_t n);
/* Whether "unknown below" may change too, which needs S's links. */
static inline bool standing_attests(standing a, standing b) { return (a ^ b) >> 10 & 1; }

/* What must be known of a procurer beside its figures. */
struct memo {
	bool valid;
	uint8_t tiers[TIER_MAX + 1];
	uint32_t tiers_set;
	int32_t due;
	/* own active suppliers that are not in gap and have a known spend, and the highest product of
	 * dependency to a gap */
	size_t n_parts;
	struct memo_part {
		uint32_t supplier;
		double m;
	} *parts;
};
void memo_done(struct memo *m);
MUST_USE enum rc exposure_compute_memo(struct txn *t, struct scratch *s, const struct chain_query *q,
				       struct exposure *out, struct memo *memo);

/* What the chain of a procurer asks of S; cell as in walk.h, with tier, level and flags. Calls fn for
 * every procurer within depth. Grants are not looked at: procurers that hold any must be computed. */
MUST_USE enum rc asked_each(struct txn *t, struct scratch *s, uint32_t supplier, unsigned depth, int32_t on,
			    void (*fn)(void *arg, uint32_t procurer, uint32_t cell), void *arg);
/* Whether S begins or ceases to be in gap (tier 2 and more only). */
bool shift_turns_gap(const struct memo *m, uint32_t cell, standing before, standing after);
void exposure_shift(struct exposure *x, const struct memo *m, uint32_t cell, standing before, standing after);

/* An upper bound of the product of dependency from every organisation to S over at most `links` links;
 * stands until the scratch is used again. */
MUST_USE enum rc bound_compute(struct txn *t, struct scratch *s, uint32_t supplier, unsigned links, int32_t on);
bool bound_reaches(const struct scratch *s, const struct memo *m);
