/* buf.c - the growable byte buffer. A failed growth keeps what was written and sets failed. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_CAP 64

void buf_done(struct buf *b)
{
	free(b->p);
	*b = BUF_INIT;
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->failed = false;
}

bool buf_grow(struct buf *b, size_t more)
{
	size_t need, cap;
	char *p;

	if (b->failed)
		return false;
	if (more <= b->cap - b->n)
		return true;
	if (more > SIZE_MAX / 4 - b->n) {
		b->failed = true;
		return false;
	}
	need = b->n + more;
	cap = b->cap ? b->cap : FIRST_CAP;
	while (cap < need)
		cap += cap / 2 + FIRST_CAP;
	p = realloc(b->p, cap);
	if (!p) {
		b->failed = true;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

void buf_addu(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	buf_add(b, digits + n, sizeof(digits) - n);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (!buf_reserve(b, 1))
		return;
	va_start(ap, fmt);
	n = vsnprintf(b->p + b->n, b->cap - b->n, fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->failed = true;
		return;
	}
	if ((size_t)n >= b->cap - b->n) {
		if (!buf_reserve(b, (size_t)n + 1))
			return;
		va_start(ap, fmt);
		vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	b->n += (size_t)n;
}

char *buf_steal(struct buf *b)
{
	char *p = b->p;

	if (b->failed) {
		free(p);
		p = NULL;
	}
	*b = BUF_INIT;
	return p;
}
