/*
 * buf.h - a growable byte buffer with a sticky error: after a failed growth every append is a
 * no-op and buf_ok() is false, so writers read as straight lines and check once.
 */
#pragma once

#include "err.h"
#include "view.h"

#include <string.h>

struct buf {
	char *p;
	size_t n, cap;
	bool failed;
};

#define BUF_INIT ((struct buf){ 0 })

void buf_done(struct buf *b);   /* frees; accepts a zeroed one */
void buf_clear(struct buf *b);  /* keeps the memory */
bool buf_grow(struct buf *b, size_t more);
static inline bool buf_reserve(struct buf *b, size_t more)
{
	return !b->failed && more <= b->cap - b->n ? true : buf_grow(b, more);
}
static inline void buf_add(struct buf *b, const void *p, size_t n)
{
	if (n == 0 || !buf_reserve(b, n))
		return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
}
static inline void buf_addv(struct buf *b, struct view v) { buf_add(b, v.p, v.n); }
/* Inline, so that the length of a constant is known where it is added. */
static inline void buf_adds(struct buf *b, const char *s) { buf_add(b, s, strlen(s)); }
void buf_addu(struct buf *b, uint64_t v); /* in decimal */
static inline void buf_addc(struct buf *b, char c)
{
	if (buf_reserve(b, 1))
		b->p[b->n++] = c;
}
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
static inline bool buf_ok(const struct buf *b) { return !b->failed; }
static inline struct view buf_view(const struct buf *b) { return (struct view){ b->p, b->n }; }
/* Hands the memory (malloc'ed, b->n bytes) to the caller and empties b. */
char *buf_steal(struct buf *b);
