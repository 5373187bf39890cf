/* transport.h - how clients reach the daemon: the settings of TLS, of proxies and of the Unix socket, checked. */
#pragma once

#include "api/api.h"
#include "api/caller.h"
#include "daemon/settings.h"

/* Fills c's part, with pointers into s; c->tls is made. RC_USAGE with the reason. */
MUST_USE enum rc transport_config(const struct settings *s, struct server_config *c, struct err *e);
/* Reads the certificate's files, and whom client certificates stand for, again; what is bad is said in the log and
 * stays as it was. */
void transport_reload(const struct settings *s, struct server *server, struct api *api);
/* tls_clients as it is now. */
MUST_USE enum rc transport_clients(const struct settings *s, struct api *api, struct err *e);
/* "100, 200": numbers of users, and our own and root where it is empty. */
MUST_USE enum rc transport_admins(const struct settings *s, uid_t out[SOCKET_ADMINS_MAX], unsigned *out_n,
				  struct err *e);
