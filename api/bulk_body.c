/* bulk_body.c - what a bulk change asks for, read from its body; see bulk_int.h. */
#include <stdio.h>

#include "api/bulk_int.h"
#include "base/text.h"
#include "base/util.h"
#include "graph/radix.h"
#include "importers/json_fields.h"
#include "importers/json_values.h"

#define QUERY_MAX 256

void bulk_filter_done(struct bulk_filter *f)
{
	free(f->suppliers);
	buf_done(&f->fields);
}

static enum rc wrong(struct err *e, const char *pointer, const char *expected)
{
	return err_set(e, RC_WRONG_TYPE, pointer, "%s", expected);
}

enum rc bulk_inside(struct err *e, const char *member, enum rc rc)
{
	char field[sizeof(e->field)];

	if (!rc || !e->field[0] || rc_http(rc) >= 500)
		return rc;
	memcpy(field, e->field, sizeof(field));
	field[sizeof(field) - 1] = '\0';
	size_t n = strlen(member);
	memcpy(e->field, member, n);
	e->field[n++] = '/';
	size_t keep = utf8_cut(view_str(field), sizeof(e->field) - 1 - n);
	memcpy(e->field + n, field, keep);
	e->field[n + keep] = '\0';
	return rc;
}

/* Ids in the body: one that the caller may not know of is answered as one that is not there. */
static enum rc find_known(struct request *r, struct view id, const char *pointer, enum standing *out_at, uint32_t *out,
			  struct err *e)
{
	struct sight s;
	enum rc rc = org_find(r->txn, id, out);

	request_sight(r, &s);
	*out_at = rc || s.rc ? AT_NONE : sight_org(&s, *out).at;
	if (s.rc)
		return s.rc;
	if (rc == RC_NOT_FOUND || (!rc && *out_at <= AT_ANONYMOUS))
		return err_set(e, RC_NO_SUCH_ORG, pointer, "%.*s", (int)utf8_cut(id, 130), (const char *)id.p);
	return rc;
}

/* ---- the filter ---- */

static enum rc read_suppliers(struct request *r, const json_t *v, struct bulk_filter *f, struct err *e)
{
	size_t n = json_array_size(v);
	char pointer[40];

	if (!json_is_array(v))
		return wrong(e, "suppliers", "array");
	if (n > BULK_LINKS_MAX)
		return err_set(e, RC_TOO_LARGE, "suppliers", "%u", BULK_LINKS_MAX);
	f->by_supplier = true;
	f->suppliers = calloc(MAX(n, (size_t)1), sizeof(*f->suppliers));
	if (!f->suppliers)
		return RC_NOMEM;
	for (; f->n_suppliers < n; f->n_suppliers++) {
		const json_t *item = json_array_get(v, f->n_suppliers);
		enum standing at;
		snprintf(pointer, sizeof(pointer), "suppliers/%zu", f->n_suppliers);
		if (!json_is_string(item))
			return wrong(e, pointer, "string");
		enum rc rc = find_known(r, json_text(item), pointer, &at, &f->suppliers[f->n_suppliers], e);
		if (rc)
			return rc;
	}
	u32_sort(f->suppliers, n);
	return RC_OK;
}

/* The names of an enumeration, and how a refusal calls them all. */
struct choice {
	const char *const *names;
	unsigned n;
	const char *all;
};

static enum rc read_one_of(const json_t *v, const char *pointer, const struct choice *c, unsigned *bits, struct err *e)
{
	if (!json_is_string(v))
		return wrong(e, pointer, "string");
	for (unsigned i = 0; i < c->n; i++)
		if (strcmp(json_string_value(v), c->names[i]) == 0) {
			*bits |= 1u << i;
			return RC_OK;
		}
	return err_set(e, RC_BAD_VALUE, pointer, "%s", c->all);
}

/* One name, or a list of them: any of these. */
static enum rc read_any_of(const json_t *v, const char *name, const struct choice *c, unsigned *bits, struct err *e)
{
	size_t n = json_array_size(v);
	char pointer[40];
	enum rc rc = RC_OK;

	if (!json_is_array(v))
		return read_one_of(v, name, c, bits, e);
	if (n == 0 || n > c->n)
		return err_set(e, RC_BAD_VALUE, name, "1-%u of %s", c->n, c->all);
	for (size_t i = 0; i < n && !rc; i++) {
		snprintf(pointer, sizeof(pointer), "%s/%zu", name, i);
		rc = read_one_of(json_array_get(v, i), pointer, c, bits, e);
	}
	return rc;
}

/* true, false, or null: both. */
static enum rc read_active(const json_t *v, enum bulk_active *out, struct err *e)
{
	if (!json_is_boolean(v) && !json_is_null(v))
		return wrong(e, "active", "true, false or null");
	*out = json_is_null(v) ? ACTIVE_ANY : json_is_true(v) ? ACTIVE_YES : ACTIVE_NO;
	return RC_OK;
}

static enum rc read_q(struct request *r, const json_t *v, struct view *out, struct err *e)
{
	struct view q = json_text(v);

	if (!json_is_string(v))
		return wrong(e, "q", "string");
	if (q.n > QUERY_MAX)
		return err_set(e, RC_TOO_LONG, "q", "%d", QUERY_MAX);
	if (view_trim(q).n == 0)
		return RC_OK;
	*out = arena_copy(r->arena, q);
	return out->p ? RC_OK : RC_NOMEM;
}

static enum rc read_depth(const json_t *v, unsigned *out, struct err *e)
{
	if (!json_is_integer(v))
		return wrong(e, "depth", "integer");
	if (json_integer_value(v) < 1 || json_integer_value(v) > TIER_MAX)
		return err_set(e, RC_OUT_OF_RANGE, "depth", "%lld (1-%d)", (long long)json_integer_value(v), TIER_MAX);
	*out = (unsigned)json_integer_value(v);
	return RC_OK;
}

static bool is_filter_field(const char *name)
{
	static const char *const names[] = { "department",   "owner",      "relation",
					     "criticality",  "confidential", "continuity",
					     "system_access", "required_level" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Those that are no fields of the link; RC_END: it is none of them. */
static enum rc read_other(struct request *r, const char *name, const json_t *v, struct bulk_filter *f, struct err *e)
{
	static const struct choice states = { state_names, ST__COUNT,
					      "gap, undecided, unconfirmed, expiring, met or not-asked" };
	static const struct choice timings = { gap_timing_names, GT__COUNT, "overdue, due or undated" };

	if (strcmp(name, "suppliers") == 0)
		return read_suppliers(r, v, f, e);
	if (strcmp(name, "state") == 0)
		return read_any_of(v, name, &states, &f->states, e);
	if (strcmp(name, "timing") == 0)
		return read_any_of(v, name, &timings, &f->timings, e);
	if (strcmp(name, "active") == 0)
		return read_active(v, &f->active, e);
	if (strcmp(name, "due_from") == 0)
		return jv_day(v, name, &f->due_from, e);
	if (strcmp(name, "due_to") == 0)
		return jv_day(v, name, &f->due_to, e);
	if (strcmp(name, "depth") == 0)
		return read_depth(v, &f->depth, e);
	return strcmp(name, "q") == 0 ? read_q(r, v, &f->q, e) : RC_END;
}

static enum rc read_filter(struct request *r, json_t *obj, struct bulk_filter *f, struct err *e)
{
	static const char *const others[] = { "suppliers", "state",  "timing", "active", "due_from",
					      "due_to",	   "depth", "q",      NULL };
	const char *name;
	json_t *v;

	*f = (struct bulk_filter){ .active = ACTIVE_YES, .due_from = DAY_NONE, .due_to = DAY_NONE, .depth = 1 };
	if (!obj)
		return RC_OK;
	if (!json_is_object(obj))
		return wrong(e, "filter", "object");
	json_object_foreach(obj, name, v) {
		enum rc rc = read_other(r, name, v, f, e);
		if (rc == RC_END)
			rc = is_filter_field(name) ? RC_OK : err_set(e, RC_UNKNOWN_FIELD, name, "%s", name);
		if (rc)
			return bulk_inside(e, "filter", rc);
	}
	return bulk_inside(e, "filter", json_to_fields(ENT_LINK, obj, true, others, &f->fields, NULL, e));
}

/* ---- the change ---- */

static bool is_empty(const json_t *obj)
{
	return json_is_object(obj) && json_object_size(obj) == 0;
}

/* A code is unique and a grant is somebody's own: neither is for many links at once. */
static enum rc read_change(struct bulk *b, json_t *obj, struct err *e)
{
	const char *name;
	json_t *v;

	if (!obj || is_empty(obj))
		return err_set(e, RC_REQUIRED, "change", "%s", "change");
	if (!json_is_object(obj))
		return wrong(e, "change", "object");
	json_object_foreach(obj, name, v) {
		const struct field *f = field_by_name(ENT_LINK, view_str(name));
		(void)v;
		if (!f || (f->flags & FF_READONLY) || f->id == LINK_SUPPLIER_CODE || f->id == LINK_GRANTS)
			return bulk_inside(e, "change", err_set(e, RC_UNKNOWN_FIELD, name, "%s", name));
	}
	b->has_change = true;
	return bulk_inside(e, "change", json_to_fields(ENT_LINK, obj, true, NULL, &b->r->fields, NULL, e));
}

static enum rc read_clause_change(struct bulk *b, const json_t *obj, struct err *e)
{
	AUTO(buf_done) struct buf fields = BUF_INIT;
	AUTO(buf_done) struct buf contacts = BUF_INIT;

	if (!obj || is_empty(obj))
		return err_set(e, RC_REQUIRED, "change", "%s", "change");
	if (!json_is_object(obj))
		return wrong(e, "change", "object");
	enum rc rc = json_to_fields(ENT_CLAUSE, obj, true, NULL, &fields, &contacts, e);
	if (rc)
		return bulk_inside(e, "change", rc);
	b->clause_fields = arena_copy(b->r->arena, buf_view(&fields));
	if (contacts.n)
		b->contacts = arena_copy(b->r->arena, buf_view(&contacts));
	return buf_ok(&fields) && buf_ok(&contacts) && b->clause_fields.p && (!contacts.n || b->contacts.p) ? RC_OK
													    : RC_NOMEM;
}

static enum rc read_keep(struct bulk *b, const json_t *v, struct err *e)
{
	if (v && !json_is_boolean(v))
		return wrong(e, "keep_other_sides", "true or false");
	b->keep_sides = json_is_true(v);
	return RC_OK;
}

static enum rc read_clause(struct bulk *b, json_t *obj, struct err *e)
{
	static const char *const names[] = { "no", "change", "keep_other_sides", NULL };
	const json_t *no = json_object_get(obj, "no");

	if (!obj)
		return RC_OK;
	if (!json_is_object(obj))
		return wrong(e, "clause", "object");
	enum rc rc = jv_check_members(obj, "", names, e);
	if (!rc && !no)
		rc = err_set(e, RC_REQUIRED, "no", "%s", "no");
	if (!rc && !json_is_string(no))
		rc = wrong(e, "no", "string");
	if (!rc) {
		b->clause = clause_no_parse(json_text(no));
		if (b->clause < 0)
			rc = err_set(e, RC_BAD_VALUE, "no", "%s", "2-1-1, 2-1-2, 2-1-3, 2-1-4, 2-1-5 or 3-1-3");
	}
	if (!rc)
		rc = read_keep(b, json_object_get(obj, "keep_other_sides"), e);
	if (!rc)
		rc = read_clause_change(b, json_object_get(obj, "change"), e);
	return bulk_inside(e, "clause", rc);
}

/* ---- all of it ---- */

static enum rc read_procurer(struct bulk *b, const json_t *v, struct err *e)
{
	struct request *r = b->r;

	if (!v)
		return err_set(e, RC_REQUIRED, "procurer", "%s", "procurer");
	if (!json_is_string(v))
		return wrong(e, "procurer", "string");
	enum standing at;
	enum rc rc = find_known(r, json_text(v), "procurer", &at, &b->procurer_org, e);
	if (rc)
		return rc;
	if (at != AT_OWN)
		return err_set(e, RC_FORBIDDEN, "procurer", NULL);
	b->procurer = arena_copy(r->arena, org_id(r->txn, b->procurer_org));
	return b->procurer.p ? RC_OK : RC_NOMEM;
}

static enum rc read_flags(struct bulk *b, const json_t *obj, struct err *e)
{
	static const char *const names[] = { "procurer", "filter", "change", "clause", "preview", "expect_matched", NULL };
	const json_t *preview = json_object_get(obj, "preview"),
		     *expect = json_object_get(obj, "expect_matched");
	enum rc rc = jv_check_members(obj, "", names, e);

	if (rc)
		return rc;
	if (preview && !json_is_boolean(preview))
		return wrong(e, "preview", "true or false");
	b->preview = !preview || json_is_true(preview);
	b->expect_matched = -1;
	if (!expect)
		return RC_OK;
	if (!json_is_integer(expect))
		return wrong(e, "expect_matched", "integer");
	b->expect_matched = json_integer_value(expect);
	return b->expect_matched >= 0 ? RC_OK
				      : err_set(e, RC_OUT_OF_RANGE, "expect_matched", "%lld",
						(long long)b->expect_matched);
}

enum rc bulk_read(struct bulk *b, struct bulk_filter *f, struct err *e)
{
	json_t *obj = NULL;
	enum rc rc;

	if (b->r->body.n == 0)
		return err_set(e, RC_BAD_JSON, NULL, "%s", "the body is empty");
	rc = json_parse(b->r->body, &obj, e);
	if (rc)
		return rc;
	rc = json_is_object(obj) ? read_flags(b, obj, e) : wrong(e, NULL, "object");
	if (!rc)
		rc = read_procurer(b, json_object_get(obj, "procurer"), e);
	if (!rc)
		rc = read_filter(b->r, json_object_get(obj, "filter"), f, e);
	if (!rc)
		rc = read_clause(b, json_object_get(obj, "clause"), e);
	if (!rc && (b->clause < 0 || json_object_get(obj, "change")))
		rc = read_change(b, json_object_get(obj, "change"), e);
	json_decref(obj);
	return rc;
}
