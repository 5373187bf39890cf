/*
 * dispatch.c - the life of a request between the server and its handler. on_head() admits it;
 * on_request() runs the handler where its route says: on the loop, on the pool, through the writer.
 * Each request is answered exactly once.
 */
#include "api/access.h"
#include "api/api_int.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "api/problem.h"
#include "base/util.h"

/* ---- reads ---- */

static void facts_fit(struct facts *f, struct txn *t)
{
	uint64_t snapshot = txn_snapshot(t);

	if (f->snapshot == snapshot)
		return;
	f->revision = graph_revision(t);
	f->today = graph_today(t);
	f->snapshot = txn_rc(t) ? 0 : snapshot;
}

void dispatch_handle(struct request *r, struct txn *t, struct scratch *s, struct facts *f)
{
	struct err e = { 0 };
	enum rc rc;

	facts_fit(f, t);
	r->txn = t;
	r->scratch = s;
	r->today = f->today;
	r->reply.revision = f->revision;
	rc = access_path(r, &e);
	if (!rc)
		rc = r->route->handle(r, &e);
	if (!rc)
		look_note(r, t, s ? NULL : &((struct loop *)r->http->loop_data)->looked);
	r->txn = NULL;
	r->scratch = NULL;
	if (rc) {
		e.rc = rc;
		answer_problem(r, &e);
	}
}

struct txn *loop_txn(struct loop *l, enum rc *out_rc)
{
	*out_rc = l->txn ? txn_renew(l->txn) : txn_begin_read(l->api->c.store, &l->txn);
	return *out_rc ? NULL : l->txn;
}

void loop_txn_end(struct loop *l)
{
	if (!l->txn)
		return;
	txn_reset(l->txn);
	if (txn_rc(l->txn)) { /* a hard error sticks: begin anew */
		txn_abort(l->txn);
		l->txn = NULL;
	}
}

static void run_light(struct request *r)
{
	struct loop *l = r->http->loop_data;
	struct err e = { 0 };
	enum rc rc;
	struct txn *t = loop_txn(l, &rc);

	if (!t) {
		answer_fail(r, rc, &e);
		return;
	}
	if (access_waits(r, t)) {
		loop_txn_end(l);
		dispatch_pool(r);
		return;
	}
	if (answer_cache_get(&l->cache, r, txn_snapshot(t))) {
		look_note(r, t, &l->looked);
	} else {
		dispatch_handle(r, t, NULL, &l->facts);
		answer_cache_put(&l->cache, r, txn_snapshot(t));
	}
	loop_txn_end(l);
	answer_send(r);
}

/* ---- writes ---- */

/* The read route of the same path: what a write answers like. */
static const struct route *read_route(const struct route *w)
{
	for (size_t i = 0; i < routes_count; i++)
		if (routes[i].method == HTTP_GET && strcmp(routes[i].path, w->path) == 0)
			return &routes[i];
	return NULL;
}

/* On the loop, behind the commit. */
static void write_answer(void *arg)
{
	struct request *r = arg;
	struct loop *l = r->http->loop_data;
	const struct route *read = read_route(r->route);
	struct err e = { 0 };
	enum rc rc;

	r->reply.revision = r->sub.revision;
	r->reply.warnings = r->result.warnings;
	if (r->op.kind == OP_DELETE || !read) {
		r->reply.status = 204;
		answer_send(r);
		return;
	}
	struct txn *t = loop_txn(l, &rc);
	if (!t) {
		answer_fail(r, rc, &e);
		return;
	}
	r->written = true;
	r->route = read;
	if (!access_waits(r, t)) {
		dispatch_handle(r, t, NULL, &l->facts);
		loop_txn_end(l);
		dispatch_written(r);
		return;
	}
	loop_txn_end(l);
	dispatch_pool(r);
}

/* A caller that may not see what it wrote, and one whose record somebody else removed in the meantime, get no body. */
void dispatch_written(struct request *r)
{
	if (r->reply.status == 404 || r->reply.status == 403) {
		buf_clear(&r->reply.body);
		r->reply.type = NULL;
		r->reply.status = 204;
	} else if (!r->reply.status) {
		r->reply.write = true;
		r->reply.status = r->result.created ? 201 : 200;
		if (r->result.created)
			reply_header(&r->reply, "Location", "%.*s", (int)r->path.n,
				     (const char *)r->path.p);
	}
	answer_send(r);
}

/* On the writer's thread. */
void dispatch_write_done(struct submission *sub)
{
	struct request *r = sub->arg;

	if (sub->rc) {
		answer_fail(r, sub->rc, &sub->err);
		return;
	}
	if (server_post(atomic_load(&r->api->server), r->http->loop, write_answer, r)) {
		r->reply.revision = sub->revision;
		r->reply.status = 204; /* done, but there is no memory to show it */
		answer_send(r);
	}
}

static void run_write(struct request *r)
{
	struct loop *l = r->http->loop_data;
	struct err e = { 0 };
	enum rc rc;

	r->txn = loop_txn(l, &rc);
	if (!rc && !known_ready(r->api, r->txn, &r->who)) {
		r->txn = NULL;
		loop_txn_end(l);
		dispatch_pool(r);
		return;
	}
	if (!rc) {
		rc = r->route->handle(r, &e);
		r->txn = NULL;
		loop_txn_end(l);
	}
	if (!rc && r->reply.status) { /* there is nothing to do */
		answer_send(r);
		return;
	}
	r->sub.arena = r->arena;
	r->sub.done = dispatch_write_done;
	r->sub.arg = r;
	if (!rc)
		rc = writer_submit(r->api->c.writer, &r->sub);
	if (rc)
		answer_fail(r, rc, &e);
}

/* ---- the rest ---- */

static void run_asset(struct request *r)
{
	const struct asset *a = r->asset;

	snprintf(r->reply.etag, sizeof(r->reply.etag), "%s", a->etag);
	r->reply.type = a->mime;
	reply_header(&r->reply, "Permissions-Policy", "%s", ASSETS_PERMISSIONS);
	r->http->res.csp = ASSETS_CSP;
	r->http->res.cache = ASSETS_CACHE_CONTROL;
	answer_fill(r);
	if (r->http->res.status == 200)
		r->http->res.fixed = a->body;
	http_reply(r->http);
}

static void run_plain(struct request *r)
{
	struct err e = { 0 };
	enum rc rc = r->route->handle(r, &e);

	if (rc)
		answer_fail(r, rc, &e);
	else
		answer_send(r);
}

static void run_stream(struct request *r)
{
	struct loop *l = r->http->loop_data;
	struct err e = { 0 };
	enum rc rc;
	struct txn *t = loop_txn(l, &rc);

	if (!t) {
		answer_fail(r, rc, &e);
		return;
	}
	dispatch_handle(r, t, NULL, &l->facts);
	loop_txn_end(l);
	if (r->reply.status >= 400)
		answer_send(r);
	else if (!stream_send(r))
		answer_fail(r, RC_NOMEM, &e);
}

/* A handler that opens an event stream keeps the request where it answers RC_OK. */
static void run_events(struct request *r)
{
	struct loop *l = r->http->loop_data;
	struct err e = { 0 };
	enum rc rc;

	if (r->method == HTTP_HEAD) { /* nothing to listen to */
		r->reply.type = "text/event-stream";
		answer_send(r);
		return;
	}
	r->txn = loop_txn(l, &rc);
	if (!rc) {
		rc = r->route->handle(r, &e);
		loop_txn_end(l);
	}
	if (rc)
		answer_fail(r, rc, &e);
}

/* The handler has handed the request on, or says why not. */
static void run_kept(struct request *r)
{
	struct err e = { 0 };
	enum rc rc = r->route->handle(r, &e);

	if (rc)
		answer_fail(r, rc, &e);
}

void dispatch_run(struct request *r)
{
	struct err e = { 0 };

	if (atomic_load(&r->api->stopping)) {
		answer_fail(r, RC_STOPPING, &e);
		return;
	}
	if (query_has(&r->query, Q_as_of)) {
		dispatch_pool(r);
		return;
	}
	switch (r->route->run) {
	case RUN_PLAIN:
	case RUN_UPLOAD:
		run_plain(r);
		return;
	case RUN_LIGHT:
		run_light(r);
		return;
	case RUN_LIST:
	case RUN_CHAIN:
	case RUN_IMPACT:
	case RUN_HEAVY:
	case RUN_SEARCH:
	case RUN_CHANGE:
		dispatch_pool(r);
		return;
	case RUN_WRITE:
		run_write(r);
		return;
	case RUN_STREAM:
		run_stream(r);
		return;
	case RUN_EVENTS:
		run_events(r);
		return;
	case RUN_BACKUP:
		backup_run(r);
		return;
	case RUN_LOGIN:
		run_kept(r);
		return;
	}
}

/* A body that lies in a file is small here: it is read into the arena. */
static enum rc read_spooled(struct request *r)
{
	size_t n = (size_t)r->http->body_bytes, got = 0;
	char *p = arena_alloc(r->arena, n + 1);

	if (!p)
		return RC_NOMEM;
	while (got < n) {
		ssize_t k = pread(r->http->body_fd, p + got, n - got, (off_t)got);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return RC_IO;
		got += (size_t)k;
	}
	r->body = view_of(p, n);
	return RC_OK;
}

static struct request *request_make(struct api *a, struct http_request *http)
{
	struct request *r = arena_zalloc(http->arena, sizeof(*r));

	if (!r)
		return NULL;
	r->http = http;
	r->api = a;
	r->arena = http->arena;
	r->method = http->method;
	r->path = http->path;
	r->raw_query = http->query;
	r->lang = problem_lang(http_header(http, "accept-language"));
	r->content_type = http_header(http, "content-type");
	r->accept = http_header(http, "accept");
	r->if_match = http_header(http, "if-match");
	r->if_none_match = http_header(http, "if-none-match");
	r->idempotency_key = http_header(http, "idempotency-key");
	r->last_event_id = http_header(http, "last-event-id");
	r->reply.body = http->res.body; /* their memory is used again */
	r->reply.headers = http->res.headers;
	http->res.body = http->res.headers = BUF_INIT;
	buf_clear(&r->reply.body);
	buf_clear(&r->reply.headers);
	return r;
}

static bool on_head(void *user, struct http_request *http, struct http_limits *limits)
{
	struct api *a = user;
	struct request *r = request_make(a, http);
	struct err e = { 0 };

	if (!r) {
		http->res.status = 503;
		return false;
	}
	http->user = r;
	enum rc rc = admit(r, &e);
	if (rc) {
		e.rc = rc;
		answer_problem(r, &e);
		answer_fill(r);
		return false;
	}
	limits->body_max = a->c.json_max_bytes;
	if (r->route && r->route->body == BODY_FILE) {
		limits->body_max = a->c.import_max_bytes;
		limits->spool = true;
		limits->hash = r->idempotency_key.n > 0;
	}
	return true;
}

static void on_request(void *user, struct http_request *http)
{
	struct request *r = http->user;
	struct api *a = user;
	struct err e = { 0 };
	uint64_t at_least;
	enum rc rc = RC_OK;

	if (r->asset) {
		run_asset(r);
		return;
	}
	r->body = http->body;
	if (http->body_fd >= 0 && r->route->body != BODY_FILE)
		rc = read_spooled(r);
	if (rc) {
		answer_fail(r, rc, &e);
		return;
	}
	at_least = (uint64_t)r->query.v[Q_revision_at_least].n;
	if (at_least > writer_revision(a->c.writer)) {
		if (!waiters_add(a->waiters, r, at_least)) {
			err_set(&e, RC_BEHIND, NULL, "%llu", (unsigned long long)at_least);
			answer_fail(r, RC_BEHIND, &e);
		}
		return;
	}
	dispatch_run(r);
}

/* The client left while its body came: what request_make() took goes back. */
static void on_drop(void *user, struct http_request *http)
{
	struct request *r = http->user;

	(void)user;
	limits_leave(r->api->limits, r->limit_slot);
	buf_done(&r->fields);
	buf_done(&r->contacts);
	http->res.body = r->reply.body;
	http->res.headers = r->reply.headers;
}

/* What the server itself refuses: its status and code stand. */
static void on_error(void *user, struct http_request *http, int status, const char *code,
		     const char *detail)
{
	struct api *a = user;
	struct request *r = http->user ? http->user : request_make(a, http);

	http->res.status = status;
	if (!r)
		return;
	buf_clear(&r->reply.body);
	problem_json_plain(&r->reply.body, status, code, detail);
	r->reply.status = status;
	r->reply.type = "application/problem+json";
	if (status == 503 || status == 429)
		reply_header(&r->reply, "Retry-After", "5");
	answer_fill(r);
}

static enum rc loop_init(void *user, unsigned index, void **out_data)
{
	struct api *a = user;
	struct loop *l = &a->loops[index];

	l->api = a;
	l->index = index;
	*out_data = l;
	enum rc rc = txn_begin_read(a->c.store, &l->txn);
	if (!rc)
		txn_reset(l->txn);
	return rc;
}

static void loop_done(void *user, void *data)
{
	struct loop *l = data;

	(void)user;
	txn_abort(l->txn);
	l->txn = NULL;
	answer_cache_done(&l->cache);
	auth_memo_done(&l->known);
}

void api_handler(struct api *a, struct server_handler *out)
{
	*out = (struct server_handler){
		.user = a,
		.on_head = on_head,
		.on_request = on_request,
		.on_drop = on_drop,
		.on_error = on_error,
		.loop_init = loop_init,
		.loop_done = loop_done,
	};
}
