/*
 * csv.h - rows of cells from a source (RFC 4180; delimiter given; CRLF, LF or CR). Views of a row
 * stand until the next call. Empty rows are passed over. A row that is damaged is an error of its
 * own, after which reading goes on at the next one.
 */
#pragma once

#include "importers/source.h"

#define CSV_COLUMNS_MAX 512 /* IMPORT_COLUMNS_MAX */
#define CSV_CELL_MAX (64u << 10)
#define CSV_ROW_MAX (1u << 20)

struct csv {
	struct source *src;
	const char *p, *end;	/* the window from the next row on */
	const char *stop;	/* rows that begin here or behind are left; NULL: none */
	char delim;
	bool over;		/* after an error: nothing can be read any more */
	unsigned line;		/* of p, 1-based */
	unsigned row_line;	/* where the row begins */
	struct view cells[CSV_COLUMNS_MAX];
	unsigned n;		/* cells in the row */
	unsigned resumed;	/* unclosed quotes after which reading went on */
	char *scratch;		/* cells whose quotes were doubled */
	size_t scratch_n;
};

MUST_USE enum rc csv_open(struct csv *c, struct source *src, char delim, struct err *e);
void csv_done(struct csv *c);
/* RC_END after the last row. An error tells line and column (the number of the cell):
 * RC_UNCLOSED_QUOTE, RC_AFTER_QUOTE, RC_NUL_BYTE, RC_TOO_LONG (a cell), RC_TOO_LARGE (columns;
 * with c->over, the row), RC_NOMEM. With c->over the file cannot be read on and the error is the
 * file's. */
MUST_USE enum rc csv_next(struct csv *c, struct err *e);
