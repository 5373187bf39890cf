/*
 * ndjson.c - one JSON object a line:
 * {"kind":"org"|"link"|"certificate"|"clause"|"contact"|"targets", the keys, the API's fields}.
 * What is there is set, null clears, what is absent is kept.
 *
 * "kind" is also a field of organisations: where it holds one of that field's words the line's
 * kind is the import's; "org_kind" says it beside "kind":"org".
 */
#include "base/util.h"
#include "graph/contacts.h"
#include "importers/json_fields.h"
#include "importers/local_id.h"
#include "importers/run.h"
#include "importers/value.h"

#define LINE_MAX_BYTES (1u << 20)

enum line_kind { LINE_ORG, LINE_LINK, LINE_CERT, LINE_CLAUSE, LINE_CONTACT, LINE_TARGETS, LINE__COUNT };

static const struct {
	const char *name, *plural;
	enum ent ent;
	enum import_kind kind;
	const char *const keys[8]; /* no fields: read here */
} kinds[LINE__COUNT] = {
	[LINE_ORG] = { "org", "orgs", ENT_ORG, IK_ORGS, { "id", "org_kind", NULL } },
	[LINE_LINK] = { "link", "links", ENT_LINK, IK_LINKS, { "procurer", "supplier", NULL } },
	[LINE_CERT] = { "certificate", "certificates", ENT_CERT, IK_CERTIFICATES,
			{ "org", "certificate", NULL } },
	[LINE_CLAUSE] = { "clause", "clauses", ENT_CLAUSE, IK_CLAUSES,
			  { "procurer", "supplier", "supplier_code", "no", NULL } },
	[LINE_CONTACT] = { "contact", "contacts", ENT_ORG, IK_CONTACTS,
			   { "org", "role", "name", "email", "lang", "phone", NULL } },
	[LINE_TARGETS] = { "targets", "targets", ENT_TARGETS, IK_AUTO, { "org", "procurer", NULL } },
};

struct lines {
	struct run *run;
	struct buf default_procurer;
	struct buf a, b, fields, contacts;
	struct value_room room;
	unsigned line;
};

static void lines_done(struct lines *l)
{
	buf_done(&l->default_procurer);
	buf_done(&l->a);
	buf_done(&l->b);
	buf_done(&l->fields);
	buf_done(&l->contacts);
	value_room_done(&l->room);
}

/* ---- keys ---- */

/* A member that is a text and not empty. */
static bool text_of(const json_t *obj, const char *name, struct view *out)
{
	const json_t *v = json_object_get(obj, name);

	if (!json_is_string(v) || json_string_length(v) == 0)
		return false;
	*out = view_of(json_string_value(v), json_string_length(v));
	return true;
}

static enum rc need_text(const json_t *obj, const char *name, struct view *out, struct err *e)
{
	const json_t *v = json_object_get(obj, name);

	if (text_of(obj, name, out))
		return RC_OK;
	if (v && !json_is_null(v) && !json_is_string(v))
		return err_set(e, RC_WRONG_TYPE, name, "string");
	return err_set(e, RC_REQUIRED, name, "%s", name);
}

static enum rc need_org(const json_t *obj, const char *name, struct buf *out, struct err *e)
{
	struct view v = { 0 };
	enum rc rc = need_text(obj, name, &v, e);

	return rc ? rc : cell_to_org(v, out, name, e);
}

static enum rc line_kind(const struct lines *l, const json_t *obj, enum line_kind *out,
			 struct err *e)
{
	struct view v = { 0 };
	bool has = text_of(obj, "kind", &v);
	const struct field *org_kind = field_by_id(ENT_ORG, ORG_KIND);

	for (int i = 0; i < LINE__COUNT; i++) {
		bool named = has && (view_is(v, kinds[i].name) || view_is(v, kinds[i].plural));
		bool implied = (!has || field_enum_value(org_kind, v) >= 0) &&
			       kinds[i].kind == l->run->p->kind && kinds[i].kind != IK_AUTO;

		if (named || implied) {
			*out = (enum line_kind)i;
			return RC_OK;
		}
	}
	return has ? err_set(e, RC_BAD_VALUE, "kind", "%.*s", (int)MIN(v.n, 100),
			     (const char *)v.p)
		   : err_set(e, RC_REQUIRED, "kind", "kind");
}

/* Both ends; *flags gains OPF_BY_CODE where the supplier is named by its code alone. */
static enum rc need_ends(struct lines *l, const json_t *obj, unsigned *flags, struct err *e)
{
	struct view v = { 0 };
	enum rc rc = RC_OK;

	if (l->default_procurer.n && !text_of(obj, "procurer", &v))
		buf_addv(&l->a, buf_view(&l->default_procurer));
	else
		rc = need_org(obj, "procurer", &l->a, e);
	if (rc)
		return rc;
	if (!text_of(obj, "supplier", &v) && text_of(obj, "supplier_code", &v)) {
		*flags |= OPF_BY_CODE;
		buf_addv(&l->b, v);
		return RC_OK;
	}
	return need_org(obj, "supplier", &l->b, e);
}

/* ---- one line ---- */

/* The keys are no fields: the reader of fields is told to pass over them. */
static enum rc read_fields(struct lines *l, enum line_kind kind, json_t *obj, struct err *e)
{
	const char *ignored[32];
	size_t n = 0;
	struct view v = { 0 };
	const json_t *org_kind = json_object_get(obj, "org_kind");
	enum ent ent = kinds[kind].ent;

	for (size_t i = 0; kinds[kind].keys[i]; i++)
		ignored[n++] = kinds[kind].keys[i];
	for (size_t i = 0; json_derived_names[ent][i] && n < ARRAY_LEN(ignored) - 2; i++)
		ignored[n++] = json_derived_names[ent][i];
	if (kind != LINE_ORG || org_kind ||
	    (text_of(obj, "kind", &v) && field_enum_value(field_by_id(ENT_ORG, ORG_KIND), v) < 0))
		ignored[n++] = "kind";
	ignored[n] = NULL;
	if (kind == LINE_ORG && org_kind) {
		struct view word = { 0 };
		int choice;

		if (!text_of(obj, "org_kind", &word))
			return err_set(e, RC_WRONG_TYPE, "org_kind", "string");
		choice = field_enum_value(field_by_id(ENT_ORG, ORG_KIND), word);
		if (choice < 0)
			return err_set(e, RC_BAD_VALUE, "org_kind", "%.*s", (int)MIN(word.n, 100),
				       (const char *)word.p);
		fl_int(&l->fields, ORG_KIND, choice);
	}
	return json_to_fields(ent, obj, true, ignored, &l->fields, &l->contacts, e);
}

/* {"kind":"contact","org","role","name","email","lang","phone"}: joins those stored. */
static enum rc read_contact(struct lines *l, json_t *obj, struct err *e)
{
	struct contact c = { 0 };
	const char *name;
	json_t *v;
	enum rc rc;

	json_object_foreach(obj, name, v) {
		int part = 0;

		if (strcmp(name, "kind") == 0 || strcmp(name, "org") == 0)
			continue;
		while (part <= CP_PHONE && strcmp(contact_part_names[part], name) != 0)
			part++;
		if (part > CP_PHONE)
			return err_set(e, RC_UNKNOWN_FIELD, name, "%s", name);
		if (!json_is_string(v) && !json_is_null(v))
			return err_set(e, RC_WRONG_TYPE, name, "string");
		if (json_is_string(v))
			c.part[part] = view_of(json_string_value(v), json_string_length(v));
	}
	if (!c.part[CP_EMAIL].n && !c.part[CP_NAME].n && !c.part[CP_PHONE].n)
		return err_set(e, RC_REQUIRED, "email", "email");
	rc = contact_check(&c, e);
	if (!rc)
		contact_encode(&l->contacts, &c);
	return rc;
}

static enum rc read_keys(struct lines *l, enum line_kind kind, const json_t *obj, struct op *op,
			 struct err *e)
{
	unsigned flags = kind == LINE_CLAUSE || kind == LINE_TARGETS ? 0 : OPF_STUBS;
	struct view v = { 0 };
	const char *clause = NULL;
	enum rc rc;

	switch (kind) {
	case LINE_ORG:
		rc = need_org(obj, "id", &l->a, e);
		break;
	case LINE_CONTACT:
		flags = OPF_MUST_EXIST | OPF_ADD_CONTACT;
		rc = need_org(obj, "org", &l->a, e);
		break;
	case LINE_TARGETS:
		rc = need_org(obj, text_of(obj, "org", &v) ? "org" : "procurer", &l->a, e);
		break;
	case LINE_CERT:
		rc = need_org(obj, "org", &l->a, e);
		if (!rc)
			rc = need_text(obj, "certificate", &v, e);
		buf_addv(&l->b, v);
		break;
	case LINE_LINK:
	case LINE_CLAUSE:
	case LINE__COUNT:
	default:
		rc = need_ends(l, obj, &flags, e);
		if (!rc && kind == LINE_CLAUSE)
			rc = need_text(obj, "no", &v, e);
		if (!rc && kind == LINE_CLAUSE)
			rc = cell_to_clause(&l->room, v, &clause, e);
		break;
	}
	*op = (struct op){ .kind = OP_MERGE, .ent = (uint8_t)kinds[kind].ent,
			   .flags = (uint8_t)flags, .a = buf_view(&l->a), .b = buf_view(&l->b),
			   .c = view_str(clause), .line = l->line };
	return rc;
}

static enum rc read_object(struct lines *l, json_t *obj, struct op *op, struct err *e)
{
	enum line_kind kind = LINE_ORG;
	enum rc rc;

	if (!json_is_object(obj))
		return err_set(e, RC_WRONG_TYPE, NULL, "object");
	rc = line_kind(l, obj, &kind, e);
	if (!rc)
		rc = read_keys(l, kind, obj, op, e);
	if (!rc)
		rc = kind == LINE_CONTACT ? read_contact(l, obj, e) : read_fields(l, kind, obj, e);
	op->fields = buf_view(&l->fields);
	if (!rc && !(buf_ok(&l->a) && buf_ok(&l->b) && buf_ok(&l->fields) && buf_ok(&l->contacts)))
		rc = err_set(e, RC_NOMEM, NULL, NULL);
	if (!rc && l->run->kind == IK_AUTO)
		l->run->kind = kinds[kind].kind;
	return rc;
}

static void json_cleanup(json_t *const *v) { json_decref(*v); }

static enum rc one_line(struct lines *l, struct view text)
{
	AUTO(json_cleanup) json_t *obj = NULL;
	struct err e = { 0 };
	struct op op;
	enum rc rc;

	buf_clear(&l->a);
	buf_clear(&l->b);
	buf_clear(&l->fields);
	buf_clear(&l->contacts);
	rc = text.n > LINE_MAX_BYTES ? err_set(&e, RC_TOO_LARGE, NULL, "1 MB")
				     : json_parse(text, &obj, &e);
	if (!rc) {
		e.column = 0;
		rc = read_object(l, obj, &op, &e);
	}
	if (rc == RC_NOMEM) {
		*l->run->e = e;
		return rc;
	}
	if (!rc)
		return run_op(l->run, &op, buf_view(&l->contacts));
	e.line = l->line;
	return run_reject(l->run, &e);
}

/* The next line of the window without its end; more is fetched where the window ends first. */
static enum rc next_line(struct run *run, struct view *rest, struct view *out)
{
	for (;;) {
		const char *p = rest->p;
		const char *end = rest->n ? memchr(p, '\n', rest->n) : NULL;
		enum rc rc;

		if (!end && rest->n == 0 && !source_has_more(run->src))
			return RC_END;
		if (end || !source_has_more(run->src) || rest->n > LINE_MAX_BYTES) {
			size_t n = end ? (size_t)(end - p) : rest->n;

			*out = view_of(p, n);
			*rest = view_of(p + n + (end != NULL), rest->n - n - (end != NULL));
			return RC_OK;
		}
		rc = source_more(run->src, p, rest, run->e);
		if (rc)
			return rc;
	}
}

enum rc import_ndjson(struct run *run)
{
	AUTO(lines_done) struct lines l = { .run = run };
	struct view rest = { 0 }, text = { 0 };
	enum rc rc = run_procurer(run, &l.default_procurer);

	if (!rc)
		rc = source_first(run->src, &rest, run->e);
	while (!rc) {
		rc = next_line(run, &rest, &text);
		if (rc == RC_END)
			return RC_OK;
		l.line++;
		if (rc || cell_blank(text))
			continue;
		rc = one_line(&l, text);
		if (!rc)
			rc = run_row(run, rest.p);
	}
	return rc;
}
