/*
 * csv_import.c - rows under our own headings to operations. Columns that are there are set, an
 * empty cell clears, absent columns are kept: every operation is OP_MERGE. A row that has
 * anything wrong gives no operation at all.
 */
#include <stdio.h>

#include "base/text.h"
#include "base/util.h"
#include "importers/columns.h"
#include "importers/csv_rows.h"
#include "importers/csv_layout.h"
#include "importers/local_id.h"
#include "importers/run.h"
#include "importers/value.h"

/* One row under way; buffers are reused. */
struct rows {
	struct run *run;
	struct csv *csv;
	const struct rows_head *head;
	struct value_room room;
	struct buf procurer, org, code; /* org: supplier, holder or the organisation itself */
	struct buf certificate;
	struct buf fields, org_fields;
	struct buf parts, contact;
	struct { size_t at, n; } part[CP__COUNT];
	const char *clause;
	bool has_name; /* the supplier's, in links */
};

static void rows_done(struct rows *r)
{
	struct buf *const bufs[] = { &r->procurer, &r->org,	   &r->code,  &r->certificate,
				     &r->fields,   &r->org_fields, &r->parts, &r->contact };

	value_room_done(&r->room);
	for (size_t i = 0; i < ARRAY_LEN(bufs); i++)
		buf_done(bufs[i]);
}

static void row_clear(struct rows *r)
{
	struct buf *const bufs[] = { &r->procurer, &r->org,	   &r->code,  &r->certificate,
				     &r->fields,   &r->org_fields, &r->parts, &r->contact };

	for (size_t i = 0; i < ARRAY_LEN(bufs); i++)
		buf_clear(bufs[i]);
	memset(r->part, 0, sizeof(r->part));
	r->clause = NULL;
	r->has_name = false;
}

static bool row_ok(const struct rows *r)
{
	return buf_ok(&r->procurer) && buf_ok(&r->org) && buf_ok(&r->code) &&
	       buf_ok(&r->certificate) && buf_ok(&r->fields) && buf_ok(&r->org_fields) &&
	       buf_ok(&r->parts) && buf_ok(&r->contact) && buf_ok(&r->room.folded);
}

/* ---- cells ---- */

static void take_part(struct rows *r, enum contact_part part, struct view cell)
{
	static const struct { const char *word, *lang; } langs[] = { { "日本語", "ja" },
								     { "英語", "en" } };
	struct view v = part == CP_ROLE || part == CP_NAME ? cell : cell_fold(&r->room, cell);

	r->part[part].at = r->parts.n;
	for (size_t i = 0; part == CP_LANG && i < ARRAY_LEN(langs); i++)
		if (view_is(v, langs[i].word))
			v = view_str(langs[i].lang);
	buf_addv(&r->parts, v);
	for (size_t i = r->part[part].at; part == CP_LANG && i < r->parts.n; i++)
		if (r->parts.p[i] >= 'A' && r->parts.p[i] <= 'Z')
			r->parts.p[i] = (char)(r->parts.p[i] + 32);
	r->part[part].n = r->parts.n - r->part[part].at;
}

static enum rc take_field(struct rows *r, const struct column *col, struct view cell, bool blank,
			  struct err *e)
{
	if (!blank && col - r->head->columns.col == r->head->columns.supplier_code)
		buf_addv(&r->code, cell_fold(&r->room, cell));
	if (blank) {
		fl_clear(&r->fields, col->field->id);
		return RC_OK;
	}
	return cell_to_field(&r->room, col->field, cell, &r->fields, e);
}

static enum rc take_blank(struct rows *r, const struct column *col, struct err *e)
{
	switch (col->role) {
	case ROLE_FIELD:
		return take_field(r, col, VIEW_LIT(""), true, e);
	case ROLE_ORG:
	case ROLE_CLAUSE:
		return err_set(e, RC_REQUIRED, col->name, "%s", col->name);
	case ROLE_SUPPLIER: /* its name stays; the rest clears */
		if (col->field->id != ORG_NAME)
			fl_clear(&r->org_fields, col->field->id);
		return RC_OK;
	case ROLE_NONE:
	case ROLE_PROCURER:
	case ROLE_SUPPLIER_ID:
	case ROLE_CODE:
	case ROLE_CERTIFICATE:
	case ROLE_CONTACT:
	default:
		return RC_OK;
	}
}

static enum rc take_cell(struct rows *r, const struct column *col, struct view cell, struct err *e)
{
	switch (col->role) {
	case ROLE_FIELD:
		return take_field(r, col, cell, false, e);
	case ROLE_PROCURER:
		return cell_to_org(cell, &r->procurer, col->name, e);
	case ROLE_ORG:
	case ROLE_SUPPLIER_ID:
		return cell_to_org(cell, &r->org, col->name, e);
	case ROLE_CODE:
		buf_addv(&r->code, cell_fold(&r->room, cell));
		return RC_OK;
	case ROLE_SUPPLIER:
		r->has_name = r->has_name || col->field->id == ORG_NAME;
		return cell_to_field(&r->room, col->field, cell, &r->org_fields, e);
	case ROLE_CERTIFICATE:
		buf_addv(&r->certificate, cell_fold(&r->room, cell));
		return RC_OK;
	case ROLE_CLAUSE:
		return cell_to_clause(&r->room, cell, &r->clause, e);
	case ROLE_CONTACT:
		take_part(r, col->part, cell);
		return RC_OK;
	case ROLE_NONE: /* what has no heading must not vanish in silence */
	default:
		return r->run->p->ignore_unknown || col->name
			       ? RC_OK
			       : err_set(e, RC_UNKNOWN_COLUMN, NULL, NULL);
	}
}

static enum rc check_width(const struct rows *r, struct err *e)
{
	const struct csv *c = r->csv;
	unsigned i = r->head->columns.n;

	while (i < c->n && cell_blank(c->cells[i]))
		i++;
	if (c->n >= r->head->columns.n && i >= c->n)
		return RC_OK;
	err_set(e, RC_CELL_COUNT, NULL, "%u / %u", c->n, r->head->columns.n);
	e->column = c->n < r->head->columns.n ? c->n + 1 : i + 1;
	return RC_CELL_COUNT;
}

/* Exports put an apostrophe before what a spreadsheet would run as a formula. */
static struct view unarmed(struct view cell)
{
	const char *p = cell.p;

	if (cell.n >= 2 && p[0] == '\'' && memchr("=+-@\t\r", p[1], 6))
		return view_of(p + 1, cell.n - 1);
	return cell;
}

static enum rc take_cells(struct rows *r, struct err *e)
{
	enum rc rc = check_width(r, e);

	for (unsigned i = 0; i < r->head->columns.n && !rc; i++) {
		const struct column *col = &r->head->columns.col[i];
		struct view cell = unarmed(r->csv->cells[i]);

		rc = cell_blank(cell) ? take_blank(r, col, e) : take_cell(r, col, cell, e);
		if (rc)
			e->column = i + 1;
	}
	if (!rc && !row_ok(r))
		rc = err_set(e, RC_NOMEM, NULL, NULL);
	return rc;
}

/* ---- keys ---- */

static enum rc lacks(const struct rows *r, enum column_role role, const char *name, struct err *e)
{
	err_set(e, RC_REQUIRED, name, "%s", name);
	e->column = r->head->columns.of_role[role] < 0 ? 0 : (unsigned)r->head->columns.of_role[role] + 1;
	return RC_REQUIRED;
}

/* A row that links a company to itself is often the buyer's own line in its vendor master: what it says
 * of the name must not reach the buyer. */
static enum rc refuse_self(const struct rows *r, struct err *e)
{
	err_set(e, RC_SELF_LINK, "supplier", NULL);
	e->column = r->head->columns.of_role[ROLE_SUPPLIER_ID] < 0
			    ? 0
			    : (unsigned)r->head->columns.of_role[ROLE_SUPPLIER_ID] + 1;
	return RC_SELF_LINK;
}

/* The two ends of a link or clause. A supplier without an id is looked up by its code; where there is
 * a name too, a code not used before gets a local id, which r->org then holds. */
static enum rc find_ends(struct rows *r, unsigned *out_flags, struct err *e)
{
	if (r->procurer.n == 0)
		buf_addv(&r->procurer, r->head->default_procurer);
	if (r->procurer.n == 0)
		return lacks(r, ROLE_PROCURER, "procurer", e);
	if (r->org.n)
		return r->head->columns.kind == IK_LINKS && view_eq(buf_view(&r->procurer), buf_view(&r->org))
			       ? refuse_self(r, e)
			       : RC_OK;
	if (r->code.n == 0)
		return lacks(r, ROLE_SUPPLIER_ID, "supplier", e);
	*out_flags |= OPF_BY_CODE;
	if (r->has_name)
		local_id_of_code(&r->org, buf_view(&r->procurer), buf_view(&r->code));
	return buf_ok(&r->org) ? RC_OK : err_set(e, RC_NOMEM, NULL, NULL);
}

/* Names in addresses hold no '/'. */
static void add_name_text(struct buf *out, struct view v)
{
	const char *p = v.p;

	for (size_t i = 0; i < v.n; i++)
		buf_addc(out, p[i] == '/' || (unsigned char)p[i] < ' ' ? '-' : p[i]);
}

/* What the row says of the certificate, from its own field list. */
static void cert_parts(const struct rows *r, struct rec *out)
{
	struct rd rd = rd_of(buf_view(&r->fields));
	struct view v;
	unsigned id;
	bool bad = false;

	rec_init(out);
	while (fl_next(&rd, &id, &v, &bad))
		out->f[id] = v;
}

/* A stable name where the file gives none: scheme and number, else scheme, level and first day. */
static enum rc name_certificate(struct rows *r, struct err *e)
{
	struct buf *name = &r->certificate;
	struct rec rec;
	char day[DAY_TEXT];

	if (name->n)
		return RC_OK;
	cert_parts(r, &rec);
	struct view scheme = rec_str(&rec, CERT_SCHEME);
	if (scheme.n == 0 && rec_has(&rec, CERT_LEVEL)) /* the level tells the scheme */
		scheme = view_str(rec_int(&rec, CERT_LEVEL, 0) >= 3 ? "scs" : "security-action");
	if (scheme.n == 0)
		return lacks(r, ROLE_CERTIFICATE, "certificate", e);
	add_name_text(name, scheme);
	if (rec_str(&rec, CERT_REGISTRATION_NO).n) {
		buf_addc(name, '-');
		add_name_text(name, rec_str(&rec, CERT_REGISTRATION_NO));
	} else {
		if (rec_has(&rec, CERT_LEVEL))
			buf_addf(name, "-%d", (int)rec_int(&rec, CERT_LEVEL, 0));
		if (rec_has(&rec, CERT_ISSUED)) {
			day_format(rec_day(&rec, CERT_ISSUED), day);
			buf_addf(name, "-%s", day);
		}
	}
	return buf_ok(name) ? RC_OK : err_set(e, RC_NOMEM, NULL, NULL);
}

/* The contact that the row brings, if any. */
static enum rc make_contact(struct rows *r, struct err *e)
{
	struct contact c = { 0 };
	bool any = false;
	enum rc rc;

	for (int i = 0; i < CP__COUNT; i++) {
		c.part[i] = view_of(r->parts.p ? r->parts.p + r->part[i].at : "", r->part[i].n);
		any = any || (r->part[i].n && i != CP_LANG && i != CP_ROLE);
	}
	if (!any)
		return RC_OK;
	rc = contact_check(&c, e);
	for (unsigned i = 0; rc && i < r->head->columns.n; i++) {
		const struct column *col = &r->head->columns.col[i];

		if (col->role == ROLE_CONTACT && strcmp(contact_part_names[col->part], e->field) == 0)
			e->column = i + 1;
	}
	if (!rc)
		contact_encode(&r->contact, &c);
	return rc || buf_ok(&r->contact) ? rc : err_set(e, RC_NOMEM, NULL, NULL);
}

/* ---- rows to operations ---- */

static struct op new_op(const struct rows *r, enum ent ent, unsigned flags)
{
	return (struct op){ .kind = OP_MERGE, .ent = (uint8_t)ent, .flags = (uint8_t)flags,
			    .fields = buf_view(&r->fields), .line = r->csv->row_line };
}

/* emit: RC_OK, or the row's error in *row_e with *out_bad, or what the sink answered. */
static enum rc emit_org(struct rows *r, struct err *row_e, bool *out_bad)
{
	bool contacts_only = r->head->columns.kind == IK_CONTACTS;
	struct op op = new_op(r, ENT_ORG, contacts_only ? OPF_MUST_EXIST : OPF_STUBS);

	*out_bad = true;
	if (make_contact(r, row_e))
		return RC_OK;
	if (contacts_only && r->contact.n == 0) {
		lacks(r, ROLE_CONTACT, "email", row_e);
		return RC_OK;
	}
	*out_bad = false;
	op.a = buf_view(&r->org);
	if (r->contact.n)
		op.flags |= OPF_ADD_CONTACT;
	return run_op(r->run, &op, buf_view(&r->contact));
}

static enum rc emit_pair(struct rows *r, struct err *row_e, bool *out_bad)
{
	bool links = r->head->columns.kind == IK_LINKS;
	unsigned flags = links ? OPF_STUBS : 0;
	struct op op;
	enum rc rc = RC_OK;

	*out_bad = find_ends(r, &flags, row_e) != RC_OK;
	if (*out_bad)
		return RC_OK;
	if (r->org_fields.n && r->org.n) {
		op = new_op(r, ENT_ORG, OPF_STUBS | (flags & OPF_BY_CODE));
		op.a = buf_view(&r->org);
		if (flags & OPF_BY_CODE) {
			op.b = buf_view(&r->procurer);
			op.c = buf_view(&r->code);
		}
		op.fields = buf_view(&r->org_fields);
		rc = run_op(r->run, &op, (struct view){ 0 });
	}
	op = new_op(r, r->head->columns.ent, flags);
	op.a = buf_view(&r->procurer);
	op.b = buf_view(flags & OPF_BY_CODE ? &r->code : &r->org);
	op.c = !links ? view_str(r->clause) : flags & OPF_BY_CODE ? buf_view(&r->org) : (struct view){ 0 };
	return rc ? rc : run_op(r->run, &op, (struct view){ 0 });
}

static enum rc emit_certificate(struct rows *r, struct err *row_e, bool *out_bad)
{
	struct op op = new_op(r, ENT_CERT, OPF_STUBS);

	*out_bad = name_certificate(r, row_e) != RC_OK;
	if (*out_bad)
		return RC_OK;
	op.a = buf_view(&r->org);
	op.b = buf_view(&r->certificate);
	return run_op(r->run, &op, (struct view){ 0 });
}

static enum rc emit(struct rows *r, struct err *row_e, bool *out_bad)
{
	switch (r->head->columns.kind) {
	case IK_LINKS:
	case IK_CLAUSES:
		return emit_pair(r, row_e, out_bad);
	case IK_CERTIFICATES:
		return emit_certificate(r, row_e, out_bad);
	case IK_ORGS:
	case IK_CONTACTS:
	case IK_AUTO:
	case IK__COUNT:
	default:
		return emit_org(r, row_e, out_bad);
	}
}

static enum rc one_row(struct rows *r)
{
	struct err row_e = { 0 };
	bool bad;
	enum rc rc = RC_OK;

	row_clear(r);
	bad = take_cells(r, &row_e) != RC_OK;
	if (!bad)
		rc = emit(r, &row_e, &bad);
	if (row_e.rc == RC_NOMEM) {
		*r->run->e = row_e;
		return RC_NOMEM;
	}
	if (bad) {
		row_e.line = r->csv->row_line;
		rc = run_reject(r->run, &row_e);
	}
	return rc ? rc : run_row(r->run, r->csv->p);
}

static enum rc all_rows(struct rows *r)
{
	struct err row_e = { 0 };
	enum rc rc = RC_OK;

	while (!rc) {
		rc = csv_next(r->csv, &row_e);
		if (rc == RC_END)
			return RC_OK;
		rc = rc ? run_bad_row(r->run, r->csv, &row_e) : one_row(r);
	}
	return rc;
}

/* ---- all rows ---- */

void rows_part(const struct run *run, const struct rows_head *head, const struct import_sink *sink,
	       struct import_piece *piece, const struct rows_part *part)
{
	struct import_sink own = *sink;
	struct run mine = { .p = run->p, .sink = &own, .src = run->src, .e = &piece->err, .kind = run->kind };
	struct csv c = { .src = run->src, .delim = head->delim, .p = part->from, .stop = part->limit,
			 .line = part->line, .resumed = part->resumed };
	AUTO(rows_done) struct rows r = { .run = &mine, .csv = &c, .head = head };

	c.end = (const char *)run->src->raw.p + run->src->raw.n;
	piece->rc = all_rows(&r);
	piece->from = part->from;
	piece->to = c.p;
	piece->lines = c.line - part->line;
	piece->rows = mine.rows;
	piece->resumed = c.resumed;
	piece->over = c.over;
	csv_done(&c);
}

/* From here on a file is worth more than one thread. */
#define PARALLEL_BYTES ((size_t)4 << 20)

enum rc import_csv(struct run *run)
{
	AUTO(csv_done) struct csv c;
	AUTO(buf_done) struct buf procurer = BUF_INIT;
	struct rows_head head;
	struct csv_layout g;
	enum rc rc = csv_layout_guess(run, &g);

	c.scratch = NULL;
	if (!rc)
		rc = run_procurer(run, &procurer);
	head.default_procurer = buf_view(&procurer);
	head.delim = g.delim;
	if (!rc)
		rc = csv_open(&c, run->src, g.delim, run->e);
	if (!rc)
		rc = csv_header_read(run, &c, &g, &head);
	if (rc)
		return rc;
	run->kind = g.kind;
	if (run->p->threads > 1 && run->src->encoding == ENC_UTF8 &&
	    ((size_t)(c.end - c.p) >= PARALLEL_BYTES || run->p->stretch))
		return rows_parallel(run, &head, view_of(c.p, (size_t)(c.end - c.p)), c.line);
	AUTO(rows_done) struct rows r = { .run = run, .csv = &c, .head = &head };
	return all_rows(&r);
}
