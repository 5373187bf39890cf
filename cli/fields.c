/*
 * fields.c - see fields.h. A value that does not fit its field's type goes out as text, and the
 * server says what it expects: the rules live in one place.
 */
#include "cli/fields.h"

#include <stdio.h>
#include <string.h>

#include "base/util.h"

enum type { TYPE_TEXT, TYPE_NUMBER, TYPE_BOOL, TYPE_LIST, TYPE_JSON };

static const struct {
	const char *name;
	enum type type;
} types[] = {
	/* organisations */
	{ "aliases", TYPE_LIST },
	{ "contacts", TYPE_JSON },
	/* links */
	{ "required_level", TYPE_NUMBER },
	{ "confidential", TYPE_BOOL },
	{ "continuity", TYPE_BOOL },
	{ "system_access", TYPE_BOOL },
	{ "sole_source", TYPE_BOOL },
	{ "annual_spend", TYPE_NUMBER },
	{ "spend_amount", TYPE_NUMBER },
	{ "dependency", TYPE_NUMBER },
	{ "grants", TYPE_JSON },
	/* certificates */
	{ "level", TYPE_NUMBER },
	{ "self_assessments", TYPE_LIST },
	/* clauses */
	{ "defines_confidential", TYPE_BOOL },
	{ "limits_use", TYPE_BOOL },
	{ "return_or_disposal", TYPE_BOOL },
	{ "notify_within_hours", TYPE_NUMBER },
	{ "documents", TYPE_JSON },
	{ "systems", TYPE_JSON },
	{ "assets", TYPE_JSON },
	{ "duties", TYPE_JSON },
	{ "checklist", TYPE_JSON },
	/* drills */
	{ "participants", TYPE_LIST },
	{ "affected", TYPE_NUMBER },
	{ "contacts_tried", TYPE_NUMBER },
	{ "contacts_reached", TYPE_NUMBER },
	{ "first_notice_minutes", TYPE_NUMBER },
	{ "hours_agreed_met", TYPE_NUMBER },
	{ "seen_revision", TYPE_NUMBER },
};

static enum type type_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(types[i].name, name) == 0)
			return types[i].type;
	return TYPE_TEXT;
}

static json_t *parse_json(const char *text)
{
	return json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
}

/* "a;b;c" */
static json_t *parse_list(const char *text)
{
	json_t *list = json_array();

	while (list && text) {
		size_t n = strcspn(text, ";");

		if (n > 0 && json_array_append_new(list, json_stringn(text, n)) != 0) {
			json_decref(list);
			return NULL;
		}
		text = text[n] ? text + n + 1 : NULL;
	}
	return list;
}

static json_t *parse_value(enum type type, const char *text)
{
	json_t *v = NULL;

	if (!*text)
		return json_null();
	switch (type) {
	case TYPE_NUMBER:
		v = parse_json(text);
		if (json_is_number(v) || json_is_null(v))
			return v;
		break;
	case TYPE_BOOL:
		v = parse_json(text);
		if (json_is_boolean(v) || json_is_null(v))
			return v;
		break;
	case TYPE_LIST:
		return parse_list(text);
	case TYPE_JSON:
		return parse_json(text);
	case TYPE_TEXT:
		break;
	}
	json_decref(v);
	return json_string(text);
}

json_t *fields_number(const char *text)
{
	return parse_value(TYPE_NUMBER, text);
}

static bool add_field(json_t *object, const char *arg, struct fields_error *e)
{
	const char *eq = strchr(arg, '=');
	char name[64];
	bool as_json;
	size_t n;
	json_t *v;

	*e = (struct fields_error){ M_FIELD_SYNTAX, arg };
	if (!eq || eq == arg)
		return false;
	as_json = eq[-1] == ':';
	n = (size_t)(eq - arg) - as_json;
	if (n == 0 || n >= sizeof(name))
		return false;
	memcpy(name, arg, n);
	name[n] = '\0';
	if (json_object_get(object, name)) {
		e->msg = M_FIELD_TWICE;
		return false;
	}
	v = as_json ? parse_json(eq + 1) : parse_value(type_of(name), eq + 1);
	if (!v) {
		e->msg = as_json || type_of(name) == TYPE_JSON ? M_FIELD_JSON : M_FIELD_TEXT;
		return false;
	}
	return json_object_set_new(object, name, v) == 0;
}

json_t *fields_parse(const char *const *args, size_t n, struct fields_error *e)
{
	json_t *object = json_object();

	*e = (struct fields_error){ M_NONE, NULL };
	for (size_t i = 0; object && i < n; i++) {
		if (!add_field(object, args[i], e)) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

json_t *fields_without_null(const json_t *object)
{
	json_t *copy = json_copy((json_t *)(uintptr_t)object);
	const char *key;
	json_t *v;
	void *tmp;

	if (!copy)
		return NULL;
	json_object_foreach_safe(copy, tmp, key, v) {
		if (json_is_null(v))
			json_object_del(copy, key);
	}
	return copy;
}
