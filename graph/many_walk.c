/* many_walk.c - the walk down from up to 64 procurers at once; see many.h. */
#include "base/util.h"
#include "graph/many.h"

/* Links of X in layer k go to whoever has not been seen by the same procurers. A private link is its procurer's
 * first only; procurers with grants are not among these. */
static void layer_from(struct many *m, uint32_t x, unsigned k)
{
	uint64_t mask = m->front[x];
	struct adj_run run;

	for (bool ok = adj_first(&m->out, x, &run); ok; ok = adj_next(&m->out, &run)) {
		const struct adj_dates *d = run.d;
		for (uint32_t i = 0; i < run.n; i++) {
			const struct adj_ent e = run.e[i];
			if ((e.attr & ADJ_DATED) && !dates_active(d++, m->q->on))
				continue;
			if (e.peer < m->n && (k == 1 || adj_disclosure(e.attr) != DISC_PRIVATE))
				m->next[e.peer] |= mask;
		}
	}
}

/* Those met in layer k become the front of the next. */
static void layer_end(struct many *m, unsigned k)
{
	for (uint32_t x = 0; x < m->n; x++) {
		uint64_t fresh = m->next[x] & ~m->seen[x];

		m->front[x] = fresh;
		m->next[x] = 0;
		if (!fresh)
			continue;
		m->seen[x] |= fresh;
		for (unsigned b = 0; k >> b; b++)
			if (k >> b & 1)
				m->tier[b][x] |= fresh;
	}
}

enum rc many_walk(struct many *m)
{
	for (size_t i = 0; i < m->q->n; i++) {
		uint32_t p = m->q->watches[i].org;

		if (p >= m->n)
			return RC_INTERNAL;
		m->seen[p] |= 1ull << i;
		m->front[p] |= 1ull << i;
		m->is_source[p / 64] |= 1ull << (p % 64);
	}
	for (unsigned k = 1; k < m->depth; k++) {
		for (uint32_t x = 0; x < m->n; x++)
			if (m->front[x])
				layer_from(m, x, k);
		layer_end(m, k);
	}
	return m->out.bad ? RC_DAMAGED : txn_rc(m->t);
}
