/* exposure.c - the figures of a procurer's chain, and their forms: JSON and kept bytes. */
#include "base/json_out.h"
#include "base/util.h"
#include "graph/chain.h"
#include "graph/delta.h"

/* Suppliers that look alike are judged once: a chain of a million has some hundred kinds. Tier 1 is
 * judged one by one, since P's own links have dates of their own. */
#define KINDS 1024u
struct alike {
	uint32_t key; /* 0: free */
	uint32_t gap; /* CELL_GAP or 0 */
	uint64_t n;
	struct chain_item item;
	bool at_risk, unknown_below;
};
struct counting {
	struct chain c;
	struct exposure *x;
	size_t n_kinds;
	struct alike kinds[KINDS];
};

static void add(struct exposure *x, const struct chain_item *i, bool at_risk, bool unknown_below, uint64_t n)
{
	struct tier_figures *t = &x->tiers[i->tier];
	x->suppliers += n;
	x->at_risk += at_risk ? n : 0;
	x->states[i->state] += n;
	t->suppliers += n;
	t->held[i->held] += n;
	t->states[i->state] += n;
	t->unknown_below += unknown_below ? n : 0;
	if (i->state != ST_GAP)
		return;
	x->gaps += n;
	t->gaps += n;
	x->gap_kinds[i->kind] += n;
	x->gap_timing[i->timing] += n;
}

static void kinds_add_up(struct counting *k)
{
	for (size_t i = 0; i < KINDS; i++) {
		struct alike *x = &k->kinds[i];
		if (x->key)
			add(k->x, &x->item, x->at_risk, x->unknown_below, x->n);
		x->key = 0;
	}
	k->n_kinds = 0;
}

/* cell 11 bits (its tier is never 0), steps 11, level later 3, unknown below 1. */
static struct alike *alike_of(struct counting *k, const struct standing_in *st, bool unknown_below)
{
	uint32_t key = st->cell | (st->bits & 0x7ff) << 11 | st->later << 22 | (uint32_t)unknown_below << 25;
	uint32_t at = key * 2654435761u >> 22;
	for (; k->kinds[at].key; at = (at + 1) % KINDS)
		if (k->kinds[at].key == key)
			return &k->kinds[at];
	if (k->n_kinds > KINDS / 2) {
		kinds_add_up(k);
		return alike_of(k, st, unknown_below);
	}
	struct chain_item i = chain_judge(&k->c, 0, st, NULL);
	k->n_kinds++;
	k->kinds[at] = (struct alike){ .key = key, .gap = i.state == ST_GAP ? CELL_GAP : 0, .item = i,
				      .at_risk = step_at_risk(st->bits), .unknown_below = unknown_below };
	return &k->kinds[at];
}

static void count(void *arg, uint32_t supplier)
{
	struct counting *k = arg;
	struct standing_in st;
	uint32_t n;
	chain_steps(&k->c, supplier, &n, &st);
	bool unknown_below = !step_attested(st.bits) && !chain_has_below(&k->c, supplier);
	if (cell_tier(st.cell) == 1) {
		struct chain_item i = chain_judge(&k->c, supplier, &st, own_find(&k->c, supplier));
		chain_mark(&k->c, supplier, i.state == ST_GAP);
		add(k->x, &i, step_at_risk(st.bits), unknown_below, 1);
		return;
	}
	struct alike *a = alike_of(k, &st, unknown_below);
	a->n++;
	k->c.w.s->cell[supplier] |= a->gap;
}

enum rc exposure_compute_memo(struct txn *t, struct scratch *s, const struct chain_query *q,
			      struct exposure *out, struct memo *memo)
{
	AUTO_FREE struct counting *k = calloc(1, sizeof *k);
	if (memo)
		memo_done(memo);
	if (!k)
		return RC_NOMEM;
	struct chain *c = &k->c;
	enum rc rc = chain_open(c, t, s, q, true);
	c->memo = memo;
	k->x = out;

	*out = (struct exposure){ .depth = q->depth, .on = q->on, .horizon = q->horizon };
	if (rc == RC_OK)
		rc = chain_each(c, count, k);
	kinds_add_up(k);
	if (rc == RC_OK)
		rc = chain_spend(c, &out->spend_behind_gaps);
	out->exceptions = c->exceptions;
	out->clause_gaps = c->clause_gaps;
	out->clauses_undetermined = c->clauses_undetermined;
	out->annual_spend = c->annual_spend;
	out->spend_unknown = c->spend_unknown;
	out->dependency_defaulted = c->w.dependency_defaulted;
	chain_done(c);
	return rc;
}

enum rc exposure_compute(struct txn *t, struct scratch *s, const struct chain_query *q, struct exposure *out)
{
	return exposure_compute_memo(t, s, q, out, NULL);
}

/* ---- kept bytes: varints in the order of the struct ---- */

static void put_list(struct buf *b, const uint64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_varint(b, v[i]);
}

static void get_list(struct rd *r, uint64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = rd_varint(r);
}

void exposure_encode(const struct exposure *x, struct buf *out)
{
	const uint64_t head[] = { x->suppliers, x->gaps, x->at_risk, x->exceptions, x->clause_gaps,
				  x->clauses_undetermined, x->spend_unknown, x->dependency_defaulted };
	buf_varint(out, x->depth);
	buf_svarint(out, x->on);
	buf_svarint(out, x->horizon);
	put_list(out, head, ARRAY_LEN(head));
	put_list(out, x->gap_kinds, GK__COUNT);
	put_list(out, x->gap_timing, GT__COUNT);
	put_list(out, x->states, ST__COUNT);
	buf_svarint(out, x->annual_spend);
	buf_svarint(out, x->spend_behind_gaps);
	for (unsigned k = 1; k <= x->depth; k++) {
		const struct tier_figures *t = &x->tiers[k];
		buf_varint(out, t->suppliers);
		buf_varint(out, t->gaps);
		buf_varint(out, t->unknown_below);
		put_list(out, t->held, 6);
		put_list(out, t->states, ST__COUNT);
	}
}

bool exposure_decode(struct view v, struct exposure *x)
{
	struct rd r = rd_of(v);
	uint64_t head[8];
	*x = (struct exposure){ 0 };
	x->depth = (unsigned)rd_varint(&r);
	x->on = (int32_t)rd_svarint(&r);
	x->horizon = (int32_t)rd_svarint(&r);
	if (r.bad || x->depth > TIER_MAX)
		return false;
	get_list(&r, head, 8);
	x->suppliers = head[0], x->gaps = head[1], x->at_risk = head[2], x->exceptions = head[3];
	x->clause_gaps = head[4], x->clauses_undetermined = head[5], x->spend_unknown = head[6];
	x->dependency_defaulted = head[7];
	get_list(&r, x->gap_kinds, GK__COUNT);
	get_list(&r, x->gap_timing, GT__COUNT);
	get_list(&r, x->states, ST__COUNT);
	x->annual_spend = rd_svarint(&r);
	x->spend_behind_gaps = rd_svarint(&r);
	for (unsigned k = 1; k <= x->depth; k++) {
		struct tier_figures *t = &x->tiers[k];
		t->suppliers = rd_varint(&r);
		t->gaps = rd_varint(&r);
		t->unknown_below = rd_varint(&r);
		get_list(&r, t->held, 6);
		get_list(&r, t->states, ST__COUNT);
	}
	return !r.bad;
}

/* ---- JSON, as api.md has it ---- */

static void named(struct json *j, const char *key, const char *const *names, const uint64_t *v, size_t n)
{
	json_key(j, key);
	json_obj(j);
	for (size_t i = 0; i < n; i++) {
		json_key(j, names[i]);
		json_uint(j, v[i]);
	}
	json_obj_end(j);
}

static void number(struct json *j, const char *key, uint64_t v)
{
	json_key(j, key);
	json_uint(j, v);
}

static void tier_json(struct json *j, unsigned k, const struct tier_figures *t)
{
	static const char *const levels[6] = { "0", "1", "2", "3", "4", "5" };
	json_obj(j);
	number(j, "tier", k);
	number(j, "suppliers", t->suppliers);
	number(j, "gaps", t->gaps);
	number(j, "unknown_below", t->unknown_below);
	named(j, "held", levels, t->held, 6);
	named(j, "states", state_names, t->states, ST__COUNT);
	json_obj_end(j);
}

void exposure_json(struct json *j, struct view procurer_id, const struct exposure *x)
{
	json_obj(j);
	json_key(j, "procurer");
	json_strv(j, procurer_id);
	json_key(j, "on");
	json_day(j, x->on);
	number(j, "depth", x->depth);
	number(j, "horizon", (uint64_t)x->horizon);
	number(j, "suppliers", x->suppliers);
	number(j, "gaps", x->gaps);
	number(j, "expiring", x->states[ST_EXPIRING]);
	number(j, "at_risk", x->at_risk);
	number(j, "exceptions", x->exceptions);
	number(j, "clause_gaps", x->clause_gaps);
	number(j, "clauses_undetermined", x->clauses_undetermined);
	named(j, "gap_kinds", gap_kind_names, x->gap_kinds, GK__COUNT);
	named(j, "gap_timing", gap_timing_names, x->gap_timing, GT__COUNT);
	named(j, "states", state_names, x->states, ST__COUNT);
	json_key(j, "tiers");
	json_arr(j);
	for (unsigned k = 1; k <= x->depth; k++)
		tier_json(j, k, &x->tiers[k]);
	json_arr_end(j);
	json_key(j, "annual_spend");
	json_int(j, x->annual_spend);
	json_key(j, "spend_behind_gaps");
	json_int(j, x->spend_behind_gaps);
	number(j, "spend_unknown", x->spend_unknown);
	number(j, "dependency_defaulted", x->dependency_defaulted);
	json_obj_end(j);
}
