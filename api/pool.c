/* pool.c - see pool.h. */
#include "api/pool.h"

#include <pthread.h>

#include "base/util.h"

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct store *store;
	struct pool_task *first, *last;
	size_t waiting, max;
	bool stopping;
	unsigned n_threads;
	pthread_t threads[];
};

static struct pool_task *next_task(struct pool *p)
{
	struct pool_task *t;

	pthread_mutex_lock(&p->lock);
	while (!p->first && !p->stopping)
		pthread_cond_wait(&p->filled, &p->lock);
	t = p->first;
	if (t) {
		p->first = t->next;
		if (!p->first)
			p->last = NULL;
		p->waiting--;
	}
	pthread_mutex_unlock(&p->lock);
	return t;
}

static void *work(void *arg)
{
	struct pool *p = arg;
	struct scratch *s = scratch_new();
	struct pool_task *task;
	struct txn *t = NULL;

	while ((task = next_task(p))) {
		enum rc rc = t ? txn_renew(t) : txn_begin_read(p->store, &t);
		if (!rc && !s)
			s = scratch_new();
		if (!rc && !s)
			rc = RC_NOMEM;
		task->run(task, rc ? NULL : t, s, rc);
		if (t)
			txn_reset(t);
		if (t && txn_rc(t)) { /* a hard error sticks: begin anew */
			txn_abort(t);
			t = NULL;
		}
	}
	txn_abort(t);
	scratch_free(s);
	return NULL;
}

enum rc pool_new(struct store *s, unsigned threads, size_t queue_max, struct pool **out,
		 struct err *e)
{
	struct pool *p = calloc(1, sizeof(*p) + threads * sizeof(p->threads[0]));

	if (!p)
		return err_set(e, RC_NOMEM, NULL, NULL);
	p->store = s;
	p->max = queue_max;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->filled, NULL);
	for (; p->n_threads < threads; p->n_threads++) {
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

	t->next = NULL;
	pthread_mutex_lock(&p->lock);
	if (p->stopping)
		rc = RC_STOPPING;
	else if (p->waiting >= p->max)
		rc = RC_BUSY;
	if (!rc) {
		if (p->last)
			p->last->next = t;
		else
			p->first = t;
		p->last = t;
		p->waiting++;
		pthread_cond_signal(&p->filled);
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
	pthread_cond_broadcast(&p->filled);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->n_threads; i++)
		pthread_join(p->threads[i], NULL);
	pthread_cond_destroy(&p->filled);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
