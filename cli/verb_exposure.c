/* verb_exposure.c - exposure: the figures, and a row a tier. */
#include "base/util.h"
#include "cli/chain.h"
#include "cli/names.h"
#include "cli/out.h"
#include "cli/rows.h"
#include "cli/verbs.h"

static const struct column tier_columns[] = {
	{ "tier", CELL_NUM },
	{ "suppliers", CELL_NUM },
	{ "gaps", CELL_NUM },
	{ "unknown_below", CELL_NUM },
	{ "states.undecided", CELL_NUM },
	{ "states.unconfirmed", CELL_NUM },
	{ "states.expiring", CELL_NUM },
	{ "states.met", CELL_NUM },
	{ "states.not-asked", CELL_NUM },
	{ "held.0", CELL_NUM },
	{ "held.1", CELL_NUM },
	{ "held.2", CELL_NUM },
	{ "held.3", CELL_NUM },
	{ "held.4", CELL_NUM },
	{ "held.5", CELL_NUM },
};

static bool print_tiers(const struct cli *c, const json_t *o)
{
	const json_t *tiers = json_object_get(o, "tiers");
	struct rows *r = rows_new(c, tier_columns, ARRAY_LEN(tier_columns));
	bool ok = r != NULL;

	for (size_t i = 0; ok && i < json_array_size(tiers); i++)
		ok = rows_item(r, json_array_get(tiers, i));
	ok = ok && rows_end(r);
	rows_free(r);
	return ok;
}

/* What stands in the figures twice (states.gap is gaps, states.expiring is expiring) is shown once,
 * and the tiers have a table of their own. */
static bool print_summary(const struct cli *c, const json_t *o)
{
	json_t *top = json_deep_copy(o);
	json_t *states = json_object_get(top, "states");
	bool ok = top != NULL;

	json_object_del(states, "gap");
	json_object_del(states, "expiring");
	json_object_del(top, "tiers");
	if (ok)
		names_add(c, top);
	ok = ok && record_print(c, top);
	json_decref(top);
	return ok;
}

int verb_exposure(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	AUTO(call_reply_done) struct call_reply r = CALL_REPLY_INIT;
	bool ok;
	int status;

	if (!chain_path(c, &path, a->pos[0], "exposure", a))
		return CLI_FAILED;
	status = call_get(c, path.p, &r);
	if (status != CLI_OK)
		return status;
	if (c->output == OUT_TABLE) {
		ok = print_summary(c, r.json);
		out_write(VIEW_LIT("\n"));
		ok = ok && print_tiers(c, r.json);
	} else {
		ok = c->output == OUT_CSV ? print_tiers(c, r.json) : record_print(c, r.json);
	}
	if (!ok)
		return call_nomem(c);
	return chain_verdict(a, status, json_integer_value(json_object_get(r.json, "gaps")) > 0);
}
