/*
 * incident_order.c - pages of those to be told. In the order of duty the direct buyers with agreed hours come first, by
 * hours, then id; the rest follows by tier, then id, as everybody does otherwise.
 */
#include "api/incident.h"

#include "base/json_out.h"
#include "base/orgid.h"
#include "base/util.h"

/* A key of a page: 0, hours, id, or tier, id. */
#define TIMED_KEY 3u

struct timed {
	struct impact_item item;
	int hours;
	struct view id;
};

static int timed_cmp(const void *pa, const void *pb)
{
	const struct timed *a = pa, *b = pb;

	return a->hours != b->hours ? (a->hours < b->hours ? -1 : 1) : view_cmp(a->id, b->id);
}

/* Takes those with agreed hours out of the first tier. */
static enum rc take_timed(struct incident *in, struct impact *x, struct timed **out, size_t *out_n)
{
	size_t end = x->tier_first[2], kept = 0, n = 0;
	struct timed *list = malloc(MAX(end, (size_t)1) * sizeof(*list));
	enum rc rc = list ? RC_OK : RC_NOMEM;
	int hours;

	for (size_t i = 0; i < end && !rc; i++) {
		const struct impact_item it = x->items[i];
		rc = incident_hours(in->r, it.procurer, in->supplier, &hours);
		if (hours >= 0)
			list[n++] = (struct timed){ it, hours, org_id(in->r->txn, it.procurer) };
		else
			x->items[kept++] = it;
	}
	*out = list;
	*out_n = n;
	if (rc || n == 0)
		return rc;
	memmove(x->items + kept, x->items + end, (x->n - end) * sizeof(*x->items));
	x->n -= n;
	for (unsigned k = 2; k <= TIER_MAX + 1; k++)
		x->tier_first[k] -= n;
	qsort(list, n, sizeof(*list), timed_cmp);
	return RC_OK;
}

struct page {
	struct incident *in;
	size_t left;
	struct view last; /* key of the last one written */
	bool more;
};

static struct view key_of(struct page *p, const struct impact_item *it, int hours)
{
	struct view id = org_id(p->in->r->txn, it->procurer);
	uint8_t key[TIMED_KEY + ORGID_MAX];
	size_t n = 0;

	key[n++] = hours < 0 ? it->tier : 0;
	if (hours >= 0) {
		key[n++] = (uint8_t)(hours >> 8);
		key[n++] = (uint8_t)hours;
	}
	id.n = MIN(id.n, ORGID_MAX);
	memcpy(key + n, id.p, id.n);
	return arena_copy(p->in->r->arena, view_of(key, n + id.n));
}

/* false: the page is full, or failed. */
static bool put(struct page *p, const struct impact_item *it, int hours, enum rc *rc)
{
	if (p->left == 0) {
		p->more = true;
		return false;
	}
	*rc = incident_item_json(p->in, it);
	if (--p->left == 0)
		p->last = key_of(p, it, hours);
	return *rc == RC_OK;
}

static bool is_behind(const struct timed *x, struct view after)
{
	const uint8_t *k = after.p;

	if (!k)
		return true;
	int hours = k[1] << 8 | k[2];
	return x->hours != hours ? x->hours > hours
				 : view_cmp(x->id, view_of(k + TIMED_KEY, after.n - TIMED_KEY)) > 0;
}

static enum rc put_timed(struct page *p, const struct timed *list, size_t n, struct view after)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < n; i++)
		if (is_behind(&list[i], after) && !put(p, &list[i].item, list[i].hours, &rc))
			break;
	return rc;
}

static enum rc put_tiers(struct page *p, const struct impact *x, struct view after)
{
	struct impact_iter it;
	const struct impact_item *item;
	const uint8_t *k = after.p;
	enum rc rc = RC_OK, gone;

	impact_iter_begin(&it, x, p->in->r->txn, k ? k[0] : 1,
			  k ? view_of(k + 1, after.n - 1) : view_of(NULL, 0));
	do
		item = impact_iter_next(&it);
	while (item && put(p, item, -1, &rc));
	gone = impact_iter_done(&it);
	return rc ? rc : gone;
}

enum rc incident_page(struct incident *in, struct impact *x, bool duty, struct view after)
{
	struct page p = { .in = in, .left = (size_t)in->r->query.v[Q_limit].n };
	AUTO_FREE struct timed *list = NULL;
	bool in_tiers = after.p && *(const uint8_t *)after.p != 0;
	struct view none = view_of(NULL, 0);
	size_t n = 0;
	enum rc rc = duty ? take_timed(in, x, &list, &n) : RC_OK;

	json_key(in->j, "items");
	json_arr(in->j);
	if (!rc && !in_tiers)
		rc = put_timed(&p, list, n, after);
	if (!rc && !p.more)
		rc = put_tiers(&p, x, in_tiers ? after : none);
	json_arr_end(in->j);
	return rc ? rc : request_next(in->r, in->j, p.more ? p.last : none);
}
