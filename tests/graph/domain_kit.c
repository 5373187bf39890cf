/* domain_kit.c - see domain_kit.h. */
#include "tests/graph/domain_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/util.h"
#include "tests/graph/world_ops.h"

struct txn *kit_txn;
unsigned kit_warnings;
bool kit_changed, kit_created;

static struct store *store;
static struct scratch *scratch;
static struct arena *arena;
static char dir[64];

void kit_open(void)
{
	struct store_options o = { .map_bytes = 64u << 20, .create = true };
	struct err e = { 0 };

	strcpy(dir, access("/dev/shm", W_OK) == 0 ? "/dev/shm/twXXXXXX" : "/tmp/twXXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(store_open(dir, &o, &store, NULL, &e), RC_OK);
	ck_assert_int_eq(txn_begin_write(store, &kit_txn), RC_OK);
	ck_assert_int_eq(graph_init(kit_txn, instant_of_day_jst(kit_day(TODAY))), RC_OK);
	scratch = scratch_new();
	arena = arena_new();
	ck_assert(scratch && arena);
}

static void say_finding(void *arg, const char *sentence)
{
	(void)arg;
	fprintf(stderr, "graph_check: %s\n", sentence);
}

void kit_close(void)
{
	char path[96];
	size_t findings = graph_check(kit_txn, say_finding, NULL);

	scratch_free(scratch);
	arena_free(arena);
	txn_abort(kit_txn);
	store_close(store);
	for (const char *const *f = (const char *const[]){ "data.mdb", "lock.mdb", "lock", "secret.key", NULL }; *f; f++) {
		snprintf(path, sizeof(path), "%s/%s", dir, *f);
		unlink(path);
	}
	rmdir(dir);
	ck_assert_uint_eq(findings, 0);
}

int32_t kit_day(const char *text)
{
	int32_t day = DAY_NONE;

	if (text[0])
		ck_assert_msg(day_parse(view_str(text), &day), "not a day: '%s'", text);
	return day;
}

void kit_tick(const char *day)
{
	while (graph_today(kit_txn) < kit_day(day)) {
		struct cmd c = { .type = CMD_TICK, .day = graph_today(kit_txn) + 1,
				 .actor = VIEW_LIT("system") };
		struct batch *b = NULL;
		struct err e = { 0 };
		uint64_t revision;

		c.at_ms = instant_of_day_jst(c.day);
		ck_rc(batch_new(kit_txn, &b), RC_OK);
		ck_rc(graph_apply(b, &c, &revision, &e), RC_OK);
		ck_rc(batch_finish(b), RC_OK);
		batch_free(b);
	}
}

/* ---- values ---- */

static struct view id_of(const char *s)
{
	const char *text = !s[0] || strchr(s, '-') ? s : arena_printf(arena, "XX-LOCAL-%s", s);

	ck_assert_ptr_nonnull(text);
	return view_str(text);
}

/* Cuts the next part off *s at one of the marks. */
static char *part(char **s, char mark)
{
	char *from = *s, *to;

	if (!from || !from[0])
		return NULL;
	to = strchr(from, mark);
	*s = to ? to + 1 : NULL;
	if (to)
		*to = '\0';
	return from;
}

static void put_grants(struct buf *out, char *s)
{
	for (char *g; (g = part(&s, ';'));) {
		const char *viewer = part(&g, ':'), *form = part(&g, ':');

		buf_lenbytes(out, id_of(viewer));
		buf_addc(out, strcmp(form, "named") == 0 ? GRANT_NAMED : GRANT_ANONYMOUS);
		buf_svarint(out, g ? kit_day(g) : DAY_NONE);
	}
}

static int enum_value(const char *name, const char *value)
{
	const struct field *f = field_by_name(ENT_LINK, view_str(name));
	int v = f ? field_enum_value(f, view_str(value)) : -1;

	ck_assert_msg(v >= 0, "no such value: %s:%s", name, value);
	return v;
}

static void put_condition(struct rule *r, char *s)
{
	static const char *const flags[] = { "confidential", "continuity", "system_access",
					     "sole_source" };
	bool *const at[] = { &r->confidential, &r->continuity, &r->system_access, &r->sole_source };
	const char *name = part(&s, ':');

	for (unsigned i = 0; i < ARRAY_LEN(flags); i++)
		if (!strcmp(name, flags[i])) {
			r->when |= 1u << i;
			*at[i] = !strcmp(s, "yes");
			return;
		}
	if (!strcmp(name, "criticality")) {
		r->when |= WHEN_CRITICALITY;
		r->criticality = (uint8_t)enum_value(name, s);
	} else if (!strcmp(name, "relation")) {
		r->when |= WHEN_RELATION;
		r->relation = (uint8_t)enum_value(name, s);
	} else if (!strcmp(name, "department")) {
		r->when |= WHEN_DEPARTMENT;
		r->department = view_str(s);
	} else {
		ck_assert_str_eq(name, "annual_spend_min");
		r->when |= WHEN_SPEND_MIN;
		r->annual_spend_min = strtoll(s, NULL, 10);
	}
}

static void put_rules(struct buf *out, char *s)
{
	if (!strcmp(s, "[]"))
		return;
	for (char *one; (one = part(&s, ';'));) {
		struct rule r = { .due = DAY_NONE };
		char *then = strchr(one, '>') + 1, *level = part(&then, '@');

		*strchr(one, '>') = '\0';
		r.level = (uint8_t)atoi(level);
		r.due = then ? kit_day(then) : DAY_NONE;
		for (char *when; (when = part(&one, ','));)
			put_condition(&r, when);
		rule_encode(out, &r);
	}
}

static void put_list(const struct field *f, struct buf *b, char *s)
{
	struct buf out = BUF_INIT;

	if (f->type == FT_GRANTS)
		put_grants(&out, s);
	else if (f->type == FT_RULES)
		put_rules(&out, s);
	else
		for (char *one; (one = part(&s, ';'));) {
			if (f->type == FT_STRS)
				buf_lenbytes(&out, id_of(one));
			else if (f->type == FT_DATES)
				buf_svarint(&out, kit_day(one));
			else { /* FT_TIERS */
				buf_addc(&out, (char)atoi(part(&one, ':')));
				buf_addc(&out, (char)atoi(one));
			}
		}
	fl_bytes(b, f->id, out.n ? buf_view(&out) : VIEW_LIT(""));
	buf_done(&out);
}

static void put_field(const struct field *f, struct buf *b, char *s)
{
	if (!s || !s[0]) {
		fl_clear(b, f->id);
		return;
	}
	switch (f->type) {
	case FT_BOOL:
		fl_bool(b, f->id, !strcmp(s, "yes"));
		break;
	case FT_INT:
		fl_int(b, f->id, strtoll(s, NULL, 10));
		break;
	case FT_ENUM:
		ck_assert_msg(field_enum_value(f, view_str(s)) >= 0, "no such value: %s", s);
		fl_int(b, f->id, field_enum_value(f, view_str(s)));
		break;
	case FT_DATE:
		fl_int(b, f->id, kit_day(s));
		break;
	case FT_DEC4:
		fl_int(b, f->id, (int64_t)(strtod(s, NULL) * 10000 + 0.5));
		break;
	case FT_STR:
		for (char *blank = s; (blank = strchr(blank, '_'));)
			*blank = ' ';
		fl_bytes(b, f->id, view_str(s));
		break;
	case FT_ORG:
		fl_bytes(b, f->id, id_of(s));
		break;
	case FT_STRS:
	case FT_DATES:
	case FT_GRANTS:
	case FT_RULES:
	case FT_TIERS:
		put_list(f, b, s);
		break;
	case FT_PERIODS:
	case FT_JSON:
	case FT_CONTACTS:
		ck_abort_msg("the kit does not write %s", f->name);
	}
}

/* ---- writing ---- */

static int by_id(const void *a, const void *b)
{
	const struct field *const *x = a, *const *y = b;

	return (*x)->id - (*y)->id;
}

/* Fields stand in order of their ids in a field list, whatever the text's order. */
static void fields_of(enum ent ent, const char *text, struct buf *b)
{
	char *s = arena_strdup(arena, view_str(text));
	const struct field *field[40];
	char *value[64] = { 0 };
	size_t n = 0;

	ck_assert_ptr_nonnull(s);
	for (char *one; (one = part(&s, ' '));) {
		char *v = one;
		const char *name = part(&v, '=');
		const struct field *f = field_by_name(ent, view_str(name));

		ck_assert_msg(f != NULL, "no field %s", name);
		field[n++] = f;
		value[f->id] = v;
	}
	qsort(field, n, sizeof(const struct field *), by_id);
	for (size_t i = 0; i < n; i++)
		put_field(field[i], b, value[field[i]->id]);
}

enum rc kit_write(enum op_kind kind, unsigned flags, enum ent ent, const char *a, const char *b,
		  const char *c, const char *text)
{
	AUTO(buf_done) struct buf fields = BUF_INIT;
	struct op op = { .kind = (uint8_t)kind, .ent = (uint8_t)ent, .flags = (uint8_t)flags,
			 .a = id_of(a), .c = view_str(c) };
	struct op_result res = { 0 };
	struct err e = { 0 };
	enum rc rc;

	op.b = ent == ENT_CERT || (flags & OPF_BY_CODE) ? view_str(b) : id_of(b);
	fields_of(ent, text, &fields);
	op.fields = fields.n ? buf_view(&fields) : VIEW_LIT("");
	rc = op_apply_one(kit_txn, &op, graph_today(kit_txn), &res, &e);
	kit_warnings = res.warnings;
	kit_changed = res.changed;
	kit_created = res.created;
	if (rc != RC_OK)
		ck_assert_int_eq(e.rc, rc);
	return rc;
}

static void must(enum rc rc, const char *what, const char *text)
{
	ck_assert_msg(rc == RC_OK, "%s '%s': %s", what, text, rc_code(rc));
}

void kit_org(const char *id, const char *text)
{
	char *all = arena_printf(arena, strstr(text, "name=") ? "%s" : "name=Some_Name %s", text);

	ck_assert_ptr_nonnull(all);
	must(kit_write(OP_PUT, 0, ENT_ORG, id, "", "", all), id, all);
}

void kit_link(const char *p, const char *s, const char *text)
{
	must(kit_write(OP_PUT, 0, ENT_LINK, p, s, "", text), s, text);
}

void kit_cert(const char *org, const char *name, const char *text)
{
	must(kit_write(OP_PUT, 0, ENT_CERT, org, name, "", text), org, text);
}

void kit_targets(const char *org, const char *text)
{
	must(kit_write(OP_PUT, 0, ENT_TARGETS, org, "", "", text), org, text);
}

void kit_clause(const char *p, const char *s, const char *no, const char *text)
{
	must(kit_write(OP_PUT, 0, ENT_CLAUSE, p, s, no, text), no, text);
}

/* ---- asking ---- */

uint32_t kit_num(const char *id)
{
	uint32_t org;

	ck_assert_msg(org_find(kit_txn, id_of(id), &org) == RC_OK, "no organisation %s", id);
	return org;
}

int kit_held(const char *org, const char *on)
{
	return held_on(kit_txn, kit_num(org), kit_day(on)).level;
}

static struct chain_query query(const char *p, unsigned depth, const char *on, int horizon)
{
	return (struct chain_query){ .procurer = kit_num(p), .depth = depth, .on = kit_day(on),
				     .horizon = horizon, .caller = { .sees_all = true } };
}

struct exposure kit_exposure(const char *p, unsigned depth, const char *on, int horizon)
{
	struct chain_query q = query(p, depth, on, horizon);
	struct exposure x;

	ck_rc(exposure_compute(kit_txn, scratch, &q, &x), RC_OK);
	return x;
}

struct chain_item kit_item(const char *p, const char *s, unsigned depth, const char *on)
{
	struct chain_query q = query(p, depth, on, 90);
	struct chain_item found = { 0 };
	uint32_t num = kit_num(s);
	struct chain_list *l;

	ck_rc(chain_list_compute(kit_txn, scratch, &q, (1u << ST__COUNT) - 1, &l), RC_OK);
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].supplier == num)
			found = l->items[i];
	chain_list_free(l);
	return found;
}

struct level_result kit_level(const char *p, const char *s)
{
	AUTO_FREE struct targets *t = malloc(sizeof(*t));
	struct level_result lr;
	struct rec link;

	ck_assert_ptr_nonnull(t);
	ck_rc(link_get(kit_txn, kit_num(p), kit_num(s), &link), RC_OK);
	ck_rc(targets_of(kit_txn, kit_num(p), t), RC_OK);
	level_of_link(t, &link, &lr);
	return lr;
}

struct clause_view kit_clauses(const char *p, const char *s, const char *on)
{
	AUTO_FREE struct targets *t = malloc(sizeof(*t));
	struct clause_view v;
	struct rec link;

	ck_assert_ptr_nonnull(t);
	ck_rc(link_get(kit_txn, kit_num(p), kit_num(s), &link), RC_OK);
	ck_rc(targets_of(kit_txn, kit_num(p), t), RC_OK);
	clauses_of_link(kit_txn, kit_num(p), kit_num(s), &link, t->own_level, kit_day(on), &v);
	return v;
}

const char *kit_path(const char *p, const char *s, unsigned depth, const char *on)
{
	struct chain_query q = query(p, depth, on, 90);
	struct dependency d;
	char *out = arena_zalloc(arena, 1024);

	ck_assert_ptr_nonnull(out);
	if (dependency_compute(kit_txn, scratch, &q, kit_num(s), &d) != RC_OK)
		return out;
	for (size_t i = 0; i < d.n_path; i++) {
		struct view id = org_id(kit_txn, d.path[i]);

		snprintf(out + strlen(out), 1024 - strlen(out), "%s%.*s", i ? " " : "",
			 (int)id.n - 9, (const char *)id.p + 9);
	}
	return out;
}

struct impact kit_impact(const char *s, unsigned depth, const char *on, int held_level)
{
	struct caller all = { .sees_all = true };
	struct impact im;

	ck_rc(impact_compute(kit_txn, scratch, kit_num(s), depth, kit_day(on), held_level, &all, &im),
	      RC_OK);
	return im;
}
