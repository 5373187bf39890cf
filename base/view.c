/* view.c - ordering of byte views. */
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
