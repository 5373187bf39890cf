/*
 * apply_targets.c - targets of a procurer. A change rewrites the effective level in the packed
 * entries of all its links, so that walks never look a rule up.
 */
#include "base/util.h"
#include "graph/state.h"

void targets_calendar(uint32_t org, struct view bytes, struct targets *t, struct cal_set *set)
{
	if (!bytes.p || targets_decode(t, bytes) != RC_OK)
		return;
	if (t->due != DAY_NONE)
		cal_add(set, t->due + 1, CAL_DUE, org, 0);
	for (unsigned i = 0; i < t->n_rules; i++)
		if (t->rules[i].due != DAY_NONE)
			cal_add(set, t->rules[i].due + 1, CAL_DUE, org, 0);
}

static enum rc calendar_move(struct batch *b, uint32_t org, struct view before, struct view after)
{
	struct cal_set was = { 0 }, is = { 0 };
	AUTO_FREE struct targets *t = malloc(sizeof *t); /* too large for a stack frame */
	if (!t)
		return RC_NOMEM;
	targets_calendar(org, before, t, &was);
	targets_calendar(org, after, t, &is);
	cal_apply(b->w, &was, &is);
	cal_set_done(&was);
	cal_set_done(&is);
	return txn_rc(b->w);
}

static enum rc targets_check(struct batch *b, struct change *c)
{
	AUTO_FREE struct targets *t = malloc(sizeof *t);
	AUTO(buf_done) struct buf bytes = BUF_INIT;
	(void)b;
	rec_encode(&c->new, &bytes);
	if (!t || !buf_ok(&bytes))
		return RC_NOMEM;
	if (targets_decode(t, bytes.n ? buf_view(&bytes) : VIEW_LIT("")) != RC_OK)
		return err_set(c->err, RC_BAD_VALUE, "rules", "%s", "rules, tiers");
	return RC_OK;
}

/* Links of the procurer keep their records; what they ask for is computed anew. */
enum rc links_refresh(struct batch *b, uint32_t org)
{
	struct link_iter it;
	struct rec r;
	batch_targets_forget(b);
	link_iter_open(&it, b->w, org, 0);
	while (link_iter_next(&it, &r))
		link_refresh(b, org, it.supplier, &r);
	link_iter_close(&it);
	return txn_rc(b->w);
}

void targets_forget(struct batch *b, uint32_t org)
{
	uint8_t key[4];
	struct view stored;
	be32_put(key, org);
	if (txn_get(b->w, DB_TARGETS, view_of(key, 4), &stored) != RC_OK)
		return;
	struct view copy = arena_copy(b->arena, stored);
	if (!copy.p || calendar_move(b, org, copy, (struct view){ 0 }) != RC_OK)
		txn_fail(b->w, RC_NOMEM);
	if (copy.p)
		past_keep(b, ENT_TARGETS, view_of(key, 4), copy);
	txn_del(b->w, DB_TARGETS, view_of(key, 4));
	txn_del(b->w, DB_FIGURES, view_of(key, 4));
	batch_targets_forget(b);
}

enum rc apply_targets(struct batch *b, struct op *op, struct op_result *res, struct err *e)
{
	struct change c = { .op = op, .res = res, .err = e };
	struct view stored = { 0 };
	uint32_t org;
	uint8_t key[4];

	enum rc rc = org_find(b->w, op->a, &org);
	if (rc == RC_NOT_FOUND)
		return err_set(e, RC_NOT_FOUND, NULL, "organisation '%.*s'", (int)op->a.n, (const char *)op->a.p);
	if (rc != RC_OK)
		return rc;
	be32_put(key, org);
	res->key[0] = org;
	rc = txn_get(b->w, DB_TARGETS, view_of(key, 4), &stored);
	if ((rc = change_begin(b, &c, ENT_TARGETS, rc, stored)) != RC_OK)
		return rc;
	if (op->kind == OP_DELETE) {
		targets_forget(b, org);
		res->changed = true;
		return links_refresh(b, org);
	}
	if ((rc = targets_check(b, &c)) != RC_OK)
		return rc;
	if (change_is_none(b, &c))
		return RC_OK;
	struct view bytes = change_bytes(b, &c);
	if (!bytes.p)
		return RC_NOMEM;
	if ((rc = calendar_move(b, org, c.exists ? c.old_bytes : (struct view){ 0 }, bytes)) != RC_OK)
		return rc;
	past_keep(b, ENT_TARGETS, view_of(key, 4), c.old_bytes);
	txn_put(b->w, DB_TARGETS, view_of(key, 4), bytes);
	res->changed = true;
	res->created = !c.exists;
	return links_refresh(b, org);
}
