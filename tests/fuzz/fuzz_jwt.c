/*
 * fuzz_jwt.c - what somebody without a key can send, by the first byte: a token, a set of keys, claims
 * as if they were signed, cookies and ways back. What passes as a caller has a role,
 * a name fit for the log, and organisations where its role needs them.
 */
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/claims.h"
#include "api/cookies.h"
#include "api/jwt.h"
#include "api/oidc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* RFC 7515, A.3; its private half is public, but no fuzzer signs. */
static const char keys_text[] =
	"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
	"\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}";

static void try_token(struct view token)
{
	static struct jwks *keys;
	struct err e;
	json_t *claims;
	unsigned algs;

	if (!keys && jwks_parse(view_str(keys_text), &keys, &e))
		abort();
	if (!jwt_algs_parse(VIEW_LIT("RS256 PS256 ES256"), &algs))
		abort();
	jwt_looks_like(token);
	if (jwt_verify(keys, token, algs, &claims) == JWT_OK)
		json_decref(claims);
}

static void try_keys(struct view text)
{
	struct jwks *keys;
	struct err e;

	if (jwks_parse(text, &keys, &e))
		return;
	if (jwks_count(keys) == 0 || jwks_count(keys) > JWKS_MAX)
		abort();
	jwks_release(keys);
}

static void check_caller(const struct claimed *c)
{
	bool bound = c->role != ROLE_ADMIN && c->role != ROLE_RISK;

	if (c->role <= ROLE_NONE || c->role >= ROLE__COUNT || (bound && !c->n_orgs) || c->n_orgs > SCOPE_MAX)
		abort();
	if (strncmp(c->name, "oidc:", 5) != 0 || strchr(c->name, '@'))
		abort();
	for (const char *p = c->name; *p; p++)
		if ((unsigned char)*p < ' ')
			abort();
}

static void try_claims(struct view text)
{
	struct claim_rules rules = { "I", "A", "A", "B", true, "N", 950, 60 };
	struct role_map map;
	struct caller_rules who = { &map, "r.s", "o", "n" };
	json_t *claims = json_loadb(text.n ? text.p : "", text.n, JSON_REJECT_DUPLICATES, NULL);
	struct claimed c;
	struct err e;

	if (role_map_parse(VIEW_LIT("a:admin,b:procurer"), &map, &e))
		abort();
	if (json_is_object(claims)) {
		claims_check(claims, &rules);
		rules.id_token = false;
		if (!claims_check(claims, &rules) && claims_caller(claims, &who, &c, &e) == RC_OK)
			check_caller(&c);
	}
	json_decref(claims);
}

static void try_texts(struct view text)
{
	struct role_map map;
	struct view v;
	struct err e;

	cookie_find(text, "tierwatch", &v);
	if (oidc_return_ok(text) && (*(const char *)text.p != '/' || (text.n > 1 && ((const char *)text.p)[1] == '/')))
		abort();
	if (role_map_parse(text, &map, &e) == RC_OK && map.n > ROLE_MAP_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (sodium_init() < 0 || size < 1)
		return 0;
	struct view rest = view_of(data + 1, size - 1);
	switch (data[0] % 4) {
	case 0:
		try_token(rest);
		break;
	case 1:
		try_keys(rest);
		break;
	case 2:
		try_claims(rest);
		break;
	default:
		try_texts(rest);
	}
	return 0;
}
