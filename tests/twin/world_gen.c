/*
 * world_gen.c - random worlds and random changes of them.
 *
 * Days cluster around a small pool, so that first and last days, and the days beside them, meet
 * each other and the days that are asked about. Shapes are chosen to hit cycles, diamonds, links
 * back to the procurer, long chains and units.
 */
#include "tests/twin/world.h"

#include <stdlib.h>
#include <string.h>

#include "base/orgid.h"

int32_t world_day(const struct world *w, struct rng *r)
{
	return w->pool[rng_below(r, w->n_pool)] + (int32_t)rng_below(r, 3) - 1;
}

static int32_t maybe_day(const struct world *w, struct rng *r, unsigned percent)
{
	return rng_chance(r, percent) ? world_day(w, r) : DAY_NONE;
}

/* first <= *last where both stand */
static void in_order(int32_t *first, int32_t *last)
{
	int32_t d = *first;

	if (*first != DAY_NONE && *last != DAY_NONE && *last < *first)
		*first = *last, *last = d;
}

static int maybe_bool(struct rng *r, unsigned known)
{
	return rng_chance(r, known) ? (int)rng_below(r, 2) : -1;
}

static int maybe_below(struct rng *r, unsigned known, unsigned n)
{
	return rng_chance(r, known) ? (int)rng_below(r, n) : -1;
}

static void random_pool(struct world *w, struct rng *r)
{
	static const int32_t steps[] = { -1461, -1096, -800, -731, -730, -400, -366, -365, -364, -90,
					 -30, -2, 0, 1, 3, 14, 30, 60, 89, 90, 91, 180, 365, 366,
					 730, 1096 };
	int32_t base = rng_chance(r, 30) ? day_from_ymd(2028, 2, 29) : day_from_ymd(2027, 6, 1);

	w->n_pool = 3 + rng_below(r, 5);
	w->pool[0] = base;
	for (unsigned i = 1; i < w->n_pool; i++)
		w->pool[i] = base + steps[rng_below(r, sizeof(steps) / sizeof(steps[0]))];
	if (rng_chance(r, 40) && w->n_pool + 2 <= W_POOL) {
		w->pool[w->n_pool++] = day_from_ymd(2024, 2, 29);
		w->pool[w->n_pool++] = day_from_ymd(2029, 3, 1);
	}
	w->today = base + (int32_t)rng_below(r, 5) - 2;
}

/* Ids whose order has nothing to do with the order in which they are made. */
static void random_id(const struct world *w, struct rng *r, char out[W_ID])
{
	char base[13];
	bool taken;

	do {
		unsigned n = rng_below(r, 100000000);

		switch (rng_below(r, 4)) {
		case 0:
			snprintf(base, sizeof(base), "9999%08u", n);
			snprintf(out, W_ID, "JP-JCN-%d%s", corporate_check_digit(base), base);
			break;
		case 1:
			snprintf(out, W_ID, "XX-LOCAL-%c%u", 'A' + (int)(n % 26), n % 97);
			break;
		case 2:
			snprintf(out, W_ID, "XX-LOCAL-%u.x_%c", n % 1000, 'a' + (int)(n % 26));
			break;
		default:
			snprintf(out, W_ID, "GB-COH-%08u", n);
		}
		taken = false;
		for (unsigned o = 0; o < w->n_orgs; o++)
			taken = taken || !strcmp(w->org[o].id, out) || !strcmp(w->org[o].alias, out);
	} while (taken);
}

/* ---- certificates ---- */

static void random_suspensions(const struct world *w, struct rng *r, struct w_cert *c)
{
	int32_t day = world_day(w, r);

	c->n_susp = 0;
	/* what lies behind another suspension has ended before the day on which it is written */
	while (c->n_susp < W_PERIODS && (!c->n_susp || c->susp[c->n_susp - 1].to < w->today) &&
	       rng_chance(r, c->n_susp ? 50 : 25)) {
		struct w_period *p = &c->susp[c->n_susp++];

		p->from = day;
		p->to = day + (int32_t)rng_below(r, 3) * (int32_t)(1 + rng_below(r, 40));
		day = p->to + 2 + (int32_t)rng_below(r, 30);
	}
	if (c->n_susp && rng_chance(r, 30))
		c->susp[c->n_susp - 1].to = DAY_NONE;
}

static void random_self(const struct world *w, struct rng *r, struct w_cert *c)
{
	c->n_self = 0;
	for (unsigned n = rng_below(r, W_SELF); n > 0; n--) {
		int32_t day = world_day(w, r);
		bool twice = false;

		for (unsigned i = 0; i < c->n_self; i++)
			twice = twice || c->self[i] == day;
		if (!twice)
			c->self[c->n_self++] = day;
	}
}

static void random_cert(struct world *w, struct rng *r, int org)
{
	static const char *const others[] = { "iso27001", "pmark", "cyber-essentials", "cmmc" };
	unsigned kind = rng_below(r, 100);
	struct w_cert *c;

	if (kind < 70)
		c = world_cert(w, org, "scs", rng_chance(r, 45) ? 4 : rng_chance(r, 85) ? 3 : 5);
	else if (kind < 90)
		c = world_cert(w, org, "security-action", 1 + (int)rng_below(r, 2));
	else
		c = world_cert(w, org, others[rng_below(r, 4)], rng_chance(r, 50) ? 4 : -1);
	c->issued = maybe_day(w, r, 88);
	c->expires = maybe_day(w, r, 75);
	in_order(&c->issued, &c->expires);
	if (rng_chance(r, 10)) {
		c->revoked = world_day(w, r);
		in_order(&c->issued, &c->revoked);
	}
	random_suspensions(w, r, c);
	c->scope = maybe_below(r, 70, 2);
	c->evidence = maybe_below(r, 80, 3);
	if (c->level == 4)
		random_self(w, r, c);
}

static unsigned cert_count(const struct w_org *o)
{
	unsigned n = 0;

	for (unsigned i = 0; i < W_CERTS; i++)
		n += o->cert[i].there;
	return n;
}

/* ---- targets ---- */

static void random_rule(const struct world *w, struct rng *r, struct w_rule *ru)
{
	*ru = (struct w_rule){ .due = DAY_NONE };
	for (unsigned n = rng_below(r, 4); n > 0; n--)
		ru->when |= 1u << rng_below(r, 8);
	ru->confidential = (int)rng_below(r, 2);
	ru->continuity = (int)rng_below(r, 2);
	ru->system_access = (int)rng_below(r, 2);
	ru->sole_source = (int)rng_below(r, 2);
	ru->criticality = (int)rng_below(r, 3);
	ru->relation = (int)rng_below(r, 2);
	strcpy(ru->department, rng_chance(r, 50) ? "a" : "購買");
	ru->spend_min = rng_chance(r, 20) ? 0 : (int64_t)rng_below(r, 2000);
	ru->level = (int)rng_below(r, 6);
	ru->due = maybe_day(w, r, 40);
}

static void random_targets(struct world *w, struct rng *r, int org)
{
	struct w_targets *t;

	w->org[org].targets.there = false;
	t = world_targets(w, org);
	t->own_level = maybe_below(r, 60, 6);
	t->depth = rng_chance(r, 30) ? 1 + (int)rng_below(r, TIER_MAX) : -1;
	t->due = maybe_day(w, r, 50);
	t->rules_written = rng_chance(r, 55);
	if (t->rules_written)
		for (unsigned n = rng_below(r, W_RULES + 1); n > 0; n--)
			random_rule(w, r, &t->rule[t->n_rules++]);
	if (rng_chance(r, 50))
		for (unsigned tier = 2; tier <= 5; tier++)
			if (rng_chance(r, 50))
				t->tiers[tier] = (int)rng_below(r, 6);
	if (rng_chance(r, 10))
		t->tiers[6 + rng_below(r, TIER_MAX - 5)] = (int)rng_below(r, 6);
}

/* ---- links ---- */

static void random_clause(const struct world *w, struct rng *r, struct w_clause *c)
{
	*c = (struct w_clause){ .there = true, .status = (int)rng_below(r, 4),
				.result = maybe_below(r, 60, 3) };
	c->agreed_on = maybe_day(w, r, c->status == CLAUSE_AGREED ? 100 : 20);
	c->review_by = maybe_day(w, r, 40);
	c->reviewed_on = maybe_day(w, r, 70);
	c->checked_on = maybe_day(w, r, 70);
	c->confirmed_on = maybe_day(w, r, 50);
}

static int random_dependency(struct rng *r)
{
	static const int odd[] = { 0, 1, 9999, 10000, 5000, 3333, 6667, 7000, 100, 3 };

	if (rng_chance(r, 30))
		return -1;
	if (rng_chance(r, 25))
		return odd[rng_below(r, sizeof(odd) / sizeof(odd[0]))];
	/* few values: ties between ways are wanted */
	return rng_chance(r, 60) ? 1000 * (int)(1 + rng_below(r, 10)) : (int)rng_below(r, 10001);
}

static void random_grants(const struct world *w, struct rng *r, struct w_link *l)
{
	l->n_grants = 0;
	if (!rng_chance(r, l->disclosure == DISC_PRIVATE ? 60 : l->disclosure == DISC_ANONYMOUS ? 40 : 10))
		return;
	for (unsigned n = 1 + rng_below(r, W_GRANTS); n > 0; n--) {
		int viewer = (int)rng_below(r, w->n_orgs);
		bool twice = !w->org[viewer].there;

		for (unsigned i = 0; i < l->n_grants; i++)
			twice = twice || l->grant[i].viewer == viewer;
		if (!twice)
			l->grant[l->n_grants++] = (struct w_grant){ viewer, (int)rng_below(r, 2),
								    maybe_day(w, r, 60) };
	}
}

static void fill_link(struct world *w, struct rng *r, struct w_link *l)
{
	struct rng more = { r->s ^ 0xadded }; /* what came later: the rest of a seed's world stays as it was */

	l->until = maybe_day(w, &more, 50);
	strcpy(l->owner, rng_chance(&more, 40) ? "" : rng_chance(&more, 50) ? "佐藤" : "b");
	l->required = rng_chance(r, 35) ? (int)rng_below(r, 6) : -1;
	l->due = maybe_day(w, r, 35);
	l->planned_on = maybe_day(w, r, 30);
	l->start = maybe_day(w, r, 25);
	l->end = maybe_day(w, r, 25);
	in_order(&l->start, &l->end);
	l->confidential = maybe_bool(r, 65);
	l->continuity = maybe_bool(r, 65);
	l->system_access = maybe_bool(r, 65);
	l->sole_source = maybe_bool(r, 50);
	l->criticality = maybe_below(r, 65, 3);
	l->relation = maybe_below(r, 65, 2);
	strcpy(l->department, rng_chance(r, 60) ? "" : rng_chance(r, 50) ? "a" : "購買");
	if (rng_chance(r, 20))
		snprintf(l->code, sizeof(l->code), "k%u", w->n_names++);
	l->disclosure = maybe_below(r, 60, 3);
	l->scope_fit = rng_chance(r, 70) ? -1 : (int)rng_below(r, 4);
	if (rng_chance(r, 30))
		l->spend = -1;
	else if (rng_chance(r, 12))
		l->spend = 1000000000000000 - (int64_t)rng_below(r, 1000);
	else
		l->spend = (int64_t)rng_below(r, rng_chance(r, 50) ? 2000 : 1000000000);
	l->dependency = random_dependency(r);
	random_grants(w, r, l);
	for (int no = 0; no < CL__COUNT; no++) {
		l->clause[no].there = false;
		if (rng_chance(r, 30))
			random_clause(w, r, &l->clause[no]);
	}
}

static void random_link(struct world *w, struct rng *r, int procurer, int supplier)
{
	if (procurer == supplier || !w->org[procurer].there || !w->org[supplier].there ||
	    (w->n_links >= W_LINKS && world_link_find(w, procurer, supplier) < 0))
		return;
	fill_link(w, r, world_link(w, procurer, supplier));
}

static void random_links(struct world *w, struct rng *r)
{
	unsigned n = w->n_orgs, wanted = n * (1 + rng_below(r, 4));
	bool chain = rng_chance(r, 15);

	if (chain)
		for (unsigned i = 0; i + 1 < n; i++)
			random_link(w, r, (int)i, (int)(i + 1));
	if (chain && rng_chance(r, 60))
		wanted = rng_below(r, n);
	for (unsigned i = 0; i < wanted && w->n_links < W_LINKS / 2; i++) {
		unsigned a = rng_below(r, n), b = rng_below(r, n);

		/* mostly downwards, so that chains are deep, but also back up */
		if (a > b && rng_chance(r, 60))
			random_link(w, r, (int)b, (int)a);
		else
			random_link(w, r, (int)a, (int)b);
	}
}

void world_hub(struct world *w, struct rng *r, int hub, bool down, unsigned n)
{
	for (unsigned i = 0; i < n && i < w->n_orgs; i++) {
		int other = (int)((unsigned)hub + i) % (int)w->n_orgs;

		if (down)
			random_link(w, r, hub, other);
		else
			random_link(w, r, other, hub);
	}
}

void world_random(struct world *w, uint64_t seed, unsigned max_orgs)
{
	struct rng rng = { seed * 0x2545f4914f6cdd1du + 77 }, *r = &rng;
	unsigned n = 2 + rng_below(r, max_orgs - 1);

	world_init(w);
	w->seed = seed;
	random_pool(w, r);
	for (unsigned i = 0; i < n; i++) {
		char id[W_ID], code[16];
		int parent = (int)rng_below(r, i + 1), org;

		if (i > 0 && rng_chance(r, 15) && w->org[parent].parent < 0 &&
		    (unsigned)parent < i) {
			snprintf(code, sizeof(code), "%c%u", 'a' + (int)rng_below(r, 26), i);
			org = world_unit(w, parent, code);
			w->org[org].kind = rng_chance(r, 50) ? KIND_SITE : KIND_DIVISION;
		} else {
			random_id(w, r, id);
			org = world_org(w, id);
		}
		if (rng_chance(r, 10)) {
			random_id(w, r, id);
			strcpy(w->org[org].alias, id);
		}
		w->org[org].attested = maybe_day(w, r, 20);
		for (unsigned c = rng_below(r, rng_chance(r, 20) ? W_CERTS : 3); c > 0; c--)
			random_cert(w, r, org);
		if (rng_chance(r, 45))
			random_targets(w, r, org);
	}
	random_links(w, r);
}

/* ---- changes ---- */

static int some_org(const struct world *w, struct rng *r)
{
	int o;

	do
		o = (int)rng_below(r, w->n_orgs);
	while (!w->org[o].there);
	return o;
}

static int some_link(const struct world *w, struct rng *r)
{
	for (unsigned tries = 0; tries < 40 && w->n_links; tries++) {
		int i = (int)rng_below(r, w->n_links);

		if (w->link[i].there)
			return i;
	}
	return -1;
}

static bool mutate_link(struct world *w, struct rng *r, struct w_change *out)
{
	int i = some_link(w, r);
	struct w_link *l;

	if (i < 0)
		return false;
	l = &w->link[i];
	out->org = l->procurer;
	out->supplier = l->supplier;
	out->what = WC_LINK;
	switch (rng_below(r, 5)) {
	case 0:
		l->there = false;
		out->what = WC_LINK_GONE;
		break;
	case 1:
		out->what = WC_CLAUSE;
		out->index = (int)rng_below(r, CL__COUNT);
		if (l->clause[out->index].there && rng_chance(r, 30)) {
			l->clause[out->index].there = false;
			out->what = WC_CLAUSE_GONE;
		} else {
			random_clause(w, r, &l->clause[out->index]);
		}
		break;
	default: { /* clauses are records of their own: a link that is written keeps them */
		struct w_link old = *l;

		fill_link(w, r, l);
		memcpy(l->clause, old.clause, sizeof(l->clause));
		out->index = i;
	}
	}
	return true;
}

static bool mutate_new_link(struct world *w, struct rng *r, struct w_change *out)
{
	int a = some_org(w, r), b = some_org(w, r);

	if (a == b || world_link_find(w, a, b) >= 0 || w->n_links + 1 >= W_LINKS)
		return false;
	random_link(w, r, a, b);
	for (int no = 0; no < CL__COUNT; no++)
		w->link[world_link_find(w, a, b)].clause[no].there = false;
	*out = (struct w_change){ .what = WC_LINK, .org = a, .supplier = b,
				  .index = world_link_find(w, a, b) };
	return true;
}

static bool mutate_cert(struct world *w, struct rng *r, struct w_change *out)
{
	int org = some_org(w, r), slot = (int)rng_below(r, W_CERTS);
	struct w_cert *c = &w->org[org].cert[slot];

	out->org = org;
	if (c->there) {
		out->what = WC_CERT_GONE;
		memcpy(out->name, c->name, sizeof(out->name));
		c->there = false;
		return true;
	}
	if (cert_count(&w->org[org]) >= W_CERTS)
		return false;
	random_cert(w, r, org);
	for (slot = 0; slot < W_CERTS; slot++) /* the newest has the highest number */
		if (w->org[org].cert[slot].there &&
		    atoi(w->org[org].cert[slot].name + 1) == (int)w->n_names - 1)
			out->index = slot;
	out->what = WC_CERT;
	return true;
}

static bool mutate_targets(struct world *w, struct rng *r, struct w_change *out)
{
	int org = some_org(w, r);

	out->org = org;
	if (w->org[org].targets.there && rng_chance(r, 40)) {
		w->org[org].targets.there = false;
		out->what = WC_TARGETS_GONE;
	} else {
		random_targets(w, r, org);
		out->what = WC_TARGETS;
	}
	return true;
}

static bool mutate_org(struct world *w, struct rng *r, struct w_change *out)
{
	unsigned left = 0;
	int org = some_org(w, r);

	for (unsigned o = 0; o < w->n_orgs; o++)
		left += w->org[o].there;
	out->org = org;
	if (rng_chance(r, 20) && left > 4) {
		out->what = WC_ORG_GONE;
		world_drop(w, org);
		return true;
	}
	out->what = WC_ORG;
	w->org[org].attested = maybe_day(w, r, 50);
	return true;
}

void world_mutate(struct world *w, struct rng *r, struct w_change *out)
{
	bool done = false;

	while (!done) {
		unsigned dice = rng_below(r, 100);

		memset(out, 0, sizeof(*out));
		if (dice < 40)
			done = mutate_link(w, r, out);
		else if (dice < 55)
			done = mutate_new_link(w, r, out);
		else if (dice < 75)
			done = mutate_cert(w, r, out);
		else if (dice < 88)
			done = mutate_targets(w, r, out);
		else
			done = mutate_org(w, r, out);
	}
}
