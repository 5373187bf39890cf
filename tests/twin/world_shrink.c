/*
 * world_shrink.c - makes a world that shows a difference as small as it can: takes things away one
 * after the other and keeps what still fails. Slow and simple; used only when a test has failed.
 */
#include "tests/twin/world.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

struct shrink {
	struct world *best, *trial;
	bool (*fails)(void *arg, const struct world *w);
	void *arg;
	bool changed;
};

static void start(struct shrink *s)
{
	memcpy(s->trial, s->best, sizeof(*s->best));
}

static void try_it(struct shrink *s)
{
	if (memcmp(s->trial, s->best, sizeof(*s->best)) == 0 || !s->fails(s->arg, s->trial))
		return;
	memcpy(s->best, s->trial, sizeof(*s->best));
	s->changed = true;
}

/* Sets one field of the trial to "absent" and tries. */
#define TRY_SET(s, path, value)                                                                    \
	do {                                                                                       \
		start(s);                                                                          \
		(s)->trial->path = (value);                                                        \
		try_it(s);                                                                         \
	} while (0)

static void shrink_certs(struct shrink *s, unsigned o)
{
	for (unsigned i = 0; i < W_CERTS; i++) {
		if (!s->best->org[o].cert[i].there)
			continue;
		TRY_SET(s, org[o].cert[i].there, false);
		TRY_SET(s, org[o].cert[i].n_self, 0);
		TRY_SET(s, org[o].cert[i].n_susp, 0);
		TRY_SET(s, org[o].cert[i].issued, DAY_NONE);
		TRY_SET(s, org[o].cert[i].expires, DAY_NONE);
		TRY_SET(s, org[o].cert[i].revoked, DAY_NONE);
		TRY_SET(s, org[o].cert[i].scope, -1);
		TRY_SET(s, org[o].cert[i].evidence, -1);
	}
}

static void shrink_targets(struct shrink *s, unsigned o)
{
	TRY_SET(s, org[o].targets.there, false);
	for (unsigned i = s->best->org[o].targets.n_rules; i-- > 0;) {
		struct w_targets *t = &s->trial->org[o].targets;

		start(s);
		memmove(&t->rule[i], &t->rule[i + 1], (t->n_rules - i - 1) * sizeof(t->rule[0]));
		t->n_rules--;
		try_it(s);
	}
	for (unsigned i = 0; i < s->best->org[o].targets.n_rules; i++) {
		TRY_SET(s, org[o].targets.rule[i].due, DAY_NONE);
		for (unsigned bit = 0; bit < 8; bit++)
			TRY_SET(s, org[o].targets.rule[i].when,
				s->best->org[o].targets.rule[i].when & ~(1u << bit));
	}
	for (unsigned i = 2; i <= TIER_MAX; i++)
		TRY_SET(s, org[o].targets.tiers[i], -1);
	TRY_SET(s, org[o].targets.own_level, -1);
	TRY_SET(s, org[o].targets.depth, -1);
	TRY_SET(s, org[o].targets.due, DAY_NONE);
}

static void shrink_org(struct shrink *s, unsigned o)
{
	if (!s->best->org[o].there)
		return;
	start(s);
	world_drop(s->trial, (int)o);
	try_it(s);
	if (!s->best->org[o].there)
		return;
	shrink_certs(s, o);
	if (s->best->org[o].targets.there)
		shrink_targets(s, o);
	TRY_SET(s, org[o].attested, DAY_NONE);
	TRY_SET(s, org[o].alias[0], 0);
}

static void shrink_link(struct shrink *s, unsigned i)
{
	TRY_SET(s, link[i].there, false);
	if (!s->best->link[i].there)
		return;
	for (unsigned no = 0; no < CL__COUNT; no++)
		TRY_SET(s, link[i].clause[no].there, false);
	TRY_SET(s, link[i].n_grants, 0);
	TRY_SET(s, link[i].n_grants, MIN(1u, s->best->link[i].n_grants));
	TRY_SET(s, link[i].code[0], 0);
	TRY_SET(s, link[i].department[0], 0);
	TRY_SET(s, link[i].owner[0], 0);
	TRY_SET(s, link[i].until, DAY_NONE);
	TRY_SET(s, link[i].start, DAY_NONE);
	TRY_SET(s, link[i].end, DAY_NONE);
	TRY_SET(s, link[i].due, DAY_NONE);
	TRY_SET(s, link[i].planned_on, DAY_NONE);
	TRY_SET(s, link[i].spend, -1);
	TRY_SET(s, link[i].dependency, -1);
	TRY_SET(s, link[i].criticality, -1);
	TRY_SET(s, link[i].relation, -1);
	TRY_SET(s, link[i].sole_source, -1);
	TRY_SET(s, link[i].confidential, -1);
	TRY_SET(s, link[i].continuity, -1);
	TRY_SET(s, link[i].system_access, -1);
	TRY_SET(s, link[i].disclosure, -1);
	TRY_SET(s, link[i].scope_fit, -1);
	TRY_SET(s, link[i].required, -1);
}

void world_shrink(struct world *w, bool (*fails)(void *arg, const struct world *w), void *arg)
{
	AUTO_FREE struct world *trial = malloc(sizeof(*trial));
	struct shrink s = { .best = w, .trial = trial, .fails = fails, .arg = arg, .changed = true };

	for (unsigned round = 0; trial && s.changed && round < 6; round++) {
		s.changed = false;
		for (unsigned i = 0; i < w->n_links; i++)
			if (w->link[i].there)
				shrink_link(&s, i);
		for (unsigned o = w->n_orgs; o-- > 0;)
			shrink_org(&s, o);
	}
}
