/*
 * sweep.c - passes over everybody's procurers (the IN blocks) in number order. Where a chain is a good part
 * of all organisations, reading all links once in sequence and asking a bitmap about each one's procurer
 * is faster than following the chain's own links into memory at random.
 */
#include <math.h>

#include "base/util.h"
#include "graph/walk.h"

/* What a link asks, found by the attributes above dependency: one bit for its level (bits 0-7), the flags of a
 * cell, and: */
enum { ASK_SLOW = 1 << 11 }; /* dated, private or granted: whether it counts, or names, must be looked at */
#define ASK_ATTR(attr) ((attr) >> 14 & 0xfff)
#define ASK_FLAGS (CELL_MISFIT | CELL_DOUBT | CELL_UNDECIDED | CELL_NAMED)

struct sweep {
	struct walk *w;
	struct adj_reader in;
	uint16_t ask[1 << 12];
};

static void ask_table(struct sweep *p)
{
	for (uint32_t i = 0; i < ARRAY_LEN(p->ask); i++) {
		uint32_t attr = i << 14, asks = link_asks(attr), m = 1u << cell_level(asks) | (asks & ASK_FLAGS);
		if ((attr & ADJ_DATED) || adj_disclosure(attr) == DISC_PRIVATE || (p->w->veiled && (attr & ADJ_GRANTS)))
			m |= ASK_SLOW;
		if (p->w->veiled && adj_disclosure(attr) == DISC_UPSTREAM)
			m |= CELL_NAMED;
		p->ask[i] = (uint16_t)m;
	}
}

/* Does the link count for the procurer whose chain it is? d: of the next dated entry. */
static inline bool counts(const struct walk *w, uint32_t org, struct adj_ent e, const struct adj_dates **d)
{
	if ((e.attr & ADJ_DATED) && !dates_active((*d)++, w->q->on))
		return false;
	return adj_disclosure(e.attr) != DISC_PRIVATE || e.peer == w->q->procurer ||
	       link_visible(w->t, w->q->procurer, e.peer, org, e.attr, w->q->on, w->any_grants);
}

struct asked {
	uint32_t mask;
	uint64_t defaulted;
};

/* Link by link, as domain.md has it. */
static void asked_exactly(struct sweep *p, uint32_t org, const struct adj_run *run, struct asked *a)
{
	struct walk *w = p->w;
	const struct adj_dates *d = run->d;
	for (uint32_t i = 0; i < run->n; i++) {
		const struct adj_ent e = run->e[i];
		if (!counts(w, org, e, &d) || e.peer >= w->s->n || !bit_has(w->s->seen, e.peer))
			continue;
		a->mask |= p->ask[ASK_ATTR(e.attr)] & ~(uint32_t)ASK_SLOW;
		if (w->veiled && !(a->mask & CELL_NAMED) && link_names(w, e.peer, org, e.attr))
			a->mask |= CELL_NAMED;
		a->defaulted += (e.attr & ADJ_DEP_DEFAULTED) != 0;
	}
}

/* Without a branch that depends on the data, as long as nothing needs a closer look. */
static inline void asked_of_run(struct sweep *p, uint32_t org, const struct adj_run *run, struct asked *a)
{
	const uint64_t *seen = p->w->s->seen;
	uint32_t mask = 0, defaulted = 0, n = p->w->s->n;
	for (uint32_t i = 0; i < run->n; i++) {
		const struct adj_ent e = run->e[i];
		if (e.peer >= n)
			continue;
		uint32_t in = (uint32_t)bit_has(seen, e.peer);
		mask |= p->ask[ASK_ATTR(e.attr)] & -in;
		defaulted += (e.attr / ADJ_DEP_DEFAULTED) & in;
	}
	if (mask & ASK_SLOW) {
		asked_exactly(p, org, run, a);
		return;
	}
	a->mask |= mask;
	a->defaulted += defaulted;
}

static struct asked asked_of(struct sweep *p, uint32_t org)
{
	struct asked a = { 0 };
	struct adj_run run;
	for (bool ok = adj_first(&p->in, org, &run); ok; ok = adj_next(&p->in, &run))
		asked_of_run(p, org, &run, &a);
	return a;
}

static enum rc sweep_end(struct sweep *p, enum rc rc)
{
	if (p->in.bad)
		rc = RC_DAMAGED;
	adj_reader_done(&p->in);
	return rc != RC_OK ? rc : txn_rc(p->w->t);
}

enum rc sweep_each(struct walk *w, void (*fn)(void *arg, uint32_t org), void *arg)
{
	struct scratch *s = w->s;
	struct sweep p = { .w = w };
	uint32_t end = MIN(graph_max_org(w->t) + 1, s->n);
	ask_table(&p);
	adj_reader_walk(&p.in, w->t, ADJ_IN);
	for (uint32_t no = 0; no * ADJ_BLOCK < end && !p.in.bad; no++) {
		if (!adj_load(&p.in, no))
			continue;
		for (uint32_t org = no * ADJ_BLOCK; org < MIN((no + 1) * ADJ_BLOCK, end); org++) {
			struct asked a = asked_of(&p, org);
			if (!a.mask || org == w->q->procurer)
				continue;
			unsigned level = 31 - (unsigned)__builtin_clz(a.mask & 0xff);
			unsigned tier = bit_has(s->seen, org) ? cell_tier(s->cell[org]) : w->q->depth;
			s->cell[org] = s->epoch << 16 | (a.mask & ASK_FLAGS) | level << 5 | tier;
			w->dependency_defaulted += a.defaulted;
			fn(arg, org);
		}
	}
	return sweep_end(&p, RC_OK);
}

/* ---- dependency ---- */

/* The best product that ends with a link of the run from an organisation whose bit is set; at least `best`. The
 * others are read as nobody's: a guess that fails costs more than a read that does not matter. */
static double best_of_run(struct sweep *p, uint32_t org, const struct adj_run *run, double best)
{
	struct walk *w = p->w;
	const struct scratch *s = w->s;
	const struct adj_dates *d = run->d;
	for (uint32_t i = 0; i < run->n; i++) {
		const struct adj_ent e = run->e[i];
		if (!counts(w, org, e, &d) || e.peer >= s->n)
			continue;
		uint32_t from = e.peer & -(uint32_t)bit_has(s->bits, e.peer);
		double v = s->best[from] * (adj_dependency(e.attr) / 10000.0);
		best = v > best ? v : best; /* never where v is no number */
	}
	return best;
}

static double best_of(struct sweep *p, uint32_t org)
{
	double best = p->w->s->best[org];
	struct adj_run run;
	for (bool ok = adj_first(&p->in, org, &run); ok; ok = adj_next(&p->in, &run))
		best = best_of_run(p, org, &run, best);
	return best;
}

enum rc sweep_products(struct walk *w, bool (*rise)(void *arg, uint32_t org, double value), void *arg)
{
	struct sweep p = { .w = w };
	uint32_t end = MIN(graph_max_org(w->t) + 1, w->s->n);
	enum rc rc = RC_OK;
	w->s->best[0] = -INFINITY;
	adj_reader_walk(&p.in, w->t, ADJ_IN);
	for (uint32_t no = 0; no * ADJ_BLOCK < end && !p.in.bad && rc == RC_OK; no++) {
		if (!adj_load(&p.in, no))
			continue;
		for (uint32_t org = no * ADJ_BLOCK; org < MIN((no + 1) * ADJ_BLOCK, end); org++) {
			double v = best_of(&p, org);
			if (v > w->s->best[org] && org != w->q->procurer && !rise(arg, org, v))
				rc = RC_NOMEM;
		}
	}
	return sweep_end(&p, rc);
}
