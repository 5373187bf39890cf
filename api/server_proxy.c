/*
 * server_proxy.c - who the client is where a trusted proxy stands between: from the PROXY header before a
 * connection's first byte, or from a field of each request. Nobody else's word is listened to. The client's
 * address counts for its cap: for the connection with the header, for the request with a field.
 */
#include <errno.h>
#include <sys/socket.h>

#include "api/forwarded.h"
#include "api/proxy_protocol.h"
#include "api/server_int.h"
#include "base/log.h"

#define LINES_MAX 32

/* --- the PROXY header --- */

static bool give_up(struct conn *c, const char *why)
{
	char text[IP_TEXT];
	ip_text(&c->peer.ip, text, sizeof(text));
	if (why) {
		atomic_fetch_add_explicit(&c->loop->server->bad_requests, 1, memory_order_relaxed);
		log_warn("http", "connection from the proxy %s closed: %s", text, why);
	}
	c->broken = true;
	conn_close(c);
	return false;
}

static bool client_known(struct conn *c, const struct proxy_header *h)
{
	struct server *s = c->loop->server;
	buf_clear(&c->held);
	c->awaits_proxy = false;
	c->peer.trusted = false; /* what follows is the client's own */
	if (!h->has_client)
		return true;
	c->peer.ip = h->client;
	c->peer.https = h->https;
	c->address = address_of(&c->peer.ip);
	c->counted = address_enter(&s->addresses, &c->address);
	if (c->counted)
		return true;
	atomic_fetch_add_explicit(&s->refused, 1, memory_order_relaxed);
	if (!s->uses_tls)
		refuse_plainly(c->fd, "429 Too Many Requests", "too-many-requests",
			       "too many connections from this address");
	return give_up(c, NULL);
}

/* Only looked at first, so that not a byte behind the header is taken: TLS may begin there. */
bool proxy_header_read(struct conn *c)
{
	char *input = c->loop->input;
	size_t before = c->held.n;
	struct proxy_header h;
	ssize_t n = recv(c->fd, input, PROXY_MAX_BYTES - before, MSG_PEEK);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return false;
	if (n <= 0)
		return give_up(c, NULL);
	buf_add(&c->held, input, (size_t)n);
	if (!buf_ok(&c->held))
		return give_up(c, "out of memory");
	enum proxy_verdict v = proxy_parse(buf_view(&c->held), &h);
	if (v == PROXY_BAD)
		return give_up(c, "it does not begin with a PROXY header");
	size_t used = v == PROXY_DONE ? h.bytes - before : (size_t)n;
	if (recv(c->fd, input, used, 0) != (ssize_t)used)
		return give_up(c, "reading failed");
	return v == PROXY_DONE && client_known(c, &h);
}

/* --- fields --- */

/* The values of all fields of that name; false: too many. */
static bool lines_of(const struct http1 *r, const char *lower_name, struct view *out, unsigned *out_n)
{
	size_t n = strlen(lower_name);
	*out_n = 0;
	for (unsigned i = 0; i < r->field_count; i++) {
		struct view name = http1_field_name(r, i);
		if (name.n != n || strncasecmp(name.p, lower_name, n) != 0)
			continue;
		if (*out_n == LINES_MAX)
			return false;
		out[(*out_n)++] = http1_field_value(r, i);
	}
	return true;
}

static bool parse_fields(const struct request *q, struct forwarded *out)
{
	const struct server_config *f = &q->loop->server->config;
	struct view lines[LINES_MAX];
	unsigned n;
	if (f->proxy_field == PROXY_FIELD_FORWARDED)
		return lines_of(&q->reader, "forwarded", lines, &n) &&
		       forwarded_parse(lines, n, &f->proxies, out);
	return lines_of(&q->reader, "x-forwarded-for", lines, &n) &&
	       x_forwarded_parse(lines, n, http1_field(&q->reader, "x-forwarded-proto"), &f->proxies,
				 out);
}

int proxy_fields_read(struct request *q, const char **out_reason)
{
	struct server *s = q->loop->server;
	struct forwarded f;
	if (s->config.proxy_field == PROXY_FIELD_NONE)
		return 0;
	if (!parse_fields(q, &f)) {
		*out_reason = "the proxy's field that names the client cannot be read";
		return 400;
	}
	q->peer.https = f.https;
	if (!f.has_client)
		return 0;
	q->peer.ip = f.client;
	q->address = address_of(&f.client);
	q->counted = address_enter(&s->addresses, &q->address);
	if (q->counted)
		return 0;
	*out_reason = "too many requests of this address are under way";
	return 429;
}
