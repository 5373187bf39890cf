/*
 * server_listen.c - listeners, one for each loop (SO_REUSEPORT), and who may come in: the caps in
 * total and by address (which do not count trusted proxies: their clients are counted), and what happens
 * when file descriptors run out. A loop that can take
 * no more stops watching its listener, says so once, and watches it again when a connection of
 * its own closes, or at the latest a second later; meanwhile clients wait in the kernel's queue.
 */
#include <errno.h>
#include <event2/event.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/server_int.h"
#include "base/log.h"

#define ACCEPT_BATCH 64
#define BACKLOG 1024
#define ACCEPT_RETRY_MS 1000
#define LOG_EVERY_MS 60000
#define BUSY_DETAIL "too many connections; try again later"

/* --- accepting --- */

/* Best effort: it fits into an empty socket buffer or is lost. */
void refuse_plainly(int fd, const char *status, const char *code, const char *detail)
{
	char body[320], text[640];
	int n = snprintf(
		body, sizeof(body),
		"{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%.3s,\"detail\":\"%s\",\"code\":\"%s\"}\n",
		status + 4, status, detail, code);
	n = snprintf(
		text, sizeof(text),
		"HTTP/1.1 %s\r\nContent-Type: application/problem+json\r\nContent-Length: %d\r\n"
		"X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nRetry-After: 5\r\n"
		"Connection: close\r\n\r\n%s",
		status, n, body);
	(void)!send(fd, text, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* With TLS nothing can be said before the handshake, which is what there is no room for. */
static void turn_away(const struct server *s, int fd, const char *status, const char *code,
		      const char *detail)
{
	if (!s->uses_tls)
		refuse_plainly(fd, status, code, detail);
	close(fd);
}

static void pause_accept(struct loop *l, int error)
{
	struct server *s = l->server;
	event_del(l->listen_event);
	l->accept_paused = true;
	l->accept_again_ms = l->now_ms + ACCEPT_RETRY_MS;
	atomic_fetch_add(&s->paused, 1);
	int64_t last = atomic_load(&s->accept_logged_ms);
	if ((last == 0 || l->now_ms - last > LOG_EVERY_MS) &&
	    atomic_compare_exchange_strong(&s->accept_logged_ms, &last, l->now_ms))
		log_warn("http", "cannot take more connections (%s); waiting for some to close",
			 strerror(error));
}

void listen_resume(struct loop *l)
{
	if (!l->accept_paused || !l->listen_event)
		return;
	l->accept_paused = false;
	event_add(l->listen_event, NULL);
}

/* Out of descriptors: an idle connection goes; without one, the next client is told with the
 * descriptor in reserve, the others wait. */
static void starve(struct loop *l, int error)
{
	if (error == EMFILE && conn_evict_idle(l))
		return;
	if (error == EMFILE && l->reserve_fd >= 0) {
		close(l->reserve_fd);
		int fd = accept4(l->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0)
			turn_away(l->server, fd, "503 Service Unavailable", "busy", BUSY_DETAIL);
		l->reserve_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	}
	pause_accept(l, error);
}

/* Not whose token would cross a network in the clear, past the proxy that is there for it. */
static bool may_be_plain(const struct server *s, const struct peer *p)
{
	return s->uses_tls || s->config.allow_plain || p->trusted || ip_is_loopback(&p->ip);
}

void listen_admit(struct loop *l, int fd, const struct peer *peer)
{
	struct server *s = l->server;
	struct address a = address_of(&peer->ip);
	bool counts = !peer->trusted && !peer->local;
	atomic_fetch_add_explicit(&s->accepted, 1, memory_order_relaxed);
	bool full = atomic_fetch_add(&s->conns, 1) >= s->config.conns_max;
	if (full && conn_evict_idle(l))
		full = false;
	if (!full && (!counts || address_enter(&s->addresses, &a))) {
		if (conn_open(l, fd, peer, counts))
			return;
		if (counts)
			address_leave(&s->addresses, &a);
		full = true;
	}
	atomic_fetch_sub(&s->conns, 1);
	atomic_fetch_add_explicit(&s->refused, 1, memory_order_relaxed);
	if (full)
		turn_away(s, fd, "503 Service Unavailable", "busy", BUSY_DETAIL);
	else
		turn_away(s, fd, "429 Too Many Requests", "too-many-requests",
			  "too many connections from this address");
}

static void admit_from(struct loop *l, int fd, const struct sockaddr_in6 *sa)
{
	struct server *s = l->server;
	struct peer peer = { .ip = ip_of(sa) };
	peer.trusted = nets_has(&s->config.proxies, &peer.ip);
	if (may_be_plain(s, &peer)) {
		listen_admit(l, fd, &peer);
		return;
	}
	atomic_fetch_add_explicit(&s->refused, 1, memory_order_relaxed);
	turn_away(s, fd, "403 Forbidden", "tls-required",
		  "plain HTTP is taken from this machine and from trusted proxies alone");
}

static void on_accept(evutil_socket_t listen_fd, short what, void *arg)
{
	struct loop *l = arg;
	(void)what;
	for (int i = 0; i < ACCEPT_BATCH && !l->accept_paused && l->listen_fd >= 0; i++) {
		struct sockaddr_in6 peer = { 0 };
		struct sockaddr *sa = (void *)&peer;
		socklen_t n = sizeof(peer);
		int fd = accept4(listen_fd, sa, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0)
			admit_from(l, fd, &peer);
		else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			starve(l, errno);
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			return;
		/* Anything else concerns the one connection that has gone already. */
	}
}

/* --- opening and closing --- */

static uint16_t bound_port(int fd)
{
	struct sockaddr_in6 sa = { 0 };
	socklen_t n = sizeof(sa);
	/* The port lies at the same place in both families. */
	return getsockname(fd, (void *)&sa, &n) ? 0 : ntohs(sa.sin6_port);
}

/* The first listener of a port is bound without SO_REUSEPORT for a moment: the kernel would let a second
 * server of the same user share the port, and both would answer in turn. */
static bool port_is_free(const struct addrinfo *ai)
{
	int on = 1;
	int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	bool ok = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
		  bind(fd, ai->ai_addr, ai->ai_addrlen) == 0;
	int saved = errno;
	close(fd);
	errno = saved;
	return ok;
}

static int bind_one(const struct addrinfo *ai, bool first)
{
	int on = 1;
	if (first && !port_is_free(ai))
		return -1;
	int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	/* Accepted sockets inherit TCP_NODELAY. */
	bool ok = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
		  setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) == 0 &&
		  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
		  bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0;
	if (ok)
		return fd;
	int saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* Tokens are not to cross a network in the clear by oversight. */
static bool clear_text_is_meant(const struct server *s, const struct addrinfo *ai)
{
	const struct server_config *c = &s->config;
	struct sockaddr_in6 sa = { 0 };
	memcpy(&sa, ai->ai_addr, MIN(sizeof(sa), (size_t)ai->ai_addrlen));
	struct ip ip = ip_of(&sa);
	return s->uses_tls || c->allow_plain || c->proxies.n || ip_is_loopback(&ip);
}

static enum rc bind_loop(struct server *s, struct loop *l, struct err *e)
{
	const struct server_config *c = &s->config;
	const struct addrinfo hints = { .ai_family = AF_UNSPEC,
					.ai_socktype = SOCK_STREAM,
					.ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *list = NULL;
	const char *host = c->host ? c->host : "*";
	char port[8];
	snprintf(port, sizeof(port), "%u", (unsigned)s->port);
	int gai = getaddrinfo(c->host, port, &hints, &list);
	if (gai)
		return err_set(e, RC_USAGE, "listen", "cannot listen on %s: %s", host,
			       gai_strerror(gai));
	bool refused = false;
	for (struct addrinfo *ai = list; ai && l->listen_fd < 0 && !refused; ai = ai->ai_next) {
		refused = !clear_text_is_meant(s, ai);
		if (!refused)
			l->listen_fd = bind_one(ai, l == &s->loops[0]);
	}
	int saved = errno;
	freeaddrinfo(list);
	if (refused)
		return err_set(e, RC_USAGE, "listen",
			       "refusing to listen on %s without TLS: set tls_cert and tls_key, name the "
			       "TLS proxy in trusted_proxies, or say allow_plain = yes",
			       host);
	if (l->listen_fd < 0)
		return err_set(e, RC_IO, "listen", "cannot listen on %s port %s: %s", host, port,
			       strerror(saved));
	return RC_OK;
}

enum rc listen_open(struct server *s, struct err *e)
{
	s->port = s->config.port;
	for (unsigned i = 0; i < s->loop_count; i++) {
		enum rc rc = bind_loop(s, &s->loops[i], e);
		if (rc)
			return rc;
		if (s->port == 0)
			s->port = bound_port(s->loops[i].listen_fd);
	}
	return socket_open(s, e);
}

bool listen_start(struct loop *l)
{
	l->listen_event = event_new(l->base, l->listen_fd, EV_READ | EV_PERSIST, on_accept, l);
	return l->listen_event && event_add(l->listen_event, NULL) == 0 && socket_start(l);
}

void listen_stop(struct loop *l)
{
	if (l->listen_event)
		event_free(l->listen_event);
	l->listen_event = NULL;
	if (l->listen_fd >= 0)
		close(l->listen_fd);
	l->listen_fd = -1;
	socket_stop(l);
}
