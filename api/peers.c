/* peers.c - see peers.h. */
#include "api/peers.h"

#include <stdlib.h>

static int peer_cmp(const void *a, const void *b)
{
	return view_cmp(((const struct peer *)a)->id, ((const struct peer *)b)->id);
}

enum rc peers_begin(struct peers *p, struct arena *a, size_t max, struct view after)
{
	*p = (struct peers){ .at = arena_alloc(a, max * sizeof(*p->at)), .max = max, .after = after };
	return p->at ? RC_OK : RC_NOMEM;
}

/* The root, which is the greatest, gives way. */
static void sift_down(struct peers *p, struct peer x)
{
	size_t i = 0;

	while (2 * i + 1 < p->n) {
		size_t child = 2 * i + 1;
		if (child + 1 < p->n && view_cmp(p->at[child + 1].id, p->at[child].id) > 0)
			child++;
		if (view_cmp(x.id, p->at[child].id) >= 0)
			break;
		p->at[i] = p->at[child];
		i = child;
	}
	p->at[i] = x;
}

void peers_add(struct peers *p, struct peer x)
{
	size_t i;

	if (p->after.p && view_cmp(x.id, p->after) <= 0)
		return;
	if (p->n == p->max) {
		if (view_cmp(x.id, p->at[0].id) < 0)
			sift_down(p, x);
		return;
	}
	for (i = p->n++; i && view_cmp(p->at[(i - 1) / 2].id, x.id) < 0; i = (i - 1) / 2)
		p->at[i] = p->at[(i - 1) / 2];
	p->at[i] = x;
}

void peers_sort(struct peers *p)
{
	if (p->n)
		qsort(p->at, p->n, sizeof(*p->at), peer_cmp);
}
