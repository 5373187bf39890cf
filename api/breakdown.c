/* breakdown.c - a chain counted in cells. These are the procurer's own figures: they are whole, however small. */
#include "graph/breakdown.h"

#include "api/handlers.h"
#include "base/json_out.h"

static const char *const level_names[] = { "0", "1", "2", "3", "4", "5" };
static const char *const *const row_names[BR__COUNT] = { state_names, gap_timing_names, gap_kind_names, level_names,
							 clause_names };
static const char *const column_kinds[] = { "tier", "name", "none", "others", "deeper" }; /* as enum column_kind */

static void count_json(struct json *j, const char *key, uint64_t n)
{
	json_key(j, key);
	json_uint(j, n);
}

static void rows_json(struct json *j, const struct breakdown *b)
{
	json_key(j, "rows");
	json_arr(j);
	for (size_t i = 0; i < b->n_rows; i++)
		json_str(j, row_names[b->rows][i]);
	json_arr_end(j);
}

static void columns_json(struct json *j, const struct breakdown *b)
{
	json_key(j, "columns");
	json_arr(j);
	for (size_t i = 0; i < b->n_columns; i++) {
		const struct breakdown_column *c = &b->columns[i];
		json_obj(j);
		json_key(j, "kind");
		json_str(j, column_kinds[c->kind]);
		json_key(j, "key");
		if (c->kind == COLUMN_TIER)
			json_uint(j, c->tier);
		else if (c->kind == COLUMN_NAME)
			json_strv(j, c->name);
		else
			json_nil(j);
		json_obj_end(j);
	}
	json_arr_end(j);
}

static void cell_json(struct json *j, const struct breakdown *b, const struct breakdown_cell *c)
{
	json_obj(j);
	if (b->rows != BR_CLAUSE)
		count_json(j, "suppliers", c->suppliers);
	if (b->rows == BR_CLAUSE || b->rows == BR_REQUIRED)
		count_json(j, "gaps", c->gaps);
	if (b->rows == BR_REQUIRED)
		count_json(j, "unknown", c->unknown);
	if (b->rows == BR_CLAUSE) {
		count_json(j, "undetermined", c->undetermined);
		count_json(j, "due", c->due);
	}
	json_obj_end(j);
}

static void breakdown_json(struct request *r, const struct chain_query *q, const struct breakdown *b)
{
	struct json j;

	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "procurer");
	json_strv(&j, org_id(r->txn, q->procurer));
	json_key(&j, "on");
	json_day(&j, q->on);
	count_json(&j, "depth", q->depth);
	count_json(&j, "suppliers", b->suppliers);
	rows_json(&j, b);
	columns_json(&j, b);
	json_key(&j, "cells");
	json_arr(&j);
	for (size_t i = 0; i < b->n_rows; i++) {
		json_arr(&j);
		for (size_t k = 0; k < b->n_columns; k++)
			cell_json(&j, b, &b->cells[i * b->n_columns + k]);
		json_arr_end(&j);
	}
	json_arr_end(&j);
	json_obj_end(&j);
}

enum rc breakdown_show(struct request *r, struct err *e)
{
	enum breakdown_rows rows = (enum breakdown_rows)r->query.v[Q_rows].n;
	enum breakdown_by by = (enum breakdown_by)r->query.v[Q_columns].n;
	struct breakdown b = { 0 };
	struct chain_query q;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (!rc)
		rc = request_chain(r, org, &q, e);
	if (!rc)
		rc = breakdown_compute(r->txn, r->scratch, &q, rows, by, &b);
	if (!rc)
		breakdown_json(r, &q, &b);
	breakdown_done(&b);
	return rc;
}
