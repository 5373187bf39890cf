/*
 * figurer_int.h - inside of the figurer: figurer.c is the thread, its queue and its stop, round.c what it does.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "services/crowd.h"
#include "services/figurer.h"
#include "services/touched.h"

struct figurer {
	struct store *store;
	struct writer *writer;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake, progress;
	uint64_t poked;
	bool stopping, submitted; /* submitted: the command under way was answered */
	atomic_uint_least64_t done, computed, shifted;
	atomic_bool is_warm;
	/* the thread's own */
	struct txn *txn;
	struct touched touched;
	struct crowd crowd;
	atomic_size_t crowd_from;
	struct buf blob;
	uint64_t kept; /* META figured */
};

/* figurer.c: submits the blob as a command and waits; `figured` is kept with it. */
MUST_USE enum rc figurer_submit(struct figurer *f, uint64_t figured);
bool figurer_is_stopping(struct figurer *f);
/* round.c: one round; *out_revision: how far it came. */
MUST_USE enum rc figurer_round(struct figurer *f, uint64_t *out_revision);
/* Prepares one step of what the next change will need. False: there is nothing to do. */
bool figurer_warm(struct figurer *f);
