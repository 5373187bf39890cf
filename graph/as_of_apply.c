/*
 * as_of_apply.c - puts an overlay's records back to what they were, and what follows from them: names first, since
 * links name organisations; targets before links, since they say what links ask.
 */
#include "base/util.h"
#include "graph/as_of.h"
#include "graph/state.h"
#include "graph/steps.h"

struct back {
	struct batch *b;
	const struct undo *u;
	struct buf certs;   /* u32 each: organisations that hold something else */
	struct buf gone;    /* u32 each: organisations that were not there */
	struct buf targets; /* u32 each: procurers that asked something else */
};

static uint32_t org_of(const struct undone *x)
{
	return be32_get(x->key.p);
}

static uint32_t supplier_of(const struct undone *x)
{
	return be32_get((const uint8_t *)x->key.p + 4);
}

static void note(struct buf *list, uint32_t org)
{
	if (list->n < 4 || memcmp(list->p + list->n - 4, &org, 4) != 0)
		buf_add(list, &org, 4);
}

static void each(struct back *k, enum ent ent, void (*fn)(struct back *k, const struct undone *x))
{
	for (size_t i = 0; i < k->u->n && txn_rc(k->b->w) == RC_OK; i++) {
		if (k->u->u[i].ent != ent)
			continue;
		fn(k, &k->u->u[i]);
		arena_reset(k->b->arena);
	}
}

static void decode(struct back *k, struct rec *r, struct view bytes)
{
	if (!rec_decode(r, bytes))
		txn_fail(k->b->w, RC_DAMAGED);
}

/* The record of now, copied: no view outlasts a put. */
static bool now(struct back *k, enum db db, const struct undone *x, struct rec *out)
{
	struct view v;
	enum rc rc = db == DB_LINK ? batch_link_bytes(k->b, org_of(x), supplier_of(x), &v)
				   : txn_get(k->b->w, db, x->key, &v);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		txn_fail(k->b->w, rc);
	if (rc != RC_OK)
		return false;
	v = arena_copy(k->b->arena, v);
	if (!v.p)
		txn_fail(k->b->w, RC_NOMEM);
	else
		decode(k, out, v);
	return txn_rc(k->b->w) == RC_OK;
}

static void put_back(struct back *k, enum db db, const struct undone *x)
{
	if (x->rec.p)
		txn_put(k->b->w, db, x->key, x->rec);
	else
		txn_del(k->b->w, db, x->key);
}

/* ---- links, while names are those of now ---- */

static void link_names_go(struct back *k, const struct undone *x)
{
	struct rec r;
	if (now(k, DB_LINK, x, &r))
		link_keys(k->b, org_of(x), supplier_of(x), &r, false);
}

/* ---- organisations ---- */

static void org_names_go(struct back *k, const struct undone *x)
{
	struct rec is, was;
	bool there = now(k, DB_ORG, x, &is);
	if (there)
		org_names(k->b, org_of(x), &is, false);
	if (!x->rec.p) {
		note(&k->gone, org_of(x));
		return;
	}
	decode(k, &was, x->rec);
	if (!there || rec_day(&is, ORG_SUBTIER_ATTESTED_ON) != rec_day(&was, ORG_SUBTIER_ATTESTED_ON))
		note(&k->certs, org_of(x));
}

static void org_back(struct back *k, const struct undone *x)
{
	struct rec r;
	put_back(k, DB_ORG, x);
	if (x->rec.p) {
		decode(k, &r, x->rec);
		org_names(k->b, org_of(x), &r, true);
	}
	if (!name_edit_add(&k->b->names, org_of(x), x->rec.p ? &r : NULL))
		txn_fail(k->b->w, RC_NOMEM);
}

/* ---- the rest ---- */

static void targets_back(struct back *k, const struct undone *x)
{
	put_back(k, DB_TARGETS, x);
	note(&k->targets, org_of(x));
}

static void cert_back(struct back *k, const struct undone *x)
{
	put_back(k, DB_CERT, x);
	note(&k->certs, org_of(x));
}

static void clause_back(struct back *k, const struct undone *x)
{
	put_back(k, DB_CLAUSE, x);
}

static void drill_back(struct back *k, const struct undone *x)
{
	put_back(k, DB_DRILL, x);
}

static void link_back(struct back *k, const struct undone *x)
{
	struct batch *b = k->b;
	uint32_t p = org_of(x), s = supplier_of(x);
	struct rec is, was;
	bool there = now(k, DB_LINK, x, &is);

	if (!x->rec.p) {
		if (!there)
			return;
		link_erase(b, p, s);
		b->links--;
		if (!adj_edit_link(&b->edits, p, s, true, 0, DAY_NONE, DAY_NONE))
			txn_fail(b->w, RC_NOMEM);
		return;
	}
	decode(k, &was, x->rec);
	link_store(b, p, s, x->rec);
	link_keys(b, p, s, &was, true);
	link_refresh(b, p, s, &was);
	b->links += !there;
}

static void targets_refresh(struct back *k)
{
	for (size_t i = 0; i + 4 <= k->targets.n && txn_rc(k->b->w) == RC_OK; i += 4) {
		uint32_t org;
		memcpy(&org, k->targets.p + i, 4);
		enum rc rc = links_refresh(k->b, org);
		if (rc != RC_OK)
			txn_fail(k->b->w, rc);
	}
}

/* Those of organisations that were not there go first: what is left belongs to somebody. */
static void steps_back(struct back *k)
{
	uint32_t *o = (void *)k->certs.p;
	struct rec r;
	size_t n = orgs_unique(o, k->certs.n / 4), there = 0;

	for (size_t i = 0; i + 4 <= k->gone.n; i += 4) {
		uint32_t org;
		memcpy(&org, k->gone.p + i, 4);
		steps_clear(k->b->w, org);
	}
	for (size_t i = 0; i < n; i++)
		if (org_get(k->b->w, o[i], &r) == RC_OK)
			o[there++] = o[i];
	enum rc rc = there ? org_certs_changed(k->b, o, there) : RC_OK;
	if (rc != RC_OK)
		txn_fail(k->b->w, rc);
}

static void all_back(struct back *k)
{
	each(k, ENT_LINK, link_names_go);
	links_flush(k->b);
	each(k, ENT_ORG, org_names_go);
	each(k, ENT_ORG, org_back);
	each(k, ENT_TARGETS, targets_back);
	batch_targets_forget(k->b);
	each(k, ENT_CERT, cert_back);
	each(k, ENT_CLAUSE, clause_back);
	each(k, ENT_DRILL, drill_back);
	each(k, ENT_LINK, link_back);
	links_flush(k->b);
	targets_refresh(k);
	steps_back(k);
	if (!buf_ok(&k->certs) || !buf_ok(&k->gone) || !buf_ok(&k->targets))
		txn_fail(k->b->w, RC_NOMEM);
}

enum rc undo_apply(const struct undo *u)
{
	struct back k = { .u = u };
	enum rc rc = batch_new(u->t, &k.b);

	if (rc != RC_OK)
		return rc;
	k.b->past.off = k.b->quiet = true;
	k.b->new_revision = u->revision;
	all_back(&k);
	k.b->revision = u->revision;
	k.b->max_org = u->max_org;
	today_put(u->t, u->today);
	txn_overlay_clear(u->t, DB_FIGURES);
	rc = batch_finish(k.b);
	batch_free(k.b);
	buf_done(&k.certs);
	buf_done(&k.gone);
	buf_done(&k.targets);
	return rc;
}
