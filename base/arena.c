/*
 * arena.c - bump allocation out of a list of malloc'ed blocks.
 *
 * The first block is kept by a reset, so that an arena that serves one request after another
 * usually allocates nothing at all. Blocks double up to BLOCK_MAX; what is larger gets a block of
 * its own. Under AddressSanitizer the unused part of a block is poisoned, so that a read past an
 * allocation or after a reset is found.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

#define ALIGN 16
#define BLOCK_MIN ((size_t)16 << 10)
#define BLOCK_MAX ((size_t)1 << 20)

struct block {
	alignas(ALIGN) struct block *prev;
	size_t size, used; /* of data */
	alignas(ALIGN) unsigned char data[];
};

struct arena {
	struct block *first, *last;
	size_t used, cap;
};

static struct block *block_new(size_t size, struct block *prev)
{
	struct block *b = malloc(sizeof(*b) + size);

	if (!b)
		return NULL;
	b->prev = prev;
	b->size = size;
	b->used = 0;
	POISON(b->data, size);
	return b;
}

static void block_free(struct block *b)
{
	UNPOISON(b->data, b->size);
	free(b);
}

struct arena *arena_new(void)
{
	struct arena *a = malloc(sizeof(*a));
	struct block *b = block_new(BLOCK_MIN - sizeof(struct block), NULL);

	if (!a || !b) {
		free(a);
		if (b)
			block_free(b);
		return NULL;
	}
	*a = (struct arena){ .first = b, .last = b, .cap = SIZE_MAX };
	return a;
}

static void drop_after_first(struct arena *a)
{
	while (a->last != a->first) {
		struct block *prev = a->last->prev;
		block_free(a->last);
		a->last = prev;
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	drop_after_first(a);
	block_free(a->first);
	free(a);
}

void arena_reset(struct arena *a)
{
	drop_after_first(a);
	a->first->used = 0;
	a->used = 0;
	POISON(a->first->data, a->first->size);
}

static bool grow(struct arena *a, size_t n)
{
	size_t size = a->last->size < BLOCK_MAX / 2 ? a->last->size * 2 : BLOCK_MAX;
	struct block *b;

	if (size < n)
		size = n;
	if (size > SIZE_MAX - sizeof(*b))
		return false;
	b = block_new(size, a->last);
	if (!b)
		return false;
	a->last = b;
	return true;
}

void *arena_alloc(struct arena *a, size_t n)
{
	size_t want;
	void *p;

	if (n > SIZE_MAX / 2)
		return NULL;
	want = n ? (n + ALIGN - 1) & ~(size_t)(ALIGN - 1) : ALIGN;
	if (want > a->cap || a->used > a->cap - want)
		return NULL;
	if (a->last->size - a->last->used < want && !grow(a, want))
		return NULL;
	p = a->last->data + a->last->used;
	a->last->used += want;
	a->used += want;
	UNPOISON(p, n);
	return p;
}

void *arena_zalloc(struct arena *a, size_t n)
{
	void *p = arena_alloc(a, n);

	if (p)
		memset(p, 0, n);
	return p;
}

char *arena_strdup(struct arena *a, struct view v)
{
	char *s = v.n < SIZE_MAX ? arena_alloc(a, v.n + 1) : NULL;

	if (!s)
		return NULL;
	if (v.n)
		memcpy(s, v.p, v.n);
	s[v.n] = '\0';
	return s;
}

struct view arena_copy(struct arena *a, struct view v)
{
	void *p = arena_alloc(a, v.n);

	if (!p)
		return (struct view){ 0 };
	if (v.n)
		memcpy(p, v.p, v.n);
	return view_of(p, v.n);
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return NULL;
	s = arena_alloc(a, (size_t)n + 1);
	if (!s)
		return NULL;
	va_start(ap, fmt);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}

size_t arena_used(const struct arena *a) { return a->used; }

void arena_cap(struct arena *a, size_t bytes) { a->cap = bytes; }
