/*
 * server.h - the HTTP server: N loops, each a thread with its own event base, listener and
 * connections, which never meet. It reads requests strictly (http1.h), collects bodies, keeps
 * every deadline and cap, and writes answers; what a request means is the handler's business.
 *
 * Life of a request. on_head() sees the head and may refuse it; then the body is collected; then
 * on_request() gets the request and owns it until it has called http_reply() on it, exactly once,
 * from any thread, now or later. Nobody touches a request after http_reply(). The request stays
 * valid until then even if the client hangs up in between: the answer is then dropped in silence.
 * While a handler owns a request nobody else changes it, so it may write to req->res, req->arena
 * and req->user without locks, in whatever thread it works.
 */
#pragma once

#include <sys/types.h>

#include "api/http1.h"
#include "api/netaddr.h"
#include "base/arena.h"

struct server;
struct tls;

#define HTTP_ETAG_GZIP "-gzip" /* ends the tag of a compressed form */

#define HTTP_HASH_BYTES 32 /* BLAKE2b */

enum http_pull {
	HTTP_PULL_MORE, /* something may have been written; call again */
	HTTP_PULL_END, /* that was the last piece */
	HTTP_PULL_WAIT, /* there is nothing yet: http_stream_wake() when there is */
	HTTP_PULL_ABORT, /* cut the connection, so that the client sees that the rest is missing */
};

/* A streamed body. pull() appends some kilobytes in bounded time; called on the loop thread
 * whenever the client has taken most of what went before. done() runs once, also on an abort. */
struct http_source {
	enum http_pull (*pull)(void *state, struct buf *out);
	void (*done)(void *state); /* may be NULL */
};

/* The answer; all zero before the handler fills it. Of source, file, fixed and body the first
 * that is set is sent. */
struct http_response {
	int status; /* required */
	const char *type; /* Content-Type, a constant; NULL: none */
	const char *cache; /* Cache-Control, a constant; NULL: "no-store" */
	const char *csp; /* Content-Security-Policy, a constant; NULL: nothing at all may be loaded */
	struct view etag; /* with its quotes; the compressed form has one of its own. .p NULL: none */
	struct buf headers; /* more fields: http_header_add() */
	const struct http_source *source;
	void *source_state;
	bool has_file; /* file_fd, file_bytes: sent from its beginning, then closed */
	int file_fd;
	uint64_t file_bytes;
	struct view fixed; /* memory that outlives the server: embedded files */
	struct buf body; /* owned by the response; its memory is used again when small */
	bool close; /* no further request on this connection */
	bool as_is; /* do not compress */
};

struct http_request {
	enum http_method method;
	struct view path; /* raw, "*" or from the first slash; query_decode() undoes escapes */
	struct view query; /* raw; .p NULL: none */
	struct view body; /* in memory; else body_fd >= 0 */
	int body_fd; /* a file without a name, positioned anywhere: use pread */
	uint64_t body_bytes;
	uint8_t body_hash[HTTP_HASH_BYTES]; /* of a body that was to be hashed; else 0 */
	uint64_t id; /* unique in this process */
	unsigned loop; /* index of the loop it came in on */
	void *loop_data; /* what loop_init() gave; for use on the loop thread */
	struct arena *arena;
	struct http_response res;
	void *user; /* the handler's own; NULL at first */
};

struct http_limits {
	uint64_t body_max; /* larger bodies: 413. Default 1 MiB */
	bool spool; /* into a file, however small */
	bool hash; /* as it comes, where it is spooled */
};

struct server_handler {
	void *user;
	/* Loop thread. False: refuse, req->res is filled and the body is not read. May be NULL. */
	bool (*on_head)(void *user, struct http_request *req, struct http_limits *limits);
	/* Loop thread. */
	void (*on_request)(void *user, struct http_request *req);
	/* Loop thread. A request that on_head() let in ends here, before on_request(): its client
	 * has gone. For what on_head() took from req; req->res is released as ever. May be NULL. */
	void (*on_drop)(void *user, struct http_request *req);
	/* Loop thread. Fills req->res for a request that the server itself refuses; where the head
	 * could not be read, path.n is 0. code and detail are constants. NULL: a plain problem. */
	void (*on_error)(void *user, struct http_request *req, int status, const char *code,
			 const char *detail);
	/* On the loop's thread, before its first request and after its last. May be NULL. */
	enum rc (*loop_init)(void *user, unsigned loop, void **out_data);
	void (*loop_done)(void *user, void *data);
};

/* Which field of a trusted proxy names the client. */
enum proxy_field { PROXY_FIELD_NONE, PROXY_FIELD_FORWARDED, PROXY_FIELD_X_FORWARDED_FOR };

struct server_config {
	const char *host; /* address or name; NULL: all addresses */
	uint16_t port; /* 0: any free one */
	struct tls *tls; /* NULL: plain. server_start() takes it over, whatever it answers */
	/* Plain on an address that others reach: refused but for proxies, unless allow_plain. */
	bool allow_plain;
	struct nets proxies; /* whose word about the client is taken */
	bool proxy_protocol; /* they begin each connection with it; their fields are not believed then */
	enum proxy_field proxy_field;
	const char *socket; /* path of a Unix socket beside; NULL: none */
	mode_t socket_mode;
	gid_t socket_group; /* (gid_t)-1: as it is */
	unsigned hsts_s; /* Strict-Transport-Security where the client speaks TLS; 0: not sent */
	unsigned loops;
	const char *spool_dir; /* for bodies beyond body_memory_bytes; NULL: 413 */
	unsigned conns_max; /* also kept below the limit of file descriptors */
	unsigned conns_per_address_max; /* an IPv6 /64 counts as one */
	unsigned sse_max;
	size_t body_memory_bytes; /* one body; larger ones go to a file */
	size_t body_memory_total_bytes; /* all bodies; beyond it small ones go to files, too */
	size_t sse_buffer_bytes; /* unsent, before a slow listener is cut off */
	/* Deadlines count from the first byte (or the connection) and are not moved by progress. */
	unsigned head_ms;
	unsigned idle_ms; /* between two requests */
	unsigned body_grace_ms; /* a body may take this and its bytes / body_rate */
	unsigned body_rate; /* bytes a second */
	unsigned write_grace_ms; /* the same for the client that takes its answer */
	unsigned write_rate;
	unsigned linger_ms; /* reading on after a refusal, so that it can be read */
	unsigned heartbeat_ms; /* SSE */
	unsigned stop_ms; /* what requests under way get at server_stop() */
	struct server_handler handler;
};

/* Every default; then set handler.on_request and what is to differ. */
void server_config_init(struct server_config *c);

/* Binds, starts the loops and returns when all of them serve. RC_USAGE (address), RC_IO,
 * RC_NOMEM or what loop_init() said. Ignores SIGPIPE in the process. */
MUST_USE enum rc server_start(const struct server_config *c, struct server **out, struct err *e);
uint16_t server_port(const struct server *s);
unsigned server_loops(const struct server *s);
/* New connections are begun with t, which is taken over. Any thread. Only where there was TLS from the start. */
void server_tls_replace(struct server *s, struct tls *t);
/* Takes no more connections, finishes the requests under way, closes the rest after stop_ms at
 * the latest and ends the loops. Any thread but a loop's; once. */
void server_stop(struct server *s);
/* After server_stop(), when no other thread owns a request any more. Accepts NULL. */
void server_free(struct server *s);
/* Runs fn(arg) on the thread of a loop, in order of the calls. Any thread. After the loop has
 * ended fn runs in server_free(). RC_NOMEM. */
MUST_USE enum rc server_post(struct server *s, unsigned loop, void (*fn)(void *arg), void *arg);

struct server_stats {
	uint64_t accepted, refused, requests, bad_requests, timeouts, paused;
	uint64_t tls_handshakes, tls_failed; /* done; not done */
	unsigned conns, streams; /* now; streams: SSE */
};
void server_stats(const struct server *s, struct server_stats *out); /* any thread */

/* --- while a handler owns the request --- */

/* Sends req->res. Any thread; req is gone afterwards. */
void http_reply(struct http_request *req);
/* The source of an answer under way has more: pull() is called again soon. On the request's loop thread, before done(). */
void http_stream_wake(struct http_request *req);
/* A request field by its name in lower case; .p NULL if absent. */
struct view http_header(const struct http_request *req, const char *lower_name);
/* "Host" or the authority of an absolute target; may be empty in HTTP/1.0. */
struct view http_host(const struct http_request *req);
/* Adds a field to the answer. Control bytes in the value become '?'. */
void http_header_add(struct http_request *req, const char *name, const char *fmt, ...) PRINTF(3, 4);
/* The client's address without its port: the one a trusted proxy names, else the connection's; "unix:UID" over
 * the Unix socket. */
void http_peer(const struct http_request *req, char *out, size_t out_size);
/* The user at the other end of the Unix socket; false: it came another way. */
bool http_peer_uid(const struct http_request *req, uid_t *out_uid);
/* Whether the client's bytes are encrypted on their way: by us, or by a trusted proxy that says so. */
bool http_is_tls(const struct http_request *req);
/* The client's certificate, where one was asked for, shown and verified in this connection. */
struct http_client_cert {
	const char *fingerprint; /* SHA-256 of the whole, in lower-case hexadecimal; "": none */
	const char *subject; /* "CN:… DNS:… email:… URI:…", printable ASCII; for people, not to decide by */
};
struct http_client_cert http_client_cert(const struct http_request *req);
/* True once the connection is known to be dead: work for this answer is in vain. Any thread. */
bool http_client_gone(const struct http_request *req);
/* Hands the spooled body over: the caller closes it. -1 if there is none. */
int http_body_take_fd(struct http_request *req);

/* --- server-sent events; on the request's loop thread only --- */

/* Instead of http_reply(): answers 200 text/event-stream and keeps the request as the handle of
 * the stream, with heartbeats, until on_close(user) is called, which happens exactly once and
 * ends the handle. False: too many streams, or out of memory; then reply as usual (503).
 * res.headers is used, the rest of res is not. */
bool http_sse_open(struct http_request *req, void (*on_close)(void *user), void *user);
/* Text of one or more whole events, each with its empty line. A listener that is too slow is cut
 * off: on_close() follows soon, never from within this call. */
void http_sse_send(struct http_request *req, struct view text);
/* Bytes that the listener has not taken yet. */
size_t http_sse_pending(const struct http_request *req);
/* Ends the stream; on_close() follows, never from within this call. */
void http_sse_close(struct http_request *req);
