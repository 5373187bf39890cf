/*
 * nta.c - the National Tax Agency's files of corporate numbers (基本3情報): full files and daily
 * differences, no header, 30 columns (23 in the first years). Columns, from 1: 2 number, 4
 * correction, 7 name, 10-12 address, 17 address abroad, 19 closed on, 20 cause, 21 successor, 24
 * latest, 25 English name, 29 kana.
 *
 * A row replaces name, address and closure, so that a revived company is open again. The register
 * holds an English name and kana only where they were handed in: their absence clears nothing. A
 * row that is not the latest of its company (24 = 0) tells a past state and is passed over.
 */
#include "base/orgid.h"
#include "base/util.h"
#include "importers/run.h"
#include "importers/value.h"

#define COLUMNS_MIN 23
#define COLUMNS_MAX 30

enum nta_column { N_NUMBER = 1, N_PROCESS = 2, N_NAME = 6, N_PREFECTURE = 9, N_CITY = 10, N_STREET = 11,
		  N_ABROAD = 16, N_CLOSED_ON = 18, N_CLOSE_CAUSE = 19, N_SUCCESSOR = 20,
		  N_LATEST = 23, N_NAME_EN = 24, N_KANA = 28 };

struct nta {
	struct run *run;
	struct value_room room;
	struct buf id, fields, address;
};

static void nta_done(struct nta *n)
{
	value_room_done(&n->room);
	buf_done(&n->id);
	buf_done(&n->fields);
	buf_done(&n->address);
}

static bool digits(struct view v, size_t n)
{
	const char *p = v.p;

	for (size_t i = 0; i < v.n; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return v.n == n;
}

bool nta_looks_like(const struct csv *c)
{
	return c->n >= COLUMNS_MIN && c->n <= COLUMNS_MAX && digits(c->cells[N_NUMBER], 13) &&
	       digits(c->cells[N_PROCESS], 2);
}

static struct view cell(const struct csv *c, enum nta_column i)
{
	return (unsigned)i < c->n ? c->cells[i] : (struct view){ 0 };
}

/* A value; where there is none the field clears, or is kept. */
static enum rc put(struct nta *n, unsigned id, struct view v, bool keep, unsigned column,
		   struct err *e)
{
	enum rc rc = RC_OK;

	if (!cell_blank(v))
		rc = cell_to_field(&n->room, field_by_id(ENT_ORG, (uint8_t)id), v, &n->fields, e);
	else if (!keep)
		fl_clear(&n->fields, id);
	if (rc)
		e->column = column + 1;
	return rc;
}

static enum rc put_address(struct nta *n, const struct csv *c, struct err *e)
{
	buf_clear(&n->address);
	buf_addv(&n->address, cell(c, N_PREFECTURE));
	buf_addv(&n->address, cell(c, N_CITY));
	buf_addv(&n->address, cell(c, N_STREET));
	if (n->address.n == 0)
		buf_addv(&n->address, cell(c, N_ABROAD));
	return put(n, ORG_ADDRESS, buf_view(&n->address), false, N_PREFECTURE, e);
}

static enum rc read_fields(struct nta *n, const struct csv *c, struct err *e)
{
	static const struct {
		unsigned field;
		enum nta_column column;
		bool keep;
	} simple[] = {
		{ ORG_NAME, N_NAME, true },	       { ORG_NAME_KANA, N_KANA, true },
		{ ORG_NAME_EN, N_NAME_EN, true },      { ORG_CLOSED_ON, N_CLOSED_ON, false },
		{ ORG_CLOSE_CAUSE, N_CLOSE_CAUSE, false },
		{ ORG_SUCCESSOR, N_SUCCESSOR, false },
	};
	enum rc rc = cell_to_org(cell(c, N_NUMBER), &n->id, "corporateNumber", e);

	if (rc)
		e->column = N_NUMBER + 1;
	for (size_t i = 0; !rc && i < ARRAY_LEN(simple); i++)
		rc = put(n, simple[i].field, cell(c, simple[i].column), simple[i].keep,
			 simple[i].column, e);
	return rc ? rc : put_address(n, c, e);
}

static enum rc one_row(struct nta *n, const struct csv *c)
{
	struct err row_e = { 0 };
	struct op op = { .kind = OP_MERGE, .ent = ENT_ORG, .line = c->row_line };
	enum rc rc;

	buf_clear(&n->id);
	buf_clear(&n->fields);
	if (c->n < COLUMNS_MIN || c->n > COLUMNS_MAX) {
		rc = err_set(&row_e, RC_CELL_COUNT, NULL, "%u / %d", c->n, COLUMNS_MAX);
		row_e.column = c->n < COLUMNS_MIN ? c->n + 1 : COLUMNS_MAX + 1;
	} else if (view_is(cell(c, N_LATEST), "0")) {
		return RC_OK;
	} else {
		rc = read_fields(n, c, &row_e);
	}
	if (!rc && !(buf_ok(&n->id) && buf_ok(&n->fields) && buf_ok(&n->address)))
		return err_set(n->run->e, RC_NOMEM, NULL, NULL);
	if (rc) {
		row_e.line = c->row_line;
		return run_reject(n->run, &row_e);
	}
	op.a = buf_view(&n->id);
	op.fields = buf_view(&n->fields);
	return run_op(n->run, &op, (struct view){ 0 });
}

enum rc import_nta(struct run *run)
{
	AUTO(nta_done) struct nta n = { .run = run };
	AUTO(csv_done) struct csv c;
	struct err row_e = { 0 };
	enum rc rc = csv_open(&c, run->src, ',', run->e);

	run->kind = IK_ORGS;
	while (!rc) {
		rc = csv_next(&c, &row_e);
		if (rc == RC_END)
			return RC_OK;
		if (rc) {
			rc = run_bad_row(run, &c, &row_e);
			continue;
		}
		rc = one_row(&n, &c);
		if (!rc)
			rc = run_row(run, c.p);
	}
	return rc;
}
