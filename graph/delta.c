/* delta.c - see delta.h. */
#include "graph/delta.h"

#include "base/util.h"
#include "graph/chain.h"
#include "graph/radix.h"

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
	return link_asks(attr) | VALUE_REACHED;
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
	const struct upward *u;
	struct scratch *s;
	struct adj_reader in;
	uint32_t avoid;
	unsigned layer;
	struct front now, next;
	bool failed;
};

/* scratch.index: own value in the low half, in the high half the value that goes on to those above. */
static bool meet(struct asking *a, uint32_t x, uint32_t attr, uint32_t value)
{
	struct scratch *s = a->s;
	uint32_t own, on, was;

	if (x >= s->n || !room_for(a->u->room, x, a->layer))
		return true;
	if (s->cell[x] >> 16 != s->epoch) {
		if (s->n_reach == s->cap_reach && !scratch_reach(s))
			return false;
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
			if ((e.attr & ADJ_DATED) && !dates_active(d++, a->u->on))
				continue;
			if (!meet(a, e.peer, e.attr, a->layer == 1 ? value_of_link(e.attr) : value))
				return false;
		}
	}
	return true;
}

/* The next layer's front, in number order. */
static void front_turn(struct asking *a)
{
	struct front f = a->now;

	a->now = a->next;
	a->next = f;
	a->next.n = 0;
	u32_sort(a->now.org, a->now.n);
	for (size_t i = 0; i < a->now.n; i++)
		a->s->bits[a->now.org[i] / 64] = 0;
}

static void turn(struct asking *a)
{
	front_turn(a);
	for (size_t i = 0; i < a->now.n; i++)
		a->now.value[i] = a->s->index[a->now.org[i]] >> 16;
}

/* Calls fn for what is known after the layer: what a chain that deep asks of S. */
static void tell(const struct asking *a, uint32_t supplier, void (*fn)(void *arg, const struct asked *a),
		 void *arg)
{
	const struct scratch *s = a->s;

	for (size_t i = 0; i < s->n_reach; i++) {
		uint32_t x = s->reach[i];
		struct asked k = { x, (s->index[x] & 0x7e0) | cell_tier(s->cell[x]), a->layer };

		if (x != supplier && (s->index[x] & VALUE_REACHED))
			fn(arg, &k);
	}
}

static bool ask_layer(struct asking *a, uint32_t supplier)
{
	if (a->layer == 1)
		return visit(a, supplier, 0);
	for (size_t i = 0; i < a->now.n; i++)
		if (!visit(a, a->now.org[i], a->now.value[i]))
			return false;
	return true;
}

/* The end of a walk: its outcome, and the bitmap empty as it was. */
static enum rc asking_end(struct asking *a, bool fits)
{
	enum rc rc = !fits ? RC_NOMEM : a->in.bad ? RC_DAMAGED : txn_rc(a->u->t);

	if (!fits)
		memset(a->s->bits, 0, (a->s->n / 64 + 1) * sizeof *a->s->bits);
	adj_reader_done(&a->in);
	front_done(&a->now);
	front_done(&a->next);
	return rc;
}

enum rc asked_each(const struct upward *u, uint32_t supplier, uint32_t depths,
		   void (*fn)(void *arg, const struct asked *a), void *arg)
{
	struct asking a = { .u = u, .s = u->s };
	bool fits = true;
	enum rc rc = scratch_begin(u->s, u->t);

	if (rc == RC_OK && !scratch_index(u->s))
		rc = RC_NOMEM;
	if (rc != RC_OK || !room_for(u->room, supplier, 0))
		return rc;
	adj_reader_init(&a.in, u->t, ADJ_IN);
	for (a.layer = 1; fits && depths >> a.layer; a.layer++) {
		fits = ask_layer(&a, supplier);
		if (!fits)
			break;
		turn(&a);
		if (depths >> a.layer & 1)
			tell(&a, supplier, fn, arg);
	}
	return asking_end(&a, fits);
}

/* ---- S's part of the figures ---- */

struct part {
	unsigned held, later, required;
	bool gap, at_risk;
	enum state state;
	enum gap_kind kind;
	enum gap_timing timing;
};

static struct memo_part *part_find(const struct memo *m, uint32_t supplier)
{
	size_t lo = 0, hi = m->n_parts;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (m->parts[mid].supplier < supplier)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < m->n_parts && m->parts[lo].supplier == supplier ? &m->parts[lo] : NULL;
}

/* The due date, by P's own link or by its targets for the tier; see chain.c. */
static int32_t due_of(const struct memo *m, uint32_t supplier, unsigned tier, unsigned required)
{
	const struct memo_part *own = tier == 1 ? part_find(m, supplier) : NULL;

	if (tier == 1)
		return own && own->level == required ? own->due : DAY_NONE;
	return (m->tiers_set >> tier & 1) && m->tiers[tier] == required ? m->due : DAY_NONE;
}

static struct part part_of(const struct memo *m, uint32_t supplier, uint32_t cell, standing st, int32_t on)
{
	unsigned tier = cell_tier(cell);
	int32_t due;
	struct part p = { .held = step_held(st), .later = st >> 11 & 7, .at_risk = step_at_risk(st),
			  .timing = GT_UNDATED };

	p.required = MAX(cell_level(cell), (unsigned)m->tiers[tier]);
	p.gap = p.held < p.required || (cell & CELL_MISFIT);
	p.state = chain_state(cell, p.required, st, p.later, p.gap);
	p.kind = chain_gap_kind(p.held, step_ever(st), p.required);
	due = due_of(m, supplier, tier, p.required);
	if (due != DAY_NONE)
		p.timing = due < on ? GT_OVERDUE : GT_DUE;
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

int shift_turns_gap(const struct memo *m, uint32_t supplier, uint32_t cell, standing before, standing after)
{
	return part_of(m, supplier, cell, after, 0).gap - part_of(m, supplier, cell, before, 0).gap;
}

void exposure_shift(struct exposure *x, const struct memo *m, uint32_t supplier, uint32_t cell,
		    standing before, standing after)
{
	struct part a = part_of(m, supplier, cell, before, x->on), b = part_of(m, supplier, cell, after, x->on);

	part_count(x, &a, cell_tier(cell), (uint64_t)-1);
	part_count(x, &b, cell_tier(cell), 1);
	x->spend_behind_gaps = spend_rounded(m->sum);
}

/* ---- spend ---- */

void memo_done(struct memo *m)
{
	free(m->parts);
	*m = (struct memo){ 0 };
}

static inline bool gained(const struct scratch *s, uint32_t org)
{
	return org < s->n && s->cell[org] >> 16 == s->epoch;
}

/* A product that rises within a layer counts from the next one on, multiplied from S outward, as chain.c
 * does. A private link is its procurer's own first link only, and these walks begin at suppliers. */
static bool gain_one(struct asking *a, uint32_t x, uint32_t attr, double g)
{
	struct scratch *s = a->s;
	double v = g * (adj_dependency(attr) / 10000.0);

	if (x >= s->n || x == a->avoid || adj_disclosure(attr) == DISC_PRIVATE ||
	    !room_for(a->u->room, x, a->layer) || (gained(s, x) && s->best[x] >= v))
		return true;
	s->cell[x] = s->epoch << 16 | a->layer;
	s->best[x] = v;
	if (s->bits[x / 64] >> (x % 64) & 1)
		return true;
	s->bits[x / 64] |= 1ull << (x % 64);
	return front_add(&a->next, x);
}

static bool gain_layer(struct asking *a, const double *frozen)
{
	struct adj_run run;

	for (size_t i = 0; i < a->now.n; i++)
		for (bool ok = adj_first(&a->in, a->now.org[i], &run); ok; ok = adj_next(&a->in, &run)) {
			const struct adj_dates *d = run.d;
			for (uint32_t k = 0; k < run.n; k++) {
				const struct adj_ent e = run.e[k];
				if ((e.attr & ADJ_DATED) && !dates_active(d++, a->u->on))
					continue;
				if (!gain_one(a, e.peer, e.attr, frozen[i]))
					return false;
			}
		}
	return true;
}

/* The next front in number order; *frozen: its products as of the layer that ended. */
static bool gain_turn(struct asking *a, double **frozen)
{
	double *p = realloc(*frozen, MAX(a->next.n, (size_t)1) * sizeof **frozen);

	if (!p)
		return false;
	*frozen = p;
	front_turn(a);
	for (size_t i = 0; i < a->now.n; i++)
		p[i] = a->s->best[a->now.org[i]];
	return true;
}

enum rc gains_each(const struct upward *u, const struct gains_query *q,
		   void (*fn)(void *arg, unsigned depth), void *arg)
{
	struct asking a = { .u = u, .s = u->s, .avoid = q->avoid };
	uint32_t supplier = q->supplier, depths = q->depths;
	AUTO_FREE double *frozen = NULL;
	enum rc rc = scratch_begin(u->s, u->t);
	bool fits;

	if (rc != RC_OK || !scratch_best(u->s) || supplier >= u->s->n)
		return RC_NOMEM;
	adj_reader_init(&a.in, u->t, ADJ_IN);
	u->s->cell[supplier] = u->s->epoch << 16;
	u->s->best[supplier] = 1.0;
	fits = front_add(&a.next, supplier) && gain_turn(&a, &frozen);
	for (unsigned depth = 1; fits && depths >> depth; depth++) { /* walks of depth - 1 links are known */
		if (depths >> depth & 1)
			fn(arg, depth);
		a.layer = depth;
		fits = !(depths >> depth >> 1) || (gain_layer(&a, frozen) && gain_turn(&a, &frozen));
	}
	return asking_end(&a, fits);
}

/* The walk that gave A its product may have gone through P itself, which does not count: only where it has more
 * links than P needs to S, and P's own product is not smaller. A cell says with how many links a product last rose. */
static bool through_procurer(const struct scratch *s, const struct asked *a, uint32_t supplier, double g)
{
	return cell_tier(s->cell[supplier]) > cell_tier(a->cell) && gained(s, a->procurer) &&
	       s->best[a->procurer] >= g;
}

static enum turn_result gap_begins(struct memo *m, const struct scratch *s, const struct asked *a, uint32_t supplier)
{
	for (size_t i = 0; i < m->n_parts; i++) {
		struct memo_part *p = &m->parts[i];
		double g = p->supplier == supplier ? 1.0 : gained(s, p->supplier) ? s->best[p->supplier] : 0;

		if (p->gap)
			continue;
		if (p->supplier == supplier)
			p->gap = true;
		if (p->spend <= 0 || g <= p->m)
			continue;
		if (p->supplier != supplier && through_procurer(s, a, p->supplier, g))
			return TURN_THROUGH;
		m->sum += spend_part(p->spend, g) - spend_part(p->spend, p->m);
		p->m = g;
	}
	return TURN_DONE;
}

/* Whether what counted may have been a walk to S; products are rounded: a near miss counts as a hit. */
static bool gap_counted(const struct memo *m, const struct scratch *s)
{
	for (size_t i = 0; i < m->n_parts; i++) {
		const struct memo_part *p = &m->parts[i];

		if (!p->gap && p->spend > 0 && gained(s, p->supplier) && s->best[p->supplier] > p->m - 1e-9)
			return true;
	}
	return false;
}

enum turn_result memo_turn(struct memo *m, const struct scratch *s, const struct asked *a, uint32_t supplier,
			   int turn)
{
	if (turn > 0)
		return gap_begins(m, s, a, supplier);
	return cell_tier(a->cell) > 1 && !gap_counted(m, s) ? TURN_DONE : TURN_COMPUTE;
}
