/* compare_pick.c - everybody in a chain as a list: what it says of each, filters, orders, pages and neighbours, against
 * the twin's chain taken link by link. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "graph/near.h"
#include "graph/pick.h"
#include "tests/graph/compare.h"
#include "tests/graph/world_ops.h"

#define EVERYBODY (CHAIN_WANT_ALL | CHAIN_WANT_BELOW)

static bool differs(FILE *out, const char *what, int org)
{
	fprintf(out, "  %s of %d differs\n", what, org);
	return false;
}

static int org_of(const struct world *w, uint32_t num)
{
	for (unsigned o = 0; o < w->n_orgs; o++)
		if (w->org[o].there && w->num[o] == num)
			return (int)o;
	return -1;
}

/* ---- what stands beside an item ---- */

static const struct twin_chain *sort_chain;

static int by_tier_shown(const void *pa, const void *pb)
{
	const struct w_link *a = *(const struct w_link *const *)pa, *b = *(const struct w_link *const *)pb;
	const struct twin_chain *c = sort_chain;

	if (c->tier[a->procurer] != c->tier[b->procurer])
		return c->tier[a->procurer] < c->tier[b->procurer] ? -1 : 1;
	return strcmp(c->shown[a->procurer], c->shown[b->procurer]);
}

static bool same_asked(const struct twin_chain *c, struct txn *t, const struct chain_list *l, int s, size_t max, FILE *out)
{
	const struct w_link *want[W_LINKS];
	struct near_asked got[W_ORGS];
	size_t n = 0, n_got;
	uint64_t total;

	for (unsigned i = 0; i < c->w->n_links; i++)
		if (c->asked[i] && c->w->link[i].supplier == s)
			want[n++] = &c->w->link[i];
	sort_chain = c;
	qsort(want, n, sizeof(want[0]), by_tier_shown);
	if (near_asked_of(l, t, c->w->num[s], max, got, &n_got, &total) != RC_OK || total != n || n_got != MIN(n, max))
		return differs(out, "number of asked", s);
	for (size_t i = 0; i < n_got; i++)
		if (got[i].procurer != c->w->num[want[i]->procurer] || got[i].tier != c->tier[want[i]->procurer] ||
		    got[i].level != twin_asked(c->w, want[i]).level)
			return differs(out, "asked", s);
	return true;
}

static bool same_beside(const struct twin_chain *c, struct txn *t, const struct chain_list *l, struct rng *r, FILE *out)
{
	bool ok = true;

	for (size_t k = 0; k < l->n; k++) {
		const struct chain_item *i = &l->items[k];
		int s = org_of(c->w, i->supplier);
		uint64_t n = 0;

		for (unsigned x = 0; x < c->w->n_links; x++)
			n += c->usable[x] && c->w->link[x].procurer == s;
		if (near_suppliers(l, t, i->supplier) != n)
			ok = differs(out, "number of suppliers", s);
		if (i->at_risk != c->at_risk[s] || i->unknown_below != c->unknown_below[s])
			ok = differs(out, "at risk or unknown below", s);
		ok = same_asked(c, t, l, s, rng_chance(r, 50) ? W_ORGS : 1 + rng_below(r, 4), out) && ok;
	}
	for (unsigned o = 0; o < c->w->n_orgs; o++)
		if (c->w->org[o].there && chain_tier(l, c->w->num[o]) != c->tier[o])
			ok = differs(out, "tier", (int)o);
	return ok;
}

/* ---- filters ---- */

static int pick_int(struct rng *r, int value, unsigned beyond)
{
	return rng_chance(r, 85) ? PICK_ANY : rng_chance(r, 70) ? value : (int)rng_below(r, beyond);
}

/* One that mostly fits the organisation s, in reach. */
static void filter_random(const struct twin_chain *c, int s, struct rng *r, struct pick_filter *f)
{
	const struct chain_item *i = &c->item[s];

	pick_filter_init(f);
	if (rng_chance(r, 20))
		f->states = 1u << i->state | rng_below(r, 1u << ST__COUNT);
	if (rng_chance(r, 10))
		f->timings = 1u << i->timing | rng_below(r, 1u << GT__COUNT);
	f->kind = pick_int(r, i->kind, GK__COUNT);
	f->tier = pick_int(r, i->tier, 6);
	f->required = pick_int(r, i->required, 6);
	f->held = pick_int(r, i->held, 6);
	f->at_risk = pick_int(r, c->at_risk[s], 2);
	f->unknown_below = pick_int(r, c->unknown_below[s], 2);
	if (rng_chance(r, 10))
		f->due_from = rng_chance(r, 50) && i->due != DAY_NONE ? i->due : world_day(c->w, r);
	if (rng_chance(r, 10))
		f->due_to = rng_chance(r, 50) && i->due != DAY_NONE ? i->due : world_day(c->w, r);
	if (rng_chance(r, 10))
		f->lapsed_since = world_day(c->w, r);
	if (rng_chance(r, 15))
		f->of = c->w->num[rng_chance(r, 40) ? c->p : s];
	if (rng_chance(r, 15))
		f->to = c->w->num[s];
	if (rng_chance(r, 10))
		f->q = view_str(world_name(&c->w->org[s]));
	else if (rng_chance(r, 10))
		f->q = view_str(c->w->org[s].id + rng_below(r, (unsigned)strlen(c->w->org[s].id)));
}

static void filter_link_random(const struct twin_chain *c, int s, struct rng *r, struct pick_filter *f)
{
	int at = world_link_find(c->w, c->p, s);
	const struct w_link *l = at >= 0 ? &c->w->link[at] : &c->w->link[0];

	f->by_department = rng_chance(r, 40);
	f->department = rng_chance(r, 70) ? view_str(l->department) : VIEW_LIT("");
	f->by_owner = rng_chance(r, 20);
	f->owner = rng_chance(r, 70) ? view_str(l->owner) : rng_chance(r, 50) ? VIEW_LIT("") : VIEW_LIT("somebody");
	f->relation = pick_int(r, l->relation, 2);
	f->criticality = pick_int(r, l->criticality, 3);
	f->confidential = pick_int(r, l->confidential < 0 ? FLAG_UNKNOWN : l->confidential, 3);
	f->continuity = pick_int(r, l->continuity < 0 ? FLAG_UNKNOWN : l->continuity, 3);
	f->system_access = pick_int(r, l->system_access < 0 ? FLAG_UNKNOWN : l->system_access, 3);
	f->exception = pick_int(r, twin_asked(c->w, l).exception, 2);
}

static bool flag_fits(int want, int value) { return want == PICK_ANY || (want == FLAG_UNKNOWN ? value < 0 : value == want); }

static bool link_fits(const struct twin_chain *c, int s, const struct pick_filter *f)
{
	int at = world_link_find(c->w, c->p, s);
	const struct w_link *l = &c->w->link[MAX(at, 0)];
	bool any = f->by_department || f->by_owner || f->relation >= 0 || f->criticality >= 0 || f->confidential >= 0 ||
		   f->continuity >= 0 || f->system_access >= 0 || f->exception >= 0;

	if (!any)
		return true;
	if (at < 0 || !c->usable[at])
		return false;
	if (f->by_department && !view_is(f->department, l->department))
		return false;
	if (f->by_owner && !view_is(f->owner, l->owner))
		return false;
	if ((f->relation >= 0 && l->relation != f->relation) || (f->criticality >= 0 && l->criticality != f->criticality))
		return false;
	return flag_fits(f->confidential, l->confidential) && flag_fits(f->continuity, l->continuity) &&
	       flag_fits(f->system_access, l->system_access) &&
	       (f->exception < 0 || twin_asked(c->w, l).exception == f->exception);
}

static bool linked(const struct twin_chain *c, int procurer, int supplier)
{
	int at = world_link_find(c->w, procurer, supplier);

	return at >= 0 && c->usable[at];
}

static void folded(struct view v, char out[128])
{
	AUTO(buf_done) struct buf b = BUF_INIT;

	if (!text_name_key(&b, v) || b.n >= 128)
		abort();
	memcpy(out, b.p ? b.p : "", b.n);
	out[b.n] = '\0';
}

static bool search_fits(const struct twin_chain *c, int s, struct view q)
{
	const struct w_org *o = &c->w->org[s];
	char needle[128], name[128], plain[128];

	if (!q.n)
		return true;
	folded(q, needle);
	folded(view_str(world_name(o)), name);
	snprintf(plain, sizeof(plain), "%.*s", (int)q.n, (const char *)q.p);
	return c->item[s].named && ((needle[0] && (strstr(name, needle) || strcasestr(o->id, needle) || strcasestr(o->alias, needle))) ||
				    strstr(name, plain) || strcasestr(o->id, plain) || strcasestr(o->alias, plain));
}

static bool fits(const struct twin_chain *c, int s, const struct pick_filter *f)
{
	const struct chain_item *i = &c->item[s];
	bool gap = i->state == ST_GAP, dated = gap && i->due != DAY_NONE;

	return c->tier[s] && (!f->states || (f->states >> i->state & 1)) && (!f->timings || (gap && (f->timings >> i->timing & 1))) &&
	       (f->kind < 0 || (gap && i->kind == f->kind)) && (f->tier < 0 || i->tier == f->tier) &&
	       (f->required < 0 || i->required == f->required) && (f->held < 0 || i->held == f->held) &&
	       (f->at_risk < 0 || c->at_risk[s] == f->at_risk) && (f->unknown_below < 0 || c->unknown_below[s] == f->unknown_below) &&
	       (f->due_from == DAY_NONE || (dated && i->due >= f->due_from)) && (f->due_to == DAY_NONE || (dated && i->due <= f->due_to)) &&
	       (f->lapsed_since == DAY_NONE || (gap && twin_level(c->w, s, f->lapsed_since) >= i->required)) &&
	       (f->of == ORG_NONE || linked(c, org_of(c->w, f->of), s)) && (f->to == ORG_NONE || linked(c, s, org_of(c->w, f->to))) &&
	       link_fits(c, s, f) && search_fits(c, s, f->q);
}

/* ---- orders ---- */

static struct pick_order sort_order;

static int number_cmp(int64_t a, int64_t b) { return a < b ? -1 : a > b; }

static int64_t nine(int s) { return (int64_t)(sort_chain->item[s].dependency * 1e9 + 0.5); }

/* "" and last: it has no name that counts, or none that is shown. */
static void name_of(int s, char out[128])
{
	const struct w_org *o = &sort_chain->w->org[s];

	out[0] = '\0';
	if (sort_chain->item[s].named && strcmp(world_name(o), o->id) != 0)
		folded(view_str(world_name(o)), out);
}

/* What comes first, and whether it is turned around; the others follow. */
static int first_cmp(int a, int b)
{
	const struct chain_item *x = &sort_chain->item[a], *y = &sort_chain->item[b];
	int turn = sort_order.desc ? -1 : 1;
	char n[128], m[128];

	switch (sort_order.sort) {
	case PICK_TIER:
		return turn * number_cmp(x->tier, y->tier);
	case PICK_DUE:
		if (x->due == DAY_NONE || y->due == DAY_NONE)
			return number_cmp(x->due == DAY_NONE, y->due == DAY_NONE);
		return turn * number_cmp(x->due, y->due);
	case PICK_DEPENDENCY:
		return turn * number_cmp(nine(a), nine(b));
	case PICK_NAME:
		name_of(a, n);
		name_of(b, m);
		return !n[0] || !m[0] ? number_cmp(!n[0], !m[0]) : turn * strcmp(n, m);
	case PICK_ID:
		return turn * strcmp(sort_chain->shown[a], sort_chain->shown[b]);
	case PICK__COUNT:
		break;
	}
	abort();
}

static int in_order(const void *pa, const void *pb)
{
	int a = *(const int *)pa, b = *(const int *)pb, c = first_cmp(a, b);
	bool behind = sort_order.sort == PICK_TIER || sort_order.sort == PICK_DUE || sort_order.sort == PICK_DEPENDENCY;

	if (!c && behind)
		c = number_cmp(sort_chain->item[a].tier, sort_chain->item[b].tier);
	if (!c && behind)
		c = number_cmp(nine(b), nine(a));
	return c ? c : strcmp(sort_chain->shown[a], sort_chain->shown[b]);
}

/* Page by page, each from behind the last one's key. */
static bool same_pages(const struct twin_chain *c, const struct pick *p, struct pick_order o, const int *want, size_t n, size_t max,
		       FILE *out)
{
	const struct chain_item *page[W_ORGS];
	size_t at = 0, n_page;
	bool more = true;

	while (more) {
		AUTO(buf_done) struct buf key = BUF_INIT;

		if (pick_page(p, &o, max, page, &n_page, &more) != RC_OK || n_page != MIN(max, n - at) || more != (at + n_page < n))
			return differs(out, "page", (int)at);
		for (size_t i = 0; i < n_page; i++, at++)
			if (page[i]->supplier != c->w->num[want[at]])
				return differs(out, "order", (int)at);
		if (more && pick_key(p, &o, page[n_page - 1], &key) != RC_OK)
			return differs(out, "key", (int)at);
		static char after[PICK_KEY_MAX];
		if (key.n > sizeof(after))
			return differs(out, "length of key", (int)at);
		if (more)
			memcpy(after, key.p, key.n);
		o.after = view_of(after, key.n);
	}
	return true;
}

static bool same_pick(const struct twin_chain *c, struct txn *t, const struct chain_list *l, const struct pick_filter *f,
		      struct rng *r, FILE *out)
{
	int want[W_ORGS];
	size_t n = 0;
	struct pick p;
	bool ok = pick_begin(&p, l, t, f) == RC_OK;

	for (unsigned s = 0; s < c->w->n_orgs; s++)
		if (fits(c, (int)s, f))
			want[n++] = (int)s;
	if (!ok || p.total != n)
		ok = differs(out, "number of those who pass", c->p);
	for (unsigned k = 0; ok && k < 3; k++) {
		sort_order = (struct pick_order){ .sort = (enum pick_sort)rng_below(r, PICK__COUNT), .desc = rng_chance(r, 50) };
		sort_chain = c;
		qsort(want, n, sizeof(want[0]), in_order);
		ok = same_pages(c, &p, sort_order, want, n, rng_chance(r, 40) ? W_ORGS : 1 + rng_below(r, 5), out);
		if (!ok)
			fprintf(out, "    (sort %d, desc %d)\n", (int)sort_order.sort, sort_order.desc);
	}
	pick_done(&p);
	return ok;
}

bool compare_pick(const struct twin_chain *c, struct txn *t, struct scratch *s, const struct chain_query *q, struct rng *r,
		  FILE *out)
{
	struct chain_list *l;
	struct pick_filter f;
	bool ok;

	if (chain_list_compute(t, s, q, EVERYBODY, &l) != RC_OK)
		return differs(out, "chain_list_compute", c->p);
	ok = same_beside(c, t, l, r, out);
	pick_filter_init(&f);
	ok = ok && same_pick(c, t, l, &f, r, out);
	for (unsigned k = 0; ok && k < 6 && l->n > 0; k++) {
		int some = org_of(c->w, l->items[rng_below(r, (unsigned)l->n)].supplier);

		filter_random(c, some, r, &f);
		if (rng_chance(r, 30))
			filter_link_random(c, some, r, &f);
		ok = same_pick(c, t, l, &f, r, out);
	}
	chain_list_free(l);
	return ok;
}
