/*
 * lists.c - paged lists of organisations. Each page stands on its own: the
 * cursor carries the key of the last item, so that a page costs what it shows and what lies before
 * it costs nothing, and a change between two pages neither repeats nor drops an unchanged item.
 */
#include "api/entity_out.h"
#include "api/handlers.h"
#include "api/known_page.h"
#include "api/peers.h"
#include "base/orgid.h"
#include "base/pack.h"
#include "base/util.h"

struct org_page {
	struct request *r;
	struct sight s;
	struct json *j;
	size_t left;
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
	return p->held < 0 || held_on(p->r->txn, org, p->s.today).level == p->held;
}

static enum rc put(struct org_page *p, uint32_t org)
{
	return org_json(p->j, &p->s, org, sight_org(&p->s, org), NULL);
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
	p->rc = put(p, org);
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
				p->rc = put(p, found[i]);
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
	size_t limit = p->left, n;
	struct peers peers;
	uint32_t batch[256], last = 0;
	enum rc rc = peers_begin(&peers, p->r->arena, limit + 1, after);

	if (rc)
		return rc;
	while ((n = watched_list(p->r->txn, last, batch, ARRAY_LEN(batch))) > 0) {
		last = batch[n - 1];
		for (size_t i = 0; i < n; i++)
			if (wanted(p, batch[i]))
				peers_add(&peers, (struct peer){ .id = org_id(p->r->txn, batch[i]), .org = batch[i] });
	}
	peers_sort(&peers);
	for (size_t i = 0; i < MIN(peers.n, limit) && !p->rc; i++)
		p->rc = put(p, peers.at[i].org);
	json_arr_end(p->j);
	if (p->rc)
		return p->rc;
	return request_next(p->r, p->j, peers.n > limit ? peers.at[limit - 1].id : view_of(NULL, 0));
}

enum rc orgs_list(struct request *r, struct err *e)
{
	struct json j;
	struct view after, q = r->query.v[Q_q].s;
	struct org_page p = {
		.r = r,
		.j = &j,
		.left = (size_t)r->query.v[Q_limit].n,
		.held = query_has(&r->query, Q_held) ? (int)r->query.v[Q_held].n : -1,
		.watched = r->query.v[Q_watched].n != 0,
	};
	enum rc rc = request_cursor(r, &after, e);

	if (rc)
		return rc;
	request_sight(r, &p.s);
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "items");
	json_arr(&j);
	struct known_page known = { r, &p.s, &j, p.left, p.held, p.watched };
	if (!access_sees_all(&r->who))
		rc = known_page(&known, q, after);
	else if (q.n)
		rc = page_search(&p, q, after);
	else
		rc = p.watched ? page_watched(&p, after) : page_all(&p, after);
	if (!rc)
		json_obj_end(&j);
	return rc;
}
