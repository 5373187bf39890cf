/* util.h - scope-bound clean-up and small helpers used everywhere. */
#pragma once

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
