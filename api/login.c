/*
 * login.c - see login.h: sessions made and looked up, their cookies, and whose pages a request comes from.
 *
 * The cookie of a session is __Host-tierwatch: the browser sends it back to this host over TLS alone, no page can
 * read it, and no other site's request carries it (SameSite=Strict). On plain http to this machine, where there
 * is no TLS, it is called tierwatch. Changes with it must besides come from our own pages.
 */
#include "api/login_int.h"

#include <sodium.h>

#include "api/attempts.h"
#include "api/cookies.h"
#include "api/jwt.h"
#include "base/util.h"

#define SESSION_COOKIE "__Host-tierwatch"
#define SESSION_COOKIE_PLAIN "tierwatch"

/* ---- made and taken apart ---- */

enum rc login_new(const struct login_config *c, struct login **out, struct err *e)
{
	struct login *l = calloc(1, sizeof(*l));
	struct session_limits limits = {
		.max = c->sessions_max ? c->sessions_max : 10000,
		.idle_s = c->session_idle_s ? c->session_idle_s : 1800,
		.absolute_s = c->session_absolute_s ? c->session_absolute_s : 36000,
	};
	enum rc rc;

	if (!l)
		return err_set(e, RC_NOMEM, NULL, NULL);
	l->c = *c;
	l->sessions = sessions_new(&limits);
	l->attempts = attempts_new(c->logins_per_minute ? c->logins_per_minute : 20);
	rc = l->sessions && l->attempts ? oidc_new(&c->oidc, &l->oidc, e)
					: err_set(e, RC_NOMEM, NULL, NULL);
	if (rc) {
		login_free(l);
		return rc;
	}
	*out = l;
	return RC_OK;
}

enum rc login_open(struct login *l, struct err *e) { return oidc_start(l->oidc, e); }

void login_stop(struct login *l)
{
	if (l)
		oidc_stop(l->oidc);
}

void login_free(struct login *l)
{
	if (!l)
		return;
	oidc_free(l->oidc);
	sessions_free(l->sessions);
	attempts_free(l->attempts);
	free(l);
}

void login_stats(struct login *l, struct login_stats *out)
{
	*out = (struct login_stats){ .provider = l->oidc != NULL,
				     .sessions = sessions_count(l->sessions) };
	if (l->oidc)
		oidc_stats(l->oidc, &out->oidc);
}

/* ---- where a request comes from ---- */

static struct view header(const struct request *r, const char *name) { return http_header(r->http, name); }

static bool begins(struct view v, const char *with)
{
	return v.n >= strlen(with) && memcmp(v.p, with, strlen(with)) == 0;
}

/* "127.0.0.1:8650", "localhost", "[::1]:8650": by its name, which the browser chose. */
bool login_is_local(struct view host)
{
	const char *p = host.p, *colon = host.n ? memrchr(p, ':', host.n) : NULL;

	if (colon && host.n && p[host.n - 1] != ']')
		host.n = (size_t)(colon - p);
	return view_is(host, "127.0.0.1") || view_is(host, "localhost") || view_is(host, "[::1]");
}

/* Whether the browser reaches us by TLS. All but a trial on this machine is taken to: at worst a login over plain
 * http does not work, and never does a cookie travel in the open. */
bool login_is_secure(const struct request *r)
{
	const char *url = r->api->login->c.oidc.public_url;

	return http_is_tls(r->http) || (url && strncmp(url, "https:", 6) == 0) ||
	       !login_is_local(http_host(r->http));
}

/* An Origin that is this server's own. */
static bool origin_is_ours(const struct request *r, struct view origin)
{
	const char *url = r->api->login->c.oidc.public_url;
	const char *scheme = login_is_secure(r) ? "https://" : "http://";

	if (url && url[0])
		return view_is(origin, url);
	if (!begins(origin, scheme))
		return false;
	size_t n = strlen(scheme);
	return view_eq(view_of((const char *)origin.p + n, origin.n - n), http_host(r->http));
}

/* A change asked for by another site's page is refused. Browsers say where a request comes from; our own header
 * cannot be set across sites. Where nothing is said at all it is no browser, or an old one: then a session does
 * not count (bare: whether it may pass). */
enum rc login_check_site(const struct request *r, bool bare, struct err *e)
{
	struct view site = header(r, "sec-fetch-site"), origin = header(r, "origin");
	bool fine = bare;

	if (r->method == HTTP_GET || r->method == HTTP_HEAD || r->method == HTTP_OPTIONS)
		return RC_OK;
	if (view_is(header(r, "tierwatch-request"), "1"))
		fine = true;
	else if (site.p)
		fine = view_is(site, "same-origin");
	else if (origin.p)
		fine = origin_is_ours(r, origin);
	return fine ? RC_OK : err_set(e, RC_CROSS_SITE, NULL, NULL);
}

/* One login tried. */
enum rc login_count(struct request *r, struct err *e)
{
	char peer[64];

	http_peer(r->http, peer, sizeof(peer));
	if (attempts_take(r->api->login->attempts, peer, &r->reply.retry_s))
		return RC_OK;
	return err_set(e, RC_TOO_MANY, NULL, NULL);
}

/* ---- cookies ---- */

const char *login_session_cookie(const struct request *r)
{
	return login_is_secure(r) ? SESSION_COOKIE : SESSION_COOKIE_PLAIN;
}

void login_set_cookie(struct request *r, const char *name, const char *value, bool strict, long max_age_s)
{
	struct buf *h = &r->reply.headers;

	buf_adds(h, "Set-Cookie: ");
	cookie_write(h, name, view_str(value), login_is_secure(r), strict, max_age_s);
	buf_adds(h, "\r\n");
}

static bool session_id(const struct request *r, struct view *out)
{
	return cookie_find(header(r, "cookie"), login_session_cookie(r), out);
}

enum rc login_begin(struct request *r, struct session *new, struct err *e)
{
	struct login *l = r->api->login;
	char id[SESSION_ID_TEXT];
	struct view old;

	if (session_id(r, &old))
		sessions_end(l->sessions, old);
	enum rc rc = sessions_make(l->sessions, new, id);
	if (rc)
		return err_set(e, rc, NULL, NULL);
	login_set_cookie(r, login_session_cookie(r), id, true, -1);
	sodium_memzero(id, sizeof(id));
	return RC_OK;
}

enum rc login_end(struct request *r, struct err *e)
{
	struct view id;

	if (!session_id(r, &id))
		return RC_OK;
	enum rc rc = login_check_site(r, false, e);
	if (rc)
		return rc;
	sessions_end(r->api->login->sessions, id);
	login_set_cookie(r, login_session_cookie(r), "", true, 0);
	return RC_OK;
}

/* ---- who calls ---- */

/* Does what a session was made from still stand? */
static bool still_stands(const struct request *r, const struct session *s)
{
	struct identity now;

	return s->oidc || auth_find_hash(&r->api->auth, s->token, clock_now_ms(r->api->c.clock), &now);
}

static enum rc caller_of_provider(struct request *r, struct view token, struct err *e)
{
	struct loop *l = r->http->loop_data;
	enum rc rc;
	struct txn *t = loop_txn(l, &rc);

	if (!t)
		return rc;
	rc = oidc_bearer(r->api->login->oidc, t, token, &r->who, e);
	loop_txn_end(l);
	r->by_provider = true;
	return rc;
}

static enum rc caller_of_session(struct request *r, struct view id, struct err *e)
{
	struct session *s = arena_alloc(r->arena, sizeof(*s));
	bool used = !view_is(header(r, "tierwatch-background"), "1");
	enum rc rc;

	if (!s)
		return RC_NOMEM;
	rc = login_check_site(r, false, e);
	if (rc)
		return rc;
	if (!sessions_find(r->api->login->sessions, id, used, s) || !still_stands(r, s)) {
		login_set_cookie(r, login_session_cookie(r), "", true, 0);
		return err_set(e, RC_SESSION_ENDED, NULL, NULL);
	}
	r->session = s;
	r->by_provider = s->oidc;
	r->who = s->who;
	return RC_OK;
}

enum rc login_caller(struct request *r, struct err *e)
{
	struct view authorization = header(r, "authorization"), v;

	if (authorization.p) {
		v = auth_bearer(authorization);
		if (r->api->login->oidc && jwt_looks_like(v))
			return caller_of_provider(r, v, e);
		return err_set(e, RC_UNAUTHORIZED, NULL, NULL);
	}
	return session_id(r, &v) ? caller_of_session(r, v, e) : err_set(e, RC_UNAUTHORIZED, NULL, NULL);
}

bool login_stands(const struct request *r)
{
	if (!r->session)
		return auth_still(&r->api->auth, &r->who, clock_now_ms(r->api->c.clock));
	return sessions_alive(r->api->login->sessions, r->session) && still_stands(r, r->session);
}

bool login_has_session(const struct request *r)
{
	struct session s;
	struct view id;

	return session_id(r, &id) && sessions_find(r->api->login->sessions, id, false, &s) && still_stands(r, &s);
}
