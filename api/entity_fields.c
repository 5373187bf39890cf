/*
 * entity_fields.c - a record's fields as JSON: the type of a field says how its bytes are written, so
 * that no entity has a writer of its own for what the table knows.
 */
#include "api/entity_out.h"

#include <stdio.h>

#include "graph/contacts.h"

#define BIT(id) ((uint64_t)1 << (id))

static int64_t one_int(struct view v)
{
	struct rd r = rd_of(v);

	return rd_svarint(&r);
}

static void strs_json(struct json *j, struct view v)
{
	struct rd r = rd_of(v);

	json_arr(j);
	while (rd_more(&r)) {
		struct view s = rd_lenbytes(&r);
		if (!r.bad)
			json_strv(j, s);
	}
	json_arr_end(j);
}

static void dates_json(struct json *j, struct view v)
{
	struct rd r = rd_of(v);

	json_arr(j);
	while (rd_more(&r)) {
		int64_t day = rd_svarint(&r);
		if (!r.bad)
			json_day(j, (int32_t)day);
	}
	json_arr_end(j);
}

void entity_periods_json(struct json *j, struct view v)
{
	struct rd r = rd_of(v);

	json_arr(j);
	while (rd_more(&r)) {
		int64_t from = rd_svarint(&r), to = rd_svarint(&r);
		if (r.bad)
			break;
		json_obj(j);
		json_key(j, "from");
		json_day(j, (int32_t)from);
		json_key(j, "to");
		json_day(j, (int32_t)to);
		json_obj_end(j);
	}
	json_arr_end(j);
}

static void grants_json(struct json *j, struct view v)
{
	struct rd r = rd_of(v);

	json_arr(j);
	while (rd_more(&r)) {
		struct view viewer = rd_lenbytes(&r);
		uint8_t form = rd_u8(&r);
		int64_t until = rd_svarint(&r);
		if (r.bad)
			break;
		json_obj(j);
		json_key(j, "viewer");
		json_strv(j, viewer);
		json_key(j, "form");
		json_str(j, form == GRANT_ANONYMOUS ? "anonymous" : "named");
		if (until != DAY_NONE) {
			json_key(j, "until");
			json_day(j, (int32_t)until);
		}
		json_obj_end(j);
	}
	json_arr_end(j);
}

void entity_contact_json(struct json *j, const struct contact *c)
{
	json_obj(j);
	for (int i = 0; i < CP__COUNT; i++) {
		if (c->part[i].n == 0)
			continue;
		json_key(j, contact_part_names[i]);
		json_strv(j, c->part[i]);
	}
	json_obj_end(j);
}

void entity_contacts_json(struct json *j, struct txn *t, struct view ref)
{
	struct view bytes;
	struct contact c;

	json_arr(j);
	if (personal_get(t, ref, &bytes) == RC_OK) {
		struct rd r = rd_of(bytes);
		while (contact_next(&r, &c))
			entity_contact_json(j, &c);
	}
	json_arr_end(j);
}

static void when_bool(struct json *j, const struct rule *r, unsigned bit, const char *name, bool v)
{
	if (!(r->when & bit))
		return;
	json_key(j, name);
	json_bool(j, v);
}

const char *entity_enum_text(enum ent ent, unsigned id, int64_t v)
{
	const struct field *f = field_by_id(ent, (uint8_t)id);
	int64_t n = 0;

	while (f && f->names && f->names[n].name)
		n++;
	return v >= 0 && v < n ? f->names[v].name : NULL;
}

static void when_json(struct json *j, const struct rule *r)
{
	json_obj(j);
	when_bool(j, r, WHEN_CONFIDENTIAL, "confidential", r->confidential);
	when_bool(j, r, WHEN_CONTINUITY, "continuity", r->continuity);
	when_bool(j, r, WHEN_SYSTEM_ACCESS, "system_access", r->system_access);
	when_bool(j, r, WHEN_SOLE_SOURCE, "sole_source", r->sole_source);
	if (r->when & WHEN_CRITICALITY) {
		json_key(j, "criticality");
		json_str(j, entity_enum_text(ENT_LINK, LINK_CRITICALITY, r->criticality));
	}
	if (r->when & WHEN_RELATION) {
		json_key(j, "relation");
		json_str(j, entity_enum_text(ENT_LINK, LINK_RELATION, r->relation));
	}
	if (r->when & WHEN_DEPARTMENT) {
		json_key(j, "department");
		json_strv(j, r->department);
	}
	if (r->when & WHEN_SPEND_MIN) {
		json_key(j, "annual_spend_min");
		json_int(j, r->annual_spend_min);
	}
	json_obj_end(j);
}

void entity_rules_json(struct json *j, const struct rule *rules, unsigned n)
{
	json_arr(j);
	for (unsigned i = 0; i < n; i++) {
		json_obj(j);
		json_key(j, "when");
		when_json(j, &rules[i]);
		json_key(j, "level");
		json_int(j, rules[i].level);
		if (rules[i].due != DAY_NONE) {
			json_key(j, "due");
			json_day(j, rules[i].due);
		}
		json_obj_end(j);
	}
	json_arr_end(j);
}

static void rules_value_json(struct json *j, struct view v)
{
	struct rule rules[RULES_MAX];
	unsigned n = 0;

	if (!rules_decode(v, rules, &n))
		n = 0;
	entity_rules_json(j, rules, n);
}

void entity_tiers_json(struct json *j, struct view v)
{
	const uint8_t *p = v.p;
	char key[4];

	json_obj(j);
	for (size_t i = 0; i + 1 < v.n; i += 2) {
		snprintf(key, sizeof(key), "%u", p[i]);
		json_key(j, key);
		json_int(j, p[i + 1]);
	}
	json_obj_end(j);
}

void entity_value_json(struct json *j, struct txn *t, enum ent ent, const struct field *f, struct view v)
{
	switch (f->type) {
	case FT_BOOL:
		json_bool(j, v.n && *(const uint8_t *)v.p);
		return;
	case FT_INT:
		json_int(j, one_int(v));
		return;
	case FT_ENUM:
		json_str(j, entity_enum_text(ent, f->id, one_int(v)));
		return;
	case FT_DATE:
		json_day(j, (int32_t)one_int(v));
		return;
	case FT_DEC4:
		json_dec4(j, one_int(v));
		return;
	case FT_STR:
	case FT_ORG:
		json_strv(j, v);
		return;
	case FT_STRS:
		strs_json(j, v);
		return;
	case FT_DATES:
		dates_json(j, v);
		return;
	case FT_PERIODS:
		entity_periods_json(j, v);
		return;
	case FT_GRANTS:
		grants_json(j, v);
		return;
	case FT_JSON:
		json_raw(j, v);
		return;
	case FT_CONTACTS:
		entity_contacts_json(j, t, v);
		return;
	case FT_RULES:
		rules_value_json(j, v);
		return;
	case FT_TIERS:
		entity_tiers_json(j, v);
		return;
	}
}

void entity_fields_json(struct json *j, struct txn *t, enum ent ent, const struct rec *r,
			uint64_t skip)
{
	const struct entity *en = &entities[ent];

	for (size_t i = 0; i < en->n_fields; i++) {
		const struct field *f = &en->fields[i];
		if (skip & BIT(f->id) || !rec_has(r, f->id))
			continue;
		json_key(j, f->name);
		entity_value_json(j, t, ent, f, r->f[f->id]);
	}
}
