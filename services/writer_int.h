/* writer_int.h - what the two halves of the writer share: the queue (writer.c) and its use (batch.c). */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "services/writer.h"

#define HOOKS_MAX 8

struct writer {
	struct store *store;
	const struct clock *clock;
	struct writer_options o;
	pthread_t thread;
	/* under mutex */
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	struct submission *head, **tail;
	size_t queued, queued_bytes;
	bool stopping;
	pthread_mutex_t hooks_mutex; /* held while hooks are called */
	struct {
		void (*fn)(void *arg, uint64_t revision);
		void *arg;
	} hooks[HOOKS_MAX];
	size_t n_hooks; /* with hooks: under hooks_mutex */
	/* any thread */
	atomic_bool dead;
	atomic_uint_least64_t revision, batches, commands, refused;
	/* the writer thread's own */
	int32_t today;         /* the processed day */
	int64_t roll_after_us; /* after a failed roll-over: not before */
};

/* Applies and commits the list and answers everyone in it. */
void writer_run(struct writer *w, struct submission *list);
/* Brings the processed day up to the clock's. */
void writer_roll(struct writer *w);
