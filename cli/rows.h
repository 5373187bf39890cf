/*
 * rows.h - JSON from the server as a table, JSON, NDJSON or CSV: one record, or the items of a
 * list as they come page by page.
 */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "cli/cli.h"

enum cell {
	CELL_TEXT,
	CELL_NUM,   /* right-aligned */
	CELL_MONEY, /* with thousands separators in tables */
	CELL_WORD,  /* an enumerated value, translated in tables */
	CELL_FLAG,  /* a boolean; "due" is a day in one answer and a flag in another: heading "due?" */
	CELL_PATH,  /* an array of ids, "A > B" in tables */
};

/* field may be dotted: "gap_kinds.never". The heading comes from words.def. */
struct column {
	const char *field;
	enum cell kind;
};

struct rows;

/* NULL: out of memory. cols is borrowed. */
struct rows *rows_new(const struct cli *c, const struct column *cols, size_t n_cols);
void rows_free(struct rows *r);
/* Headings and words are looked up as "LIST.field" and "LIST.value" first. list is borrowed. */
void rows_of(struct rows *r, const char *list);
/* Tables are kept until rows_end, NDJSON and CSV go out at once; for JSON the caller prints the
 * whole answer itself (out_json). */
bool rows_item(struct rows *r, const json_t *item);
bool rows_end(struct rows *r);

/* One object: "FIELD  value" lines in a table, one row in CSV. False: out of memory. */
bool record_print(const struct cli *c, const json_t *object);
/* The member at a dotted path, NULL if there is none. */
const json_t *json_at(const json_t *object, const char *path);
/* What a cell shows, appended to b; human: tables, else CSV. */
void cell_text(struct buf *b, const struct cli *c, const json_t *v, enum cell kind, bool human);
