/*
 * steps_write.c - writing steps: what a change of certificates means for the blocks and for the calendar.
 */
#include "base/util.h"
#include "graph/radix.h"
#include "graph/state.h"
#include "graph/steps.h"

static void calendar_of(struct cal_set *set, uint32_t org, const struct step *s, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		cal_add(set, s[i].day, CAL_HELD, org, 0); /* DAY_NONE is skipped */
}

/* A block under construction. */
struct steps_block {
	uint32_t first[STEP_BLOCK + 1];
	struct buf steps;
	bool changed;
};

/* Steps of one organisation take the place of old ones; *later gets what that means for the calendar. */
static void slot_put(struct txn *w, struct steps_block *k, struct cal_edits *later, uint32_t org,
		     const struct step *old, uint32_t old_n, const struct step *s, uint32_t n)
{
	struct cal_set before = { 0 }, after = { 0 };

	buf_add(&k->steps, s, 8 * (size_t)n);
	if (old_n == n && (n == 0 || memcmp(old, s, 8 * (size_t)n) == 0))
		return;
	k->changed = true;
	calendar_of(&before, org, old, old_n);
	calendar_of(&after, org, s, n);
	cal_later(w, later, &before, &after);
	cal_set_done(&before);
	cal_set_done(&after);
}

static void block_put(struct txn *w, uint32_t block, const struct steps_block *k)
{
	uint8_t key[4];
	be32_put(key, block);
	if (!k->steps.n) {
		txn_del(w, DB_STEP, view_of(key, 4));
		return;
	}
	char *p = txn_reserve(w, DB_STEP, view_of(key, 4), STEP_HEAD_BYTES + k->steps.n);
	if (!p)
		return;
	memcpy(p, k->first, STEP_HEAD_BYTES);
	memcpy(p + STEP_HEAD_BYTES, k->steps.p, k->steps.n);
}

/* Loads what the block holds now; false: damage. */
static bool block_old(struct step_reader *r, uint32_t block, uint32_t first[STEP_BLOCK + 1])
{
	uint32_t n;
	(void)steps_of(r, block * STEP_BLOCK, &n);
	memset(first, 0, STEP_HEAD_BYTES);
	if (r->v.p)
		memcpy(first, r->v.p, STEP_HEAD_BYTES);
	for (uint32_t i = 0; i < STEP_BLOCK; i++)
		r->bad = r->bad || first[i] > first[i + 1];
	return !r->bad;
}

/* The steps of slots [from, to) stay as they are. */
static void slots_keep(struct steps_block *k, const struct step *old, const uint32_t *first, uint32_t from, uint32_t to)
{
	uint32_t at = (uint32_t)(k->steps.n / 8);
	for (uint32_t i = from; i < to; i++)
		k->first[i] = at + first[i] - first[from];
	buf_add(&k->steps, old + first[from], 8 * (size_t)(first[to] - first[from]));
}

/* The block of orgs[0 .. n): those are computed anew (b NULL: dropped), the others stay. */
static enum rc block_rebuild(struct batch *b, struct txn *w, struct cal_edits *later, const uint32_t *orgs, size_t n)
{
	struct steps_block k = { .steps = BUF_INIT };
	uint32_t first[STEP_BLOCK + 1], slot = 0, block = orgs[0] / STEP_BLOCK;
	struct step_reader r;
	enum rc rc = RC_OK;

	step_reader_init(&r, w);
	if (!block_old(&r, block, first))
		return RC_DAMAGED;
	const struct step *old = r.v.p ? (const void *)((const char *)r.v.p + STEP_HEAD_BYTES) : (const void *)"";
	for (size_t i = 0; i < n && rc == RC_OK; i++, slot++) {
		uint32_t to = orgs[i] % STEP_BLOCK, new_n = 0;
		AUTO_FREE struct step *now = NULL;
		slots_keep(&k, old, first, slot, to);
		slot = to;
		k.first[slot] = (uint32_t)(k.steps.n / 8);
		if (b) {
			held_note_steps(b, orgs[i], old + first[slot], first[slot + 1] - first[slot]);
			rc = steps_compute(w, orgs[i], &now, &new_n);
		}
		slot_put(w, &k, later, orgs[i], old + first[slot], first[slot + 1] - first[slot], now, new_n);
	}
	slots_keep(&k, old, first, slot, STEP_BLOCK);
	k.first[STEP_BLOCK] = (uint32_t)(k.steps.n / 8);
	if (rc == RC_OK && !buf_ok(&k.steps))
		rc = RC_NOMEM;
	if (rc == RC_OK && k.changed)
		block_put(w, block, &k);
	buf_done(&k.steps);
	return rc;
}

enum rc steps_rebuild(struct batch *b, const uint32_t *orgs, size_t n)
{
	enum rc rc = RC_OK;
	for (size_t i = 0, k; i < n && rc == RC_OK; i = k) {
		for (k = i + 1; k < n && orgs[k] / STEP_BLOCK == orgs[i] / STEP_BLOCK; k++)
			;
		rc = block_rebuild(b, b->w, &b->calendar, orgs + i, k - i);
	}
	if (rc == RC_OK && !b->bulk.on)
		cal_flush(b->w, &b->calendar);
	return rc != RC_OK ? rc : txn_rc(b->w);
}

size_t orgs_unique(uint32_t *o, size_t n)
{
	size_t m = 0, i = 1;
	while (i < n && o[i - 1] <= o[i])
		i++;
	if (i < n)
		u32_sort(o, n);
	for (i = 0; i < n; i++)
		if (m == 0 || o[m - 1] != o[i])
			o[m++] = o[i];
	return m;
}

enum rc org_certs_changed(struct batch *b, const uint32_t *orgs, size_t n)
{
	AUTO(buf_done) struct buf family = BUF_INIT;
	struct rec r;

	if (b->bulk.on && !b->bulk.units)
		return steps_rebuild(b, orgs, n);
	buf_add(&family, orgs, 4 * n);
	for (size_t i = 0; i < n; i++) {
		enum rc rc = org_get(b->w, orgs[i], &r);
		if (rc != RC_OK)
			return rc;
		if (!org_is_unit(&r))
			units_of(b->w, r.f[META_ID], &family);
	}
	if (!buf_ok(&family))
		return RC_NOMEM;
	uint32_t *all = (void *)family.p;
	return steps_rebuild(b, all, orgs_unique(all, family.n / 4));
}

void steps_clear(struct txn *w, uint32_t org)
{
	AUTO(cal_edits_done) struct cal_edits later = { 0 };
	enum rc rc = block_rebuild(NULL, w, &later, &org, 1);
	if (rc != RC_OK)
		txn_fail(w, rc);
	cal_flush(w, &later);
}
