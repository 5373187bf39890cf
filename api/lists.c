/*
 * lists.c - paged lists of organisations and of direct links. Each page stands on its own: the
 * cursor carries the key of the last item, so that a page costs what it shows and what lies before
 * it costs nothing, and a change between two pages neither repeats nor drops an unchanged item.
 */
#include "api/entity_out.h"
#include "api/handlers.h"
#include "base/orgid.h"
#include "base/pack.h"
#include "base/util.h"

/* ---- some organisations by number, in the order of their ids ---- */

struct peer {
	struct view id;
	uint32_t org;
};

static int peer_cmp(const void *a, const void *b)
{
	return view_cmp(((const struct peer *)a)->id, ((const struct peer *)b)->id);
}

/* Keeps the `max` smallest ids as a heap whose root is the greatest. */
static void heap_push(struct peer *heap, size_t *n, size_t max, struct peer x)
{
	size_t i;

	if (*n == max) {
		if (view_cmp(x.id, heap[0].id) >= 0)
			return;
		for (i = 0; 2 * i + 1 < max;) {
			size_t child = 2 * i + 1;
			if (child + 1 < max && view_cmp(heap[child + 1].id, heap[child].id) > 0)
				child++;
			if (view_cmp(x.id, heap[child].id) >= 0)
				break;
			heap[i] = heap[child];
			i = child;
		}
		heap[i] = x;
		return;
	}
	for (i = (*n)++; i && view_cmp(heap[(i - 1) / 2].id, x.id) < 0; i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = x;
}

/* The first `max` of the numbers whose id is behind `after`, in id order; returns how many. */
static size_t smallest_ids(struct request *r, const uint32_t *orgs, size_t n, struct view after,
			   struct peer *out, size_t max)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct peer x = { org_id(r->txn, orgs[i]), orgs[i] };
		if (!after.p || view_cmp(x.id, after) > 0)
			heap_push(out, &kept, max, x);
	}
	qsort(out, kept, sizeof(*out), peer_cmp);
	return kept;
}

struct org_page {
	struct request *r;
	struct json *j;
	size_t left;
	int32_t today;
	int held; /* -1: any */
	bool watched;
	bool more;
	char last[ORGID_MAX + 1];
	size_t last_n;
	enum rc rc;
};

static bool wanted(const struct org_page *p, uint32_t org)
{
	struct rec rec;

	if (p->watched && targets_get(p->r->txn, org, &rec) != RC_OK)
		return false;
	return p->held < 0 || held_on(p->r->txn, org, p->today).level == p->held;
}

/* One organisation in id order; false ends the page. */
static bool show_org(void *arg, struct view id, uint32_t org)
{
	struct org_page *p = arg;

	if (!wanted(p, org))
		return true;
	if (p->left == 0) {
		p->more = true;
		return false;
	}
	p->rc = org_json(p->j, p->r->txn, org, p->today, NULL);
	p->last_n = MIN(id.n, sizeof(p->last) - 1);
	memcpy(p->last, id.p, p->last_n);
	p->left--;
	return p->rc == RC_OK;
}

static enum rc page_all(struct org_page *p, struct view after)
{
	enum rc rc;

	org_each(p->r->txn, after.p ? after : VIEW_LIT(""), show_org, p);
	json_arr_end(p->j);
	rc = p->rc;
	return rc ? rc
		  : request_next(p->r, p->j,
				 p->more ? view_of(p->last, p->last_n) : view_of(NULL, 0));
}

/* A search page: the cursor is the search's own. Filters may leave batches empty: go on. */
static enum rc page_search(struct org_page *p, struct view q, struct view after)
{
	uint32_t found[64];
	uint8_t key[8];
	uint64_t cursor = after.n == sizeof(key) ? be64_get(after.p) : 0;
	bool first = true;

	while (p->left && (first || cursor)) {
		size_t n = org_search(p->r->txn, q, &cursor, found, MIN(p->left, ARRAY_LEN(found)));
		for (size_t i = 0; i < n && !p->rc; i++)
			if (wanted(p, found[i])) {
				p->rc = org_json(p->j, p->r->txn, found[i], p->today, NULL);
				p->left--;
			}
		if (p->rc || txn_rc(p->r->txn))
			return p->rc ? p->rc : txn_rc(p->r->txn);
		first = false;
	}
	json_arr_end(p->j);
	be64_put(key, cursor);
	return request_next(p->r, p->j, cursor ? view_of(key, sizeof(key)) : view_of(NULL, 0));
}

/* Those with targets: few, so they are found by number and sorted here. */
static enum rc page_watched(struct org_page *p, struct view after)
{
	size_t limit = p->left, kept = 0, n;
	struct peer *peers = arena_alloc(p->r->arena, (limit + 1) * sizeof(*peers));
	uint32_t batch[256], last = 0;

	if (!peers)
		return RC_NOMEM;
	while ((n = watched_list(p->r->txn, last, batch, ARRAY_LEN(batch))) > 0) {
		last = batch[n - 1];
		for (size_t i = 0; i < n; i++) {
			struct peer x = { org_id(p->r->txn, batch[i]), batch[i] };
			if ((!after.p || view_cmp(x.id, after) > 0) && wanted(p, x.org))
				heap_push(peers, &kept, limit + 1, x);
		}
	}
	qsort(peers, kept, sizeof(*peers), peer_cmp);
	for (size_t i = 0; i < MIN(kept, limit) && !p->rc; i++)
		p->rc = org_json(p->j, p->r->txn, peers[i].org, p->today, NULL);
	json_arr_end(p->j);
	if (p->rc)
		return p->rc;
	return request_next(p->r, p->j, kept > limit ? peers[limit - 1].id : view_of(NULL, 0));
}

enum rc orgs_list(struct request *r, struct err *e)
{
	struct json j;
	struct view after, q = r->query.v[Q_q].s;
	struct org_page p = {
		.r = r,
		.j = &j,
		.left = (size_t)r->query.v[Q_limit].n,
		.today = graph_today(r->txn),
		.held = query_has(&r->query, Q_held) ? (int)r->query.v[Q_held].n : -1,
		.watched = r->query.v[Q_watched].n != 0,
	};
	enum rc rc = request_cursor(r, &after, e);

	if (rc)
		return rc;
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "items");
	json_arr(&j);
	if (q.n)
		rc = page_search(&p, q, after);
	else
		rc = p.watched ? page_watched(&p, after) : page_all(&p, after);
	if (!rc)
		json_obj_end(&j);
	return rc;
}

/* ---- direct links, in the order of the other end's id ---- */

static enum rc show_links(struct request *r, struct json *j, uint32_t org, bool up,
			  const struct peer *peers, size_t n)
{
	struct link_out l = { .today = graph_today(r->txn), .listed = true };
	struct targets tg;
	enum rc rc = up ? RC_OK : targets_of(r->txn, org, &tg);

	for (size_t i = 0; i < n && !rc; i++) {
		struct rec rec;
		l.procurer = up ? peers[i].org : org;
		l.supplier = up ? org : peers[i].org;
		if (up)
			rc = targets_of(r->txn, l.procurer, &tg);
		if (!rc)
			rc = link_get(r->txn, l.procurer, l.supplier, &rec);
		if (rc)
			break;
		l.rec = &rec;
		l.tg = &tg;
		link_json(j, r->txn, &l);
	}
	return rc;
}

static enum rc links_list(struct request *r, bool up, struct err *e)
{
	size_t limit = (size_t)r->query.v[Q_limit].n, n = 0, kept;
	AUTO_FREE uint32_t *orgs = NULL;
	struct peer *peers = arena_alloc(r->arena, (limit + 1) * sizeof(*peers));
	struct view after;
	struct json j;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (!rc)
		rc = request_cursor(r, &after, e);
	if (!rc)
		rc = up ? link_procurers(r->txn, org, &orgs, &n)
			: link_suppliers(r->txn, org, &orgs, &n);
	if (rc || !peers)
		return rc ? rc : RC_NOMEM;
	kept = smallest_ids(r, orgs, n, after, peers, limit + 1);
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "items");
	json_arr(&j);
	rc = show_links(r, &j, org, up, peers, MIN(kept, limit));
	json_arr_end(&j);
	if (!rc)
		rc = request_next(r, &j, kept > limit ? peers[limit - 1].id : view_of(NULL, 0));
	json_obj_end(&j);
	return rc;
}

enum rc suppliers_list(struct request *r, struct err *e) { return links_list(r, false, e); }

enum rc procurers_list(struct request *r, struct err *e) { return links_list(r, true, e); }
