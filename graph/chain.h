/*
 * chain.h - inside of graph/ only: the procurer's own links, and the judgement of one supplier in a
 * chain. Shared by exposure.c, list.c and dependency.c.
 */
#pragma once

#include "graph/walk.h"

/* One of the procurer's own links, in supplier order. */
struct own_link {
	uint32_t supplier;
	bool active;
	uint8_t level;
	int32_t due;        /* what link_due() says: counts where the link asks for the required level */
	int32_t planned_on;
	int64_t spend;      /* -1: unknown */
	bool exception;
};

/* Who reads of P's own links what is not kept of them: called for each, in supplier order, with its clauses where these are
 * counted (else NULL). */
struct own_reader {
	void (*fn)(void *arg, const struct own_link *own, const struct rec *link, const struct clause_view *clauses);
	void *arg;
};

struct chain {
	struct walk w;
	struct targets *targets;
	struct own_link *own;
	size_t n_own;
	struct memo *memo; /* NULL, or where chain_spend leaves what it found; see delta.h */
	uint64_t exceptions, clause_gaps, clauses_undetermined, spend_unknown;
	int64_t annual_spend; /* capped at INT64_MAX */
	struct step_reader steps;
};

/* Walks and reads the own links. done also after a failure. clauses: count them too. */
MUST_USE enum rc chain_open(struct chain *c, struct txn *t, struct scratch *s, const struct chain_query *q,
			    bool clauses);
MUST_USE enum rc chain_open_with(struct chain *c, struct txn *t, struct scratch *s, const struct chain_query *q,
				 bool clauses, const struct own_reader *reader);
/* fn for everybody in reach: tier by tier in number order, or all in number order. */
MUST_USE enum rc chain_each(struct chain *c, void (*fn)(void *arg, uint32_t supplier), void *arg);
/* Only targets, own links and clauses, for those who walk in another way; done as after chain_open. */
MUST_USE enum rc chain_own(struct chain *c, struct txn *t, const struct chain_query *q);
MUST_USE enum rc chain_own_with(struct chain *c, struct txn *t, const struct chain_query *q,
				const struct own_reader *reader);
void chain_done(struct chain *c);
const struct own_link *own_find(const struct chain *c, uint32_t supplier); /* NULL: none */

/* All that the judgement of a supplier hangs on, but for P's own link to it. */
struct standing_in {
	uint32_t cell; /* what is asked of it */
	uint32_t bits; /* what it holds on the day (steps.h) */
	unsigned later; /* level held at the horizon */
};
const struct step *chain_steps(struct chain *c, uint32_t supplier, uint32_t *out_n, struct standing_in *out);
enum gap_kind chain_gap_kind(unsigned held, unsigned ever, unsigned required);
enum state chain_state(uint32_t cell, unsigned required, uint32_t bits, unsigned held_later, bool gap);
/* S in reach: everything domain.md says of it; dependency, expires_on left to the caller. own: P's link to it, in
 * tier 1 only. */
struct chain_item chain_judge(const struct chain *c, uint32_t supplier, const struct standing_in *st,
			      const struct own_link *own);
/* Marks CELL_GAP, which chain_spend() reads. */
static inline void chain_mark(struct chain *c, uint32_t supplier, bool gap)
{
	c->w.s->cell[supplier] |= gap ? CELL_GAP : 0;
}
/* Does S have an active link visible to the procurer? (below_known answers for "unknown below") */
bool chain_has_below(struct chain *c, uint32_t supplier);
/* spend behind gaps, in whole yen; every reached organisation must have been judged. */
MUST_USE enum rc chain_spend(struct chain *c, int64_t *out);

/* clauses.c: reads the clauses of a procurer's links in step with the links. */
struct clause_reader {
	struct cur cur;
	uint32_t procurer;
	bool started;
};
void clause_reader_init(struct clause_reader *r, struct txn *t, uint32_t procurer);
void clause_reader_done(struct clause_reader *r);
/* Ascending suppliers. */
void clause_reader_link(struct clause_reader *r, uint32_t supplier, const struct rec *link, int own_level,
			int32_t on, struct clause_view *out);
