/*
 * breakdown.h - a procurer's chain counted in cells: a row is a state, a timing or kind of gap, a level required, or a clause
 * of its own links; a column is a tier, or the department or owner of its own link to a direct supplier. Never a company.
 */
#pragma once

#include "graph/answers.h"

enum breakdown_rows { BR_STATE, BR_TIMING, BR_KIND, BR_REQUIRED, BR_CLAUSE, BR__COUNT };
enum breakdown_by { BC_TIER, BC_DEPARTMENT, BC_OWNER };
#define BREAKDOWN_NAMED_MAX 200

/* In this order; of the last three only those that are needed. */
enum column_kind { COLUMN_TIER, COLUMN_NAME, COLUMN_NONE, COLUMN_OTHERS, COLUMN_DEEPER };
struct breakdown_column {
	enum column_kind kind;
	unsigned tier;
	struct view name; /* lasts as the transaction */
};
struct breakdown_cell {
	uint64_t suppliers;
	uint64_t gaps, unknown; /* BR_REQUIRED; of BR_CLAUSE gaps alone */
	uint64_t undetermined, due; /* BR_CLAUSE */
};
struct breakdown {
	enum breakdown_rows rows;
	enum breakdown_by by;
	uint64_t suppliers; /* in reach; BR_CLAUSE: own links, whether active or not */
	size_t n_rows, n_columns;
	struct breakdown_column *columns;
	struct breakdown_cell *cells; /* [row * n_columns + column] */
};
/* done also after a failure. */
MUST_USE enum rc breakdown_compute(struct txn *t, struct scratch *s, const struct chain_query *q,
				   enum breakdown_rows rows, enum breakdown_by by, struct breakdown *out);
void breakdown_done(struct breakdown *b);
