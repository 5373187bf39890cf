/* twin_org.c - what one organisation holds on a day, and for how long. */
#include "tests/twin/twin.h"

#include <stdlib.h>
#include <string.h>

static bool within(int32_t day, int32_t first, int32_t last)
{
	return (first == DAY_NONE || first <= day) && (last == DAY_NONE || day <= last);
}

static bool valid_on(const struct w_cert *c, int32_t day)
{
	if (!within(day, c->issued, c->expires))
		return false;
	for (unsigned i = 0; i < c->n_susp; i++)
		if (within(day, c->susp[i].from, c->susp[i].to))
			return false;
	return c->revoked == DAY_NONE || day < c->revoked;
}

static int star(const struct w_cert *c)
{
	if (!strcmp(c->scheme, "scs"))
		return c->level >= 3 && c->level <= 5 ? c->level : 0;
	if (!strcmp(c->scheme, "security-action"))
		return c->level == 1 || c->level == 2 ? c->level : 0;
	return 0;
}

static bool scope_entity(const struct w_cert *c)
{
	return c->scope < 0 || c->scope == SCOPE_ENTITY;
}

/* The certificates that count for S: its own, and for a unit its parent's with scope entity. */
struct counted {
	const struct w_cert *cert;
	bool own;
};

static unsigned counted(const struct world *w, int s, struct counted out[2 * W_CERTS])
{
	const struct w_org *o = &w->org[s];
	unsigned n = 0;

	for (unsigned i = 0; i < W_CERTS; i++)
		if (o->cert[i].there && star(&o->cert[i]) > 0)
			out[n++] = (struct counted){ &o->cert[i], true };
	if (o->parent < 0)
		return n;
	for (unsigned i = 0; i < W_CERTS; i++) {
		const struct w_cert *c = &w->org[o->parent].cert[i];

		if (c->there && star(c) > 0 && scope_entity(c))
			out[n++] = (struct counted){ c, false };
	}
	return n;
}

int twin_level(const struct world *w, int s, int32_t day)
{
	struct counted list[2 * W_CERTS];
	unsigned n = counted(w, s, list);
	int level = 0;

	for (unsigned i = 0; i < n; i++)
		if (valid_on(list[i].cert, day) && star(list[i].cert) > level)
			level = star(list[i].cert);
	return level;
}

/* Validity changes only on these days: between two of them every day is like the first. */
static unsigned change_days(const struct w_cert *c, int32_t out[4 + 2 * W_PERIODS])
{
	unsigned n = 0;

	if (c->issued != DAY_NONE)
		out[n++] = c->issued;
	if (c->expires != DAY_NONE)
		out[n++] = c->expires + 1;
	if (c->revoked != DAY_NONE)
		out[n++] = c->revoked;
	for (unsigned i = 0; i < c->n_susp; i++) {
		out[n++] = c->susp[i].from;
		if (c->susp[i].to != DAY_NONE)
			out[n++] = c->susp[i].to + 1;
	}
	return n;
}

static bool valid_some_day_up_to(const struct w_cert *c, int32_t day)
{
	int32_t days[4 + 2 * W_PERIODS];
	unsigned n = change_days(c, days);

	if (valid_on(c, day) || valid_on(c, DAY_MIN))
		return true;
	for (unsigned i = 0; i < n; i++)
		if (days[i] <= day && valid_on(c, days[i]))
			return true;
	return false;
}

/* Completed years: the anniversary's month and day are reached. */
static int whole_years(int32_t from, int32_t to)
{
	int y1, m1, d1, y2, m2, d2;

	if (from == DAY_NONE || to < from)
		return 0;
	day_to_ymd(from, &y1, &m1, &d1);
	day_to_ymd(to, &y2, &m2, &d2);
	return y2 - y1 - (m2 < m1 || (m2 == m1 && d2 < d1) ? 1 : 0);
}

static bool self_assessments_behind(const struct w_cert *c, int32_t day)
{
	int due = whole_years(c->issued, day), done = 0;

	if (due > 2)
		due = 2;
	for (unsigned i = 0; i < c->n_self; i++)
		done += c->self[i] <= day;
	return done < due;
}

struct held twin_held(const struct world *w, int s, int32_t day)
{
	struct counted list[2 * W_CERTS];
	unsigned n = counted(w, s, list);
	struct held h = { .level = (uint8_t)twin_level(w, s, day) };
	bool all_behind = true;

	for (unsigned i = 0; i < n; i++) {
		const struct w_cert *c = list[i].cert;
		bool seen = c->evidence == EVIDENCE_REGISTRY || c->evidence == EVIDENCE_COPY;
		bool fits = scope_entity(c) || (list[i].own && w->org[s].parent >= 0);

		if (valid_some_day_up_to(c, day) && star(c) > h.ever)
			h.ever = (uint8_t)star(c);
		if (!valid_on(c, day))
			continue;
		if (seen && fits && star(c) > h.confirmed)
			h.confirmed = (uint8_t)star(c);
		if (star(c) == 4 && !self_assessments_behind(c, day))
			all_behind = false;
	}
	h.at_risk = h.level == 4 && all_behind;
	h.attested = w->org[s].attested != DAY_NONE && w->org[s].attested <= day;
	return h;
}

int32_t twin_held_until(const struct world *w, int s, int32_t day)
{
	struct counted list[2 * W_CERTS];
	unsigned n = counted(w, s, list);
	int level = twin_level(w, s, day);
	int32_t first = DAY_NONE;

	if (level == 0)
		return DAY_NONE;
	for (unsigned i = 0; i < n; i++) {
		int32_t days[4 + 2 * W_PERIODS];
		unsigned m = change_days(list[i].cert, days);

		for (unsigned j = 0; j < m; j++)
			if (days[j] > day && twin_level(w, s, days[j]) < level &&
			    (first == DAY_NONE || days[j] < first))
				first = days[j];
	}
	return first == DAY_NONE ? DAY_NONE : first - 1;
}
