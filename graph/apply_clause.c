/* apply_clause.c - contract clauses of a link, and the days on which they fall due. */
#include "base/util.h"
#include "graph/answers.h"
#include "graph/state.h"

static struct view clause_key(uint8_t key[9], uint32_t p, uint32_t s, unsigned no)
{
	pair_key(key, p, s);
	key[8] = (uint8_t)no;
	return view_of(key, 9);
}

static void add_after(struct cal_set *set, int32_t day, int days, uint32_t p, uint32_t s)
{
	if (day != DAY_NONE)
		cal_add(set, day + days, CAL_CLAUSE, p, s);
}

static void written_clauses(struct txn *t, uint32_t p, uint32_t s, struct cal_set *set)
{
	uint8_t key[9];
	AUTO_CUR struct cur c = { 0 };
	struct rec r;

	pair_key(key, p, s);
	cur_open(&c, t, DB_CLAUSE);
	for (bool ok = cur_ge(&c, view_of(key, 8)); ok && cur_in(&c, view_of(key, 8)); ok = cur_next(&c)) {
		if (!rec_decode(&r, c.val))
			continue;
		add_after(set, rec_day(&r, CLAUSE_REVIEW_BY), 1, p, s);
		add_after(set, rec_day(&r, CLAUSE_REVIEWED_ON), 366, p, s);
		add_after(set, rec_day(&r, CLAUSE_CHECKED_ON), 366, p, s);
	}
}

void clause_calendar(struct txn *t, uint32_t p, uint32_t s, const struct rec *link, struct cal_set *set)
{
	if (!link)
		return;
	add_after(set, rec_day(link, LINK_START), 0, p, s);
	add_after(set, rec_day(link, LINK_END), 1, p, s);
	if (t)
		written_clauses(t, p, s, set);
}

void clauses_remove(struct batch *b, uint32_t p, uint32_t s)
{
	uint8_t key[9];
	struct rec r;
	for (unsigned no = 0; no < CL__COUNT; no++) {
		if (clause_get(b->w, p, s, (enum clause_no)no, &r) != RC_OK)
			continue;
		uint8_t ref[16];
		bool personal = rec_has(&r, CLAUSE_CONTACTS);
		if (personal)
			memcpy(ref, r.f[CLAUSE_CONTACTS].p, 16);
		record_drop(b, ENT_CLAUSE, DB_CLAUSE, clause_key(key, p, s, no));
		if (personal)
			personal_wipe(b->w, view_of(ref, 16));
	}
}

static enum rc clause_check(struct change *c)
{
	int64_t status = rec_int(&c->new, CLAUSE_STATUS, CLAUSE_MISSING);
	if (status == CLAUSE_WAIVED && !rec_has(&c->new, CLAUSE_REASON))
		return err_set(c->err, RC_NEEDS_REASON, "reason", "%s", "");
	if (status == CLAUSE_AGREED && !rec_has(&c->new, CLAUSE_AGREED_ON))
		return err_set(c->err, RC_NEEDS_AGREED_ON, "agreed_on", "%s", "");
	return RC_OK;
}

static enum rc link_find(struct batch *b, struct op *op, uint32_t *p, uint32_t *s, struct rec *link, struct err *e)
{
	enum rc rc = org_find(b->w, op->a, p);
	if (rc == RC_OK)
		rc = op->flags & OPF_BY_CODE ? code_find(b->w, *p, op->b, s) : org_find(b->w, op->b, s);
	struct view bytes;
	if (rc == RC_OK)
		rc = link_bytes(b->w, *p, *s, &bytes);
	if (rc == RC_NOT_FOUND)
		return err_set(e, RC_NOT_FOUND, "supplier", "link '%.*s' - '%.*s'", (int)op->a.n,
			       (const char *)op->a.p, (int)op->b.n, (const char *)op->b.p);
	if (rc != RC_OK)
		return rc;
	bytes = arena_copy(b->arena, bytes);
	return bytes.p && rec_decode(link, bytes) ? RC_OK : RC_NOMEM;
}

enum rc apply_clause(struct batch *b, struct op *op, struct op_result *res, struct err *e)
{
	struct change c = { .op = op, .res = res, .err = e };
	struct view stored = { 0 };
	struct cal_set was = { 0 }, is = { 0 };
	struct rec link;
	uint32_t p, s;
	uint8_t key[9];
	int no = clause_no_parse(op->c);

	if (no < 0)
		return err_set(e, RC_NOT_FOUND, "no", "clause '%.*s'", (int)op->c.n, (const char *)op->c.p);
	enum rc rc = link_find(b, op, &p, &s, &link, e);
	if (rc != RC_OK)
		return rc;
	struct view k = clause_key(key, p, s, (unsigned)no);
	res->key[0] = p;
	res->key[1] = s;
	rc = txn_get(b->w, DB_CLAUSE, k, &stored);
	if ((rc = change_begin(b, &c, ENT_CLAUSE, rc, stored)) != RC_OK)
		return rc;
	if (op->kind != OP_DELETE && (rc = clause_check(&c)) != RC_OK)
		return rc;
	if (op->kind != OP_DELETE && change_is_none(b, &c))
		return RC_OK;
	clause_calendar(b->w, p, s, &link, &was);
	past_keep(b, ENT_CLAUSE, k, c.old_bytes);
	if (op->kind == OP_DELETE) {
		txn_del(b->w, DB_CLAUSE, k);
	} else {
		struct view bytes = change_bytes(b, &c);
		if (!bytes.p)
			txn_fail(b->w, RC_NOMEM);
		else
			txn_put(b->w, DB_CLAUSE, k, bytes);
	}
	if (rec_has(&c.old, CLAUSE_CONTACTS) &&
	    (op->kind == OP_DELETE || !view_eq(c.old.f[CLAUSE_CONTACTS], c.new.f[CLAUSE_CONTACTS])))
		personal_wipe(b->w, c.old.f[CLAUSE_CONTACTS]);
	clause_calendar(b->w, p, s, &link, &is);
	cal_apply(b->w, &was, &is);
	cal_set_done(&was);
	cal_set_done(&is);
	res->changed = true;
	res->created = !c.exists;
	return txn_rc(b->w);
}
