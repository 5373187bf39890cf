/*
 * writes.c - from a request to one operation. Nothing is decided here that apply decides: these
 * functions read the body by the field table, turn If-Match and If-None-Match into what apply can
 * check in the same transaction as it writes, and refuse early what can only fail.
 */
#include "api/writes.h"

#include "api/handlers.h"
#include "base/text.h"
#include "base/util.h"
#include "importers/json_fields.h"

/* What GET adds to the fields: a body may carry it back and it is not looked at. */
static const char *const added_names[ENT__COUNT][20] = {
	[ENT_ORG] = { "id", "held", "held_until", "suppliers", "procurers", "recorded_by",
		      "warnings", NULL },
	[ENT_LINK] = { "procurer", "supplier", "effective_level", "level_source", "held", "gap",
		       "clauses", "undecided", "exception", "active", "procurer_name",
		       "supplier_name", "recorded_by", "warnings", NULL },
	[ENT_CERT] = { "org", "certificate", "in_force", "recorded_by", "warnings", NULL },
	[ENT_CLAUSE] = { "procurer", "supplier", "no", "due", "gap", "undetermined", "late",
			 "reasons", "recorded_by", "warnings", NULL },
	[ENT_DRILL] = { "org", "drill", "recorded_by", "warnings", NULL },
	[ENT_TARGETS] = { "org", "default_rules", "recorded_by", "warnings", NULL },
};

static const unsigned contacts_field[ENT__COUNT] = {
	[ENT_ORG] = ORG_CONTACTS, [ENT_CLAUSE] = CLAUSE_CONTACTS
};

/* ---- preconditions ---- */

bool etag_next(struct view *list, struct view *out)
{
	const char *p = list->p, *end = p + list->n;

	while (p < end && (*p == ' ' || *p == '\t' || *p == ','))
		p++;
	if (p >= end)
		return false;
	bool weak = end - p >= 2 && p[0] == 'W' && p[1] == '/';
	const char *open = weak ? p + 2 : p;
	const char *close =
		open < end && *open == '"' ? memchr(open + 1, '"', (size_t)(end - open - 1)) : NULL;
	if (!close)
		return false;
	*out = weak ? view_of(p, 0) : view_of(open, (size_t)(close + 1 - open));
	*list = view_of(close + 1, (size_t)(end - close - 1));
	return true;
}

bool etag_stored(struct view tag, uint64_t *out)
{
	const char *p = tag.p;
	uint64_t n = 0;
	size_t i = 1;

	if (tag.n < 4 || p[0] != '"')
		return false;
	for (; i < tag.n && p[i] >= '0' && p[i] <= '9' && i < 20; i++)
		n = n * 10 + (uint64_t)(p[i] - '0');
	if (i == 1 || p[i] != '.')
		return false;
	*out = n;
	return true;
}

static bool list_has(struct view list, uint64_t stored)
{
	struct view tag;
	uint64_t n;

	while (etag_next(&list, &tag))
		if (etag_stored(tag, &n) && n == stored)
			return true;
	return false;
}

/* stored: the record's revision as read here; 0 where there is none. apply looks again. */
static enum rc preconditions(struct request *r, uint64_t stored, struct err *e)
{
	struct view match = view_trim(r->if_match), none = view_trim(r->if_none_match);
	bool exists = stored != 0 || r->op.ent == ENT_CLAUSE;

	if (match.p && view_is(match, "*")) {
		if (!exists)
			return err_set(e, RC_PRECONDITION, NULL, "%s", "");
		r->op.if_match = stored;
	} else if (match.p) {
		if (!exists || !list_has(match, stored))
			return err_set(e, RC_PRECONDITION, NULL, "%s", "");
		r->op.if_match = stored;
		if (stored == 0) /* a clause that was read as missing */
			r->op.flags |= OPF_MUST_NOT_EXIST;
	}
	if (!none.p)
		return RC_OK;
	if (view_is(none, "*") ? stored != 0 : list_has(none, stored) && stored)
		return err_set(e, RC_PRECONDITION, NULL, "%s", "");
	if (view_is(none, "*") && r->op.kind == OP_PUT)
		r->op.flags |= OPF_MUST_NOT_EXIST;
	return RC_OK;
}

/* ---- the body ---- */

/* A body that names its own id must name the path's. */
static enum rc check_own_id(const struct request *r, const json_t *obj, struct err *e)
{
	const json_t *id = json_object_get(obj, "id");
	struct view v;

	if (!id || r->op.ent != ENT_ORG || json_is_null(id))
		return RC_OK;
	if (!json_is_string(id))
		return err_set(e, RC_WRONG_TYPE, "id", "%s", "string");
	v = view_of(json_string_value(id), json_string_length(id));
	uint32_t by_path, by_body;
	if (view_eq(v, r->param[0]))
		return RC_OK;
	if (r->op.kind == OP_MERGE && org_find(r->txn, r->param[0], &by_path) == RC_OK &&
	    org_find(r->txn, v, &by_body) == RC_OK && by_path == by_body)
		return RC_OK; /* the path is an alias */
	return err_set(e, RC_BAD_VALUE, "id", "%s", "not the organisation of the path");
}

static enum rc key_contacts(struct request *r)
{
	if (r->contacts.n == 0)
		return RC_OK;
	r->personal.bytes = buf_view(&r->contacts);
	personal_ref(api_secret(r->api), (enum ent)r->op.ent, &r->op, r->personal.bytes,
		     r->personal.ref);
	fl_bytes(&r->fields, contacts_field[r->op.ent],
		 view_of(r->personal.ref, sizeof(r->personal.ref)));
	r->sub.cmd.personal = &r->personal;
	r->sub.cmd.n_personal = 1;
	return buf_ok(&r->fields) ? RC_OK : RC_NOMEM;
}

static enum rc read_body(struct request *r, struct err *e)
{
	json_t *obj = NULL;
	enum rc rc;

	if (r->body.n == 0)
		return err_set(e, RC_BAD_JSON, NULL, "%s", "the body is empty");
	rc = json_parse(r->body, &obj, e);
	if (rc)
		return rc;
	rc = json_is_object(obj) ? check_own_id(r, obj, e)
				 : err_set(e, RC_WRONG_TYPE, NULL, "%s", "object");
	if (!rc)
		rc = json_to_fields((enum ent)r->op.ent, obj, r->op.kind == OP_MERGE,
				    added_names[r->op.ent], &r->fields, &r->contacts, e);
	json_decref(obj);
	return rc ? rc : key_contacts(r);
}

/* ---- one function an entity ---- */

/* The command around r->op, whose names and flags stand. found: what reading the record said. */
static enum rc make_command(struct request *r, enum rc found, const struct rec *rec, struct err *e)
{
	uint64_t stored = found == RC_OK ? (uint64_t)rec_int(rec, META_REV, 0) : 0;
	enum rc rc = found == RC_NOT_FOUND ? RC_OK : found;

	if (!rc)
		rc = preconditions(r, stored, e);
	if (!rc && found == RC_NOT_FOUND && r->op.kind != OP_PUT)
		rc = err_set(e, RC_NOT_FOUND, NULL, "%.*s", (int)utf8_cut(r->path, 150),
			     (const char *)r->path.p);
	if (!rc && r->op.kind != OP_DELETE)
		rc = read_body(r, e);
	if (r->op.kind == OP_MERGE)
		r->op.flags |= OPF_MUST_EXIST;
	r->op.fields = buf_view(&r->fields);
	r->sub.cmd.type = CMD_OPS;
	request_permit(r, &r->sub.cmd);
	r->sub.cmd.ops = &r->op;
	r->sub.cmd.n_ops = 1;
	r->sub.cmd.results = &r->result;
	return rc;
}

/* What the caller may not see is not there, for conditions and bodies too: what is really there is asked again by
 * access_permit() and apply. */
static enum rc org_known(struct request *r, uint32_t org, enum standing *out_at)
{
	struct sight s;

	request_sight(r, &s);
	*out_at = sight_org(&s, org).at;
	if (s.rc)
		return s.rc;
	if (*out_at <= AT_ANONYMOUS)
		return RC_NOT_FOUND;
	/* named in a chain and nothing more: that is to be read only */
	return access_sees_all(&r->who) || access_tie(r->txn, &r->who, org) != TIE_NONE ? RC_OK : RC_FORBIDDEN;
}

static enum rc org_write(struct request *r, enum op_kind kind, struct err *e)
{
	enum standing at;
	uint32_t org;
	struct rec rec;
	enum rc found = org_find(r->txn, r->param[0], &org);

	if (!found)
		found = org_known(r, org, &at);
	r->op = (struct op){ .kind = (uint8_t)kind, .ent = ENT_ORG, .a = r->param[0] };
	if (kind == OP_DELETE && r->query.v[Q_cascade].n)
		r->op.flags |= OPF_CASCADE;
	if (!found)
		found = org_get(r->txn, org, &rec);
	return make_command(r, found, &rec, e);
}

enum rc org_put(struct request *r, struct err *e) { return org_write(r, OP_PUT, e); }
enum rc org_patch(struct request *r, struct err *e) { return org_write(r, OP_MERGE, e); }
enum rc org_delete(struct request *r, struct err *e) { return org_write(r, OP_DELETE, e); }

/* The same for a link, which may be written by its ends alone and by who entered it. A procurer that does not say who
 * it is goes by its pseudonym here too. */
static enum rc link_known(struct request *r, uint32_t p, uint32_t supplier, const struct rec *link)
{
	struct sight s;

	request_sight(r, &s);
	struct link_sight see = sight_link(&s, p, supplier, link);
	if (s.rc)
		return s.rc;
	if (see.place == PLACE_NONE || (see.procurer_hidden && !pseudonym_like(r->param[0])) ||
	    (see.supplier_hidden && !pseudonym_like(r->param[1])))
		return RC_NOT_FOUND;
	if (see.place == PLACE_UPSTREAM)
		return RC_FORBIDDEN;
	if (see.procurer_hidden)
		r->op.a = arena_copy(r->arena, org_id(r->txn, p));
	return r->op.a.p ? RC_OK : RC_NOMEM;
}

/* A supplier writes no links of a procurer that it knows, but its plan on those to itself: whether there are any
 * others is not told. */
static bool is_others(struct request *r)
{
	enum standing at;
	uint32_t p;

	return r->who.role == ROLE_SUPPLIER && org_find(r->txn, r->param[0], &p) == RC_OK &&
	       org_known(r, p, &at) == RC_OK && at != AT_OWN;
}

static enum rc link_write(struct request *r, enum op_kind kind, struct err *e)
{
	uint32_t p, s;
	struct err ends = { 0 };
	struct rec rec;
	enum rc found;

	r->op = (struct op){
		.kind = (uint8_t)kind, .ent = ENT_LINK, .a = r->param[0], .b = r->param[1]
	};
	/* apply looks all of this up again: a plain PUT has no use for it */
	if (kind == OP_PUT && !r->if_match.p && !r->if_none_match.p)
		return make_command(r, RC_NOT_FOUND, NULL, e);
	found = request_org(r, 0, &p, &ends);
	if (!found)
		found = request_org(r, 1, &s, &ends);
	if (!found)
		found = link_get(r->txn, p, s, &rec);
	if (!found)
		found = link_known(r, p, s, &rec);
	if (found == RC_NOT_FOUND && kind != OP_PUT && is_others(r))
		return err_set(e, RC_FORBIDDEN, NULL, NULL);
	enum rc rc = make_command(r, found, &rec, e);
	r->permit.anonymous = !rc && !found && pseudonym_like(r->param[0]);
	return rc;
}

enum rc link_put(struct request *r, struct err *e) { return link_write(r, OP_PUT, e); }
enum rc link_patch(struct request *r, struct err *e) { return link_write(r, OP_MERGE, e); }
enum rc link_delete(struct request *r, struct err *e) { return link_write(r, OP_DELETE, e); }

/* The organisation of the path, if the caller may know of it. */
static enum rc known_org(struct request *r, uint32_t *out, enum standing *out_at, struct err *e)
{
	enum rc rc = request_org(r, 0, out, e);

	if (!rc)
		rc = org_known(r, *out, out_at);
	return rc == RC_NOT_FOUND ? request_not_found(r, 0, e) : rc;
}

/* … and if it is its own: what is a procurer's alone. */
static enum rc own_org(struct request *r, uint32_t *out, struct err *e)
{
	enum standing at;
	enum rc rc = known_org(r, out, &at, e);

	return !rc && at != AT_OWN ? err_set(e, RC_FORBIDDEN, NULL, NULL) : rc;
}

static enum rc cert_write(struct request *r, enum op_kind kind, struct err *e)
{
	uint32_t org;
	struct rec rec;
	enum standing at;
	enum rc rc = known_org(r, &org, &at, e);

	if (rc)
		return rc;
	if (at == AT_ABOVE)
		return err_set(e, RC_FORBIDDEN, NULL, NULL);
	r->op = (struct op){
		.kind = (uint8_t)kind, .ent = ENT_CERT, .a = r->param[0], .b = r->param[1]
	};
	return make_command(r, cert_get(r->txn, org, r->param[1], &rec), &rec, e);
}

enum rc cert_put(struct request *r, struct err *e) { return cert_write(r, OP_PUT, e); }
enum rc cert_patch(struct request *r, struct err *e) { return cert_write(r, OP_MERGE, e); }
enum rc cert_delete(struct request *r, struct err *e) { return cert_write(r, OP_DELETE, e); }

static enum rc targets_write(struct request *r, enum op_kind kind, struct err *e)
{
	uint32_t org;
	struct rec rec;
	enum rc rc = own_org(r, &org, e);

	if (rc)
		return rc;
	r->op = (struct op){ .kind = (uint8_t)kind, .ent = ENT_TARGETS, .a = r->param[0] };
	return make_command(r, targets_get(r->txn, org, &rec), &rec, e);
}

enum rc targets_put(struct request *r, struct err *e) { return targets_write(r, OP_PUT, e); }
enum rc targets_delete(struct request *r, struct err *e) { return targets_write(r, OP_DELETE, e); }

static enum rc drill_write(struct request *r, enum op_kind kind, struct err *e)
{
	uint32_t org;
	struct rec rec;
	enum rc rc = own_org(r, &org, e);

	if (rc)
		return rc;
	r->op = (struct op){ .kind = (uint8_t)kind, .ent = ENT_DRILL, .a = r->param[0], .b = r->param[1] };
	return make_command(r, drill_get(r->txn, org, r->param[1], &rec), &rec, e);
}

enum rc drill_put(struct request *r, struct err *e) { return drill_write(r, OP_PUT, e); }
enum rc drill_patch(struct request *r, struct err *e) { return drill_write(r, OP_MERGE, e); }
enum rc drill_delete(struct request *r, struct err *e) { return drill_write(r, OP_DELETE, e); }

static enum rc clause_write(struct request *r, enum op_kind kind, struct err *e)
{
	int no = clause_no_parse(r->param[2]);
	uint32_t p, s;
	struct rec rec;
	enum rc rc = own_org(r, &p, e);

	if (rc)
		return rc;
	/* a supplier that is not there answers like one without a link */
	rc = request_org(r, 1, &s, e);
	if (!rc)
		rc = link_get(r->txn, p, s, &rec);
	if (rc == RC_NOT_FOUND || (!rc && no < 0))
		return err_set(e, RC_NOT_FOUND, NULL, "%.*s", (int)utf8_cut(r->path, 150),
			       (const char *)r->path.p);
	if (rc)
		return rc;
	r->op = (struct op){ .kind = (uint8_t)kind,
			     .ent = ENT_CLAUSE,
			     .a = r->param[0],
			     .b = r->param[1],
			     .c = view_str(clause_names[no]) };
	rc = clause_get(r->txn, p, s, (enum clause_no)no, &rec);
	if (rc == RC_NOT_FOUND && kind == OP_DELETE) { /* it reads as missing: nothing to do */
		r->reply.status = 204;
		return preconditions(r, 0, e);
	}
	return make_command(r, rc, &rec, e);
}

enum rc clause_put(struct request *r, struct err *e) { return clause_write(r, OP_PUT, e); }
enum rc clause_delete(struct request *r, struct err *e) { return clause_write(r, OP_DELETE, e); }
