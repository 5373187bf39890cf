/* verb_token.c - token create|list|rotate|revoke. A new token's text goes to standard output alone, so that it can
 * be put into a file without being seen. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cli/call.h"
#include "cli/list.h"
#include "cli/out.h"
#include "cli/verbs.h"

static const struct column columns[] = {
	{ "id", CELL_NUM },	      { "name", CELL_TEXT },	     { "role", CELL_WORD },
	{ "orgs", CELL_TEXT },	      { "state", CELL_WORD },	     { "expires_at", CELL_TEXT },
	{ "last_used_at", CELL_TEXT }, { "created_by", CELL_TEXT },
};

int verb_token_list(struct cli *c, const struct args *a)
{
	struct list l = { .cols = columns, .n_cols = ARRAY_LEN(columns), .path = "/v1/tokens", .name = "token" };

	return list_print(c, a, &l, NULL, NULL);
}

/* The organisations of "ID,ID". NULL: out of memory. */
static json_t *org_list(const char *ids)
{
	json_t *list = json_array();

	while (list && ids && *ids) {
		size_t n = strcspn(ids, ",");
		if (n && json_array_append_new(list, json_stringn(ids, n)) != 0) {
			json_decref(list);
			return NULL;
		}
		ids += n + (ids[n] == ',');
	}
	return list;
}

static int show_token(const struct cli *c, const json_t *o)
{
	const char *text = json_string_value(json_object_get(o, "token"));

	if (c->output != OUT_TABLE || !text)
		return record_print(c, o) ? CLI_OK : call_nomem(c);
	out_line(text);
	NOTE(c, M_TOKEN_ONCE, json_string_value(json_object_get(o, "name")));
	return CLI_OK;
}

static int send_and_show(const struct cli *c, const char *path, const json_t *body)
{
	AUTO(call_reply_done) struct call_reply r = CALL_REPLY_INIT;
	int status = call_json(c, "POST", path, body, NULL, false, &r);

	return status == CLI_OK ? show_token(c, r.json) : status;
}

int verb_token_create(struct cli *c, const struct args *a)
{
	json_t *orgs = org_list(a->opt[OPT_ORG]);
	json_t *body = json_pack("{s:s, s:s?, s:o*, s:s*}", "name", a->pos[0], "role", a->opt[OPT_ROLE], "orgs",
				 orgs, "expires_at", a->opt[OPT_EXPIRES]);
	int status;

	if (!body)
		return call_nomem(c);
	if (!a->opt[OPT_ROLE])
		json_object_del(body, "role"); /* the server says what is missing */
	status = send_and_show(c, "/v1/tokens", body);
	json_decref(body);
	return status;
}

/* ---- by number or name ---- */

static bool is_number(const char *s) { return *s && strspn(s, "0123456789") == strlen(s); }

static const char *cursor_of(const json_t *page) { return json_string_value(json_object_get(page, "next")); }

static json_int_t id_in(const json_t *page, const char *name)
{
	const json_t *items = json_object_get(page, "items");

	for (size_t i = 0; i < json_array_size(items); i++) {
		const json_t *o = json_array_get(items, i);
		const char *has = json_string_value(json_object_get(o, "name"));
		if (has && strcmp(has, name) == 0)
			return json_integer_value(json_object_get(o, "id"));
	}
	return -1;
}

/* The path of the token that is meant, with what follows behind. */
static int token_path(const struct cli *c, const char *which, const char *behind, struct buf *out)
{
	AUTO(buf_done) struct buf page = BUF_INIT;
	json_int_t id = is_number(which) ? (json_int_t)strtoll(which, NULL, 10) : -1;
	bool more = id < 0;

	buf_adds(&page, "/v1/tokens?limit=1000");
	while (id < 0 && more) {
		AUTO(call_reply_done) struct call_reply r = CALL_REPLY_INIT;
		int status = path_end(c, &page) ? call_get(c, page.p, &r) : CLI_FAILED;
		if (status != CLI_OK)
			return status;
		id = id_in(r.json, which);
		more = cursor_of(r.json) != NULL;
		buf_clear(&page);
		buf_adds(&page, "/v1/tokens?limit=1000");
		path_query(&page, "cursor", cursor_of(r.json));
	}
	if (id < 0) {
		SAY(c, M_TOKEN_UNKNOWN, which);
		return CLI_NOT_FOUND;
	}
	buf_addf(out, "/v1/tokens/%lld%s", (long long)id, behind);
	return path_end(c, out) ? CLI_OK : CLI_FAILED;
}

int verb_token_rotate(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	const char *hours = a->opt[OPT_KEEP_OLD];
	json_t *body = json_object();
	int status = CLI_OK;

	if (hours && !is_number(hours)) {
		SAY(c, M_OPT_BAD_VALUE, "keep-old", hours);
		status = CLI_USAGE;
	}
	if (status == CLI_OK)
		status = token_path(c, a->pos[0], "/rotate", &path);
	if (status == CLI_OK && hours && body)
		json_object_set_new(body, "keep_old_hours", json_integer(strtoll(hours, NULL, 10)));
	if (status == CLI_OK)
		status = body ? send_and_show(c, path.p, body) : call_nomem(c);
	json_decref(body);
	return status;
}

int verb_token_revoke(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	AUTO(call_reply_done) struct call_reply r = CALL_REPLY_INIT;
	int status = token_path(c, a->pos[0], "", &path);

	if (status == CLI_OK)
		status = call_json(c, "DELETE", path.p, NULL, NULL, false, &r);
	if (status == CLI_OK)
		NOTE(c, M_TOKEN_REVOKED, a->pos[0]);
	return status;
}
