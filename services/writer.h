/*
 * writer.h - the one writer thread: a bounded queue drained into one LMDB transaction per batch, one
 * fsync per batch, then everybody in it is answered.
 */
#pragma once

#include "base/arena.h"
#include "base/clock.h"
#include "graph/graph.h"

struct writer;

/* One command on its way. Made by the caller, owned by the writer from submit until done is called. */
struct submission {
	struct cmd cmd;       /* its memory must live until done: put it into the arena */
	struct arena *arena;  /* may be NULL; never freed by the writer */
	/* Called once, on the writer thread, after the batch is on disk or refused; must be quick. */
	void (*done)(struct submission *s);
	/* A command that goes into the same transaction right behind this one, with its own done; NULL: none. (Only
	 * where that transaction cannot be done are both tried alone.) */
	struct submission *with;
	/* Called before the command is applied a second time (the map had to grow): forget what on_error
	 * told. May be NULL. */
	void (*again)(struct submission *s);
	void *arg;
	enum rc rc;           /* out */
	struct err err;       /* out */
	uint64_t revision;    /* out: see graph_apply */
	/* the writer's */
	struct submission *next;
	size_t bytes;
	bool tried;
	struct saved_op *saved; /* what applying changes in the command, for a second time */
	size_t n_saved;
};

struct writer_options {
	size_t queue_max;       /* commands waiting; 0: 65536 */
	size_t queue_max_bytes; /* 0: 1 GiB */
	size_t batch_max;       /* commands in one transaction; 0: 4096 */
	unsigned tick_ms;       /* how often the clock is looked at; 0: 200 */
};

/* Rolls the processed day over (CMD_TICK, in order, one command a day), then starts the thread, which
 * does the same at midnight in Tokyo and before any command of a new day. The day never goes back, also
 * where the clock does. c must live as long as the writer. */
MUST_USE enum rc writer_start(struct store *s, const struct clock *c, const struct writer_options *o,
			      struct writer **out, struct err *e);
/* RC_BUSY: the queue is full; RC_STOPPING. Then done is not called. Any thread. cmd.at_ms is set by
 * the writer. */
MUST_USE enum rc writer_submit(struct writer *w, struct submission *s);
/* Convenience for threads that may wait (importers, tests): submits and waits. Never on the writer
 * thread (done, hooks). */
MUST_USE enum rc writer_do(struct writer *w, struct cmd *c, uint64_t *out_revision, struct err *e);
/* fn is called on the writer thread after each commit with the newest revision. At most 8. */
void writer_on_commit(struct writer *w, void (*fn)(void *arg, uint64_t revision), void *arg);
/* Afterwards fn is not called with arg any more; waits for a call under way. Not from a hook. */
void writer_off_commit(struct writer *w, void (*fn)(void *arg, uint64_t revision), void *arg);
uint64_t writer_revision(const struct writer *w); /* newest on disk; any thread */
int64_t writer_now_ms(const struct writer *w);    /* by the writer's clock; any thread */
/* Non-zero after a failed commit that must not be retried: the daemon exits with failure. */
bool writer_dead(const struct writer *w);
struct writer_stats { uint64_t batches, commands, refused; size_t queued; };
void writer_stats(const struct writer *w, struct writer_stats *out);
/* Lets everything queued be committed and answered, then stops and frees. */
void writer_stop(struct writer *w);
