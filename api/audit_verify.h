/*
 * audit_verify.h - whether an audit export is whole: line by line, in memory that does not grow with it (but for the
 * references to personal data that it names, 16 bytes each).
 */
#pragma once

#include "api/audit_line.h"

struct audit_verifier;

struct audit_expect {
	bool has_key, has_head;
	uint8_t key[AUDIT_KEY];       /* every signed head must be by this one */
	uint64_t head_revision;       /* 0: any */
	uint8_t head[AUDIT_HASH];     /* a hash that was noted earlier must be in the export */
};

struct audit_result {
	uint64_t lines, entries, first, last, heads, heads_unchecked, unsigned_entries, keys;
	uint8_t key[AUDIT_KEY], hash[AUDIT_HASH]; /* of the last head; of the last entry */
	/* what is wrong: nothing, or the first finding */
	uint64_t bad_line, bad_revision;
	char why[160];
};

MUST_USE enum rc audit_verifier_new(const struct audit_expect *x, struct audit_verifier **out);
void audit_verifier_free(struct audit_verifier *v); /* accepts NULL */
/* One line without its line feed. False: it is wrong, and no more need be given. */
bool audit_verify_line(struct audit_verifier *v, struct view line);
/* cut: the last line has no line feed. True: all of it is sound. */
bool audit_verify_end(struct audit_verifier *v, bool cut, struct audit_result *out);
