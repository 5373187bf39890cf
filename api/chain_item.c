/* chain_item.c - see chain_item.h. Everything about one item of a page; nothing here is read for those that are not on it. */
#include "api/chain_item.h"

#include "api/shown.h"
#include "base/util.h"
#include "graph/near.h"

#define ASKED_MAX 200

static void key_or_null(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	json_str(j, text);
}

static void key_day(struct json *j, const char *key, int32_t day)
{
	json_key(j, key);
	json_day(j, day);
}

static void key_bool(struct json *j, const char *key, bool v)
{
	json_key(j, key);
	json_bool(j, v);
}

static void path_json(struct json *j, const struct chain_item_out *o, uint32_t supplier)
{
	uint32_t path[TIER_MAX + 2], viewer = o->list->q.procurer;
	size_t n = chain_path(o->list, o->r->txn, supplier, path);

	json_key(j, "path");
	json_arr(j);
	for (size_t i = 0; i < n; i++)
		shown_id_json(o->r, j, viewer, path[i], !veil_hides(&o->list->veil, path[i]));
	json_arr_end(j);
}

void chain_item_json(struct json *j, const struct chain_item_out *o, const struct chain_item *it)
{
	bool gap = it->state == ST_GAP;

	json_key(j, "supplier");
	shown_id_json(o->r, j, o->list->q.procurer, it->supplier, it->named);
	json_key(j, "name");
	shown_name_json(o->r, j, it->supplier, it->named);
	json_key(j, "tier");
	json_int(j, it->tier);
	json_key(j, "required");
	json_int(j, it->required);
	json_key(j, "held");
	json_int(j, it->held);
	key_or_null(j, "kind", gap ? gap_kind_names[it->kind] : NULL);
	key_or_null(j, "timing", gap ? gap_timing_names[it->timing] : NULL);
	key_day(j, "due", it->due);
	json_key(j, "due_in_days");
	if (it->due == DAY_NONE)
		json_nil(j);
	else
		json_int(j, (int64_t)it->due - o->list->q.on);
	key_day(j, "planned_on", it->planned_on);
	json_key(j, "dependency");
	json_dec9(j, it->dependency);
	path_json(j, o, it->supplier);
}

/* ---- P's own link ---- */

static void text_json(struct json *j, const struct rec *r, unsigned field, const char *key)
{
	json_key(j, key);
	if (rec_has(r, field))
		json_strv(j, rec_str(r, field));
	else
		json_nil(j);
}

static void flag_json(struct json *j, const struct rec *r, unsigned field, const char *key)
{
	int v = rec_bool(r, field);

	json_key(j, key);
	if (v < 0)
		json_nil(j);
	else
		json_bool(j, v);
}

static void number_json(struct json *j, const struct rec *r, unsigned field, const char *key)
{
	json_key(j, key);
	if (rec_has(r, field))
		json_int(j, rec_int(r, field, 0));
	else
		json_nil(j);
}

static void choice_json(struct json *j, const struct rec *r, unsigned field, const char *key)
{
	const struct field *f = field_by_id(ENT_LINK, (uint8_t)field);
	int64_t v = rec_int(r, field, -1);

	key_or_null(j, key, v < 0 ? NULL : f->names[v].name);
}

static void link_members(struct json *j, const struct rec *r, const struct targets *tg)
{
	struct level_result lr;

	level_of_link(tg, r, &lr);
	json_obj(j);
	number_json(j, r, LINK_REQUIRED_LEVEL, "required_level");
	json_key(j, "effective_level");
	json_int(j, lr.level);
	key_day(j, "due", rec_day(r, LINK_DUE));
	text_json(j, r, LINK_DEPARTMENT, "department");
	text_json(j, r, LINK_OWNER, "owner");
	choice_json(j, r, LINK_RELATION, "relation");
	choice_json(j, r, LINK_CRITICALITY, "criticality");
	flag_json(j, r, LINK_CONFIDENTIAL, "confidential");
	flag_json(j, r, LINK_CONTINUITY, "continuity");
	flag_json(j, r, LINK_SYSTEM_ACCESS, "system_access");
	flag_json(j, r, LINK_SOLE_SOURCE, "sole_source");
	text_json(j, r, LINK_SUPPLIER_CODE, "supplier_code");
	number_json(j, r, LINK_ANNUAL_SPEND, "annual_spend");
	key_bool(j, "exception", lr.exception);
	key_day(j, "start", rec_day(r, LINK_START));
	key_day(j, "end", rec_day(r, LINK_END));
	json_obj_end(j);
}

static enum rc link_json_of(struct json *j, const struct chain_item_out *o, const struct chain_item *it)
{
	enum rc rc = RC_NOT_FOUND;
	struct rec link;

	json_key(j, "link");
	if (it->tier == 1)
		rc = link_get(o->r->txn, o->list->q.procurer, it->supplier, &link);
	if (!rc && link_active(&link, o->list->q.on))
		link_members(j, &link, o->tg);
	else
		json_nil(j);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc chain_item_more_json(struct json *j, const struct chain_item_out *o, const struct chain_item *it)
{
	struct txn *t = o->r->txn;

	json_key(j, "state");
	json_str(j, state_names[it->state]);
	key_day(j, "held_until", it->named ? held_until(t, it->supplier, o->list->q.on) : DAY_NONE);
	key_day(j, "expires_on", it->expires_on);
	key_bool(j, "at_risk", it->at_risk);
	key_bool(j, "unknown_below", it->unknown_below);
	json_key(j, "suppliers");
	json_uint(j, near_suppliers(o->list, t, it->supplier));
	enum rc rc = link_json_of(j, o, it);
	return rc ? rc : txn_rc(t);
}

enum rc chain_asked_json(struct json *j, const struct chain_item_out *o, uint32_t supplier)
{
	struct near_asked *a = arena_alloc(o->r->arena, ASKED_MAX * sizeof(*a));
	uint32_t viewer = o->list->q.procurer;
	uint64_t total;
	size_t n;
	enum rc rc = a ? near_asked_of(o->list, o->r->txn, supplier, ASKED_MAX, a, &n, &total) : RC_NOMEM;

	if (rc)
		return rc;
	json_key(j, "asked_by");
	json_arr(j);
	for (size_t i = 0; i < n; i++) {
		bool named = !veil_hides(&o->list->veil, a[i].procurer);
		json_obj(j);
		json_key(j, "procurer");
		shown_id_json(o->r, j, viewer, a[i].procurer, named);
		json_key(j, "name");
		shown_name_json(o->r, j, a[i].procurer, named);
		json_key(j, "tier");
		json_int(j, a[i].tier);
		json_key(j, "level");
		json_int(j, a[i].level);
		key_bool(j, "own", a[i].procurer == viewer);
		json_obj_end(j);
	}
	json_arr_end(j);
	json_key(j, "asked_by_total");
	json_uint(j, total);
	return RC_OK;
}
