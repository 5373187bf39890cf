/* arena.h - memory that is freed all at once: one per request, import chunk or batch. */
#pragma once

#include "err.h"
#include "view.h"

struct arena;

struct arena *arena_new(void);              /* NULL: out of memory */
void arena_free(struct arena *a);           /* accepts NULL */
void arena_reset(struct arena *a);          /* keeps the first block */
void *arena_alloc(struct arena *a, size_t n); /* 16-byte aligned, not zeroed; NULL: out of memory or over the cap */
void *arena_zalloc(struct arena *a, size_t n);
char *arena_strdup(struct arena *a, struct view v); /* NUL-terminated copy */
struct view arena_copy(struct arena *a, struct view v); /* .p NULL: out of memory */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
size_t arena_used(const struct arena *a);
/* Above this many bytes in all, arena_alloc answers NULL. Default: no cap. */
void arena_cap(struct arena *a, size_t bytes);
