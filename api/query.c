/*
 * query.c - query strings by the table. A parameter may stand once; its text is decoded before it
 * is compared, so that no spelling slips past a check.
 */
#include "api/query.h"

#include <stdio.h>

#include "api/url.h"
#include "base/text.h"
#include "base/util.h"
#include "graph/graph.h"
#include "importers/import.h"

#define QUERY_PARAMS_MAX 64

static const char *const gap_kind_values[] = { "never", "below", "lapsed", "out-of-scope", NULL };
static const char *const timing_values[] = { "overdue", "due", "undated", NULL };
static const char *const state_values[] = { "gap", "undecided", "unconfirmed", "expiring", "met", "not-asked", NULL };
static const char *const relation_values[] = { "business", "it-service", NULL };
static const char *const criticality_values[] = { "high", "medium", "low", NULL };
static const char *const flag_values[] = { "true", "false", "unknown", NULL };
static const char *const sort_values[] = { "tier", "due", "dependency", "name", "id", NULL }; /* as enum pick_sort */
static const char *const order_values[] = { "asc", "desc", NULL };
static const char *const incident_order_values[] = { "tier", "duty", NULL };
static const char *const rows_values[] = { "state", "timing", "kind", "required", "clause", NULL }; /* as enum breakdown_rows */
static const char *const columns_values[] = { "tier", "department", "owner", NULL }; /* as enum breakdown_by */
static const char *const renewal_kind_values[] = { "level-ends",	"self-assessment", "contract-end", "clause-review",
						  "exception-ends", "gap-due",	       NULL }; /* as enum renewal_kind */
static const char *const calendar_format_values[] = { "json", "ics", NULL };
static const char *const clause_state_values[] = { "gap", "undetermined", NULL };
static const char *const clause_no_values[] = { "2-1-1", "2-1-2", "2-1-3", "2-1-4",
						"2-1-5", "3-1-3", NULL };
static const char *const export_format_values[] = { "csv", "ndjson", NULL };

const struct query_def query_defs[Q__COUNT] = {
#define Q(sym, name, type, min, max, def, values, doc)                                             \
	[Q_##sym] = { name, QT_##type, min, max, def, values, doc },
#include "api/query.def"
#undef Q
};

/* Lists of others are not NULL ended: they end with their counts. */
static size_t value_count(const struct query_def *d)
{
	size_t n = 0;

	if (d->values == import_format_names)
		return IF__COUNT;
	if (d->values == import_kind_names)
		return IK__COUNT;
	if (d->values == event_names)
		return EV__COUNT;
	while (d->values && d->values[n])
		n++;
	return n;
}

const char *query_value_name(const struct query_def *d, size_t i)
{
	return i < value_count(d) ? d->values[i] : NULL;
}

static bool read_int(struct view v, int64_t *out)
{
	const char *p = v.p;
	int64_t n = 0;

	if (v.n == 0 || v.n > 19)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		if (p[i] < '0' || p[i] > '9' || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, p[i] - '0', &n))
			return false;
	}
	*out = n;
	return true;
}

static enum rc refuse(const struct query_def *d, struct view v, const char *want, struct err *e)
{
	int n = (int)utf8_cut(v, 40);

	return err_set(e, RC_BAD_QUERY, d->name, "%s=%.*s (%s)", d->name, n, (const char *)v.p,
		       want);
}

static enum rc refuse_choice(const struct query_def *d, struct view v, struct err *e)
{
	char choices[100] = "";
	size_t n = 0;

	for (size_t i = 0; i < value_count(d) && n < sizeof(choices); i++)
		n += (size_t)snprintf(choices + n, sizeof(choices) - n, "%s%s", i ? ", " : "",
				      d->values[i]);
	return refuse(d, v, choices, e);
}

/* Its index; -1: none. */
static int64_t choice(const struct query_def *d, struct view v)
{
	for (size_t i = 0; i < value_count(d); i++)
		if (view_is(v, d->values[i]))
			return (int64_t)i;
	return -1;
}

static enum rc read_choices(const struct query_def *d, struct view v, struct query_value *out, struct err *e)
{
	const char *p = v.p, *end = p + v.n;

	out->n = 0;
	for (bool more = true; more; p++) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		struct view one = view_of(p, (size_t)((comma ? comma : end) - p));
		int64_t i = choice(d, one);
		if (i < 0)
			return refuse_choice(d, one, e);
		out->n |= (int64_t)1 << i;
		more = comma != NULL;
		p += one.n;
	}
	return RC_OK;
}

static enum rc read_value(const struct query_def *d, struct view v, struct query_value *out,
			  struct err *e)
{
	char want[64];

	out->s = v;
	switch (d->type) {
	case QT_STR:
		if (v.n >= (size_t)d->min && v.n <= (size_t)d->max)
			return RC_OK;
		snprintf(want, sizeof(want), "%d-%d bytes", (int)d->min, (int)d->max);
		return refuse(d, v, want, e);
	case QT_INT:
		if (read_int(v, &out->n) && out->n >= d->min && out->n <= d->max)
			return RC_OK;
		snprintf(want, sizeof(want), d->max == INT64_MAX ? "a whole number" : "%d-%d",
			 (int)d->min, (int)d->max);
		return refuse(d, v, want, e);
	case QT_BOOL:
		out->n = view_is(v, "true") || view_is(v, "1");
		if (out->n || view_is(v, "false") || view_is(v, "0"))
			return RC_OK;
		return refuse(d, v, "true, false", e);
	case QT_DATE: {
		int32_t day;
		if (!day_parse(v, &day))
			return refuse(d, v, "YYYY-MM-DD", e);
		out->n = day;
		return RC_OK;
	}
	case QT_ENUM:
		out->n = choice(d, v);
		return out->n >= 0 ? RC_OK : refuse_choice(d, v, e);
	case QT_ENUMS:
		return read_choices(d, v, out, e);
	}
	return RC_INTERNAL;
}

static int find_allowed(struct view name, query_bits allowed)
{
	for (int i = 0; i < Q__COUNT; i++)
		if (allowed >> i & 1 && view_is(name, query_defs[i].name))
			return i;
	return -1;
}

static enum rc read_pair(const struct url_param *u, query_bits allowed, struct query *q,
			 struct err *e)
{
	int i = find_allowed(u->name, allowed);

	if (i < 0 && (allowed & QUERY_OPEN))
		return RC_OK;
	if (i < 0)
		return err_set(e, RC_BAD_QUERY, u->name.p, "'%.60s' is not known here",
			       (const char *)u->name.p);
	if (q->given >> i & 1)
		return err_set(e, RC_BAD_QUERY, u->name.p, "'%s' stands twice", query_defs[i].name);
	q->given |= (query_bits)1 << i;
	return read_value(&query_defs[i], u->value.p ? u->value : VIEW_LIT(""), &q->v[i], e);
}

static enum rc set_defaults(query_bits allowed, struct query *q, struct err *e)
{
	for (int i = 0; i < Q__COUNT; i++) {
		const struct query_def *d = &query_defs[i];
		if (!(allowed >> i & 1) || !d->def)
			continue;
		enum rc rc = read_value(d, view_str(d->def), &q->v[i], e);
		if (rc)
			return rc;
	}
	return RC_OK;
}

enum rc query_parse(struct view raw, query_bits allowed, struct arena *a, struct query *out,
		    struct err *e)
{
	struct url_param params[QUERY_PARAMS_MAX];
	size_t n = 0;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	rc = set_defaults(allowed, out, e);
	if (!rc && raw.p)
		rc = url_query_parse(a, raw, params, QUERY_PARAMS_MAX, &n, e);
	for (size_t i = 0; i < n && !rc; i++)
		rc = read_pair(&params[i], allowed, out, e);
	return rc;
}
