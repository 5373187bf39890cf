/*
 * touched.c - from seeds (seeds.c) to the watched procurers that they can have touched.
 *
 * One reverse walk a seed, as long as there are few, names the event that touched each procurer; past
 * SEEDS_APART the rest is walked at once under the first of their events. Where an organisation only
 * holds something else, shifts.c finds a shorter way.
 */
#include "services/touched.h"

#include <stdlib.h>

#include "base/util.h"

#define SEEDS_APART 64
#define ROOM_NEW_MAX 16    /* more new watches: the bounds are built anew */
#define ROOM_WATCH_GONE 64 /* one that went counts as so many links */
#define ROOM_GONE_MAX 16384

/* ---- the watched ---- */

/* Memos of watches that stay at their depth stay too. */
static enum rc memos_move(struct touched *x, const struct watch *old, size_t n_old)
{
	struct memo *memos = calloc(MAX(x->n_watches, (size_t)1), sizeof(*memos));
	size_t k = 0;

	for (size_t i = 0; i < n_old; i++) {
		while (memos && k < x->n_watches && x->watches[k].org < old[i].org)
			k++;
		if (memos && k < x->n_watches && x->watches[k].org == old[i].org &&
		    x->watches[k].depth == old[i].depth)
			memos[k] = x->memos[i];
		else
			memo_done(&x->memos[i]);
	}
	free(x->memos);
	x->memos = memos;
	return memos ? RC_OK : RC_NOMEM;
}

static enum rc watches_read(struct touched *x, struct txn *t)
{
	uint32_t list[256];
	size_t n, cap = 0;
	struct rec r;

	x->watches = NULL;
	x->n_watches = 0;
	for (uint32_t after = 0; (n = watched_list(t, after, list, ARRAY_LEN(list))) > 0;
	     after = list[n - 1]) {
		for (size_t i = 0; i < n; i++) {
			void *p = x->watches;

			if (!list_grow(&p, &cap, x->n_watches, sizeof(*x->watches)))
				return RC_NOMEM;
			x->watches = p;
			if (targets_get(t, list[i], &r) == RC_OK)
				x->watches[x->n_watches++] = (struct watch){
					list[i],
					(uint8_t)rec_int(&r, TARGETS_DEPTH, DEPTH_DEFAULT),
				};
		}
	}
	free(x->hit);
	x->hit = malloc(MAX(x->n_watches, (size_t)1));
	return x->hit ? RC_OK : RC_NOMEM;
}

/* The bounds of walks follow the watches: see graph/room.h. */
static enum rc room_follow(struct touched *x, struct txn *t, const struct watch *old, size_t n_old)
{
	size_t fresh[ROOM_NEW_MAX], n = 0, k = 0;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < x->n_watches; i++) {
		const struct watch *w = &x->watches[i];

		for (; k < n_old && old[k].org < w->org; k++)
			x->room_gone += ROOM_WATCH_GONE;
		if (k < n_old && old[k].org == w->org && old[k].depth > w->depth)
			x->room_gone += ROOM_WATCH_GONE;
		if (k == n_old || old[k].org > w->org || old[k].depth < w->depth) {
			if (n < ROOM_NEW_MAX)
				fresh[n] = i;
			n++;
		}
		k += k < n_old && old[k].org == w->org;
	}
	x->room_gone += (n_old - k) * ROOM_WATCH_GONE;
	if (!x->room.ready || n > ROOM_NEW_MAX) {
		x->room_gone = 0;
		return room_build(&x->room, t, x->watches, x->n_watches);
	}
	for (size_t i = 0; i < n && rc == RC_OK; i++)
		rc = room_watch(&x->room, t, &x->watches[fresh[i]]);
	return rc;
}

/* Links that came since: each procurer once, or all. */
static enum rc room_catch_up(struct touched *x, struct txn *t)
{
	enum rc rc = RC_OK;

	if (x->room.ready && x->n_seeds > (size_t)graph_max_org(t) / 16 + 64)
		x->room.ready = false;
	if (!x->room.ready) {
		x->room_gone = 0;
		return room_build(&x->room, t, x->watches, x->n_watches);
	}
	for (size_t i = 0; i < x->n_seeds && rc == RC_OK; i++) {
		const struct seed *s = &x->seeds[i];

		if (s->kind == SEED_WALK && s->day == DAY_NONE && s->org != ORG_NONE)
			rc = room_spread(&x->room, t, s->org);
	}
	return rc;
}

struct upward upward_of(struct touched *x, struct txn *t)
{
	return (struct upward){ t, x->scratch, &x->room, graph_today(t) };
}

static enum rc watches_load(struct touched *x, struct txn *t)
{
	AUTO_FREE struct watch *old = x->watches;
	size_t n_old = x->n_watches;
	enum rc rc = watches_read(x, t), rc2 = memos_move(x, old, n_old);

	if (rc == RC_OK)
		rc = rc2;
	if (rc == RC_OK)
		rc = room_follow(x, t, old, n_old);
	if (rc != RC_OK) {
		x->n_watches = 0; /* hit or memos may be missing */
		return rc;
	}
	x->watches_stale = false;
	return txn_rc(t);
}

size_t watch_index(const struct touched *x, uint32_t org)
{
	size_t lo = 0, hi = x->n_watches;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (x->watches[mid].org < org)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* ---- from seeds to the watched ---- */

void touch_add(struct touched *x, struct txn *t, size_t watch, int32_t day, struct cause cause)
{
	void *p = x->touches;

	if (!list_grow(&p, &x->cap_touches, x->n_touches, sizeof(*x->touches))) {
		txn_fail(t, RC_NOMEM);
		return;
	}
	x->touches = p;
	x->touches[x->n_touches++] = (struct touch){ (uint32_t)watch, day, cause };
}

struct reaching {
	struct touched *x;
	struct txn *t;
	int32_t day;
	struct cause cause;
};

static void reached(void *arg, uint32_t procurer, unsigned distance)
{
	struct reaching *r = arg;
	struct touched *x = r->x;
	size_t i;

	if ((procurer >> 3) >= x->bits_bytes || !bit_get(x->watched, procurer))
		return;
	i = watch_index(x, procurer);
	if (i < x->n_watches && distance <= x->watches[i].depth && !x->hit[i]) {
		x->hit[i] = 1;
		touch_add(x, r->t, i, r->day, r->cause);
	}
}

static void touch_all(struct touched *x, struct txn *t, const struct seed *s)
{
	for (size_t i = 0; i < x->n_watches; i++)
		if (!x->hit[i])
			touch_add(x, t, i, s->day, s->cause);
	memset(x->hit, 1, x->n_watches);
}

/* Seeds [from, to) are of one kind of day: writes, or the calendar of one day. */
static enum rc walk_seeds(struct touched *x, struct txn *t, size_t from, size_t to)
{
	AUTO_FREE uint32_t *orgs = malloc(MAX(to - from, (size_t)1) * sizeof(*orgs));
	struct reaching r = { x, t, x->seeds[from].day, { 0 } };
	struct upward up = upward_of(x, t);
	size_t apart = 0, n = 0;

	if (!orgs)
		return RC_NOMEM;
	memset(x->hit, 0, x->n_watches);
	for (size_t i = from; i < to && txn_rc(t) == RC_OK; i++) {
		const struct seed *s = &x->seeds[i];

		if (s->org == ORG_NONE) {
			touch_all(x, t, s);
			break;
		}
		r.cause = s->cause;
		if (s->kind == SEED_DIRECT)
			reached(&r, s->org, 0);
		else if (apart++ < SEEDS_APART)
			touched_by(&up, &s->org, 1, reached, &r);
		else
			orgs[n++] = (uint32_t)i;
	}
	if (n > 0) {
		r.cause = x->seeds[orgs[0]].cause;
		for (size_t i = 0; i < n; i++)
			orgs[i] = x->seeds[orgs[i]].org;
		touched_by(&up, orgs, n, reached, &r);
	}
	return txn_rc(t);
}

static int touch_cmp(const void *pa, const void *pb)
{
	const struct touch *a = pa, *b = pb;

	if (a->watch != b->watch)
		return a->watch < b->watch ? -1 : 1;
	return a->day < b->day ? -1 : a->day > b->day;
}

static int delta_cmp(const void *pa, const void *pb)
{
	const struct delta *a = pa, *b = pb;

	if (a->watch != b->watch)
		return a->watch < b->watch ? -1 : 1;
	return a->shift < b->shift ? -1 : a->shift > b->shift;
}

/* Writes first (DAY_NONE is the lowest), then day by day; seeds of a known cause before the others. */
static int seed_cmp(const void *pa, const void *pb)
{
	const struct seed *a = pa, *b = pb;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (a->cause.revision != b->cause.revision)
		return a->cause.revision - 1 < b->cause.revision - 1 ? -1 : 1; /* 0: last */
	return a->cause.seq < b->cause.seq ? -1 : a->cause.seq > b->cause.seq;
}

static enum rc resolve(struct touched *x, struct txn *t)
{
	enum rc rc = RC_OK;

	memset(x->watched, 0, x->bits_bytes);
	for (size_t i = 0; i < x->n_watches; i++)
		bit_put(x->watched, x->watches[i].org);
	if (x->n_seeds > 1)
		qsort(x->seeds, x->n_seeds, sizeof(*x->seeds), seed_cmp);
	for (size_t from = 0, to; from < x->n_seeds && rc == RC_OK; from = to) {
		for (to = from + 1; to < x->n_seeds && x->seeds[to].day == x->seeds[from].day;)
			to++;
		rc = walk_seeds(x, t, from, to);
	}
	if (rc == RC_OK)
		rc = shifts_resolve(x, t);
	if (x->n_touches > 1)
		qsort(x->touches, x->n_touches, sizeof(*x->touches), touch_cmp);
	if (x->n_deltas > 1)
		qsort(x->deltas, x->n_deltas, sizeof(*x->deltas), delta_cmp);
	return rc;
}

static bool bits_grow(uint8_t **p, size_t n)
{
	uint8_t *bigger = realloc(*p, n);

	if (!bigger)
		return false;
	*p = bigger;
	return true;
}

static enum rc bits_room(struct touched *x, uint32_t max_org)
{
	size_t n = (size_t)max_org / 8 + 1;

	if (n > x->bits_bytes) {
		if (!bits_grow(&x->seen, n) || !bits_grow(&x->seen_held, n) ||
		    !bits_grow(&x->watched, n))
			return RC_NOMEM;
		x->bits_bytes = n;
	}
	memset(x->seen, 0, x->bits_bytes);
	memset(x->seen_held, 0, x->bits_bytes);
	return RC_OK;
}

enum rc touched_collect(struct touched *x, struct txn *t, uint64_t after, uint64_t to)
{
	enum rc rc = bits_room(x, graph_max_org(t));

	x->n_seeds = x->n_touches = x->n_days = x->n_shifts = x->n_deltas = 0;
	if (rc == RC_OK && txn_count(t, DB_TARGETS) == 0) { /* nobody watches */
		x->watches_stale = true;
		x->standings_ready = false;
		return watches_load(x, t);
	}
	if (rc == RC_OK)
		rc = seeds_read(x, t, after, to);
	if (rc == RC_OK && x->watches_stale)
		rc = watches_load(x, t);
	if (rc == RC_OK)
		rc = room_catch_up(x, t);
	if (rc == RC_OK)
		rc = shifts_find(x, t);
	return rc == RC_OK ? resolve(x, t) : rc;
}

enum rc touched_prepare(struct touched *x, struct txn *t)
{
	enum rc rc = RC_OK;

	if (txn_count(t, DB_TARGETS) == 0)
		return RC_OK;
	if (x->watches_stale)
		rc = watches_load(x, t);
	if (rc == RC_OK && x->room_gone > ROOM_GONE_MAX) {
		x->room_gone = 0;
		rc = room_build(&x->room, t, x->watches, x->n_watches);
	}
	return rc == RC_OK ? shifts_prepare(x, t) : rc;
}

void touched_forget(struct touched *x) { x->standings_ready = false; }

const struct delta *touched_deltas(const struct touched *x, size_t i, size_t *out_n)
{
	size_t lo = 0, hi = x->n_deltas, end;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (x->deltas[mid].watch < i)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (end = lo; end < x->n_deltas && x->deltas[end].watch == i;)
		end++;
	*out_n = end - lo;
	return *out_n ? x->deltas + lo : NULL;
}

const struct touch *touched_find(const struct touched *x, size_t i, int32_t day)
{
	struct touch key = { .watch = (uint32_t)i, .day = day };

	return x->n_touches
		       ? bsearch(&key, x->touches, x->n_touches, sizeof(key), touch_cmp)
		       : NULL;
}

enum rc touched_init(struct touched *x)
{
	*x = (struct touched){ .watches_stale = true };
	x->scratch = scratch_new();
	return x->scratch ? RC_OK : RC_NOMEM;
}

void touched_done(struct touched *x)
{
	scratch_free(x->scratch);
	room_done(&x->room);
	for (size_t i = 0; i < x->n_watches; i++)
		memo_done(&x->memos[i]);
	free(x->memos);
	free(x->deltas);
	free(x->shifts);
	free(x->standings);
	free(x->seen_held);
	free(x->watches);
	free(x->touches);
	free(x->days);
	free(x->seeds);
	free(x->seen);
	free(x->watched);
	free(x->hit);
	buf_done(&x->log);
}
