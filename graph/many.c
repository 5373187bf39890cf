/* many.c - see many.h: the pass over everybody's procurers, the judgement by masks, the counts. */
#include "graph/many.h"

#include <sys/mman.h>

#include "base/util.h"

#define COUNT_BITS 32u
#define PAGE_LARGE ((size_t)2 << 20)
#define AHEAD 16u /* lists, and links of a long one; divides ADJ_BLOCK */

/*
 * 64 counts that lie on their side: each is the sum over k of 2^k times its bits in sum[k] and, where bit k of `adds`
 * is set, in waiting[k]. A mask waits until there is a second one to be added together with it, so that a carry
 * goes up only every other time: one full adder an addition on the average, whatever the masks.
 */
struct counter {
	uint32_t adds;
	uint64_t sum[COUNT_BITS], waiting[COUNT_BITS];
};

static inline void counter_add(struct counter *c, uint64_t mask)
{
	unsigned k = 0;

	if (!mask)
		return;
	for (; c->adds >> k & 1; k++) {
		uint64_t s = c->sum[k], either = c->waiting[k] ^ mask;

		mask = (c->waiting[k] & mask) | (s & either);
		c->sum[k] = s ^ either;
	}
	c->waiting[k] = mask;
	c->adds++;
}

static uint64_t counter_of(const struct counter *c, size_t i)
{
	uint64_t v = 0;

	for (unsigned k = 0; k < COUNT_BITS; k++) {
		v += (c->sum[k] >> i & 1) << k;
		if (c->adds >> k & 1)
			v += (c->waiting[k] >> i & 1) << k;
	}
	return v;
}

struct tier_counters {
	struct counter held[6], states[ST__COUNT], unknown_below;
};

struct pass {
	struct many *m;
	struct adj_reader in;
	struct step_reader steps;
	struct tier_counters *tiers; /* [1..depth] */
	struct counter at_risk, kinds[GK__COUNT], overdue, due, defaulted;
	/* what the procurers hope for by tier: [tier][level], who asks that level or more; who has a date for just it */
	uint64_t hoped[TIER_MAX + 1][7], dated[TIER_MAX + 1][7], past;
	bool any_hoped;
};

/* What is asked of one organisation, as masks. */
struct asks {
	uint64_t reached, misfit, doubt, undecided;
	uint64_t level[8]; /* just that one; after asks_sum: that or more */
};

/* Most links have a level and nothing of this. */
#define ASKS_MORE (7u << 17 | ADJ_UNDECIDED | ADJ_DEP_DEFAULTED) /* 7 << 17: scope fit, see adj.h */

/* The pass waits for `seen` of procurers that lie anywhere: those of the next lists are called for together. */
static void call_for(struct pass *p, uint32_t from)
{
	const struct many *m = p->m;
	struct adj_run run;

	for (uint32_t x = from; x < from + AHEAD && x < m->n; x++)
		if (adj_first(&p->in, x, &run))
			for (uint32_t i = 0; i < MIN(run.n, AHEAD); i++)
				__builtin_prefetch(&m->seen[MIN(run.e[i].peer, m->n - 1)]);
}

static void asks_read(struct pass *p, uint32_t x, uint64_t self, struct asks *a)
{
	struct many *m = p->m;
	struct adj_run run;

	for (bool ok = adj_first(&p->in, x, &run); ok; ok = adj_next(&p->in, &run)) {
		const struct adj_dates *d = run.d;
		for (uint32_t i = 0; i < run.n; i++) {
			const struct adj_ent e = run.e[i];
			uint64_t mask;
			uint32_t asks;

			if (i + AHEAD < run.n)
				__builtin_prefetch(&m->seen[MIN(run.e[i + AHEAD].peer, m->n - 1)]);
			if (((e.attr & ADJ_DATED) && !dates_active(d++, m->q->on)) || e.peer >= m->n)
				continue;
			mask = adj_disclosure(e.attr) == DISC_PRIVATE ? many_source(m, e.peer) : m->seen[e.peer];
			mask &= ~self;
			a->level[adj_level(e.attr)] |= mask;
			if (!(e.attr & ASKS_MORE) || !mask)
				continue;
			asks = link_asks(e.attr);
			if (asks & CELL_MISFIT)
				a->misfit |= mask;
			if (asks & CELL_DOUBT)
				a->doubt |= mask;
			if (asks & CELL_UNDECIDED)
				a->undecided |= mask;
			if (e.attr & ADJ_DEP_DEFAULTED)
				counter_add(&p->defaulted, mask);
		}
	}
	for (unsigned l = 0; l <= 5; l++)
		a->reached |= a->level[l];
}

/* Who has the organisation at that tier. */
static uint64_t tier_mask(const struct pass *p, uint32_t x, unsigned k, const struct asks *a, uint64_t self)
{
	const struct many *m = p->m;
	uint64_t mask = m->seen[x] & ~self;

	if (k == m->depth)
		return a->reached & ~m->seen[x];
	for (unsigned b = 0; mask && (m->depth - 1) >> b; b++)
		mask &= k >> b & 1 ? m->tier[b][x] : ~m->tier[b][x];
	return mask;
}

/* level[l]: who asks l or more, targets for the tier included. */
static void asks_sum(struct pass *p, const uint64_t *tier, struct asks *a)
{
	for (unsigned l = 5; l > 0; l--)
		a->level[l] |= a->level[l + 1];
	for (unsigned k = 2; p->any_hoped && k <= p->m->depth; k++)
		for (unsigned l = 1; tier[k] && l <= 5; l++)
			a->level[l] |= tier[k] & p->hoped[k][l];
}

/* Dates of gaps: P's targets' for the tier from the second on, its own link's for the first. */
static void count_timing(struct pass *p, uint32_t x, const uint64_t *tier, const struct asks *a, uint64_t gap)
{
	struct many *m = p->m;
	uint64_t overdue = 0, due = 0;

	for (unsigned k = 2; p->any_hoped && k <= m->depth; k++)
		for (unsigned l = 0; tier[k] && l <= 5; l++) {
			uint64_t just = (l ? a->level[l] : UINT64_MAX) & ~a->level[l + 1];
			uint64_t with = gap & tier[k] & just & p->dated[k][l];

			overdue |= with & p->past;
			due |= with & ~p->past;
		}
	for (uint64_t own = gap & tier[1]; own; own &= own - 1) {
		unsigned i = (unsigned)__builtin_ctzll(own), level = 5;
		const struct own_link *k = own_find(&m->own[i], x);

		while (level > 0 && !(a->level[level] >> i & 1))
			level--;
		if (!k || !k->active || k->level != level || k->due == DAY_NONE)
			continue;
		if (k->due < m->q->on)
			overdue |= 1ull << i;
		else
			due |= 1ull << i;
	}
	counter_add(&p->overdue, overdue);
	counter_add(&p->due, due);
}

/* The states in the order of domain.md; each takes who is left. */
static void states_of(const struct asks *a, uint32_t bits, unsigned later, uint64_t gap, uint64_t *state)
{
	uint64_t left = a->reached & ~gap;

	state[ST_GAP] = gap;
	state[ST_UNDECIDED] = left & a->undecided;
	left &= ~state[ST_UNDECIDED];
	state[ST_UNCONFIRMED] = left & (a->level[step_confirmed(bits) + 1] | a->doubt);
	left &= ~state[ST_UNCONFIRMED];
	state[ST_EXPIRING] = left & a->level[later + 1];
	left &= ~state[ST_EXPIRING];
	state[ST_MET] = left & a->level[1];
	state[ST_NOT_ASKED] = left & ~a->level[1];
}

static void count_kinds(struct pass *p, const struct asks *a, uint32_t bits, uint64_t gap)
{
	uint64_t short_of = gap & a->level[step_held(bits) + 1];
	unsigned ever = step_ever(bits);

	counter_add(&p->kinds[GK_OUT_OF_SCOPE], gap & ~short_of);
	if (ever == 0) {
		counter_add(&p->kinds[GK_NEVER], short_of);
		return;
	}
	counter_add(&p->kinds[GK_BELOW], short_of & a->level[ever + 1]);
	counter_add(&p->kinds[GK_LAPSED], short_of & ~a->level[ever + 1]);
}

/* Does it have a link that others see? Its own viewer sees more, but is not its own supplier. */
static bool has_below(struct pass *p, uint32_t x)
{
	struct adj_run run;

	for (bool ok = adj_first(&p->m->out, x, &run); ok; ok = adj_next(&p->m->out, &run)) {
		const struct adj_dates *d = run.d;
		for (uint32_t i = 0; i < run.n; i++) {
			if ((run.e[i].attr & ADJ_DATED) && !dates_active(d++, p->m->q->on))
				continue;
			if (adj_disclosure(run.e[i].attr) != DISC_PRIVATE)
				return true;
		}
	}
	return false;
}

static void count_tiers(struct pass *p, const uint64_t *tier, const uint64_t *state, unsigned held, bool unknown)
{
	for (unsigned k = 1; k <= p->m->depth; k++) {
		struct tier_counters *t = &p->tiers[k];

		if (!tier[k])
			continue;
		counter_add(&t->held[held], tier[k]);
		for (unsigned s = 0; s < ST__COUNT; s++)
			counter_add(&t->states[s], tier[k] & state[s]);
		if (unknown)
			counter_add(&t->unknown_below, tier[k]);
	}
}

/* Returns whose gap it is. */
static uint64_t judge(struct pass *p, uint32_t x, struct asks *a, uint64_t self)
{
	uint64_t tier[TIER_MAX + 1], state[ST__COUNT], gap;
	uint32_t n;
	const struct step *st = steps_of(&p->steps, x, &n);
	int64_t later = MIN((int64_t)p->m->q->on + p->m->q->horizon, (int64_t)DAY_MAX);
	uint32_t bits = steps_at(st, n, p->m->q->on), bits_later = steps_at(st, n, (int32_t)later);

	for (unsigned k = 1; k <= p->m->depth; k++)
		tier[k] = tier_mask(p, x, k, a, self);
	asks_sum(p, tier, a);
	gap = a->reached & (a->level[step_held(bits) + 1] | a->misfit);
	states_of(a, bits, step_held(bits_later), gap, state);
	count_tiers(p, tier, state, step_held(bits), !step_attested(bits) && !has_below(p, x));
	if (step_at_risk(bits))
		counter_add(&p->at_risk, a->reached);
	if (gap) {
		count_kinds(p, a, bits, gap);
		count_timing(p, x, tier, a, gap);
	}
	return gap;
}

/* After it m->front says who has a gap where. */
static enum rc pass_run(struct pass *p)
{
	struct many *m = p->m;

	for (uint32_t x = 0; x < m->n; x++) {
		struct asks a = { 0 };
		uint64_t self = many_source(m, x);

		if (x % AHEAD == 0)
			call_for(p, x);
		asks_read(p, x, self, &a);
		m->front[x] = a.reached ? judge(p, x, &a, self) : 0;
	}
	return p->in.bad || p->steps.bad || m->out.bad ? RC_DAMAGED : txn_rc(m->t);
}

/* ---- one procurer's figures ---- */

static void tier_out(const struct tier_counters *c, size_t i, struct tier_figures *t, struct exposure *x)
{
	for (unsigned h = 0; h < 6; h++) {
		t->held[h] = counter_of(&c->held[h], i);
		t->suppliers += t->held[h];
	}
	for (unsigned s = 0; s < ST__COUNT; s++) {
		t->states[s] = counter_of(&c->states[s], i);
		x->states[s] += t->states[s];
	}
	t->gaps = t->states[ST_GAP];
	t->unknown_below = counter_of(&c->unknown_below, i);
	x->suppliers += t->suppliers;
	x->gaps += t->gaps;
}

static void figures_out(const struct pass *p, size_t i, struct exposure *x)
{
	const struct many *m = p->m;
	const struct chain *c = &m->own[i];

	*x = (struct exposure){ .depth = m->depth, .on = m->q->on, .horizon = m->q->horizon };
	for (unsigned k = 1; k <= m->depth; k++)
		tier_out(&p->tiers[k], i, &x->tiers[k], x);
	for (unsigned k = 0; k < GK__COUNT; k++)
		x->gap_kinds[k] = counter_of(&p->kinds[k], i);
	x->gap_timing[GT_OVERDUE] = counter_of(&p->overdue, i);
	x->gap_timing[GT_DUE] = counter_of(&p->due, i);
	x->gap_timing[GT_UNDATED] = x->gaps - x->gap_timing[GT_OVERDUE] - x->gap_timing[GT_DUE];
	x->at_risk = counter_of(&p->at_risk, i);
	x->dependency_defaulted = counter_of(&p->defaulted, i);
	x->exceptions = c->exceptions;
	x->clause_gaps = c->clause_gaps;
	x->clauses_undetermined = c->clauses_undetermined;
	x->annual_spend = c->annual_spend;
	x->spend_unknown = c->spend_unknown;
}

/* ---- beginning and end ---- */

static void hopes_of(struct pass *p, size_t i)
{
	const struct targets *t = p->m->own[i].targets;
	uint64_t bit = 1ull << i;

	if (t->due != DAY_NONE && t->due < p->m->q->on)
		p->past |= bit;
	for (unsigned k = 2; k <= p->m->depth; k++) {
		if (!(t->tiers_set >> k & 1) && !t->tiers[k])
			continue;
		p->any_hoped = true;
		for (unsigned l = 1; l <= MIN(t->tiers[k], 5u); l++)
			p->hoped[k][l] |= bit;
		if ((t->tiers_set >> k & 1) && t->due != DAY_NONE)
			p->dated[k][MIN(t->tiers[k], 5u)] |= bit;
	}
}

/* In large pages where there are some: nearly every word that is read lies in another page than the one before. */
static bool words_new(uint64_t **p, size_t n)
{
	size_t bytes = (n * sizeof **p + PAGE_LARGE - 1) / PAGE_LARGE * PAGE_LARGE;

	free(*p);
	*p = n < PAGE_LARGE / sizeof **p ? malloc(n * sizeof **p) : aligned_alloc(PAGE_LARGE, bytes);
	if (!*p)
		return false;
	if (n >= PAGE_LARGE / sizeof **p)
		(void)madvise(*p, bytes, MADV_HUGEPAGE);
	memset(*p, 0, n * sizeof **p);
	return true;
}

/* All empty, with room for every organisation of the snapshot. */
static enum rc arrays_begin(struct many *m)
{
	uint32_t need = graph_max_org(m->t) + 1;
	bool fits = true;

	if (need > m->n) {
		need += need / 8 + 1024;
		m->n = 0;
		for (unsigned b = 0; b < MANY_PLANES; b++) {
			free(m->tier[b]);
			m->tier[b] = NULL;
		}
		if (!words_new(&m->seen, need) || !words_new(&m->front, need) || !words_new(&m->next, need) ||
		    !words_new(&m->is_source, need / 64 + 1))
			return RC_NOMEM;
		m->n = need;
	} else {
		memset(m->seen, 0, m->n * sizeof *m->seen);
		memset(m->front, 0, m->n * sizeof *m->front);
		memset(m->next, 0, m->n * sizeof *m->next);
		memset(m->is_source, 0, (m->n / 64 + 1) * sizeof *m->is_source);
	}
	for (unsigned b = 0; (m->depth - 1) >> b && fits; b++)
		fits = words_new(&m->tier[b], m->n);
	return fits ? RC_OK : RC_NOMEM;
}

static enum rc own_open(struct many *m)
{
	enum rc rc = RC_OK;

	m->own = calloc(m->q->n, sizeof *m->own);
	m->queries = calloc(m->q->n, sizeof *m->queries);
	for (size_t i = 0; i < m->q->n && rc == RC_OK; i++) {
		if (!m->own || !m->queries)
			return RC_NOMEM;
		m->queries[i] = (struct chain_query){ .procurer = m->q->watches[i].org, .depth = m->depth,
						      .on = m->q->on, .horizon = m->q->horizon,
						      .caller = { .sees_all = true } };
		rc = chain_own(&m->own[i], m->t, &m->queries[i]);
	}
	return rc;
}

static void pass_end(struct many *m)
{
	for (size_t i = 0; m->own && i < m->q->n; i++)
		chain_done(&m->own[i]);
	free(m->own);
	free(m->queries);
	adj_reader_done(&m->out);
	m->own = NULL;
	m->queries = NULL;
}

static enum rc pass(struct many *m, struct exposure *out, struct memo *const *memos, uint64_t *out_left)
{
	AUTO_FREE struct pass *p = calloc(1, sizeof *p);
	AUTO_FREE struct tier_counters *tiers = calloc(TIER_MAX + 1, sizeof *tiers);
	enum rc rc = p && tiers ? own_open(m) : RC_NOMEM;

	if (rc == RC_OK)
		rc = many_walk(m);
	if (rc != RC_OK)
		return rc;
	p->m = m;
	p->tiers = tiers;
	for (size_t i = 0; i < m->q->n; i++)
		hopes_of(p, i);
	adj_reader_init(&p->in, m->t, ADJ_IN);
	step_reader_init(&p->steps, m->t);
	rc = pass_run(p);
	adj_reader_done(&p->in);
	for (size_t i = 0; i < m->q->n && rc == RC_OK; i++) {
		bool left = false;

		figures_out(p, i, &out[i]);
		rc = many_spend(m, i, &out[i].spend_behind_gaps, memos ? memos[i] : NULL, &left);
		*out_left |= (uint64_t)left << i;
	}
	return rc;
}

enum rc exposures_compute(struct many *m, struct txn *t, const struct many_query *q, struct exposure *out,
			  struct memo *const *memos, uint64_t *out_left)
{
	enum rc rc;

	m->t = t;
	m->q = q;
	m->depth = q->watches[0].depth;
	*out_left = 0;
	adj_reader_init(&m->out, t, ADJ_OUT);
	rc = arrays_begin(m);
	if (rc == RC_OK)
		rc = pass(m, out, memos, out_left);
	pass_end(m);
	return rc != RC_OK ? rc : txn_rc(t);
}

void many_done(struct many *m)
{
	free(m->seen);
	free(m->front);
	free(m->next);
	free(m->is_source);
	for (unsigned b = 0; b < MANY_PLANES; b++)
		free(m->tier[b]);
	*m = (struct many){ 0 };
}
