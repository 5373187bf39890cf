/*
 * token.h - bearer tokens as the store keeps them: who may come in with which role, bound to which organisations,
 * until when. Only a hash of a token's text is ever here or in the log.
 *
 * DB_TOKEN: be64 number => u8 version 1, u8 role, 32 bytes hash, 32 bytes hash before the last rotation, zigzag ms
 * until which that one is taken, zigzag ms created, expires, revoked (0: not), text name, text who made it, varint
 * count and varint organisation numbers.
 * DB_TOKEN_USE: be64 number => be64 ms of the last use, coarse.
 */
#pragma once

#include "graph/graph.h"

#define TOKEN_HASH_BYTES 32
#define TOKEN_NAME_MAX 63 /* bytes; without '@' and control characters */
#define TOKEN_ORGS_MAX 64
#define TOKENS_MAX 100000u

struct token_rec {
	uint64_t id;
	uint8_t role; /* enum role of services/access.h; the graph only keeps it */
	uint8_t hash[TOKEN_HASH_BYTES], old_hash[TOKEN_HASH_BYTES];
	int64_t old_until_ms, created_ms, expires_ms, revoked_ms; /* expires, revoked 0: not */
	struct view name, created_by;
	unsigned n_orgs;
	uint32_t orgs[TOKEN_ORGS_MAX];
};

enum token_change { TOKEN_CREATE = 1, TOKEN_REVOKE = 2, TOKEN_ROTATE = 3 };

/* The blob of a CMD_TOKEN, whose `job` is the token's number (0 for a new one; the number it got afterwards). */
void token_create_blob(struct buf *out, uint8_t role, const uint8_t hash[TOKEN_HASH_BYTES],
		       int64_t expires_ms, struct view name, const struct view *orgs, unsigned n_orgs);
void token_revoke_blob(struct buf *out, int64_t used_ms); /* when it was used last; 0: never */
void token_rotate_blob(struct buf *out, const uint8_t hash[TOKEN_HASH_BYTES], int64_t old_until_ms);

/* RC_NOT_FOUND. The texts point into the store. */
enum rc token_get(struct txn *t, uint64_t id, struct token_rec *out);
/* In order of their numbers, behind after; fn answers false to stop. */
void token_each(struct txn *t, uint64_t after, bool (*fn)(void *arg, const struct token_rec *k), void *arg);
int64_t token_used(struct txn *t, uint64_t id); /* ms; 0: never, as far as is kept */
void token_use_put(struct txn *w, uint64_t id, int64_t at_ms);
