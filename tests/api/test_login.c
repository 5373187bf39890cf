/*
 * test_login.c - what logging in decides without a server: algorithms, keys, claims, the map of roles, cookies,
 * ways back, sessions and the count of attempts. The whole way is in tests/integration/oidc.test.mjs.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "api/attempts.h"
#include "api/claims.h"
#include "api/cookies.h"
#include "api/jwt.h"
#include "api/oidc.h"
#include "api/sessions.h"
#include "base/util.h"
#include "services/fetch.h"
#include "tests/run.h"

START_TEST(algorithms_are_those_with_two_keys)
{
	static const char *const bad[] = { "",	"none",	      "HS256",	    "RS256, HS256",
					   "rs256", "RS256;ES256", "RS2560",	    "EdDSA" };
	unsigned algs = 0;

	ck_assert(jwt_algs_parse(view_str("RS256, PS256,ES256"), &algs));
	ck_assert_uint_eq(algs, 1u << JWT_RS256 | 1u << JWT_PS256 | 1u << JWT_ES256);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(!jwt_algs_parse(view_str(bad[i]), &algs), "%s", bad[i]);
}
END_TEST

/* A P-256 key of RFC 7515, A.3, and its token. */
#define EC_KEY                                                                                     \
	"{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"a\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"," \
	"\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"%s}"
#define EC_TOKEN                                                                                   \
	"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ." \
	"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"

static struct jwks *keys_of(const char *more, enum rc *out_rc)
{
	char text[600], one[500];
	struct jwks *k = NULL;
	struct err e;

	snprintf(one, sizeof(one), EC_KEY, more);
	snprintf(text, sizeof(text), "{\"keys\":[%s]}", one);
	*out_rc = jwks_parse(view_str(text), &k, &e);
	return k;
}

static enum jwt_verdict verdict(const struct jwks *k, const char *token, const char *algs)
{
	json_t *claims = NULL;
	unsigned bits = 0;

	ck_assert(jwt_algs_parse(view_str(algs), &bits));
	enum jwt_verdict v = jwt_verify(k, view_str(token), bits, &claims);
	ck_assert(v != JWT_OK || json_is_object(claims));
	if (v == JWT_OK)
		json_decref(claims);
	return v;
}

START_TEST(the_token_of_the_rfc_is_good_and_no_other)
{
	char changed[] = EC_TOKEN;
	enum rc rc;
	struct jwks *k = keys_of("", &rc);

	ck_assert_int_eq(rc, RC_OK);
	ck_assert_uint_eq(jwks_count(k), 1);
	ck_assert_int_eq(verdict(k, EC_TOKEN, "ES256"), JWT_OK);
	ck_assert_int_eq(verdict(k, EC_TOKEN, "RS256"), JWT_BAD_ALG);
	changed[sizeof(changed) - 10] ^= 1;
	ck_assert_int_eq(verdict(k, changed, "ES256"), JWT_BAD_SIGNATURE);
	changed[sizeof(changed) - 10] ^= 1;
	changed[40] ^= 1;
	ck_assert_int_eq(verdict(k, changed, "ES256"), JWT_BAD_SIGNATURE);
	ck_assert_int_eq(verdict(k, EC_TOKEN ".x", "ES256"), JWT_BAD_FORM);
	ck_assert_int_eq(verdict(k, "", "ES256"), JWT_BAD_FORM);
	ck_assert_int_eq(verdict(k, "..", "ES256"), JWT_BAD_FORM);
	jwks_release(k);
}
END_TEST

START_TEST(keys_for_something_else_are_left_out)
{
	static const char *const unfit[] = { ",\"use\":\"enc\"", ",\"key_ops\":[\"sign\"]", ",\"kid\":1",
					     ",\"alg\":7", ",\"kty\":\"oct\"" };
	static const char *const no_set[] = { "", "{}", "[]", "{\"keys\":1}", "{\"keys\":[],\"keys\":[]}" };
	struct jwks *k = NULL;
	struct err e;
	enum rc rc;

	for (size_t i = 0; i < ARRAY_LEN(unfit); i++) {
		jwks_release(keys_of(unfit[i], &rc));
		ck_assert_msg(rc != RC_OK, "%s", unfit[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(no_set); i++)
		ck_assert_int_eq(jwks_parse(view_str(no_set[i]), &k, &e), RC_BAD_JSON);
	ck_assert_int_eq(jwks_parse(view_str("{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}"), &k, &e), RC_INVALID);
	k = keys_of(",\"alg\":\"ES384\"", &rc);
	ck_assert_int_eq(verdict(k, EC_TOKEN, "ES256"), JWT_NO_KEY);
	jwks_release(k);
}
END_TEST

/* ---- claims ---- */

#define CLAIMS(more) "{\"iss\":\"I\",\"aud\":\"A\",\"sub\":\"s\",\"exp\":1000,\"iat\":900,\"nonce\":\"N\"" more "}"

static const char *wrong(const char *text, bool id_token)
{
	struct claim_rules r = { "I", "A", "A", "B, C", id_token, "N", 950, 60 };
	json_t *c = json_loads(text, 0, NULL);
	const char *w;

	ck_assert_msg(c != NULL, "%s", text);
	w = claims_check(c, &r);
	json_decref(c);
	return w ? w : "";
}

START_TEST(claims_must_be_for_us_and_of_now)
{
	static const struct {
		const char *text, *bearer, *login;
	} cases[] = {
		{ CLAIMS(""), "", "" },
		{ CLAIMS(",\"iss\":\"J\""), "iss", "iss" },
		{ CLAIMS(",\"aud\":[\"B\",\"A\"]"), "", "azp" },
		{ CLAIMS(",\"aud\":[\"B\",\"A\"],\"azp\":\"A\""), "", "" },
		{ CLAIMS(",\"azp\":\"C\""), "", "azp" },
		{ CLAIMS(",\"azp\":\"D\""), "azp", "azp" },
		{ CLAIMS(",\"azp\":\"\""), "azp", "azp" },
		{ CLAIMS(",\"aud\":[1,{}]"), "aud", "aud" },
		{ CLAIMS(",\"exp\":891"), "", "" },
		{ CLAIMS(",\"exp\":890"), "exp", "exp" },
		{ CLAIMS(",\"exp\":890.5"), "", "" },
		{ CLAIMS(",\"exp\":1e300"), "exp", "exp" },
		{ CLAIMS(",\"nbf\":1010"), "", "" },
		{ CLAIMS(",\"nbf\":1011"), "nbf", "nbf" },
		{ CLAIMS(",\"nbf\":null"), "nbf", "nbf" },
		{ CLAIMS(",\"iat\":1011"), "iat", "iat" },
		{ CLAIMS(",\"nonce\":\"M\""), "", "nonce" },
		{ CLAIMS(",\"sub\":[]"), "sub", "sub" },
		{ "{\"iss\":\"I\",\"aud\":\"A\",\"sub\":\"s\",\"exp\":1000}", "", "iat" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		ck_assert_str_eq(wrong(cases[i].text, false), cases[i].bearer);
		ck_assert_str_eq(wrong(cases[i].text, true), cases[i].login);
	}
}
END_TEST

static enum rc caller(const char *map, const char *role_claim, const char *text, struct claimed *out, json_t **c)
{
	struct role_map m;
	struct err e;
	struct caller_rules r = { &m, role_claim, "o", "n" };

	ck_assert_int_eq(role_map_parse(view_str(map), &m, &e), RC_OK);
	*c = json_loads(text, 0, NULL);
	ck_assert(*c != NULL);
	return claims_caller(*c, &r, out, &e);
}

START_TEST(claims_give_a_role_by_the_map)
{
	static const struct {
		const char *map, *claim, *text;
		enum role role;
		const char *name;
	} cases[] = {
		{ "a:admin,b:risk", "r", "{\"r\":\"b\",\"sub\":\"s\"}", ROLE_RISK, "oidc:s" },
		{ "a:admin,b:risk", "r", "{\"r\":[\"b\",\"a\"],\"n\":\"x@y%\"}", ROLE_ADMIN, "oidc:x%40y%25" },
		{ "urn:x:admin", "p.q", "{\"p\":{\"q\":[\"urn:x\"]},\"n\":\"admin\"}", ROLE_ADMIN, "oidc:admin" },
		{ "a:admin", "p.q", "{\"p.q\":\"a\",\"n\":\"x\\ny\",\"sub\":\"t\"}", ROLE_ADMIN, "oidc:t" },
		{ "a:admin", "r", "{\"r\":\"A\",\"sub\":\"s\"}", ROLE_NONE, "" },
		{ "a:admin", "r", "{\"r\":{\"a\":1},\"sub\":\"s\"}", ROLE_NONE, "" },
		{ "a:admin", "r.s", "{\"r\":\"a\",\"sub\":\"s\"}", ROLE_NONE, "" },
		{ "a:procurer", "r", "{\"r\":\"a\",\"sub\":\"s\"}", ROLE_NONE, "" },
		{ "a:procurer", "r", "{\"r\":\"a\",\"sub\":\"s\",\"o\":\"X\"}", ROLE_PROCURER, "oidc:s" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct claimed out;
		json_t *c;
		enum rc rc = caller(cases[i].map, cases[i].claim, cases[i].text, &out, &c);
		ck_assert_int_eq(rc, cases[i].role ? RC_OK : RC_NO_ROLE);
		if (!rc) {
			ck_assert_int_eq(out.role, cases[i].role);
			ck_assert_str_eq(out.name, cases[i].name);
		}
		json_decref(c);
	}
}
END_TEST

START_TEST(a_map_of_roles_is_read_strictly)
{
	static const char *const bad[] = { "a", "a:", ":admin", "a:king", "a:none", "a:admin,b" };
	struct role_map m;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(role_map_parse(view_str(bad[i]), &m, &e) == RC_USAGE, "%s", bad[i]);
	ck_assert_int_eq(role_map_parse(view_str(" a b : admin , c:risk ,"), &m, &e), RC_OK);
	ck_assert_uint_eq(m.n, 2);
	ck_assert(view_is(m.rows[0].value, "a b"));
}
END_TEST

START_TEST(long_names_stay_short_and_apart)
{
	struct claimed one, two;
	char text[400];
	json_t *c;

	snprintf(text, sizeof(text), "{\"r\":\"a\",\"sub\":\"%0200d\"}", 1);
	ck_assert_int_eq(caller("a:admin", "r", text, &one, &c), RC_OK);
	json_decref(c);
	snprintf(text, sizeof(text), "{\"r\":\"a\",\"sub\":\"%0200d\"}", 2);
	ck_assert_int_eq(caller("a:admin", "r", text, &two, &c), RC_OK);
	json_decref(c);
	ck_assert_str_ne(one.name, two.name);
	ck_assert_uint_lt(strlen(one.name), CLAIM_NAME_MAX);
}
END_TEST

/* ---- the rest ---- */

START_TEST(cookies_are_found_once)
{
	static const struct {
		const char *field, *value;
	} cases[] = {
		{ "a=1", "1" },	     { "b=2; a=1", "1" }, { "b=2;a=1 ;c", "1" }, { "a=", "" },
		{ "a=1; a=2", NULL }, { "A=1", NULL },	  { "xa=1", NULL },	 { "a", NULL },
		{ "", NULL },	     { "ab=1", NULL },	  { ";;; a=x=y", "x=y" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct view v;
		bool found = cookie_find(view_str(cases[i].field), "a", &v);
		ck_assert_msg(found == (cases[i].value != NULL), "%s", cases[i].field);
		ck_assert(!found || view_is(v, cases[i].value));
	}
}
END_TEST

START_TEST(ways_back_stay_here)
{
	static const char *const good[] = { "/", "/#/buyers/X", "/?a=b#c", "/a//b", "/%2F" };
	static const char *const bad[] = { "",	   "a",	  "//e",    "/\\e",  "https://e", "/a b", "/v1/me", "/v1",
					   "/\te", "/\n", "/\x7f", "/\xe3", "/a\"b",	 "/<",	 "\\e",	    "/a\\b" };

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		ck_assert_msg(oidc_return_ok(view_str(good[i])), "%s", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(!oidc_return_ok(view_str(bad[i])), "%s", bad[i]);
}
END_TEST

START_TEST(only_safe_addresses_are_fetched)
{
	static const char *const good[] = { "https://idp.example", "https://idp.example:8443/realms/a?b=c",
					    "http://127.0.0.1:9", "http://localhost/x", "http://[::1]:80/" };
	static const char *const bad[] = { "", "idp.example", "http://idp.example", "ftp://127.0.0.1/",
					   "file:///etc/passwd", "https://u:p@idp.example", "https://idp.example/#f",
					   "http://127.0.0.1.evil.example", "http://localhost.evil", "https://",
					   "https://a b", "http://10.0.0.1" };

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		ck_assert_msg(fetch_url_ok(good[i]), "%s", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(!fetch_url_ok(bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST(sessions_end_by_their_limits)
{
	struct session_limits limits = { .max = 3, .idle_s = 100, .absolute_s = 1000 };
	struct sessions *s = sessions_new(&limits);
	struct session made = { .who = { .role = ROLE_RISK } }, found;
	char id[4][SESSION_ID_TEXT];

	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(sessions_make(s, &made, id[i]), RC_OK);
	ck_assert_int_eq(sessions_make(s, &made, id[3]), RC_BUSY);
	ck_assert(sessions_find(s, view_str(id[0]), true, &found));
	ck_assert_int_eq(found.who.role, ROLE_RISK);
	ck_assert(sessions_alive(s, &found));
	sessions_end(s, view_str(id[0]));
	ck_assert(!sessions_find(s, view_str(id[0]), true, &found));
	ck_assert(!sessions_alive(s, &found));
	ck_assert(!sessions_find(s, view_str(""), true, &found));
	made.end_us = 1; /* what made it has run out */
	ck_assert_int_eq(sessions_make(s, &made, id[0]), RC_OK);
	ck_assert(!sessions_find(s, view_str(id[0]), true, &found));
	ck_assert_uint_eq(sessions_count(s), 2);
	sessions_free(s);
}
END_TEST

START_TEST(attempts_are_counted_by_address)
{
	struct attempts *a = attempts_new(3);
	unsigned wait = 0;

	for (int i = 0; i < 3; i++)
		ck_assert(attempts_take(a, "192.0.2.1", &wait));
	ck_assert(!attempts_take(a, "192.0.2.1", &wait));
	ck_assert(wait >= 1 && wait <= 21);
	ck_assert(attempts_take(a, "192.0.2.2", &wait));
	for (int i = 0; i < 3; i++)
		ck_assert(attempts_take(a, i % 2 ? "2001:db8::1" : "2001:db8::2:1", &wait));
	ck_assert(!attempts_take(a, "2001:db8::3", &wait));
	ck_assert(attempts_take(a, "2001:db8:0:1::3", &wait));
	attempts_free(a);
}
END_TEST

static Suite *login_suite(void)
{
	Suite *s = suite_create("login");
	TCase *c = tcase_create("parts");

	tcase_add_test(c, algorithms_are_those_with_two_keys);
	tcase_add_test(c, the_token_of_the_rfc_is_good_and_no_other);
	tcase_add_test(c, keys_for_something_else_are_left_out);
	tcase_add_test(c, claims_must_be_for_us_and_of_now);
	tcase_add_test(c, claims_give_a_role_by_the_map);
	tcase_add_test(c, a_map_of_roles_is_read_strictly);
	tcase_add_test(c, long_names_stay_short_and_apart);
	tcase_add_test(c, cookies_are_found_once);
	tcase_add_test(c, ways_back_stay_here);
	tcase_add_test(c, only_safe_addresses_are_fetched);
	tcase_add_test(c, sessions_end_by_their_limits);
	tcase_add_test(c, attempts_are_counted_by_address);
	suite_add_tcase(s, c);
	return s;
}

int main(void)
{
	static suite_make *const suites[] = { login_suite };

	if (sodium_init() < 0)
		return EXIT_FAILURE;
	return run_suites(suites, ARRAY_LEN(suites));
}
