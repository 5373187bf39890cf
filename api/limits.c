/*
 * limits.c - see limits.h. A rate is kept as one number for each key, the instant at which all that was taken has
 * been earned (GCRA): a key may be a window's worth ahead of now. Keys lie in sets of eight under a lock each;
 * one that is full gives up the key that is least ahead, which is nearly always one at rest.
 */
#include "api/limits.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "base/util.h"

#define SETS 4096
#define WAYS 8
#define LOCKS 64
#define COUNTERS 4096 /* callers of whom something is under way */
#define SECOND_US 1000000

const char *const limit_names[LIMIT__COUNT] = { "token", "address", "failed", "heavy", "uploads", "streams" };

struct ahead {
	uint64_t key;
	int64_t until_us;
};

struct counter {
	uint64_t key;
	unsigned n; /* 0: free */
};

struct limits {
	struct limits_config c;
	uint8_t hash_key[crypto_shorthash_KEYBYTES];
	pthread_mutex_t locks[LOCKS], counting;
	struct ahead sets[SETS][WAYS];
	struct counter counters[COUNTERS];
};

struct limits *limits_new(const struct limits_config *c)
{
	struct limits *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->c = *c;
	randombytes_buf(l->hash_key, sizeof(l->hash_key));
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_init(&l->locks[i], NULL);
	pthread_mutex_init(&l->counting, NULL);
	return l;
}

void limits_free(struct limits *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&l->locks[i]);
	pthread_mutex_destroy(&l->counting);
	free(l);
}

/* ---- keys ---- */

static uint64_t key_of(const struct limits *l, enum limit_kind kind, uint64_t number, const void *p, size_t n)
{
	uint8_t bytes[ACTOR_MAX + 9], hash[crypto_shorthash_BYTES];
	uint64_t key;

	n = MIN(n, (size_t)ACTOR_MAX);
	bytes[0] = (uint8_t)kind;
	memcpy(bytes + 1, &number, 8);
	memcpy(bytes + 9, p, n);
	crypto_shorthash(hash, bytes, 9 + n, l->hash_key);
	memcpy(&key, hash, sizeof(key));
	return key ? key : 1;
}

static uint64_t caller_key(const struct limits *l, enum limit_kind kind, const struct identity *who)
{
	return key_of(l, kind, who->token, who->name, who->token ? 0 : strlen(who->name));
}

/* Who has one IPv6 address has 2^64 of them. */
static uint64_t peer_key(const struct limits *l, enum limit_kind kind, const char *peer)
{
	uint8_t ip[16];

	if (strchr(peer, ':') && inet_pton(AF_INET6, peer, ip) == 1)
		return key_of(l, kind, 6, ip, 8);
	return key_of(l, kind, 0, peer, strlen(peer));
}

/* ---- rates ---- */

static struct ahead *find(struct ahead set[WAYS], uint64_t key)
{
	struct ahead *least = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].until_us < least->until_us)
			least = &set[i];
	}
	*least = (struct ahead){ .key = key };
	return least;
}

/* take: one more is wanted, and let in or refused; else it is only asked whether one would be let in. */
static bool pass(struct limits *l, uint64_t key, unsigned quota, int64_t window_us, int64_t now_us, bool take,
		 int64_t *out_wait_us)
{
	size_t set = key % SETS;
	int64_t step_us = window_us / quota, until_us;

	pthread_mutex_lock(&l->locks[set % LOCKS]);
	struct ahead *a = find(l->sets[set], key);
	until_us = MAX(a->until_us, now_us);
	bool ok = until_us + step_us - now_us <= window_us;
	if (ok && take)
		a->until_us = until_us + step_us;
	pthread_mutex_unlock(&l->locks[set % LOCKS]);
	*out_wait_us = until_us + step_us - now_us - window_us;
	return ok;
}

static bool rate(struct limits *l, enum limit_kind kind, uint64_t key, unsigned quota, unsigned window_s,
		 int64_t now_us, bool take, struct limit_hit *out)
{
	int64_t wait_us;

	if (pass(l, key, MIN(quota, (unsigned)SECOND_US), (int64_t)window_s * SECOND_US, now_us, take, &wait_us))
		return true;
	if (out)
		*out = (struct limit_hit){ kind, quota, window_s,
					   (unsigned)((wait_us + SECOND_US - 1) / SECOND_US) };
	return false;
}

bool limits_caller(struct limits *l, const struct identity *who, int64_t now_us, struct limit_hit *out)
{
	unsigned quota = access_sees_all(who) ? l->c.rate_trusted : l->c.rate_token;

	return !quota ||
	       rate(l, LIMIT_TOKEN, caller_key(l, LIMIT_TOKEN, who), quota, 1, now_us, true, out);
}

bool limits_address(struct limits *l, const char *peer, int64_t now_us, struct limit_hit *out)
{
	return !l->c.rate_address || rate(l, LIMIT_ADDRESS, peer_key(l, LIMIT_ADDRESS, peer), l->c.rate_address,
					  1, now_us, true, out);
}

bool limits_may_try(struct limits *l, const char *peer, int64_t now_us, struct limit_hit *out)
{
	return !l->c.failed_logins || rate(l, LIMIT_FAILED, peer_key(l, LIMIT_FAILED, peer), l->c.failed_logins,
					   60, now_us, false, out);
}

void limits_failed(struct limits *l, const char *peer, int64_t now_us)
{
	if (l->c.failed_logins)
		(void)rate(l, LIMIT_FAILED, peer_key(l, LIMIT_FAILED, peer), l->c.failed_logins, 60, now_us,
			   true, NULL);
}

/* ---- at one time ---- */

static unsigned most(const struct limits *l, enum limit_kind kind)
{
	switch (kind) {
	case LIMIT_HEAVY:
		return l->c.heavy_per_token;
	case LIMIT_UPLOADS:
		return l->c.uploads_per_token;
	case LIMIT_STREAMS:
		return l->c.streams_per_token;
	case LIMIT_TOKEN:
	case LIMIT_ADDRESS:
	case LIMIT_FAILED:
	case LIMIT__COUNT:
		break;
	}
	return 0;
}

/* Its counter, or a free one near its place; NULL: so many callers are at work that nobody can be counted. */
static struct counter *counter_of(struct limits *l, uint64_t key)
{
	struct counter *unused = NULL;

	for (size_t i = 0; i < 64; i++) {
		struct counter *c = &l->counters[(key + i) % COUNTERS];
		if (c->n && c->key == key)
			return c;
		if (!c->n && !unused)
			unused = c;
	}
	return unused;
}

bool limits_enter(struct limits *l, enum limit_kind kind, const struct identity *who, uint32_t *out_slot,
		  struct limit_hit *out)
{
	unsigned quota = most(l, kind);
	uint64_t key = caller_key(l, kind, who);
	bool ok = true;

	*out_slot = 0;
	if (!quota || access_sees_all(who))
		return true;
	pthread_mutex_lock(&l->counting);
	struct counter *c = counter_of(l, key);
	if (!c || c->n >= quota) {
		ok = false;
	} else {
		c->key = key;
		c->n++;
		*out_slot = (uint32_t)(c - l->counters) + 1;
	}
	pthread_mutex_unlock(&l->counting);
	if (!ok)
		*out = (struct limit_hit){ kind, quota, 0, 1 };
	return ok;
}

void limits_leave(struct limits *l, uint32_t slot)
{
	if (!slot)
		return;
	pthread_mutex_lock(&l->counting);
	if (l->counters[slot - 1].n)
		l->counters[slot - 1].n--;
	pthread_mutex_unlock(&l->counting);
}
