/*
 * chain.c - a procurer's own links, and what domain.md says of each supplier in its chain: required
 * level, gap, kind, timing, state. Everything here reads; nothing is kept.
 */
#include "graph/chain.h"

#include "base/util.h"
#include "graph/delta.h"
#include "graph/radix.h"

const char *const state_names[ST__COUNT] = { "gap", "undecided", "unconfirmed", "expiring", "met", "not-asked" };
const char *const gap_kind_names[GK__COUNT] = { "never", "below", "lapsed", "out-of-scope" };
const char *const gap_timing_names[GT__COUNT] = { "overdue", "due", "undated" };

/* ---- own links ---- */

static bool own_add(struct chain *c, size_t *cap, struct own_link k)
{
	if (c->n_own == *cap) {
		size_t n = *cap ? *cap * 2 : 64;
		struct own_link *p = realloc(c->own, n * sizeof *p);
		if (!p)
			return false;
		c->own = p;
		*cap = n;
	}
	c->own[c->n_own++] = k;
	return true;
}

static void count_clauses(struct chain *c, const struct clause_view *v)
{
	for (int no = 0; no < CL__COUNT; no++) {
		c->clause_gaps += v->state[no] == CS_GAP;
		c->clauses_undetermined += v->state[no] == CS_UNDETERMINED;
	}
}

static struct own_link own_of(struct chain *c, uint32_t supplier, const struct rec *r)
{
	struct level_result lr;
	struct own_link k = { .supplier = supplier, .active = link_active(r, c->w.q->on) };
	level_of_link(c->targets, r, &lr);
	k.level = lr.level;
	k.due = link_due(c->targets, r, &lr);
	k.planned_on = rec_day(r, LINK_PLANNED_ON);
	k.spend = rec_int(r, LINK_ANNUAL_SPEND, -1);
	k.exception = lr.exception;
	if (k.active) {
		c->exceptions += lr.exception;
		c->spend_unknown += k.spend < 0;
		if (k.spend > 0 && __builtin_add_overflow(c->annual_spend, k.spend, &c->annual_spend))
			c->annual_spend = INT64_MAX;
	}
	return k;
}

static enum rc own_read(struct chain *c, bool clauses, const struct own_reader *reader)
{
	struct link_iter it;
	struct clause_reader cr;
	struct clause_view view;
	struct rec r;
	size_t cap = 0;
	enum rc rc = RC_OK;

	link_iter_open(&it, c->w.t, c->w.q->procurer, 0);
	clause_reader_init(&cr, c->w.t, c->w.q->procurer);
	while (rc == RC_OK && link_iter_next(&it, &r)) {
		if (!own_add(c, &cap, own_of(c, it.supplier, &r)))
			rc = RC_NOMEM;
		if (clauses) {
			clause_reader_link(&cr, it.supplier, &r, c->targets->own_level, c->w.q->on, &view);
			count_clauses(c, &view);
		}
		if (reader && rc == RC_OK)
			reader->fn(reader->arg, &c->own[c->n_own - 1], &r, clauses ? &view : NULL);
	}
	clause_reader_done(&cr);
	link_iter_close(&it);
	return rc != RC_OK ? rc : txn_rc(c->w.t);
}

const struct own_link *own_find(const struct chain *c, uint32_t supplier)
{
	size_t lo = 0, hi = c->n_own;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (c->own[mid].supplier < supplier)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < c->n_own && c->own[lo].supplier == supplier ? &c->own[lo] : NULL;
}

enum rc chain_open_with(struct chain *c, struct txn *t, struct scratch *s, const struct chain_query *q, bool clauses,
			const struct own_reader *reader)
{
	*c = (struct chain){ .targets = malloc(sizeof *c->targets) };
	if (!c->targets)
		return RC_NOMEM;
	enum rc rc = targets_of(t, q->procurer, c->targets);
	if (rc == RC_OK)
		rc = walk_run(&c->w, t, s, q, true);
	step_reader_init(&c->steps, t);
	return rc == RC_OK ? own_read(c, clauses, reader) : rc;
}

enum rc chain_open(struct chain *c, struct txn *t, struct scratch *s, const struct chain_query *q, bool clauses)
{
	return chain_open_with(c, t, s, q, clauses, NULL);
}

enum rc chain_each(struct chain *c, void (*fn)(void *arg, uint32_t supplier), void *arg)
{
	struct scratch *s = c->w.s;
	enum rc rc = RC_OK;
	if (c->w.swept)
		rc = sweep_each(&c->w, fn, arg);
	for (size_t i = 0; !c->w.swept && i < s->n_reach; i++)
		fn(arg, s->reach[i]);
	return rc == RC_OK && (c->steps.bad || c->w.out.bad) ? RC_DAMAGED : rc;
}

enum rc chain_own_with(struct chain *c, struct txn *t, const struct chain_query *q, const struct own_reader *reader)
{
	*c = (struct chain){ .targets = malloc(sizeof *c->targets) };
	if (!c->targets)
		return RC_NOMEM;
	c->w.t = t;
	c->w.q = q;
	adj_reader_init(&c->w.out, t, ADJ_OUT);
	enum rc rc = targets_of(t, q->procurer, c->targets);
	return rc == RC_OK ? own_read(c, true, reader) : rc;
}

enum rc chain_own(struct chain *c, struct txn *t, const struct chain_query *q)
{
	return chain_own_with(c, t, q, NULL);
}

void chain_done(struct chain *c)
{
	walk_done(&c->w);
	free(c->targets);
	free(c->own);
}

/* ---- judging ---- */

/* Only the procurer's own dates count; see domain.md "timing". */
static int32_t due_of(const struct chain *c, const struct own_link *own, unsigned tier, unsigned required)
{
	int32_t due = DAY_NONE;
	if (own && own->active && own->level == required)
		due = own->due;
	if (tier >= 2 && (c->targets->tiers_set >> tier & 1) && c->targets->tiers[tier] == required &&
	    c->targets->due != DAY_NONE && (due == DAY_NONE || c->targets->due < due))
		due = c->targets->due;
	return due;
}

enum gap_kind chain_gap_kind(unsigned held, unsigned ever, unsigned required)
{
	if (held >= required)
		return GK_OUT_OF_SCOPE;
	if (ever == 0)
		return GK_NEVER;
	return ever >= required ? GK_LAPSED : GK_BELOW;
}

enum state chain_state(uint32_t cell, unsigned required, uint32_t bits, unsigned held_later, bool gap)
{
	if (gap)
		return ST_GAP;
	if (cell & CELL_UNDECIDED)
		return ST_UNDECIDED;
	if ((required > 0 && step_confirmed(bits) < required) || (cell & CELL_DOUBT))
		return ST_UNCONFIRMED;
	if (held_later < required)
		return ST_EXPIRING;
	return required > 0 ? ST_MET : ST_NOT_ASKED;
}

const struct step *chain_steps(struct chain *c, uint32_t supplier, uint32_t *out_n, struct standing_in *out)
{
	const struct step *st = steps_of(&c->steps, supplier, out_n);
	int64_t later = (int64_t)c->w.q->on + c->w.q->horizon;
	out->cell = c->w.s->cell[supplier] & CELL_ASKED;
	out->bits = steps_at(st, *out_n, c->w.q->on);
	out->later = step_held(steps_at(st, *out_n, (int32_t)MIN(later, (int64_t)DAY_MAX)));
	return st;
}

struct chain_item chain_judge(const struct chain *c, uint32_t supplier, const struct standing_in *st,
			      const struct own_link *own)
{
	unsigned tier = cell_tier(st->cell), held = step_held(st->bits);
	unsigned required = MAX(cell_level(st->cell), (unsigned)c->targets->tiers[tier]);
	bool gap = held < required || (st->cell & CELL_MISFIT);
	struct chain_item i = { .supplier = supplier, .tier = (uint8_t)tier, .required = (uint8_t)required,
				.held = (uint8_t)held, .due = DAY_NONE, .planned_on = DAY_NONE,
				.expires_on = DAY_NONE, .timing = GT_UNDATED };

	i.state = (uint8_t)chain_state(st->cell, required, st->bits, st->later, gap);
	if (own)
		i.planned_on = own->planned_on;
	if (!gap)
		return i;
	i.kind = (uint8_t)chain_gap_kind(held, step_ever(st->bits), required);
	i.due = due_of(c, own, tier, required);
	if (i.due != DAY_NONE)
		i.timing = i.due < c->w.q->on ? GT_OVERDUE : GT_DUE;
	return i;
}

bool chain_has_below(struct chain *c, uint32_t supplier)
{
	struct adj_run run;
	struct walk *w = &c->w;
	for (bool ok = adj_first(&w->out, supplier, &run); ok; ok = adj_next(&w->out, &run)) {
		const struct adj_dates *d = run.d;
		for (uint32_t i = 0; i < run.n; i++) {
			if ((run.e[i].attr & ADJ_DATED) && !dates_active(d++, w->q->on))
				continue;
			if (link_visible(w->t, w->q->procurer, supplier, run.e[i].peer, run.e[i].attr, w->q->on,
					 w->any_grants))
				return true;
		}
	}
	return false;
}

/* ---- spend behind gaps ----
 *
 * g_k(x) = the highest product over walks of at most k links from x to a gap; 1 on a gap itself. Only
 * organisations that can matter are computed: layer 0 holds P's active suppliers with known spend
 * that are not in gap, layer j + 1 those suppliers of layer j that are not in gap and hang on by more than the
 * best direct link to a gap (a product is never higher than its first factor). Then g_(N-1-j) of layer j is
 * computed from the deepest layer up. */

struct layer {
	uint32_t *org; /* in number order */
	double *g;     /* first of the best direct link to a gap */
	size_t n, cap;
};

/* Once each: bits tells who is there. */
static bool layer_add(struct layer *l, struct scratch *s, uint32_t org)
{
	if (bit_has(s->bits, org))
		return true;
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;
		uint32_t *p = realloc(l->org, cap * sizeof *p);
		if (!p)
			return false;
		l->org = p;
		l->cap = cap;
	}
	bit_set(s->bits, org);
	l->org[l->n++] = org;
	return true;
}

static enum rc layer_close(struct layer *l, struct scratch *s)
{
	if (l->n > 0)
		scratch_order(s, l->org, l->n);
	l->g = malloc(MAX(l->n, (size_t)1) * sizeof *l->g);
	return l->g ? RC_OK : RC_NOMEM;
}

/* Walks of one link: the highest dependency on a gap. */
static double direct(struct chain *c, uint32_t org)
{
	const struct scratch *s = c->w.s;
	double best = 0;
	WALK_LINKS(&c->w, org, e, {
		if (s->cell[e.peer] & CELL_GAP)
			best = MAX(best, adj_dependency(e.attr) / 10000.0);
	});
	return best;
}

/* Fills l->g with walks of one link and, where to is not NULL, to with who may give more. */
static enum rc layer_next(struct chain *c, struct layer *l, struct layer *to)
{
	struct scratch *s = c->w.s;
	for (size_t i = 0; i < l->n; i++) {
		l->g[i] = direct(c, l->org[i]);
		if (!to)
			continue;
		WALK_LINKS(&c->w, l->org[i], e, {
			if (adj_dependency(e.attr) / 10000.0 <= l->g[i] || (s->cell[e.peer] & CELL_GAP))
				continue;
			if (!layer_add(to, s, e.peer))
				return RC_NOMEM;
		});
	}
	return to ? layer_close(to, s) : RC_OK;
}

static double layer_g(const struct layer *l, uint32_t org)
{
	const uint32_t *at = bsearch(&org, l->org, l->n, sizeof org, u32_cmp);
	return at ? l->g[at - l->org] : 0;
}

static void layer_raise(struct chain *c, struct layer *l, const struct layer *below)
{
	const struct scratch *s = c->w.s;
	for (size_t i = 0; below->n > 0 && i < l->n; i++) {
		double best = l->g[i];
		WALK_LINKS(&c->w, l->org[i], e, {
			double d = adj_dependency(e.attr) / 10000.0;
			if (d > best && !(s->cell[e.peer] & CELL_GAP))
				best = MAX(best, d * layer_g(below, e.peer));
		});
		l->g[i] = best;
	}
}

/* layers[0] is closed. */
static enum rc layers_solve(struct chain *c, struct layer *layers, unsigned n)
{
	enum rc rc = RC_OK;
	for (unsigned j = 0; j < n && rc == RC_OK; j++)
		rc = layer_next(c, &layers[j], j + 1 < n ? &layers[j + 1] : NULL);
	for (unsigned j = n - 1; j-- > 0 && rc == RC_OK;)
		layer_raise(c, &layers[j], &layers[j + 1]);
	return rc;
}

/* 1e-12 units, half away from zero: products of four-decimal numbers lie on or very near the grid. */
static uint64_t grid(double m)
{
	return (uint64_t)((long double)m * 1e12L + 0.5L);
}

spend_sum spend_part(int64_t spend, double m) { return (spend_sum)spend * grid(m); }

int64_t spend_rounded(spend_sum sum)
{
	spend_sum yen = (sum + 500000000000u) / 1000000000000u;

	return yen > INT64_MAX ? INT64_MAX : (int64_t)yen;
}

/* What a later change is measured against: see delta.h. */
static enum rc memo_fill(struct memo *m, const struct chain *c, const struct layer *first, spend_sum sum)
{
	const struct scratch *s = c->w.s;
	size_t at = 0; /* in the first layer, which is in the order of own links */

	m->parts = malloc(MAX(c->n_own, (size_t)1) * sizeof *m->parts);
	if (!m->parts)
		return RC_NOMEM;
	for (size_t i = 0; i < c->n_own; i++) {
		const struct own_link *k = &c->own[i];
		if (!k->active || !cell_reached(s, k->supplier))
			continue;
		struct memo_part *p = &m->parts[m->n_parts++];
		*p = (struct memo_part){ .supplier = k->supplier, .due = k->due, .level = k->level, .spend = k->spend,
					 .gap = (s->cell[k->supplier] & CELL_GAP) != 0 };
		if (first->g && at < first->n && first->org[at] == k->supplier)
			p->m = first->g[at++];
	}
	memcpy(m->tiers, c->targets->tiers, sizeof m->tiers);
	m->tiers_set = c->targets->tiers_set;
	m->due = c->targets->due;
	m->sum = sum;
	m->valid = true;
	return RC_OK;
}

enum rc chain_spend(struct chain *c, int64_t *out)
{
	struct layer layers[TIER_MAX] = { 0 };
	unsigned n = c->w.q->depth - 1; /* walks from A have at most N - 1 links */
	struct scratch *s = c->w.s;
	spend_sum sum = 0;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < c->n_own; i++) {
		const struct own_link *k = &c->own[i];
		if (!k->active || k->spend <= 0 || !cell_reached(s, k->supplier))
			continue;
		if (s->cell[k->supplier] & CELL_GAP)
			sum += spend_part(k->spend, 1.0);
		else if (n > 0 && !layer_add(&layers[0], s, k->supplier))
			rc = RC_NOMEM;
	}
	if (rc == RC_OK)
		rc = layer_close(&layers[0], s);
	if (rc == RC_OK && layers[0].n > 0)
		rc = layers_solve(c, layers, n);
	if (rc != RC_OK)
		scratch_bits_clear(s);
	for (size_t i = 0; i < layers[0].n && rc == RC_OK; i++) {
		const struct own_link *k = own_find(c, layers[0].org[i]);
		sum += spend_part(k->spend, layers[0].g[i]);
	}
	if (rc == RC_OK && c->memo)
		rc = memo_fill(c->memo, c, &layers[0], sum);
	for (unsigned j = 0; j < TIER_MAX; j++) {
		free(layers[j].org);
		free(layers[j].g);
	}
	*out = spend_rounded(sum);
	return rc != RC_OK ? rc : c->w.out.bad ? RC_DAMAGED : txn_rc(c->w.t);
}
