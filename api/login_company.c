/* login_company.c - /v1/login and /v1/login/callback: out to the company's OpenID provider, and back. */
#include "api/login_int.h"

#include <stdio.h>

#include "api/cookies.h"
#include "api/handlers.h"
#include "base/util.h"

#define LOGIN_COOKIE "__Host-tierwatch-login"
#define LOGIN_COOKIE_PLAIN "tierwatch-login"

static const char *login_cookie(const struct request *r)
{
	return login_is_secure(r) ? LOGIN_COOKIE : LOGIN_COOKIE_PLAIN;
}

static void redirect(struct request *r, const char *to)
{
	buf_addf(&r->reply.headers, "Location: %s\r\n", to);
	r->reply.status = 302;
}

/* A person in front of a browser is led to the page, which says it; a program gets the problem. */
static bool say_on_page(struct request *r, enum rc rc)
{
	struct view accept = http_header(r->http, "accept");
	char to[96];

	if (!accept.p || !memmem(accept.p, accept.n, "text/html", 9))
		return false;
	snprintf(to, sizeof(to), "/#login=%s", rc_code(rc));
	redirect(r, to);
	return true;
}

/* Without a public_url a login works on this machine alone. */
static enum rc base_of(const struct request *r, char out[OIDC_BASE_MAX], struct err *e)
{
	struct view host = http_host(r->http);
	const char *url = r->api->login->c.oidc.public_url;

	out[0] = '\0';
	if (url && url[0])
		return RC_OK;
	if (!login_is_local(host) || host.n > 64)
		return err_set(e, RC_INVALID, NULL, "%s", "public_url is not set");
	snprintf(out, OIDC_BASE_MAX, "%s://%.*s", http_is_tls(r->http) ? "https" : "http", (int)host.n,
		 (const char *)host.p);
	return RC_OK;
}

static enum rc start(struct request *r, struct err *e)
{
	struct view to = query_has(&r->query, Q_login_return) ? r->query.v[Q_login_return].s : VIEW_LIT("/");
	char *url = arena_alloc(r->arena, OIDC_URL_MAX), *sealed = arena_alloc(r->arena, OIDC_SEAL_MAX);
	char base[OIDC_BASE_MAX];
	enum rc rc;

	if (!url || !sealed)
		return RC_NOMEM;
	if (!r->api->login->oidc)
		return err_set(e, RC_NOT_FOUND, NULL, "%s", "oidc_issuer");
	if (!oidc_return_ok(to))
		return err_set(e, RC_BAD_QUERY, "return", "%s", "return");
	rc = login_count(r, e);
	if (!rc)
		rc = base_of(r, base, e);
	if (!rc)
		rc = oidc_begin(r->api->login->oidc, base, to, url, sealed, e);
	if (rc)
		return rc;
	login_set_cookie(r, login_cookie(r), sealed, false, OIDC_LOGIN_S);
	redirect(r, url);
	return RC_OK;
}

enum rc login_start(struct request *r, struct err *e)
{
	enum rc rc = start(r, e);

	return rc == RC_PROVIDER_AWAY && say_on_page(r, rc) ? RC_OK : rc;
}

struct callback {
	struct oidc_exchange x; /* first */
	struct request *r;
};

static void answer_callback(struct request *r, enum rc rc, struct err *e)
{
	login_set_cookie(r, login_cookie(r), "", false, 0);
	if (!rc || say_on_page(r, rc))
		answer_send(r);
	else
		answer_fail(r, rc, e);
}

/* On the provider's thread. */
static void callback_done(struct oidc_exchange *x)
{
	struct request *r = ((struct callback *)(void *)x)->r;
	struct session new = { .who = x->who, .oidc = true };
	enum rc rc = x->rc;

	new.who.expires_ms = 0; /* the session has ends of its own */
	if (!rc)
		rc = login_begin(r, &new, &x->err);
	if (!rc)
		redirect(r, x->return_to);
	answer_callback(r, rc, &x->err);
}

static enum rc come_back(struct request *r, struct callback *b, struct err *e)
{
	struct oidc_exchange *x = &b->x;

	if (!r->api->login->oidc)
		return err_set(e, RC_NOT_FOUND, NULL, "%s", "oidc_issuer");
	if (r->method == HTTP_HEAD)
		return err_set(e, RC_BAD_METHOD, NULL, "%s", "HEAD");
	enum rc rc = login_count(r, e);
	if (rc)
		return rc;
	if (query_has(&r->query, Q_login_error))
		return err_set(e, RC_LOGIN_FAILED, NULL, "%s", "refused");
	*b = (struct callback){ .r = r };
	x->code = r->query.v[Q_login_code].s;
	x->state = r->query.v[Q_login_state].s;
	x->iss = r->query.v[Q_login_iss].s;
	x->done = callback_done;
	if (!cookie_find(http_header(r->http, "cookie"), login_cookie(r), &x->sealed))
		return err_set(e, RC_LOGIN_FAILED, NULL, "%s", "cookie");
	return oidc_exchange(r->api->login->oidc, x, e);
}

enum rc login_callback(struct request *r, struct err *e)
{
	struct callback *b = arena_alloc(r->arena, sizeof(*b));
	enum rc rc = b ? come_back(r, b, e) : RC_NOMEM;

	if (rc) {
		answer_callback(r, rc, e);
		return RC_OK;
	}
	return RC_OK;
}
