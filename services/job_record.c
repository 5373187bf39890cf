/*
 * job_record.c - a job's report as bytes.
 *
 * u8 version 3 (2: the same without its end), u8 state, u8 flags (1 dry run, 2 strict), then varints: job, rows, accepted, rejected, unchanged,
 * created, changed, warnings, stubs, bytes done, bytes total, commands, revision, and zigzag started,
 * ended; texts with a varint length: format, kind; the error: code, varints line and column, field,
 * argument; varint count of row errors: line, column, field, code, argument each; the text who. Result codes are kept as
 * their text, since their numbers may move.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pack.h"
#include "base/util.h"
#include "services/jobs_int.h"

#define RECORD_VERSION 3
#define VERSION_WITHOUT_ACTOR 2

enum { FLAG_DRY_RUN = 1, FLAG_STRICT = 2 };

const char *const job_state_names[4] = { "queued", "running", "done", "failed" };

/* The counters in the order in which they are kept. */
#define COUNTERS(r)                                                                                \
	{                                                                                          \
		&(r)->job, &(r)->rows, &(r)->accepted, &(r)->rejected, &(r)->unchanged,            \
			&(r)->created, &(r)->changed, &(r)->warnings, &(r)->stubs,                 \
			&(r)->bytes_done, &(r)->bytes_total, &(r)->commands, &(r)->revision        \
	}

void job_pace(const struct job_report *r, int64_t now_ms, uint64_t *out_rows_per_s, int64_t *out_seconds_left)
{
	int64_t ms = (r->ended_ms ? r->ended_ms : now_ms) - r->started_ms;
	double share = r->bytes_total ? (double)r->bytes_done / (double)r->bytes_total : 0;

	*out_rows_per_s = 0;
	*out_seconds_left = -1;
	if (!r->started_ms || ms <= 0)
		return;
	*out_rows_per_s = (uint64_t)((double)r->rows * 1000 / (double)ms);
	if (r->state == JOB_RUNNING && share > 0)
		*out_seconds_left = (int64_t)((double)ms / share * (1 - share) / 1000 + 0.5);
}

static void put_text(struct buf *out, const char *s) { buf_lenbytes(out, view_str(s)); }

void job_record_encode(struct buf *out, const struct job_report *r)
{
	const uint64_t *const counters[] = COUNTERS(r);

	buf_addc(out, RECORD_VERSION);
	buf_addc(out, (char)r->state);
	buf_addc(out, (char)((r->dry_run ? FLAG_DRY_RUN : 0) | (r->strict ? FLAG_STRICT : 0)));
	for (size_t i = 0; i < ARRAY_LEN(counters); i++)
		buf_varint(out, *counters[i]);
	buf_svarint(out, r->started_ms);
	buf_svarint(out, r->ended_ms);
	put_text(out, r->format);
	put_text(out, r->kind);
	put_text(out, rc_code(r->err.rc));
	buf_varint(out, r->err.line);
	buf_varint(out, r->err.column);
	put_text(out, r->err.field);
	put_text(out, r->err.arg);
	buf_varint(out, r->n_errors);
	for (size_t i = 0; i < r->n_errors; i++) {
		buf_varint(out, r->errors[i].line);
		buf_varint(out, r->errors[i].column);
		put_text(out, r->errors[i].field);
		put_text(out, r->errors[i].code);
		put_text(out, r->errors[i].arg);
	}
	put_text(out, r->actor);
}

static void get_text(struct rd *rd, char *out, size_t size)
{
	struct view v = rd_lenbytes(rd);

	if (v.n >= size) {
		rd->bad = true;
		return;
	}
	if (v.n)
		memcpy(out, v.p, v.n);
	out[v.n] = '\0';
}

static enum rc rc_of_code(const char *code)
{
	for (unsigned i = 0; i < RC__COUNT; i++)
		if (strcmp(rc_code((enum rc)i), code) == 0)
			return (enum rc)i;
	return RC_INTERNAL;
}

enum rc job_row_error_rc(const struct job_row_error *x) { return rc_of_code(x->code); }

static void get_error(struct rd *rd, struct err *e)
{
	char code[64] = "";

	get_text(rd, code, sizeof(code));
	e->rc = rc_of_code(code);
	e->line = (unsigned)rd_varint(rd);
	e->column = (unsigned)rd_varint(rd);
	get_text(rd, e->field, sizeof(e->field));
	get_text(rd, e->arg, sizeof(e->arg));
}

static void get_row_errors(struct rd *rd, struct job_report *r)
{
	uint64_t n = rd_varint(rd);

	if (rd->bad || n > JOB_ERRORS_MAX) {
		rd->bad = true;
		return;
	}
	r->errors = calloc(n ? (size_t)n : 1, sizeof(*r->errors));
	if (!r->errors) {
		rd->bad = true;
		return;
	}
	for (r->n_errors = 0; r->n_errors < n && !rd->bad; r->n_errors++) {
		struct job_row_error *x = &r->errors[r->n_errors];

		x->line = (uint32_t)rd_varint(rd);
		x->column = (uint32_t)rd_varint(rd);
		get_text(rd, x->field, sizeof(x->field));
		get_text(rd, x->code, sizeof(x->code));
		get_text(rd, x->arg, sizeof(x->arg));
	}
}

bool job_record_decode(struct view v, struct job_report *out)
{
	struct job_report r = { 0 };
	uint64_t *const counters[] = COUNTERS(&r);
	struct rd rd = rd_of(v);
	unsigned state, flags, version = rd_u8(&rd);

	if (version != RECORD_VERSION && version != VERSION_WITHOUT_ACTOR)
		return false;
	state = rd_u8(&rd);
	flags = rd_u8(&rd);
	if (state > JOB_FAILED)
		return false;
	r.state = (enum job_state)state;
	r.dry_run = (flags & FLAG_DRY_RUN) != 0;
	r.strict = (flags & FLAG_STRICT) != 0;
	for (size_t i = 0; i < ARRAY_LEN(counters); i++)
		*counters[i] = rd_varint(&rd);
	r.started_ms = rd_svarint(&rd);
	r.ended_ms = rd_svarint(&rd);
	get_text(&rd, r.format, sizeof(r.format));
	get_text(&rd, r.kind, sizeof(r.kind));
	get_error(&rd, &r.err);
	get_row_errors(&rd, &r);
	if (version == RECORD_VERSION)
		get_text(&rd, r.actor, sizeof(r.actor));
	if (rd.bad) {
		job_report_done(&r);
		return false;
	}
	*out = r;
	return true;
}

bool job_record_open(struct view v)
{
	const uint8_t *p = v.p;

	return v.n > 2 && (p[0] == RECORD_VERSION || p[0] == VERSION_WITHOUT_ACTOR) &&
	       p[1] < JOB_DONE;
}

bool job_report_copy(struct job_report *out, const struct job_report *r)
{
	struct job_report c = *r;

	c.errors = NULL;
	if (r->n_errors) {
		c.errors = malloc(r->n_errors * sizeof(*c.errors));
		if (!c.errors)
			return false;
		memcpy(c.errors, r->errors, r->n_errors * sizeof(*c.errors));
	}
	*out = c;
	return true;
}

void job_report_done(struct job_report *r)
{
	if (!r)
		return;
	free(r->errors);
	r->errors = NULL;
	r->n_errors = 0;
}
