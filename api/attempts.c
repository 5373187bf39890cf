/*
 * attempts.c - see attempts.h. Buckets lie in sets of four, chosen by a keyed hash; in a full set the one that
 * was idle longest gives way: it is the fullest.
 */
#include "api/attempts.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sodium.h>

#include "base/clock.h"
#include "base/util.h"

#define SETS 1024
#define WAYS 4

struct bucket {
	uint64_t who; /* 0: free */
	int64_t left; /* attempts, times a minute in us */
	int64_t at_us;
};

struct attempts {
	pthread_mutex_t lock;
	int64_t per_minute;
	uint8_t key[crypto_shorthash_KEYBYTES];
	struct bucket b[SETS][WAYS];
};

#define ONE 60000000 /* an attempt in units of left */

struct attempts *attempts_new(unsigned per_minute)
{
	struct attempts *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->per_minute = per_minute;
	randombytes_buf(a->key, sizeof(a->key));
	pthread_mutex_init(&a->lock, NULL);
	return a;
}

void attempts_free(struct attempts *a)
{
	if (a)
		pthread_mutex_destroy(&a->lock);
	free(a);
}

static uint64_t hash_of(const struct attempts *a, const char *peer)
{
	uint8_t bytes[16] = { 0 }, hash[crypto_shorthash_BYTES];
	size_t n = strlen(peer);
	uint64_t h;

	if (inet_pton(AF_INET6, peer, bytes) == 1)
		crypto_shorthash(hash, bytes, 8, a->key);
	else
		crypto_shorthash(hash, (const uint8_t *)peer, n, a->key);
	memcpy(&h, hash, sizeof(h));
	return h ? h : 1;
}

static struct bucket *find(struct attempts *a, uint64_t who, int64_t now)
{
	struct bucket *set = a->b[who % SETS], *oldest = &set[0];

	for (int i = 0; i < WAYS; i++) {
		if (set[i].who == who)
			return &set[i];
		if (set[i].at_us < oldest->at_us)
			oldest = &set[i];
	}
	*oldest = (struct bucket){ who, a->per_minute * ONE, now };
	return oldest;
}

bool attempts_take(struct attempts *a, const char *peer, unsigned *out_wait_s)
{
	uint64_t who = hash_of(a, peer);
	int64_t now = monotonic_us();
	bool passes;

	pthread_mutex_lock(&a->lock);
	struct bucket *b = find(a, who, now);
	int64_t gone = MIN(now - b->at_us, (int64_t)ONE);
	b->left = MIN(b->left + gone * a->per_minute, a->per_minute * ONE);
	b->at_us = now;
	passes = b->left >= ONE;
	if (passes)
		b->left -= ONE;
	else
		*out_wait_s = (unsigned)((ONE - b->left) / a->per_minute / 1000000) + 1;
	pthread_mutex_unlock(&a->lock);
	return passes;
}
