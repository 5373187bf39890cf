/*
 * oidc_code.c - logging in at the provider's page (RFC 6749 4.1 with PKCE, RFC 7636; OpenID Connect Core 3.1).
 *
 * What a login needs to remember travels with the browser, sealed with a key of this process, in a cookie: an
 * unfinished login costs the server nothing. state ties the answer to that cookie; a login that came back is
 * remembered until it would have run out, so that none counts twice.
 */
#include "api/oidc_int.h"

#include <sodium.h>
#include <stdio.h>

#include "base/log.h"
#include "base/pack.h"
#include "base/util.h"
#include "services/fetch.h"
#include "store/store.h"

#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define CALLBACK "/v1/login/callback"
#define CODE_MAX 4096
#define ANSWER_BYTES_MAX 262144
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES

/* What is sealed. */
struct pending {
	int64_t until_us; /* monotonic: the key does not outlive the process */
	char state[OIDC_RANDOM_MAX], nonce[OIDC_RANDOM_MAX], verifier[OIDC_RANDOM_MAX];
	char base[OIDC_BASE_MAX];
	char return_to[OIDC_RETURN_MAX + 1];
};
#define SEALED_BYTES (NONCE_BYTES + sizeof(struct pending) + TAG_BYTES)
_Static_assert((SEALED_BYTES + 2) / 3 * 4 < OIDC_SEAL_MAX, "a sealed login fits its text");

static void random_text(char out[OIDC_RANDOM_MAX])
{
	uint8_t bytes[32];

	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2base64(out, OIDC_RANDOM_MAX, bytes, sizeof(bytes), BASE64);
}

bool oidc_return_ok(struct view v)
{
	const char *p = v.p;

	if (v.n == 0 || v.n > OIDC_RETURN_MAX || p[0] != '/' ||
	    (v.n > 1 && (p[1] == '/' || p[1] == '\\')) || (v.n >= 3 && memcmp(p, "/v1", 3) == 0))
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (p[i] <= ' ' || p[i] >= 0x7f || strchr("\\\"<>", p[i]))
			return false;
	return true;
}

/* ---- out ---- */

static void seal(struct oidc *o, const struct pending *p, char out[OIDC_SEAL_MAX])
{
	uint8_t raw[SEALED_BYTES];

	randombytes_buf(raw, NONCE_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(raw + NONCE_BYTES, NULL, (const uint8_t *)p,
						   sizeof(*p), NULL, 0, NULL, raw, o->seal_key);
	sodium_bin2base64(out, OIDC_SEAL_MAX, raw, sizeof(raw), BASE64);
}

static void add_challenge(struct buf *q, const char *verifier)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	char text[OIDC_RANDOM_MAX];

	crypto_hash_sha256(hash, (const uint8_t *)verifier, strlen(verifier));
	sodium_bin2base64(text, sizeof(text), hash, sizeof(hash), BASE64);
	fetch_form_add(q, "code_challenge", view_str(text));
	fetch_form_add(q, "code_challenge_method", VIEW_LIT("S256"));
}

static void add_redirect(struct buf *q, const char *base)
{
	char url[OIDC_BASE_MAX + sizeof(CALLBACK)];

	snprintf(url, sizeof(url), "%s" CALLBACK, base);
	fetch_form_add(q, "redirect_uri", view_str(url));
}

static void add_question(struct oidc *o, const struct pending *p, struct buf *q)
{
	fetch_form_add(q, "response_type", VIEW_LIT("code"));
	fetch_form_add(q, "client_id", view_str(o->c.client_id));
	add_redirect(q, p->base);
	fetch_form_add(q, "scope", view_str(o->c.scopes));
	fetch_form_add(q, "state", view_str(p->state));
	fetch_form_add(q, "nonce", view_str(p->nonce));
	add_challenge(q, p->verifier);
}

static bool provider_get(struct oidc *o, struct provider *out)
{
	bool has;

	pthread_mutex_lock(&o->lock);
	has = o->has_provider;
	*out = o->provider;
	pthread_mutex_unlock(&o->lock);
	return has;
}

enum rc oidc_begin(struct oidc *o, const char *base, struct view return_to, char out_url[OIDC_URL_MAX],
		   char out_sealed[OIDC_SEAL_MAX], struct err *e)
{
	AUTO(buf_done) struct buf q = BUF_INIT;
	struct pending p = { .until_us = monotonic_us() + (int64_t)OIDC_LOGIN_S * 1000000 };
	struct provider at;

	if (!provider_get(o, &at)) {
		oidc_want(o);
		return err_set(e, RC_PROVIDER_AWAY, NULL, NULL);
	}
	random_text(p.state);
	random_text(p.nonce);
	random_text(p.verifier);
	snprintf(p.base, sizeof(p.base), "%s", o->c.public_url[0] ? o->c.public_url : base);
	snprintf(p.return_to, sizeof(p.return_to), "%.*s", (int)return_to.n,
		 (const char *)return_to.p);
	add_question(o, &p, &q);
	buf_addc(&q, '\0');
	if (!buf_ok(&q) || strlen(at.authorization) + 1 + q.n > OIDC_URL_MAX)
		return err_set(e, RC_NOMEM, NULL, NULL);
	snprintf(out_url, OIDC_URL_MAX, "%s%c%s", at.authorization,
		 strchr(at.authorization, '?') ? '&' : '?', q.p);
	seal(o, &p, out_sealed);
	return RC_OK;
}

/* ---- and back ---- */

static bool unseal(struct oidc *o, struct view text, struct pending *out)
{
	uint8_t raw[SEALED_BYTES];
	size_t n = 0;

	if (text.n == 0 || text.n >= OIDC_SEAL_MAX ||
	    sodium_base642bin(raw, sizeof(raw), text.p, text.n, NULL, &n, NULL, BASE64) != 0 ||
	    n != sizeof(raw))
		return false;
	return crypto_aead_xchacha20poly1305_ietf_decrypt(
		       (uint8_t *)out, NULL, NULL, raw + NONCE_BYTES, n - NONCE_BYTES, NULL, 0, raw,
		       o->seal_key) == 0;
}

/* Writes down that this login came back. RC_LOGIN_FAILED: once before; RC_BUSY: too many at once. */
static enum rc use_once(struct oidc *o, const struct pending *p)
{
	int64_t now = monotonic_us();
	enum rc rc = RC_BUSY;
	uint8_t hash[16];
	size_t free_at = USED_MAX;

	crypto_generichash(hash, sizeof(hash), (const uint8_t *)p->state, strlen(p->state), NULL, 0);
	pthread_mutex_lock(&o->lock);
	for (size_t i = 0; i < USED_MAX && rc == RC_BUSY; i++) {
		bool over = o->used[i].until_us < now;
		if (over && free_at == USED_MAX)
			free_at = i;
		if (!over && memcmp(o->used[i].hash, hash, sizeof(hash)) == 0)
			rc = RC_LOGIN_FAILED;
	}
	if (rc == RC_BUSY && free_at < USED_MAX) {
		memcpy(o->used[free_at].hash, hash, sizeof(hash));
		o->used[free_at].until_us = p->until_us;
		rc = RC_OK;
	}
	pthread_mutex_unlock(&o->lock);
	return rc;
}

static enum rc enqueue(struct oidc *o, struct oidc_exchange *x)
{
	enum rc rc = RC_OK;

	pthread_mutex_lock(&o->lock);
	if (!o->running || atomic_load(&o->stop))
		rc = RC_STOPPING;
	else if (o->waiting >= EXCHANGES_MAX)
		rc = RC_BUSY;
	if (!rc) {
		x->next = NULL;
		*o->tail = x;
		o->tail = &x->next;
		o->waiting++;
		pthread_cond_signal(&o->wake);
	}
	pthread_mutex_unlock(&o->lock);
	return rc;
}

static enum rc failed(struct err *e, const char *why) { return err_set(e, RC_LOGIN_FAILED, NULL, "%s", why); }

enum rc oidc_exchange(struct oidc *o, struct oidc_exchange *x, struct err *e)
{
	struct pending p;
	enum rc rc;

	x->return_to[0] = '\0';
	if (!unseal(o, x->sealed, &p))
		return failed(e, "cookie");
	snprintf(x->return_to, sizeof(x->return_to), "%s", p.return_to);
	if (x->state.n != strlen(p.state) || sodium_memcmp(x->state.p, p.state, x->state.n) != 0)
		return failed(e, "state");
	if (monotonic_us() >= p.until_us)
		return failed(e, "time");
	if (x->iss.p && !view_is(x->iss, o->c.issuer))
		return failed(e, "iss");
	if (x->code.n == 0 || x->code.n > CODE_MAX)
		return failed(e, "code");
	rc = use_once(o, &p);
	if (rc)
		return rc == RC_LOGIN_FAILED ? failed(e, "state") : rc;
	snprintf(x->verifier, sizeof(x->verifier), "%s", p.verifier);
	snprintf(x->nonce, sizeof(x->nonce), "%s", p.nonce);
	snprintf(x->base, sizeof(x->base), "%s", p.base);
	sodium_memzero(&p, sizeof(p));
	return enqueue(o, x);
}

/* ---- on the provider's thread ---- */

/* Id and secret as RFC 6749 2.3.1 wants them in HTTP Basic. */
static void encode(const char *text, struct buf *out)
{
	fetch_form_text(out, view_str(text));
	buf_addc(out, '\0');
}

static enum rc ask_token(struct oidc *o, const struct provider *at, const struct oidc_exchange *x,
			 struct buf *out, int *out_status, struct err *e)
{
	AUTO(buf_done) struct buf form = BUF_INIT;
	AUTO(buf_done) struct buf user = BUF_INIT;
	AUTO(buf_done) struct buf secret = BUF_INIT;
	bool basic = o->secret[0] && !at->post;

	fetch_form_add(&form, "grant_type", VIEW_LIT("authorization_code"));
	fetch_form_add(&form, "code", x->code);
	add_redirect(&form, x->base);
	fetch_form_add(&form, "code_verifier", view_str(x->verifier));
	if (!basic)
		fetch_form_add(&form, "client_id", view_str(o->c.client_id));
	if (o->secret[0] && !basic)
		fetch_form_add(&form, "client_secret", view_str(o->secret));
	encode(o->c.client_id, &user);
	encode(o->secret, &secret);
	if (!buf_ok(&form) || !buf_ok(&user) || !buf_ok(&secret))
		return RC_NOMEM;
	struct fetch_ask ask = {
		.url = at->token,
		.ca_file = o->c.ca_file,
		.form = buf_view(&form),
		.user = basic ? user.p : NULL,
		.secret = basic ? secret.p : NULL,
		.timeout_ms = o->c.timeout_s * 1000,
		.max_bytes = ANSWER_BYTES_MAX,
		.stop = &o->stop,
	};
	enum rc rc = fetch(&ask, out, out_status, e);
	sodium_memzero(secret.p, secret.n);
	sodium_memzero(form.p, form.n);
	return rc;
}

/* The ID token of the answer; its "error" goes to the log, as a word. */
static enum rc read_answer(struct view text, int status, json_t **out_doc, const char **out_token,
			   struct err *e)
{
	json_t *doc = text.n ? json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL) : NULL;
	const char *token = json_string_value(json_object_get(doc, "id_token"));
	const char *error = json_string_value(json_object_get(doc, "error"));

	if (status == 200 && token) {
		*out_doc = doc;
		*out_token = token;
		return RC_OK;
	}
	log_warn("oidc", "the provider refused a code status=%d error=\"%.60s\"", status,
		 error ? error : "");
	json_decref(doc);
	return failed(e, status == 200 ? "id_token" : "code");
}

/* A key that we do not know yet is looked for once. */
static enum rc verify(struct oidc *o, struct view token, json_t **out_claims, struct err *e)
{
	enum jwt_verdict verdict = JWT_NO_KEY;
	struct err why = { 0 };

	for (int i = 0; i < 2 && verdict == JWT_NO_KEY; i++) {
		unsigned generation;
		if (i > 0 && oidc_refresh(o, &why) != RC_OK)
			break;
		struct jwks *keys = oidc_keys(o, &generation);
		if (keys)
			verdict = jwt_verify(keys, token, o->algs, out_claims);
		jwks_release(keys);
	}
	return verdict ? failed(e, jwt_verdict_text(verdict)) : RC_OK;
}

static enum rc take_claims(struct oidc *o, const json_t *claims, struct oidc_exchange *x)
{
	struct claim_rules rules = {
		.issuer = o->c.issuer,
		.audience = o->c.client_id,
		.client_id = o->c.client_id,
		.clients = "",
		.id_token = true,
		.nonce = x->nonce,
		.now_s = clock_now_ms(o->c.clock) / 1000,
		.skew_s = o->c.skew_s,
	};
	const char *wrong = claims_check(claims, &rules);
	struct txn *t;
	enum rc rc;

	if (wrong)
		return failed(&x->err, wrong);
	rc = txn_begin_read(o->c.store, &t);
	if (rc)
		return err_set(&x->err, rc, NULL, "%s", "reading the store");
	rc = oidc_identity(o, t, claims, &x->who, &x->err);
	txn_abort(t);
	return rc;
}

static enum rc exchange(struct oidc *o, struct oidc_exchange *x)
{
	AUTO(buf_done) struct buf answer = BUF_INIT;
	json_t *doc = NULL, *claims = NULL;
	const char *token = NULL;
	struct provider at;
	int status = 0;
	enum rc rc;

	if (!provider_get(o, &at))
		return err_set(&x->err, RC_PROVIDER_AWAY, NULL, NULL);
	rc = ask_token(o, &at, x, &answer, &status, &x->err);
	if (rc) {
		log_warn("oidc", "a code could not be exchanged detail=\"%s\"", x->err.arg);
		return err_set(&x->err, RC_PROVIDER_AWAY, NULL, NULL);
	}
	rc = read_answer(buf_view(&answer), status, &doc, &token, &x->err);
	if (!rc)
		rc = verify(o, view_str(token), &claims, &x->err);
	if (!rc)
		rc = take_claims(o, claims, x);
	json_decref(claims);
	json_decref(doc);
	return rc;
}

void oidc_exchange_run(struct oidc *o, struct oidc_exchange *x)
{
	x->rc = exchange(o, x);
	sodium_memzero(x->verifier, sizeof(x->verifier));
	x->done(x);
}
