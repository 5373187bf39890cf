/*
 * past.h - what records were before a revision changed or removed them: database PAST. It is the "before" of
 * the audit log, and what the state as of a revision is found from. Creations leave nothing here: the log
 * says what was made, and a record carries the revision that made it.
 *
 * PAST key: be64 revision, u8 entity (enum ent), the entity's own key (org, targets: be32 org; link: be32
 * procurer, be32 supplier; certificate, drill: be32 org, name; clause: be32 procurer, be32 supplier, u8 number).
 */
#pragma once

#include <sodium.h>

#include "graph/graph.h"

struct past {
	uint64_t revision;
	enum ent ent;
	struct view key; /* the entity's own */
	struct view rec; /* the record before the revision */
	struct view whole; /* key of PAST */
};
/* The images of the revisions >= from, in key order; fn answers false to stop. Damage sticks in t. */
void past_each(struct txn *t, uint64_t from, bool (*fn)(void *arg, const struct past *p), void *arg);
/* What the revision found; RC_NOT_FOUND: it made the record, or left it alone. */
enum rc past_get(struct txn *t, uint64_t revision, enum ent ent, struct view key, struct view *out);
/* The record of now. */
enum rc record_get(struct txn *t, enum ent ent, struct view key, struct view *out);
/* From this revision on PAST tells everything; earlier ones were written by a program that kept none. */
uint64_t past_from(struct txn *t);
/* BLAKE2b-256 over the images of a revision in key order: for each varint length and key of PAST, varint length
 * and record. 32 zeros where there are none. */
enum rc past_digest(struct txn *t, uint64_t revision, uint8_t out[32]);
/* The same in steps: key is the whole key of PAST. */
struct past_hash {
	crypto_generichash_state state;
	bool any;
};
void past_hash_begin(struct past_hash *h);
void past_hash_add(struct past_hash *h, struct view key, struct view rec);
void past_hash_end(struct past_hash *h, uint8_t out[32]);
/* Whether an image is what it should be: its key of the right form, its record older than the revision. */
bool past_sound(const struct past *p);
/* The revision of a stored record's last change, and the one that made it. */
uint64_t rec_revision(const struct rec *r);
uint64_t rec_created(const struct rec *r);
