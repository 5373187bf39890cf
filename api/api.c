/* api.c - the API put together and taken apart; the accessors that handlers use. */
#include "api/api_int.h"

#include <sodium.h>
#include <time.h>

#include "api/narrow.h"
#include "base/clock.h"
#include "base/util.h"

#define POOL_THREADS 2
#define POOL_QUEUE 256
#define LIST_CACHE_BYTES ((size_t)64 << 20)
#define KNOWN_CACHE_BYTES ((size_t)16 << 20)
#define JSON_MAX_BYTES ((uint64_t)1 << 20)
#define IMPORT_MAX_BYTES ((uint64_t)1 << 30)
#define BEHIND_MS 3000

struct store *api_store(const struct api *a) { return a->c.store; }
struct writer *api_writer(const struct api *a) { return a->c.writer; }
const uint8_t *api_secret(const struct api *a) { return a->secret; }
unsigned api_small_count(const struct api *a) { return a->c.small_count; }
struct list_cache *api_lists(const struct api *a) { return a->lists; }

static void set_defaults(struct api_config *c)
{
	c->pool_threads = c->pool_threads ? c->pool_threads : POOL_THREADS;
	c->pool_queue = c->pool_queue ? c->pool_queue : POOL_QUEUE;
	c->list_cache_bytes = c->list_cache_bytes ? c->list_cache_bytes : LIST_CACHE_BYTES;
	c->json_max_bytes = c->json_max_bytes ? c->json_max_bytes : JSON_MAX_BYTES;
	c->import_max_bytes = c->import_max_bytes ? c->import_max_bytes : IMPORT_MAX_BYTES;
	c->behind_ms = c->behind_ms ? c->behind_ms : BEHIND_MS;
}

/* The tokens and the secret, which stay as they are while the daemon runs. */
static enum rc read_store(struct api *a, struct err *e)
{
	struct txn *t;
	enum rc rc = txn_begin_read(a->c.store, &t);

	if (rc)
		return err_set(e, rc, NULL, "%s", "reading the store");
	rc = graph_secret(t, a->secret);
	if (rc)
		err_set(e, rc, NULL, "%s", "the store has no secret");
	else
		rc = auth_load(&a->auth, t, e);
	txn_abort(t);
	return rc;
}

static enum rc make_parts(struct api *a, struct err *e)
{
	enum rc rc = assets_init(&a->assets);

	if (rc)
		return err_set(e, rc, NULL, "%s", "the embedded files");
	a->loops = calloc(a->c.loops, sizeof(*a->loops));
	a->lists = list_cache_new(a->c.list_cache_bytes);
	a->known = known_cache_new(KNOWN_CACHE_BYTES);
	a->waiters = waiters_new(a, a->c.behind_ms);
	a->idempotency = idempotency_new();
	a->limits = limits_new(&a->c.limits);
	a->feed = a->loops ? feed_new(a) : NULL;
	a->narrow = narrow_new(a);
	if (!a->loops || !a->lists || !a->known || !a->waiters || !a->idempotency || !a->limits ||
	    !a->feed || !a->narrow || !narrow_loops_new(a))
		return err_set(e, RC_NOMEM, NULL, NULL);
	a->c.login.oidc.clock = a->c.clock;
	a->c.login.oidc.store = a->c.store;
	rc = login_new(&a->c.login, &a->login, e);
	if (rc)
		return rc;
	rc = openapi_make(&a->openapi, a->c.version);
	if (rc)
		return err_set(e, rc, NULL, "%s", "the description of the API");
	return pool_new(a->c.store, a->c.pool_threads, a->c.pool_queue, &a->pool, e);
}

enum rc api_new(const struct api_config *c, struct api **out, struct err *e)
{
	struct api *a = calloc(1, sizeof(*a));
	enum rc rc;

	if (!a)
		return err_set(e, RC_NOMEM, NULL, NULL);
	a->c = *c;
	set_defaults(&a->c);
	auth_init(&a->auth);
	callers_init(&a->callers, c->socket_admins, c->n_socket_admins);
	a->c.socket_admins = NULL; /* the daemon's */
	a->started_us = monotonic_us();
	rc = sodium_init() < 0 ? err_set(e, RC_INTERNAL, NULL, "%s", "libsodium")
			       : read_store(a, e);
	if (!rc)
		rc = make_parts(a, e);
	if (rc) {
		api_free(a);
		return rc;
	}
	if (a->c.looks)
		looks_on_hour(a->c.looks, look_tokens, a); /* it ends before the API is freed */
	*out = a;
	return RC_OK;
}

enum rc api_serve(struct api *a, struct server *s, struct err *e)
{
	if (!narrow_start(a->narrow, s) || !feed_start(a->feed, s))
		return err_set(e, RC_INTERNAL, NULL, "%s", "no thread for the event stream");
	enum rc rc = login_open(a->login, e);
	if (!rc)
		atomic_store(&a->server, s);
	return rc;
}

void api_client_certs(struct api *a, struct client_certs *certs) { callers_set_certs(&a->callers, certs); }

void api_poke(struct api *a, uint64_t revision)
{
	if (!atomic_load(&a->server))
		return;
	waiters_poke(a->waiters, revision, monotonic_us());
	feed_poke(a->feed);
}

void api_stop(struct api *a)
{
	struct timespec pause = { 0, 10000000 };

	atomic_store(&a->stopping, true);
	feed_stop(a->feed);
	narrow_stop(a->narrow);
	waiters_stop(a->waiters);
	login_stop(a->login);
	pool_free(STEAL(a->pool));
	while (atomic_load(&a->backups))
		nanosleep(&pause, NULL);
}

void api_free(struct api *a)
{
	if (!a)
		return;
	pool_free(a->pool);
	feed_free(a->feed);
	narrow_free(a->narrow);
	narrow_loops_free(a);
	waiters_free(a->waiters);
	idempotency_free(a->idempotency);
	limits_free(a->limits);
	login_free(a->login);
	list_cache_free(a->lists);
	known_cache_free(a->known);
	for (unsigned i = 0; a->loops && i < a->c.loops; i++)
		txn_abort(a->loops[i].txn); /* begun again behind the loop's end */
	free(a->loops);
	auth_done(&a->auth);
	callers_done(&a->callers);
	buf_done(&a->openapi);
	sodium_memzero(a->secret, sizeof(a->secret));
	free(a);
}
