/* known.c - see known.h. Few sets, searched one by one; a set that is as old as the links, by known_stands(), is as
 * good as a new one. A set is only looked at under the lock: a test is one bit. */
#include "api/known.h"

#include <pthread.h>

#include "api/api_int.h"
#include "base/util.h"
#include "graph/known.h"
#include "graph/radix.h"

#define SETS_MAX 32

struct known_set {
	uint64_t *bits; /* NULL: free; those named, then everybody in the chain */
	size_t words;   /* of each of the two */
	uint32_t procurer;
	int32_t day;
	uint64_t revision, used_at;
};

struct known_cache {
	pthread_mutex_t lock;
	size_t max_bytes, bytes;
	uint64_t uses;
	struct known_set sets[SETS_MAX];
	pthread_mutex_t walk; /* of scratch */
	struct scratch *scratch;
};

struct known_cache *known_cache_new(size_t max_bytes)
{
	struct known_cache *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	pthread_mutex_init(&c->lock, NULL);
	pthread_mutex_init(&c->walk, NULL);
	c->max_bytes = max_bytes;
	return c;
}

void known_cache_free(struct known_cache *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < SETS_MAX; i++)
		free(c->sets[i].bits);
	scratch_free(c->scratch);
	pthread_mutex_destroy(&c->lock);
	pthread_mutex_destroy(&c->walk);
	free(c);
}

static size_t set_bytes(const struct known_set *x) { return 2 * x->words * sizeof(*x->bits); }

static void set_drop(struct known_cache *c, struct known_set *x)
{
	c->bytes -= set_bytes(x);
	free(x->bits);
	*x = (struct known_set){ 0 };
}

/* Under the lock: the set that stands at the transaction's snapshot, or NULL. */
static struct known_set *set_find(struct known_cache *c, struct txn *t, uint32_t procurer)
{
	uint64_t now = graph_revision(t);
	int32_t today = graph_today(t);

	for (size_t i = 0; i < SETS_MAX; i++) {
		struct known_set *x = &c->sets[i];
		if (!x->bits || x->procurer != procurer || x->revision > now)
			continue;
		if (x->day != today || (x->revision < now && !known_stands(t, x->revision))) {
			set_drop(c, x);
			continue;
		}
		x->revision = now;
		x->used_at = ++c->uses;
		return x;
	}
	return NULL;
}

/* Under the lock: a free place, with room for so many bytes; NULL: it does not fit. */
static struct known_set *place_for(struct known_cache *c, size_t bytes)
{
	struct known_set *oldest, *empty;

	if (bytes > c->max_bytes)
		return NULL;
	for (;;) {
		oldest = empty = NULL;
		for (size_t i = 0; i < SETS_MAX; i++) {
			struct known_set *x = &c->sets[i];
			if (!x->bits)
				empty = x;
			else if (!oldest || x->used_at < oldest->used_at)
				oldest = x;
		}
		if (empty && c->bytes + bytes <= c->max_bytes)
			return empty;
		if (!oldest)
			return NULL;
		set_drop(c, oldest);
	}
}

static enum rc walk_for(struct known_cache *c, struct txn *t, struct scratch *s, const struct known_set *x)
{
	uint64_t *reach = x->bits + x->words;
	enum rc rc = RC_NOMEM;

	if (s)
		return known_compute(t, s, x->procurer, x->day, x->bits, reach);
	pthread_mutex_lock(&c->walk);
	if (!c->scratch)
		c->scratch = scratch_new();
	if (c->scratch)
		rc = known_compute(t, c->scratch, x->procurer, x->day, x->bits, reach);
	pthread_mutex_unlock(&c->walk);
	return rc;
}

static bool bit_of(const struct known_set *x, const uint64_t *bits, uint32_t org)
{
	return org / 64 < x->words && (bits[org / 64] >> (org % 64) & 1);
}

/* Keeps a set that was made, unless somebody else was faster or it is too large. */
static void keep(struct known_cache *c, struct txn *t, struct known_set *x)
{
	struct known_set *place;

	pthread_mutex_lock(&c->lock);
	place = set_find(c, t, x->procurer) ? NULL : place_for(c, set_bytes(x));
	x->used_at = ++c->uses;
	if (place) {
		*place = *x;
		c->bytes += set_bytes(x);
	}
	pthread_mutex_unlock(&c->lock);
	if (!place)
		free(x->bits);
}

/* Shows fn the procurer's set; under the lock, where it was kept. */
static enum rc look(struct known_cache *c, struct txn *t, struct scratch *s, uint32_t procurer,
		    void (*fn)(void *arg, const struct known_set *x), void *arg)
{
	struct known_set x = { .procurer = procurer, .words = known_words(t), .day = graph_today(t) }, *kept;
	enum rc rc;

	pthread_mutex_lock(&c->lock);
	kept = set_find(c, t, procurer);
	if (kept)
		fn(arg, kept);
	pthread_mutex_unlock(&c->lock);
	if (kept)
		return RC_OK;
	x.bits = calloc(2 * x.words, sizeof(*x.bits));
	rc = x.bits ? walk_for(c, t, s, &x) : RC_NOMEM;
	if (rc) {
		free(x.bits);
		return rc;
	}
	fn(arg, &x);
	x.revision = graph_revision(t);
	keep(c, t, &x);
	return RC_OK;
}

struct asked {
	uint32_t org;
	enum seen seen;
};

static void look_up(void *arg, const struct known_set *x)
{
	struct asked *q = arg;

	q->seen = bit_of(x, x->bits, q->org)		  ? SEEN_NAMED
		  : bit_of(x, x->bits + x->words, q->org) ? SEEN_ANONYMOUS
							  : SEEN_NOT;
}

enum rc known_seen(struct api *a, struct txn *t, struct scratch *s, uint32_t procurer, uint32_t org, enum seen *out)
{
	struct asked q = { .org = org };
	enum rc rc = look(a->known, t, s, procurer, look_up, &q);

	*out = q.seen;
	return rc;
}

struct adding {
	uint64_t *bits;
	size_t words;
};

static void add_named(void *arg, const struct known_set *x)
{
	struct adding *add = arg;

	for (size_t i = 0; i < MIN(add->words, x->words); i++)
		add->bits[i] |= x->bits[i];
}

enum rc known_add_named(struct api *a, struct txn *t, struct scratch *s, uint32_t procurer, uint64_t *bits)
{
	struct adding add = { bits, known_words(t) };

	return look(a->known, t, s, procurer, add_named, &add);
}

/* ---- the caller's own ---- */

static bool own_add(void *arg, uint32_t org)
{
	buf_add(arg, &org, sizeof(org));
	return true;
}

enum rc known_own(struct txn *t, const struct identity *who, struct buf *out)
{
	uint32_t *own;
	size_t n, k = 0;

	buf_clear(out);
	access_own_each(t, who, own_add, out);
	if (!buf_ok(out))
		return RC_NOMEM;
	own = (uint32_t *)(void *)out->p;
	n = out->n / sizeof(*own);
	if (n)
		u32_sort(own, n);
	for (size_t i = 0; i < n; i++)
		if (!k || own[k - 1] != own[i])
			own[k++] = own[i];
	out->n = k * sizeof(*own);
	return txn_rc(t);
}

/* ---- the question ---- */

bool known_reads_chains(const struct identity *who)
{
	return who->role == ROLE_PROCURER || who->role == ROLE_AUDITOR;
}

enum rc known_has(struct api *a, struct txn *t, struct scratch *s, const struct identity *who, uint32_t org, bool *out)
{
	*out = access_sees_all(who) || access_tie(t, who, org) != TIE_NONE;
	return *out ? RC_OK : known_chain(a, t, s, who, org, out);
}

enum rc known_chain(struct api *a, struct txn *t, struct scratch *s, const struct identity *who, uint32_t org, bool *out)
{
	struct buf own = BUF_INIT;
	enum seen seen = SEEN_NOT;
	enum rc rc;

	*out = false;
	if (!known_reads_chains(who))
		return RC_OK;
	rc = known_own(t, who, &own);
	for (size_t i = 0; i < own.n && !rc && !*out; i += sizeof(uint32_t)) {
		uint32_t procurer;
		memcpy(&procurer, own.p + i, sizeof(procurer));
		rc = known_seen(a, t, s, procurer, org, &seen);
		*out = seen == SEEN_NAMED;
	}
	buf_done(&own);
	return rc;
}

bool known_ready(struct api *a, struct txn *t, const struct identity *who)
{
	struct buf own = BUF_INIT;
	bool ready = access_sees_all(who) || !known_reads_chains(who);

	if (!ready && known_own(t, who, &own) == RC_OK) {
		ready = true;
		pthread_mutex_lock(&a->known->lock);
		for (size_t i = 0; i < own.n && ready; i += sizeof(uint32_t)) {
			uint32_t org;
			memcpy(&org, own.p + i, sizeof(org));
			ready = set_find(a->known, t, org) != NULL;
		}
		pthread_mutex_unlock(&a->known->lock);
	}
	buf_done(&own);
	return ready;
}
