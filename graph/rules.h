/*
 * rules.h - targets: which level a procurer asks of which link (domain.md, "Required level of a link").
 *
 * Bytes of RULES: per rule a varint of the bits of what `when` names, then in bit order: u8 for each
 * boolean, criticality, relation; length + text for department; varint for annual_spend_min; then
 * u8 level, zigzag due (DAY_NONE: none). Bytes of TIERS: u8 tier, u8 level each, ascending tiers.
 */
#pragma once

#include "graph/field.h"

#define RULES_MAX 64
#define TIER_MAX 24
#define DEPTH_DEFAULT 4
#define OWN_LEVEL_DEFAULT 3
#define HORIZON_DEFAULT 90

enum { WHEN_CONFIDENTIAL = 1, WHEN_CONTINUITY = 2, WHEN_SYSTEM_ACCESS = 4, WHEN_SOLE_SOURCE = 8,
       WHEN_CRITICALITY = 16, WHEN_RELATION = 32, WHEN_DEPARTMENT = 64, WHEN_SPEND_MIN = 128 };

struct rule {
	unsigned when; /* WHEN_ bits that it names */
	bool confidential, continuity, system_access, sole_source;
	uint8_t criticality, relation;
	struct view department;
	int64_t annual_spend_min;
	uint8_t level;
	int32_t due;
};

struct targets {
	bool present;          /* the procurer has targets, so it is watched */
	bool metis_tree;       /* no rules were written: METI's tree stands in rules[] */
	int own_level;         /* default 3 */
	int32_t due;
	unsigned depth;        /* default 4 */
	uint8_t tiers[TIER_MAX + 1]; /* level hoped for; 0: none */
	uint32_t tiers_set;    /* bit t: tiers[t] was written (a level 0 counts as nothing) */
	unsigned n_rules;
	struct rule rules[RULES_MAX];
};

/* From the stored record; views into it. present=false gives the defaults. */
MUST_USE enum rc targets_decode(struct targets *t, struct view rec_bytes);
void rule_encode(struct buf *out, const struct rule *r);
/* Decodes a RULES value: up to RULES_MAX; false: damaged. */
bool rules_decode(struct view v, struct rule *out, unsigned *out_n);
/* Does a RULES value say just what METI's tree says? */
bool rules_are_metis(struct view v);

struct level_result {
	uint8_t level;         /* effective_level, 0-5 */
	enum { LEVEL_NONE, LEVEL_EXPLICIT, LEVEL_RULE } source;
	int rule;              /* LEVEL_RULE: index of the first rule that gives it */
	uint8_t rules_level;   /* what the rules give, whatever the link says */
	bool undecided, exception;
	int32_t rules_due;     /* earliest due of the matching rules that give `level`; DAY_NONE */
};
void level_of_link(const struct targets *t, const struct rec *link, struct level_result *out);
/* The due date of P's own link if it asks for `level`; see domain.md "timing". */
int32_t link_due(const struct targets *t, const struct rec *link, const struct level_result *lr);
/* dependency in 1/10000: own, else by criticality, else 5000; *out_defaulted. */
unsigned link_dependency(const struct rec *link, bool *out_defaulted);
