/*
 * oidc_thread.c - the one thread that asks the provider: for its description and keys at start, every refresh_s,
 * and when a token names an unknown key (refetch_s apart at least, so that made-up names cost nothing); and for
 * the tokens behind the codes that browsers bring.
 */
#include "api/oidc_int.h"

#include <stdio.h>
#include <time.h>

#include "base/log.h"
#include "base/util.h"
#include "services/fetch.h"

#define DISCOVERY "/.well-known/openid-configuration"
#define DISCOVERY_BYTES_MAX 65536
#define RETRY_S 5 /* doubles, to refetch_s or a minute */
#define RETRY_MOST_S 60

/* ---- asking ---- */

static enum rc fetch_ok(struct oidc *o, const char *url, size_t max_bytes, struct buf *out, struct err *e)
{
	struct fetch_ask ask = {
		.url = url,
		.ca_file = o->c.ca_file,
		.timeout_ms = o->c.timeout_s * 1000,
		.max_bytes = max_bytes,
		.stop = &o->stop,
	};
	int status = 0;
	enum rc rc = fetch(&ask, out, &status, e);

	if (!rc && status != 200)
		rc = err_set(e, RC_UNREACHABLE, NULL, "%.100s: status %d", url, status);
	return rc;
}

/* An address out of the description; it must be one that may be asked. */
static bool take_url(const json_t *doc, const char *name, char out[ENDPOINT_MAX])
{
	const char *url = json_string_value(json_object_get(doc, name));

	if (!url || strlen(url) >= ENDPOINT_MAX || !fetch_url_ok(url))
		return false;
	snprintf(out, ENDPOINT_MAX, "%s", url);
	return true;
}

/* HTTP Basic unless the provider takes only the form. */
static bool wants_post(const json_t *doc)
{
	json_t *list = json_object_get(doc, "token_endpoint_auth_methods_supported"), *v;
	bool post = false;
	size_t i;

	json_array_foreach(list, i, v) {
		const char *s = json_string_value(v);
		if (s && strcmp(s, "client_secret_basic") == 0)
			return false;
		post = post || (s && strcmp(s, "client_secret_post") == 0);
	}
	return post;
}

static enum rc read_description(const struct oidc *o, struct view text, struct provider *out,
				struct err *e)
{
	json_t *doc = text.n ? json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL) : NULL;
	const char *issuer = json_string_value(json_object_get(doc, "issuer")), *wrong = NULL;

	*out = (struct provider){ .post = wants_post(doc) };
	if (!issuer || strcmp(issuer, o->c.issuer) != 0)
		wrong = "issuer";
	else if (!take_url(doc, "authorization_endpoint", out->authorization))
		wrong = "authorization_endpoint";
	else if (!take_url(doc, "token_endpoint", out->token))
		wrong = "token_endpoint";
	else if (!take_url(doc, "jwks_uri", out->jwks))
		wrong = "jwks_uri";
	json_decref(doc);
	return wrong ? err_set(e, RC_UNREACHABLE, NULL, "%.80s" DISCOVERY ": %s", o->c.issuer, wrong)
		     : RC_OK;
}

static void put_keys(struct oidc *o, const struct provider *p, struct jwks *keys)
{
	struct jwks *old;

	pthread_mutex_lock(&o->lock);
	old = o->keys;
	o->provider = *p;
	o->has_provider = true;
	o->keys = keys;
	o->generation++;
	o->keys_us = monotonic_us();
	pthread_mutex_unlock(&o->lock);
	jwks_release(old);
}

static enum rc fetch_all(struct oidc *o, struct buf *b, struct err *e)
{
	struct provider p;
	struct jwks *keys;
	char url[ENDPOINT_MAX];
	size_t n = strlen(o->c.issuer);

	n -= n && o->c.issuer[n - 1] == '/';
	snprintf(url, sizeof(url), "%.*s" DISCOVERY, (int)n, o->c.issuer);
	enum rc rc = fetch_ok(o, url, DISCOVERY_BYTES_MAX, b, e);
	if (!rc)
		rc = read_description(o, buf_view(b), &p, e);
	buf_clear(b);
	if (!rc)
		rc = fetch_ok(o, p.jwks, JWKS_BYTES_MAX, b, e);
	if (!rc)
		rc = jwks_parse(buf_view(b), &keys, e);
	if (!rc) {
		log_debug("oidc", "fetched keys=%zu", jwks_count(keys));
		put_keys(o, &p, keys);
	}
	return rc;
}

enum rc oidc_refresh(struct oidc *o, struct err *e)
{
	AUTO(buf_done) struct buf b = BUF_INIT;
	enum rc rc;
	unsigned failed;

	pthread_mutex_lock(&o->lock);
	o->tried_us = monotonic_us();
	o->wanted = false;
	pthread_mutex_unlock(&o->lock);
	atomic_fetch_add(&o->fetches, 1);
	rc = fetch_all(o, &b, e);
	pthread_mutex_lock(&o->lock);
	failed = o->failed;
	o->failed = rc ? failed + 1 : 0;
	pthread_mutex_unlock(&o->lock);
	if (rc)
		atomic_fetch_add(&o->failures, 1);
	if (rc && (failed == 0 || failed % 60 == 0) && !atomic_load(&o->stop))
		log_warn("oidc", "the provider's keys could not be fetched code=%s detail=\"%s\"",
			 rc_code(rc), e->arg);
	if (!rc && failed)
		log_info("oidc", "the provider is back after failures=%u", failed);
	return rc;
}

/* ---- the thread ---- */

/* When the keys are to be fetched next. Under the lock. */
static int64_t due_us(const struct oidc *o)
{
	int64_t after_s = o->c.refresh_s;

	if (!o->tried_us)
		return 0;
	if (o->failed)
		after_s = MIN(RETRY_S << MIN(o->failed - 1, 4u), RETRY_MOST_S);
	if (o->wanted || o->failed)
		after_s = MIN(after_s, (int64_t)o->c.refetch_s);
	return o->tried_us + after_s * 1000000;
}

static void wait_until(struct oidc *o, int64_t us)
{
	struct timespec at = { us / 1000000, us % 1000000 * 1000 };

	pthread_cond_timedwait(&o->wake, &o->lock, &at);
}

static struct oidc_exchange *pop(struct oidc *o)
{
	struct oidc_exchange *x = o->first;

	if (!x)
		return NULL;
	o->first = x->next;
	if (!o->first)
		o->tail = &o->first;
	o->waiting--;
	return x;
}

/* One thing to do, or a wait. Under the lock, which is let go meanwhile. */
static void step(struct oidc *o)
{
	struct oidc_exchange *x = pop(o);
	struct err e = { 0 };
	int64_t due = due_us(o);

	if (!x && monotonic_us() < due) {
		wait_until(o, due);
		return;
	}
	pthread_mutex_unlock(&o->lock);
	if (x)
		oidc_exchange_run(o, x);
	else if (oidc_refresh(o, &e))
		log_debug("oidc", "%s", e.arg);
	pthread_mutex_lock(&o->lock);
}

static void *run(void *arg)
{
	struct oidc *o = arg;
	struct oidc_exchange *x;

	pthread_mutex_lock(&o->lock);
	while (!atomic_load(&o->stop))
		step(o);
	while ((x = pop(o)) != NULL) {
		x->rc = err_set(&x->err, RC_STOPPING, NULL, NULL);
		x->done(x);
	}
	pthread_mutex_unlock(&o->lock);
	return NULL;
}

enum rc oidc_start(struct oidc *o, struct err *e)
{
	if (!o)
		return RC_OK;
	o->running = pthread_create(&o->thread, NULL, run, o) == 0;
	return o->running ? RC_OK : err_set(e, RC_INTERNAL, NULL, "%s", "no thread for the provider");
}

void oidc_stop(struct oidc *o)
{
	if (!o || !o->running)
		return;
	pthread_mutex_lock(&o->lock);
	atomic_store(&o->stop, true);
	pthread_cond_signal(&o->wake);
	pthread_mutex_unlock(&o->lock);
	pthread_join(o->thread, NULL);
	o->running = false;
}
