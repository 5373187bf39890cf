/* import.c - telling formats apart, and what the importers share. */
#include "importers/import.h"

#include "base/orgid.h"
#include "base/util.h"
#include "importers/run.h"

const char *const import_kind_names[IK__COUNT] = { "auto",	   "orgs",    "links",
						   "certificates", "clauses", "contacts" };
const char *const import_format_names[IF__COUNT] = { "auto", "csv",		   "ndjson",
						     "nta",  "gbizinfo-procurement", "jpgovs" };

/* ---- shared ---- */

enum rc run_row(struct run *r, const char *at)
{
	r->rows++;
	if (r->rows % PROGRESS_ROWS || !r->sink->progress)
		return RC_OK;
	return r->sink->progress(r->sink->arg, r->rows, source_offset(r->src, at));
}

enum rc run_op(struct run *r, const struct op *op, struct view contacts)
{
	return r->sink->op(r->sink->arg, op, contacts.n ? &contacts : NULL);
}

enum rc run_reject(struct run *r, const struct err *e)
{
	return r->sink->reject(r->sink->arg, e);
}

enum rc run_bad_row(struct run *r, const struct csv *c, const struct err *e)
{
	enum rc rc;

	if (c->over) {
		*r->e = *e;
		return e->rc;
	}
	rc = run_reject(r, e);
	return rc ? rc : run_row(r, c->p);
}

enum rc run_procurer(struct run *r, struct buf *out)
{
	if (!r->p->procurer[0])
		return RC_OK;
	return orgid_from_text(view_str(r->p->procurer), out, "procurer", r->e);
}

/* ---- formats ---- */

/* ASCII blanks and, where a line begins with it, '{'. */
static bool looks_like_json(struct view w)
{
	const char *p = w.p;
	size_t i = 0;

	while (i < w.n && (p[i] == ' ' || (p[i] >= '\t' && p[i] <= '\r')))
		i++;
	return i < w.n && p[i] == '{';
}

static bool fits_kind(const struct run *r, enum import_kind kind)
{
	return r->kind == IK_AUTO || r->kind == kind;
}

static enum rc detect_rows(struct run *r, enum import_format *out)
{
	AUTO(csv_done) struct csv c;
	enum rc rc = csv_open(&c, r->src, ',', r->e);

	*out = IF_CSV;
	if (rc || csv_next(&c, r->e))
		return rc; /* the CSV reader says what is wrong with the row */
	if (fits_kind(r, IK_ORGS) && nta_looks_like(&c))
		*out = IF_NTA;
	else if (fits_kind(r, IK_ORGS) && jpgovs_looks_like(&c))
		*out = IF_JPGOVS;
	else if (fits_kind(r, IK_LINKS) && awards_looks_like(&c))
		*out = IF_GBIZINFO_PROCUREMENT;
	return RC_OK;
}

static enum rc detect(struct run *r, enum import_format *out)
{
	struct view w = { 0 };
	enum rc rc = source_first(r->src, &w, r->e);

	if (rc)
		return rc;
	if (looks_like_json(w)) {
		*out = IF_NDJSON;
		return RC_OK;
	}
	return detect_rows(r, out);
}

enum rc import_source(const struct import_params *p, const struct import_sink *sink,
		      struct source *src, struct import_result *out, struct err *e)
{
	static enum rc (*const readers[IF__COUNT])(struct run *r) = {
		[IF_CSV] = import_csv,
		[IF_NDJSON] = import_ndjson,
		[IF_NTA] = import_nta,
		[IF_GBIZINFO_PROCUREMENT] = import_awards,
		[IF_JPGOVS] = import_jpgovs,
	};
	struct err own = { 0 };
	struct run r = { .p = p, .sink = sink, .src = src, .e = e ? e : &own, .kind = p->kind };
	enum import_format format = p->format;
	enum rc rc = RC_OK;

	if (format == IF_AUTO)
		rc = detect(&r, &format);
	if (!rc)
		rc = readers[format](&r);
	if (!rc && sink->progress)
		rc = sink->progress(sink->arg, r.rows, src->bom + src->raw.n);
	*out = (struct import_result){ .format = format, .kind = r.kind, .rows = r.rows };
	return rc;
}

enum rc import_run(const struct import_params *p, const struct import_sink *sink,
		   struct import_result *out, struct err *e)
{
	AUTO(source_done) struct source src;
	enum rc rc;

	*out = (struct import_result){ .format = p->format, .kind = p->kind };
	rc = source_open(&src, p->path, e);
	return rc ? rc : import_source(p, sink, &src, out, e);
}
