/* login_int.h - inside of login*.c. */
#pragma once

#include "api/api_int.h"
#include "api/login.h"
#include "base/clock.h"

struct attempts;

struct login {
	struct login_config c;
	struct oidc *oidc; /* NULL: no provider */
	struct sessions *sessions;
	struct attempts *attempts;
};

/* "127.0.0.1:8650", "localhost", "[::1]:8650": by its name, which the browser chose. */
bool login_is_local(struct view host);
/* Whether the browser reaches us by TLS. All but a trial on this machine is taken to: at worst a login over plain
 * http does not work, and never does a cookie travel in the open. */
bool login_is_secure(const struct request *r);
/* A change asked for by another site's page: RC_CROSS_SITE. bare: whether one passes that says nothing of where
 * it comes from. */
MUST_USE enum rc login_check_site(const struct request *r, bool bare, struct err *e);
/* One login tried. RC_TOO_MANY. */
MUST_USE enum rc login_count(struct request *r, struct err *e);
const char *login_session_cookie(const struct request *r);
void login_set_cookie(struct request *r, const char *name, const char *value, bool strict, long max_age_s);
/* A new session and its cookie; one that the browser had before ends. See sessions_make(). */
MUST_USE enum rc login_begin(struct request *r, struct session *new, struct err *e);
/* Whether the browser is logged in. To ask is no use of the session. */
bool login_has_session(const struct request *r);
/* Ends the session of the request, if there is one. RC_CROSS_SITE. */
MUST_USE enum rc login_end(struct request *r, struct err *e);
