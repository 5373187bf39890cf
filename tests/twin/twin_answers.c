/* twin_answers.c - figures, lists and impact out of whole chains. */
#include "tests/twin/twin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define SHARE_ONE 1000000000000 /* 1e12: a share is a whole number of these */

__extension__ typedef __int128 wide;

int64_t twin_money(size_t n, const int64_t *spend, const double *share)
{
	wide sum = 0, yen;

	for (size_t i = 0; i < n; i++)
		sum += (wide)spend[i] * llroundl((long double)share[i] * SHARE_ONE);
	yen = sum / SHARE_ONE;
	if (sum % SHARE_ONE * 2 >= SHARE_ONE) /* nothing here is negative */
		yen++;
	return (int64_t)yen;
}

static bool in_gap(const struct twin_chain *c, int s)
{
	return c->tier[s] && c->item[s].state == ST_GAP;
}

/* m(A) of every organisation: walks of exactly k links from x to a gap, multiplied from the gap. */
static void shares(const struct twin_chain *c, double m[W_ORGS])
{
	double now[W_ORGS], next[W_ORGS];

	for (int o = 0; o < W_ORGS; o++) {
		now[o] = in_gap(c, o) ? 1 : -1;
		m[o] = in_gap(c, o) ? 1 : 0;
	}
	for (unsigned k = 1; k + 1 <= c->depth; k++) {
		for (int o = 0; o < W_ORGS; o++)
			next[o] = -1;
		for (unsigned i = 0; i < c->w->n_links; i++) {
			const struct w_link *l = &c->w->link[i];
			double after = now[l->supplier];
			double d = (double)twin_dependency(l) / 10000.0;

			if (c->usable[i] && l->procurer != c->p && after >= 0)
				next[l->procurer] = MAX(next[l->procurer], after * d);
		}
		memcpy(now, next, sizeof(now));
		for (int o = 0; o < W_ORGS; o++)
			if (!in_gap(c, o))
				m[o] = MAX(m[o], now[o]);
	}
}

static void add_own_links(const struct twin_chain *c, struct exposure *x)
{
	int64_t spend[W_LINKS];
	double share[W_LINKS], m[W_ORGS];
	size_t n = 0;

	shares(c, m);
	for (unsigned i = 0; i < c->w->n_links; i++) {
		const struct w_link *l = &c->w->link[i];
		struct clause_view cv;

		if (!l->there || l->procurer != c->p)
			continue;
		twin_clauses(c->w, l, c->on, &cv);
		for (int no = 0; no < CL__COUNT; no++) {
			x->clause_gaps += cv.state[no] == CS_GAP;
			x->clauses_undetermined += cv.state[no] == CS_UNDETERMINED;
		}
		if (!twin_active(l, c->on))
			continue;
		x->exceptions += twin_asked(c->w, l).exception;
		x->spend_unknown += l->spend < 0;
		if (l->spend < 0)
			continue;
		x->annual_spend += l->spend;
		spend[n] = l->spend;
		share[n++] = m[l->supplier];
	}
	x->spend_behind_gaps = twin_money(n, spend, share);
}

void twin_exposure(const struct twin_chain *c, struct exposure *out)
{
	memset(out, 0, sizeof(*out));
	out->depth = c->depth;
	out->on = c->on;
	out->horizon = c->horizon;
	for (unsigned s = 0; s < c->w->n_orgs; s++) {
		const struct chain_item *it = &c->item[s];
		struct tier_figures *row = &out->tiers[c->tier[s]];

		if (!c->tier[s])
			continue;
		out->suppliers++, row->suppliers++;
		out->states[it->state]++, row->states[it->state]++;
		row->held[it->held]++;
		row->unknown_below += c->unknown_below[s];
		out->at_risk += c->at_risk[s];
		if (it->state == ST_GAP) {
			out->gaps++, row->gaps++;
			out->gap_kinds[it->kind]++;
			out->gap_timing[it->timing]++;
		}
	}
	for (unsigned i = 0; i < c->w->n_links; i++)
		out->dependency_defaulted += c->asked[i] && c->w->link[i].dependency < 0;
	add_own_links(c, out);
}

/* ---- lists ---- */

static const struct world *sort_world;
static const struct twin_chain *sort_chain;

static const char *id_of(uint32_t num)
{
	for (unsigned o = 0; o < sort_world->n_orgs; o++)
		if (sort_world->org[o].there && sort_world->num[o] == num)
			return sort_world->org[o].id;
	return "";
}

static const char *shown_of(uint32_t num)
{
	for (unsigned o = 0; o < sort_chain->w->n_orgs; o++)
		if (sort_chain->w->org[o].there && sort_chain->w->num[o] == num)
			return sort_chain->shown[o];
	return "";
}

static int by_place(const void *pa, const void *pb)
{
	const struct chain_item *a = pa, *b = pb;

	if (a->tier != b->tier)
		return a->tier < b->tier ? -1 : 1;
	if (a->dependency != b->dependency)
		return a->dependency > b->dependency ? -1 : 1;
	return strcmp(shown_of(a->supplier), shown_of(b->supplier));
}

size_t twin_list(const struct twin_chain *c, unsigned want, struct chain_item *out)
{
	size_t n = 0;

	for (unsigned s = 0; s < c->w->n_orgs; s++)
		if (c->tier[s] && (want & (1u << c->item[s].state))) {
			out[n] = c->item[s];
			/* as it is answered: to nine decimals, and the order follows from that */
			out[n].dependency = (double)llroundl((long double)out[n].dependency * 1e9L) / 1e9;
			n++;
		}
	sort_chain = c;
	qsort(out, n, sizeof(out[0]), by_place);
	return n;
}

static int by_tier_id(const void *pa, const void *pb)
{
	const struct impact_item *a = pa, *b = pb;

	if (a->tier != b->tier)
		return a->tier < b->tier ? -1 : 1;
	return strcmp(id_of(a->procurer), id_of(b->procurer));
}

void twin_impact(const struct world *w, int s, unsigned depth, int32_t on, int held_level, const bool own[W_ORGS],
		 struct twin_impact *out)
{
	AUTO_FREE struct world *changed = malloc(sizeof(*changed));
	AUTO_FREE struct twin_chain *c = malloc(sizeof(*c));
	struct impact *im = &out->sums;

	memset(out, 0, sizeof(*out));
	im->items = out->items;
	im->held = (uint8_t)twin_level(w, s, on);
	if (!changed || !c)
		abort();
	memcpy(changed, w, sizeof(*changed));
	if (held_level >= 0) { /* a world in which S holds exactly that */
		for (unsigned i = 0; i < W_CERTS; i++)
			changed->org[s].cert[i].there = false;
		changed->org[s].parent = -1;
		if (held_level > 0)
			world_cert(changed, s, held_level > 2 ? "scs" : "security-action", held_level);
	}
	for (unsigned p = 0; p < w->n_orgs; p++) {
		struct impact_item *it = &out->items[im->n];

		if (!w->org[p].there || (int)p == s || (own && !own[p]))
			continue;
		twin_chain(changed, (int)p, depth, on, 0, c);
		if (!c->tier[s])
			continue;
		*it = (struct impact_item){ .procurer = w->num[p], .tier = c->item[s].tier,
					    .required = c->item[s].required, .gap = in_gap(c, s) };
		im->n++;
		im->procurers++, im->tier_procurers[it->tier]++;
		im->in_gap += it->gap, im->tier_in_gap[it->tier] += it->gap;
	}
	sort_world = w;
	qsort(out->items, im->n, sizeof(out->items[0]), by_tier_id);
}
