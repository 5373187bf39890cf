/*
 * login.h - everything about logging in that is not a token of the store: sessions of browsers, and the company's
 * OpenID provider. One for the whole process; thread-safe.
 */
#pragma once

#include "api/oidc.h"
#include "api/sessions.h"

struct request;
struct login;

struct login_config {
	struct oidc_config oidc;
	unsigned session_idle_s, session_absolute_s, sessions_max; /* 0: 1800, 36000, 10000 */
	unsigned logins_per_minute; /* of one address; 0: 20 */
};

MUST_USE enum rc login_new(const struct login_config *c, struct login **out, struct err *e);
MUST_USE enum rc login_open(struct login *l, struct err *e); /* from now on the provider is asked */
void login_stop(struct login *l); /* answers who waits for the provider; accepts NULL */
void login_free(struct login *l); /* accepts NULL */

/*
 * The caller of a request that brought no token of the store: a bearer token of the provider, or the cookie of a
 * session. On the request's loop. RC_UNAUTHORIZED where there is neither; RC_SESSION_ENDED, RC_CROSS_SITE; and
 * what oidc_bearer() says.
 */
MUST_USE enum rc login_caller(struct request *r, struct err *e);
/* May the caller of a request that stays open go on listening? Its token or session may have ended meanwhile. To
 * listen is no use of a session, and does not put its end off. */
bool login_stands(const struct request *r);

struct login_stats {
	bool provider;
	unsigned sessions;
	struct oidc_stats oidc;
};
void login_stats(struct login *l, struct login_stats *out);
