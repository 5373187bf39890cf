/*
 * server_send.c - the way out. Bytes go to the socket at once where nothing is queued before
 * them; libevent gets only what the socket does not take, which saves it from arming and
 * disarming for every answer. A connection with TLS sends its queue itself (server_tls.c).
 */
#include <errno.h>
#include <event2/buffer.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "api/server_int.h"

#define OUT_KEEP_BYTES (1u << 18)

size_t conn_unsent(const struct conn *c)
{
	return c->output ? evbuffer_get_length(c->output) : 0;
}

static size_t send_tls(struct conn *c, struct view a, struct view b)
{
	size_t n = conn_tls_send(c, a);
	return n == a.n && b.n ? n + conn_tls_send(c, b) : n;
}

/* How many bytes of both the socket took; b may be empty. */
static size_t send_now(struct conn *c, struct view a, struct view b)
{
	struct iovec v[2];
	struct msghdr m = { .msg_iov = v, .msg_iovlen = b.n ? 2 : 1 };
	if (c->broken || conn_unsent(c) > 0)
		return 0;
	if (c->tls)
		return send_tls(c, a, b);
	memcpy(&v[0].iov_base, &a.p, sizeof(a.p)); /* sendmsg() does not write there */
	memcpy(&v[1].iov_base, &b.p, sizeof(b.p));
	v[0].iov_len = a.n;
	v[1].iov_len = b.n;
	ssize_t n = sendmsg(c->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n >= 0)
		return (size_t)n;
	if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		c->broken = true;
	return 0;
}

/* n bytes more are in the output, or could not be added. */
static void queued(struct conn *c, uint64_t n, int failed)
{
	c->queued_bytes += n;
	if (failed)
		c->broken = true;
	else if (c->tls)
		conn_tls_queued(c);
}

static void queue(struct conn *c, struct view v)
{
	if (!c->broken && v.n > 0)
		queued(c, v.n, evbuffer_add(c->output, v.p, v.n));
}

static struct view behind(struct view v, size_t n)
{
	return view_of((const char *)v.p + n, v.n - n);
}

void conn_send(struct conn *c, struct view v)
{
	if (v.n)
		queue(c, behind(v, send_now(c, v, view_of(NULL, 0))));
}

static void out_reset(struct buf *out)
{
	if (out->cap > OUT_KEEP_BYTES)
		buf_done(out);
	buf_clear(out);
}

void conn_flush(struct conn *c)
{
	struct buf *out = &c->loop->out;
	if (!buf_ok(out))
		c->broken = true;
	conn_send(c, buf_view(out));
	out_reset(out);
}

/* Sends the out buffer and v; answers how many bytes of v are not gone. The out buffer is. */
static size_t send_both(struct conn *c, struct view v)
{
	struct buf *out = &c->loop->out;
	struct view head = buf_view(out);
	if (!buf_ok(out))
		c->broken = true;
	size_t n = send_now(c, head, v);
	if (n < head.n) {
		queue(c, behind(head, n));
		n = head.n;
	}
	n -= head.n;
	out_reset(out);
	return c->broken ? 0 : v.n - n;
}

static void free_memory(const void *data, size_t n, void *base)
{
	(void)data;
	(void)n;
	free(base);
}

static void queue_lent(struct conn *c, const char *p, size_t n, evbuffer_ref_cleanup_cb done,
		       void *arg)
{
	int failed = evbuffer_add_reference(c->output, p, n, done, arg);
	queued(c, n, failed);
	if (failed && done)
		done(p, n, arg);
}

void conn_send_memory(struct conn *c, struct buf *b)
{
	size_t left = send_both(c, buf_view(b));
	if (left == 0)
		return;
	size_t n = b->n;
	char *base = buf_steal(b);
	queue_lent(c, base + n - left, left, free_memory, base);
}

void conn_send_fixed(struct conn *c, struct view v)
{
	size_t left = send_both(c, v);
	if (left)
		queue_lent(c, (const char *)v.p + v.n - left, left, NULL, NULL);
}

void conn_send_file(struct conn *c, int fd, uint64_t bytes)
{
	conn_flush(c);
	if (bytes == 0 || c->broken) {
		close(fd);
		return;
	}
	struct evbuffer_file_segment *seg =
		evbuffer_file_segment_new(fd, 0, (ev_off_t)bytes, EVBUF_FS_CLOSE_ON_FREE);
	if (!seg) {
		close(fd);
		c->broken = true;
		return;
	}
	queued(c, bytes, evbuffer_add_file_segment(c->output, seg, 0, (ev_off_t)bytes));
	evbuffer_file_segment_free(seg);
}
