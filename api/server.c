/* server.c - life of the server and its loops: start, posts between threads, ticks, stop. */
#include "api/server.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "api/server_int.h"
#include "api/tls.h"
#include "base/clock.h"
#include "base/log.h"

/* Nothing that we answer is to be framed, sniffed, read by other sites or named to them. */
#define FIXED_FIELDS                                                                               \
	"X-Content-Type-Options: nosniff\r\n"                                                      \
	"X-Frame-Options: DENY\r\n"                                                                \
	"Referrer-Policy: no-referrer\r\n"                                                         \
	"Cross-Origin-Resource-Policy: same-origin\r\n"                                            \
	"Cross-Origin-Opener-Policy: same-origin\r\n"
#define CSP_NOTHING "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
#define FDS_SPARED 128 /* for the store, spooled bodies, logs */

void server_config_init(struct server_config *c)
{
	*c = (struct server_config){
		.host = "127.0.0.1",
		.loops = 1,
		.conns_max = 10000,
		.conns_per_address_max = 1000,
		.sse_max = 500,
		.body_memory_bytes = 1 << 20,
		.body_memory_total_bytes = 256u << 20,
		.sse_buffer_bytes = 1 << 20,
		.head_ms = 10000,
		.idle_ms = 60000,
		.body_grace_ms = 20000,
		.body_rate = 4096,
		.write_grace_ms = 30000,
		.write_rate = 4096,
		.linger_ms = 2000,
		.heartbeat_ms = 15000,
		.stop_ms = 10000,
		.proxy_field = PROXY_FIELD_FORWARDED,
		.socket_mode = 0600,
		.socket_group = (gid_t)-1,
		.hsts_s = 365 * 86400,
	};
}

/* --- posts --- */

void loop_post(struct loop *l, struct post *p)
{
	p->next = NULL;
	pthread_mutex_lock(&l->lock);
	bool was_empty = !l->posts;
	*l->posts_tail = p;
	l->posts_tail = &p->next;
	pthread_mutex_unlock(&l->lock);
	/* Whoever fills an empty queue rings; the loop empties it in one go. */
	if (was_empty)
		(void)eventfd_write(l->wake_fd, 1);
}

static struct post *take_posts(struct loop *l)
{
	pthread_mutex_lock(&l->lock);
	struct post *p = l->posts;
	l->posts = NULL;
	l->posts_tail = &l->posts;
	pthread_mutex_unlock(&l->lock);
	return p;
}

static void run_posts(struct loop *l)
{
	struct post *p = take_posts(l);
	while (p) {
		struct post *next = p->next;
		void (*fn)(void *) = p->fn;
		void *arg = p->arg;
		if (p->heap)
			free(p);
		fn(arg);
		p = next;
	}
}

enum rc server_post(struct server *s, unsigned loop, void (*fn)(void *arg), void *arg)
{
	struct post *p = malloc(sizeof(*p));
	if (!p)
		return RC_NOMEM;
	*p = (struct post){ .fn = fn, .arg = arg, .heap = true };
	loop_post(&s->loops[loop], p);
	return RC_OK;
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct loop *l = arg;
	eventfd_t count;
	(void)what;
	(void)eventfd_read(fd, &count);
	run_posts(l);
}

/* --- ticks --- */

static void set_date(struct loop *l)
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t now = time(NULL);
	struct tm t;
	if (now == l->date_s || !gmtime_r(&now, &t))
		return;
	l->date_s = now;
	unsigned hsts_s = l->server->config.hsts_s;
	int n = hsts_s ? snprintf(l->fixed_head, sizeof(l->fixed_head),
				  "Strict-Transport-Security: max-age=%u\r\n", hsts_s)
		       : 0;
	l->fixed_tls_n = (size_t)n;
	n += snprintf(l->fixed_head + n, sizeof(l->fixed_head) - (size_t)n,
		      "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n" FIXED_FIELDS CSP_NOTHING,
		      days[t.tm_wday], t.tm_mday, months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min,
		      t.tm_sec);
	l->fixed_head_n = MIN((size_t)n, sizeof(l->fixed_head) - 1);
	l->fixed_csp_n = sizeof(CSP_NOTHING) - 1;
}

static void free_dead(struct loop *l)
{
	struct conn **at = &l->dead;
	while (*at) {
		struct conn *c = *at;
		if (c->posted) { /* its post is still in the queue */
			at = &c->next;
			continue;
		}
		*at = c->next;
		conn_free(c);
	}
}

static void close_all(struct loop *l)
{
	while (l->conns)
		conn_close(l->conns);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct loop *l = arg;
	(void)fd;
	(void)what;
	l->now_ms = monotonic_us() / 1000;
	set_date(l);
	l->walking = true;
	for (struct conn *c = l->conns, *next; c; c = next) {
		next = c->next;
		conn_check_deadlines(c);
	}
	l->walking = false;
	free_dead(l);
	if (l->accept_paused && l->now_ms >= l->accept_again_ms)
		listen_resume(l);
	if (l->stopping && l->now_ms >= l->stop_at_ms)
		close_all(l);
	if (l->stopping && !l->conns)
		event_base_loopbreak(l->base);
}

/* --- stop --- */

static void begin_stop(void *arg)
{
	struct loop *l = arg;
	l->stopping = true;
	l->now_ms = monotonic_us() / 1000;
	l->stop_at_ms = l->now_ms + l->server->config.stop_ms;
	listen_stop(l);
	if (!l->base)
		return;
	l->walking = true;
	for (struct conn *c = l->conns, *next; c; c = next) {
		next = c->next;
		if (conn_is_idle(c) || c->state == CONN_EVENTS)
			conn_close(c);
	}
	l->walking = false;
	if (!l->conns)
		event_base_loopbreak(l->base);
}

/* --- loops --- */

static bool loop_events(struct loop *l)
{
	struct timeval tick = { .tv_usec = TICK_MS * 1000 };
	struct event_config *ec = event_config_new();
	/* Other threads reach a loop through its eventfd only. */
	if (ec && event_config_set_flag(ec, EVENT_BASE_FLAG_NOLOCK) == 0)
		l->base = event_base_new_with_config(ec);
	if (ec)
		event_config_free(ec);
	if (!l->base)
		return false;
	l->wake_event = event_new(l->base, l->wake_fd, EV_READ | EV_PERSIST, on_wake, l);
	l->tick_event = event_new(l->base, -1, EV_PERSIST, on_tick, l);
	return l->wake_event && l->tick_event && event_add(l->wake_event, NULL) == 0 &&
	       event_add(l->tick_event, &tick) == 0 && listen_start(l);
}

static void loop_ready(struct loop *l, enum rc rc)
{
	struct server *s = l->server;
	pthread_mutex_lock(&s->lock);
	s->ready_count++;
	if (rc && !s->ready_rc)
		s->ready_rc = rc;
	pthread_cond_signal(&s->ready);
	pthread_mutex_unlock(&s->lock);
}

static void *loop_main(void *arg)
{
	struct loop *l = arg;
	const struct server_handler *h = &l->server->config.handler;
	enum rc rc = h->loop_init ? h->loop_init(h->user, l->index, &l->data) : RC_OK;
	bool inited = rc == RC_OK;
	l->self = pthread_self();
	l->now_ms = monotonic_us() / 1000;
	set_date(l);
	if (inited && !loop_events(l))
		rc = RC_NOMEM;
	loop_ready(l, rc);
	if (rc == RC_OK && event_base_dispatch(l->base) < 0)
		log_error("http", "loop %u failed: errno %d", l->index, errno);
	listen_stop(l);
	run_posts(l);
	close_all(l);
	if (inited && h->loop_done)
		h->loop_done(h->user, l->data);
	return NULL;
}

static bool loop_init(struct server *s, unsigned index)
{
	struct loop *l = &s->loops[index];
	*l = (struct loop){ .server = s, .index = index, .listen_fd = -1, .socket_fd = -1 };
	l->posts_tail = &l->posts;
	l->next_id = (uint64_t)(index + 1) << 48;
	pthread_mutex_init(&l->lock, NULL);
	l->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	l->reserve_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	l->input = malloc(READ_BYTES);
	return l->wake_fd >= 0 && l->reserve_fd >= 0 && l->input;
}

static void loop_free(struct loop *l)
{
	/* Answers that came after the end of the loop. */
	run_posts(l);
	free_dead(l);
	while (l->all_requests)
		request_free(l->all_requests);
	listen_stop(l);
	if (l->wake_event)
		event_free(l->wake_event);
	if (l->tick_event)
		event_free(l->tick_event);
	if (l->base)
		event_base_free(l->base);
	if (l->wake_fd >= 0)
		close(l->wake_fd);
	if (l->reserve_fd >= 0)
		close(l->reserve_fd);
	gzip_free(l->gzip);
	free(l->input);
	buf_done(&l->out);
	buf_done(&l->piece);
	pthread_mutex_destroy(&l->lock);
}

/* --- the server --- */

/* Descriptors must remain for the store and for spooled bodies. */
static void fit_to_fd_limit(struct server_config *c)
{
	struct rlimit r;
	if (getrlimit(RLIMIT_NOFILE, &r) || r.rlim_cur == RLIM_INFINITY)
		return;
	rlim_t room = r.rlim_cur > 2 * FDS_SPARED ? r.rlim_cur - FDS_SPARED : r.rlim_cur / 2;
	if (c->conns_max > room) {
		log_info("http", "at most %lu connections: the limit of file descriptors is %lu",
			 (unsigned long)room, (unsigned long)r.rlim_cur);
		c->conns_max = (unsigned)MAX(room, 1);
	}
}

static enum rc start_threads(struct server *s)
{
	unsigned started = 0;
	for (unsigned i = 0; i < s->loop_count; i++) {
		struct loop *l = &s->loops[i];
		l->has_thread = pthread_create(&l->thread, NULL, loop_main, l) == 0;
		started += l->has_thread;
	}
	pthread_mutex_lock(&s->lock);
	while (s->ready_count < started)
		pthread_cond_wait(&s->ready, &s->lock);
	enum rc rc = s->ready_rc;
	pthread_mutex_unlock(&s->lock);
	return started < s->loop_count && !rc ? RC_NOMEM : rc;
}

static struct server *server_new(const struct server_config *c)
{
	struct server *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->config = *c;
	s->tls = c->tls;
	s->uses_tls = c->tls;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->ready, NULL);
	fit_to_fd_limit(&s->config);
	unsigned loops = MAX(c->loops, 1u);
	s->loops = calloc(loops, sizeof(*s->loops));
	bool ok = s->loops && address_table_init(&s->addresses, s->config.conns_max,
						 s->config.conns_per_address_max);
	while (ok && s->loop_count < loops)
		ok = loop_init(s, s->loop_count++);
	if (ok)
		return s;
	s->tls = NULL; /* the caller's yet */
	server_free(s);
	return NULL;
}

enum rc server_start(const struct server_config *c, struct server **out, struct err *e)
{
	signal(SIGPIPE, SIG_IGN);
	struct server *s = server_new(c);
	if (!s) {
		tls_free(c->tls);
		return err_set(e, RC_NOMEM, NULL, " ");
	}
	enum rc rc = listen_open(s, e);
	if (!rc) {
		rc = start_threads(s);
		if (rc)
			(void)err_set(e, rc, NULL, "the server's threads did not start");
	}
	if (rc) {
		server_stop(s);
		server_free(s);
		return rc;
	}
	*out = s;
	return RC_OK;
}

void server_stop(struct server *s)
{
	for (unsigned i = 0; i < s->loop_count; i++) {
		struct loop *l = &s->loops[i];
		l->stop_post = (struct post){ .fn = begin_stop, .arg = l };
		if (l->has_thread)
			loop_post(l, &l->stop_post);
	}
	for (unsigned i = 0; i < s->loop_count; i++)
		if (s->loops[i].has_thread)
			pthread_join(s->loops[i].thread, NULL);
}

void server_free(struct server *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->loop_count; i++)
		loop_free(&s->loops[i]);
	free(s->loops);
	address_table_done(&s->addresses);
	tls_free(s->tls);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->ready);
	free(s);
}

uint16_t server_port(const struct server *s) { return s->port; }

unsigned server_loops(const struct server *s) { return s->loop_count; }

void server_stats(const struct server *s, struct server_stats *out)
{
	*out = (struct server_stats){
		.accepted = atomic_load(&s->accepted),
		.refused = atomic_load(&s->refused),
		.requests = atomic_load(&s->requests),
		.bad_requests = atomic_load(&s->bad_requests),
		.timeouts = atomic_load(&s->timeouts),
		.paused = atomic_load(&s->paused),
		.tls_handshakes = atomic_load(&s->tls_handshakes),
		.tls_failed = atomic_load(&s->tls_failed),
		.conns = atomic_load(&s->conns),
		.streams = atomic_load(&s->streams),
	};
}
