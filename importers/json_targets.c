/* json_targets.c - the rules and tiers of targets, from JSON. */
#include <stdio.h>

#include "base/text.h"
#include "base/util.h"
#include "graph/rules.h"
#include "importers/json_values.h"

#define DEPARTMENT_MAX 256

static const char *const when_names[] = { "confidential",  "continuity",  "system_access",
					  "sole_source",   "criticality", "relation",
					  "department",	   "annual_spend_min", NULL };

static enum rc when_bool(struct rule *r, size_t i, const json_t *v, const char *ptr, struct err *e)
{
	bool *const slots[] = { &r->confidential, &r->continuity, &r->system_access,
				&r->sole_source };

	if (!json_is_boolean(v))
		return jv_wrong(e, ptr, "true or false");
	*slots[i] = json_is_true(v);
	return RC_OK;
}

static enum rc when_choice(struct rule *r, bool relation, const json_t *v, const char *ptr,
			   struct err *e)
{
	int choice = 0;
	enum rc rc = jv_enum(field_by_id(ENT_LINK, relation ? LINK_RELATION : LINK_CRITICALITY), v,
			       ptr, &choice, e);

	if (relation)
		r->relation = (uint8_t)choice;
	else
		r->criticality = (uint8_t)choice;
	return rc;
}

static enum rc when_spend(struct rule *r, const json_t *v, const char *ptr, struct err *e)
{
	int64_t max = field_by_id(ENT_LINK, LINK_ANNUAL_SPEND)->max;
	enum rc rc = jv_int(v, ptr, &r->annual_spend_min, e);

	if (!rc && (r->annual_spend_min < 0 || r->annual_spend_min > max))
		rc = err_set(e, RC_OUT_OF_RANGE, ptr, "%lld (0-%lld)",
			     (long long)r->annual_spend_min, (long long)max);
	return rc;
}

static enum rc read_when(struct rule *r, const json_t *when, const char *base, struct err *e)
{
	enum rc rc = jv_check_members(when, base, when_names, e);

	for (size_t i = 0; !rc && when_names[i]; i++) {
		const json_t *v = jv_member(when, when_names[i]);
		char ptr[JSON_PTR];

		if (!v)
			continue;
		snprintf(ptr, sizeof(ptr), "%.40s/%s", base, when_names[i]);
		r->when |= 1u << i; /* the names stand in the order of the WHEN_ bits */
		if (i < 4)
			rc = when_bool(r, i, v, ptr, e);
		else if (i < 6)
			rc = when_choice(r, i == 5, v, ptr, e);
		else if (i == 7)
			rc = when_spend(r, v, ptr, e);
		else
			rc = jv_text(v, ptr, &r->department, e);
		if (!rc && i == 6 && r->department.n > DEPARTMENT_MAX)
			rc = err_set(e, RC_TOO_LONG, ptr, "%d", DEPARTMENT_MAX);
	}
	return rc;
}

static enum rc read_level(const json_t *v, const char *ptr, uint8_t *out, struct err *e)
{
	int64_t n = 0;
	enum rc rc;

	if (!v)
		return err_set(e, RC_REQUIRED, ptr, "level");
	rc = jv_int(v, ptr, &n, e);
	if (!rc && (n < 0 || n > 5))
		rc = err_set(e, RC_OUT_OF_RANGE, ptr, "%lld (0-5)", (long long)n);
	*out = (uint8_t)n;
	return rc;
}

static enum rc encode_rule(const char *name, size_t i, const json_t *v, struct buf *val,
			   struct err *e)
{
	static const char *const members[] = { "when", "level", "due", NULL };
	struct rule r = { .due = DAY_NONE };
	char ptr[JSON_PTR];
	enum rc rc = jv_check_members(v, jv_ptr(ptr, name, i, NULL), members, e);

	if (!rc && jv_member(v, "when"))
		rc = read_when(&r, jv_member(v, "when"), jv_ptr(ptr, name, i, "when"), e);
	if (!rc)
		rc = read_level(jv_member(v, "level"), jv_ptr(ptr, name, i, "level"), &r.level, e);
	if (!rc && jv_member(v, "due"))
		rc = jv_day(jv_member(v, "due"), jv_ptr(ptr, name, i, "due"), &r.due, e);
	if (!rc)
		rule_encode(val, &r);
	return rc;
}

enum rc jv_encode_rules(const struct field *f, const json_t *v, struct buf *val, struct err *e)
{
	enum rc rc = jv_check_list(f, v, e);

	for (size_t i = 0; !rc && i < json_array_size(v); i++)
		rc = encode_rule(f->name, i, json_array_get(v, i), val, e);
	return rc;
}

/* "2" to "24", written in no other way; 0: it is none. */
static unsigned tier_of(const char *name)
{
	unsigned t = 0;

	for (size_t i = 0; name[i]; i++) {
		if (name[i] < '0' || name[i] > '9' || i == 2 || (i == 0 && name[0] == '0'))
			return 0;
		t = t * 10 + (unsigned)(name[i] - '0');
	}
	return t >= 2 && t <= TIER_MAX ? t : 0;
}

enum rc jv_encode_tiers(const struct field *f, const json_t *v, struct buf *val, struct err *e)
{
	uint8_t levels[TIER_MAX + 1];
	bool set[TIER_MAX + 1] = { false };
	const char *name;
	const json_t *level;
	enum rc rc;

	if (!json_is_object(v))
		return jv_wrong(e, f->name, "object");
	json_object_foreach(jv_mutable(v), name, level) {
		unsigned t = tier_of(name);
		char ptr[JSON_PTR];

		snprintf(ptr, sizeof(ptr), "%s/%.40s", f->name, name);
		if (t == 0)
			return err_set(e, RC_OUT_OF_RANGE, ptr, "%s (2-24)", name);
		if (json_is_null(level))
			continue;
		rc = read_level(level, ptr, &levels[t], e);
		if (rc)
			return rc;
		set[t] = true;
	}
	for (unsigned t = 2; t <= TIER_MAX; t++) {
		if (!set[t])
			continue;
		buf_addc(val, (char)t);
		buf_addc(val, (char)levels[t]);
	}
	return RC_OK;
}
