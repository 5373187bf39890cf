/*
 * shifts.c - organisations that hold something else than before, and the watched procurers whose
 * figures move by just that (graph/delta.h).
 *
 * What every organisation held when the last round ended is kept in a table of two bytes each, since the
 * snapshot shows only what holds now. A round of more shifts than pay, of several days, or after a
 * failure treats them like any other change.
 */
#include <stdlib.h>

#include "base/util.h"
#include "services/touched.h"

#define SHIFTS_MIN 8
#define WATCHES_A_SHIFT 4 /* more shifts than watches / 4: computing the procurers anew is the shorter way */

/* ---- the table ---- */

static enum rc table_room(struct touched *x, uint32_t n)
{
	standing *p;

	if (n <= x->n_standings)
		return RC_OK;
	n += n / 8 + 1024;
	p = realloc(x->standings, n * sizeof(*p));
	if (!p)
		return RC_NOMEM;
	memset(p + x->n_standings, 0, (n - x->n_standings) * sizeof(*p));
	x->standings = p;
	x->n_standings = n;
	return RC_OK;
}

static enum rc table_read(struct touched *x, struct txn *t)
{
	uint32_t n = graph_max_org(t) + 1;
	enum rc rc = table_room(x, n);

	if (rc == RC_OK)
		rc = standings_read(t, graph_today(t), x->standings, n);
	x->standings_ready = rc == RC_OK;
	return rc;
}

static enum rc shift_add(struct touched *x, const struct seed *s, standing before, standing after)
{
	void *p = x->shifts;

	if (!list_grow(&p, &x->cap_shifts, x->n_shifts, sizeof(*x->shifts)))
		return RC_NOMEM;
	x->shifts = p;
	x->shifts[x->n_shifts++] = (struct shift){ s->org, s->day, before, after, s->cause };
	return RC_OK;
}

/* Brings the table up to the snapshot; the seeds that changed it become shifts. */
static enum rc table_update(struct touched *x, struct txn *t)
{
	int32_t today = graph_today(t);
	enum rc rc = table_room(x, graph_max_org(t) + 1);

	for (size_t i = 0; i < x->n_seeds && rc == RC_OK; i++) {
		const struct seed *s = &x->seeds[i];
		standing now;

		if (s->kind != SEED_HELD || s->org >= x->n_standings)
			continue;
		now = standing_on(t, s->org, today);
		if (now == x->standings[s->org])
			continue;
		rc = shift_add(x, s, x->standings[s->org], now);
		x->standings[s->org] = now;
	}
	return rc == RC_OK ? txn_rc(t) : rc;
}

/* Seeds that changed nothing go; those that shift go if `apart`. What attests moves more than S's part. */
static void seeds_cut(struct touched *x, bool apart)
{
	size_t n = 0, k = 0;

	for (size_t i = 0; i < x->n_seeds; i++) {
		struct seed s = x->seeds[i];
		bool shifts = k < x->n_shifts && x->shifts[k].org == s.org;

		if (s.kind == SEED_HELD) {
			/* shifts stand in the order of their seeds; a second seed of one is no shift */
			bool walk = shifts && (!apart || standing_attests(x->shifts[k].before,
									  x->shifts[k].after));

			k += shifts;
			if (!walk)
				continue;
			s.kind = SEED_WALK;
		}
		x->seeds[n++] = s;
	}
	x->n_seeds = n;
	if (!apart)
		x->n_shifts = 0;
}

enum rc shifts_prepare(struct touched *x, struct txn *t)
{
	return x->standings_ready ? RC_OK : table_read(x, t);
}

enum rc shifts_find(struct touched *x, struct txn *t)
{
	enum rc rc;

	if (x->n_watches == 0) {
		x->standings_ready = false;
		return RC_OK;
	}
	if (!x->standings_ready || x->n_days > 1) /* days between are not in the table */
		return table_read(x, t);
	rc = table_update(x, t);
	if (rc == RC_OK)
		seeds_cut(x, x->n_shifts <= MAX(SHIFTS_MIN, x->n_watches / WATCHES_A_SHIFT));
	return rc;
}

/* ---- whom they touch ---- */

struct candidate {
	struct asked asked;
	uint32_t watch;
	int turn;
	bool again; /* walks through the procurer must be avoided */
};

struct resolving {
	struct touched *x;
	struct txn *t;
	struct upward up;
	uint8_t *full;    /* one byte a watch: computed anew anyway */
	uint8_t *granted; /* the same: sees by grants what a walk for all does not show */
	uint32_t depths;  /* one bit for each that a watch has */
	const struct shift *shift;
	struct candidate *found;
	size_t n_found, cap_found;
	bool turns;
	struct candidate *avoiding;
};

static void make_full(struct resolving *r, size_t watch)
{
	if (r->full[watch])
		return;
	r->full[watch] = 1;
	touch_add(r->x, r->t, watch, r->shift->day, r->shift->cause);
}

/* The index of a watch that is not computed anew; SIZE_MAX: none. */
static size_t shiftable(const struct resolving *r, uint32_t procurer)
{
	const struct touched *x = r->x;
	size_t i;

	if ((procurer >> 3) >= x->bits_bytes || !bit_get(x->watched, procurer))
		return SIZE_MAX;
	i = watch_index(x, procurer);
	return i < x->n_watches && !r->full[i] ? i : SIZE_MAX;
}

static void on_asked(void *arg, const struct asked *a)
{
	struct resolving *r = arg;
	const struct shift *s = r->shift;
	void *p = r->found;
	size_t i = shiftable(r, a->procurer);
	int turn;

	if (i == SIZE_MAX || r->x->watches[i].depth != a->depth)
		return;
	if (!r->x->memos[i].valid) {
		make_full(r, i);
		return;
	}
	if (!list_grow(&p, &r->cap_found, r->n_found, sizeof(*r->found))) {
		txn_fail(r->t, RC_NOMEM);
		return;
	}
	turn = shift_turns_gap(&r->x->memos[i], s->org, a->cell, s->before, s->after);
	r->turns = r->turns || turn;
	r->found = p;
	r->found[r->n_found++] = (struct candidate){ *a, (uint32_t)i, turn, false };
}

static void turn_one(struct resolving *r, struct candidate *c)
{
	enum turn_result result = memo_turn(&r->x->memos[c->watch], r->x->scratch, &c->asked, r->shift->org, c->turn);

	c->again = result == TURN_THROUGH;
	if (result == TURN_COMPUTE)
		make_full(r, c->watch);
}

/* Spend of those of one depth. */
static void on_gains(void *arg, unsigned depth)
{
	struct resolving *r = arg;

	for (size_t i = 0; i < r->n_found; i++)
		if (r->found[i].turn && r->found[i].asked.depth == depth)
			turn_one(r, &r->found[i]);
}

static void on_gains_again(void *arg, unsigned depth)
{
	struct resolving *r = arg;

	(void)depth;
	turn_one(r, r->avoiding);
}

/* Spend of all, then once more, without walks through the procurer, of those where one may have been found. */
static enum rc turn_all(struct resolving *r)
{
	struct gains_query q = { r->shift->org, ORG_NONE, r->depths };
	enum rc rc = gains_each(&r->up, &q, on_gains, r);

	for (size_t i = 0; i < r->n_found && rc == RC_OK; i++) {
		r->avoiding = &r->found[i];
		if (!r->avoiding->again)
			continue;
		q.avoid = r->avoiding->asked.procurer;
		q.depths = 1u << r->avoiding->asked.depth;
		rc = gains_each(&r->up, &q, on_gains_again, r);
	}
	return rc;
}

static void on_granted(void *arg, uint32_t procurer, unsigned distance)
{
	struct resolving *r = arg;
	size_t i = shiftable(r, procurer);

	if (i != SIZE_MAX && r->granted[i] && distance <= r->x->watches[i].depth)
		make_full(r, i);
}

static void delta_add(struct resolving *r, const struct candidate *c)
{
	struct touched *x = r->x;
	void *p = x->deltas;

	if (!list_grow(&p, &x->cap_deltas, x->n_deltas, sizeof(*x->deltas))) {
		txn_fail(r->t, RC_NOMEM);
		return;
	}
	x->deltas = p;
	x->deltas[x->n_deltas++] =
		(struct delta){ c->watch, (uint32_t)(r->shift - x->shifts), c->asked.cell };
}

/* Of one shift: whose figures can be shifted, who must be computed. Memos are those after the shifts before it. */
static enum rc resolve_shift(struct resolving *r)
{
	enum rc rc;

	r->n_found = 0;
	r->turns = false;
	rc = asked_each(&r->up, r->shift->org, r->depths, on_asked, r);
	if (rc == RC_OK && r->turns)
		rc = turn_all(r);
	for (size_t i = 0; i < r->n_found && rc == RC_OK; i++)
		if (!r->full[r->found[i].watch])
			delta_add(r, &r->found[i]);
	return rc == RC_OK ? txn_rc(r->t) : rc;
}

bool holds_grants(struct txn *t, uint32_t procurer)
{
	AUTO_CUR struct cur c = { 0 };
	uint8_t key[4];

	if (txn_count(t, DB_GRANT) == 0)
		return false;
	be32_put(key, procurer);
	cur_open(&c, t, DB_GRANT);
	cur_ge(&c, view_of(key, 4));
	return cur_in(&c, view_of(key, 4));
}

static bool find_granted(struct resolving *r)
{
	bool any = false;

	for (size_t i = 0; i < r->x->n_watches && txn_count(r->t, DB_GRANT) > 0; i++) {
		r->granted[i] = holds_grants(r->t, r->x->watches[i].org);
		any = any || r->granted[i];
	}
	return any;
}

static enum rc resolve_all(struct resolving *r)
{
	struct touched *x = r->x;
	bool granted = find_granted(r);
	enum rc rc = txn_rc(r->t);

	for (size_t i = 0; i < x->n_touches; i++)
		r->full[x->touches[i].watch] = 1;
	for (size_t i = 0; i < x->n_watches; i++)
		r->depths |= 1u << x->watches[i].depth;
	for (size_t k = 0; k < x->n_shifts && rc == RC_OK; k++) {
		r->shift = &x->shifts[k];
		if (granted)
			touched_by(&r->up, &r->shift->org, 1, on_granted, r);
		rc = resolve_shift(r);
	}
	return rc;
}

enum rc shifts_resolve(struct touched *x, struct txn *t)
{
	AUTO_FREE uint8_t *bytes = NULL;
	struct resolving r = { .x = x, .t = t, .up = upward_of(x, t) };
	enum rc rc;

	if (x->n_shifts == 0)
		return RC_OK;
	bytes = calloc(2, x->n_watches);
	if (!bytes)
		return RC_NOMEM;
	r.full = bytes;
	r.granted = bytes + x->n_watches;
	rc = resolve_all(&r);
	free(r.found);
	return rc;
}
