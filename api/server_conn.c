/*
 * server_conn.c - one connection: reads requests one after another, hands them on, keeps the
 * deadlines of reading, and ends the connection in good order.
 */
#include <event2/event.h>
#include <sys/socket.h>

#include "api/server_int.h"

#define BODY_MAX_DEFAULT (1u << 20)
#define LINGER_MAX_BYTES (16u << 20)
#define HELD_KEEP_BYTES 4096
#define STREAM_STEPS 16 /* of one connection before others have their turn */

bool conn_is_idle(const struct conn *c)
{
	return c->state == CONN_READ && !c->req && !c->running && conn_unsent(c) == 0;
}

/* --- reading --- */

static bool has_body(const struct request *q)
{
	return q->reader.chunked || q->reader.content_length > 0;
}

void conn_refuse(struct conn *c, int status, const char *reason)
{
	struct request *q = c->req;
	struct server *s = c->loop->server;
	atomic_fetch_add_explicit(status == 408 ? &s->timeouts : &s->bad_requests, 1,
				  memory_order_relaxed);
	q->keep_alive = false;
	c->linger = true;
	reply_problem(q, status, reason);
	reply_write(q);
}

static const char *body_refusal(int status)
{
	switch (status) {
	case 413:
		return "the body is larger than allowed here";
	case 507:
		return "no room to store the body";
	case 503:
		return "no memory or file for the body";
	default:
		return "the body could not be stored";
	}
}

/* The handler has said no in on_head(): a body that may be on its way is not read. */
static void refused_by_handler(struct conn *c, struct request *q)
{
	atomic_fetch_add_explicit(&c->loop->server->requests, 1, memory_order_relaxed);
	if (has_body(q)) {
		q->keep_alive = false;
		c->linger = true;
	}
	reply_write(q);
}

static void take_head(struct conn *c, struct request *q)
{
	const struct server_handler *h = &c->loop->server->config.handler;
	struct http_limits limits = { .body_max = BODY_MAX_DEFAULT };
	q->pub.method = q->reader.method;
	q->pub.path = q->reader.path;
	q->pub.query = q->reader.query;
	q->keep_alive = q->reader.keep_alive;
	q->has_head = true;
	c->since_ms = c->loop->now_ms;
	const char *reason = NULL;
	int refusal = c->peer.trusted ? proxy_fields_read(q, &reason) : 0;
	if (refusal) {
		conn_refuse(c, refusal, reason);
		return;
	}
	if (h->on_head && !h->on_head(h->user, &q->pub, &limits)) {
		refused_by_handler(c, q);
		return;
	}
	q->admitted = true;
	q->reader.body_max = limits.body_max;
	int status = q->reader.content_length > limits.body_max ? 413
		     : has_body(q)                              ? request_body_begin(q, &limits)
								: 0;
	if (status) {
		conn_refuse(c, status, body_refusal(status));
		return;
	}
	if (q->reader.expect_continue && has_body(q) && c->input.n == 0)
		buf_adds(&c->loop->out, "HTTP/1.1 100 Continue\r\n\r\n");
}

static void dispatch(struct conn *c, struct request *q)
{
	struct server *s = c->loop->server;
	const struct server_handler *h = &s->config.handler;
	atomic_fetch_add_explicit(&s->requests, 1, memory_order_relaxed);
	request_body_end(q);
	c->state = CONN_HANDLE;
	q->admitted = false;
	h->on_request(h->user, &q->pub);
}

static void take_data(struct conn *c, struct request *q)
{
	int status = request_body_add(q, q->reader.data);
	if (status)
		conn_refuse(c, status, body_refusal(status));
}

/* One event of the reader; false: needs input. */
static bool read_step(struct conn *c)
{
	bool had_input = c->input.n > 0;
	if (!c->req) {
		/* Who does not take the answers gets no more of them. */
		if (!had_input || conn_unsent(c) > WRITE_HIGH_BYTES)
			return false;
		c->req = request_take(c);
		if (!c->first)
			c->since_ms = c->loop->now_ms;
	}
	struct request *q = c->req;
	if (!q) {
		c->broken = true;
		return false;
	}
	switch (http1_next(&q->reader, &c->input)) {
	case HTTP1_MORE:
		return false;
	case HTTP1_HEAD:
		take_head(c, q);
		break;
	case HTTP1_DATA:
		take_data(c, q);
		break;
	case HTTP1_END:
		dispatch(c, q);
		break;
	case HTTP1_BAD:
	default:
		conn_refuse(c, q->reader.status, q->reader.reason);
	}
	return true;
}

/* --- running --- */

static void drop_input(struct conn *c)
{
	c->drained_bytes += (unsigned)c->input.n;
	c->input.n = 0;
	if (c->drained_bytes > LINGER_MAX_BYTES)
		c->broken = true;
}

static bool step(struct conn *c)
{
	switch (c->state) {
	case CONN_READ:
		return read_step(c);
	case CONN_STREAM:
		return reply_stream_step(c);
	case CONN_EVENTS:
	case CONN_CLOSING:
	case CONN_LINGER:
		drop_input(c);
		return false;
	case CONN_HANDLE:
	default:
		return false;
	}
}

/* What was not read moves to the connection's own memory. */
static void hold_input(struct conn *c)
{
	struct buf *held = &c->held;
	if (c->input.n == 0) {
		if (held->cap > HELD_KEEP_BYTES)
			buf_done(held);
		buf_clear(held);
	} else if (held->n == 0) {
		buf_addv(held, c->input);
	} else if (c->input.p != held->p) {
		memmove(held->p, c->input.p, c->input.n);
		held->n = c->input.n;
	}
	c->broken = c->broken || !buf_ok(held);
	c->input = buf_view(held);
}

/* Reads on while what waits is not too much. */
static void watch_input(struct conn *c)
{
	bool reading = !c->eof && c->held.n < READ_HIGH_BYTES;
	if (reading == c->reading)
		return;
	c->reading = reading;
	if (reading ? event_add(&c->read_event, NULL) : event_del(&c->read_event))
		c->broken = true;
}

/* After everything was done that could be: is this the end? */
static void settle(struct conn *c)
{
	bool unsent = conn_unsent(c) > 0;
	if (c->state == CONN_READ && (c->eof || (c->loop->stopping && !c->req)))
		c->state = CONN_CLOSING;
	if (c->state == CONN_CLOSING && !unsent && c->linger && !c->eof) {
		/* RFC 9112 9.6: closing with unread input would take the answer away. */
		if (c->tls)
			conn_tls_end(c);
		shutdown(c->fd, SHUT_WR);
		c->state = CONN_LINGER;
		c->since_ms = c->loop->now_ms;
	}
	watch_input(c);
	bool over = (c->state == CONN_CLOSING && !unsent) || (c->state == CONN_LINGER && c->eof) ||
		    (c->state == CONN_EVENTS && c->eof);
	if (c->broken || over)
		conn_close(c);
}

void conn_run(struct conn *c)
{
	unsigned steps = 0;
	if (c->running || c->dead)
		return;
	c->running = true;
	c->loop->current = c;
	while (!c->broken && step(c)) {
		if (c->state == CONN_STREAM && ++steps == STREAM_STEPS) {
			conn_run_later(c);
			break;
		}
	}
	conn_flush(c);
	hold_input(c);
	c->loop->current = NULL;
	c->running = false;
	settle(c);
}

static void run_posted(void *arg)
{
	struct conn *c = arg;
	c->posted = false;
	conn_run(c);
}

void conn_run_later(struct conn *c)
{
	if (c->posted)
		return;
	c->posted = true;
	c->post = (struct post){ .fn = run_posted, .arg = c };
	loop_post(c->loop, &c->post);
}

void conn_answered(struct conn *c, bool close)
{
	struct request *q = c->req;
	c->req = NULL;
	request_release(q);
	c->first = false;
	c->since_ms = c->loop->now_ms;
	c->state = close ? CONN_CLOSING : CONN_READ;
}

/* --- deadlines --- */

static bool too_slow(int64_t elapsed_ms, unsigned grace_ms, uint64_t bytes, unsigned rate)
{
	return (double)elapsed_ms > grace_ms + (double)bytes * 1000.0 / MAX(rate, 1u);
}

static bool takes_too_long(struct conn *c)
{
	const struct server_config *f = &c->loop->server->config;
	size_t unsent = conn_unsent(c);
	uint64_t taken = c->queued_bytes - unsent;
	if (unsent == 0) {
		c->write_since_ms = 0;
		return false;
	}
	if (c->write_since_ms == 0) {
		c->write_since_ms = c->loop->now_ms;
		c->write_mark = taken;
	}
	return too_slow(c->loop->now_ms - c->write_since_ms, f->write_grace_ms,
			taken - c->write_mark, f->write_rate);
}

/* True: an answer waits in the out buffer. */
static bool check_reading(struct conn *c)
{
	const struct server_config *f = &c->loop->server->config;
	struct request *q = c->req;
	int64_t elapsed = c->loop->now_ms - c->since_ms;
	if (q && q->has_head) {
		bool late = too_slow(elapsed, f->body_grace_ms, q->reader.body_bytes, f->body_rate);
		if (late)
			conn_refuse(c, 408, "the body did not come in time");
		return late;
	}
	if (elapsed <= (q || c->first ? f->head_ms : f->idle_ms))
		return false;
	if (q && q->reader.head.n) {
		conn_refuse(c, 408, "the head did not come in time");
		return true;
	}
	conn_close(c);
	return false;
}

void conn_check_deadlines(struct conn *c)
{
	const struct server_config *f = &c->loop->server->config;
	if (takes_too_long(c)) {
		atomic_fetch_add_explicit(&c->loop->server->timeouts, 1, memory_order_relaxed);
		conn_close(c);
		return;
	}
	if (c->state == CONN_READ && c->write_since_ms == 0) {
		if (check_reading(c))
			conn_run(c);
	} else if (c->state == CONN_EVENTS) {
		sse_check(c);
	} else if (c->state == CONN_LINGER && c->loop->now_ms - c->since_ms > f->linger_ms) {
		conn_close(c);
	}
}
