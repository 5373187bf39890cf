/* twin_chain.c - the chain of a procurer: reach, what is asked, gaps, states, dependency. */
#include "tests/twin/twin.h"

#include <string.h>

#include "base/util.h"

static void find_usable(struct twin_chain *c)
{
	for (unsigned i = 0; i < c->w->n_links; i++) {
		const struct w_link *l = &c->w->link[i];

		c->usable[i] = twin_active(l, c->on) && twin_visible(l, c->p, c->on) &&
			       l->supplier != c->p;
	}
}

/* Is the link's procurer P itself, or in reach at the tier given or nearer? */
static bool from_within(const struct twin_chain *c, const struct w_link *l, unsigned tier)
{
	return l->procurer == c->p || (c->tier[l->procurer] && c->tier[l->procurer] <= tier);
}

static void find_reach(struct twin_chain *c)
{
	for (unsigned tier = 1; tier <= c->depth; tier++)
		for (unsigned i = 0; i < c->w->n_links; i++) {
			const struct w_link *l = &c->w->link[i];

			if (c->usable[i] && from_within(c, l, tier - 1) && !c->tier[l->supplier])
				c->tier[l->supplier] = tier;
		}
	for (unsigned i = 0; i < c->w->n_links; i++)
		c->asked[i] = c->usable[i] && from_within(c, &c->w->link[i], c->depth - 1);
}

static void find_best(struct twin_chain *c)
{
	for (unsigned k = 0; k <= TIER_MAX; k++)
		for (unsigned o = 0; o < W_ORGS; o++)
			c->best[k][o] = -1;
	c->best[0][c->p] = 1;
	for (unsigned k = 1; k <= c->depth; k++)
		for (unsigned i = 0; i < c->w->n_links; i++) {
			const struct w_link *l = &c->w->link[i];
			double before = c->best[k - 1][l->procurer];
			double d = (double)twin_dependency(l) / 10000.0;

			if (c->usable[i] && before >= 0 && before * d > c->best[k][l->supplier])
				c->best[k][l->supplier] = before * d;
		}
}

static double dependency_of(const struct twin_chain *c, int s)
{
	double max = -1;

	for (unsigned k = 1; k <= c->depth; k++)
		max = MAX(max, c->best[k][s]);
	return max;
}

size_t twin_path(const struct twin_chain *c, int s, int *out)
{
	double d = dependency_of(c, s);
	unsigned k = 1;
	int at = s;

	if (!c->tier[s])
		return 0;
	while (c->best[k][s] != d)
		k++;
	for (unsigned step = k; step > 0; step--) {
		int from = -1;

		for (unsigned i = 0; i < c->w->n_links; i++) {
			const struct w_link *l = &c->w->link[i];
			double before = c->best[step - 1][l->procurer];

			if (!c->usable[i] || l->supplier != at || before < 0 ||
			    before * ((double)twin_dependency(l) / 10000.0) != c->best[step][at])
				continue;
			if (from < 0 || strcmp(c->shown[l->procurer], c->shown[from]) < 0)
				from = l->procurer;
		}
		out[step] = at;
		at = from;
	}
	out[0] = at;
	return k + 1;
}

static double walk_on(const struct twin_chain *c, int at, int s, unsigned left, double product)
{
	double max = at == s ? product : -1;

	for (unsigned i = 0; left > 0 && i < c->w->n_links; i++) {
		const struct w_link *l = &c->w->link[i];

		if (c->usable[i] && l->procurer == at)
			max = MAX(max, walk_on(c, l->supplier, s, left - 1,
					       product * ((double)twin_dependency(l) / 10000.0)));
	}
	return max;
}

double twin_dependency_by_walks(const struct twin_chain *c, int s)
{
	return walk_on(c, c->p, s, c->depth, 1.0);
}

/* ---- one supplier ---- */

/* What the links asked of S say together. */
struct asked_of {
	int level;
	bool misfit;     /* scope_fit no on a link that asks for something */
	bool undecided;
	bool unexamined; /* scope_fit partly or unknown */
};

static struct asked_of asked_of(const struct twin_chain *c, int s)
{
	struct asked_of a = { 0 };

	for (unsigned i = 0; i < c->w->n_links; i++) {
		const struct w_link *l = &c->w->link[i];
		struct twin_asked ask;

		if (!c->asked[i] || l->supplier != s)
			continue;
		ask = twin_asked(c->w, l);
		a.level = MAX(a.level, ask.level);
		a.misfit = a.misfit || (ask.level > 0 && l->scope_fit == FIT_NO);
		a.undecided = a.undecided || ask.undecided;
		a.unexamined = a.unexamined || l->scope_fit == FIT_PARTLY ||
			       l->scope_fit == FIT_UNKNOWN;
	}
	return a;
}

static int32_t earliest(int32_t a, int32_t b)
{
	if (a == DAY_NONE || b == DAY_NONE)
		return a == DAY_NONE ? b : a;
	return MIN(a, b);
}

/* P's own link to S, active on D. */
static const struct w_link *own_link(const struct twin_chain *c, int s)
{
	int i = world_link_find(c->w, c->p, s);

	return i >= 0 && c->usable[i] ? &c->w->link[i] : NULL;
}

static int32_t due_date(const struct twin_chain *c, int s, int required)
{
	const struct w_targets *t = &c->w->org[c->p].targets;
	const struct w_link *own = own_link(c, s);
	int32_t due = DAY_NONE;

	if (own) {
		struct twin_asked ask = twin_asked(c->w, own);

		if (ask.level == required) {
			due = own->due;
			if (due == DAY_NONE)
				due = ask.rules_due;
			if (due == DAY_NONE && t->there)
				due = t->due;
		}
	}
	if (t->there && t->tiers[c->tier[s]] == required)
		due = earliest(due, t->due);
	return due;
}

static void fill_gap(const struct twin_chain *c, int s, const struct held *h, struct chain_item *it)
{
	if (it->held >= it->required)
		it->kind = GK_OUT_OF_SCOPE;
	else if (h->ever == 0)
		it->kind = GK_NEVER;
	else
		it->kind = h->ever >= it->required ? GK_LAPSED : GK_BELOW;
	it->due = due_date(c, s, it->required);
	if (it->due == DAY_NONE)
		it->timing = GT_UNDATED;
	else
		it->timing = it->due < c->on ? GT_OVERDUE : GT_DUE;
}

/* Last day of the unbroken run from D on which S holds what is required. */
static int32_t last_day(const struct twin_chain *c, int s, int required)
{
	int32_t day = c->on;

	while (twin_level(c->w, s, day + 1) >= required)
		day++;
	return day;
}

static void fill_item(struct twin_chain *c, int s)
{
	struct chain_item *it = &c->item[s];
	struct held h = twin_held(c->w, s, c->on);
	struct asked_of a = asked_of(c, s);
	const struct w_targets *t = &c->w->org[c->p].targets;
	const struct w_link *own = own_link(c, s);
	int required = a.level;

	if (t->there)
		required = MAX(required, t->tiers[c->tier[s]]);
	*it = (struct chain_item){ .supplier = c->w->num[s], .tier = (uint8_t)c->tier[s],
				   .required = (uint8_t)required, .held = h.level, .due = DAY_NONE,
				   .planned_on = own ? own->planned_on : DAY_NONE,
				   .expires_on = DAY_NONE, .named = true, .dependency = dependency_of(c, s) };
	if (h.level < required || a.misfit) {
		it->state = ST_GAP;
		fill_gap(c, s, &h, it);
	} else if (a.undecided) {
		it->state = ST_UNDECIDED;
	} else if ((required > 0 && h.confirmed < required) || a.unexamined) {
		it->state = ST_UNCONFIRMED;
	} else if (twin_level(c->w, s, c->on + c->horizon) < required) {
		it->state = ST_EXPIRING;
		it->expires_on = last_day(c, s, required);
	} else {
		it->state = required > 0 ? ST_MET : ST_NOT_ASKED;
	}
	c->at_risk[s] = h.at_risk;
	c->unknown_below[s] = !h.attested;
	for (unsigned i = 0; i < c->w->n_links; i++)
		if (c->w->link[i].procurer == s && twin_active(&c->w->link[i], c->on) &&
		    twin_visible(&c->w->link[i], c->p, c->on))
			c->unknown_below[s] = false;
}

static void find_named(struct twin_chain *c)
{
	c->named[c->p] = true;
	for (unsigned i = 0; i < c->w->n_links; i++)
		if (c->asked[i] && twin_names(&c->w->link[i], c->p, c->on))
			c->named[c->w->link[i].supplier] = true;
}

void twin_hide(struct twin_chain *c, const uint8_t secret[32])
{
	for (unsigned s = 0; s < c->w->n_orgs; s++) {
		if (!c->tier[s] || c->named[s])
			continue;
		pseudonym_make(secret, c->w->num[c->p], c->w->num[s], c->pseudonym[s]);
		c->shown[s] = c->pseudonym[s];
		c->item[s].named = false;
	}
}

void twin_chain(const struct world *w, int p, unsigned depth, int32_t on, int32_t horizon,
		struct twin_chain *out)
{
	memset(out, 0, sizeof(*out));
	out->w = w;
	out->p = p;
	out->depth = depth;
	out->on = on;
	out->horizon = horizon;
	find_usable(out);
	find_reach(out);
	find_best(out);
	find_named(out);
	for (unsigned s = 0; s < w->n_orgs; s++)
		out->shown[s] = w->org[s].id;
	for (unsigned s = 0; s < w->n_orgs; s++)
		if (out->tier[s])
			fill_item(out, (int)s);
}
