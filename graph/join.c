/* join.c - one organisation becomes an alias of another, by ordinary operations; see candidates.h. */
#include "base/arena.h"
#include "base/orgid.h"
#include "base/util.h"
#include "graph/candidates.h"

const char *const join_bar_names[JOIN__COUNT] = {
	[JOIN_OPEN] = "open",	  [JOIN_CERTIFICATES] = "certificates", [JOIN_TARGETS] = "targets",
	[JOIN_DRILLS] = "drills",
	[JOIN_UNITS] = "units",	  [JOIN_GRANTS] = "grants",		[JOIN_EACH_OTHER] = "each-other",
	[JOIN_LINKS] = "links",	  [JOIN_LARGE] = "large",
};

static void free_p(uint32_t **p) { free(*p); }
#define AUTO_NUMBERS __attribute__((cleanup(free_p))) uint32_t *

/* ---- what stands in the way ---- */

static bool one_seen(void *arg, struct view name, const struct rec *r)
{
	(void)name;
	(void)r;
	*(bool *)arg = true;
	return false;
}

/* Do two ascending lists of numbers have one in common? */
static bool meet(const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
	size_t i = 0, k = 0;

	while (i < na && k < nb) {
		if (a[i] == b[k])
			return true;
		if (a[i] < b[k])
			i++;
		else
			k++;
	}
	return false;
}

static bool has(const uint32_t *a, size_t n, uint32_t org) { return meet(a, n, &org, 1); }

static bool is_viewer(struct txn *t, uint32_t org)
{
	uint8_t key[4];
	AUTO_CUR struct cur c;

	be32_put(key, org);
	cur_open(&c, t, DB_GRANT);
	return cur_ge(&c, view_of(key, 4)) && cur_in(&c, view_of(key, 4));
}

static bool unit_seen(void *arg, struct view id, uint32_t org)
{
	(void)id;
	*(uint32_t *)arg = org;
	return false;
}

/* Units follow their entity in the order of ids: its id + "~" + code. */
static bool has_units(struct txn *t, struct view id)
{
	char after[ORGID_MAX + 2];
	uint32_t unit = ORG_NONE;
	struct view next;

	if (memchr(id.p, '~', id.n) || id.n > ORGID_MAX)
		return true;
	memcpy(after, id.p, id.n);
	after[id.n] = '~';
	org_each(t, view_of(after, id.n + 1), unit_seen, &unit);
	next = unit == ORG_NONE ? VIEW_LIT("") : org_id(t, unit);
	return next.n > id.n + 1 && memcmp(next.p, after, id.n + 1) == 0;
}

static enum join_bar links_bar(struct txn *t, uint32_t keep, uint32_t gone)
{
	AUTO_NUMBERS gone_out = NULL;
	AUTO_NUMBERS gone_in = NULL;
	AUTO_NUMBERS keep_out = NULL;
	AUTO_NUMBERS keep_in = NULL;
	size_t n[4] = { 0 };

	if (link_suppliers(t, gone, &gone_out, &n[0]) != RC_OK || link_procurers(t, gone, &gone_in, &n[1]) != RC_OK ||
	    link_suppliers(t, keep, &keep_out, &n[2]) != RC_OK || link_procurers(t, keep, &keep_in, &n[3]) != RC_OK)
		return JOIN_LARGE;
	if (has(gone_out, n[0], keep) || has(gone_in, n[1], keep))
		return JOIN_EACH_OTHER;
	if (meet(gone_out, n[0], keep_out, n[2]) || meet(gone_in, n[1], keep_in, n[3]))
		return JOIN_LINKS;
	return (n[0] + n[1]) * (2 + CL__COUNT) > JOIN_OPS_MAX ? JOIN_LARGE : JOIN_OPEN;
}

enum join_bar join_bar(struct txn *t, uint32_t keep, uint32_t gone)
{
	struct rec r;
	bool certs = false, drills = false;

	cert_each(t, gone, VIEW_LIT(""), one_seen, &certs);
	if (certs)
		return JOIN_CERTIFICATES;
	if (targets_get(t, gone, &r) != RC_NOT_FOUND)
		return JOIN_TARGETS;
	drill_each(t, gone, one_seen, &drills);
	if (drills)
		return JOIN_DRILLS;
	if (has_units(t, org_id(t, gone)))
		return JOIN_UNITS;
	if (is_viewer(t, gone))
		return JOIN_GRANTS;
	return links_bar(t, keep, gone);
}

/* ---- the operations ---- */

struct planning {
	struct txn *t;
	struct join *j;
	size_t cap, cap_personal;
	struct view keep, gone; /* ids */
	enum rc rc;
};

static void *grown(struct planning *p, const void *old, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? *cap * 2 : 64;
	void *now;

	if (n < *cap)
		return (void *)(uintptr_t)old;
	now = arena_zalloc(p->j->memory, more * size);
	if (!now) {
		p->rc = RC_NOMEM;
		return NULL;
	}
	if (n)
		memcpy(now, old, n * size);
	*cap = more;
	return now;
}

static void op_add(struct planning *p, const struct op *op)
{
	struct op *ops = p->rc == RC_OK ? grown(p, p->j->ops, p->j->n_ops, &p->cap, sizeof *ops) : NULL;

	if (!ops)
		return;
	p->j->ops = ops;
	ops[p->j->n_ops++] = *op;
}

/* Contacts lie under a reference that belongs to their record: they move to one of the new record. */
static struct view contacts_move(struct planning *p, const struct op *op, struct view ref)
{
	struct view bytes;
	enum rc rc = personal_get(p->t, ref, &bytes);

	if (rc == RC_NOT_FOUND) /* erased */
		return (struct view){ 0 };
	struct personal *all = rc == RC_OK ? grown(p, p->j->personal, p->j->n_personal, &p->cap_personal, sizeof *all)
					   : NULL;
	if (!all) {
		p->rc = rc == RC_OK ? p->rc : rc;
		return (struct view){ 0 };
	}
	p->j->personal = all;
	struct personal *one = &all[p->j->n_personal++];
	one->bytes = arena_copy(p->j->memory, bytes);
	if (!one->bytes.p) {
		p->rc = RC_NOMEM;
		return (struct view){ 0 };
	}
	personal_ref(p->j->secret, (enum ent)op->ent, op, one->bytes, one->ref);
	return arena_copy(p->j->memory, view_of(one->ref, sizeof one->ref));
}

/* The record's fields as an operation names them; contacts: the field that holds them, 0: none. */
static struct view fields_of(struct planning *p, const struct op *op, const struct rec *r, unsigned contacts)
{
	AUTO(buf_done) struct buf fields = BUF_INIT;

	for (unsigned id = 1; id < META_ID; id++) {
		if (!rec_has(r, id))
			continue;
		struct view v = contacts && id == contacts ? contacts_move(p, op, r->f[id]) : r->f[id];
		if (v.p)
			fl_bytes(&fields, id, v);
	}
	struct view out = fields.n ? arena_copy(p->j->memory, buf_view(&fields)) : VIEW_LIT("");
	if (!out.p || !buf_ok(&fields))
		p->rc = RC_NOMEM;
	return out;
}

static struct view id_copy(struct planning *p, uint32_t org)
{
	struct view id = arena_copy(p->j->memory, org_id(p->t, org));

	if (!id.p)
		p->rc = RC_NOMEM;
	return id;
}

/* old: the link as it is; to: its new ends. */
static void link_move(struct planning *p, uint32_t procurer, uint32_t supplier, struct view to_procurer,
		      struct view to_supplier)
{
	struct rec r;
	struct op del = { .kind = OP_DELETE, .ent = ENT_LINK, .a = id_copy(p, procurer), .b = id_copy(p, supplier) };
	struct op put = { .kind = OP_PUT, .ent = ENT_LINK, .flags = OPF_MUST_NOT_EXIST, .a = to_procurer, .b = to_supplier };
	enum rc rc = link_get(p->t, procurer, supplier, &r);

	if (rc != RC_OK) {
		p->rc = rc;
		return;
	}
	del.if_match = (uint64_t)rec_int(&r, META_REV, 0);
	put.fields = fields_of(p, &put, &r, 0);
	op_add(p, &del);
	op_add(p, &put);
	p->j->links++;
	for (int no = 0; no < CL__COUNT && p->rc == RC_OK; no++) {
		struct op clause = { .kind = OP_PUT, .ent = ENT_CLAUSE, .a = to_procurer, .b = to_supplier,
				     .c = view_str(clause_names[no]) };
		rc = clause_get(p->t, procurer, supplier, (enum clause_no)no, &r);
		if (rc == RC_NOT_FOUND)
			continue;
		if (rc != RC_OK) {
			p->rc = rc;
			return;
		}
		clause.fields = fields_of(p, &clause, &r, CLAUSE_CONTACTS);
		op_add(p, &clause);
		p->j->clauses++;
	}
}

static void links_move(struct planning *p, uint32_t gone)
{
	AUTO_NUMBERS out = NULL;
	AUTO_NUMBERS in = NULL;
	size_t n_out = 0, n_in = 0;

	if ((p->rc = link_suppliers(p->t, gone, &out, &n_out)) == RC_OK)
		p->rc = link_procurers(p->t, gone, &in, &n_in);
	for (size_t i = 0; i < n_out && p->rc == RC_OK; i++)
		link_move(p, gone, out[i], p->keep, id_copy(p, out[i]));
	for (size_t i = 0; i < n_in && p->rc == RC_OK; i++)
		link_move(p, in[i], gone, id_copy(p, in[i]), p->keep);
}

/* The identifiers of both, and contacts where the one that stays has none. */
static void names_join(struct planning *p, const struct rec *keep, const struct rec *gone)
{
	AUTO(buf_done) struct buf fields = BUF_INIT, aliases = BUF_INIT;
	struct op op = { .kind = OP_MERGE, .ent = ENT_ORG, .flags = OPF_MUST_EXIST, .a = p->keep,
			 .if_match = (uint64_t)rec_int(keep, META_REV, 0) };

	buf_addv(&aliases, keep->f[ORG_ALIASES]);
	buf_lenbytes(&aliases, p->gone);
	buf_addv(&aliases, gone->f[ORG_ALIASES]);
	fl_bytes(&fields, ORG_ALIASES, buf_view(&aliases));
	if (rec_has(gone, ORG_CONTACTS) && !rec_has(keep, ORG_CONTACTS)) {
		struct view v = contacts_move(p, &op, gone->f[ORG_CONTACTS]);
		if (v.p)
			fl_bytes(&fields, ORG_CONTACTS, v);
	}
	if (rec_has(gone, ORG_DISTINCT_FROM)) { /* what was said of the one is said of both */
		buf_clear(&aliases);
		buf_addv(&aliases, keep->f[ORG_DISTINCT_FROM]);
		buf_addv(&aliases, gone->f[ORG_DISTINCT_FROM]);
		fl_bytes(&fields, ORG_DISTINCT_FROM, buf_view(&aliases));
	}
	op.fields = arena_copy(p->j->memory, buf_view(&fields));
	if (!op.fields.p || !buf_ok(&fields) || !buf_ok(&aliases))
		p->rc = RC_NOMEM;
	op_add(p, &op);
}

enum rc join_plan(struct txn *t, uint32_t keep, uint32_t gone, struct join *out, struct err *e)
{
	struct planning p = { .t = t, .j = out };
	struct rec rk, rg;

	if ((p.rc = org_get(t, keep, &rk)) == RC_OK)
		p.rc = org_get(t, gone, &rg);
	if (p.rc != RC_OK)
		return p.rc;
	p.keep = id_copy(&p, keep);
	p.gone = id_copy(&p, gone);
	struct op drop = { .kind = OP_DELETE, .ent = ENT_ORG, .a = p.gone, .if_match = (uint64_t)rec_int(&rg, META_REV, 0) };
	links_move(&p, gone);
	op_add(&p, &drop);
	names_join(&p, &rk, &rg);
	if (p.rc == RC_OK && out->n_ops > JOIN_OPS_MAX)
		return err_set(e, RC_TOO_LARGE, NULL, "%u", JOIN_OPS_MAX);
	return p.rc != RC_OK ? p.rc : txn_rc(t);
}
