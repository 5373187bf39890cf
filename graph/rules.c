/*
 * rules.c - which level a procurer asks of which link: targets decoded, rules matched
 * (domain.md, "Required level of a link"). Pure functions.
 */
#include "graph/rules.h"

#include "base/util.h"

enum { WHEN_ALL = 255 };

void rule_encode(struct buf *out, const struct rule *r)
{
	buf_varint(out, r->when);
	if (r->when & WHEN_CONFIDENTIAL)
		buf_addc(out, r->confidential);
	if (r->when & WHEN_CONTINUITY)
		buf_addc(out, r->continuity);
	if (r->when & WHEN_SYSTEM_ACCESS)
		buf_addc(out, r->system_access);
	if (r->when & WHEN_SOLE_SOURCE)
		buf_addc(out, r->sole_source);
	if (r->when & WHEN_CRITICALITY)
		buf_addc(out, (char)r->criticality);
	if (r->when & WHEN_RELATION)
		buf_addc(out, (char)r->relation);
	if (r->when & WHEN_DEPARTMENT)
		buf_lenbytes(out, r->department);
	if (r->when & WHEN_SPEND_MIN)
		buf_varint(out, (uint64_t)r->annual_spend_min);
	buf_addc(out, (char)r->level);
	buf_svarint(out, r->due);
}

static bool rule_decode(struct rd *rd, struct rule *r)
{
	*r = (struct rule){ .due = DAY_NONE };
	uint64_t when = rd_varint(rd);
	if (when > WHEN_ALL)
		return false;
	r->when = (unsigned)when;
	if (when & WHEN_CONFIDENTIAL)
		r->confidential = rd_u8(rd) != 0;
	if (when & WHEN_CONTINUITY)
		r->continuity = rd_u8(rd) != 0;
	if (when & WHEN_SYSTEM_ACCESS)
		r->system_access = rd_u8(rd) != 0;
	if (when & WHEN_SOLE_SOURCE)
		r->sole_source = rd_u8(rd) != 0;
	if (when & WHEN_CRITICALITY)
		r->criticality = rd_u8(rd);
	if (when & WHEN_RELATION)
		r->relation = rd_u8(rd);
	if (when & WHEN_DEPARTMENT)
		r->department = rd_lenbytes(rd);
	if (when & WHEN_SPEND_MIN)
		r->annual_spend_min = (int64_t)rd_varint(rd);
	r->level = rd_u8(rd);
	r->due = (int32_t)rd_svarint(rd);
	return !rd->bad && r->level <= 5 && r->criticality <= CRIT_LOW &&
	       r->relation <= RELATION_IT_SERVICE &&
	       (r->due == DAY_NONE || (r->due >= DAY_MIN && r->due <= DAY_MAX));
}

bool rules_decode(struct view v, struct rule *out, unsigned *out_n)
{
	struct rd rd = rd_of(v);
	unsigned n = 0;
	while (rd_more(&rd)) {
		if (n == RULES_MAX || !rule_decode(&rd, &out[n]))
			return false;
		n++;
	}
	*out_n = n;
	return !rd.bad;
}

/* METI's tree: any yes in Q1-Q3 asks for ★4, everybody else ★3. */
static void metis_tree(struct targets *t)
{
	t->metis_tree = true;
	t->n_rules = 4;
	t->rules[0] = (struct rule){ .when = WHEN_CONFIDENTIAL, .confidential = true, .level = 4, .due = DAY_NONE };
	t->rules[1] = (struct rule){ .when = WHEN_CONTINUITY, .continuity = true, .level = 4, .due = DAY_NONE };
	t->rules[2] = (struct rule){ .when = WHEN_SYSTEM_ACCESS, .system_access = true, .level = 4, .due = DAY_NONE };
	t->rules[3] = (struct rule){ .level = 3, .due = DAY_NONE };
}

bool rules_are_metis(struct view v)
{
	struct rule given[RULES_MAX];
	static const unsigned asked[] = { WHEN_CONFIDENTIAL, WHEN_CONTINUITY, WHEN_SYSTEM_ACCESS, 0 };
	unsigned n = 0;
	if (!rules_decode(v, given, &n) || n != ARRAY_LEN(asked))
		return false;
	for (unsigned i = 0; i < n; i++) {
		const struct rule *r = &given[i];
		bool yes = r->confidential || r->continuity || r->system_access;
		if (r->when != asked[i] || yes != (asked[i] != 0) || r->level != (asked[i] ? 4 : 3) ||
		    r->due != DAY_NONE)
			return false;
	}
	return true;
}

static bool tiers_decode(struct targets *t, struct view v)
{
	struct rd rd = rd_of(v);
	while (rd_more(&rd)) {
		uint8_t tier = rd_u8(&rd), level = rd_u8(&rd);
		if (rd.bad || tier < 2 || tier > TIER_MAX || level > 5)
			return false;
		t->tiers[tier] = level;
		t->tiers_set |= 1u << tier;
	}
	return true;
}

enum rc targets_decode(struct targets *t, struct view rec_bytes)
{
	struct rec r;
	t->present = true;
	t->metis_tree = false;
	t->own_level = OWN_LEVEL_DEFAULT;
	t->due = DAY_NONE;
	t->depth = DEPTH_DEFAULT;
	memset(t->tiers, 0, sizeof t->tiers);
	t->tiers_set = 0;
	t->n_rules = 0;
	if (!rec_bytes.p) {
		t->present = false;
		return RC_OK;
	}
	if (!rec_decode(&r, rec_bytes))
		return RC_DAMAGED;
	t->own_level = (int)rec_int(&r, TARGETS_OWN_LEVEL, OWN_LEVEL_DEFAULT);
	t->due = rec_day(&r, TARGETS_DUE);
	t->depth = (unsigned)rec_int(&r, TARGETS_DEPTH, DEPTH_DEFAULT);
	if (!rec_has(&r, TARGETS_RULES))
		metis_tree(t);
	else if (!rules_decode(r.f[TARGETS_RULES], t->rules, &t->n_rules))
		return RC_DAMAGED;
	if (rec_has(&r, TARGETS_TIERS) && !tiers_decode(t, r.f[TARGETS_TIERS]))
		return RC_DAMAGED;
	return RC_OK;
}

/* Unknown does not match true and matches false. */
static bool flag_matches(int flag, bool wanted)
{
	return wanted ? flag == 1 : flag != 1;
}

static bool rule_matches(const struct rule *r, const struct rec *k)
{
	if ((r->when & WHEN_CONFIDENTIAL) && !flag_matches(rec_bool(k, LINK_CONFIDENTIAL), r->confidential))
		return false;
	if ((r->when & WHEN_CONTINUITY) && !flag_matches(rec_bool(k, LINK_CONTINUITY), r->continuity))
		return false;
	if ((r->when & WHEN_SYSTEM_ACCESS) && !flag_matches(rec_bool(k, LINK_SYSTEM_ACCESS), r->system_access))
		return false;
	if ((r->when & WHEN_SOLE_SOURCE) && !flag_matches(rec_bool(k, LINK_SOLE_SOURCE), r->sole_source))
		return false;
	if ((r->when & WHEN_CRITICALITY) && rec_int(k, LINK_CRITICALITY, -1) != r->criticality)
		return false;
	if ((r->when & WHEN_RELATION) && rec_int(k, LINK_RELATION, -1) != r->relation)
		return false;
	if ((r->when & WHEN_DEPARTMENT) && !(rec_has(k, LINK_DEPARTMENT) && view_eq(k->f[LINK_DEPARTMENT], r->department)))
		return false;
	if ((r->when & WHEN_SPEND_MIN) && rec_int(k, LINK_ANNUAL_SPEND, 0) < r->annual_spend_min)
		return false;
	return true;
}

static void rules_level(const struct targets *t, const struct rec *link, struct level_result *out)
{
	out->rule = -1;
	out->rules_due = DAY_NONE;
	for (unsigned i = 0; i < t->n_rules; i++) {
		const struct rule *r = &t->rules[i];
		if (!rule_matches(r, link))
			continue;
		if (out->rule < 0 || r->level > out->rules_level) {
			out->rules_level = r->level;
			out->rule = (int)i;
			out->rules_due = r->due;
		} else if (r->level == out->rules_level && r->due != DAY_NONE &&
			   (out->rules_due == DAY_NONE || r->due < out->rules_due)) {
			out->rules_due = r->due;
		}
	}
}

void level_of_link(const struct targets *t, const struct rec *link, struct level_result *out)
{
	*out = (struct level_result){ .rule = -1, .rules_due = DAY_NONE };
	rules_level(t, link, out);
	if (rec_has(link, LINK_REQUIRED_LEVEL)) {
		out->level = (uint8_t)rec_int(link, LINK_REQUIRED_LEVEL, 0);
		out->source = LEVEL_EXPLICIT;
		out->exception = t->present && out->level < out->rules_level;
		return;
	}
	out->level = out->rules_level;
	out->source = out->rule >= 0 ? LEVEL_RULE : LEVEL_NONE;
	int q1 = rec_bool(link, LINK_CONFIDENTIAL), q2 = rec_bool(link, LINK_CONTINUITY),
	    q3 = rec_bool(link, LINK_SYSTEM_ACCESS);
	out->undecided = t->present && q1 != 1 && q2 != 1 && q3 != 1 && (q1 < 0 || q2 < 0 || q3 < 0);
}

int32_t link_due(const struct targets *t, const struct rec *link, const struct level_result *lr)
{
	if (rec_has(link, LINK_DUE))
		return rec_day(link, LINK_DUE);
	if (lr->source == LEVEL_RULE && lr->rules_due != DAY_NONE)
		return lr->rules_due;
	return t->due;
}

unsigned link_dependency(const struct rec *link, bool *out_defaulted)
{
	*out_defaulted = !rec_has(link, LINK_DEPENDENCY);
	if (!*out_defaulted)
		return (unsigned)rec_int(link, LINK_DEPENDENCY, 0);
	switch (rec_int(link, LINK_CRITICALITY, -1)) {
	case CRIT_HIGH:
		return 10000;
	case CRIT_LOW:
		return 1000;
	default:
		return 5000;
	}
}
