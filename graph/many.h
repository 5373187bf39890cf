/*
 * many.h - the exposures of up to 64 procurers in one pass over the country: what a night needs on which tens of
 * thousands of certificates end, or an import that touches everybody. The answers are exposure_compute()'s.
 *
 * One bit a procurer: a walk down from all of them at once leaves in `seen` who comes to an organisation within
 * N - 1 links, and in `tier` how. Then one pass over everybody's own procurers in number order (the IN blocks, in
 * sequence) collects for each organisation which of the 64 ask which level of it, as masks; the last tier of
 * the walk falls out of that too. States, kinds and levels are then decided for all 64 by logic on masks, and counted
 * in counters that lie on their side (bit k of all 64 counts in one word).
 * What is a procurer's own (due dates of own links, clauses, spend) is looked at one by one.
 */
#pragma once

#include "graph/chain.h"
#include "graph/delta.h"

#define MANY_MAX 64u
#define MANY_PLANES 5u /* tiers up to 31 in binary */

struct many_query {
	const struct watch *watches; /* rising by number, all of one depth; none may hold grants */
	size_t n;                    /* 1..64 */
	int32_t on, horizon;
};

/* Memory that lasts as long as the caller likes: about 8 bytes times 3, and one for each bit of the depth, an
 * organisation. */
struct many {
	uint32_t n; /* words in each array */
	uint64_t *seen, *front, *next;
	uint64_t *tier[MANY_PLANES];
	/* of the pass under way */
	struct txn *t;
	const struct many_query *q;
	unsigned depth;
	struct chain *own; /* [q->n]: own links and targets, without a walk */
	struct chain_query *queries;
	struct adj_reader out;
	uint64_t *is_source; /* one bit an organisation */
};

/* out[0..n), memos[0..n) (NULL: not wanted; each replaced). *out_left: a bit for each that is not answered,
 * because its spend is too long a search: it must be computed by itself. */
MUST_USE enum rc exposures_compute(struct many *m, struct txn *t, const struct many_query *q,
				   struct exposure *out, struct memo *const *memos, uint64_t *out_left);
void many_done(struct many *m);

/* ---- inside ---- */

/* The bit of the procurer whose number it is, or 0. */
static inline uint64_t many_source(const struct many *m, uint32_t org)
{
	if (!(m->is_source[org / 64] >> (org % 64) & 1))
		return 0;
	for (size_t i = 0; i < m->q->n; i++)
		if (m->q->watches[i].org == org)
			return 1ull << i;
	return 0;
}
/* many_walk.c: fills seen and tier with the tiers up to N - 1; a procurer itself is seen at tier 0. */
MUST_USE enum rc many_walk(struct many *m);
/* many_own.c: after the pass, with the gaps in m->front: spend behind gaps, and what a memo keeps. False: given up. */
MUST_USE enum rc many_spend(struct many *m, size_t i, int64_t *out, struct memo *memo, bool *out_left);
