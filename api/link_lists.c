/*
 * link_lists.c - pages of direct links, in the order of the other end's id as the caller sees it: /suppliers and
 * /procurers. Of its own organisations a caller gets all of them; of others those that it may see (sight.h).
 */
#include "api/entity_out.h"
#include "api/handlers.h"
#include "api/peers.h"
#include "base/util.h"

struct side {
	struct request *r;
	struct sight s;
	uint32_t org;
	bool up;  /* the links to it */
	bool all; /* nothing of them is hidden from the caller */
	struct peers page;
};

static enum rc add(struct side *x, uint32_t other)
{
	uint32_t procurer = x->up ? other : x->org, supplier = x->up ? x->org : other;
	struct peer p = { .org = other, .see = { .place = PLACE_OWN } };
	char room[PSEUDONYM_TEXT];
	struct rec link;
	enum rc rc;

	if (!x->all) {
		rc = link_get(x->r->txn, procurer, supplier, &link);
		if (rc)
			return rc;
		p.see = sight_link(&x->s, procurer, supplier, &link);
		if (p.see.place == PLACE_NONE)
			return x->s.rc;
	}
	bool hidden = x->up ? p.see.procurer_hidden : p.see.supplier_hidden;
	p.id = sight_id(&x->s, other, hidden, p.see.viewer, room);
	if (hidden)
		p.id = arena_copy(x->r->arena, p.id);
	if (!p.id.p)
		return RC_NOMEM;
	peers_add(&x->page, p);
	return x->s.rc;
}

/* The other ends: all that there are, or of those who buy from another company the caller's own. */
static enum rc collect(struct side *x, bool own)
{
	AUTO_FREE uint32_t *orgs = NULL;
	struct rec link;
	size_t n = 0;
	enum rc rc = RC_OK;

	if (x->up && !own) {
		for (size_t i = 0; i < x->s.n_own && !rc; i++)
			if (link_get(x->r->txn, x->s.own[i], x->org, &link) == RC_OK)
				rc = add(x, x->s.own[i]);
		return rc;
	}
	rc = x->up ? link_procurers(x->r->txn, x->org, &orgs, &n) : link_suppliers(x->r->txn, x->org, &orgs, &n);
	for (size_t i = 0; i < n && !rc; i++)
		rc = add(x, orgs[i]);
	return rc;
}

static enum rc show(struct side *x, struct json *j, const struct peer *p)
{
	struct link_out l = { .procurer = x->up ? p->org : x->org,
			      .supplier = x->up ? x->org : p->org,
			      .see = p->see,
			      .listed = true };
	struct targets tg;
	struct rec rec;
	enum rc rc = targets_of(x->r->txn, l.procurer, &tg);

	if (!rc)
		rc = link_get(x->r->txn, l.procurer, l.supplier, &rec);
	if (rc)
		return rc;
	l.rec = &rec;
	l.tg = &tg;
	link_json(j, &x->s, &l);
	return x->s.rc;
}

static enum rc page_json(struct side *x, size_t limit)
{
	size_t n = MIN(x->page.n, limit);
	enum rc rc = RC_OK;
	struct json j;

	peers_sort(&x->page);
	json_init(&j, &x->r->reply.body);
	json_obj(&j);
	json_key(&j, "items");
	json_arr(&j);
	for (size_t i = 0; i < n && !rc; i++)
		rc = show(x, &j, &x->page.at[i]);
	json_arr_end(&j);
	if (!rc)
		rc = request_next(x->r, &j, x->page.n > limit ? x->page.at[limit - 1].id : view_of(NULL, 0));
	json_obj_end(&j);
	return rc;
}

static enum rc links_list(struct request *r, bool up, struct err *e)
{
	size_t limit = (size_t)r->query.v[Q_limit].n;
	struct side x = { .r = r, .up = up };
	struct view after;
	enum rc rc = request_org(r, 0, &x.org, e);

	if (!rc)
		rc = request_cursor(r, &after, e);
	if (!rc)
		rc = peers_begin(&x.page, r->arena, limit + 1, after);
	if (rc)
		return rc;
	request_sight(r, &x.s);
	bool own = access_sees_all(&r->who) || access_owns(r->txn, &r->who, x.org);
	x.all = access_sees_all(&r->who) || (own && !up);
	rc = x.s.rc ? x.s.rc : collect(&x, own);
	return rc ? rc : page_json(&x, limit);
}

enum rc suppliers_list(struct request *r, struct err *e) { return links_list(r, false, e); }

enum rc procurers_list(struct request *r, struct err *e) { return links_list(r, true, e); }
