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
	size_t n;
	struct token tokens[TOKENS_MAX];
};

/* Reads the tokens of the store. */
MUST_USE enum rc auth_load(struct auth *a, struct txn *t, struct err *e);
/* The caller of "Bearer TOKEN"; false: no such token. */
bool auth_find(const struct auth *a, struct view authorization, struct identity *out);
