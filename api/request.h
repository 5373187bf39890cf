/*
 * request.h - one request on its way: what dispatch.c has read of it, what a handler reads from, and the
 * reply that it fills. Handlers know nothing of sockets.
 *
 * A handler runs on a loop or on a pool thread, on one thread at a time. While it runs txn is an
 * active read transaction (RUN_PLAIN: NULL) that ends when it returns: nothing it leaves in the
 * reply may point into the store.
 */
#pragma once

#include "api/http1.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/sight.h"
#include "services/access.h"
#include "services/writer.h"

struct api;
struct stream;
struct session;

struct reply {
	int status;              /* 0: 200 */
	const char *type;        /* NULL: application/json */
	struct buf body;
	struct buf headers;      /* further ones, each "Name: value\r\n" */
	uint64_t revision;       /* what it was computed from */
	bool as_of;              /* revision stands, even 0 */
	char etag[48];           /* with its quotes; "": none */
	unsigned warnings;       /* WARN_ bits of a write */
	unsigned retry_s;        /* of a refusal: when to try again; 0: in a second */
	bool write;              /* answers a write: carries warnings */
};

struct request {
	struct http_request *http;           /* the connection's side; dispatch.c only */
	struct api *api;
	const struct route *route;
	struct arena *arena;
	enum http_method method;
	struct view path, raw_query;
	struct view param[ROUTE_PARAMS_MAX]; /* of the path, decoded */
	struct query query;
	struct identity who;
	const struct session *session;       /* logged in by a cookie; NULL: the request brought a token */
	bool by_provider;                    /* the OpenID provider says who it is */
	enum lang lang;
	uint32_t limit_slot;                 /* see limits_enter() */
	struct view content_type, accept, if_match, if_none_match, idempotency_key, last_event_id;
	struct view body;

	struct txn *txn;
	int32_t today;                       /* the store's; set while dispatch_handle() runs */
	struct scratch *scratch;             /* on the pool only */

	bool written;                        /* the route is the read route by now */
	struct submission sub;               /* RUN_WRITE: what the handler asks for */
	struct permit permit;                /* who asks: see request_permit() */
	struct op op;
	struct op_result result;
	struct personal personal;
	struct buf fields, contacts;         /* behind op.fields and personal.bytes */
	struct stream *stream;               /* RUN_STREAM: what the handler opened */
	const struct asset *asset;           /* an embedded file instead of a route */
	struct reply reply;
};

/*
 * A long answer in bounded steps. fill appends about as much as one step should (STREAM_STEP) and
 * says when that was all; it may append nothing only at the end. The transaction is this call's
 * alone: a stream remembers keys, never views.
 */
#define STREAM_STEP 65536
struct stream {
	enum rc (*fill)(struct stream *s, struct txn *t, struct buf *out, bool *out_end);
	void (*free)(struct stream *s);
	/* Made on another thread: fill gets no transaction, and answers RC_BUSY while there is nothing; then
	 * http_stream_wake() follows. */
	bool waits;
};

/* ---- what handlers share (request.c) ---- */
/* Today as the store has it, or the query's `on`. */
int32_t request_day(const struct request *r);
/* Who looks, for the answer under way; a failure to find out shows in out->rc. */
void request_sight(const struct request *r, struct sight *out);
/* The organisation of path parameter i: its id, an alias, or a pseudonym that the caller got. Whether the caller may
 * know of it is not asked. RC_NOT_FOUND. */
MUST_USE enum rc request_org(const struct request *r, unsigned i, uint32_t *out, struct err *e);
/* The chain question of procurer: depth, on, horizon of the query, the procurer's own depth. */
MUST_USE enum rc request_chain(const struct request *r, uint32_t procurer, struct chain_query *out,
			       struct err *e);
/* The key of the last item of the page before, .p NULL on the first page. extra: what the list
 * depends on beside path and query (may be empty). */
MUST_USE enum rc request_cursor(const struct request *r, struct view *out_key, struct err *e);
/* Ends a page: writes "next" into j and the Link header. key.p NULL: there is no more. */
MUST_USE enum rc request_next(struct request *r, struct json *j, struct view key);
void reply_header(struct reply *p, const char *name, const char *fmt, ...) PRINTF(3, 4);
/* "… is not there", whatever the reason. */
enum rc request_not_found(const struct request *r, unsigned i, struct err *e);
/* The command is the caller's: its name goes into the log, and each op is judged by its rights. */
void request_permit(struct request *r, struct cmd *c);

/* ---- answer.c ---- */
/* Fills the reply as a problem; what was written of another answer is dropped. */
void answer_problem(struct request *r, const struct err *e);

/* ---- api.c: what they reach of the daemon ---- */
struct store *api_store(const struct api *a);
struct writer *api_writer(const struct api *a);
const uint8_t *api_secret(const struct api *a);
unsigned api_small_count(const struct api *a); /* the setting */
struct list_cache;
struct list_cache *api_lists(const struct api *a);
