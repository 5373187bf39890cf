/*
 * crowd.h - watched procurers that must be computed anew, so many that one pass over the country for 64 of them
 * (graph/many.h) is shorter than a walk of each. Belongs to the figurer's thread.
 */
#pragma once

#include "graph/many.h"
#include "services/touched.h"

#define CROWD_MIN 12 /* fewer are walked one by one */

struct crowd {
	uint32_t *waiting; /* indexes of watches */
	size_t n_waiting, cap_waiting;
	/* the last batch */
	uint32_t batch[MANY_MAX];
	size_t n_batch;
	uint64_t left;     /* a bit for each of the batch that must be computed by itself */
	struct exposure *figures;
	struct many many;
};

void crowd_done(struct crowd *c);
void crowd_clear(struct crowd *c); /* nobody waits; memory goes back */
MUST_USE enum rc crowd_add(struct crowd *c, size_t watch);
/* Takes up to 64 of one depth off those who wait and computes them, memos too. RC_NOT_FOUND: nobody waits. */
MUST_USE enum rc crowd_next(struct crowd *c, struct touched *x, struct txn *t, int32_t on);
