/*
 * incident.c - whom to tell where an organisation is breached: everyone above it, and for its own
 * buyers what the link gives away and what was agreed for such a case (2-1-4). What is not known
 * stands as null, so that a reader never takes a member left out for a duty that is not there. Links
 * are those active on the day; records are as they stand now. Runs on the compute pool.
 */
#include "api/incident.h"

#include "api/entity_out.h"
#include "api/handlers.h"
#include "api/shown.h"
#include "base/text.h"
#include "base/util.h"

static void tiers_json(struct json *j, const struct impact *x, unsigned depth)
{
	json_key(j, "tiers");
	json_arr(j);
	for (unsigned t = 1; t <= depth; t++) {
		json_obj(j);
		json_key(j, "tier");
		json_uint(j, t);
		json_key(j, "procurers");
		json_uint(j, x->tier_procurers[t]);
		json_obj_end(j);
	}
	json_arr_end(j);
}

/* A time from which hours can be counted in any year that dates have. */
static enum rc read_at(const struct request *r, int64_t *out, struct err *e)
{
	struct view v = r->query.v[Q_at].s;

	*out = INCIDENT_NO_AT;
	if (!query_has(&r->query, Q_at))
		return RC_OK;
	if (instant_parse(v, out) && *out >= instant_of_day_jst(DAY_MIN + 2) &&
	    *out < instant_of_day_jst(DAY_MAX - 366))
		return RC_OK;
	return err_set(e, RC_BAD_QUERY, "at", "at=%.*s (an instant: 2027-10-01T09:00:00+09:00)",
		       (int)utf8_cut(v, 40), (const char *)v.p);
}

/* The supplier's own; null where they are not for the caller's eyes. */
static enum rc own_contacts_json(struct incident *in)
{
	struct sight s;
	struct rec org;
	enum rc rc = org_get(in->r->txn, in->supplier, &org);

	request_sight(in->r, &s);
	struct org_sight os = sight_org(&s, in->supplier);
	if (rc || s.rc)
		return rc ? rc : s.rc;
	json_key(in->j, "contacts");
	if (shows(&org_shown[os.at], ORG_CONTACTS))
		incident_contacts_json(in->j, in->r->txn, &org);
	else
		json_nil(in->j);
	return RC_OK;
}

static enum rc head_json(struct incident *in, const struct impact *x, unsigned depth)
{
	struct request *r = in->r;
	struct json *j = in->j;
	enum rc rc;

	json_key(j, "supplier");
	json_strv(j, org_id(r->txn, in->supplier));
	json_key(j, "name");
	json_strv(j, org_name(r->txn, in->supplier));
	rc = own_contacts_json(in);
	json_key(j, "on");
	json_day(j, request_day(r));
	json_key(j, "at");
	if (in->at == INCIDENT_NO_AT)
		json_nil(j);
	else
		json_instant(j, in->at);
	json_key(j, "depth");
	json_uint(j, depth);
	json_key(j, "procurers");
	json_uint(j, x->procurers);
	tiers_json(j, x, depth);
	return rc;
}

enum rc incident_show(struct request *r, struct err *e)
{
	bool has_depth = query_has(&r->query, Q_depth);
	unsigned depth = has_depth ? (unsigned)r->query.v[Q_depth].n : DEPTH_DEFAULT;
	struct json j;
	struct incident in = { .r = r, .j = &j };
	struct caller see;
	struct impact x = { 0 };
	struct view after;
	enum rc rc = request_org(r, 0, &in.supplier, e);

	if (!rc)
		rc = read_at(r, &in.at, e);
	if (!rc)
		rc = request_cursor(r, &after, e);
	if (!rc)
		rc = request_caller(r, &see);
	if (!rc)
		rc = impact_compute(r->txn, r->scratch, in.supplier, depth, request_day(r), -1, &see, &x);
	if (rc)
		return rc;
	ways_init(&in.ways, r->txn, r->scratch, in.supplier, depth, request_day(r));
	json_init(&j, &r->reply.body);
	json_obj(&j);
	rc = head_json(&in, &x, depth);
	if (!rc)
		rc = incident_page(&in, &x, r->query.v[Q_incident_order].n == 1, after);
	ways_done(&in.ways);
	impact_done(&x);
	if (!rc)
		json_obj_end(&j);
	return rc ? rc : txn_rc(r->txn);
}
