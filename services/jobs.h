/*
 * jobs.h - imports as jobs: an uploaded file is read by an importer on a worker thread, its commands go
 * through the writer, its report is kept.
 */
#pragma once

#include "importers/import.h"
#include "services/access.h"
#include "services/writer.h"

struct jobs;

/* A file up to this many operations and bytes is one command, so all or nothing survives a crash; a larger
 * one becomes several, and is refused where strict. */
#define JOB_COMMAND_OPS 1000000u
#define JOB_COMMAND_BYTES (256u << 20)

enum job_state { JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_FAILED };
extern const char *const job_state_names[4];

struct job_request {
	struct import_params params; /* copied; params.path is a file that the jobs service then owns and removes */
	struct identity who; /* each row is judged by its rights */
};
/* arg: what the code's text is about (struct err); the text itself is made for whoever reads it. */
struct job_row_error { uint32_t line, column; char field[64], code[40], arg[160]; };
enum rc job_row_error_rc(const struct job_row_error *x);
struct job_report {
	uint64_t job;
	enum job_state state;
	char actor[ACTOR_MAX]; /* who started it; "": not known, from an older record */
	char format[32], kind[24];
	bool dry_run, strict;
	uint64_t rows, accepted, rejected, unchanged, created, changed, warnings, stubs;
	uint64_t bytes_done, bytes_total;
	uint64_t commands;         /* how many commands it took: 1 is atomic */
	uint64_t revision;         /* of its last command */
	int64_t started_ms, ended_ms;
	struct err err;            /* JOB_FAILED */
	size_t n_errors;           /* at most 1000 kept */
	struct job_row_error *errors; /* free */
};

/* Removes what lies in spool_dir (made if missing), and reports jobs that a crash cut off as failed. */
MUST_USE enum rc jobs_start(struct store *s, struct writer *w, const char *spool_dir, struct jobs **out, struct err *e);
/* RC_BUSY when 64 wait. Does not wait for the disk. On failure the file stays the caller's. */
MUST_USE enum rc jobs_submit(struct jobs *j, const struct job_request *r, uint64_t *out_job, struct err *e);
/* From memory while it runs, from the store afterwards. RC_NOT_FOUND. Free with job_report_done. */
MUST_USE enum rc jobs_get(struct jobs *j, struct txn *t, uint64_t job, struct job_report *out);
void job_report_done(struct job_report *r);
/* How fast rows are read, by the clock in ms since 1970: rows a second so far, 0 where none can be told; seconds that
 * the rest of the file takes at the pace of its bytes, -1 where that is not known (not running, nothing read). */
void job_pace(const struct job_report *r, int64_t now_ms, uint64_t *out_rows_per_s, int64_t *out_seconds_left);
void jobs_stop(struct jobs *j); /* asks the running one to stop at the next row, waits */
