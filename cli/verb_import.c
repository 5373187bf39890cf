/*
 * verb_import.c - import FILE: sends the file as it is, waits for the job, and tells the outcome:
 * counts and row errors on standard error, the job itself on standard output where a machine reads.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "base/util.h"
#include "cli/call.h"
#include "cli/out.h"
#include "cli/rows.h"
#include "cli/table.h"
#include "cli/verbs.h"

#define POLL_FIRST_MS 20
#define POLL_MAX_MS 100
#define DRAW_EVERY_US 100000
#define BAR_WIDTH 24

struct source {
	FILE *f;
	const char *name;
	int64_t bytes; /* -1: unknown */
};

struct progress {
	const struct cli *c;
	int64_t total, drawn_us;
};

static void source_done(struct source *s)
{
	if (s->f && s->f != stdin)
		fclose(s->f);
}

static int source_open(const struct cli *c, struct source *s, const char *name)
{
	struct stat st;
	int error = 0;

	*s = (struct source){ .name = name, .bytes = -1 };
	s->f = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	if (!s->f || fstat(fileno(s->f), &st) != 0)
		error = errno;
	else if (S_ISDIR(st.st_mode))
		error = EISDIR;
	else if (S_ISREG(st.st_mode) && s->f != stdin)
		s->bytes = st.st_size;
	if (error)
		SAY(c, M_CANNOT_READ, name, strerror(error));
	return error ? CLI_FAILED : CLI_OK;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcasecmp(s + n - m, end) == 0;
}

static const char *content_type(const char *format, const char *name)
{
	static const struct {
		const char *format, *end, *type;
	} types[] = {
		{ "csv", ".csv", "text/csv" },
		{ "csv", ".tsv", "text/csv" },
		{ "gbizinfo-procurement", ".csv", "text/csv" },
		{ "nta", ".csv", "text/csv" },
		{ "ndjson", ".ndjson", "application/x-ndjson" },
		{ "ndjson", ".jsonl", "application/x-ndjson" },
	};
	bool automatic = !format || strcmp(format, "auto") == 0;

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (automatic ? ends_with(name, types[i].end) : strcmp(format, types[i].format) == 0)
			return types[i].type;
	return "application/octet-stream";
}

/* TEXT [#####     ]  42%; without a total the text alone. False: not now, it was drawn a moment ago. */
static bool draw(struct progress *p, enum msg text, int64_t n, int64_t done, int64_t total)
{
	int64_t now = monotonic_us();
	AUTO(buf_done) struct buf b = BUF_INIT;
	int filled;

	if (!p->c->progress || now - p->drawn_us < DRAW_EVERY_US)
		return false;
	p->drawn_us = now;
	buf_adds(&b, "\r\033[K");
	msg_format(&b, text, p->c->lang, (const char *const[]){ NUM(n), NULL });
	if (total > 0 && done <= total) {
		filled = (int)(done * BAR_WIDTH / total);
		buf_addf(&b, " [%.*s%*s] %3d%%", filled, "########################",
			 BAR_WIDTH - filled, "", (int)(done * 100 / total));
	}
	if (buf_ok(&b))
		fwrite(b.p, 1, b.n, stderr);
	return true;
}

static void erase(const struct progress *p)
{
	if (p->drawn_us)
		fputs("\r\033[K", stderr);
}

static void on_upload(void *arg, int64_t sent)
{
	struct progress *p = arg;

	(void)draw(p, M_PROGRESS_SENT, sent / 1024, sent, p->total);
}

static bool import_path(const struct cli *c, struct buf *b, const struct args *a)
{
	static const struct {
		enum opt opt;
		const char *name;
	} switches[] = {
		{ OPT_DRY_RUN, "dry_run" },
		{ OPT_STRICT, "strict" },
		{ OPT_IGNORE_UNKNOWN, "ignore_unknown" },
	};

	buf_adds(b, "/v1/imports");
	path_query(b, "format", a->opt[OPT_FORMAT]);
	path_query(b, "kind", a->opt[OPT_KIND]);
	path_query(b, "procurer", a->opt[OPT_PROCURER]);
	for (size_t i = 0; i < ARRAY_LEN(switches); i++)
		path_query(b, switches[i].name, args_has(a, switches[i].opt) ? "true" : NULL);
	return path_end(c, b);
}

static bool is_running(const json_t *job)
{
	const char *state = json_string_value(json_object_get(job, "state"));

	return state && (strcmp(state, "queued") == 0 || strcmp(state, "running") == 0);
}

static int64_t count(const json_t *job, const char *key)
{
	return json_integer_value(json_object_get(job, key));
}

static void draw_job(struct progress *p, const json_t *job)
{
	AUTO(buf_done) struct buf b = BUF_INIT;

	if (!draw(p, M_PROGRESS_ROWS, count(job, "rows"), count(job, "bytes_done"), count(job, "bytes_total")) ||
	    !json_is_integer(json_object_get(job, "seconds_left")))
		return;
	buf_adds(&b, "  ");
	msg_format(&b, M_PROGRESS_PACE, p->c->lang,
		   (const char *const[]){ NUM(count(job, "rows_per_second")), NUM(count(job, "seconds_left")), NULL });
	if (buf_ok(&b))
		fwrite(b.p, 1, b.n, stderr);
}

/* The Location's path; one that leads to another server is not followed. */
static const char *job_path(const struct cli *c, const struct http_reply *r)
{
	size_t n = strlen(http_url(c->http));

	if (r->location[0] == '/' && r->location[1] != '/')
		return r->location;
	if (strncmp(r->location, http_url(c->http), n) == 0 && r->location[n] == '/')
		return r->location + n;
	return NULL;
}

static int wait_for_job(const struct cli *c, struct call_reply *r, struct progress *p)
{
	char path[sizeof(r->http.location)];
	const char *location = job_path(c, &r->http);
	long ms = POLL_FIRST_MS;

	snprintf(path, sizeof(path), "%s", location ? location : "");
	while (is_running(r->json)) {
		struct timespec pause = { ms / 1000, ms % 1000 * 1000000 };
		int status;

		if (!*path) {
			SAY(c, M_NOT_JSON, http_url(c->http), "/v1/imports");
			return CLI_FAILED;
		}
		draw_job(p, r->json);
		nanosleep(&pause, NULL);
		if (cli_interrupted())
			return CLI_INTERRUPTED;
		ms = MIN(ms * 2, POLL_MAX_MS);
		status = call_get(c, path, r);
		if (status != CLI_OK)
			return status;
	}
	return CLI_OK;
}

/* "FILE:LINE:COLUMN: FIELD: DETAIL [code]", as compilers do, so that editors can jump there. */
static void tell_row(const struct cli *c, const char *file, const json_t *row)
{
	AUTO(buf_done) struct buf b = BUF_INIT;
	const char *field = json_string_value(json_object_get(row, "field"));
	const char *detail = json_string_value(json_object_get(row, "detail"));
	const char *code = json_string_value(json_object_get(row, "code"));

	text_plain(&b, view_str(file));
	buf_addf(&b, ":%lld", (long long)count(row, "line"));
	if (count(row, "column") > 0)
		buf_addf(&b, ":%lld", (long long)count(row, "column"));
	buf_adds(&b, ": ");
	if (field && *field) {
		text_plain(&b, view_str(c->lang == LANG_JA ? msg_label(field, c->lang) : field));
		buf_adds(&b, ": ");
	}
	text_plain(&b, view_str(detail ? detail : ""));
	if (code && *code)
		buf_addf(&b, " [%s]", code);
	if (buf_ok(&b))
		fprintf(stderr, "%.*s\n", (int)b.n, b.p);
}

static bool print_job(const struct cli *c, const json_t *job)
{
	static const struct column columns[] = {
		{ "line", CELL_NUM },  { "column", CELL_NUM },  { "field", CELL_TEXT },
		{ "code", CELL_TEXT }, { "detail", CELL_TEXT },
	};
	const json_t *errors = json_object_get(job, "errors");
	struct rows *r;
	bool ok;

	if (c->output == OUT_TABLE)
		return true; /* counts and errors are on standard error */
	if (c->output != OUT_CSV)
		return record_print(c, job);
	r = rows_new(c, columns, ARRAY_LEN(columns));
	ok = r != NULL;
	for (size_t i = 0; ok && i < json_array_size(errors); i++)
		ok = rows_item(r, json_array_get(errors, i));
	ok = ok && rows_end(r);
	rows_free(r);
	return ok;
}

/* Why the whole file was refused. A fault with a place in the file stands among the rows' errors, too:
 * it is told once. */
static void tell_error(const struct cli *c, const json_t *error, const json_t *errors)
{
	static const struct {
		const char *code, *field;
		enum msg hint;
	} hints[] = {
		{ "missing-column", "procurer", M_PROCURER_HINT },
		{ "unknown-column", NULL, M_COLUMN_HINT },
		{ "unknown-format", NULL, M_FORMAT_HINT },
	};
	const char *code = json_string_value(json_object_get(error, "code"));
	const char *field = json_string_value(json_object_get(json_array_get(errors, 0), "field"));

	if (!code)
		return;
	if (count(error, "line") == 0 || json_array_size(errors) == 0)
		call_tell(c, error, (long)count(error, "status"));
	for (size_t i = 0; i < ARRAY_LEN(hints); i++)
		if (strcmp(code, hints[i].code) == 0 &&
		    (!hints[i].field || (field && strcmp(field, hints[i].field) == 0)))
			SAY0(c, hints[i].hint);
}

static int tell_outcome(const struct cli *c, const struct args *a, const char *file,
			const json_t *job)
{
	const char *state = json_string_value(json_object_get(job, "state"));
	const json_t *errors = json_object_get(job, "errors");
	int64_t rejected = count(job, "rejected");
	bool failed = !state || strcmp(state, "done") != 0;

	for (size_t i = 0; i < json_array_size(errors); i++)
		tell_row(c, file, json_array_get(errors, i));
	if (rejected > (int64_t)json_array_size(errors))
		NOTE(c, M_MORE_ERRORS, NUM(rejected - (int64_t)json_array_size(errors)));
	tell_error(c, json_object_get(job, "error"), errors);
	NOTE(c, M_IMPORT_COUNTS, NUM(count(job, "rows")), NUM(count(job, "accepted")),
	     NUM(rejected), NUM(count(job, "unchanged")));
	if (args_has(a, OPT_STRICT) && rejected > 0)
		failed = true;
	if (failed)
		SAY0(c, M_IMPORT_FAILED);
	if (count(job, "commands") > (failed ? 0 : 1))
		NOTE(c, M_IMPORT_PARTS, NUM(count(job, "commands")));
	if (!failed && rejected > 0 && !args_has(a, OPT_DRY_RUN))
		NOTE0(c, M_ROWS_REJECTED_HINT);
	if (!failed && args_has(a, OPT_DRY_RUN))
		NOTE0(c, M_IMPORT_DRY);
	return failed ? CLI_FAILED : CLI_OK;
}

int verb_import(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	AUTO(call_reply_done) struct call_reply r = CALL_REPLY_INIT;
	AUTO(source_done) struct source src = { 0 };
	struct progress p = { .c = c };
	struct http_request rq = { .method = "POST", .on_upload = on_upload, .upload_arg = &p };
	int status;

	if (!import_path(c, &path, a))
		return CLI_FAILED;
	status = source_open(c, &src, a->pos[0]);
	if (status != CLI_OK)
		return status;
	p.total = src.bytes;
	rq.path = path.p;
	rq.file = src.f;
	rq.file_bytes = src.bytes;
	rq.content_type = content_type(a->opt[OPT_FORMAT], src.name);
	status = call_send(c, &rq, false, &r);
	if (status == CLI_OK)
		status = wait_for_job(c, &r, &p);
	erase(&p);
	if (status != CLI_OK)
		return status;
	if (!print_job(c, r.json))
		return call_nomem(c);
	return tell_outcome(c, a, src.name, r.json);
}
