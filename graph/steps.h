/*
 * steps.h - what an organisation held on which day, as a step function: all that a walk asks of an
 * organisation, computed when certificates change and read by day.
 *
 * A block holds 256 consecutive organisations:
 *   u32 first[257]   step index where each organisation's steps begin; [256] is their number
 *   steps            8 bytes each: i32 day from which it holds, u32 bits
 * Steps of one organisation ascend by day; before the first one nothing is held. A first step at
 * DAY_NONE (the smallest number) holds from ever.
 */
#pragma once

#include "graph/graph.h"

#define STEP_BLOCK 256u
#define STEP_HEAD_BYTES (4 * (STEP_BLOCK + 1))
#define CERTS_MAX 500u /* certificates of one organisation */

struct step {
	int32_t day;
	uint32_t bits; /* held (3), ever (3), confirmed (3), at risk (1), attested (1) */
} __attribute__((packed));

static inline unsigned step_held(uint32_t bits) { return bits & 7; }
static inline unsigned step_ever(uint32_t bits) { return bits >> 3 & 7; }
static inline unsigned step_confirmed(uint32_t bits) { return bits >> 6 & 7; }
static inline bool step_at_risk(uint32_t bits) { return bits >> 9 & 1; }
static inline bool step_attested(uint32_t bits) { return bits >> 10 & 1; }

/* Remembers its block, like adj_reader: organisations in number order cost one look-up a block. */
struct step_reader {
	struct txn *t;
	uint32_t block;
	bool have;
	struct view v;
	bool bad;
};
void step_reader_init(struct step_reader *r, struct txn *t);
/* All steps of org; *out_n 0 where there are none. */
const struct step *steps_of(struct step_reader *r, uint32_t org, uint32_t *out_n);
/* The bits that hold on a day; 0: nothing. */
uint32_t steps_at(const struct step *s, uint32_t n, int32_t day);

/* steps_write.c: computes the steps of organisations anew from their certificates (and their parents') and
 * writes them, each block once; the calendar's entries follow, and what they held before is noted.
 * orgs: ascending, without doubles. */
struct batch;
MUST_USE enum rc steps_rebuild(struct batch *b, const uint32_t *orgs, size_t n);
/* Drops all (the organisation goes). */
void steps_clear(struct txn *w, uint32_t org);
/* Computed but not written, for the offline check: malloc'ed into *out. */
MUST_USE enum rc steps_compute(struct txn *t, uint32_t org, struct step **out, uint32_t *out_n);
