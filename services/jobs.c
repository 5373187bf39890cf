/*
 * jobs.c - the queue of imports and their reports: in memory while they wait and run, in the store
 * afterwards. One import runs at a time; the writer would put them in a row anyway.
 */
#include "services/jobs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/pack.h"
#include "base/util.h"
#include "services/jobs_int.h"

static void job_free(struct job *job)
{
	if (!job)
		return;
	job_report_done(&job->rep);
	free(job);
}

static void job_free_p(struct job **job) { job_free(*job); }

/* ---- records ---- */

/* A record on its way that nobody waits for. */
struct note {
	struct submission s;
	struct buf record;
	char actor[ACTOR_MAX];
};

static void note_free(struct note *n)
{
	if (!n)
		return;
	buf_done(&n->record);
	free(n);
}

static void note_done(struct submission *s)
{
	if (s->rc != RC_OK)
		log_warn("jobs", "the record of job %llu was not kept: %s",
			 (unsigned long long)s->cmd.job, rc_code(s->rc));
	note_free(s->arg);
}

static enum rc note_queued(struct jobs *j, const struct job *job)
{
	struct note *n = calloc(1, sizeof(*n));
	enum rc rc;

	if (!n)
		return RC_NOMEM;
	job_record_encode(&n->record, &job->rep);
	memcpy(n->actor, job->rep.actor, sizeof(n->actor));
	n->s = (struct submission){ .done = note_done, .arg = n };
	n->s.cmd = (struct cmd){ .type = CMD_JOB, .actor = view_str(n->actor), .job = job->rep.job,
				 .blob = buf_view(&n->record) };
	rc = buf_ok(&n->record) ? writer_submit(j->writer, &n->s) : RC_NOMEM;
	if (rc != RC_OK)
		note_free(n);
	return rc;
}

/* Keeps the record of a job that has ended, and waits for the disk. */
static enum rc keep(struct jobs *j, const struct job_report *r, const char *actor)
{
	AUTO(buf_done) struct buf record = BUF_INIT;
	struct cmd c = { .type = CMD_JOB, .actor = view_str(actor), .job = r->job,
			 .job_finished = true };
	struct err e;
	enum rc rc;

	job_record_encode(&record, r);
	c.blob = buf_view(&record);
	rc = buf_ok(&record) ? writer_do(j->writer, &c, NULL, &e) : RC_NOMEM;
	if (rc != RC_OK)
		log_error("jobs", "the report of job %llu could not be kept: %s",
			  (unsigned long long)r->job, rc_code(rc));
	return rc;
}

/* ---- the worker ---- */

static void finish(struct jobs *j, struct job *job, struct job_report *rep)
{
	rep->state = rep->err.rc == RC_OK ? JOB_DONE : JOB_FAILED;
	rep->ended_ms = writer_now_ms(j->writer);
	(void)keep(j, rep, job->rep.actor);
	unlink(job->rq.params.path);
	pthread_mutex_lock(&j->mutex);
	job->rep = *rep;
	j->head = job->next;
	if (!j->head)
		j->tail = &j->head;
	j->waiting--;
	job_free(j->recent[j->next_recent]);
	j->recent[j->next_recent] = job;
	j->next_recent = (j->next_recent + 1) % JOBS_RECENT;
	pthread_mutex_unlock(&j->mutex);
}

static struct job *next_job(struct jobs *j)
{
	struct job *job;

	pthread_mutex_lock(&j->mutex);
	while (!j->head && !j->stopping)
		pthread_cond_wait(&j->wake, &j->mutex);
	job = j->stopping ? NULL : j->head;
	if (job) {
		job->rep.state = JOB_RUNNING;
		job->rep.started_ms = writer_now_ms(j->writer);
	}
	pthread_mutex_unlock(&j->mutex);
	return job;
}

static void *work(void *arg)
{
	struct jobs *j = arg;
	struct job *job;

	while ((job = next_job(j))) {
		struct job_report rep = job->rep; /* only this thread changes it from here on */

		job_run(j, job, &rep);
		finish(j, job, &rep);
		malloc_trim(0); /* a large import leaves tens of MB that the allocator would keep */
	}
	return NULL;
}

/* ---- asking ---- */

enum rc jobs_submit(struct jobs *j, const struct job_request *r, uint64_t *out_job, struct err *e)
{
	AUTO(job_free_p) struct job *job = calloc(1, sizeof(*job));
	struct stat st;
	enum rc rc = RC_OK;

	if (!job)
		return err_set(e, RC_NOMEM, NULL, NULL);
	job->rq = *r;
	job->rep = (struct job_report){ .state = JOB_QUEUED, .dry_run = r->params.dry_run,
					.strict = r->params.strict };
	memcpy(job->rep.actor, r->who.name, sizeof(job->rep.actor));
	snprintf(job->rep.format, sizeof(job->rep.format), "%s",
		 import_format_names[r->params.format]);
	snprintf(job->rep.kind, sizeof(job->rep.kind), "%s", import_kind_names[r->params.kind]);
	if (stat(r->params.path, &st) == 0)
		job->rep.bytes_total = (uint64_t)st.st_size;
	pthread_mutex_lock(&j->mutex);
	job->rep.job = j->last_job + 1;
	if (j->stopping)
		rc = RC_STOPPING;
	else if (j->waiting >= JOBS_WAITING_MAX)
		rc = RC_BUSY;
	else
		rc = note_queued(j, job);
	if (rc == RC_OK) {
		*out_job = ++j->last_job;
		j->waiting++;
		*j->tail = job;
		j->tail = &job->next;
		job = NULL;
		pthread_cond_signal(&j->wake);
	}
	pthread_mutex_unlock(&j->mutex);
	return rc == RC_OK ? rc : err_set(e, rc, NULL, "%s", "imports");
}

/* RC_NOT_FOUND: not in memory. */
static enum rc get_from_memory(struct jobs *j, uint64_t job, struct job_report *out)
{
	const struct job *found = NULL;
	enum rc rc = RC_NOT_FOUND;

	pthread_mutex_lock(&j->mutex);
	for (const struct job *x = j->head; x && !found; x = x->next)
		if (x->rep.job == job)
			found = x;
	for (int i = 0; i < JOBS_RECENT && !found; i++)
		if (j->recent[i] && j->recent[i]->rep.job == job)
			found = j->recent[i];
	if (found)
		rc = job_report_copy(out, &found->rep) ? RC_OK : RC_NOMEM;
	pthread_mutex_unlock(&j->mutex);
	return rc;
}

enum rc jobs_get(struct jobs *j, struct txn *t, uint64_t job, struct job_report *out)
{
	uint8_t key[8];
	struct view v;
	enum rc rc = get_from_memory(j, job, out);

	if (rc != RC_NOT_FOUND)
		return rc;
	be64_put(key, job);
	rc = txn_get(t, DB_JOB, view_of(key, sizeof(key)), &v);
	if (rc != RC_OK)
		return rc;
	return job_record_decode(v, out) ? RC_OK : RC_DAMAGED;
}

/* ---- start and stop ---- */

static enum rc clear_spool(const char *dir, struct err *e)
{
	struct dirent *d;
	DIR *handle;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return err_set(e, RC_IO, NULL, "%s: %s", dir, strerror(errno));
	handle = opendir(dir);
	if (!handle)
		return err_set(e, RC_IO, NULL, "%s: %s", dir, strerror(errno));
	while ((d = readdir(handle))) {
		struct stat st;

		if (fstatat(dirfd(handle), d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode))
			unlinkat(dirfd(handle), d->d_name, 0);
	}
	closedir(handle);
	return RC_OK;
}

/* The records of jobs that had not ended, and the highest number. */
static enum rc find_open(struct jobs *j, struct buf *out)
{
	struct txn *t;
	enum rc rc = txn_begin_read(j->store, &t);

	if (rc != RC_OK)
		return rc;
	{
		AUTO_CUR struct cur c;

		cur_open(&c, t, DB_JOB);
		for (cur_first(&c); c.valid; cur_next(&c)) {
			if (c.key.n == 8)
				j->last_job = be64_get(c.key.p);
			if (job_record_open(c.val))
				buf_lenbytes(out, c.val);
		}
	}
	rc = txn_rc(t);
	txn_abort(t);
	return rc != RC_OK || buf_ok(out) ? rc : RC_NOMEM;
}

static enum rc report_interrupted(struct jobs *j)
{
	AUTO(buf_done) struct buf open = BUF_INIT;
	enum rc rc = find_open(j, &open);
	struct rd rd = rd_of(buf_view(&open));

	while (rc == RC_OK && rd_more(&rd)) {
		struct job_report r;

		if (!job_record_decode(rd_lenbytes(&rd), &r))
			return RC_DAMAGED;
		r.state = JOB_FAILED;
		r.ended_ms = writer_now_ms(j->writer);
		err_set(&r.err, RC_INTERRUPTED, NULL, "%llu", (unsigned long long)r.commands);
		rc = keep(j, &r, "system");
		job_report_done(&r);
	}
	return rc;
}

static void jobs_free(struct jobs *j)
{
	while (j->head) {
		struct job *next = j->head->next;

		job_free(j->head);
		j->head = next;
	}
	for (int i = 0; i < JOBS_RECENT; i++)
		job_free(j->recent[i]);
	pthread_cond_destroy(&j->wake);
	pthread_mutex_destroy(&j->mutex);
	free(j);
}

enum rc jobs_start(struct store *s, struct writer *w, const char *spool_dir, struct jobs **out,
		   struct err *e)
{
	struct jobs *j = calloc(1, sizeof(*j));
	enum rc rc;

	if (!j)
		return err_set(e, RC_NOMEM, NULL, NULL);
	j->store = s;
	j->writer = w;
	j->tail = &j->head;
	pthread_mutex_init(&j->mutex, NULL);
	pthread_cond_init(&j->wake, NULL);
	rc = clear_spool(spool_dir, e);
	if (rc == RC_OK) {
		rc = report_interrupted(j);
		if (rc == RC_STORE_FULL) /* they stay open; reading goes on */
			rc = RC_OK;
		if (rc == RC_OK && pthread_create(&j->thread, NULL, work, j) != 0)
			rc = RC_NOMEM;
		if (rc != RC_OK)
			err_set(e, rc, NULL, "%s", "the import jobs could not start");
	}
	if (rc != RC_OK) {
		jobs_free(j);
		return rc;
	}
	*out = j;
	return RC_OK;
}

void jobs_stop(struct jobs *j)
{
	if (!j)
		return;
	atomic_store(&j->stop, true);
	pthread_mutex_lock(&j->mutex);
	j->stopping = true;
	pthread_cond_signal(&j->wake);
	pthread_mutex_unlock(&j->mutex);
	pthread_join(j->thread, NULL);
	jobs_free(j);
}
