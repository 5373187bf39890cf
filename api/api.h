/*
 * api.h - the HTTP API over one store, as the daemon sees it: made before the server, told of it, stopped
 * behind it.
 */
#pragma once

#include "api/login.h"
#include "api/limits.h"
#include "api/server.h"
#include "services/figurer.h"
#include "services/jobs.h"
#include "services/looks.h"
#include "services/writer.h"

struct api;

struct auditor;

struct api_config {
	struct store *store;
	struct writer *writer;
	struct figurer *figurer; /* may be NULL */
	struct jobs *jobs;
	struct looks *looks;     /* may be NULL */
	struct auditor *auditor; /* may be NULL */
	const struct clock *clock;
	const char *spool_dir;
	const char *version;
	unsigned loops;             /* of the server */
	unsigned pool_threads;      /* 0: 2 */
	size_t pool_queue;          /* requests waiting; 0: 256 */
	size_t list_cache_bytes;    /* 0: 16 MiB */
	uint64_t json_max_bytes;    /* 0: 1 MiB */
	uint64_t import_max_bytes;  /* 0: 1 GiB */
	unsigned small_count;       /* counts below it may tell who is counted */
	struct login_config login;
	const uid_t *socket_admins; /* users who are the administrator over the Unix socket */
	unsigned n_socket_admins;
	struct limits_config limits;
	unsigned behind_ms;         /* how long revision_at_least waits; 0: 3000 */
};

MUST_USE enum rc api_new(const struct api_config *c, struct api **out, struct err *e);
/* What the server calls. */
void api_handler(struct api *a, struct server_handler *out);
/* Serves from now on; until then every answer is 503. */
MUST_USE enum rc api_serve(struct api *a, struct server *s, struct err *e);
/* Takes over which client certificates stand for which tokens. Any thread. */
struct client_certs;
void api_client_certs(struct api *a, struct client_certs *certs);
/* From writer_on_commit: wakes the event streams and those who wait for a revision. Any thread. */
void api_poke(struct api *a, uint64_t revision);
/* Behind server_stop(), before server_free(): ends the pool and its own threads. */
void api_stop(struct api *a);
void api_free(struct api *a); /* behind server_free(); accepts NULL */

/* The admin token of a store: kept as a hash in the store; made and written to DIR/admin.token where
 * the store knows none. Before the writer is started. */
MUST_USE enum rc api_admin_token(struct store *s, struct err *e);
