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
#include "graph/radix.h"

struct chain_paths {
	struct layers layers;
	bool any_grants;
};

void chain_list_free(struct chain_list *l)
{
	if (!l)
		return;
	if (l->paths)
		layers_done(&l->paths->layers);
	veil_done(&l->veil);
	free(l->paths);
	free(l->items);
	free(l);
}

size_t chain_list_bytes(const struct chain_list *l)
{
	return sizeof *l + l->n * sizeof *l->items + sizeof *l->paths + layers_bytes(&l->paths->layers) +
	       veil_bytes(&l->veil);
}

/* ---- the list ---- */

/* Last day on which held >= required, for an item that is expiring. */
static int32_t expires_on(const struct step *st, uint32_t n, unsigned required, int32_t on)
{
	for (uint32_t i = 0; i < n; i++)
		if (st[i].day > on && step_held(st[i].bits) < required)
			return st[i].day - 1;
	return DAY_NONE;
}

/* As it is answered, to 9 decimals: the order of a list must follow from what it shows. */
static double answered(double dependency)
{
	return (double)json_dec9_units(dependency) / 1e9;
}

struct filling {
	struct chain c;
	unsigned want;
	struct chain_list *l;
	size_t cap;
	enum rc rc;
};

static void item_add(void *arg, uint32_t supplier)
{
	struct filling *f = arg;
	struct chain_list *l = f->l;
	struct standing_in st;
	uint32_t n;
	const struct step *steps = chain_steps(&f->c, supplier, &n, &st);
	const struct own_link *own = cell_tier(st.cell) == 1 ? own_find(&f->c, supplier) : NULL;
	struct chain_item i = chain_judge(&f->c, supplier, &st, own);
	i.named = walk_named(&f->c.w, f->c.w.s->cell[supplier]);
	if (!i.named && f->rc == RC_OK)
		f->rc = veil_hide(&l->veil, f->c.w.t, supplier); /* paths go through those that are not listed too */
	if (f->rc != RC_OK || !(f->want >> i.state & 1))
		return;
	if (i.state == ST_EXPIRING)
		i.expires_on = expires_on(steps, n, i.required, f->c.w.q->on);
	i.dependency = answered(f->c.w.s->best[supplier]);
	i.at_risk = step_at_risk(st.bits);
	i.unknown_below = (f->want & CHAIN_WANT_BELOW) && !step_attested(st.bits) && !chain_has_below(&f->c, supplier);
	if (l->n == f->cap) {
		size_t cap = f->cap ? f->cap + f->cap / 2 : 256;
		struct chain_item *p = realloc(l->items, cap * sizeof *p);
		if (!p) {
			f->rc = RC_NOMEM;
			return;
		}
		l->items = p;
		f->cap = cap;
	}
	l->items[l->n++] = i;
}

/* Ascending keys are tiers ascending and, within, dependency falling. */
static uint64_t item_key(const struct chain_item *i)
{
	return (uint64_t)i->tier << 32 | (1000000000u - (uint64_t)json_dec9_units(i->dependency));
}

/* Ties stay in number order: who reads the list puts them in id order, as far as it goes. */
static enum rc items_sort(struct chain_list *l)
{
	size_t n = MAX(l->n, (size_t)1);
	AUTO_FREE uint64_t *key = malloc(n * sizeof *key);
	AUTO_FREE uint32_t *at = malloc(n * sizeof *at);
	struct chain_item *sorted = malloc(n * sizeof *sorted);
	if (!key || !at || !sorted) {
		free(sorted);
		return RC_NOMEM;
	}
	for (size_t i = 0; i < l->n; i++) {
		key[i] = item_key(&l->items[i]);
		at[i] = (uint32_t)i;
	}
	radix_sort(key, at, l->n);
	for (size_t i = 0; i < l->n; i++)
		sorted[i] = l->items[at[i]];
	free(l->items);
	l->items = sorted;
	return RC_OK;
}

static enum rc list_fill(struct filling *f, struct chain_list *l)
{
	struct chain *c = &f->c;
	enum rc rc;
	if (!(l->paths = calloc(1, sizeof *l->paths)))
		return RC_NOMEM;
	l->paths->any_grants = c->w.any_grants;
	rc = layers_run(&c->w, &l->paths->layers);
	if (rc == RC_OK)
		rc = chain_each(c, item_add, f);
	if (rc == RC_OK)
		rc = f->rc;
	return rc == RC_OK ? items_sort(l) : rc;
}

enum rc chain_list_compute(struct txn *t, struct scratch *s, const struct chain_query *q, unsigned want,
			   struct chain_list **out)
{
	struct chain_list *l = calloc(1, sizeof *l);
	if (!l)
		return RC_NOMEM;
	struct filling f = { .want = want, .l = l };
	enum rc rc = chain_open(&f.c, t, s, q, false);
	l->q = *q;
	l->q.caller = (struct caller){ .sees_all = q->caller.sees_all }; /* the list lives longer than what is borrowed */
	l->veil.viewer = q->procurer;
	l->revision = graph_revision(t);
	if (rc == RC_OK)
		rc = list_fill(&f, l);
	chain_done(&f.c);
	if (rc != RC_OK) {
		chain_list_free(l);
		return rc;
	}
	*out = l;
	return RC_OK;
}

/* ---- going through it ---- */

/* The items from `from` on that have its key. */
static size_t ties_end(const struct chain_list *l, size_t from)
{
	uint64_t key = item_key(&l->items[from]);
	while (from < l->n && item_key(&l->items[from]) == key)
		from++;
	return from;
}

static void ties_begin(struct chain_iter *it, size_t from, struct view after)
{
	it->from = from;
	it->to = ties_end(it->list, from);
	struct id_set set = { .base = &it->list->items[from], .stride = sizeof(struct chain_item), .n = it->to - from,
			      .veil = &it->list->veil };
	it->rc = id_order_begin(&it->ties, it->t, &set, after);
}

void chain_iter_begin(struct chain_iter *it, const struct chain_list *l, struct txn *t)
{
	*it = (struct chain_iter){ .list = l, .t = t };
}

void chain_iter_seek(struct chain_iter *it, unsigned tier, double dependency, struct view after)
{
	struct chain_item at = { .tier = (uint8_t)tier, .dependency = dependency };
	uint64_t key = item_key(&at);
	size_t lo = 0, hi = it->list->n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (item_key(&it->list->items[mid]) < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	it->from = it->to = lo;
	if (lo < it->list->n && item_key(&it->list->items[lo]) == key)
		ties_begin(it, lo, after);
}

const struct chain_item *chain_iter_next(struct chain_iter *it)
{
	size_t at;
	while (it->rc == RC_OK) {
		if (it->from < it->to && id_order_next(&it->ties, &at))
			return &it->list->items[it->from + at];
		id_order_done(&it->ties);
		if (it->to == it->list->n)
			return NULL;
		ties_begin(it, it->to, (struct view){ 0 });
	}
	return NULL;
}

enum rc chain_iter_done(struct chain_iter *it)
{
	id_order_done(&it->ties);
	return it->rc != RC_OK ? it->rc : txn_rc(it->t);
}

/* ---- paths ---- */

static double best_at(const struct chain_list *l, uint32_t org, unsigned layer)
{
	if (org == l->q.procurer)
		return 1.0; /* walks do not pass through P again: it is only ever the beginning */
	return layers_best(&l->paths->layers, org, layer);
}

struct step_back {
	uint32_t org;
	unsigned attr;
};

/* The smallest-id predecessor X of org with best(layer - 1, X) * d(X -> org) = value. By the id as it is shown: a path
 * must not tell between which others a hidden id lies. */
static bool predecessor(const struct chain_list *l, struct txn *t, uint32_t org, unsigned layer, double value,
			struct step_back *out)
{
	struct adj_reader in;
	struct adj_run run;
	struct view best_id = { 0 };
	char room[2][PSEUDONYM_TEXT]; /* of the best one and the one that is looked at */
	unsigned spare = 0;
	uint32_t found = ORG_NONE;

	adj_reader_init(&in, t, ADJ_IN);
	for (bool ok = adj_first(&in, org, &run); ok; ok = adj_next(&in, &run)) {
		const struct adj_dates *dates = run.d;
		for (uint32_t i = 0; i < run.n; i++) {
			const struct adj_ent e = run.e[i];
			if ((e.attr & ADJ_DATED) && !dates_active(dates++, l->q.on))
				continue;
			/* only P begins a walk: with one link left it is P or nobody, with more never P */
			if ((e.peer == l->q.procurer) != (layer == 1))
				continue;
			double d = adj_dependency(e.attr) / 10000.0;
			if (d < value) /* no product is above any of its factors */
				continue;
			double b = best_at(l, e.peer, layer - 1);
			if (b < 0 || b * d != value)
				continue;
			if (e.peer != l->q.procurer &&
			    !link_visible(t, l->q.procurer, e.peer, org, e.attr, l->q.on, l->paths->any_grants))
				continue;
			struct view id = veil_id(&l->veil, t, e.peer, room[spare]);
			if (found == ORG_NONE || view_cmp(id, best_id) < 0) {
				found = e.peer;
				best_id = id;
				spare = !spare;
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
	unsigned tier, k;
	if (!layers_of(&l->paths->layers, supplier, &tier, &k))
		return 0;
	double value = best_at(l, supplier, k);
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

unsigned chain_tier(const struct chain_list *l, uint32_t org)
{
	unsigned first, last;
	return layers_of(&l->paths->layers, org, &first, &last) ? first : 0;
}

enum rc dependency_compute(struct txn *t, struct scratch *s, const struct chain_query *q, uint32_t supplier,
			   struct dependency *out)
{
	struct chain_list *l;
	*out = (struct dependency){ 0 };
	enum rc rc = chain_list_compute(t, s, q, 0, &l);
	if (rc != RC_OK)
		return rc;
	unsigned last;
	if (!layers_of(&l->paths->layers, supplier, &out->tier, &last)) {
		rc = RC_NOT_FOUND;
	} else {
		out->dependency = best_at(l, supplier, last);
		out->n_path = trace(l, t, supplier, out->path, out->link_dependency);
		if (out->n_path == 0)
			rc = RC_INTERNAL;
		for (size_t i = 0; i < out->n_path; i++)
			out->named[i] = !veil_hides(&l->veil, out->path[i]);
	}
	chain_list_free(l);
	return rc;
}
