/*
 * figurer.c - the thread that keeps the figures of watched procurers: it sleeps until something was committed,
 * runs a round (round.c), and prepares for the next one while there is nothing else to do.
 */
#include "services/figurer_int.h"

#include <stdlib.h>
#include <time.h>

#include "base/log.h"

#define RETRY_MS 500

/* ---- submitting ---- */

static void on_done(struct submission *s)
{
	struct figurer *f = s->arg;

	pthread_mutex_lock(&f->mutex);
	f->submitted = true;
	pthread_cond_broadcast(&f->wake);
	pthread_mutex_unlock(&f->mutex);
}

enum rc figurer_submit(struct figurer *f, uint64_t figured)
{
	struct submission s = { .done = on_done, .arg = f };
	enum rc rc;

	if (!buf_ok(&f->blob))
		return RC_NOMEM;
	s.cmd = (struct cmd){ .type = CMD_FIGURES, .actor = VIEW_LIT("system"),
			      .blob = buf_view(&f->blob), .figured = figured };
	f->submitted = false;
	rc = writer_submit(f->writer, &s);
	if (rc == RC_OK) {
		pthread_mutex_lock(&f->mutex);
		while (!f->submitted)
			pthread_cond_wait(&f->wake, &f->mutex);
		pthread_mutex_unlock(&f->mutex);
		rc = s.rc;
	}
	if (rc == RC_OK) {
		buf_clear(&f->blob);
		f->kept = figured;
	}
	return rc;
}

/* ---- the thread ---- */

static void wait_ms(struct figurer *f, unsigned ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	until.tv_sec += (time_t)(ms / 1000) + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&f->wake, &f->mutex, &until);
}

bool figurer_is_stopping(struct figurer *f)
{
	bool stop;

	pthread_mutex_lock(&f->mutex);
	stop = f->stopping;
	pthread_mutex_unlock(&f->mutex);
	return stop;
}

static bool has_work(struct figurer *f)
{
	bool work;

	pthread_mutex_lock(&f->mutex);
	work = f->stopping || f->poked > atomic_load(&f->done);
	pthread_mutex_unlock(&f->mutex);
	return work;
}

/* False: stop. */
static bool wait_for_work(struct figurer *f, bool failed)
{
	bool stop;

	while (!failed && !has_work(f) && figurer_warm(f))
		;
	pthread_mutex_lock(&f->mutex);
	if (failed && !f->stopping)
		wait_ms(f, RETRY_MS);
	while (!f->stopping && f->poked <= atomic_load(&f->done) && !failed)
		pthread_cond_wait(&f->wake, &f->mutex);
	stop = f->stopping;
	pthread_mutex_unlock(&f->mutex);
	return !stop;
}

static void *run(void *arg)
{
	struct figurer *f = arg;
	bool failed = false;

	while (wait_for_work(f, failed)) {
		uint64_t revision = 0;
		enum rc rc = figurer_round(f, &revision);

		if (rc != RC_OK && !failed && rc != RC_STOPPING)
			log_error("figurer", "the figures stand still at revision %llu: %s",
				  (unsigned long long)atomic_load(&f->done), rc_code(rc));
		failed = rc != RC_OK;
		atomic_store(&f->is_warm, false);
		pthread_mutex_lock(&f->mutex);
		if (!failed)
			atomic_store(&f->done, revision);
		pthread_cond_broadcast(&f->progress);
		pthread_mutex_unlock(&f->mutex);
	}
	return NULL;
}

/* ---- outside ---- */

static void on_commit(void *arg, uint64_t revision) { figurer_poke(arg, revision); }

void figurer_poke(struct figurer *f, uint64_t revision)
{
	pthread_mutex_lock(&f->mutex);
	if (revision > f->poked) {
		f->poked = revision;
		pthread_cond_broadcast(&f->wake);
	}
	pthread_mutex_unlock(&f->mutex);
}

void figurer_wait(struct figurer *f, uint64_t revision)
{
	pthread_mutex_lock(&f->mutex);
	while (atomic_load(&f->done) < revision && !f->stopping && !writer_dead(f->writer))
		pthread_cond_wait(&f->progress, &f->mutex);
	pthread_mutex_unlock(&f->mutex);
}

uint64_t figurer_done(const struct figurer *f) { return atomic_load(&f->done); }

void figurer_crowd_from(struct figurer *f, size_t n) { atomic_store(&f->crowd_from, n); }

void figurer_stats(const struct figurer *f, struct figurer_stats *out)
{
	out->computed = atomic_load(&f->computed);
	out->shifted = atomic_load(&f->shifted);
	out->warm = atomic_load(&f->is_warm);
}

static void figurer_free(struct figurer *f)
{
	txn_abort(f->txn);
	touched_done(&f->touched);
	crowd_done(&f->crowd);
	buf_done(&f->blob);
	pthread_cond_destroy(&f->wake);
	pthread_cond_destroy(&f->progress);
	pthread_mutex_destroy(&f->mutex);
	free(f);
}

static struct figurer *figurer_new(struct store *s, struct writer *w)
{
	struct figurer *f = calloc(1, sizeof(*f));
	pthread_condattr_t attr;

	if (!f)
		return NULL;
	f->store = s;
	f->writer = w;
	atomic_store(&f->crowd_from, CROWD_MIN);
	pthread_mutex_init(&f->mutex, NULL);
	pthread_cond_init(&f->progress, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&f->wake, &attr);
	pthread_condattr_destroy(&attr);
	return f;
}

static enum rc read_state(struct figurer *f)
{
	enum rc rc = txn_begin_read(f->store, &f->txn);

	if (rc != RC_OK)
		return rc;
	f->kept = meta_get_u64(f->txn, "figured", 0);
	atomic_store(&f->done, f->kept);
	f->poked = graph_revision(f->txn);
	rc = txn_rc(f->txn);
	txn_reset(f->txn);
	return rc;
}

enum rc figurer_start(struct store *s, struct writer *w, struct figurer **out, struct err *e)
{
	struct figurer *f = figurer_new(s, w);
	enum rc rc;

	if (!f)
		return err_set(e, RC_NOMEM, NULL, NULL);
	rc = touched_init(&f->touched);
	if (rc == RC_OK)
		rc = read_state(f);
	if (rc == RC_OK && pthread_create(&f->thread, NULL, run, f) != 0)
		rc = RC_NOMEM;
	if (rc != RC_OK) {
		figurer_free(f);
		return err_set(e, rc, NULL, "%s", "the figurer could not start");
	}
	writer_on_commit(w, on_commit, f);
	figurer_poke(f, writer_revision(w)); /* what was committed before the hook stood */
	*out = f;
	return RC_OK;
}

void figurer_stop(struct figurer *f)
{
	if (!f)
		return;
	writer_off_commit(f->writer, on_commit, f);
	pthread_mutex_lock(&f->mutex);
	f->stopping = true;
	pthread_cond_broadcast(&f->wake);
	pthread_cond_broadcast(&f->progress);
	pthread_mutex_unlock(&f->mutex);
	pthread_join(f->thread, NULL);
	figurer_free(f);
}
