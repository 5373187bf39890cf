/* auditor.c - see auditor.h. A thread that sleeps until a commit makes something due. */
#include "services/auditor.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/util.h"

#define HEAD_EVERY 10000
#define DAY_MS ((int64_t)86400000)
#define SCRUB_RETRY_S 5

struct auditor {
	struct store *store;
	struct writer *writer;
	const struct clock *clock;
	uint64_t head_every;
	unsigned keep_days;
	uint8_t secret[64];
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	/* under mutex */
	uint64_t poked, signed_to; /* newest on disk; signed by the last head */
	int32_t day;               /* of the last head, or of the start */
	bool stopping, scrub;
	bool failed;               /* tried in vain: not again before the next commit */
};

void auditor_key(const struct auditor *a, uint8_t out[AUDIT_KEY])
{
	memcpy(out, a->secret + 32, AUDIT_KEY);
}

enum rc auditor_sign(const struct auditor *a, struct txn *t, uint8_t out[AUDIT_HEAD_BYTES])
{
	struct audit_signed last;
	struct audit_head h = { .revision = graph_revision(t), .at_ms = clock_now_ms(a->clock) };
	enum rc rc = audit_signed(t, &last);

	if (rc == RC_OK && (h.revision == 0 || h.revision == last.own)) /* a head alone is nothing new */
		rc = RC_CONFLICT;
	if (rc == RC_OK)
		rc = audit_hash_at(t, h.revision, h.hash);
	if (rc != RC_OK)
		return rc;
	audit_head_sign(&h, a->secret);
	audit_head_encode(&h, out);
	return RC_OK;
}

/* ---- the work ---- */

static bool is_stopping(struct auditor *a)
{
	pthread_mutex_lock(&a->mutex);
	bool stop = a->stopping;
	pthread_mutex_unlock(&a->mutex);
	return stop;
}

static enum rc submit(struct auditor *a, enum cmd_type type, struct view blob)
{
	struct cmd c = { .type = type, .actor = VIEW_LIT("system"), .blob = blob };
	uint64_t revision;
	struct err e = { 0 };

	return writer_do(a->writer, &c, &revision, &e);
}

static enum rc write_head(struct auditor *a)
{
	uint8_t head[AUDIT_HEAD_BYTES];
	struct txn *t;
	enum rc rc = txn_begin_read(a->store, &t);

	if (rc != RC_OK)
		return rc;
	rc = auditor_sign(a, t, head);
	txn_abort(t);
	if (rc == RC_OK)
		rc = submit(a, CMD_HEAD, view_of(head, sizeof(head)));
	return rc == RC_CONFLICT ? RC_OK : rc; /* somebody else was quicker */
}

/* One command; *out_more: there may be more to drop. */
static enum rc prune_once(struct auditor *a, bool *out_more)
{
	int64_t before_ms = clock_now_ms(a->clock) - (int64_t)a->keep_days * DAY_MS;
	uint8_t bytes[PRUNE_BYTES];
	uint64_t revision = 0;
	struct txn *t;
	enum rc rc = txn_begin_read(a->store, &t);

	*out_more = false;
	if (rc != RC_OK)
		return rc;
	rc = prune_find(t, before_ms, bytes, &revision);
	txn_abort(t);
	*out_more = rc == RC_OK && revision;
	return *out_more ? submit(a, CMD_PRUNE, view_of(bytes, sizeof(bytes))) : rc;
}

static enum rc prune(struct auditor *a)
{
	bool more = a->keep_days > 0;
	enum rc rc = RC_OK;

	while (more && rc == RC_OK && !is_stopping(a))
		rc = prune_once(a, &more);
	return rc;
}

static void read_state(struct auditor *a)
{
	struct audit_signed last = { 0 };
	struct audit_head head = { 0 };
	struct log_head oldest;
	struct txn *t;

	if (txn_begin_read(a->store, &t) != RC_OK)
		return;
	uint64_t revision = graph_revision(t);
	bool has = audit_signed(t, &last) == RC_OK && last.own && audit_head_last(t, &head) == RC_OK;
	if (!has && log_head(t, log_first(t), &oldest) == RC_OK) { /* unsigned since then */
		head.at_ms = oldest.at_ms;
		has = true;
	}
	txn_abort(t);
	pthread_mutex_lock(&a->mutex);
	a->poked = MAX(a->poked, revision);
	a->signed_to = last.own;
	if (has)
		a->day = day_of_instant_jst(head.at_ms);
	pthread_mutex_unlock(&a->mutex);
}

static void sign_and_drop(struct auditor *a)
{
	enum rc rc = write_head(a);

	if (rc == RC_OK)
		rc = prune(a);
	if (rc != RC_OK && rc != RC_STOPPING)
		log_error("audit", "signing or dropping entries failed: %s", rc_code(rc));
	read_state(a);
	pthread_mutex_lock(&a->mutex);
	a->failed = rc != RC_OK;
	if (rc == RC_OK) /* also where there was nothing to sign */
		a->day = clock_today(a->clock);
	pthread_mutex_unlock(&a->mutex);
}

/* ---- the thread ---- */

/* Under the mutex. */
static bool head_due(const struct auditor *a)
{
	return !a->failed && a->poked > a->signed_to &&
	       (a->poked - a->signed_to >= a->head_every || clock_today(a->clock) > a->day);
}

static void on_commit(void *arg, uint64_t revision)
{
	struct auditor *a = arg;

	pthread_mutex_lock(&a->mutex);
	a->poked = revision;
	a->failed = false;
	if (head_due(a))
		pthread_cond_signal(&a->wake);
	pthread_mutex_unlock(&a->mutex);
}

void auditor_scrub(struct auditor *a)
{
	pthread_mutex_lock(&a->mutex);
	a->scrub = true;
	pthread_cond_signal(&a->wake);
	pthread_mutex_unlock(&a->mutex);
}

/* What still held by somebody who reads is tried again a little later. */
static void scrub(struct auditor *a)
{
	struct timespec until;
	uint64_t left = 0;
	enum rc rc = store_scrub(a->store, &left);

	if (rc != RC_OK)
		log_error("audit", "free pages could not be written over: %s", rc_code(rc));
	if (rc != RC_OK || !left)
		return;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += SCRUB_RETRY_S;
	pthread_mutex_lock(&a->mutex);
	a->scrub = true;
	if (!a->stopping)
		pthread_cond_timedwait(&a->wake, &a->mutex, &until);
	pthread_mutex_unlock(&a->mutex);
}

static void *run(void *arg)
{
	struct auditor *a = arg;

	for (;;) {
		pthread_mutex_lock(&a->mutex);
		while (!a->stopping && !a->scrub && !head_due(a))
			pthread_cond_wait(&a->wake, &a->mutex);
		bool stop = a->stopping, clean = a->scrub, due = head_due(a);
		a->scrub = false;
		pthread_mutex_unlock(&a->mutex);
		if (stop)
			return NULL;
		if (due)
			sign_and_drop(a);
		if (clean)
			scrub(a);
	}
}

static struct auditor *auditor_new(struct store *s, struct writer *w, const struct clock *c,
				   const struct auditor_options *o)
{
	struct auditor *a = calloc(1, sizeof(*a));
	pthread_condattr_t attr;

	if (!a)
		return NULL;
	a->store = s;
	a->writer = w;
	a->clock = c;
	a->head_every = o->head_every ? o->head_every : HEAD_EVERY;
	a->keep_days = o->keep_days;
	a->day = clock_today(c);
	pthread_mutex_init(&a->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&a->wake, &attr);
	pthread_condattr_destroy(&attr);
	return a;
}

static void auditor_free(struct auditor *a)
{
	sodium_memzero(a->secret, sizeof(a->secret));
	pthread_cond_destroy(&a->wake);
	pthread_mutex_destroy(&a->mutex);
	free(a);
}

enum rc auditor_start(struct store *s, struct writer *w, const struct clock *c, const struct auditor_options *o,
		      struct auditor **out, struct err *e)
{
	struct auditor *a = auditor_new(s, w, c, o);
	enum rc rc = a ? auditor_key_load(o->dir, a->secret, e) : err_set(e, RC_NOMEM, NULL, NULL);

	if (rc == RC_OK) {
		read_state(a);
		if (pthread_create(&a->thread, NULL, run, a) != 0)
			rc = err_set(e, RC_NOMEM, NULL, NULL);
	}
	if (rc != RC_OK) {
		if (a)
			auditor_free(a);
		return rc;
	}
	writer_on_commit(w, on_commit, a);
	*out = a;
	return RC_OK;
}

void auditor_stop(struct auditor *a)
{
	if (!a)
		return;
	writer_off_commit(a->writer, on_commit, a);
	pthread_mutex_lock(&a->mutex);
	a->stopping = true;
	pthread_cond_signal(&a->wake);
	pthread_mutex_unlock(&a->mutex);
	pthread_join(a->thread, NULL);
	auditor_free(a);
}
