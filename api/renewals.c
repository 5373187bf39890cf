/* renewals.c - what ends or falls due in a chain: by month, and day by day. */
#include "api/renewals.h"

#include <stdio.h>

#include "api/handlers.h"
#include "api/shown.h"
#include "base/json_out.h"
#include "base/orgid.h"
#include "base/pack.h"
#include "base/util.h"

#define MONTHS_AHEAD 18

/* ---- which days ---- */

/* The first day of the month that comes n months behind the day's; DAY_MAX + 1 beyond the calendar. */
static int32_t month_start(int32_t day, int n)
{
	int y, m, d;

	day_to_ymd(day, &y, &m, &d);
	m += n - 1;
	y += m / 12;
	return y > 9999 ? DAY_MAX + 1 : day_from_ymd(y, m % 12 + 1, 1);
}

enum rc renewals_ask(struct request *r, struct renewals_query *out, struct err *e)
{
	const struct query *q = &r->query;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (!rc)
		rc = request_chain(r, org, &out->q, e);
	if (rc)
		return rc;
	out->from = query_has(q, Q_first) ? (int32_t)q->v[Q_first].n : month_start(out->q.on, 0);
	out->to = query_has(q, Q_last) ? (int32_t)q->v[Q_last].n : month_start(out->from, MONTHS_AHEAD + 1) - 1;
	if (out->from > out->to)
		return err_set(e, RC_BAD_QUERY, query_has(q, Q_last) ? "to" : "from", "%s", "from > to");
	if (renewal_months_of(out->from, out->to) > RENEWAL_MONTHS_MAX)
		return err_set(e, RC_BAD_QUERY, query_has(q, Q_last) ? "to" : "from", "from..to: at most %d months",
			       RENEWAL_MONTHS_MAX);
	return RC_OK;
}

static void count_json(struct json *j, const char *key, uint64_t n)
{
	json_key(j, key);
	json_uint(j, n);
}

static void head_json(struct request *r, struct json *j, const struct renewals_query *q, uint64_t suppliers)
{
	json_key(j, "procurer");
	json_strv(j, org_id(r->txn, q->q.procurer));
	json_key(j, "on");
	json_day(j, q->q.on);
	count_json(j, "depth", q->q.depth);
	json_key(j, "from");
	json_day(j, q->from);
	json_key(j, "to");
	json_day(j, q->to);
	count_json(j, "suppliers", suppliers);
}

/* ---- by month ---- */

static void month_json(struct json *j, const struct renewal_month *m)
{
	static const char *const levels[] = { "0", "1", "2", "3", "4", "5" };
	char name[24];

	snprintf(name, sizeof(name), "%04d-%02d", m->year, m->month);
	json_obj(j);
	json_key(j, "month");
	json_str(j, name);
	json_key(j, "levels");
	json_obj(j);
	for (unsigned k = 1; k <= 5; k++)
		count_json(j, levels[k], m->levels[k]);
	json_obj_end(j);
	count_json(j, "required", m->required);
	count_json(j, "self_assessments", m->of[RN_SELF_ASSESSMENT]);
	count_json(j, "contract_ends", m->of[RN_CONTRACT_END]);
	count_json(j, "clause_reviews", m->of[RN_CLAUSE_REVIEW]);
	count_json(j, "exceptions", m->of[RN_EXCEPTION_ENDS]);
	count_json(j, "due", m->of[RN_GAP_DUE]);
	json_obj_end(j);
}

enum rc renewals_show(struct request *r, struct err *e)
{
	struct renewal_months *x = arena_alloc(r->arena, sizeof(*x));
	struct renewals_query q;
	struct json j;
	enum rc rc = renewals_ask(r, &q, e);

	if (!rc)
		rc = x ? renewals_by_month(r->txn, r->scratch, &q, x) : RC_NOMEM;
	if (rc)
		return rc;
	json_init(&j, &r->reply.body);
	json_obj(&j);
	head_json(r, &j, &q, x->suppliers);
	json_key(&j, "months");
	json_arr(&j);
	for (size_t i = 0; i < x->n; i++)
		month_json(&j, &x->month[i]);
	json_arr_end(&j);
	json_obj_end(&j);
	return RC_OK;
}

/* ---- day by day ---- */

/* The key of an item: day, kind and clause, id as shown. */
static struct view item_key(struct request *r, const struct renewals_query *q, const struct renewal_list *l,
			    const struct renewal *it)
{
	struct view id = shown_id(r, q->q.procurer, it->supplier, it->named);
	uint8_t key[5 + ORGID_MAX];

	be32_put(key, (uint32_t)(it->day - DAY_MIN));
	key[4] = (uint8_t)(renewal_place(l, it) % RENEWAL_SUBS);
	id.n = MIN(id.n, ORGID_MAX);
	memcpy(key + 5, id.p, id.n);
	return arena_copy(r->arena, view_of(key, 5 + id.n));
}

/* From behind the key; days that the list no longer has begin at its first one. */
static enum rc begin_behind(struct renewal_iter *it, const struct renewal_list *l, struct txn *t, struct view key)
{
	const uint8_t *k = key.p;
	int64_t day;

	if (!k) {
		renewal_iter_begin(it, l, t, 0, key);
		return RC_OK;
	}
	if (key.n < 6 || k[4] >= RENEWAL_SUBS)
		return RC_BAD_CURSOR;
	day = (int64_t)be32_get(k) + DAY_MIN;
	if (day < l->from)
		renewal_iter_begin(it, l, t, 0, view_of(NULL, 0));
	else
		renewal_iter_begin(it, l, t, (size_t)(day - l->from) * RENEWAL_SUBS + k[4], view_of(k + 5, key.n - 5));
	return RC_OK;
}

static void level_or_null(struct json *j, const char *key, const struct renewal *it)
{
	json_key(j, key);
	if (it->kind != RN_LEVEL_ENDS && it->kind != RN_SELF_ASSESSMENT && it->kind != RN_GAP_DUE)
		json_nil(j);
	else
		json_uint(j, key[0] == 'l' ? it->level : it->required);
}

static void item_json(struct request *r, struct json *j, uint32_t viewer, const struct renewal *it)
{
	json_obj(j);
	json_key(j, "day");
	json_day(j, it->day);
	json_key(j, "kind");
	json_str(j, renewal_kind_names[it->kind]);
	json_key(j, "supplier");
	shown_id_json(r, j, viewer, it->supplier, it->named);
	json_key(j, "name");
	shown_name_json(r, j, it->supplier, it->named);
	json_key(j, "tier");
	if (it->tier)
		json_uint(j, it->tier);
	else
		json_nil(j);
	level_or_null(j, "level", it);
	level_or_null(j, "required", it);
	json_key(j, "clause");
	json_str(j, it->kind == RN_CLAUSE_REVIEW ? clause_names[it->no] : NULL);
	json_key(j, "below");
	if (it->kind == RN_LEVEL_ENDS)
		json_bool(j, it->below);
	else
		json_nil(j);
	json_obj_end(j);
}

static enum rc page_json(struct request *r, const struct renewals_query *q, const struct renewal_list *l,
			 struct renewal_iter *it)
{
	size_t left = (size_t)r->query.v[Q_limit].n;
	const struct renewal *last = NULL, *item;
	struct json j;
	enum rc rc;

	json_init(&j, &r->reply.body);
	json_obj(&j);
	head_json(r, &j, q, l->suppliers);
	count_json(&j, "total", l->n);
	json_key(&j, "items");
	json_arr(&j);
	while ((item = renewal_iter_next(it)) && left) {
		item_json(r, &j, q->q.procurer, item);
		last = item;
		left--;
	}
	json_arr_end(&j);
	rc = request_next(r, &j, item && last ? item_key(r, q, l, last) : view_of(NULL, 0));
	json_obj_end(&j);
	return rc;
}

/* `format` decides, else what the client takes. */
static bool wants_ics(const struct request *r)
{
	if (query_has(&r->query, Q_calendar_format))
		return r->query.v[Q_calendar_format].n != 0;
	return r->accept.p && memmem(r->accept.p, r->accept.n, "text/calendar", 13);
}

static enum rc answer(struct request *r, const struct renewals_query *q, const struct renewal_list *l, struct view after,
		      struct err *e)
{
	struct renewal_iter it;
	enum rc rc, gone;

	if (wants_ics(r))
		return renewals_ics(r, q, l, e);
	rc = begin_behind(&it, l, r->txn, after);
	if (rc)
		return err_set(e, rc, "cursor", "%s", "");
	rc = page_json(r, q, l, &it);
	gone = renewal_iter_done(&it);
	return rc ? rc : gone;
}

enum rc calendar_list(struct request *r, struct err *e)
{
	bool some = query_has(&r->query, Q_renewal_kinds);
	unsigned kinds = some ? (unsigned)r->query.v[Q_renewal_kinds].n : (1u << RN__COUNT) - 1;
	struct renewal_list l = { 0 };
	struct renewals_query q;
	struct view after;
	enum rc rc = request_cursor(r, &after, e);

	if (!rc)
		rc = renewals_ask(r, &q, e);
	if (!rc)
		rc = renewal_list_compute(r->txn, r->scratch, &q, kinds, &l);
	if (!rc)
		rc = answer(r, &q, &l, after, e);
	renewal_list_done(&l);
	if (!rc)
		reply_header(&r->reply, "Vary", "%s", "Accept, Accept-Language");
	return rc;
}
