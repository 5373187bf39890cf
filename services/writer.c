/*
 * writer.c - the queue in front of the writer thread, its start and its stop.
 *
 * Whatever waits when the thread comes round goes into one transaction and one fsync: the batch
 * grows with the load by itself, nobody waits for it to fill.
 */
#include "services/writer.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>

#include "services/writer_int.h"

#define QUEUE_MAX 65536
#define QUEUE_MAX_BYTES ((size_t)1 << 30)
#define BATCH_MAX 4096
#define BATCH_MAX_BYTES ((size_t)64 << 20)
#define TICK_MS 200

static size_t bytes_of(const struct cmd *c)
{
	size_t n = sizeof(struct submission) + c->blob.n + c->n_ops * sizeof(*c->ops);

	for (size_t i = 0; i < c->n_ops; i++)
		n += c->ops[i].fields.n;
	for (size_t i = 0; i < c->n_personal; i++)
		n += c->personal[i].bytes.n;
	return n;
}

static void enqueue(struct writer *w, struct submission *s)
{
	*w->tail = s;
	w->tail = &s->next;
	w->queued++;
	w->queued_bytes += s->bytes;
}

static void prepare(struct submission *s)
{
	s->rc = RC_OK;
	s->next = NULL;
	s->tried = false;
	s->saved = NULL;
	s->n_saved = 0;
	s->bytes = bytes_of(&s->cmd);
}

enum rc writer_submit(struct writer *w, struct submission *s)
{
	enum rc rc = RC_OK;

	prepare(s);
	if (s->with)
		prepare(s->with);
	pthread_mutex_lock(&w->mutex);
	if (writer_dead(w))
		rc = RC_IO;
	else if (w->stopping)
		rc = RC_STOPPING;
	else if (w->queued >= w->o.queue_max ||
		 (w->queued > 0 && s->bytes > w->o.queue_max_bytes - w->queued_bytes))
		rc = RC_BUSY;
	if (rc == RC_OK) {
		if (!w->head)
			pthread_cond_signal(&w->wake);
		enqueue(w, s);
		if (s->with)
			enqueue(w, s->with);
	}
	pthread_mutex_unlock(&w->mutex);
	return rc;
}

static void wait_tick(struct writer *w)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)(w->o.tick_ms % 1000) * 1000000;
	until.tv_sec += (time_t)(w->o.tick_ms / 1000) + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&w->wake, &w->mutex, &until);
}

/* Takes the next batch off the queue; NULL after a tick without one. */
static struct submission *take(struct writer *w, bool *out_stop)
{
	struct submission *first, **end;
	size_t n = 0, bytes = 0;
	bool joined = false; /* the last one taken wants the next with it */

	pthread_mutex_lock(&w->mutex);
	if (!w->head && !w->stopping)
		wait_tick(w);
	first = w->head;
	end = &w->head;
	while (*end && (joined || n == 0 ||
			(n < w->o.batch_max && bytes + (*end)->bytes <= BATCH_MAX_BYTES))) {
		n++;
		joined = (*end)->with != NULL;
		bytes += (*end)->bytes;
		end = &(*end)->next;
	}
	if (n > 0) {
		w->head = *end;
		*end = NULL;
		if (!w->head)
			w->tail = &w->head;
		w->queued -= n;
		w->queued_bytes = w->queued_bytes > bytes ? w->queued_bytes - bytes : 0;
	}
	*out_stop = w->stopping && n == 0;
	pthread_mutex_unlock(&w->mutex);
	return n > 0 ? first : NULL;
}

static void *run(void *arg)
{
	struct writer *w = arg;
	bool stop = false;

	while (!stop) {
		struct submission *list = take(w, &stop);

		if (!stop)
			writer_roll(w);
		if (list)
			writer_run(w, list);
	}
	return NULL;
}

static enum rc read_state(struct writer *w)
{
	struct txn *t;
	enum rc rc = txn_begin_read(w->store, &t);

	if (rc != RC_OK)
		return rc;
	w->today = graph_today(t);
	atomic_store(&w->revision, graph_revision(t));
	rc = txn_rc(t);
	txn_abort(t);
	return rc;
}

static struct writer *writer_new(struct store *s, const struct clock *c,
				 const struct writer_options *o)
{
	struct writer *w = calloc(1, sizeof(*w));
	pthread_condattr_t attr;

	if (!w)
		return NULL;
	w->store = s;
	w->clock = c;
	if (o)
		w->o = *o;
	w->o.queue_max = w->o.queue_max ? w->o.queue_max : QUEUE_MAX;
	w->o.queue_max_bytes = w->o.queue_max_bytes ? w->o.queue_max_bytes : QUEUE_MAX_BYTES;
	w->o.batch_max = w->o.batch_max ? w->o.batch_max : BATCH_MAX;
	w->o.tick_ms = w->o.tick_ms ? w->o.tick_ms : TICK_MS;
	w->tail = &w->head;
	pthread_mutex_init(&w->mutex, NULL);
	pthread_mutex_init(&w->hooks_mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->wake, &attr);
	pthread_condattr_destroy(&attr);
	return w;
}

static void writer_free(struct writer *w)
{
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->hooks_mutex);
	pthread_mutex_destroy(&w->mutex);
	free(w);
}

enum rc writer_start(struct store *s, const struct clock *c, const struct writer_options *o,
		     struct writer **out, struct err *e)
{
	struct writer *w = writer_new(s, c, o);
	enum rc rc;

	if (!w)
		return err_set(e, RC_NOMEM, NULL, NULL);
	rc = read_state(w);
	if (rc == RC_OK)
		writer_roll(w);
	if (rc == RC_OK && writer_dead(w))
		rc = RC_IO;
	if (rc == RC_OK && pthread_create(&w->thread, NULL, run, w) != 0)
		rc = RC_NOMEM;
	if (rc != RC_OK) {
		writer_free(w);
		return err_set(e, rc, NULL, "the writer could not start");
	}
	*out = w;
	return RC_OK;
}

void writer_stop(struct writer *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->mutex);
	w->stopping = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->mutex);
	pthread_join(w->thread, NULL);
	writer_free(w);
}

void writer_on_commit(struct writer *w, void (*fn)(void *arg, uint64_t revision), void *arg)
{
	pthread_mutex_lock(&w->hooks_mutex);
	assert(w->n_hooks < HOOKS_MAX);
	w->hooks[w->n_hooks].fn = fn;
	w->hooks[w->n_hooks].arg = arg;
	w->n_hooks++;
	pthread_mutex_unlock(&w->hooks_mutex);
}

void writer_off_commit(struct writer *w, void (*fn)(void *arg, uint64_t revision), void *arg)
{
	pthread_mutex_lock(&w->hooks_mutex);
	for (size_t i = 0; i < w->n_hooks; i++) {
		if (w->hooks[i].fn != fn || w->hooks[i].arg != arg)
			continue;
		w->hooks[i] = w->hooks[--w->n_hooks];
		break;
	}
	pthread_mutex_unlock(&w->hooks_mutex);
}

uint64_t writer_revision(const struct writer *w) { return atomic_load(&w->revision); }

int64_t writer_now_ms(const struct writer *w) { return clock_now_ms(w->clock); }

bool writer_dead(const struct writer *w) { return atomic_load(&w->dead); }

void writer_stats(const struct writer *w, struct writer_stats *out)
{
	/* the mutex is not part of what the caller sees as const */
	pthread_mutex_t *mutex = (pthread_mutex_t *)(uintptr_t)&w->mutex;

	out->batches = atomic_load(&w->batches);
	out->commands = atomic_load(&w->commands);
	out->refused = atomic_load(&w->refused);
	pthread_mutex_lock(mutex);
	out->queued = w->queued;
	pthread_mutex_unlock(mutex);
}

/* ---- waiting for one ---- */

struct waiter {
	struct submission s;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool is_done;
};

static void waiter_done(struct submission *s)
{
	struct waiter *x = s->arg;

	pthread_mutex_lock(&x->mutex);
	x->is_done = true;
	pthread_cond_signal(&x->cond);
	pthread_mutex_unlock(&x->mutex);
}

enum rc writer_do(struct writer *w, struct cmd *c, uint64_t *out_revision, struct err *e)
{
	struct waiter x = { .s = { .cmd = *c, .done = waiter_done } };
	enum rc rc;

	pthread_mutex_init(&x.mutex, NULL);
	pthread_cond_init(&x.cond, NULL);
	x.s.arg = &x;
	rc = writer_submit(w, &x.s);
	if (rc == RC_OK) {
		pthread_mutex_lock(&x.mutex);
		while (!x.is_done)
			pthread_cond_wait(&x.cond, &x.mutex);
		pthread_mutex_unlock(&x.mutex);
		rc = x.s.rc;
		c->at_ms = x.s.cmd.at_ms;
		if (e)
			*e = x.s.err;
		if (rc == RC_OK && out_revision)
			*out_revision = x.s.revision;
	} else {
		err_set(e, rc, NULL, "the writer");
	}
	pthread_cond_destroy(&x.cond);
	pthread_mutex_destroy(&x.mutex);
	return rc;
}
