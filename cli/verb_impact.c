/* verb_impact.c - impact: whom the lapse of a supplier reaches. */
#include "base/util.h"
#include "cli/chain.h"
#include "cli/list.h"
#include "cli/names.h"
#include "cli/out.h"
#include "cli/verbs.h"

static const struct column item_columns[] = {
	{ "tier", CELL_NUM },
	{ "procurer", CELL_TEXT },
	{ "required", CELL_NUM },
	{ "gap", CELL_FLAG },
	{ "name", CELL_TEXT },
};

static const struct column tier_columns[] = {
	{ "tier", CELL_NUM },
	{ "procurers", CELL_NUM },
	{ "in_gap", CELL_NUM },
};

static bool print_tiers(const struct cli *c, const json_t *page)
{
	const json_t *tiers = json_object_get(page, "tiers");
	struct rows *r = rows_new(c, tier_columns, ARRAY_LEN(tier_columns));
	bool ok = r != NULL;

	for (size_t i = 0; ok && i < json_array_size(tiers); i++)
		ok = rows_item(r, json_array_get(tiers, i));
	ok = ok && rows_end(r);
	rows_free(r);
	return ok;
}

static bool print_head(const struct cli *c, const json_t *page)
{
	json_t *top = json_copy((json_t *)(uintptr_t)page);
	bool ok = top != NULL;

	json_object_del(top, "tiers");
	json_object_del(top, "items");
	json_object_del(top, "next");
	if (ok)
		names_add(c, top);
	ok = ok && record_print(c, top);
	json_decref(top);
	out_write(VIEW_LIT("\n"));
	ok = ok && print_tiers(c, page);
	out_write(VIEW_LIT("\n"));
	return ok;
}

int verb_impact(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	struct list l = { .cols = item_columns, .n_cols = ARRAY_LEN(item_columns),
			  .head = print_head };
	json_t *first = NULL;
	bool found;
	int status;

	if (!chain_path(c, &path, a->pos[0], "impact", a))
		return CLI_FAILED;
	l.path = path.p;
	status = list_print(c, a, &l, NULL, &first);
	found = json_integer_value(json_object_get(first, "in_gap")) > 0;
	json_decref(first);
	return chain_verdict(a, status, found);
}
