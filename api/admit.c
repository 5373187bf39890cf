/*
 * admit.c - may this request go on? Its route, its caller, its parameters and the type of its body are
 * looked at before a byte of the body is read.
 */
#include "api/access.h"
#include "api/api_int.h"

#include "base/clock.h"
#include "base/util.h"

static struct view trimmed_type(struct view v)
{
	const char *p = v.p;
	const char *semi = v.n ? memchr(p, ';', v.n) : NULL;

	if (semi)
		v.n = (size_t)(semi - p);
	while (v.n && (p[v.n - 1] == ' ' || p[v.n - 1] == '\t'))
		v.n--;
	return v;
}

static bool view_is_nocase(struct view v, const char *lower)
{
	const char *p = v.p;

	if (v.n != strlen(lower))
		return false;
	for (size_t i = 0; i < v.n; i++)
		if ((p[i] >= 'A' && p[i] <= 'Z' ? p[i] | 32 : p[i]) != lower[i])
			return false;
	return true;
}

/* charset, if named, must be UTF-8. */
static bool charset_fits(struct view v)
{
	const char *p = v.p;

	for (size_t i = 0; i + 8 <= v.n; i++) {
		if (!view_is_nocase(view_of(p + i, 8), "charset="))
			continue;
		size_t from = i + 8;
		if (from < v.n && p[from] == '"')
			from++;
		return v.n - from >= 5 && view_is_nocase(view_of(p + from, 5), "utf-8");
	}
	return true;
}

static enum rc check_type(const struct request *r, struct err *e)
{
	struct view type = trimmed_type(r->content_type);
	bool fits = !r->content_type.p;

	if (r->route->body == BODY_JSON || r->route->body == BODY_MERGE) {
		fits = fits || view_is_nocase(type, "application/json") ||
		       (r->route->body == BODY_MERGE &&
			view_is_nocase(type, "application/merge-patch+json"));
		fits = fits && charset_fits(r->content_type);
	} else {
		fits = r->route->body == BODY_NONE || !view_is_nocase(type, "multipart/form-data");
	}
	if (fits)
		return RC_OK;
	return err_set(e, RC_MEDIA_TYPE, NULL, "%.*s", (int)MIN(type.n, 80), (const char *)type.p);
}

static bool is_api_path(struct view path)
{
	return path.n >= 4 && memcmp(path.p, "/v1", 3) == 0 && ((const char *)path.p)[3] == '/';
}

static enum rc too_many(struct request *r, const struct limit_hit *hit, struct err *e)
{
	const char *name = limit_names[hit->kind];

	r->reply.retry_s = hit->wait_s;
	if (hit->window_s) {
		reply_header(&r->reply, "RateLimit-Policy", "\"%s\";q=%u;w=%u", name, hit->quota, hit->window_s);
		reply_header(&r->reply, "RateLimit", "\"%s\";r=0;t=%u", name, hit->wait_s);
	}
	return err_set(e, RC_TOO_MANY, NULL, NULL);
}

/* A caller that is bound, or unknown (refused: the 401): how often its address and itself may ask. What a token
 * is worth was looked up before, which costs less than to count: nobody is kept out by a neighbour's guesses. */
static enum rc check_rate(struct request *r, const char *peer, int64_t now_us, enum rc refused, struct err *e)
{
	struct limit_hit hit;

	if (!limits_address(r->api->limits, peer, now_us, &hit))
		return too_many(r, &hit, e);
	if (refused)
		return refused;
	return limits_caller(r->api->limits, &r->who, now_us, &hit) ? RC_OK : too_many(r, &hit, e);
}

/* Not one of our own tokens: what the provider signed, a session, or nothing, and then what the connection tells.
 * Signatures are dear, so whoever brought too many wrong ones is not looked at for a while. */
static enum rc check_other(struct request *r, bool tried, const char *peer, int64_t now_us, struct err *e)
{
	struct loop *l = r->http->loop_data;
	struct limit_hit hit;
	enum rc rc;

	if (tried && !limits_may_try(r->api->limits, peer, now_us, &hit))
		return too_many(r, &hit, e);
	rc = login_caller(r, e);
	if (rc == RC_UNAUTHORIZED && !tried &&
	    caller_find(&r->api->callers, &r->api->auth, &l->shown, r->http, clock_now_ms(r->api->c.clock), &r->who))
		return RC_OK;
	if (rc && rc_http(rc) == 401) {
		reply_header(&r->reply, "WWW-Authenticate", "Bearer realm=\"tierwatch\"");
		if (tried)
			limits_failed(r->api->limits, peer, now_us);
	}
	return rc;
}

static enum rc check_caller(struct request *r, bool needed, struct err *e)
{
	struct loop *l = r->http->loop_data;
	struct view authorization = http_header(r->http, "authorization");
	int64_t now_us = monotonic_us();
	char peer[64];
	struct limit_hit hit;
	enum rc rc = RC_OK;

	if (!needed)
		return RC_OK;
	bool found = auth_find(&r->api->auth, &l->known, auth_bearer(authorization),
			       clock_now_ms(r->api->c.clock), &r->who);
	if (!found || !access_sees_all(&r->who))
		http_peer(r->http, peer, sizeof(peer));
	if (!found)
		rc = check_other(r, authorization.p != NULL, peer, now_us, e);
	if (rc && rc_http(rc) != 401)
		return rc;
	if (!rc && access_sees_all(&r->who))
		return limits_caller(r->api->limits, &r->who, now_us, &hit) ? RC_OK : too_many(r, &hit, e);
	return check_rate(r, peer, now_us, rc, e);
}

/* Heavy answers, uploads and streams of one caller at one time; given back in answer_fill(), on_drop() or with
 * the stream. */
static enum rc check_room(struct request *r, struct err *e)
{
	enum limit_kind kind = LIMIT_HEAVY;
	struct limit_hit hit;

	switch (r->route->run) {
	case RUN_LIST:
	case RUN_CHAIN:
	case RUN_IMPACT:
	case RUN_HEAVY:
	case RUN_SEARCH:
	case RUN_CHANGE:
	case RUN_BACKUP:
	case RUN_STREAM:
		break;
	case RUN_LIGHT: /* what was known then is read on the pool */
		if (!query_has(&r->query, Q_as_of))
			return RC_OK;
		break;
	case RUN_UPLOAD:
		kind = LIMIT_UPLOADS;
		break;
	case RUN_EVENTS:
		if (r->method == HTTP_HEAD)
			return RC_OK;
		kind = LIMIT_STREAMS;
		break;
	case RUN_PLAIN:
	case RUN_WRITE:
	case RUN_LOGIN:
		return RC_OK;
	}
	return limits_enter(r->api->limits, kind, &r->who, &r->limit_slot, &hit) ? RC_OK : too_many(r, &hit, e);
}

/* The route, the caller, the parameters: everything that needs no body and no store. */
enum rc admit(struct request *r, struct err *e)
{
	query_bits query;
	unsigned allow;
	enum rc rc;

	if (!atomic_load(&r->api->server))
		return err_set(e, RC_BUSY, NULL, NULL);
	r->route = route_find(r->method, r->path, r->arena, r->param, &allow);
	if (!r->route && !allow && (r->method == HTTP_GET || r->method == HTTP_HEAD)) {
		r->asset = assets_find(&r->api->assets, r->path);
		if (r->asset)
			return RC_OK;
	}
	rc = check_caller(r, r->route ? r->route->access != NULL : is_api_path(r->path), e);
	if (rc)
		return rc;
	if (!r->route && !allow)
		return err_set(e, RC_NOT_FOUND, NULL, "%.*s", (int)MIN(r->path.n, 150),
			       (const char *)r->path.p);
	if (!r->route) {
		char methods[64];
		route_allow_text(allow, methods, sizeof(methods));
		reply_header(&r->reply, "Allow", "%s", methods);
		return err_set(e, RC_BAD_METHOD, NULL, "%s", http_method_name(r->method));
	}
	if (access_letter(r->route, r->who.role) == ACCESS_NEVER)
		return err_set(e, RC_FORBIDDEN, NULL, NULL);
	query = r->route->query;
	if (r->route->method == HTTP_GET)
		query |= QBIT(revision_at_least);
	rc = query_parse(r->raw_query, query, r->arena, &r->query, e);
	if (!rc)
		rc = check_type(r, e);
	return rc ? rc : check_room(r, e);
}
