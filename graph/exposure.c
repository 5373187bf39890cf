/* exposure.c - the figures of a procurer's chain, and their forms: JSON and kept bytes. */
#include "base/json_out.h"
#include "base/util.h"
#include "graph/chain.h"
#include "graph/delta.h"

static void count(struct exposure *x, const struct judged *j, bool unknown_below)
{
	const struct chain_item *i = &j->item;
	struct tier_figures *t = &x->tiers[i->tier];
	x->suppliers++;
	x->at_risk += j->at_risk;
	x->states[i->state]++;
	t->suppliers++;
	t->held[i->held]++;
	t->states[i->state]++;
	t->unknown_below += unknown_below;
	if (i->state != ST_GAP)
		return;
	x->gaps++;
	t->gaps++;
	x->gap_kinds[i->kind]++;
	x->gap_timing[i->timing]++;
}

enum rc exposure_compute_memo(struct txn *t, struct scratch *s, const struct chain_query *q,
			      struct exposure *out, struct memo *memo)
{
	struct chain c;
	struct judged j;
	enum rc rc = chain_open(&c, t, s, q, false, true);

	if (memo)
		memo_done(memo);
	c.memo = memo;

	*out = (struct exposure){ .depth = q->depth, .on = q->on, .horizon = q->horizon };
	for (size_t i = 0; i < s->n_reach && rc == RC_OK; i++) {
		uint32_t org = s->reach[i];
		chain_judge(&c, org, &j);
		count(out, &j, !j.attested && !chain_has_below(&c, org));
	}
	if (rc == RC_OK && (c.steps.bad || c.w.out.bad))
		rc = RC_DAMAGED;
	if (rc == RC_OK)
		rc = chain_spend(&c, &out->spend_behind_gaps);
	out->exceptions = c.exceptions;
	out->clause_gaps = c.clause_gaps;
	out->clauses_undetermined = c.clauses_undetermined;
	out->annual_spend = c.annual_spend;
	out->spend_unknown = c.spend_unknown;
	out->dependency_defaulted = c.w.dependency_defaulted;
	chain_done(&c);
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
