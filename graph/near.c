/* near.c - see near.h. */
#include "graph/near.h"

#include "base/util.h"
#include "graph/walk.h"

/* Is procurer -> supplier, active on the day, one of the chain? */
static bool of_chain(const struct chain_list *l, struct txn *t, uint32_t procurer, uint32_t supplier, uint32_t attr)
{
	if (supplier == l->q.procurer)
		return false;
	return procurer == l->q.procurer ||
	       link_visible(t, l->q.procurer, procurer, supplier, attr, l->q.on, true);
}

/* fn for each link of the chain that org has, or (up) that others have to it, by the other end's number. */
static enum rc near_each(const struct chain_list *l, struct txn *t, uint32_t org, bool up,
			 enum rc (*fn)(void *arg, struct adj_ent e), void *arg)
{
	struct adj_reader r;
	struct adj_run run;
	enum rc rc = RC_OK;
	adj_reader_init(&r, t, up ? ADJ_IN : ADJ_OUT);
	for (bool ok = adj_first(&r, org, &run); ok && rc == RC_OK; ok = adj_next(&r, &run)) {
		const struct adj_dates *d = run.d;
		for (uint32_t i = 0; i < run.n && rc == RC_OK; i++) {
			const struct adj_ent e = run.e[i];
			if ((e.attr & ADJ_DATED) && !dates_active(d++, l->q.on))
				continue;
			if (up ? of_chain(l, t, e.peer, org, e.attr) : of_chain(l, t, org, e.peer, e.attr))
				rc = fn(arg, e);
		}
	}
	adj_reader_done(&r);
	if (rc == RC_OK && r.bad)
		rc = RC_DAMAGED;
	return rc != RC_OK ? rc : txn_rc(t);
}

static enum rc count_one(void *arg, struct adj_ent e)
{
	(void)e;
	++*(uint64_t *)arg;
	return RC_OK;
}

uint64_t near_suppliers(const struct chain_list *l, struct txn *t, uint32_t org)
{
	uint64_t n = 0;
	enum rc rc = near_each(l, t, org, false, count_one, &n);
	if (rc != RC_OK)
		txn_fail(t, rc);
	return n;
}

static enum rc bit_add(void *arg, struct adj_ent e)
{
	struct org_bits *found = arg;
	if (e.peer / 64 < found->words)
		bit_set(found->bits, e.peer);
	return RC_OK;
}

enum rc near_keep(const struct chain_list *l, struct txn *t, uint32_t org, bool up, struct org_bits *set)
{
	struct org_bits found = { calloc(MAX(set->words, (size_t)1), sizeof *found.bits), set->words };
	enum rc rc = found.bits ? near_each(l, t, org, up, bit_add, &found) : RC_NOMEM;
	for (size_t i = 0; i < set->words && rc == RC_OK; i++)
		set->bits[i] &= found.bits[i];
	free(found.bits);
	return rc;
}

/* ---- asked ---- */

struct asking {
	const struct chain_list *l;
	struct near_asked *a;
	size_t n, cap;
	size_t of_tier[TIER_MAX + 1];
};

static enum rc asked_add(void *arg, struct adj_ent e)
{
	struct asking *k = arg;
	unsigned tier = e.peer == k->l->q.procurer ? 0 : chain_tier(k->l, e.peer);
	if (e.peer != k->l->q.procurer && (tier == 0 || tier >= k->l->q.depth))
		return RC_OK;
	void *p = k->a;
	if (!list_grow(&p, &k->cap, k->n, sizeof *k->a))
		return RC_NOMEM;
	k->a = p;
	k->a[k->n++] = (struct near_asked){ e.peer, (uint8_t)tier, (uint8_t)adj_level(e.attr) };
	k->of_tier[tier]++;
	return RC_OK;
}

/* The first of one tier, up to max. */
static enum rc asked_tier(const struct asking *k, struct txn *t, unsigned tier, size_t max, struct near_asked *out,
			  size_t *n)
{
	size_t of_tier = 0, at;
	AUTO_FREE struct near_asked *those = malloc(k->of_tier[tier] * sizeof *those);
	struct id_order order;
	if (!those)
		return RC_NOMEM;
	for (size_t i = 0; i < k->n; i++)
		if (k->a[i].tier == tier)
			those[of_tier++] = k->a[i];
	struct id_set set = { .base = those, .stride = sizeof *those, .n = of_tier, .veil = &k->l->veil };
	enum rc rc = id_order_begin(&order, t, &set, (struct view){ 0 });
	while (rc == RC_OK && *n < max && id_order_next(&order, &at))
		out[(*n)++] = those[at];
	id_order_done(&order);
	return rc;
}

enum rc near_asked_of(const struct chain_list *l, struct txn *t, uint32_t supplier, size_t max, struct near_asked *out,
		      size_t *out_n, uint64_t *out_total)
{
	struct asking k = { .l = l };
	enum rc rc = near_each(l, t, supplier, true, asked_add, &k);
	*out_n = 0;
	*out_total = k.n;
	for (unsigned tier = 0; tier <= TIER_MAX && rc == RC_OK; tier++)
		if (k.of_tier[tier] && *out_n < max)
			rc = asked_tier(&k, t, tier, max, out, out_n);
	free(k.a);
	return rc != RC_OK ? rc : txn_rc(t);
}
