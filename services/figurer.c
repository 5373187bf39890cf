/*
 * figurer.c - the thread that keeps the figures of watched procurers.
 *
 * A round takes one snapshot and all revisions up to it, recomputes who is touched (touched.c), and
 * submits what changed as one command that also says how far the figures now stand. The snapshot is let go before
 * the round waits for the writer. A crash loses at most a round, which the next start repeats.
 */
#include "services/figurer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/util.h"
#include "services/touched.h"

#define BLOB_MAX ((size_t)8 << 20)
#define RETRY_MS 500
#define BEHIND_MAX 10000 /* revisions that META may lag where nothing changed */

struct figurer {
	struct store *store;
	struct writer *writer;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake, progress;
	uint64_t poked;
	bool stopping, submitted; /* submitted: the command under way was answered */
	atomic_uint_least64_t done, computed, shifted;
	atomic_bool is_warm;
	/* the thread's own */
	struct txn *txn;
	struct touched touched;
	struct buf blob;
	uint64_t kept; /* META figured */
	size_t warm_at;
};

/* ---- submitting ---- */

static void on_done(struct submission *s)
{
	struct figurer *f = s->arg;

	pthread_mutex_lock(&f->mutex);
	f->submitted = true;
	pthread_cond_broadcast(&f->wake);
	pthread_mutex_unlock(&f->mutex);
}

/* Submits the blob and waits. */
static enum rc submit(struct figurer *f, uint64_t figured)
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

/* ---- computing ---- */

struct round {
	struct figurer *f;
	struct txn *t;
	uint64_t revision;
	int32_t today;
};

static enum rc compute(struct round *r, size_t i, int32_t on, struct exposure *out)
{
	struct touched *x = &r->f->touched;
	const struct watch *w = &x->watches[i];
	struct chain_query q = {
		.procurer = w->org, .depth = w->depth, .on = on, .horizon = HORIZON_DEFAULT,
		.caller = { .sees_all = true, .org = w->org },
	};

	atomic_fetch_add(&r->f->computed, 1);
	return exposure_compute_memo(r->t, x->scratch, &q, out, &x->memos[i]);
}

/* Where only organisations far below hold something else: their parts of the figures move. Answers the first
 * of them as a touch, or NULL. */
static const struct touch *shift(struct round *r, size_t i, struct exposure *x, struct touch *out)
{
	const struct touched *touched = &r->f->touched;
	size_t n;
	const struct delta *d = touched_deltas(touched, i, &n);

	for (size_t k = 0; k < n; k++) {
		const struct shift *s = &touched->shifts[d[k].shift];

		exposure_shift(x, &touched->memos[i], s->org, d[k].cell, s->before, s->after);
		if (k == 0)
			*out = (struct touch){ .cause = s->cause };
	}
	atomic_fetch_add(&r->f->shifted, n > 0);
	return n ? out : NULL;
}

static bool same(const struct exposure *a, const struct exposure *b)
{
	AUTO(buf_done) struct buf x = BUF_INIT, y = BUF_INIT;

	exposure_encode(a, &x);
	exposure_encode(b, &y);
	return buf_ok(&x) && buf_ok(&y) && view_eq(buf_view(&x), buf_view(&y));
}

static void blob_add(struct round *r, uint32_t org, int32_t day, const struct touch *why,
		     const struct exposure *x)
{
	char id[EVENT_ID_TEXT] = "";

	if (why && why->cause.revision)
		event_id_format(why->cause.revision, why->cause.seq, id);
	figures_blob_add(&r->f->blob, org, day, id, x);
}

/* The rows of one procurer: each new day, and today where a write touched it. */
static enum rc figure(struct round *r, size_t i)
{
	const struct touched *x = &r->f->touched;
	const struct watch *w = &x->watches[i];
	const struct touch *written = touched_find(x, i, DAY_NONE), *moved = NULL;
	struct exposure now, kept;
	struct touch first;
	uint64_t rev;
	enum rc rc = figures_get(r->t, w->org, &kept, &rev);
	bool have = rc == RC_OK;

	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	for (size_t d = 0; d < x->n_days; d++) {
		int32_t day = x->days[d];
		const struct touch *why = touched_find(x, i, day);

		now = kept;
		now.on = day;
		if (!have || written || why) {
			rc = compute(r, i, day, &now);
			if (rc != RC_OK)
				return rc;
		} else {
			moved = shift(r, i, &now, &first);
		}
		blob_add(r, w->org, day, why ? why : written ? written : moved, &now);
		kept = now;
		have = true;
	}
	if (have && x->n_days && x->days[x->n_days - 1] == r->today)
		return RC_OK;
	now = kept;
	if (!have || written) {
		rc = compute(r, i, r->today, &now);
	} else {
		moved = shift(r, i, &now, &first);
		if (!moved)
			return RC_OK;
	}
	if (rc == RC_OK && (!have || !same(&now, &kept)))
		blob_add(r, w->org, r->today, written ? written : moved, &now);
	return rc;
}

static bool is_touched(const struct touched *x, size_t i)
{
	size_t n;

	return x->n_days > 0 || touched_find(x, i, DAY_NONE) || touched_deltas(x, i, &n);
}

/* One round; *out_revision: how far it came. */
static enum rc run_round(struct figurer *f, uint64_t *out_revision)
{
	struct round r = { .f = f };
	enum rc rc = txn_renew(f->txn);
	uint64_t before = f->kept;

	if (rc != RC_OK)
		return rc;
	r.t = f->txn;
	r.revision = graph_revision(r.t);
	r.today = graph_today(r.t);
	rc = touched_collect(&f->touched, r.t, atomic_load(&f->done), r.revision);
	buf_clear(&f->blob);
	f->blob.failed = false;
	for (size_t i = 0; i < f->touched.n_watches && rc == RC_OK; i++) {
		if (!is_touched(&f->touched, i))
			continue;
		rc = figure(&r, i);
		if (rc == RC_OK && f->blob.n > BLOB_MAX) {
			/* a part: the snapshot must be taken anew, or it would be pinned for long; what
			 * follows then stands at a newer one than the table of standings */
			touched_forget(&f->touched);
			txn_reset(f->txn);
			rc = submit(f, before);
			if (rc == RC_OK)
				rc = txn_renew(f->txn);
		}
	}
	if (rc == RC_OK)
		rc = txn_rc(f->txn);
	txn_reset(f->txn);
	if (rc == RC_OK && (f->blob.n > 0 || f->blob.failed || r.revision - f->kept > BEHIND_MAX))
		rc = submit(f, r.revision);
	if (rc != RC_OK)
		touched_forget(&f->touched);
	*out_revision = r.revision;
	return rc;
}

/* Prepares, and computes one of those whose memo is missing (after a start), while nothing else waits. False:
 * there is nothing to do. */
static bool warm_one(struct figurer *f)
{
	struct touched *x = &f->touched;
	struct round r = { .f = f, .t = f->txn };
	struct exposure unused;
	bool more = false;

	if (f->is_warm || txn_renew(f->txn) != RC_OK)
		return false;
	/* what it remembers must belong to the figures that are kept */
	more = graph_revision(f->txn) == atomic_load(&f->done) && touched_prepare(x, f->txn) == RC_OK;
	while (more && f->warm_at < x->n_watches && x->memos[f->warm_at].valid)
		f->warm_at++;
	f->is_warm = more && f->warm_at == x->n_watches;
	if (more && !f->is_warm)
		more = compute(&r, f->warm_at++, graph_today(f->txn), &unused) == RC_OK;
	txn_reset(f->txn);
	return more;
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

	while (!failed && !has_work(f) && warm_one(f))
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
		enum rc rc = run_round(f, &revision);

		if (rc != RC_OK && !failed && rc != RC_STOPPING)
			log_error("figurer", "the figures stand still at revision %llu: %s",
				  (unsigned long long)atomic_load(&f->done), rc_code(rc));
		failed = rc != RC_OK;
		f->warm_at = 0;
		f->is_warm = false;
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
