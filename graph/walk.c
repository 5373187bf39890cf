/*
 * walk.c - see walk.h. The forward walk: breadth first by tiers; with dependency it goes on as the
 * layered maximum of products, where only organisations whose best value rose are visited again.
 */
#include "graph/walk.h"

#include "base/util.h"

#define SORT_SMALL 512u

struct scratch *scratch_new(void)
{
	return calloc(1, sizeof(struct scratch));
}

void scratch_free(struct scratch *s)
{
	if (!s)
		return;
	free(s->cell);
	free(s->bits);
	free(s->index);
	free(s->best);
	free(s->gain_of);
	free(s->reach);
	free(s->gains);
	free(s->list);
	free(s->value);
	free(s);
}

static bool grow_by_number(struct scratch *s, uint32_t n)
{
	uint32_t *cell = calloc(n, sizeof *cell), *index = calloc(n, sizeof *index);
	uint64_t *bits = calloc(n / 64 + 1, sizeof *bits);
	if (!cell || !index || !bits) {
		free(cell);
		free(index);
		free(bits);
		return false;
	}
	free(s->cell);
	free(s->index);
	free(s->bits);
	free(s->best);
	free(s->gain_of);
	s->cell = cell;
	s->index = index;
	s->bits = bits;
	s->best = NULL;
	s->gain_of = NULL;
	s->n = n;
	s->epoch = 0;
	return true;
}

enum rc scratch_begin(struct scratch *s, struct txn *t)
{
	uint32_t need = graph_max_org(t) + 1;
	if (need > s->n && !grow_by_number(s, need + need / 8 + 1024))
		return RC_NOMEM;
	if (++s->epoch > 0xffff) {
		memset(s->cell, 0, s->n * sizeof *s->cell);
		s->epoch = 1;
	}
	s->n_reach = 0;
	s->n_gains = 0;
	return RC_OK;
}

static bool room_reach(struct scratch *s, size_t more)
{
	if (s->n_reach + more <= s->cap_reach)
		return true;
	size_t cap = MAX(s->n_reach + more, s->cap_reach * 2 + 1024);
	uint32_t *p = realloc(s->reach, cap * sizeof *p);
	if (!p)
		return false;
	s->reach = p;
	s->cap_reach = cap;
	return true;
}

bool dates_active(const struct adj_dates *d, int32_t day)
{
	return (d->start == DAY_NONE || d->start <= day) && (d->end == DAY_NONE || day <= d->end);
}

bool link_visible(struct txn *t, uint32_t viewer, uint32_t procurer, uint32_t supplier, uint32_t attr,
		  int32_t day, bool any_grants)
{
	uint8_t key[12];
	struct view v;
	if (adj_disclosure(attr) != DISC_PRIVATE)
		return true;
	if (!(attr & ADJ_GRANTS) || !any_grants)
		return false;
	be32_put(key, viewer);
	be32_put(key + 4, procurer);
	be32_put(key + 8, supplier);
	if (txn_get(t, DB_GRANT, view_of(key, 12), &v) != RC_OK || v.n != 5)
		return false;
	int32_t until = beday_get((const uint8_t *)v.p + 1);
	return until == DAY_NONE || day <= until;
}

static int u32_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

/* Puts list[0..n), whose bits are set, into number order and clears the bits. */
static void order_by_number(struct scratch *s, uint32_t *list, size_t n)
{
	if (n <= SORT_SMALL) {
		if (n > 1)
			qsort(list, n, sizeof *list, u32_cmp);
		for (size_t i = 0; i < n; i++)
			s->bits[list[i] / 64] = 0;
		return;
	}
	size_t k = 0;
	for (uint32_t word = 0; k < n; word++) {
		uint64_t b = s->bits[word];
		s->bits[word] = 0;
		for (; b; b &= b - 1)
			list[k++] = word * 64 + (uint32_t)__builtin_ctzll(b);
	}
}

static inline void bit_set(struct scratch *s, uint32_t org)
{
	s->bits[org / 64] |= 1ull << (org % 64);
}

/* What a link asks of its supplier, as cell bits above the tier. */
static inline void cell_ask(uint32_t *cell, uint32_t attr)
{
	uint32_t c = *cell;
	unsigned level = adj_level(attr), scope = adj_scope(attr);
	if (level > cell_level(c))
		c = (c & ~(7u << 5)) | level << 5;
	if (scope == FIT_NO + 1 && level > 0)
		c |= CELL_MISFIT;
	if (scope == FIT_PARTLY + 1 || scope == FIT_UNKNOWN + 1)
		c |= CELL_DOUBT;
	if (attr & ADJ_UNDECIDED)
		c |= CELL_UNDECIDED;
	*cell = c;
}

/* New in reach: its cell begins with the tier. */
static inline void reach_add(struct scratch *s, uint32_t org, unsigned tier)
{
	s->cell[org] = s->epoch << 16 | tier;
	s->reach[s->n_reach++] = org;
	bit_set(s, org);
}

static void expand(struct walk *w, uint32_t org, unsigned tier)
{
	struct scratch *s = w->s;
	WALK_LINKS(w, org, e, {
		if (e.peer >= s->n)
			continue;
		if (s->cell[e.peer] >> 16 != s->epoch) {
			if (s->n_reach == s->cap_reach && !room_reach(s, 1)) {
				w->rc = RC_NOMEM;
				return;
			}
			reach_add(s, e.peer, tier);
		}
		cell_ask(&s->cell[e.peer], e.attr);
		w->dependency_defaulted += (e.attr & ADJ_DEP_DEFAULTED) != 0;
	});
}

static void walk_tiers(struct walk *w)
{
	struct scratch *s = w->s;
	s->tier_first[1] = 0;
	expand(w, w->q->procurer, 1);
	for (unsigned k = 1; k <= w->q->depth && w->rc == RC_OK; k++) {
		uint32_t from = s->tier_first[k], to = (uint32_t)s->n_reach;
		s->tier_first[k + 1] = to;
		if (to > from) /* no list yet: nothing to count from */
			order_by_number(s, s->reach + from, to - from);
		if (k == w->q->depth)
			break;
		for (uint32_t i = from; i < to && w->rc == RC_OK; i++)
			expand(w, s->reach[i], k + 1);
	}
}

/* ---- with dependency ---- */

static bool dependency_room(struct scratch *s)
{
	if (!s->best)
		s->best = malloc(s->n * sizeof *s->best);
	if (!s->gain_of)
		s->gain_of = malloc(s->n * sizeof *s->gain_of);
	return s->best && s->gain_of;
}

static bool list_room(struct scratch *s, size_t n)
{
	if (n > s->cap_list) {
		uint32_t *p = realloc(s->list, (n + n / 2) * sizeof *p);
		if (!p)
			return false;
		s->list = p;
		s->cap_list = n + n / 2;
	}
	if (n > s->cap_value) {
		double *p = realloc(s->value, (n + n / 2) * sizeof *p);
		if (!p)
			return false;
		s->value = p;
		s->cap_value = n + n / 2;
	}
	return true;
}

/* best(layer, org) = v: several rises within one layer are one gain. */
static bool gain_add(struct scratch *s, uint32_t org, unsigned layer, double v)
{
	uint32_t g = s->gain_of[org];
	s->best[org] = v;
	if (g && s->gains[g - 1].layer == layer) {
		s->gains[g - 1].value = v;
		return true;
	}
	if (s->n_gains == s->cap_gains) {
		size_t cap = s->cap_gains * 2 + 1024;
		struct gain *p = realloc(s->gains, cap * sizeof *p);
		if (!p)
			return false;
		s->gains = p;
		s->cap_gains = cap;
	}
	s->gains[s->n_gains++] = (struct gain){ g, layer, v };
	s->gain_of[org] = (uint32_t)s->n_gains;
	return true;
}

/* One organisation of the frontier, whose best value was `value` when the layer began. first: its
 * links are met for the first time, so that they also count as asked. */
static void expand_dependency(struct walk *w, uint32_t org, double value, unsigned layer, bool first, size_t *n_next)
{
	struct scratch *s = w->s;
	WALK_LINKS(w, org, e, {
		if (e.peer >= s->n)
			continue;
		double v = value * (adj_dependency(e.attr) / 10000.0);
		bool fresh = s->cell[e.peer] >> 16 != s->epoch;
		if (fresh) {
			if (!room_reach(s, 1)) {
				w->rc = RC_NOMEM;
				return;
			}
			s->cell[e.peer] = s->epoch << 16 | layer;
			s->reach[s->n_reach++] = e.peer;
			s->gain_of[e.peer] = 0;
		}
		if (first) {
			cell_ask(&s->cell[e.peer], e.attr);
			w->dependency_defaulted += (e.attr & ADJ_DEP_DEFAULTED) != 0;
		}
		if (!fresh && v <= s->best[e.peer])
			continue;
		if (!gain_add(s, e.peer, layer, v)) {
			w->rc = RC_NOMEM;
			return;
		}
		if (!(s->bits[e.peer / 64] >> (e.peer % 64) & 1)) {
			bit_set(s, e.peer);
			if (!list_room(s, *n_next + 1)) {
				w->rc = RC_NOMEM;
				return;
			}
			s->list[(*n_next)++] = e.peer;
		}
	});
}

static void walk_dependency(struct walk *w)
{
	struct scratch *s = w->s;
	AUTO_FREE uint32_t *front = NULL;
	AUTO_FREE double *value = NULL;
	size_t n = 1, cap = 0, next;

	if (!dependency_room(s)) {
		w->rc = RC_NOMEM;
		return;
	}
	s->tier_first[1] = 0;
	for (unsigned k = 1; k <= w->q->depth && w->rc == RC_OK; k++) {
		next = 0;
		for (size_t i = 0; i < n && w->rc == RC_OK; i++) {
			uint32_t org = k == 1 ? w->q->procurer : front[i];
			bool first = k == 1 || cell_tier(s->cell[org]) == k - 1;
			expand_dependency(w, org, k == 1 ? 1.0 : value[i], k, first, &next);
		}
		s->tier_first[k + 1] = (uint32_t)s->n_reach;
		if (w->rc == RC_OK)
			order_by_number(s, s->list, next);
		if (next > cap) {
			cap = next + next / 2;
			uint32_t *f = realloc(front, cap * sizeof *f);
			if (f)
				front = f;
			double *v = realloc(value, cap * sizeof *v);
			if (v)
				value = v;
			if (!f || !v) {
				w->rc = RC_NOMEM;
				return;
			}
		}
		for (size_t i = 0; i < next; i++) {
			front[i] = s->list[i];
			value[i] = s->best[front[i]]; /* frozen: a rise in this layer counts in the next */
		}
		n = next;
	}
}

/* Within a tier the dependency walk reaches in any order; what follows reads in number order. */
static void reach_order(struct scratch *s, unsigned depth)
{
	for (unsigned k = 1; k <= depth; k++) {
		uint32_t from = s->tier_first[k], to = s->tier_first[k + 1];
		for (uint32_t i = from; i < to; i++)
			bit_set(s, s->reach[i]);
		if (to > from)
			order_by_number(s, s->reach + from, to - from);
	}
}

/* After a failure the bitmap may be half set: the next walk must find it empty. */
static void bits_clear(struct scratch *s)
{
	memset(s->bits, 0, (s->n / 64 + 1) * sizeof *s->bits);
}

enum rc walk_run(struct walk *w, struct txn *t, struct scratch *s, const struct chain_query *q, bool dependency)
{
	*w = (struct walk){ .t = t, .s = s, .q = q };
	enum rc rc = scratch_begin(s, t);
	if (rc != RC_OK)
		return rc;
	adj_reader_init(&w->out, t, ADJ_OUT);
	w->any_grants = txn_count(t, DB_GRANT) > 0;
	if (dependency)
		walk_dependency(w);
	else
		walk_tiers(w);
	if (w->rc != RC_OK)
		bits_clear(s);
	else if (dependency)
		reach_order(s, q->depth);
	if (w->rc == RC_OK && w->out.bad)
		w->rc = RC_DAMAGED;
	if (w->rc == RC_OK)
		w->rc = txn_rc(t);
	return w->rc;
}

void walk_done(struct walk *w)
{
	adj_reader_done(&w->out);
}
