/* transport.h - how clients reach the daemon: the settings of TLS, of proxies and of the Unix socket, checked. */
#pragma once

#include "api/server.h"
#include "daemon/settings.h"

/* Fills c's part, with pointers into s; c->tls is made. RC_USAGE with the reason. */
MUST_USE enum rc transport_config(const struct settings *s, struct server_config *c, struct err *e);
/* Reads the certificate's files again; a bad one is said in the log and changes nothing. */
void transport_reload(const struct settings *s, struct server *server);
/* "100, 200": numbers of users, and our own and root where it is empty. */
#define ADMIN_UIDS_MAX 16
MUST_USE enum rc transport_admins(const struct settings *s, uid_t out[ADMIN_UIDS_MAX], unsigned *out_n,
				  struct err *e);
