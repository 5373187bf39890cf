/* pack.c - varints and the checked reader. A truncated or overlong number reads as 0 and bad. */
#include "base/pack.h"

#define VARINT_MAX 10

size_t varint_put(uint8_t *p, uint64_t v)
{
	size_t n = 0;

	while (v >= 0x80) {
		p[n++] = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	p[n++] = (uint8_t)v;
	return n;
}

void buf_varint(struct buf *b, uint64_t v)
{
	if (!buf_reserve(b, VARINT_MAX))
		return;
	b->n += varint_put((uint8_t *)b->p + b->n, v);
}

void buf_svarint(struct buf *b, int64_t v) { buf_varint(b, zigzag(v)); }

void buf_lenbytes(struct buf *b, struct view v)
{
	buf_varint(b, v.n);
	buf_addv(b, v);
}

static uint64_t rd_fail(struct rd *r)
{
	r->bad = true;
	r->p = r->end;
	return 0;
}

uint64_t rd_varint_long(struct rd *r)
{
	uint64_t v = 0;

	for (unsigned shift = 0; r->p < r->end && shift < 64; shift += 7) {
		uint8_t c = *r->p++;

		if (shift == 63 && c > 1)
			break;
		v |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80)
			return v;
	}
	return rd_fail(r);
}

uint32_t rd_be32(struct rd *r)
{
	struct view v = rd_bytes(r, 4);

	return v.n ? be32_get(v.p) : 0;
}

uint64_t rd_be64(struct rd *r)
{
	struct view v = rd_bytes(r, 8);

	return v.n ? be64_get(v.p) : 0;
}
