/* idorder.c - see idorder.h. */
#include "graph/idorder.h"

#include "base/pack.h"
#include "base/util.h"

static uint32_t org_at(const struct id_order *o, size_t at)
{
	uint32_t org;
	memcpy(&org, o->base + at * o->stride, sizeof org);
	return org;
}

static int in_order(const struct id_order *o, struct view a, struct view b)
{
	return o->desc ? view_cmp(b, a) : view_cmp(a, b);
}

/* A page asks for a hundred of a hundred thousand: a heap is made in one pass and gives the next one in few steps. */
static void heap_down(struct id_order *o, size_t i)
{
	struct id_at x = o->heap[i];
	for (size_t child; (child = 2 * i + 1) < o->n_heap; i = child) {
		if (child + 1 < o->n_heap && in_order(o, o->heap[child + 1].id, o->heap[child].id) < 0)
			child++;
		if (in_order(o, x.id, o->heap[child].id) <= 0)
			break;
		o->heap[i] = o->heap[child];
	}
	o->heap[i] = x;
}

static size_t heap_take(struct id_order *o)
{
	size_t at = o->heap[0].at;
	o->heap[0] = o->heap[--o->n_heap];
	if (o->n_heap > 1)
		heap_down(o, 0);
	return at;
}

static bool hidden_at(const struct id_order *o, size_t at)
{
	return o->veil && veil_hides(o->veil, org_at(o, at));
}

static enum rc heap_make(struct id_order *o, size_t n_hidden, bool all, struct view after)
{
	size_t n = all ? o->n : n_hidden, k = 0;
	o->heap = malloc(MAX(n, (size_t)1) * sizeof *o->heap);
	o->room = malloc(MAX(n_hidden, (size_t)1) * sizeof *o->room);
	if (!o->heap || !o->room)
		return RC_NOMEM;
	for (size_t i = 0; i < o->n; i++) {
		bool hidden = hidden_at(o, i);
		if (!hidden && !all)
			continue;
		struct view id = hidden ? veil_id(o->veil, o->t, org_at(o, i), o->room[k++]) :
					  org_id(o->t, org_at(o, i));
		if (!after.p || in_order(o, id, after) > 0)
			o->heap[o->n_heap++] = (struct id_at){ id, i };
	}
	for (size_t i = o->n_heap / 2; i-- > 0;)
		heap_down(o, i);
	return RC_OK;
}

static void walk_step(struct id_order *o)
{
	if (o->desc)
		cur_prev(&o->cur);
	else
		cur_next(&o->cur);
}

static void walk_from(struct id_order *o, struct view after)
{
	o->walking = true;
	cur_open(&o->cur, o->t, DB_ORG_ID);
	if (!after.p && o->desc)
		cur_last(&o->cur);
	else if (!after.p)
		cur_first(&o->cur);
	else if (o->desc && cur_le(&o->cur, after) && view_eq(o->cur.key, after))
		cur_prev(&o->cur);
	else if (!o->desc && cur_ge(&o->cur, after) && view_eq(o->cur.key, after))
		cur_next(&o->cur);
}

enum rc id_order_begin(struct id_order *o, struct txn *t, const struct id_set *set, struct view after)
{
	size_t hidden = 0, n;
	enum rc rc = RC_OK;
	*o = (struct id_order){ .t = t, .base = set->base, .stride = set->stride, .n = set->n,
				.veil = set->veil && set->veil->bits ? set->veil : NULL, .desc = set->desc };
	for (size_t i = 0; o->veil && i < o->n; i++)
		hidden += hidden_at(o, i);
	/* A heap costs n ids; a hundred found on the way through all ids take 100 * all / n steps of a tenth. */
	n = o->n - hidden;
	bool few = n * n / 10 < (size_t)graph_max_org(t) + 100;
	if (few || hidden)
		rc = heap_make(o, hidden, few, after);
	if (rc == RC_OK && !few)
		walk_from(o, after);
	return rc != RC_OK ? rc : txn_rc(t);
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

/* Goes on through all ids to the next one that is asked for by it; false: there is none. */
static bool walk_on(struct id_order *o)
{
	for (; o->cur.valid; walk_step(o)) {
		const uint8_t *v = o->cur.val.p;
		if (o->cur.val.n == 5 && !v[4] /* no alias */ && place_of(o, be32_get(v), &o->walk_at) &&
		    !hidden_at(o, o->walk_at))
			return true;
	}
	return false;
}

bool id_order_next(struct id_order *o, size_t *out_at)
{
	bool walked = o->walking && walk_on(o);
	if (o->n_heap > 0 && (!walked || in_order(o, o->heap[0].id, o->cur.key) < 0)) {
		*out_at = heap_take(o);
		return true;
	}
	if (!walked)
		return false;
	*out_at = o->walk_at;
	walk_step(o);
	return true;
}

void id_order_done(struct id_order *o)
{
	free(o->heap);
	free(o->room);
	if (o->walking)
		cur_close(&o->cur);
	*o = (struct id_order){ 0 };
}
