/*
 * dependency.c - best(k, X): the highest product of dependency over walks of at most k links from the procurer
 * to X (domain.md, `dependency`), layer by layer: only organisations whose best value rose in one layer
 * can raise others in the next. The rises are kept, and explain a path later (list.c).
 */
#include "base/util.h"
#include "graph/radix.h"
#include "graph/walk.h"

static bool rise_add(void *arg, uint32_t org, double value)
{
	struct rises *r = arg;
	if (r->n == r->cap) {
		size_t cap = r->cap + r->cap / 2 + 256;
		uint32_t *o = realloc(r->org, cap * sizeof *o);
		if (o)
			r->org = o;
		double *v = realloc(r->value, cap * sizeof *v);
		if (v)
			r->value = v;
		if (!o || !v)
			return false;
		r->cap = cap;
	}
	r->org[r->n] = org;
	r->value[r->n++] = value;
	return true;
}

/* What one organisation, with its value as of the layer before, gives to its suppliers. */
static void give(struct walk *w, uint32_t org, double value, size_t *n_next)
{
	struct scratch *s = w->s;
	WALK_LINKS(w, org, e, {
		if (e.peer >= s->n)
			continue;
		double v = value * (adj_dependency(e.attr) / 10000.0);
		if (v <= s->best[e.peer])
			continue;
		s->best[e.peer] = v;
		if (bit_has(s->bits, e.peer))
			continue;
		bit_set(s->bits, e.peer);
		if (!scratch_list(s, *n_next + 1)) {
			w->rc = RC_NOMEM;
			return;
		}
		s->list[(*n_next)++] = e.peer;
	});
}

static void layer_top_down(struct walk *w, const struct rises *front, struct rises *out)
{
	struct scratch *s = w->s;
	size_t n = 0;
	for (size_t i = 0; i < front->n && w->rc == RC_OK; i++)
		give(w, front->org[i], front->value[i], &n);
	if (w->rc != RC_OK) {
		scratch_bits_clear(s);
		return;
	}
	if (n > 0)
		scratch_order(s, s->list, n);
	for (size_t i = 0; i < n && w->rc == RC_OK; i++)
		if (!rise_add(out, s->list[i], s->best[s->list[i]]))
			w->rc = RC_NOMEM;
}

static void layer_sweep(struct walk *w, const struct rises *front, struct rises *out)
{
	struct scratch *s = w->s;
	for (size_t i = 0; i < front->n; i++)
		bit_set(s->bits, front->org[i]);
	w->rc = sweep_products(w, rise_add, out);
	scratch_bits_clear(s);
	for (size_t i = 0; i < out->n; i++)
		s->best[out->org[i]] = out->value[i];
}

/* Nobody has a value yet. */
static void best_clear(struct walk *w)
{
	struct scratch *s = w->s;
	for (size_t i = 0; !w->swept && i < s->n_reach; i++)
		s->best[s->reach[i]] = -1;
	for (uint32_t i = 0; w->swept && i < s->n; i++)
		s->best[i] = -1;
}

/* They may be kept for long. */
static void rises_trim(struct layers *l)
{
	for (unsigned k = 1; k <= l->depth; k++) {
		struct rises *r = &l->of[k];
		uint32_t *o = r->n ? realloc(r->org, r->n * sizeof *o) : NULL;
		if (o)
			r->org = o;
		double *v = r->n ? realloc(r->value, r->n * sizeof *v) : NULL;
		if (v)
			r->value = v;
		if (o && v)
			r->cap = r->n;
	}
}

enum rc layers_run(struct walk *w, struct layers *out)
{
	uint32_t procurer = w->q->procurer;
	double whole = 1.0;
	struct rises self = { &procurer, &whole, 1, 1 };
	*out = (struct layers){ .depth = w->q->depth };
	if (!scratch_best(w->s))
		return RC_NOMEM;
	best_clear(w);
	layer_top_down(w, &self, &out->of[1]);
	for (unsigned k = 2; k <= out->depth && w->rc == RC_OK; k++) {
		const struct rises *front = &out->of[k - 1];
		if (w->swept && scratch_sweeps(w->s, w->t, front->n, true))
			layer_sweep(w, front, &out->of[k]);
		else
			layer_top_down(w, front, &out->of[k]);
	}
	rises_trim(out);
	if (w->rc == RC_OK && w->out.bad)
		w->rc = RC_DAMAGED;
	return w->rc != RC_OK ? w->rc : txn_rc(w->t);
}

void layers_done(struct layers *l)
{
	for (unsigned k = 1; k <= l->depth; k++) {
		free(l->of[k].org);
		free(l->of[k].value);
	}
	*l = (struct layers){ 0 };
}

size_t layers_bytes(const struct layers *l)
{
	size_t n = 0;
	for (unsigned k = 1; k <= l->depth; k++)
		n += l->of[k].cap * (sizeof *l->of[k].org + sizeof *l->of[k].value);
	return n;
}

static const double *value_of(const struct rises *r, uint32_t org)
{
	const uint32_t *at = r->org;
	for (size_t n = r->n; n > 1;) { /* the last one that is not greater is among n from at on */
		size_t half = n / 2;
		at = at[half] <= org ? at + half : at;
		n -= half;
	}
	return r->n && *at == org ? &r->value[at - r->org] : NULL;
}

double layers_best(const struct layers *l, uint32_t org, unsigned k)
{
	for (; k > 0; k--) {
		const double *v = value_of(&l->of[k], org);
		if (v)
			return *v;
	}
	return -1;
}

bool layers_of(const struct layers *l, uint32_t org, unsigned *out_first, unsigned *out_last)
{
	unsigned first = 0, last = 0;
	for (unsigned k = 1; k <= l->depth; k++) {
		if (!value_of(&l->of[k], org))
			continue;
		first = first ? first : k;
		last = k;
	}
	*out_first = first;
	*out_last = last;
	return first > 0;
}
