/*
 * list.h - lists by pages: follows `next` up to --limit (default 50) or, with --all, to the end.
 */
#pragma once

#include <jansson.h>

#include "cli/args.h"
#include "cli/rows.h"

struct list {
	const char *path; /* with its query */
	const struct column *cols;
	size_t n_cols;
	const char *name; /* headings of its own: rows_of; NULL: none */
	/* Of a table where no item of the first page has one of the fields (ends with NULL): they are
	 * not for this caller's eyes. NULL: cols always. */
	const struct column *bare_cols;
	size_t n_bare_cols;
	const char *const *bare_without;
	size_t page; /* items that the server gives at once, at most; 0: 1000 */
	bool whole; /* the server answers all at once and takes no limit */
	/* Adds to an item what its columns of tables and CSV take from several members; may be NULL. */
	bool (*shape)(json_t *item);
	/* Prints what a table shows above the items, once, from the first page; may be NULL. */
	bool (*head)(const struct cli *c, const json_t *page);
};

/* Prints the list; *out_items (may be NULL) counts what was printed. The first page, items cut
 * off, is handed to *out_first where it is not NULL (the caller owns it). */
int list_print(const struct cli *c, const struct args *a, const struct list *l, size_t *out_items,
	       json_t **out_first);
