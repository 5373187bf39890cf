/* compare_counts.c - a chain counted in cells, by going through the twin's items for each cell. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "graph/breakdown.h"
#include "graph/walk.h"
#include "tests/graph/compare.h"

static struct chain_query query_of(const struct world *w, const struct question *q, bool sees_all)
{
	return (struct chain_query){ .procurer = w->num[q->p], .depth = q->depth, .on = q->on, .horizon = q->horizon,
				     .caller = { .sees_all = sees_all } };
}

/* ---- cells ---- */

/* P's link to it, whether active or not. */
static const struct w_link *own_link(const struct world *w, int p, unsigned s)
{
	int i = world_link_find(w, p, (int)s);

	return i < 0 ? NULL : &w->link[i];
}

static bool in_column(const struct twin_chain *c, const struct breakdown_column *col, enum breakdown_by by, unsigned tier,
		      const struct w_link *own)
{
	const char *name = by == BC_DEPARTMENT && own ? own->department : "";

	switch (col->kind) {
	case COLUMN_TIER:
		return tier == col->tier;
	case COLUMN_NAME:
		return tier == 1 && view_is(col->name, name);
	case COLUMN_NONE:
		return tier == 1 && !*name;
	case COLUMN_DEEPER:
		return tier > 1;
	case COLUMN_OTHERS: /* a world has few names */
		break;
	}
	(void)c;
	return false;
}

static bool in_row(const struct chain_item *i, enum breakdown_rows rows, size_t row)
{
	bool gap = i->state == ST_GAP;

	return (rows == BR_STATE && i->state == row) || (rows == BR_REQUIRED && i->required == row) ||
	       (rows == BR_TIMING && gap && i->timing == row) || (rows == BR_KIND && gap && i->kind == row);
}

static struct breakdown_cell twin_cell(const struct twin_chain *c, const struct breakdown *b, size_t row, size_t column)
{
	const struct breakdown_column *col = &b->columns[column];
	struct breakdown_cell x = { 0 };
	struct clause_view v;

	for (unsigned s = 0; s < c->w->n_orgs && b->rows != BR_CLAUSE; s++) {
		const struct chain_item *i = &c->item[s];

		if (!c->tier[s] || !in_column(c, col, b->by, c->tier[s], own_link(c->w, c->p, s)) ||
		    !in_row(i, b->rows, row))
			continue;
		x.suppliers++;
		x.gaps += i->state == ST_GAP;
		x.unknown += i->state == ST_UNDECIDED || i->state == ST_UNCONFIRMED;
	}
	for (unsigned i = 0; i < c->w->n_links && b->rows == BR_CLAUSE; i++) {
		const struct w_link *l = &c->w->link[i];

		if (!l->there || l->procurer != c->p || !in_column(c, col, b->by, 1, l))
			continue;
		twin_clauses(c->w, l, c->on, &v);
		x.gaps += v.state[row] == CS_GAP;
		x.undetermined += v.state[row] == CS_UNDETERMINED;
		x.due += v.state[row] == CS_GAP || v.state[row] == CS_FINE;
	}
	return x;
}

static bool same_cells(const struct twin_chain *c, const struct breakdown *b, FILE *out)
{
	uint64_t sum = 0;
	bool ok = true;

	for (size_t row = 0; row < b->n_rows; row++)
		for (size_t k = 0; k < b->n_columns; k++) {
			struct breakdown_cell x = b->cells[row * b->n_columns + k], y = twin_cell(c, b, row, k);

			sum += x.suppliers;
			if (memcmp(&x, &y, sizeof(x)) == 0)
				continue;
			fprintf(out,
				"  cell %zu,%zu of rows %d by %d: store %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
				", twin %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
				row, k, (int)b->rows, (int)b->by, x.suppliers, x.gaps, x.unknown + x.undetermined, x.due,
				y.suppliers, y.gaps, y.unknown + y.undetermined, y.due);
			ok = false;
		}
	if ((b->rows == BR_STATE || b->rows == BR_REQUIRED) && sum != b->suppliers) {
		fprintf(out, "  cells hold %" PRIu64 " of %" PRIu64 "\n", sum, b->suppliers);
		ok = false;
	}
	return ok;
}

/* In order, without doubles, and none that nobody is in. */
static bool sound_columns(const struct twin_chain *c, const struct breakdown *b, FILE *out)
{
	bool ok = true;

	for (size_t k = 0; k < b->n_columns; k++) {
		const struct breakdown_column *col = &b->columns[k];
		unsigned n = 0;

		if (k > 0)
			ok &= col->kind > col[-1].kind || (col->kind == COLUMN_TIER && col->tier == col[-1].tier + 1) ||
			      (col->kind == COLUMN_NAME && view_cmp(col->name, col[-1].name) > 0);
		for (unsigned i = 0; i < c->w->n_links; i++) {
			const struct w_link *l = &c->w->link[i];

			n += l->there && l->procurer == c->p && (b->rows == BR_CLAUSE || twin_active(l, c->on)) &&
			     in_column(c, col, b->by, 1, l);
		}
		ok &= n > 0 || (col->kind != COLUMN_NAME && col->kind != COLUMN_NONE);
	}
	if (!ok)
		fputs("  columns are in no order\n", out);
	return ok;
}

static bool compare_cells(const struct twin_chain *c, struct txn *t, struct scratch *s, const struct chain_query *q,
			  enum breakdown_rows rows, FILE *out)
{
	static const enum breakdown_by by[] = { BC_TIER, BC_DEPARTMENT, BC_OWNER };
	bool ok = true;

	for (size_t i = 0; i < ARRAY_LEN(by) && ok; i++) {
		struct breakdown b = { 0 };
		uint64_t n = 0;

		if (breakdown_compute(t, s, q, rows, by[i], &b) != RC_OK) {
			fputs("  breakdown_compute failed\n", out);
			return false;
		}
		for (unsigned o = 0; o < c->w->n_orgs; o++)
			n += rows == BR_CLAUSE ? c->w->org[o].there && own_link(c->w, c->p, o) != NULL : c->tier[o] > 0;
		if (b.suppliers != n) {
			fprintf(out, "  breakdown of %" PRIu64 ", twin %" PRIu64 "\n", b.suppliers, n);
			ok = false;
		}
		ok = ok && same_cells(c, &b, out) && sound_columns(c, &b, out);
		breakdown_done(&b);
	}
	return ok;
}

bool compare_counts(const struct world *w, struct txn *t, struct scratch *s, const struct question *q, FILE *out)
{
	AUTO_FREE struct twin_chain *c = malloc(sizeof(*c));
	bool ok = true;

	if (!c)
		abort();
	twin_chain(w, q->p, q->depth, q->on, q->horizon, c);
	for (unsigned turn = 0; turn < 2 && ok; turn++) {
		struct chain_query cq = query_of(w, q, turn == 0);

		scratch_force(s, turn == 0 ? WALK_TOP_DOWN : WALK_SWEEP);
		for (int rows = 0; rows < BR__COUNT && ok; rows++)
			ok = compare_cells(c, t, s, &cq, (enum breakdown_rows)rows, out);
		scratch_force(s, WALK_ANY);
	}
	if (!ok)
		fprintf(out, "    asked: procurer %d depth %u on %d\n", q->p, q->depth, q->on);
	return ok;
}
