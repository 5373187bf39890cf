/* compare_many.c - the exposures of many procurers in one pass against those of each by itself. */
#include <stdlib.h>

#include "base/util.h"
#include "graph/many.h"
#include "tests/graph/compare.h"

static bool holds_grant(const struct world *w, int viewer)
{
	for (unsigned i = 0; i < w->n_links; i++)
		for (unsigned g = 0; w->link[i].there && g < w->link[i].n_grants; g++)
			if (w->link[i].grant[g].viewer == viewer)
				return true;
	return false;
}

static bool same_memo(const struct memo *a, const struct memo *b)
{
	bool ok = a->valid && b->valid && a->sum == b->sum && a->n_parts == b->n_parts && a->due == b->due &&
		  a->tiers_set == b->tiers_set && memcmp(a->tiers, b->tiers, sizeof(a->tiers)) == 0;

	for (size_t i = 0; ok && i < a->n_parts; i++) {
		const struct memo_part *x = &a->parts[i], *y = &b->parts[i];

		ok = x->supplier == y->supplier && x->due == y->due && x->level == y->level && x->gap == y->gap &&
		     x->spend == y->spend && x->m <= y->m && x->m >= y->m;
	}
	return ok;
}

static bool same_figures(const struct exposure *a, const struct exposure *b)
{
	AUTO(buf_done) struct buf x = BUF_INIT, y = BUF_INIT;

	exposure_encode(a, &x);
	exposure_encode(b, &y);
	return buf_ok(&x) && buf_ok(&y) && view_eq(buf_view(&x), buf_view(&y));
}

static int watch_cmp(const void *pa, const void *pb)
{
	uint32_t a = ((const struct watch *)pa)->org, b = ((const struct watch *)pb)->org;

	return a < b ? -1 : a > b;
}

bool compare_many(const struct world *w, struct txn *t, struct scratch *s, const struct question *q, FILE *out)
{
	static struct exposure many[MANY_MAX];
	struct memo memo[MANY_MAX] = { 0 }, one = { 0 }, *memos[MANY_MAX];
	struct watch watch[W_ORGS];
	struct many m = { 0 };
	uint64_t left;
	size_t n = 0;
	bool ok;

	for (int o = 0; o < (int)w->n_orgs && n < MANY_MAX; o++)
		if (w->org[o].there && !holds_grant(w, o))
			watch[n++] = (struct watch){ w->num[o], (uint8_t)q->depth };
	if (n == 0)
		return true;
	qsort(watch, n, sizeof(*watch), watch_cmp);
	for (size_t i = 0; i < n; i++)
		memos[i] = &memo[i];
	ok = exposures_compute(&m, t, &(struct many_query){ watch, n, q->on, q->horizon }, many, memos, &left) ==
		     RC_OK && left == 0;
	for (size_t i = 0; i < n && ok; i++) {
		struct chain_query one_q = { .procurer = watch[i].org, .depth = q->depth, .on = q->on,
					     .horizon = q->horizon, .caller = { .sees_all = true } };
		struct exposure x;

		ok = exposure_compute_memo(t, s, &one_q, &x, &one) == RC_OK && same_figures(&x, &many[i]) &&
		     same_memo(&one, &memo[i]);
		if (!ok)
			fprintf(out, "  many: figures of %u at depth %u on %d differ\n", watch[i].org, q->depth, q->on);
	}
	for (size_t i = 0; i < n; i++)
		memo_done(&memo[i]);
	memo_done(&one);
	many_done(&m);
	return ok;
}
