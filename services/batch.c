/*
 * batch.c - one batch: a write transaction around many commands, and what to do when it fails.
 *
 * A failed batch leaves nothing behind, so it can be run again: in a larger map, or command by
 * command, so that one that cannot be done does not refuse its neighbours. After a failed write or
 * sync nobody knows what the disk has: the writer is dead and the process must end.
 */
#include "services/writer_int.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/util.h"

#define TICKS_PER_COMMIT 64
#define ROLL_RETRY_US (5 * 1000000ll)

static void batch_free_p(struct batch **b) { batch_free(*b); }

/* Applying some ops rewrites them: a joined contact becomes the joint list, a supplier's code its id. What
 * they then name dies with the batch, so these ops are kept as they came. */
static bool rewritten(const struct cmd *c, const struct op *op)
{
	return c->permit || (op->flags & (OPF_ADD_CONTACT | OPF_BY_CODE)) != 0;
}

struct saved_op {
	size_t i;
	struct op op;
};

static enum rc save_ops(struct submission *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->cmd.n_ops; i++)
		n += rewritten(&s->cmd, &s->cmd.ops[i]);
	s->saved = n ? malloc(n * sizeof(*s->saved)) : NULL;
	if (n && !s->saved)
		return RC_NOMEM;
	for (size_t i = 0; i < s->cmd.n_ops; i++) {
		const struct op *op = &s->cmd.ops[i];

		if (rewritten(&s->cmd, op))
			s->saved[s->n_saved++] = (struct saved_op){ i, *op };
	}
	return RC_OK;
}

static void restore_ops(struct submission *s)
{
	for (size_t k = 0; k < s->n_saved; k++)
		s->cmd.ops[s->saved[k].i] = s->saved[k].op;
}

static void reset(struct submission *s)
{
	if (s->tried) {
		restore_ops(s);
		if (s->again)
			s->again(s);
	}
	s->rc = RC_OK;
	s->err = (struct err){ 0 };
	s->revision = 0;
	if (s->cmd.results)
		memset(s->cmd.results, 0, s->cmd.n_ops * sizeof(*s->cmd.results));
}

/* Runs fn inside a transaction and commits it. */
static enum rc in_transaction(struct writer *w, bool *out_fatal,
			      void (*fn)(struct batch *b, struct txn *t, void *arg), void *arg)
{
	AUTO_TXN struct txn *t = NULL;
	uint64_t revision;
	enum rc rc = txn_begin_write(w->store, &t);

	if (rc == RC_OK) {
		AUTO(batch_free_p) struct batch *b = NULL;

		rc = batch_new(t, &b);
		if (rc == RC_OK) {
			fn(b, t, arg);
			rc = txn_rc(t) == RC_OK ? batch_finish(b) : txn_rc(t);
		}
	}
	if (rc == RC_OK && txn_rc(t) != RC_OK)
		rc = txn_rc(t);
	*out_fatal = rc == RC_IO;
	if (rc != RC_OK)
		return rc;
	revision = graph_revision(t);
	rc = txn_commit(STEAL(t));
	*out_fatal = rc == RC_IO || rc == RC_DAMAGED;
	if (rc == RC_OK)
		atomic_store(&w->revision, revision);
	return rc;
}

/* The same, in a larger map where that helps. */
static enum rc in_grown_transaction(struct writer *w,
				    void (*fn)(struct batch *b, struct txn *t, void *arg),
				    void *arg)
{
	bool fatal = false;
	enum rc rc;

	while ((rc = in_transaction(w, &fatal, fn, arg)) == RC_STORE_FULL)
		if (store_grow(w->store) != RC_OK)
			break;
	if (fatal) {
		atomic_store(&w->dead, true);
		log_error("writer", "writing failed (%s): no more writes are taken", rc_code(rc));
	}
	return rc;
}

/* ---- commands ---- */

struct commands {
	struct submission *list;
	size_t n;
	int64_t now_ms;
};

static void apply_commands(struct batch *b, struct txn *t, void *arg)
{
	struct commands *c = arg;
	size_t left = c->n;

	for (struct submission *s = c->list; s && left > 0 && txn_rc(t) == RC_OK; s = s->next) {
		reset(s);
		s->cmd.at_ms = c->now_ms;
		s->rc = s->tried ? RC_OK : save_ops(s);
		s->tried = true;
		if (s->rc == RC_OK)
			s->rc = graph_apply(b, &s->cmd, &s->revision, &s->err);
		else
			err_set(&s->err, s->rc, NULL, NULL);
		left--;
	}
}

static void refuse(struct submission *s, enum rc rc)
{
	reset(s);
	s->rc = err_set(&s->err, rc, NULL, "%s", rc == RC_IO ? "the disk" : "writing");
}

/* Done with the first n of a list: tells their senders. Each may be gone afterwards. */
static void answer(struct writer *w, struct submission *list, size_t n)
{
	while (n-- > 0) {
		struct submission *next = list->next;

		atomic_fetch_add(&w->commands, 1);
		if (list->rc != RC_OK)
			atomic_fetch_add(&w->refused, 1);
		restore_ops(list);
		free(list->saved);
		list->saved = NULL;
		list->n_saved = 0;
		list->next = NULL;
		list->done(list);
		list = next;
	}
}

static void tell_hooks(struct writer *w, uint64_t before)
{
	uint64_t revision = atomic_load(&w->revision);

	if (revision == before)
		return;
	pthread_mutex_lock(&w->hooks_mutex);
	for (size_t i = 0; i < w->n_hooks; i++)
		w->hooks[i].fn(w->hooks[i].arg, revision);
	pthread_mutex_unlock(&w->hooks_mutex);
}

static size_t list_length(const struct submission *s)
{
	size_t n = 0;

	for (; s; s = s->next)
		n++;
	return n;
}

void writer_run(struct writer *w, struct submission *list)
{
	size_t left = list_length(list), take = left;

	while (left > 0) {
		struct commands c = { list, take, clock_now_ms(w->clock) };
		uint64_t before = atomic_load(&w->revision);
		struct submission *after = list;
		enum rc rc = RC_IO;

		if (!writer_dead(w))
			rc = in_grown_transaction(w, apply_commands, &c);
		if (rc != RC_OK && !writer_dead(w) && take > 1) {
			take = 1; /* from here on command by command */
			continue;
		}
		for (size_t i = 0; i < take; i++, after = after->next)
			if (rc != RC_OK)
				refuse(after, rc);
		atomic_fetch_add(&w->batches, rc == RC_OK);
		answer(w, list, take);
		tell_hooks(w, before);
		list = after;
		left -= take;
		take = writer_dead(w) ? left : MIN(take, left);
	}
}

/* ---- the day ---- */

struct ticks {
	int32_t from, to;
	int64_t now_ms;
};

static void apply_ticks(struct batch *b, struct txn *t, void *arg)
{
	struct ticks *c = arg;

	for (int32_t day = c->from; day <= c->to && txn_rc(t) == RC_OK; day++) {
		struct cmd cmd = { .type = CMD_TICK, .at_ms = c->now_ms,
				   .actor = VIEW_LIT("system"), .day = day };
		struct err e;
		uint64_t revision;
		enum rc rc = graph_apply(b, &cmd, &revision, &e);

		if (rc != RC_OK)
			txn_fail(t, rc);
	}
}

void writer_roll(struct writer *w)
{
	int32_t day = clock_today(w->clock);

	while (w->today < day && !writer_dead(w) && monotonic_us() >= w->roll_after_us) {
		struct ticks c = { w->today + 1, MIN(day, w->today + TICKS_PER_COMMIT),
				   clock_now_ms(w->clock) };
		uint64_t before = atomic_load(&w->revision);
		enum rc rc = in_grown_transaction(w, apply_ticks, &c);

		if (rc != RC_OK) {
			log_error("writer", "the new day could not be begun: %s", rc_code(rc));
			w->roll_after_us = monotonic_us() + ROLL_RETRY_US;
			return;
		}
		atomic_fetch_add(&w->batches, 1);
		w->today = c.to;
		tell_hooks(w, before);
	}
}
