/* verb_chain.c - chain, gaps, expiring, clause-gaps, history: lists over the chain of a procurer. */
#include <string.h>

#include "base/util.h"
#include "cli/chain.h"
#include "cli/list.h"
#include "cli/verbs.h"

static const struct column gap_columns[] = {
	{ "tier", CELL_NUM },       { "supplier", CELL_TEXT },   { "required", CELL_NUM },
	{ "held", CELL_NUM },       { "kind", CELL_WORD },       { "timing", CELL_WORD },
	{ "due", CELL_TEXT },       { "due_in_days", CELL_NUM }, { "planned_on", CELL_TEXT },
	{ "dependency", CELL_NUM }, { "name", CELL_TEXT },       { "path", CELL_PATH },
};

static const struct column all_columns[] = {
	{ "tier", CELL_NUM },            { "supplier", CELL_TEXT },   { "state", CELL_WORD },
	{ "required", CELL_NUM },        { "held", CELL_NUM },        { "held_until", CELL_TEXT },
	{ "kind", CELL_WORD },           { "timing", CELL_WORD },     { "due", CELL_TEXT },
	{ "due_in_days", CELL_NUM },     { "dependency", CELL_NUM },  { "suppliers", CELL_NUM },
	{ "at_risk", CELL_FLAG },        { "unknown_below", CELL_FLAG }, { "link.department", CELL_TEXT },
	{ "link.owner", CELL_TEXT },     { "name", CELL_TEXT },       { "path", CELL_PATH },
};

static const struct column expiring_columns[] = {
	{ "tier", CELL_NUM },        { "supplier", CELL_TEXT },  { "required", CELL_NUM },
	{ "held", CELL_NUM },        { "expires_on", CELL_TEXT }, { "dependency", CELL_NUM },
	{ "name", CELL_TEXT },       { "path", CELL_PATH },
};

static const struct column clause_columns[] = {
	{ "supplier", CELL_TEXT }, { "no", CELL_TEXT },        { "state", CELL_WORD },
	{ "status", CELL_WORD },   { "review_by", CELL_TEXT }, { "reasons", CELL_WORD },
	{ "name", CELL_TEXT },
};

static const struct column history_columns[] = {
	{ "on", CELL_TEXT },          { "suppliers", CELL_NUM },
	{ "gaps", CELL_NUM },         { "gap_kinds.never", CELL_NUM },
	{ "gap_kinds.below", CELL_NUM }, { "gap_kinds.lapsed", CELL_NUM },
	{ "expiring", CELL_NUM },     { "at_risk", CELL_NUM },
	{ "clause_gaps", CELL_NUM },  { "spend_behind_gaps", CELL_MONEY },
};

bool chain_path(const struct cli *c, struct buf *path, const char *org, const char *what,
		const struct args *a)
{
	static const struct {
		enum opt opt;
		const char *name;
	} query[] = {
		{ OPT_DEPTH, "depth" },   { OPT_ON, "on" },         { OPT_HORIZON, "horizon" },
		{ OPT_TIER, "tier" },     { OPT_KIND, "kind" },     { OPT_TIMING, "timing" },
		{ OPT_NO, "no" },         { OPT_STATE, "state" },   { OPT_HELD_LEVEL, "held_level" },
		{ OPT_FROM, "from" },     { OPT_TO, "to" },         { OPT_AS_OF, "as_of" },
		{ OPT_HELD, "held" },     { OPT_SORT, "sort" },     { OPT_ORDER, "order" },
		{ OPT_AT, "at" },
	};

	if (!path_org(c, path, org))
		return false;
	path_seg(path, what);
	for (size_t i = 0; i < ARRAY_LEN(query); i++)
		path_query(path, query[i].name, a->opt[query[i].opt]);
	return path_end(c, path);
}

int chain_verdict(const struct args *a, int status, bool found)
{
	return status == CLI_OK && found && args_has(a, OPT_EXIT_CODE) ? CLI_GAPS : status;
}

static int print_list(struct cli *c, const struct args *a, const char *what,
		      const struct column *cols, size_t n_cols)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	struct list l = { .cols = cols, .n_cols = n_cols, .whole = strcmp(what, "history") == 0 };
	size_t items = 0;
	int status;

	if (!chain_path(c, &path, a->pos[0], what, a))
		return CLI_FAILED;
	l.path = path.p;
	status = list_print(c, a, &l, &items, NULL);
	return chain_verdict(a, status, items > 0);
}

/* A name that the API does not know is refused there, in its words. */
static bool add_filter(const struct cli *c, struct buf *path, const char *arg)
{
	AUTO(buf_done) struct buf name = BUF_INIT;
	const char *eq = strchr(arg, '=');

	if (!eq || eq == arg || strspn(arg, "abcdefghijklmnopqrstuvwxyz_") != (size_t)(eq - arg)) {
		SAY(c, M_FILTER_SYNTAX, arg);
		return false;
	}
	buf_add(&name, arg, (size_t)(eq - arg));
	buf_addc(&name, '\0');
	if (!buf_ok(&name))
		return false;
	path_query(path, name.p, eq + 1);
	return true;
}

int verb_chain(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	struct list l = { .cols = all_columns, .n_cols = ARRAY_LEN(all_columns) };

	if (!chain_path(c, &path, a->pos[0], "chain", a))
		return CLI_FAILED;
	for (size_t i = 1; i < a->n_pos; i++)
		if (!add_filter(c, &path, a->pos[i]))
			return CLI_USAGE;
	if (!path_end(c, &path))
		return CLI_FAILED;
	l.path = path.p;
	return list_print(c, a, &l, NULL, NULL);
}

int verb_gaps(struct cli *c, const struct args *a)
{
	return print_list(c, a, "gaps", gap_columns, ARRAY_LEN(gap_columns));
}

int verb_expiring(struct cli *c, const struct args *a)
{
	return print_list(c, a, "expiring", expiring_columns, ARRAY_LEN(expiring_columns));
}

int verb_clause_gaps(struct cli *c, const struct args *a)
{
	return print_list(c, a, "clause-gaps", clause_columns, ARRAY_LEN(clause_columns));
}

int verb_history(struct cli *c, const struct args *a)
{
	return print_list(c, a, "history", history_columns, ARRAY_LEN(history_columns));
}
