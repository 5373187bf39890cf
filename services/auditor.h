/*
 * auditor.h - looks after the audit chain: signs heads (on the first commit of a day, and after so many entries), drops
 * what is older than it has to be kept, and writes over the free pages of the store's file after an erasure. Owns
 * the key, which lies outside the store.
 */
#pragma once

#include "base/clock.h"
#include "graph/audit.h"
#include "services/writer.h"

struct auditor;

struct auditor_options {
	const char *dir;         /* holds audit.key, unless systemd hands over a credential of that name */
	uint64_t head_every;     /* entries; 0: 10000 */
	unsigned keep_days;      /* 0: all */
};

MUST_USE enum rc auditor_start(struct store *s, struct writer *w, const struct clock *c, const struct auditor_options *o,
			       struct auditor **out, struct err *e);
/* Before the writer is stopped; accepts NULL. */
void auditor_stop(struct auditor *a);
void auditor_key(const struct auditor *a, uint8_t out[AUDIT_KEY]);
/* Signs what t sees. RC_CONFLICT: it is signed already, or nothing but a head came after what is. Any thread. */
MUST_USE enum rc auditor_sign(const struct auditor *a, struct txn *t, uint8_t out[AUDIT_HEAD_BYTES]);
/* Personal data was erased: what free pages still hold of it goes soon. Any thread. */
void auditor_scrub(struct auditor *a);
/* DIR/audit.key or the credential; made where there is none. secret: libsodium's 64 bytes. */
MUST_USE enum rc auditor_key_load(const char *dir, uint8_t secret[64], struct err *e);
