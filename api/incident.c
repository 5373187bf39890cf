/*
 * incident.c - whom to tell where an organisation is breached: everyone above it, and for its own
 * buyers what the link gives away and what was agreed for such a case (2-1-4). What is not known
 * stands as null, so that a reader never takes a member left out for a duty that is not there. Links
 * are those active on the day; records are as they stand now. Runs on the compute pool.
 */
#include "api/chain.h"
#include "api/entity_out.h"
#include "api/handlers.h"
#include "api/shown.h"
#include "base/util.h"

static void key_day(struct json *j, const char *key, int32_t day)
{
	json_key(j, key);
	json_day(j, day);
}

static void key_int_or_null(struct json *j, const char *key, const struct rec *rec, unsigned id)
{
	json_key(j, key);
	if (rec_has(rec, id))
		json_int(j, rec_int(rec, id, 0));
	else
		json_nil(j);
}

static void key_bool_or_null(struct json *j, const char *key, const struct rec *rec, unsigned id)
{
	int v = rec_bool(rec, id);

	json_key(j, key);
	if (v < 0)
		json_nil(j);
	else
		json_bool(j, v == 1);
}

/* No contacts is an empty list, erased ones too. */
static void key_contacts(struct json *j, struct txn *t, const struct rec *rec, unsigned id)
{
	json_key(j, "contacts");
	if (rec_has(rec, id)) {
		entity_contacts_json(j, t, rec_str(rec, id));
		return;
	}
	json_arr(j);
	json_arr_end(j);
}

static void link_part_json(struct json *j, const struct rec *link)
{
	json_obj(j);
	key_bool_or_null(j, "confidential", link, LINK_CONFIDENTIAL);
	key_bool_or_null(j, "continuity", link, LINK_CONTINUITY);
	key_bool_or_null(j, "system_access", link, LINK_SYSTEM_ACCESS);
	json_obj_end(j);
}

/* A clause that was never written reads as missing; one that is not agreed shows what stands in it. */
static void clause_part_json(struct json *j, struct txn *t, const struct rec *clause)
{
	int64_t status = rec_int(clause, CLAUSE_STATUS, 0);

	json_obj(j);
	json_key(j, "status");
	json_str(j, entity_enum_text(ENT_CLAUSE, CLAUSE_STATUS, status));
	key_int_or_null(j, "notify_within_hours", clause, CLAUSE_NOTIFY_WITHIN_HOURS);
	json_key(j, "duties");
	if (rec_has(clause, CLAUSE_DUTIES))
		json_raw(j, rec_str(clause, CLAUSE_DUTIES));
	else
		json_nil(j);
	key_contacts(j, t, clause, CLAUSE_CONTACTS);
	key_day(j, "agreed_on", rec_day(clause, CLAUSE_AGREED_ON));
	json_obj_end(j);
}

/* RC_NOT_FOUND leaves an empty record: nothing was written. */
static enum rc rec_or_empty(enum rc rc, struct rec *rec)
{
	if (rc)
		rec_init(rec);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* The items are those of the caller's own (request_caller()); what is read here of one asks once more. */
static bool may_read(const struct request *r, uint32_t procurer)
{
	return access_sees_all(&r->who) || access_owns(r->txn, &r->who, procurer);
}

/* Only who buys directly has a link and an agreement with the supplier. */
static enum rc direct_json(struct request *r, struct json *j, const struct impact_item *it, uint32_t supplier)
{
	struct txn *t = r->txn;
	struct rec link, clause;
	enum rc rc;

	if (it->tier != 1 || !may_read(r, it->procurer)) {
		json_key(j, "link");
		json_nil(j);
		json_key(j, "clause");
		json_nil(j);
		return RC_OK;
	}
	rc = link_get(t, it->procurer, supplier, &link);
	if (!rc)
		rc = rec_or_empty(clause_get(t, it->procurer, supplier, CL_2_1_4, &clause),
				  &clause);
	if (rc)
		return rc;
	json_key(j, "link");
	link_part_json(j, &link);
	json_key(j, "clause");
	clause_part_json(j, t, &clause);
	return RC_OK;
}

static enum rc item_json(struct request *r, struct json *j, const struct impact_item *it,
			 uint32_t supplier)
{
	struct txn *t = r->txn;
	struct rec org;
	enum rc rc;

	json_obj(j);
	json_key(j, "procurer");
	json_strv(j, org_id(t, it->procurer));
	json_key(j, "name");
	json_strv(j, org_name(t, it->procurer));
	json_key(j, "tier");
	json_int(j, it->tier);
	rc = direct_json(r, j, it, supplier);
	if (!rc)
		rc = org_get(t, it->procurer, &org);
	if (rc)
		return rc;
	key_contacts(j, t, &org, ORG_CONTACTS);
	json_obj_end(j);
	return RC_OK;
}

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

enum rc incident_show(struct request *r, struct err *e)
{
	bool has_depth = query_has(&r->query, Q_depth);
	unsigned depth = has_depth ? (unsigned)r->query.v[Q_depth].n : DEPTH_DEFAULT;
	struct caller see;
	struct impact x = { 0 };
	struct view after;
	struct json j;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (!rc)
		rc = request_cursor(r, &after, e);
	if (!rc)
		rc = request_caller(r, &see);
	if (!rc)
		rc = impact_compute(r->txn, r->scratch, org, depth, request_day(r), -1, &see,
				    &x);
	if (rc)
		return rc;
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "supplier");
	json_strv(&j, org_id(r->txn, org));
	json_key(&j, "name");
	json_strv(&j, org_name(r->txn, org));
	key_day(&j, "on", request_day(r));
	json_key(&j, "depth");
	json_uint(&j, depth);
	json_key(&j, "procurers");
	json_uint(&j, x.procurers);
	tiers_json(&j, &x, depth);
	rc = impact_page(r, &j, &x, after, item_json, org);
	impact_done(&x);
	if (!rc)
		json_obj_end(&j);
	return rc ? rc : txn_rc(r->txn);
}
