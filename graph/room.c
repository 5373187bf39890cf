/* room.c - see room.h. */
#include "graph/room.h"

#include "base/util.h"
#include "graph/walk.h"

static enum rc grow(struct room *r, struct txn *t)
{
	uint32_t need = graph_max_org(t) + 1;
	uint8_t *p;

	if (need <= r->n)
		return RC_OK;
	need += need / 8 + 1024;
	p = realloc(r->up, need);
	if (!p)
		return RC_NOMEM;
	memset(p + r->n, 0, need - r->n);
	r->up = p;
	r->n = need;
	return RC_OK;
}

static bool queue_add(struct room *r, size_t n, uint32_t org)
{
	if (n == r->cap_queue) {
		size_t cap = r->cap_queue * 2 + 1024;
		uint32_t *p = realloc(r->queue, cap * sizeof *p);
		if (!p)
			return false;
		r->queue = p;
		r->cap_queue = cap;
	}
	r->queue[n] = org;
	return true;
}

/* What X has, less one, its suppliers have too. queue: where those that rise are noted, or NULL. */
static bool spread_one(struct room *r, struct adj_reader *out, uint32_t x, size_t *queue)
{
	struct adj_run run;
	uint8_t below = r->up[x] ? (uint8_t)(r->up[x] - 1) : 0;

	if (below == 0)
		return true;
	for (bool ok = adj_first(out, x, &run); ok; ok = adj_next(out, &run))
		for (uint32_t i = 0; i < run.n; i++) {
			uint32_t y = run.e[i].peer;

			if (y >= r->n || r->up[y] >= below)
				continue;
			r->up[y] = below;
			if (queue && !queue_add(r, (*queue)++, y))
				return false;
		}
	return true;
}

static void begin_anew(struct room *r, const struct watch *watches, size_t n)
{
	memset(r->up, 0, r->n);
	for (size_t i = 0; i < n; i++)
		if (watches[i].org < r->n)
			r->up[watches[i].org] = (uint8_t)(watches[i].depth + 1);
}

/* From the most room down, in number order: each organisation is visited once, when its byte is final. */
enum rc room_build(struct room *r, struct txn *t, const struct watch *watches, size_t n)
{
	struct adj_reader out;
	enum rc rc = grow(r, t);

	r->ready = false;
	r->deepest = 0;
	for (size_t i = 0; i < n; i++)
		r->deepest = MAX(r->deepest, (unsigned)watches[i].depth);
	if (rc != RC_OK)
		return rc;
	begin_anew(r, watches, n);
	adj_reader_init(&out, t, ADJ_OUT);
	for (unsigned k = r->deepest + 1; k > 1; k--)
		for (uint32_t x = 0; x < r->n; x++)
			if (r->up[x] == k)
				(void)spread_one(r, &out, x, NULL);
	r->ready = !out.bad && txn_rc(t) == RC_OK;
	adj_reader_done(&out);
	return r->ready ? RC_OK : txn_rc(t) != RC_OK ? txn_rc(t) : RC_DAMAGED;
}

/* Breadth first from one: whoever rises is visited, in the order of its new byte. */
enum rc room_spread(struct room *r, struct txn *t, uint32_t procurer)
{
	struct adj_reader out;
	size_t n = 0;
	bool fits, bad;

	if (!r->ready)
		return RC_OK;
	if (grow(r, t) != RC_OK)
		return RC_NOMEM;
	if (procurer >= r->n || r->up[procurer] < 2)
		return RC_OK;
	adj_reader_init(&out, t, ADJ_OUT);
	fits = spread_one(r, &out, procurer, &n);
	for (size_t i = 0; i < n && fits; i++)
		fits = spread_one(r, &out, r->queue[i], &n);
	bad = out.bad;
	adj_reader_done(&out);
	r->ready = fits && !bad; /* half raised it is no bound */
	return !fits ? RC_NOMEM : bad ? RC_DAMAGED : txn_rc(t);
}

enum rc room_watch(struct room *r, struct txn *t, const struct watch *w)
{
	r->deepest = MAX(r->deepest, (unsigned)w->depth);
	if (!r->ready)
		return RC_OK;
	if (grow(r, t) != RC_OK)
		return RC_NOMEM;
	if (w->org >= r->n || r->up[w->org] > w->depth)
		return RC_OK;
	r->up[w->org] = (uint8_t)(w->depth + 1);
	return room_spread(r, t, w->org);
}

void room_done(struct room *r)
{
	free(r->up);
	free(r->queue);
	*r = (struct room){ 0 };
}

/* ---- who may be touched ---- */

static bool touch(struct scratch *s, uint32_t org)
{
	if (org >= s->n || s->cell[org] >> 16 == s->epoch)
		return true;
	if (s->n_reach == s->cap_reach && !scratch_reach(s))
		return false;
	s->cell[org] = s->epoch << 16;
	s->reach[s->n_reach++] = org;
	return true;
}

/* The procurers of reach[from..to), at distance k. */
static bool touch_above(const struct upward *u, struct adj_reader *in, size_t from, unsigned k)
{
	struct adj_run run;
	size_t to = u->s->n_reach;

	for (size_t i = from; i < to; i++)
		for (bool ok = adj_first(in, u->s->reach[i], &run); ok; ok = adj_next(in, &run))
			for (uint32_t e = 0; e < run.n; e++)
				if (room_for(u->room, run.e[e].peer, k) && !touch(u->s, run.e[e].peer))
					return false;
	return true;
}

void touched_by(const struct upward *u, const uint32_t *orgs, size_t n,
		void (*fn)(void *arg, uint32_t procurer, unsigned distance), void *arg)
{
	struct scratch *s = u->s;
	struct adj_reader in;
	size_t told = 0;
	bool fits = scratch_begin(s, u->t) == RC_OK;

	adj_reader_init(&in, u->t, ADJ_IN);
	for (size_t i = 0; i < n && fits; i++)
		if (room_for(u->room, orgs[i], 0))
			fits = touch(s, orgs[i]);
	for (unsigned k = 0; fits && txn_rc(u->t) == RC_OK; k++) {
		size_t from = told;

		for (; told < s->n_reach; told++)
			fn(arg, s->reach[told], k);
		if (told == from || k == u->room->deepest)
			break;
		fits = touch_above(u, &in, from, k + 1);
	}
	if (!fits)
		txn_fail(u->t, RC_NOMEM);
	if (in.bad)
		txn_fail(u->t, RC_DAMAGED);
	adj_reader_done(&in);
}
