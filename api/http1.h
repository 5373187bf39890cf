/*
 * http1.h - a strict, incremental reader of HTTP/1.1 and 1.0 requests (RFC 9112). It knows bytes
 * only: no sockets, no clock, no libevent, so that it can be fuzzed and compared with others.
 *
 * The caller hands over input as it arrives, cut anywhere; the events and the verdict do not
 * depend on the cuts. What is refused stays refused: after HTTP1_BAD the stream has no meaning.
 *
 * Stricter than the RFC asks, on purpose (two readers that disagree are a hole): CRLF only, no
 * folding, no list of lengths, Transfer-Encoding is "chunked" or nothing, one Host, no bytes
 * above 0x7e in the target, every %-escape whole. docs: RFC 9112 2.2, 3, 5, 6, 7.
 */
#pragma once

#include "base/buf.h"

#define HTTP1_HEADERS_MAX 100
#define HTTP1_HEAD_MAX 16384 /* request line and fields, line ends included */
#define HTTP1_TARGET_MAX 8192
#define HTTP1_TRAILERS_MAX 4096 /* bytes of a trailer section; it is checked and dropped */
#define HTTP1_EXT_MAX 256 /* bytes of extensions behind one chunk size */
#define HTTP1_EXT_TOTAL 16384 /* ... and in one body */

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS,
};

enum http1_event {
	HTTP1_MORE, /* all input was used; feed again */
	HTTP1_HEAD, /* the head is complete: method, path, ... may be read until http1_reset() */
	HTTP1_DATA, /* r->data is a piece of the body, borrowed from the input */
	HTTP1_END, /* the request is complete; nothing more is read until http1_reset() */
	HTTP1_BAD, /* refused: r->status (4xx or 5xx) and r->reason; close after answering */
};

/* A field as offsets into the head, so that a growing head may move. */
struct http1_field {
	uint16_t name_at, name_n, value_at, value_n;
};

struct http1 {
	/* Valid from HTTP1_HEAD on. */
	enum http_method method;
	struct view path; /* raw; begins with '/', or is "*" */
	struct view query; /* raw, behind the '?'; .p NULL where there is none */
	struct view host; /* of the absolute form, else of the Host field; may be empty in 1.0 */
	unsigned minor; /* HTTP/1.minor */
	bool keep_alive;
	bool chunked;
	bool expect_continue;
	uint64_t content_length; /* 0 where there is none or the body is chunked */
	unsigned field_count;
	struct http1_field fields[HTTP1_HEADERS_MAX];

	/* Set by the caller between HTTP1_HEAD and the next call; the default has no limit. */
	uint64_t body_max;

	struct view data; /* HTTP1_DATA */
	int status; /* HTTP1_BAD */
	const char *reason; /* HTTP1_BAD; a constant in English */

	/* private */
	struct buf head;
	size_t line_at;
	uint64_t left; /* bytes of the body or chunk still to come */
	uint64_t body_bytes; /* seen so far */
	uint32_t ext_bytes, ext_total, trailer_bytes;
	uint16_t path_at, path_n, query_at, query_n, host_at, host_n;
	uint8_t state, digits, blanks, seen, name_n;
	char name[18]; /* of a trailer, its first bytes in lower case */
	bool cr, has_query, absolute;
};

void http1_init(struct http1 *r);
void http1_done(struct http1 *r);
/* Ready for the next request of the connection; keeps the memory of a small head. */
void http1_reset(struct http1 *r);
/* Uses bytes from the front of *in and answers the next event. */
enum http1_event http1_next(struct http1 *r, struct view *in);
/* True when not a single byte of a request has been seen since http1_reset(). */
bool http1_idle(const struct http1 *r);

/* The first field of that name (given in lower case); .p NULL if absent. */
struct view http1_field(const struct http1 *r, const char *lower_name);
static inline struct view http1_field_name(const struct http1 *r, unsigned i)
{
	return view_of(r->head.p + r->fields[i].name_at, r->fields[i].name_n);
}
static inline struct view http1_field_value(const struct http1 *r, unsigned i)
{
	return view_of(r->head.p + r->fields[i].value_at, r->fields[i].value_n);
}
const char *http_method_name(enum http_method m);
