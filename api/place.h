/*
 * place.h - what of a stored entity leaves the server, by where the caller stands (domain.md, "Who may see what";
 * ADR 0055). One table for links and one for organisations and certificates: bits by field id for what is stored,
 * and bits for what is derived. What is not in them is not shown, new fields too.
 */
#pragma once

#include "graph/field.h"

/* At a link. */
enum place {
	PLACE_NONE,     /* as if it were not there */
	PLACE_UPSTREAM, /* it is in the chain of one of the caller's own */
	PLACE_SUPPLIER, /* it asks of one of the caller's own */
	PLACE_RECORDED, /* the caller entered it, and it is not its own */
	PLACE_OWN,      /* the caller's own */
	PLACE__COUNT
};

/* At an organisation. */
enum standing {
	AT_NONE,      /* as if it were not there */
	AT_HIDDEN,    /* it buys from the caller's own and does not say who it is */
	AT_ANONYMOUS, /* it is in the caller's chain without a name */
	AT_ABOVE,     /* it buys from the caller's own */
	AT_BELOW,     /* it is named in the caller's chain */
	AT_SUPPLIER,  /* the caller's own buys from it */
	AT_ENTERED,   /* as the caller entered it */
	AT_OWN,
	AT__COUNT
};

/* Derived members, by entity. */
enum link_member { LM_EFFECTIVE_LEVEL, LM_LEVEL_SOURCE, LM_HELD, LM_GAP, LM_UNDECIDED, LM_EXCEPTION, LM_ACTIVE,
		   LM_CLAUSES, LM_RECORDED_BY, LM_NAMES,
		   LM_DUE,        /* the day by which the level is due, whoever gives it, in place of the stored one */
		   LM_STATED_LEVEL, /* effective_level if the record states it */
		   LM_DEPENDENCY, /* as it enters the figures, in place of the stored one */
		   LM__COUNT };
enum org_member { OM_STUB, OM_HELD, OM_HELD_UNTIL, OM_COUNTS, OM_RECORDED_BY, OM__COUNT };
enum cert_member { CM_STATUS, CM_IN_FORCE, CM_RECORDED_BY, CM__COUNT };

struct shown {
	uint64_t fields;  /* by field id */
	unsigned members; /* by enum …_member */
};
extern const struct shown link_shown[PLACE__COUNT];
extern const struct shown org_shown[AT__COUNT];
extern const struct shown cert_shown[AT__COUNT];

static inline bool shows(const struct shown *s, unsigned field) { return s->fields >> field & 1; }
static inline bool shows_member(const struct shown *s, unsigned member) { return s->members >> member & 1; }
