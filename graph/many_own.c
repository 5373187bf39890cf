/*
 * many_own.c - spend behind gaps of one procurer of the pass: for each own supplier the best walk to a gap, searched
 * depth first and cut off where not even whole dependency could beat what is already found. Where gaps are
 * many that ends after a few links; where they are few it may not: then it gives up, see many.h.
 */
#include "base/util.h"
#include "graph/many.h"

#define SEARCH_MAX 2000000u /* links */

struct search {
	struct many *m;
	struct adj_reader out[TIER_MAX]; /* by links left: each stands in its own block */
	uint64_t bit;
	uint32_t procurer;
	uint32_t links; /* looked at */
};

static inline bool in_gap(const struct search *s, uint32_t org)
{
	return (s->m->front[org] & s->bit) != 0;
}

/* The entries of a run that count for the procurer; they belong to others, so that private ones do not. */
static inline bool counts(const struct search *s, struct adj_ent e, const struct adj_dates **d)
{
	if ((e.attr & ADJ_DATED) && !dates_active((*d)++, s->m->q->on))
		return false;
	return e.peer != s->procurer && e.peer < s->m->n && adj_disclosure(e.attr) != DISC_PRIVATE;
}

static double best_direct(struct search *s, uint32_t x, unsigned links, double best)
{
	struct adj_run run;

	for (bool ok = adj_first(&s->out[links - 1], x, &run); ok; ok = adj_next(&s->out[links - 1], &run)) {
		const struct adj_dates *d = run.d;

		s->links += run.n;
		for (uint32_t i = 0; i < run.n; i++) {
			const struct adj_ent e = run.e[i];
			double v = adj_dependency(e.attr) / 10000.0;

			if (counts(s, e, &d) && v > best && in_gap(s, e.peer))
				best = v;
		}
	}
	return best;
}

/* The highest product over walks of at most `links` links from X to a gap, if it is above `floor`; else floor.
 * Multiplied from the gap towards X, as chain.c does. */
static double best_walk(struct search *s, uint32_t x, unsigned links, double floor)
{
	double best = best_direct(s, x, links, floor);
	struct adj_run run;

	if (links == 1)
		return best;
	for (bool ok = adj_first(&s->out[links - 1], x, &run); ok; ok = adj_next(&s->out[links - 1], &run)) {
		const struct adj_dates *d = run.d;

		for (uint32_t i = 0; i < run.n && s->links < SEARCH_MAX; i++) {
			const struct adj_ent e = run.e[i];
			double v = adj_dependency(e.attr) / 10000.0, least, g;

			if (!counts(s, e, &d) || v <= best || in_gap(s, e.peer))
				continue;
			least = best / v * (1 - 1e-12); /* rounding must not hide what is just above */
			g = best_walk(s, e.peer, links - 1, least);
			if (g > least)
				best = MAX(best, v * g);
		}
	}
	return best;
}

static void memo_part_add(struct memo *memo, const struct own_link *k, bool gap, double m)
{
	memo->parts[memo->n_parts++] = (struct memo_part){
		.supplier = k->supplier, .due = k->due, .level = k->level, .gap = gap, .spend = k->spend, .m = m,
	};
}

static enum rc memo_begin(struct memo *memo, const struct chain *c)
{
	memo_done(memo);
	memo->parts = malloc(MAX(c->n_own, (size_t)1) * sizeof *memo->parts);
	if (!memo->parts)
		return RC_NOMEM;
	memcpy(memo->tiers, c->targets->tiers, sizeof memo->tiers);
	memo->tiers_set = c->targets->tiers_set;
	memo->due = c->targets->due;
	return RC_OK;
}

/* The sum in 1e-12 yen; every own supplier in reach is a part of the memo. */
static spend_sum sum_up(struct search *s, const struct chain *c, unsigned links, struct memo *memo)
{
	spend_sum sum = 0;

	for (size_t i = 0; i < c->n_own && s->links < SEARCH_MAX; i++) {
		const struct own_link *k = &c->own[i];
		bool gap;
		double m = 0;

		if (!k->active || k->supplier == s->procurer || k->supplier >= s->m->n)
			continue;
		gap = in_gap(s, k->supplier);
		if (!gap && k->spend > 0 && links > 0)
			m = best_walk(s, k->supplier, links, 0);
		if (k->spend > 0)
			sum += spend_part(k->spend, gap ? 1.0 : m);
		if (memo)
			memo_part_add(memo, k, gap, m);
	}
	return sum;
}

enum rc many_spend(struct many *m, size_t i, int64_t *out, struct memo *memo, bool *out_left)
{
	struct search s = { .m = m, .bit = 1ull << i, .procurer = m->q->watches[i].org };
	enum rc rc = memo ? memo_begin(memo, &m->own[i]) : RC_OK;
	spend_sum sum;

	if (rc != RC_OK)
		return rc;
	for (unsigned k = 0; k + 1 < m->depth; k++)
		adj_reader_init(&s.out[k], m->t, ADJ_OUT);
	sum = sum_up(&s, &m->own[i], m->depth - 1, memo);
	for (unsigned k = 0; k + 1 < m->depth; k++) {
		rc = s.out[k].bad ? RC_DAMAGED : rc;
		adj_reader_done(&s.out[k]);
	}
	*out_left = s.links >= SEARCH_MAX;
	*out = spend_rounded(sum);
	if (memo) {
		memo->sum = sum;
		memo->valid = rc == RC_OK && !*out_left;
	}
	return rc;
}
