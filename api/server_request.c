/*
 * server_request.c - requests as objects: taken from the loop's free list, their bodies collected
 * in memory or in a file without a name, and what a handler may ask of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "api/server_int.h"
#include "base/log.h"

#define BODY_KEEP_BYTES 65536

/* --- life --- */

static struct request *request_new(struct loop *l)
{
	struct request *q = calloc(1, sizeof(*q));
	struct arena *a = arena_new();
	if (!q || !a) {
		free(q);
		arena_free(a);
		return NULL;
	}
	http1_init(&q->reader);
	q->loop = l;
	q->pub.arena = a;
	q->pub.body_fd = -1;
	q->pub.loop = l->index;
	q->all_next = l->all_requests;
	if (l->all_requests)
		l->all_requests->all_prev = q;
	l->all_requests = q;
	return q;
}

void request_free(struct request *q)
{
	struct loop *l = q->loop;
	if (q->all_prev)
		q->all_prev->all_next = q->all_next;
	else
		l->all_requests = q->all_next;
	if (q->all_next)
		q->all_next->all_prev = q->all_prev;
	if (q->pub.body_fd >= 0)
		close(q->pub.body_fd);
	http1_done(&q->reader);
	arena_free(q->pub.arena);
	buf_done(&q->pub.res.headers);
	buf_done(&q->pub.res.body);
	buf_done(&q->body);
	free(q);
}

/* The request may outlive its connection. Without memory it is a request without a certificate. */
static void take_cert(struct request *q, const struct conn *c)
{
	const char *subject, *fingerprint = conn_client_cert(c, &subject);
	q->cert = (struct http_client_cert){ NULL, NULL };
	if (!fingerprint)
		return;
	size_t n = strlen(fingerprint) + 1, m = strlen(subject) + 1;
	char *copy = arena_alloc(q->pub.arena, n + m);
	if (!copy)
		return;
	memcpy(copy, fingerprint, n);
	memcpy(copy + n, subject, m);
	q->cert = (struct http_client_cert){ copy, copy + n };
}

struct request *request_take(struct conn *c)
{
	struct loop *l = c->loop;
	struct request *q = l->free_requests;
	if (q) {
		l->free_requests = q->next;
		l->free_count--;
	} else {
		q = request_new(l);
		if (!q)
			return NULL;
	}
	q->next = NULL;
	q->conn = c;
	q->peer = c->peer;
	q->own_tls = c->tls;
	take_cert(q, c);
	q->pub.id = l->next_id++;
	q->pub.loop_data = l->data;
	return q;
}

/* Empties b; a large one gives its memory back. */
static void buf_trim(struct buf *b)
{
	if (b->cap > BODY_KEEP_BYTES)
		buf_done(b);
	buf_clear(b);
}

static void body_unaccount(struct request *q)
{
	if (q->body_accounted)
		atomic_fetch_sub(&q->loop->server->body_bytes, q->body_accounted);
	q->body_accounted = 0;
}

void request_release(struct request *q)
{
	struct loop *l = q->loop;
	reply_end(q);
	body_unaccount(q);
	if (q->counted)
		address_leave(&l->server->addresses, &q->address);
	q->counted = false;
	if (l->free_count >= REQUESTS_KEPT) {
		request_free(q);
		return;
	}
	struct http_request *p = &q->pub;
	struct buf headers = p->res.headers, body = p->res.body;
	buf_trim(&headers);
	buf_trim(&body);
	buf_trim(&q->body);
	p->res = (struct http_response){ .headers = headers, .body = body };
	arena_reset(p->arena);
	if (p->body_fd >= 0)
		close(p->body_fd);
	p->body_fd = -1;
	p->body_bytes = 0;
	memset(p->body_hash, 0, sizeof(p->body_hash));
	q->hash = NULL;
	p->body = p->path = p->query = view_of(NULL, 0);
	p->user = NULL;
	http1_reset(&q->reader);
	q->conn = NULL;
	q->body_place = BODY_MEMORY;
	q->keep_alive = q->has_head = q->admitted = q->chunked = q->packed = false;
	q->on_close = NULL;
	atomic_store_explicit(&q->gone, false, memory_order_relaxed);
	q->next = l->free_requests;
	l->free_requests = q;
	l->free_count++;
}

/* --- the body --- */

static int spool_open(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd;
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/body-XXXXXX", dir);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -1;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static int status_of_errno(int error)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return 507;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return 503;
	default:
		log_error("http", "storing a body failed: %s", strerror(error));
		return 500;
	}
}

static int spool_write(struct request *q, struct view v)
{
	const char *p = v.p;
	size_t n = v.n;
	if (q->hash)
		crypto_generichash_update(q->hash, v.p, v.n);
	while (n) {
		ssize_t w = write(q->pub.body_fd, p, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return status_of_errno(errno);
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

/* From memory to a file; what has come so far moves there. */
static int spool_begin(struct request *q)
{
	const char *dir = q->loop->server->config.spool_dir;
	if (!dir)
		return 413;
	q->pub.body_fd = spool_open(dir);
	if (q->pub.body_fd < 0)
		return status_of_errno(errno);
	q->body_place = BODY_FILE;
	int status = spool_write(q, buf_view(&q->body));
	buf_trim(&q->body);
	body_unaccount(q);
	return status;
}

/* In steps, as the pieces are written: the loop is not held up. */
static bool hash_begin(struct request *q)
{
	char *p = arena_alloc(q->pub.arena, sizeof(*q->hash) + 64);
	if (!p)
		return false;
	p += (64 - ((uintptr_t)p & 63)) & 63;
	q->hash = (void *)p;
	crypto_generichash_init(q->hash, NULL, 0, HTTP_HASH_BYTES);
	return true;
}

int request_body_begin(struct request *q, const struct http_limits *limits)
{
	q->body_place = BODY_MEMORY;
	if (limits->hash && limits->spool && !hash_begin(q))
		return 503;
	bool large = q->reader.content_length > q->loop->server->config.body_memory_bytes;
	return large || limits->spool ? spool_begin(q) : 0;
}

int request_body_add(struct request *q, struct view data)
{
	struct server *s = q->loop->server;
	q->pub.body_bytes += data.n;
	if (q->body_place == BODY_FILE)
		return spool_write(q, data);
	size_t before = atomic_fetch_add(&s->body_bytes, data.n);
	q->body_accounted += data.n;
	bool full = before + data.n > s->config.body_memory_total_bytes;
	if (q->body.n + data.n > s->config.body_memory_bytes || full) {
		int status = spool_begin(q);
		if (status)
			return status == 413 && full ? 503 : status;
		return spool_write(q, data);
	}
	buf_addv(&q->body, data);
	return buf_ok(&q->body) ? 0 : 503;
}

void request_body_end(struct request *q)
{
	q->pub.body = buf_view(&q->body);
	if (q->hash)
		crypto_generichash_final(q->hash, q->pub.body_hash, HTTP_HASH_BYTES);
	q->hash = NULL;
}

/* --- for handlers --- */

static const struct request *inner(const struct http_request *req) { return (const void *)req; }

struct view http_header(const struct http_request *req, const char *lower_name)
{
	return http1_field(&inner(req)->reader, lower_name);
}

struct view http_host(const struct http_request *req) { return inner(req)->reader.host; }

void http_header_add(struct http_request *req, const char *name, const char *fmt, ...)
{
	struct buf *b = &req->res.headers;
	char small[512], *text = small;
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(small)) {
		text = arena_alloc(req->arena, (size_t)n + 1);
		if (!text) {
			b->failed = true;
			return;
		}
		va_start(ap, fmt);
		vsnprintf(text, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	for (int i = 0; i < n; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			text[i] = '?';
	buf_adds(b, name);
	buf_adds(b, ": ");
	buf_add(b, text, n > 0 ? (size_t)n : 0);
	buf_adds(b, "\r\n");
}

void http_peer(const struct http_request *req, char *out, size_t out_size)
{
	const struct peer *p = &inner(req)->peer;
	if (p->local)
		snprintf(out, out_size, "unix:%u", (unsigned)p->uid);
	else
		ip_text(&p->ip, out, out_size);
}

bool http_peer_uid(const struct http_request *req, uid_t *out_uid)
{
	const struct peer *p = &inner(req)->peer;
	if (p->local)
		*out_uid = p->uid;
	return p->local;
}

bool http_is_tls(const struct http_request *req)
{
	const struct request *q = inner(req);
	return q->own_tls || q->peer.https;
}

struct http_client_cert http_client_cert(const struct http_request *req)
{
	const struct request *q = inner(req);
	return q->cert.fingerprint ? q->cert : (struct http_client_cert){ "", "" };
}

bool http_client_gone(const struct http_request *req)
{
	return atomic_load_explicit(&inner(req)->gone, memory_order_relaxed);
}

int http_body_take_fd(struct http_request *req)
{
	int fd = req->body_fd;
	req->body_fd = -1;
	return fd;
}
