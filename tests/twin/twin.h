/*
 * twin.h - the rules of the graph once more, by brute force: straight from the definitions, over
 * a world of arrays, with nothing kept from one question to the next. It shares the structs of the
 * answers with graph/, and no logic.
 *
 * Suppliers in the answers carry the world's numbers (world.num), so that they can be compared with
 * the store's as they stand.
 */
#pragma once

#include "graph/answers.h"
#include "graph/pseudonym.h"
#include "tests/twin/world.h"

/* ---- one organisation ---- */
struct held twin_held(const struct world *w, int s, int32_t day);
int twin_level(const struct world *w, int s, int32_t day); /* held(S, D) */
int32_t twin_held_until(const struct world *w, int s, int32_t day);

/* ---- one link ---- */
struct twin_asked {
	int level;       /* effective_level */
	bool explicit_level, by_rule;
	int rule;        /* by_rule: index of the first rule that gives it */
	int rules_level; /* what the rules alone give */
	bool undecided, exception;
	int32_t rules_due;
};
struct twin_asked twin_asked(const struct world *w, const struct w_link *l);
bool twin_active(const struct w_link *l, int32_t day);
bool twin_visible(const struct w_link *l, int viewer, int32_t day);
/* Does the link, where it is asked of its supplier, tell the viewer its name? */
bool twin_names(const struct w_link *l, int viewer, int32_t day);
unsigned twin_dependency(const struct w_link *l); /* 1/10000 */
void twin_clauses(const struct world *w, const struct w_link *l, int32_t on, struct clause_view *out);

/* ---- the chain of one procurer ---- */
struct twin_chain {
	const struct world *w;
	int p;
	unsigned depth;
	int32_t on, horizon;
	bool usable[W_LINKS]; /* active, visible to P, not back into P */
	bool asked[W_LINKS];  /* asked of its supplier, which is in reach */
	unsigned tier[W_ORGS]; /* 0: not in reach */
	double best[TIER_MAX + 1][W_ORGS]; /* highest product over walks of exactly k links; < 0: none */
	struct chain_item item[W_ORGS];
	bool at_risk[W_ORGS], unknown_below[W_ORGS];
	bool named[W_ORGS];          /* for P; P itself and those in reach only */
	const char *shown[W_ORGS];   /* the id that the answers show: the true one, until twin_hide() */
	char pseudonym[W_ORGS][PSEUDONYM_TEXT];
};
void twin_chain(const struct world *w, int p, unsigned depth, int32_t on, int32_t horizon,
		struct twin_chain *out);
/* From now on as P itself sees it: who is not named shows as a pseudonym. */
void twin_hide(struct twin_chain *c, const uint8_t secret[32]);
void twin_exposure(const struct twin_chain *c, struct exposure *out);
/* Those whose state is in want, in the order of the lists; at most W_ORGS. */
size_t twin_list(const struct twin_chain *c, unsigned want, struct chain_item *out);
/* The explanation, P first, as indexes; out has room for TIER_MAX + 1. 0: not in reach. */
size_t twin_path(const struct twin_chain *c, int s, int *out);
/* The highest product over walks of at most depth links, by trying every walk: for small worlds. */
double twin_dependency_by_walks(const struct twin_chain *c, int s);
/* Σ of money x share, shares rounded to 1e-12, the sum once to a whole yen, half away from zero. */
int64_t twin_money(size_t n, const int64_t *spend, const double *share);

struct twin_impact {
	struct impact sums; /* items points at the array below */
	struct impact_item items[W_ORGS];
};
/* own: whose procurers count; NULL: all. */
void twin_impact(const struct world *w, int s, unsigned depth, int32_t on, int held_level, const bool own[W_ORGS],
		 struct twin_impact *out);
