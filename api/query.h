/*
 * query.h - the query part of a target, read by the table query.def. What the table does not allow
 * is refused with the parameter's name; nothing is dropped or guessed.
 */
#pragma once

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"

enum query_type { QT_STR, QT_INT, QT_BOOL, QT_DATE, QT_ENUM, QT_ENUMS };

struct query_def {
	const char *name;
	enum query_type type;
	int64_t min, max;
	const char *def;           /* NULL: none */
	const char *const *values; /* QT_ENUM, QT_ENUMS, NULL ended */
	const char *doc;
};

enum query_name {
#define Q(sym, name, type, min, max, def, values, doc) Q_##sym,
#include "api/query.def"
#undef Q
	Q__COUNT
};
/* A set of parameters: one bit each. */
__extension__ typedef unsigned __int128 query_bits;
/* Parameters that are not named are skipped: others add theirs. */
#define QUERY_OPEN ((query_bits)1 << 127)
#define QBIT(sym) ((query_bits)1 << Q_##sym)
_Static_assert(Q__COUNT < 127, "a bit for each parameter");

extern const struct query_def query_defs[Q__COUNT];

struct query_value {
	int64_t n;     /* INT; BOOL; DATE as a day; ENUM as an index; ENUMS (one or more, commas between) as bits */
	struct view s; /* STR, decoded */
};
struct query {
	query_bits given; /* bits of those that the request named */
	struct query_value v[Q__COUNT];
};

/* Reads raw ("a=b&c=d", .p may be NULL). allowed: bits. Decoded texts lie in the arena. RC_BAD_QUERY
 * with the name in e->field, RC_NOMEM. */
MUST_USE enum rc query_parse(struct view raw, query_bits allowed, struct arena *a, struct query *out,
			     struct err *e);
static inline bool query_has(const struct query *q, enum query_name n)
{
	return q->given >> n & 1;
}

/* The i-th value of an enumeration, NULL behind the last. */
const char *query_value_name(const struct query_def *d, size_t i);
