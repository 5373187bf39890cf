/* http_rig.c - see http_rig.h. Held requests and SSE handles wait in the same list. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/api/http_rig.h"

static void hold(struct rig *r, struct http_request *req)
{
	pthread_mutex_lock(&r->lock);
	ck_assert_uint_lt(r->held_count, RIG_HELD_MAX);
	r->held[r->held_count++] = req;
	pthread_mutex_unlock(&r->lock);
}

static void count(struct rig *r, unsigned *field)
{
	pthread_mutex_lock(&r->lock);
	(*field)++;
	pthread_mutex_unlock(&r->lock);
}

void rig_reply(struct http_request *req, const char *text)
{
	req->res.status = 200;
	req->res.type = "text/plain; charset=utf-8";
	buf_adds(&req->res.body, text);
	http_reply(req);
}

static void *reply_elsewhere(void *arg)
{
	struct http_request *req = arg;
	usleep(2000);
	rig_reply(req, "async");
	return NULL;
}

static void do_async(struct http_request *req)
{
	pthread_t t;
	ck_assert_int_eq(pthread_create(&t, NULL, reply_elsewhere, req), 0);
	pthread_detach(t);
}

static void do_echo(struct rig *r, struct http_request *req)
{
	req->res.status = 200;
	if (req->body_fd < 0) {
		buf_addv(&req->res.body, req->body);
		http_reply(req);
		return;
	}
	count(r, &r->spooled);
	ck_assert(buf_reserve(&req->res.body, req->body_bytes));
	ssize_t n = pread(req->body_fd, req->res.body.p, req->body_bytes, 0);
	ck_assert_int_eq(n, (ssize_t)req->body_bytes);
	req->res.body.n = (size_t)n;
	http_reply(req);
}

struct pieces {
	struct rig *rig;
	unsigned left;
	bool abort;
};

static enum http_pull pull_piece(void *state, struct buf *out)
{
	struct pieces *p = state;
	if (p->left == 0)
		return p->abort ? HTTP_PULL_ABORT : HTTP_PULL_END;
	buf_addf(out, "piece %u\n", --p->left);
	return HTTP_PULL_MORE;
}

static void pieces_done(void *state)
{
	struct pieces *p = state;
	count(p->rig, &p->rig->sources_done);
	free(p);
}

static unsigned long number(struct view v)
{
	char text[32];
	snprintf(text, sizeof(text), "%.*s", (int)v.n, v.n ? (const char *)v.p : "");
	return strtoul(text, NULL, 10);
}

static void do_stream(struct rig *r, struct http_request *req)
{
	static const struct http_source source = { pull_piece, pieces_done };
	struct pieces *p = malloc(sizeof(*p));
	ck_assert_ptr_nonnull(p);
	*p = (struct pieces){ .rig = r,
			      .left = (unsigned)number(req->query),
			      .abort = view_is(req->path, "/abort") };
	req->res.status = 200;
	req->res.type = "text/plain";
	req->res.source = &source;
	req->res.source_state = p;
	http_reply(req);
}

static void do_big(struct http_request *req)
{
	unsigned long n = number(req->query);
	ck_assert(buf_reserve(&req->res.body, n));
	for (unsigned long i = 0; i < n; i++)
		req->res.body.p[i] = (char)('a' + i % 23);
	req->res.body.n = n;
	req->res.status = 200;
	req->res.type = "application/json";
	req->res.etag = VIEW_LIT("\"7.b16\"");
	http_reply(req);
}

static void do_file(struct rig *r, struct http_request *req)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/file", r->dir);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	for (int i = 0; i < 20000; i++)
		ck_assert_int_eq(dprintf(fd, "%09d\n", i), 10);
	unlink(path);
	req->res.status = 200;
	req->res.has_file = true;
	req->res.file_fd = fd;
	req->res.file_bytes = 200000;
	http_reply(req);
}

static void sse_closed(void *user)
{
	struct rig *r = user;
	count(r, &r->sse_closed);
}

static void do_sse(struct rig *r, struct http_request *req)
{
	if (http_sse_open(req, sse_closed, r)) {
		hold(r, req);
		return;
	}
	req->res.status = 503;
	http_reply(req);
}

static void do_fields(struct http_request *req)
{
	char peer[64];
	http_peer(req, peer, sizeof(peer));
	struct view agent = http_header(req, "user-agent"), host = http_host(req);
	http_header_add(req, "X-Odd", "a\r\nSet-Cookie: b%c", 1);
	buf_addf(&req->res.body, "%.*s %.*s %s %d", (int)agent.n, (const char *)agent.p,
		 (int)host.n, (const char *)host.p, peer, *(int *)req->loop_data);
	req->res.status = 200;
	req->res.cache = "public, max-age=60";
	http_reply(req);
}

static void do_fixed(struct http_request *req)
{
	static char page[300000];
	memset(page, 'p', sizeof(page));
	req->res.status = 200;
	req->res.fixed = view_of(page, req->query.p ? number(req->query) : sizeof(page));
	http_reply(req);
}

static void on_request(void *user, struct http_request *req)
{
	struct rig *r = user;
	if (view_is(req->path, "/echo") || view_is(req->path, "/small") ||
	    view_is(req->path, "/spool"))
		do_echo(r, req);
	else if (view_is(req->path, "/async"))
		do_async(req);
	else if (view_is(req->path, "/hold"))
		hold(r, req);
	else if (view_is(req->path, "/stream") || view_is(req->path, "/abort"))
		do_stream(r, req);
	else if (view_is(req->path, "/big"))
		do_big(req);
	else if (view_is(req->path, "/file"))
		do_file(r, req);
	else if (view_is(req->path, "/sse"))
		do_sse(r, req);
	else if (view_is(req->path, "/fields"))
		do_fields(req);
	else if (view_is(req->path, "/fixed"))
		do_fixed(req);
	else
		rig_reply(req, "hello");
}

static bool on_head(void *user, struct http_request *req, struct http_limits *limits)
{
	(void)user;
	if (view_is(req->path, "/small"))
		limits->body_max = 10;
	else
		limits->body_max = 64u << 20;
	limits->spool = view_is(req->path, "/spool");
	if (!view_is(req->path, "/no"))
		return true;
	req->res.status = 401;
	return false;
}

static void on_drop(void *user, struct http_request *req)
{
	struct rig *r = user;
	(void)req;
	count(r, &r->drops);
}

static enum rc on_loop_init(void *user, unsigned loop, void **out)
{
	struct rig *r = user;
	r->loop_data[loop] = 100 + (int)loop;
	*out = &r->loop_data[loop];
	count(r, &r->inits);
	return RC_OK;
}

static void on_loop_done(void *user, void *data)
{
	struct rig *r = user;
	(void)data;
	count(r, &r->dones);
}

void rig_on_error(void *user, struct http_request *req, int status, const char *code,
		  const char *detail)
{
	struct rig *r = user;
	count(r, &r->errors);
	http_header_add(req, "X-Code", "%s", code);
	buf_addf(&req->res.body, "%d %s %zu", status, detail, req->path.n);
	req->res.status = status;
}

void rig_init(struct rig *r)
{
	memset(r, 0, sizeof(*r));
	pthread_mutex_init(&r->lock, NULL);
	snprintf(r->dir, sizeof(r->dir), "/tmp/tierwatch-http-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(r->dir));
	server_config_init(&r->config);
	r->config.spool_dir = r->dir;
	r->config.handler = (struct server_handler){
		.user = r,
		.on_head = on_head,
		.on_request = on_request,
		.on_drop = on_drop,
		.loop_init = on_loop_init,
		.loop_done = on_loop_done,
	};
}

void rig_start(struct rig *r)
{
	struct err e;
	ck_assert_int_eq(server_start(&r->config, &r->server, &e), RC_OK);
	r->port = server_port(r->server);
	ck_assert_uint_ne(r->port, 0);
}

void rig_stop(struct rig *r)
{
	if (r->server)
		server_stop(r->server);
	server_free(r->server);
	r->server = NULL;
	ck_assert_uint_eq(r->inits, r->dones);
	ck_assert_int_eq(rmdir(r->dir), 0); /* nothing is left behind */
	pthread_mutex_destroy(&r->lock);
}

struct server_stats rig_stats(struct rig *r)
{
	struct server_stats s;
	server_stats(r->server, &s);
	return s;
}

unsigned rig_count(struct rig *r, const unsigned *field)
{
	pthread_mutex_lock(&r->lock);
	unsigned n = *field;
	pthread_mutex_unlock(&r->lock);
	return n;
}

unsigned rig_held(struct rig *r) { return rig_count(r, &r->held_count); }

struct http_request *rig_take(struct rig *r)
{
	pthread_mutex_lock(&r->lock);
	ck_assert_uint_gt(r->held_count, 0);
	struct http_request *req = r->held[0];
	r->held_count--;
	memmove(r->held, r->held + 1, r->held_count * sizeof(r->held[0]));
	pthread_mutex_unlock(&r->lock);
	return req;
}

struct send_job {
	struct rig *rig;
	unsigned loop;
	const char *text;
};

static void send_on_loop(void *arg)
{
	struct send_job *j = arg;
	pthread_mutex_lock(&j->rig->lock);
	for (unsigned i = 0; i < j->rig->held_count; i++)
		if (j->rig->held[i]->loop == j->loop)
			http_sse_send(j->rig->held[i], view_str(j->text));
	pthread_mutex_unlock(&j->rig->lock);
	free(j);
}

void rig_sse_send(struct rig *r, const char *text)
{
	for (unsigned i = 0; i < server_loops(r->server); i++) {
		struct send_job *j = malloc(sizeof(*j));
		ck_assert_ptr_nonnull(j);
		*j = (struct send_job){ r, i, text };
		ck_assert_int_eq(server_post(r->server, i, send_on_loop, j), RC_OK);
	}
}
