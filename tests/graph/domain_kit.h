/*
 * domain_kit.h - small stores by hand for the examples of domain.md: records are written as text
 * ("required_level=3 start=2027-01-01"), answers asked by id. An id without '-' stands for
 * XX-LOCAL-<id>. The store's day is TODAY.
 *
 * Values by type: yes/no, numbers, 0.1234, dates, names of enumerations, texts (one '_' is a blank),
 * lists split by ';', grants "viewer:named:2027-06-01;other:anonymous", rules
 * "confidential:yes,relation:business>4@2027-03-31;>3" ("[]" is none), tiers "2:3;4:4"; "name=" clears.
 */
#pragma once

#include <check.h>

#include "graph/answers.h"

#define TODAY "2027-06-01"

extern struct txn *kit_txn;
extern unsigned kit_warnings; /* of the last write */
extern bool kit_changed, kit_created;
void kit_open(void); /* fixture: an empty store */
void kit_close(void);

int32_t kit_day(const char *text); /* "" is DAY_NONE */
void kit_tick(const char *day);    /* the processed day goes on to it */

/* One command; answers what graph_apply says. b and c "" where the entity has none. */
enum rc kit_write(enum op_kind kind, unsigned flags, enum ent ent, const char *a, const char *b,
		  const char *c, const char *text);
/* Those that must succeed. */
void kit_org(const char *id, const char *text);
void kit_link(const char *p, const char *s, const char *text);
void kit_cert(const char *org, const char *name, const char *text);
void kit_targets(const char *org, const char *text);
void kit_clause(const char *p, const char *s, const char *no, const char *text);

uint32_t kit_num(const char *id);
int kit_held(const char *org, const char *on);
struct exposure kit_exposure(const char *p, unsigned depth, const char *on, int horizon);
/* S in P's chain; tier 0: not in reach. Horizon 90. */
struct chain_item kit_item(const char *p, const char *s, unsigned depth, const char *on);
struct level_result kit_level(const char *p, const char *s);
struct clause_view kit_clauses(const char *p, const char *s, const char *on);
/* "P A S" of dependency_compute; "" where it is not in reach. */
const char *kit_path(const char *p, const char *s, unsigned depth, const char *on);
struct impact kit_impact(const char *s, unsigned depth, const char *on, int held_level);

#define ck_rc(got, want) ck_assert_str_eq(rc_code(got), rc_code(want))
