/* csv_layout.c - trying the delimiters on the header, and reading it. */
#include "importers/csv_layout.h"

#include "base/text.h"
#include "base/util.h"
#include "importers/csv_rows.h"

enum rc csv_layout_guess(struct run *run, struct csv_layout *best)
{
	static const char delims[] = { ',', '\t', ';' };
	struct err first = { 0 };
	enum rc header = RC_OK;

	*best = (struct csv_layout){ .delim = ',', .kind = run->kind };
	for (size_t i = 0; i < ARRAY_LEN(delims); i++) {
		AUTO(csv_done) struct csv c;
		struct csv_layout g = { .delim = delims[i], .kind = run->kind };
		struct err e = { 0 };
		enum rc rc = csv_open(&c, run->src, delims[i], run->e);

		if (rc)
			return rc;
		rc = csv_next(&c, &e);
		if (rc) {
			if (i == 0) {
				first = e;
				header = rc;
			}
			continue;
		}
		g.cells = c.n;
		if (g.kind == IK_AUTO)
			g.kind = columns_guess(c.cells, c.n, &g.known);
		else
			g.known = columns_known(g.kind, c.cells, c.n);
		if (g.known > best->known || (g.known == best->known && g.cells > best->cells))
			*best = g;
	}
	if (best->known || (best->cells && !header))
		return RC_OK;
	if (header == RC_END)
		return err_set(run->e, RC_UNKNOWN_FORMAT, NULL, "0 bytes / 0 rows");
	*run->e = first;
	return header;
}

_Static_assert(CSV_COLUMNS_MAX <= IMPORT_COLUMNS_MAX, "the sink takes every column");

static void tell_columns(const struct run *run, const struct columns *c)
{
	const char *names[CSV_COLUMNS_MAX];

	if (!run->sink->columns)
		return;
	for (unsigned i = 0; i < c->n; i++)
		names[i] = c->col[i].name;
	run->sink->columns(run->sink->arg, names, c->n);
}

enum rc csv_header_read(struct run *run, struct csv *csv, const struct csv_layout *g, struct rows_head *head)
{
	enum rc rc = csv_next(csv, run->e);
	unsigned line = csv->row_line;

	if (rc)
		return rc;
	if (g->kind == IK_AUTO) {
		struct view h = csv->cells[0];

		err_set(run->e, RC_UNKNOWN_FORMAT, NULL, "%.*s", (int)utf8_cut(h, 100),
			h.n ? (const char *)h.p : "");
		rc = RC_UNKNOWN_FORMAT;
	} else {
		rc = columns_read(&head->columns, g->kind, csv->cells, csv->n, run->p->ignore_unknown,
				  head->default_procurer.n > 0, run->e);
	}
	if (rc) {
		run->e->line = line;
		return rc;
	}
	tell_columns(run, &head->columns);
	return RC_OK;
}
