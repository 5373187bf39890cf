/* verb_undo.c - undo: takes back what a revision did, after a look; … versions: how a record became what it is. */
#include <string.h>

#include "base/util.h"
#include "cli/call.h"
#include "cli/list.h"
#include "cli/verbs.h"

/* ---- undo ---- */

static int ask(const struct cli *c, const char *revision, bool preview, struct call_reply *r)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	json_t *body = json_pack("{s:b}", "preview", preview);
	int status = CLI_FAILED;

	buf_adds(&path, "/v1/revisions");
	path_seg(&path, revision);
	path_seg(&path, "undo");
	if (!body)
		status = call_nomem(c);
	else if (path_end(c, &path))
		status = call_json(c, "POST", path.p, body, NULL, false, r);
	json_decref(body);
	return status;
}

static bool in_the_way(const json_t *answer)
{
	return json_integer_value(json_object_get(answer, "conflicts_total")) > 0;
}

static int show(const struct cli *c, const json_t *answer)
{
	return record_print(c, answer) ? CLI_OK : call_nomem(c);
}

int verb_undo(struct cli *c, const struct args *a)
{
	AUTO(call_reply_done) struct call_reply look = CALL_REPLY_INIT;
	AUTO(call_reply_done) struct call_reply done = CALL_REPLY_INIT;
	int status = ask(c, a->pos[0], true, &look);

	if (status == CLI_OK && in_the_way(look.json)) {
		status = show(c, look.json);
		SAY(c, M_UNDO_CONFLICTS, a->pos[0]);
		return status == CLI_OK ? CLI_FAILED : status;
	}
	if (status != CLI_OK)
		return status;
	if (!args_has(a, OPT_YES)) {
		status = show(c, look.json);
		NOTE0(c, M_UNDO_LOOKED);
		return status;
	}
	status = ask(c, a->pos[0], false, &done);
	return status == CLI_OK ? show(c, done.json) : status;
}

/* ---- versions ---- */

static const struct column version_columns[] = {
	{ "revision", CELL_NUM },	  { "at", CELL_TEXT },	    { "actor", CELL_TEXT },
	{ "change", CELL_WORD }, { "changed", CELL_TEXT },
};

static int versions(struct cli *c, const struct args *a, struct buf *path)
{
	struct list l = { .cols = version_columns, .n_cols = ARRAY_LEN(version_columns), .name = "version", .page = 200 };

	path_seg(path, "versions");
	if (!path_end(c, path))
		return CLI_FAILED;
	l.path = path->p;
	return list_print(c, a, &l, NULL, NULL);
}

/* Of what hangs on an organisation: its path with further segments. */
static int versions_of(struct cli *c, const struct args *a, const char *what, const char *name)
{
	AUTO(buf_done) struct buf path = BUF_INIT;

	if (!path_org(c, &path, a->pos[0]))
		return CLI_FAILED;
	if (what)
		path_seg(&path, what);
	if (name)
		path_seg(&path, name);
	return versions(c, a, &path);
}

static int versions_of_link(struct cli *c, const struct args *a, const char *clause)
{
	AUTO(buf_done) struct buf path = BUF_INIT;

	if (!path_link(c, &path, a->pos[0], a->pos[1]))
		return CLI_FAILED;
	if (clause) {
		path_seg(&path, "clauses");
		path_seg(&path, clause);
	}
	return versions(c, a, &path);
}

int verb_org_versions(struct cli *c, const struct args *a) { return versions_of(c, a, NULL, NULL); }
int verb_cert_versions(struct cli *c, const struct args *a) { return versions_of(c, a, "certificates", a->pos[1]); }
int verb_target_versions(struct cli *c, const struct args *a) { return versions_of(c, a, "targets", NULL); }
int verb_link_versions(struct cli *c, const struct args *a) { return versions_of_link(c, a, NULL); }
int verb_clause_versions(struct cli *c, const struct args *a) { return versions_of_link(c, a, a->pos[2]); }
