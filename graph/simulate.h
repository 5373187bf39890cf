/*
 * simulate.h - what a chain would be after changes that are not made (POST /v1/simulations). The changes are applied in
 * an overlay transaction by the same code that writes, so that the answer is right by construction (ADR 0074); this
 * file knows the one change that is no record, "holds that level", and tells two sides of a chain apart.
 */
#pragma once

#include "graph/answers.h"

#define SIMULATE_BYTES_MAX ((size_t)256 << 20) /* what the overlay of one simulation may take */

/* o: an overlay. Applies one operation as a write of its own. The refusals are those of the real write. */
MUST_USE enum rc simulate_op(struct txn *o, const struct op *op, int64_t at_ms, struct err *e);
/* The organisation holds exactly that level on the day: its star certificates that are valid then and give more are
 * revoked on that day; if what is left holds less, a certificate of the level is issued on that day, seen in the
 * register, for the whole entity and without an end. RC_INVALID where a certificate of a unit's parent holds it up. */
MUST_USE enum rc simulate_held(struct txn *o, uint32_t org, unsigned level, int32_t day, int64_t at_ms, struct err *e);

/* How one supplier stands in a chain. */
struct stand {
	uint32_t supplier;
	uint8_t tier, required, held;
	uint8_t state, timing; /* enum state, enum gap_timing: of gaps only */
	bool named;
	int32_t due; /* DAY_NONE: none */
};
/* Everybody in reach, in number order; malloc'ed into *out (free it). */
MUST_USE enum rc stands_compute(struct txn *t, struct scratch *s, const struct chain_query *q, struct stand **out,
				size_t *out_n);

enum stand_change { STAND_OPENED, STAND_CLOSED, STAND_ENTERED, STAND_LEFT, STAND_OTHER, STAND_CHANGES };
extern const char *const stand_change_names[STAND_CHANGES]; /* "opened", … */

/* One that stands otherwise afterwards. */
struct stand_diff {
	uint32_t supplier;
	uint8_t tier; /* afterwards, or before where it has left */
	uint8_t change;
	bool named;
	const struct stand *before, *after; /* NULL: not in reach; into what was compared */
};
struct stand_diffs {
	uint64_t opened;  /* in gap afterwards and not before */
	uint64_t closed;  /* in gap before, in reach and not in gap afterwards */
	uint64_t entered, left;
	size_t n;
	struct stand_diff *items; /* by tier, in number order */
};
MUST_USE enum rc stands_compare(const struct stand *before, size_t n_before, const struct stand *after, size_t n_after,
				struct stand_diffs *out);
void stand_diffs_done(struct stand_diffs *d);
