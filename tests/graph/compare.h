/* compare.h - asks the store and the twin the same questions and tells where they differ. */
#pragma once

#include "graph/answers.h"
#include "tests/twin/twin.h"

/* One question. */
struct question {
	int p;
	unsigned depth;
	int32_t on, horizon;
};
struct question question_random(const struct world *w, struct rng *r);

/* Each writes what differs to out and answers whether nothing did. The world has its numbers. */
bool compare_chain(const struct world *w, struct txn *t, struct scratch *s, const struct question *q,
		   FILE *out);
bool compare_impact(const struct world *w, struct txn *t, struct scratch *s, int supplier,
		    const struct question *q, int held_level, FILE *out);
/* Whom the procurer of the question knows, on its day. */
bool compare_known(const struct world *w, struct txn *t, struct scratch *s, const struct question *q, FILE *out);
/* Levels held by everybody on a day, and until when. */
bool compare_held(const struct world *w, struct txn *t, int32_t day, FILE *out);
/* Levels, clauses and counts of every link on a day. */
bool compare_links(const struct world *w, struct txn *t, int32_t day, FILE *out);
/* Who may be touched must cover the watched procurers that are. */
bool compare_touched(const struct world *w, struct txn *t, struct scratch *s, int org, int32_t day,
		     FILE *out);
/* compare_pick.c: everybody in the chain, which may be as P itself sees it (twin_hide), as a list. */
bool compare_pick(const struct twin_chain *c, struct txn *t, struct scratch *s, const struct chain_query *q, struct rng *r,
		  FILE *out);
/* compare_many.c: everybody without grants in one pass, at that depth. */
bool compare_many(const struct world *w, struct txn *t, struct scratch *s, const struct question *q, FILE *out);
/* compare_counts.c: the chain in cells, and what ends when. */
bool compare_counts(const struct world *w, struct txn *t, struct scratch *s, const struct question *q, FILE *out);
/* compare_ways.c: the way from each of those to the supplier. */
bool compare_ways(const struct world *w, struct txn *t, struct scratch *s, const struct impact *im, int supplier,
		  const struct question *q, FILE *out);
/* The store's own check finds nothing. */
bool compare_sound(struct txn *t, FILE *out);
