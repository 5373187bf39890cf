/*
 * caller.h - who calls without a bearer token: a user at the other end of the Unix socket, or a client certificate
 * that stands for a token. Whoever sends a token is judged by that alone.
 */
#pragma once

#include "api/auth.h"
#include "api/client_certs.h"
#include "api/server.h"

#define SOCKET_ADMINS_MAX 16

/* What is known of callers without tokens. The table of certificates may be replaced while it is read. */
struct callers {
	uid_t admins[SOCKET_ADMINS_MAX];
	unsigned n_admins;
	pthread_rwlock_t lock;
	struct client_certs certs; /* under lock */
	atomic_uint generation;    /* counts on with each table */
};

/* The certificate that called last. One loop's own. */
struct cert_memo {
	unsigned tokens, certs; /* generations */
	int64_t noted_ms;
	char fingerprint[FINGERPRINT_HEX + 1]; /* "": nobody */
	struct identity who;
};

void callers_init(struct callers *c, const uid_t *admins, unsigned n_admins);
void callers_done(struct callers *c);
/* Takes the table over. */
void callers_set_certs(struct callers *c, struct client_certs *certs);
/* False: nobody that is known. */
bool caller_find(struct callers *c, struct auth *a, struct cert_memo *m, const struct http_request *req,
		 int64_t now_ms, struct identity *out);
