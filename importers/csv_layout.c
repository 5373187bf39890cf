/* csv_layout.c - trying the delimiters on the header. */
#include "importers/csv_layout.h"

#include "base/util.h"
#include "importers/columns.h"

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
