/*
 * http.h - the one HTTP client of the program: libcurl, one connection kept open, no redirects,
 * http and https only. Every call blocks; SIGINT ends it with RC_CANCELLED.
 */
#pragma once

#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

struct http;

struct http_settings {
	const char *url;    /* http://HOST:PORT, with an optional path prefix, or unix:PATH */
	const char *token;  /* NULL or "": none is sent */
	const char *cacert, *cert, *key; /* PEM files; NULL or "": none */
	enum lang lang;     /* Accept-Language */
	long timeout_s;     /* a transfer that stands still that long is given up; 0: never */
};

struct http_request {
	const char *method;       /* NULL: GET */
	const char *path;         /* "/v1/…" with its query, already encoded */
	const char *content_type; /* of body or file */
	struct view body;
	FILE *file;               /* instead of body: streamed */
	int64_t file_bytes;       /* -1: unknown, sent chunked */
	const char *accept;       /* NULL: application/json */
	const char *if_match;
	const char *last_event_id;
	bool endless;             /* an event stream: silence is no fault */
	/* Takes the body of a 2xx answer as it comes; false stops with RC_IO. NULL: kept in reply. */
	bool (*sink)(void *arg, struct view chunk);
	void *sink_arg;
	/* Called now and then while a file goes up. */
	void (*on_upload)(void *arg, int64_t sent);
	void *upload_arg;
};

struct http_reply {
	long status;
	char type[128];      /* Content-Type without parameters, lower case */
	char revision[24];
	char etag[128];
	char location[512];
	struct buf body;     /* always NUL-terminated in memory, not counted */
};

#define HTTP_REPLY_INIT { 0 }

/* NULL with *e filled: the URL cannot be used (RC_USAGE), out of memory. */
struct http *http_new(const struct http_settings *s, struct err *e);
void http_free(struct http *h);
void http_reply_done(struct http_reply *r);

/* In err.field of RC_UNREACHABLE: what is likely wrong. */
#define HTTP_HINT_SOCKET "socket-mode"
#define HTTP_HINT_PLAIN "plain-http"
#define HTTP_HINT_CACERT "cacert"

/* RC_OK: a whole answer came, whatever its status (a broken one may have a status, too). Else RC_UNREACHABLE, RC_CANCELLED, RC_IO (the sink
 * gave up), RC_USAGE (a file of TLS cannot be used), RC_TOO_LARGE, RC_NOMEM. A former answer in *out is dropped first. */
MUST_USE enum rc http_send(struct http *h, const struct http_request *rq, struct http_reply *out,
			   struct err *e);
bool http_has_token(const struct http *h);
const char *http_url(const struct http *h);

/* Appends "/" and seg, percent-encoded. */
void path_seg(struct buf *b, const char *seg);
/* Appends "?" or "&", name, "=", value percent-encoded. A NULL value appends nothing. */
void path_query(struct buf *b, const char *name, const char *value);
