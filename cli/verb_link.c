/* verb_link.c - link list|show|set|rm */
#include <stdio.h>

#include "base/util.h"
#include "cli/call.h"
#include "cli/list.h"
#include "cli/save.h"
#include "cli/verbs.h"

#define COMMON_COLUMNS \
	{ "effective_level", CELL_NUM }, { "held", CELL_NUM }, { "gap", CELL_FLAG }, \
	{ "due", CELL_TEXT }, { "criticality", CELL_WORD }, { "dependency", CELL_NUM }, \
	{ "annual_spend", CELL_MONEY }

static const struct column to_suppliers[] = { { "supplier", CELL_TEXT }, COMMON_COLUMNS,
					       { "supplier_name", CELL_TEXT } };
static const struct column to_procurers[] = { { "procurer", CELL_TEXT }, COMMON_COLUMNS,
					       { "procurer_name", CELL_TEXT } };

/* A supplier does not see what its procurer makes of it. */
static const struct column to_procurers_bare[] = {
	{ "procurer", CELL_TEXT }, { "effective_level", CELL_NUM }, { "held", CELL_NUM },
	{ "gap", CELL_FLAG },	   { "due", CELL_TEXT },	    { "planned_on", CELL_TEXT },
	{ "procurer_name", CELL_TEXT },
};
static const char *const not_for_suppliers[] = { "criticality", "dependency", "annual_spend", NULL };

int verb_link_list(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	bool reverse = args_has(a, OPT_REVERSE);
	struct list l = { .cols = reverse ? to_procurers : to_suppliers,
			  .n_cols = ARRAY_LEN(to_suppliers) };

	if (reverse) {
		l.bare_cols = to_procurers_bare;
		l.n_bare_cols = ARRAY_LEN(to_procurers_bare);
		l.bare_without = not_for_suppliers;
	}
	if (!path_org(c, &path, a->pos[0]))
		return CLI_FAILED;
	buf_adds(&path, reverse ? "/procurers" : "/suppliers");
	path_query(&path, "as_of", a->opt[OPT_AS_OF]);
	if (!path_end(c, &path))
		return CLI_FAILED;
	l.path = path.p;
	return list_print(c, a, &l, NULL, NULL);
}

int verb_link_show(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;

	if (!path_link(c, &path, a->pos[0], a->pos[1]))
		return CLI_FAILED;
	path_query(&path, "as_of", a->opt[OPT_AS_OF]);
	return path_end(c, &path) ? call_show(c, path.p) : CLI_FAILED;
}

int verb_link_set(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;

	if (!path_link(c, &path, a->pos[0], a->pos[1]))
		return CLI_FAILED;
	return save_fields(c, path.p, a->pos + 2, a->n_pos - 2);
}

int verb_link_rm(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	char name[300];

	snprintf(name, sizeof(name), "%s > %s", a->pos[0], a->pos[1]);
	return path_link(c, &path, a->pos[0], a->pos[1]) ? call_delete(c, path.p, name)
							 : CLI_FAILED;
}
