/*
 * pool.h - the compute pool: threads for reads that walk or list, each with its own read transaction
 * and scratch memory, so that such a read never stalls a loop. Two lanes (ADR 0044): every task is sized
 * first; small ones are run at once, large ones by threads of lower priority, so that many small
 * answers never wait for a large one.
 */
#pragma once

#include "graph/answers.h"

struct pool;

struct pool_task {
	/* Is it small? Asked once, within an active transaction, before run(). NULL: it is. */
	bool (*small)(struct pool_task *task, struct txn *t);
	/* The transaction is active during the call and ends with it. t may be NULL: it could not be
	 * begun (*rc says why). */
	void (*run)(struct pool_task *task, struct txn *t, struct scratch *s, enum rc rc);
	struct pool_task *next;
};

/* threads: for large tasks; beside them are those for small ones. */
MUST_USE enum rc pool_new(struct store *s, unsigned threads, size_t queue_max, struct pool **out,
			  struct err *e);
/* RC_BUSY: the queue is full; RC_STOPPING. The task's memory is the caller's. Any thread. */
MUST_USE enum rc pool_submit(struct pool *p, struct pool_task *t);
size_t pool_waiting(struct pool *p);
/* Runs what is queued, then ends the threads. Accepts NULL. */
void pool_free(struct pool *p);
