/*
 * pack.h - numbers as bytes. Keys are big-endian so that memcmp order is numeric order; values
 * inside records are LEB128 varints, signed ones zigzag-coded.
 */
#pragma once

#include "buf.h"

static inline void be32_put(void *p, uint32_t v)
{
	uint8_t *b = p;
	b[0] = (uint8_t)(v >> 24), b[1] = (uint8_t)(v >> 16), b[2] = (uint8_t)(v >> 8), b[3] = (uint8_t)v;
}
static inline uint32_t be32_get(const void *p)
{
	const uint8_t *b = p;
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}
static inline void be64_put(void *p, uint64_t v)
{
	be32_put(p, (uint32_t)(v >> 32));
	be32_put((uint8_t *)p + 4, (uint32_t)v);
}
static inline uint64_t be64_get(const void *p)
{
	return (uint64_t)be32_get(p) << 32 | be32_get((const uint8_t *)p + 4);
}
/* Days may be negative: bias so that memcmp order is date order. */
static inline void beday_put(void *p, int32_t day) { be32_put(p, (uint32_t)day ^ 0x80000000u); }
static inline int32_t beday_get(const void *p) { return (int32_t)(be32_get(p) ^ 0x80000000u); }

static inline uint64_t zigzag(int64_t v) { return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63); }
static inline int64_t unzigzag(uint64_t u) { return (int64_t)(u >> 1) ^ -(int64_t)(u & 1); }

/* Writes 1..10 bytes at p; returns how many. */
size_t varint_put(uint8_t *p, uint64_t v);
void buf_varint(struct buf *b, uint64_t v);
void buf_svarint(struct buf *b, int64_t v);
void buf_lenbytes(struct buf *b, struct view v); /* varint length, then the bytes */

/* A checked reader: after a read past the end every further one yields 0 and bad is true. */
struct rd {
	const uint8_t *p, *end;
	bool bad;
};
static inline struct rd rd_of(struct view v)
{
	const uint8_t *p = v.p ? v.p : (const uint8_t *)"";
	return (struct rd){ p, p + v.n, false };
}
static inline bool rd_more(const struct rd *r) { return !r->bad && r->p < r->end; }
uint64_t rd_varint_long(struct rd *r);
/* Most numbers are small: those of one byte are read here. */
static inline uint64_t rd_varint(struct rd *r)
{
	return r->p < r->end && *r->p < 0x80 ? *r->p++ : rd_varint_long(r);
}
static inline int64_t rd_svarint(struct rd *r) { return unzigzag(rd_varint(r)); }
static inline uint8_t rd_u8(struct rd *r)
{
	if (r->p < r->end)
		return *r->p++;
	r->bad = true;
	return 0;
}
uint32_t rd_be32(struct rd *r);
uint64_t rd_be64(struct rd *r);
static inline struct view rd_bytes(struct rd *r, size_t n)
{
	if (r->bad || n > (size_t)(r->end - r->p)) {
		r->bad = true;
		r->p = r->end;
		return (struct view){ 0 };
	}
	r->p += n;
	return view_of(r->p - n, n);
}
static inline struct view rd_lenbytes(struct rd *r)
{
	return rd_bytes(r, (size_t)rd_varint(r));
}
