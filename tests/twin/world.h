/*
 * world.h - a small supply chain as plain arrays: what the brute-force twin reads and what the
 * differential tests write into a store. Nothing here is fast or stored; everything can be copied
 * with memcpy.
 *
 * Organisations are indexes 0..n_orgs-1, links indexes 0..n_links-1; a hole has there == false.
 * Absent: -1 for numbers, booleans and enumerations, DAY_NONE for days, "" for texts.
 */
#pragma once

#include <stdio.h>

#include "graph/field.h"
#include "graph/rules.h"

/* A test of large worlds is built with its own limits. */
#ifndef W_ORGS
#define W_ORGS 64
#define W_LINKS 640
#endif
#define W_CERTS 6
#define W_PERIODS 3
#define W_GRANTS 3
#define W_RULES 6
#define W_SELF 4
#define W_POOL 12
#define W_ID 48

/* splitmix64 */
struct rng {
	uint64_t s;
};
uint64_t rng_next(struct rng *r);
unsigned rng_below(struct rng *r, unsigned n);      /* 0..n-1 */
bool rng_chance(struct rng *r, unsigned percent);

struct w_period {
	int32_t from, to; /* to DAY_NONE: open */
};

struct w_cert {
	bool there;
	char name[12];
	char scheme[20];
	int level;
	int32_t issued, expires, revoked;
	unsigned n_susp; /* in order of time; the last is the current one, the others are closed */
	struct w_period susp[W_PERIODS];
	int scope, evidence;
	unsigned n_self;
	int32_t self[W_SELF];
};

struct w_clause {
	bool there;
	int status, result;
	int32_t agreed_on, review_by, reviewed_on, checked_on, confirmed_on;
};

struct w_grant {
	int viewer, form;
	int32_t until;
};

struct w_link {
	bool there;
	int procurer, supplier;
	int required;
	int32_t due, planned_on, start, end, until;
	int confidential, continuity, system_access, sole_source;
	int criticality, relation, disclosure, scope_fit;
	char department[8], owner[8], code[12];
	int64_t spend;
	int dependency; /* 1/10000 */
	unsigned n_grants;
	struct w_grant grant[W_GRANTS];
	struct w_clause clause[CL__COUNT];
};

struct w_rule {
	unsigned when; /* WHEN_ bits */
	int confidential, continuity, system_access, sole_source, criticality, relation;
	char department[8];
	int64_t spend_min;
	int level;
	int32_t due;
};

struct w_targets {
	bool there;
	int own_level, depth;
	int32_t due;
	bool rules_written; /* else METI's tree */
	unsigned n_rules;
	struct w_rule rule[W_RULES];
	int tiers[TIER_MAX + 1]; /* -1: none */
};

struct w_org {
	bool there;
	char id[W_ID], alias[W_ID];
	int kind, parent; /* parent: index */
	int32_t attested;
	struct w_cert cert[W_CERTS];
	struct w_targets targets;
};

struct world {
	uint64_t seed;
	int32_t today; /* the day on which it is written */
	unsigned n_pool; /* the days around which everything happens */
	int32_t pool[W_POOL];
	unsigned n_orgs, n_links, n_names; /* n_names: certificate names and codes handed out */
	struct w_org org[W_ORGS];
	struct w_link link[W_LINKS];
	uint32_t num[W_ORGS]; /* the numbers in the store, once it is written there */
};

/* Building by hand: everything absent until set. All die when the arrays are full. */
void world_init(struct world *w);
int world_org(struct world *w, const char *id);
int world_unit(struct world *w, int parent, const char *code);
struct w_link *world_link(struct world *w, int procurer, int supplier); /* made or found */
struct w_cert *world_cert(struct world *w, int org, const char *scheme, int level);
struct w_targets *world_targets(struct world *w, int org); /* made: METI's tree, nothing else */
int world_link_find(const struct world *w, int procurer, int supplier); /* -1: none */
/* Removes an organisation with its units, links and certificates, and what grants say of it. */
void world_drop(struct world *w, int org);

/* A random world of 2..max_orgs organisations. */
void world_random(struct world *w, uint64_t seed, unsigned max_orgs);
/* Links between one organisation and up to n others, downwards or upwards. */
void world_hub(struct world *w, struct rng *r, int hub, bool down, unsigned n);
/* What one mutation changed, for writing it again. */
struct w_change {
	enum { WC_ORG, WC_ORG_GONE, WC_LINK, WC_LINK_GONE, WC_CERT, WC_CERT_GONE, WC_CLAUSE,
	       WC_CLAUSE_GONE, WC_TARGETS, WC_TARGETS_GONE } what;
	int org;          /* or the link's procurer */
	int supplier;
	char name[12];    /* certificate */
	int index;        /* cert slot, link or clause number */
};
void world_mutate(struct world *w, struct rng *r, struct w_change *out);
int32_t world_day(const struct world *w, struct rng *r); /* one of the pool's days, or a day beside it */

void world_print(const struct world *w, FILE *f);

/* Removes and empties what it can while fails(arg, w) stays true; leaves the smallest found in *w. */
void world_shrink(struct world *w, bool (*fails)(void *arg, const struct world *w), void *arg);
