/*
 * client_certs.h - which client certificate stands for which token: a file of lines "NAME = sha256:HEX", the
 * fingerprint of the whole certificate with or without colons; # begins a comment. The certificate then does
 * what the token of that name may do, for as long as that token is neither revoked nor expired.
 */
#pragma once

#include "graph/token.h"

#define CLIENT_CERTS_MAX 1000
#define FINGERPRINT_HEX 64

struct client_certs {
	struct client_cert_entry {
		char fingerprint[FINGERPRINT_HEX + 1]; /* lower case */
		char name[TOKEN_NAME_MAX + 1];
	} *v; /* in order of fingerprints */
	size_t n;
};

/* RC_USAGE with file, line and reason; a file that others may write is refused. *out is untouched then. */
MUST_USE enum rc client_certs_read(const char *path, struct client_certs *out, struct err *e);
void client_certs_done(struct client_certs *c);
/* The token's name; NULL: no such certificate. */
const char *client_certs_find(const struct client_certs *c, const char *fingerprint);
