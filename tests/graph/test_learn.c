/*
 * test_learn.c - what a procurer can learn from the answers about its chain: on random worlds with hidden links, every
 * byte of them is collected and held against the rules as the twin reads them (domain.md, "Who may see what").
 *
 * TIERWATCH_WORLDS sets how many worlds (default 150), TIERWATCH_SEED the first seed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/util.h"
#include "graph/known.h"
#include "graph/walk.h"
#include "tests/graph/compare.h"
#include "tests/graph/domain_kit.h"
#include "tests/graph/world_ops.h"
#include "tests/run.h"

#define PAGE 3

static struct scratch *scratch;

static void set_up(void)
{
	kit_open();
	scratch = scratch_new();
	ck_assert_ptr_nonnull(scratch);
}

static void tear_down(void)
{
	scratch_free(scratch);
	kit_close();
}

static unsigned long setting(const char *name, unsigned long def)
{
	const char *v = getenv(name);

	return v && *v ? strtoul(v, NULL, 10) : def;
}

/* ---- worlds in which much is hidden ---- */

static void hide_link(const struct world *w, struct rng *r, struct w_link *l)
{
	int viewer = (int)rng_below(r, w->n_orgs);

	if (rng_chance(r, 40))
		return;
	l->disclosure = rng_chance(r, 65) ? DISC_ANONYMOUS : DISC_PRIVATE;
	l->n_grants = 0;
	if (w->org[viewer].there && rng_chance(r, 50))
		l->grant[l->n_grants++] = (struct w_grant){ viewer, (int)rng_below(r, 2),
							    rng_chance(r, 50) ? world_day(w, r) : DAY_NONE };
}

/* In every other one many ways are as good as each other: which one explains must not hang on who is hidden. */
static void world_hidden(struct world *w, uint64_t seed, struct rng *r)
{
	world_random(w, seed, 14);
	for (unsigned i = 0; i < w->n_links; i++) {
		hide_link(w, r, &w->link[i]);
		if (seed % 2)
			w->link[i].dependency = rng_chance(r, 80) ? 10000 : 5000;
	}
}

/* Written as if into a store of its own; the secret, the store's, is always the same. */
static struct txn *written(struct world *w, uint64_t seed)
{
	struct op_list ops;
	struct txn *t;

	ck_rc(txn_begin_child(kit_txn, &t), RC_OK);
	ck_rc(graph_init(t, instant_of_day_jst(w->today)), RC_OK);
	ops_init(&ops, seed);
	ops_world(&ops, w);
	ck_assert(ops_apply(&ops, t, w->today, stderr));
	ops_done(&ops);
	ck_assert(world_numbers(w, t));
	return t;
}

/* ---- everything that P is told ---- */

struct telling {
	struct txn *t;
	struct chain_query q;
	struct json j;
};

static struct telling telling_begin(const struct world *w, struct txn *t, const struct question *q, struct buf *out)
{
	struct telling a = { .t = t, .q = { .procurer = w->num[q->p], .depth = q->depth, .on = q->on,
					    .horizon = q->horizon } };

	buf_clear(out);
	json_init(&a.j, out);
	json_arr(&a.j);
	return a;
}

static void tell_org(struct telling *a, const struct veil *v, uint32_t org)
{
	char room[PSEUDONYM_TEXT];

	json_strv(&a->j, veil_id(v, a->t, org, room));
	if (!veil_hides(v, org))
		json_strv(&a->j, org_name(a->t, org));
	else
		json_nil(&a->j);
}

static void tell_item(struct telling *a, const struct chain_list *l, const struct chain_item *i)
{
	uint32_t path[TIER_MAX + 1];
	size_t n = chain_path(l, a->t, i->supplier, path);
	const int64_t numbers[] = { i->tier, i->required, i->held, i->state, i->kind, i->timing, i->due, i->planned_on,
				    i->expires_on };

	ck_assert_uint_gt(n, 0);
	ck_assert_int_eq(i->named, !veil_hides(&l->veil, i->supplier));
	tell_org(a, &l->veil, i->supplier);
	for (size_t k = 0; k < ARRAY_LEN(numbers); k++)
		json_int(&a->j, numbers[k]);
	json_dec9(&a->j, i->dependency);
	for (size_t k = 0; k < n; k++)
		tell_org(a, &l->veil, path[k]);
}

/* In pages: what a cursor carries is told too. */
static void tell_list(struct telling *a, unsigned want)
{
	const struct chain_item *last = NULL, *i;
	char room[PSEUDONYM_TEXT];
	struct chain_list *l;
	size_t n = 0, k = PAGE;

	ck_rc(chain_list_compute(a->t, scratch, &a->q, want, &l), RC_OK);
	while (k == PAGE) {
		struct chain_iter it;

		chain_iter_begin(&it, l, a->t);
		if (last) {
			struct view key = veil_id(&l->veil, a->t, last->supplier, room);
			json_strv(&a->j, key);
			chain_iter_seek(&it, last->tier, last->dependency, key);
		}
		for (k = 0; k < PAGE && (i = chain_iter_next(&it)); k++, n++) {
			tell_item(a, l, i);
			last = i;
		}
		ck_rc(chain_iter_done(&it), RC_OK);
	}
	ck_assert_uint_eq(n, l->n);
	chain_list_free(l);
}

static void tell_dependency(struct telling *a, uint32_t supplier)
{
	char text[PSEUDONYM_TEXT];
	uint8_t secret[32];
	struct dependency d;

	if (dependency_compute(a->t, scratch, &a->q, supplier, &d) != RC_OK)
		return;
	ck_rc(graph_secret(a->t, secret), RC_OK);
	json_uint(&a->j, d.tier);
	json_dec9(&a->j, d.dependency);
	for (size_t i = 0; i < d.n_path; i++) {
		pseudonym_make(secret, a->q.procurer, d.path[i], text);
		json_strv(&a->j, d.named[i] ? org_id(a->t, d.path[i]) : view_str(text));
		if (i + 1 < d.n_path)
			json_dec4(&a->j, d.link_dependency[i]);
	}
}

static void tell_chokepoints(struct telling *a)
{
	char text[PSEUDONYM_TEXT];
	uint8_t secret[32];
	struct chokepoint *c;
	size_t n;

	ck_rc(graph_secret(a->t, secret), RC_OK);
	ck_rc(chokepoints_compute(a->t, scratch, &a->q, &c, &n), RC_OK);
	for (size_t i = 0; i < n; i++) {
		pseudonym_make(secret, a->q.procurer, c[i].supplier, text);
		json_strv(&a->j, c[i].named ? org_id(a->t, c[i].supplier) : view_str(text));
		json_uint(&a->j, c[i].tier);
		json_uint(&a->j, c[i].behind);
	}
	free(c);
}

/* Of somebody that P knows. */
static void tell_impact(struct telling *a, uint32_t supplier)
{
	struct caller who = { .own = &a->q.procurer, .n_own = 1 };
	const struct impact_item *i;
	struct impact_iter it;
	struct impact im;

	ck_rc(impact_compute(a->t, scratch, supplier, a->q.depth, a->q.on, -1, &who, &im), RC_OK);
	json_int(&a->j, im.held);
	json_uint(&a->j, im.procurers);
	json_uint(&a->j, im.in_gap);
	for (unsigned k = 1; k <= a->q.depth; k++)
		json_uint(&a->j, im.tier_procurers[k]);
	impact_iter_begin(&it, &im, a->t, 1, view_of(NULL, 0));
	while ((i = impact_iter_next(&it))) {
		json_strv(&a->j, org_id(a->t, i->procurer));
		json_int(&a->j, i->tier * 100 + i->required * 10 + i->gap);
	}
	ck_rc(impact_iter_done(&it), RC_OK);
	impact_done(&im);
}

static void tell_all(const struct world *w, struct txn *t, const struct twin_chain *c, const struct question *q,
		     struct buf *out)
{
	struct telling a = telling_begin(w, t, q, out);
	struct exposure x;

	ck_rc(exposure_compute(t, scratch, &a.q, &x), RC_OK);
	exposure_json(&a.j, org_id(t, a.q.procurer), &x);
	tell_list(&a, 1u << ST_GAP);
	tell_list(&a, 1u << ST_EXPIRING);
	tell_list(&a, (1u << ST__COUNT) - 1);
	for (unsigned o = 0; o < w->n_orgs; o++)
		if (w->org[o].there && c->tier[o])
			tell_dependency(&a, w->num[o]);
	tell_chokepoints(&a);
	for (unsigned o = 0; o < w->n_orgs; o++)
		if (w->org[o].there && c->tier[o] && c->named[o])
			tell_impact(&a, w->num[o]);
	json_arr_end(&a.j);
	ck_assert(buf_ok(out));
	buf_addc(out, '\0');
}

/* ---- held against the rules ---- */

static bool says(const struct buf *told, const char *text)
{
	char quoted[W_ID + 3];

	snprintf(quoted, sizeof(quoted), "\"%s\"", text);
	return text[0] && strstr((const char *)told->p, quoted);
}

static void no_name_of_the_hidden(const struct world *w, const struct twin_chain *c, const struct buf *told)
{
	for (unsigned o = 0; o < w->n_orgs; o++) {
		bool may = (int)o == c->p || (c->tier[o] && c->named[o]);

		if (!w->org[o].there || may)
			continue;
		ck_assert_msg(!says(told, w->org[o].id) && !says(told, w->org[o].id + 3) && !says(told, w->org[o].alias),
			      "seed %llu: %u is told of %s", (unsigned long long)w->seed, c->p, w->org[o].id);
	}
}

/* One pseudonym for each pair, for ever; every one told is P's, of somebody hidden in reach, and nobody else's. */
static char pseudonyms[W_ORGS][W_ORGS][PSEUDONYM_TEXT];

static void pseudonym_told(const struct world *w, const struct twin_chain *c, const uint8_t secret[32],
			   struct view text)
{
	uint32_t num = pseudonym_open(secret, w->num[c->p], text);
	unsigned s = 0;

	while (s < w->n_orgs && !(w->org[s].there && w->num[s] == num))
		s++;
	ck_assert_msg(s < w->n_orgs && c->tier[s] && !c->named[s], "seed %llu: %.*s", (unsigned long long)w->seed,
		      (int)text.n, (const char *)text.p);
	if (!pseudonyms[c->p][s][0])
		memcpy(pseudonyms[c->p][s], text.p, PSEUDONYM_TEXT - 1);
	ck_assert(view_is(text, pseudonyms[c->p][s]));
	for (unsigned v = 0; v < w->n_orgs; v++)
		ck_assert(!w->org[v].there || (int)v == c->p || !pseudonym_open(secret, w->num[v], text));
}

static size_t pseudonyms_told(const struct world *w, struct txn *t, const struct twin_chain *c, const struct buf *told)
{
	uint8_t secret[32];
	size_t n = 0;

	ck_rc(graph_secret(t, secret), RC_OK);
	for (const char *p = (const char *)told->p; (p = strstr(p, PSEUDONYM_PREFIX)); p++, n++)
		pseudonym_told(w, c, secret, view_of(p, PSEUDONYM_TEXT - 1));
	return n;
}

static void never_joined(const struct world *w)
{
	for (unsigned a = 0; a < w->n_orgs; a++)
		for (unsigned b = 0; b < a; b++)
			for (unsigned s = 0; s < w->n_orgs; s++)
				for (unsigned x = 0; x < w->n_orgs; x++)
					ck_assert(!pseudonyms[a][s][0] || strcmp(pseudonyms[a][s], pseudonyms[b][x]));
}

/* ---- what is behind what P does not see ---- */

static bool seen_link(const struct twin_chain *c, const struct w_link *l)
{
	if (!l->there)
		return false;
	if (l->procurer == c->p || (c->tier[l->procurer] && l->disclosure != DISC_PRIVATE))
		return true;
	for (unsigned i = 0; i < l->n_grants; i++)
		if (l->grant[i].viewer == c->p)
			return true;
	return false;
}

static bool seen_org(const struct world *w, const struct twin_chain *c, int org)
{
	bool seen = org == c->p || c->tier[org];

	for (unsigned o = 0; o < w->n_orgs && !seen; o++)
		seen = w->org[o].there && w->org[o].parent == org && (c->tier[o] || (int)o == c->p);
	for (unsigned i = 0; i < w->n_links && !seen; i++) /* from the last tier; what is not known below hangs on it */
		seen = w->link[i].supplier == org && seen_link(c, &w->link[i]);
	return seen;
}

/* Does the change touch anything that P may see, before or after? */
static bool touches(const struct world *before, const struct world *after, const struct twin_chain *c,
		    const struct w_change *x)
{
	int was, is;

	if (x->what == WC_LINK || x->what == WC_LINK_GONE || x->what == WC_CLAUSE || x->what == WC_CLAUSE_GONE) {
		was = world_link_find(before, x->org, x->supplier);
		is = world_link_find(after, x->org, x->supplier);
		return (was >= 0 && seen_link(c, &before->link[was])) || (is >= 0 && seen_link(c, &after->link[is]));
	}
	return seen_org(before, c, x->org);
}

static void same_told(const struct world *w, const struct question *q, const struct buf *a, const struct buf *b,
		      const char *why)
{
	if (view_eq(buf_view(a), buf_view(b)))
		return;
	fprintf(stderr, "before %s\nafter  %s\n", (const char *)a->p, (const char *)b->p);
	ck_abort_msg("seed %llu: %d is told of %s", (unsigned long long)w->seed, q->p, why);
}

/* Changes until one is met that P must not notice. */
static unsigned unnoticed(const struct world *w, struct txn *t, const struct twin_chain *c, const struct question *q,
			  struct rng *r, const struct buf *told)
{
	AUTO_FREE struct world *changed = malloc(sizeof(*changed));
	AUTO(buf_done) struct buf again = BUF_INIT;
	unsigned n = 0;

	ck_assert_ptr_nonnull(changed);
	for (unsigned tries = 0; tries < 12; tries++) {
		struct op_list ops;
		struct w_change x;
		struct txn *child;

		memcpy(changed, w, sizeof(*changed));
		world_mutate(changed, r, &x);
		if (touches(w, changed, c, &x))
			continue;
		ck_rc(txn_begin_child(t, &child), RC_OK);
		ops_init(&ops, rng_next(r));
		ops_change(&ops, changed, &x);
		ck_assert(ops_apply(&ops, child, w->today, stderr));
		ops_done(&ops);
		tell_all(changed, child, c, q, &again);
		same_told(w, q, told, &again, "what it does not see");
		txn_abort(child);
		n++;
	}
	return n;
}

/* Hidden from P, without a unit, and no unit: its id stands for itself only. */
static int somebody_hidden(const struct world *w, const struct twin_chain *c, struct rng *r)
{
	int s = (int)rng_below(r, w->n_orgs);

	if (!w->org[s].there || s == c->p || c->named[s] || w->org[s].parent >= 0 || (!c->tier[s] && rng_chance(r, 80)))
		return -1;
	for (unsigned o = 0; o < w->n_orgs; o++)
		if (w->org[o].there && w->org[o].parent == s)
			return -1;
	return s;
}

static void tell_one(struct world *w, uint64_t seed, struct twin_chain *c, const struct question *q, struct buf *out)
{
	struct txn *t = written(w, seed);

	twin_chain(w, q->p, q->depth, q->on, q->horizon, c);
	tell_all(w, t, c, q, out);
	txn_abort(t);
}

/* The same world in which somebody hidden from P has another id: P is told the same, byte for byte. */
static unsigned whoever_it_is(struct world *w, struct rng *r, uint64_t seed)
{
	AUTO_FREE struct world *other = malloc(sizeof(*other));
	AUTO_FREE struct twin_chain *c = malloc(sizeof(*c));
	AUTO(buf_done) struct buf told = BUF_INIT, again = BUF_INIT;
	struct question q = question_random(w, r);
	int s;

	ck_assert(other && c);
	twin_chain(w, q.p, q.depth, q.on, q.horizon, c);
	s = somebody_hidden(w, c, r);
	if (s < 0)
		return 0;
	tell_one(w, seed, c, &q, &told);
	memcpy(other, w, sizeof(*other));
	strcpy(other->org[s].id, rng_chance(r, 50) ? "AA-AAA-first" : "XX-ZZZ-last");
	tell_one(other, seed, c, &q, &again);
	for (unsigned o = 0; o < w->n_orgs; o++)
		ck_assert_uint_eq(w->num[o], other->num[o]);
	same_told(w, &q, &told, &again, "who is hidden");
	return 1;
}

struct seen_count {
	uint64_t pseudonyms, unnoticed, others, stood, made_anew;
};

static void knows(struct txn *t, uint32_t procurer, int32_t day, uint64_t *bits)
{
	memset(bits, 0, known_words(t) * sizeof(*bits));
	ck_rc(known_compute(t, scratch, procurer, day, bits, NULL), RC_OK);
}

/* One change; a set of whom somebody knows that is said to stand is the one that would be made anew. */
static void change_once(struct world *w, struct txn *t, struct rng *r, struct seen_count *n)
{
	uint64_t before[8] = { 0 }, after[8] = { 0 }, revision = graph_revision(t);
	struct question q = question_random(w, r);
	uint32_t procurer = w->num[q.p];
	struct op_list ops;
	struct w_change x;

	ck_assert_uint_le(known_words(t), ARRAY_LEN(before));
	knows(t, procurer, q.on, before);
	ops_init(&ops, rng_next(r));
	world_mutate(w, r, &x);
	ops_change(&ops, w, &x);
	ck_assert(ops_apply(&ops, t, w->today, stderr));
	ops_done(&ops);
	if (!known_stands(t, revision)) {
		n->made_anew++;
		return;
	}
	n->stood++;
	knows(t, procurer, q.on, after);
	ck_assert(memcmp(before, after, sizeof(before)) == 0);
}

static void one_question(struct world *w, struct txn *t, struct rng *r, bool changes,
			 struct seen_count *n)
{
	AUTO_FREE struct twin_chain *c = malloc(sizeof(*c));
	AUTO(buf_done) struct buf told = BUF_INIT;
	struct question q = question_random(w, r);

	ck_assert_ptr_nonnull(c);
	twin_chain(w, q.p, q.depth, q.on, q.horizon, c);
	scratch_force(scratch, (enum walk_form)rng_below(r, 3));
	tell_all(w, t, c, &q, &told);
	no_name_of_the_hidden(w, c, &told);
	n->pseudonyms += pseudonyms_told(w, t, c, &told);
	if (changes)
		n->unnoticed += unnoticed(w, t, c, &q, r, &told);
	scratch_force(scratch, WALK_ANY);
}

START_TEST(only_what_the_rules_allow)
{
	uint64_t first = setting("TIERWATCH_SEED", 1), worlds = setting("TIERWATCH_WORLDS", 150);
	AUTO_FREE struct world *w = malloc(sizeof(*w));
	struct seen_count n = { 0 };

	ck_assert_ptr_nonnull(w);
	for (uint64_t seed = first; seed < first + worlds; seed++) {
		struct rng r = { seed ^ 0x1ea4 };
		struct txn *t;

		memset(pseudonyms, 0, sizeof(pseudonyms));
		world_hidden(w, seed, &r);
		for (unsigned i = 0; i < 20; i++)
			n.others += whoever_it_is(w, &r, seed);
		t = written(w, seed);
		for (unsigned i = 0; i < 12; i++)
			one_question(w, t, &r, true, &n);
		for (unsigned i = 0; i < 6; i++) { /* other revisions: names come and go, pseudonyms stay */
			change_once(w, t, &r, &n);
			one_question(w, t, &r, false, &n);
		}
		never_joined(w);
		txn_abort(t);
	}
	ck_assert_uint_gt(n.pseudonyms, worlds * 20); /* else nothing was tested */
	ck_assert_uint_gt(n.unnoticed, worlds * 10);
	ck_assert_uint_gt(n.others, worlds);
	ck_assert_uint_gt(n.stood, worlds);
	ck_assert_uint_gt(n.made_anew, worlds);
}
END_TEST

/* ---- at once ---- */

/* How P sees S: "named", "anonymous", "" not at all; the day may lie in the past or future. */
static const char *seen(const char *p, const char *s, unsigned depth, const char *on)
{
	struct chain_query q = { .procurer = kit_num(p), .depth = depth, .on = kit_day(on), .horizon = 90 };
	struct dependency d;
	enum rc rc = dependency_compute(kit_txn, scratch, &q, kit_num(s), &d);

	if (rc == RC_NOT_FOUND)
		return "";
	ck_rc(rc, RC_OK);
	return d.named[d.n_path - 1] ? "named" : "anonymous";
}

START_TEST(grants_come_and_go)
{
	const char *const orgs[] = { "P", "Q", "X", "S", NULL };

	for (const char *const *o = orgs; *o; o++)
		kit_org(*o, "");
	kit_link("P", "X", "");
	kit_link("Q", "X", "");
	kit_link("X", "S", "disclosure=anonymous");
	ck_assert_str_eq(seen("P", "X", 4, TODAY), "named");
	ck_assert_str_eq(seen("P", "S", 4, TODAY), "anonymous");
	kit_link("X", "S", "disclosure=anonymous grants=P:named:2027-06-30");
	ck_assert_str_eq(seen("P", "S", 4, "2027-06-30"), "named");
	ck_assert_str_eq(seen("P", "S", 4, "2027-07-01"), "anonymous");
	ck_assert_str_eq(seen("Q", "S", 4, TODAY), "anonymous");
	kit_link("X", "S", "disclosure=private grants=P:anonymous:2027-06-30");
	ck_assert_str_eq(seen("P", "S", 4, "2027-06-30"), "anonymous");
	ck_assert_str_eq(seen("P", "S", 4, "2027-07-01"), "");
	ck_assert_str_eq(seen("Q", "S", 4, TODAY), "");
	kit_link("X", "S", "disclosure=upstream grants=P:anonymous"); /* the more open of the two */
	ck_assert_str_eq(seen("P", "S", 4, TODAY), "named");
	kit_link("X", "S", "disclosure=private grants=P:named");
	ck_assert_str_eq(seen("P", "S", 4, TODAY), "named");
	kit_link("X", "S", "disclosure=private grants=Q:named"); /* withdrawn */
	ck_assert_str_eq(seen("P", "S", 4, TODAY), "");
	ck_assert_str_eq(seen("Q", "S", 4, TODAY), "named");
	ck_assert_str_eq(seen("X", "S", 4, TODAY), "named"); /* its own link */
}
END_TEST

/* Another way to it names it, as far as that is asked of it. */
START_TEST(another_way_names)
{
	const char *const orgs[] = { "P", "A", "B", "C", "S", NULL };

	for (const char *const *o = orgs; *o; o++)
		kit_org(*o, "");
	kit_link("P", "A", "");
	kit_link("A", "S", "disclosure=anonymous");
	kit_link("A", "B", "");
	kit_link("B", "S", "");
	ck_assert_str_eq(seen("P", "S", 2, TODAY), "anonymous"); /* B's link is asked at depth 3 only */
	ck_assert_str_eq(seen("P", "S", 3, TODAY), "named");
	kit_link("B", "S", "start=2027-07-01");
	ck_assert_str_eq(seen("P", "S", 3, TODAY), "anonymous");
	kit_link("P", "S", "");
	ck_assert_str_eq(seen("P", "S", 1, TODAY), "named");
}
END_TEST

/* Hundreds that differ in nothing but their ids: those named are found on the way through all ids, the hidden ones
 * join them. */
START_TEST(many_that_tie)
{
	enum { MANY = 500 };
	struct chain_query q = { .depth = 4, .on = kit_day(TODAY), .horizon = 90 };
	char id[16], room[2][PSEUDONYM_TEXT];
	struct chain_iter it, behind;
	const struct chain_item *i, *next;
	struct chain_list *l;
	size_t n = 0, hidden = 0;

	kit_org("P", "");
	kit_org("X", "");
	kit_link("P", "X", "");
	for (unsigned k = 0; k < MANY; k++) {
		snprintf(id, sizeof(id), "S%03u", k * 389 % MANY);
		kit_org(id, "");
		kit_link("X", id, k % 3 ? "dependency=0.5" : "dependency=0.5 disclosure=anonymous");
	}
	q.procurer = kit_num("P");
	ck_rc(chain_list_compute(kit_txn, scratch, &q, (1u << ST__COUNT) - 1, &l), RC_OK);
	chain_iter_begin(&it, l, kit_txn);
	i = chain_iter_next(&it);
	for (; i; i = next, n++) {
		struct view at = veil_id(&l->veil, kit_txn, i->supplier, room[0]);

		hidden += !i->named;
		next = chain_iter_next(&it);
		if (next && i->tier == next->tier)
			ck_assert_int_lt(view_cmp(at, veil_id(&l->veil, kit_txn, next->supplier, room[1])), 0);
		if (n % 7)
			continue;
		chain_iter_begin(&behind, l, kit_txn);
		chain_iter_seek(&behind, i->tier, i->dependency, at);
		ck_assert_ptr_eq(chain_iter_next(&behind), next);
		ck_rc(chain_iter_done(&behind), RC_OK);
	}
	ck_rc(chain_iter_done(&it), RC_OK);
	ck_assert_uint_eq(n, MANY + 1);
	ck_assert_uint_eq(hidden, (MANY + 2) / 3);
	chain_list_free(l);
}
END_TEST

static Suite *learn_suite(void)
{
	Suite *s = suite_create("learn");
	TCase *tc = tcase_create("learn");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, only_what_the_rules_allow);
	tcase_add_test(tc, grants_come_and_go);
	tcase_add_test(tc, another_way_names);
	tcase_add_test(tc, many_that_tie);
	tcase_set_timeout(tc, 300);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	suite_make *const suites[] = { learn_suite };

	return run_suites(suites, ARRAY_LEN(suites));
}
