/* verb_simulate.c - simulate P CHANGE…: the figures now and then, side by side, and who would stand otherwise. */
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "cli/call.h"
#include "cli/changes.h"
#include "cli/fields.h"
#include "cli/names.h"
#include "cli/out.h"
#include "cli/rows.h"
#include "cli/save.h"
#include "cli/table.h"
#include "cli/verbs.h"

#define SIMULATION "simulation"
#define TIERS_MAX 24

static const struct column figure_columns[] = {
	{ "figure", CELL_TEXT }, { "before", CELL_MONEY }, { "after", CELL_MONEY }, { "difference", CELL_MONEY },
};

/* In tables, both sides in one cell. */
static const struct column item_columns[] = {
	{ "change", CELL_WORD },   { "tier", CELL_NUM },  { "supplier", CELL_TEXT }, { "state", CELL_TEXT },
	{ "required", CELL_TEXT }, { "held", CELL_TEXT }, { "timing", CELL_TEXT },   { "due", CELL_TEXT },
	{ "name", CELL_TEXT },
};

static const struct column csv_columns[] = {
	{ "change", CELL_WORD },	 { "tier", CELL_NUM },		 { "supplier", CELL_TEXT },
	{ "before.state", CELL_WORD },	 { "before.required", CELL_NUM }, { "before.held", CELL_NUM },
	{ "before.timing", CELL_WORD }, { "before.due", CELL_TEXT },	 { "after.state", CELL_WORD },
	{ "after.required", CELL_NUM },	 { "after.held", CELL_NUM },	 { "after.timing", CELL_WORD },
	{ "after.due", CELL_TEXT },	 { "name", CELL_TEXT },
};

/* ---- the request ---- */

static int add_change(const struct cli *c, json_t *changes, const char *word)
{
	struct change_error e;
	const char *file;
	json_t *o = change_parse(word, &file, &e), *targets;

	if (!o && e.msg != M_NONE) {
		SAY(c, e.msg, e.arg);
		return CLI_USAGE;
	}
	if (json_array_append_new(changes, o) != 0)
		return call_nomem(c);
	if (!file)
		return CLI_OK;
	targets = save_read(c, file);
	if (!targets)
		return CLI_FAILED;
	return json_object_set_new(o, "targets", targets) == 0 ? CLI_OK : call_nomem(c);
}

static bool add_value(const struct cli *c, json_t *body, const char *name, json_t *v, const char *given)
{
	if (v && json_object_set_new(body, name, v) == 0)
		return true;
	SAY(c, M_FIELD_TEXT, given);
	return false;
}

static bool add_options(const struct cli *c, const struct args *a, json_t *body)
{
	static const struct {
		enum opt opt;
		const char *name;
	} numbers[] = { { OPT_DEPTH, "depth" }, { OPT_HORIZON, "horizon" }, { OPT_LIMIT, "limit" } };
	const char *on = a->opt[OPT_ON];

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		const char *given = a->opt[numbers[i].opt];

		if (given && !add_value(c, body, numbers[i].name, fields_number(given), given))
			return false;
	}
	return (!on || add_value(c, body, "on", json_string(on), on)) &&
	       add_value(c, body, "procurer", change_org(view_str(a->pos[0])), a->pos[0]);
}

static int make_body(const struct cli *c, const struct args *a, json_t *body)
{
	json_t *changes = json_array();
	int status = CLI_OK;

	if (json_object_set_new(body, "changes", changes) != 0)
		return call_nomem(c);
	for (size_t i = 1; i < a->n_pos && status == CLI_OK; i++)
		status = add_change(c, changes, a->pos[i]);
	return status == CLI_OK && !add_options(c, a, body) ? CLI_USAGE : status;
}

/* The server counts the changes; people wrote words. */
static void tell_change(const struct cli *c, const struct args *a, const struct http_reply *r)
{
	json_t *o = r->body.n ? json_loadb(r->body.p, r->body.n, 0, NULL) : NULL;
	const char *pointer =
		json_string_value(json_object_get(json_array_get(json_object_get(o, "errors"), 0), "pointer"));
	size_t i;

	if (pointer && sscanf(pointer, "/changes/%5zu", &i) == 1 && i + 1 < a->n_pos)
		SAY(c, M_CHANGE_REFUSED, a->pos[i + 1]);
	json_decref(o);
}

/* ---- the figures ---- */

/* "+1,200", "-3", "0" */
static void add_difference(struct buf *b, const struct cli *c, json_int_t now, json_int_t then)
{
	json_int_t d;
	json_t *v;

	if (__builtin_sub_overflow(then, now, &d))
		return;
	v = json_integer(d);
	if (d > 0)
		buf_addc(b, '+');
	cell_text(b, c, v, CELL_MONEY, true);
	json_decref(v);
}

static bool figure(struct rows *r, const struct cli *c, const char *label, json_int_t now, json_int_t then)
{
	AUTO(buf_done) struct buf b = BUF_INIT;
	json_t *row;
	bool ok;

	add_difference(&b, c, now, then);
	if (!buf_ok(&b))
		return false;
	row = json_pack("{s:s,s:I,s:I,s:s%}", "figure", label, "before", now, "after", then, "difference",
			b.n ? (const char *)b.p : "", b.n);
	ok = row && rows_item(r, row);
	json_decref(row);
	return ok;
}

/* What is no figure, or stands there twice (states.gap is gaps, states.expiring is expiring). */
static bool is_left_out(const char *field)
{
	static const char *const names[] = { "depth", "horizon", "states.gap", "states.expiring" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i], field) == 0)
			return true;
	return false;
}

/* Every number of the exposure, in the server's order. */
static bool figures_of(struct rows *r, const struct cli *c, const char *prefix, const json_t *now, const json_t *then)
{
	json_t *o = (json_t *)(uintptr_t)now;
	bool ok = true;

	for (void *it = json_object_iter(o); it && ok; it = json_object_iter_next(o, it)) {
		const json_t *v = json_object_iter_value(it), *w = json_object_get(then, json_object_iter_key(it));
		char field[128];

		snprintf(field, sizeof(field), "%s%s%s", prefix, *prefix ? "." : "", json_object_iter_key(it));
		if (json_is_integer(v) && json_is_integer(w) && !is_left_out(field))
			ok = figure(r, c, msg_label(field, c->lang), json_integer_value(v), json_integer_value(w));
		else if (json_is_object(v) && !*prefix)
			ok = figures_of(r, c, field, v, w);
	}
	return ok;
}

static json_int_t gaps_of_tier(const json_t *exposure, int tier, bool *io_there)
{
	const json_t *tiers = json_object_get(exposure, "tiers");

	for (size_t i = 0; i < json_array_size(tiers); i++) {
		const json_t *t = json_array_get(tiers, i);

		if (json_integer_value(json_object_get(t, "tier")) == tier) {
			*io_there = true;
			return json_integer_value(json_object_get(t, "gaps"));
		}
	}
	return 0; /* nobody is there */
}

static bool figures_by_tier(struct rows *r, const struct cli *c, const json_t *now, const json_t *then)
{
	bool ok = true;

	for (int tier = 1; tier <= TIERS_MAX && ok; tier++) {
		AUTO(buf_done) struct buf label = BUF_INIT;
		bool there = false;
		json_int_t before = gaps_of_tier(now, tier, &there), after = gaps_of_tier(then, tier, &there);

		if (!there)
			continue;
		msg_format(&label, M_SIMULATE_TIER, c->lang, (const char *const[]){ NUM(tier), NULL });
		buf_addc(&label, '\0');
		ok = buf_ok(&label) && figure(r, c, label.p, before, after);
	}
	return ok;
}

static bool print_figures(const struct cli *c, const json_t *o)
{
	const json_t *now = json_object_get(o, "before"), *then = json_object_get(o, "after");
	struct rows *r = rows_new(c, figure_columns, ARRAY_LEN(figure_columns));
	bool ok = r != NULL;

	if (ok)
		rows_of(r, SIMULATION);
	ok = ok && figures_of(r, c, "", now, then) && figures_by_tier(r, c, now, then) && rows_end(r);
	rows_free(r);
	return ok;
}

/* ---- who stands otherwise ---- */

/* "never -> met", or once where both are the same. */
static bool put_both(const struct cli *c, json_t *row, const json_t *item, const char *field, enum cell kind)
{
	AUTO(buf_done) struct buf now = BUF_INIT, then = BUF_INIT;

	cell_text(&now, c, json_object_get(json_object_get(item, "before"), field), kind, true);
	cell_text(&then, c, json_object_get(json_object_get(item, "after"), field), kind, true);
	if (!now.n)
		buf_addc(&now, '-');
	if (!then.n)
		buf_addc(&then, '-');
	if (!buf_ok(&now) || !buf_ok(&then))
		return false;
	if (!view_eq(buf_view(&now), buf_view(&then))) {
		buf_adds(&now, " -> ");
		buf_addv(&now, buf_view(&then));
	}
	return buf_ok(&now) && json_object_set_new(row, field, json_stringn(now.p, now.n)) == 0;
}

static bool print_item(const struct cli *c, struct rows *r, const json_t *item)
{
	json_t *row;
	bool ok;

	if (c->output == OUT_CSV)
		return rows_item(r, item);
	row = json_copy((json_t *)(uintptr_t)item);
	ok = row && put_both(c, row, item, "state", CELL_WORD) && put_both(c, row, item, "required", CELL_NUM) &&
	     put_both(c, row, item, "held", CELL_NUM) && put_both(c, row, item, "timing", CELL_WORD) &&
	     put_both(c, row, item, "due", CELL_TEXT) && rows_item(r, row);
	json_decref(row);
	return ok;
}

static bool print_items(const struct cli *c, const json_t *o)
{
	const json_t *items = json_object_get(o, "items");
	bool csv = c->output == OUT_CSV;
	struct rows *r = csv ? rows_new(c, csv_columns, ARRAY_LEN(csv_columns))
			     : rows_new(c, item_columns, ARRAY_LEN(item_columns));
	bool ok = r != NULL;

	if (ok)
		rows_of(r, SIMULATION);
	if (!csv && json_array_size(items) > 0)
		out_write(VIEW_LIT("\n"));
	for (size_t i = 0; ok && i < json_array_size(items); i++)
		ok = print_item(c, r, json_array_get(items, i));
	ok = ok && rows_end(r);
	rows_free(r);
	return ok;
}

/* ---- the answer ---- */

static bool copy_member(json_t *to, const json_t *from, const char *name)
{
	json_t *v = json_object_get(from, name);

	return !v || json_object_set(to, name, v) == 0;
}

/* Whose chain, on which day, and how many move. */
static bool print_head(const struct cli *c, const json_t *o)
{
	static const char *const plain[] = { "procurer", "on", "depth", "horizon" };
	static const char *const moves[] = { "opened", "opened_undecided", "closed", "entered", "left" };
	json_t *top = json_object(), *counts = json_object();
	bool ok = top && counts;

	for (size_t i = 0; ok && i < ARRAY_LEN(plain); i++)
		ok = copy_member(top, o, plain[i]);
	for (size_t i = 0; ok && i < ARRAY_LEN(moves); i++)
		ok = copy_member(counts, o, moves[i]);
	ok = ok && json_object_set(top, SIMULATION, counts) == 0;
	if (ok)
		names_add(c, top);
	ok = ok && record_print(c, top);
	json_decref(counts);
	json_decref(top);
	return ok;
}

static void tell_notes(const struct cli *c, const json_t *o)
{
	json_int_t total = json_integer_value(json_object_get(o, "items_total"));
	size_t shown = json_array_size(json_object_get(o, "items"));

	if (json_is_true(json_object_get(o, "truncated")))
		NOTE(c, M_SIMULATE_SOME, NUM((int64_t)shown), NUM(total));
	else if (total == 0)
		NOTE0(c, M_SIMULATE_SAME);
	if (c->output == OUT_TABLE)
		NOTE0(c, M_SIMULATE_NOTHING_WRITTEN);
}

static int print_simulation(const struct cli *c, const json_t *o)
{
	bool ok;

	if (c->output == OUT_TABLE) {
		ok = print_head(c, o);
		out_write(VIEW_LIT("\n"));
		ok = ok && print_figures(c, o) && print_items(c, o);
	} else {
		ok = c->output == OUT_CSV ? print_items(c, o) : record_print(c, o);
	}
	if (!ok)
		return call_nomem(c);
	tell_notes(c, o);
	return CLI_OK;
}

static int run(const struct cli *c, const struct args *a, json_t *body)
{
	AUTO(call_reply_done) struct call_reply r = CALL_REPLY_INIT;
	int status = make_body(c, a, body);

	if (status != CLI_OK)
		return status;
	status = call_json(c, "POST", "/v1/simulations", body, NULL, false, &r);
	if (status != CLI_OK) {
		tell_change(c, a, &r.http);
		return status;
	}
	if (!json_is_object(r.json)) {
		SAY(c, M_NOT_JSON, http_url(c->http), "/v1/simulations");
		return CLI_FAILED;
	}
	return print_simulation(c, r.json);
}

int verb_simulate(struct cli *c, const struct args *a)
{
	json_t *body = json_object();
	int status = body ? run(c, a, body) : call_nomem(c);

	json_decref(body);
	return status;
}
