/*
 * oidc.h - callers that an OpenID provider (Entra ID, Keycloak, …) vouches for: bearer tokens that it signed,
 * and logging in at its own page (authorization code flow with PKCE).
 *
 * The provider is asked by one thread alone (oidc_thread.c); everybody else works with the keys that it fetched
 * last. A provider that is away stops new logins and, a day later, its tokens; never anything else.
 */
#pragma once

#include "api/claims.h"
#include "base/clock.h"

struct oidc;
struct store;

struct oidc_config {
	const char *issuer; /* "": there is no provider */
	const char *client_id, *secret_file, *scopes, *public_url, *audience, *clients, *algs;
	const char *role_claim, *roles, *orgs_claim, *name_claim, *ca_file;
	unsigned skew_s;
	unsigned refresh_s; /* keys are fetched anew after this */
	unsigned refetch_s; /* an unknown key has them fetched no sooner than this after the last time */
	unsigned timeout_s; /* of one exchange with the provider */
	const struct clock *clock;
	struct store *store;
};

/* *out NULL where no issuer is set. The config's texts must outlive it. RC_USAGE with the setting's name. */
MUST_USE enum rc oidc_new(const struct oidc_config *c, struct oidc **out, struct err *e);
MUST_USE enum rc oidc_start(struct oidc *o, struct err *e); /* its thread; o may be NULL */
void oidc_stop(struct oidc *o); /* ends the thread; waiting exchanges are told RC_STOPPING */
void oidc_free(struct oidc *o); /* accepts NULL */

/* Who bears this token? CPU only: a check of its signature, or a look into the cache. Any thread; t is read where
 * the claims name organisations. RC_TOKEN_REFUSED with the claim, RC_NO_ROLE, RC_PROVIDER_AWAY (no keys yet). */
MUST_USE enum rc oidc_bearer(struct oidc *o, struct txn *t, struct view token, struct identity *out,
			     struct err *e);

/* ---- logging in at the provider's page ---- */

#define OIDC_URL_MAX 4096
#define OIDC_SEAL_MAX 2048 /* of what the browser keeps meanwhile, as text */
#define OIDC_RETURN_MAX 512
#define OIDC_BASE_MAX 256
#define OIDC_RANDOM_MAX 44 /* 256 random bits as text */
#define OIDC_LOGIN_S 600 /* a login must be finished within */

/* A path of this server that a browser may be sent to: never another site, never a call of the API. */
bool oidc_return_ok(struct view path);
/* Where to send the browser, and what it has to bring back in a cookie. base: the address that it knows us by,
 * where the settings say none. RC_PROVIDER_AWAY. */
MUST_USE enum rc oidc_begin(struct oidc *o, const char *base, struct view return_to,
			    char out_url[OIDC_URL_MAX], char out_sealed[OIDC_SEAL_MAX],
			    struct err *e);

/* The way back: what the browser brought, and who it turned out to be. */
struct oidc_exchange {
	struct view code, state, iss, sealed; /* live until done() */
	void (*done)(struct oidc_exchange *x); /* on the provider's thread */
	/* filled in: */
	enum rc rc;
	struct err err;
	struct identity who;
	char return_to[OIDC_RETURN_MAX + 1];
	/* its own: */
	char verifier[OIDC_RANDOM_MAX], nonce[OIDC_RANDOM_MAX], base[OIDC_BASE_MAX];
	struct oidc_exchange *next;
};
/* Checks what the browser brought and hands it to the thread. RC_OK: done() follows, exactly once. RC_LOGIN_FAILED,
 * RC_BUSY. return_to is filled in as soon as it is known. */
MUST_USE enum rc oidc_exchange(struct oidc *o, struct oidc_exchange *x, struct err *e);

struct oidc_stats {
	uint64_t fetches, failures; /* of the provider's keys */
	uint64_t verified, cached, refused;
	size_t keys;
};
void oidc_stats(struct oidc *o, struct oidc_stats *out);
