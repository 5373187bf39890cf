/* request.c - what most handlers need: the day, the organisations of the path, pages. */
#include "api/request.h"

#include <stdarg.h>
#include <stdio.h>

#include "api/cursor.h"
#include "api/known.h"
#include "base/json_out.h"
#include "base/text.h"

void request_permit(struct request *r, struct cmd *c)
{
	r->permit = (struct permit){ .who = &r->who, .memory = r->arena };
	c->actor = view_str(r->who.name);
	c->permit = r->who.role == ROLE_ADMIN ? NULL : access_permit;
	c->permit_arg = &r->permit;
}

int32_t request_day(const struct request *r)
{
	if (query_has(&r->query, Q_on))
		return (int32_t)r->query.v[Q_on].n;
	return graph_today(r->txn);
}

void request_sight(const struct request *r, struct sight *out)
{
	struct buf own = BUF_INIT;

	*out = (struct sight){ .api = r->api,
			       .t = r->txn,
			       .scratch = r->scratch,
			       .who = &r->who,
			       .secret = api_secret(r->api),
			       .today = graph_today(r->txn) };
	if (access_sees_all(&r->who))
		return;
	out->rc = known_own(r->txn, &r->who, &own);
	out->n_own = own.n / sizeof(uint32_t);
	out->own = arena_copy(r->arena, buf_view(&own)).p;
	if (!out->own && out->n_own) {
		out->n_own = 0;
		out->rc = RC_NOMEM;
	}
	buf_done(&own);
}

enum rc request_not_found(const struct request *r, unsigned i, struct err *e)
{
	return err_set(e, RC_NOT_FOUND, NULL, "%.*s", (int)utf8_cut(r->param[i], 130),
		       (const char *)r->param[i].p);
}

enum rc request_org(const struct request *r, unsigned i, uint32_t *out, struct err *e)
{
	struct sight s;
	enum rc rc;

	request_sight(r, &s);
	rc = sight_find(&s, r->param[i], out);
	return rc == RC_NOT_FOUND ? request_not_found(r, i, e) : rc;
}

enum rc request_chain(const struct request *r, uint32_t procurer, struct chain_query *out,
		      struct err *e)
{
	*out = (struct chain_query){
		.procurer = procurer,
		.depth = (unsigned)r->query.v[Q_depth].n,
		.on = request_day(r),
		.horizon = HORIZON_DEFAULT,
		.caller = access_caller(&r->who),
	};
	if (r->route->query & QBIT(horizon))
		out->horizon = (int32_t)r->query.v[Q_horizon].n;
	if (!query_has(&r->query, Q_depth)) {
		struct targets tg;
		enum rc rc = targets_of(r->txn, procurer, &tg);
		if (rc)
			return err_set(e, rc, NULL, "%s", "targets");
		out->depth = tg.depth;
	}
	return RC_OK;
}

/* What a list is: the path with its names decoded, and every parameter but cursor and limit. */
static enum rc list_scope(const struct request *r, struct buf *out)
{
	buf_adds(out, r->route->path);
	for (unsigned i = 0; i < ROUTE_PARAMS_MAX; i++)
		buf_lenbytes(out, r->param[i]);
	for (unsigned i = 0; i < Q__COUNT; i++) {
		if (!query_has(&r->query, i) || i == Q_cursor || i == Q_limit || i == Q_versions_limit ||
		    i == Q_revision_at_least)
			continue;
		buf_varint(out, i);
		buf_lenbytes(out, r->query.v[i].s);
	}
	return buf_ok(out) ? RC_OK : RC_NOMEM;
}

enum rc request_cursor(const struct request *r, struct view *out_key, struct err *e)
{
	struct buf scope = BUF_INIT;
	enum rc rc;

	*out_key = view_of(NULL, 0);
	if (!query_has(&r->query, Q_cursor))
		return RC_OK;
	rc = list_scope(r, &scope);
	if (!rc)
		rc = cursor_open(api_secret(r->api), buf_view(&scope), r->query.v[Q_cursor].s,
				 r->arena, out_key, e);
	buf_done(&scope);
	return rc;
}

/* The request's own target with another cursor. */
static void link_header(struct request *r, const char *cursor)
{
	const char *p = r->raw_query.p, *end = p + r->raw_query.n;
	struct buf *h = &r->reply.headers;

	buf_adds(h, "Link: <");
	buf_addv(h, r->path);
	buf_addc(h, '?');
	while (p && p < end) {
		const char *amp = memchr(p, '&', (size_t)(end - p));
		const char *stop = amp ? amp : end;
		size_t n = (size_t)(stop - p);
		if (n && !(n >= 7 && memcmp(p, "cursor=", 7) == 0)) {
			for (const char *c = p; c < stop; c++)
				if (*c != '<' && *c != '>')
					buf_addc(h, *c);
			buf_addc(h, '&');
		}
		p = amp ? amp + 1 : end;
	}
	buf_addf(h, "cursor=%s>; rel=\"next\"\r\n", cursor);
}

enum rc request_next(struct request *r, struct json *j, struct view key)
{
	struct buf scope = BUF_INIT;
	const char *cursor = NULL;

	json_key(j, "next");
	if (!key.p) {
		json_nil(j);
		return RC_OK;
	}
	if (list_scope(r, &scope) == RC_OK)
		cursor = cursor_seal(api_secret(r->api), buf_view(&scope), key, r->arena);
	buf_done(&scope);
	if (!cursor)
		return RC_NOMEM;
	json_str(j, cursor);
	link_header(r, cursor);
	return RC_OK;
}

void reply_header(struct reply *p, const char *name, const char *fmt, ...)
{
	char value[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	for (char *c = value; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	buf_addf(&p->headers, "%s: %s\r\n", name, value);
}
