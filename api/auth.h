/*
 * auth.h - bearer tokens. Only BLAKE2b hashes of them are kept; they are compared in constant time.
 * One admin token for now; every handler already receives who calls.
 */
#pragma once

#include "api/request.h"
#include "store/store.h"

#define TOKEN_HASH_BYTES 32
#define TOKENS_MAX 64

struct token {
	uint8_t hash[TOKEN_HASH_BYTES];
	struct identity who;
};

struct auth {
	unsigned generation; /* of the set of tokens: whoever changes it counts on */
	size_t n;
	struct token tokens[TOKENS_MAX];
};

/* Who called last, so that a caller of many requests is not hashed for each. One loop's own. */
#define AUTH_MEMO_MAX 160
struct auth_memo {
	unsigned generation;
	size_t n; /* 0: nobody */
	char text[AUTH_MEMO_MAX];
	struct identity who;
};

/* Reads the tokens of the store. */
MUST_USE enum rc auth_load(struct auth *a, struct txn *t, struct err *e);
/* The caller of "Bearer TOKEN"; false: no such token. */
bool auth_find(const struct auth *a, struct auth_memo *m, struct view authorization,
	       struct identity *out);
void auth_memo_done(struct auth_memo *m);
