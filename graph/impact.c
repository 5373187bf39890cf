/*
 * impact.c - who is affected by a supplier, from one walk against the links (reverse.c): sums, and items by
 * tier, whose ids nobody reads but for a page of them.
 */
#include "base/util.h"
#include "graph/reverse.h"

/* ---- who reaches the supplier, with what is asked: `required` from links alone, `gap` for a misfit ---- */

static bool found(const struct reverse *r, uint32_t x)
{
	return x != r->supplier && (r->viewer == ORG_NONE || x == r->viewer) && reverse_found(r->s->cell[x]);
}

/* Of those in list. */
static enum rc collect(const struct reverse *r, const uint32_t *list, size_t n, struct impact *out)
{
	const struct scratch *s = r->s;
	out->items = malloc(MAX(n, (size_t)1) * sizeof *out->items);
	if (!out->items)
		return RC_NOMEM;
	for (size_t i = 0; i < n; i++) {
		uint32_t x = list[i], c = x < s->n ? s->cell[x] : 0;
		if (c >> 16 == s->epoch && found(r, x))
			out->items[out->n++] = (struct impact_item){ x, (uint8_t)cell_tier(c),
								    (uint8_t)reverse_level(c), reverse_misfit(c) };
	}
	return RC_OK;
}

static int procurer_cmp(const void *pa, const void *pb)
{
	uint32_t x = ((const struct impact_item *)pa)->procurer, y = ((const struct impact_item *)pb)->procurer;
	return x < y ? -1 : x > y;
}

static int tier_cmp(const void *pa, const void *pb)
{
	const struct impact_item *a = pa, *b = pb;
	return a->tier != b->tier ? (a->tier < b->tier ? -1 : 1) : procurer_cmp(pa, pb);
}

/* Those of the caller's own who hold a grant. */
static enum rc own_viewers(struct txn *t, const struct caller *caller, struct buf *out)
{
	AUTO_CUR struct cur c;
	uint8_t key[4];
	cur_open(&c, t, DB_GRANT);
	for (size_t i = 0; i < caller->n_own; i++) {
		be32_put(key, caller->own[i]);
		if (cur_ge(&c, view_of(key, 4)) && cur_in(&c, view_of(key, 4)))
			buf_add(out, &caller->own[i], 4);
	}
	return buf_ok(out) ? txn_rc(t) : RC_NOMEM;
}

/* Everybody who holds a grant, once each. */
static enum rc viewers(struct txn *t, struct buf *out)
{
	AUTO_CUR struct cur c;
	uint8_t key[4];
	uint32_t last = 0;
	cur_open(&c, t, DB_GRANT);
	bool ok = cur_first(&c);
	while (ok) {
		last = be32_get(c.key.p);
		buf_add(out, &last, 4);
		if (last == UINT32_MAX)
			break;
		be32_put(key, last + 1);
		ok = cur_ge(&c, view_of(key, 4));
	}
	return buf_ok(out) ? txn_rc(t) : RC_NOMEM;
}

/* What each viewer finds with its own eyes, ascending. */
static enum rc seen_by(const struct reverse *general, const struct caller *caller, struct buf *out)
{
	AUTO(buf_done) struct buf list = BUF_INIT;
	enum rc rc = caller->sees_all ? viewers(general->t, &list) : own_viewers(general->t, caller, &list);
	for (size_t i = 0; i < list.n && rc == RC_OK; i += 4) {
		struct reverse r = { .t = general->t, .s = general->s, .supplier = general->supplier,
				     .on = general->on, .depth = general->depth, .any_grants = true };
		struct impact one = { 0 };
		memcpy(&r.viewer, list.p + i, 4);
		if (r.viewer == r.supplier)
			continue;
		rc = reverse_run(&r);
		if (rc == RC_OK)
			rc = collect(&r, &r.viewer, 1, &one);
		buf_add(out, one.items, one.n * sizeof *one.items);
		impact_done(&one);
		reverse_done(&r);
	}
	return rc == RC_OK && !buf_ok(out) ? RC_NOMEM : rc;
}

/* Procurers with grants see more than everybody: their results replace or join the general ones. */
static enum rc granted(const struct reverse *general, const struct caller *caller, struct impact *out)
{
	AUTO(buf_done) struct buf seen = BUF_INIT;
	enum rc rc = seen_by(general, caller, &seen);
	size_t n = seen.n / sizeof *out->items, all = out->n;
	if (rc != RC_OK || n == 0)
		return rc;
	struct impact_item *p = realloc(out->items, (all + n) * sizeof *p);
	if (!p)
		return RC_NOMEM;
	out->items = p;
	qsort(p, all, sizeof *p, procurer_cmp);
	for (size_t i = 0; i < n; i++) {
		struct impact_item x;
		memcpy(&x, seen.p + i * sizeof x, sizeof x);
		struct impact_item *at = bsearch(&x, p, all, sizeof *p, procurer_cmp);
		*(at ? at : &p[out->n++]) = x;
	}
	qsort(p, out->n, sizeof *p, tier_cmp);
	return RC_OK;
}

/* ---- judging ---- */

/* What procurers hope for at a tier, whatever links ask; asked in ascending order, it looks only at those that
 * have targets. */
struct hopes {
	struct cur at;
	struct targets *tmp;
	bool any;
};

static unsigned hope(struct hopes *h, uint32_t procurer, unsigned tier)
{
	uint8_t key[4];
	struct txn *t = h->at.txn;
	be32_put(key, procurer);
	if (!h->any || (h->at.valid && be32_get(h->at.key.p) > procurer))
		return 0;
	if (!h->at.valid || be32_get(h->at.key.p) < procurer)
		h->any = cur_ge(&h->at, view_of(key, 4));
	if (!h->any || be32_get(h->at.key.p) != procurer)
		return 0;
	return targets_of(t, procurer, h->tmp) == RC_OK && h->tmp->present ? h->tmp->tiers[tier] : 0;
}

static void tier_judge(struct hopes *h, unsigned tier, unsigned held, struct impact *out)
{
	h->at.valid = false;
	h->any = txn_count(h->at.txn, DB_TARGETS) > 0;
	for (size_t i = out->tier_first[tier]; i < out->tier_first[tier + 1]; i++) {
		struct impact_item *x = &out->items[i];
		if (tier >= 2 && h->any)
			x->required = (uint8_t)MAX(x->required, hope(h, x->procurer, tier));
		x->gap = held < x->required || x->gap;
		out->tier_in_gap[tier] += x->gap;
	}
	out->tier_procurers[tier] = out->tier_first[tier + 1] - out->tier_first[tier];
	out->procurers += out->tier_procurers[tier];
	out->in_gap += out->tier_in_gap[tier];
}

static enum rc judge(struct txn *t, unsigned held, struct impact *out)
{
	AUTO_FREE struct targets *tmp = malloc(sizeof *tmp);
	struct hopes h = { .tmp = tmp };
	if (!tmp)
		return RC_NOMEM;
	cur_open(&h.at, t, DB_TARGETS);
	size_t i = 0;
	for (unsigned tier = 1; tier <= TIER_MAX; tier++) {
		out->tier_first[tier] = i;
		while (i < out->n && out->items[i].tier == tier)
			i++;
		out->tier_first[tier + 1] = i;
		tier_judge(&h, tier, held, out);
	}
	cur_close(&h.at);
	return txn_rc(t);
}

/* The walk's reach is in order already; the caller's own are a few. */
static enum rc collect_for(const struct reverse *r, const struct caller *caller, struct impact *out)
{
	enum rc rc;
	if (caller->sees_all)
		return collect(r, r->s->reach, r->s->n_reach, out);
	rc = collect(r, caller->own, caller->n_own, out);
	if (rc == RC_OK && out->n > 1)
		qsort(out->items, out->n, sizeof *out->items, tier_cmp);
	return rc;
}

enum rc impact_compute(struct txn *t, struct scratch *s, uint32_t supplier, unsigned depth, int32_t on,
		       int held_level, const struct caller *caller, struct impact *out)
{
	struct reverse r = { .t = t, .s = s, .supplier = supplier, .on = on, .depth = depth,
			     .any_grants = txn_count(t, DB_GRANT) > 0 };

	*out = (struct impact){ .held = held_on(t, supplier, on).level };
	if (!caller->sees_all && caller->n_own == 1)
		r.viewer = caller->own[0]; /* one walk, with its eyes */
	enum rc rc = reverse_run(&r);
	if (rc == RC_OK)
		rc = collect_for(&r, caller, out);
	if (rc == RC_OK && r.viewer == ORG_NONE && r.any_grants && r.granted_links)
		rc = granted(&r, caller, out);
	reverse_done(&r);
	if (rc == RC_OK)
		rc = judge(t, held_level >= 0 ? (unsigned)held_level : out->held, out);
	if (rc != RC_OK)
		impact_done(out);
	return rc;
}

void impact_done(struct impact *i)
{
	free(i->items);
	i->items = NULL;
	i->n = 0;
}

/* ---- going through it ---- */

static void tier_begin(struct impact_iter *it, unsigned tier, struct view after)
{
	const struct impact *x = it->impact;
	it->tier = tier;
	struct id_set set = { .base = x->items + x->tier_first[tier], .stride = sizeof *x->items,
			      .n = x->tier_first[tier + 1] - x->tier_first[tier] };
	it->rc = id_order_begin(&it->order, it->t, &set, after);
}

void impact_iter_begin(struct impact_iter *it, const struct impact *x, struct txn *t, unsigned tier, struct view after)
{
	*it = (struct impact_iter){ .impact = x, .t = t };
	if (tier <= TIER_MAX)
		tier_begin(it, MAX(tier, 1u), after);
}

const struct impact_item *impact_iter_next(struct impact_iter *it)
{
	size_t at;
	while (it->rc == RC_OK && it->tier > 0) {
		if (id_order_next(&it->order, &at))
			return &it->impact->items[it->impact->tier_first[it->tier] + at];
		id_order_done(&it->order);
		if (it->tier == TIER_MAX)
			return NULL;
		tier_begin(it, it->tier + 1, (struct view){ 0 });
	}
	return NULL;
}

enum rc impact_iter_done(struct impact_iter *it)
{
	id_order_done(&it->order);
	return it->rc != RC_OK ? it->rc : txn_rc(it->t);
}
