/*
 * touched.h - which watched procurers a run of revisions can have touched, and by which event.
 * Belongs to the figurer's thread; works on one snapshot.
 */
#pragma once

#include "graph/answers.h"

struct watch {
	uint32_t org;
	uint8_t depth;
};

/* An event that can have changed figures. revision 0: none is known. */
struct cause {
	uint64_t revision;
	uint32_t seq;
};

/* One watched procurer touched. day: by the calendar of that day; DAY_NONE: by a write. */
struct touch {
	uint32_t watch; /* index */
	int32_t day;
	struct cause cause;
};

struct touched {
	struct scratch *scratch;
	struct watch *watches; /* by number of the organisation */
	size_t n_watches;
	bool watches_stale;
	/* of the last touched_collect() */
	struct touch *touches; /* by watch, then day; one of a kind */
	size_t n_touches, cap_touches;
	int32_t *days;         /* the new days, rising */
	size_t n_days, cap_days;
	uint64_t log_bytes;    /* read, for tests */
	/* working memory, see touched.c */
	struct seed *seeds;
	size_t n_seeds, cap_seeds;
	uint8_t *seen, *watched; /* one bit an organisation */
	size_t bits_bytes;
	uint8_t *hit;            /* one byte a watch */
	struct buf log;
};

MUST_USE enum rc touched_init(struct touched *x);
void touched_done(struct touched *x);
/* Reads the revisions after `after` up to the snapshot's. Where the log no longer reaches back, all are touched. */
MUST_USE enum rc touched_collect(struct touched *x, struct txn *t, uint64_t after, uint64_t to);
/* How watch i was touched: its first touch by a write, and by a day; NULL: not. */
const struct touch *touched_find(const struct touched *x, size_t i, int32_t day);
