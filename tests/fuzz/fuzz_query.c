/*
 * fuzz_query.c - the query part of a target, and a path: whatever comes, an answer or a refusal. What
 * is accepted must lie within the table's bounds and be text.
 */
#include <stdint.h>
#include <stdlib.h>

#include "api/query.h"
#include "api/routes.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const struct query *q)
{
	for (int i = 0; i < Q__COUNT; i++) {
		const struct query_def *d = &query_defs[i];
		if (!query_has(q, (enum query_name)i))
			continue;
		if (!utf8_valid(q->v[i].s))
			abort();
		if (d->type == QT_INT && (q->v[i].n < d->min || q->v[i].n > d->max))
			abort();
		if (d->type == QT_DATE && (q->v[i].n < DAY_MIN || q->v[i].n > DAY_MAX))
			abort();
		if (d->type == QT_ENUM && !query_value_name(d, (size_t)q->v[i].n))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct view params[ROUTE_PARAMS_MAX];
	struct query q;
	struct err e = { 0 };
	unsigned allow;

	if (!a || size < 1) {
		arena_free(a);
		return 0;
	}
	query_bits allowed = routes[data[0] % routes_count].query;
	if (query_parse(view_of(data + 1, size - 1), allowed, a, &q, &e) == RC_OK)
		look(&q);
	const struct route *r = route_find(HTTP_GET, view_of(data + 1, size - 1), a, params, &allow);
	if (r && r->method != HTTP_GET)
		abort();
	arena_free(a);
	return 0;
}
