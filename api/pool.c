/*
 * pool.c - see pool.h. A task comes into the fresh lane. A quick thread takes it from there, and moves it
 * to the large lane where it is not small. The other threads take large tasks first, and fresh ones while
 * all quick threads are at work; what they took they run, whatever its size.
 */
#include "api/pool.h"

#include <pthread.h>
#include <sys/resource.h>

#include "base/util.h"

#define LARGE_NICE 10
#define QUICK_THREADS 2 /* a search through every name is small, but not very */

struct lane {
	struct pool_task *first, *last;
	pthread_cond_t filled;
};

struct pool {
	pthread_mutex_t lock;
	struct lane fresh, large;
	struct store *store;
	size_t waiting, max; /* in both lanes */
	bool stopping;
	unsigned quick_at_work;
	unsigned n_threads;
	pthread_t threads[]; /* the quick ones first */
};

static void lane_put(struct lane *l, struct pool_task *t)
{
	t->next = NULL;
	if (l->last)
		l->last->next = t;
	else
		l->first = t;
	l->last = t;
}

static struct pool_task *lane_take(struct lane *l)
{
	struct pool_task *t = l->first;

	if (!t)
		return NULL;
	l->first = t->next;
	if (!l->first)
		l->last = NULL;
	return t;
}

/* ---- a thread's own ---- */

struct worker {
	struct pool *pool;
	struct txn *txn;
	struct scratch *scratch;
};

static enum rc worker_begin(struct worker *w)
{
	enum rc rc = w->txn ? txn_renew(w->txn) : txn_begin_read(w->pool->store, &w->txn);

	if (!rc && !w->scratch)
		w->scratch = scratch_new();
	return rc || w->scratch ? rc : RC_NOMEM;
}

static void worker_end(struct worker *w)
{
	if (w->txn)
		txn_reset(w->txn);
	if (w->txn && txn_rc(w->txn)) { /* a hard error sticks: begin anew */
		txn_abort(w->txn);
		w->txn = NULL;
	}
}

static void worker_done(struct worker *w)
{
	txn_abort(w->txn);
	scratch_free(w->scratch);
}

/* ---- quick threads ---- */

static struct pool_task *next_fresh(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	while (!p->fresh.first && !p->stopping)
		pthread_cond_wait(&p->fresh.filled, &p->lock);
	struct pool_task *t = lane_take(&p->fresh);
	p->waiting -= t != NULL;
	p->quick_at_work += t != NULL;
	if (!t) /* this thread ends, and with it those that waited for its last task */
		pthread_cond_broadcast(&p->large.filled);
	else if (p->fresh.first && p->quick_at_work == QUICK_THREADS)
		pthread_cond_signal(&p->large.filled);
	pthread_mutex_unlock(&p->lock);
	return t;
}

/* A quick thread is through with its task, or moves it on. */
static void quick_end(struct pool *p, struct pool_task *moved)
{
	pthread_mutex_lock(&p->lock);
	p->quick_at_work--;
	if (moved) {
		lane_put(&p->large, moved);
		p->waiting++;
		pthread_cond_signal(&p->large.filled);
	}
	pthread_mutex_unlock(&p->lock);
}

static void *work_quick(void *arg)
{
	struct worker w = { .pool = arg };
	struct pool_task *task;

	while ((task = next_fresh(w.pool))) {
		enum rc rc = worker_begin(&w);
		bool small = rc || !task->small || task->small(task, w.txn);
		if (small)
			task->run(task, rc ? NULL : w.txn, w.scratch, rc);
		worker_end(&w);
		quick_end(w.pool, small ? NULL : task);
	}
	worker_done(&w);
	return NULL;
}

/* ---- the others ---- */

static struct pool_task *next_any(struct pool *p)
{
	struct pool_task *t;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		t = lane_take(&p->large);
		if (!t && p->quick_at_work == QUICK_THREADS)
			t = lane_take(&p->fresh);
		if (t || (p->stopping && !p->fresh.first && !p->quick_at_work))
			break;
		pthread_cond_wait(&p->large.filled, &p->lock);
	}
	p->waiting -= t != NULL;
	pthread_mutex_unlock(&p->lock);
	return t;
}

static void *work_large(void *arg)
{
	struct worker w = { .pool = arg };
	struct pool_task *task;

	/* Of this thread alone (Linux); without it a long walk only competes as an equal. */
	(void)setpriority(PRIO_PROCESS, 0, LARGE_NICE);
	while ((task = next_any(w.pool))) {
		enum rc rc = worker_begin(&w);
		task->run(task, rc ? NULL : w.txn, w.scratch, rc);
		worker_end(&w);
	}
	worker_done(&w);
	return NULL;
}

/* ---- life ---- */

enum rc pool_new(struct store *s, unsigned threads, size_t queue_max, struct pool **out,
		 struct err *e)
{
	struct pool *p = calloc(1, sizeof(*p) + (threads + QUICK_THREADS) * sizeof(p->threads[0]));

	if (!p)
		return err_set(e, RC_NOMEM, NULL, NULL);
	p->store = s;
	p->max = queue_max;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->fresh.filled, NULL);
	pthread_cond_init(&p->large.filled, NULL);
	for (; p->n_threads < threads + QUICK_THREADS; p->n_threads++) {
		void *(*work)(void *) = p->n_threads < QUICK_THREADS ? work_quick : work_large;
		if (pthread_create(&p->threads[p->n_threads], NULL, work, p) != 0) {
			pool_free(p);
			return err_set(e, RC_INTERNAL, NULL, "%s", "no thread for the pool");
		}
	}
	*out = p;
	return RC_OK;
}

enum rc pool_submit(struct pool *p, struct pool_task *t)
{
	enum rc rc = RC_OK;

	pthread_mutex_lock(&p->lock);
	if (p->stopping)
		rc = RC_STOPPING;
	else if (p->waiting >= p->max)
		rc = RC_BUSY;
	if (!rc) {
		lane_put(&p->fresh, t);
		p->waiting++;
		pthread_cond_signal(p->quick_at_work == QUICK_THREADS ? &p->large.filled
								      : &p->fresh.filled);
	}
	pthread_mutex_unlock(&p->lock);
	return rc;
}

size_t pool_waiting(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	size_t n = p->waiting;
	pthread_mutex_unlock(&p->lock);
	return n;
}

void pool_free(struct pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_broadcast(&p->fresh.filled);
	pthread_cond_broadcast(&p->large.filled);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->n_threads; i++)
		pthread_join(p->threads[i], NULL);
	pthread_cond_destroy(&p->fresh.filled);
	pthread_cond_destroy(&p->large.filled);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
