/* csv_layout.h - how a file of our own columns is laid out, as its header shows. */
#pragma once

#include "importers/run.h"

struct csv_layout {
	char delim;
	enum import_kind kind;	/* IK_AUTO: no kind has such headings */
	unsigned known, cells;	/* of the header under delim */
};

/* The delimiter under which the header makes most sense, and the kind where that is to be found.
 * RC_UNKNOWN_FORMAT for a file without rows, else what is wrong with the header. */
MUST_USE enum rc csv_layout_guess(struct run *run, struct csv_layout *best);
/* The header row of a file of that layout; its default procurer is set. Tells the sink the columns. */
struct rows_head;
MUST_USE enum rc csv_header_read(struct run *run, struct csv *csv, const struct csv_layout *g, struct rows_head *head);
