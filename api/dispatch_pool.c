/*
 * dispatch_pool.c - requests that run on the compute pool: how large each is, told before it is run, and
 * what runs.
 */
#include "api/api_int.h"
#include "api/as_of.h"
#include "graph/small.h"

struct pooled {
	struct pool_task task; /* first */
	struct request *r;
};

static struct request *request_of(struct pool_task *task)
{
	return ((struct pooled *)(void *)task)->r;
}

/* Does the chain of the path's organisation hold few links? Where that cannot be told the handler will
 * say why, and soon. */
static bool fits(struct pool_task *task, struct txn *t, enum adj_dir dir)
{
	struct request *r = request_of(task);
	struct chain_query q;
	struct err e = { 0 };
	uint32_t org;

	r->txn = t;
	enum rc rc = request_org(r, 0, &org, &e);
	if (!rc)
		rc = request_chain(r, org, &q, &e);
	r->txn = NULL;
	return rc || chain_is_small(t, dir, org, q.depth);
}

static bool chain_fits(struct pool_task *task, struct txn *t) { return fits(task, t, ADJ_OUT); }

static bool impact_fits(struct pool_task *task, struct txn *t) { return fits(task, t, ADJ_IN); }

/* A page in id order, or one pass over the folded names; but a filter alone may read every record. */
static bool search_fits(struct pool_task *task, struct txn *t)
{
	const struct query *q = &request_of(task)->query;

	(void)t;
	return q->v[Q_q].s.n || !query_has(q, Q_held);
}

static bool never_fits(struct pool_task *task, struct txn *t)
{
	(void)task;
	(void)t;
	return false;
}

static void pool_read(struct pool_task *task, struct txn *t, struct scratch *s, enum rc rc)
{
	struct request *r = request_of(task);
	struct err e = { 0 };

	if (http_client_gone(r->http))
		rc = RC_CANCELLED;
	if (rc) {
		answer_fail(r, rc, &e);
		return;
	}
	if (query_has(&r->query, Q_as_of))
		as_of_handle(r, t, s);
	else
		dispatch_handle(r, t, s, &(struct facts){ 0 });
	if (r->written)
		dispatch_written(r);
	else
		answer_send(r);
}

/* On the pool: the handler either fills the reply or sets the command and its done(). */
static void change_run(struct pool_task *task, struct txn *t, struct scratch *s, enum rc rc)
{
	struct request *r = request_of(task);
	struct err e = { 0 };

	if (http_client_gone(r->http))
		rc = RC_CANCELLED;
	if (!rc) {
		dispatch_handle(r, t, s, &(struct facts){ 0 });
		if (r->reply.status) { /* refused, or there is nothing to do */
			answer_send(r);
			return;
		}
		r->sub.arena = r->arena;
		if (r->route->run == RUN_WRITE) {
			r->sub.done = dispatch_write_done;
			r->sub.arg = r;
		}
		rc = writer_submit(r->api->c.writer, &r->sub);
	}
	if (rc)
		answer_fail(r, rc, &e);
}

/* How a route's requests are sized and run. */
static struct pool_task task_of(const struct request *r)
{
	if (query_has(&r->query, Q_as_of)) /* as much as has changed since */
		return (struct pool_task){ .run = pool_read, .small = never_fits };
	switch (r->route->run) {
	case RUN_CHAIN:
		return (struct pool_task){ .run = pool_read, .small = chain_fits };
	case RUN_IMPACT:
		return (struct pool_task){ .run = pool_read, .small = impact_fits };
	case RUN_HEAVY:
		return (struct pool_task){ .run = pool_read, .small = never_fits };
	case RUN_SEARCH:
		return (struct pool_task){ .run = pool_read, .small = search_fits };
	case RUN_CHANGE:
		return (struct pool_task){ .run = change_run, .small = never_fits };
	case RUN_WRITE: /* one of a bound caller, see known_ready() */
		return (struct pool_task){ .run = change_run };
	case RUN_LIST:
	case RUN_PLAIN:
	case RUN_LIGHT:
	case RUN_STREAM:
	case RUN_UPLOAD:
	case RUN_EVENTS:
	case RUN_BACKUP:
	case RUN_LOGIN:
		break;
	}
	return (struct pool_task){ .run = pool_read };
}

void dispatch_pool(struct request *r)
{
	struct pooled *h = arena_alloc(r->arena, sizeof(*h));
	struct err e = { 0 };
	enum rc rc = RC_NOMEM;

	if (h) {
		*h = (struct pooled){ .task = task_of(r), .r = r };
		rc = pool_submit(r->api->pool, &h->task);
	}
	if (rc)
		answer_fail(r, rc, &e);
}
