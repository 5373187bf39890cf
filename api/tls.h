/*
 * tls.h - what the server needs to speak TLS 1.2 and 1.3: its certificate and key, and which client
 * certificates it asks for. Made from files, constant afterwards; a newer one may take its place while the
 * connections of the older go on.
 *
 * Only forward-secret AEAD suites, no renegotiation, no compression, no early data, and no protocol but
 * http/1.1 by ALPN. Session tickets are sealed with keys that live twelve hours at most, and never leave the
 * process; where client certificates are asked for there are none, so that each connection shows its own.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

struct tls;
struct ssl_st;

enum tls_client_auth { TLS_CLIENT_NONE, TLS_CLIENT_OPTIONAL, TLS_CLIENT_REQUIRED };

struct tls_files {
	const char *cert; /* PEM: the server's own first, then those up to the root */
	const char *key; /* PEM without a password; read as secret_file.h says */
	const char *client_ca; /* PEM: who signs client certificates; "": nobody */
	enum tls_client_auth client_auth;
};

/* RC_USAGE with the setting's name and the reason. */
MUST_USE enum rc tls_load(const struct tls_files *f, struct tls **out, struct err *e);
/* Connections that were begun with it go on. Accepts NULL. */
void tls_free(struct tls *t);
/* The server's side of a new connection over fd; NULL: out of memory. */
struct ssl_st *tls_begin(struct tls *t, int fd);
/* When the server's certificate ends, as RFC 3339 text of a day; "" if unknown. */
void tls_expiry(const struct tls *t, char *out, size_t out_size);

/* tls_tickets.c, for tls.c only: installs the ticket keys, which live as long as the context. */
struct ssl_ctx_st;
MUST_USE enum rc tls_tickets_install(struct ssl_ctx_st *ctx);
