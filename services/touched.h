/*
 * touched.h - which watched procurers a run of revisions can have touched, and by which event.
 * Belongs to the figurer's thread; works on one snapshot.
 */
#pragma once

#include "graph/answers.h"
#include "graph/delta.h"
#include "graph/room.h"

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

/* Where to walk from; a revision becomes these. */
enum seed_kind {
	SEED_WALK,   /* any procurer that reaches org can be touched */
	SEED_DIRECT, /* org's own figures only */
	SEED_HELD,   /* as SEED_WALK, but only by what org holds */
};
struct seed {
	uint32_t org; /* ORG_NONE: everybody is touched */
	int32_t day;  /* DAY_NONE: a write */
	enum seed_kind kind;
	struct cause cause;
};

/* An organisation that now holds something else, and what that does to one watch. */
struct shift {
	uint32_t org;
	int32_t day;
	standing before, after;
	struct cause cause;
};
struct delta {
	uint32_t watch, shift, cell; /* indexes; what the chain asks of the organisation */
};

struct touched {
	struct scratch *scratch;
	struct watch *watches; /* by number of the organisation */
	struct memo *memos;    /* of each watch, where it was computed by this process */
	size_t n_watches;
	bool watches_stale;
	struct room room;      /* prunes the walks; see graph/room.h */
	uint64_t room_gone;    /* links and watches that went since it was built */
	/* of the last touched_collect() */
	struct touch *touches; /* by watch, then day; one of a kind */
	size_t n_touches, cap_touches;
	struct delta *deltas;  /* by watch: those not among touches whose figures shift */
	size_t n_deltas, cap_deltas;
	struct shift *shifts;
	size_t n_shifts, cap_shifts;
	int32_t *days;         /* the new days, rising */
	size_t n_days, cap_days;
	/* what every organisation held when the last collection ended; not ready: to be read anew */
	standing *standings;
	uint32_t n_standings;
	bool standings_ready;
	/* working memory, see touched.c and shifts.c */
	struct seed *seeds;
	size_t n_seeds, cap_seeds;
	uint8_t *seen, *seen_held, *watched; /* one bit an organisation */
	size_t bits_bytes;
	uint8_t *hit;                        /* one byte a watch */
	struct buf log;
};

MUST_USE enum rc touched_init(struct touched *x);
void touched_done(struct touched *x);
/* Reads the revisions after `after` up to the snapshot's. Where the log no longer reaches back, all are touched. */
MUST_USE enum rc touched_collect(struct touched *x, struct txn *t, uint64_t after, uint64_t to);
/* Everything that a collection needs, while there is time: the snapshot stands where the figures do. */
MUST_USE enum rc touched_prepare(struct touched *x, struct txn *t);
/* After a round that did not become figures: what is remembered of organisations no longer fits them. */
void touched_forget(struct touched *x);
/* The deltas of watch i: *out_n of them. */
const struct delta *touched_deltas(const struct touched *x, size_t i, size_t *out_n);
/* How watch i was touched: its first touch by a write, and by a day; NULL: not. */
const struct touch *touched_find(const struct touched *x, size_t i, int32_t day);

bool holds_grants(struct txn *t, uint32_t procurer);

/* ---- inside ---- */
struct upward upward_of(struct touched *x, struct txn *t);
static inline bool bit_get(const uint8_t *bits, uint32_t i) { return bits[i >> 3] >> (i & 7) & 1; }
static inline void bit_put(uint8_t *bits, uint32_t i) { bits[i >> 3] |= (uint8_t)(1u << (i & 7)); }
size_t watch_index(const struct touched *x, uint32_t org);
void touch_add(struct touched *x, struct txn *t, size_t watch, int32_t day, struct cause cause);
/* seeds.c: the seeds of the revisions after `after`. */
MUST_USE enum rc seeds_read(struct touched *x, struct txn *t, uint64_t after, uint64_t to);
/* shifts.c: takes the seeds that are shifts out of the seeds, if they are few; finds out whom they touch,
 * once the touches of the other seeds stand. */
MUST_USE enum rc shifts_find(struct touched *x, struct txn *t);
MUST_USE enum rc shifts_prepare(struct touched *x, struct txn *t);
MUST_USE enum rc shifts_resolve(struct touched *x, struct txn *t);
