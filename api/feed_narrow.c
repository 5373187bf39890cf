/*
 * feed_narrow.c - the event streams of bound callers. Each is brought on by steps of its own (narrow.h): one at a time,
 * and the next is asked for when the answer of the one before has been sent, so that order, completeness and memory
 * are those of one reader of the log. A stream is its loop's.
 */
#include <stdlib.h>

#include "api/api_int.h"
#include "api/login.h"
#include "api/narrow.h"
#include "base/clock.h"

#define PENDING_MAX 65536 /* a listener that has more than this to take is not brought further */
#define CHECK_MS 500      /* how often it is looked whether tokens still stand */

struct narrow_stream {
	struct narrow_step step; /* first */
	struct narrow_loop *of;
	struct request *r;
	struct identity who; /* outlives the request */
	struct narrow_stream *prev, *next;
	bool busy;   /* the step is asked for */
	bool closed; /* the client has gone; freed when the step comes back */
	bool ended;  /* told to close */
};

/* A loop's streams; on that loop only, but for the atomics. */
struct narrow_loop {
	struct loop *loop;
	struct narrow_stream *first;
	atomic_uint count;
	atomic_bool posted; /* a round is on its way */
	unsigned generation;
	int64_t checked_us;
};

static void end_stream(struct narrow_stream *n)
{
	if (!n->ended)
		http_sse_close(n->r->http);
	n->ended = true;
}

static void ask(struct narrow_stream *n)
{
	struct api *a = n->of->loop->api;

	if (n->busy || n->ended || http_sse_pending(n->r->http) > PENDING_MAX)
		return;
	if (n->step.end && n->step.revision >= writer_revision(a->c.writer))
		return;
	n->busy = narrow_ask(a->narrow, &n->step);
}

static void on_step(struct narrow_step *s)
{
	struct narrow_stream *n = (struct narrow_stream *)(void *)s;

	n->busy = false;
	if (n->closed) {
		buf_done(&s->text);
		free(n);
		return;
	}
	if (s->rc)
		end_stream(n);
	else if (s->text.n && !n->ended)
		http_sse_send(n->r->http, buf_view(&s->text));
	buf_clear(&s->text);
	if (s->text.cap > 2 * PENDING_MAX)
		buf_done(&s->text);
	ask(n);
}

static void on_close(void *user)
{
	struct narrow_stream *n = user;
	struct narrow_loop *of = n->of;

	atomic_fetch_sub(&of->count, 1);
	if (n->prev)
		n->prev->next = n->next;
	else
		of->first = n->next;
	if (n->next)
		n->next->prev = n->prev;
	limits_leave(n->r->api->limits, n->r->limit_slot);
	n->closed = true;
	if (n->busy)
		return;
	buf_done(&n->step.text);
	free(n);
}

/* Tokens are looked at when they change, and twice a second, with sessions, for those that run out. */
static bool time_to_check(struct narrow_loop *l)
{
	struct api *a = l->loop->api;
	unsigned generation = atomic_load(&a->auth.generation);
	int64_t now = monotonic_us();

	if (generation == l->generation && now - l->checked_us < CHECK_MS * 1000)
		return false;
	l->generation = generation;
	l->checked_us = now;
	return true;
}

static void round_of(void *arg)
{
	struct narrow_loop *l = arg;
	atomic_store(&l->posted, false);
	bool check = time_to_check(l);
	for (struct narrow_stream *n = l->first; n; n = n->next) {
		if (check && !n->ended && !login_stands(n->r))
			end_stream(n);
		ask(n);
	}
}

void narrow_poke(struct api *a)
{
	for (unsigned i = 0; i < a->c.loops; i++) {
		struct narrow_loop *l = a->loops[i].narrow;
		if (!atomic_load(&l->count) || atomic_exchange(&l->posted, true))
			continue;
		if (server_post(atomic_load(&a->server), i, round_of, l))
			atomic_store(&l->posted, false); /* at the next tick */
	}
}

enum rc narrow_open(struct loop *loop, struct request *r, uint64_t revision, uint32_t seq)
{
	struct narrow_loop *of = loop->narrow;
	struct narrow_stream *n = calloc(1, sizeof(*n));

	if (!n)
		return RC_NOMEM;
	*n = (struct narrow_stream){ .of = of, .r = r, .who = r->who, .next = of->first };
	n->step = (struct narrow_step){ .who = &n->who, .revision = revision, .seq = seq, .until = UINT64_MAX,
					.left = UINT64_MAX, .sse = true, .loop = loop->index, .done = on_step };
	answer_fill(r);
	if (!http_sse_open(r->http, on_close, n)) {
		free(n);
		r->reply.body = r->http->res.body;
		r->reply.headers = r->http->res.headers;
		buf_clear(&r->reply.headers);
		return RC_BUSY;
	}
	if (of->first)
		of->first->prev = n;
	of->first = n;
	atomic_fetch_add(&of->count, 1);
	ask(n);
	return RC_OK;
}

bool narrow_loops_new(struct api *a)
{
	for (unsigned i = 0; i < a->c.loops; i++) {
		a->loops[i].narrow = calloc(1, sizeof(*a->loops[i].narrow));
		if (!a->loops[i].narrow)
			return false;
		a->loops[i].narrow->loop = &a->loops[i];
	}
	return true;
}

void narrow_loops_free(struct api *a)
{
	for (unsigned i = 0; a->loops && i < a->c.loops; i++) {
		free(a->loops[i].narrow);
		a->loops[i].narrow = NULL;
	}
}
