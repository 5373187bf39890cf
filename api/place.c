/* place.c - see place.h: the tables. */
#include "api/place.h"

#define BIT(id) ((uint64_t)1 << (id))
#define M(member) (1u << (member))
#define ALL (~(uint64_t)0)

/* A link's own side has what is stored; the two others get the level's day and the dependency that counts, which say
 * nothing of where they come from. */
#define LINK_OWN_MEMBERS                                                                                    \
	(M(LM_EFFECTIVE_LEVEL) | M(LM_LEVEL_SOURCE) | M(LM_HELD) | M(LM_GAP) | M(LM_UNDECIDED) |            \
	 M(LM_EXCEPTION) | M(LM_ACTIVE) | M(LM_CLAUSES) | M(LM_RECORDED_BY))

const struct shown link_shown[PLACE__COUNT] = {
	[PLACE_UPSTREAM] = { 0, M(LM_EFFECTIVE_LEVEL) | M(LM_HELD) | M(LM_ACTIVE) | M(LM_NAMES) | M(LM_DEPENDENCY) },
	[PLACE_SUPPLIER] = { BIT(LINK_PLANNED_ON) | BIT(LINK_START) | BIT(LINK_END),
			     M(LM_EFFECTIVE_LEVEL) | M(LM_HELD) | M(LM_GAP) | M(LM_ACTIVE) | M(LM_NAMES) | M(LM_DUE) },
	/* its own words back, and nothing that the procurer's rules and clauses say */
	[PLACE_RECORDED] = { ALL, M(LM_STATED_LEVEL) | M(LM_HELD) | M(LM_ACTIVE) | M(LM_RECORDED_BY) },
	[PLACE_OWN] = { ALL, LINK_OWN_MEMBERS },
};

/* What registers publish. */
#define ORG_PUBLIC                                                                                          \
	(BIT(ORG_NAME) | BIT(ORG_NAME_KANA) | BIT(ORG_NAME_EN) | BIT(ORG_KIND) | BIT(ORG_PARENT) |          \
	 BIT(ORG_COUNTRY) | BIT(ORG_ADDRESS) | BIT(ORG_CLOSED_ON) | BIT(ORG_CLOSE_CAUSE) | BIT(ORG_SUCCESSOR))
#define ORG_DIRECT (ORG_PUBLIC | BIT(ORG_ALIASES) | BIT(ORG_CONTACTS) | BIT(ORG_SUBTIER_ATTESTED_ON))
#define ORG_MEMBERS (M(OM_STUB) | M(OM_HELD) | M(OM_HELD_UNTIL) | M(OM_COUNTS) | M(OM_RECORDED_BY))

const struct shown org_shown[AT__COUNT] = {
	[AT_HIDDEN] = { 0, 0 },
	[AT_ANONYMOUS] = { BIT(ORG_KIND), M(OM_HELD) },
	[AT_ABOVE] = { BIT(ORG_NAME) | BIT(ORG_NAME_KANA) | BIT(ORG_NAME_EN) | BIT(ORG_COUNTRY), 0 },
	[AT_BELOW] = { ORG_PUBLIC, ORG_MEMBERS },
	[AT_SUPPLIER] = { ORG_DIRECT, ORG_MEMBERS },
	[AT_ENTERED] = { ORG_DIRECT | BIT(ORG_NOTE), ORG_MEMBERS },
	[AT_OWN] = { ALL, ORG_MEMBERS },
};

/* Of a certificate: what the register says, to everybody below whom it stands; the rest to its holder and to those
 * who buy from it. */
#define CERT_PUBLIC                                                                                         \
	(BIT(CERT_SCHEME) | BIT(CERT_LEVEL) | BIT(CERT_REGISTRATION_NO) | BIT(CERT_ISSUED) |                \
	 BIT(CERT_EXPIRES) | BIT(CERT_SUSPENDED_FROM) | BIT(CERT_SUSPENDED_TO) | BIT(CERT_REVOKED_ON) |     \
	 BIT(CERT_SUSPENSIONS) | BIT(CERT_EVIDENCE))
#define CERT_MEMBERS (M(CM_STATUS) | M(CM_IN_FORCE) | M(CM_RECORDED_BY))

const struct shown cert_shown[AT__COUNT] = {
	[AT_BELOW] = { CERT_PUBLIC, CERT_MEMBERS },
	[AT_SUPPLIER] = { ALL, CERT_MEMBERS },
	[AT_ENTERED] = { ALL, CERT_MEMBERS },
	[AT_OWN] = { ALL, CERT_MEMBERS },
};
