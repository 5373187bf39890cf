/*
 * chain.c - the questions about a chain: exposure, gaps, expiring, clause gaps, impact, dependencies,
 * history. The answers' member names, order and number formats are fixed (docs/api.md). All of them
 * run on the compute pool.
 */
#include "api/chain_item.h"
#include "api/cursor.h"
#include "api/handlers.h"
#include "api/list_cache.h"
#include "api/shown.h"
#include "base/json_out.h"
#include "base/orgid.h"
#include "base/text.h"
#include "base/util.h"

#define HISTORY_DAYS_MAX 3660

enum rc exposure_show(struct request *r, struct err *e)
{
	struct chain_query q;
	struct exposure *x = arena_alloc(r->arena, sizeof(*x));
	struct json j;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (!rc)
		rc = request_chain(r, org, &q, e);
	if (!rc)
		rc = x ? exposure_compute(r->txn, r->scratch, &q, x) : RC_NOMEM;
	if (rc)
		return rc;
	json_init(&j, &r->reply.body);
	exposure_json(&j, org_id(r->txn, org), x);
	return RC_OK;
}

/* ---- gaps and expiring ---- */

struct chain_page {
	struct request *r;
	struct chain_list *list;
	bool expiring;
};

/* The key of an item: tier, dependency (its bits), id as shown: cursors are sealed, but anybody can read them. */
static struct view item_key(struct request *r, const struct chain_page *p, const struct chain_item *it)
{
	struct view id = shown_id(r, p->list->q.procurer, it->supplier, it->named);
	uint8_t key[9 + ORGID_MAX];
	uint64_t bits;

	memcpy(&bits, &it->dependency, sizeof(bits));
	key[0] = it->tier;
	be64_put(key + 1, bits);
	id.n = MIN(id.n, ORGID_MAX);
	memcpy(key + 9, id.p, id.n);
	return arena_copy(r->arena, view_of(key, 9 + id.n));
}

/* Goes on behind the key; without one begins at the tier that is asked for, if any. */
static enum rc seek(struct chain_iter *it, const struct query *q, struct view key, struct err *e)
{
	const uint8_t *k = key.p;
	uint64_t bits;
	double dependency;

	if (!k) {
		if (query_has(q, Q_tier))
			chain_iter_seek(it, (unsigned)q->v[Q_tier].n, 1.0, key);
		return RC_OK;
	}
	bits = be64_get(k + 1);
	memcpy(&dependency, &bits, sizeof(dependency));
	if (!(dependency >= 0 && dependency <= 1))
		return err_set(e, RC_BAD_CURSOR, "cursor", "%s", "");
	chain_iter_seek(it, k[0], dependency, view_of(k + 9, key.n - 9));
	return RC_OK;
}

/* A level that ends makes the kind `lapsed`: that is what `kind` means for what expires. */
static bool passes(const struct chain_page *p, const struct chain_item *it)
{
	const struct query *q = &p->r->query;

	if (query_has(q, Q_tier) && it->tier != q->v[Q_tier].n)
		return false;
	if (query_has(q, Q_gap_kind) && q->v[Q_gap_kind].n != (p->expiring ? GK_LAPSED : it->kind))
		return false;
	return !query_has(q, Q_timing) || (!p->expiring && q->v[Q_timing].n == it->timing);
}

static void item_json(struct json *j, struct chain_page *p, const struct chain_item *it)
{
	const struct chain_item_out o = { .r = p->r, .list = p->list };

	json_obj(j);
	chain_item_json(j, &o, it);
	if (p->expiring) {
		json_key(j, "expires_on");
		json_day(j, it->expires_on);
	}
	json_obj_end(j);
}

/* Behind this item no other passes: lists go by tier. */
static bool is_past(const struct query *q, const struct chain_item *it)
{
	return query_has(q, Q_tier) && it->tier > q->v[Q_tier].n;
}

static enum rc page_json(struct chain_page *p, struct chain_iter *it)
{
	struct request *r = p->r;
	size_t left = (size_t)r->query.v[Q_limit].n;
	const struct chain_item *last = NULL, *item;
	bool more = false;
	struct json j;
	enum rc rc;

	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "items");
	json_arr(&j);
	while (!more && (item = chain_iter_next(it)) && !is_past(&r->query, item)) {
		if (!passes(p, item))
			continue;
		more = left == 0;
		if (more)
			break;
		item_json(&j, p, item);
		last = item;
		left--;
	}
	json_arr_end(&j);
	rc = request_next(r, &j, more && last ? item_key(r, p, last) : view_of(NULL, 0));
	json_obj_end(&j);
	return rc;
}

static enum rc chain_list_page(struct request *r, enum state want, struct err *e)
{
	struct chain_page p = { .r = r, .expiring = want == ST_EXPIRING };
	struct chain_query q;
	struct chain_iter it;
	struct view after;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e), gone;

	if (!rc)
		rc = request_chain(r, org, &q, e);
	if (!rc)
		rc = request_cursor(r, &after, e);
	if (!rc && after.p && after.n < 10)
		rc = err_set(e, RC_BAD_CURSOR, "cursor", "%s", "");
	if (!rc)
		rc = list_cache_get(api_lists(r->api), r->txn, r->scratch, &q, 1u << want, &p.list);
	if (rc)
		return rc;
	chain_iter_begin(&it, p.list, r->txn);
	rc = seek(&it, &r->query, after, e);
	if (!rc)
		rc = page_json(&p, &it);
	gone = chain_iter_done(&it);
	list_cache_put(api_lists(r->api), p.list);
	return rc ? rc : gone;
}

enum rc gaps_list(struct request *r, struct err *e) { return chain_list_page(r, ST_GAP, e); }

enum rc expiring_list(struct request *r, struct err *e)
{
	return chain_list_page(r, ST_EXPIRING, e);
}

/* ---- impact ---- */

static void impact_tiers(struct json *j, const struct impact *x, unsigned depth)
{
	json_key(j, "tiers");
	json_arr(j);
	for (unsigned t = 1; t <= depth; t++) {
		json_obj(j);
		json_key(j, "tier");
		json_uint(j, t);
		json_key(j, "procurers");
		json_uint(j, x->tier_procurers[t]);
		json_key(j, "in_gap");
		json_uint(j, x->tier_in_gap[t]);
		json_obj_end(j);
	}
	json_arr_end(j);
}

/* The key of an item: tier, id. */
static struct view impact_item_key(struct request *r, const struct impact_item *it)
{
	struct view id = org_id(r->txn, it->procurer);
	uint8_t key[1 + ORGID_MAX];

	key[0] = it->tier;
	id.n = MIN(id.n, ORGID_MAX);
	memcpy(key + 1, id.p, id.n);
	return arena_copy(r->arena, view_of(key, 1 + id.n));
}

static void impact_item_json(struct request *r, struct json *j, const struct impact_item *it)
{
	json_obj(j);
	json_key(j, "procurer");
	json_strv(j, org_id(r->txn, it->procurer));
	json_key(j, "name");
	json_strv(j, org_name(r->txn, it->procurer));
	json_key(j, "tier");
	json_int(j, it->tier);
	json_key(j, "required");
	json_int(j, it->required);
	json_key(j, "gap");
	json_bool(j, it->gap);
	json_obj_end(j);
}

static enum rc impact_page(struct request *r, struct json *j, const struct impact *x, struct view after)
{
	size_t left = (size_t)r->query.v[Q_limit].n;
	const struct impact_item *last = NULL, *item = NULL;
	struct impact_iter it;
	enum rc gone;

	if (after.p && after.n > 0)
		impact_iter_begin(&it, x, r->txn, *(const uint8_t *)after.p,
				  view_of((const uint8_t *)after.p + 1, after.n - 1));
	else
		impact_iter_begin(&it, x, r->txn, 1, view_of(NULL, 0));
	json_key(j, "items");
	json_arr(j);
	while ((item = impact_iter_next(&it)) && left) {
		impact_item_json(r, j, item);
		last = item;
		left--;
	}
	json_arr_end(j);
	gone = impact_iter_done(&it);
	if (gone)
		return gone;
	return request_next(r, j, item && last ? impact_item_key(r, last) : view_of(NULL, 0));
}

enum rc impact_show(struct request *r, struct err *e)
{
	bool has_depth = query_has(&r->query, Q_depth),
	     what_if = query_has(&r->query, Q_held_level);
	unsigned depth = has_depth ? (unsigned)r->query.v[Q_depth].n : DEPTH_DEFAULT;
	int held = what_if ? (int)r->query.v[Q_held_level].n : -1;
	struct impact x = { 0 };
	struct caller see;
	struct view after;
	struct json j;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (!rc)
		rc = request_cursor(r, &after, e);
	if (!rc)
		rc = request_caller(r, &see);
	if (!rc)
		rc = impact_compute(r->txn, r->scratch, org, depth, request_day(r), held,
				    &see, &x);
	if (rc)
		return rc;
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "supplier");
	json_strv(&j, org_id(r->txn, org));
	json_key(&j, "on");
	json_day(&j, request_day(r));
	json_key(&j, "depth");
	json_uint(&j, depth);
	json_key(&j, "held");
	json_int(&j, x.held);
	json_key(&j, "procurers");
	json_uint(&j, x.procurers);
	json_key(&j, "in_gap");
	json_uint(&j, x.in_gap);
	impact_tiers(&j, &x, depth);
	rc = impact_page(r, &j, &x, after);
	json_obj_end(&j);
	impact_done(&x);
	return rc;
}

/* ---- dependencies ---- */

static void dependency_json(struct request *r, const struct dependency *d, uint32_t procurer)
{
	size_t last = d->n_path - 1;
	struct json j;

	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "procurer");
	json_strv(&j, org_id(r->txn, procurer));
	json_key(&j, "supplier");
	shown_id_json(r, &j, procurer, d->path[last], d->named[last]);
	json_key(&j, "tier");
	json_uint(&j, d->tier);
	json_key(&j, "dependency");
	json_dec9(&j, d->dependency);
	json_key(&j, "path");
	json_arr(&j);
	for (size_t i = 0; i < d->n_path; i++)
		shown_id_json(r, &j, procurer, d->path[i], d->named[i]);
	json_arr_end(&j);
	json_key(&j, "links");
	json_arr(&j);
	for (size_t i = 0; i + 1 < d->n_path; i++) {
		json_obj(&j);
		json_key(&j, "procurer");
		shown_id_json(r, &j, procurer, d->path[i], d->named[i]);
		json_key(&j, "supplier");
		shown_id_json(r, &j, procurer, d->path[i + 1], d->named[i + 1]);
		json_key(&j, "dependency");
		json_dec4(&j, d->link_dependency[i]);
		json_obj_end(&j);
	}
	json_arr_end(&j);
	json_obj_end(&j);
}

enum rc dependency_show(struct request *r, struct err *e)
{
	struct chain_query q;
	struct dependency d;
	uint32_t org, supplier;
	bool hidden = false;
	enum rc rc = request_org(r, 0, &org, e), found;

	if (rc)
		return rc;
	rc = request_chain(r, org, &q, e);
	found = request_known_org(r, 1, org, &supplier, &hidden, e);
	if (!rc && found && (found != RC_NOT_FOUND || q.caller.sees_all))
		rc = found;
	if (rc)
		return rc;
	/* Whoever does not see all is not told, nor by the time it takes, whether an id that is not for its eyes exists. */
	rc = dependency_compute(r->txn, r->scratch, &q, found ? ORG_NONE : supplier, &d);
	if (!rc && !hidden && !d.named[d.n_path - 1])
		rc = RC_NOT_FOUND;
	if (rc == RC_NOT_FOUND)
		return err_set(e, rc, NULL, "%.*s → %.*s",
			       (int)utf8_cut(r->param[0], 60), (const char *)r->param[0].p,
			       (int)utf8_cut(r->param[1], 60), (const char *)r->param[1].p);
	if (!rc)
		dependency_json(r, &d, org);
	return rc;
}

/* ---- history ---- */

struct history_walk {
	struct json *j;
	struct view procurer;
};

static bool history_day(void *arg, int32_t day, const struct exposure *x)
{
	struct history_walk *w = arg;

	(void)day;
	exposure_json(w->j, w->procurer, x);
	return true;
}

enum rc history_list(struct request *r, struct err *e)
{
	bool has_to = query_has(&r->query, Q_to), has_from = query_has(&r->query, Q_from);
	struct history_walk w;
	struct json j;
	struct rec rec;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (rc)
		return rc;
	int32_t to = has_to ? (int32_t)r->query.v[Q_to].n : graph_today(r->txn);
	int32_t from = has_from ? (int32_t)r->query.v[Q_from].n : MAX(to - 365, DAY_MIN);
	if (from > to || to - from > HISTORY_DAYS_MAX)
		return err_set(e, RC_BAD_QUERY, "from", "from..to: at most %d days",
			       HISTORY_DAYS_MAX);
	if (targets_get(r->txn, org, &rec) == RC_NOT_FOUND)
		return err_set(e, RC_NOT_FOUND, NULL, "%.*s/history",
			       (int)utf8_cut(r->param[0], 130), (const char *)r->param[0].p);
	w = (struct history_walk){ &j, org_id(r->txn, org) };
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "procurer");
	json_strv(&j, w.procurer);
	json_key(&j, "from");
	json_day(&j, from);
	json_key(&j, "to");
	json_day(&j, to);
	json_key(&j, "items");
	json_arr(&j);
	history_each(r->txn, org, from, to, history_day, &w);
	json_arr_end(&j);
	rc = request_next(r, &j, view_of(NULL, 0));
	json_obj_end(&j);
	return rc;
}
