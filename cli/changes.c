/* changes.c - see changes.h. What only the server can judge (levels, dates, ids) it is left to say. */
#include "cli/changes.h"

#include <stdlib.h>
#include <string.h>

#include "base/orgid.h"
#include "base/text.h"
#include "base/util.h"
#include "cli/fields.h"

#define FIELDS_MAX 64

static json_t *fail(struct change_error *e, enum msg m, const char *what)
{
	size_t n = utf8_cut(view_str(what), sizeof(e->arg) - 1);

	e->msg = m;
	memcpy(e->arg, what, n);
	e->arg[n] = '\0';
	return NULL;
}

json_t *change_org(struct view id)
{
	AUTO(buf_done) struct buf folded = BUF_INIT;

	if (orgid_from_text(id, &folded, NULL, NULL) == RC_OK && buf_ok(&folded))
		id = buf_view(&folded);
	return json_stringn(id.p, id.n);
}

/* Takes v over; false: v is NULL (a text that is no UTF-8), or out of memory. */
static bool put(json_t *o, const char *name, json_t *v)
{
	return v && json_object_set_new(o, name, v) == 0;
}

/* ---- fields of a link ---- */

static bool begins_field(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz_");

	return n > 0 && (s[n] == '=' || (s[n] == ':' && s[n + 1] == '='));
}

/* Ends the field at p; answers the next one, or NULL. */
static char *cut_field(char *p)
{
	for (char *comma = strchr(p, ','); comma; comma = strchr(comma + 1, ','))
		if (begins_field(comma + 1)) {
			*comma = '\0';
			return comma + 1;
		}
	return NULL;
}

static json_t *parse_fields(const char *text, struct change_error *e)
{
	AUTO_FREE char *copy = strdup(text);
	const char *args[FIELDS_MAX];
	struct fields_error fe;
	json_t *o;
	size_t n = 0;

	for (char *p = copy; p; p = cut_field(p)) {
		if (n == FIELDS_MAX)
			return fail(e, M_TOO_MANY_ARGS, p);
		args[n++] = p;
	}
	o = copy ? fields_parse(args, n, &fe) : NULL;
	return o || !copy || !fe.arg ? o : fail(e, fe.msg, fe.arg);
}

/* The fields must not say over again what the word says. */
static json_t *put_ends(json_t *fields, const char *op, struct view p, struct view s, const char *word,
			struct change_error *e)
{
	static const char *const taken[] = { "op", "procurer", "supplier" };
	json_t *o = fields;

	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		if (json_object_get(o, taken[i])) {
			json_decref(o);
			return fail(e, M_FIELD_TWICE, taken[i]);
		}
	if (put(o, "op", json_string(op)) && put(o, "procurer", change_org(p)) && put(o, "supplier", change_org(s)))
		return o;
	json_decref(o);
	return fail(e, M_FIELD_TEXT, word);
}

enum fields_rule { FIELDS_NONE, FIELDS_MAY, FIELDS_MUST };

static json_t *parse_link(const char *op, enum fields_rule rule, const char *word, const char *rest,
			  struct change_error *e)
{
	const char *end = rest + strcspn(rest, ","), *slash = memchr(rest, '/', (size_t)(end - rest));
	bool given = *end != '\0';
	json_t *o, *whole;

	if (!slash || slash == rest || slash + 1 == end || (given ? rule == FIELDS_NONE : rule == FIELDS_MUST))
		return fail(e, M_CHANGE_SYNTAX, word);
	o = given ? parse_fields(end + 1, e) : json_object();
	if (o && rule == FIELDS_MAY) { /* what is put anew has nothing to clear */
		whole = fields_without_null(o);
		json_decref(o);
		o = whole;
	}
	if (!o)
		return NULL;
	return put_ends(o, op, view_of(rest, (size_t)(slash - rest)), view_of(slash + 1, (size_t)(end - slash - 1)), word,
			e);
}

/* ---- the other words ---- */

static json_t *parse_held(const char *word, const char *rest, struct change_error *e)
{
	const char *eq = strchr(rest, '=');
	json_t *o;

	if (!eq || eq == rest || !eq[1])
		return fail(e, M_CHANGE_SYNTAX, word);
	o = json_object();
	if (!o || (put(o, "op", json_string("set-held")) &&
		   put(o, "org", change_org(view_of(rest, (size_t)(eq - rest)))) &&
		   put(o, "held_level", fields_number(eq + 1))))
		return o;
	json_decref(o);
	return fail(e, M_FIELD_TEXT, word);
}

static json_t *parse_targets(const char *word, const char *rest, const char **out_file, struct change_error *e)
{
	if (!*rest)
		return fail(e, M_CHANGE_SYNTAX, word);
	if (strcmp(rest, "none") != 0)
		*out_file = rest;
	return json_pack("{s:s,s:n}", "op", "set-targets", "targets");
}

/* What follows "NAME:", or NULL. */
static const char *after(const char *word, const char *name)
{
	size_t n = strlen(name);

	return strncmp(word, name, n) == 0 && word[n] == ':' ? word + n + 1 : NULL;
}

json_t *change_parse(const char *word, const char **out_file, struct change_error *e)
{
	const char *rest;

	*out_file = NULL;
	*e = (struct change_error){ .msg = M_NONE };
	if ((rest = after(word, "held")))
		return parse_held(word, rest, e);
	if ((rest = after(word, "drop")))
		return parse_link("drop-link", FIELDS_NONE, word, rest, e);
	if ((rest = after(word, "add")))
		return parse_link("add-link", FIELDS_MAY, word, rest, e);
	if ((rest = after(word, "set")))
		return parse_link("set-link", FIELDS_MUST, word, rest, e);
	if ((rest = after(word, "targets")))
		return parse_targets(word, rest, out_file, e);
	return fail(e, M_CHANGE_SYNTAX, word);
}
