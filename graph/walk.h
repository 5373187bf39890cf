/*
 * walk.h - the bounded walk over a procurer's chain. The one place that decides which links a chain
 * contains: active on the day and visible to the procurer (domain.md, "The chain of a procurer").
 *
 * How it is fast: neighbours lie packed in number order (adj.h), a frontier is visited in number order so
 * that each block is looked up once a tier, and what is known of a reached organisation is one 32-bit
 * cell in an array by number, valid by its epoch so that nothing is cleared between walks.
 */
#pragma once

#include "graph/adj.h"
#include "graph/answers.h"
#include "graph/steps.h"

/* A cell: epoch << 16, then from the low bit: tier (5), highest effective level asked (3) and */
enum {
	CELL_MISFIT = 1 << 8,    /* a link asked with a level has scope_fit no */
	CELL_DOUBT = 1 << 9,     /* a link asked has scope_fit partly or unknown */
	CELL_UNDECIDED = 1 << 10,
	CELL_GAP = 1 << 11,      /* set when the item was judged */
};
static inline unsigned cell_tier(uint32_t c) { return c & 31; }
static inline unsigned cell_level(uint32_t c) { return c >> 5 & 7; }

/* One improvement of best(k, X): values of earlier layers stay readable through prev. */
struct gain {
	uint32_t prev;  /* index + 1 of the one before; 0: none */
	uint32_t layer;
	double value;
};

struct scratch {
	uint32_t n;          /* arrays hold numbers 0..n-1 */
	uint32_t epoch;      /* 1..65535 */
	uint32_t *cell;
	uint64_t *bits;      /* all zero between walks */
	uint32_t *index;     /* place in a list; valid where list[index[x]] == x */
	double *best;        /* dependency walks only */
	uint32_t *gain_of;   /* index + 1 of the newest gain */
	uint32_t *reach;     /* reached organisations, tier by tier */
	size_t n_reach, cap_reach;
	uint32_t tier_first[TIER_MAX + 2]; /* reach[tier_first[k] .. tier_first[k+1]) is tier k */
	struct gain *gains;
	size_t n_gains, cap_gains;
	uint32_t *list;      /* general-purpose lists, see walk.c */
	size_t cap_list;
	double *value;
	size_t cap_value;
};

struct walk {
	struct txn *t;
	struct scratch *s;
	const struct chain_query *q;
	struct adj_reader out;
	uint64_t dependency_defaulted;
	bool any_grants; /* there are grants at all */
	enum rc rc;
};

/* Makes room for every organisation of the snapshot and begins an epoch. */
MUST_USE enum rc scratch_begin(struct scratch *s, struct txn *t);
static inline bool cell_reached(const struct scratch *s, uint32_t org)
{
	return s->cell[org] >> 16 == s->epoch;
}

bool dates_active(const struct adj_dates *d, int32_t day);
/* Is procurer -> supplier, not the viewer's own link, visible to the viewer? attr: of its entry. */
bool link_visible(struct txn *t, uint32_t viewer, uint32_t procurer, uint32_t supplier, uint32_t attr,
		  int32_t day, bool any_grants);
/* Reaches everybody within q->depth tiers; fills cell, reach, tier_first. With dependency: best and
 * gains too. */
MUST_USE enum rc walk_run(struct walk *w, struct txn *t, struct scratch *s, const struct chain_query *q,
			  bool dependency);
void walk_done(struct walk *w);

/* fn for every active, visible link procurer -> supplier of the chain except those to the chain's
 * procurer: inline so that the compiler sees through it. */
#define WALK_LINKS(w, org, ent, body)                                                                  \
	do {                                                                                           \
		struct adj_run wl_run;                                                                 \
		for (bool wl_ok = adj_first(&(w)->out, (org), &wl_run); wl_ok;                         \
		     wl_ok = adj_next(&(w)->out, &wl_run)) {                                           \
			const struct adj_dates *wl_d = wl_run.d;                                       \
			for (uint32_t wl_i = 0; wl_i < wl_run.n; wl_i++) {                             \
				const struct adj_ent ent = wl_run.e[wl_i];                             \
				if ((ent.attr & ADJ_DATED) && !dates_active(wl_d++, (w)->q->on))       \
					continue;                                                      \
				if (ent.peer == (w)->q->procurer)                                      \
					continue;                                                      \
				if (adj_disclosure(ent.attr) == DISC_PRIVATE &&                        \
				    (org) != (w)->q->procurer &&                                       \
				    !link_visible((w)->t, (w)->q->procurer, (org), ent.peer, ent.attr, \
						  (w)->q->on, (w)->any_grants))                        \
					continue;                                                      \
				body                                                                   \
			}                                                                              \
		}                                                                                      \
	} while (0)
