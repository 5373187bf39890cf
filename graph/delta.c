/* delta.c - see delta.h. */
#include "graph/delta.h"

#include "base/util.h"
#include "graph/chain.h"

/* ---- standings ---- */

static standing standing_of_steps(const struct step *st, uint32_t n, int32_t on)
{
	int64_t later = MIN((int64_t)on + HORIZON_DEFAULT, (int64_t)DAY_MAX);

	return (standing)((steps_at(st, n, on) & 0x7ff) |
			  step_held(steps_at(st, n, (int32_t)later)) << 11);
}

standing standing_on(struct txn *t, uint32_t org, int32_t on)
{
	struct step_reader r;
	uint32_t n;

	step_reader_init(&r, t);
	const struct step *st = steps_of(&r, org, &n);
	return standing_of_steps(st, n, on);
}

enum rc standings_read(struct txn *t, int32_t on, standing *out, uint32_t n)
{
	struct step_reader r;

	step_reader_init(&r, t);
	for (uint32_t org = 0; org < n && !r.bad; org++) {
		uint32_t k;
		const struct step *st = steps_of(&r, org, &k);
		out[org] = standing_of_steps(st, k, on);
	}
	return r.bad ? RC_DAMAGED : txn_rc(t);
}

/* ---- what is asked of S ---- */

/* A value: cell bits 5..10 (level, misfit, doubt, undecided), and */
enum { VALUE_REACHED = 1 << 11, VALUE_BITS = 0xfe0 };

static inline uint32_t value_merge(uint32_t a, uint32_t b)
{
	uint32_t level = MAX(a & 0xe0, b & 0xe0);

	return level | ((a | b) & (VALUE_BITS & ~0xe0u));
}

static uint32_t value_of_link(uint32_t attr)
{
	unsigned level = adj_level(attr), scope = adj_scope(attr);
	uint32_t v = level << 5 | VALUE_REACHED;

	if (scope == FIT_NO + 1 && level > 0)
		v |= CELL_MISFIT;
	if (scope == FIT_PARTLY + 1 || scope == FIT_UNKNOWN + 1)
		v |= CELL_DOUBT;
	if (attr & ADJ_UNDECIDED)
		v |= CELL_UNDECIDED;
	return v;
}

struct front {
	uint32_t *org;
	uint32_t *value; /* frozen as of the layer that ended */
	size_t n, cap;
};

static bool front_add(struct front *f, uint32_t org)
{
	if (f->n == f->cap) {
		size_t cap = f->cap * 2 + 1024;
		uint32_t *a = realloc(f->org, cap * sizeof *a);
		if (a)
			f->org = a;
		uint32_t *b = realloc(f->value, cap * sizeof *b);
		if (b)
			f->value = b;
		if (!a || !b)
			return false;
		f->cap = cap;
	}
	f->org[f->n++] = org;
	return true;
}

static void front_done(struct front *f)
{
	free(f->org);
	free(f->value);
}

struct asking {
	struct txn *t;
	struct scratch *s;
	struct adj_reader in;
	int32_t on;
	unsigned layer;
	struct front now, next;
	bool failed;
};

/* scratch.index: own value in the low half, in the high half the value that goes on to those above. */
static bool meet(struct asking *a, uint32_t x, uint32_t attr, uint32_t value)
{
	struct scratch *s = a->s;
	uint32_t own, on, was;

	if (x >= s->n)
		return true;
	if (s->cell[x] >> 16 != s->epoch) {
		if (s->n_reach == s->cap_reach) {
			size_t cap = s->cap_reach * 2 + 1024;
			uint32_t *p = realloc(s->reach, cap * sizeof *p);
			if (!p)
				return false;
			s->reach = p;
			s->cap_reach = cap;
		}
		s->reach[s->n_reach++] = x;
		s->cell[x] = s->epoch << 16 | a->layer;
		s->index[x] = 0;
	}
	own = value_merge(s->index[x] & 0xffff, value);
	on = was = s->index[x] >> 16;
	if (adj_disclosure(attr) != DISC_PRIVATE)
		on = value_merge(on, value);
	s->index[x] = own | on << 16;
	if (on == was || (s->bits[x / 64] >> (x % 64) & 1))
		return true;
	s->bits[x / 64] |= 1ull << (x % 64);
	return front_add(&a->next, x);
}

static bool visit(struct asking *a, uint32_t y, uint32_t value)
{
	struct adj_run run;

	for (bool ok = adj_first(&a->in, y, &run); ok; ok = adj_next(&a->in, &run)) {
		const struct adj_dates *d = run.d;
		for (uint32_t i = 0; i < run.n; i++) {
			const struct adj_ent e = run.e[i];
			if ((e.attr & ADJ_DATED) && !dates_active(d++, a->on))
				continue;
			if (!meet(a, e.peer, e.attr, a->layer == 1 ? value_of_link(e.attr) : value))
				return false;
		}
	}
	return true;
}

static int u32_cmp(const void *pa, const void *pb)
{
	uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;

	return a < b ? -1 : a > b;
}

/* The next layer's front in number order. */
static void turn(struct asking *a)
{
	struct front f = a->now;

	a->now = a->next;
	a->next = f;
	a->next.n = 0;
	if (a->now.n > 1)
		qsort(a->now.org, a->now.n, sizeof *a->now.org, u32_cmp);
	for (size_t i = 0; i < a->now.n; i++) {
		uint32_t x = a->now.org[i];
		a->s->bits[x / 64] = 0;
		a->now.value[i] = a->s->index[x] >> 16;
	}
}

static bool layers(struct asking *a, uint32_t supplier, unsigned depth)
{
	a->layer = 1;
	if (!visit(a, supplier, 0))
		return false;
	turn(a);
	for (a->layer = 2; a->layer <= depth; a->layer++) {
		for (size_t i = 0; i < a->now.n; i++)
			if (!visit(a, a->now.org[i], a->now.value[i]))
				return false;
		turn(a);
	}
	return true;
}

enum rc asked_each(struct txn *t, struct scratch *s, uint32_t supplier, unsigned depth, int32_t on,
		   void (*fn)(void *arg, uint32_t procurer, uint32_t cell), void *arg)
{
	struct asking a = { .t = t, .s = s, .on = on };
	enum rc rc = scratch_begin(s, t);

	if (rc != RC_OK)
		return rc;
	adj_reader_init(&a.in, t, ADJ_IN);
	if (!layers(&a, supplier, depth)) {
		memset(s->bits, 0, (s->n / 64 + 1) * sizeof *s->bits);
		rc = RC_NOMEM;
	} else if (a.in.bad) {
		rc = RC_DAMAGED;
	}
	adj_reader_done(&a.in);
	front_done(&a.now);
	front_done(&a.next);
	for (size_t i = 0; i < s->n_reach && rc == RC_OK; i++) {
		uint32_t x = s->reach[i];
		if (x != supplier && (s->index[x] & VALUE_REACHED))
			fn(arg, x, (s->index[x] & 0x7e0) | cell_tier(s->cell[x]));
	}
	return rc != RC_OK ? rc : txn_rc(t);
}

/* ---- S's part of the figures ---- */

struct part {
	unsigned held, later, required;
	bool gap, at_risk;
	enum state state;
	enum gap_kind kind;
	enum gap_timing timing;
};

static struct part part_of(const struct memo *m, uint32_t cell, standing st, int32_t on)
{
	unsigned tier = cell_tier(cell);
	struct part p = { .held = step_held(st), .later = st >> 11 & 7, .at_risk = step_at_risk(st),
			  .timing = GT_UNDATED };

	p.required = MAX(cell_level(cell), (unsigned)m->tiers[tier]);
	p.gap = p.held < p.required || (cell & CELL_MISFIT);
	p.state = chain_state(cell, p.required, st, p.later, p.gap);
	p.kind = chain_gap_kind(p.held, step_ever(st), p.required);
	if ((m->tiers_set >> tier & 1) && m->tiers[tier] == p.required && m->due != DAY_NONE)
		p.timing = m->due < on ? GT_OVERDUE : GT_DUE;
	return p;
}

/* Adds or takes away (by = -1) one supplier. */
static void part_count(struct exposure *x, const struct part *p, unsigned tier, uint64_t by)
{
	struct tier_figures *t = &x->tiers[tier];

	x->at_risk += p->at_risk ? by : 0;
	x->states[p->state] += by;
	t->held[p->held] += by;
	t->states[p->state] += by;
	if (!p->gap)
		return;
	x->gaps += by;
	t->gaps += by;
	x->gap_kinds[p->kind] += by;
	x->gap_timing[p->timing] += by;
}

bool shift_turns_gap(const struct memo *m, uint32_t cell, standing before, standing after)
{
	return part_of(m, cell, before, 0).gap != part_of(m, cell, after, 0).gap;
}

void exposure_shift(struct exposure *x, const struct memo *m, uint32_t cell, standing before, standing after)
{
	struct part a = part_of(m, cell, before, x->on), b = part_of(m, cell, after, x->on);

	part_count(x, &a, cell_tier(cell), (uint64_t)-1);
	part_count(x, &b, cell_tier(cell), 1);
}

/* ---- spend ---- */

void memo_done(struct memo *m)
{
	free(m->parts);
	*m = (struct memo){ 0 };
}

/* Rises of the bound within a layer count at once: that only makes it larger. */
static bool bound_layer(struct asking *a)
{
	struct scratch *s = a->s;
	struct adj_run run;

	for (size_t i = 0; i < a->now.n; i++) {
		double g = s->best[a->now.org[i]];
		for (bool ok = adj_first(&a->in, a->now.org[i], &run); ok; ok = adj_next(&a->in, &run)) {
			const struct adj_dates *d = run.d;
			for (uint32_t k = 0; k < run.n; k++) {
				const struct adj_ent e = run.e[k];
				if ((e.attr & ADJ_DATED) && !dates_active(d++, a->on))
					continue;
				double v = g * (adj_dependency(e.attr) / 10000.0);
				if (e.peer >= s->n ||
				    (s->cell[e.peer] >> 16 == s->epoch && s->best[e.peer] >= v))
					continue;
				s->cell[e.peer] = s->epoch << 16;
				s->best[e.peer] = v;
				if (s->bits[e.peer / 64] >> (e.peer % 64) & 1)
					continue;
				s->bits[e.peer / 64] |= 1ull << (e.peer % 64);
				if (!front_add(&a->next, e.peer))
					return false;
			}
		}
	}
	return true;
}

enum rc bound_compute(struct txn *t, struct scratch *s, uint32_t supplier, unsigned links, int32_t on)
{
	struct asking a = { .t = t, .s = s, .on = on };
	enum rc rc = scratch_begin(s, t);

	if (rc == RC_OK && !s->best)
		s->best = malloc(s->n * sizeof *s->best);
	if (rc != RC_OK || !s->best || !front_add(&a.now, supplier))
		return RC_NOMEM;
	if (supplier < s->n) {
		s->cell[supplier] = s->epoch << 16;
		s->best[supplier] = 1.0;
	}
	adj_reader_init(&a.in, t, ADJ_IN);
	for (unsigned k = 0; k < links && rc == RC_OK; k++) {
		if (!bound_layer(&a))
			rc = RC_NOMEM;
		struct front f = a.now;
		a.now = a.next;
		a.next = f;
		a.next.n = 0;
		if (a.now.n > 1)
			qsort(a.now.org, a.now.n, sizeof *a.now.org, u32_cmp);
		for (size_t i = 0; i < a.now.n; i++)
			s->bits[a.now.org[i] / 64] = 0;
	}
	if (rc != RC_OK)
		memset(s->bits, 0, (s->n / 64 + 1) * sizeof *s->bits);
	else if (a.in.bad)
		rc = RC_DAMAGED;
	adj_reader_done(&a.in);
	front_done(&a.now);
	front_done(&a.next);
	return rc;
}

bool bound_reaches(const struct scratch *s, const struct memo *m)
{
	for (size_t i = 0; i < m->n_parts; i++) {
		uint32_t a = m->parts[i].supplier;
		/* products are rounded: a near miss counts as a hit */
		if (a < s->n && s->cell[a] >> 16 == s->epoch && s->best[a] > m->parts[i].m - 1e-9)
			return true;
	}
	return false;
}
