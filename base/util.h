/* util.h - scope-bound clean-up and small helpers used everywhere. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define AUTO(fn) __attribute__((cleanup(fn)))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
/* Hands a pointer over: the variable becomes NULL, so that its clean-up does nothing. */
#define STEAL(p) __extension__({ __typeof__(p) steal_ = (p); (p) = NULL; steal_; })

static inline void free_cleanup(void *pp) { free(*(void **)pp); }
#define AUTO_FREE AUTO(free_cleanup)

/* Makes room for one more item of `size` bytes in a list of n: when it is full, *p moves to twice the room. False: out of
 * memory, and the list stays as it is. */
static inline bool list_grow(void **p, size_t *cap, size_t n, size_t size)
{
	size_t want = *cap ? *cap * 2 : 64;
	void *bigger;

	if (n < *cap)
		return true;
	bigger = realloc(*p, want * size);
	if (!bigger)
		return false;
	*p = bigger;
	*cap = want;
	return true;
}
