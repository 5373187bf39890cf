/*
 * uploads.c - imports: the body lies in a file without a name by now; it gets one in the spool
 * directory, and the jobs service owns it from then on. A request that is sent again with its
 * Idempotency-Key finds its first job; the keys are kept in memory, the newest of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "api/api_int.h"
#include "api/handlers.h"
#include "base/json_out.h"
#include "base/util.h"

#define KEYS_MAX 1024
#define KEY_BYTES_MAX 255

struct key {
	uint8_t name[16]; /* hash of caller and key */
	uint8_t request[16]; /* hash of query and body */
	uint64_t job;
	enum key_state { KEY_FREE, KEY_PENDING, KEY_DONE } state;
};

struct idempotency {
	pthread_mutex_t lock;
	unsigned next; /* overwritten next */
	struct key keys[KEYS_MAX];
};

struct idempotency *idempotency_new(void)
{
	struct idempotency *i = calloc(1, sizeof(*i));

	if (i)
		pthread_mutex_init(&i->lock, NULL);
	return i;
}

void idempotency_free(struct idempotency *i)
{
	if (!i)
		return;
	pthread_mutex_destroy(&i->lock);
	free(i);
}

static void hash_two(struct view a, struct view b, uint8_t out[16])
{
	crypto_generichash_state h;
	uint8_t len[8];

	be64_put(len, a.n);
	crypto_generichash_init(&h, NULL, 0, 16);
	crypto_generichash_update(&h, len, sizeof(len));
	if (a.n)
		crypto_generichash_update(&h, a.p, a.n);
	if (b.n)
		crypto_generichash_update(&h, b.p, b.n);
	crypto_generichash_final(&h, out, 16);
}

static struct key key_of(const struct request *r)
{
	struct key k = { 0 };

	hash_two(view_str(r->who.name), r->idempotency_key, k.name);
	hash_two(r->raw_query, view_of(r->http->body_hash, sizeof(r->http->body_hash)), k.request);
	return k;
}

/*
 * The job of an earlier request with the key; else *out_job is 0 and the key is taken for the caller,
 * who ends it with settle_key(). RC_INVALID: it stands for another request. RC_CONFLICT: that one is
 * still on its way.
 */
static enum rc take_key(struct idempotency *i, const struct key *k, uint64_t *out_job,
			struct err *e)
{
	struct key *found = NULL;
	enum rc rc = RC_OK;

	pthread_mutex_lock(&i->lock);
	for (unsigned n = 0; n < KEYS_MAX && !found; n++)
		if (i->keys[n].state != KEY_FREE &&
		    memcmp(i->keys[n].name, k->name, sizeof(k->name)) == 0)
			found = &i->keys[n];
	if (!found) {
		i->keys[i->next] = *k;
		i->keys[i->next].state = KEY_PENDING;
		i->next = (i->next + 1) % KEYS_MAX;
	} else if (memcmp(found->request, k->request, sizeof(k->request)) != 0) {
		rc = err_set(e, RC_INVALID, NULL, "%s",
			     "the Idempotency-Key was used for another request");
	} else if (found->state == KEY_PENDING) {
		rc = err_set(e, RC_CONFLICT, NULL, "%s",
			     "the request with this Idempotency-Key is still on its way");
	}
	*out_job = found && !rc ? found->job : 0;
	pthread_mutex_unlock(&i->lock);
	return rc;
}

/* job 0: it came to nothing, the key is free again. */
static void settle_key(struct idempotency *i, const struct key *k, uint64_t job)
{
	pthread_mutex_lock(&i->lock);
	for (unsigned n = 0; n < KEYS_MAX; n++) {
		struct key *x = &i->keys[n];
		if (x->state != KEY_PENDING || memcmp(x->name, k->name, sizeof(k->name)) != 0)
			continue;
		x->job = job;
		x->state = job ? KEY_DONE : KEY_FREE;
	}
	pthread_mutex_unlock(&i->lock);
}

/* ---- the file ---- */

/* Gives the body's file a name that nothing else has. */
static enum rc name_file(struct request *r, char *out, size_t out_size, struct err *e)
{
	uint8_t random[12];
	char hex[25], self[64];
	int fd = http_body_take_fd(r->http);

	if (fd < 0)
		return err_set(e, RC_MALFORMED, NULL, "%s", "the body is empty");
	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(hex, sizeof(hex), random, sizeof(random));
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	int n = snprintf(out, out_size, "%s/import-%s", r->api->c.spool_dir, hex);
	bool ok = n > 0 && (size_t)n < out_size &&
		  linkat(AT_FDCWD, self, AT_FDCWD, out, AT_SYMLINK_FOLLOW) == 0;
	int error = errno;
	close(fd);
	return ok ? RC_OK
		  : err_set(e, error == ENOSPC ? RC_STORE_FULL : RC_IO, NULL, "%s",
			    strerror(error));
}

/* ---- the job as JSON ---- */

static void times_json(struct json *j, const struct job_report *p)
{
	json_key(j, "started_at");
	if (p->started_ms)
		json_instant(j, p->started_ms);
	else
		json_nil(j);
	json_key(j, "ended_at");
	if (p->ended_ms)
		json_instant(j, p->ended_ms);
	else
		json_nil(j);
}

static void counts_json(struct json *j, const struct job_report *p)
{
	const struct {
		const char *name;
		uint64_t n;
	} counts[] = {
		{ "rows", p->rows },
		{ "accepted", p->accepted },
		{ "rejected", p->rejected },
		{ "unchanged", p->unchanged },
		{ "created", p->created },
		{ "changed", p->changed },
		{ "warnings", p->warnings },
		{ "stubs", p->stubs },
		{ "bytes_done", p->bytes_done },
		{ "bytes_total", p->bytes_total },
		{ "commands", p->commands },
		{ "revision", p->revision },
	};

	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		json_key(j, counts[i].name);
		json_uint(j, counts[i].n);
	}
}

static void pace_json(struct json *j, const struct job_report *p, int64_t now_ms)
{
	uint64_t rate;
	int64_t left;

	job_pace(p, now_ms, &rate, &left);
	json_key(j, "rows_per_second");
	json_uint(j, rate);
	json_key(j, "seconds_left");
	if (left >= 0)
		json_int(j, left);
	else
		json_nil(j);
}

static void error_json(struct json *j, const struct job_report *p, enum lang lang)
{
	char detail[512];

	json_key(j, "error");
	if (p->state != JOB_FAILED) {
		json_nil(j);
		return;
	}
	err_text(&p->err, lang, detail, sizeof(detail));
	json_obj(j);
	json_key(j, "status");
	json_int(j, rc_http(p->err.rc));
	json_key(j, "code");
	json_str(j, rc_code(p->err.rc));
	json_key(j, "title");
	json_str(j, rc_title(p->err.rc, lang));
	json_key(j, "detail");
	json_str(j, detail);
	json_key(j, "line");
	json_uint(j, p->err.line);
	json_key(j, "column");
	json_uint(j, p->err.column);
	json_obj_end(j);
}

/* In the language of the request, like everything else that is told. */
static void row_error_json(struct json *j, const struct job_row_error *x, enum lang lang)
{
	struct err e = { .rc = job_row_error_rc(x) };
	char detail[512];

	memcpy(e.arg, x->arg, sizeof(e.arg));
	err_text(&e, lang, detail, sizeof(detail));
	json_obj(j);
	json_key(j, "line");
	json_uint(j, x->line);
	json_key(j, "column");
	json_uint(j, x->column);
	json_key(j, "field");
	json_str(j, x->field);
	json_key(j, "code");
	json_str(j, x->code);
	json_key(j, "detail");
	json_str(j, detail);
	json_obj_end(j);
}

static void job_json(struct request *r, struct json *j, const struct job_report *p)
{
	json_obj(j);
	json_key(j, "job");
	json_uint(j, p->job);
	json_key(j, "state");
	json_str(j, job_state_names[p->state]);
	json_key(j, "format");
	json_str(j, p->format);
	json_key(j, "kind");
	json_str(j, p->kind);
	json_key(j, "dry_run");
	json_bool(j, p->dry_run);
	json_key(j, "strict");
	json_bool(j, p->strict);
	counts_json(j, p);
	times_json(j, p);
	pace_json(j, p, writer_now_ms(r->api->c.writer));
	error_json(j, p, r->lang);
	json_key(j, "errors");
	json_arr(j);
	for (size_t i = 0; i < p->n_errors; i++)
		row_error_json(j, &p->errors[i], r->lang);
	json_arr_end(j);
	json_obj_end(j);
}

/* ---- handlers ---- */

/* 202 and where to look; the job has at most begun. */
static enum rc accepted(struct request *r, uint64_t job)
{
	struct job_report p = { .job = job, .state = JOB_QUEUED };
	struct json j;

	snprintf(p.format, sizeof(p.format), "%s",
		 import_format_names[r->query.v[Q_import_format].n]);
	snprintf(p.kind, sizeof(p.kind), "%s", import_kind_names[r->query.v[Q_import_kind].n]);
	p.dry_run = r->query.v[Q_dry_run].n != 0;
	p.strict = r->query.v[Q_strict].n != 0;
	p.bytes_total = r->http->body_bytes;
	r->reply.status = 202;
	reply_header(&r->reply, "Location", "/v1/imports/%llu", (unsigned long long)job);
	json_init(&j, &r->reply.body);
	job_json(r, &j, &p);
	return RC_OK;
}

static enum rc submit(struct request *r, uint64_t *out_job, struct err *e)
{
	struct job_request q = { 0 };
	struct view procurer = r->query.v[Q_procurer].s;
	enum rc rc = name_file(r, q.params.path, sizeof(q.params.path), e);

	if (rc)
		return rc;
	q.params.format = (enum import_format)r->query.v[Q_import_format].n;
	q.params.kind = (enum import_kind)r->query.v[Q_import_kind].n;
	q.params.dry_run = r->query.v[Q_dry_run].n != 0;
	q.params.strict = r->query.v[Q_strict].n != 0;
	q.params.ignore_unknown = r->query.v[Q_ignore_unknown].n != 0;
	if (procurer.n)
		memcpy(q.params.procurer, procurer.p,
		       MIN(procurer.n, sizeof(q.params.procurer) - 1));
	q.who = r->who;
	rc = jobs_submit(r->api->c.jobs, &q, out_job, e);
	if (rc)
		unlink(q.params.path);
	return rc;
}

enum rc import_start(struct request *r, struct err *e)
{
	struct key k = key_of(r);
	uint64_t job = 0;
	enum rc rc;

	if (r->idempotency_key.n == 0) {
		rc = submit(r, &job, e);
		return rc ? rc : accepted(r, job);
	}
	if (r->idempotency_key.n > KEY_BYTES_MAX)
		return err_set(e, RC_MALFORMED, NULL, "%s", "the Idempotency-Key is too long");
	rc = take_key(r->api->idempotency, &k, &job, e);
	if (!rc && !job) {
		rc = submit(r, &job, e);
		settle_key(r->api->idempotency, &k, rc ? 0 : job);
	}
	return rc ? rc : accepted(r, job);
}

enum rc import_show(struct request *r, struct err *e)
{
	struct view v = r->param[0];
	const char *p = v.p;
	struct job_report report;
	struct json j;
	uint64_t job = 0;
	enum rc rc = v.n && v.n <= 18 ? RC_OK : RC_NOT_FOUND;

	for (size_t i = 0; i < v.n && !rc; i++) {
		if (p[i] < '0' || p[i] > '9')
			rc = RC_NOT_FOUND;
		job = job * 10 + (uint64_t)(p[i] - '0');
	}
	if (!rc)
		rc = jobs_get(r->api->c.jobs, r->txn, job, &report);
	if (!rc && !access_sees_all(&r->who) && strcmp(report.actor, r->who.name) != 0) {
		job_report_done(&report);
		rc = RC_NOT_FOUND; /* others' files are not the caller's business */
	}
	if (rc == RC_NOT_FOUND)
		return err_set(e, rc, NULL, "imports/%.*s", (int)MIN(v.n, 40u), p);
	if (rc)
		return rc;
	json_init(&j, &r->reply.body);
	job_json(r, &j, &report);
	job_report_done(&report);
	return RC_OK;
}
