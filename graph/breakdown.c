/* breakdown.c - see breakdown.h. */
#include "graph/breakdown.h"

#include "base/util.h"
#include "graph/chain.h"

/* What one of P's own links says of its column. */
struct tag {
	struct view name; /* n 0: none */
	uint32_t link;    /* in the order in which they are read */
	bool counts;
};
/* Those of one name, in the order of the text. */
struct group {
	size_t first, n; /* tags */
	bool named;      /* has a column */
};
struct states {
	uint8_t of[CL__COUNT]; /* enum clause_state */
};
struct making {
	struct chain c;
	struct breakdown *b;
	struct tag *tags;
	size_t n_tags, cap_tags;
	uint32_t *column; /* of each own link */
	uint32_t deeper;
	struct states *clauses; /* BR_CLAUSE: of each own link */
	size_t cap_clauses;
	enum rc rc;
};

/* ---- columns ---- */

static bool column_add(struct breakdown *b, size_t *cap, struct breakdown_column col)
{
	void *p = b->columns;
	if (!list_grow(&p, cap, b->n_columns, sizeof *b->columns))
		return false;
	b->columns = p;
	b->columns[b->n_columns++] = col;
	return true;
}

static void own_tag(void *arg, const struct own_link *own, const struct rec *link, const struct clause_view *clauses)
{
	struct making *m = arg;
	bool by_clause = m->b->rows == BR_CLAUSE;
	void *p = m->tags, *v = m->clauses;
	if (!list_grow(&p, &m->cap_tags, m->n_tags, sizeof *m->tags) ||
	    (by_clause && !list_grow(&v, &m->cap_clauses, m->n_tags, sizeof *m->clauses))) {
		m->rc = RC_NOMEM;
		m->tags = p;
		return;
	}
	m->tags = p;
	m->clauses = v;
	struct tag *tag = &m->tags[m->n_tags];
	*tag = (struct tag){ .link = (uint32_t)m->n_tags, .counts = by_clause || own->active };
	if (m->b->by != BC_TIER)
		tag->name = rec_str(link, m->b->by == BC_DEPARTMENT ? LINK_DEPARTMENT : LINK_OWNER);
	for (size_t no = 0; by_clause && no < CL__COUNT; no++)
		m->clauses[m->n_tags].of[no] = (uint8_t)clauses->state[no];
	m->n_tags++;
}

/* Those that count first; they by text, those without one in front. */
static int tag_cmp(const void *a, const void *b)
{
	const struct tag *x = a, *y = b;
	if (x->counts != y->counts)
		return x->counts ? -1 : 1;
	int c = view_cmp(x->name, y->name);
	return c ? c : x->link < y->link ? -1 : 1;
}

static int most_first(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return x->first < y->first ? -1 : 1;
}

static int text_first(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	return x->first < y->first ? -1 : x->first > y->first;
}

/* Where there are too many names, those with the most links keep a column of their own. */
static size_t groups_name(struct group *g, size_t n)
{
	if (n > BREAKDOWN_NAMED_MAX)
		qsort(g, n, sizeof *g, most_first);
	for (size_t i = 0; i < MIN(n, (size_t)BREAKDOWN_NAMED_MAX); i++)
		g[i].named = true;
	if (n > BREAKDOWN_NAMED_MAX)
		qsort(g, n, sizeof *g, text_first);
	return n > BREAKDOWN_NAMED_MAX ? n - BREAKDOWN_NAMED_MAX : 0;
}

/* Tags are sorted; from: behind those without a name. */
static size_t groups_of(const struct making *m, size_t from, size_t to, struct group *out)
{
	size_t n = 0;
	for (size_t i = from; i < to; i++) {
		if (i > from && view_eq(m->tags[i].name, m->tags[i - 1].name))
			out[n - 1].n++;
		else
			out[n++] = (struct group){ .first = i, .n = 1 };
	}
	return n;
}

static void put_in(struct making *m, size_t first, size_t n, size_t column)
{
	for (size_t i = first; i < first + n; i++)
		m->column[m->tags[i].link] = (uint32_t)column;
}

static bool groups_columns(struct making *m, const struct group *g, size_t n, size_t none, size_t n_others, size_t *cap)
{
	struct breakdown *b = m->b;
	bool ok = true;
	size_t others;
	for (size_t i = 0; i < n && ok; i++) {
		if (!g[i].named)
			continue;
		put_in(m, g[i].first, g[i].n, b->n_columns);
		ok = column_add(b, cap, (struct breakdown_column){ COLUMN_NAME, 0, m->tags[g[i].first].name });
	}
	if (ok && none > 0) {
		put_in(m, 0, none, b->n_columns);
		ok = column_add(b, cap, (struct breakdown_column){ .kind = COLUMN_NONE });
	}
	others = b->n_columns;
	if (ok && n_others > 0)
		ok = column_add(b, cap, (struct breakdown_column){ .kind = COLUMN_OTHERS });
	for (size_t i = 0; i < n && n_others > 0; i++)
		if (!g[i].named)
			put_in(m, g[i].first, g[i].n, others);
	return ok;
}

static enum rc columns_by_name(struct making *m, unsigned depth)
{
	AUTO_FREE struct group *g = malloc(MAX(m->n_tags, (size_t)1) * sizeof *g);
	size_t counting = 0, none = 0, cap = 0, n;
	m->column = calloc(MAX(m->n_tags, (size_t)1), sizeof *m->column);
	if (!g || !m->column)
		return RC_NOMEM;
	if (m->n_tags > 0)
		qsort(m->tags, m->n_tags, sizeof *m->tags, tag_cmp);
	while (counting < m->n_tags && m->tags[counting].counts)
		counting++;
	while (none < counting && m->tags[none].name.n == 0)
		none++;
	n = groups_of(m, none, counting, g);
	if (!groups_columns(m, g, n, none, groups_name(g, n), &cap))
		return RC_NOMEM;
	m->deeper = (uint32_t)m->b->n_columns;
	if (m->b->rows == BR_CLAUSE || depth == 1)
		return RC_OK;
	return column_add(m->b, &cap, (struct breakdown_column){ .kind = COLUMN_DEEPER }) ? RC_OK : RC_NOMEM;
}

static enum rc columns_by_tier(struct making *m, unsigned depth)
{
	size_t cap = 0;
	m->column = calloc(MAX(m->n_tags, (size_t)1), sizeof *m->column);
	if (!m->column)
		return RC_NOMEM;
	for (unsigned k = 1; k <= depth; k++)
		if (!column_add(m->b, &cap, (struct breakdown_column){ .kind = COLUMN_TIER, .tier = k }))
			return RC_NOMEM;
	return RC_OK;
}

static enum rc table_make(struct making *m, unsigned depth)
{
	static const size_t rows[BR__COUNT] = { ST__COUNT, GT__COUNT, GK__COUNT, 6, CL__COUNT };
	struct breakdown *b = m->b;
	enum rc rc = b->by == BC_TIER ? columns_by_tier(m, b->rows == BR_CLAUSE ? 1 : depth) : columns_by_name(m, depth);
	b->n_rows = rows[b->rows];
	if (rc == RC_OK && !(b->cells = calloc(MAX(b->n_rows * b->n_columns, (size_t)1), sizeof *b->cells)))
		rc = RC_NOMEM;
	return rc;
}

/* ---- cells ---- */

static size_t row_of(const struct breakdown *b, const struct chain_item *i)
{
	if (b->rows == BR_TIMING)
		return i->timing;
	if (b->rows == BR_KIND)
		return i->kind;
	return b->rows == BR_REQUIRED ? i->required : i->state;
}

static void count(void *arg, uint32_t supplier)
{
	struct making *m = arg;
	struct breakdown *b = m->b;
	struct standing_in st;
	uint32_t n, tier;
	chain_steps(&m->c, supplier, &n, &st);
	tier = cell_tier(st.cell);
	const struct own_link *own = tier == 1 ? own_find(&m->c, supplier) : NULL;
	struct chain_item i = chain_judge(&m->c, supplier, &st, own);
	size_t column = b->by == BC_TIER ? tier - 1 : own ? m->column[own - m->c.own] : m->deeper;

	b->suppliers++;
	if ((b->rows == BR_TIMING || b->rows == BR_KIND) && i.state != ST_GAP)
		return;
	if (column >= b->n_columns) { /* tier 1 without an own link: the store contradicts itself */
		m->rc = RC_DAMAGED;
		return;
	}
	struct breakdown_cell *cell = &b->cells[row_of(b, &i) * b->n_columns + column];
	cell->suppliers++;
	cell->gaps += i.state == ST_GAP;
	cell->unknown += i.state == ST_UNDECIDED || i.state == ST_UNCONFIRMED;
}

static void count_clauses(struct making *m)
{
	struct breakdown *b = m->b;
	for (size_t i = 0; i < m->n_tags; i++)
		for (size_t no = 0; no < CL__COUNT; no++) {
			struct breakdown_cell *cell = &b->cells[no * b->n_columns + m->column[i]];
			unsigned state = m->clauses[i].of[no];
			cell->gaps += state == CS_GAP;
			cell->undetermined += state == CS_UNDETERMINED;
			cell->due += state == CS_GAP || state == CS_FINE;
		}
	b->suppliers = m->n_tags;
}

/* Only P's own links: nobody is walked to. */
static enum rc own_clauses(struct making *m, struct txn *t, const struct chain_query *q, const struct own_reader *reader)
{
	enum rc rc = chain_own_with(&m->c, t, q, reader);
	if (rc == RC_OK)
		rc = m->rc;
	if (rc == RC_OK)
		rc = table_make(m, 1);
	if (rc == RC_OK)
		count_clauses(m);
	return rc;
}

static enum rc everybody(struct making *m, struct txn *t, struct scratch *s, const struct chain_query *q,
			 const struct own_reader *reader)
{
	enum rc rc = chain_open_with(&m->c, t, s, q, false, reader);
	if (rc == RC_OK)
		rc = m->rc;
	if (rc == RC_OK)
		rc = table_make(m, q->depth);
	if (rc == RC_OK)
		rc = chain_each(&m->c, count, m);
	return rc == RC_OK ? m->rc : rc;
}

enum rc breakdown_compute(struct txn *t, struct scratch *s, const struct chain_query *q, enum breakdown_rows rows,
			  enum breakdown_by by, struct breakdown *out)
{
	struct making m = { .b = out };
	struct own_reader reader = { own_tag, &m };
	*out = (struct breakdown){ .rows = rows, .by = by };
	enum rc rc = rows == BR_CLAUSE ? own_clauses(&m, t, q, &reader) : everybody(&m, t, s, q, &reader);
	chain_done(&m.c);
	free(m.tags);
	free(m.column);
	free(m.clauses);
	return rc != RC_OK ? rc : txn_rc(t);
}

void breakdown_done(struct breakdown *b)
{
	free(b->columns);
	free(b->cells);
	*b = (struct breakdown){ 0 };
}
