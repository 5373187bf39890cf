/* incident_item.c - one of those to be told in an incident: who it is, how it hangs on the supplier, what the link gives
 * away, and what was agreed for such a case. */
#include "api/incident.h"

#include <string.h>

#include "api/entity_out.h"
#include "api/known.h"
#include "api/shown.h"
#include "base/text.h"
#include "base/util.h"
#include "graph/contacts.h"

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

static void key_text_or_null(struct json *j, const char *key, const struct rec *rec, unsigned id)
{
	json_key(j, key);
	if (rec_has(rec, id))
		json_strv(j, rec_str(rec, id));
	else
		json_nil(j);
}

static void key_raw_or_null(struct json *j, const char *key, const struct rec *rec, unsigned id)
{
	json_key(j, key);
	if (rec_has(rec, id))
		json_raw(j, rec_str(rec, id));
	else
		json_nil(j);
}

static void key_word_or_null(struct json *j, const char *key, enum ent ent, const struct rec *rec, unsigned id)
{
	json_key(j, key);
	json_str(j, rec_has(rec, id) ? entity_enum_text(ent, id, rec_int(rec, id, 0)) : NULL);
}

static void link_part_json(struct json *j, const struct rec *link)
{
	json_obj(j);
	key_bool_or_null(j, "confidential", link, LINK_CONFIDENTIAL);
	key_bool_or_null(j, "continuity", link, LINK_CONTINUITY);
	key_bool_or_null(j, "system_access", link, LINK_SYSTEM_ACCESS);
	key_word_or_null(j, "relation", ENT_LINK, link, LINK_RELATION);
	key_text_or_null(j, "department", link, LINK_DEPARTMENT);
	key_text_or_null(j, "owner", link, LINK_OWNER);
	json_obj_end(j);
}

/* Clause 2-1-1: which systems are connected, and which information the supplier has. */
static void shared_part_json(struct json *j, const struct rec *clause)
{
	json_obj(j);
	json_key(j, "status");
	json_str(j, entity_enum_text(ENT_CLAUSE, CLAUSE_STATUS, rec_int(clause, CLAUSE_STATUS, 0)));
	key_day(j, "reviewed_on", rec_day(clause, CLAUSE_REVIEWED_ON));
	key_raw_or_null(j, "systems", clause, CLAUSE_SYSTEMS);
	key_raw_or_null(j, "assets", clause, CLAUSE_ASSETS);
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
	key_raw_or_null(j, "duties", clause, CLAUSE_DUTIES);
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

static bool is_agreed(const struct rec *clause)
{
	return rec_int(clause, CLAUSE_STATUS, 0) == CLAUSE_AGREED && rec_has(clause, CLAUSE_NOTIFY_WITHIN_HOURS);
}

enum rc incident_hours(struct request *r, uint32_t procurer, uint32_t supplier, int *out)
{
	struct rec clause;
	enum rc rc = RC_NOT_FOUND;

	*out = -1;
	if (may_read(r, procurer))
		rc = clause_get(r->txn, procurer, supplier, CL_2_1_4, &clause);
	if (!rc && is_agreed(&clause))
		*out = (int)rec_int(&clause, CLAUSE_NOTIFY_WITHIN_HOURS, 0);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static void notify_by_json(struct incident *in, const struct rec *clause)
{
	json_key(in->j, "notify_by");
	if (in->at != INCIDENT_NO_AT && clause && is_agreed(clause))
		json_instant(in->j, in->at + rec_int(clause, CLAUSE_NOTIFY_WITHIN_HOURS, 0) * 3600000);
	else
		json_nil(in->j);
}

static void indirect_json(struct incident *in)
{
	for (const char *const *key = (const char *const[]){ "link", "shared", "clause", NULL }; *key; key++) {
		json_key(in->j, *key);
		json_nil(in->j);
	}
	notify_by_json(in, NULL);
}

/* Only who buys directly has a link and agreements with the supplier. */
static enum rc direct_json(struct incident *in, const struct impact_item *it)
{
	struct txn *t = in->r->txn;
	struct rec link, shared, clause;
	enum rc rc;

	if (it->tier != 1 || !may_read(in->r, it->procurer)) {
		indirect_json(in);
		return RC_OK;
	}
	rc = link_get(t, it->procurer, in->supplier, &link);
	if (!rc)
		rc = rec_or_empty(clause_get(t, it->procurer, in->supplier, CL_2_1_1, &shared), &shared);
	if (!rc)
		rc = rec_or_empty(clause_get(t, it->procurer, in->supplier, CL_2_1_4, &clause), &clause);
	if (rc)
		return rc;
	json_key(in->j, "link");
	link_part_json(in->j, &link);
	json_key(in->j, "shared");
	shared_part_json(in->j, &shared);
	json_key(in->j, "clause");
	clause_part_json(in->j, t, &clause);
	notify_by_json(in, &clause);
	return RC_OK;
}

/* ---- the way from the procurer down to the supplier ---- */

/* As its procurer sees it. *out false: hidden, or no longer there. */
static enum rc is_named(struct incident *in, uint32_t procurer, uint32_t org, bool *out)
{
	struct request *r = in->r;
	enum seen seen = SEEN_NAMED;
	enum rc rc = RC_OK;

	if (org != procurer && !access_sees_all(&r->who))
		rc = known_seen(r->api, r->txn, r->scratch, procurer, org, &seen);
	*out = seen == SEEN_NAMED;
	return rc;
}

/* Where the procurer counts the supplier without knowing it, no way is told: it would say who stands behind the
 * pseudonym. */
static enum rc path_json(struct incident *in, const struct impact_item *it)
{
	uint32_t way[TIER_MAX + 1];
	bool named;
	enum rc rc = is_named(in, it->procurer, in->supplier, &named);

	json_key(in->j, "path");
	if (rc || !named) {
		json_nil(in->j);
		return rc;
	}
	rc = ways_of(&in->ways, it->procurer, it->tier, way);
	json_arr(in->j);
	for (unsigned i = 0; i <= it->tier && !rc; i++) {
		rc = is_named(in, it->procurer, way[i], &named);
		shown_id_json(in->r, in->j, it->procurer, way[i], named);
	}
	json_arr_end(in->j);
	return rc == RC_NOT_FOUND ? RC_DAMAGED : rc;
}

enum rc incident_item_json(struct incident *in, const struct impact_item *it)
{
	struct txn *t = in->r->txn;
	struct json *j = in->j;
	struct rec org;
	enum rc rc;

	json_obj(j);
	json_key(j, "procurer");
	json_strv(j, org_id(t, it->procurer));
	json_key(j, "name");
	json_strv(j, org_name(t, it->procurer));
	json_key(j, "tier");
	json_int(j, it->tier);
	rc = path_json(in, it);
	if (!rc)
		rc = direct_json(in, it);
	if (!rc)
		rc = org_get(t, it->procurer, &org);
	if (rc)
		return rc;
	json_key(j, "contacts");
	incident_contacts_json(j, t, &org);
	json_obj_end(j);
	return RC_OK;
}

/* ---- contacts of an organisation ---- */

/* Roles are anybody's words: these are looked for in them. */
static bool is_for_incidents(struct view role)
{
	static const char *const words[] = { "csirt", "psirt", "incident", "security", "インシデント", "セキュリティ", "緊急" };
	AUTO(buf_done) struct buf key = BUF_INIT, word = BUF_INIT;
	bool found = false;

	if (!text_name_key(&key, role))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words) && !found; i++) {
		word.n = 0;
		found = text_name_key(&word, view_str(words[i])) && word.n && buf_ok(&key) && buf_ok(&word) &&
			memmem(key.p, key.n, word.p, word.n);
	}
	return found;
}

void incident_contacts_json(struct json *j, struct txn *t, const struct rec *org)
{
	struct view bytes = view_of(NULL, 0);
	struct contact c;

	if (!rec_has(org, ORG_CONTACTS) || personal_get(t, rec_str(org, ORG_CONTACTS), &bytes))
		bytes = view_of(NULL, 0);
	json_arr(j);
	for (int first = 1; first >= 0; first--) {
		struct rd r = rd_of(bytes);
		while (contact_next(&r, &c))
			if (is_for_incidents(c.part[CP_ROLE]) == first)
				entity_contact_json(j, &c);
	}
	json_arr_end(j);
}
