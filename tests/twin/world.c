/* world.c - building small worlds by hand. */
#include "tests/twin/world.h"

#include <stdlib.h>
#include <string.h>

uint64_t rng_next(struct rng *r)
{
	uint64_t z = (r->s += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

unsigned rng_below(struct rng *r, unsigned n)
{
	return n ? (unsigned)(rng_next(r) % n) : 0;
}

bool rng_chance(struct rng *r, unsigned percent)
{
	return rng_below(r, 100) < percent;
}

static void need(bool ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "world: no room for another %s\n", what);
		abort();
	}
}

void world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->today = day_from_ymd(2027, 6, 1);
}

int world_org(struct world *w, const char *id)
{
	struct w_org *o = &w->org[w->n_orgs];

	need(w->n_orgs < W_ORGS && strlen(id) < W_ID, "organisation");
	memset(o, 0, sizeof(*o));
	o->there = true;
	strcpy(o->id, id);
	o->kind = KIND_ENTITY;
	o->parent = -1;
	o->attested = DAY_NONE;
	w->num[w->n_orgs] = w->n_orgs + 1;
	return (int)w->n_orgs++;
}

int world_unit(struct world *w, int parent, const char *code)
{
	char id[2 * W_ID];
	int unit;

	snprintf(id, sizeof(id), "%s~%s", w->org[parent].id, code);
	unit = world_org(w, id);
	w->org[unit].kind = KIND_DIVISION;
	w->org[unit].parent = parent;
	return unit;
}

int world_link_find(const struct world *w, int procurer, int supplier)
{
	for (unsigned i = 0; i < w->n_links; i++)
		if (w->link[i].there && w->link[i].procurer == procurer &&
		    w->link[i].supplier == supplier)
			return (int)i;
	return -1;
}

struct w_link *world_link(struct world *w, int procurer, int supplier)
{
	int at = world_link_find(w, procurer, supplier);
	unsigned i = 0;
	struct w_link *l;

	if (at >= 0)
		return &w->link[at];
	while (i < w->n_links && w->link[i].there)
		i++;
	need(i < W_LINKS, "link");
	if (i == w->n_links)
		w->n_links++;
	l = &w->link[i];
	memset(l, 0, sizeof(*l));
	*l = (struct w_link){ .there = true, .procurer = procurer, .supplier = supplier,
			      .required = -1, .due = DAY_NONE, .planned_on = DAY_NONE,
			      .start = DAY_NONE, .end = DAY_NONE, .until = DAY_NONE, .confidential = -1,
			      .continuity = -1, .system_access = -1, .sole_source = -1,
			      .criticality = -1, .relation = -1, .disclosure = -1, .scope_fit = -1,
			      .spend = -1, .dependency = -1 };
	return l;
}

struct w_cert *world_cert(struct world *w, int org, const char *scheme, int level)
{
	unsigned i = 0;
	struct w_cert *c;

	while (i < W_CERTS && w->org[org].cert[i].there)
		i++;
	need(i < W_CERTS, "certificate");
	c = &w->org[org].cert[i];
	memset(c, 0, sizeof(*c));
	*c = (struct w_cert){ .there = true, .level = level, .issued = DAY_NONE,
			      .expires = DAY_NONE, .revoked = DAY_NONE, .scope = -1,
			      .evidence = -1 };
	snprintf(c->name, sizeof(c->name), "c%u", w->n_names++);
	snprintf(c->scheme, sizeof(c->scheme), "%s", scheme);
	return c;
}

struct w_targets *world_targets(struct world *w, int org)
{
	struct w_targets *t = &w->org[org].targets;

	if (t->there)
		return t;
	memset(t, 0, sizeof(*t));
	t->there = true;
	t->own_level = t->depth = -1;
	t->due = DAY_NONE;
	for (unsigned i = 0; i <= TIER_MAX; i++)
		t->tiers[i] = -1;
	return t;
}

static void forget_viewer(struct w_link *l, int org)
{
	unsigned keep = 0;

	for (unsigned g = 0; g < l->n_grants; g++)
		if (l->grant[g].viewer != org)
			l->grant[keep++] = l->grant[g];
	l->n_grants = keep;
}

void world_drop(struct world *w, int org)
{
	for (unsigned o = 0; o < w->n_orgs; o++)
		if (w->org[o].there && w->org[o].parent == org)
			world_drop(w, (int)o);
	for (unsigned i = 0; i < w->n_links; i++) {
		struct w_link *l = &w->link[i];

		if (l->procurer == org || l->supplier == org)
			l->there = false;
		forget_viewer(l, org);
	}
	w->org[org].there = false;
	w->org[org].parent = -1;
}
