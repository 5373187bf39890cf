/* crowd.c - see crowd.h. */
#include "services/crowd.h"

#include <stdlib.h>

#include "base/util.h"

void crowd_clear(struct crowd *c)
{
	many_done(&c->many);
	free(c->figures);
	c->figures = NULL;
	c->n_waiting = c->n_batch = 0;
}

void crowd_done(struct crowd *c)
{
	crowd_clear(c);
	free(c->waiting);
	*c = (struct crowd){ 0 };
}

enum rc crowd_add(struct crowd *c, size_t watch)
{
	void *p = c->waiting;

	if (!list_grow(&p, &c->cap_waiting, c->n_waiting, sizeof(*c->waiting)))
		return RC_NOMEM;
	c->waiting = p;
	c->waiting[c->n_waiting++] = (uint32_t)watch;
	return RC_OK;
}

/* The depth of the first is the batch's; the others of that depth join, in their order. */
static void batch_take(struct crowd *c, const struct touched *x)
{
	unsigned depth = x->watches[c->waiting[0]].depth;
	size_t n = 0;

	c->n_batch = 0;
	for (size_t i = 0; i < c->n_waiting; i++) {
		uint32_t w = c->waiting[i];

		if (c->n_batch < MANY_MAX && x->watches[w].depth == depth)
			c->batch[c->n_batch++] = w;
		else
			c->waiting[n++] = w;
	}
	c->n_waiting = n;
}

/* Those who hold grants see more than the pass shows. */
static enum rc batch_compute(struct crowd *c, struct touched *x, struct txn *t, int32_t on)
{
	struct watch watch[MANY_MAX];
	struct exposure *figures = calloc(MANY_MAX, sizeof(*figures));
	struct memo *memos[MANY_MAX];
	uint64_t left;
	size_t at[MANY_MAX], n = 0;
	enum rc rc = RC_OK;

	if (!figures)
		return RC_NOMEM;
	c->left = 0;
	for (size_t i = 0; i < c->n_batch; i++) {
		if (holds_grants(t, x->watches[c->batch[i]].org)) {
			c->left |= 1ull << i;
			continue;
		}
		watch[n] = x->watches[c->batch[i]];
		memos[n] = &x->memos[c->batch[i]];
		at[n++] = i;
	}
	if (n > 0)
		rc = exposures_compute(&c->many, t,
				       &(struct many_query){ watch, n, on, HORIZON_DEFAULT }, figures,
				       memos, &left);
	for (size_t k = 0; k < n && rc == RC_OK; k++) {
		c->figures[at[k]] = figures[k];
		c->left |= (left >> k & 1) << at[k];
	}
	free(figures);
	return rc;
}

enum rc crowd_next(struct crowd *c, struct touched *x, struct txn *t, int32_t on)
{
	if (c->n_waiting == 0)
		return RC_NOT_FOUND;
	if (!c->figures)
		c->figures = calloc(MANY_MAX, sizeof(*c->figures));
	if (!c->figures)
		return RC_NOMEM;
	batch_take(c, x);
	return batch_compute(c, x, t, on);
}
