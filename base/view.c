/* view.c - ordering and trimming of byte views. */
#include "base/view.h"

#include "base/util.h"

int view_cmp(struct view a, struct view b)
{
	size_t n = MIN(a.n, b.n);
	int c = n ? memcmp(a.p, b.p, n) : 0;

	if (c != 0)
		return c;
	return (a.n > b.n) - (a.n < b.n);
}

struct view view_trim(struct view v)
{
	const char *p = v.p;

	while (v.n && (*p == ' ' || *p == '\t'))
		p++, v.n--;
	while (v.n && (p[v.n - 1] == ' ' || p[v.n - 1] == '\t'))
		v.n--;
	return view_of(p, v.n);
}
