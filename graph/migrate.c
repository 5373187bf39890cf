/*
 * migrate.c - stores of older formats. Format 1 had no audit chain: it is computed from the log, in transactions of
 * bounded size, so that a start that is cut short goes on where it was.
 */
#include "base/util.h"
#include "graph/audit.h"
#include "graph/state.h"

#define STEP_REVISIONS 20000u
#define STEP_BYTES (64u << 20)

uint32_t graph_format(struct txn *t)
{
	struct view v;
	return meta_get(t, "format", &v) == RC_OK && v.n == 4 ? be32_get(v.p) : 0;
}

/* The last entry that is chained, and its hash. */
static enum rc chain_end(struct txn *t, uint64_t *out, uint8_t hash[AUDIT_HASH])
{
	struct audit_base base;
	AUTO_CUR struct cur c = { 0 };
	enum rc rc = audit_base(t, &base);

	*out = base.revision;
	memcpy(hash, base.hash, AUDIT_HASH);
	cur_open(&c, t, DB_AUDIT);
	if (rc != RC_OK || !cur_last(&c))
		return rc != RC_OK ? rc : txn_rc(t);
	if (c.key.n != 8 || c.val.n != AUDIT_HASH)
		return RC_DAMAGED;
	*out = be64_get(c.key.p);
	memcpy(hash, c.val.p, AUDIT_HASH);
	return RC_OK;
}

/* Chains some more entries; *out_done: that was the last of them. */
static enum rc chain_on(struct txn *t, bool *out_done)
{
	uint8_t hash[AUDIT_HASH], key[8];
	uint64_t at, last = graph_revision(t), bytes = 0;
	enum rc rc = chain_end(t, &at, hash);

	for (unsigned n = 0; rc == RC_OK && at < last && n < STEP_REVISIONS && bytes < STEP_BYTES; n++) {
		bytes += audit_command_bytes(t, ++at);
		rc = audit_compute(t, at, hash, hash);
		be64_put(key, at);
		if (rc == RC_OK)
			txn_append(t, DB_AUDIT, view_of(key, 8), view_of(hash, AUDIT_HASH));
	}
	*out_done = at >= last;
	return rc == RC_NOT_FOUND ? RC_DAMAGED : rc;
}

static enum rc step(struct store *s, bool *out_done)
{
	AUTO_TXN struct txn *t = NULL;
	enum rc rc = txn_begin_write(s, &t);

	if (rc == RC_OK)
		rc = chain_on(t, out_done);
	return rc == RC_OK ? txn_commit(STEAL(t)) : rc;
}

enum rc graph_migrate(struct store *s, struct err *e)
{
	bool done = false;
	enum rc rc = sodium_init() < 0 ? RC_INTERNAL : RC_OK;

	while (rc == RC_OK && !done)
		if ((rc = step(s, &done)) == RC_STORE_FULL)
			rc = store_grow(s);
	return rc == RC_OK ? rc : err_set(e, rc, NULL, "%s", "bringing the store up to this version's format");
}
