/* small.c - see small.h. Breadth first through a queue of its own; stops as soon as the answer is no. */
#include "graph/small.h"

#include "base/util.h"

struct look {
	struct adj_reader r;
	uint32_t links;             /* met so far */
	uint32_t n;                 /* in the queue */
	uint32_t queue[SMALL_LINKS + 1];
};

/* Counts the links of one organisation and, where their other ends will be asked too, queues those. */
static bool look_at(struct look *l, uint32_t org, bool last_tier)
{
	struct adj_run run;

	for (bool ok = adj_first(&l->r, org, &run); ok; ok = adj_next(&l->r, &run)) {
		if (run.n > SMALL_LINKS - l->links)
			return false;
		l->links += run.n;
		for (uint32_t i = 0; i < run.n && !last_tier; i++)
			l->queue[l->n++] = run.e[i].peer;
	}
	return true;
}

bool chain_is_small(struct txn *t, enum adj_dir dir, uint32_t org, unsigned depth)
{
	struct look l; /* 32 kB of stack; its queue is written before it is read */
	bool small = true;

	l.links = 0;
	l.n = 1;
	l.queue[0] = org;
	adj_reader_init(&l.r, t, dir);
	for (uint32_t at = 0, tier = 1; tier <= depth && small; tier++)
		for (uint32_t end = l.n; at < end && small; at++)
			small = look_at(&l, l.queue[at], tier == depth);
	adj_reader_done(&l.r);
	return small;
}
