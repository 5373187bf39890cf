/* view.h - a borrowed run of bytes. Never owns; valid as long as what it points into. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct view {
	const void *p;
	size_t n;
};

#define VIEW_LIT(s) ((struct view){ (s), sizeof(s) - 1 })

static inline struct view view_of(const void *p, size_t n) { return (struct view){ p, n }; }
static inline struct view view_str(const char *s) { return (struct view){ s, s ? strlen(s) : 0 }; }
static inline bool view_eq(struct view a, struct view b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool view_is(struct view a, const char *s) { return view_eq(a, view_str(s)); }
/* Without the blanks and tabs around it. */
struct view view_trim(struct view v);
/* memcmp order, shorter first on a tie. */
int view_cmp(struct view a, struct view b);
