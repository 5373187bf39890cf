/* oidc_int.h - inside of oidc*.c. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "api/jwt.h"
#include "api/oidc.h"
#include "base/buf.h"

#define SECRET_MAX 256
#define ENDPOINT_MAX 1024
#define VERIFIED_SLOTS 2048
#define VERIFIED_S 60        /* then a cached token is looked at again: organisations come and go */
#define KEYS_STALE_S 86400   /* keys that could not be fetched anew for this long are dropped */
#define EXCHANGES_MAX 64     /* waiting */
#define USED_MAX 4096        /* logins that were finished, until they could not be any more */

/* What the provider says of itself (OpenID Connect Discovery). */
struct provider {
	char authorization[ENDPOINT_MAX], token[ENDPOINT_MAX], jwks[ENDPOINT_MAX];
	bool post; /* takes the client's secret in the form, not by HTTP Basic */
};

struct verified {
	uint8_t hash[32];
	unsigned generation; /* of the keys; 0: free */
	int64_t until_ms;
	struct identity who;
};

struct oidc {
	struct oidc_config c;
	char secret[SECRET_MAX]; /* "": a public client */
	unsigned algs;
	struct role_map roles;
	uint8_t seal_key[32];
	atomic_bool stop;
	atomic_uint_fast64_t fetches, failures, verified, cached, refused;

	pthread_mutex_t lock; /* of what follows; never held while the provider is asked */
	pthread_cond_t wake;
	bool has_provider, wanted, running;
	struct provider provider;
	struct jwks *keys;
	unsigned generation; /* of keys, from 1 */
	int64_t keys_us, tried_us; /* monotonic */
	unsigned failed; /* in a row */
	struct oidc_exchange *first, **tail;
	unsigned waiting;
	struct {
		uint8_t hash[16];
		int64_t until_us;
	} used[USED_MAX];
	pthread_t thread;

	pthread_mutex_t cache_lock;
	struct verified *cache;
};

/* oidc.c */
/* The keys as they are now, to be released; NULL: none. */
struct jwks *oidc_keys(struct oidc *o, unsigned *out_generation);
/* Asks for the keys to be fetched anew, as soon as that may be. */
void oidc_want(struct oidc *o);
/* Claims that were checked become a caller. */
MUST_USE enum rc oidc_identity(struct oidc *o, struct txn *t, const json_t *claims,
			       struct identity *out, struct err *e);

/* oidc_thread.c */
/* Fetches the provider's description and its keys. On its thread. */
MUST_USE enum rc oidc_refresh(struct oidc *o, struct err *e);

/* oidc_code.c */
/* One exchange of a code, up to its done(). On its thread. */
void oidc_exchange_run(struct oidc *o, struct oidc_exchange *x);
