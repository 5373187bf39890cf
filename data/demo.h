/*
 * demo.h - a fictional supply chain, the same for the same seed and day.
 *
 * Every organisation is invented: corporate numbers begin 9999, which no registry office gives out,
 * and mail goes to example.jp. Dates are relative to `today`, so that a demo is never stale.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define DEMO_LAYERS 6 /* 0: the buyers */
#define DEMO_BUYERS 2
#define DEMO_ORGS 3000
#define DEMO_LINKS 8000
#define DEMO_UNITS 24
#define DEMO_FOREIGN 12
#define DEMO_BEHIND 30 /* suppliers that only the bottleneck leads to */

/* SplitMix64: small, and the same everywhere. */
struct demo_rng {
	uint64_t state;
};

uint64_t demo_next(struct demo_rng *r);
/* 0 .. n-1; n > 0 */
uint32_t demo_below(struct demo_rng *r, uint32_t n);
static inline bool demo_chance(struct demo_rng *r, uint32_t percent)
{
	return demo_below(r, 100) < percent;
}

struct demo_org {
	char id[40];
	char name[120];
	char kana[120];
	char name_en[96];
	char mail[96];
	const char *kind; /* entity, division, site */
	const char *country;
	int parent; /* index, or -1 */
	int layer;
	unsigned suppliers; /* links that leave it */
};

struct demo_link {
	int from, to;
};

struct demo_world {
	struct demo_rng rng;
	int32_t today;
	struct demo_org *orgs; /* DEMO_ORGS; buyers first, then layer by layer, units last */
	struct demo_link *links; /* DEMO_LINKS */
	unsigned org_count, link_count;
	int first[DEMO_LAYERS + 1]; /* where each layer begins */
	uint8_t *pairs; /* DEMO_ORGS x DEMO_ORGS bits: pairs that have a link */
};

/* Name, kana, English name and mail address of an entity (the number-th) or of a unit of one. */
void demo_name_entity(struct demo_world *w, struct demo_org *org, unsigned number);
void demo_name_foreign(struct demo_org *org, unsigned number);
void demo_name_unit(struct demo_org *org, const struct demo_org *parent, unsigned number);

/* False: no memory. */
bool demo_world_make(struct demo_world *w, int32_t today, uint64_t seed);
void demo_world_done(struct demo_world *w);

typedef void demo_writer(struct demo_world *w, FILE *f);

demo_writer demo_write_orgs;
demo_writer demo_write_links;
demo_writer demo_write_certificates;
demo_writer demo_write_clauses;
/* The first buyer's rules; the second takes METI's tree. */
demo_writer demo_write_rules;
/* A line for `tierwatch target set`: the buyer's id and the options. */
void demo_write_targets(const struct demo_world *w, int buyer, FILE *f);
/* One cell and the comma behind it, quoted where it must be. A call per cell keeps the order of the
 * draws: C does not say in which order the arguments of one call are worked out. */
void demo_cell(FILE *f, const char *text);
/* "YYYY-MM-DD" of today + days, in one of a few buffers that are used in turn. */
const char *demo_day(const struct demo_world *w, int32_t days);
