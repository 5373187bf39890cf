/*
 * server_listen.c - listeners, one for each loop (SO_REUSEPORT), and who may come in: the caps in
 * total and by address, and what happens when file descriptors run out. A loop that can take
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

/* --- how many connections an address has --- */

bool address_table_init(struct address_table *t, unsigned conns_max, unsigned max)
{
	size_t n = 16;
	while (n < 2 * (size_t)conns_max + 2)
		n *= 2;
	pthread_mutex_init(&t->lock, NULL);
	t->slots = calloc(n, sizeof(*t->slots));
	t->mask = n - 1;
	t->max = max;
	return t->slots;
}

void address_table_done(struct address_table *t)
{
	if (t->slots)
		pthread_mutex_destroy(&t->lock);
	free(t->slots);
}

static size_t address_home(const struct address_table *t, const struct address *a)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (size_t i = 0; i < sizeof(a->bytes); i++)
		h = (h ^ a->bytes[i]) * 0x100000001b3u;
	return (size_t)(h ^ h >> 29) & t->mask;
}

static size_t address_slot(const struct address_table *t, const struct address *a)
{
	size_t i = address_home(t, a);
	while (t->slots[i].count && memcmp(&t->slots[i].address, a, sizeof(*a)) != 0)
		i = (i + 1) & t->mask;
	return i;
}

static bool address_enter(struct address_table *t, const struct address *a)
{
	pthread_mutex_lock(&t->lock);
	struct address_count *slot = &t->slots[address_slot(t, a)];
	bool ok = slot->count < t->max;
	if (ok) {
		slot->address = *a;
		slot->count++;
	}
	pthread_mutex_unlock(&t->lock);
	return ok;
}

/* Closes the hole at i, so that every entry stays reachable from its home. */
static void address_remove(struct address_table *t, size_t i)
{
	for (size_t j = (i + 1) & t->mask; t->slots[j].count; j = (j + 1) & t->mask) {
		size_t home = address_home(t, &t->slots[j].address);
		if (((j - home) & t->mask) >= ((j - i) & t->mask)) {
			t->slots[i] = t->slots[j];
			i = j;
		}
	}
	t->slots[i].count = 0;
}

void address_leave(struct address_table *t, const struct address *a)
{
	pthread_mutex_lock(&t->lock);
	size_t i = address_slot(t, a);
	if (t->slots[i].count == 1)
		address_remove(t, i);
	else if (t->slots[i].count)
		t->slots[i].count--;
	pthread_mutex_unlock(&t->lock);
}

static struct address address_of(const struct sockaddr_in6 *peer)
{
	struct address a = { { 0 } };
	struct sockaddr_in in4;
	memcpy(&in4, peer, sizeof(in4));
	if (in4.sin_family == AF_INET) {
		memcpy(a.bytes, &in4.sin_addr, 4);
		return a;
	}
	if (IN6_IS_ADDR_V4MAPPED(&peer->sin6_addr)) {
		memcpy(a.bytes, peer->sin6_addr.s6_addr + 12, 4);
		return a;
	}
	a.bytes[0] = 1;
	memcpy(a.bytes + 1, peer->sin6_addr.s6_addr, 8);
	return a;
}

/* --- accepting --- */

/* Best effort: it fits into an empty socket buffer or is lost. */
static void turn_away(int fd, const char *status, const char *code)
{
	char body[160], text[480];
	int n = snprintf(
		body, sizeof(body),
		"{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%.3s,\"code\":\"%s\"}\n",
		status + 4, status, code);
	n = snprintf(
		text, sizeof(text),
		"HTTP/1.1 %s\r\nContent-Type: application/problem+json\r\nContent-Length: %d\r\n"
		"Cache-Control: no-store\r\nRetry-After: 5\r\nConnection: close\r\n\r\n%s",
		status, n, body);
	(void)!send(fd, text, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
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
			turn_away(fd, "503 Service Unavailable", "busy");
		l->reserve_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	}
	pause_accept(l, error);
}

static void admit(struct loop *l, int fd, const struct sockaddr_in6 *peer)
{
	struct server *s = l->server;
	struct address a = address_of(peer);
	atomic_fetch_add_explicit(&s->accepted, 1, memory_order_relaxed);
	bool full = atomic_fetch_add(&s->conns, 1) >= s->config.conns_max;
	if (full && conn_evict_idle(l))
		full = false;
	if (!full && address_enter(&s->addresses, &a)) {
		if (conn_open(l, fd, peer, &a))
			return;
		address_leave(&s->addresses, &a);
		full = true;
	}
	atomic_fetch_sub(&s->conns, 1);
	atomic_fetch_add_explicit(&s->refused, 1, memory_order_relaxed);
	if (full)
		turn_away(fd, "503 Service Unavailable", "busy");
	else
		turn_away(fd, "429 Too Many Requests", "too-many-requests");
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
			admit(l, fd, &peer);
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
	for (struct addrinfo *ai = list; ai && l->listen_fd < 0; ai = ai->ai_next)
		l->listen_fd = bind_one(ai, l == &s->loops[0]);
	int saved = errno;
	freeaddrinfo(list);
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
	return RC_OK;
}

bool listen_start(struct loop *l)
{
	l->listen_event = event_new(l->base, l->listen_fd, EV_READ | EV_PERSIST, on_accept, l);
	return l->listen_event && event_add(l->listen_event, NULL) == 0;
}

void listen_stop(struct loop *l)
{
	if (l->listen_event)
		event_free(l->listen_event);
	l->listen_event = NULL;
	if (l->listen_fd >= 0)
		close(l->listen_fd);
	l->listen_fd = -1;
}
