/* sessions.c - see sessions.h. A table of chains by hash; what ran out is swept when a session is made. */
#include "api/sessions.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/util.h"

#define SLOTS 4096
#define ID_BYTES 32
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

struct entry {
	struct entry *next;
	struct session s;
	int64_t made_us;
};

struct sessions {
	struct session_limits limits;
	uint8_t key[32]; /* of the hash, so that places in the table cannot be chosen */
	pthread_mutex_t lock;
	unsigned n;
	struct entry *slots[SLOTS];
};

struct sessions *sessions_new(const struct session_limits *l)
{
	struct sessions *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->limits = *l;
	randombytes_buf(s->key, sizeof(s->key));
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

static void entry_free(struct sessions *s, struct entry **at)
{
	struct entry *e = *at;

	*at = e->next;
	s->n--;
	sodium_memzero(e, sizeof(*e));
	free(e);
}

void sessions_free(struct sessions *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		while (s->slots[i])
			entry_free(s, &s->slots[i]);
	pthread_mutex_destroy(&s->lock);
	sodium_memzero(s->key, sizeof(s->key));
	free(s);
}

static void hash_of(const struct sessions *s, struct view id, uint8_t out[32])
{
	crypto_generichash(out, 32, id.p, id.n, s->key, sizeof(s->key));
}

static struct entry **place(struct sessions *s, const uint8_t hash[32])
{
	uint32_t i;

	memcpy(&i, hash, sizeof(i));
	struct entry **at = &s->slots[i % SLOTS];
	while (*at && sodium_memcmp((*at)->s.hash, hash, 32) != 0)
		at = &(*at)->next;
	return at;
}

static bool is_over(const struct entry *e, int64_t now) { return now >= e->s.idle_us || now >= e->s.end_us; }

static bool same_caller(const struct entry *e, const struct session *s)
{
	return e->s.oidc == s->oidc && e->s.who.token == s->who.token && strcmp(e->s.who.name, s->who.name) == 0;
}

/* Drops what ran out; answers how many the caller has, and its oldest one. */
static unsigned sweep(struct sessions *s, int64_t now, const struct session *new, struct entry **out_oldest)
{
	unsigned n = 0;

	*out_oldest = NULL;
	for (size_t i = 0; i < SLOTS; i++) {
		struct entry **at = &s->slots[i];
		while (*at) {
			if (is_over(*at, now)) {
				entry_free(s, at);
				continue;
			}
			if (same_caller(*at, new)) {
				n++;
				if (!*out_oldest || (*at)->made_us < (*out_oldest)->made_us)
					*out_oldest = *at;
			}
			at = &(*at)->next;
		}
	}
	return n;
}

static bool put(struct sessions *s, struct entry *e)
{
	struct entry *oldest;
	bool room;

	pthread_mutex_lock(&s->lock);
	if (sweep(s, e->made_us, &e->s, &oldest) >= SESSIONS_PER_CALLER)
		entry_free(s, place(s, oldest->s.hash));
	room = s->n < s->limits.max;
	if (room) {
		*place(s, e->s.hash) = e;
		s->n++;
	}
	pthread_mutex_unlock(&s->lock);
	return room;
}

enum rc sessions_make(struct sessions *s, struct session *new, char out_id[SESSION_ID_TEXT])
{
	struct entry *e = calloc(1, sizeof(*e));
	int64_t now = monotonic_us(), latest = now + (int64_t)s->limits.absolute_s * 1000000;
	uint8_t id[ID_BYTES];

	if (!e)
		return RC_NOMEM;
	randombytes_buf(id, sizeof(id));
	sodium_bin2base64(out_id, SESSION_ID_TEXT, id, sizeof(id), BASE64);
	sodium_memzero(id, sizeof(id));
	hash_of(s, view_str(out_id), new->hash);
	new->idle_us = now + (int64_t)s->limits.idle_s * 1000000;
	new->end_us = new->end_us ? MIN(new->end_us, latest) : latest;
	e->s = *new;
	e->made_us = now;
	if (put(s, e))
		return RC_OK;
	free(e);
	return RC_BUSY;
}

/* Under the lock; one that is over goes. */
static struct entry *find(struct sessions *s, const uint8_t hash[32], int64_t now)
{
	struct entry **at = place(s, hash);

	if (*at && is_over(*at, now))
		entry_free(s, at);
	else if (*at)
		return *at;
	return NULL;
}

bool sessions_find(struct sessions *s, struct view id, bool used, struct session *out)
{
	int64_t now = monotonic_us();
	uint8_t hash[32];

	if (id.n != SESSION_ID_TEXT - 1)
		return false;
	hash_of(s, id, hash);
	pthread_mutex_lock(&s->lock);
	struct entry *e = find(s, hash, now);
	if (e && used)
		e->s.idle_us = now + (int64_t)s->limits.idle_s * 1000000;
	if (e)
		*out = e->s;
	pthread_mutex_unlock(&s->lock);
	return e != NULL;
}

bool sessions_alive(struct sessions *s, const struct session *found)
{
	pthread_mutex_lock(&s->lock);
	bool alive = find(s, found->hash, monotonic_us()) != NULL;
	pthread_mutex_unlock(&s->lock);
	return alive;
}

void sessions_end(struct sessions *s, struct view id)
{
	uint8_t hash[32];

	hash_of(s, id, hash);
	pthread_mutex_lock(&s->lock);
	struct entry **at = place(s, hash);
	if (*at)
		entry_free(s, at);
	pthread_mutex_unlock(&s->lock);
}

unsigned sessions_count(struct sessions *s)
{
	pthread_mutex_lock(&s->lock);
	unsigned n = s->n;
	pthread_mutex_unlock(&s->lock);
	return n;
}
