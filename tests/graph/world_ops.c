/* world_ops.c - a world as operations; see world_ops.h. */
#include "tests/graph/world_ops.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* What an op does with fields that are absent in the world. */
enum style { WHOLE, /* PUT: absent fields are left out */
	     CLEARS /* MERGE: absent fields are cleared by name */ };

static void *grown(void *p, size_t n)
{
	p = realloc(p, n);
	if (!p)
		abort();
	return p;
}

void ops_init(struct op_list *l, uint64_t seed)
{
	*l = (struct op_list){ .rng = { seed }, .arena = arena_new() };
	if (!l->arena)
		abort();
}

void ops_done(struct op_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		buf_done(&l->fields[i]);
	free(l->op);
	free(l->fields);
	free(l->group_start);
	free(l->group_rank);
	arena_free(l->arena);
	*l = (struct op_list){ 0 };
}

static void group(struct op_list *l, int rank)
{
	if (l->n_groups == l->cap_groups) {
		l->cap_groups = l->cap_groups * 2 + 64;
		l->group_start = grown(l->group_start, l->cap_groups * sizeof(size_t));
		l->group_rank = grown(l->group_rank, l->cap_groups * sizeof(int));
	}
	l->group_rank[l->n_groups] = rank;
	l->group_start[l->n_groups++] = l->n;
}

static struct buf *add(struct op_list *l, enum op_kind kind, enum ent ent, struct view a,
		       struct view b, struct view c)
{
	if (l->n == l->cap) {
		l->cap = l->cap * 2 + 64;
		l->op = grown(l->op, l->cap * sizeof(l->op[0]));
		l->fields = grown(l->fields, l->cap * sizeof(l->fields[0]));
	}
	l->op[l->n] = (struct op){ .kind = (uint8_t)kind, .ent = (uint8_t)ent,
				   .a = arena_copy(l->arena, a), .b = arena_copy(l->arena, b),
				   .c = arena_copy(l->arena, c),
				   .flags = l->stubs && kind != OP_DELETE ? OPF_STUBS : 0 };
	l->fields[l->n] = BUF_INIT;
	return &l->fields[l->n++];
}

/* An organisation by its id or, sometimes, its alias. */
static struct view name_of(struct op_list *l, const struct world *w, int o)
{
	const struct w_org *org = &w->org[o];
	bool by_alias = org->alias[0] && !l->stubs && rng_chance(&l->rng, 30);

	return view_str(by_alias ? org->alias : org->id);
}

/* ---- fields ---- */

static void put_num(struct buf *b, enum style s, unsigned id, int64_t v)
{
	if (v >= 0)
		fl_int(b, id, v);
	else if (s == CLEARS)
		fl_clear(b, id);
}

static void put_bool(struct buf *b, enum style s, unsigned id, int v)
{
	if (v >= 0)
		fl_bool(b, id, v);
	else if (s == CLEARS)
		fl_clear(b, id);
}

static void put_day(struct buf *b, enum style s, unsigned id, int32_t day)
{
	if (day != DAY_NONE)
		fl_int(b, id, day);
	else if (s == CLEARS)
		fl_clear(b, id);
}

static void put_text(struct buf *b, enum style s, unsigned id, const char *text)
{
	if (text[0])
		fl_bytes(b, id, view_str(text));
	else if (s == CLEARS)
		fl_clear(b, id);
}

static void put_bytes(struct buf *b, enum style s, unsigned id, struct buf *v)
{
	if (v->n)
		fl_bytes(b, id, buf_view(v));
	else if (s == CLEARS)
		fl_clear(b, id);
	buf_done(v);
}

/* ---- organisations ---- */

const char *world_name(const struct w_org *o)
{
	switch (strlen(o->id) % 2 ? o->id[strlen(o->id) - 1] % 5 : 4) {
	case 0:
		return o->id;
	case 1:
	case 2:
		return "架空商事株式会社";
	default:
		return o->id + 3;
	}
}

void ops_org(struct op_list *l, const struct world *w, int o)
{
	const struct w_org *org = &w->org[o];
	bool merge = rng_chance(&l->rng, 30);
	enum style s = merge ? CLEARS : WHOLE;
	struct buf aliases = BUF_INIT, *f;

	f = add(l, merge ? OP_MERGE : OP_PUT, ENT_ORG, view_str(org->id), (struct view){ 0 },
		(struct view){ 0 });
	fl_bytes(f, ORG_NAME, view_str(world_name(org)));
	fl_int(f, ORG_KIND, org->kind);
	if (org->parent >= 0 && rng_chance(&l->rng, 70))
		fl_bytes(f, ORG_PARENT, view_str(w->org[org->parent].id));
	if (org->alias[0])
		buf_lenbytes(&aliases, view_str(org->alias));
	put_bytes(f, s, ORG_ALIASES, &aliases);
	put_day(f, s, ORG_SUBTIER_ATTESTED_ON, org->attested);
}

void ops_org_gone(struct op_list *l, const struct world *w, int o)
{
	add(l, OP_DELETE, ENT_ORG, name_of(l, w, o), (struct view){ 0 }, (struct view){ 0 });
	l->op[l->n - 1].flags = OPF_CASCADE;
}

/* ---- links ---- */

static void grants(struct op_list *l, const struct world *w, const struct w_link *k, struct buf *out)
{
	for (unsigned i = 0; i < k->n_grants; i++) {
		buf_lenbytes(out, name_of(l, w, k->grant[i].viewer));
		buf_addc(out, (char)k->grant[i].form);
		buf_svarint(out, k->grant[i].until);
	}
}

static void link_fields(struct op_list *l, const struct world *w, const struct w_link *k,
			struct buf *f, enum style s)
{
	struct buf given = BUF_INIT;

	put_num(f, s, LINK_REQUIRED_LEVEL, k->required);
	put_day(f, s, LINK_DUE, k->due);
	put_num(f, s, LINK_RELATION, k->relation);
	put_num(f, s, LINK_CRITICALITY, k->criticality);
	put_bool(f, s, LINK_CONFIDENTIAL, k->confidential);
	put_bool(f, s, LINK_CONTINUITY, k->continuity);
	put_bool(f, s, LINK_SYSTEM_ACCESS, k->system_access);
	put_bool(f, s, LINK_SOLE_SOURCE, k->sole_source);
	put_num(f, s, LINK_ANNUAL_SPEND, k->spend);
	put_num(f, s, LINK_DEPENDENCY, k->dependency);
	put_num(f, s, LINK_DISCLOSURE, k->disclosure);
	grants(l, w, k, &given);
	put_bytes(f, s, LINK_GRANTS, &given);
	put_num(f, s, LINK_SCOPE_FIT, k->scope_fit);
	put_text(f, s, LINK_SUPPLIER_CODE, k->code);
	put_text(f, s, LINK_DEPARTMENT, k->department);
	put_text(f, s, LINK_OWNER, k->owner);
	put_day(f, s, LINK_UNTIL, k->until);
	put_day(f, s, LINK_PLANNED_ON, k->planned_on);
	put_day(f, s, LINK_START, k->start);
	put_day(f, s, LINK_END, k->end);
}

/* At once, or first as something else and then corrected field by field. */
void ops_link(struct op_list *l, const struct world *w, const struct w_link *k, bool with_clauses)
{
	bool twice = rng_chance(&l->rng, 25);

	if (twice) {
		struct buf *f = add(l, OP_PUT, ENT_LINK, name_of(l, w, k->procurer),
				    name_of(l, w, k->supplier), (struct view){ 0 });
		put_num(f, WHOLE, LINK_REQUIRED_LEVEL, rng_below(&l->rng, 6));
		put_bool(f, WHOLE, LINK_CONFIDENTIAL, rng_chance(&l->rng, 50));
		put_num(f, WHOLE, LINK_DISCLOSURE, rng_below(&l->rng, 3));
		put_day(f, WHOLE, LINK_END, world_day(w, &l->rng));
	}
	struct view a = name_of(l, w, k->procurer), b = name_of(l, w, k->supplier);
	bool merge = twice || rng_chance(&l->rng, 20);

	link_fields(l, w, k, add(l, merge ? OP_MERGE : OP_PUT, ENT_LINK, a, b, (struct view){ 0 }),
		    merge ? CLEARS : WHOLE);
	for (int no = 0; with_clauses && no < CL__COUNT; no++)
		if (k->clause[no].there)
			ops_clause(l, w, k, no);
}

void ops_link_gone(struct op_list *l, const struct world *w, int procurer, int supplier)
{
	add(l, OP_DELETE, ENT_LINK, name_of(l, w, procurer), name_of(l, w, supplier),
	    (struct view){ 0 });
}

void ops_clause(struct op_list *l, const struct world *w, const struct w_link *k, int no)
{
	const struct w_clause *c = &k->clause[no];
	struct buf *f = add(l, OP_PUT, ENT_CLAUSE, name_of(l, w, k->procurer),
			    name_of(l, w, k->supplier), view_str(clause_names[no]));

	put_num(f, WHOLE, CLAUSE_STATUS, c->status);
	if (c->status == CLAUSE_WAIVED)
		put_text(f, WHOLE, CLAUSE_REASON, "なし");
	put_day(f, WHOLE, CLAUSE_AGREED_ON, c->agreed_on);
	put_day(f, WHOLE, CLAUSE_REVIEW_BY, c->review_by);
	put_day(f, WHOLE, CLAUSE_REVIEWED_ON, c->reviewed_on);
	put_day(f, WHOLE, CLAUSE_CHECKED_ON, c->checked_on);
	put_num(f, WHOLE, CLAUSE_RESULT, c->result);
	put_day(f, WHOLE, CLAUSE_CONFIRMED_ON, c->confirmed_on);
}

void ops_clause_gone(struct op_list *l, const struct world *w, int procurer, int supplier, int no)
{
	add(l, OP_DELETE, ENT_CLAUSE, name_of(l, w, procurer), name_of(l, w, supplier),
	    view_str(clause_names[no]));
}

/* ---- certificates ---- */

static int by_day(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

/* Once for each suspension, so that the earlier ones become earlier ones. */
void ops_cert(struct op_list *l, const struct world *w, int o, const struct w_cert *c)
{
	for (unsigned i = 0; i == 0 || i < c->n_susp; i++) {
		struct buf *f = add(l, OP_PUT, ENT_CERT, name_of(l, w, o), view_str(c->name),
				    (struct view){ 0 });
		struct buf days = BUF_INIT;
		int32_t self[W_SELF];

		put_text(f, WHOLE, CERT_SCHEME, c->scheme);
		put_num(f, WHOLE, CERT_LEVEL, c->level);
		put_day(f, WHOLE, CERT_ISSUED, c->issued);
		put_day(f, WHOLE, CERT_EXPIRES, c->expires);
		if (i < c->n_susp) {
			put_day(f, WHOLE, CERT_SUSPENDED_FROM, c->susp[i].from);
			put_day(f, WHOLE, CERT_SUSPENDED_TO, c->susp[i].to);
		}
		put_day(f, WHOLE, CERT_REVOKED_ON, c->revoked);
		put_num(f, WHOLE, CERT_SCOPE, c->scope);
		put_num(f, WHOLE, CERT_EVIDENCE, c->evidence);
		memcpy(self, c->self, sizeof(self));
		qsort(self, c->n_self, sizeof(self[0]), by_day);
		for (unsigned d = 0; d < c->n_self; d++)
			buf_svarint(&days, self[d]);
		put_bytes(f, WHOLE, CERT_SELF_ASSESSMENTS, &days);
	}
}

void ops_cert_gone(struct op_list *l, const struct world *w, int o, const char *name)
{
	add(l, OP_DELETE, ENT_CERT, name_of(l, w, o), view_str(name), (struct view){ 0 });
}

/* ---- targets ---- */

static struct rule rule_of(const struct w_rule *r)
{
	return (struct rule){ .when = r->when, .confidential = r->confidential,
			      .continuity = r->continuity, .system_access = r->system_access,
			      .sole_source = r->sole_source, .criticality = (uint8_t)r->criticality,
			      .relation = (uint8_t)r->relation,
			      .department = view_str(r->department),
			      .annual_spend_min = r->spend_min, .level = (uint8_t)r->level,
			      .due = r->due };
}

void ops_targets(struct op_list *l, const struct world *w, int o)
{
	const struct w_targets *t = &w->org[o].targets;
	struct buf *f = add(l, OP_PUT, ENT_TARGETS, name_of(l, w, o), (struct view){ 0 },
			    (struct view){ 0 });
	struct buf rules = BUF_INIT, tiers = BUF_INIT;

	put_num(f, WHOLE, TARGETS_OWN_LEVEL, t->own_level);
	for (unsigned i = 0; i < t->n_rules; i++) {
		struct rule r = rule_of(&t->rule[i]);
		rule_encode(&rules, &r);
	}
	if (t->rules_written)
		fl_bytes(f, TARGETS_RULES, rules.n ? buf_view(&rules) : VIEW_LIT(""));
	buf_done(&rules);
	for (unsigned tier = 2; tier <= TIER_MAX; tier++)
		if (t->tiers[tier] >= 0) {
			buf_addc(&tiers, (char)tier);
			buf_addc(&tiers, (char)t->tiers[tier]);
		}
	put_bytes(f, WHOLE, TARGETS_TIERS, &tiers);
	put_day(f, WHOLE, TARGETS_DUE, t->due);
	put_num(f, WHOLE, TARGETS_DEPTH, t->depth);
}

void ops_targets_gone(struct op_list *l, const struct world *w, int o)
{
	add(l, OP_DELETE, ENT_TARGETS, name_of(l, w, o), (struct view){ 0 }, (struct view){ 0 });
}

/* ---- the whole, and one change ---- */

static bool is_parent(const struct world *w, int o)
{
	for (unsigned i = 0; i < w->n_orgs; i++)
		if (w->org[i].there && w->org[i].parent == o)
			return true;
	return false;
}

/* Ranks: parents, units, the other organisations (in stub worlds among what names them), links with
 * grants and targets, which nothing makes in passing. */
void ops_world(struct op_list *l, const struct world *w)
{
	l->stubs = rng_chance(&l->rng, 30);
	for (int o = 0; o < (int)w->n_orgs; o++) {
		const struct w_org *org = &w->org[o];

		if (!org->there)
			continue;
		group(l, is_parent(w, o) ? 0 : org->parent >= 0 ? 1 : l->stubs ? 3 : 2);
		ops_org(l, w, o);
		if (org->targets.there) {
			group(l, 4);
			ops_targets(l, w, o);
		}
		for (unsigned i = 0; i < W_CERTS; i++)
			if (org->cert[i].there) {
				group(l, 3);
				ops_cert(l, w, o, &org->cert[i]);
			}
	}
	for (unsigned i = 0; i < w->n_links; i++)
		if (w->link[i].there) {
			group(l, w->link[i].n_grants ? 4 : 3);
			ops_link(l, w, &w->link[i], true);
		}
}

void ops_filler(struct op_list *l, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char id[32];

		group(l, (int)rng_below(&l->rng, 4));
		snprintf(id, sizeof(id), "XX-LOCAL-filler-%u", i);
		fl_bytes(add(l, OP_PUT, ENT_ORG, view_str(id), (struct view){ 0 }, (struct view){ 0 }),
			 ORG_NAME, VIEW_LIT("filler"));
	}
}

void ops_change(struct op_list *l, const struct world *w, const struct w_change *c)
{
	int at = world_link_find(w, c->org, c->supplier);

	switch (c->what) {
	case WC_ORG:
		ops_org(l, w, c->org);
		break;
	case WC_ORG_GONE:
		ops_org_gone(l, w, c->org);
		break;
	case WC_LINK:
		ops_link(l, w, &w->link[at], false);
		break;
	case WC_LINK_GONE:
		ops_link_gone(l, w, c->org, c->supplier);
		break;
	case WC_CERT:
		ops_cert(l, w, c->org, &w->org[c->org].cert[c->index]);
		break;
	case WC_CERT_GONE:
		ops_cert_gone(l, w, c->org, c->name);
		break;
	case WC_CLAUSE:
		ops_clause(l, w, &w->link[at], c->index);
		break;
	case WC_CLAUSE_GONE:
		ops_clause_gone(l, w, c->org, c->supplier, c->index);
		break;
	case WC_TARGETS:
		ops_targets(l, w, c->org);
		break;
	case WC_TARGETS_GONE:
		ops_targets_gone(l, w, c->org);
		break;
	}
}

/* ---- applying ---- */

/* Indexes of ops: groups shuffled within their rank, ops of a group in order. */
static size_t *shuffled(struct op_list *l)
{
	size_t *order = grown(NULL, (l->n + 1) * sizeof(size_t));
	size_t *groups = grown(NULL, (l->n_groups + 1) * sizeof(size_t)), n = 0;

	for (size_t i = 0; i < l->n; i++)
		order[i] = i;
	for (size_t i = 0; i < l->n_groups; i++) {
		size_t j = rng_below(&l->rng, (unsigned)i + 1);

		groups[i] = groups[j];
		groups[j] = i;
	}
	for (int rank = 0; rank <= 4; rank++)
		for (size_t i = 0; i < l->n_groups; i++) {
			size_t g = groups[i];
			size_t end = g + 1 < l->n_groups ? l->group_start[g + 1] : l->n;

			for (size_t at = l->group_start[g]; l->group_rank[g] == rank && at < end; at++)
				order[n++] = at;
		}
	free(groups);
	return order;
}

struct refused {
	FILE *report;
	const struct op *ops;
	bool any;
};

static void note_refused(void *arg, size_t i, const struct err *e)
{
	struct refused *r = arg;
	const struct op *op = &r->ops[i];
	char text[256];

	r->any = true;
	if (!r->report)
		return;
	err_text(e, LANG_EN, text, sizeof(text));
	fprintf(r->report, "refused: op kind %d entity %d '%.*s' '%.*s' '%.*s': field '%s': %s\n",
		op->kind, op->ent, (int)op->a.n, (const char *)op->a.p, (int)op->b.n,
		op->b.n ? (const char *)op->b.p : "", (int)op->c.n,
		op->c.n ? (const char *)op->c.p : "", e->field, text);
}

/* Every other command is handled as one of many ops, however few it has. */
static struct cmd command(struct op *ops, size_t n, int32_t today)
{
	static unsigned turn;
	return (struct cmd){ .type = CMD_OPS, .at_ms = instant_of_day_jst(today) + 36000000,
			     .actor = VIEW_LIT("test"), .ops = ops, .n_ops = n, .many = turn++ % 2 };
}

/* The ops in the order in which they shall be applied; room for one more. free() it. */
static struct op *in_order(struct op_list *l)
{
	AUTO_FREE size_t *order = shuffled(l);
	struct op *ops = grown(NULL, (l->n + 1) * sizeof(ops[0]));

	for (size_t i = 0; i < l->n; i++) {
		ops[i] = l->op[order[i]];
		ops[i].fields = buf_view(&l->fields[order[i]]);
	}
	return ops;
}

bool ops_try(struct op_list *l, struct txn *t, int32_t today, bool dry_run, FILE *report)
{
	AUTO_FREE struct op *ops = in_order(l);
	AUTO(batch_free_p) struct batch *b = NULL;
	struct view self = VIEW_LIT("XX-LOCAL-self");
	struct cmd c = command(ops, l->n, today);
	uint64_t before = graph_revision(t), revision;
	struct err e = { 0 };
	enum rc rc;

	if (!dry_run)
		ops[c.n_ops++] = (struct op){ .kind = OP_PUT, .ent = ENT_LINK, .flags = OPF_STUBS,
					      .a = self, .b = self };
	c.dry_run = dry_run;
	c.all_or_nothing = true;
	rc = batch_new(t, &b);
	if (rc == RC_OK) {
		rc = graph_apply(b, &c, &revision, &e);
		if (batch_finish(b) != RC_OK)
			rc = RC_INTERNAL;
	}
	if (rc == (dry_run ? RC_OK : RC_SELF_LINK) && graph_revision(t) == before)
		return true;
	if (report)
		fprintf(report, "  tried (dry_run %d): %s\n", dry_run, rc_code(rc));
	return false;
}

bool ops_apply(struct op_list *l, struct txn *t, int32_t today, FILE *report)
{
	AUTO_FREE struct op *ops = in_order(l);
	struct refused refused = { .report = report };
	enum rc rc = RC_OK;
	size_t at = 0;

	while (rc == RC_OK && at < l->n) {
		AUTO(batch_free_p) struct batch *b = NULL;
		unsigned commands = 1 + rng_below(&l->rng, 5);

		rc = batch_new(t, &b);
		for (; rc == RC_OK && commands > 0 && at < l->n; commands--) {
			size_t n = 1 + rng_below(&l->rng, rng_chance(&l->rng, 50) ? 4 : 200);
			struct cmd c = command(ops + at, l->at_once ? l->n : MIN(n, l->n - at), today);
			struct err e = { 0 };
			uint64_t revision;

			refused.ops = ops + at;
			c.on_error = note_refused;
			c.on_error_arg = &refused;
			rc = graph_apply(b, &c, &revision, &e);
			at += c.n_ops;
		}
		if (rc == RC_OK)
			rc = batch_finish(b);
	}
	if (rc != RC_OK && report)
		fprintf(report, "graph_apply: %s\n", rc_code(rc));
	return rc == RC_OK && !refused.any;
}

enum rc op_apply_one(struct txn *t, const struct op *op, int32_t today, struct op_result *out,
		     struct err *e)
{
	AUTO(batch_free_p) struct batch *b = NULL;
	struct op copy = *op;
	struct cmd c = command(&copy, 1, today);
	uint64_t revision;
	enum rc rc = batch_new(t, &b);

	if (rc != RC_OK)
		return rc;
	c.results = out;
	rc = graph_apply(b, &c, &revision, e);
	if (rc != RC_OK)
		return rc;
	return batch_finish(b);
}

bool world_numbers(struct world *w, struct txn *t)
{
	for (unsigned o = 0; o < w->n_orgs; o++)
		if (w->org[o].there &&
		    org_find(t, view_str(w->org[o].id), &w->num[o]) != RC_OK)
			return false;
	return true;
}
