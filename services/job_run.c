/*
 * job_run.c - one import: rows become operations, operations become one command (or, past the
 * limits, several), what the graph says of each goes back to its line.
 *
 * Beside each command goes the job's record in the same transaction, so that after a crash it is
 * known how many were applied.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "services/jobs_int.h"

#define BUSY_WAIT_NS 20000000

struct errors {
	struct job_row_error *e;
	size_t n;
};

struct import {
	struct jobs *j;
	struct job *job;
	struct job_report *rep;
	struct arena *arena;
	struct op *ops;
	size_t n_ops, cap_ops;
	struct personal *personal;
	size_t n_personal, cap_personal;
	uint8_t secret[32];
	struct errors rejected, refused; /* by the importer, by the graph */
	size_t refused_before;           /* of refused: by earlier commands */
	uint32_t rejected_line;
	const char *columns[IMPORT_COLUMNS_MAX]; /* of the file, by name; NULL: passed over */
	unsigned n_columns;
	struct permit permit;
	struct err err; /* why the whole import ends */
	/* waiting for the writer */
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	unsigned left;
};

/* ---- errors of rows ---- */

static void errors_add(struct errors *list, const struct err *e)
{
	struct job_row_error *x;

	if (list->n >= JOB_ERRORS_MAX)
		return;
	x = &list->e[list->n++];
	*x = (struct job_row_error){ .line = e->line, .column = e->column };
	memcpy(x->field, e->field, sizeof(x->field));
	snprintf(x->code, sizeof(x->code), "%s", rc_code(e->rc));
	memcpy(x->arg, e->arg, sizeof(x->arg));
}

/* Both lists rise by line: the first of both together become the report's. */
static void errors_merge(struct import *im)
{
	struct job_report *r = im->rep;
	const struct errors *a = &im->rejected, *b = &im->refused;
	size_t i = 0, k = 0;

	r->errors = calloc(MAX(MIN(a->n + b->n, (size_t)JOB_ERRORS_MAX), 1), sizeof(*r->errors));
	if (!r->errors)
		return;
	while (r->n_errors < JOB_ERRORS_MAX && (i < a->n || k < b->n)) {
		bool from_a = k == b->n || (i < a->n && a->e[i].line <= b->e[k].line);

		r->errors[r->n_errors++] = from_a ? a->e[i++] : b->e[k++];
	}
}

/* ---- commands ---- */

static void on_done(struct submission *s)
{
	struct import *im = s->arg;

	pthread_mutex_lock(&im->mutex);
	if (--im->left == 0)
		pthread_cond_signal(&im->cond);
	pthread_mutex_unlock(&im->mutex);
}

static void on_again(struct submission *s)
{
	struct import *im = s->arg;

	im->refused.n = im->refused_before;
}

/* Which column holds the field, 0: none. */
static unsigned column_of(const struct import *im, const char *field)
{
	for (unsigned i = 0; i < im->n_columns; i++)
		if (im->columns[i] && strcmp(im->columns[i], field) == 0)
			return i + 1;
	return 0;
}

static void on_op_error(void *arg, size_t op, const struct err *e)
{
	struct import *im = arg;
	struct err line = *e;

	line.line = im->ops[op].line;
	line.column = column_of(im, e->field);
	errors_add(&im->refused, &line);
}

/* Submits and waits; a full queue is waited out. */
static enum rc submit(struct import *im, struct submission *s)
{
	enum rc rc;

	im->left = s->with ? 2 : 1;
	while ((rc = writer_submit(im->j->writer, s)) == RC_BUSY && !atomic_load(&im->j->stop))
		nanosleep(&(struct timespec){ 0, BUSY_WAIT_NS }, NULL);
	if (rc != RC_OK)
		return err_set(&im->err, rc, NULL, "%s", "the writer");
	pthread_mutex_lock(&im->mutex);
	while (im->left > 0)
		pthread_cond_wait(&im->cond, &im->mutex);
	pthread_mutex_unlock(&im->mutex);
	return RC_OK;
}

/* Errors that are not a row's fault. */
static bool is_hard(enum rc rc)
{
	return rc == RC_STORE_FULL || rc == RC_IO || rc == RC_DAMAGED || rc == RC_NOMEM ||
	       rc == RC_TOO_LARGE || rc == RC_INTERNAL || rc == RC_BUSY;
}

/* Counts rows: operations of one line belong together. */
static void count_results(struct import *im, const struct op_result *res, bool taken)
{
	struct job_report *r = im->rep;

	for (size_t i = 0; i < im->n_ops;) {
		uint32_t line = im->ops[i].line;
		bool ok = true, changed = false;

		do {
			ok = ok && res[i].rc == RC_OK;
			changed = changed || res[i].changed;
			r->created += taken && res[i].created;
			r->changed += taken && res[i].changed && !res[i].created;
			r->warnings += (unsigned)__builtin_popcount(res[i].warnings & ~WARN_STUB_MADE);
			r->stubs += taken && (res[i].warnings & WARN_STUB_MADE) != 0;
			i++;
		} while (line != 0 && i < im->n_ops && im->ops[i].line == line);
		r->rejected += !ok;
		r->accepted += taken && ok;
		r->unchanged += taken && ok && !changed;
	}
}

static void running_record(struct import *im, struct buf *out)
{
	struct job_report r = *im->rep;

	r.state = JOB_RUNNING;
	r.commands++;
	r.n_errors = 0;
	job_record_encode(out, &r);
}

static bool any_changed(const struct op_result *res, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (res[i].changed)
			return true;
	return false;
}

static enum rc run_command(struct import *im, struct op_result *res)
{
	const struct import_params *p = &im->job->rq.params;
	AUTO(buf_done) struct buf record = BUF_INIT;
	struct submission note = { .done = on_done, .arg = im };
	struct submission s = { .done = on_done, .again = on_again, .arg = im };
	enum rc rc;

	s.cmd = (struct cmd){
		.type = CMD_OPS, .actor = view_str(im->job->rq.who.name), .ops = im->ops,
		.n_ops = im->n_ops, .personal = im->personal, .n_personal = im->n_personal,
		.all_or_nothing = p->strict, .dry_run = p->dry_run, .results = res,
		.on_error = on_op_error, .on_error_arg = im,
		.permit = im->job->rq.who.role == ROLE_ADMIN ? NULL : access_permit,
		.permit_arg = &im->permit,
	};
	if (!p->dry_run) {
		running_record(im, &record);
		if (!buf_ok(&record))
			return err_set(&im->err, RC_NOMEM, NULL, NULL);
		note.cmd = (struct cmd){ .type = CMD_JOB, .actor = s.cmd.actor,
					 .job = im->rep->job, .blob = buf_view(&record) };
		s.with = &note;
	}
	rc = submit(im, &s);
	if (rc != RC_OK)
		return rc;
	if (is_hard(s.rc)) {
		im->err = s.err;
		return s.rc;
	}
	/* else a row's fault: told by on_error, and fatal only where all or nothing is asked */
	count_results(im, res, s.rc == RC_OK || !p->strict);
	im->refused_before = im->refused.n;
	if (s.rc != RC_OK && p->strict)
		return err_set(&im->err, RC_STRICT_REFUSED, NULL, "%llu",
			       (unsigned long long)im->rep->rejected);
	im->rep->commands += p->dry_run || any_changed(res, im->n_ops);
	im->rep->revision = s.revision;
	return RC_OK;
}

static enum rc flush(struct import *im)
{
	AUTO_FREE struct op_result *res = NULL;
	enum rc rc;

	if (im->n_ops == 0)
		return RC_OK;
	res = calloc(im->n_ops, sizeof(*res));
	if (!res)
		return err_set(&im->err, RC_NOMEM, NULL, NULL);
	rc = run_command(im, res);
	im->n_ops = im->n_personal = 0;
	arena_reset(im->arena);
	return rc;
}

/* ---- the importer's side ---- */

static bool room(struct import *im)
{
	void *ops = im->ops, *personal = im->personal;
	bool ok = list_grow(&ops, &im->cap_ops, im->n_ops, sizeof(*im->ops));

	im->ops = ops;
	ok = ok && list_grow(&personal, &im->cap_personal, im->n_personal, sizeof(*im->personal));
	im->personal = personal;
	return ok;
}

/* Contacts lie apart, under a reference that the op's fields name. */
static bool add_contacts(struct import *im, struct op *op, struct view contacts)
{
	struct personal *p = &im->personal[im->n_personal];
	AUTO(buf_done) struct buf fields = BUF_INIT;

	personal_ref(im->secret, (enum ent)op->ent, op, contacts, p->ref);
	p->bytes = arena_copy(im->arena, contacts);
	buf_addv(&fields, op->fields);
	fl_bytes(&fields, op->ent == ENT_CLAUSE ? (unsigned)CLAUSE_CONTACTS : (unsigned)ORG_CONTACTS,
		 view_of(p->ref, sizeof(p->ref)));
	op->fields = arena_copy(im->arena, buf_view(&fields));
	im->n_personal++;
	return buf_ok(&fields) && p->bytes.p && op->fields.p;
}

/* A bound caller names whom it has a link to: its row's link goes first, so that a refused one names nobody. */
static void name_behind_link(struct import *im)
{
	struct op *last = im->n_ops >= 2 ? &im->ops[im->n_ops - 1] : NULL;

	if (!last || im->job->rq.who.role == ROLE_ADMIN || last->ent != ENT_LINK || last[-1].ent != ENT_ORG ||
	    last[-1].line != last->line)
		return;
	struct op org = last[-1];
	last[-1] = *last;
	*last = org;
}

static bool add_op(struct import *im, const struct op *op, const struct view *contacts)
{
	struct op *to;

	if (!room(im))
		return false;
	to = &im->ops[im->n_ops];
	*to = *op;
	to->a = arena_copy(im->arena, op->a);
	to->b = arena_copy(im->arena, op->b);
	to->c = arena_copy(im->arena, op->c);
	if (!to->a.p || !to->b.p || !to->c.p)
		return false;
	if (contacts) {
		if (!add_contacts(im, to, *contacts))
			return false;
	} else {
		to->fields = arena_copy(im->arena, op->fields);
		if (!to->fields.p)
			return false;
	}
	im->n_ops++;
	name_behind_link(im);
	return true;
}

static enum rc on_op(void *arg, const struct op *op, const struct view *contacts)
{
	struct import *im = arg;
	enum rc rc = RC_OK;

	if (atomic_load(&im->j->stop))
		return err_set(&im->err, RC_INTERRUPTED, NULL, "%llu",
			       (unsigned long long)im->rep->commands);
	if (im->n_ops >= JOB_COMMAND_OPS || arena_used(im->arena) >= JOB_COMMAND_BYTES) {
		if (im->job->rq.params.strict)
			return err_set(&im->err, RC_TOO_LARGE, NULL,
				       "%u rows or %u MB in a strict import", JOB_COMMAND_OPS,
				       JOB_COMMAND_BYTES >> 20);
		rc = flush(im);
	}
	if (rc == RC_OK && !add_op(im, op, contacts))
		rc = err_set(&im->err, RC_NOMEM, NULL, NULL);
	return rc;
}

static enum rc on_reject(void *arg, const struct err *e)
{
	struct import *im = arg;

	if (e->line == 0 || e->line != im->rejected_line)
		im->rep->rejected++;
	im->rejected_line = e->line;
	errors_add(&im->rejected, e);
	return RC_OK;
}

static enum rc on_progress(void *arg, uint64_t rows, uint64_t bytes)
{
	struct import *im = arg;

	im->rep->rows = rows;
	im->rep->bytes_done = bytes;
	pthread_mutex_lock(&im->j->mutex);
	im->job->rep.rows = rows;
	im->job->rep.bytes_done = bytes;
	im->job->rep.rejected = im->rep->rejected;
	im->job->rep.accepted = im->rep->accepted;
	im->job->rep.commands = im->rep->commands;
	pthread_mutex_unlock(&im->j->mutex);
	return RC_OK;
}

static void on_columns(void *arg, const char *const *names, unsigned n)
{
	struct import *im = arg;

	im->n_columns = MIN(n, IMPORT_COLUMNS_MAX);
	memcpy(im->columns, names, im->n_columns * sizeof(*names));
}

static void import_file(struct import *im)
{
	const struct import_params *p = &im->job->rq.params;
	struct import_params reading = *p;
	struct import_sink sink = { .arg = im, .op = on_op, .reject = on_reject, .progress = on_progress,
				    .columns = on_columns };
	struct import_result res = { .format = p->format, .kind = p->kind };
	struct err e = { 0 };
	enum rc rc;

	reading.threads = (unsigned)MAX(sysconf(_SC_NPROCESSORS_ONLN), 1);
	rc = import_run(&reading, &sink, &res, &e);

	snprintf(im->rep->format, sizeof(im->rep->format), "%s", import_format_names[res.format]);
	snprintf(im->rep->kind, sizeof(im->rep->kind), "%s", import_kind_names[res.kind]);
	if (rc != RC_OK) {
		if (im->err.rc == RC_OK) {
			im->err = e;
			im->err.rc = rc;
			if (e.line > 0) /* the header, say: it has a place like a row */
				errors_add(&im->rejected, &e);
		}
		return;
	}
	im->rep->rows = MAX(im->rep->rows, res.rows);
	im->rep->bytes_done = im->rep->bytes_total;
	if (p->strict && im->rep->rejected > 0)
		err_set(&im->err, RC_STRICT_REFUSED, NULL, "%llu",
			(unsigned long long)im->rep->rejected);
	else if (flush(im) == RC_OK) /* else its reason is in err */
		/* an operation may stand for many rows, and a row for none (a past state) */
		im->rep->accepted = im->rep->rows - MIN(im->rep->rejected, im->rep->rows);
}

static enum rc read_secret(struct import *im)
{
	struct txn *t;
	enum rc rc = txn_begin_read(im->j->store, &t);

	if (rc != RC_OK)
		return rc;
	rc = graph_secret(t, im->secret);
	txn_abort(t);
	return rc;
}

void job_run(struct jobs *j, struct job *job, struct job_report *rep)
{
	struct import im = { .j = j, .job = job, .rep = rep };
	enum rc rc;

	pthread_mutex_init(&im.mutex, NULL);
	pthread_cond_init(&im.cond, NULL);
	im.arena = arena_new();
	im.rejected.e = calloc(JOB_ERRORS_MAX, sizeof(*im.rejected.e));
	im.refused.e = calloc(JOB_ERRORS_MAX, sizeof(*im.refused.e));
	im.permit = (struct permit){ .who = &job->rq.who, .memory = im.arena };
	rc = im.arena && im.rejected.e && im.refused.e ? read_secret(&im) : RC_NOMEM;
	if (rc == RC_OK) {
		import_file(&im);
		errors_merge(&im);
		rep->err = im.err;
	} else {
		err_set(&rep->err, rc, NULL, "%s", "the store");
	}
	free(im.rejected.e);
	free(im.refused.e);
	free(im.ops);
	free(im.personal);
	arena_free(im.arena);
	pthread_cond_destroy(&im.cond);
	pthread_mutex_destroy(&im.mutex);
}
