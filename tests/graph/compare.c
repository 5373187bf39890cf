/* compare.c - the same questions to store and twin; see compare.h. */
#include "tests/graph/compare.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "graph/known.h"
#include "graph/room.h"
#include "graph/walk.h"

struct question question_random(const struct world *w, struct rng *r)
{
	static const int32_t horizons[] = { 0, 1, 30, 90, 90, 365 };
	struct question q;

	do
		q.p = (int)rng_below(r, w->n_orgs);
	while (!w->org[q.p].there);
	q.depth = rng_chance(r, 75) ? 1 + rng_below(r, 5) : 1 + rng_below(r, TIER_MAX);
	q.on = world_day(w, r);
	q.horizon = horizons[rng_below(r, ARRAY_LEN(horizons))];
	if (rng_chance(r, 20)) { /* the horizon on one of the days */
		q.horizon = world_day(w, r) - q.on;
		q.horizon = MAX(0, q.horizon);
	}
	return q;
}

static struct chain_query query_of(const struct world *w, const struct question *q)
{
	return (struct chain_query){ .procurer = w->num[q->p], .depth = q->depth, .on = q->on,
				     .horizon = q->horizon, .caller = { .sees_all = true } };
}

static void say_question(const struct question *q, FILE *out)
{
	char day[DAY_TEXT];

	day_format(q->on, day);
	fprintf(out, "    asked: procurer %d depth %u on %s horizon %d\n", q->p, q->depth, day,
		q->horizon);
}

static bool same(FILE *out, const char *what, int64_t store, int64_t twin)
{
	if (store == twin)
		return true;
	fprintf(out, "  %s: store %" PRId64 ", twin %" PRId64 "\n", what, store, twin);
	return false;
}

static bool same_at(FILE *out, const char *what, unsigned i, int64_t store, int64_t twin)
{
	char name[64];

	if (store == twin)
		return true;
	snprintf(name, sizeof(name), "%s[%u]", what, i);
	return same(out, name, store, twin);
}

static bool same_day(FILE *out, const char *what, int32_t store, int32_t twin)
{
	char a[DAY_TEXT] = "none", b[DAY_TEXT] = "none";

	if (store == twin)
		return true;
	if (store != DAY_NONE)
		day_format(store, a);
	if (twin != DAY_NONE)
		day_format(twin, b);
	fprintf(out, "  %s: store %s, twin %s\n", what, a, b);
	return false;
}

/* ---- exposure ---- */

static bool same_tiers(FILE *out, const struct exposure *a, const struct exposure *b)
{
	bool ok = true;

	for (unsigned i = 1; i <= b->depth; i++) {
		const struct tier_figures *x = &a->tiers[i], *y = &b->tiers[i];

		ok &= same_at(out, "tier suppliers", i, x->suppliers, y->suppliers);
		ok &= same_at(out, "tier gaps", i, x->gaps, y->gaps);
		ok &= same_at(out, "tier unknown_below", i, x->unknown_below, y->unknown_below);
		for (unsigned l = 0; l < 6; l++)
			ok &= same_at(out, "tier held", 10 * i + l, x->held[l], y->held[l]);
		for (unsigned s = 0; s < ST__COUNT; s++)
			ok &= same_at(out, "tier states", 10 * i + s, x->states[s], y->states[s]);
	}
	return ok;
}

static bool same_exposure(FILE *out, const struct exposure *a, const struct exposure *b)
{
	bool ok = same(out, "depth", a->depth, b->depth);

	ok &= same_day(out, "on", a->on, b->on);
	ok &= same(out, "horizon", a->horizon, b->horizon);
	ok &= same(out, "suppliers", a->suppliers, b->suppliers);
	ok &= same(out, "gaps", a->gaps, b->gaps);
	ok &= same(out, "at_risk", a->at_risk, b->at_risk);
	ok &= same(out, "exceptions", a->exceptions, b->exceptions);
	ok &= same(out, "clause_gaps", a->clause_gaps, b->clause_gaps);
	ok &= same(out, "clauses_undetermined", a->clauses_undetermined, b->clauses_undetermined);
	for (unsigned i = 0; i < GK__COUNT; i++)
		ok &= same_at(out, "gap_kinds", i, a->gap_kinds[i], b->gap_kinds[i]);
	for (unsigned i = 0; i < GT__COUNT; i++)
		ok &= same_at(out, "gap_timing", i, a->gap_timing[i], b->gap_timing[i]);
	for (unsigned i = 0; i < ST__COUNT; i++)
		ok &= same_at(out, "states", i, a->states[i], b->states[i]);
	ok &= same_tiers(out, a, b);
	ok &= same(out, "annual_spend", a->annual_spend, b->annual_spend);
	ok &= same(out, "spend_behind_gaps", a->spend_behind_gaps, b->spend_behind_gaps);
	ok &= same(out, "spend_unknown", a->spend_unknown, b->spend_unknown);
	ok &= same(out, "dependency_defaulted", a->dependency_defaulted, b->dependency_defaulted);
	return ok;
}

/* ---- lists ---- */

static int index_of(const struct world *w, uint32_t num)
{
	for (unsigned o = 0; o < w->n_orgs; o++)
		if (w->org[o].there && w->num[o] == num)
			return (int)o;
	return -1;
}

static bool same_item(const struct world *w, FILE *out, const struct chain_item *a,
		      const struct chain_item *b)
{
	bool ok = same(out, "item supplier", index_of(w, a->supplier), index_of(w, b->supplier));

	if (!ok)
		return false;
	ok &= same(out, "item named", a->named, b->named);
	ok &= same(out, "item tier", a->tier, b->tier);
	ok &= same(out, "item required", a->required, b->required);
	ok &= same(out, "item held", a->held, b->held);
	ok &= same(out, "item state", a->state, b->state);
	ok &= same_day(out, "item planned_on", a->planned_on, b->planned_on);
	if (b->state == ST_GAP) {
		ok &= same(out, "item kind", a->kind, b->kind);
		ok &= same(out, "item timing", a->timing, b->timing);
		ok &= same_day(out, "item due", a->due, b->due);
	}
	if (b->state == ST_EXPIRING)
		ok &= same_day(out, "item expires_on", a->expires_on, b->expires_on);
	if (a->dependency != b->dependency) {
		fprintf(out, "  item dependency: store %.17g, twin %.17g\n", a->dependency,
			b->dependency);
		ok = false;
	}
	if (!ok)
		fprintf(out, "    (of supplier %d)\n", index_of(w, b->supplier));
	return ok;
}

static bool same_path(const struct twin_chain *c, FILE *out, const char *what, int s,
		      const uint32_t *path, size_t n)
{
	int twin[TIER_MAX + 1];
	size_t m = twin_path(c, s, twin);
	bool ok = n == m;

	for (size_t i = 0; ok && i < n; i++)
		ok = path[i] == c->w->num[twin[i]];
	if (ok)
		return true;
	fprintf(out, "  %s to %d: store", what, s);
	for (size_t i = 0; i < n; i++)
		fprintf(out, " %d", index_of(c->w, path[i]));
	fputs(", twin", out);
	for (size_t i = 0; i < m; i++)
		fprintf(out, " %d", twin[i]);
	fputc('\n', out);
	return false;
}

/* The whole list in order, and again from behind one of its items. */
static bool compare_items(const struct twin_chain *c, struct txn *t, const struct chain_list *list,
			  const struct chain_item *twin, size_t n, FILE *out)
{
	struct chain_iter it, behind;
	const struct chain_item *a;
	bool ok = true;

	chain_iter_begin(&it, list, t);
	for (size_t i = 0; ok && i < n; i++) {
		a = chain_iter_next(&it);
		ok = same(out, "list item", a != NULL, true) && same_item(c->w, out, a, &twin[i]);
		if (!ok || i % (n / 16 + 1) != 0)
			continue;
		chain_iter_begin(&behind, list, t);
		chain_iter_seek(&behind, a->tier, a->dependency,
				view_str(c->shown[index_of(c->w, a->supplier)]));
		a = chain_iter_next(&behind);
		ok = same(out, "list item behind", a != NULL, i + 1 < n) &&
		     (!a || same_item(c->w, out, a, &twin[i + 1]));
		ok &= same(out, "chain_iter_done", chain_iter_done(&behind), RC_OK);
	}
	ok = ok && same(out, "list goes on", chain_iter_next(&it) != NULL, false);
	return same(out, "chain_iter_done", chain_iter_done(&it), RC_OK) && ok;
}

/* Everybody in reach shows as the twin says, whether listed or not. */
static bool compare_veil(const struct twin_chain *c, const struct chain_list *l, struct txn *t, FILE *out)
{
	char room[PSEUDONYM_TEXT];
	bool ok = true;

	for (unsigned o = 0; o < c->w->n_orgs && ok; o++) {
		if (!c->tier[o] && (int)o != c->p)
			continue;
		ok = same_at(out, "shown as the twin says", o,
			     view_is(veil_id(&l->veil, t, c->w->num[o], room), c->shown[o]), true);
	}
	return ok;
}

static bool compare_list(const struct twin_chain *c, struct txn *t, struct scratch *s,
			 const struct chain_query *q, unsigned want, FILE *out)
{
	struct chain_item twin[W_ORGS];
	struct chain_list *list = NULL;
	uint32_t path[TIER_MAX + 1];
	size_t n = twin_list(c, want, twin);
	bool ok = same(out, "chain_list_compute", chain_list_compute(t, s, q, want, &list), RC_OK);

	if (!ok)
		return false;
	ok = same(out, "list length", (int64_t)list->n, (int64_t)n);
	ok = ok && compare_items(c, t, list, twin, n, out) && compare_veil(c, list, t, out);
	for (size_t i = 0; ok && i < n; i += n / 64 + 1)
		ok = same_path(c, out, "chain_path", index_of(c->w, twin[i].supplier), path,
			       chain_path(list, t, twin[i].supplier, path));
	if (!ok)
		fprintf(out, "    (list of states %#x)\n", want);
	if (!list->n)
		ok &= same(out, "revision", (int64_t)list->revision, (int64_t)graph_revision(t));
	chain_list_free(list);
	return ok;
}

static bool compare_dependency(const struct twin_chain *c, struct txn *t, struct scratch *s,
			       const struct chain_query *q, int supplier, FILE *out)
{
	struct dependency d;
	enum rc rc = dependency_compute(t, s, q, c->w->num[supplier], &d);
	bool ok = same(out, "dependency_compute", rc, c->tier[supplier] ? RC_OK : RC_NOT_FOUND);

	if (!ok || rc != RC_OK)
		return ok;
	ok = same(out, "dependency tier", d.tier, c->tier[supplier]);
	ok &= same_path(c, out, "dependency path", supplier, d.path, d.n_path);
	for (size_t i = 0; ok && i < d.n_path; i++)
		ok = same(out, "named on the path", d.named[i],
			  c->shown[index_of(c->w, d.path[i])] == c->w->org[index_of(c->w, d.path[i])].id);
	for (size_t i = 0; ok && i + 1 < d.n_path; i++) {
		int at = world_link_find(c->w, index_of(c->w, d.path[i]), index_of(c->w, d.path[i + 1]));

		ok &= same(out, "link_dependency", d.link_dependency[i],
			   twin_dependency(&c->w->link[at]));
	}
	if (d.dependency != c->item[supplier].dependency) {
		fprintf(out, "  dependency of %d: store %.17g, twin %.17g\n", supplier, d.dependency,
			c->item[supplier].dependency);
		ok = false;
	}
	return ok;
}

static bool compare_chain_in(enum walk_form form, bool sees_all, const struct twin_chain *c, struct txn *t,
			     struct scratch *s, const struct question *q, FILE *out)
{
	AUTO_FREE struct exposure *x = malloc(2 * sizeof(*x));
	const struct world *w = c->w;
	struct chain_query cq = query_of(w, q);
	struct rng r = { w->seed + (uint64_t)q->on * 31 + q->depth };
	bool ok;

	if (!x)
		abort();
	cq.caller.sees_all = sees_all;
	scratch_force(s, form);
	twin_exposure(c, &x[1]);
	ok = same(out, "exposure_compute", exposure_compute(t, s, &cq, &x[0]), RC_OK);
	ok = ok && same_exposure(out, &x[0], &x[1]);
	ok &= compare_list(c, t, s, &cq, (1u << ST__COUNT) - 1, out);
	ok &= compare_list(c, t, s, &cq, 1u << ST_GAP, out);
	ok &= compare_list(c, t, s, &cq, 1u << ST_EXPIRING, out);
	ok &= compare_pick(c, t, s, &cq, &r, out);
	for (int o = 0; o < (int)w->n_orgs; o += 1 + (int)w->n_orgs / 64)
		if (w->org[o].there)
			ok &= compare_dependency(c, t, s, &cq, o, out);
	scratch_force(s, WALK_ANY);
	if (!ok)
		fprintf(out, "    form of the walk: %d, sees all: %d\n", (int)form, sees_all);
	return ok;
}

bool compare_chain(const struct world *w, struct txn *t, struct scratch *s, const struct question *q,
		   FILE *out)
{
	AUTO_FREE struct twin_chain *c = malloc(sizeof(*c));
	uint8_t secret[32];
	bool ok;

	if (!c || graph_secret(t, secret) != RC_OK)
		abort();
	twin_chain(w, q->p, q->depth, q->on, q->horizon, c);
	ok = compare_chain_in(WALK_TOP_DOWN, true, c, t, s, q, out);
	ok &= compare_chain_in(WALK_SWEEP, true, c, t, s, q, out);
	twin_hide(c, secret); /* and with P's own eyes */
	ok &= compare_chain_in(WALK_TOP_DOWN, false, c, t, s, q, out);
	ok &= compare_chain_in(WALK_SWEEP, false, c, t, s, q, out);
	if (!ok)
		say_question(q, out);
	return ok;
}

bool compare_known(const struct world *w, struct txn *t, struct scratch *s, const struct question *q, FILE *out)
{
	static const enum walk_form forms[] = { WALK_ANY, WALK_TOP_DOWN, WALK_SWEEP };
	AUTO_FREE struct twin_chain *c = malloc(sizeof(*c));
	bool ok = true;

	if (!c)
		abort();
	twin_chain(w, q->p, TIER_MAX, q->on, 0, c);
	for (size_t f = 0; f < ARRAY_LEN(forms) && ok; f++) {
		AUTO_FREE uint64_t *bits = calloc(known_words(t), sizeof(*bits));

		scratch_force(s, forms[f]);
		ok = bits && same(out, "known_compute", known_compute(t, s, w->num[q->p], q->on, bits, NULL), RC_OK);
		for (unsigned o = 0; o < w->n_orgs && ok; o++)
			if (w->org[o].there)
				ok = same_at(out, "known", o, bits[w->num[o] / 64] >> (w->num[o] % 64) & 1,
					     c->tier[o] && c->named[o]);
	}
	scratch_force(s, WALK_ANY);
	if (!ok)
		say_question(q, out);
	return ok;
}

/* ---- impact ---- */

/* Each procurer's own chain says the same of S. */
static bool impact_agrees(const struct world *w, struct txn *t, struct scratch *s,
			  const struct impact *im, uint32_t supplier, const struct question *q, FILE *out)
{
	bool ok = true;

	for (size_t i = 0; i < im->n && i < 8; i++) {
		struct chain_query cq = query_of(w, q);
		struct chain_list *list;
		bool found = false;

		cq.procurer = im->items[i].procurer;
		if (chain_list_compute(t, s, &cq, (1u << ST__COUNT) - 1, &list) != RC_OK)
			return false;
		for (size_t j = 0; j < list->n; j++) {
			const struct chain_item *it = &list->items[j];

			if (it->supplier != supplier)
				continue;
			found = true;
			ok &= same(out, "impact/chain tier", im->items[i].tier, it->tier);
			ok &= same(out, "impact/chain required", im->items[i].required, it->required);
			ok &= same(out, "impact/chain gap", im->items[i].gap, it->state == ST_GAP);
		}
		ok &= same(out, "impact item in its chain", found, true);
		chain_list_free(list);
	}
	return ok;
}

static bool same_impact(FILE *out, const struct impact *a, const struct impact *b)
{
	bool ok = same(out, "impact held", a->held, b->held);

	ok &= same(out, "impact procurers", a->procurers, b->procurers);
	ok &= same(out, "impact in_gap", a->in_gap, b->in_gap);
	for (unsigned i = 1; i <= TIER_MAX; i++) {
		ok &= same_at(out, "impact tier procurers", i, a->tier_procurers[i],
			      b->tier_procurers[i]);
		ok &= same_at(out, "impact tier in_gap", i, a->tier_in_gap[i], b->tier_in_gap[i]);
	}
	return ok & same(out, "impact items", (int64_t)a->n, (int64_t)b->n);
}

static bool same_impact_item(const struct world *w, FILE *out, const struct impact_item *a,
			     const struct impact_item *b)
{
	bool ok = same(out, "impact item", index_of(w, a->procurer), index_of(w, b->procurer));

	ok &= same(out, "impact item tier", a->tier, b->tier);
	ok &= same(out, "impact item required", a->required, b->required);
	return ok & same(out, "impact item gap", a->gap, b->gap);
}

/* All in order, and again from behind one of them. */
static bool same_impact_items(const struct world *w, struct txn *t, FILE *out, const struct impact *a,
			      const struct impact *b)
{
	struct impact_iter it, behind;
	const struct impact_item *x;
	bool ok = true;

	impact_iter_begin(&it, a, t, 1, view_of(NULL, 0));
	for (size_t i = 0; ok && i < b->n; i++) {
		x = impact_iter_next(&it);
		ok = same(out, "impact item there", x != NULL, true) &&
		     same_impact_item(w, out, x, &b->items[i]);
		if (!ok || i % (b->n / 16 + 1) != 0)
			continue;
		impact_iter_begin(&behind, a, t, x->tier, org_id(t, x->procurer));
		x = impact_iter_next(&behind);
		ok = same(out, "impact item behind", x != NULL, i + 1 < b->n) &&
		     (!x || same_impact_item(w, out, x, &b->items[i + 1]));
		ok &= same(out, "impact_iter_done", impact_iter_done(&behind), RC_OK);
	}
	ok = ok && same(out, "impact goes on", impact_iter_next(&it) != NULL, false);
	return same(out, "impact_iter_done", impact_iter_done(&it), RC_OK) && ok;
}

static bool compare_impact_in(enum walk_form form, const struct world *w, struct txn *t, struct scratch *s,
			      int supplier, const struct question *q, int held_level,
			      const struct caller *who, const struct impact *twin, FILE *out)
{
	struct impact im = { 0 };
	bool ok;

	scratch_force(s, form);
	ok = same(out, "impact_compute",
		  impact_compute(t, s, w->num[supplier], q->depth, q->on, held_level, who, &im), RC_OK);
	ok = ok && same_impact(out, &im, twin) && same_impact_items(w, t, out, &im, twin);
	if (ok && held_level < 0)
		ok = impact_agrees(w, t, s, &im, w->num[supplier], q, out) &&
		     compare_ways(w, t, s, &im, supplier, q, out);
	impact_done(&im);
	scratch_force(s, WALK_ANY);
	if (!ok)
		fprintf(out, "    form of the walk: %d\n", (int)form);
	return ok;
}

/* Some of all organisations, by the question: none, one or several, the supplier itself among them at times. */
static struct caller some_own(const struct world *w, int supplier, const struct question *q, bool own[W_ORGS],
			      uint32_t numbers[W_ORGS])
{
	struct rng r = { (uint64_t)q->on * 31 + (uint64_t)supplier * 7 + q->depth };
	struct caller who = { .own = numbers };
	unsigned percent = rng_below(&r, 100);

	for (unsigned o = 0; o < w->n_orgs; o++) {
		own[o] = w->org[o].there && (percent < 40 ? (int)o == q->p : rng_chance(&r, percent));
		if (own[o])
			numbers[who.n_own++] = w->num[o];
	}
	return who;
}

bool compare_impact(const struct world *w, struct txn *t, struct scratch *s, int supplier,
		    const struct question *q, int held_level, FILE *out)
{
	AUTO_FREE struct twin_impact *twin = malloc(sizeof(*twin));
	struct caller who = { .sees_all = true };
	uint32_t numbers[W_ORGS];
	bool ok, own[W_ORGS];

	if (!twin)
		abort();
	twin_impact(w, supplier, q->depth, q->on, held_level, NULL, twin);
	ok = compare_impact_in(WALK_TOP_DOWN, w, t, s, supplier, q, held_level, &who, &twin->sums, out);
	ok &= compare_impact_in(WALK_SWEEP, w, t, s, supplier, q, held_level, &who, &twin->sums, out);
	who = some_own(w, supplier, q, own, numbers);
	twin_impact(w, supplier, q->depth, q->on, held_level, own, twin);
	ok &= compare_impact_in(WALK_TOP_DOWN, w, t, s, supplier, q, held_level, &who, &twin->sums, out);
	ok &= compare_impact_in(WALK_SWEEP, w, t, s, supplier, q, held_level, &who, &twin->sums, out);
	if (!ok) {
		fprintf(out, "    impact of %d, held_level %d\n", supplier, held_level);
		say_question(q, out);
	}
	return ok;
}

/* ---- organisations and links ---- */

bool compare_held(const struct world *w, struct txn *t, int32_t day, FILE *out)
{
	bool all = true;

	for (int o = 0; o < (int)w->n_orgs; o++) {
		struct held a, b;
		char text[DAY_TEXT];
		bool ok;

		if (!w->org[o].there)
			continue;
		a = held_on(t, w->num[o], day);
		b = twin_held(w, o, day);
		ok = same(out, "held level", a.level, b.level);
		ok &= same(out, "held ever", a.ever, b.ever);
		ok &= same(out, "held confirmed", a.confirmed, b.confirmed);
		ok &= same(out, "held at_risk", a.at_risk, b.at_risk);
		ok &= same(out, "held attested", a.attested, b.attested);
		ok &= same_day(out, "held_until", held_until(t, w->num[o], day),
			       twin_held_until(w, o, day));
		day_format(day, text);
		if (!ok)
			fprintf(out, "    (of %d on %s)\n", o, text);
		all &= ok;
	}
	return all;
}

static bool same_level(const struct world *w, const struct w_link *k, const struct targets *t,
		       const struct rec *link, FILE *out)
{
	struct twin_asked b = twin_asked(w, k);
	struct level_result a;
	bool ok, defaulted;

	level_of_link(t, link, &a);
	ok = same(out, "effective_level", a.level, b.level);
	ok &= same(out, "level_source explicit", a.source == LEVEL_EXPLICIT, b.explicit_level);
	ok &= same(out, "level_source rule", a.source == LEVEL_RULE, b.by_rule);
	if (b.by_rule) {
		ok &= same(out, "level_source n", a.rule, b.rule);
		ok &= same_day(out, "rules_due", a.rules_due, b.rules_due);
	}
	ok &= same(out, "rules_level", a.rules_level, b.rules_level);
	ok &= same(out, "undecided", a.undecided, b.undecided);
	ok &= same(out, "exception", a.exception, b.exception);
	ok &= same(out, "dependency", link_dependency(link, &defaulted), twin_dependency(k));
	ok &= same(out, "defaulted", defaulted, k->dependency < 0);
	return ok;
}

static bool same_clauses(const struct world *w, const struct w_link *k, struct txn *t,
			 const struct rec *link, int own_level, int32_t day, FILE *out)
{
	struct clause_view a, b;
	bool ok = true;

	clauses_of_link(t, w->num[k->procurer], w->num[k->supplier], link, own_level, day, &a);
	twin_clauses(w, k, day, &b);
	for (unsigned no = 0; no < CL__COUNT; no++) {
		ok &= same_at(out, "clause state", no, a.state[no], b.state[no]);
		ok &= same_at(out, "clause status", no, a.status[no], b.status[no]);
		if (b.state[no] == CS_GAP)
			ok &= same_at(out, "clause reasons", no, a.reasons[no], b.reasons[no]);
		if (b.status[no] == CLAUSE_AGREED)
			ok &= same_at(out, "clause late", no, a.late[no], b.late[no]);
	}
	return ok;
}

static bool compare_link(const struct world *w, const struct w_link *k, struct txn *t, int32_t day,
			 FILE *out)
{
	AUTO_FREE struct targets *targets = malloc(sizeof(*targets));
	struct rec link;
	bool ok;

	if (!targets)
		abort();
	ok = same(out, "link_get", link_get(t, w->num[k->procurer], w->num[k->supplier], &link), RC_OK);
	ok = ok && same(out, "targets_of", targets_of(t, w->num[k->procurer], targets), RC_OK);
	if (ok) {
		ok &= same(out, "active", link_active(&link, day), twin_active(k, day));
		ok &= same_level(w, k, targets, &link, out);
		ok &= same_clauses(w, k, t, &link, targets->own_level, day, out);
	}
	if (!ok) {
		char text[DAY_TEXT];

		day_format(day, text);
		fprintf(out, "    (of link %d -> %d on %s)\n", k->procurer, k->supplier, text);
	}
	return ok;
}

static bool compare_active(const struct world *w, int o, struct txn *t, int32_t day, FILE *out)
{
	uint32_t suppliers, procurers, want_suppliers = 0, want_procurers = 0;
	AUTO_FREE uint32_t *down = NULL, *up = NULL;
	size_t n_down = 0, n_up = 0, all_down = 0, all_up = 0;
	bool ok;

	for (unsigned i = 0; i < w->n_links; i++) {
		const struct w_link *k = &w->link[i];

		all_down += k->there && k->procurer == o;
		all_up += k->there && k->supplier == o;
		want_suppliers += k->procurer == o && twin_active(k, day);
		want_procurers += k->supplier == o && twin_active(k, day);
	}
	link_active_counts(t, w->num[o], day, &suppliers, &procurers);
	ok = same(out, "active suppliers", suppliers, want_suppliers);
	ok &= same(out, "active procurers", procurers, want_procurers);
	ok &= same(out, "link_suppliers", link_suppliers(t, w->num[o], &down, &n_down), RC_OK);
	ok &= same(out, "link_procurers", link_procurers(t, w->num[o], &up, &n_up), RC_OK);
	ok &= same(out, "suppliers", (int64_t)n_down, (int64_t)all_down);
	ok &= same(out, "procurers", (int64_t)n_up, (int64_t)all_up);
	for (size_t i = 0; ok && i < n_down; i++)
		ok = same(out, "supplier is one",
			  world_link_find(w, o, index_of(w, down[i])) >= 0, true);
	for (size_t i = 0; ok && i < n_up; i++)
		ok = same(out, "procurer is one", world_link_find(w, index_of(w, up[i]), o) >= 0, true);
	if (!ok)
		fprintf(out, "    (of %d)\n", o);
	return ok;
}

bool compare_links(const struct world *w, struct txn *t, int32_t day, FILE *out)
{
	uint64_t n = 0;
	bool ok = true;

	for (unsigned i = 0; i < w->n_links; i++)
		if (w->link[i].there) {
			ok &= compare_link(w, &w->link[i], t, day, out);
			n++;
		}
	for (int o = 0; o < (int)w->n_orgs; o++)
		if (w->org[o].there)
			ok &= compare_active(w, o, t, day, out);
	return ok & same(out, "graph_link_count", (int64_t)graph_link_count(t), (int64_t)n);
}

/* ---- touched, sound ---- */

struct touched {
	const struct world *w;
	unsigned distance[W_ORGS]; /* 0: not named */
	bool named[W_ORGS];
};

static void note_touched(void *arg, uint32_t procurer, unsigned distance)
{
	struct touched *h = arg;
	int o = index_of(h->w, procurer);

	if (o < 0)
		return;
	h->named[o] = true;
	h->distance[o] = distance;
}

/* The watched, all at once, or some of them and the others one after the other. */
static bool room_of_world(const struct world *w, struct txn *t, int turn, struct room *room)
{
	struct watch watch[W_ORGS];
	size_t n = 0, at_once;

	for (unsigned o = 0; o < w->n_orgs; o++)
		if (w->org[o].there && w->org[o].targets.there)
			watch[n++] = (struct watch){ w->num[o], (uint8_t)(w->org[o].targets.depth > 0
										  ? w->org[o].targets.depth
										  : DEPTH_DEFAULT) };
	at_once = turn % 2 ? n : n / 2;
	if (room_build(room, t, watch, at_once) != RC_OK)
		return false;
	for (size_t i = at_once; i < n; i++)
		if (room_watch(room, t, &watch[i]) != RC_OK)
			return false;
	return true;
}

bool compare_touched(const struct world *w, struct txn *t, struct scratch *s, int org, int32_t day,
		     FILE *out)
{
	AUTO_FREE struct twin_impact *twin = malloc(sizeof(*twin));
	AUTO_FREE struct touched *h = calloc(1, sizeof(*h));
	struct room room = { 0 };
	struct upward up = { t, s, &room, day };
	bool ok = true;

	if (!twin || !h || !room_of_world(w, t, org, &room))
		abort();
	h->w = w;
	twin_impact(w, org, TIER_MAX, day, -1, NULL, twin);
	touched_by(&up, &w->num[org], 1, note_touched, h); /* watched procurers are what it is for */
	room_done(&room);
	for (size_t i = 0; i < twin->sums.n; i++) {
		int p = index_of(w, twin->items[i].procurer);
		const struct w_targets *own = &w->org[p].targets;

		/* those whose figures are kept, at the depth at which they are */
		if (!own->there || twin->items[i].tier > (own->depth > 0 ? own->depth : DEPTH_DEFAULT))
			continue;
		ok &= same_at(out, "touched_by names procurer", (unsigned)p, h->named[p], true);
		if (h->named[p] && h->distance[p] > twin->items[i].tier)
			ok &= same_at(out, "touched_by distance", (unsigned)p, h->distance[p],
				      twin->items[i].tier);
	}
	if (!ok)
		fprintf(out, "    (touched by %d)\n", org);
	return ok;
}

static void say_finding(void *arg, const char *sentence)
{
	fprintf(arg, "  graph_check: %s\n", sentence);
}

bool compare_sound(struct txn *t, FILE *out)
{
	return graph_check(t, say_finding, out) == 0;
}
