/* revert_hang.c - what hangs on a record that a revision made, and would go with it or lose its end; and the last look before
 * each op that takes it back. */
#include "base/util.h"
#include "graph/revert.h"
#include "graph/state.h"

struct hangs {
	const struct reverting *v;
	uint32_t org;
	void (*fn)(void *arg, enum ent ent, struct view key, const struct rec *r);
	void *arg;
	enum rc rc;
};

/* A record of since; those of the revision itself are on the list. */
static void hang(struct hangs *h, enum ent ent, struct view key, const struct rec *r)
{
	if (rec_revision(r) != h->v->revision && !reverted_find(h->v, ent, key))
		h->fn(h->arg, ent, key, r);
}

static void hanging_clauses(struct hangs *h, struct view link)
{
	uint8_t key[9];
	struct rec r;

	memcpy(key, link.p, 8);
	for (unsigned no = 0; no < CL__COUNT; no++) {
		key[8] = (uint8_t)no;
		if (clause_get(h->v->t, be32_get(key), be32_get(key + 4), (enum clause_no)no, &r) == RC_OK)
			hang(h, ENT_CLAUSE, view_of(key, 9), &r);
	}
}

static void hanging_link(struct hangs *h, uint32_t p, uint32_t s)
{
	uint8_t key[8];
	struct rec r;

	pair_key(key, p, s);
	if (link_get(h->v->t, p, s, &r) == RC_OK)
		hang(h, ENT_LINK, view_of(key, 8), &r);
}

static void hanging_named(struct hangs *h, enum ent ent, struct view name, const struct rec *r)
{
	uint8_t key[4 + RECORD_NAME_MAX];

	be32_put(key, h->org);
	if (name.n <= sizeof key - 4) {
		memcpy(key + 4, name.p, name.n);
		hang(h, ent, view_of(key, 4 + name.n), r);
	}
}

static bool hanging_cert(void *arg, struct view name, const struct rec *r)
{
	hanging_named(arg, ENT_CERT, name, r);
	return true;
}

static bool hanging_drill(void *arg, struct view name, const struct rec *r)
{
	hanging_named(arg, ENT_DRILL, name, r);
	return true;
}

static void hanging_links(struct hangs *h, bool as_procurer)
{
	AUTO_FREE uint32_t *list = NULL;
	size_t n = 0;
	enum rc rc = as_procurer ? link_suppliers(h->v->t, h->org, &list, &n)
				 : link_procurers(h->v->t, h->org, &list, &n);

	if (rc != RC_OK)
		h->rc = rc;
	for (size_t i = 0; i < n; i++)
		hanging_link(h, as_procurer ? h->org : list[i], as_procurer ? list[i] : h->org);
}

static void hanging_grants(struct hangs *h)
{
	uint8_t key[4];
	AUTO_CUR struct cur c = { 0 };

	be32_put(key, h->org);
	cur_open(&c, h->v->t, DB_GRANT);
	for (bool ok = cur_ge(&c, view_of(key, 4)); ok && cur_in(&c, view_of(key, 4)); ok = cur_next(&c))
		hanging_link(h, be32_get((const uint8_t *)c.key.p + 4), be32_get((const uint8_t *)c.key.p + 8));
}

static void hanging_units(struct hangs *h, struct view id)
{
	AUTO(buf_done) struct buf units = BUF_INIT;

	units_of(h->v->t, id, &units);
	for (size_t i = 0; i + 4 <= units.n; i += 4) {
		uint32_t u;
		uint8_t key[4];
		struct rec r;
		memcpy(&u, units.p + i, 4);
		be32_put(key, u);
		if (org_get(h->v->t, u, &r) == RC_OK)
			hang(h, ENT_ORG, view_of(key, 4), &r);
	}
}

/* All that would go with it, or lose its end. */
static void hanging_on_org(struct hangs *h, struct view id)
{
	struct rec r;
	uint8_t key[4];

	be32_put(key, h->org);
	hanging_links(h, true);
	hanging_links(h, false);
	hanging_grants(h);
	hanging_units(h, id);
	cert_each(h->v->t, h->org, VIEW_LIT(""), hanging_cert, h);
	drill_each(h->v->t, h->org, hanging_drill, h);
	if (targets_get(h->v->t, h->org, &r) == RC_OK)
		hang(h, ENT_TARGETS, view_of(key, 4), &r);
}

enum rc revert_hanging(const struct reverting *v, enum ent ent, struct view key,
		       void (*fn)(void *arg, enum ent ent, struct view key, const struct rec *r), void *arg)
{
	struct hangs h = { .v = v, .org = be32_get(key.p), .fn = fn, .arg = arg };

	if (ent == ENT_LINK)
		hanging_clauses(&h, key);
	if (ent == ENT_ORG)
		hanging_on_org(&h, org_id(v->t, h.org));
	return h.rc;
}

/* ---- when it is written ---- */

bool revert_names(struct txn *t, struct view id)
{
	uint32_t org;
	return org_find(t, id, &org) == RC_OK && view_eq(org_id(t, org), id);
}

static bool has_any(struct txn *t, enum db db, struct view prefix)
{
	AUTO_CUR struct cur c = { 0 };

	cur_open(&c, t, db);
	return cur_ge(&c, prefix) && cur_in(&c, prefix);
}

static bool viewers_named(struct txn *w, const struct op *op)
{
	struct rd rd = rd_of(op->fields);
	unsigned id;
	struct view v;
	bool bad = false, all = true;

	while (op->ent == ENT_LINK && fl_next(&rd, &id, &v, &bad))
		for (struct rd g = rd_of(v); id == LINK_GRANTS && rd_more(&g);) {
			all = revert_names(w, rd_lenbytes(&g)) && all;
			(void)rd_u8(&g);
			(void)rd_svarint(&g);
		}
	return all;
}

/* Its ends and viewers are called so by themselves; an organisation that comes back is not there yet. */
static bool is_named(struct txn *w, const struct op *op)
{
	bool pair = op->ent == ENT_LINK || op->ent == ENT_CLAUSE;

	return (op->ent == ENT_ORG || revert_names(w, op->a)) && (!pair || revert_names(w, op->b)) &&
	       viewers_named(w, op);
}

/* What would go with what the op removes. */
static bool takes_along(struct txn *w, const struct op *op)
{
	uint32_t p, s;
	uint8_t key[8];
	bool more = false;

	if (op->kind != OP_DELETE || org_find(w, op->a, &p) != RC_OK)
		return false;
	be32_put(key, p);
	if (op->ent == ENT_ORG) {
		more = has_any(w, DB_CERT, view_of(key, 4)) || has_any(w, DB_TARGETS, view_of(key, 4)) ||
		       has_any(w, DB_DRILL, view_of(key, 4));
	} else if (op->ent == ENT_LINK && org_find(w, op->b, &s) == RC_OK) {
		be32_put(key + 4, s);
		more = has_any(w, DB_CLAUSE, view_of(key, 8));
	}
	return more;
}

enum rc revert_guard(struct txn *w, const struct op *op, struct err *e)
{
	return is_named(w, op) && !takes_along(w, op) ? RC_OK : err_set(e, RC_PRECONDITION, NULL, "%s", "");
}
