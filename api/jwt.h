/*
 * jwt.h - signed tokens (JWS in compact form, RFC 7515) and the public keys that they are checked with
 * (RFC 7517). The only user of cjose. Which claims are acceptable is claims.h's business.
 *
 * What the library is not asked: whether the algorithm is one we allow and fits the key, how a header with a
 * name twice reads, what "crit" asks. That is decided here, before it sees the token. Symmetric keys and
 * "none" have no name here, so that no setting can allow them.
 */
#pragma once

#include <jansson.h>

#include "base/err.h"
#include "base/view.h"

#define JWT_TEXT_MAX 16000 /* what fits a request's head */
#define JWKS_MAX 64
#define JWKS_BYTES_MAX 262144

/* The algorithms that exist here, as bits. */
enum jwt_alg {
	JWT_RS256,
	JWT_RS384,
	JWT_RS512,
	JWT_PS256,
	JWT_PS384,
	JWT_PS512,
	JWT_ES256,
	JWT_ES384,
	JWT_ES512,
	JWT_ALG__COUNT
};

/* "RS256, ES256" to bits; false: an unknown name, or none at all. */
bool jwt_algs_parse(struct view list, unsigned *out_algs);

/* A set of keys: does not change, is counted, and may be used by several threads at once. */
struct jwks;
/* Keys that cannot check a signature here (other types, "use" other than sig, short ones) are left out;
 * RC_BAD_JSON where it is no set, RC_INVALID where nothing is left. */
MUST_USE enum rc jwks_parse(struct view json, struct jwks **out, struct err *e);
struct jwks *jwks_hold(struct jwks *k);
void jwks_release(struct jwks *k); /* accepts NULL */
size_t jwks_count(const struct jwks *k);

enum jwt_verdict {
	JWT_OK,
	JWT_BAD_FORM,      /* not a signed token at all */
	JWT_BAD_ALG,       /* not allowed, or it does not fit the key */
	JWT_BAD_TYPE,      /* "typ" of something else */
	JWT_BAD_CRIT,      /* asks for an extension */
	JWT_NO_KEY,        /* the set has no such key: it may be newer than the set */
	JWT_BAD_SIGNATURE,
};
/* "alg", "signature", …: what is wrong, for a person */
const char *jwt_verdict_text(enum jwt_verdict v);

/* Looks like one: three parts, the first of them JSON. For telling it from other bearer tokens. */
bool jwt_looks_like(struct view token);
/* Checks the signature; *out_claims is the caller's to decref, JWT_OK only. Any thread. */
enum jwt_verdict jwt_verify(const struct jwks *keys, struct view token, unsigned algs,
			    json_t **out_claims);
