/* certs.c - see certs.h. */
#include "tests/api/certs.h"

#include <check.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <unistd.h>

#include "api/tls.h"

static void add_extension(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	ck_assert_ptr_nonnull(ext);
	ck_assert_int_eq(X509_add_ext(x, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

struct cert cert_make(const char *common_name, const struct cert *ca, int days)
{
	static long serial = 1;
	struct cert c = { X509_new(), EVP_EC_gen("P-256") };
	X509_NAME *name = X509_get_subject_name(c.x509);
	X509_set_version(c.x509, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(c.x509), serial++);
	X509_gmtime_adj(X509_getm_notBefore(c.x509), -86400L * 30);
	X509_gmtime_adj(X509_getm_notAfter(c.x509), 86400L * days);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1,
				   -1, 0);
	X509_set_issuer_name(c.x509, ca ? X509_get_subject_name(ca->x509) : name);
	X509_set_pubkey(c.x509, c.key);
	add_extension(c.x509, NID_basic_constraints, ca ? "CA:FALSE" : "critical,CA:TRUE");
	add_extension(c.x509, NID_subject_alt_name, "DNS:localhost,DNS:client.example");
	ck_assert_int_gt(X509_sign(c.x509, ca ? ca->key : c.key, EVP_sha256()), 0);
	return c;
}

void cert_done(struct cert *c)
{
	X509_free(c->x509);
	EVP_PKEY_free(c->key);
}

static FILE *create(const char *dir, const char *name, const char *suffix)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/%s.%s", dir, name, suffix);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	return fdopen(fd, "w");
}

void cert_write(const struct cert *c, const char *dir, const char *name)
{
	FILE *f = create(dir, name, "crt");
	ck_assert_int_eq(PEM_write_X509(f, c->x509), 1);
	fclose(f);
	f = create(dir, name, "key");
	ck_assert_int_eq(PEM_write_PrivateKey(f, c->key, NULL, NULL, 0, NULL, NULL), 1);
	fclose(f);
}

struct tls *cert_tls(const struct cert *server, const char *dir, const struct cert *ca, int client_auth)
{
	char path[4][256];
	static const char *const names[] = { "s.crt", "s.key", "ca.crt", "ca.key" };
	struct tls_files f = { path[0], path[1], ca ? path[2] : "", (enum tls_client_auth)client_auth };
	struct tls *t = NULL;
	struct err e;
	for (int i = 0; i < 4; i++)
		snprintf(path[i], sizeof(path[i]), "%s/%s", dir, names[i]);
	cert_write(server, dir, "s");
	if (ca)
		cert_write(ca, dir, "ca");
	enum rc rc = tls_load(&f, &t, &e);
	ck_assert_msg(rc == RC_OK, "%s", e.arg);
	for (int i = 0; i < (ca ? 4 : 2); i++)
		ck_assert_int_eq(unlink(path[i]), 0);
	return t;
}
