/* http1_int.h - what the two halves of the request reader share; for http1*.c only. */
#pragma once

#include "api/http1.h"

enum state {
	ST_LINE,
	ST_FIELDS,
	ST_BODY_BEGIN,
	ST_LENGTH,
	ST_CHUNK_SIZE,
	ST_EXT_NAME_BEGIN,
	ST_EXT_NAME,
	ST_EXT_VALUE_BEGIN,
	ST_EXT_VALUE,
	ST_EXT_QUOTED,
	ST_EXT_QUOTED_PAIR,
	ST_EXT_QUOTED_END,
	ST_CHUNK_LF,
	ST_CHUNK_DATA,
	ST_DATA_CR,
	ST_DATA_LF,
	ST_TRAILER_BEGIN,
	ST_TRAILER_NAME,
	ST_TRAILER_VALUE,
	ST_TRAILER_LF,
	ST_LAST_LF,
	ST_END,
	ST_BAD,
};

enum class {
	C_TOKEN = 0x01, /* RFC 9110 5.6.2 */
	C_PATH = 0x02, /* pchar and '/', RFC 3986 3.3 */
	C_QUERY = 0x04, /* pchar / ? and what browsers leave raw: [ ] { } | \ ^ ` */
	C_HEX = 0x08,
	C_STOP = 0x10, /* control bytes but TAB */
	C_HOST = 0x20, /* reg-name, RFC 3986 3.2.2 */
	C_QUOTED = 0x40 /* qdtext, ASCII only */
};

/* One byte of class bits for each character; those above 0x7f are in no class. */
extern const uint8_t http1_classes[256];

static inline bool is(char c, unsigned class) { return http1_classes[(uint8_t)c] & class; }

static inline char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static inline struct view cut(struct view v, size_t from)
{
	return view_of((const char *)v.p + from, v.n - from);
}

/* v against a constant in lower case. */
static inline bool same(struct view v, const char *lower_text)
{
	const char *p = v.p;
	if (v.n != strlen(lower_text))
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (lower(p[i]) != lower_text[i])
			return false;
	return true;
}

static inline struct view trim(struct view v)
{
	const char *p = v.p;
	size_t n = v.n;
	while (n && (*p == ' ' || *p == '\t'))
		p++, n--;
	while (n && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	return view_of(p, n);
}

static inline bool refuse(struct http1 *r, int status, const char *reason)
{
	r->state = ST_BAD;
	r->status = status;
	r->reason = reason;
	return false;
}

static inline bool malformed(struct http1 *r, const char *reason) { return refuse(r, 400, reason); }

/* Continues behind the head. */
enum http1_event http1_body_next(struct http1 *r, struct view *in);
