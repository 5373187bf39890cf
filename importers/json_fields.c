/*
 * json_fields.c - JSON objects of the API's fields to field lists.
 *
 * Each value is written to a scratch buffer, checked by the field table and only then appended, so
 * that a list never holds a value that the table does not allow. Lists and objects are read in
 * json_values.c, json_shape.c and json_targets.c.
 */
#include "importers/json_fields.h"

#include <math.h>

#include "base/text.h"
#include "base/util.h"
#include "importers/json_values.h"

const char *const json_derived_names[ENT__COUNT][16] = {
	[ENT_ORG] = { "id", "held", "held_until", "suppliers", "procurers", "recorded_by", "warnings" },
	[ENT_LINK] = { "procurer", "supplier", "effective_level", "level_source", "held", "gap",
		       "clauses", "recorded_by", "warnings", "undecided", "exception", "active",
		       "procurer_name", "supplier_name" },
	[ENT_CERT] = { "org", "certificate", "id", "recorded_by", "warnings", "in_force" },
	[ENT_CLAUSE] = { "procurer", "supplier", "no", "recorded_by", "warnings", "due", "gap",
			 "undetermined", "late", "reasons" },
	[ENT_DRILL] = { "org", "drill", "recorded_by", "warnings" },
	[ENT_TARGETS] = { "org", "procurer", "id", "recorded_by", "warnings", "default_rules" },
};

enum rc jv_wrong(struct err *e, const char *ptr, const char *expected)
{
	return err_set(e, RC_WRONG_TYPE, ptr, "%s", expected);
}

enum rc jv_text(const json_t *v, const char *ptr, struct view *out, struct err *e)
{
	if (!json_is_string(v))
		return jv_wrong(e, ptr, "string");
	*out = view_of(json_string_value(v), json_string_length(v));
	return RC_OK;
}

enum rc jv_day(const json_t *v, const char *ptr, int32_t *out, struct err *e)
{
	struct view s = { 0 };

	if (!json_is_string(v))
		return jv_wrong(e, ptr, "string YYYY-MM-DD");
	s = view_of(json_string_value(v), json_string_length(v));
	if (!day_parse(s, out))
		return err_set(e, RC_BAD_DATE, ptr, "%.*s", (int)MIN(s.n, 120), (const char *)s.p);
	return RC_OK;
}

enum rc jv_int(const json_t *v, const char *ptr, int64_t *out, struct err *e)
{
	if (!json_is_integer(v))
		return jv_wrong(e, ptr, "integer");
	*out = json_integer_value(v);
	return RC_OK;
}

#define DEC4_WHOLE_MAX INT64_C(100000000000000) /* no field goes further */

/* A number written with at most 4 decimals lies within rounding of a multiple of 1/10000. */
static enum rc dec4(const json_t *v, const char *ptr, int64_t *out, struct err *e)
{
	double x = json_number_value(v), scaled = x * 1e4, whole = round(scaled);

	if (!json_is_number(v))
		return jv_wrong(e, ptr, "number");
	if (!(fabs(x) <= (double)DEC4_WHOLE_MAX))
		return err_set(e, RC_OUT_OF_RANGE, ptr, "%g", x);
	if (json_is_integer(v)) {
		*out = json_integer_value(v) * 10000;
		return RC_OK;
	}
	/* above 2^30 the binary number itself is coarser than the bound */
	if (fabs(scaled - whole) >= MAX(1e-6, fabs(scaled) * 2.3e-16))
		return err_set(e, RC_BAD_VALUE, ptr, "%.9g has more than 4 decimals", x);
	*out = (int64_t)whole;
	return RC_OK;
}

enum rc jv_enum(const struct field *f, const json_t *v, const char *ptr, int *out, struct err *e)
{
	struct view s = { 0 };
	enum rc rc = jv_text(v, ptr, &s, e);

	if (rc)
		return rc;
	*out = field_enum_value(f, s);
	return *out < 0 ? field_enum_refuse(f, s, ptr, false, e) : RC_OK;
}

/* A value other than null to its bytes. */
static enum rc encode(const struct field *f, const json_t *v, struct buf *val, struct err *e)
{
	struct view text = { 0 };
	int64_t n = 0;
	int32_t day = 0;
	int choice = 0;
	enum rc rc;

	switch (f->type) {
	case FT_BOOL:
		if (!json_is_boolean(v))
			return jv_wrong(e, f->name, "true or false");
		buf_addc(val, json_is_true(v) ? 1 : 0);
		return RC_OK;
	case FT_INT:
		rc = jv_int(v, f->name, &n, e);
		buf_svarint(val, n);
		return rc;
	case FT_DEC4:
		rc = dec4(v, f->name, &n, e);
		buf_svarint(val, n);
		return rc;
	case FT_ENUM:
		rc = jv_enum(f, v, f->name, &choice, e);
		buf_svarint(val, choice);
		return rc;
	case FT_DATE:
		rc = jv_day(v, f->name, &day, e);
		buf_svarint(val, day);
		return rc;
	case FT_STR:
	case FT_ORG:
		rc = jv_text(v, f->name, &text, e);
		buf_addv(val, text);
		return rc;
	case FT_STRS:
		return jv_encode_strs(f, v, val, e);
	case FT_DATES:
		return jv_encode_dates(f, v, val, e);
	case FT_GRANTS:
		return jv_encode_grants(f, v, val, e);
	case FT_JSON:
		return jv_encode_shape(f, v, val, e);
	case FT_CONTACTS:
		return jv_encode_contacts(f, v, val, e);
	case FT_RULES:
		return jv_encode_rules(f, v, val, e);
	case FT_TIERS:
		return jv_encode_tiers(f, v, val, e);
	case FT_PERIODS: /* read-only everywhere */
	default:
		return err_set(e, RC_INTERNAL, f->name, "field type");
	}
}

static enum rc put_field(const struct field *f, const json_t *v, bool merge, struct buf *fields,
			 struct buf *contacts, struct err *e)
{
	AUTO(buf_done) struct buf val = BUF_INIT;
	struct view bytes;
	enum rc rc = RC_OK;

	if (!json_is_null(v)) {
		rc = encode(f, v, &val, e);
		if (rc)
			return rc;
	}
	if (!buf_ok(&val))
		return err_set(e, RC_NOMEM, f->name, NULL);
	if (json_is_null(v) || (f->type == FT_CONTACTS && val.n == 0)) {
		if (merge)
			fl_clear(fields, f->id);
		return RC_OK;
	}
	if (f->type == FT_CONTACTS) {
		if (!contacts)
			return err_set(e, RC_INTERNAL, f->name, "contacts");
		buf_addv(contacts, buf_view(&val));
		return RC_OK;
	}
	bytes = val.n ? buf_view(&val) : VIEW_LIT("");
	rc = field_check(f, bytes, e);
	if (!rc)
		fl_bytes(fields, f->id, bytes);
	return rc;
}

static bool is_ignored(const char *const *ignored, const char *name)
{
	for (; ignored && *ignored; ignored++)
		if (strcmp(*ignored, name) == 0)
			return true;
	return false;
}

static enum rc check_names(enum ent ent, const json_t *obj, const char *const *ignored,
			   struct err *e)
{
	const char *name;
	const json_t *v;

	json_object_foreach(jv_mutable(obj), name, v) {
		if (!field_by_name(ent, view_str(name)) && !is_ignored(ignored, name))
			return err_set(e, RC_UNKNOWN_FIELD, name, "%s", name);
	}
	return RC_OK;
}

enum rc json_to_fields(enum ent ent, const json_t *obj, bool merge, const char *const *ignored,
		       struct buf *fields, struct buf *contacts, struct err *e)
{
	const struct entity *entity = &entities[ent];
	size_t fields_n = fields->n, contacts_n = contacts ? contacts->n : 0;
	enum rc rc;

	if (!json_is_object(obj))
		return jv_wrong(e, NULL, "object");
	rc = check_names(ent, obj, ignored, e);
	for (size_t i = 0; i < entity->n_fields && !rc; i++) {
		const struct field *f = &entity->fields[i];
		const json_t *v = json_object_get(obj, f->name);

		if (v && !(f->flags & FF_READONLY) && !is_ignored(ignored, f->name))
			rc = put_field(f, v, merge, fields, contacts, e);
	}
	if (!rc && (!buf_ok(fields) || (contacts && !buf_ok(contacts))))
		rc = err_set(e, RC_NOMEM, NULL, NULL);
	if (rc) {
		fields->n = fields_n;
		if (contacts)
			contacts->n = contacts_n;
	}
	return rc;
}

/* ---- documents ---- */

/* Nesting is counted on the text, before a parser builds anything. */
static bool too_deep(struct view text)
{
	const char *s = text.p;
	unsigned depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.n; i++) {
		if (quoted) {
			if (s[i] == '\\')
				i++;
			else if (s[i] == '"')
				quoted = false;
			continue;
		}
		if (s[i] == '"')
			quoted = true;
		else if ((s[i] == '{' || s[i] == '[') && ++depth > JSON_DEPTH_MAX)
			return true;
		else if ((s[i] == '}' || s[i] == ']') && depth > 0)
			depth--;
	}
	return false;
}

enum rc json_parse(struct view text, json_t **out, struct err *e)
{
	json_error_t je;
	json_t *doc;

	if (!utf8_valid(text))
		return err_set(e, RC_BAD_UTF8, NULL, NULL);
	if (too_deep(text))
		return err_set(e, RC_BAD_JSON, NULL, "nested deeper than %d", JSON_DEPTH_MAX);
	doc = json_loadb(text.n ? text.p : "", text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &je);
	if (!doc) {
		if (json_error_code(&je) == json_error_out_of_memory)
			return err_set(e, RC_NOMEM, NULL, NULL);
		err_set(e, RC_BAD_JSON, NULL, "%s", je.text);
		if (e) {
			e->line = je.line > 0 ? (unsigned)je.line : 0;
			e->column = je.column > 0 ? (unsigned)je.column : 0;
		}
		return RC_BAD_JSON;
	}
	*out = doc;
	return RC_OK;
}
