/*
 * as_of.h - what the store knew at an earlier revision (domain.md: next to `on`, what was valid then). An overlay of the
 * store of now is brought back to it: the work follows the changes since, not the size of the store.
 */
#pragma once

#include "graph/graph.h"

#define AS_OF_CHANGES_MAX 1000000u          /* changes undone */
#define AS_OF_BYTES_MAX ((size_t)512 << 20) /* what the overlay may take */

/* The last revision at or before an instant; 0: before all. RC_COMPACTED: the log no longer tells. */
MUST_USE enum rc as_of_instant(struct txn *t, int64_t at_ms, uint64_t *out, struct err *e);

/* t: a new overlay. Records, all that follows from them but the calendar, and META are then those of the revision;
 * log, outbox and personal data stay those of now; kept figures are gone.
 * RC_OUT_OF_RANGE: later than now; RC_COMPACTED: log or PAST no longer reach back, or a bulk load lies
 * between; RC_TOO_LARGE: too much has changed since. */
MUST_USE enum rc as_of_undo(struct txn *t, uint64_t revision, struct err *e);

/* ---- as_of.c to as_of_apply.c ---- */
/* A record that was otherwise, or not there, at the revision. */
struct undone {
	enum ent ent;
	struct view key;  /* the entity's own, as in PAST */
	uint64_t found;   /* the revision whose image says what it was; UINT64_MAX: the log only says that it was made */
	struct view rec;  /* what it was; .p NULL: not there */
};
struct undo {
	struct txn *t;
	uint64_t revision;
	int32_t today;
	uint32_t max_org;
	struct undone *u; /* by entity, then key; each once */
	size_t n, cap;
};
MUST_USE enum rc undo_apply(const struct undo *u);
