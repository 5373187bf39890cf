/* event_pick.c - which events are wanted by those who ask for some of /v1/changes; see narrow.h. */
#include <string.h>

#include "api/event_filter.h"
#include "api/narrow.h"

bool event_type_picked(const struct event_pick *p, const struct event *ev)
{
	return !p->types || (p->types >> ev->type & 1);
}

/* Behind the '/' of a link stands its supplier, of a certificate its name. */
static bool second_is_org(enum event_type type)
{
	return type == EV_LINK_CHANGED || type == EV_CLAUSE_CHANGED || type == EV_CLAUSE_DUE;
}

bool event_subject_picked(const struct event_pick *p, const struct event *shown)
{
	struct view s = shown->subject, want = view_str(p->subject);
	const char *at = s.n ? memchr(s.p, '/', s.n) : NULL;

	if (!want.n)
		return true;
	if (!at)
		return view_eq(s, want);
	size_t first = (size_t)(at - (const char *)s.p);
	struct view rest = view_of(at + 1, s.n - first - 1);
	const char *end = rest.n ? memchr(rest.p, '/', rest.n) : NULL;
	if (end)
		rest.n = (size_t)(end - (const char *)rest.p);
	return view_eq(view_of(s.p, first), want) || (second_is_org(shown->type) && view_eq(rest, want));
}
