/* verb_renewals.c - renewals, calendar: what ends or falls due in a chain, by month and day by day. */
#include <string.h>

#include "base/util.h"
#include "cli/chain.h"
#include "cli/list.h"
#include "cli/out.h"
#include "cli/verbs.h"

static const struct column month_columns[] = {
	{ "month", CELL_TEXT },
	{ "levels.1", CELL_NUM },
	{ "levels.2", CELL_NUM },
	{ "levels.3", CELL_NUM },
	{ "levels.4", CELL_NUM },
	{ "levels.5", CELL_NUM },
	{ "required", CELL_NUM },
	{ "self_assessments", CELL_NUM },
	{ "contract_ends", CELL_NUM },
	{ "clause_reviews", CELL_NUM },
	{ "exceptions", CELL_NUM },
	{ "due", CELL_NUM },
};

static const struct column day_columns[] = {
	{ "day", CELL_TEXT },     { "kind", CELL_WORD },     { "tier", CELL_NUM },
	{ "supplier", CELL_TEXT }, { "level", CELL_NUM },    { "required", CELL_NUM },
	{ "below", CELL_FLAG },   { "clause", CELL_TEXT },   { "name", CELL_TEXT },
};

static bool print_months(const struct cli *c, const json_t *o)
{
	const json_t *months = json_object_get(o, "months");
	struct rows *r = rows_new(c, month_columns, ARRAY_LEN(month_columns));
	bool ok = r != NULL;

	if (ok)
		rows_of(r, "renewals");
	for (size_t i = 0; ok && i < json_array_size(months); i++)
		ok = rows_item(r, json_array_get(months, i));
	ok = ok && rows_end(r);
	rows_free(r);
	return ok;
}

int verb_renewals(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	AUTO(call_reply_done) struct call_reply r = CALL_REPLY_INIT;
	bool ok;
	int status;

	if (!chain_path(c, &path, a->pos[0], "renewals", a))
		return CLI_FAILED;
	status = call_get(c, path.p, &r);
	if (status != CLI_OK)
		return status;
	ok = c->output == OUT_TABLE || c->output == OUT_CSV ? print_months(c, r.json) : record_print(c, r.json);
	return ok ? CLI_OK : call_nomem(c);
}

int verb_calendar(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	struct list l = { .cols = day_columns, .n_cols = ARRAY_LEN(day_columns), .name = "calendar" };
	const char *file = a->opt[OPT_FILE];

	if (!chain_path(c, &path, a->pos[0], "calendar", a))
		return CLI_FAILED;
	if (file) {
		path_query(&path, "format", "ics");
		return path_end(c, &path) ? download(c, path.p, strcmp(file, "-") == 0 ? NULL : file) : CLI_FAILED;
	}
	l.path = path.p;
	return list_print(c, a, &l, NULL, NULL);
}
