/*
 * oidc.c - see oidc.h. The settings, the keys in use, and bearer tokens. A token that was found good is
 * remembered by its hash for a minute at most, and never beyond the keys that it was checked with.
 */
#include "api/oidc_int.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"
#include "services/fetch.h"

/* ---- settings ---- */

/* The client's secret: a file of our own that nobody else may read, or NAME of a systemd credential. */
static enum rc read_secret(const char *file, char out[SECRET_MAX], struct err *e)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	char path[4096];
	struct stat st;

	if (file[0] != '/' && !dir)
		return err_set(e, RC_USAGE, "oidc_secret_file",
			       "oidc_secret_file: '%s' is neither a whole path nor a credential",
			       file);
	snprintf(path, sizeof(path), "%s%s%s", file[0] == '/' ? "" : dir, file[0] == '/' ? "" : "/",
		 file);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : read(fd, out, SECRET_MAX - 1);
	int error = errno;
	bool open_to_others = fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
					  (st.st_mode & 077));
	if (fd >= 0)
		close(fd);
	while (n > 0 && (out[n - 1] == '\n' || out[n - 1] == '\r'))
		n--;
	out[MAX(n, 0)] = '\0';
	if (n > 0 && !open_to_others && n < SECRET_MAX - 1 && strlen(out) == (size_t)n)
		return RC_OK;
	sodium_memzero(out, SECRET_MAX);
	return err_set(e, RC_USAGE, "oidc_secret_file", "oidc_secret_file: %s: %s", path,
		       n < 0 ? strerror(error) : open_to_others ? "must have mode 0600"
								: "holds no secret");
}

static enum rc bad(struct err *e, const char *setting, const char *why)
{
	return err_set(e, RC_USAGE, setting, "%s: %s", setting, why);
}

static bool has_openid(const char *scopes)
{
	for (size_t n; *scopes; scopes += n + (scopes[n] != '\0')) {
		n = strcspn(scopes, " ");
		if (n == 6 && memcmp(scopes, "openid", 6) == 0)
			return true;
	}
	return false;
}

static enum rc check_config(struct oidc *o, struct err *e)
{
	struct oidc_config *c = &o->c;
	size_t n = strlen(c->public_url);
	enum rc rc;

	if (!fetch_url_ok(c->issuer) || strchr(c->issuer, '?'))
		return bad(e, "oidc_issuer", "an https address, without a query");
	if (!c->client_id[0])
		return bad(e, "oidc_client_id", "is required with oidc_issuer");
	if (n && (!fetch_url_ok(c->public_url) || strchr(c->public_url, '?') ||
		  c->public_url[n - 1] == '/'))
		return bad(e, "public_url", "an https address, without a query and a '/' at its end");
	if (!has_openid(c->scopes))
		return bad(e, "oidc_scopes", "must have openid in it");
	if (!jwt_algs_parse(view_str(c->algs), &o->algs))
		return bad(e, "oidc_algs", "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512");
	if (!c->audience[0])
		c->audience = c->client_id;
	rc = role_map_parse(view_str(c->roles), &o->roles, e);
	if (rc) {
		char why[sizeof(e->arg)];
		snprintf(why, sizeof(why), "%s", e->arg);
		return bad(e, "oidc_roles", why);
	}
	if (!o->roles.n)
		return bad(e, "oidc_roles", "nobody would have a role");
	return c->secret_file[0] ? read_secret(c->secret_file, o->secret, e) : RC_OK;
}

enum rc oidc_new(const struct oidc_config *c, struct oidc **out, struct err *e)
{
	pthread_condattr_t steady;
	struct oidc *o;
	enum rc rc;

	*out = NULL;
	if (!c->issuer || !c->issuer[0])
		return RC_OK;
	o = calloc(1, sizeof(*o));
	if (!o)
		return err_set(e, RC_NOMEM, NULL, NULL);
	o->c = *c;
	o->tail = &o->first;
	o->cache = calloc(VERIFIED_SLOTS, sizeof(*o->cache));
	randombytes_buf(o->seal_key, sizeof(o->seal_key));
	pthread_mutex_init(&o->lock, NULL);
	pthread_mutex_init(&o->cache_lock, NULL);
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&o->wake, &steady);
	pthread_condattr_destroy(&steady);
	rc = o->cache ? fetch_init(e) : err_set(e, RC_NOMEM, NULL, NULL);
	if (!rc)
		rc = check_config(o, e);
	if (rc) {
		oidc_free(o);
		return rc;
	}
	*out = o;
	return RC_OK;
}

void oidc_free(struct oidc *o)
{
	if (!o)
		return;
	jwks_release(o->keys);
	pthread_cond_destroy(&o->wake);
	pthread_mutex_destroy(&o->lock);
	pthread_mutex_destroy(&o->cache_lock);
	free(o->cache);
	sodium_memzero(o->secret, sizeof(o->secret));
	sodium_memzero(o->seal_key, sizeof(o->seal_key));
	free(o);
}

/* ---- keys ---- */

struct jwks *oidc_keys(struct oidc *o, unsigned *out_generation)
{
	struct jwks *k = NULL;

	pthread_mutex_lock(&o->lock);
	if (o->keys && monotonic_us() - o->keys_us < (int64_t)KEYS_STALE_S * 1000000)
		k = jwks_hold(o->keys);
	*out_generation = o->generation;
	pthread_mutex_unlock(&o->lock);
	return k;
}

void oidc_want(struct oidc *o)
{
	pthread_mutex_lock(&o->lock);
	if (!o->wanted) {
		o->wanted = true;
		pthread_cond_signal(&o->wake);
	}
	pthread_mutex_unlock(&o->lock);
}

void oidc_stats(struct oidc *o, struct oidc_stats *out)
{
	*out = (struct oidc_stats){
		.fetches = atomic_load(&o->fetches),
		.failures = atomic_load(&o->failures),
		.verified = atomic_load(&o->verified),
		.cached = atomic_load(&o->cached),
		.refused = atomic_load(&o->refused),
	};
	pthread_mutex_lock(&o->lock);
	out->keys = o->keys ? jwks_count(o->keys) : 0;
	pthread_mutex_unlock(&o->lock);
}

/* ---- who it is ---- */

/* Organisations that are not registered here give nothing; at least one has to be. */
static enum rc find_orgs(struct txn *t, const struct claimed *c, struct identity *out, struct err *e)
{
	for (unsigned i = 0; i < c->n_orgs; i++) {
		uint32_t org;
		enum rc rc = org_find(t, c->orgs[i], &org);
		if (rc == RC_NOT_FOUND)
			continue;
		if (rc)
			return err_set(e, rc, NULL, "%s", "reading the store");
		out->orgs[out->n_orgs++] = org;
	}
	if (out->n_orgs)
		return RC_OK;
	return err_set(e, RC_NO_ROLE, NULL, "%s (%s)", c->name, role_names[c->role]);
}

enum rc oidc_identity(struct oidc *o, struct txn *t, const json_t *claims, struct identity *out,
		      struct err *e)
{
	struct caller_rules rules = { &o->roles, o->c.role_claim, o->c.orgs_claim, o->c.name_claim };
	struct claimed c;
	enum rc rc = claims_caller(claims, &rules, &c, e);

	if (rc)
		return rc;
	*out = (struct identity){ .role = c.role, .expires_ms = c.expires_s * 1000 };
	snprintf(out->name, sizeof(out->name), "%s", c.name);
	if (!c.n_orgs)
		return RC_OK;
	rc = find_orgs(t, &c, out, e);
	if (!rc) { /* as the log names those who are bound */
		struct view id = org_id(t, out->orgs[0]);
		snprintf(out->name, sizeof(out->name), "%s@%.*s", c.name, (int)id.n,
			 (const char *)id.p);
	}
	return rc;
}

/* ---- bearer tokens ---- */

static void hash_of(struct view token, uint8_t out[32])
{
	crypto_generichash(out, 32, token.p, token.n, NULL, 0);
}

static struct verified *slot_of(struct oidc *o, const uint8_t hash[32])
{
	uint32_t i;

	memcpy(&i, hash, sizeof(i));
	return &o->cache[i % VERIFIED_SLOTS];
}

static bool cache_get(struct oidc *o, const uint8_t hash[32], int64_t now_ms, struct identity *out)
{
	struct verified *v = slot_of(o, hash);
	unsigned generation;
	struct jwks *keys = oidc_keys(o, &generation);
	bool found;

	jwks_release(keys);
	pthread_mutex_lock(&o->cache_lock);
	found = keys && v->generation == generation && now_ms < v->until_ms &&
		sodium_memcmp(v->hash, hash, 32) == 0;
	if (found)
		*out = v->who;
	pthread_mutex_unlock(&o->cache_lock);
	return found;
}

static void cache_put(struct oidc *o, const uint8_t hash[32], unsigned generation, int64_t now_ms,
		      const struct identity *who)
{
	struct verified *v = slot_of(o, hash);

	pthread_mutex_lock(&o->cache_lock);
	memcpy(v->hash, hash, 32);
	v->generation = generation;
	v->until_ms = MIN(now_ms + VERIFIED_S * 1000, who->expires_ms + (int64_t)o->c.skew_s * 1000);
	v->who = *who;
	pthread_mutex_unlock(&o->cache_lock);
}

static enum rc check_claims(struct oidc *o, struct txn *t, const json_t *claims, int64_t now_ms,
			    struct identity *out, struct err *e)
{
	struct claim_rules rules = {
		.issuer = o->c.issuer,
		.audience = o->c.audience,
		.client_id = o->c.client_id,
		.clients = o->c.clients,
		.now_s = now_ms / 1000,
		.skew_s = o->c.skew_s,
	};
	const char *wrong = claims_check(claims, &rules);

	return wrong ? err_set(e, RC_TOKEN_REFUSED, NULL, "%s", wrong)
		     : oidc_identity(o, t, claims, out, e);
}

static enum rc check_token(struct oidc *o, struct txn *t, struct view token, int64_t now_ms,
			   struct identity *out, unsigned *out_generation, struct err *e)
{
	struct jwks *keys = oidc_keys(o, out_generation);
	enum jwt_verdict verdict;
	json_t *claims;
	enum rc rc;

	if (!keys) {
		oidc_want(o);
		return err_set(e, RC_PROVIDER_AWAY, NULL, NULL);
	}
	verdict = jwt_verify(keys, token, o->algs, &claims);
	jwks_release(keys);
	if (verdict == JWT_NO_KEY)
		oidc_want(o);
	if (verdict)
		return err_set(e, RC_TOKEN_REFUSED, NULL, "%s", jwt_verdict_text(verdict));
	rc = check_claims(o, t, claims, now_ms, out, e);
	json_decref(claims);
	return rc;
}

enum rc oidc_bearer(struct oidc *o, struct txn *t, struct view token, struct identity *out,
		    struct err *e)
{
	int64_t now_ms = clock_now_ms(o->c.clock);
	unsigned generation;
	uint8_t hash[32];
	enum rc rc;

	hash_of(token, hash);
	if (cache_get(o, hash, now_ms, out)) {
		atomic_fetch_add(&o->cached, 1);
		return RC_OK;
	}
	rc = check_token(o, t, token, now_ms, out, &generation, e);
	atomic_fetch_add(rc ? &o->refused : &o->verified, 1);
	if (!rc)
		cache_put(o, hash, generation, now_ms, out);
	return rc;
}
