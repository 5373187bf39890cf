/*
 * answer.c - from a reply to what the server sends: problems, warnings, entity tags, the headers that
 * every answer carries.
 */
#include "api/api_int.h"

#include <stdio.h>

#include "api/problem.h"
#include "base/json_out.h"
#include "base/log.h"
#include "base/util.h"

void answer_problem(struct request *r, const struct err *e)
{
	struct err shown = *e;
	struct problem p = { .query = e->rc == RC_BAD_QUERY || e->rc == RC_BAD_CURSOR };

	if (shown.rc == RC_OK || shown.rc == RC_END)
		shown.rc = RC_INTERNAL;
	if (rc_http(shown.rc) >= 500 && shown.rc != RC_BUSY && shown.rc != RC_BEHIND)
		log_error("api", "request=%llu code=%s detail=\"%s\"",
			  (unsigned long long)r->http->id, rc_code(shown.rc), shown.arg);
	p.err = shown;
	buf_clear(&r->reply.body);
	r->reply.status = rc_http(shown.rc);
	if (r->reply.status < 400 || r->reply.status == 499)
		r->reply.status = 500;
	r->reply.type = "application/problem+json";
	r->reply.etag[0] = '\0';
	if (r->reply.status == 503 || r->reply.status == 429)
		reply_header(&r->reply, "Retry-After", "%u", MAX(r->reply.retry_s, 1u));
	problem_json(&r->reply.body, &p, r->lang);
}

/* Further members of an answered write: the object's end gives way to them. */
static void add_warnings(struct request *r)
{
	struct buf *b = &r->reply.body;
	struct json j;

	if (b->n == 0 || b->p[b->n - 1] != '}')
		return;
	b->n--;
	buf_adds(b, ",\"warnings\":");
	json_init(&j, b);
	json_arr(&j);
	for (unsigned bit = 1; bit <= 128; bit <<= 1) {
		const char *code = r->reply.warnings & bit ? warning_code(bit) : NULL;
		if (!code)
			continue;
		json_obj(&j);
		json_key(&j, "code");
		json_str(&j, code);
		json_key(&j, "detail");
		json_str(&j, warning_text(bit, r->lang));
		json_obj_end(&j);
	}
	json_arr_end(&j);
	buf_addc(b, '}');
}

/* Weak comparison: W/ in front says nothing here. The tag of the compressed form is as good, and is then
 * the one that the answer names. */
static bool not_modified(struct request *r)
{
	struct view list = r->if_none_match;
	size_t n = strlen(r->reply.etag), n_gzip = strlen(HTTP_ETAG_GZIP);

	if (!r->reply.etag[0] || r->reply.write || !list.p)
		return false;
	if (view_is(list, "*"))
		return true;
	for (const char *p = list.p, *end = p + list.n; p < end; p++) {
		if ((size_t)(end - p) < n || memcmp(p, r->reply.etag, n - 1) != 0)
			continue;
		if (p[n - 1] == '"')
			return true;
		if ((size_t)(end - p) < n + n_gzip || memcmp(p + n - 1, HTTP_ETAG_GZIP "\"", n_gzip + 1))
			continue;
		snprintf(r->reply.etag + n - 1, sizeof(r->reply.etag) - n + 1, HTTP_ETAG_GZIP "\"");
		return true;
	}
	return false;
}

/* Once, though a refused stream is filled twice. */
static void give_room_back(struct request *r)
{
	limits_leave(r->api->limits, r->limit_slot);
	r->limit_slot = 0;
}

/* It keeps its place until its stream ends. */
static bool goes_on(const struct request *r)
{
	return r->reply.status < 400 && r->route && (r->route->run == RUN_EVENTS || r->route->run == RUN_STREAM);
}

void answer_fill(struct request *r)
{
	struct http_response *res = &r->http->res;
	struct reply *p = &r->reply;

	buf_done(&r->fields);
	buf_done(&r->contacts);
	if (!goes_on(r))
		give_room_back(r);
	if (!buf_ok(&p->body)) {
		struct err e = { .rc = RC_NOMEM };
		p->body.failed = false;
		answer_problem(r, &e);
	}
	if (!p->status)
		p->status = 200;
	if (p->write && p->status < 300 && p->status != 204)
		add_warnings(r);
	if (p->status == 200 && not_modified(r)) {
		p->status = 304;
		buf_clear(&p->body);
	}
	if (p->etag[0] && p->status < 400 && p->status != 204)
		res->etag = view_str(p->etag);
	if (!p->revision && !p->as_of)
		p->revision = writer_revision(r->api->c.writer);
	buf_adds(&p->headers, "Tierwatch-Revision: ");
	buf_addu(&p->headers, p->revision);
	buf_adds(&p->headers, "\r\nTierwatch-Request: ");
	buf_addu(&p->headers, r->http->id);
	buf_adds(&p->headers, "\r\n");
	res->status = p->status;
	if (p->status != 204 && p->status != 304)
		res->type = p->type ? p->type : "application/json";
	res->body = p->body;
	res->headers = p->headers;
	atomic_fetch_add(&r->api->answers[MIN((unsigned)p->status / 100, 5u)], 1);
}

void answer_send(struct request *r)
{
	struct http_request *http = r->http;

	answer_fill(r);
	http_reply(http);
}

void answer_fail(struct request *r, enum rc rc, struct err *e)
{
	e->rc = rc;
	answer_problem(r, e);
	answer_send(r);
}
