/*
 * http1_body.c - the body of a request: a counted one or chunks. A byte machine that stores
 * nothing: data is lent from the input, extensions and trailers are checked and dropped.
 */
#include "api/http1_int.h"

#include "base/util.h"

static bool begin_body(struct http1 *r)
{
	if (r->chunked) {
		r->state = ST_CHUNK_SIZE;
		return true;
	}
	if (r->content_length > r->body_max)
		return refuse(r, 413, "the body is larger than allowed here");
	r->left = r->content_length;
	r->state = r->left ? ST_LENGTH : ST_END;
	return true;
}

static void take_data(struct http1 *r, struct view *in)
{
	size_t n = r->left < in->n ? (size_t)r->left : in->n;
	r->data = view_of(in->p, n);
	r->left -= n;
	r->body_bytes += n;
	*in = cut(*in, n);
}

static bool chunk_size_done(struct http1 *r)
{
	if (r->digits == 0)
		return malformed(r, "a chunk size without digits");
	/* body_bytes never exceeds body_max, so this cannot wrap. */
	if (r->left > r->body_max - r->body_bytes)
		return refuse(r, 413, "the body is larger than allowed here");
	return true;
}

static bool chunk_size_byte(struct http1 *r, char c)
{
	if (is(c, C_HEX)) {
		if (r->digits++ == 16)
			return malformed(r, "a chunk size of more than 16 digits");
		r->left = r->left << 4 | (uint64_t)(c <= '9' ? c - '0' : lower(c) - 'a' + 10);
		return true;
	}
	if (c != '\r' && c != ';')
		return malformed(r, "a chunk size that is not a hexadecimal number");
	r->state = c == '\r' ? ST_CHUNK_LF : ST_EXT_NAME_BEGIN;
	return chunk_size_done(r);
}

static bool ext_end(struct http1 *r, char c)
{
	if (c != ';' && c != '\r')
		return malformed(r, "a malformed chunk extension");
	r->state = c == ';' ? ST_EXT_NAME_BEGIN : ST_CHUNK_LF;
	return true;
}

/* ";" name [ "=" ( token / quoted-string ) ], without blanks: RFC 9112 7.1.1. */
static bool ext_byte(struct http1 *r, char c)
{
	uint8_t next = r->state;
	if (++r->ext_bytes > HTTP1_EXT_MAX || ++r->ext_total > HTTP1_EXT_TOTAL)
		return refuse(r, 413, "too many bytes of chunk extensions");
	if (r->state == ST_EXT_NAME_BEGIN && is(c, C_TOKEN))
		next = ST_EXT_NAME;
	else if (r->state == ST_EXT_NAME && c == '=')
		next = ST_EXT_VALUE_BEGIN;
	else if (r->state == ST_EXT_VALUE_BEGIN && (is(c, C_TOKEN) || c == '"'))
		next = c == '"' ? ST_EXT_QUOTED : ST_EXT_VALUE;
	else if (r->state == ST_EXT_QUOTED && (is(c, C_QUOTED) || c == '\\' || c == '"'))
		next = c == '"' ? ST_EXT_QUOTED_END : c == '\\' ? ST_EXT_QUOTED_PAIR : next;
	else if (r->state == ST_EXT_QUOTED_PAIR && (is(c, C_QUOTED) || c == '\\' || c == '"'))
		next = ST_EXT_QUOTED;
	else if ((r->state == ST_EXT_NAME || r->state == ST_EXT_VALUE) && is(c, C_TOKEN))
		return true;
	else if (r->state == ST_EXT_NAME || r->state == ST_EXT_VALUE ||
		 r->state == ST_EXT_QUOTED_END)
		return ext_end(r, c);
	else
		return malformed(r, "a malformed chunk extension");
	r->state = next;
	return true;
}

static bool chunk_lf(struct http1 *r, char c)
{
	if (c != '\n')
		return malformed(r, "a CR without LF behind a chunk size");
	r->state = r->left ? ST_CHUNK_DATA : ST_TRAILER_BEGIN;
	r->digits = 0;
	r->ext_bytes = 0;
	return true;
}

static bool data_end(struct http1 *r, char c)
{
	if (c != (r->state == ST_DATA_CR ? '\r' : '\n'))
		return malformed(r, "a chunk that is longer than its size");
	r->state = r->state == ST_DATA_CR ? ST_DATA_LF : ST_CHUNK_SIZE;
	return true;
}

static bool trailer_name_byte(struct http1 *r, char c)
{
	if (r->state == ST_TRAILER_BEGIN)
		r->name_n = 0;
	if (r->name_n < sizeof(r->name))
		r->name[r->name_n++] = lower(c);
	r->state = ST_TRAILER_NAME;
	return true;
}

/* RFC 9110 6.5.1: framing and routing have no place behind the body. */
static bool trailer_name_done(struct http1 *r)
{
	struct view name = view_of(r->name, r->name_n);
	if (view_is(name, "content-length") || view_is(name, "transfer-encoding") ||
	    view_is(name, "host"))
		return malformed(r, "a field that must not be a trailer");
	r->state = ST_TRAILER_VALUE;
	return true;
}

static bool trailer_byte(struct http1 *r, char c)
{
	if (++r->trailer_bytes > HTTP1_TRAILERS_MAX)
		return refuse(r, 431, "the trailer section is too large");
	if ((r->state == ST_TRAILER_BEGIN || r->state == ST_TRAILER_NAME) && is(c, C_TOKEN))
		return trailer_name_byte(r, c);
	if (r->state == ST_TRAILER_NAME && c == ':')
		return trailer_name_done(r);
	if (r->state == ST_TRAILER_BEGIN && c == '\r')
		r->state = ST_LAST_LF;
	else if (r->state == ST_TRAILER_VALUE && c == '\r')
		r->state = ST_TRAILER_LF;
	else if (r->state == ST_TRAILER_LF && c == '\n')
		r->state = ST_TRAILER_BEGIN;
	else if (r->state == ST_LAST_LF && c == '\n')
		r->state = ST_END;
	else if (r->state != ST_TRAILER_VALUE || is(c, C_STOP))
		return malformed(r, "a malformed trailer");
	return true;
}

static bool framing_byte(struct http1 *r, char c)
{
	if (r->state == ST_CHUNK_SIZE)
		return chunk_size_byte(r, c);
	if (r->state < ST_CHUNK_LF)
		return ext_byte(r, c);
	if (r->state == ST_CHUNK_LF)
		return chunk_lf(r, c);
	if (r->state <= ST_DATA_LF)
		return data_end(r, c);
	return trailer_byte(r, c);
}

enum http1_event http1_body_next(struct http1 *r, struct view *in)
{
	while (r->state < ST_END) {
		if (r->state == ST_BODY_BEGIN) {
			(void)begin_body(r);
			continue;
		}
		if (in->n == 0)
			return HTTP1_MORE;
		if (r->state == ST_LENGTH || r->state == ST_CHUNK_DATA) {
			take_data(r, in);
			if (r->left == 0)
				r->state = r->state == ST_LENGTH ? ST_END : ST_DATA_CR;
			return HTTP1_DATA;
		}
		char c = *(const char *)in->p;
		*in = cut(*in, 1);
		(void)framing_byte(r, c);
	}
	return r->state == ST_END ? HTTP1_END : HTTP1_BAD;
}
