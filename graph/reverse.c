/* reverse.c - see reverse.h. Layer by layer like walk.c, and like there a layer whose front is a good part of
 * all organisations is one pass over everybody's suppliers. */
#include "graph/reverse.h"

#include "base/util.h"

/* A value: level (3 bits) and; 0: nothing. */
enum { V_MISFIT = 8, V_REACHED = 16 };

static inline unsigned value_merge(unsigned a, unsigned b)
{
	return MAX(a & 7, b & 7) | ((a | b) & (V_MISFIT | V_REACHED));
}

static unsigned value_of_link(uint32_t attr)
{
	uint32_t asks = link_asks(attr);
	return cell_level(asks) | V_REACHED | (asks & CELL_MISFIT ? V_MISFIT : 0);
}

/* A cell of this walk: epoch << 16, tier as a procurer (5), own value (5), value that goes on (5). */
static inline unsigned own_value(uint32_t c) { return c >> 5 & 31; }
static inline unsigned on_value(uint32_t c) { return c >> 10 & 31; }

/* Does what arrives in this layer matter to anybody further up? */
static inline bool goes_further(const struct reverse *r) { return r->layer < r->depth || r->ways; }

/* Does X -> Y carry walks of procurers above X? */
static bool goes_on(struct reverse *r, uint32_t x, uint32_t y, uint32_t attr)
{
	if (x == r->viewer)
		return false; /* no walk of a procurer passes through itself */
	if (adj_disclosure(attr) != DISC_PRIVATE)
		return true;
	if (attr & ADJ_GRANTS)
		r->granted_links = true;
	return r->viewer != ORG_NONE && link_visible(r->t, r->viewer, x, y, attr, r->on, r->any_grants);
}

/* Walks arrive at x: with `own` as its own first link, with `on` (0: none) to go on with. */
static inline void meet(struct reverse *r, uint32_t x, unsigned own, unsigned on)
{
	struct scratch *s = r->s;
	uint32_t c = s->cell[x];
	if (c >> 16 != s->epoch) {
		if (s->n_reach == s->cap_reach && !scratch_reach(s)) {
			r->rc = RC_NOMEM;
			return;
		}
		s->reach[s->n_reach++] = x;
		c = s->epoch << 16 | r->layer;
	}
	unsigned was = on_value(c), now = value_merge(was, on);
	s->cell[x] = (c & 0xffff001fu) | value_merge(own_value(c), own) << 5 | now << 10;
	if (now == was)
		return;
	if (!was && r->ways)
		r->ways[x] = (uint8_t)r->layer;
	if (bit_has(s->bits, x))
		return;
	if (!scratch_list(s, r->n_next + 1)) {
		r->rc = RC_NOMEM;
		return;
	}
	bit_set(s->bits, x);
	s->list[r->n_next++] = x;
}

/* Cells lie anywhere in memory: each is asked for some links before its turn. */
#define AHEAD 8u

static void visit(struct reverse *r, uint32_t y, unsigned value)
{
	struct adj_run run;
	for (bool ok = adj_first(&r->in, y, &run); ok; ok = adj_next(&r->in, &run)) {
		const struct adj_dates *d = run.d;
		for (uint32_t i = 0; i < run.n && r->rc == RC_OK; i++) {
			const struct adj_ent e = run.e[i];
			if (i + AHEAD < run.n)
				__builtin_prefetch(&r->s->cell[run.e[i + AHEAD].peer]);
			if (((e.attr & ADJ_DATED) && !dates_active(d++, r->on)) || e.peer >= r->s->n)
				continue;
			unsigned v = r->layer == 1 ? value_of_link(e.attr) : value;
			bool on = goes_further(r) && goes_on(r, e.peer, y, e.attr);
			meet(r, e.peer, v, on ? v : 0);
		}
	}
}

/* ---- a layer in one pass ---- */

/* Values as masks, which merge by or: a bit for each level, then the misfit. */
#define MASK_MISFIT 0x40u

static uint8_t mask_of(unsigned value)
{
	return (uint8_t)(1u << MIN(value & 7, 5u) | (value & V_MISFIT ? MASK_MISFIT : 0));
}

static unsigned value_of(uint32_t mask)
{
	if (!mask)
		return 0;
	return (31 - (unsigned)__builtin_clz(mask & 0x3f)) | V_REACHED | (mask & MASK_MISFIT ? V_MISFIT : 0);
}

struct masks {
	uint32_t own, on;
};

static void run_exactly(struct reverse *r, uint32_t x, const struct adj_run *run, struct masks *m)
{
	const struct adj_dates *d = run->d;
	for (uint32_t i = 0; i < run->n; i++) {
		const struct adj_ent e = run->e[i];
		if (((e.attr & ADJ_DATED) && !dates_active(d++, r->on)) || e.peer >= r->s->n)
			continue;
		uint32_t mask = r->s->mask[e.peer];
		m->own |= mask;
		if (mask && goes_on(r, x, e.peer, e.attr))
			m->on |= mask;
	}
}

/* Without a branch that depends on the data; dated and private links, where they matter, with all rules. */
static inline void run_merge(struct reverse *r, uint32_t x, const struct adj_run *run, struct masks *m)
{
	const uint8_t *of = r->s->mask;
	uint32_t mask = 0, attr = 0, n = r->s->n;
	for (uint32_t i = 0; i < run->n; i++) {
		const struct adj_ent e = run->e[i];
		mask |= e.peer < n ? of[e.peer] : 0;
		attr |= e.attr;
	}
	if (!mask)
		return;
	if ((attr & ADJ_DATED) || (adj_disclosure(attr) & DISC_PRIVATE) || x == r->viewer) {
		run_exactly(r, x, run, m);
		return;
	}
	m->own |= mask;
	m->on |= mask;
}

/* Nothing that arrives can change what is known of x. */
static inline bool is_full(const struct reverse *r, uint32_t x)
{
	uint32_t c = r->s->cell[x];
	return c >> 16 == r->s->epoch && own_value(c) == r->top && (!goes_further(r) || on_value(c) == r->top);
}

static void layer_sweep(struct reverse *r)
{
	struct scratch *s = r->s;
	struct adj_reader out;
	struct adj_run run;
	uint32_t end = MIN(graph_max_org(r->t) + 1, s->n);
	bool last = !goes_further(r);
	for (size_t i = 0; i < r->n_front; i++)
		s->mask[r->front[i]] = mask_of(r->front_value[i]);
	adj_reader_walk(&out, r->t, ADJ_OUT);
	for (uint32_t x = 0; x < end && r->rc == RC_OK && !out.bad; x++) {
		struct masks m = { 0 };
		if (is_full(r, x))
			continue;
		for (bool ok = adj_first(&out, x, &run); ok; ok = adj_next(&out, &run))
			run_merge(r, x, &run, &m);
		if (m.own)
			meet(r, x, value_of(m.own), last ? 0 : value_of(m.on));
	}
	if (out.bad)
		r->rc = RC_DAMAGED;
	adj_reader_done(&out);
	for (size_t i = 0; i < r->n_front; i++)
		s->mask[r->front[i]] = 0;
}

/* ---- layers ---- */

static bool front_room(struct reverse *r, size_t n)
{
	if (n <= r->cap_front)
		return true;
	uint32_t *a = realloc(r->front, n * sizeof *a);
	if (a)
		r->front = a;
	uint8_t *b = realloc(r->front_value, n);
	if (b)
		r->front_value = b;
	if (!a || !b)
		return false;
	r->cap_front = n;
	return true;
}

/* The next front in number order, with values frozen as of the layer that ends. */
static void turn(struct reverse *r)
{
	struct scratch *s = r->s;
	if (!front_room(r, r->n_next)) {
		r->rc = RC_NOMEM;
		return;
	}
	if (r->n_next > 0)
		scratch_order(s, s->list, r->n_next);
	for (size_t i = 0; i < r->n_next; i++) {
		r->front[i] = s->list[i];
		r->front_value[i] = (uint8_t)on_value(s->cell[s->list[i]]);
	}
	r->n_front = r->n_next;
	r->n_next = 0;
}

static void layer(struct reverse *r)
{
	struct scratch *s = r->s;
	if (r->layer == 1) {
		visit(r, r->supplier, 0);
		for (size_t i = 0; i < s->n_reach; i++)
			r->top = value_merge(r->top, own_value(s->cell[s->reach[i]]));
	} else if (scratch_sweeps(s, r->t, r->n_front, true)) {
		if (scratch_mask(s))
			layer_sweep(r);
		else
			r->rc = RC_NOMEM;
	} else {
		for (size_t i = 0; i < r->n_front && r->rc == RC_OK; i++)
			visit(r, r->front[i], r->front_value[i]);
	}
}

/* Each tier in number order. */
static void reach_order(struct reverse *r)
{
	struct scratch *s = r->s;
	for (unsigned k = 1; k <= r->depth; k++) {
		uint32_t from = s->tier_first[k], to = s->tier_first[k + 1];
		for (uint32_t i = from; i < to; i++)
			bit_set(s->bits, s->reach[i]);
		if (from < to)
			scratch_order(s, s->reach + from, to - from);
	}
}

enum rc reverse_run(struct reverse *r)
{
	struct scratch *s = r->s;
	enum rc rc = scratch_begin(s, r->t);
	if (rc != RC_OK)
		return rc;
	adj_reader_walk(&r->in, r->t, ADJ_IN);
	s->tier_first[1] = 0;
	for (r->layer = 1; r->layer <= r->depth && r->rc == RC_OK; r->layer++) {
		layer(r);
		s->tier_first[r->layer + 1] = (uint32_t)s->n_reach;
		if (r->rc == RC_OK)
			turn(r);
	}
	if (r->in.bad)
		r->rc = RC_DAMAGED;
	if (r->rc != RC_OK)
		scratch_bits_clear(s);
	else
		reach_order(r);
	return r->rc != RC_OK ? r->rc : txn_rc(r->t);
}

void reverse_done(struct reverse *r)
{
	adj_reader_done(&r->in);
	free(r->front);
	free(r->front_value);
}
