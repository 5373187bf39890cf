/* versions.c - how a record became what it is: GET …/versions of organisations, links, clauses, certificates, targets,
 * drills.
 * They are read from a record's own side alone, so that all of it is shown but contacts, which are told apart only. */
#include "api/api_int.h"
#include "api/entity_out.h"
#include "api/handlers.h"
#include "base/text.h"
#include "base/util.h"
#include "graph/versions.h"

#define CURSOR_BYTES 8 /* be64: the last one shown */

/* What an absent field is read as where GET shows a value all the same; NULL: nothing. */
static const char *default_text(enum ent ent, unsigned id)
{
	static const struct {
		enum ent ent;
		unsigned id;
		int value;
	} enums[] = {
		{ ENT_ORG, ORG_KIND, KIND_ENTITY },	    { ENT_LINK, LINK_DISCLOSURE, DISC_UPSTREAM },
		{ ENT_CERT, CERT_SCOPE, SCOPE_ENTITY },	    { ENT_CERT, CERT_EVIDENCE, EVIDENCE_WORD },
		{ ENT_CLAUSE, CLAUSE_STATUS, CLAUSE_MISSING }, { ENT_DRILL, DRILL_KIND, DRILL_DRILL },
	};

	for (size_t i = 0; i < ARRAY_LEN(enums); i++)
		if (enums[i].ent == ent && enums[i].id == id)
			return entity_enum_text(ent, id, enums[i].value);
	return NULL;
}

static void value_json(struct json *j, struct txn *t, enum ent ent, const struct field *f, struct view v)
{
	if (v.p)
		entity_value_json(j, t, ent, f, v);
	else if (ent == ENT_TARGETS && f->id == TARGETS_OWN_LEVEL)
		json_int(j, OWN_LEVEL_DEFAULT);
	else if (ent == ENT_TARGETS && f->id == TARGETS_DEPTH)
		json_int(j, DEPTH_DEFAULT);
	else
		json_str(j, default_text(ent, f->id));
}

static bool same(struct view a, struct view b)
{
	return (a.p != NULL) == (b.p != NULL) && view_eq(a, b);
}

static void field_json(struct json *j, struct txn *t, enum ent ent, const struct field *f, const struct version *v)
{
	json_key(j, f->name);
	json_obj(j);
	if (f->type == FT_CONTACTS) {
		json_key(j, "changed");
		json_bool(j, true);
	} else {
		json_key(j, "before");
		if (v->created)
			json_nil(j);
		else
			value_json(j, t, ent, f, v->before.f[f->id]);
		json_key(j, "after");
		value_json(j, t, ent, f, v->after.f[f->id]);
	}
	json_obj_end(j);
}

static void changed_json(struct json *j, struct txn *t, enum ent ent, const struct version *v)
{
	const struct entity *en = &entities[ent];

	json_key(j, "changed");
	if (!v->told) {
		json_nil(j);
		return;
	}
	json_obj(j);
	for (size_t i = 0; i < en->n_fields; i++)
		if (!same(v->before.f[en->fields[i].id], v->after.f[en->fields[i].id]))
			field_json(j, t, ent, &en->fields[i], v);
	json_obj_end(j);
}

static void version_json(struct json *j, struct sight *s, enum ent ent, const struct version *v)
{
	struct log_head h = { 0 };
	bool known = log_head(s->t, v->revision, &h) == RC_OK;

	json_obj(j);
	json_key(j, "revision");
	json_uint(j, v->revision);
	json_key(j, "at");
	if (known)
		json_instant(j, h.at_ms);
	else
		json_nil(j);
	json_key(j, "actor");
	if (known && sight_actor(s, v->revision))
		json_strv(j, h.actor);
	else
		json_nil(j);
	json_key(j, "change");
	json_str(j, v->created ? "created" : "updated");
	changed_json(j, s->t, ent, v);
	json_obj_end(j);
}

/* complete: whether all is told since the record was made; null where there are more pages. */
static enum rc page_end(struct request *r, struct json *j, const struct version_iter *it, uint64_t last)
{
	uint8_t key[CURSOR_BYTES];
	bool more = last && it->after.p;

	be64_put(key, last);
	enum rc rc = request_next(r, j, more ? view_of(key, sizeof(key)) : view_of(NULL, 0));
	json_key(j, "complete");
	if (more)
		json_nil(j);
	else
		json_bool(j, !it->cut);
	return rc;
}

static enum rc page(struct request *r, struct version_iter *it)
{
	uint64_t left = (uint64_t)r->query.v[Q_versions_limit].n, last = 0;
	struct version v;
	struct sight s;
	struct json j;

	request_sight(r, &s);
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "items");
	json_arr(&j);
	for (; left && versions_next(it, &v); left--) {
		version_json(&j, &s, it->ent, &v);
		last = v.revision;
	}
	json_arr_end(&j);
	enum rc rc = it->rc ? it->rc : page_end(r, &j, it, last);
	json_obj_end(&j);
	return rc ? rc : s.rc ? s.rc : txn_rc(r->txn);
}

/* A clause that was never written, as it reads as missing, has no versions yet. */
static enum rc versions(struct request *r, enum ent ent, struct view key, struct err *e)
{
	struct version_iter it;
	struct view after;
	enum rc rc = request_cursor(r, &after, e);

	if (!rc && after.p && after.n != CURSOR_BYTES)
		rc = err_set(e, RC_BAD_CURSOR, "cursor", "%s", "");
	if (rc)
		return rc;
	rc = versions_begin(&it, r->txn, ent, key, after.p ? be64_get(after.p) : 0);
	if (rc == RC_NOT_FOUND && ent != ENT_CLAUSE)
		return err_set(e, rc, NULL, "%.*s", (int)utf8_cut(r->path, 150), (const char *)r->path.p);
	return rc && rc != RC_NOT_FOUND ? rc : page(r, &it);
}

static enum rc of_org(struct request *r, enum ent ent, struct err *e)
{
	uint8_t key[4];
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (rc)
		return rc;
	be32_put(key, org);
	return versions(r, ent, view_of(key, sizeof(key)), e);
}

enum rc org_versions(struct request *r, struct err *e) { return of_org(r, ENT_ORG, e); }
enum rc targets_versions(struct request *r, struct err *e) { return of_org(r, ENT_TARGETS, e); }

static enum rc of_named(struct request *r, enum ent ent, struct err *e)
{
	uint8_t key[4 + RECORD_NAME_MAX];
	struct view name = r->param[1];
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (rc)
		return rc;
	if (name.n > sizeof(key) - 4)
		return request_not_found(r, 1, e);
	be32_put(key, org);
	memcpy(key + 4, name.p, name.n);
	return versions(r, ent, view_of(key, 4 + name.n), e);
}

enum rc cert_versions(struct request *r, struct err *e) { return of_named(r, ENT_CERT, e); }
enum rc drill_versions(struct request *r, struct err *e) { return of_named(r, ENT_DRILL, e); }

/* Both ends of a link that is there. */
static enum rc link_ends(struct request *r, uint8_t key[8], struct err *e)
{
	uint32_t p, s;
	struct rec rec;
	enum rc rc = request_org(r, 0, &p, e);

	if (!rc)
		rc = request_org(r, 1, &s, e);
	if (rc)
		return rc;
	be32_put(key, p);
	be32_put(key + 4, s);
	rc = link_get(r->txn, p, s, &rec);
	return rc == RC_NOT_FOUND ? request_not_found(r, 1, e) : rc;
}

enum rc link_versions(struct request *r, struct err *e)
{
	uint8_t key[8];
	enum rc rc = link_ends(r, key, e);

	return rc ? rc : versions(r, ENT_LINK, view_of(key, sizeof(key)), e);
}

enum rc clause_versions(struct request *r, struct err *e)
{
	int no = clause_no_parse(r->param[2]);
	uint8_t key[9];
	enum rc rc = link_ends(r, key, e);

	if (rc)
		return rc;
	if (no < 0)
		return request_not_found(r, 2, e);
	key[8] = (uint8_t)no;
	return versions(r, ENT_CLAUSE, view_of(key, sizeof(key)), e);
}
