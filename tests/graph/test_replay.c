/*
 * test_replay.c - the log is the only way to change state: the commands of a store, read from its
 * log and applied to an empty one, give the same store. Contacts are not in the log; everything
 * else is compared. What a refused operation would leave behind shows here too: it is not logged.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "graph/adj.h"
#include "graph/contacts.h"
#include "tests/graph/records.h"
#include "tests/graph/world_ops.h"
#include "tests/run.h"

#define ck_ok(rc) ck_assert_str_eq(rc_code(rc), rc_code(RC_OK))
#define TODAY 20000

/* A store, and the one that its log makes. */
static struct {
	char dir[64];
	struct store *store;
} home[2];
static struct txn *origin, *copy;

static struct txn *store_make(int i)
{
	struct store_options o = { .map_bytes = 256u << 20, .create = true };
	struct err e = { 0 };
	struct txn *t = NULL;

	strcpy(home[i].dir, access("/dev/shm", W_OK) == 0 ? "/dev/shm/twXXXXXX" : "/tmp/twXXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(home[i].dir));
	ck_ok(store_open(home[i].dir, &o, &home[i].store, NULL, &e));
	ck_ok(txn_begin_write(home[i].store, &t));
	return t;
}

static void store_drop(int i, struct txn *t)
{
	char path[96];

	txn_abort(t);
	store_close(home[i].store);
	for (const char *const *f = (const char *const[]){ "data.mdb", "lock.mdb", "lock", "secret.key", NULL }; *f; f++) {
		snprintf(path, sizeof(path), "%s/%s", home[i].dir, *f);
		unlink(path);
	}
	rmdir(home[i].dir);
}

static void set_up(void)
{
	origin = store_make(0);
	copy = store_make(1);
}

static void tear_down(void)
{
	store_drop(0, origin);
	store_drop(1, copy);
}

static void begin(int32_t today)
{
	ck_ok(graph_init(origin, instant_of_day_jst(today)));
	ck_ok(graph_init(copy, instant_of_day_jst(today)));
}

/* ---- comparing ---- */

static void same_keys_and_values(enum db db)
{
	AUTO_CUR struct cur a = { 0 };
	AUTO_CUR struct cur b = { 0 };

	cur_open(&a, origin, db);
	cur_open(&b, copy, db);
	bool more_a = cur_first(&a), more_b = cur_first(&b);
	for (size_t i = 0; more_a && more_b; i++) {
		ck_assert_msg(view_eq(a.key, b.key), "%s: entry %zu has another key",
			      store_schema[db].name, i);
		if (db != DB_META || !view_is(a.key, "secret_id"))
			ck_assert_msg(view_eq(a.val, b.val), "%s: entry %zu differs",
				      store_schema[db].name, i);
		more_a = cur_next(&a);
		more_b = cur_next(&b);
	}
	ck_assert_msg(more_a == more_b, "%s: one has more", store_schema[db].name);
}

static void links(struct txn *t, uint32_t org, struct buf *out)
{
	struct link_iter it;
	struct rec r;

	buf_clear(out);
	link_iter_open(&it, t, org, 0);
	while (link_iter_next(&it, &r)) {
		buf_add(out, &it.supplier, 4);
		rec_encode(&r, out);
	}
	link_iter_close(&it);
}

static void same_stores(void)
{
	static const enum db plain[] = { DB_META, DB_LOG, DB_ORG_ID, DB_ORG, DB_NAME, DB_STEP, DB_CERT,
					 DB_CLAUSE, DB_TARGETS, DB_GRANT, DB_CODE, DB_CALENDAR,
					 DB_OUTBOX, DB_FIGURES, DB_HISTORY, DB_JOB, DB_PAST,
					 DB_AUDIT, DB_ERASED };
	AUTO(buf_done) struct buf a = BUF_INIT;
	AUTO(buf_done) struct buf b = BUF_INIT;

	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		same_keys_and_values(plain[i]);
	for (uint32_t o = 1; o <= graph_max_org(origin); o++) {
		links(origin, o, &a);
		links(copy, o, &b);
		ck_assert_msg(view_eq(buf_view(&a), buf_view(&b)), "links of %u differ", o);
		for (int d = ADJ_OUT; d <= ADJ_IN; d++) {
			records_neighbours(origin, (enum adj_dir)d, o, &a);
			records_neighbours(copy, (enum adj_dir)d, o, &b);
			ck_assert_msg(view_eq(buf_view(&a), buf_view(&b)), "neighbours of %u differ", o);
		}
	}
}

/* A revision's images are the records that it changed or removed, as they were. */
static void past_is_whole(uint64_t rev, const struct buf *before)
{
	AUTO(buf_done) struct buf after = BUF_INIT;
	AUTO(buf_done) struct buf lost = BUF_INIT;
	AUTO(buf_done) struct buf kept = BUF_INIT;
	uint8_t one[32], other[32];

	records_all(copy, &after);
	records_lost(before, &after, &lost);
	records_past(copy, rev, &kept);
	ck_assert_msg(view_eq(buf_view(&lost), buf_view(&kept)), "what revision %u found", (unsigned)rev);
	ck_ok(past_digest(copy, rev, one));
	ck_ok(past_digest(origin, rev, other));
	ck_assert_mem_eq(one, other, 32);
}

static void replay(void)
{
	AUTO(buf_done) struct buf bytes = BUF_INIT;
	AUTO(buf_done) struct buf before = BUF_INIT;

	/* graph_init() has made the day from the same instant */
	for (uint64_t rev = 1; rev <= graph_revision(origin); rev++) {
		AUTO(batch_free_p) struct batch *b = NULL;
		struct cmd c;
		struct err e = { 0 };
		uint64_t revision;

		ck_ok(log_read(origin, rev, &bytes));
		ck_ok(cmd_decode(buf_view(&bytes), &c));
		c.many = rev % 2; /* both ways of applying ops give the same store */
		records_all(copy, &before);
		ck_ok(batch_new(copy, &b));
		ck_ok(graph_apply(b, &c, &revision, &e));
		ck_ok(batch_finish(b));
		ck_assert_uint_eq(revision, rev);
		past_is_whole(rev, &before);
		free(c.ops);
	}
	same_stores();
}

/* ---- commands by hand ---- */

#define ROWS 8

struct rows {
	size_t n, n_personal;
	struct op op[ROWS];
	struct op_result res[ROWS];
	struct buf fields[ROWS], contact[ROWS];
	struct personal personal[ROWS];
	bool all_or_nothing, dry_run;
};

static struct buf *row(struct rows *r, enum op_kind kind, unsigned flags, enum ent ent, const char *a,
		       const char *b, const char *c)
{
	ck_assert_uint_lt(r->n, ROWS);
	r->op[r->n] = (struct op){ .kind = (uint8_t)kind, .ent = (uint8_t)ent, .flags = (uint8_t)flags,
				   .a = view_str(a), .b = view_str(b), .c = view_str(c) };
	return &r->fields[r->n++];
}

/* The contact that the last row brings. */
static void contact(struct rows *r, const char *role, const char *email)
{
	struct contact c = { .part[CP_ROLE] = view_str(role), .part[CP_EMAIL] = view_str(email) };
	struct personal *p = &r->personal[r->n_personal];
	struct buf *bytes = &r->contact[r->n_personal++];
	struct op *op = &r->op[r->n - 1];
	uint8_t secret[32];

	ck_ok(graph_secret(origin, secret));
	contact_encode(bytes, &c);
	p->bytes = buf_view(bytes);
	personal_ref(secret, ENT_ORG, op, p->bytes, p->ref);
	fl_bytes(&r->fields[r->n - 1], ORG_CONTACTS, view_of(p->ref, 16));
	op->flags |= OPF_ADD_CONTACT;
}

static enum rc send(struct rows *r)
{
	AUTO(batch_free_p) struct batch *b = NULL;
	struct cmd c = { .type = CMD_OPS, .at_ms = 1, .actor = VIEW_LIT("test"), .ops = r->op,
			 .n_ops = r->n, .results = r->res, .personal = r->personal,
			 .n_personal = r->n_personal, .all_or_nothing = r->all_or_nothing,
			 .dry_run = r->dry_run };
	struct err e = { 0 };
	uint64_t revision;
	enum rc rc;

	for (size_t i = 0; i < r->n; i++)
		r->op[i].fields = r->fields[i].n ? buf_view(&r->fields[i]) : VIEW_LIT("");
	ck_ok(batch_new(origin, &b));
	rc = graph_apply(b, &c, &revision, &e);
	ck_ok(batch_finish(b));
	for (size_t i = 0; i < r->n; i++) {
		buf_done(&r->fields[i]);
		buf_done(&r->contact[i]);
	}
	return rc;
}

static void org(struct rows *r, const char *id)
{
	fl_bytes(row(r, OP_PUT, 0, ENT_ORG, id, "", ""), ORG_NAME, view_str("Name"));
}

static void aliases(struct buf *f, const char *alias)
{
	AUTO(buf_done) struct buf list = BUF_INIT;

	buf_lenbytes(&list, view_str(alias));
	fl_bytes(f, ORG_ALIASES, buf_view(&list));
}

static bool known(const char *id)
{
	uint32_t o;

	return org_find(origin, view_str(id), &o) == RC_OK;
}

static unsigned contacts_of(const char *id)
{
	uint32_t o;
	struct rec r;
	struct view v;
	struct contact c;
	unsigned n = 0;

	ck_ok(org_find(origin, view_str(id), &o));
	ck_ok(org_get(origin, o, &r));
	if (!rec_has(&r, ORG_CONTACTS))
		return 0;
	ck_ok(personal_get(origin, r.f[ORG_CONTACTS], &v));
	for (struct rd rd = rd_of(v); contact_next(&rd, &c);)
		n++;
	return n;
}

/* A row that is refused makes no organisation on the way: the log would not know of it. */
START_TEST(refused_unit_leaves_no_parent)
{
	struct rows r = { 0 }, one = { 0 };
	struct buf *f;

	begin(TODAY);
	org(&r, "XX-LOCAL-A");
	f = row(&r, OP_MERGE, OPF_STUBS, ENT_ORG, "XX-LOCAL-B~1", "", "");
	fl_int(f, ORG_KIND, KIND_SITE);
	aliases(f, "XX-LOCAL-A");
	f = row(&r, OP_MERGE, OPF_STUBS, ENT_ORG, "XX-LOCAL-C~1", "", "");
	fl_int(f, ORG_KIND, KIND_SITE);
	fl_bytes(f, ORG_PARENT, view_str("XX-LOCAL-A"));
	org(&r, "XX-LOCAL-D");
	f = row(&r, OP_MERGE, OPF_STUBS, ENT_ORG, "XX-LOCAL-E~1", "", "");
	fl_int(f, ORG_KIND, KIND_SITE);
	ck_ok(send(&r));
	ck_assert_int_eq(r.res[1].rc, RC_ID_TAKEN);
	ck_assert_int_eq(r.res[2].rc, RC_BAD_PARENT);
	ck_ok(r.res[4].rc);
	ck_assert(!known("XX-LOCAL-B") && !known("XX-LOCAL-C") && known("XX-LOCAL-E"));
	f = row(&one, OP_MERGE, OPF_STUBS, ENT_ORG, "XX-LOCAL-F~1", "", "");
	fl_int(f, ORG_KIND, KIND_SITE);
	aliases(f, "XX-LOCAL-D");
	ck_assert_int_eq(send(&one), RC_ID_TAKEN);
	ck_assert(!known("XX-LOCAL-F"));
	replay();
}
END_TEST

/* The id of a unit is its parent's id, '~' and a code: an alias of the parent does not do, for its
 * units are found by the id. */
START_TEST(unit_of_an_alias)
{
	struct rows r = { 0 };

	begin(TODAY);
	aliases(row(&r, OP_MERGE, 0, ENT_ORG, "XX-LOCAL-A", "", ""), "XX-LOCAL-OLD");
	fl_int(row(&r, OP_MERGE, OPF_STUBS, ENT_ORG, "XX-LOCAL-OLD~1", "", ""), ORG_KIND, KIND_SITE);
	ck_ok(send(&r));
	ck_assert_int_eq(r.res[1].rc, RC_BAD_PARENT);
	replay();
}
END_TEST

/* The same contact twice in a file, another one between. */
START_TEST(contact_comes_again)
{
	struct rows r = { 0 };

	begin(TODAY);
	org(&r, "XX-LOCAL-A");
	for (int i = 0; i < 3; i++) {
		row(&r, OP_MERGE, OPF_MUST_EXIST, ENT_ORG, "XX-LOCAL-A", "", "");
		contact(&r, "security", i == 1 ? "b@example.com" : "a@example.com");
	}
	ck_ok(send(&r));
	ck_assert_uint_eq(contacts_of("XX-LOCAL-A"), 2);
}
END_TEST

/* A contact of a row that is refused, brought again by a good row. */
START_TEST(contact_of_a_refused_row)
{
	struct rows r = { 0 };
	struct buf *f;

	begin(TODAY);
	org(&r, "XX-LOCAL-A");
	org(&r, "XX-LOCAL-B");
	f = row(&r, OP_MERGE, 0, ENT_ORG, "XX-LOCAL-B", "", "");
	aliases(f, "XX-LOCAL-A");
	contact(&r, "security", "a@example.com");
	row(&r, OP_MERGE, 0, ENT_ORG, "XX-LOCAL-B", "", "");
	contact(&r, "security", "a@example.com");
	ck_ok(send(&r));
	ck_assert_int_eq(r.res[2].rc, RC_ID_TAKEN);
	ck_assert_uint_eq(contacts_of("XX-LOCAL-B"), 1);
	ck_assert_uint_eq(txn_count(origin, DB_PERSONAL), 1);
}
END_TEST

/* ---- events of a large command ---- */

#define MANY 700 /* with long notes: several parts of the log */

struct heard {
	size_t n, stop_at;
	uint64_t revision;
	uint32_t seq;
	struct buf text;
};

static bool hear(void *arg, const struct event *ev)
{
	struct heard *h = arg;

	h->revision = ev->revision;
	h->seq = ev->seq;
	buf_addf(&h->text, "%u/%u %d ", (unsigned)ev->revision, ev->seq, ev->type);
	buf_addv(&h->text, ev->subject);
	buf_addv(&h->text, ev->data);
	return ++h->n != h->stop_at;
}

static void many_orgs(void)
{
	static struct op op[MANY];
	static char id[MANY][32], note[4000];
	AUTO(batch_free_p) struct batch *b = NULL;
	struct buf fields = BUF_INIT;
	struct cmd c = { .type = CMD_OPS, .at_ms = 1, .actor = VIEW_LIT("test"), .ops = op };
	struct err e = { 0 };
	uint64_t revision;

	memset(note, 'n', sizeof(note));
	fl_bytes(&fields, ORG_NAME, view_str("Name"));
	fl_bytes(&fields, ORG_NOTE, view_of(note, sizeof(note)));
	for (; c.n_ops < MANY - 50; c.n_ops++) {
		snprintf(id[c.n_ops], sizeof(id[0]), "XX-LOCAL-%zu", c.n_ops);
		op[c.n_ops] = (struct op){ .kind = OP_PUT, .ent = ENT_ORG, .a = view_str(id[c.n_ops]),
					   .fields = buf_view(&fields) };
	}
	AUTO(buf_done) struct buf cert = BUF_INIT;
	fl_int(&cert, CERT_LEVEL, 3);
	for (size_t i = 0; c.n_ops < MANY; c.n_ops++, i++)
		op[c.n_ops] = (struct op){ .kind = OP_PUT, .ent = ENT_CERT, .a = view_str(id[i]),
					   .b = VIEW_LIT("c"), .fields = buf_view(&cert) };
	ck_ok(batch_new(origin, &b));
	ck_ok(graph_apply(b, &c, &revision, &e));
	ck_ok(batch_finish(b));
	buf_done(&fields);
}

/* Page by page, with a place kept or without, the same is told as at once. */
static void pages(const struct heard *all, size_t max, bool by_fn, struct event_place *place)
{
	struct heard h = { .stop_at = 0 };

	for (size_t before = SIZE_MAX; h.n != before;) {
		before = h.n;
		h.stop_at = by_fn ? h.n + max : 0;
		ck_ok(events_read_on(origin, h.revision, h.seq, by_fn ? SIZE_MAX : max, hear, &h, place));
	}
	ck_assert_uint_eq(h.n, all->n);
	ck_assert(view_eq(buf_view(&h.text), buf_view(&all->text)));
	buf_done(&h.text);
}

START_TEST(events_page_by_page)
{
	struct heard all = { 0 };
	struct rows r = { 0 };
	struct event_place place = { 0 };

	begin(TODAY);
	org(&r, "XX-LOCAL-A");
	ck_ok(send(&r));
	many_orgs();
	r = (struct rows){ 0 };
	org(&r, "XX-LOCAL-B");
	ck_ok(send(&r));
	ck_ok(events_read(origin, 0, 0, SIZE_MAX, hear, &all));
	ck_assert_uint_eq(all.n, MANY + 2 + 50); /* restored */
	for (size_t max = 1; max < 2000; max = max * 3 + 1) {
		pages(&all, max, false, NULL);
		for (int by_fn = 0; by_fn < 2; by_fn++) {
			place = (struct event_place){ 0 };
			pages(&all, max, by_fn, &place);
			pages(&all, max, by_fn, &place); /* an old place does no harm */
		}
	}
	buf_done(&all.text);
}
END_TEST

/* ---- random worlds ---- */

static void tick(int32_t day)
{
	struct cmd c = { .type = CMD_TICK, .day = day, .actor = VIEW_LIT("system"),
			 .at_ms = instant_of_day_jst(day) };
	AUTO(batch_free_p) struct batch *b = NULL;
	struct err e = { 0 };
	uint64_t revision;

	ck_ok(batch_new(origin, &b));
	ck_ok(graph_apply(b, &c, &revision, &e));
	ck_ok(batch_finish(b));
}

/* A command of which nothing stays, or only some rows do. */
static void half_refused(const struct world *w, struct rng *r)
{
	struct rows x = { .all_or_nothing = rng_chance(r, 40), .dry_run = rng_chance(r, 20) };
	char id[4][32];

	for (int i = 0; i < 4; i++)
		snprintf(id[i], sizeof(id[i]), "XX-LOCAL-N%u~%d", rng_below(r, 6), i);
	const char *some = w->org[rng_below(r, w->n_orgs)].id, *other = w->org[rng_below(r, w->n_orgs)].id;

	fl_int(row(&x, OP_MERGE, OPF_STUBS, ENT_LINK, id[0], some, ""), LINK_REQUIRED_LEVEL, 3);
	fl_int(row(&x, OP_MERGE, OPF_STUBS, ENT_LINK, other, other, ""), LINK_REQUIRED_LEVEL, 3);
	fl_int(row(&x, OP_MERGE, OPF_STUBS, ENT_ORG, id[1], "", ""), ORG_KIND, (int)rng_below(r, 3));
	fl_int(row(&x, OP_MERGE, OPF_STUBS, ENT_CERT, id[2], "c", ""), CERT_LEVEL, rng_below(r, 6));
	row(&x, OP_DELETE, rng_chance(r, 50) ? OPF_CASCADE : 0, ENT_ORG, id[3], "", "");
	struct buf *f = row(&x, OP_MERGE, OPF_STUBS, ENT_ORG, id[3], "", "");
	fl_int(f, ORG_KIND, KIND_SITE);
	aliases(f, rng_chance(r, 50) ? some : id[1]);
	row(&x, OP_DELETE, 0, ENT_LINK, id[0], some, "");
	(void)send(&x);
}

static void one_world(struct world *w, uint64_t seed)
{
	struct rng r = { seed };
	struct op_list ops;

	world_random(w, seed, rng_chance(&r, 10) ? 60 : 14);
	begin(w->today);
	ops_init(&ops, seed);
	ops_world(&ops, w);
	if (seed % 5 == 0)
		ops_filler(&ops, (unsigned)(seed / 5 % 300));
	ops.at_once = seed % 7 == 0;
	ck_assert(ops_apply(&ops, origin, w->today, stderr));
	ops_done(&ops);
	for (unsigned n = 0; n < 30; n++) {
		struct w_change change;

		if (rng_chance(&r, 30)) {
			tick(++w->today);
			continue;
		}
		if (rng_chance(&r, 30)) {
			half_refused(w, &r);
			continue;
		}
		ops_init(&ops, rng_next(&r));
		for (unsigned k = 1 + rng_below(&r, 5); k > 0; k--) {
			world_mutate(w, &r, &change);
			ops_change(&ops, w, &change);
		}
		ck_assert(ops_apply(&ops, origin, w->today, stderr));
		ops_done(&ops);
	}
	replay();
}

static void say(void *arg, const char *sentence)
{
	(void)arg;
	fprintf(stderr, "graph_check: %s\n", sentence);
}

START_TEST(random_worlds)
{
	const char *n = getenv("TIERWATCH_WORLDS"), *first = getenv("TIERWATCH_SEED");
	uint64_t worlds = n ? strtoull(n, NULL, 10) / 10 + 1 : 40;
	uint64_t seed = first ? strtoull(first, NULL, 10) : 1;
	AUTO_FREE struct world *w = malloc(sizeof(*w));
	struct txn *parent[2] = { origin, copy };

	ck_assert_ptr_nonnull(w);
	for (uint64_t last = seed + worlds; seed < last; seed++) {
		ck_ok(txn_begin_child(parent[0], &origin));
		ck_ok(txn_begin_child(parent[1], &copy));
		one_world(w, seed);
		ck_assert_uint_eq(graph_check(copy, say, NULL), 0);
		txn_abort(origin);
		txn_abort(copy);
	}
	origin = parent[0];
	copy = parent[1];
}
END_TEST

static Suite *replay_suite(void)
{
	Suite *s = suite_create("replay");
	TCase *tc = tcase_create("log");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, refused_unit_leaves_no_parent);
	tcase_add_test(tc, unit_of_an_alias);
	tcase_add_test(tc, contact_comes_again);
	tcase_add_test(tc, contact_of_a_refused_row);
	tcase_add_test(tc, events_page_by_page);
	tcase_add_test(tc, random_worlds);
	tcase_set_timeout(tc, 600);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	suite_make *const suites[] = { replay_suite };

	return run_suites(suites, ARRAY_LEN(suites));
}
