/* jpgovs.c - the list of government bodies as a file of its own: corporateID, corporateName, … to
 * orgs. */
#include "base/util.h"
#include "importers/run.h"
#include "importers/value.h"

enum { G_ID, G_NAME, G_KANA, G_CITY, G_LOCATION, G__COUNT };

static const char *const headings[G__COUNT] = { "corporateID", "corporateName", "corporateKana",
						"cityID", "location" };

struct jpgovs {
	struct run *run;
	struct value_room room;
	struct buf id, fields;
};

static void jpgovs_done(struct jpgovs *g)
{
	value_room_done(&g->room);
	buf_done(&g->id);
	buf_done(&g->fields);
}

bool jpgovs_looks_like(const struct csv *c)
{
	if (c->n < G__COUNT)
		return false;
	for (unsigned i = 0; i < G__COUNT; i++)
		if (!view_is(c->cells[i], headings[i]))
			return false;
	return true;
}

static enum rc read_row(struct jpgovs *g, const struct csv *c, struct err *e)
{
	static const struct { unsigned column, field; } fields[] = {
		{ G_NAME, ORG_NAME }, { G_KANA, ORG_NAME_KANA }, { G_LOCATION, ORG_ADDRESS }
	};
	enum rc rc;

	if (c->n < G__COUNT) {
		err_set(e, RC_CELL_COUNT, NULL, "%u / %d", c->n, G__COUNT + 1);
		e->column = c->n + 1;
		return RC_CELL_COUNT;
	}
	rc = cell_to_org(c->cells[G_ID], &g->id, headings[G_ID], e);
	if (rc)
		e->column = G_ID + 1;
	for (size_t i = 0; !rc && i < ARRAY_LEN(fields); i++) {
		struct view v = c->cells[fields[i].column];

		if (cell_blank(v))
			continue;
		rc = cell_to_field(&g->room, field_by_id(ENT_ORG, (uint8_t)fields[i].field), v,
				   &g->fields, e);
		if (rc)
			e->column = fields[i].column + 1;
	}
	return rc;
}

static enum rc one_row(struct jpgovs *g, const struct csv *c)
{
	struct err row_e = { 0 };
	struct op op = { .kind = OP_MERGE, .ent = ENT_ORG, .line = c->row_line };
	enum rc rc;

	buf_clear(&g->id);
	buf_clear(&g->fields);
	rc = read_row(g, c, &row_e);
	if (!rc && !(buf_ok(&g->id) && buf_ok(&g->fields)))
		return err_set(g->run->e, RC_NOMEM, NULL, NULL);
	if (rc) {
		row_e.line = c->row_line;
		return run_reject(g->run, &row_e);
	}
	op.a = buf_view(&g->id);
	op.fields = buf_view(&g->fields);
	return run_op(g->run, &op, (struct view){ 0 });
}

enum rc import_jpgovs(struct run *run)
{
	AUTO(jpgovs_done) struct jpgovs g = { .run = run };
	AUTO(csv_done) struct csv c;
	struct err row_e = { 0 };
	enum rc rc = csv_open(&c, run->src, ',', run->e);

	run->kind = IK_ORGS;
	if (!rc && csv_next(&c, &row_e) == RC_OK && !jpgovs_looks_like(&c)) {
		err_set(run->e, RC_MISSING_COLUMN, headings[G_ID], "%s", headings[G_ID]);
		run->e->line = 1;
		return RC_MISSING_COLUMN;
	}
	while (!rc) {
		rc = csv_next(&c, &row_e);
		if (rc == RC_END)
			return RC_OK;
		if (rc) {
			rc = run_bad_row(run, &c, &row_e);
			continue;
		}
		rc = one_row(&g, &c);
		if (!rc)
			rc = run_row(run, c.p);
	}
	return rc;
}
