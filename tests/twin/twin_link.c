/* twin_link.c - one link: its level, its visibility, its clauses. */
#include "tests/twin/twin.h"

#include <stdlib.h>
#include <string.h>

bool twin_active(const struct w_link *l, int32_t day)
{
	return l->there && (l->start == DAY_NONE || l->start <= day) &&
	       (l->end == DAY_NONE || day <= l->end);
}

bool twin_visible(const struct w_link *l, int viewer, int32_t day)
{
	if (l->procurer == viewer || l->disclosure != DISC_PRIVATE)
		return true;
	for (unsigned i = 0; i < l->n_grants; i++)
		if (l->grant[i].viewer == viewer &&
		    (l->grant[i].until == DAY_NONE || day <= l->grant[i].until))
			return true;
	return false;
}

bool twin_names(const struct w_link *l, int viewer, int32_t day)
{
	bool granted = false;

	for (unsigned i = 0; i < l->n_grants; i++)
		granted = granted || (l->grant[i].viewer == viewer && l->grant[i].form == GRANT_NAMED &&
				      (l->grant[i].until == DAY_NONE || day <= l->grant[i].until));
	return l->procurer == viewer || (l->disclosure != DISC_PRIVATE && l->disclosure != DISC_ANONYMOUS) || granted;
}

unsigned twin_dependency(const struct w_link *l)
{
	if (l->dependency >= 0)
		return (unsigned)l->dependency;
	if (l->criticality == CRIT_HIGH)
		return 10000;
	if (l->criticality == CRIT_LOW)
		return 1000;
	return 5000; /* medium, or not known either */
}

/* ---- the level asked ---- */

static bool is(int known, int wanted) /* unknown does not match true and matches false */
{
	return (known > 0) == (wanted > 0);
}

static bool matches(const struct w_rule *r, const struct w_link *l)
{
	int64_t spend = l->spend < 0 ? 0 : l->spend;

	if ((r->when & WHEN_CONFIDENTIAL) && !is(l->confidential, r->confidential))
		return false;
	if ((r->when & WHEN_CONTINUITY) && !is(l->continuity, r->continuity))
		return false;
	if ((r->when & WHEN_SYSTEM_ACCESS) && !is(l->system_access, r->system_access))
		return false;
	if ((r->when & WHEN_SOLE_SOURCE) && !is(l->sole_source, r->sole_source))
		return false;
	if ((r->when & WHEN_CRITICALITY) && l->criticality != r->criticality)
		return false;
	if ((r->when & WHEN_RELATION) && l->relation != r->relation)
		return false;
	if ((r->when & WHEN_DEPARTMENT) && strcmp(l->department, r->department) != 0)
		return false;
	return !(r->when & WHEN_SPEND_MIN) || spend >= r->spend_min;
}

static const struct w_rule metis_tree[] = {
	{ .when = WHEN_CONFIDENTIAL, .confidential = 1, .level = 4, .due = DAY_NONE },
	{ .when = WHEN_CONTINUITY, .continuity = 1, .level = 4, .due = DAY_NONE },
	{ .when = WHEN_SYSTEM_ACCESS, .system_access = 1, .level = 4, .due = DAY_NONE },
	{ .when = 0, .level = 3, .due = DAY_NONE },
};

struct twin_asked twin_asked(const struct world *w, const struct w_link *l)
{
	const struct w_targets *t = &w->org[l->procurer].targets;
	const struct w_rule *rules = t->rules_written ? t->rule : metis_tree;
	unsigned n = !t->there ? 0 : t->rules_written ? t->n_rules : 4;
	struct twin_asked a = { .rule = -1, .rules_due = DAY_NONE };
	bool any_match = false;

	for (unsigned i = 0; i < n; i++)
		if (matches(&rules[i], l)) {
			any_match = true;
			if (rules[i].level > a.rules_level)
				a.rules_level = rules[i].level;
		}
	a.explicit_level = l->required >= 0;
	a.by_rule = !a.explicit_level && any_match;
	a.level = a.explicit_level ? l->required : a.rules_level;
	for (unsigned i = 0; a.by_rule && i < n; i++) {
		if (!matches(&rules[i], l) || rules[i].level != a.level)
			continue;
		if (a.rule < 0)
			a.rule = (int)i;
		if (rules[i].due != DAY_NONE && (a.rules_due == DAY_NONE || rules[i].due < a.rules_due))
			a.rules_due = rules[i].due;
	}
	a.exception = a.explicit_level && l->required < a.rules_level;
	a.undecided = t->there && !a.explicit_level && l->confidential != 1 && l->continuity != 1 &&
		      l->system_access != 1 &&
		      (l->confidential < 0 || l->continuity < 0 || l->system_access < 0);
	return a;
}

/* ---- clauses ---- */

enum tri { NO, YES, UNKNOWN };

static enum tri tri(int flag)
{
	return flag < 0 ? UNKNOWN : flag ? YES : NO;
}

static enum tri either(enum tri a, enum tri b)
{
	if (a == YES || b == YES)
		return YES;
	return a == UNKNOWN || b == UNKNOWN ? UNKNOWN : NO;
}

static enum tri due(const struct w_link *l, enum clause_no no, int own_level, int32_t on)
{
	enum tri q1 = tri(l->confidential), q2 = tri(l->continuity), q3 = tri(l->system_access);

	if (no == CL_2_1_5) {
		if (own_level < 4 || l->end == DAY_NONE || l->end >= on)
			return NO;
		return either(q1, q3);
	}
	if (!twin_active(l, on))
		return NO;
	if (no == CL_2_1_1)
		return YES;
	if (no == CL_2_1_2 || no == CL_2_1_4)
		return q1;
	if (no == CL_3_1_3)
		return l->relation == RELATION_IT_SERVICE ? q1 : NO;
	return own_level >= 4 ? either(either(q1, q2), q3) : NO;
}

static bool missing_or_old(int32_t day, int32_t on)
{
	return day == DAY_NONE || on - day > 365;
}

static unsigned faults(const struct w_clause *c, enum clause_no no, int32_t on)
{
	unsigned why = 0;

	if (c->status == CLAUSE_WAIVED)
		return 0;
	if (c->status != CLAUSE_AGREED)
		why |= CR_NOT_AGREED;
	if (c->review_by != DAY_NONE && c->review_by < on)
		why |= CR_REVIEW_PASSED;
	if (no == CL_2_1_1 && missing_or_old(c->reviewed_on, on))
		why |= CR_NOT_REVIEWED;
	if (no == CL_2_1_3 && missing_or_old(c->checked_on, on))
		why |= CR_NOT_CHECKED;
	if (no == CL_2_1_3 && c->result == RESULT_FAILED)
		why |= CR_CHECK_FAILED;
	if (no == CL_2_1_5 && c->confirmed_on == DAY_NONE)
		why |= CR_NOT_CONFIRMED;
	return why;
}

void twin_clauses(const struct world *w, const struct w_link *l, int32_t on, struct clause_view *out)
{
	static const struct w_clause unwritten = { .status = CLAUSE_MISSING, .result = -1,
						   .agreed_on = DAY_NONE, .review_by = DAY_NONE,
						   .reviewed_on = DAY_NONE, .checked_on = DAY_NONE,
						   .confirmed_on = DAY_NONE };
	const struct w_targets *t = &w->org[l->procurer].targets;
	int own_level = t->there && t->own_level >= 0 ? t->own_level : 3;

	memset(out, 0, sizeof(*out));
	for (int i = 0; i < CL__COUNT; i++) {
		enum clause_no no = (enum clause_no)i;
		const struct w_clause *c = l->clause[no].there ? &l->clause[no] : &unwritten;
		enum tri is_due = due(l, no, own_level, on);

		out->status[no] = (enum clause_status)c->status;
		out->late[no] = c->status == CLAUSE_AGREED && l->start != DAY_NONE &&
				c->agreed_on > l->start;
		if (is_due == UNKNOWN) {
			out->state[no] = CS_UNDETERMINED;
		} else if (is_due == YES) {
			out->reasons[no] = faults(c, no, on);
			out->state[no] = out->reasons[no] ? CS_GAP : CS_FINE;
		} else {
			out->state[no] = CS_NOT_DUE;
		}
	}
}
