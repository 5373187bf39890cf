/*
 * offline_load.c - fills an empty store from files: one thread opens them one after another, others read their rows,
 * this one applies what comes, in one transaction that is one entry of the log. Whatever ends it before leaves the
 * store as it was.
 */
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/util.h"
#include "daemon/load_files.h"
#include "daemon/offline.h"
#include "graph/graph.h"
#include "importers/piece.h"

#define WAITING 16u     /* pieces read and not applied yet */
#define PIECE_OPS 16384u
#define ERRORS_SHOWN 1000u
#define PROGRESS_US 1000000

/* What the reading thread hands over. */
struct queued {
	struct import_piece *piece;
	size_t file;
};

struct load {
	struct load_files *files;
	bool strict;
	/* between the threads */
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	struct queued queue[WAITING];
	size_t put, taken;
	bool ended, stop;
	struct err err; /* why reading ended early; line 0: not of a row */
	size_t err_file;
	/* of the reading thread */
	struct import_piece *filling;
	size_t file;
	/* of the applying thread */
	uint8_t secret[32];
	struct queued now;
	struct personal *personal;
	struct buf manifest;
	uint64_t rejected, shown, rows;
	uint32_t last_line; /* of the last row that was refused */
	int64_t began_us, told_us;
};

/* ---- reading ---- */

static enum rc queue_put(struct load *l, struct import_piece *piece)
{
	enum rc rc = RC_OK;

	pthread_mutex_lock(&l->mutex);
	while (l->put - l->taken == WAITING && !l->stop)
		pthread_cond_wait(&l->changed, &l->mutex);
	if (l->stop)
		rc = RC_INTERRUPTED;
	else
		l->queue[l->put++ % WAITING] = (struct queued){ piece, l->file };
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->mutex);
	if (rc)
		piece_free(piece);
	return rc;
}

static enum rc hand_over(struct load *l)
{
	struct import_piece *p = l->filling;

	l->filling = NULL;
	return p ? queue_put(l, p) : RC_OK;
}

static enum rc on_op(void *arg, const struct op *op, const struct view *contacts)
{
	struct load *l = arg;
	enum rc rc = l->filling && l->filling->n_ops >= PIECE_OPS ? hand_over(l) : RC_OK;

	if (!rc && !l->filling && !(l->filling = piece_new()))
		rc = RC_NOMEM;
	if (rc)
		return rc;
	struct import_sink sink = piece_sink(l->filling);
	return sink.op(sink.arg, op, contacts);
}

static enum rc on_reject(void *arg, const struct err *e)
{
	struct load *l = arg;

	if (!l->filling && !(l->filling = piece_new()))
		return RC_NOMEM;
	struct import_sink sink = piece_sink(l->filling);
	return sink.reject(sink.arg, e);
}

static enum rc on_piece(void *arg, struct import_piece *piece)
{
	enum rc rc = hand_over(arg);

	if (!rc)
		return queue_put(arg, piece);
	piece_free(piece);
	return rc;
}

static void *reading(void *arg)
{
	struct load *l = arg;
	enum rc rc = RC_OK;
	struct err e = { 0 };

	for (l->file = 0; l->file < l->files->n && !rc; l->file += !rc) {
		struct import_params p = { .threads = (unsigned)MAX(sysconf(_SC_NPROCESSORS_ONLN), 1) };
		struct import_sink sink = { .arg = l, .op = on_op, .reject = on_reject, .piece = on_piece };
		struct import_result res;

		snprintf(p.path, sizeof(p.path), "%s", l->files->file[l->file].path);
		rc = import_run(&p, &sink, &res, &e);
		l->files->file[l->file].rows = res.rows;
		if (!rc)
			rc = hand_over(l);
	}
	pthread_mutex_lock(&l->mutex);
	l->ended = true;
	if (rc) {
		l->err = e;
		l->err.rc = rc;
		l->err_file = l->file;
	}
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->mutex);
	piece_free(l->filling);
	l->filling = NULL;
	return NULL;
}

/* ---- telling ---- */

static void tell_row(struct load *l, size_t file, const struct err *e)
{
	if (e->line == 0 || e->line != l->last_line)
		l->rejected++;
	l->last_line = e->line;
	if (l->shown++ < ERRORS_SHOWN)
		say_row_error(l->files->file[file].path, e);
}

static void tell_progress(struct load *l, uint64_t bytes)
{
	int64_t now = monotonic_us();
	double s = (double)(now - l->began_us) / 1e6, share;

	if (now - l->told_us < PROGRESS_US)
		return;
	l->told_us = now;
	bytes += l->files->file[l->now.file].before;
	share = l->files->bytes ? (double)bytes / (double)l->files->bytes : 1;
	say_progress(l->rows, s, share);
}

/* ---- applying ---- */

/* Contacts lie apart, under a reference that the op's fields name. */
static bool contacts_key(struct load *l, struct import_piece *p)
{
	l->personal = calloc(MAX(p->n_contacts, (size_t)1), sizeof(*l->personal));
	for (size_t i = 0; l->personal && i < p->n_contacts; i++) {
		struct op *op = &p->ops[p->contacts[i].op];
		AUTO(buf_done) struct buf fields = BUF_INIT;

		personal_ref(l->secret, (enum ent)op->ent, op, p->contacts[i].bytes, l->personal[i].ref);
		l->personal[i].bytes = p->contacts[i].bytes;
		buf_addv(&fields, op->fields);
		fl_bytes(&fields, op->ent == ENT_CLAUSE ? (unsigned)CLAUSE_CONTACTS : (unsigned)ORG_CONTACTS,
			 view_of(l->personal[i].ref, sizeof(l->personal[i].ref)));
		op->fields = arena_copy(p->arena, buf_view(&fields));
		if (!buf_ok(&fields) || !op->fields.p)
			return false;
	}
	return l->personal != NULL;
}

static bool queue_take(struct load *l)
{
	pthread_mutex_lock(&l->mutex);
	while (l->put == l->taken && !l->ended)
		pthread_cond_wait(&l->changed, &l->mutex);
	bool any = l->put != l->taken;
	if (any)
		l->now = l->queue[l->taken++ % WAITING];
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->mutex);
	return any;
}

static void piece_drop(struct load *l)
{
	piece_free(l->now.piece);
	free(l->personal);
	l->now.piece = NULL;
	l->personal = NULL;
}

/* All is read: what was loaded, for the log. */
static enum rc finish(struct load *l, struct cmd *c, struct err *e)
{
	if (l->err.rc) {
		*e = l->err;
		if (e->line)
			say_row_error(l->files->file[l->err_file].path, e);
		return e->rc;
	}
	enum rc rc = load_files_hashed(l->files);
	if (rc)
		return err_set(e, rc, NULL, "%s", "BLAKE2b");
	load_files_manifest(l->files, &l->manifest);
	c->blob = buf_view(&l->manifest);
	return buf_ok(&l->manifest) ? RC_END : RC_NOMEM;
}

static enum rc more(void *arg, struct cmd *c, struct err *e)
{
	struct load *l = arg;

	piece_drop(l);
	c->n_ops = c->n_personal = 0;
	if (!queue_take(l))
		return finish(l, c, e);
	struct import_piece *p = l->now.piece;
	for (size_t i = 0; i < p->n_rejects; i++)
		tell_row(l, l->now.file, &p->rejects[i]);
	if (!contacts_key(l, p))
		return RC_NOMEM;
	/* lines count on from file to file, so that an op that is applied later still knows its own */
	for (size_t i = 0; i < p->n_ops; i++)
		p->ops[i].line = load_place(l->files, l->now.file, p->ops[i].line);
	c->ops = p->ops;
	c->n_ops = p->n_ops;
	c->personal = l->personal;
	c->n_personal = p->n_contacts;
	l->rows += p->rows ? p->rows : p->n_ops + p->n_rejects;
	tell_progress(l, p->bytes);
	return RC_OK;
}

static void on_error(void *arg, size_t op, const struct err *e)
{
	struct load *l = arg;
	struct err row = *e;
	size_t file = load_file_of(l->files, (uint32_t)op, &row.line);

	tell_row(l, file, &row);
}

static void batch_free_p(struct batch **b) { batch_free(*b); }

static enum rc apply(struct load *l, struct txn *w, struct cmd *c, struct err *e)
{
	AUTO(batch_free_p) struct batch *b = NULL;
	uint64_t revision;
	enum rc rc = graph_secret(w, l->secret);

	if (!rc)
		rc = batch_new(w, &b);
	if (!rc)
		rc = graph_apply(b, c, &revision, e);
	if (!rc)
		rc = batch_finish(b);
	if (!rc && l->strict && l->rejected)
		rc = err_set(e, RC_STRICT_REFUSED, NULL, "%llu", (unsigned long long)l->rejected);
	return rc;
}

static enum rc run(struct load *l, struct store *s, struct cmd *c, struct err *e)
{
	AUTO_TXN struct txn *w = NULL;
	pthread_t reader;
	enum rc rc = txn_begin_write(s, &w);

	if (!rc && !graph_made(w))
		rc = graph_init(w, c->at_ms);
	if (!rc && graph_max_org(w) != 0)
		rc = err_set(e, RC_NOT_EMPTY, NULL, "%s", "");
	if (rc)
		return rc;
	if (pthread_create(&reader, NULL, reading, l) != 0)
		return RC_NOMEM;
	load_files_hash(l->files);
	rc = apply(l, w, c, e);
	pthread_mutex_lock(&l->mutex);
	l->stop = true;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->mutex);
	pthread_join(reader, NULL);
	return rc ? rc : txn_commit(STEAL(w));
}

static void load_done(struct load *l)
{
	while (l->taken != l->put)
		piece_free(l->queue[l->taken++ % WAITING].piece);
	piece_drop(l);
	buf_done(&l->manifest);
	pthread_mutex_destroy(&l->mutex);
	pthread_cond_destroy(&l->changed);
}

static enum rc load_into(struct load *l, struct store *s, const struct settings *set, struct err *e)
{
	struct clock clock;
	struct cmd c = { .type = CMD_LOAD, .actor = VIEW_LIT("load"), .more = more, .more_arg = l,
			 .on_error = on_error, .on_error_arg = l };
	enum rc rc = settings_clock(set, &clock, e);

	c.at_ms = rc ? 0 : clock_now_ms(&clock);
	if (!rc)
		rc = run(l, s, &c, e);
	if (!rc)
		say_loaded(l->rows, l->rejected, &c.tally, (double)(monotonic_us() - l->began_us) / 1e6);
	return rc;
}

int offline_load(const struct settings *set)
{
	struct store_options o = { .map_bytes = (uint64_t)set->map_bytes,
				   .map_max_bytes = (uint64_t)set->map_max_bytes, .create = true };
	AUTO(load_files_done) struct load_files files = { 0 };
	struct load l = { .files = &files, .strict = set->strict, .began_us = monotonic_us() };
	struct store *s = NULL;
	struct err e = { 0 };

	if (sodium_init() < 0)
		return EXIT_FAILED;
	pthread_mutex_init(&l.mutex, NULL);
	pthread_cond_init(&l.changed, NULL);
	enum rc rc = load_files_find(&files, set->args[0], set->args + 1, (size_t)set->n_args - 1, &e);
	if (!rc)
		rc = store_open(set->args[0], &o, &s, NULL, &e);
	if (!rc)
		rc = graph_migrate(s, &e);
	if (!rc)
		rc = load_into(&l, s, set, &e);
	store_close(s);
	load_done(&l);
	if (!rc)
		return EXIT_OK;
	e.rc = rc;
	return say_error(&e);
}
