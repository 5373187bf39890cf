/*
 * feed.c - the event stream. One thread reads each new event once, writes it as text once and hands
 * the text to every loop that has listeners. A listener that begins in the past is brought up by its
 * loop from the store, a few events at a time, until it has reached the present.
 *
 * Why no event is missed or doubled: a listener becomes live only in a round that the feeder asked for
 * after it had been counted, when its loop finds nothing behind its position in a transaction begun
 * then. Whatever the feeder read before is in that transaction; whatever it reads later it hands over,
 * and events up to the listener's position are left out.
 */
#include <stdlib.h>
#include <time.h>

#include "api/api_int.h"
#include "api/events_out.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/util.h"

#define TICK_MS 100
#define LOOK_US 500000 /* whether listeners may still listen, where there is nothing to tell */
#define BATCH_EVENTS 512
#define CATCH_UP_EVENTS 1024
#define PENDING_MAX 65536 /* a listener that has more than this to take is not brought further */

struct frame {
	uint64_t revision;
	uint32_t seq;
	size_t at; /* in the text */
};

/* Events in order, shared by the loops. */
struct batch {
	atomic_uint users;
	struct buf text;
	size_t n;
	struct frame frames[BATCH_EVENTS];
};

struct listener {
	struct sse *sse;
	struct request *r;
	struct listener *prev, *next;
	uint64_t revision; /* the last event that it has */
	uint32_t seq;
	struct event_place place;
	bool live;
	bool dismissed; /* its token or session has ended */
};

/* A loop's listeners; on that loop only, but for count. */
struct sse {
	struct loop *loop;
	struct listener *first;
	atomic_uint count, behind;
	atomic_bool lost; /* a batch could not be handed over: all begin again at the store */
};

struct feed {
	struct api *api;
	struct server *server;
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock;
	pthread_cond_t poked;
	bool is_poked, stopping;
	uint64_t revision; /* what the thread has handed over */
	uint32_t seq;
	struct event_place place;
	struct txn *txn;
	struct batch *batch; /* being filled */
};

/* ---- on a loop ---- */

struct delivery {
	struct sse *sse;
	struct batch *batch; /* NULL: only bring the others up */
};

static void batch_release(struct batch *b)
{
	if (!b || atomic_fetch_sub(&b->users, 1) != 1)
		return;
	buf_done(&b->text);
	free(b);
}

static bool is_behind(uint64_t revision, uint32_t seq, const struct listener *l)
{
	return revision > l->revision || (revision == l->revision && seq > l->seq);
}

static void send_batch(struct listener *l, const struct batch *b)
{
	size_t i = 0;

	while (i < b->n && !is_behind(b->frames[i].revision, b->frames[i].seq, l))
		i++;
	if (i == b->n)
		return;
	l->revision = b->frames[b->n - 1].revision;
	l->seq = b->frames[b->n - 1].seq;
	http_sse_send(l->r->http,
		      view_of(b->text.p + b->frames[i].at, b->text.n - b->frames[i].at));
}

struct catch_up {
	struct listener *l;
	struct buf text;
	size_t n;
};

static bool add_event(void *arg, const struct event *ev)
{
	struct catch_up *c = arg;

	event_sse(&c->text, ev);
	c->l->revision = ev->revision;
	c->l->seq = ev->seq;
	c->n++;
	return c->text.n < PENDING_MAX;
}

/* One step towards the present; true: another one can follow at once. */
static bool bring_up(struct listener *l, struct txn *t)
{
	struct catch_up c = { .l = l, .text = BUF_INIT };
	enum rc rc;

	if (http_sse_pending(l->r->http) > PENDING_MAX)
		return false;
	rc = events_read_on(t, l->revision, l->seq, CATCH_UP_EVENTS, add_event, &c, &l->place);
	if (rc || !buf_ok(&c.text)) {
		http_sse_close(l->r->http);
	} else if (c.n) {
		http_sse_send(l->r->http, buf_view(&c.text));
	} else {
		l->live = true;
		atomic_fetch_sub(&l->sse->behind, 1);
	}
	buf_done(&c.text);
	return !rc && c.n;
}

static bool bring_all_up(struct sse *s)
{
	bool again = false;
	enum rc rc;
	struct txn *t;

	if (!atomic_load(&s->behind))
		return false;
	t = loop_txn(s->loop, &rc);
	if (!t)
		return false;
	for (struct listener *l = s->first; l; l = l->next)
		if (!l->live && !l->dismissed)
			again = bring_up(l, t) || again;
	loop_txn_end(s->loop);
	return again;
}

static void begin_again(struct sse *s)
{
	for (struct listener *l = s->first; l; l = l->next) {
		if (l->live)
			atomic_fetch_add(&s->behind, 1);
		l->live = false;
	}
}

/* Whose token or session has ended hears no more. */
static void dismiss(struct sse *s)
{
	for (struct listener *l = s->first; l; l = l->next) {
		if (l->dismissed || login_stands(l->r))
			continue;
		l->dismissed = true;
		http_sse_close(l->r->http);
	}
}

static void deliver(void *arg)
{
	struct delivery *d = arg;
	struct sse *s = d->sse;

	dismiss(s);
	if (atomic_exchange(&s->lost, false))
		begin_again(s);
	for (struct listener *l = s->first; l && d->batch; l = l->next)
		if (l->live && !l->dismissed)
			send_batch(l, d->batch);
	batch_release(d->batch);
	d->batch = NULL;
	if (!bring_all_up(s) ||
	    server_post(atomic_load(&s->loop->api->server), s->loop->index, deliver, d))
		free(d);
}

static void on_close(void *user)
{
	struct listener *l = user;

	if (!l->live)
		atomic_fetch_sub(&l->sse->behind, 1);
	atomic_fetch_sub(&l->sse->count, 1);
	if (l->prev)
		l->prev->next = l->next;
	else
		l->sse->first = l->next;
	if (l->next)
		l->next->prev = l->prev;
	limits_leave(l->r->api->limits, l->r->limit_slot);
	free(l);
}

enum rc sse_open(struct loop *loop, struct request *r, uint64_t revision, uint32_t seq)
{
	struct sse *s = loop->sse;
	struct listener *l = calloc(1, sizeof(*l));

	if (!l)
		return RC_NOMEM;
	*l = (struct listener){
		.sse = s, .r = r, .next = s->first, .revision = revision, .seq = seq
	};
	answer_fill(r);
	if (!http_sse_open(r->http, on_close, l)) {
		free(l);
		r->reply.body = r->http->res.body;
		r->reply.headers = r->http->res.headers;
		buf_clear(&r->reply.headers);
		return RC_BUSY;
	}
	if (s->first)
		s->first->prev = l;
	s->first = l;
	/* Counted first, brought up on a later round only: see the top of the file. */
	atomic_fetch_add(&s->count, 1);
	atomic_fetch_add(&s->behind, 1);
	feed_poke(loop->api->feed);
	return RC_OK;
}

/* ---- the thread ---- */

static bool collect(void *arg, const struct event *ev)
{
	struct feed *f = arg;
	struct batch *b = f->batch;

	b->frames[b->n++] = (struct frame){ ev->revision, ev->seq, b->text.n };
	event_sse(&b->text, ev);
	f->revision = ev->revision;
	f->seq = ev->seq;
	return b->n < BATCH_EVENTS;
}

static void hand_to(struct feed *f, struct sse *s, struct batch *b)
{
	struct delivery *d = malloc(sizeof(*d));

	if (!d) {
		atomic_store(&s->lost, true);
		return;
	}
	*d = (struct delivery){ s, b };
	if (b)
		atomic_fetch_add(&b->users, 1);
	if (server_post(f->server, s->loop->index, deliver, d)) {
		atomic_store(&s->lost, true);
		batch_release(b);
		free(d);
	}
}

static struct batch *batch_new_events(void)
{
	struct batch *b = calloc(1, sizeof(*b));

	if (b)
		atomic_init(&b->users, 1);
	return b;
}

static unsigned listeners(const struct feed *f)
{
	unsigned n = 0;

	for (unsigned i = 0; i < f->api->c.loops; i++)
		n += atomic_load(&f->api->loops[i].sse->count);
	return n;
}

/* Reads and hands over what is new; true: there may be more. */
static bool feed_step(struct feed *f)
{
	enum rc rc = f->txn ? txn_renew(f->txn) : txn_begin_read(f->api->c.store, &f->txn);
	bool more = false;

	if (rc)
		return false;
	f->batch = listeners(f) ? batch_new_events() : NULL;
	if (f->batch) {
		rc = events_read_on(f->txn, f->revision, f->seq, BATCH_EVENTS, collect, f, &f->place);
		more = !rc && f->batch->n == BATCH_EVENTS;
	}
	if (!more) { /* all of it; without listeners too: those who come begin at the store */
		f->revision = graph_revision(f->txn);
		f->seq = UINT32_MAX;
	}
	if (rc)
		for (unsigned i = 0; i < f->api->c.loops; i++)
			atomic_store(&f->api->loops[i].sse->lost, true);
	txn_reset(f->txn);
	if (rc)
		log_error("feed", "code=%s", rc_code(rc));
	for (unsigned i = 0; f->batch && f->batch->n && i < f->api->c.loops; i++)
		if (atomic_load(&f->api->loops[i].sse->count))
			hand_to(f, f->api->loops[i].sse, f->batch);
	batch_release(f->batch);
	f->batch = NULL;
	return more;
}

/* Waits for a poke or a tick; false: stop. */
static bool feed_wait(struct feed *f)
{
	struct timespec until;
	bool go;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += TICK_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_mutex_lock(&f->lock);
	if (!f->is_poked && !f->stopping)
		pthread_cond_timedwait(&f->poked, &f->lock, &until);
	f->is_poked = false;
	go = !f->stopping;
	pthread_mutex_unlock(&f->lock);
	return go;
}

static void *feed_run(void *arg)
{
	struct feed *f = arg;
	struct api *a = f->api;
	int64_t looked_us = 0;

	while (feed_wait(f)) {
		int64_t now_us = monotonic_us();
		bool look = now_us - looked_us >= LOOK_US;
		looked_us = look ? now_us : looked_us;
		uint64_t revision = writer_revision(a->c.writer);
		waiters_poke(a->waiters, revision, monotonic_us());
		while (f->revision < revision && feed_step(f))
			;
		narrow_poke(a);
		for (unsigned i = 0; i < a->c.loops; i++)
			if (atomic_load(&a->loops[i].sse->behind) ||
			    atomic_load(&a->loops[i].sse->lost) ||
			    (look && atomic_load(&a->loops[i].sse->count)))
				hand_to(f, a->loops[i].sse, NULL);
	}
	txn_abort(f->txn);
	f->txn = NULL;
	return NULL;
}

struct feed *feed_new(struct api *a)
{
	struct feed *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->api = a;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->poked, NULL);
	for (unsigned i = 0; i < a->c.loops; i++) {
		struct sse *s = calloc(1, sizeof(*s));
		if (!s) {
			feed_free(f);
			return NULL;
		}
		s->loop = &a->loops[i];
		a->loops[i].sse = s;
	}
	return f;
}

bool feed_start(struct feed *f, struct server *s)
{
	f->server = s;
	f->revision = writer_revision(f->api->c.writer);
	f->seq = UINT32_MAX;
	f->has_thread = pthread_create(&f->thread, NULL, feed_run, f) == 0;
	return f->has_thread;
}

void feed_poke(struct feed *f)
{
	pthread_mutex_lock(&f->lock);
	f->is_poked = true;
	pthread_cond_signal(&f->poked);
	pthread_mutex_unlock(&f->lock);
}

void feed_stop(struct feed *f)
{
	pthread_mutex_lock(&f->lock);
	f->stopping = true;
	pthread_cond_signal(&f->poked);
	pthread_mutex_unlock(&f->lock);
	if (f->has_thread)
		pthread_join(f->thread, NULL);
	f->has_thread = false;
}

void feed_free(struct feed *f)
{
	if (!f)
		return;
	feed_stop(f);
	for (unsigned i = 0; i < f->api->c.loops; i++) {
		free(f->api->loops[i].sse);
		f->api->loops[i].sse = NULL;
	}
	pthread_cond_destroy(&f->poked);
	pthread_mutex_destroy(&f->lock);
	free(f);
}
