/*
 * http_client.h - a raw HTTP client for the server's tests: bytes out, answers in, five seconds
 * of patience. Failures end the test at once. Where client_tls is set, new clients speak TLS.
 */
#pragma once

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/util.h"

static SSL_CTX *client_tls;

struct client {
	int fd;
	SSL *ssl; /* NULL: plain */
	struct buf in; /* received, not used yet */
};

struct answer {
	int status;
	char head[4096];
	struct buf body;
};

static inline void client_connect(struct client *c, uint16_t port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct timeval patience = { .tv_sec = 5 };
	int on = 1;
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	ck_assert_int_eq(connect(c->fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
}

/* False: the handshake failed. */
static inline bool client_handshake(struct client *c)
{
	c->ssl = SSL_new(client_tls);
	ck_assert_ptr_nonnull(c->ssl);
	SSL_set_fd(c->ssl, c->fd);
	return SSL_connect(c->ssl) == 1;
}

/* Without TLS in any case. */
static inline struct client client_open_plain(uint16_t port)
{
	struct client c = { .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	ck_assert_int_ge(c.fd, 0);
	client_connect(&c, port);
	return c;
}

static inline struct client client_open(uint16_t port)
{
	struct client c = client_open_plain(port);
	if (client_tls)
		ck_assert_msg(client_handshake(&c), "the handshake failed: %s",
			      ERR_reason_error_string(ERR_peek_error()));
	return c;
}

static inline void client_close(struct client *c)
{
	SSL_free(c->ssl);
	close(c->fd);
	buf_done(&c->in);
}

/* With a reset, so that the server sees at once that nobody is there. */
static inline void client_abort(struct client *c)
{
	struct linger l = { .l_onoff = 1 };
	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
	client_close(c);
}

static inline void client_send(struct client *c, const void *p, size_t n)
{
	const char *at = p;
	while (n) {
		ssize_t w = c->ssl ? SSL_write(c->ssl, at, (int)n)
				   : send(c->fd, at, n, MSG_NOSIGNAL);
		ck_assert_msg(w > 0, "send: %s", strerror(errno));
		at += w;
		n -= (size_t)w;
	}
}

static inline void client_say(struct client *c, const char *text)
{
	client_send(c, text, strlen(text));
}

/* Receives something; false at the end of the connection (or a reset). */
static inline bool client_more(struct client *c)
{
	char piece[16384];
	ssize_t n = c->ssl ? SSL_read(c->ssl, piece, sizeof(piece))
			   : recv(c->fd, piece, sizeof(piece), 0);
	ck_assert_msg(n >= 0 || c->ssl || errno == ECONNRESET || errno == EPIPE, "recv: %s", strerror(errno));
	if (n <= 0)
		return false;
	buf_add(&c->in, piece, (size_t)n);
	return true;
}

/* Nothing more goes out, as far as the server sees. */
static inline void client_half_close(struct client *c)
{
	if (c->ssl)
		SSL_shutdown(c->ssl);
	shutdown(c->fd, SHUT_WR);
}

static inline void client_use(struct client *c, size_t n)
{
	memmove(c->in.p, c->in.p + n, c->in.n - n);
	c->in.n -= n;
}

static inline void client_need(struct client *c, size_t n)
{
	while (c->in.n < n)
		ck_assert_msg(client_more(c), "the connection ended after %zu of %zu bytes",
			      c->in.n, n);
}

/* Reads up to and with the first occurrence of end; answers its length. */
static inline size_t client_until(struct client *c, const char *end)
{
	for (;;) {
		char *at = c->in.n ? memmem(c->in.p, c->in.n, end, strlen(end)) : NULL;
		if (at)
			return (size_t)(at - c->in.p) + strlen(end);
		ck_assert_msg(client_more(c), "the connection ended before '%s'", end);
	}
}

static inline void answer_done(struct answer *a) { buf_done(&a->body); }

/* The value of a field, "" if absent; valid until the next call. */
static inline const char *answer_field(const struct answer *a, const char *name)
{
	static char value[1024];
	char key[128];
	snprintf(key, sizeof(key), "\r\n%s: ", name);
	const char *at = strcasestr(a->head, key);
	if (!at)
		return "";
	at += strlen(key);
	snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "\r"), at);
	return value;
}

static inline void client_chunks(struct client *c, struct answer *a)
{
	for (;;) {
		size_t line = client_until(c, "\r\n");
		size_t n = strtoul(c->in.p, NULL, 16);
		client_need(c, line + n + 2);
		buf_add(&a->body, c->in.p + line, n);
		client_use(c, line + n + 2);
		if (n == 0)
			return;
	}
}

/* One answer; head_only: to HEAD. */
static inline struct answer client_hear_(struct client *c, bool head_only)
{
	struct answer a = { 0 };
	size_t n = client_until(c, "\r\n\r\n");
	ck_assert_uint_lt(n, sizeof(a.head));
	memcpy(a.head, c->in.p, n);
	client_use(c, n);
	ck_assert_int_eq(sscanf(a.head, "HTTP/1.1 %d ", &a.status), 1);
	if (head_only || a.status < 200 || a.status == 204 || a.status == 304)
		return a;
	if (strcmp(answer_field(&a, "Transfer-Encoding"), "chunked") == 0) {
		client_chunks(c, &a);
		return a;
	}
	const char *length = answer_field(&a, "Content-Length");
	if (*length) {
		n = strtoul(length, NULL, 10);
		client_need(c, n);
		buf_add(&a.body, c->in.p, n);
		client_use(c, n);
		return a;
	}
	while (client_more(c))
		;
	buf_add(&a.body, c->in.p, c->in.n);
	c->in.n = 0;
	return a;
}

static inline struct answer client_hear(struct client *c) { return client_hear_(c, false); }

/* Reads an answer and keeps nothing but its status. */
static inline int client_status(struct client *c)
{
	struct answer a = client_hear(c);
	answer_done(&a);
	return a.status;
}

static inline int client_get(struct client *c, const char *path)
{
	char text[512];
	snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: t\r\n\r\n", path);
	client_say(c, text);
	return client_status(c);
}

static inline bool answer_is(const struct answer *a, const char *text)
{
	return view_is(buf_view(&a->body), text);
}

/* True if the server closes within five seconds; drops what still comes. */
static inline bool client_sees_end(struct client *c)
{
	while (client_more(c))
		c->in.n = 0;
	return true;
}

/* Waits up to ten seconds for a condition that another thread brings about. */
#define EVENTUALLY(condition)                                                                      \
	do {                                                                                       \
		int64_t until_us_ = monotonic_us() + 10000000;                                     \
		while (!(condition) && monotonic_us() < until_us_)                                 \
			usleep(2000);                                                              \
		ck_assert_msg(condition, "never came: %s", #condition);                            \
	} while (0)
