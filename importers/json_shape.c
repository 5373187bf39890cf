/*
 * json_shape.c - fields that are kept as JSON: a list of objects, or one object, whose members are
 * texts named by the field's shape. What is kept is written anew, members in the shape's order, so
 * that equal contents have equal bytes.
 */
#include <stdio.h>

#include "base/json_out.h"
#include "base/text.h"
#include "base/util.h"
#include "importers/json_values.h"

#define SHAPE_MEMBERS 16
#define SHAPE_ITEMS 1000

struct shape {
	bool list;
	char text[192]; /* the names, each ended by NUL */
	const char *names[SHAPE_MEMBERS + 1];
};

/* "a:x,y" or "o:x,y", from the field table. */
static void shape_read(struct shape *s, const char *spec)
{
	size_t n = 0;
	char *p;

	s->list = spec[0] == 'a';
	snprintf(s->text, sizeof(s->text), "%s", spec + 2);
	for (p = s->text; p && n < SHAPE_MEMBERS;) {
		s->names[n++] = p;
		p = strchr(p, ',');
		if (p)
			*p++ = '\0';
	}
	s->names[n] = NULL;
}

static bool is_date_name(const char *name)
{
	size_t n = strlen(name);

	return (n > 3 && strcmp(name + n - 3, "_on") == 0) || strcmp(name, "start") == 0 ||
	       strcmp(name, "end") == 0 || strcmp(name, "keep_until") == 0;
}

static enum rc write_member(const char *name, const json_t *v, const char *ptr, struct json *out,
			    struct err *e)
{
	struct view text = { 0 };
	int32_t day;
	enum rc rc = jv_text(v, ptr, &text, e);

	if (!rc && is_date_name(name))
		rc = jv_day(v, ptr, &day, e);
	if (rc)
		return rc;
	json_key(out, name);
	json_strv(out, text);
	return RC_OK;
}

static enum rc write_object(const struct shape *s, const json_t *obj, const char *base,
			    struct json *out, struct err *e)
{
	char ptr[JSON_PTR];
	enum rc rc = jv_check_members(obj, base, s->names, e);

	json_obj(out);
	for (size_t i = 0; !rc && s->names[i]; i++) {
		const json_t *v = jv_member(obj, s->names[i]);

		snprintf(ptr, sizeof(ptr), "%.30s/%.30s", base, s->names[i]);
		if (v)
			rc = write_member(s->names[i], v, ptr, out, e);
	}
	json_obj_end(out);
	return rc;
}

enum rc jv_encode_shape(const struct field *f, const json_t *v, struct buf *val, struct err *e)
{
	struct shape s;
	struct json out;
	enum rc rc = RC_OK;

	shape_read(&s, f->shape);
	json_init(&out, val);
	if (!s.list)
		return write_object(&s, v, f->name, &out, e);
	if (!json_is_array(v))
		return jv_wrong(e, f->name, "list");
	if (json_array_size(v) > SHAPE_ITEMS)
		return err_set(e, RC_TOO_LONG, f->name, "%d", SHAPE_ITEMS);
	json_arr(&out);
	for (size_t i = 0; !rc && i < json_array_size(v); i++) {
		char base[JSON_PTR];

		rc = write_object(&s, json_array_get(v, i), jv_ptr(base, f->name, i, NULL), &out, e);
	}
	json_arr_end(&out);
	return rc;
}
