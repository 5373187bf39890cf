/* json_values.c - lists of the API: aliases, days, grants, contacts. */
#include "importers/json_values.h"

#include <stdio.h>

#include "base/orgid.h"
#include "base/text.h"
#include "base/util.h"
#include "graph/contacts.h"

#define DATES_MAX 64

const char *jv_ptr(char ptr[JSON_PTR], const char *name, size_t i, const char *member)
{
	snprintf(ptr, JSON_PTR, member ? "%.20s/%zu/%.32s" : "%.20s/%zu", name, i, member);
	return ptr;
}

/* v is a list of at most f->max items. */
enum rc jv_check_list(const struct field *f, const json_t *v, struct err *e)
{
	if (!json_is_array(v))
		return jv_wrong(e, f->name, "list");
	if (json_array_size(v) > (size_t)f->max)
		return err_set(e, RC_TOO_LONG, f->name, "%lld", (long long)f->max);
	return RC_OK;
}

/* obj is an object whose members are all among names (NULL ended). base: its pointer. */
enum rc jv_check_members(const json_t *obj, const char *base, const char *const *names,
			   struct err *e)
{
	const char *name;
	const json_t *v;
	char ptr[JSON_PTR];

	if (!json_is_object(obj))
		return jv_wrong(e, base, "object");
	json_object_foreach(jv_mutable(obj), name, v) {
		const char *const *n = names;

		while (*n && strcmp(*n, name) != 0)
			n++;
		if (*n)
			continue;
		snprintf(ptr, sizeof(ptr), "%s/%.40s", base, name);
		return err_set(e, RC_UNKNOWN_FIELD, base[0] ? ptr : name, "%s", name);
	}
	return RC_OK;
}

/* A member that is there and not null, else NULL. */
const json_t *jv_member(const json_t *obj, const char *name)
{
	const json_t *v = json_object_get(obj, name);

	return v && !json_is_null(v) ? v : NULL;
}

enum rc jv_encode_strs(const struct field *f, const json_t *v, struct buf *val, struct err *e)
{
	enum rc rc = jv_check_list(f, v, e);

	for (size_t i = 0; !rc && i < json_array_size(v); i++) {
		char ptr[JSON_PTR];
		struct view s = { 0 };

		rc = jv_text(json_array_get(v, i), jv_ptr(ptr, f->name, i, NULL), &s, e);
		if (!rc && !(f->flags & FF_TEXTS))
			rc = orgid_check(s, ptr, e);
		else if (!rc && s.n == 0)
			rc = err_set(e, RC_BAD_VALUE, ptr, "%s", "an empty text");
		if (!rc)
			buf_lenbytes(val, s);
	}
	return rc;
}

static int by_day(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

void days_encode(int32_t *days, size_t n, struct buf *val)
{
	if (n > 1)
		qsort(days, n, sizeof(*days), by_day);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || days[i] != days[i - 1])
			buf_svarint(val, days[i]);
}

enum rc jv_encode_dates(const struct field *f, const json_t *v, struct buf *val, struct err *e)
{
	int32_t days[DATES_MAX];
	enum rc rc = jv_check_list(f, v, e);
	size_t n = 0;

	if (!rc && json_array_size(v) > DATES_MAX)
		rc = err_set(e, RC_TOO_LONG, f->name, "%d", DATES_MAX);
	for (size_t i = 0; !rc && i < json_array_size(v); i++) {
		char ptr[JSON_PTR];

		rc = jv_day(json_array_get(v, i), jv_ptr(ptr, f->name, i, NULL), &days[n++], e);
	}
	if (!rc)
		days_encode(days, n, val);
	return rc;
}

static enum rc grant_form(const json_t *v, const char *ptr, int *out, struct err *e)
{
	struct view s = { 0 };
	enum rc rc;

	if (!v)
		return err_set(e, RC_REQUIRED, ptr, "form");
	rc = jv_text(v, ptr, &s, e);
	if (rc)
		return rc;
	if (!view_is(s, "named") && !view_is(s, "anonymous"))
		return err_set(e, RC_BAD_VALUE, ptr, "%.*s", (int)MIN(s.n, 120),
			       (const char *)s.p);
	*out = view_is(s, "named") ? GRANT_NAMED : GRANT_ANONYMOUS;
	return RC_OK;
}

static enum rc encode_grant(const char *name, size_t i, const json_t *g, struct buf *val,
			    struct err *e)
{
	static const char *const members[] = { "viewer", "form", "until", NULL };
	char ptr[JSON_PTR];
	struct view viewer = { 0 };
	const json_t *v;
	int32_t until = DAY_NONE;
	int form = 0;
	enum rc rc = jv_check_members(g, jv_ptr(ptr, name, i, NULL), members, e);

	if (rc)
		return rc;
	v = jv_member(g, "viewer");
	jv_ptr(ptr, name, i, "viewer");
	if (!v)
		return err_set(e, RC_REQUIRED, ptr, "viewer");
	rc = jv_text(v, ptr, &viewer, e);
	if (!rc)
		rc = orgid_check(viewer, ptr, e);
	if (!rc)
		rc = grant_form(jv_member(g, "form"), jv_ptr(ptr, name, i, "form"), &form, e);
	v = jv_member(g, "until");
	if (!rc && v)
		rc = jv_day(v, jv_ptr(ptr, name, i, "until"), &until, e);
	if (rc)
		return rc;
	buf_lenbytes(val, viewer);
	buf_addc(val, (char)form);
	buf_svarint(val, until);
	return RC_OK;
}

enum rc jv_encode_grants(const struct field *f, const json_t *v, struct buf *val, struct err *e)
{
	enum rc rc = jv_check_list(f, v, e);

	for (size_t i = 0; !rc && i < json_array_size(v); i++)
		rc = encode_grant(f->name, i, json_array_get(v, i), val, e);
	return rc;
}

/* ---- contacts ---- */

static enum rc encode_contact(const char *name, size_t i, const json_t *v, struct buf *val,
			      struct err *e)
{
	const char *names[CP__COUNT + 1];
	struct contact c = { 0 };
	char ptr[JSON_PTR], where[JSON_PTR];
	struct err inner = { 0 };
	enum rc rc;

	memcpy(names, contact_part_names, sizeof(contact_part_names));
	names[CP__COUNT] = NULL;
	rc = jv_check_members(v, jv_ptr(ptr, name, i, NULL), names, e);
	for (int k = 0; !rc && k < CP__COUNT; k++) {
		const json_t *part = jv_member(v, names[k]);

		if (part)
			rc = jv_text(part, jv_ptr(where, name, i, names[k]), &c.part[k], e);
	}
	if (rc)
		return rc;
	rc = contact_check(&c, &inner);
	if (rc)
		return err_set(e, rc, jv_ptr(where, name, i, inner.field[0] ? inner.field : NULL),
			       "%s", inner.arg);
	contact_encode(val, &c);
	return RC_OK;
}

enum rc jv_encode_contacts(const struct field *f, const json_t *v, struct buf *val,
			     struct err *e)
{
	enum rc rc = jv_check_list(f, v, e);

	for (size_t i = 0; !rc && i < json_array_size(v); i++)
		rc = encode_contact(f->name, i, json_array_get(v, i), val, e);
	return rc;
}
