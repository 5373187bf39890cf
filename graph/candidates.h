/*
 * candidates.h - pairs of organisations that may be the same one (名寄せ): the same folded name, and one of them known by
 * the user's own code only (XX-LOCAL-). Two registered numbers are never a pair, whatever they are called. A person
 * joins a pair or says that it is none; nothing is merged by itself (ADR 0075).
 */
#pragma once

#include "graph/graph.h"

#define CANDIDATES_MAX 10000u /* pairs that are looked at */

struct candidate {
	uint32_t left, right; /* left has an own code only; both: the smaller number is left */
	bool kana;            /* the kana are there and the same too */
};
/* By left, then right; malloc'ed into *out (free it). *out_more: there are further ones beyond CANDIDATES_MAX. */
MUST_USE enum rc candidates_find(struct txn *t, struct candidate **out, size_t *out_n, bool *out_more);
/* Whether it is a pair at all, whatever was said of it: units are none. */
bool candidates_pair(struct txn *t, uint32_t a, uint32_t b);
/* Whether somebody said that they are different. */
bool candidates_refused(const struct rec *a, const struct rec *b);

/* ---- join.c ---- */

#define JOIN_OPS_MAX 200000u

/* Why one cannot become the other. */
enum join_bar {
	JOIN_OPEN,         /* it can */
	JOIN_CERTIFICATES, /* the one that goes has some: they are never moved to another legal entity */
	JOIN_TARGETS,      /* it has targets */
	JOIN_DRILLS,       /* it has drills */
	JOIN_UNITS,        /* it has units, or is one */
	JOIN_GRANTS,       /* links of others name it as who may see them */
	JOIN_EACH_OTHER,   /* they deal with each other */
	JOIN_LINKS,        /* both have a link with the same organisation */
	JOIN_LARGE,        /* more than JOIN_OPS_MAX operations */
	JOIN__COUNT
};
extern const char *const join_bar_names[JOIN__COUNT];

struct join {
	struct arena *memory; /* in: of all that follows */
	const uint8_t *secret;
	struct op *ops;
	size_t n_ops;
	struct personal *personal;
	size_t n_personal;
	uint64_t links, clauses; /* that move */
};
enum join_bar join_bar(struct txn *t, uint32_t keep, uint32_t gone);
/* The operations that make gone an alias of keep, for one command, all or nothing: its links and their clauses move, its
 * contacts where keep has none, its identifiers become aliases; its name, address and note go. Only where
 * join_bar() is JOIN_OPEN. */
MUST_USE enum rc join_plan(struct txn *t, uint32_t keep, uint32_t gone, struct join *out, struct err *e);
