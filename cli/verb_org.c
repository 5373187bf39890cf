/* verb_org.c - org list|show|set|rm|looks */
#include "base/util.h"
#include "cli/call.h"
#include "cli/chain.h"
#include "cli/list.h"
#include "cli/save.h"
#include "cli/verbs.h"

static const struct column columns[] = {
	{ "id", CELL_TEXT },        { "held", CELL_NUM },      { "held_until", CELL_TEXT },
	{ "suppliers", CELL_NUM },  { "procurers", CELL_NUM }, { "kind", CELL_WORD },
	{ "name", CELL_TEXT },
};

int verb_org_list(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	struct list l = { .cols = columns, .n_cols = ARRAY_LEN(columns) };

	buf_adds(&path, "/v1/orgs");
	path_query(&path, "q", a->n_pos > 0 ? a->pos[0] : NULL);
	path_query(&path, "held", a->opt[OPT_HELD]);
	path_query(&path, "watched", args_has(a, OPT_WATCHED) ? "true" : NULL);
	path_query(&path, "as_of", a->opt[OPT_AS_OF]);
	if (!path_end(c, &path))
		return CLI_FAILED;
	l.path = path.p;
	return list_print(c, a, &l, NULL, NULL);
}

int verb_org_show(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;

	if (!path_org(c, &path, a->pos[0]))
		return CLI_FAILED;
	path_query(&path, "as_of", a->opt[OPT_AS_OF]);
	return path_end(c, &path) ? call_show(c, path.p) : CLI_FAILED;
}

int verb_org_set(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;

	if (!path_org(c, &path, a->pos[0]))
		return CLI_FAILED;
	return save_fields(c, path.p, a->pos + 1, a->n_pos - 1);
}

int verb_org_rm(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;

	if (!path_org(c, &path, a->pos[0]))
		return CLI_FAILED;
	path_query(&path, "cascade", args_has(a, OPT_CASCADE) ? "true" : NULL);
	return path_end(c, &path) ? call_delete(c, path.p, a->pos[0]) : CLI_FAILED;
}

int verb_org_erase_contacts(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	AUTO(call_reply_done) struct call_reply r = CALL_REPLY_INIT;
	int status;

	if (!path_org(c, &path, a->pos[0]))
		return CLI_FAILED;
	buf_adds(&path, "/contacts");
	path_query(&path, "clauses", args_has(a, OPT_CLAUSES) ? "true" : NULL);
	if (!path_end(c, &path))
		return CLI_FAILED;
	status = call_json(c, "DELETE", path.p, NULL, NULL, false, &r);
	if (status == CLI_OK)
		NOTE(c, M_CONTACTS_ERASED, a->pos[0]);
	return status;
}

static const struct column look_columns[] = {
	{ "at", CELL_TEXT },     { "kind", CELL_WORD },  { "operator", CELL_FLAG },
	{ "viewer", CELL_TEXT }, { "name", CELL_TEXT }, { "actor", CELL_TEXT },
};

int verb_org_looks(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	struct list l = { .cols = look_columns, .n_cols = ARRAY_LEN(look_columns) };

	if (!chain_path(c, &path, a->pos[0], "looks", a))
		return CLI_FAILED;
	l.path = path.p;
	return list_print(c, a, &l, NULL, NULL);
}
