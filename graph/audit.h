/*
 * audit.h - the log as an audit trail: each of its entries is chained to the one before it.
 *
 * h(n) = BLAKE2b-256 over a label, h(n-1), be64 n, the command's bytes as LOG keeps them, and the digest of the
 * images of n (past_digest(): what records were before). h(0) is 32 zeros. AUDIT keeps h(n) under n, written by the
 * transaction that writes the entry.
 */
#pragma once

#include "graph/past.h"

#define AUDIT_HASH 32u

/* One entry's hash, its command in as many pieces as it comes. */
void audit_begin(crypto_generichash_state *h, const uint8_t before[AUDIT_HASH], uint64_t revision);
void audit_add(crypto_generichash_state *h, struct view piece);
void audit_end(crypto_generichash_state *h, const uint8_t images[AUDIT_HASH], uint8_t out[AUDIT_HASH]);

/* The last entry that was dropped; revision 0 and zeros where none was. */
struct audit_base {
	uint64_t revision;
	uint8_t hash[AUDIT_HASH];
};
MUST_USE enum rc audit_base(struct txn *t, struct audit_base *out);
/* h(revision); RC_COMPACTED: dropped. */
MUST_USE enum rc audit_hash_at(struct txn *t, uint64_t revision, uint8_t out[AUDIT_HASH]);
/* What an entry's hash is, given the one before: from LOG and PAST, whatever AUDIT says. */
MUST_USE enum rc audit_compute(struct txn *t, uint64_t revision, const uint8_t before[AUDIT_HASH],
			       uint8_t out[AUDIT_HASH]);
/* The whole chain of a store against its log; as graph_check(). */
size_t audit_check(struct txn *t, void (*report)(void *arg, const char *sentence), void *arg);

/* Of a batch: chains b->new_revision, whose command is complete and whose images are written. */
struct batch;
void audit_append(struct batch *b, struct view command);
