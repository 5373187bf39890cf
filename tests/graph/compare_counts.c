/* compare_counts.c - a chain counted in cells, by going through the twin's items for each cell; and what ends when in it, day by
 * day. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "graph/breakdown.h"
#include "graph/renewals.h"
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
	const char *name = !own ? "" : by == BC_DEPARTMENT ? own->department : own->owner;

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

/* ---- what ends when ---- */

struct expected {
	struct renewal r;
	const char *id; /* as shown */
};
struct expecting {
	const struct twin_chain *c;
	const struct renewals_query *q;
	struct expected *x;
	size_t n;
};
#define EXPECTED_MAX (16 * W_ORGS + 8 * W_LINKS)

static void expect(struct expecting *e, struct renewal r, int s, bool own)
{
	if (r.day == DAY_NONE || r.day < e->q->from || r.day > e->q->to)
		return;
	if (e->n == EXPECTED_MAX)
		abort();
	r.supplier = e->c->w->num[s];
	r.named = own || e->c->shown[s] == e->c->w->org[s].id;
	e->x[e->n++] = (struct expected){ r, own ? e->c->w->org[s].id : e->c->shown[s] };
}

static int32_t earlier(int32_t a, int32_t b)
{
	return a == DAY_NONE ? b : b == DAY_NONE ? a : MIN(a, b);
}

static void expect_clauses(struct expecting *e, const struct w_link *l)
{
	struct clause_view v;

	twin_clauses(e->c->w, l, e->c->on, &v);
	for (int no = 0; no < CL__COUNT; no++) {
		const struct w_clause *k = &l->clause[no];
		int32_t day = DAY_NONE;

		if (!k->there || k->status == CLAUSE_WAIVED || (v.state[no] != CS_GAP && v.state[no] != CS_FINE))
			continue;
		day = earlier(day, k->review_by);
		if (no == CL_2_1_1 && k->reviewed_on != DAY_NONE)
			day = earlier(day, k->reviewed_on + 365);
		if (no == CL_2_1_3 && k->checked_on != DAY_NONE)
			day = earlier(day, k->checked_on + 365);
		if (day != DAY_NONE && no != CL_2_1_5 && !(l->end == DAY_NONE || day <= l->end))
			continue;
		expect(e, (struct renewal){ .day = day, .kind = RN_CLAUSE_REVIEW, .tier = twin_active(l, e->c->on),
					    .no = (uint8_t)no }, l->supplier, true);
	}
}

static void expect_own(struct expecting *e)
{
	for (unsigned i = 0; i < e->c->w->n_links; i++) {
		const struct w_link *l = &e->c->w->link[i];

		if (!l->there || l->procurer != e->c->p)
			continue;
		expect_clauses(e, l);
		if (!twin_active(l, e->c->on))
			continue;
		expect(e, (struct renewal){ .day = l->end, .kind = RN_CONTRACT_END, .tier = 1 }, l->supplier, true);
		if (twin_asked(e->c->w, l).exception)
			expect(e, (struct renewal){ .day = l->until, .kind = RN_EXCEPTION_ENDS, .tier = 1 }, l->supplier,
			       true);
	}
}

/* Day by day. */
static void expect_levels(struct expecting *e, int s)
{
	const struct chain_item *i = &e->c->item[s];
	struct renewal r = { .tier = i->tier, .level = i->held, .required = i->required };
	bool fell = i->held == 0, risk = e->c->on > DAY_MIN && twin_held(e->c->w, s, e->c->on - 1).at_risk;

	for (int32_t day = e->c->on; day <= e->q->to + 1; day++) {
		struct held h = twin_held(e->c->w, s, day);

		if (!fell && h.level < i->held) {
			fell = true;
			r.kind = RN_LEVEL_ENDS;
			r.day = day - 1;
			r.level = i->held;
			r.below = h.level < i->required;
			expect(e, r, s, false);
		}
		if (h.at_risk && !risk)
			expect(e, (struct renewal){ .day = day, .kind = RN_SELF_ASSESSMENT, .tier = i->tier, .level = 4,
						    .required = i->required }, s, false);
		risk = h.at_risk;
	}
	if (i->state != ST_GAP)
		return;
	r = (struct renewal){ .day = i->due, .kind = RN_GAP_DUE, .tier = i->tier, .level = i->held, .required = i->required };
	expect(e, r, s, false);
}

static int expected_cmp(const void *a, const void *b)
{
	const struct expected *x = a, *y = b;

	if (x->r.day != y->r.day)
		return x->r.day < y->r.day ? -1 : 1;
	if (x->r.kind != y->r.kind)
		return x->r.kind < y->r.kind ? -1 : 1;
	return x->r.no != y->r.no ? (x->r.no < y->r.no ? -1 : 1) : strcmp(x->id, y->id);
}

static bool same_renewal(const struct renewal *a, const struct renewal *b)
{
	return a->supplier == b->supplier && a->day == b->day && a->kind == b->kind && a->tier == b->tier &&
	       a->level == b->level && a->required == b->required && a->no == b->no && a->below == b->below &&
	       a->named == b->named;
}

static void say_renewal(const char *who, const struct renewal *r, FILE *out)
{
	if (!r)
		fprintf(out, "  %s: none\n", who);
	else
		fprintf(out, "  %s: %s of %u on %d tier %d level %d required %d no %d below %d named %d\n", who,
			renewal_kind_names[r->kind], r->supplier, r->day, r->tier, r->level, r->required, r->no, r->below,
			r->named);
}

static bool next_is(struct renewal_iter *it, const struct expecting *e, size_t at, FILE *out)
{
	const struct renewal *a = renewal_iter_next(it), *b = at < e->n ? &e->x[at].r : NULL;

	if (a == b || (a && b && same_renewal(a, b)))
		return true;
	say_renewal("store", a, out);
	say_renewal("twin", b, out);
	return false;
}

static bool same_list(const struct expecting *e, const struct renewal_list *l, struct txn *t, FILE *out)
{
	struct renewal_iter it, behind;
	bool ok = true;

	renewal_iter_begin(&it, l, t, 0, view_of(NULL, 0));
	for (size_t i = 0; i <= e->n && ok; i++) {
		ok = next_is(&it, e, i, out);
		if (!ok || i == e->n || i % 5 != 0)
			continue;
		renewal_iter_begin(&behind, l, t, renewal_place(l, &e->x[i].r), view_str(e->x[i].id));
		ok = next_is(&behind, e, i + 1, out);
		ok &= renewal_iter_done(&behind) == RC_OK;
	}
	return renewal_iter_done(&it) == RC_OK && ok;
}

static bool same_months(const struct expecting *e, const struct renewal_months *m, FILE *out)
{
	static struct renewal_months want;
	char day[DAY_TEXT];

	want = (struct renewal_months){ .n = m->n, .suppliers = m->suppliers };
	for (size_t k = 0; k < m->n; k++) {
		struct renewal_month *x = &want.month[k];

		x->year = m->month[k].year;
		x->month = m->month[k].month;
		for (size_t i = 0; i < e->n; i++) {
			const struct renewal *r = &e->x[i].r;

			day_format(r->day, day);
			if (atoi(day) != x->year || atoi(day + 5) != x->month)
				continue;
			x->of[r->kind]++;
			x->levels[r->level] += r->kind == RN_LEVEL_ENDS;
			x->required += r->below;
		}
		if (memcmp(x, &m->month[k], sizeof(*x)) != 0) {
			fprintf(out, "  month %d-%d differs\n", x->year, x->month);
			return false;
		}
	}
	return true;
}

static bool compare_renewals(const struct twin_chain *c, struct txn *t, struct scratch *s, const struct chain_query *q,
			     FILE *out)
{
	AUTO_FREE struct expected *x = malloc(EXPECTED_MAX * sizeof(*x));
	struct renewals_query rq = { .q = *q, .from = q->on - (int32_t)(q->depth * 13 % 60),
				     .to = q->on + (q->horizon + (int32_t)q->depth * 31) % 700 };
	struct expecting e = { c, &rq, x, 0 };
	struct renewal_months m;
	struct renewal_list l;
	uint64_t n = 0;
	bool ok;

	if (!x)
		abort();
	expect_own(&e);
	for (unsigned o = 0; o < c->w->n_orgs; o++) {
		n += c->tier[o] > 0;
		if (c->tier[o])
			expect_levels(&e, (int)o);
	}
	qsort(x, e.n, sizeof(*x), expected_cmp);
	ok = renewal_list_compute(t, s, &rq, (1u << RN__COUNT) - 1, &l) == RC_OK && l.n == e.n && l.suppliers == n;
	if (!ok)
		fprintf(out, "  renewals: store %zu of %" PRIu64 ", twin %zu of %" PRIu64 "\n", l.n, l.suppliers, e.n, n);
	ok = same_list(&e, &l, t, out) && ok;
	renewal_list_done(&l);
	ok = ok && renewals_by_month(t, s, &rq, &m) == RC_OK && m.suppliers == n && same_months(&e, &m, out);
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
	uint8_t secret[32];
	bool ok = true;

	if (!c || graph_secret(t, secret) != RC_OK)
		abort();
	twin_chain(w, q->p, q->depth, q->on, q->horizon, c);
	for (unsigned turn = 0; turn < 2 && ok; turn++) {
		struct chain_query cq = query_of(w, q, turn == 0);

		scratch_force(s, turn == 0 ? WALK_TOP_DOWN : WALK_SWEEP);
		for (int rows = 0; rows < BR__COUNT && ok; rows++)
			ok = compare_cells(c, t, s, &cq, (enum breakdown_rows)rows, out);
		if (turn == 1)
			twin_hide(c, secret);
		ok = ok && compare_renewals(c, t, s, &cq, out);
		scratch_force(s, WALK_ANY);
	}
	if (!ok)
		fprintf(out, "    asked: procurer %d depth %u on %d\n", q->p, q->depth, q->on);
	return ok;
}
