/* call.c - see call.h. */
#include "cli/call.h"

#include <stdio.h>
#include <string.h>

#include "base/orgid.h"
#include "base/util.h"
#include "cli/names.h"
#include "cli/out.h"
#include "cli/rows.h"
#include "cli/table.h"

#define JSON_FLAGS (JSON_REJECT_DUPLICATES)

void call_reply_done(struct call_reply *r)
{
	http_reply_done(&r->http);
	json_decref(r->json);
	r->json = NULL;
}

int call_nomem(const struct cli *c)
{
	struct err e;

	err_set(&e, RC_NOMEM, NULL, "%s", "");
	return cli_fail(c, &e);
}

int call_exit(long status)
{
	if (status >= 200 && status < 300)
		return CLI_OK;
	return status == 404 ? CLI_NOT_FOUND : CLI_FAILED;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

/* "  /rules/0/level: DETAIL [code]" or "  line 3, column 5: …" */
static void problem_entry(const struct cli *c, const json_t *entry)
{
	AUTO(buf_done) struct buf b = BUF_INIT, plain = BUF_INIT;
	const json_t *line = json_object_get(entry, "line");
	const json_t *column = json_object_get(entry, "column");
	const char *pointer = text_of(entry, "pointer");

	if (!*pointer)
		pointer = text_of(entry, "parameter");
	if (json_is_integer(line) && json_is_integer(column))
		msg_format(&b, M_AT_LINE_COLUMN, c->lang,
			   (const char *const[]){ NUM(json_integer_value(line)),
						  NUM(json_integer_value(column)), NULL });
	else if (json_is_integer(line))
		msg_format(&b, M_AT_LINE, c->lang,
			   (const char *const[]){ NUM(json_integer_value(line)), NULL });
	else
		buf_adds(&b, pointer);
	if (b.n)
		buf_adds(&b, ": ");
	buf_adds(&b, text_of(entry, "detail"));
	if (*text_of(entry, "code"))
		buf_addf(&b, " [%s]", text_of(entry, "code"));
	text_plain(&plain, buf_view(&b));
	fprintf(stderr, "  %.*s\n", (int)plain.n, plain.n ? plain.p : "");
}

/* One fault, told above in the same words: its place goes before them. Query parameters stand in
 * the words already. */
static bool is_told(const json_t *errors, const char *detail)
{
	const json_t *only = json_array_get(errors, 0);

	return json_array_size(errors) == 1 && strcmp(text_of(only, "detail"), detail) == 0 &&
	       !json_object_get(only, "line");
}

/* Said before the server knew the language. */
static const char *detail_of(const struct cli *c, const json_t *o, long status)
{
	if (status == 400 && strcmp(text_of(o, "code"), "tls-required") == 0)
		return msg_text(M_TLS_REQUIRED, c->lang);
	return text_of(o, "detail");
}

void call_tell(const struct cli *c, const json_t *o, long status)
{
	AUTO(buf_done) struct buf plain = BUF_INIT;
	const char *detail = detail_of(c, o, status);
	const char *code = text_of(o, "code");
	const json_t *errors = json_object_get(o, "errors");
	bool told = is_told(errors, detail);
	const char *pointer = told ? text_of(json_array_get(errors, 0), "pointer") : "";

	if (*pointer == '/' && !*text_of(json_array_get(errors, 0), "in")) {
		text_plain(&plain, view_str(pointer + 1));
		buf_adds(&plain, ": ");
	}
	text_plain(&plain, view_str(*detail ? detail : text_of(o, "title")));
	buf_addc(&plain, '\0');
	if (buf_ok(&plain))
		SAY(c, M_SERVER_SAID, plain.p, *code ? code : "-", NUM(status));
	if (json_integer_value(json_object_get(o, "line")) > 0)
		SAY(c, json_integer_value(json_object_get(o, "column")) > 0 ? M_IN_FILE : M_IN_FILE_LINE, NUM(json_integer_value(json_object_get(o, "line"))),
		    NUM(json_integer_value(json_object_get(o, "column"))));
	for (size_t i = 0; !told && i < json_array_size(errors); i++)
		problem_entry(c, json_array_get(errors, i));
}

void call_problem(const struct cli *c, const struct http_reply *r)
{
	json_t *o = r->body.n ? json_loadb(r->body.p, r->body.n, 0, NULL) : NULL;

	if (json_is_object(o))
		call_tell(c, o, r->status);
	else
		SAY(c, M_SERVER_STATUS, http_url(c->http), NUM(r->status));
	json_decref(o);
	if (r->status == 401)
		SAY0(c, http_has_token(c->http) ? M_TOKEN_REFUSED_HINT : M_TOKEN_HINT);
}

static void tell_warnings(const struct cli *c, const json_t *o)
{
	const json_t *list = json_object_get(o, "warnings");

	for (size_t i = 0; i < json_array_size(list); i++) {
		AUTO(buf_done) struct buf plain = BUF_INIT;
		const json_t *w = json_array_get(list, i);

		text_plain(&plain, view_str(text_of(w, "detail")));
		buf_addc(&plain, '\0');
		if (buf_ok(&plain))
			NOTE(c, M_WARNING, plain.p, text_of(w, "code"));
	}
}

static int take_body(const struct cli *c, const struct http_request *rq, struct call_reply *out)
{
	const struct buf *body = &out->http.body;

	if (rq->sink || body->n == 0)
		return CLI_OK;
	out->json = json_loadb(body->p, body->n, JSON_FLAGS, NULL);
	if (!out->json) {
		SAY(c, M_NOT_JSON, http_url(c->http), rq->path);
		return CLI_FAILED;
	}
	tell_warnings(c, out->json);
	return CLI_OK;
}

int call_send(const struct cli *c, const struct http_request *rq, bool quiet_404,
	      struct call_reply *out)
{
	struct err e = { 0 };
	int status;

	json_decref(out->json);
	out->json = NULL;
	if (http_send(c->http, rq, &out->http, &e) != RC_OK)
		return cli_fail(c, &e);
	status = call_exit(out->http.status);
	if (status == CLI_OK)
		return take_body(c, rq, out);
	if (status != CLI_NOT_FOUND || !quiet_404)
		call_problem(c, &out->http);
	if (status == CLI_NOT_FOUND && !quiet_404)
		names_hint(c, rq->path);
	return status;
}

int call_get(const struct cli *c, const char *path, struct call_reply *out)
{
	struct http_request rq = { .path = path };
	int status = call_send(c, &rq, false, out);

	if (status == CLI_OK && !out->json) {
		SAY(c, M_NOT_JSON, http_url(c->http), path);
		return CLI_FAILED;
	}
	return status;
}

int call_json(const struct cli *c, const char *method, const char *path, const json_t *body,
	      const char *if_match, bool quiet_404, struct call_reply *out)
{
	AUTO(buf_done) struct buf text = BUF_INIT;
	struct http_request rq = { .method = method, .path = path, .if_match = if_match };

	if (body) {
		buf_json(&text, body);
		if (!buf_ok(&text))
			return call_nomem(c);
		rq.body = buf_view(&text);
		rq.content_type = strcmp(method, "PATCH") == 0 ? "application/merge-patch+json"
							       : "application/json";
	}
	return call_send(c, &rq, quiet_404, out);
}

int call_show(const struct cli *c, const char *path)
{
	AUTO(call_reply_done) struct call_reply r = CALL_REPLY_INIT;
	int status = call_get(c, path, &r);

	if (status == CLI_OK)
		names_add(c, r.json);
	if (status == CLI_OK && !record_print(c, r.json))
		return call_nomem(c);
	return status;
}

int call_delete(const struct cli *c, const char *path, const char *name)
{
	AUTO(call_reply_done) struct call_reply r = CALL_REPLY_INIT;
	struct http_request rq = { .method = "DELETE", .path = path };
	int status = call_send(c, &rq, false, &r);

	if (status == CLI_OK)
		NOTE(c, M_DELETED, name);
	return status;
}

bool path_end(const struct cli *c, struct buf *b)
{
	buf_addc(b, '\0');
	if (!buf_ok(b)) {
		call_nomem(c);
		return false;
	}
	b->n--;
	return true;
}

/* What is no id even after folding goes out as it stands: the server names the fault, and knows
 * aliases and opaque ids that this side does not. */
static void add_id(struct buf *b, const char *id)
{
	AUTO(buf_done) struct buf folded = BUF_INIT;

	if (orgid_from_text(view_str(id), &folded, NULL, NULL) == RC_OK) {
		buf_addc(&folded, '\0');
		if (buf_ok(&folded))
			id = folded.p;
	}
	path_seg(b, id);
}

bool path_org(const struct cli *c, struct buf *b, const char *id)
{
	buf_adds(b, "/v1/orgs");
	add_id(b, id);
	return path_end(c, b);
}

bool path_pair(const struct cli *c, struct buf *b, const char *p, const char *what, const char *s)
{
	if (!path_org(c, b, p))
		return false;
	path_seg(b, what);
	add_id(b, s);
	return path_end(c, b);
}

bool path_link(const struct cli *c, struct buf *b, const char *p, const char *s)
{
	return path_pair(c, b, p, "suppliers", s);
}
