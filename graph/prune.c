/*
 * prune.c - drops the oldest entries of the log with what belongs to them (events, hashes, images). The hash of the
 * last one dropped is the chain's new beginning, so that what is left can still be verified. One command drops a
 * bounded number; many make a long way.
 */
#include "base/util.h"
#include "graph/audit.h"

#include "graph/state.h"

/* The newest signed head among what goes is kept apart. */
static void head_keep(struct batch *b, struct view command)
{
	struct cmd head = { 0 };
	AUTO(buf_done) struct buf copy = BUF_INIT;

	buf_addv(&copy, command);
	if (!buf_ok(&copy))
		txn_fail(b->w, RC_NOMEM);
	else if (cmd_decode(buf_view(&copy), &head) == RC_OK && head.type == CMD_HEAD)
		meta_put(b->w, "audit_kept", head.blob);
	free(head.ops);
}

static bool is_head(const struct cur *c)
{
	const uint8_t *p = c->val.p;
	return c->db == DB_LOG && c->val.n > 2 && p[1] == CMD_HEAD;
}

/* All entries of a database whose key begins with a revision up to `last`. */
static void drop(struct batch *b, enum db db, uint64_t last)
{
	for (bool more = true; more;) {
		AUTO(buf_done) struct buf head = BUF_INIT;
		{
			AUTO_CUR struct cur c = { 0 };

			more = false;
			cur_open(&c, b->w, db);
			while (!head.n && cur_first(&c) && c.key.n >= 8 && be64_get(c.key.p) <= last) {
				if (is_head(&c))
					buf_addv(&head, c.val);
				more = head.n > 0;
				cur_del(&c);
			}
		}
		if (head.n)
			head_keep(b, buf_view(&head));
	}
}

enum rc apply_prune(struct batch *b, const struct cmd *c, struct err *e)
{
	struct audit_base base;
	struct audit_signed head;
	uint8_t hash[AUDIT_HASH];
	enum rc rc = audit_base(b->w, &base);

	if (rc == RC_OK)
		rc = audit_signed(b->w, &head);
	if (rc != RC_OK)
		return rc;
	uint64_t last = c->blob.n == PRUNE_BYTES ? be64_get(c->blob.p) : 0;
	if (last <= base.revision || last - base.revision > PRUNE_MAX || last > head.revision ||
	    last > meta_get_u64(b->w, "figured", 0) || audit_hash_at(b->w, last, hash) != RC_OK ||
	    memcmp(hash, (const uint8_t *)c->blob.p + 8, AUDIT_HASH) != 0)
		return err_set(e, RC_INVALID, NULL, "%s", "these entries cannot be dropped");
	log_append(b, c);
	drop(b, DB_LOG, last);
	drop(b, DB_OUTBOX, last);
	drop(b, DB_AUDIT, last);
	drop(b, DB_PAST, last);
	meta_put(b->w, "audit_base", c->blob);
	if (past_from(b->w) < last)
		meta_put_u64(b->w, "past_from", last);
	b->revision = b->new_revision;
	return txn_rc(b->w);
}

enum rc prune_find(struct txn *t, int64_t before_ms, uint8_t out[PRUNE_BYTES], uint64_t *out_revision)
{
	struct audit_base base;
	struct audit_signed head = { 0 };
	struct log_head entry;
	enum rc rc = audit_base(t, &base);

	*out_revision = 0;
	if (rc == RC_OK)
		rc = audit_signed(t, &head);
	uint64_t limit = base.revision + PRUNE_MAX, figured = meta_get_u64(t, "figured", 0);
	limit = limit < head.revision ? limit : head.revision;
	limit = limit < figured ? limit : figured;
	uint64_t last = base.revision;
	while (rc == RC_OK && last < limit && (rc = log_head(t, last + 1, &entry)) == RC_OK && entry.at_ms < before_ms)
		last++;
	if (rc != RC_OK || last == base.revision)
		return rc;
	be64_put(out, last);
	rc = audit_hash_at(t, last, out + 8);
	*out_revision = rc == RC_OK ? last : 0;
	return rc;
}
