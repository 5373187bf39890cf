/* verb_incident.c - incident: whom to tell where a supplier is breached, in the order of duty. */
#include <string.h>

#include "base/util.h"
#include "cli/call.h"
#include "cli/chain.h"
#include "cli/list.h"
#include "cli/out.h"
#include "cli/verbs.h"

static const struct column columns[] = {
	{ "tier", CELL_NUM },          { "procurer", CELL_TEXT },  { "clause.notify_within_hours", CELL_NUM },
	{ "notify_by", CELL_TEXT },    { "clause.status", CELL_WORD }, { "contact", CELL_TEXT },
	{ "means", CELL_TEXT },        { "name", CELL_TEXT },      { "path", CELL_PATH },
};

static const char *text_of(const json_t *contact, const char *key)
{
	const char *s = json_string_value(json_object_get(contact, key));

	return s ? s : "";
}

/* The procurer is who is told: the contact on its side of clause 2-1-4, one of both sides, else the first that it has. */
static const json_t *whom(const json_t *item)
{
	const json_t *list = json_object_get(json_object_get(item, "clause"), "contacts"), *both = NULL;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *contact = json_array_get(list, i);
		const char *side = text_of(contact, "side");

		if (strcmp(side, "procurer") == 0)
			return contact;
		if (!*side && !both)
			both = contact;
	}
	return both ? both : json_array_get(json_object_get(item, "contacts"), 0);
}

/* Two texts as one, with what stands between them where both are there. */
static bool add(json_t *item, const char *key, const char *a, const char *between, const char *b)
{
	AUTO(buf_done) struct buf text = BUF_INIT;

	buf_adds(&text, a);
	buf_adds(&text, *a && *b ? between : "");
	buf_adds(&text, b);
	return buf_ok(&text) && json_object_set_new(item, key, json_stringn(text.n ? text.p : "", text.n)) == 0;
}

static bool shape(json_t *item)
{
	const json_t *contact = whom(item);

	return add(item, "contact", text_of(contact, "role"), " ", text_of(contact, "name")) &&
	       add(item, "means", text_of(contact, "phone"), " / ", text_of(contact, "email"));
}

static bool print_head(const struct cli *c, const json_t *page)
{
	json_t *top = json_copy((json_t *)(uintptr_t)page);
	bool ok = top != NULL;

	for (const char *const *key = (const char *const[]){ "tiers", "items", "next", NULL }; *key; key++)
		json_object_del(top, *key);
	ok = ok && record_print(c, top);
	json_decref(top);
	out_write(VIEW_LIT("\n"));
	return ok;
}

int verb_incident(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	struct list l = { .cols = columns, .n_cols = ARRAY_LEN(columns), .shape = shape, .head = print_head };

	if (!chain_path(c, &path, a->pos[0], "incident", a))
		return CLI_FAILED;
	if (!a->opt[OPT_ORDER])
		path_query(&path, "order", "duty");
	if (!path_end(c, &path))
		return CLI_FAILED;
	l.path = path.p;
	return list_print(c, a, &l, NULL, NULL);
}
