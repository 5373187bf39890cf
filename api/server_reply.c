/*
 * server_reply.c - answers: status line and fields, the ways a body may come, and the refusals of
 * the server itself. Everything here runs on the loop's thread but http_reply().
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "api/server_int.h"

#define GZIP_MIN_BYTES 1024
#define GZIP_MAX_BYTES 131072 /* in one go; more would hold up the loop */
#define GZIP_STREAMS_MAX 32 /* of one loop; each takes 270 kB */
#define PIECE_BYTES 16384 /* of a stream are collected ... */
#define PULLS_MAX 64 /* ... by at most so many calls */

struct status_text {
	int status;
	const char *reason;
	const char *code; /* of the server's own refusals */
};

static const struct status_text statuses[] = {
	{ 200, "OK", NULL },
	{ 201, "Created", NULL },
	{ 202, "Accepted", NULL },
	{ 204, "No Content", NULL },
	{ 206, "Partial Content", NULL },
	{ 301, "Moved Permanently", NULL },
	{ 302, "Found", NULL },
	{ 303, "See Other", NULL },
	{ 304, "Not Modified", NULL },
	{ 307, "Temporary Redirect", NULL },
	{ 308, "Permanent Redirect", NULL },
	{ 400, "Bad Request", "malformed" },
	{ 401, "Unauthorized", NULL },
	{ 403, "Forbidden", NULL },
	{ 404, "Not Found", NULL },
	{ 405, "Method Not Allowed", NULL },
	{ 406, "Not Acceptable", NULL },
	{ 408, "Request Timeout", "request-timeout" },
	{ 409, "Conflict", NULL },
	{ 410, "Gone", NULL },
	{ 412, "Precondition Failed", NULL },
	{ 413, "Content Too Large", "too-large" },
	{ 414, "URI Too Long", "target-too-long" },
	{ 415, "Unsupported Media Type", NULL },
	{ 417, "Expectation Failed", "expectation-failed" },
	{ 422, "Unprocessable Content", NULL },
	{ 428, "Precondition Required", NULL },
	{ 429, "Too Many Requests", "too-many-requests" },
	{ 431, "Request Header Fields Too Large", "head-too-large" },
	{ 500, "Internal Server Error", "internal" },
	{ 501, "Not Implemented", "not-implemented" },
	{ 502, "Bad Gateway", NULL },
	{ 503, "Service Unavailable", "busy" },
	{ 504, "Gateway Timeout", NULL },
	{ 505, "HTTP Version Not Supported", "version-not-supported" },
	{ 507, "Insufficient Storage", "store-full" },
};

static const struct status_text *status_find(int status)
{
	static const struct status_text unknown = { 0, "Unknown", "internal" };
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		if (statuses[i].status == status)
			return &statuses[i];
	return &unknown;
}

/* --- the head --- */

static void put_field(struct buf *b, const char *name, const char *value)
{
	buf_adds(b, name);
	buf_adds(b, value);
	buf_adds(b, "\r\n");
}

/* RFC 9110 8.8.3: forms that differ in their bytes have tags that differ. */
static void put_etag(struct buf *b, struct view etag, bool packed)
{
	if (etag.n < 2)
		return;
	buf_adds(b, "ETag: ");
	buf_add(b, etag.p, etag.n - 1);
	buf_adds(b, packed ? HTTP_ETAG_GZIP "\"\r\n" : "\"\r\n");
}

static void put_fixed(struct buf *b, const struct request *q)
{
	const struct loop *l = q->loop;
	size_t from = q->own_tls || q->peer.https ? 0 : l->fixed_tls_n;
	size_t to = l->fixed_head_n - (q->pub.res.csp ? l->fixed_csp_n : 0);
	buf_add(b, l->fixed_head + from, to - from);
	if (q->pub.res.csp)
		put_field(b, "Content-Security-Policy: ", q->pub.res.csp);
}

void reply_head(struct request *q, int64_t length, bool close)
{
	struct loop *l = q->loop;
	struct buf *b = &l->out;
	const struct http_response *res = &q->pub.res;
	buf_adds(b, "HTTP/1.1 ");
	buf_addu(b, (uint64_t)res->status);
	buf_adds(b, " ");
	put_field(b, status_find(res->status)->reason, "");
	put_fixed(b, q);
	put_field(b, "Cache-Control: ", res->cache ? res->cache : "no-store");
	if (res->type)
		put_field(b, "Content-Type: ", res->type);
	if (length >= 0) {
		buf_adds(b, "Content-Length: ");
		buf_addu(b, (uint64_t)length);
		buf_adds(b, "\r\n");
	}
	if (q->chunked)
		buf_adds(b, "Transfer-Encoding: chunked\r\n");
	if (q->packed)
		buf_adds(b, "Content-Encoding: gzip\r\n");
	if (gzip_type(res->type) || res->status == 304)
		buf_adds(b, "Vary: Accept-Encoding\r\n");
	put_etag(b, res->etag, q->packed);
	if (close)
		buf_adds(b, "Connection: close\r\n");
	else if (q->reader.minor == 0)
		buf_adds(b, "Connection: keep-alive\r\n");
	buf_addv(b, buf_view(&res->headers));
	buf_adds(b, "\r\n");
}

/* --- bodies --- */

static bool forbids_body(const struct request *q)
{
	int status = q->pub.res.status;
	return (q->has_head && q->pub.method == HTTP_HEAD) || status == 204 || status == 304;
}

/* RFC 9110 8.6: 204 has no Content-Length; 304 may leave it out. */
static int64_t told_length(const struct request *q, uint64_t n)
{
	int status = q->pub.res.status;
	return status == 204 || status == 304 ? -1 : (int64_t)n;
}

static bool may_compress(const struct request *q)
{
	const struct http_response *res = &q->pub.res;
	return !res->as_is && gzip_type(res->type) && gzip_wanted(q);
}

static void write_body(struct request *q, bool close)
{
	struct conn *c = q->conn;
	struct buf *b = &q->pub.res.body;
	q->packed = b->n >= GZIP_MIN_BYTES && may_compress(q) && gzip_whole(q->loop, b);
	reply_head(q, told_length(q, b->n), close);
	if (forbids_body(q))
		return;
	if (b->n <= COPY_MAX_BYTES)
		buf_addv(&q->loop->out, buf_view(b));
	else
		conn_send_memory(c, b);
}

static void write_fixed(struct request *q, bool close)
{
	struct view v = q->pub.res.fixed;
	reply_head(q, told_length(q, v.n), close);
	if (forbids_body(q))
		return;
	if (v.n <= COPY_MAX_BYTES)
		buf_addv(&q->loop->out, v);
	else
		conn_send_fixed(q->conn, v);
}

static void write_file(struct request *q, bool close)
{
	struct http_response *res = &q->pub.res;
	reply_head(q, told_length(q, res->file_bytes), close);
	if (forbids_body(q))
		return;
	res->has_file = false;
	conn_send_file(q->conn, res->file_fd, res->file_bytes);
}

/* --- streams --- */

/* A large body that is to be compressed goes out like a stream, so that no step takes long. */
struct body_steps {
	struct buf body;
	size_t at;
};

static enum http_pull body_pull(void *state, struct buf *out)
{
	struct body_steps *s = state;
	size_t n = MIN(s->body.n - s->at, PIECE_BYTES);
	buf_add(out, s->body.p + s->at, n);
	s->at += n;
	return s->at < s->body.n ? HTTP_PULL_MORE : HTTP_PULL_END;
}

static void body_done(void *state) { buf_done(&((struct body_steps *)state)->body); }

static void body_in_steps(struct request *q)
{
	static const struct http_source source = { body_pull, body_done };
	struct http_response *res = &q->pub.res;
	struct body_steps *s = arena_alloc(q->pub.arena, sizeof(*s));
	if (!s)
		return; /* it goes as it is */
	*s = (struct body_steps){ .body = res->body };
	res->body = BUF_INIT;
	res->source = &source;
	res->source_state = s;
}

static void write_stream(struct request *q, bool *close)
{
	bool compress = may_compress(q) && q->loop->gzip_streams < GZIP_STREAMS_MAX;
	bool silent = forbids_body(q);
	if (compress && !silent)
		q->gzip = gzip_new();
	if (q->gzip) {
		q->loop->gzip_streams++;
		q->packed = true;
	}
	q->chunked = q->reader.minor > 0 && !silent;
	if (!q->chunked && !silent)
		*close = true; /* the end of the connection ends the body */
	reply_head(q, -1, *close);
}

/* The piece that pull() made, as it goes out. */
static bool put_piece(struct request *q, struct view piece, bool end)
{
	struct buf *out = &q->loop->out;
	struct buf packed = BUF_INIT;
	if (q->gzip) {
		if (!gzip_stream_add(q->gzip, piece, end, &packed)) {
			buf_done(&packed);
			return false;
		}
		piece = buf_view(&packed);
	}
	if (q->chunked && piece.n)
		buf_addf(out, "%zx\r\n", piece.n);
	buf_addv(out, piece);
	if (q->chunked && piece.n)
		buf_adds(out, "\r\n");
	if (q->chunked && end)
		buf_adds(out, "0\r\n\r\n");
	buf_done(&packed);
	return buf_ok(out);
}

bool reply_stream_step(struct conn *c)
{
	struct loop *l = c->loop;
	struct request *q = c->req;
	const struct http_response *res = &q->pub.res;
	if (conn_unsent(c) > WRITE_LOW_BYTES)
		return false;
	buf_clear(&l->piece);
	enum http_pull pulled = HTTP_PULL_MORE;
	for (int i = 0; i < PULLS_MAX && pulled == HTTP_PULL_MORE && l->piece.n < PIECE_BYTES; i++)
		pulled = res->source->pull(res->source_state, &l->piece);
	bool end = pulled == HTTP_PULL_END;
	if (pulled == HTTP_PULL_WAIT && l->piece.n == 0)
		return false;
	if (!buf_ok(&l->piece) || !put_piece(q, buf_view(&l->piece), end)) {
		c->broken = true;
		return false;
	}
	if (l->piece.cap > 4 * WRITE_HIGH_BYTES)
		buf_done(&l->piece);
	conn_flush(c);
	if (pulled == HTTP_PULL_ABORT)
		c->broken = true;
	if (end)
		conn_answered(c, !q->keep_alive);
	return true;
}

void http_stream_wake(struct http_request *req)
{
	struct conn *c = ((struct request *)(void *)req)->conn;
	if (c)
		conn_run_later(c);
}

void reply_end(struct request *q)
{
	struct http_response *res = &q->pub.res;
	if (q->gzip) {
		gzip_free(q->gzip);
		q->gzip = NULL;
		q->loop->gzip_streams--;
	}
	if (res->source && res->source->done)
		res->source->done(res->source_state);
	res->source = NULL;
	if (res->has_file)
		close(res->file_fd);
	res->has_file = false;
}

/* --- the whole answer --- */

/* What could not be built for want of memory becomes a short 503. */
static void mend(struct request *q)
{
	struct http_response *res = &q->pub.res;
	if (buf_ok(&res->headers) && buf_ok(&res->body) && res->status >= 200)
		return;
	reply_end(q);
	buf_done(&res->headers);
	buf_done(&res->body);
	*res = (struct http_response){ .status = res->status >= 200 ? 503 : 500 };
}

static bool is_large_body(const struct http_response *res)
{
	return !res->source && !res->has_file && !res->fixed.p && res->body.n > GZIP_MAX_BYTES;
}

void reply_write(struct request *q)
{
	struct conn *c = q->conn;
	struct http_response *res = &q->pub.res;
	if (!c) {
		request_release(q);
		return;
	}
	q->admitted = false;
	mend(q);
	q->keep_alive = q->keep_alive && !res->close && !q->loop->stopping;
	bool close = !q->keep_alive;
	if (is_large_body(res) && may_compress(q))
		body_in_steps(q);
	if (res->source) {
		write_stream(q, &close);
		q->keep_alive = !close;
		if (!forbids_body(q)) {
			c->state = CONN_STREAM;
			return;
		}
	} else if (res->has_file) {
		write_file(q, close);
	} else if (res->fixed.p) {
		write_fixed(q, close);
	} else {
		write_body(q, close);
	}
	conn_answered(c, close);
}

static void reply_posted(void *arg)
{
	struct request *q = arg;
	struct conn *c = q->conn;
	reply_write(q);
	if (c)
		conn_run(c);
}

void http_reply(struct http_request *req)
{
	struct request *q = (void *)req;
	struct loop *l = q->loop;
	bool here = pthread_equal(pthread_self(), l->self);
	if (here && q->conn && q->conn == l->current) {
		reply_write(q); /* conn_run() goes on behind it */
		return;
	}
	if (here && !l->current && !l->walking) {
		reply_posted(q);
		return;
	}
	q->post = (struct post){ .fn = reply_posted, .arg = q };
	loop_post(l, &q->post);
}

/* --- the server's own refusals --- */

void reply_problem(struct request *q, int status, const char *detail)
{
	const struct status_text *t = status_find(status);
	const struct server_handler *h = &q->loop->server->config.handler;
	struct http_response *res = &q->pub.res;
	buf_clear(&res->headers);
	buf_clear(&res->body);
	if (h->on_error) {
		h->on_error(h->user, &q->pub, status, t->code, detail);
		res->status = res->status ? res->status : status;
		return;
	}
	res->status = status;
	res->type = "application/problem+json";
	if (status == 503)
		put_field(&res->headers, "Retry-After: ", "5");
	buf_addf(&res->body,
		 "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\","
		 "\"code\":\"%s\"}\n",
		 t->reason, status, detail, t->code);
}
