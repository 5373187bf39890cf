/*
 * list.c - the suppliers of a chain as a list (gaps, expiring, everybody), and why the procurer depends
 * on one of them: the explanation path (domain.md, `dependency`).
 *
 * A list keeps what a path needs, the rises of best(k, X) per layer, so that pages of it can be
 * explained later from the same revision.
 */
#include "base/json_out.h"
#include "base/util.h"
#include "graph/chain.h"

struct chain_paths {
	size_t n;
	uint32_t *org;      /* ascending */
	uint32_t *gain_of;  /* index + 1 of the newest gain */
	uint8_t *tier;
	struct gain *gains;
	size_t n_gains;
	bool any_grants;
};

static void paths_free(struct chain_paths *p)
{
	if (!p)
		return;
	free(p->org);
	free(p->gain_of);
	free(p->tier);
	free(p->gains);
	free(p);
}

void chain_list_free(struct chain_list *l)
{
	if (!l)
		return;
	paths_free(l->paths);
	free(l->items);
	free(l);
}

size_t chain_list_bytes(const struct chain_list *l)
{
	return sizeof *l + l->n * sizeof *l->items + sizeof *l->paths + l->paths->n * 9 +
	       l->paths->n_gains * sizeof *l->paths->gains;
}

static int u32_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static struct chain_paths *paths_keep(const struct chain *c)
{
	const struct scratch *s = c->w.s;
	struct chain_paths *p = calloc(1, sizeof *p);
	if (!p)
		return NULL;
	size_t n = MAX(s->n_reach, (size_t)1), g = MAX(s->n_gains, (size_t)1);
	p->org = malloc(n * sizeof *p->org);
	p->gain_of = malloc(n * sizeof *p->gain_of);
	p->tier = malloc(n);
	p->gains = malloc(g * sizeof *p->gains);
	if (!p->org || !p->gain_of || !p->tier || !p->gains) {
		paths_free(p);
		return NULL;
	}
	p->n = s->n_reach;
	p->n_gains = s->n_gains;
	p->any_grants = c->w.any_grants;
	if (p->n_gains)
		memcpy(p->gains, s->gains, p->n_gains * sizeof *p->gains);
	if (p->n) {
		memcpy(p->org, s->reach, p->n * sizeof *p->org);
		qsort(p->org, p->n, sizeof *p->org, u32_cmp);
	}
	for (size_t i = 0; i < p->n; i++) {
		p->gain_of[i] = s->gain_of[p->org[i]];
		p->tier[i] = (uint8_t)cell_tier(s->cell[p->org[i]]);
	}
	return p;
}

/* ---- the list ---- */

/* Last day on which held >= required, for an item that is expiring. */
static int32_t expires_on(const struct judged *j, int32_t on)
{
	for (uint32_t i = 0; i < j->n_steps; i++)
		if (j->steps[i].day > on && step_held(j->steps[i].bits) < j->item.required)
			return j->steps[i].day - 1;
	return DAY_NONE;
}

/* As it is answered, to 9 decimals: the order of a list must follow from what it shows. */
static double answered(double dependency)
{
	return (double)json_dec9_units(dependency) / 1e9;
}

static enum rc items_fill(struct chain *c, unsigned want, struct chain_list *l)
{
	struct scratch *s = c->w.s;
	struct judged j;
	size_t cap = 0;
	for (size_t i = 0; i < s->n_reach; i++) {
		chain_judge(c, s->reach[i], &j);
		if (!(want >> j.item.state & 1))
			continue;
		if (j.item.state == ST_EXPIRING)
			j.item.expires_on = expires_on(&j, c->w.q->on);
		j.item.dependency = answered(s->best[s->reach[i]]);
		if (l->n == cap) {
			cap = cap ? cap * 2 : 256;
			struct chain_item *p = realloc(l->items, cap * sizeof *p);
			if (!p)
				return RC_NOMEM;
			l->items = p;
		}
		l->items[l->n++] = j.item;
	}
	return RC_OK;
}

static int item_cmp(const void *pa, const void *pb)
{
	const struct chain_item *a = pa, *b = pb;
	if (a->tier != b->tier)
		return a->tier < b->tier ? -1 : 1;
	if (a->dependency != b->dependency)
		return a->dependency > b->dependency ? -1 : 1;
	return a->supplier < b->supplier ? -1 : a->supplier > b->supplier;
}

struct with_id {
	struct view id;
	struct chain_item item;
};

static int id_cmp(const void *pa, const void *pb)
{
	return view_cmp(((const struct with_id *)pa)->id, ((const struct with_id *)pb)->id);
}

/* Ties of tier and dependency stand in id order. */
static enum rc ties_by_id(struct txn *t, struct chain_item *items, size_t n)
{
	AUTO_FREE struct with_id *v = NULL;
	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && items[to].tier == items[from].tier &&
				    items[to].dependency == items[from].dependency;
		     to++)
			;
		if (to - from < 2)
			continue;
		struct with_id *p = realloc(v, (to - from) * sizeof *p);
		if (!p)
			return RC_NOMEM;
		v = p;
		for (size_t i = from; i < to; i++)
			v[i - from] = (struct with_id){ org_id(t, items[i].supplier), items[i] };
		qsort(v, to - from, sizeof *v, id_cmp);
		for (size_t i = from; i < to; i++)
			items[i] = v[i - from].item;
	}
	return RC_OK;
}

enum rc chain_list_compute(struct txn *t, struct scratch *s, const struct chain_query *q, unsigned want,
			   struct chain_list **out)
{
	struct chain c;
	struct chain_list *l = calloc(1, sizeof *l);
	if (!l)
		return RC_NOMEM;
	enum rc rc = chain_open(&c, t, s, q, true, false);
	l->q = *q;
	l->revision = graph_revision(t);
	if (rc == RC_OK)
		rc = items_fill(&c, want, l);
	if (rc == RC_OK && (c.steps.bad || c.w.out.bad))
		rc = RC_DAMAGED;
	if (rc == RC_OK && l->n > 1) {
		qsort(l->items, l->n, sizeof *l->items, item_cmp);
		rc = ties_by_id(t, l->items, l->n);
	}
	if (rc == RC_OK && !(l->paths = paths_keep(&c)))
		rc = RC_NOMEM;
	chain_done(&c);
	if (rc != RC_OK) {
		chain_list_free(l);
		return rc;
	}
	*out = l;
	return RC_OK;
}

/* ---- paths ---- */

/* best(layer, org) as of that layer; -1: not reached by then. */
static double best_at(const struct chain_list *l, uint32_t org, unsigned layer)
{
	const struct chain_paths *p = l->paths;
	if (org == l->q.procurer)
		return 1.0; /* walks do not pass through P again: it is only ever the beginning */
	const uint32_t *at = p->n ? bsearch(&org, p->org, p->n, sizeof *p->org, u32_cmp) : NULL;
	if (!at)
		return -1;
	for (uint32_t g = p->gain_of[at - p->org]; g; g = p->gains[g - 1].prev)
		if (p->gains[g - 1].layer <= layer)
			return p->gains[g - 1].value;
	return -1;
}

/* The layer at which org's best value was first reached, and that value. */
static unsigned best_layer(const struct chain_list *l, uint32_t org, double *out_value)
{
	const struct chain_paths *p = l->paths;
	const uint32_t *at = p->n ? bsearch(&org, p->org, p->n, sizeof *p->org, u32_cmp) : NULL;
	if (!at)
		return 0;
	const struct gain *g = &p->gains[p->gain_of[at - p->org] - 1];
	*out_value = g->value;
	return g->layer;
}

struct step_back {
	uint32_t org;
	unsigned attr;
};

/* The smallest-id predecessor X of org with best(layer - 1, X) * d(X -> org) = value. */
static bool predecessor(const struct chain_list *l, struct txn *t, uint32_t org, unsigned layer, double value,
			struct step_back *out)
{
	struct adj_reader in;
	struct adj_run run;
	struct view best_id = { 0 };
	uint32_t found = ORG_NONE;

	adj_reader_init(&in, t, ADJ_IN);
	for (bool ok = adj_first(&in, org, &run); ok; ok = adj_next(&in, &run)) {
		const struct adj_dates *d = run.d;
		for (uint32_t i = 0; i < run.n; i++) {
			const struct adj_ent e = run.e[i];
			if ((e.attr & ADJ_DATED) && !dates_active(d++, l->q.on))
				continue;
			/* only P begins a walk: with one link left it is P or nobody, with more never P */
			if ((e.peer == l->q.procurer) != (layer == 1))
				continue;
			double b = best_at(l, e.peer, layer - 1);
			if (b < 0 || b * (adj_dependency(e.attr) / 10000.0) != value)
				continue;
			if (e.peer != l->q.procurer &&
			    !link_visible(t, l->q.procurer, e.peer, org, e.attr, l->q.on, l->paths->any_grants))
				continue;
			struct view id = org_id(t, e.peer);
			if (found == ORG_NONE || view_cmp(id, best_id) < 0) {
				found = e.peer;
				best_id = id;
				*out = (struct step_back){ e.peer, adj_dependency(e.attr) };
			}
		}
	}
	adj_reader_done(&in);
	return found != ORG_NONE;
}

/* Traces back; links (may be NULL) gets each link's dependency. */
static size_t trace(const struct chain_list *l, struct txn *t, uint32_t supplier, uint32_t *out, unsigned *links)
{
	double value = 0;
	unsigned k = best_layer(l, supplier, &value);
	if (k == 0)
		return 0;
	size_t n = k + 1;
	uint32_t org = supplier;
	out[k] = org;
	for (; k > 0; k--) {
		struct step_back b;
		if (!predecessor(l, t, org, k, value, &b))
			return 0;
		if (links)
			links[k - 1] = b.attr;
		out[k - 1] = org = b.org;
		value = best_at(l, org, k - 1);
	}
	return n;
}

size_t chain_path(const struct chain_list *l, struct txn *t, uint32_t supplier, uint32_t *out)
{
	return trace(l, t, supplier, out, NULL);
}

enum rc dependency_compute(struct txn *t, struct scratch *s, const struct chain_query *q, uint32_t supplier,
			   struct dependency *out)
{
	struct chain_list *l;
	*out = (struct dependency){ 0 };
	enum rc rc = chain_list_compute(t, s, q, 0, &l);
	if (rc != RC_OK)
		return rc;
	if (best_layer(l, supplier, &out->dependency) == 0) {
		rc = RC_NOT_FOUND;
	} else {
		const uint32_t *at = bsearch(&supplier, l->paths->org, l->paths->n, sizeof(uint32_t), u32_cmp);
		out->tier = l->paths->tier[at - l->paths->org];
		out->n_path = trace(l, t, supplier, out->path, out->link_dependency);
		if (out->n_path == 0)
			rc = RC_INTERNAL;
	}
	chain_list_free(l);
	return rc;
}
