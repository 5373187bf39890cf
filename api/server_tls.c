/*
 * server_tls.c - the TLS side of a connection: handshake, reading and writing of records on the loop's own
 * sockets, and whose certificate the client showed. OpenSSL works on the descriptor without blocking; what
 * it cannot do now is tried again when the socket is ready. There is no renegotiation, but a TLS 1.3 client
 * may have its keys changed, so that reading may have to wait for room to write.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sodium.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/server_int.h"
#include "api/tls.h"
#include "base/log.h"

#define RECORD_BYTES 16384
#define RECORDS_A_TURN 16 /* written before others have their turn */

struct conn_tls {
	SSL *ssl;
	struct event write_event;
	size_t retry_bytes; /* SSL_write() must be called again with as many; 0: anew */
	bool handshaking, read_waits;
	char fingerprint[65]; /* of the client's certificate; "": none */
	char subject[512];
};

/* --- the client's certificate --- */

static void add_text(struct conn_tls *t, const char *label, const unsigned char *p, int n)
{
	size_t at = strlen(t->subject);
	if (n <= 0 || at + strlen(label) + (size_t)n + 3 > sizeof(t->subject))
		return;
	at += (size_t)snprintf(t->subject + at, sizeof(t->subject) - at, "%s%s", at ? " " : "", label);
	for (int i = 0; i < n; i++)
		t->subject[at++] = p[i] > ' ' && p[i] < 0x7f ? (char)p[i] : '_';
	t->subject[at] = '\0';
}

static void add_alt_names(struct conn_tls *t, const X509 *cert)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *n = sk_GENERAL_NAME_value(names, i);
		const char *label = n->type == GEN_DNS	   ? "DNS:"
				    : n->type == GEN_EMAIL ? "email:"
				    : n->type == GEN_URI   ? "URI:"
							   : NULL;
		if (label)
			add_text(t, label, ASN1_STRING_get0_data(n->d.ia5),
				 ASN1_STRING_length(n->d.ia5));
	}
	GENERAL_NAMES_free(names);
}

static void add_common_name(struct conn_tls *t, const X509 *cert)
{
	const X509_NAME *subject = X509_get_subject_name(cert);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	const X509_NAME_ENTRY *entry = at >= 0 ? X509_NAME_get_entry(subject, at) : NULL;
	const ASN1_STRING *text = entry ? X509_NAME_ENTRY_get_data(entry) : NULL;
	if (text)
		add_text(t, "CN:", ASN1_STRING_get0_data(text), ASN1_STRING_length(text));
}

/* A certificate that was not verified never comes so far: the handshake fails. */
static void keep_client_cert(struct conn_tls *t)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	X509 *cert = SSL_get0_peer_certificate(t->ssl);
	if (!cert || SSL_get_verify_result(t->ssl) != X509_V_OK ||
	    X509_digest(cert, EVP_sha256(), digest, &n) != 1 || n != 32)
		return;
	sodium_bin2hex(t->fingerprint, sizeof(t->fingerprint), digest, n);
	add_common_name(t, cert);
	add_alt_names(t, cert);
}

const char *conn_client_cert(const struct conn *c, const char **out_subject)
{
	if (!c->tls || !c->tls->fingerprint[0])
		return NULL;
	*out_subject = c->tls->subject;
	return c->tls->fingerprint;
}

/* --- what OpenSSL says --- */

static void watch_write(struct conn *c)
{
	if (event_add(&c->tls->write_event, NULL))
		c->broken = true;
}

/* True: try again later, and whatever is waited for is watched. */
static bool again(struct conn *c, int result)
{
	switch (SSL_get_error(c->tls->ssl, result)) {
	case SSL_ERROR_WANT_READ: /* the read event stands */
		return true;
	case SSL_ERROR_WANT_WRITE:
		watch_write(c);
		return true;
	default:
		return false;
	}
}

static const char *reason(void)
{
	const char *text = ERR_reason_error_string(ERR_peek_error());
	return text ? text : "the client went";
}

/* --- handshake --- */

static void handshake_failed(struct conn *c)
{
	atomic_fetch_add_explicit(&c->loop->server->tls_failed, 1, memory_order_relaxed);
	log_debug("http", "TLS handshake failed: %s", reason());
	/* Who forgot the s of https is told. */
	if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST)
		refuse_plainly(c->fd, "400 Bad Request", "tls-required",
			       "this port speaks TLS: use https://");
	ERR_clear_error();
	c->broken = true;
}

/* False: not yet, or broken. */
static bool handshake(struct conn *c)
{
	struct conn_tls *t = c->tls;
	ERR_clear_error();
	int n = SSL_do_handshake(t->ssl);
	if (n == 1) {
		t->handshaking = false;
		atomic_fetch_add_explicit(&c->loop->server->tls_handshakes, 1, memory_order_relaxed);
		keep_client_cert(t);
		return true;
	}
	if (!again(c, n))
		handshake_failed(c);
	return false;
}

/* --- reading --- */

ssize_t conn_tls_recv(struct conn *c, char *out, size_t size)
{
	struct conn_tls *t = c->tls;
	size_t got = 0;
	errno = EAGAIN;
	if (t->handshaking && !handshake(c)) {
		errno = c->broken ? ECONNRESET : EAGAIN;
		return -1;
	}
	ERR_clear_error();
	t->read_waits = false;
	/* A whole record fits each time, so that OpenSSL keeps nothing that no event would tell of. */
	while (size - got >= RECORD_BYTES) {
		int n = SSL_read(t->ssl, out + got, (int)(size - got));
		if (n > 0) {
			got += (size_t)n;
			if (n < RECORD_BYTES)
				break;
			continue;
		}
		if (SSL_get_error(t->ssl, n) == SSL_ERROR_ZERO_RETURN) {
			c->eof = true;
			break;
		}
		if (again(c, n)) {
			t->read_waits = SSL_want_write(t->ssl);
			break;
		}
		log_debug("http", "TLS failed: %s", reason());
		ERR_clear_error();
		errno = ECONNRESET;
		return -1;
	}
	if (got)
		return (ssize_t)got;
	errno = EAGAIN;
	return c->eof ? 0 : -1;
}

/* --- writing --- */

/* One record; 0: not now. */
static size_t write_record(struct conn *c, const char *p, size_t n)
{
	struct conn_tls *t = c->tls;
	n = t->retry_bytes ? t->retry_bytes : MIN(n, RECORD_BYTES);
	ERR_clear_error();
	int w = SSL_write(t->ssl, p, (int)n);
	t->retry_bytes = 0;
	if (w > 0)
		return (size_t)w;
	if (again(c, w)) {
		t->retry_bytes = n;
	} else {
		ERR_clear_error();
		c->broken = true;
	}
	return 0;
}

size_t conn_tls_send(struct conn *c, struct view v)
{
	size_t sent = 0;
	/* What is left goes to the queue, whose beginning is then what must be tried again. */
	for (int i = 0; i < RECORDS_A_TURN && sent < v.n && !c->broken; i++) {
		size_t w = write_record(c, (const char *)v.p + sent, v.n - sent);
		if (w == 0)
			break;
		sent += w;
	}
	return sent;
}

void conn_tls_queued(struct conn *c)
{
	if (!c->broken)
		watch_write(c);
}

static void send_queue(struct conn *c)
{
	struct evbuffer *out = c->output;
	size_t left;
	for (int i = 0; i < RECORDS_A_TURN && (left = evbuffer_get_length(out)) > 0; i++) {
		size_t n = c->tls->retry_bytes ? c->tls->retry_bytes : MIN(left, RECORD_BYTES);
		const char *p = (const char *)evbuffer_pullup(out, (ev_ssize_t)n);
		size_t w = p ? write_record(c, p, n) : 0;
		c->broken = c->broken || !p;
		if (w == 0)
			return;
		evbuffer_drain(out, w);
	}
	if (evbuffer_get_length(out))
		watch_write(c);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	(void)fd, (void)what;
	if (c->tls->handshaking || c->tls->read_waits) {
		conn_read(c);
		if (c->dead || c->tls->handshaking)
			return;
	}
	send_queue(c);
	if (c->broken || conn_unsent(c) <= WRITE_LOW_BYTES / 2)
		conn_run(c);
}

/* --- opening and closing --- */

bool conn_tls_open(struct conn *c)
{
	struct server *s = c->loop->server;
	struct conn_tls *t = calloc(1, sizeof(*t));
	c->output = evbuffer_new();
	if (t && c->output) {
		pthread_mutex_lock(&s->lock);
		t->ssl = tls_begin(s->tls, c->fd);
		pthread_mutex_unlock(&s->lock);
	}
	if (t && t->ssl && !event_assign(&t->write_event, c->loop->base, c->fd, EV_WRITE, on_writable, c)) {
		t->handshaking = true;
		c->tls = t;
		return true;
	}
	if (t && t->ssl)
		SSL_free(t->ssl);
	free(t);
	if (c->output)
		evbuffer_free(c->output);
	c->output = NULL;
	return false;
}

/* Tells the client that nothing is missing; not where something is. */
void conn_tls_end(struct conn *c)
{
	struct conn_tls *t = c->tls;
	if (c->broken || t->handshaking || t->retry_bytes)
		return;
	ERR_clear_error();
	if (SSL_shutdown(t->ssl) < 0)
		ERR_clear_error();
}

void conn_tls_close(struct conn *c)
{
	event_del(&c->tls->write_event);
	SSL_free(c->tls->ssl);
	c->tls->ssl = NULL;
	evbuffer_free(c->output);
	c->output = NULL;
}

void conn_tls_free(struct conn *c) { free(c->tls); }

void server_tls_replace(struct server *s, struct tls *t)
{
	pthread_mutex_lock(&s->lock);
	struct tls *before = s->tls;
	s->tls = t;
	pthread_mutex_unlock(&s->lock);
	tls_free(before);
}
