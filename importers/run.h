/* run.h - inside of importers/: one import under way, and what the formats share. */
#pragma once

#include "importers/csv.h"
#include "importers/import.h"

#define PROGRESS_ROWS 4096

struct run {
	const struct import_params *p;
	const struct import_sink *sink;
	struct source *src;
	struct err *e;		 /* of the file as a whole */
	enum import_kind kind;	 /* asked for, then found */
	uint64_t rows;
};

/* The import of opened bytes; import_run() is this over a file. */
MUST_USE enum rc import_source(const struct import_params *p, const struct import_sink *sink,
			       struct source *src, struct import_result *out, struct err *e);

/* Counts a row and tells the sink now and then; at: a place in the window. */
MUST_USE enum rc run_row(struct run *r, const char *at);
MUST_USE enum rc run_op(struct run *r, const struct op *op, struct view contacts);
MUST_USE enum rc run_reject(struct run *r, const struct err *e);
/* Whether the import goes on after csv_next() failed: rejects the row, or hands the error on. */
MUST_USE enum rc run_bad_row(struct run *r, const struct csv *c, const struct err *e);
/* The procurer of rows that name none, checked; empty where there is none. */
MUST_USE enum rc run_procurer(struct run *r, struct buf *out);

MUST_USE enum rc import_csv(struct run *r);
MUST_USE enum rc import_ndjson(struct run *r);
MUST_USE enum rc import_nta(struct run *r);
MUST_USE enum rc import_awards(struct run *r);
MUST_USE enum rc import_jpgovs(struct run *r);

/* Whether a first row is of that format. */
bool nta_looks_like(const struct csv *c);
bool awards_looks_like(const struct csv *c);
bool jpgovs_looks_like(const struct csv *c);
