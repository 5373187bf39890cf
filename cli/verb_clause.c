/*
 * verb_clause.c - clause list|show|set|rm. A clause has no PATCH: set reads, merges and puts it
 * back under the ETag it was read with.
 */
#include <stdio.h>

#include "base/util.h"
#include "cli/call.h"
#include "cli/list.h"
#include "cli/save.h"
#include "cli/verbs.h"

static const struct column columns[] = {
	{ "no", CELL_TEXT },        { "status", CELL_WORD },     { "due", CELL_FLAG },
	{ "gap", CELL_FLAG }, { "undetermined", CELL_FLAG }, { "agreed_on", CELL_TEXT },
	{ "review_by", CELL_TEXT }, { "reasons", CELL_WORD },    { "note", CELL_TEXT },
};

static bool clause_path(const struct cli *c, struct buf *path, const struct args *a)
{
	if (!path_link(c, path, a->pos[0], a->pos[1]))
		return false;
	buf_adds(path, "/clauses");
	if (a->n_pos > 2)
		path_seg(path, a->pos[2]);
	return path_end(c, path);
}

int verb_clause_list(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	struct list l = { .cols = columns, .n_cols = ARRAY_LEN(columns), .whole = true };

	if (!clause_path(c, &path, a))
		return CLI_FAILED;
	path_query(&path, "as_of", a->opt[OPT_AS_OF]);
	if (!path_end(c, &path))
		return CLI_FAILED;
	l.path = path.p;
	return list_print(c, a, &l, NULL, NULL);
}

int verb_clause_show(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;

	if (a->n_pos < 3)
		return verb_clause_list(c, a);
	if (!clause_path(c, &path, a))
		return CLI_FAILED;
	path_query(&path, "as_of", a->opt[OPT_AS_OF]);
	return path_end(c, &path) ? call_show(c, path.p) : CLI_FAILED;
}

int verb_clause_set(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	int status = CLI_OK;
	json_t *changes;

	if (!clause_path(c, &path, a))
		return CLI_FAILED;
	changes = save_parse(c, a->pos + 3, a->n_pos - 3, &status);
	return changes ? save_merged(c, path.p, changes) : status;
}

int verb_clause_rm(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	char name[400];

	snprintf(name, sizeof(name), "%s > %s %s", a->pos[0], a->pos[1], a->pos[2]);
	return clause_path(c, &path, a) ? call_delete(c, path.p, name) : CLI_FAILED;
}
