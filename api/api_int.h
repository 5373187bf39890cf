/*
 * api_int.h - inside of api/: what dispatch, streams and the threads behind them share.
 *
 * Threads: a loop's struct loop is touched on that loop alone; a request by whoever owns it; what
 * is left in struct api is constant, atomic, or has its own lock.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "api/answer_cache.h"
#include "api/api.h"
#include "api/assets.h"
#include "api/auth.h"
#include "api/caller.h"
#include "api/known.h"
#include "api/limits.h"
#include "api/list_cache.h"
#include "api/looks.h"
#include "api/pool.h"
#include "api/request.h"
#include "api/server.h"

struct sse;
struct feed;
struct narrow;
struct narrow_loop;
struct waiters;
struct idempotency;

/* What every answer asks of its snapshot. */
struct facts {
	uint64_t snapshot, revision; /* snapshot 0: none yet */
	int32_t today;
};

struct loop {
	struct api *api;
	unsigned index;
	struct facts facts;
	struct txn *txn;   /* parked between requests; NULL before the first and after the last */
	struct sse *sse;   /* event streams of this loop */
	struct narrow_loop *narrow; /* those of bound callers */
	struct answer_cache cache; /* of run_light() */
	struct look_memo looked;
	struct auth_memo known;    /* who called last */
	struct cert_memo shown;    /* and by certificate */
};

struct api {
	struct api_config c;
	_Atomic(struct server *) server;
	struct loop *loops;
	struct pool *pool;
	struct list_cache *lists;
	struct known_cache *known;
	struct feed *feed;
	struct narrow *narrow;
	struct waiters *waiters;
	struct idempotency *idempotency;
	struct limits *limits;
	struct auth auth;
	struct login *login;
	struct callers callers; /* without tokens */
	struct assets assets;
	uint8_t secret[32];
	int64_t started_us;
	_Atomic uint64_t answers[6]; /* by hundreds of the status */
	atomic_uint backups; /* under way */
	atomic_bool stopping;
	struct buf openapi;  /* made once */
};

/* admit.c */
MUST_USE enum rc admit(struct request *r, struct err *e);

/* answer.c */
/* Puts the reply into the server's response, and frees what the request held beside its arena. */
void answer_fill(struct request *r);
/* Sends the reply as it stands. Nobody touches r afterwards. Any thread. */
void answer_send(struct request *r);
void answer_fail(struct request *r, enum rc rc, struct err *e);

/* dispatch.c */
/* Runs an admitted request; on its loop. */
void dispatch_run(struct request *r);
/* Runs the handler in a transaction that is active; fills the reply. f: of its thread. */
void dispatch_handle(struct request *r, struct txn *t, struct scratch *s, struct facts *f);
/* Behind the commit of a write, when the read route has filled the reply: says how it went, and sends it. */
void dispatch_written(struct request *r);
void dispatch_write_done(struct submission *sub);
/* The loop's transaction, renewed; NULL and *out_rc where it cannot be had. */
struct txn *loop_txn(struct loop *l, enum rc *out_rc);
void loop_txn_end(struct loop *l);

/* dispatch_pool.c */
void dispatch_pool(struct request *r);

/* openapi.c */
MUST_USE enum rc openapi_make(struct buf *out, const char *version);

/* waiters.c: requests that wait for a revision */
struct waiters *waiters_new(struct api *a, unsigned behind_ms);
void waiters_stop(struct waiters *w); /* answers those left */
void waiters_free(struct waiters *w);
bool waiters_add(struct waiters *w, struct request *r, uint64_t revision);
void waiters_poke(struct waiters *w, uint64_t revision, int64_t now_us);

/* feed.c: one thread that reads new events once and hands them to the loops */
struct feed *feed_new(struct api *a);
bool feed_start(struct feed *f, struct server *s); /* the server is there */
void feed_poke(struct feed *f);
void feed_stop(struct feed *f);
void feed_free(struct feed *f);
/* A loop's side: opens the stream for the request, which is its from now on where RC_OK. */
MUST_USE enum rc sse_open(struct loop *l, struct request *r, uint64_t revision, uint32_t seq);

/* feed_narrow.c: event streams of bound callers */
bool narrow_loops_new(struct api *a);
void narrow_loops_free(struct api *a);
void narrow_poke(struct api *a); /* from the feed's thread: something was written, or time went by */
MUST_USE enum rc narrow_open(struct loop *l, struct request *r, uint64_t revision, uint32_t seq);

/* uploads.c */
struct idempotency *idempotency_new(void);
void idempotency_free(struct idempotency *i);
/* backup.c */
void backup_run(struct request *r);
/* streams.c */
bool stream_send(struct request *r);
