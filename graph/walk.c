/*
 * walk.c - see walk.h. The forward walk: breadth first by tiers, link by link from the top. Once a frontier
 * is so large that following it costs more than a pass over everybody, nothing but who is in reach is kept
 * of the further tiers, and the last one is left to the pass (sweep.c), which also gathers what is asked.
 */
#include "graph/walk.h"

#include "base/util.h"
#include "graph/radix.h"

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
	free(s->seen);
	free(s->index);
	free(s->best);
	free(s->mask);
	free(s->reach);
	free(s->list);
	free(s);
}

static bool grow_by_number(struct scratch *s, uint32_t n)
{
	uint32_t *cell = calloc(n, sizeof *cell);
	uint64_t *bits = calloc(n / 64 + 1, sizeof *bits), *seen = calloc(n / 64 + 1, sizeof *seen);
	if (!cell || !bits || !seen) {
		free(cell);
		free(bits);
		free(seen);
		return false;
	}
	free(s->cell);
	free(s->bits);
	free(s->seen);
	free(s->index);
	free(s->best);
	free(s->mask);
	s->cell = cell;
	s->bits = bits;
	s->seen = seen;
	s->index = NULL;
	s->best = NULL;
	s->mask = NULL;
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
	return RC_OK;
}

void scratch_force(struct scratch *s, enum walk_form form)
{
	s->form = form;
}

bool scratch_index(struct scratch *s)
{
	if (!s->index)
		s->index = calloc(s->n, sizeof *s->index);
	return s->index != NULL;
}

bool scratch_best(struct scratch *s)
{
	if (!s->best)
		s->best = malloc(s->n * sizeof *s->best);
	return s->best != NULL;
}

bool scratch_mask(struct scratch *s)
{
	if (!s->mask)
		s->mask = calloc(s->n, sizeof *s->mask);
	return s->mask != NULL;
}

static bool room(uint32_t **list, size_t *cap, size_t n)
{
	if (n <= *cap)
		return true;
	size_t more = MAX(n, *cap + *cap / 2 + 1024);
	uint32_t *p = realloc(*list, more * sizeof *p);
	if (!p)
		return false;
	*list = p;
	*cap = more;
	return true;
}

bool scratch_reach(struct scratch *s) { return room(&s->reach, &s->cap_reach, s->n_reach + 1); }
bool scratch_list(struct scratch *s, size_t n) { return room(&s->list, &s->cap_list, n); }

/* A link followed costs several of those that a pass reads in sequence. After a frontier that is not the last
 * comes, as a rule, a much larger one. */
bool scratch_sweeps(const struct scratch *s, struct txn *t, size_t n, bool last)
{
	if (s->form != WALK_ANY)
		return s->form == WALK_SWEEP;
	return n > graph_max_org(t) / (last ? 8 : 64);
}

void scratch_bits_clear(struct scratch *s)
{
	memset(s->bits, 0, (s->n / 64 + 1) * sizeof *s->bits);
}

void scratch_order(struct scratch *s, uint32_t *list, size_t n)
{
	if (n <= SORT_SMALL) {
		u32_sort(list, n);
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

bool dates_active(const struct adj_dates *d, int32_t day)
{
	return (d->start == DAY_NONE || d->start <= day) && (d->end == DAY_NONE || day <= d->end);
}

/* The form of the viewer's grant on the link that is valid on the day; -1: there is none. */
static int grant_on(struct txn *t, uint32_t viewer, uint32_t procurer, uint32_t supplier, int32_t day)
{
	uint8_t key[12];
	struct view v;
	be32_put(key, viewer);
	be32_put(key + 4, procurer);
	be32_put(key + 8, supplier);
	if (txn_get(t, DB_GRANT, view_of(key, 12), &v) != RC_OK || v.n != 5)
		return -1;
	const uint8_t *p = v.p;
	int32_t until = beday_get(p + 1);
	return until == DAY_NONE || day <= until ? p[0] : -1;
}

bool link_visible(struct txn *t, uint32_t viewer, uint32_t procurer, uint32_t supplier, uint32_t attr,
		  int32_t day, bool any_grants)
{
	if (adj_disclosure(attr) != DISC_PRIVATE)
		return true;
	return (attr & ADJ_GRANTS) && any_grants && grant_on(t, viewer, procurer, supplier, day) >= 0;
}

bool link_visible_to(struct txn *t, uint32_t viewer, uint32_t procurer, uint32_t supplier, const struct rec *link,
		     int32_t day)
{
	uint32_t attr = (uint32_t)rec_int(link, LINK_DISCLOSURE, DISC_UPSTREAM) << 20;
	if (rec_has(link, LINK_GRANTS))
		attr |= ADJ_GRANTS;
	return link_visible(t, viewer, procurer, supplier, attr, day, true);
}

bool link_names(const struct walk *w, uint32_t procurer, uint32_t supplier, uint32_t attr)
{
	if (adj_disclosure(attr) == DISC_UPSTREAM)
		return true;
	return (attr & ADJ_GRANTS) && w->any_grants &&
	       grant_on(w->t, w->q->procurer, procurer, supplier, w->q->on) == GRANT_NAMED;
}

static inline void cell_ask(uint32_t *cell, uint32_t attr)
{
	uint32_t c = *cell, asks = link_asks(attr);
	unsigned level = MAX(cell_level(c), cell_level(asks));
	*cell = ((c | asks) & ~(7u << 5)) | level << 5;
}

/* New in reach: its cell begins with the tier. */
static inline bool reach_add(struct scratch *s, uint32_t org, unsigned tier)
{
	if (s->n_reach == s->cap_reach && !scratch_reach(s))
		return false;
	s->cell[org] = s->epoch << 16 | tier;
	s->reach[s->n_reach++] = org;
	bit_set(s->bits, org);
	return true;
}

static void expand(struct walk *w, uint32_t org, unsigned tier)
{
	struct scratch *s = w->s;
	WALK_LINKS(w, org, e, {
		if (e.peer >= s->n)
			continue;
		if (!cell_reached(s, e.peer) && !reach_add(s, e.peer, tier)) {
			w->rc = RC_NOMEM;
			return;
		}
		cell_ask(&s->cell[e.peer], e.attr);
		if (w->veiled && !(s->cell[e.peer] & CELL_NAMED) && link_names(w, org, e.peer, e.attr))
			s->cell[e.peer] |= CELL_NAMED;
		w->dependency_defaulted += (e.attr & ADJ_DEP_DEFAULTED) != 0;
	});
}

/* Ahead of a sweep: only who is in reach. */
static void spread(struct walk *w, uint32_t org, unsigned tier)
{
	struct scratch *s = w->s;
	WALK_LINKS(w, org, e, {
		if (e.peer >= s->n || bit_has(s->seen, e.peer))
			continue;
		bit_set(s->seen, e.peer);
		if (!reach_add(s, e.peer, tier)) {
			w->rc = RC_NOMEM;
			return;
		}
	});
}

static void sweep_begin(struct walk *w)
{
	struct scratch *s = w->s;
	w->swept = true;
	w->dependency_defaulted = 0; /* counted again */
	memset(s->seen, 0, (s->n / 64 + 1) * sizeof *s->seen);
	bit_set(s->seen, w->q->procurer);
	for (size_t i = 0; i < s->n_reach; i++)
		bit_set(s->seen, s->reach[i]);
}

static void walk_tiers(struct walk *w, bool may_sweep)
{
	struct scratch *s = w->s;
	unsigned last = w->q->depth;
	s->tier_first[1] = 0;
	expand(w, w->q->procurer, 1);
	for (unsigned k = 1; k <= last && w->rc == RC_OK; k++) {
		uint32_t from = s->tier_first[k], to = (uint32_t)s->n_reach;
		s->tier_first[k + 1] = to;
		if (to > from) /* no list yet: nothing to count from */
			scratch_order(s, s->reach + from, to - from);
		if (k < last && may_sweep && !w->swept && scratch_sweeps(s, w->t, to - from, k + 1 == last))
			sweep_begin(w);
		if (w->swept && k + 1 >= last)
			break;
		for (uint32_t i = from; i < to && k < last && w->rc == RC_OK; i++)
			if (w->swept)
				spread(w, s->reach[i], k + 1);
			else
				expand(w, s->reach[i], k + 1);
	}
}

enum rc walk_run(struct walk *w, struct txn *t, struct scratch *s, const struct chain_query *q, bool may_sweep)
{
	*w = (struct walk){ .t = t, .s = s, .q = q, .veiled = !q->caller.sees_all };
	enum rc rc = scratch_begin(s, t);
	if (rc != RC_OK)
		return rc;
	adj_reader_walk(&w->out, t, ADJ_OUT);
	w->any_grants = txn_count(t, DB_GRANT) > 0;
	walk_tiers(w, may_sweep);
	if (w->rc != RC_OK)
		scratch_bits_clear(s);
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
