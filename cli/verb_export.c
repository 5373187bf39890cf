/* verb_export.c - export KIND and backup FILE: long bodies, passed on as they come. */
#include <string.h>

#include "base/util.h"
#include "cli/call.h"
#include "cli/out.h"
#include "cli/outfile.h"
#include "cli/verbs.h"

static bool to_file(void *arg, struct view chunk)
{
	return outfile_write(arg, chunk);
}

static bool to_stdout(void *arg, struct view chunk)
{
	(void)arg;
	out_write(chunk);
	return true;
}

int download(const struct cli *c, const char *path, const char *name)
{
	AUTO(outfile_done) struct outfile f = OUTFILE_INIT;
	AUTO(call_reply_done) struct call_reply r = CALL_REPLY_INIT;
	struct http_request rq = { .path = path, .accept = "*/*", .sink = to_file, .sink_arg = &f };
	struct err e = { 0 };
	int status;

	if (!name) {
		rq.sink = to_stdout;
		return call_send(c, &rq, false, &r);
	}
	if (outfile_open(&f, name, &e) != RC_OK)
		return cli_fail(c, &e);
	status = call_send(c, &rq, false, &r);
	/* a failed write shows as a stopped transfer: commit names the real reason */
	if (status != CLI_OK && !f.error)
		return status;
	if (outfile_commit(&f, &e) != RC_OK)
		return cli_fail(c, &e);
	NOTE(c, M_WRITTEN, name);
	return CLI_OK;
}

static const char *const kinds[] = { "orgs", "links", "certificates", "clauses", "contacts" };

int verb_export(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	AUTO(call_reply_done) struct call_reply r = CALL_REPLY_INIT;
	const char *format = a->opt[OPT_FORMAT];
	bool known = false;
	struct http_request rq = { .accept = "*/*", .sink = to_stdout };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		known = known || strcmp(a->pos[0], kinds[i]) == 0;
	if (!known) {
		SAY(c, M_EXPORT_KIND, a->pos[0]);
		return CLI_USAGE;
	}
	if (!format)
		format = c->output == OUT_JSON || c->output == OUT_NDJSON ? "ndjson" : "csv";
	buf_adds(&path, "/v1/exports");
	path_seg(&path, a->pos[0]);
	path_query(&path, "format", format);
	path_query(&path, "bom", args_has(a, OPT_BOM) ? "true" : NULL);
	if (!path_end(c, &path))
		return CLI_FAILED;
	rq.path = path.p;
	if (a->opt[OPT_FILE] && strcmp(a->opt[OPT_FILE], "-") != 0)
		return download(c, path.p, a->opt[OPT_FILE]);
	return call_send(c, &rq, false, &r);
}

int verb_backup(struct cli *c, const struct args *a)
{
	return download(c, "/v1/backup", a->pos[0]);
}
