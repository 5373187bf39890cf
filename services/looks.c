/* looks.c - see looks.h. */
#include "services/looks.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/pack.h"
#include "base/util.h"

#define SEEN_SLOTS (1u << 18) /* a power of two; half of them are used before all are forgotten */
#define HOUR_MS ((int64_t)3600000)
#define DAY_MS (24 * HOUR_MS)
#define DROPS_PER_STEP 2000
#define SWEEP_STEP_MS 200u /* between two steps of a sweep */

struct looks {
	struct store *store;
	struct writer *writer;
	struct looks_options o;
	pthread_t thread;
	bool has_thread;
	uint8_t key[crypto_shorthash_KEYBYTES];
	pthread_mutex_t mutex;
	pthread_cond_t wake, flushed;
	/* under mutex */
	bool stopping;
	uint64_t wanted, done; /* flushes asked for, and had */
	uint64_t *seen; /* hashes of what was noted in this hour; 0: free */
	size_t n_seen;
	int64_t hour;
	struct buf pending;
	size_t n_pending;
	uint64_t dropped;
	void (*on_hour)(void *arg, int64_t since_ms, struct buf *blob);
	void *on_hour_arg;
	/* the thread's own, read by others for their figures */
	_Atomic uint64_t written, failures;
	/* the thread's own */
	struct buf blob; /* under way */
	size_t n_blob;
	bool failed;
	int64_t asked_ms, swept_ms;
	uint32_t sweep_from;
	bool sweeping;
};

/* ---- noting ---- */

static uint64_t hash_of(const struct looks *l, const struct look *x)
{
	uint8_t bytes[256], out[crypto_shorthash_BYTES];
	size_t n = MIN(x->actor.n, sizeof(bytes) - 17);
	uint64_t hash;

	be32_put(bytes, x->subject);
	be32_put(bytes + 4, x->viewer);
	bytes[8] = x->kind;
	be64_put(bytes + 9, (uint64_t)(x->at_ms / HOUR_MS));
	memcpy(bytes + 17, x->actor.p, n);
	crypto_shorthash(out, bytes, 17 + n, l->key);
	memcpy(&hash, out, sizeof(hash));
	return hash ? hash : 1;
}

static void forget_seen(struct looks *l)
{
	memset(l->seen, 0, SEEN_SLOTS * sizeof(*l->seen));
	l->n_seen = 0;
}

/* False: it was noted before. */
static bool is_new(struct looks *l, uint64_t hash, int64_t hour)
{
	size_t at;

	if (hour != l->hour || l->n_seen >= SEEN_SLOTS / 2)
		forget_seen(l);
	l->hour = hour;
	for (at = hash & (SEEN_SLOTS - 1); l->seen[at]; at = (at + 1) & (SEEN_SLOTS - 1))
		if (l->seen[at] == hash)
			return false;
	l->seen[at] = hash;
	l->n_seen++;
	return true;
}

void looks_add(struct looks *l, uint32_t subject, enum look_kind kind, uint32_t viewer, struct view actor)
{
	struct look x = { .subject = subject, .viewer = viewer, .kind = (uint8_t)kind, .actor = actor,
			  .at_ms = writer_now_ms(l->writer) };
	uint64_t hash = hash_of(l, &x);

	pthread_mutex_lock(&l->mutex);
	if (is_new(l, hash, x.at_ms / HOUR_MS)) {
		if (l->pending.n < l->o.pending_bytes) {
			looks_blob_add(&l->pending, &x);
			l->n_pending++;
		} else {
			l->dropped++;
		}
		if (l->n_pending == l->o.flush_entries)
			pthread_cond_signal(&l->wake);
	}
	pthread_mutex_unlock(&l->mutex);
}

void looks_on_hour(struct looks *l, void (*fn)(void *arg, int64_t since_ms, struct buf *blob), void *arg)
{
	pthread_mutex_lock(&l->mutex);
	l->on_hour = fn;
	l->on_hour_arg = arg;
	pthread_mutex_unlock(&l->mutex);
}

void looks_stats(struct looks *l, struct looks_stats *out)
{
	pthread_mutex_lock(&l->mutex);
	*out = (struct looks_stats){ .dropped = l->dropped, .pending = l->n_pending };
	pthread_mutex_unlock(&l->mutex);
	out->written = atomic_load(&l->written);
	out->failures = atomic_load(&l->failures);
}

/* ---- the thread ---- */

/* Waits until there is something to do; false: stop, behind a last flush. */
static bool wait_for_work(struct looks *l)
{
	unsigned ms = l->sweeping ? MIN(l->o.flush_ms, SWEEP_STEP_MS) : l->o.flush_ms;
	struct timespec until;
	bool go;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(ms / 1000);
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&l->mutex);
	/* after a failure a full table is no reason to hurry */
	while (!l->stopping && l->wanted == l->done && (l->failed || l->n_pending < l->o.flush_entries) &&
	       pthread_cond_timedwait(&l->wake, &l->mutex, &until) == 0)
		;
	go = !l->stopping;
	pthread_mutex_unlock(&l->mutex);
	return go;
}

static void move(struct buf *to, struct buf *from)
{
	if (!to->n) {
		struct buf empty = *to;
		*to = *from;
		*from = empty;
	} else {
		buf_addv(to, buf_view(from));
	}
	buf_clear(from);
}

/* What was noted, and once an hour what tokens were used. last: the end comes. */
static void gather(struct looks *l, bool last)
{
	int64_t now = writer_now_ms(l->writer);
	void (*ask)(void *arg, int64_t since_ms, struct buf *blob) = NULL;

	pthread_mutex_lock(&l->mutex);
	if (l->n_blob == 0 && !l->failed) { /* else those before go first */
		move(&l->blob, &l->pending);
		l->n_blob = l->n_pending;
		l->n_pending = 0;
	}
	if (last || now - l->asked_ms >= HOUR_MS)
		ask = l->on_hour;
	if (ask) /* under the mutex: whoever takes it away waits for the call */
		ask(l->on_hour_arg, l->asked_ms, &l->blob);
	pthread_mutex_unlock(&l->mutex);
	if (ask)
		l->asked_ms = now;
}

/* Drops of what is too old, a step at a time, once a day. */
static void sweep(struct looks *l)
{
	int64_t now = writer_now_ms(l->writer);
	struct txn *t;

	if (!l->sweeping && now - l->swept_ms < DAY_MS)
		return;
	if (txn_begin_read(l->store, &t) != RC_OK)
		return;
	l->sweep_from = l->sweeping ? l->sweep_from : 0;
	l->sweeping = looks_old(t, &l->sweep_from, now - l->o.keep_days * DAY_MS, DROPS_PER_STEP, &l->blob);
	l->swept_ms = now;
	txn_abort(t);
}

static void tell(struct looks *l, enum rc rc)
{
	if (rc != RC_OK)
		atomic_fetch_add(&l->failures, 1);
	if (rc != RC_OK && !l->failed)
		log_error("looks", "who looked cannot be written: %s", rc_code(rc));
	if (rc == RC_OK && l->failed)
		log_info("looks", "%s", "who looked is written again");
	l->failed = rc != RC_OK;
}

static void flush(struct looks *l)
{
	struct cmd c = { .type = CMD_LOOKS, .actor = VIEW_LIT("system"), .blob = buf_view(&l->blob) };
	struct err e = { 0 };
	uint64_t revision;
	enum rc rc;

	if (!buf_ok(&l->blob)) { /* some are lost; go on */
		log_error("looks", "lost=%zu: %s", l->n_blob, rc_code(RC_NOMEM));
		atomic_fetch_add(&l->failures, 1);
		buf_done(&l->blob);
		l->n_blob = 0;
	}
	if (!l->blob.n)
		return;
	rc = writer_do(l->writer, &c, &revision, &e);
	tell(l, rc);
	if (rc != RC_OK)
		return; /* tried again */
	atomic_fetch_add(&l->written, l->n_blob);
	l->n_blob = 0;
	buf_clear(&l->blob);
}

static uint64_t wanted_now(struct looks *l)
{
	pthread_mutex_lock(&l->mutex);
	uint64_t n = l->wanted;
	pthread_mutex_unlock(&l->mutex);
	return n;
}

static void answer(struct looks *l, uint64_t wanted)
{
	pthread_mutex_lock(&l->mutex);
	l->done = wanted;
	pthread_cond_broadcast(&l->flushed);
	pthread_mutex_unlock(&l->mutex);
}

void looks_flush(struct looks *l)
{
	pthread_mutex_lock(&l->mutex);
	if (l->n_pending && !l->stopping) {
		uint64_t mine = ++l->wanted;
		pthread_cond_signal(&l->wake);
		while (l->done < mine && !l->stopping)
			pthread_cond_wait(&l->flushed, &l->mutex);
	}
	pthread_mutex_unlock(&l->mutex);
}

static void *run(void *arg)
{
	struct looks *l = arg;
	uint64_t wanted;
	bool go;

	sweep(l);
	flush(l);
	do {
		go = wait_for_work(l);
		wanted = wanted_now(l);
		gather(l, !go);
		if (go && !l->failed)
			sweep(l);
		flush(l);
		if (!go && !l->failed) { /* what came in behind what had failed before */
			gather(l, false);
			flush(l);
		}
		answer(l, wanted);
	} while (go);
	return NULL;
}

/* ---- life ---- */

static void looks_free(struct looks *l)
{
	buf_done(&l->pending);
	buf_done(&l->blob);
	free(l->seen);
	pthread_cond_destroy(&l->wake);
	pthread_cond_destroy(&l->flushed);
	pthread_mutex_destroy(&l->mutex);
	free(l);
}

static struct looks *looks_new(struct store *s, struct writer *w, const struct looks_options *o)
{
	struct looks *l = calloc(1, sizeof(*l));
	pthread_condattr_t attr;

	if (!l)
		return NULL;
	l->store = s;
	l->writer = w;
	l->o = *o;
	l->o.flush_ms = o->flush_ms ? o->flush_ms : 30000;
	l->o.flush_entries = o->flush_entries ? o->flush_entries : 4096;
	l->o.pending_bytes = o->pending_bytes ? o->pending_bytes : (size_t)8 << 20;
	l->o.keep_days = o->keep_days ? o->keep_days : 400;
	l->asked_ms = writer_now_ms(w);
	randombytes_buf(l->key, sizeof(l->key));
	pthread_mutex_init(&l->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->wake, &attr);
	pthread_condattr_destroy(&attr);
	pthread_cond_init(&l->flushed, NULL);
	l->seen = calloc(SEEN_SLOTS, sizeof(*l->seen));
	if (l->seen)
		return l;
	looks_free(l);
	return NULL;
}

enum rc looks_start(struct store *s, struct writer *w, const struct looks_options *o, struct looks **out,
		    struct err *e)
{
	struct looks *l = sodium_init() < 0 ? NULL : looks_new(s, w, o);

	if (!l)
		return err_set(e, RC_NOMEM, NULL, NULL);
	l->has_thread = pthread_create(&l->thread, NULL, run, l) == 0;
	if (!l->has_thread) {
		looks_free(l);
		return err_set(e, RC_INTERNAL, NULL, "%s", "no thread for the log of who looked");
	}
	*out = l;
	return RC_OK;
}

void looks_stop(struct looks *l)
{
	if (!l)
		return;
	pthread_mutex_lock(&l->mutex);
	l->stopping = true;
	pthread_cond_signal(&l->wake);
	pthread_cond_broadcast(&l->flushed);
	pthread_mutex_unlock(&l->mutex);
	pthread_join(l->thread, NULL);
	looks_free(l);
}
