/* chain_all.c - everybody in a procurer's chain: GET /v1/orgs/{id}/chain, filtered and in an order of the caller's, and one
 * of them, GET /v1/orgs/{id}/chain/{s}. Nothing sorts by what a supplier is worth: the scheme is no ranking. */
#include "api/chain_item.h"
#include "api/handlers.h"
#include "api/list_cache.h"
#include "api/shown.h"
#include "base/text.h"
#include "base/util.h"
#include "graph/pick.h"

#define EVERYBODY (CHAIN_WANT_ALL | CHAIN_WANT_BELOW)

static enum rc everybody(struct request *r, struct chain_item_out *o, struct chain_list **out, struct err *e)
{
	struct chain_query q;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	*o = (struct chain_item_out){ .r = r, .tg = arena_alloc(r->arena, sizeof(*o->tg)) };
	if (!rc)
		rc = request_chain(r, org, &q, e);
	if (!rc)
		rc = o->tg ? targets_of(r->txn, org, o->tg) : RC_NOMEM;
	if (!rc)
		rc = list_cache_get(api_lists(r->api), r->txn, r->scratch, &q, EVERYBODY, out);
	if (!rc)
		o->list = *out;
	return rc;
}

/* ---- what is asked for ---- */

static int number_or_any(const struct query *q, enum query_name n)
{
	return query_has(q, n) ? (int)q->v[n].n : PICK_ANY;
}

static int32_t day_or_none(const struct query *q, enum query_name n)
{
	return query_has(q, n) ? (int32_t)q->v[n].n : DAY_NONE;
}

/* In the order of flag_values. */
static int flag_or_any(const struct query *q, enum query_name n)
{
	static const int flags[] = { FLAG_TRUE, FLAG_FALSE, FLAG_UNKNOWN };

	return query_has(q, n) ? flags[q->v[n].n] : PICK_ANY;
}

/* The organisation that `of` or `to` names, of those that the chain shows. What is hidden, elsewhere or nowhere is not
 * there, each in the same way. */
static enum rc end_of(struct request *r, const struct chain_list *l, enum query_name n, uint32_t *out, struct err *e)
{
	struct view text = r->query.v[n].s;
	bool hidden = false;
	uint32_t org;
	enum rc rc;

	if (!query_has(&r->query, n))
		return RC_OK;
	rc = shown_find(r, l->q.procurer, text, &org, &hidden);
	if (!rc && org != l->q.procurer && !chain_tier(l, org))
		rc = RC_NOT_FOUND;
	if (!rc && !hidden && veil_hides(&l->veil, org))
		rc = RC_NOT_FOUND;
	if (rc == RC_NOT_FOUND)
		return err_set(e, rc, query_defs[n].name, "%s=%.*s", query_defs[n].name, (int)utf8_cut(text, 130),
			       (const char *)text.p);
	*out = org;
	return rc;
}

static enum rc filter_read(struct request *r, const struct chain_list *l, struct pick_filter *f, struct err *e)
{
	const struct query *q = &r->query;
	enum rc rc;

	pick_filter_init(f);
	f->states = query_has(q, Q_states) ? (unsigned)q->v[Q_states].n : 0;
	f->timings = query_has(q, Q_timings) ? (unsigned)q->v[Q_timings].n : 0;
	f->kind = number_or_any(q, Q_gap_kind);
	f->tier = number_or_any(q, Q_tier);
	f->required = number_or_any(q, Q_required);
	f->held = number_or_any(q, Q_held_exactly);
	f->at_risk = number_or_any(q, Q_at_risk);
	f->unknown_below = number_or_any(q, Q_unknown_below);
	f->due_from = day_or_none(q, Q_due_from);
	f->due_to = day_or_none(q, Q_due_to);
	f->lapsed_since = day_or_none(q, Q_lapsed_since);
	f->q = query_has(q, Q_q) ? view_trim(q->v[Q_q].s) : view_of(NULL, 0);
	f->by_department = query_has(q, Q_department);
	f->department = q->v[Q_department].s;
	f->by_owner = query_has(q, Q_owner);
	f->owner = q->v[Q_owner].s;
	f->relation = number_or_any(q, Q_relation);
	f->criticality = number_or_any(q, Q_criticality);
	f->confidential = flag_or_any(q, Q_confidential);
	f->continuity = flag_or_any(q, Q_continuity);
	f->system_access = flag_or_any(q, Q_system_access);
	f->exception = number_or_any(q, Q_exception);
	rc = end_of(r, l, Q_of, &f->of, e);
	return rc ? rc : end_of(r, l, Q_to_org, &f->to, e);
}

/* Without `order` dependency falls and everything else rises. */
static struct pick_order order_read(const struct query *q)
{
	struct pick_order o = { .sort = (enum pick_sort)q->v[Q_sort].n };

	o.desc = query_has(q, Q_order) ? q->v[Q_order].n == 1 : o.sort == PICK_DEPENDENCY;
	return o;
}

/* ---- the list ---- */

static void head_json(struct json *j, const struct chain_item_out *o, const struct pick *p)
{
	const struct chain_query *q = &o->list->q;

	json_key(j, "procurer");
	json_strv(j, org_id(o->r->txn, q->procurer));
	json_key(j, "on");
	json_day(j, q->on);
	json_key(j, "depth");
	json_uint(j, q->depth);
	json_key(j, "horizon");
	json_int(j, q->horizon);
	json_key(j, "suppliers");
	json_uint(j, o->list->n);
	json_key(j, "total");
	json_uint(j, p->total);
}

static enum rc next_json(struct json *j, const struct chain_item_out *o, const struct pick *p,
			 const struct pick_order *order, const struct chain_item *last)
{
	AUTO(buf_done) struct buf key = BUF_INIT;
	enum rc rc = last ? pick_key(p, order, last, &key) : RC_OK;

	return rc ? rc : request_next(o->r, j, last ? buf_view(&key) : view_of(NULL, 0));
}

static enum rc page_json(const struct chain_item_out *o, const struct pick *p, const struct pick_order *order)
{
	struct request *r = o->r;
	size_t limit = (size_t)r->query.v[Q_limit].n, n;
	const struct chain_item **items = arena_alloc(r->arena, limit * sizeof(*items));
	bool more;
	struct json j;
	enum rc rc = items ? pick_page(p, order, limit, items, &n, &more) : RC_NOMEM;

	if (rc)
		return rc;
	json_init(&j, &r->reply.body);
	json_obj(&j);
	head_json(&j, o, p);
	json_key(&j, "items");
	json_arr(&j);
	for (size_t i = 0; i < n && !rc; i++) {
		json_obj(&j);
		chain_item_json(&j, o, items[i]);
		rc = chain_item_more_json(&j, o, items[i]);
		json_obj_end(&j);
	}
	json_arr_end(&j);
	if (!rc)
		rc = next_json(&j, o, p, order, more ? items[n - 1] : NULL);
	json_obj_end(&j);
	return rc;
}

enum rc chain_all_list(struct request *r, struct err *e)
{
	struct pick_order order = order_read(&r->query);
	struct chain_list *list;
	struct pick_filter f;
	struct chain_item_out o;
	struct pick p = { 0 };
	enum rc rc = request_cursor(r, &order.after, e);

	if (!rc)
		rc = everybody(r, &o, &list, e);
	if (rc)
		return rc;
	rc = filter_read(r, list, &f, e);
	if (!rc)
		rc = pick_begin(&p, list, r->txn, &f);
	if (!rc)
		rc = page_json(&o, &p, &order);
	pick_done(&p);
	list_cache_put(api_lists(r->api), list);
	return rc == RC_BAD_CURSOR ? err_set(e, rc, "cursor", "%s", "") : rc;
}

/* ---- one of them ---- */

/* Goes through all of the list whoever is asked for: how long it takes tells nothing. */
static const struct chain_item *item_of(const struct chain_list *l, uint32_t org)
{
	const struct chain_item *found = NULL;

	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].supplier == org)
			found = &l->items[i];
	return found;
}

static enum rc one_json(const struct chain_item_out *o, const struct chain_item *it)
{
	struct json j;
	enum rc rc;

	json_init(&j, &o->r->reply.body);
	json_obj(&j);
	chain_item_json(&j, o, it);
	rc = chain_item_more_json(&j, o, it);
	if (!rc)
		rc = chain_asked_json(&j, o, it->supplier);
	json_obj_end(&j);
	return rc;
}

enum rc chain_one_show(struct request *r, struct err *e)
{
	const struct chain_item *it = NULL;
	struct chain_list *list;
	struct chain_item_out o;
	uint32_t supplier;
	bool hidden = false;
	enum rc rc = everybody(r, &o, &list, e), found;

	if (rc)
		return rc;
	found = request_known_org(r, 1, list->q.procurer, &supplier, &hidden, e);
	if (found && (found != RC_NOT_FOUND || access_sees_all(&r->who)))
		rc = found;
	if (!rc)
		it = item_of(list, found ? ORG_NONE : supplier);
	if (!rc && (!it || (!hidden && !it->named)))
		rc = err_set(e, RC_NOT_FOUND, NULL, "%.*s → %.*s", (int)utf8_cut(r->param[0], 60),
			     (const char *)r->param[0].p, (int)utf8_cut(r->param[1], 60),
			     (const char *)r->param[1].p);
	if (!rc)
		rc = one_json(&o, it);
	list_cache_put(api_lists(r->api), list);
	return rc;
}
