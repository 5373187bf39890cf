/*
 * revert_hang.c - what hangs on a record that a revision made, and would go with it or lose its end.
 */
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

static bool hanging_cert(void *arg, struct view cert, const struct rec *r)
{
	struct hangs *h = arg;
	uint8_t key[4 + 128];

	be32_put(key, h->org);
	if (cert.n <= sizeof key - 4) {
		memcpy(key + 4, cert.p, cert.n);
		hang(h, ENT_CERT, view_of(key, 4 + cert.n), r);
	}
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
