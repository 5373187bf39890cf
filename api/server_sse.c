/* server_sse.c - server-sent events (WHATWG HTML, 9.2): open, send, heartbeat, cut the slow off. */
#include "api/server_int.h"

static struct request *inner(struct http_request *req) { return (void *)req; }

bool http_sse_open(struct http_request *req, void (*on_close)(void *user), void *user)
{
	struct request *q = inner(req);
	struct loop *l = q->loop;
	struct server *s = l->server;
	if (atomic_fetch_add(&s->streams, 1) >= s->config.sse_max || l->stopping) {
		atomic_fetch_sub(&s->streams, 1);
		return false;
	}
	q->on_close = on_close;
	q->on_close_user = user;
	q->beat_ms = l->now_ms;
	struct conn *c = q->conn;
	if (!c) {
		/* Gone before it began: on_close() comes from the queue, as promised. */
		q->post = (struct post){ .fn = sse_orphan, .arg = q };
		loop_post(l, &q->post);
		return true;
	}
	req->res.status = 200;
	req->res.type = "text/event-stream";
	q->keep_alive = false;
	c->state = CONN_EVENTS;
	struct buf keep = l->out;
	bool mine = l->current == c;
	if (!mine)
		l->out = BUF_INIT;
	/* Proxies must not collect events. */
	buf_adds(&req->res.headers, "X-Accel-Buffering: no\r\n");
	reply_head(q, -1, true);
	conn_flush(c);
	if (!mine) {
		buf_done(&l->out);
		l->out = keep;
	}
	if (c->broken)
		conn_run_later(c);
	return true;
}

void sse_orphan(void *arg)
{
	struct request *q = arg;
	sse_ended(q);
	request_release(q);
}

void http_sse_send(struct http_request *req, struct view text)
{
	struct request *q = inner(req);
	struct conn *c = q->conn;
	if (!c || c->broken)
		return;
	conn_send(c, text);
	q->beat_ms = c->loop->now_ms;
	if (conn_unsent(c) > c->loop->server->config.sse_buffer_bytes)
		c->broken = true;
	if (c->broken)
		conn_run_later(c);
}

size_t http_sse_pending(const struct http_request *req)
{
	const struct request *q = (const void *)req;
	return q->conn ? conn_unsent(q->conn) : 0;
}

void http_sse_close(struct http_request *req)
{
	struct conn *c = inner(req)->conn;
	if (!c)
		return;
	c->eof = true; /* as if the client had gone; what is queued is given up */
	conn_run_later(c);
}

void sse_check(struct conn *c)
{
	struct request *q = c->req;
	struct loop *l = c->loop;
	if (l->now_ms - q->beat_ms < l->server->config.heartbeat_ms)
		return;
	http_sse_send(&q->pub, VIEW_LIT(": \n\n"));
}

void sse_ended(struct request *q)
{
	void (*on_close)(void *) = q->on_close;
	q->on_close = NULL;
	atomic_fetch_sub(&q->loop->server->streams, 1);
	if (on_close)
		on_close(q->on_close_user);
}
