/*
 * server_int.h - the inside of the server, for server*.c only.
 *
 * Invariants. A connection, its request and everything of a loop are touched on the loop's thread
 * alone; other threads meet a loop only in its queue of posts (mutex) and in atomic counters.
 * A connection has at most one request: the next is read when the answer before is queued.
 * conn_close() may be called from anywhere on the loop but inside conn_run(), which settles at its
 * end; the memory of a closed connection rests until the next tick, because libevent may still
 * deliver an event.
 */
#pragma once

#include <event2/event_struct.h>
#include <pthread.h>
#include <stdatomic.h>

#include "api/server.h"
#include "base/util.h"

#define TICK_MS 200
#define READ_BYTES 65536 /* taken from a socket at once */
#define READ_HIGH_BYTES 65536 /* input held while a request is under way */
#define WRITE_LOW_BYTES 32768 /* a stream is asked for more below this */
#define WRITE_HIGH_BYTES 131072 /* a pipelining client must first take this much */
#define COPY_MAX_BYTES 16384 /* larger bodies are lent to libevent, not copied */
#define REQUESTS_KEPT 256 /* free requests kept by a loop */

#define FIXED_HEAD_BYTES 640

struct event_base;
struct evbuffer;
struct bufferevent;
struct conn_tls;
struct z_stream_s;

/* Who is at the other end, as far as it is known. */
struct peer {
	struct ip ip;
	uid_t uid; /* where local */
	bool local; /* over the Unix socket */
	bool trusted; /* a proxy of ours */
	bool https; /* its proxy says that the client came over TLS */
};

struct post {
	void (*fn)(void *arg);
	void *arg;
	struct post *next;
	bool heap; /* made by server_post() */
};

/* An address as the caps count it: IPv4, or the upper half of IPv6. */
struct address {
	uint8_t bytes[9];
};

struct address_count {
	struct address address;
	uint32_t count; /* 0: free */
};

/* Open addressing; never more than half full, as there are conns_max entries at most. */
struct address_table {
	pthread_mutex_t lock;
	struct address_count *slots;
	size_t mask;
	unsigned max;
};

enum conn_state {
	CONN_READ, /* idle, head or body */
	CONN_HANDLE, /* the handler owns the request */
	CONN_STREAM, /* a source is being sent */
	CONN_EVENTS, /* SSE */
	CONN_CLOSING, /* nothing more is read; closes when the output is taken */
	CONN_LINGER, /* output is taken; reads and drops until the client closes */
};

struct conn {
	struct loop *loop;
	struct conn *prev, *next; /* loop->conns, or next only: loop->dead */
	struct event read_event;
	struct bufferevent *bev; /* of a plain one */
	struct conn_tls *tls; /* NULL: plain */
	struct evbuffer *output; /* what the socket did not take at once */
	int fd;
	struct view input; /* not read yet; in loop->input while running, else in held */
	struct buf held;
	enum conn_state state;
	struct request *req;
	int64_t since_ms; /* of the phase that the deadline counts from */
	int64_t write_since_ms; /* the client owes us reading since then; 0: it does not */
	uint64_t queued_bytes; /* ever handed to output */
	uint64_t write_mark; /* taken by the client at write_since_ms */
	struct peer peer;
	struct address address;
	bool counted; /* address is, by the table */
	bool awaits_proxy; /* a PROXY header is to come before anything else; in held as far as it came */
	struct post post; /* one wake-up of its own */
	bool posted, first, running, reading, eof, broken, dead, linger;
	unsigned drained_bytes; /* while lingering */
};

enum body_place { BODY_MEMORY, BODY_FILE };

struct request {
	struct http_request pub; /* first: the handler's pointer is this one */
	struct http1 reader;
	struct loop *loop;
	struct conn *conn; /* NULL when it has gone */
	struct request *next; /* free list */
	struct request *all_prev, *all_next;
	struct post post;
	struct peer peer;
	struct address address; /* of the client that a proxy's field names */
	bool counted;
	struct http_client_cert cert; /* in the arena */
	struct buf body;
	enum body_place body_place;
	struct crypto_generichash_blake2b_state *hash; /* of the body; NULL: not wanted. In the arena */
	size_t body_accounted;
	bool keep_alive, has_head, own_tls;
	bool admitted; /* by on_head(), and on_request() or an answer is to come */
	atomic_bool gone;
	/* CONN_STREAM */
	bool chunked;
	bool packed; /* sent as gzip */
	struct z_stream_s *gzip;
	/* CONN_EVENTS */
	void (*on_close)(void *user);
	void *on_close_user;
	int64_t beat_ms;
};

struct loop {
	struct server *server;
	unsigned index;
	pthread_t thread; /* for server_stop() */
	bool has_thread;
	pthread_t self; /* set by the thread itself before it serves */
	struct event_base *base;
	struct event *listen_event, *wake_event, *tick_event;
	int listen_fd, wake_fd, reserve_fd;
	struct event *socket_event; /* the first loop's alone */
	int socket_fd;
	void *data;
	int64_t now_ms; /* monotonic, as of the last tick */
	time_t date_s;
	/* The fields that every answer carries: first those for TLS alone, last those for what says nothing else. */
	char fixed_head[FIXED_HEAD_BYTES];
	size_t fixed_head_n, fixed_tls_n, fixed_csp_n;
	struct conn *conns, *dead;
	struct conn *current; /* conn_run() is at work on it, out is its */
	bool walking; /* over conns: none but the one at hand may close */
	struct request *free_requests, *all_requests;
	unsigned free_count, gzip_streams;
	uint64_t next_id;
	char *input; /* READ_BYTES, where every connection's bytes arrive */
	struct buf out; /* what conn_run() writes, sent or queued when it ends */
	struct buf piece; /* of a stream */
	struct z_stream_s *gzip;
	bool accept_paused, stopping;
	int64_t stop_at_ms, accept_again_ms;
	pthread_mutex_t lock;
	struct post *posts, **posts_tail; /* under lock */
	struct post stop_post;
};

struct server {
	struct server_config config;
	uint16_t port;
	struct loop *loops;
	unsigned loop_count;
	struct address_table addresses;
	pthread_mutex_t lock;
	pthread_cond_t ready;
	unsigned ready_count; /* under lock */
	enum rc ready_rc; /* under lock: the first failure */
	atomic_uint conns, streams;
	atomic_size_t body_bytes; /* in memory */
	atomic_int_fast64_t accept_logged_ms; /* the warning comes once a minute at most */
	atomic_uint_fast64_t accepted, refused, requests, bad_requests, timeouts, paused;
	atomic_uint_fast64_t tls_handshakes, tls_failed;
	bool uses_tls; /* from the start or never */
	struct tls *tls; /* under lock */
};

/* server.c */
void loop_post(struct loop *l, struct post *p);

/* server_listen.c */
enum rc listen_open(struct server *s, struct err *e);
/* Watches the listener; false: out of memory. */
bool listen_start(struct loop *l);
void listen_stop(struct loop *l);
void listen_resume(struct loop *l);
/* A refusal of a few bytes without a request: best effort. */
void refuse_plainly(int fd, const char *status, const char *code, const char *detail);
/* A new connection: opened, or turned away. */
void listen_admit(struct loop *l, int fd, const struct peer *peer);

/* server_address.c */
struct address address_of(const struct ip *ip);
bool address_enter(struct address_table *t, const struct address *a);
bool address_table_init(struct address_table *t, unsigned conns_max, unsigned max);
void address_table_done(struct address_table *t);
void address_leave(struct address_table *t, const struct address *a);

/* server_socket.c: the Unix socket */
enum rc socket_open(struct server *s, struct err *e);
bool socket_start(struct loop *l);
void socket_stop(struct loop *l);

/* server_open.c */
/* Takes over fd; false: out of memory, fd is still the caller's. counted: the address is, and is left with it. */
bool conn_open(struct loop *l, int fd, const struct peer *peer, bool counted);
/* Takes what the socket has and runs. */
void conn_read(struct conn *c);
void conn_close(struct conn *c);

/* server_tls.c */
bool conn_tls_open(struct conn *c);
/* As recv(2) and send(2) on a socket that does not block; -1: errno is EAGAIN, or it is over. */
ssize_t conn_tls_recv(struct conn *c, char *out, size_t size);
size_t conn_tls_send(struct conn *c, struct view v);
/* Something was added to the output. */
void conn_tls_queued(struct conn *c);
void conn_tls_end(struct conn *c);
void conn_tls_close(struct conn *c);
void conn_tls_free(struct conn *c);
/* The fingerprint, or NULL. */
const char *conn_client_cert(const struct conn *c, const char **out_subject);

/* server_proxy.c */
/* Reads the PROXY header; false: more is to come, or c is closed. */
bool proxy_header_read(struct conn *c);
/* Who the client of this request is; 0, or the status to refuse with. */
int proxy_fields_read(struct request *q, const char **out_reason);

/* server_conn.c */
/* Reads and answers as far as it goes, then sends and settles. */
void conn_run(struct conn *c);
/* Runs conn_run() soon, not from within the caller. */
void conn_run_later(struct conn *c);
/* Called every tick. */
void conn_check_deadlines(struct conn *c);
void conn_free(struct conn *c);
size_t conn_unsent(const struct conn *c);
/* Sends v at once or queues what the socket does not take; a failure marks c broken. */
void conn_send(struct conn *c, struct view v);
/* Sends the loop's out buffer. */
void conn_flush(struct conn *c);
/* Sends the out buffer, then b, whose memory is taken over. */
void conn_send_memory(struct conn *c, struct buf *b);
/* Sends the out buffer, then constant memory. */
void conn_send_fixed(struct conn *c, struct view v);
/* Sends the out buffer, then a file, whose descriptor is taken over. */
void conn_send_file(struct conn *c, int fd, uint64_t bytes);
/* The answer is written: on to the next request, or to the end. */
void conn_answered(struct conn *c, bool close);
/* The server's own refusal; ends the connection. */
void conn_refuse(struct conn *c, int status, const char *reason);
/* The longest idle connection of the loop is closed; false if there is none. */
bool conn_evict_idle(struct loop *l);
bool conn_is_idle(const struct conn *c);

/* server_request.c */
struct request *request_take(struct conn *c);
void request_release(struct request *q);
void request_free(struct request *q);
/* 0, or the status to refuse with. */
int request_body_begin(struct request *q, const struct http_limits *limits);
int request_body_add(struct request *q, struct view data);
void request_body_end(struct request *q);

/* server_reply.c */
/* On the loop's thread: writes q's answer to its connection, if that is still there. */
void reply_write(struct request *q);
/* One more piece of a streamed answer; false: nothing to do for now. */
bool reply_stream_step(struct conn *c);
/* Fills q's answer with a refusal of the server itself. */
void reply_problem(struct request *q, int status, const char *detail);
/* Ends source and compression, closes the file: once for every answer. */
void reply_end(struct request *q);
/* Status line and fields into the loop's out buffer; length < 0: not told. */
void reply_head(struct request *q, int64_t length, bool close);

/* server_gzip.c */
bool gzip_wanted(const struct request *q);
/* Whether a type is worth it. */
bool gzip_type(const char *type);
/* True: *b now holds the compressed form. For small ones: it is done in one go. */
bool gzip_whole(struct loop *l, struct buf *b);
struct z_stream_s *gzip_new(void);
/* Appends the compressed form of in to out; false: out of memory. */
bool gzip_stream_add(struct z_stream_s *z, struct view in, bool end, struct buf *out);
void gzip_free(struct z_stream_s *z);

/* server_sse.c */
void sse_check(struct conn *c);
/* Calls on_close(), once; the handle is still readable then. */
void sse_ended(struct request *q);
void sse_orphan(void *request);
