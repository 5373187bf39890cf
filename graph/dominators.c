/*
 * dominators.c - single points of failure: the organisations of a chain that every way to some
 * other organisation passes through (domain.md, "single point of failure").
 *
 * The graph is P, its reach, and the visible active links from tiers up to N - 1; in it the dominator
 * tree of P is built by Semi-NCA (Georgiadis; a simplification of Lengauer and Tarjan), near linear. All walks
 * are loops over arrays: a chain may be hundreds of thousands of links deep.
 */
#include "base/util.h"
#include "graph/veil.h"
#include "graph/walk.h"

/* The graph in places: 0 is P, then reach in its order; after numbering, in preorder. */
struct flow {
	uint32_t n;
	uint32_t *first;  /* n + 1: where each place's suppliers begin in to */
	uint32_t *to;
	size_t n_to, cap_to;
	uint32_t *pre;    /* preorder number of a place */
	uint32_t *place;  /* place of a preorder number */
	uint32_t *parent; /* by preorder number, as all below */
	uint32_t *label, *semi, *idom, *anc, *stack;
	uint64_t *size;
};

static void flow_done(struct flow *f)
{
	free(f->first);
	free(f->to);
	free(f->pre);
	free(f->place);
	free(f->parent);
	free(f->label);
	free(f->semi);
	free(f->idom);
	free(f->anc);
	free(f->stack);
	free(f->size);
}

static bool flow_room(struct flow *f, uint32_t n)
{
	uint32_t **const all[] = { &f->pre, &f->place, &f->parent, &f->label, &f->semi, &f->idom, &f->anc, &f->stack };
	f->n = n;
	f->first = calloc((size_t)n + 1, sizeof *f->first);
	f->size = calloc(n, sizeof *f->size);
	bool ok = f->first && f->size;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		*all[i] = malloc(n * sizeof **all[i]);
		ok = ok && *all[i];
	}
	return ok;
}

static bool to_add(struct flow *f, uint32_t place)
{
	if (f->n_to == f->cap_to) {
		size_t cap = f->cap_to ? f->cap_to * 2 : 1024;
		uint32_t *p = realloc(f->to, cap * sizeof *p);
		if (!p)
			return false;
		f->to = p;
		f->cap_to = cap;
	}
	f->to[f->n_to++] = place;
	return true;
}

/* Links only from tiers 0..N-1: the last tier's own suppliers are not looked at. */
static enum rc flow_links(struct flow *f, struct walk *w)
{
	struct scratch *s = w->s;
	for (uint32_t i = 1; i < f->n; i++)
		s->index[s->reach[i - 1]] = i;
	for (uint32_t i = 0; i < f->n; i++) {
		uint32_t org = i ? s->reach[i - 1] : w->q->procurer;
		f->first[i] = (uint32_t)f->n_to;
		if (i && cell_tier(s->cell[org]) >= w->q->depth)
			continue;
		WALK_LINKS(w, org, e, {
			if (!to_add(f, s->index[e.peer]))
				return RC_NOMEM;
		});
	}
	f->first[f->n] = (uint32_t)f->n_to;
	return w->out.bad ? RC_DAMAGED : RC_OK;
}

/* Depth first from P. Everybody is reached: each tier hangs on the one before. */
static void flow_number(struct flow *f)
{
	uint32_t *next = f->label; /* not needed yet: the next link of each place to look at */
	uint32_t depth = 0, n = 0;
	for (uint32_t i = 0; i < f->n; i++) {
		f->pre[i] = UINT32_MAX;
		next[i] = f->first[i];
	}
	f->pre[0] = n;
	f->place[n++] = 0;
	f->parent[0] = 0;
	f->stack[depth++] = 0;
	while (depth) {
		uint32_t at = f->stack[depth - 1];
		if (next[at] == f->first[at + 1]) {
			depth--;
			continue;
		}
		uint32_t to = f->to[next[at]++];
		if (f->pre[to] != UINT32_MAX)
			continue;
		f->pre[to] = n;
		f->parent[n] = f->pre[at];
		f->place[n++] = to;
		f->stack[depth++] = to;
	}
}

/* The links turned round, in preorder numbers: first and to are replaced. */
static bool flow_reverse(struct flow *f)
{
	uint32_t *first = calloc((size_t)f->n + 1, sizeof *first);
	uint32_t *from = malloc(MAX(f->n_to, (size_t)1) * sizeof *from);
	if (!first || !from) {
		free(first);
		free(from);
		return false;
	}
	for (size_t i = 0; i < f->n_to; i++)
		first[f->pre[f->to[i]] + 1]++;
	for (uint32_t i = 0; i < f->n; i++)
		first[i + 1] += first[i];
	memcpy(f->stack, first, f->n * sizeof *first);
	for (uint32_t i = 0; i < f->n; i++)
		for (uint32_t k = f->first[i]; k < f->first[i + 1]; k++)
			from[f->stack[f->pre[f->to[k]]]++] = f->pre[i];
	free(f->first);
	free(f->to);
	f->first = first;
	f->to = from;
	return true;
}

/* The label with the smallest semidominator on the way from v up to what is linked, compressing it. */
static uint32_t flow_eval(struct flow *f, uint32_t v, uint32_t last_linked)
{
	uint32_t depth = 0;
	if (f->anc[v] < last_linked)
		return f->label[v];
	for (uint32_t u = v; f->anc[u] >= last_linked; u = f->anc[u])
		f->stack[depth++] = u;
	uint32_t top = f->stack[depth - 1], root = f->anc[top], best = f->label[root];
	uint32_t above = f->anc[root];
	while (depth) {
		uint32_t u = f->stack[--depth];
		if (f->semi[best] < f->semi[f->label[u]])
			f->label[u] = best;
		else
			best = f->label[u];
		f->anc[u] = above;
	}
	return f->label[v];
}

static void flow_dominate(struct flow *f)
{
	for (uint32_t i = 0; i < f->n; i++) {
		f->label[i] = f->semi[i] = i;
		f->anc[i] = f->idom[i] = f->parent[i];
	}
	for (uint32_t i = f->n; i-- > 1;) {
		f->semi[i] = f->parent[i];
		for (uint32_t k = f->first[i]; k < f->first[i + 1]; k++) {
			uint32_t u = f->semi[flow_eval(f, f->to[k], i + 1)];
			if (u < f->semi[i])
				f->semi[i] = u;
		}
	}
	for (uint32_t i = 1; i < f->n; i++) {
		while (f->idom[i] > f->semi[i])
			f->idom[i] = f->idom[f->idom[i]];
	}
}

/* ---- results ---- */

struct with_id {
	struct view id;            /* of those named */
	char hidden[PSEUDONYM_TEXT]; /* what the others show */
	struct chokepoint c;
};

static struct view shown(const struct with_id *x)
{
	return x->c.named ? x->id : view_of(x->hidden, PSEUDONYM_TEXT - 1);
}

static int choke_cmp(const void *pa, const void *pb)
{
	const struct with_id *a = pa, *b = pb;
	if (a->c.behind != b->c.behind)
		return a->c.behind > b->c.behind ? -1 : 1;
	return view_cmp(shown(a), shown(b));
}

static enum rc ids_of(const struct flow *f, const struct walk *w, struct with_id *v)
{
	AUTO(veil_done) struct veil veil = { .viewer = w->q->procurer };
	enum rc rc = RC_OK;
	for (uint32_t i = 1; i < f->n && rc == RC_OK; i++) {
		if (f->size[i] < 2)
			continue;
		uint32_t org = w->s->reach[f->place[i] - 1], cell = w->s->cell[org];
		v->c = (struct chokepoint){ org, (uint8_t)cell_tier(cell), walk_named(w, cell), f->size[i] - 1 };
		if (!v->c.named)
			rc = veil_hide(&veil, w->t, org);
		if (rc == RC_OK)
			v->id = veil_id(&veil, w->t, org, v->hidden);
		v++;
	}
	return rc;
}

static enum rc flow_collect(struct flow *f, const struct walk *w, struct chokepoint **out, size_t *out_n)
{
	size_t n = 0;
	for (uint32_t i = f->n; i-- > 1;)
		f->size[f->idom[i]] += ++f->size[i];
	for (uint32_t i = 1; i < f->n; i++)
		n += f->size[i] > 1;
	AUTO_FREE struct with_id *v = malloc(MAX(n, (size_t)1) * sizeof *v);
	struct chokepoint *c = malloc(MAX(n, (size_t)1) * sizeof *c);
	if (!v || !c) {
		free(c);
		return RC_NOMEM;
	}
	enum rc rc = ids_of(f, w, v);
	if (rc != RC_OK) {
		free(c);
		return rc;
	}
	if (n > 1)
		qsort(v, n, sizeof *v, choke_cmp);
	for (size_t i = 0; i < n; i++)
		c[i] = v[i].c;
	*out = c;
	*out_n = n;
	return RC_OK;
}

enum rc chokepoints_compute(struct txn *t, struct scratch *s, const struct chain_query *q, struct chokepoint **out,
			    size_t *out_n)
{
	struct walk w;
	struct flow f = { 0 };
	enum rc rc = walk_run(&w, t, s, q, false);
	if (rc == RC_OK && !scratch_index(s))
		rc = RC_NOMEM;
	if (rc == RC_OK && !flow_room(&f, (uint32_t)s->n_reach + 1))
		rc = RC_NOMEM;
	if (rc == RC_OK)
		rc = flow_links(&f, &w);
	if (rc == RC_OK) {
		flow_number(&f);
		rc = flow_reverse(&f) ? RC_OK : RC_NOMEM;
	}
	if (rc == RC_OK) {
		flow_dominate(&f);
		rc = flow_collect(&f, &w, out, out_n);
	}
	flow_done(&f);
	walk_done(&w);
	return rc != RC_OK ? rc : txn_rc(t);
}
