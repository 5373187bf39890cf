/*
 * auth.h - who calls: bearer tokens against the table of their hashes.
 *
 * The table is made from the store and made anew whenever a token is made, rotated or revoked, before that is
 * answered. A token is found by its BLAKE2b hash; since texts are random, where a hash stands tells nothing, and
 * hashes are compared whole in constant time.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "graph/token.h"
#include "services/access.h"

struct auth_key;
struct auth_token;

struct auth {
	atomic_uint generation; /* counts on with each table */
	pthread_rwlock_t lock;
	/* under lock */
	size_t n_tokens, n_keys, mask; /* mask: of the slots in index */
	struct auth_token *tokens;     /* by number; the administrator of DIR/admin.token is number 0 */
	struct auth_key *keys;         /* hashes that are taken */
	uint32_t *index;               /* key + 1 by hash; 0: free */
};

/* Who called last, so that a caller of many requests is not hashed for each. One loop's own. */
#define AUTH_MEMO_MAX 160
struct auth_memo {
	unsigned generation;
	size_t n; /* 0: nobody */
	char text[AUTH_MEMO_MAX];
	int64_t until_ms, noted_ms;
	struct identity who;
};

void auth_init(struct auth *a);
void auth_done(struct auth *a);
/* Makes the table of the store's tokens; on failure the old one stands. */
MUST_USE enum rc auth_load(struct auth *a, struct txn *t, struct err *e);
/* The text behind "Bearer "; .n 0: the header is not of that form. */
struct view auth_bearer(struct view authorization);
/* The caller of a token's text; false: no such token, or not any more. */
bool auth_find(struct auth *a, struct auth_memo *m, struct view token, int64_t now_ms, struct identity *out);
/* The same for who has only the hash of its text: a session that was made from a token. */
bool auth_find_hash(struct auth *a, const uint8_t hash[TOKEN_HASH_BYTES], int64_t now_ms, struct identity *out);
/* The caller that the token of this name stands for, where it came in by other means. Not the administrator's. */
bool auth_find_named(struct auth *a, const char *name, int64_t now_ms, struct identity *out);
void auth_memo_done(struct auth_memo *m);
/* Whether a caller that came in with a token may still be here: not with a text that the token has no more. */
bool auth_still(struct auth *a, const struct identity *who, int64_t now_ms);
/* fn for each token that was used since then, with the time of its last use (as coarse as AUTH_USE_MS). */
#define AUTH_USE_MS 60000
void auth_used(struct auth *a, int64_t since_ms, void (*fn)(void *arg, uint64_t token, int64_t at_ms), void *arg);
int64_t auth_last_used(struct auth *a, uint64_t token); /* 0: never */

void auth_hash(struct view token, uint8_t out[TOKEN_HASH_BYTES]);
