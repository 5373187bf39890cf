/* list.c - see list.h. NDJSON and CSV go out page by page; JSON and tables are kept. */
#include "cli/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cli/call.h"
#include "cli/out.h"

#define PAGE_MAX 1000
#define DEFAULT_ITEMS 50

struct run {
	const struct cli *c;
	const struct list *l;
	struct rows *rows;
	json_t *first; /* the first page; its items grow for OUT_JSON and are dropped else */
	size_t left, printed;
	char *next;    /* the cursor, NULL: that was all */
};

static bool wanted(const struct cli *c, const struct args *a, size_t *out)
{
	const char *s = a->opt[OPT_LIMIT];
	char *end;
	unsigned long long n;

	*out = args_has(a, OPT_ALL) ? SIZE_MAX : DEFAULT_ITEMS;
	if (!s)
		return true;
	n = strtoull(s, &end, 10);
	if (*s < '0' || *s > '9' || *end || n < 1 || n > 1000000000) {
		SAY(c, M_OPT_BAD_VALUE, "limit", s);
		return false;
	}
	*out = (size_t)n;
	return true;
}

static int fetch(struct run *r, struct call_reply *reply)
{
	AUTO(buf_done) struct buf path = BUF_INIT;

	buf_adds(&path, r->l->path);
	if (!r->l->whole)
		path_query(&path, "limit", NUM(MIN(r->left, r->l->page ? r->l->page : (size_t)PAGE_MAX)));
	path_query(&path, "cursor", r->next);
	if (!path_end(r->c, &path))
		return CLI_FAILED;
	return call_get(r->c, path.p, reply);
}

static bool has_any(const json_t *items, const char *const *fields)
{
	for (size_t i = 0; i < json_array_size(items); i++)
		for (size_t k = 0; fields[k]; k++) {
			const json_t *v = json_object_get(json_array_get(items, i), fields[k]);

			if (v && !json_is_null(v))
				return true;
		}
	return false;
}

static bool make_rows(struct run *r, const json_t *page)
{
	const struct list *l = r->l;
	bool bare = r->c->output == OUT_TABLE && l->bare_cols &&
		    !has_any(json_object_get(page, "items"), l->bare_without);

	r->rows = rows_new(r->c, bare ? l->bare_cols : l->cols, bare ? l->n_bare_cols : l->n_cols);
	if (r->rows)
		rows_of(r->rows, l->name);
	return r->rows != NULL;
}

static bool take_first(struct run *r, json_t *page)
{
	r->first = json_copy(page);
	if (!make_rows(r, page))
		return false;
	if (!r->first || json_object_set_new(r->first, "items", json_array()) != 0)
		return false;
	return r->c->output != OUT_TABLE || !r->l->head || r->l->head(r->c, page);
}

/* JSON in its two forms is the server's own. */
static bool put_item(struct run *r, json_t *item)
{
	if (r->c->output == OUT_JSON && json_array_append(json_object_get(r->first, "items"), item) != 0)
		return false;
	if (r->l->shape && (r->c->output == OUT_TABLE || r->c->output == OUT_CSV) && !r->l->shape(item))
		return false;
	return rows_item(r->rows, item);
}

static bool take_page(struct run *r, json_t *page)
{
	json_t *items = json_object_get(page, "items");
	const char *next = json_string_value(json_object_get(page, "next"));

	if (!r->first && !take_first(r, page))
		return false;
	for (size_t i = 0; i < json_array_size(items) && r->left > 0; i++, r->left--) {
		if (!put_item(r, json_array_get(items, i)))
			return false;
		r->printed++;
	}
	free(r->next);
	r->next = next ? strdup(next) : NULL;
	return r->next || !next;
}

/* The cursor that was sent comes back: such a list would go on for ever. */
static bool stands_still(const struct run *r, const json_t *page)
{
	const char *next = json_string_value(json_object_get(page, "next"));

	return next && r->next && strcmp(next, r->next) == 0;
}

static int read_pages(struct run *r)
{
	do {
		AUTO(call_reply_done) struct call_reply reply = CALL_REPLY_INIT;
		int status = fetch(r, &reply);

		if (status != CLI_OK)
			return status;
		if (!json_is_array(json_object_get(reply.json, "items"))) {
			SAY(r->c, M_NOT_JSON, http_url(r->c->http), r->l->path);
			return CLI_FAILED;
		}
		if (stands_still(r, reply.json)) {
			SAY(r->c, M_NOT_JSON, http_url(r->c->http), r->l->path);
			return CLI_FAILED;
		}
		if (!take_page(r, reply.json))
			return call_nomem(r->c);
	} while (r->next && r->left > 0);
	return CLI_OK;
}

static int finish(struct run *r)
{
	json_t *next = r->next ? json_string(r->next) : json_null();

	if (!next || json_object_set_new(r->first, "next", next) != 0 || !rows_end(r->rows))
		return call_nomem(r->c);
	if (r->c->output == OUT_JSON)
		out_json(r->first);
	if (r->next)
		NOTE(r->c, M_MORE_EXIST, NUM(r->printed));
	else if (r->printed == 0 && r->c->output == OUT_TABLE)
		NOTE0(r->c, M_EMPTY_LIST);
	return CLI_OK;
}

int list_print(const struct cli *c, const struct args *a, const struct list *l, size_t *out_items,
	       json_t **out_first)
{
	struct run r = { .c = c, .l = l };
	int status;

	if (!wanted(c, a, &r.left))
		return CLI_USAGE;
	if (l->whole)
		r.left = SIZE_MAX;
	status = read_pages(&r);
	if (status == CLI_OK)
		status = finish(&r);
	if (status == CLI_OK && out_items)
		*out_items = r.printed;
	if (status == CLI_OK && out_first)
		*out_first = STEAL(r.first);
	rows_free(r.rows);
	json_decref(r.first);
	free(r.next);
	return status;
}
