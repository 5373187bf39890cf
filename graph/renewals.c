/* renewals.c - see renewals.h: finding them, and counting them by month. */
#include "graph/renewals.h"

#include "base/util.h"
#include "graph/chain.h"

const char *const renewal_kind_names[RN__COUNT] = { "level-ends",    "self-assessment", "contract-end",
						    "clause-review", "exception-ends",  "gap-due" };

struct finding {
	struct chain c;
	const struct renewals_query *q;
	void (*fn)(void *arg, const struct renewal *r);
	void *arg;
	uint64_t suppliers;
};

static void found(const struct finding *f, struct renewal r)
{
	if (r.day != DAY_NONE && r.day >= f->q->from && r.day <= f->q->to)
		f->fn(f->arg, &r);
}

/* ---- own links ---- */

/* What a contract that has ended by then owes is return and destruction; a review of anything else is nobody's task any more. */
static void own_clauses(const struct finding *f, const struct own_link *own, const struct rec *link,
			const struct clause_view *v)
{
	int32_t end = rec_day(link, LINK_END);
	for (unsigned no = 0; no < CL__COUNT; no++) {
		if (no != CL_2_1_5 && end != DAY_NONE && v->review[no] > end)
			continue;
		found(f, (struct renewal){ .supplier = own->supplier, .day = v->review[no], .kind = RN_CLAUSE_REVIEW,
					   .tier = own->active, .no = (uint8_t)no, .named = true });
	}
}

static void own_link(void *arg, const struct own_link *own, const struct rec *link, const struct clause_view *clauses)
{
	const struct finding *f = arg;
	struct renewal r = { .supplier = own->supplier, .tier = 1, .named = true };

	own_clauses(f, own, link, clauses);
	if (!own->active)
		return;
	r.kind = RN_CONTRACT_END;
	r.day = rec_day(link, LINK_END);
	found(f, r);
	if (!own->exception)
		return;
	r.kind = RN_EXCEPTION_ENDS;
	r.day = rec_day(link, LINK_UNTIL);
	found(f, r);
}

/* ---- those in reach ---- */

/* The first fall behind the day ends the level; whatever comes later is another level's. */
static void level_ends(const struct finding *f, const struct step *st, uint32_t n, struct renewal r)
{
	for (uint32_t i = 0; r.level > 0 && i < n; i++) {
		if (st[i].day <= f->q->q.on || step_held(st[i].bits) >= r.level)
			continue;
		r.kind = RN_LEVEL_ENDS;
		r.day = st[i].day - 1;
		r.below = step_held(st[i].bits) < r.required;
		found(f, r);
		return;
	}
}

/* Each day from the query's on on which it would come to be at risk. */
static void self_assessments(const struct finding *f, const struct step *st, uint32_t n, struct renewal r)
{
	r.kind = RN_SELF_ASSESSMENT;
	r.level = 4;
	for (uint32_t i = 0; i < n; i++) {
		if (st[i].day < f->q->q.on || !step_at_risk(st[i].bits) || (i > 0 && step_at_risk(st[i - 1].bits)))
			continue;
		r.day = st[i].day;
		found(f, r);
	}
}

static void look_at(void *arg, uint32_t supplier)
{
	struct finding *f = arg;
	struct standing_in st;
	uint32_t n;
	const struct step *steps = chain_steps(&f->c, supplier, &n, &st);
	const struct own_link *own = cell_tier(st.cell) == 1 ? own_find(&f->c, supplier) : NULL;
	struct chain_item i = chain_judge(&f->c, supplier, &st, own);
	struct renewal r = { .supplier = supplier, .tier = i.tier, .level = i.held, .required = i.required,
			     .named = walk_named(&f->c.w, f->c.w.s->cell[supplier]) };

	f->suppliers++;
	level_ends(f, steps, n, r);
	self_assessments(f, steps, n, r);
	if (i.state != ST_GAP)
		return;
	r.kind = RN_GAP_DUE;
	r.day = i.due;
	found(f, r);
}

enum rc renewals_each(struct txn *t, struct scratch *s, const struct renewals_query *q,
		      void (*fn)(void *arg, const struct renewal *r), void *arg, uint64_t *out_suppliers)
{
	struct finding f = { .q = q, .fn = fn, .arg = arg };
	struct own_reader reader = { own_link, &f };
	enum rc rc = chain_open_with(&f.c, t, s, &q->q, true, &reader);
	if (rc == RC_OK)
		rc = chain_each(&f.c, look_at, &f);
	chain_done(&f.c);
	*out_suppliers = f.suppliers;
	return rc != RC_OK ? rc : txn_rc(t);
}

/* ---- by month ---- */

unsigned renewal_months_of(int32_t from, int32_t to)
{
	int y, m, d, y2, m2;
	day_to_ymd(from, &y, &m, &d);
	day_to_ymd(to, &y2, &m2, &d);
	return (unsigned)((y2 - y) * 12 + m2 - m + 1);
}

struct counting {
	struct renewal_months *out;
	int32_t from;
	uint8_t *month; /* of each day */
};

static void count(void *arg, const struct renewal *r)
{
	struct counting *k = arg;
	struct renewal_month *m = &k->out->month[k->month[r->day - k->from]];
	m->of[r->kind]++;
	if (r->kind != RN_LEVEL_ENDS)
		return;
	m->levels[r->level]++;
	m->required += r->below;
}

static void months_fill(struct renewal_months *out, int32_t from, int32_t to, uint8_t *month)
{
	for (int32_t day = from; day <= to; day++) {
		int y, m, d;
		day_to_ymd(day, &y, &m, &d);
		if (out->n == 0 || out->month[out->n - 1].month != m)
			out->month[out->n++] = (struct renewal_month){ .year = y, .month = m };
		month[day - from] = (uint8_t)(out->n - 1);
	}
}

enum rc renewals_by_month(struct txn *t, struct scratch *s, const struct renewals_query *q, struct renewal_months *out)
{
	AUTO_FREE uint8_t *month = NULL;
	struct counting k = { out, q->from, NULL };
	*out = (struct renewal_months){ 0 };
	if (q->from > q->to || renewal_months_of(q->from, q->to) > RENEWAL_MONTHS_MAX)
		return RC_OUT_OF_RANGE;
	month = malloc((size_t)(q->to - q->from) + 1);
	if (!month)
		return RC_NOMEM;
	k.month = month;
	months_fill(out, q->from, q->to, month);
	return renewals_each(t, s, q, count, &k, &out->suppliers);
}
