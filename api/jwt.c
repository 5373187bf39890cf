/* jwt.c - see jwt.h. */
#include "api/jwt.h"

#include <cjose/cjose.h>
#include <sodium.h>
#include <stdatomic.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"
#include "importers/json_fields.h"

#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 8192
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define HEADER_MAX 2048

static const struct alg {
	const char *name;
	cjose_jwk_kty_t kty;
	int curve; /* of EC keys */
	size_t signature_bytes; /* of EC keys */
} algs_known[JWT_ALG__COUNT] = {
	[JWT_RS256] = { "RS256", CJOSE_JWK_KTY_RSA, 0, 0 },
	[JWT_RS384] = { "RS384", CJOSE_JWK_KTY_RSA, 0, 0 },
	[JWT_RS512] = { "RS512", CJOSE_JWK_KTY_RSA, 0, 0 },
	[JWT_PS256] = { "PS256", CJOSE_JWK_KTY_RSA, 0, 0 },
	[JWT_PS384] = { "PS384", CJOSE_JWK_KTY_RSA, 0, 0 },
	[JWT_PS512] = { "PS512", CJOSE_JWK_KTY_RSA, 0, 0 },
	[JWT_ES256] = { "ES256", CJOSE_JWK_KTY_EC, CJOSE_JWK_EC_P_256, 64 },
	[JWT_ES384] = { "ES384", CJOSE_JWK_KTY_EC, CJOSE_JWK_EC_P_384, 96 },
	[JWT_ES512] = { "ES512", CJOSE_JWK_KTY_EC, CJOSE_JWK_EC_P_521, 132 },
};

struct key {
	cjose_jwk_t *jwk;
	cjose_jwk_kty_t kty;
	int curve;
	char alg[8];   /* "": any that fits */
	char kid[256]; /* "": none */
};

struct jwks {
	atomic_uint refs;
	size_t n;
	struct key keys[JWKS_MAX];
};

/* ---- algorithms ---- */

static int alg_find(struct view name)
{
	for (int i = 0; i < JWT_ALG__COUNT; i++)
		if (view_is(name, algs_known[i].name))
			return i;
	return -1;
}

bool jwt_algs_parse(struct view list, unsigned *out_algs)
{
	const char *p = list.n ? list.p : "", *end = p + list.n;
	unsigned bits = 0;

	while (p < end) {
		size_t n = 0;
		while (p + n < end && p[n] != ',' && p[n] != ' ')
			n++;
		int alg = n ? alg_find(view_of(p, n)) : 0;
		if (alg < 0)
			return false;
		if (n)
			bits |= 1u << alg;
		p += n + (p + n < end);
	}
	*out_algs = bits;
	return bits != 0;
}

/* ---- keys ---- */

static bool copy_text(const json_t *v, char *out, size_t size)
{
	size_t n = json_string_length(v);

	out[0] = '\0';
	if (!v)
		return true;
	if (!json_is_string(v) || n >= size || memchr(json_string_value(v), 0, n))
		return false;
	memcpy(out, json_string_value(v), n + 1);
	return true;
}

static bool may_verify(const json_t *o)
{
	const char *use = json_string_value(json_object_get(o, "use"));
	json_t *ops = json_object_get(o, "key_ops"), *v;
	size_t i;

	if (use && strcmp(use, "sig") != 0)
		return false;
	if (!json_is_array(ops))
		return !ops;
	json_array_foreach(ops, i, v) {
		if (json_is_string(v) && strcmp(json_string_value(v), "verify") == 0)
			return true;
	}
	return false;
}

/* Only the public members go to the library, whatever else was sent. */
static cjose_jwk_t *import_public(const json_t *o, bool rsa)
{
	static const char *const of_rsa[] = { "kty", "n", "e" };
	static const char *const of_ec[] = { "kty", "crv", "x", "y" };
	json_t *copy = json_object();
	cjose_jwk_t *jwk = NULL;
	char *text = NULL;
	bool ok = copy != NULL;

	for (size_t i = 0; i < (rsa ? ARRAY_LEN(of_rsa) : ARRAY_LEN(of_ec)) && ok; i++) {
		const char *name = rsa ? of_rsa[i] : of_ec[i];
		json_t *v = json_object_get(o, name);
		ok = json_is_string(v) && json_object_set(copy, name, v) == 0;
	}
	if (ok)
		text = json_dumps(copy, JSON_COMPACT);
	if (text)
		jwk = cjose_jwk_import(text, strlen(text), NULL);
	free(text);
	json_decref(copy);
	return jwk;
}

static bool key_is_sound(const struct key *k)
{
	size_t bits = cjose_jwk_get_keysize(k->jwk, NULL);

	if (k->kty == CJOSE_JWK_KTY_RSA)
		return bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX;
	return k->curve == CJOSE_JWK_EC_P_256 || k->curve == CJOSE_JWK_EC_P_384 ||
	       k->curve == CJOSE_JWK_EC_P_521;
}

static bool key_read(const json_t *o, struct key *out)
{
	const char *kty = json_string_value(json_object_get(o, "kty"));
	bool rsa = kty && strcmp(kty, "RSA") == 0;

	*out = (struct key){ 0 };
	if (!kty || !(rsa || strcmp(kty, "EC") == 0) || !may_verify(o) ||
	    !copy_text(json_object_get(o, "kid"), out->kid, sizeof(out->kid)) ||
	    !copy_text(json_object_get(o, "alg"), out->alg, sizeof(out->alg)))
		return false;
	out->jwk = import_public(o, rsa);
	if (!out->jwk)
		return false;
	out->kty = cjose_jwk_get_kty(out->jwk, NULL);
	if (out->kty == CJOSE_JWK_KTY_EC)
		out->curve = (int)cjose_jwk_EC_get_curve(out->jwk, NULL);
	if (key_is_sound(out))
		return true;
	cjose_jwk_release(out->jwk);
	return false;
}

enum rc jwks_parse(struct view json, struct jwks **out, struct err *e)
{
	json_t *doc = json.n && json.n <= JWKS_BYTES_MAX
			      ? json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, NULL)
			      : NULL;
	json_t *list = json_object_get(doc, "keys"), *o;
	struct jwks *k = NULL;
	size_t i;

	if (json_is_array(list))
		k = calloc(1, sizeof(*k));
	if (!k) {
		enum rc rc = json_is_array(list) ? RC_NOMEM : RC_BAD_JSON;
		json_decref(doc);
		return err_set(e, rc, NULL, "%s", "keys");
	}
	atomic_store(&k->refs, 1);
	json_array_foreach(list, i, o) {
		if (k->n < JWKS_MAX && key_read(o, &k->keys[k->n]))
			k->n++;
	}
	json_decref(doc);
	if (k->n == 0) {
		jwks_release(k);
		return err_set(e, RC_INVALID, NULL, "%s", "no key that can check a signature");
	}
	*out = k;
	return RC_OK;
}

struct jwks *jwks_hold(struct jwks *k)
{
	if (k)
		atomic_fetch_add(&k->refs, 1);
	return k;
}

void jwks_release(struct jwks *k)
{
	if (!k || atomic_fetch_sub(&k->refs, 1) > 1)
		return;
	for (size_t i = 0; i < k->n; i++)
		cjose_jwk_release(k->keys[i].jwk);
	free(k);
}

size_t jwks_count(const struct jwks *k) { return k->n; }

static bool key_fits(const struct key *k, enum jwt_alg a)
{
	const struct alg *alg = &algs_known[a];

	return k->kty == alg->kty && (alg->kty != CJOSE_JWK_KTY_EC || k->curve == alg->curve) &&
	       (!k->alg[0] || strcmp(k->alg, alg->name) == 0);
}

/* By its name; without one only where there is no choice. */
static enum jwt_verdict key_find(const struct jwks *s, struct view kid, enum jwt_alg a,
				 const struct key **out)
{
	enum jwt_verdict verdict = JWT_NO_KEY;
	size_t found = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct key *k = &s->keys[i];
		if (kid.p && !view_is(kid, k->kid))
			continue;
		if (!key_fits(k, a)) {
			verdict = kid.p ? JWT_BAD_ALG : verdict;
			continue;
		}
		*out = k;
		found++;
	}
	if (found == 0)
		return verdict;
	return found == 1 || kid.p ? JWT_OK : JWT_NO_KEY;
}

/* ---- tokens ---- */

struct parts {
	struct view header, payload, signature;
};

static bool split(struct view token, struct parts *out)
{
	const char *p = token.p;
	const char *a = token.n ? memchr(p, '.', token.n) : NULL;
	const char *b = a ? memchr(a + 1, '.', token.n - (size_t)(a + 1 - p)) : NULL;

	if (!b || token.n > JWT_TEXT_MAX)
		return false;
	out->header = view_of(p, (size_t)(a - p));
	out->payload = view_of(a + 1, (size_t)(b - a - 1));
	out->signature = view_of(b + 1, token.n - (size_t)(b + 1 - p));
	return out->header.n && out->payload.n && !memchr(b + 1, '.', out->signature.n);
}

/* Strict base64url: no padding, no blanks, no bits left over. */
static bool decode(struct view v, uint8_t *out, size_t size, size_t *out_n)
{
	return v.n && sodium_base642bin(out, size, v.p, v.n, NULL, out_n, NULL, BASE64) == 0;
}

static json_t *read_header(struct view v)
{
	uint8_t bytes[HEADER_MAX];
	size_t n;

	if (!decode(v, bytes, sizeof(bytes), &n))
		return NULL;
	return json_loadb((const char *)bytes, n, JSON_REJECT_DUPLICATES, NULL);
}

bool jwt_looks_like(struct view token)
{
	struct parts p;

	return token.n > 3 && memcmp(token.p, "eyJ", 3) == 0 && split(token, &p);
}

/* A token of another kind must not pass for this one (RFC 8725, 3.11). */
static bool type_fits(const json_t *typ)
{
	static const char *const fit[] = { "JWT", "at+jwt", "application/at+jwt", "application/jwt" };

	for (size_t i = 0; i < ARRAY_LEN(fit) && json_is_string(typ); i++)
		if (strcasecmp(json_string_value(typ), fit[i]) == 0)
			return true;
	return !typ;
}

static enum jwt_verdict check_header(const struct jwks *keys, const json_t *h, unsigned algs,
				     struct view signature, const struct key **out)
{
	const json_t *kid = json_object_get(h, "kid");
	int alg = alg_find(json_text(json_object_get(h, "alg")));
	size_t bytes = alg < 0 ? 0 : algs_known[alg].signature_bytes;

	if (alg < 0 || !(algs >> alg & 1))
		return JWT_BAD_ALG;
	if (json_object_get(h, "crit") || json_object_get(h, "b64"))
		return JWT_BAD_CRIT;
	if (!type_fits(json_object_get(h, "typ")))
		return JWT_BAD_TYPE;
	if (kid && !json_is_string(kid))
		return JWT_BAD_FORM;
	if (bytes && signature.n != sodium_base64_encoded_len(bytes, BASE64) - 1)
		return JWT_BAD_SIGNATURE;
	return key_find(keys, json_text(kid), (enum jwt_alg)alg, out);
}

/* The claims are read from the bytes that the signature was checked over. */
static enum jwt_verdict check_signature(struct view token, const struct key *k, json_t **out)
{
	cjose_jws_t *jws = cjose_jws_import(token.p, token.n, NULL);
	enum jwt_verdict verdict = JWT_BAD_SIGNATURE;
	uint8_t *text;
	size_t n;

	if (jws && cjose_jws_verify(jws, k->jwk, NULL) &&
	    cjose_jws_get_plaintext(jws, &text, &n, NULL)) {
		*out = json_loadb((const char *)text, n, JSON_REJECT_DUPLICATES, NULL);
		verdict = json_is_object(*out) ? JWT_OK : JWT_BAD_FORM;
		if (verdict)
			json_decref(*out);
	}
	cjose_jws_release(jws);
	return verdict;
}

enum jwt_verdict jwt_verify(const struct jwks *keys, struct view token, unsigned algs,
			    json_t **out_claims)
{
	const struct key *k = NULL;
	enum jwt_verdict verdict;
	struct parts p;
	json_t *h;

	if (!split(token, &p))
		return JWT_BAD_FORM;
	h = read_header(p.header);
	if (!json_is_object(h)) {
		json_decref(h);
		return JWT_BAD_FORM;
	}
	verdict = check_header(keys, h, algs, p.signature, &k);
	json_decref(h);
	return verdict ? verdict : check_signature(token, k, out_claims);
}

const char *jwt_verdict_text(enum jwt_verdict v)
{
	static const char *const texts[] = {
		[JWT_OK] = "",		     [JWT_BAD_FORM] = "JWT",
		[JWT_BAD_ALG] = "alg",	     [JWT_BAD_TYPE] = "typ",
		[JWT_BAD_CRIT] = "crit",     [JWT_NO_KEY] = "kid",
		[JWT_BAD_SIGNATURE] = "signature",
	};

	return texts[v];
}
