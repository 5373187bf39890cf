/* certs.h - certificates for the tests, made as they are needed: a CA, a server's, clients'. */
#pragma once

#include <openssl/x509.h>

struct cert {
	X509 *x509;
	EVP_PKEY *key;
};

/* Signed by ca, or by itself where ca is NULL; days may be negative: it has ended. */
struct cert cert_make(const char *common_name, const struct cert *ca, int days);
void cert_done(struct cert *c);
/* Writes PEM files into dir: NAME.crt, and NAME.key with mode 0600. */
void cert_write(const struct cert *c, const char *dir, const char *name);
/* A context of the server's as tls_load() makes it from files that are gone again; ca may be NULL. */
struct tls;
struct tls *cert_tls(const struct cert *server, const char *dir, const struct cert *ca, int client_auth);
