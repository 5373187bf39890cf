/*
 * waiters.c - requests that asked for a revision which is not here yet. They are few and wait for a
 * bounded time; the commit that brings the revision, or the feeder's tick, sends each back to its loop.
 */
#include "api/api_int.h"
#include "base/clock.h"
#include "base/util.h"

#define WAITERS_MAX 1024

struct waiter {
	struct request *r;
	uint64_t revision;
	int64_t until_us;
	bool late;
};

struct waiters {
	pthread_mutex_t lock;
	struct api *api;
	int64_t behind_us;
	size_t n;
	struct waiter list[WAITERS_MAX];
};

struct waiters *waiters_new(struct api *a, unsigned behind_ms)
{
	struct waiters *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	pthread_mutex_init(&w->lock, NULL);
	w->api = a;
	w->behind_us = (int64_t)behind_ms * 1000;
	return w;
}

static void too_late(struct request *r)
{
	struct err e;

	err_set(&e, RC_BEHIND, NULL, "%llu", (unsigned long long)r->query.v[Q_revision_at_least].n);
	answer_fail(r, RC_BEHIND, &e);
}

static void go_on(void *arg) { dispatch_run(arg); }

void waiters_stop(struct waiters *w)
{
	for (size_t i = 0; i < w->n; i++)
		too_late(w->list[i].r);
	w->n = 0;
}

void waiters_free(struct waiters *w)
{
	if (!w)
		return;
	pthread_mutex_destroy(&w->lock);
	free(w);
}

bool waiters_add(struct waiters *w, struct request *r, uint64_t revision)
{
	bool fits;

	pthread_mutex_lock(&w->lock);
	fits = w->n < WAITERS_MAX;
	if (fits)
		w->list[w->n++] =
			(struct waiter){ r, revision, monotonic_us() + w->behind_us, false };
	pthread_mutex_unlock(&w->lock);
	/* the commit may have come between the caller's look and ours */
	if (fits)
		waiters_poke(w, writer_revision(w->api->c.writer), monotonic_us());
	return fits;
}

void waiters_poke(struct waiters *w, uint64_t revision, int64_t now_us)
{
	struct waiter ready[64];
	size_t n_ready = 0;

	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < w->n && n_ready < ARRAY_LEN(ready);) {
		struct waiter *x = &w->list[i];
		x->late = x->revision > revision && now_us >= x->until_us;
		if (x->revision > revision && !x->late) {
			i++;
			continue;
		}
		ready[n_ready++] = *x;
		*x = w->list[--w->n];
	}
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < n_ready; i++) {
		struct request *r = ready[i].r;
		if (ready[i].late ||
		    server_post(atomic_load(&w->api->server), r->http->loop, go_on, r))
			too_late(r);
	}
}
