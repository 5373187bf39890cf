/*
 * awards.c - government awards (gbizinfo-procurement) to links ministry -> supplier. The rows of
 * a pair are added up over the whole file before anything goes out: annual_spend is the sum of
 * the newest fiscal year (April to March) that the pair has, never below 0; start is its first
 * date. Rows without a date belong to no year. Invariant: pairs[] keeps the order of first
 * appearance; slots[] finds them.
 */
#include "base/date.h"
#include "base/orgid.h"
#include "base/text.h"
#include "base/util.h"
#include "importers/govs.h"
#include "importers/run.h"
#include "importers/value.h"

#define PAIRS_MAX 5000000u
#define BODIES_MAX 100000u
#define SPEND_MAX INT64_C(1000000000000000000) /* as the field: published files do hold 9e16 */
#define YEAR_NONE INT32_MIN

enum award_column { A_DATE, A_TITLE, A_AMOUNT, A_BODY, A_JOINT, A_NUMBER, A__COUNT };

static const char *const headings[A__COUNT] = { "date_of_order",	  "title",
						"amount",		  "government_departments",
						"joint_signatures", "corporate_number" };

__extension__ typedef __int128 wide; /* no file adds up to more */

struct pair {
	uint64_t supplier; /* corporate number */
	wide sum;	   /* of the year */
	uint32_t body;
	int32_t year;	   /* YEAR_NONE: no dated row yet */
	int32_t first;	   /* DAY_NONE */
	uint32_t line;
};

/* Spellings with one NFKC form are one body: it is found by its id. */
struct body {
	char *name; /* as the file first writes it */
	uint32_t name_n, line;
	char id[ORGID_MAX + 1];
};

struct awards {
	struct run *run;
	unsigned col[A__COUNT], columns;
	struct pair *pairs;
	uint32_t n_pairs;
	size_t cap_pairs;
	uint32_t *slots;  /* index + 1; 0: free */
	uint32_t n_slots; /* a power of two */
	struct body *bodies;
	uint32_t n_bodies;
	size_t cap_bodies;
	uint32_t *body_slots, n_body_slots;
	struct value_room room;
	struct buf a, b, fields;
	struct buf last; /* the name of last_body as the row before wrote it */
	uint32_t last_body;
};

static void awards_done(struct awards *w)
{
	for (uint32_t i = 0; i < w->n_bodies; i++)
		free(w->bodies[i].name);
	free(w->bodies);
	free(w->body_slots);
	free(w->pairs);
	free(w->slots);
	value_room_done(&w->room);
	buf_done(&w->a);
	buf_done(&w->b);
	buf_done(&w->fields);
	buf_done(&w->last);
}

/* ---- tables ---- */

static uint64_t mix(uint64_t h)
{
	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	h ^= h >> 33;
	h *= UINT64_C(0xc4ceb9fe1a85ec53);
	return h ^ h >> 33;
}

static uint64_t hash_pair(uint32_t body, uint64_t supplier) { return mix(supplier * 31 + body); }

static uint64_t hash_text(struct view v)
{
	const unsigned char *p = v.p;
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < v.n; i++)
		h = (h ^ p[i]) * UINT64_C(0x100000001b3);
	return mix(h);
}

static void pair_slot(struct awards *w, uint32_t i)
{
	uint64_t at = hash_pair(w->pairs[i].body, w->pairs[i].supplier) & (w->n_slots - 1);

	while (w->slots[at])
		at = (at + 1) & (w->n_slots - 1);
	w->slots[at] = i + 1;
}

static bool pair_slots_grow(struct awards *w)
{
	uint32_t n = w->n_slots ? w->n_slots * 2 : 1024;
	uint32_t *slots;

	if ((uint64_t)w->n_pairs * 4 < (uint64_t)w->n_slots * 3)
		return true;
	slots = calloc(n, sizeof(*slots));
	if (!slots)
		return false;
	free(w->slots);
	w->slots = slots;
	w->n_slots = n;
	for (uint32_t i = 0; i < w->n_pairs; i++)
		pair_slot(w, i);
	return true;
}

/* The pair, new or known; NULL: no memory or too many. */
static struct pair *pair_of(struct awards *w, uint32_t body, uint64_t supplier, uint32_t line)
{
	void *pairs = w->pairs;
	uint64_t at;

	if (!pair_slots_grow(w))
		return NULL;
	at = hash_pair(body, supplier) & (w->n_slots - 1);
	for (; w->slots[at]; at = (at + 1) & (w->n_slots - 1)) {
		struct pair *p = &w->pairs[w->slots[at] - 1];

		if (p->body == body && p->supplier == supplier)
			return p;
	}
	if (w->n_pairs == PAIRS_MAX || !list_grow(&pairs, &w->cap_pairs, w->n_pairs, sizeof(*w->pairs)))
		return NULL;
	w->pairs = pairs;
	w->pairs[w->n_pairs] = (struct pair){ .supplier = supplier, .body = body, .line = line,
					      .year = YEAR_NONE, .first = DAY_NONE };
	w->slots[at] = ++w->n_pairs;
	return &w->pairs[w->n_pairs - 1];
}

static struct view body_name(const struct body *b) { return view_of(b->name, b->name_n); }

static uint64_t body_at(const struct awards *w, struct view id)
{
	uint64_t at = hash_text(id) & (w->n_body_slots - 1);

	while (w->body_slots[at] && !view_is(id, w->bodies[w->body_slots[at] - 1].id))
		at = (at + 1) & (w->n_body_slots - 1);
	return at;
}

static bool body_slots_grow(struct awards *w)
{
	uint32_t n = w->n_body_slots ? w->n_body_slots * 2 : 256;
	uint32_t *slots;

	if (w->n_bodies * 2 < w->n_body_slots)
		return true;
	slots = calloc(n, sizeof(*slots));
	if (!slots)
		return false;
	free(w->body_slots);
	w->body_slots = slots;
	w->n_body_slots = n;
	for (uint32_t i = 0; i < w->n_bodies; i++)
		slots[body_at(w, view_str(w->bodies[i].id))] = i + 1;
	return true;
}

static bool body_new(struct awards *w, struct view name, struct view id, uint32_t line)
{
	void *bodies = w->bodies;
	struct body *b;

	if (w->n_bodies == BODIES_MAX || id.n > ORGID_MAX ||
	    !list_grow(&bodies, &w->cap_bodies, w->n_bodies, sizeof(*w->bodies)))
		return false;
	w->bodies = bodies;
	b = &w->bodies[w->n_bodies];
	*b = (struct body){ .name = malloc(name.n), .name_n = (uint32_t)name.n, .line = line };
	if (!b->name)
		return false;
	memcpy(b->name, name.p, name.n);
	memcpy(b->id, id.p, id.n);
	w->n_bodies++;
	return true;
}

/* The index of the body; false: no memory or too many. Files name the same one in row after row. */
static bool body_of(struct awards *w, struct view name, uint32_t line, uint32_t *out)
{
	uint64_t at;

	if (w->last.n && view_eq(buf_view(&w->last), name)) {
		*out = w->last_body;
		return true;
	}
	buf_clear(&w->a);
	if (gov_id(name, &w->a) || !body_slots_grow(w))
		return false;
	at = body_at(w, buf_view(&w->a));
	if (!w->body_slots[at]) {
		if (!body_new(w, name, buf_view(&w->a), line))
			return false;
		w->body_slots[at] = w->n_bodies;
	}
	*out = w->last_body = w->body_slots[at] - 1;
	buf_clear(&w->last);
	buf_addv(&w->last, name);
	return buf_ok(&w->last);
}

/* ---- rows ---- */

bool awards_looks_like(const struct csv *c)
{
	bool seen[A__COUNT] = { false };

	for (unsigned i = 0; i < c->n; i++)
		for (int k = 0; k < A__COUNT; k++)
			seen[k] = seen[k] || view_is(c->cells[i], headings[k]);
	return seen[A_DATE] && seen[A_AMOUNT] && seen[A_BODY] && seen[A_NUMBER];
}

static enum rc read_header(struct awards *w, struct csv *c)
{
	enum rc rc = csv_next(c, w->run->e);

	if (rc == RC_END)
		return err_set(w->run->e, RC_UNKNOWN_FORMAT, NULL, "0 rows");
	if (rc)
		return rc;
	w->columns = c->n;
	for (int k = 0; k < A__COUNT; k++) {
		unsigned i = 0;

		while (i < c->n && !view_is(c->cells[i], headings[k]))
			i++;
		w->col[k] = i; /* c->n: absent */
		if (i == c->n && k != A_TITLE && k != A_JOINT) {
			err_set(w->run->e, RC_MISSING_COLUMN, headings[k], "%s", headings[k]);
			w->run->e->line = 1;
			return RC_MISSING_COLUMN;
		}
	}
	return RC_OK;
}

static enum rc read_day(struct awards *w, struct view v, int32_t *out, struct err *e)
{
	int64_t ms;

	*out = DAY_NONE;
	if (cell_blank(v))
		return RC_OK;
	v = cell_fold(&w->room, v);
	if (memchr(v.p, 'T', v.n) && instant_parse(v, &ms)) {
		*out = day_of_instant_jst(ms);
		return RC_OK;
	}
	if (day_parse_lenient(v, out, NULL))
		return RC_OK;
	return err_set(e, RC_BAD_DATE, headings[A_DATE], "%.*s", (int)utf8_cut(v, 100),
		       (const char *)v.p);
}

/* Whole yen; a part behind the point must be zeros. An empty cell adds nothing. */
static enum rc read_amount(struct awards *w, struct view v, int64_t *out, struct err *e)
{
	const char *p, *dot;
	size_t n;

	*out = 0;
	if (cell_blank(v))
		return RC_OK;
	v = cell_fold(&w->room, v);
	p = v.p;
	dot = memchr(p, '.', v.n);
	n = dot ? (size_t)(dot - p) : v.n;
	for (size_t i = n + 1; dot && i < v.n; i++)
		if (p[i] != '0')
			n = 0;
	if (n && whole_number(view_of(p, n), out) && *out <= SPEND_MAX && *out >= -SPEND_MAX)
		return RC_OK;
	return err_set(e, RC_BAD_VALUE, headings[A_AMOUNT], "%.*s", (int)utf8_cut(v, 100), p);
}

static enum rc read_supplier(struct awards *w, struct view v, uint64_t *out, struct err *e)
{
	const char *name = headings[A_NUMBER], *p;
	enum rc rc;

	if (cell_blank(v))
		return err_set(e, RC_REQUIRED, name, "%s", name);
	buf_clear(&w->b);
	rc = cell_to_org(v, &w->b, name, e);
	if (rc)
		return rc;
	if (w->b.n != 20 || memcmp(w->b.p, "JP-JCN-", 7) != 0)
		return err_set(e, RC_BAD_ID, name, "%.*s", (int)utf8_cut(v, 100), (const char *)v.p);
	p = w->b.p + 7;
	*out = 0;
	for (int i = 0; i < 13; i++)
		*out = *out * 10 + (uint64_t)(p[i] - '0');
	return RC_OK;
}

static void add_up(struct pair *p, int32_t day, int64_t amount)
{
	int y, m, d;

	if (day == DAY_NONE)
		return;
	day_to_ymd(day, &y, &m, &d);
	y -= m < 4;
	if (p->first == DAY_NONE || day < p->first)
		p->first = day;
	if (p->year == YEAR_NONE || y > p->year) {
		p->year = y;
		p->sum = 0;
	}
	if (y == p->year)
		p->sum += amount;
}

static enum rc bad_cell(struct awards *w, enum award_column k, struct err *e, enum rc rc)
{
	e->column = w->col[k] + 1;
	return rc;
}

/* One row into its pair. RC_TOO_LARGE and RC_NOMEM end the import, anything else the row. */
static enum rc take_row(struct awards *w, const struct csv *c, struct err *e)
{
	struct view name;
	uint32_t body = 0;
	uint64_t supplier = 0;
	int64_t amount = 0;
	int32_t day = DAY_NONE;
	struct pair *p;

	if (c->n != w->columns) {
		err_set(e, RC_CELL_COUNT, NULL, "%u / %u", c->n, w->columns);
		e->column = MIN(c->n, w->columns) + 1;
		return RC_CELL_COUNT;
	}
	if (read_day(w, c->cells[w->col[A_DATE]], &day, e))
		return bad_cell(w, A_DATE, e, e->rc);
	if (read_amount(w, c->cells[w->col[A_AMOUNT]], &amount, e))
		return bad_cell(w, A_AMOUNT, e, e->rc);
	if (read_supplier(w, c->cells[w->col[A_NUMBER]], &supplier, e))
		return bad_cell(w, A_NUMBER, e, e->rc);
	name = c->cells[w->col[A_BODY]];
	if (cell_blank(name))
		return bad_cell(w, A_BODY, e,
				err_set(e, RC_REQUIRED, headings[A_BODY], "%s", headings[A_BODY]));
	if (name.n > 512)
		return bad_cell(w, A_BODY, e, err_set(e, RC_TOO_LONG, headings[A_BODY], "512"));
	if (!body_of(w, name, c->row_line, &body) ||
	    !(p = pair_of(w, body, supplier, c->row_line)))
		return err_set(e, w->n_pairs == PAIRS_MAX || w->n_bodies == BODIES_MAX ? RC_TOO_LARGE
										      : RC_NOMEM,
			       NULL, "%u pairs, %u names", PAIRS_MAX, BODIES_MAX);
	add_up(p, day, amount);
	return RC_OK;
}

static enum rc all_rows(struct awards *w, struct csv *c)
{
	struct err e = { 0 };
	enum rc rc = RC_OK;

	while (!rc) {
		rc = csv_next(c, &e);
		if (rc == RC_END)
			return RC_OK;
		if (rc) {
			rc = run_bad_row(w->run, c, &e);
			continue;
		}
		rc = take_row(w, c, &e);
		if (rc == RC_TOO_LARGE || rc == RC_NOMEM) {
			*w->run->e = e;
			return rc;
		}
		if (rc) {
			e.line = c->row_line;
			rc = run_reject(w->run, &e);
		}
		if (!rc)
			rc = run_row(w->run, c->p);
	}
	return rc;
}

/* ---- what goes out ---- */

static enum rc emit_body(struct awards *w, const struct body *b)
{
	struct op op = { .kind = OP_MERGE, .ent = ENT_ORG, .flags = OPF_STUBS, .line = b->line };

	buf_clear(&w->fields);
	fl_bytes(&w->fields, ORG_NAME, body_name(b));
	if (!buf_ok(&w->fields))
		return err_set(w->run->e, RC_NOMEM, NULL, NULL);
	op.a = view_str(b->id);
	op.fields = buf_view(&w->fields);
	return run_op(w->run, &op, (struct view){ 0 });
}

static enum rc emit_pair(struct awards *w, const struct pair *p)
{
	struct op op = { .kind = OP_MERGE, .ent = ENT_LINK, .flags = OPF_STUBS | OPF_AWARDS,
			 .line = p->line };

	buf_clear(&w->b);
	buf_clear(&w->fields);
	buf_addf(&w->b, "JP-JCN-%013llu", (unsigned long long)p->supplier);
	if (p->year != YEAR_NONE) {
		int64_t sum = p->sum < 0 ? 0 : p->sum > SPEND_MAX ? SPEND_MAX : (int64_t)p->sum;

		fl_int(&w->fields, LINK_ANNUAL_SPEND, sum);
		fl_int(&w->fields, LINK_START, p->first);
		fl_int(&w->fields, LINK_SPEND_YEAR, p->year);
	}
	if (!buf_ok(&w->b) || !buf_ok(&w->fields))
		return err_set(w->run->e, RC_NOMEM, NULL, NULL);
	op.a = view_str(w->bodies[p->body].id);
	op.b = buf_view(&w->b);
	op.fields = buf_view(&w->fields);
	return run_op(w->run, &op, (struct view){ 0 });
}

enum rc import_awards(struct run *run)
{
	AUTO(awards_done) struct awards w = { .run = run };
	AUTO(csv_done) struct csv c;
	enum rc rc = csv_open(&c, run->src, ',', run->e);

	run->kind = IK_LINKS;
	if (!rc)
		rc = read_header(&w, &c);
	if (!rc)
		rc = all_rows(&w, &c);
	for (uint32_t i = 0; i < w.n_bodies && !rc; i++)
		rc = emit_body(&w, &w.bodies[i]);
	for (uint32_t i = 0; i < w.n_pairs && !rc; i++)
		rc = emit_pair(&w, &w.pairs[i]);
	return rc;
}
