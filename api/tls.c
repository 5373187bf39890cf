/* tls.c - see tls.h. */
#include "api/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/secret_file.h"
#include "base/util.h"

#define CLIENT_CHAIN_MAX_BYTES 32768
#define CLIENT_DEPTH_MAX 4

static const char suites_12[] =
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
static const char suites_13[] =
	"TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
static const unsigned char session_context[] = "tierwatch";
/* not const: OpenSSL's macro takes it so */
static char groups[] = "X25519:P-256:P-384";

struct tls {
	SSL_CTX *ctx;
};

/* Why OpenSSL said no; the newest entry is the nearest to what failed. */
static enum rc refused(struct err *e, const char *setting, const char *path)
{
	unsigned long code = ERR_peek_last_error();
	const char *why = code ? ERR_reason_error_string(code) : NULL;
	ERR_clear_error();
	return err_set(e, RC_USAGE, setting, "%s: %s: %s", setting, path,
		       why ? why : "cannot be read");
}

/* Nobody is there to type a password. */
static int no_password(char *out, int size, int writing, void *arg)
{
	(void)out, (void)size, (void)writing, (void)arg;
	return -1;
}

static enum rc take_key(SSL_CTX *ctx, const struct tls_files *f, struct err *e)
{
	AUTO(secret_wipe) struct buf pem = BUF_INIT;
	enum rc rc = secret_file_read("tls_key", f->key, &pem, e);
	if (rc)
		return rc;
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
	BIO_free(bio);
	if (!key)
		return refused(e, "tls_key", f->key);
	bool ok = SSL_CTX_use_PrivateKey(ctx, key) == 1 && SSL_CTX_check_private_key(ctx) == 1;
	EVP_PKEY_free(key);
	return ok ? RC_OK : refused(e, "tls_key", f->key);
}

static enum rc take_files(SSL_CTX *ctx, const struct tls_files *f, struct err *e)
{
	if (SSL_CTX_use_certificate_chain_file(ctx, f->cert) != 1)
		return refused(e, "tls_cert", f->cert);
	return take_key(ctx, f, e);
}

static enum rc take_clients(SSL_CTX *ctx, const struct tls_files *f, struct err *e)
{
	int mode = SSL_VERIFY_PEER;
	if (f->client_auth == TLS_CLIENT_NONE)
		return RC_OK;
	if (!f->client_ca || !f->client_ca[0])
		return err_set(e, RC_USAGE, "tls_client_ca",
			       "tls_client_ca: needed where client certificates are asked for");
	STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(f->client_ca);
	if (!names || SSL_CTX_load_verify_file(ctx, f->client_ca) != 1) {
		sk_X509_NAME_pop_free(names, X509_NAME_free);
		return refused(e, "tls_client_ca", f->client_ca);
	}
	SSL_CTX_set_client_CA_list(ctx, names);
	if (f->client_auth == TLS_CLIENT_REQUIRED)
		mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
	SSL_CTX_set_verify(ctx, mode, NULL);
	SSL_CTX_set_verify_depth(ctx, CLIENT_DEPTH_MAX);
	SSL_CTX_set_max_cert_list(ctx, CLIENT_CHAIN_MAX_BYTES);
	/* A resumed session would carry over a certificate that is not looked at again. */
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
	SSL_CTX_set_num_tickets(ctx, 0);
	return RC_OK;
}

/* RFC 7301, and RFC 9325 3.7: who asks for another protocol is refused. */
static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_n, const unsigned char *in,
		   unsigned in_n, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *chosen;
	(void)ssl, (void)arg;
	if (SSL_select_next_proto(&chosen, out_n, ours, sizeof(ours) - 1, in, in_n) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static bool set_rules(SSL_CTX *ctx)
{
	SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
					 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
					 SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				      SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_alpn_select_cb(ctx, on_alpn, NULL);
	return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
	       SSL_CTX_set_cipher_list(ctx, suites_12) == 1 &&
	       SSL_CTX_set_ciphersuites(ctx, suites_13) == 1 &&
	       SSL_CTX_set1_groups_list(ctx, groups) == 1 &&
	       SSL_CTX_set_session_id_context(ctx, session_context, sizeof(session_context) - 1) == 1;
}

enum rc tls_load(const struct tls_files *f, struct tls **out, struct err *e)
{
	struct tls *t = calloc(1, sizeof(*t));
	ERR_clear_error();
	if (t)
		t->ctx = SSL_CTX_new(TLS_server_method());
	if (!t || !t->ctx || !set_rules(t->ctx)) {
		tls_free(t);
		return err_set(e, RC_NOMEM, NULL, " ");
	}
	enum rc rc = tls_tickets_install(t->ctx);
	if (rc)
		err_set(e, rc, NULL, "the keys of session tickets");
	if (!rc)
		rc = take_files(t->ctx, f, e);
	if (!rc)
		rc = take_clients(t->ctx, f, e);
	if (rc) {
		tls_free(t);
		return rc;
	}
	*out = t;
	return RC_OK;
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	SSL_CTX_free(t->ctx);
	free(t);
}

struct ssl_st *tls_begin(struct tls *t, int fd)
{
	SSL *ssl = SSL_new(t->ctx);
	if (!ssl)
		return NULL;
	if (SSL_set_fd(ssl, fd) != 1) {
		SSL_free(ssl);
		return NULL;
	}
	SSL_set_accept_state(ssl);
	return ssl;
}

void tls_expiry(const struct tls *t, char *out, size_t out_size)
{
	const X509 *cert = SSL_CTX_get0_certificate(t->ctx);
	struct tm tm;
	out[0] = '\0';
	if (cert && ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm) == 1)
		snprintf(out, out_size, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1,
			 tm.tm_mday);
}
