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

/* ---- entries in pieces, so that the largest needs no more memory than the smallest ---- */
uint64_t audit_command_bytes(struct txn *t, uint64_t revision); /* 0: there is none */
/* Appends at most max bytes of the command from byte `at` on. */
MUST_USE enum rc audit_command_slice(struct txn *t, uint64_t revision, uint64_t at, size_t max, struct buf *out);
/* How many bytes the images of a revision take with their keys. */
uint64_t audit_past_bytes(struct txn *t, uint64_t revision);
/* An image as one text of bytes: varint length of the key behind the revision, that key, the record. */
void audit_image_encode(struct buf *out, const struct past *p);
bool audit_image_decode(struct view bytes, uint64_t revision, struct past *out); /* but for .whole */
/* Hashes an image that was decoded. */
void audit_image_hash(struct past_hash *h, const struct past *p);

/* ---- signed heads (head.c) ---- */
/* A signature over what the log was: Ed25519 over a label, be64 revision, hash, be64 at, public key. As bytes (blob of
 * CMD_HEAD): be64 revision, hash, be64 at in ms, public key, signature. */
#define AUDIT_KEY 32u
#define AUDIT_SIGNATURE 64u
#define AUDIT_HEAD_BYTES (8u + AUDIT_HASH + 8u + AUDIT_KEY + AUDIT_SIGNATURE)
struct audit_head {
	uint64_t revision;
	uint8_t hash[AUDIT_HASH];
	int64_t at_ms;
	uint8_t key[AUDIT_KEY];
	uint8_t signature[AUDIT_SIGNATURE];
};
/* secret: of libsodium, 64 bytes; its public half goes into the head. */
void audit_head_sign(struct audit_head *h, const uint8_t secret[64]);
bool audit_head_verify(const struct audit_head *h);
void audit_head_encode(const struct audit_head *h, uint8_t out[AUDIT_HEAD_BYTES]);
bool audit_head_decode(struct view bytes, struct audit_head *out);
/* The last signed head: the revision of its own command, and the one that it signs; 0, 0: none yet. */
struct audit_signed {
	uint64_t own, revision;
};
MUST_USE enum rc audit_signed(struct txn *t, struct audit_signed *out);
/* The head itself, also where its entry was dropped; RC_NOT_FOUND: none yet. */
MUST_USE enum rc audit_head_last(struct txn *t, struct audit_head *out);

/* ---- dropping what is old (prune.c) ---- */
#define PRUNE_MAX 5000u /* entries that one command drops */
/* Bytes of the last entry to drop, blob of CMD_PRUNE: be64 revision, its hash. */
#define PRUNE_BYTES (8u + AUDIT_HASH)
/* How far a command may drop now, of what was recorded before `before_ms`: the revision, or 0 for nothing. Never what the kept
 * figures still need or no head has signed. */
MUST_USE enum rc prune_find(struct txn *t, int64_t before_ms, uint8_t out[PRUNE_BYTES], uint64_t *out_revision);

/* ---- erasing personal data (erase.c) ---- */
/* Blob of CMD_ERASE: u8 also the contacts in the clauses of its links, text id; the log adds varint count and 16 bytes
 * for each reference whose value went. */
void erase_encode(struct buf *out, struct view org_id, bool clauses);
struct erasure {
	bool clauses;
	struct view org;
	struct view refs; /* 16 bytes each */
};
bool erase_decode(struct view blob, struct erasure *out);
/* Whether the reference's value was erased by a command after revision `after`, up to `until`. */
bool erased_between(struct txn *t, struct view ref, uint64_t after, uint64_t until);

/* Of a batch: chains b->new_revision, whose command is complete and whose images are written. */
struct batch;
void audit_append(struct batch *b, struct view command);
