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

#include <string.h>

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
	struct view v; /* p NULL: nobody of the block has steps */
	bool bad;
};
void step_reader_init(struct step_reader *r, struct txn *t);
bool steps_load(struct step_reader *r, uint32_t block);
static inline uint32_t steps_first(struct view block, uint32_t slot)
{
	uint32_t x;
	memcpy(&x, (const char *)block.p + 4 * slot, 4);
	return x;
}
/* All steps of org; *out_n 0 where there are none. */
static inline const struct step *steps_of(struct step_reader *r, uint32_t org, uint32_t *out_n)
{
	*out_n = 0;
	if (r->have && r->block == org / STEP_BLOCK ? !r->v.p : !steps_load(r, org / STEP_BLOCK))
		return NULL;
	uint32_t a = steps_first(r->v, org % STEP_BLOCK), b = steps_first(r->v, org % STEP_BLOCK + 1);
	if (a > b || b > steps_first(r->v, STEP_BLOCK)) {
		r->bad = true;
		return NULL;
	}
	*out_n = b - a;
	return (const void *)((const char *)r->v.p + STEP_HEAD_BYTES + 8 * (size_t)a);
}
/* The bits that hold on a day; 0: nothing. */
uint32_t steps_search(const struct step *s, uint32_t n, int32_t day);
static inline uint32_t steps_at(const struct step *s, uint32_t n, int32_t day)
{
	uint32_t bits = 0;
	if (n > 16) /* few organisations have many */
		return steps_search(s, n, day);
	for (uint32_t i = 0; i < n && s[i].day <= day; i++)
		bits = s[i].bits;
	return bits;
}

/* steps_write.c: computes the steps of organisations anew from their certificates (and their parents') and
 * writes them, each block once; the calendar's entries follow, and what they held before is noted.
 * orgs: ascending, without doubles. */
struct batch;
MUST_USE enum rc steps_rebuild(struct batch *b, const uint32_t *orgs, size_t n);
/* Drops all (the organisation goes). */
void steps_clear(struct txn *w, uint32_t org);
/* Computed but not written, for the offline check: malloc'ed into *out. */
MUST_USE enum rc steps_compute(struct txn *t, uint32_t org, struct step **out, uint32_t *out_n);
