/* narrow.c - see narrow.h. */
#include "api/narrow.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "api/api_int.h"
#include "api/event_filter.h"
#include "api/events_out.h"
#include "base/clock.h"
#include "base/log.h"

#define STEP_EVENTS 2048 /* looked at */
#define STEP_BYTES 65536 /* shown */

struct narrow {
	struct api *api;
	struct server *server;
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct narrow_step *first, *last; /* under lock */
	bool stopping;
	/* the thread's own */
	struct txn *txn;
	struct scratch *scratch;
};

/* ---- a step ---- */

struct reading {
	struct narrow_step *s;
	struct event_filter filter;
	size_t seen;
	bool past; /* came to what is behind `until` */
};

/* Who sees all is here where it picks. */
static bool show(struct reading *r, const struct event *ev, struct event *out)
{
	*out = *ev;
	if (r->s->pick && !event_type_picked(r->s->pick, ev))
		return false;
	if (!access_sees_all(r->s->who) && !event_filter_show(&r->filter, ev, out))
		return false;
	return !r->s->pick || event_subject_picked(r->s->pick, out);
}

static bool take(void *arg, const struct event *ev)
{
	struct reading *r = arg;
	struct narrow_step *s = r->s;
	struct event out;

	r->past = ev->revision > s->until;
	if (r->past)
		return false;
	if (s->pick && s->pick->scan_left == 0)
		return false;
	bool shown = show(r, ev, &out);
	if (r->filter.rc)
		return false;
	if (shown && s->sse) {
		event_sse(&s->text, &out);
	} else if (shown) {
		event_json(&s->text, &out);
		buf_addc(&s->text, '\n');
	}
	s->revision = ev->revision;
	s->seq = ev->seq;
	s->left -= shown;
	r->seen++;
	if (s->pick)
		s->pick->scan_left--;
	return s->left && s->text.n < STEP_BYTES && r->seen < STEP_EVENTS;
}

static void read_step(struct narrow *n, struct narrow_step *s)
{
	struct reading r = { .s = s };
	uint64_t last = graph_revision(n->txn);

	event_filter_begin(&r.filter, n->api, n->txn, n->scratch, s->who);
	s->rc = r.filter.rc;
	if (!s->rc)
		s->rc = events_read_on(n->txn, s->revision, s->seq, STEP_EVENTS, take, &r, &s->place);
	if (!s->rc)
		s->rc = r.filter.rc ? r.filter.rc : buf_ok(&s->text) ? RC_OK : RC_NOMEM;
	event_filter_done(&r.filter);
	bool full = s->text.n >= STEP_BYTES || r.seen >= STEP_EVENTS;
	bool scanned = s->pick && s->pick->scan_left == 0;
	s->end = !s->left || r.past || !full || scanned;
	s->cut = s->end && !r.past && (!s->left || scanned);
	if (!s->rc && s->end && !s->cut && !r.past && s->revision <= last) { /* all of this snapshot */
		s->revision = last;
		s->seq = UINT32_MAX;
	}
}

static void run_step(struct narrow *n, struct narrow_step *s)
{
	if (!auth_still(&n->api->auth, s->who, clock_now_ms(n->api->c.clock))) {
		s->rc = RC_UNAUTHORIZED;
		return;
	}
	s->rc = n->txn ? txn_renew(n->txn) : txn_begin_read(n->api->c.store, &n->txn);
	if (s->rc)
		return;
	read_step(n, s);
	txn_reset(n->txn);
	if (txn_rc(n->txn)) { /* a hard error sticks: begin anew */
		txn_abort(n->txn);
		n->txn = NULL;
	}
	if (s->rc)
		log_error("narrow", "code=%s", rc_code(s->rc));
}

/* ---- the thread ---- */

static void on_loop(void *arg)
{
	struct narrow_step *s = arg;

	s->done(s);
}

/* Without memory for a post there is nothing better than to try again. */
static void answer(struct narrow *n, struct narrow_step *s)
{
	struct timespec pause = { 0, 10000000 };

	while (server_post(n->server, s->loop, on_loop, s))
		nanosleep(&pause, NULL);
}

static struct narrow_step *next_step(struct narrow *n, bool *out_stopping)
{
	struct narrow_step *s;

	pthread_mutex_lock(&n->lock);
	while (!n->first && !n->stopping)
		pthread_cond_wait(&n->filled, &n->lock);
	s = n->first;
	if (s)
		n->first = s->next;
	if (!n->first)
		n->last = NULL;
	*out_stopping = n->stopping;
	pthread_mutex_unlock(&n->lock);
	return s;
}

static void *run(void *arg)
{
	struct narrow *n = arg;
	struct narrow_step *s;
	bool stopping;

	while ((s = next_step(n, &stopping))) {
		if (stopping)
			s->rc = RC_STOPPING;
		else
			run_step(n, s);
		answer(n, s);
	}
	txn_abort(n->txn);
	n->txn = NULL;
	return NULL;
}

bool narrow_ask(struct narrow *n, struct narrow_step *s)
{
	bool go;

	pthread_mutex_lock(&n->lock);
	go = n->has_thread && !n->stopping;
	if (go) {
		s->next = NULL;
		if (n->last)
			n->last->next = s;
		else
			n->first = s;
		n->last = s;
		pthread_cond_signal(&n->filled);
	}
	pthread_mutex_unlock(&n->lock);
	return go;
}

/* ---- life ---- */

struct narrow *narrow_new(struct api *a)
{
	struct narrow *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->api = a;
	pthread_mutex_init(&n->lock, NULL);
	pthread_cond_init(&n->filled, NULL);
	n->scratch = scratch_new();
	if (n->scratch)
		return n;
	narrow_free(n);
	return NULL;
}

bool narrow_start(struct narrow *n, struct server *s)
{
	bool has;

	n->server = s;
	has = pthread_create(&n->thread, NULL, run, n) == 0;
	pthread_mutex_lock(&n->lock);
	n->has_thread = has;
	pthread_mutex_unlock(&n->lock);
	return has;
}

void narrow_stop(struct narrow *n)
{
	pthread_mutex_lock(&n->lock);
	bool has = n->has_thread;
	n->stopping = true;
	pthread_cond_signal(&n->filled);
	pthread_mutex_unlock(&n->lock);
	if (has)
		pthread_join(n->thread, NULL);
	n->has_thread = false;
}

void narrow_free(struct narrow *n)
{
	if (!n)
		return;
	narrow_stop(n);
	scratch_free(n->scratch);
	pthread_cond_destroy(&n->filled);
	pthread_mutex_destroy(&n->lock);
	free(n);
}
