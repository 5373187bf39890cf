/* world_print.c - a world as text, for reports of differences. */
#include "tests/twin/world.h"

#include <inttypes.h>

#include "graph/field.h"

static void put_day(FILE *f, const char *name, int32_t day)
{
	char text[DAY_TEXT];

	if (day == DAY_NONE)
		return;
	day_format(day, text);
	fprintf(f, " %s=%s", name, text);
}

static void put_int(FILE *f, const char *name, int64_t v)
{
	if (v >= 0)
		fprintf(f, " %s=%" PRId64, name, v);
}

static void put_enum(FILE *f, enum ent e, unsigned id, int v)
{
	const struct field *fd = field_by_id(e, (uint8_t)id);

	if (v >= 0 && fd)
		fprintf(f, " %s=%s", fd->name, fd->names[v].name);
}

static void print_cert(const struct w_cert *c, FILE *f)
{
	fprintf(f, "    certificate %s %s", c->name, c->scheme);
	put_int(f, "level", c->level);
	put_day(f, "issued", c->issued);
	put_day(f, "expires", c->expires);
	put_day(f, "revoked", c->revoked);
	for (unsigned i = 0; i < c->n_susp; i++) {
		put_day(f, "suspended", c->susp[i].from);
		put_day(f, "to", c->susp[i].to);
	}
	put_enum(f, ENT_CERT, CERT_SCOPE, c->scope);
	put_enum(f, ENT_CERT, CERT_EVIDENCE, c->evidence);
	for (unsigned i = 0; i < c->n_self; i++)
		put_day(f, "self", c->self[i]);
	fputc('\n', f);
}

static void print_targets(const struct w_targets *t, FILE *f)
{
	fputs("    targets", f);
	put_int(f, "own_level", t->own_level);
	put_int(f, "depth", t->depth);
	put_day(f, "due", t->due);
	for (unsigned i = 1; i <= TIER_MAX; i++)
		if (t->tiers[i] >= 0)
			fprintf(f, " tier%u=%d", i, t->tiers[i]);
	fputs(t->rules_written ? " rules:\n" : " (METI's tree)\n", f);
	for (unsigned i = 0; i < t->n_rules; i++) {
		const struct w_rule *r = &t->rule[i];

		fprintf(f, "      rule %u: level=%d", i, r->level);
		put_day(f, "due", r->due);
		if (r->when & WHEN_CONFIDENTIAL)
			put_int(f, "confidential", r->confidential);
		if (r->when & WHEN_CONTINUITY)
			put_int(f, "continuity", r->continuity);
		if (r->when & WHEN_SYSTEM_ACCESS)
			put_int(f, "system_access", r->system_access);
		if (r->when & WHEN_SOLE_SOURCE)
			put_int(f, "sole_source", r->sole_source);
		if (r->when & WHEN_CRITICALITY)
			put_enum(f, ENT_LINK, LINK_CRITICALITY, r->criticality);
		if (r->when & WHEN_RELATION)
			put_enum(f, ENT_LINK, LINK_RELATION, r->relation);
		if (r->when & WHEN_DEPARTMENT)
			fprintf(f, " department='%s'", r->department);
		if (r->when & WHEN_SPEND_MIN)
			put_int(f, "spend_min", r->spend_min);
		fputc('\n', f);
	}
}

static void print_clause(const struct w_clause *c, int no, FILE *f)
{
	fprintf(f, "    clause %s", clause_names[no]);
	put_enum(f, ENT_CLAUSE, CLAUSE_STATUS, c->status);
	put_day(f, "agreed_on", c->agreed_on);
	put_day(f, "review_by", c->review_by);
	put_day(f, "reviewed_on", c->reviewed_on);
	put_day(f, "checked_on", c->checked_on);
	put_enum(f, ENT_CLAUSE, CLAUSE_RESULT, c->result);
	put_day(f, "confirmed_on", c->confirmed_on);
	fputc('\n', f);
}

static void print_link(const struct world *w, const struct w_link *l, FILE *f)
{
	fprintf(f, "  link %d -> %d:", l->procurer, l->supplier);
	put_int(f, "required", l->required);
	put_day(f, "due", l->due);
	put_day(f, "planned_on", l->planned_on);
	put_day(f, "start", l->start);
	put_day(f, "end", l->end);
	put_day(f, "until", l->until);
	put_int(f, "q1", l->confidential);
	put_int(f, "q2", l->continuity);
	put_int(f, "q3", l->system_access);
	put_int(f, "sole_source", l->sole_source);
	put_enum(f, ENT_LINK, LINK_CRITICALITY, l->criticality);
	put_enum(f, ENT_LINK, LINK_RELATION, l->relation);
	put_enum(f, ENT_LINK, LINK_DISCLOSURE, l->disclosure);
	put_enum(f, ENT_LINK, LINK_SCOPE_FIT, l->scope_fit);
	if (l->department[0])
		fprintf(f, " department='%s'", l->department);
	if (l->owner[0])
		fprintf(f, " owner='%s'", l->owner);
	if (l->code[0])
		fprintf(f, " code=%s", l->code);
	put_int(f, "spend", l->spend);
	put_int(f, "dependency", l->dependency);
	for (unsigned i = 0; i < l->n_grants; i++) {
		fprintf(f, " grant(%d %s", l->grant[i].viewer,
			l->grant[i].form == GRANT_NAMED ? "named" : "anonymous");
		put_day(f, "until", l->grant[i].until);
		fputc(')', f);
	}
	fputc('\n', f);
	for (int no = 0; no < CL__COUNT; no++)
		if (l->clause[no].there)
			print_clause(&l->clause[no], no, f);
	(void)w;
}

void world_print(const struct world *w, FILE *f)
{
	fprintf(f, "world seed=%" PRIu64, w->seed);
	put_day(f, "today", w->today);
	fputc('\n', f);
	for (unsigned o = 0; o < w->n_orgs; o++) {
		const struct w_org *org = &w->org[o];

		if (!org->there)
			continue;
		fprintf(f, "  org %u (number %u): %s", o, w->num[o], org->id);
		if (org->parent >= 0)
			fprintf(f, " parent=%d", org->parent);
		put_day(f, "attested", org->attested);
		fputc('\n', f);
		for (unsigned i = 0; i < W_CERTS; i++)
			if (org->cert[i].there)
				print_cert(&org->cert[i], f);
		if (org->targets.there)
			print_targets(&org->targets, f);
	}
	for (unsigned i = 0; i < w->n_links; i++)
		if (w->link[i].there)
			print_link(w, &w->link[i], f);
}
