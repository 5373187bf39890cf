/*
 * apply_link.c - links: create, change, delete, with all that follows from a link: both directions of
 * the adjacency, grants by viewer, supplier codes, the calendar. Checks come before writes (state.h).
 */
#include "base/util.h"
#include "graph/state.h"

const struct targets *batch_targets(struct batch *b, uint32_t org)
{
	uint8_t key[4];
	struct view v = { 0 };
	if (b->targets_org == org)
		return &b->targets;
	be32_put(key, org);
	b->targets_org = ORG_NONE;
	buf_clear(&b->targets_bytes);
	enum rc rc = txn_get(b->w, DB_TARGETS, view_of(key, 4), &v);
	if (rc == RC_OK) {
		buf_addv(&b->targets_bytes, v);
		v = v.n ? buf_view(&b->targets_bytes) : VIEW_LIT("");
	}
	rc = rc == RC_OK || rc == RC_NOT_FOUND ? targets_decode(&b->targets, v) : rc;
	if (rc != RC_OK || !buf_ok(&b->targets_bytes)) {
		txn_fail(b->w, rc != RC_OK ? rc : RC_NOMEM);
		return NULL;
	}
	b->targets_org = org;
	return &b->targets;
}

void batch_targets_forget(struct batch *b)
{
	b->targets_org = ORG_NONE;
}

/* ---- what follows from a record ---- */

uint32_t link_attr(const struct targets *t, const struct rec *k)
{
	struct level_result lr;
	bool defaulted;
	uint32_t a = link_dependency(k, &defaulted);
	level_of_link(t, k, &lr);
	a |= (uint32_t)lr.level << 14;
	a |= (uint32_t)(rec_int(k, LINK_SCOPE_FIT, -1) + 1) << 17;
	a |= (uint32_t)rec_int(k, LINK_DISCLOSURE, DISC_UPSTREAM) << 20;
	if (rec_has(k, LINK_GRANTS))
		a |= ADJ_GRANTS;
	if (lr.undecided)
		a |= ADJ_UNDECIDED;
	if (defaulted)
		a |= ADJ_DEP_DEFAULTED;
	return a;
}

void link_refresh(struct batch *b, uint32_t procurer, uint32_t supplier, const struct rec *link)
{
	const struct targets *t = batch_targets(b, procurer);
	if (!t)
		return;
	if (!adj_edit_link(&b->edits, procurer, supplier, false, link_attr(t, link),
			   rec_day(link, LINK_START), rec_day(link, LINK_END)))
		txn_fail(b->w, RC_NOMEM);
}

static void add_next_day(struct cal_set *set, int32_t day, enum cal_kind kind, uint32_t p, uint32_t s)
{
	if (day != DAY_NONE)
		cal_add(set, day + 1, kind, p, s);
}

void link_calendar(uint32_t p, uint32_t s, const struct rec *k, struct cal_set *set)
{
	cal_add(set, rec_day(k, LINK_START), CAL_LINK, p, s);
	add_next_day(set, rec_day(k, LINK_END), CAL_LINK, p, s);
	add_next_day(set, rec_day(k, LINK_DUE), CAL_DUE, p, s);
	add_next_day(set, rec_day(k, LINK_UNTIL), CAL_DUE, p, s);
	struct rd rd = rd_of(k->f[LINK_GRANTS]);
	while (rd_more(&rd)) {
		(void)rd_lenbytes(&rd);
		(void)rd_u8(&rd);
		add_next_day(set, (int32_t)rd_svarint(&rd), CAL_LINK, p, s);
	}
}

static void grant_key(uint8_t key[12], uint32_t viewer, uint32_t p, uint32_t s)
{
	be32_put(key, viewer);
	be32_put(key + 4, p);
	be32_put(key + 8, s);
}

static void grants_index(struct batch *b, uint32_t p, uint32_t s, struct view grants, bool put)
{
	uint8_t key[12], val[5];
	struct rd rd = rd_of(grants);
	while (rd_more(&rd)) {
		struct view id = rd_lenbytes(&rd);
		val[0] = rd_u8(&rd);
		beday_put(val + 1, (int32_t)rd_svarint(&rd));
		uint32_t viewer;
		if (rd.bad || org_find(b->w, id, &viewer) != RC_OK)
			continue;
		grant_key(key, viewer, p, s);
		if (put)
			txn_put(b->w, DB_GRANT, view_of(key, 12), view_of(val, 5));
		else
			txn_del(b->w, DB_GRANT, view_of(key, 12));
	}
}

static void code_index(struct batch *b, uint32_t p, uint32_t s, struct view code, bool put)
{
	uint8_t key[4 + 64], val[4];
	if (!code.n || code.n > 64)
		return;
	be32_put(key, p);
	memcpy(key + 4, code.p, code.n);
	be32_put(val, s);
	if (put)
		txn_put(b->w, DB_CODE, view_of(key, 4 + code.n), view_of(val, 4));
	else
		txn_del(b->w, DB_CODE, view_of(key, 4 + code.n));
}

void link_keys(struct batch *b, uint32_t p, uint32_t s, const struct rec *link, bool put)
{
	grants_index(b, p, s, link->f[LINK_GRANTS], put);
	code_index(b, p, s, link->f[LINK_SUPPLIER_CODE], put);
}

/* before or after may be NULL: the link is made or removed. */
static void indexes_update(struct batch *b, uint32_t p, uint32_t s, const struct rec *before, const struct rec *after)
{
	struct cal_set was = { 0 }, is = { 0 };
	const struct view none = { 0 };
	struct view g0 = before ? before->f[LINK_GRANTS] : none, g1 = after ? after->f[LINK_GRANTS] : none;
	struct view c0 = before ? before->f[LINK_SUPPLIER_CODE] : none,
		    c1 = after ? after->f[LINK_SUPPLIER_CODE] : none;
	if (before)
		link_calendar(p, s, before, &was);
	if (after)
		link_calendar(p, s, after, &is);
	/* clauses fall due with the link's dates; a new link has none that are written */
	clause_calendar(before ? b->w : NULL, p, s, before, &was);
	clause_calendar(before ? b->w : NULL, p, s, after, &is);
	if (b->bulk.on)
		cal_later(b->w, &b->calendar, &was, &is);
	else
		cal_apply(b->w, &was, &is);
	cal_set_done(&was);
	cal_set_done(&is);
	if (!view_eq(g0, g1)) {
		grants_index(b, p, s, g0, false);
		grants_index(b, p, s, g1, true);
	}
	if (!view_eq(c0, c1)) {
		code_index(b, p, s, c0, false);
		code_index(b, p, s, c1, true);
	}
}

/* ---- checks ---- */

static enum rc grants_check(struct batch *b, struct change *c)
{
	struct rd rd = rd_of(c->new.f[LINK_GRANTS]);
	AUTO(buf_done) struct buf out = BUF_INIT;
	while (rd_more(&rd)) {
		struct view id = rd_lenbytes(&rd);
		uint8_t form = rd_u8(&rd);
		int32_t until = (int32_t)rd_svarint(&rd);
		uint32_t viewer;
		if (org_find(b->w, id, &viewer) != RC_OK)
			return err_set(c->err, RC_NO_SUCH_ORG, "grants", "%.*s", (int)id.n, (const char *)id.p);
		buf_lenbytes(&out, org_id(b->w, viewer));
		buf_addc(&out, (char)form);
		buf_svarint(&out, until);
	}
	if (!buf_ok(&out))
		return RC_NOMEM;
	return out.n ? change_set_bytes(b, c, LINK_GRANTS, buf_view(&out)) : RC_OK;
}

static enum rc link_check(struct batch *b, struct change *c, uint32_t p, uint32_t s)
{
	int32_t start = rec_day(&c->new, LINK_START), end = rec_day(&c->new, LINK_END);
	uint32_t other;
	if (start != DAY_NONE && end != DAY_NONE && start > end)
		return err_set(c->err, RC_BAD_PERIOD, "end", "%s", "start, end");
	if (rec_has(&c->new, LINK_SUPPLIER_CODE) && p != ORG_NONE &&
	    code_find(b->w, p, c->new.f[LINK_SUPPLIER_CODE], &other) == RC_OK && other != s)
		return err_set(c->err, RC_CODE_TAKEN, "supplier_code", "%.*s",
			       (int)c->new.f[LINK_SUPPLIER_CODE].n, (const char *)c->new.f[LINK_SUPPLIER_CODE].p);
	if (rec_has(&c->new, LINK_SPEND_AMOUNT) != rec_has(&c->new, LINK_SPEND_CURRENCY))
		return err_set(c->err, RC_REQUIRED,
			       rec_has(&c->new, LINK_SPEND_AMOUNT) ? "spend_currency" : "spend_amount", "%s",
			       rec_has(&c->new, LINK_SPEND_AMOUNT) ? "spend_currency" : "spend_amount");
	return grants_check(b, c);
}

/* Award data: see OPF_AWARDS. */
static void awards_merge(struct change *c)
{
	int64_t had = rec_int(&c->old, LINK_SPEND_YEAR, 0), has = rec_int(&c->new, LINK_SPEND_YEAR, 0);
	int32_t old_start = rec_day(&c->old, LINK_START), new_start = rec_day(&c->new, LINK_START);
	if (!c->exists)
		return;
	if (has < had) {
		c->new.f[LINK_ANNUAL_SPEND] = c->old.f[LINK_ANNUAL_SPEND];
		c->new.f[LINK_SPEND_YEAR] = c->old.f[LINK_SPEND_YEAR];
	}
	if (old_start == DAY_NONE || (new_start != DAY_NONE && old_start < new_start))
		c->new.f[LINK_START] = c->old.f[LINK_START];
}

/* ---- ends ---- */

/* The supplier that the procurer's own code names, or the one that a new code is to have. From here on
 * the op names it by id, which is also what the log keeps. */
static enum rc code_resolve(struct batch *b, struct op *op, uint32_t p, struct err *e)
{
	uint32_t s;
	enum rc rc = p != ORG_NONE ? code_find(b->w, p, op->b, &s) : RC_NOT_FOUND;
	if (rc == RC_NOT_FOUND && !op->c.n)
		return err_set(e, RC_UNKNOWN_CODE, "supplier_code", "%.*s", (int)op->b.n, (const char *)op->b.p);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	op->b = arena_copy(b->keep, rc == RC_OK ? org_id(b->w, s) : op->c);
	op->c = (struct view){ 0 };
	op->flags &= (uint8_t)~OPF_BY_CODE;
	return op->b.p ? RC_OK : RC_NOMEM;
}

/* Finds the ends; ORG_NONE where an end does not exist yet but may be made. */
static enum rc ends_find(struct batch *b, struct op *op, uint32_t *p, uint32_t *s, struct err *e)
{
	bool may_make = op->flags & OPF_STUBS;
	/* a path that names nothing is "not found"; a new link to nothing is refused as invalid */
	bool path = op->kind == OP_DELETE || (op->flags & OPF_MUST_EXIST);
	*p = (uint32_t)(b->pair >> 32);
	*s = (uint32_t)b->pair;
	if (b->pair)
		return RC_OK;
	enum rc rc = ids_find(b, op->a, p);
	*s = ORG_NONE;
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	if (rc == RC_NOT_FOUND && !may_make)
		return err_set(e, path ? RC_NOT_FOUND : RC_NO_SUCH_ORG, "procurer", path ? "organisation '%.*s'" : "%.*s",
			       (int)op->a.n, (const char *)op->a.p);
	if ((op->flags & OPF_BY_CODE) && (rc = code_resolve(b, op, *p, e)) != RC_OK)
		return rc;
	rc = ids_find(b, op->b, s);
	if (rc == RC_NOT_FOUND && !may_make)
		return err_set(e, path ? RC_NOT_FOUND : RC_NO_SUCH_ORG, "supplier", path ? "organisation '%.*s'" : "%.*s",
			       (int)op->b.n, (const char *)op->b.p);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc ends_make(struct batch *b, struct op *op, uint32_t *p, uint32_t *s, struct op_result *res, struct err *e)
{
	enum rc rc = RC_OK;
	if (*p == ORG_NONE)
		rc = stub_check(b, op->a, "procurer", e);
	if (rc == RC_OK && *s == ORG_NONE)
		rc = stub_check(b, op->b, "supplier", e);
	if (rc == RC_OK && *p == ORG_NONE)
		rc = org_resolve(b, op->a, true, p, res);
	if (rc == RC_OK && *s == ORG_NONE)
		rc = org_resolve(b, op->b, true, s, res);
	return rc;
}

/* ---- writing ---- */

void link_remove(struct batch *b, uint32_t p, uint32_t s, const struct rec *link)
{
	indexes_update(b, p, s, link, NULL);
	clauses_remove(b, p, s);
	link_erase(b, p, s);
	if (!adj_edit_link(&b->edits, p, s, true, 0, DAY_NONE, DAY_NONE))
		txn_fail(b->w, RC_NOMEM);
	b->links--;
}

/* Whether a walk would see the link otherwise. Most changes of an existing link (spend, notes, an owner) leave
 * both adjacency blocks as they are, which are most of what a write costs. */
static bool adjacency_moves(struct batch *b, const struct change *c, uint32_t p)
{
	const struct targets *t = batch_targets(b, p);
	return !c->exists || !t || link_attr(t, &c->old) != link_attr(t, &c->new) ||
	       rec_day(&c->old, LINK_START) != rec_day(&c->new, LINK_START) ||
	       rec_day(&c->old, LINK_END) != rec_day(&c->new, LINK_END);
}

static enum rc link_write(struct batch *b, struct change *c, uint32_t p, uint32_t s)
{
	indexes_update(b, p, s, c->exists ? &c->old : NULL, &c->new);
	struct view bytes = change_bytes(b, c);
	if (!bytes.p)
		return RC_NOMEM;
	link_store(b, p, s, bytes);
	if (adjacency_moves(b, c, p))
		link_refresh(b, p, s, &c->new);
	if (!c->exists)
		b->links++;
	return txn_rc(b->w);
}

static void link_warn(struct batch *b, struct change *c, uint32_t p)
{
	const struct targets *t = batch_targets(b, p);
	struct level_result lr = { 0 };
	if (t)
		level_of_link(t, &c->new, &lr);
	if (lr.exception && (!rec_has(&c->new, LINK_REASON) || !rec_has(&c->new, LINK_UNTIL)))
		c->res->warnings |= WARN_EXCEPTION_REASON;
}

enum rc link_new(struct batch *b, struct change *c, uint32_t p, uint32_t s)
{
	enum rc rc = link_check(b, c, p, s);
	if (rc != RC_OK || p == ORG_NONE || s == ORG_NONE)
		return rc;
	link_warn(b, c, p);
	c->res->changed = c->res->created = true;
	c->res->key[0] = p;
	c->res->key[1] = s;
	return link_write(b, c, p, s);
}

enum rc apply_link(struct batch *b, struct op *op, struct op_result *res, struct err *e)
{
	struct change c = { .op = op, .res = res, .err = e };
	struct view stored = { 0 };
	uint32_t p, s;

	enum rc rc = ends_find(b, op, &p, &s, e);
	if (rc != RC_OK)
		return rc;
	if ((p != ORG_NONE && p == s) || (p == s && view_eq(op->a, op->b)))
		return err_set(e, RC_SELF_LINK, "supplier", "%.*s", (int)op->a.n, (const char *)op->a.p);
	rc = p != ORG_NONE && s != ORG_NONE ? batch_link_bytes(b, p, s, &stored) : RC_NOT_FOUND;
	if ((rc = change_begin(b, &c, ENT_LINK, rc, stored)) != RC_OK)
		return rc;
	res->changed = true;
	res->key[0] = p;
	res->key[1] = s;
	if (op->kind == OP_DELETE) {
		link_remove(b, p, s, &c.old);
		return txn_rc(b->w);
	}
	res->changed = false;
	if (op->flags & OPF_AWARDS)
		awards_merge(&c);
	if ((rc = link_check(b, &c, p, s)) != RC_OK || (rc = ends_make(b, op, &p, &s, res, e)) != RC_OK)
		return rc;
	link_warn(b, &c, p);
	if (change_is_none(b, &c))
		return RC_OK;
	res->changed = true;
	res->created = !c.exists;
	res->key[0] = p;
	res->key[1] = s;
	return link_write(b, &c, p, s);
}

enum rc link_drop_viewer(struct batch *b, uint32_t p, uint32_t s, uint32_t viewer)
{
	struct op op = { .kind = OP_MERGE, .ent = ENT_LINK };
	struct op_result res = { 0 };
	struct change c = { .op = &op, .res = &res };
	struct view stored;
	AUTO(buf_done) struct buf out = BUF_INIT;
	enum rc rc = batch_link_bytes(b, p, s, &stored);
	if (rc == RC_NOT_FOUND)
		return RC_OK;
	if (rc != RC_OK || (rc = change_begin(b, &c, ENT_LINK, rc, stored)) != RC_OK)
		return rc;
	struct rd rd = rd_of(c.old.f[LINK_GRANTS]);
	while (rd_more(&rd)) {
		struct view id = rd_lenbytes(&rd);
		uint8_t form = rd_u8(&rd);
		int32_t until = (int32_t)rd_svarint(&rd);
		uint32_t v;
		if (org_find(b->w, id, &v) == RC_OK && v == viewer)
			continue;
		buf_lenbytes(&out, id);
		buf_addc(&out, (char)form);
		buf_svarint(&out, until);
	}
	change_clear(&c, LINK_GRANTS);
	if (out.n)
		rc = change_set_bytes(b, &c, LINK_GRANTS, buf_view(&out));
	return rc == RC_OK && buf_ok(&out) ? link_write(b, &c, p, s) : RC_NOMEM;
}
