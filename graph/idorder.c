/* idorder.c - see idorder.h. */
#include "graph/idorder.h"

#include "base/pack.h"
#include "base/util.h"
#include "graph/radix.h"

static uint32_t org_at(const struct id_order *o, size_t at)
{
	uint32_t org;
	memcpy(&org, o->base + at * o->stride, sizeof org);
	return org;
}

static int id_cmp(const void *pa, const void *pb)
{
	return view_cmp(((const struct id_at *)pa)->id, ((const struct id_at *)pb)->id);
}

static enum rc sort_all(struct id_order *o, struct view after)
{
	o->sorted = malloc(MAX(o->n, (size_t)1) * sizeof *o->sorted);
	if (!o->sorted)
		return RC_NOMEM;
	for (size_t i = 0; i < o->n; i++) {
		struct id_at x = { org_id(o->t, org_at(o, i)), i };
		if (!after.p || view_cmp(x.id, after) > 0)
			o->sorted[o->n_sorted++] = x;
	}
	if (o->n_sorted > 1)
		qsort(o->sorted, o->n_sorted, sizeof *o->sorted, id_cmp);
	return RC_OK;
}

static void walk_from(struct id_order *o, struct view after)
{
	o->walking = true;
	cur_open(&o->cur, o->t, DB_ORG_ID);
	if (!after.p)
		cur_first(&o->cur);
	else if (cur_ge(&o->cur, after) && view_eq(o->cur.key, after))
		cur_next(&o->cur);
}

enum rc id_order_begin(struct id_order *o, struct txn *t, const void *base, size_t stride, size_t n, struct view after)
{
	*o = (struct id_order){ .t = t, .base = base, .stride = stride, .n = n };
	/* To sort costs n ids; a hundred found on the way through all ids take 100 * all / n steps of a tenth. */
	if (n * n / 10 < (size_t)graph_max_org(t) + 100)
		return sort_all(o, after);
	walk_from(o, after);
	return txn_rc(t);
}

static bool place_of(const struct id_order *o, uint32_t org, size_t *out_at)
{
	size_t lo = 0, hi = o->n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (org_at(o, mid) < org)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == o->n || org_at(o, lo) != org)
		return false;
	*out_at = lo;
	return true;
}

bool id_order_next(struct id_order *o, size_t *out_at)
{
	if (!o->walking) {
		if (o->next == o->n_sorted)
			return false;
		*out_at = o->sorted[o->next++].at;
		return true;
	}
	for (bool found = false; o->cur.valid;) {
		const uint8_t *v = o->cur.val.p;
		if (o->cur.val.n == 5 && !v[4]) /* no alias */
			found = place_of(o, be32_get(v), out_at);
		cur_next(&o->cur);
		if (found)
			return true;
	}
	return false;
}

void id_order_done(struct id_order *o)
{
	free(o->sorted);
	if (o->walking)
		cur_close(&o->cur);
	*o = (struct id_order){ 0 };
}
