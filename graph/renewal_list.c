/* renewal_list.c - renewals as a list, of which pages are read: what shares a day and a kind lies together, and ids are read
 * only of those that a page shows. */
#include "base/util.h"
#include "graph/radix.h"
#include "graph/renewals.h"

static unsigned sub_of(const struct renewal *r)
{
	return r->kind < RN_CLAUSE_REVIEW ? r->kind : r->kind > RN_CLAUSE_REVIEW ? r->kind + CL__COUNT - 1u :
									      RN_CLAUSE_REVIEW + (unsigned)r->no;
}

size_t renewal_place(const struct renewal_list *l, const struct renewal *r)
{
	return (size_t)(r->day - l->from) * RENEWAL_SUBS + sub_of(r);
}

struct filling {
	struct renewal_list *l;
	struct txn *t;
	size_t cap;
	unsigned kinds;
	enum rc rc;
};

static void add(void *arg, const struct renewal *r)
{
	struct filling *f = arg;
	void *p = f->l->items;
	if (f->rc != RC_OK || !(f->kinds >> r->kind & 1))
		return;
	if (!r->named)
		f->rc = veil_hide(&f->l->veil, f->t, r->supplier);
	if (f->rc == RC_OK && !list_grow(&p, &f->cap, f->l->n, sizeof *f->l->items))
		f->rc = RC_NOMEM;
	f->l->items = p;
	if (f->rc == RC_OK)
		f->l->items[f->l->n++] = *r;
}

static int number_cmp(const void *a, const void *b)
{
	const struct renewal *x = a, *y = b;
	return x->supplier < y->supplier ? -1 : x->supplier > y->supplier;
}

static void in_number_order(struct renewal *items, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (items[i].supplier < items[i - 1].supplier) {
			qsort(items, n, sizeof *items, number_cmp);
			return;
		}
}

/* Each to its place, counted first. */
static enum rc place_all(struct renewal_list *l)
{
	struct renewal *to = malloc(MAX(l->n, (size_t)1) * sizeof *to);
	l->n_places = (size_t)(l->to - l->from + 1) * RENEWAL_SUBS;
	l->first = calloc(l->n_places + 2, sizeof *l->first);
	if (!to || !l->first || l->n > UINT32_MAX) {
		free(to);
		return RC_NOMEM;
	}
	for (size_t i = 0; i < l->n; i++)
		l->first[renewal_place(l, &l->items[i]) + 2]++;
	for (size_t k = 2; k < l->n_places + 2; k++)
		l->first[k] += l->first[k - 1];
	for (size_t i = 0; i < l->n; i++) /* moves each beginning to where the next one is */
		to[l->first[renewal_place(l, &l->items[i]) + 1]++] = l->items[i];
	for (size_t k = 0; k < l->n_places; k++)
		in_number_order(to + l->first[k], l->first[k + 1] - l->first[k]);
	free(l->items);
	l->items = to;
	return RC_OK;
}

enum rc renewal_list_compute(struct txn *t, struct scratch *s, const struct renewals_query *q, unsigned kinds,
			     struct renewal_list *out)
{
	struct filling f = { .l = out, .t = t, .kinds = kinds };
	*out = (struct renewal_list){ .from = q->from, .to = q->to, .veil = { .viewer = q->q.procurer } };
	if (q->from > q->to || renewal_months_of(q->from, q->to) > RENEWAL_MONTHS_MAX)
		return RC_OUT_OF_RANGE;
	enum rc rc = renewals_each(t, s, q, add, &f, &out->suppliers);
	if (rc == RC_OK)
		rc = f.rc;
	return rc == RC_OK ? place_all(out) : rc;
}

void renewal_list_done(struct renewal_list *l)
{
	veil_done(&l->veil);
	free(l->items);
	free(l->first);
	*l = (struct renewal_list){ 0 };
}

/* ---- going through it ---- */

/* Of the procurer's own links, who are never hidden: one of an ended link may stand in reach by others too, without a name. */
static bool of_own_links(size_t place)
{
	size_t sub = place % RENEWAL_SUBS;
	return sub >= RN_CONTRACT_END && sub < RENEWAL_SUBS - 1;
}

static void open_place(struct renewal_iter *it, struct view after)
{
	const struct renewal_list *l = it->list;
	size_t from = l->first[it->place];
	struct id_set set = { l->items + from, sizeof *l->items, l->first[it->place + 1] - from,
			      of_own_links(it->place) ? NULL : &l->veil, false };
	it->open = true;
	it->rc = id_order_begin(&it->order, it->t, &set, after);
}

void renewal_iter_begin(struct renewal_iter *it, const struct renewal_list *l, struct txn *t, size_t place,
			struct view after)
{
	*it = (struct renewal_iter){ .list = l, .t = t, .place = place };
	if (place < l->n_places && after.p)
		open_place(it, after);
}

const struct renewal *renewal_iter_next(struct renewal_iter *it)
{
	const struct renewal_list *l = it->list;
	size_t at;
	for (; it->rc == RC_OK && it->place < l->n_places; it->place++) {
		if (!it->open && l->first[it->place] == l->first[it->place + 1])
			continue;
		if (!it->open)
			open_place(it, view_of(NULL, 0));
		if (it->rc == RC_OK && id_order_next(&it->order, &at))
			return &l->items[l->first[it->place] + at];
		id_order_done(&it->order);
		it->open = false;
		if (it->rc == RC_OK)
			it->rc = txn_rc(it->t);
	}
	return NULL;
}

enum rc renewal_iter_done(struct renewal_iter *it)
{
	if (it->open)
		id_order_done(&it->order);
	it->open = false;
	return it->rc != RC_OK ? it->rc : txn_rc(it->t);
}
