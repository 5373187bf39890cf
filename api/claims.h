/*
 * claims.h - what an OpenID provider says of somebody (OpenID Connect Core, RFC 7519, RFC 9068): whether the
 * claims of a token are for us and of now, and which caller they make. Pure functions.
 */
#pragma once

#include <jansson.h>

#include "services/access.h"

#define ROLE_MAP_MAX 32
#define CLAIM_NAME_MAX 68 /* bytes of a caller's name, "oidc:" included: an id has room behind it in the log */

struct claim_rules {
	const char *issuer;
	const char *audience;  /* must be among "aud" */
	const char *client_id; /* who "azp" may be, */
	const char *clients;   /* and these, split by commas or blanks */
	bool id_token;         /* of a login: nonce is looked at, several audiences need "azp" */
	const char *nonce;
	int64_t now_s, skew_s;
};

/* NULL: fine. Else the name of the claim that is not. */
const char *claims_check(const json_t *claims, const struct claim_rules *r);

/* "tw-admins:admin, tw-risk:risk": which value of the claim gives which role. */
struct role_map {
	size_t n;
	struct {
		struct view value; /* into the text parsed */
		enum role role;
	} rows[ROLE_MAP_MAX];
};
MUST_USE enum rc role_map_parse(struct view text, struct role_map *out, struct err *e);

/* Which claims say what; a name with dots is looked up as it stands, then member by member. */
struct caller_rules {
	const struct role_map *roles;
	const char *role_claim, *orgs_claim, *name_claim;
};

struct claimed {
	char name[CLAIM_NAME_MAX];
	enum role role;
	int64_t expires_s;
	unsigned n_orgs;
	struct view orgs[SCOPE_MAX]; /* ids or aliases, into the claims; only of roles that are bound */
};

/* The first row of the map that fits decides. RC_NO_ROLE where none does, where a bound role has no organisation,
 * or where there are more than SCOPE_MAX. */
MUST_USE enum rc claims_caller(const json_t *claims, const struct caller_rules *r, struct claimed *out,
			       struct err *e);
