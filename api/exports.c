/*
 * exports.c - all of a kind as a file: CSV with the columns that an import takes, or NDJSON. Written in
 * steps that each see the store anew and go on behind the last key, so that a slow client pins nothing:
 * what is changed meanwhile shows in its newer or its older form. A bound caller gets the links and clauses of its own
 * organisations, and what else is told of these and of their direct suppliers.
 */
#include <stdio.h>

#include "api/export_int.h"
#include "api/handlers.h"
#include "base/util.h"
#include "graph/radix.h"

#define ORGS_PER_STEP 2000 /* visited, however little they give */

static bool is_full(const struct exporting *x) { return x->out->n >= STREAM_STEP; }

/* ---- what an organisation gives ---- */

static bool put_cert(void *arg, struct view cert, const struct rec *rec)
{
	struct exporting *x = arg;
	struct row row = { .rec = rec, .key = { view_of(x->inner_org, x->inner_org_n), cert } };

	export_row(x, &row);
	x->cert_n = MIN(cert.n, sizeof(x->cert));
	memcpy(x->cert, cert.p, x->cert_n);
	x->stopped = is_full(x);
	return !x->stopped;
}

static void put_clauses(struct exporting *x, const struct link_iter *it, struct row *row)
{
	for (int no = 0; no < CL__COUNT; no++) {
		struct rec rec;
		if (clause_get(x->t, it->procurer, it->supplier, (enum clause_no)no, &rec))
			continue;
		row->rec = &rec;
		row->no = clause_names[no];
		export_row(x, row);
	}
}

static void put_links(struct exporting *x, struct view id, uint32_t org)
{
	struct link_iter it;
	struct rec rec;

	link_iter_open(&it, x->t, org, x->supplier);
	while (!x->stopped && link_iter_next(&it, &rec)) {
		struct row row = { .rec = &rec, .key = { id, org_id(x->t, it.supplier) } };
		if (x->kind == KO_LINKS)
			export_row(x, &row);
		else
			put_clauses(x, &it, &row);
		x->supplier = it.supplier;
		x->stopped = is_full(x);
	}
	link_iter_close(&it);
}

static void put_contacts(struct exporting *x, struct view id, uint32_t org)
{
	struct contact c;
	struct view bytes;
	struct rec rec;

	if (org_get(x->t, org, &rec) || !rec_has(&rec, ORG_CONTACTS) ||
	    personal_get(x->t, rec.f[ORG_CONTACTS], &bytes))
		return;
	struct rd rd = rd_of(bytes);
	while (contact_next(&rd, &c))
		export_row(x, &(struct row){ .rec = &rec, .key = { id }, .contact = &c });
}

static void put_org(struct exporting *x, struct view id, uint32_t org)
{
	struct rec rec;

	switch (x->kind) {
	case KO_ORGS:
		if (org_get(x->t, org, &rec) == RC_OK)
			export_row(x, &(struct row){ .rec = &rec, .key = { id } });
		return;
	case KO_LINKS:
	case KO_CLAUSES:
		put_links(x, id, org);
		return;
	case KO_CERTIFICATES:
		cert_each(x->t, org, view_of(x->cert, x->cert_n), put_cert, x);
		return;
	case KO_CONTACTS:
		put_contacts(x, id, org);
		return;
	case KO__COUNT:
		return;
	}
}

/* One organisation; false ends the step. */
static bool visit(void *arg, struct view id, uint32_t org)
{
	struct exporting *x = arg;

	if (!view_eq(id, view_of(x->inner_org, x->inner_org_n))) {
		x->inner_org_n = MIN(id.n, ORGID_MAX);
		memcpy(x->inner_org, id.p, x->inner_org_n);
		x->supplier = ORG_NONE;
		x->cert_n = 0;
	}
	put_org(x, id, org);
	if (x->stopped)
		return false;
	x->org_n = x->inner_org_n;
	memcpy(x->org, x->inner_org, x->org_n);
	x->stopped = is_full(x) || ++x->visited >= ORGS_PER_STEP;
	return !x->stopped;
}

/* Whose they are: all of its own; of those it buys from what is not a link's. */
static bool may_export(struct exporting *x, uint32_t org)
{
	switch (access_tie(x->t, &x->who, org)) {
	case TIE_OWN:
		x->shown = &org_shown[AT_OWN];
		return true;
	case TIE_SUPPLIER:
		x->shown = &org_shown[AT_SUPPLIER];
		return x->kind != KO_LINKS && x->kind != KO_CLAUSES;
	case TIE_NONE:
	case TIE_ABOVE:
	case TIE_ENTERED:
		break;
	}
	return false;
}

static void visit_bound(struct exporting *x)
{
	while (!x->stopped && x->at < x->n_orgs && txn_rc(x->t) == RC_OK) {
		struct view id = org_id(x->t, x->orgs[x->at]);
		bool mine = id.n && may_export(x, x->orgs[x->at]);
		if (mine)
			visit(x, id, x->orgs[x->at]);
		if (!mine || view_eq(id, view_of(x->org, x->org_n)))
			x->at++;
	}
}

static enum rc export_fill(struct stream *s, struct txn *t, struct buf *out, bool *out_end)
{
	struct exporting *x = (struct exporting *)(void *)s;

	x->t = t;
	x->out = out;
	x->visited = 0;
	x->stopped = false;
	if (x->csv && !x->begun)
		export_head(x);
	x->begun = true;
	if (x->bound) {
		visit_bound(x);
		*out_end = x->at >= x->n_orgs;
	} else {
		x->shown = &org_shown[AT_OWN];
		org_each(t, view_of(x->org, x->org_n), visit, x);
		*out_end = !x->stopped;
	}
	return txn_rc(t);
}

static void export_free(struct stream *s)
{
	struct exporting *x = (struct exporting *)(void *)s;

	free(x->orgs);
	free(x);
}

struct id_of {
	struct view id;
	uint32_t org;
};

static int id_cmp(const void *a, const void *b)
{
	return view_cmp(((const struct id_of *)a)->id, ((const struct id_of *)b)->id);
}

/* The caller's own, and those that they buy from; once each, in id order. */
static enum rc in_id_order(struct request *r, struct buf *numbers, struct exporting *x)
{
	size_t n = numbers->n / sizeof(uint32_t);
	uint32_t *orgs = (uint32_t *)(void *)numbers->p;
	AUTO_FREE struct id_of *ids = calloc(MAX(n, (size_t)1), sizeof(*ids));

	x->orgs = calloc(MAX(n, (size_t)1), sizeof(*x->orgs));
	if (!ids || !x->orgs)
		return RC_NOMEM;
	if (n)
		u32_sort(orgs, n);
	for (size_t i = 0, k = 0; i < n; i++)
		if (!i || orgs[i] != orgs[i - 1])
			ids[k++] = (struct id_of){ org_id(r->txn, orgs[i]), orgs[i] }, x->n_orgs = k;
	if (x->n_orgs)
		qsort(ids, x->n_orgs, sizeof(*ids), id_cmp);
	for (size_t i = 0; i < x->n_orgs; i++)
		x->orgs[i] = ids[i].org;
	return txn_rc(r->txn);
}

static enum rc bind(struct request *r, struct exporting *x)
{
	AUTO(buf_done) struct buf numbers = BUF_INIT;
	struct sight s;

	x->bound = !access_sees_all(&r->who);
	x->who = r->who;
	if (!x->bound)
		return RC_OK;
	request_sight(r, &s);
	buf_add(&numbers, s.own, s.n_own * sizeof(*s.own));
	for (size_t i = 0; i < s.n_own && !s.rc; i++) {
		AUTO_FREE uint32_t *suppliers = NULL;
		size_t n = 0;
		s.rc = link_suppliers(r->txn, s.own[i], &suppliers, &n);
		if (!s.rc)
			buf_add(&numbers, suppliers, n * sizeof(*suppliers));
	}
	if (!s.rc && !buf_ok(&numbers))
		s.rc = RC_NOMEM;
	return s.rc ? s.rc : in_id_order(r, &numbers, x);
}

enum rc export_open(struct request *r, struct err *e)
{
	struct exporting *x;
	int kind = 0;

	while (kind < KO__COUNT && !view_is(r->param[0], export_names[kind]))
		kind++;
	if (kind == KO__COUNT)
		return err_set(e, RC_NOT_FOUND, NULL, "exports/%.*s", (int)MIN(r->param[0].n, 60u),
			       (const char *)r->param[0].p);
	x = calloc(1, sizeof(*x));
	if (!x)
		return RC_NOMEM;
	x->s = (struct stream){ .fill = export_fill, .free = export_free };
	x->kind = (enum kind_out)kind;
	enum rc rc = bind(r, x);
	if (rc) {
		export_free(&x->s);
		return rc;
	}
	export_columns(x);
	x->csv = r->query.v[Q_export_format].n == 0;
	x->bom = r->query.v[Q_bom].n != 0;
	r->stream = &x->s;
	r->reply.type = x->csv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson";
	reply_header(&r->reply, "Content-Disposition", "attachment; filename=\"%s.%s\"",
		     export_names[kind], x->csv ? "csv" : "ndjson");
	return RC_OK;
}
