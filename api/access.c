/* access.c - see access.h. */
#include "api/access.h"

#include <stdio.h>

#include "api/known.h"
#include "base/util.h"

char access_letter(const struct route *rt, enum role role)
{
	if (!rt->access || role == ROLE_NONE)
		return rt->access ? ACCESS_NEVER : ACCESS_ANY;
	return rt->access[role - ROLE_ADMIN];
}

static const char *what(char letter)
{
	switch (letter) {
	case ACCESS_OWN:
		return " (own organisations)";
	case ACCESS_KNOWN:
		return " (organisations it may know of)";
	case ACCESS_BELOW:
		return " (own organisations and those below)";
	case ACCESS_CHAIN:
		return " (own organisations and those below, with or without a name)";
	case 'f':
		return " (what it may see)";
	case 'w':
		return " (what it may write)";
	case 'v':
		return " (by its place at the link)";
	default:
		return "";
	}
}

void access_text(const struct route *rt, char *out, size_t out_size)
{
	size_t n = 0;

	out[0] = '\0';
	if (!rt->access) {
		snprintf(out, out_size, "everybody, without a token");
		return;
	}
	for (enum role role = ROLE_ADMIN; role < ROLE__COUNT; role++) {
		char letter = access_letter(rt, role);
		if (letter == ACCESS_NEVER)
			continue;
		int k = snprintf(out + n, out_size - n, "%s%s%s", n ? ", " : "", role_names[role],
				 what(letter));
		if (k < 0 || (size_t)k >= out_size - n)
			return;
		n += (size_t)k;
	}
}

/* May it ask, standing there? by_pseudonym: it named the organisation so. */
static bool allows(char letter, enum standing at, bool by_pseudonym)
{
	if (at == AT_OWN)
		return true;
	if (at <= AT_ANONYMOUS)
		return by_pseudonym && ((letter == ACCESS_KNOWN && at != AT_NONE) ||
					(letter == ACCESS_CHAIN && at == AT_ANONYMOUS));
	if (letter == ACCESS_KNOWN)
		return true;
	return (letter == ACCESS_BELOW || letter == ACCESS_CHAIN) && at >= AT_BELOW;
}

static bool asks_for_path(char letter)
{
	return letter == ACCESS_OWN || letter == ACCESS_KNOWN || letter == ACCESS_BELOW ||
	       letter == ACCESS_CHAIN;
}

bool access_waits(const struct request *r, struct txn *t)
{
	uint32_t org;

	if (access_sees_all(&r->who))
		return false;
	if (asks_for_path(access_letter(r->route, r->who.role)) && org_find(t, r->param[0], &org) == RC_OK &&
	    access_owns(t, &r->who, org))
		return false;
	return !known_ready(r->api, t, &r->who);
}

enum rc access_path(struct request *r, struct err *e)
{
	char letter = access_letter(r->route, r->who.role);
	bool below = false;
	struct sight s;
	uint32_t org;

	if (!asks_for_path(letter))
		return RC_OK;
	enum rc rc = request_org(r, 0, &org, e);
	if (rc == RC_NOT_FOUND) { /* takes as long as for one that is there and not for these eyes */
		enum rc walked = known_chain(r->api, r->txn, r->scratch, &r->who, ORG_NONE, &below);
		return walked ? walked : rc;
	}
	if (rc)
		return rc;
	request_sight(r, &s);
	enum standing at = sight_org(&s, org).at;
	if (s.rc)
		return s.rc;
	if (allows(letter, at, pseudonym_like(r->param[0])))
		return RC_OK;
	if (at >= AT_ABOVE)
		return err_set(e, RC_FORBIDDEN, NULL, NULL);
	return request_not_found(r, 0, e);
}
