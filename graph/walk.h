/*
 * walk.h - the bounded walk over a procurer's chain. The one place that decides which links a chain
 * contains: active on the day and visible to the procurer (domain.md, "The chain of a procurer").
 *
 * How it is fast (ADR 0040): neighbours lie packed in number order (adj.h), a frontier is visited in number
 * order so that each block is looked up once a tier, and what is known of a reached organisation is one
 * 32-bit cell in an array by number, valid by its epoch so that nothing is cleared between walks. Where a
 * chain is a good part of the country its last tier is not followed link by link: one pass over
 * everybody's procurers (sweep.c) reads memory in sequence and asks a bitmap.
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
	CELL_NAMED = 1 << 12,    /* a link asked shows its name; see walk_named() */
	CELL_ASKED = CELL_GAP - 1, /* the tier and what is asked */
};
static inline unsigned cell_tier(uint32_t c) { return c & 31; }
static inline unsigned cell_level(uint32_t c) { return c >> 5 & 7; }
/* What a link asks of its supplier, as the bits of a cell above the tier: flags merge by or, of levels the highest
 * counts. */
static inline uint32_t link_asks(uint32_t attr)
{
	unsigned level = adj_level(attr), scope = adj_scope(attr);
	uint32_t c = level << 5;
	if (scope == FIT_NO + 1 && level > 0)
		c |= CELL_MISFIT;
	if (scope == FIT_PARTLY + 1 || scope == FIT_UNKNOWN + 1)
		c |= CELL_DOUBT;
	if (attr & ADJ_UNDECIDED)
		c |= CELL_UNDECIDED;
	return c;
}

/* How a walk goes about it, see walk.c; other than WALK_ANY for tests. */
enum walk_form {
	WALK_ANY,
	WALK_TOP_DOWN,
	WALK_SWEEP, /* passes over everything wherever they are possible */
};

struct scratch {
	uint32_t n;          /* arrays hold numbers 0..n-1 */
	uint32_t epoch;      /* 1..65535 */
	uint32_t *cell;
	uint64_t *bits;      /* all zero between walks */
	uint64_t *seen;      /* sweeps: P and tiers up to N - 1 */
	uint32_t *index;     /* made by scratch_index(): a place in a list */
	double *best;        /* made by scratch_best(): dependency */
	uint8_t *mask;       /* made by scratch_mask(): all zero between walks */
	uint32_t *reach;     /* reached organisations, tier by tier */
	size_t n_reach, cap_reach;
	uint32_t tier_first[TIER_MAX + 2]; /* reach[tier_first[k] .. tier_first[k+1]) is tier k */
	uint32_t *list;      /* see scratch_list() */
	size_t cap_list;
	enum walk_form form;
};

struct walk {
	struct txn *t;
	struct scratch *s;
	const struct chain_query *q;
	struct adj_reader out;
	uint64_t dependency_defaulted;
	bool any_grants; /* there are grants at all */
	bool veiled;     /* the caller sees as the procurer does: who is named is found out too */
	bool swept;      /* reach ends with tier N - 1: sweep_each() finds the last one */
	enum rc rc;
};

/* Makes room for every organisation of the snapshot and begins an epoch. */
MUST_USE enum rc scratch_begin(struct scratch *s, struct txn *t);
void scratch_force(struct scratch *s, enum walk_form form);
/* Room that not every walk needs; false: out of memory. */
bool scratch_index(struct scratch *s);
bool scratch_best(struct scratch *s);
bool scratch_mask(struct scratch *s);
bool scratch_reach(struct scratch *s); /* for one more in reach */
bool scratch_list(struct scratch *s, size_t n);
/* Is a pass over everybody's links cheaper than following those of n organisations? last: nothing further hangs
 * on that. */
bool scratch_sweeps(const struct scratch *s, struct txn *t, size_t n, bool last);
/* Puts list[0..n), whose bits are set and no others, into number order and clears the bits. */
void scratch_order(struct scratch *s, uint32_t *list, size_t n);
/* After a failure the bitmap may be half set: the next walk must find it empty. */
void scratch_bits_clear(struct scratch *s);
static inline void bit_set(uint64_t *bits, uint32_t org) { bits[org / 64] |= 1ull << (org % 64); }
static inline bool bit_has(const uint64_t *bits, uint32_t org) { return bits[org / 64] >> (org % 64) & 1; }
static inline bool cell_reached(const struct scratch *s, uint32_t org)
{
	return s->cell[org] >> 16 == s->epoch;
}

bool dates_active(const struct adj_dates *d, int32_t day);
/* Is procurer -> supplier, not the viewer's own link, visible to the viewer? attr: of its entry. */
bool link_visible(struct txn *t, uint32_t viewer, uint32_t procurer, uint32_t supplier, uint32_t attr,
		  int32_t day, bool any_grants);
/* Does the link show its supplier's name to the chain's procurer, where it is not the procurer's own? */
bool link_names(const struct walk *w, uint32_t procurer, uint32_t supplier, uint32_t attr);
/* Is somebody in reach named for who reads? cell: complete, of the walk or the sweep after it. P's own links name their
 * suppliers, which are those of tier 1. */
static inline bool walk_named(const struct walk *w, uint32_t cell)
{
	return !w->veiled || (cell & CELL_NAMED) || cell_tier(cell) == 1;
}
/* Reaches everybody within q->depth tiers; fills cell, reach, tier_first. may_sweep: where the last tier
 * hangs on a good part of all organisations, it is left to sweep_each(). */
MUST_USE enum rc walk_run(struct walk *w, struct txn *t, struct scratch *s, const struct chain_query *q,
			  bool may_sweep);
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

/* ---- sweep.c: passes over everybody's procurers, in number order ---- */

/* After a walk that left its last tier out (w->swept): calls fn for everybody in reach, in number order, with the
 * cell filled. */
MUST_USE enum rc sweep_each(struct walk *w, void (*fn)(void *arg, uint32_t org), void *arg);
/* One layer of dependency: calls rise for everybody whose best value, as far as s->best tells, is beaten by a last
 * link from an organisation whose bit is set. s->best must not change meanwhile; s->best[0], nobody's, is taken. */
MUST_USE enum rc sweep_products(struct walk *w, bool (*rise)(void *arg, uint32_t org, double value), void *arg);

/* ---- dependency.c ---- */

/* Who rose to which best value with exactly that many links, in number order. */
struct rises {
	uint32_t *org;
	double *value;
	size_t n, cap;
};
struct layers {
	unsigned depth;
	struct rises of[TIER_MAX + 1]; /* [1..depth] */
};
/* After walk_run(): best(k, X) for all of reach; the final values are in s->best too. */
MUST_USE enum rc layers_run(struct walk *w, struct layers *out);
void layers_done(struct layers *l);
size_t layers_bytes(const struct layers *l);
/* best(k, org); -1: not reached with so few links. */
double layers_best(const struct layers *l, uint32_t org, unsigned k);
/* The layers at which org was first reached (its tier), and last rose; false: not in reach. */
bool layers_of(const struct layers *l, uint32_t org, unsigned *out_first, unsigned *out_last);
