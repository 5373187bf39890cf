/*
 * server_open.c - connections come and go: their events, bytes from the socket, the end of everything that
 * hangs on them.
 */
#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/server_int.h"

/* --- bytes --- */

void conn_read(struct conn *c)
{
	struct loop *l = c->loop;
	ssize_t n = c->tls ? conn_tls_recv(c, l->input, READ_BYTES)
			   : recv(c->fd, l->input, READ_BYTES, 0);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return;
	c->eof = c->eof || n == 0;
	c->broken = c->broken || n < 0;
	if (n > 0 && c->held.n) {
		buf_add(&c->held, l->input, (size_t)n);
		c->input = buf_view(&c->held);
	} else if (n > 0) {
		c->input = view_of(l->input, (size_t)n);
	}
	conn_run(c);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	(void)fd, (void)what;
	if (c->awaits_proxy && !proxy_header_read(c))
		return;
	conn_read(c);
}

static void on_writable(struct bufferevent *bev, void *arg)
{
	(void)bev;
	conn_run(arg);
}

static void on_write_error(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;
	(void)bev;
	(void)what;
	c->broken = true;
	conn_run(c);
}

/* --- opening --- */

/* A plain one leaves what the socket does not take to libevent, which may send files without reading them. */
static bool open_plain(struct conn *c)
{
	c->bev = bufferevent_socket_new(c->loop->base, c->fd, 0);
	if (!c->bev)
		return false;
	c->output = bufferevent_get_output(c->bev);
	bufferevent_setcb(c->bev, NULL, on_writable, on_write_error, c);
	bufferevent_setwatermark(c->bev, EV_WRITE, WRITE_LOW_BYTES / 2, 0);
	bufferevent_enable(c->bev, EV_WRITE);
	return true;
}

static void close_output(struct conn *c)
{
	if (c->tls) {
		conn_tls_close(c);
		return;
	}
	bufferevent_free(c->bev);
	c->bev = NULL;
	c->output = NULL;
}

static bool open_events(struct conn *c)
{
	bool tls = c->loop->server->uses_tls && !c->peer.local;
	if (!(tls ? conn_tls_open(c) : open_plain(c)))
		return false;
	if (event_assign(&c->read_event, c->loop->base, c->fd, EV_READ | EV_PERSIST, on_readable, c) == 0 &&
	    event_add(&c->read_event, NULL) == 0)
		return true;
	close_output(c);
	return false;
}

bool conn_open(struct loop *l, int fd, const struct peer *peer, bool counted)
{
	struct conn *c = calloc(1, sizeof(*c));
	if (!c)
		return false;
	c->loop = l;
	c->fd = fd;
	c->peer = *peer;
	if (!open_events(c)) {
		conn_free(c);
		return false;
	}
	c->reading = true;
	c->address = address_of(&peer->ip);
	c->counted = counted;
	c->awaits_proxy = peer->trusted && l->server->config.proxy_protocol;
	c->first = true;
	c->since_ms = l->now_ms;
	c->next = l->conns;
	if (l->conns)
		l->conns->prev = c;
	l->conns = c;
	return true;
}

/* --- closing --- */

static void leave_request(struct conn *c)
{
	const struct server_handler *h = &c->loop->server->config.handler;
	struct request *q = c->req;
	c->req = NULL;
	if (!q)
		return;
	q->conn = NULL;
	atomic_store(&q->gone, true);
	if (c->state == CONN_HANDLE) /* the handler's until it replies */
		return;
	if (c->state == CONN_EVENTS)
		sse_ended(q);
	if (q->admitted && h->on_drop)
		h->on_drop(h->user, &q->pub);
	request_release(q);
}

void conn_close(struct conn *c)
{
	struct loop *l = c->loop;
	if (c->dead)
		return;
	if (c->running) {
		c->broken = true;
		return;
	}
	c->dead = true;
	leave_request(c);
	/* Closed here and now: libevent frees later, and the descriptor may be needed at once. */
	if (c->tls) {
		conn_tls_end(c);
	} else {
		bufferevent_setcb(c->bev, NULL, NULL, NULL, NULL);
		bufferevent_disable(c->bev, EV_READ | EV_WRITE);
	}
	event_del(&c->read_event);
	close_output(c);
	close(c->fd);
	buf_done(&c->held);
	if (c->prev)
		c->prev->next = c->next;
	else
		l->conns = c->next;
	if (c->next)
		c->next->prev = c->prev;
	c->next = l->dead;
	l->dead = c;
	if (c->counted)
		address_leave(&l->server->addresses, &c->address);
	atomic_fetch_sub(&l->server->conns, 1);
	listen_resume(l);
	if (l->stopping && !l->conns)
		event_base_loopbreak(l->base);
}

void conn_free(struct conn *c)
{
	conn_tls_free(c);
	free(c);
}

bool conn_evict_idle(struct loop *l)
{
	struct conn *oldest = NULL;
	for (struct conn *c = l->conns; c; c = c->next)
		if (conn_is_idle(c) && (!oldest || c->since_ms <= oldest->since_ms))
			oldest = c;
	if (oldest)
		conn_close(oldest);
	return oldest;
}
