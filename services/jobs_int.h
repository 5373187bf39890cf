/* jobs_int.h - what the files of the import jobs share. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "services/jobs.h"

#define JOBS_WAITING_MAX 64
#define JOBS_RECENT 8
#define JOB_ERRORS_MAX 1000

struct job {
	struct job *next;
	struct job_request rq;
	struct job_report rep; /* under jobs.mutex; errors only once it has ended */
};

struct jobs {
	struct store *store;
	struct writer *writer;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	struct job *head, **tail; /* waiting; the first one may be running */
	size_t waiting;
	uint64_t last_job;
	bool stopping;
	atomic_bool stop; /* the same for the import under way */
	/* the last ones that ended: readers may still stand before their records */
	struct job *recent[JOBS_RECENT];
	unsigned next_recent;
};

/* Runs the import of the job at the head; fills in its report but for the state. */
void job_run(struct jobs *j, struct job *job, struct job_report *rep);

/* The record that DB_JOB keeps. */
void job_record_encode(struct buf *out, const struct job_report *r);
MUST_USE bool job_record_decode(struct view v, struct job_report *out);
/* Whether a record says that its job has not ended. */
bool job_record_open(struct view v);
/* A copy with its own errors; false: out of memory. */
MUST_USE bool job_report_copy(struct job_report *out, const struct job_report *r);
