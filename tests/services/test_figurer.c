/*
 * test_figurer.c - kept figures against figures computed on the spot: random worlds changed at
 * random over days, restarts and kills; and the causes that events name.
 *
 * TIERWATCH_FIGURE_WORLDS sets how many worlds (default 10; fewer under sanitizers).
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/util.h"
#include "graph/answers.h"
#include "services/figurer.h"
#include "tests/graph/world_ops.h"
#include "tests/run.h"
#include "tests/tmpdir.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WORLDS_DEFAULT 3
#else
#define WORLDS_DEFAULT 10
#endif
#define MUST(x) ((x) ? (void)0 : (fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x), abort()))

static struct tmpdir dir;
static struct store *store;
static struct clock clk;
static struct writer *writer;
static struct figurer *figurer;
static size_t crowd_from; /* 0: as it comes */

/* ---- the rig ---- */

static void up_at(int64_t now_ms)
{
	struct store_options o = { .create = true, .map_bytes = 1u << 30 };
	struct writer_options wo = { .tick_ms = 10 };
	bool is_new;
	struct err e = { 0 };
	struct txn *t;

	clock_init_at(&clk, now_ms);
	MUST(store_open(dir.path, &o, &store, &is_new, &e) == RC_OK);
	if (is_new) {
		MUST(txn_begin_write(store, &t) == RC_OK);
		MUST(graph_init(t, clock_now_ms(&clk)) == RC_OK);
		MUST(txn_commit(t) == RC_OK);
	}
	MUST(writer_start(store, &clk, &wo, &writer, &e) == RC_OK);
	MUST(figurer_start(store, writer, &figurer, &e) == RC_OK);
	if (crowd_from > 0)
		figurer_crowd_from(figurer, crowd_from);
}

static void up(int32_t day) { up_at(instant_of_day_jst(day) + 3600000); }

static void down(void)
{
	figurer_stop(figurer);
	writer_stop(writer);
	store_close(store);
	figurer = NULL;
	writer = NULL;
	store = NULL;
}

static void setup(void) { tmpdir_make(&dir); }

static void teardown(void)
{
	if (store)
		down();
	tmpdir_remove(&dir);
}

static uint64_t send(struct op *ops, size_t n)
{
	struct cmd c = { .type = CMD_OPS, .actor = VIEW_LIT("test"), .ops = ops, .n_ops = n };
	uint64_t rev = 0;
	struct err e = { 0 };
	enum rc rc = writer_do(writer, &c, &rev, &e);

	if (rc != RC_OK)
		fprintf(stderr, "%s %s %s\n", rc_code(rc), e.field, e.arg);
	MUST(rc == RC_OK);
	return rev;
}

/* Sends a list in order, in commands of random size. */
static void send_list(struct op_list *l, struct rng *r)
{
	struct op *ops = calloc(l->n + 1, sizeof(*ops));

	for (size_t i = 0; i < l->n; i++) {
		ops[i] = l->op[i];
		ops[i].fields = buf_view(&l->fields[i]);
	}
	for (size_t at = 0; at < l->n;) {
		size_t n = 1 + rng_below(r, rng_chance(r, 60) ? 3 : 100);

		n = MIN(n, l->n - at);
		send(ops + at, n);
		at += n;
	}
	free(ops);
}

/* ---- the comparison ---- */

struct last_row {
	int32_t day;
	unsigned rows;
	struct exposure x;
};

static bool note_row(void *arg, int32_t day, const struct exposure *x)
{
	struct last_row *l = arg;

	MUST(x->on == day);
	MUST(l->rows == 0 || day > l->day);
	l->rows++;
	l->day = day;
	l->x = *x;
	return true;
}

static bool equal(const struct exposure *a, const struct exposure *b)
{
	AUTO(buf_done) struct buf x = BUF_INIT, y = BUF_INIT;

	exposure_encode(a, &x);
	exposure_encode(b, &y);
	return view_eq(buf_view(&x), buf_view(&y));
}

/* Every watched procurer's figures are what they would be if computed now; returns how many. */
static unsigned check_all(const char *when)
{
	struct scratch *s = scratch_new();
	uint32_t list[64];
	struct txn *t;
	size_t n;

	figurer_wait(figurer, writer_revision(writer));
	MUST(txn_begin_read(store, &t) == RC_OK);
	while (graph_revision(t) > figurer_done(figurer)) { /* the day went on meanwhile */
		txn_abort(t);
		figurer_wait(figurer, writer_revision(writer));
		MUST(txn_begin_read(store, &t) == RC_OK);
	}
	n = watched_list(t, 0, list, 64);
	for (size_t i = 0; i < n; i++) {
		struct exposure kept, now;
		struct last_row last = { 0 };
		struct rec targets;
		uint64_t rev;

		MUST(targets_get(t, list[i], &targets) == RC_OK);
		ck_assert_msg(figures_get(t, list[i], &kept, &rev) == RC_OK, "%s: none kept", when);
		{
			struct chain_query q = {
				.procurer = list[i],
				.depth = (unsigned)rec_int(&targets, TARGETS_DEPTH, DEPTH_DEFAULT),
				.on = graph_today(t),
				.horizon = HORIZON_DEFAULT,
				.caller = { .sees_all = true },
			};
			MUST(exposure_compute(t, s, &q, &now) == RC_OK);
		}
		ck_assert_msg(equal(&kept, &now),
			      "%s: figures of %u differ: kept %llu gaps of %llu on %d, now %llu of %llu on %d",
			      when, list[i], (unsigned long long)kept.gaps,
			      (unsigned long long)kept.suppliers, kept.on,
			      (unsigned long long)now.gaps, (unsigned long long)now.suppliers, now.on);
		history_each(t, list[i], DAY_MIN, DAY_MAX, note_row, &last);
		ck_assert_msg(last.rows > 0 && last.day == now.on && equal(&last.x, &now),
			      "%s: the last row of %u is wrong", when, list[i]);
	}
	scratch_free(s);
	txn_abort(t);
	return (unsigned)n;
}

/* ---- random worlds ---- */

static int32_t next_day(const struct world *w, struct rng *r, int32_t day)
{
	int32_t best = day + 1;

	if (rng_chance(r, 50)) /* to the day before, of or after one on which something happens */
		for (unsigned i = 0; i < w->n_pool; i++)
			if (w->pool[i] > day && w->pool[i] < day + 400 &&
			    (best == day + 1 || rng_chance(r, 50)))
				best = w->pool[i] + (int32_t)rng_below(r, 3) - 1;
	return MAX(best, day);
}

static void change(struct world *w, struct rng *r, unsigned n)
{
	struct op_list ops;

	ops_init(&ops, rng_next(r));
	while (n-- > 0) {
		struct w_change c;

		world_mutate(w, r, &c);
		ops_change(&ops, w, &c);
	}
	send_list(&ops, r);
	ops_done(&ops);
}

/* The watched come and go with history: a gap there is no fault of the figurer's. */
static void one_world(uint64_t seed, unsigned *io_checked)
{
	struct rng r = { seed };
	struct world *w = malloc(sizeof(*w));
	struct op_list ops;
	int32_t day;
	char when[64];

	world_random(w, seed, 30);
	day = w->today;
	tmpdir_remove(&dir);
	tmpdir_make(&dir);
	up(day);
	ops_init(&ops, seed);
	ops_world(&ops, w);
	send_list(&ops, &r);
	ops_done(&ops);
	for (unsigned i = 0; i < w->n_orgs; i++) { /* watch some from the start, for good */
		if (!w->org[i].there || w->org[i].targets.there || !rng_chance(&r, 30))
			continue;
		world_targets(w, (int)i);
		ops_init(&ops, seed);
		ops_targets(&ops, w, (int)i);
		send_list(&ops, &r);
		ops_done(&ops);
	}
	*io_checked += check_all("at first");
	for (unsigned round = 0; round < 25; round++) {
		snprintf(when, sizeof(when), "world %llu round %u", (unsigned long long)seed, round);
		change(w, &r, 1 + rng_below(&r, 6));
		if (rng_chance(&r, 60)) {
			*io_checked += check_all(when);
			continue;
		}
		if (rng_chance(&r, 30)) { /* the figurer is away for some changes */
			figurer_stop(figurer);
			figurer = NULL;
			change(w, &r, 1 + rng_below(&r, 6));
		}
		if (rng_chance(&r, 70))
			day = next_day(w, &r, day);
		down();
		up(day);
		*io_checked += check_all(when);
	}
	down();
	free(w);
}

/* Changes of certificates alone, in a process that stays up over midnight: nearly all figures shift. */
static void one_world_of_lapses(uint64_t seed, unsigned *io_checked)
{
	struct rng r = { seed };
	struct world *w = malloc(sizeof(*w)), *kept = malloc(sizeof(*w));
	struct op_list ops;
	char when[64];
	int32_t day;

	world_random(w, seed, 40);
	for (unsigned i = 0; i < w->n_links; i++)
		w->link[i].n_grants = 0;
	for (unsigned i = 0; i < w->n_orgs; i++)
		if (w->org[i].there && !w->org[i].targets.there && rng_chance(&r, 70))
			world_targets(w, (int)i);
	day = w->pool[rng_below(&r, w->n_pool)] - 1 - (rng_chance(&r, 30) ? HORIZON_DEFAULT : 0);
	tmpdir_remove(&dir);
	tmpdir_make(&dir);
	up_at(instant_of_day_jst(day + 1) - 400);
	ops_init(&ops, seed);
	ops_world(&ops, w);
	send_list(&ops, &r);
	ops_done(&ops);
	for (unsigned round = 0; round < 40; round++) {
		struct w_change c;

		snprintf(when, sizeof(when), "lapses %llu round %u", (unsigned long long)seed, round);
		*io_checked += check_all(when);
		if (round == 20)
			nanosleep(&(struct timespec){ 0, 450000000 }, NULL);
		ops_init(&ops, rng_next(&r));
		for (unsigned n = 1 + rng_below(&r, 3); n > 0;) {
			memcpy(kept, w, sizeof(*w));
			world_mutate(w, &r, &c);
			if (c.what == WC_CERT || c.what == WC_CERT_GONE) {
				ops_change(&ops, w, &c);
				n--;
			} else {
				memcpy(w, kept, sizeof(*w));
			}
		}
		send_list(&ops, &r);
		ops_done(&ops);
	}
	*io_checked += check_all("at last");
	down();
	free(kept);
	free(w);
}

START_TEST(lapses_shift_figures_as_if_computed)
{
	const char *n = getenv("TIERWATCH_FIGURE_WORLDS");
	unsigned long worlds = n ? strtoul(n, NULL, 10) : WORLDS_DEFAULT;
	unsigned checked = 0;

	for (unsigned long i = 0; i < worlds; i++) {
		crowd_from = i % 3 * 2; /* never, by twos, by fours at the least */
		crowd_from += crowd_from == 0 ? 1000 : 0;
		one_world_of_lapses(9015 + i, &checked);
	}
	crowd_from = 0;
	ck_assert_uint_gt(checked, worlds * 40);
}
END_TEST

START_TEST(kept_figures_are_those_of_the_moment)
{
	const char *n = getenv("TIERWATCH_FIGURE_WORLDS");
	unsigned long worlds = n ? strtoul(n, NULL, 10) : WORLDS_DEFAULT;
	unsigned checked = 0;

	for (unsigned long i = 0; i < worlds; i++) {
		crowd_from = i % 3;
		one_world(4000 + i, &checked);
	}
	crowd_from = 0;
	ck_assert_uint_gt(checked, worlds * 20);
}
END_TEST

/* ---- by hand ---- */

#define P "XX-LOCAL-P"
#define A "XX-LOCAL-A"
#define S "XX-LOCAL-S"

static uint64_t put(enum op_kind kind, enum ent ent, const char *a, const char *b, struct buf *fields)
{
	struct op op = { .kind = (uint8_t)kind, .ent = (uint8_t)ent, .flags = OPF_STUBS, .a = view_str(a),
			 .b = view_str(b) };
	uint64_t rev;

	if (ent == ENT_ORG)
		op.flags = OPF_CASCADE;
	if (fields)
		op.fields = buf_view(fields);
	rev = send(&op, 1);
	if (fields)
		buf_done(fields);
	return rev;
}

static void link_put(const char *p, const char *s)
{
	struct buf f = BUF_INIT;

	fl_int(&f, LINK_REQUIRED_LEVEL, 3);
	put(OP_PUT, ENT_LINK, p, s, &f);
}

static uint64_t cert_put(const char *org, int32_t issued, int32_t expires)
{
	struct buf f = BUF_INIT;

	fl_bytes(&f, CERT_SCHEME, VIEW_LIT("scs"));
	fl_int(&f, CERT_LEVEL, 3);
	fl_int(&f, CERT_ISSUED, issued);
	fl_int(&f, CERT_EXPIRES, expires);
	fl_int(&f, CERT_EVIDENCE, EVIDENCE_REGISTRY);
	return put(OP_PUT, ENT_CERT, org, "c1", &f);
}

static void watch(const char *org)
{
	struct buf f = BUF_INIT;

	fl_int(&f, TARGETS_OWN_LEVEL, 3);
	put(OP_PUT, ENT_TARGETS, org, "", &f);
}

struct last_event {
	enum event_type type;
	const char *subject;
	unsigned n;
	uint64_t revision;
	uint32_t seq;
	char data[4096];
};

static bool note_event(void *arg, const struct event *ev)
{
	struct last_event *l = arg;

	if (ev->type != l->type || !view_is(ev->subject, l->subject))
		return true;
	l->n++;
	l->revision = ev->revision;
	l->seq = ev->seq;
	snprintf(l->data, sizeof(l->data), "%.*s", (int)ev->data.n, (const char *)ev->data.p);
	return true;
}

static struct last_event last_of(enum event_type type, const char *subject)
{
	struct last_event l = { .type = type, .subject = subject };
	struct txn *t;

	figurer_wait(figurer, writer_revision(writer));
	MUST(txn_begin_read(store, &t) == RC_OK);
	MUST(events_read(t, 0, 0, SIZE_MAX, note_event, &l) == RC_OK);
	txn_abort(t);
	return l;
}

static unsigned rows_of(const char *org)
{
	struct last_row rows = { 0 };
	struct txn *t;
	uint32_t p;

	MUST(txn_begin_read(store, &t) == RC_OK);
	MUST(org_find(t, view_str(org), &p) == RC_OK);
	history_each(t, p, DAY_MIN, DAY_MAX, note_row, &rows);
	txn_abort(t);
	return rows.rows;
}

static bool names_cause(const struct last_event *ev, uint64_t revision, uint32_t seq)
{
	char id[EVENT_ID_TEXT], want[64];

	event_id_format(revision, seq, id);
	snprintf(want, sizeof(want), "\"cause\":\"%s\"", id);
	return strstr(ev->data, want) != NULL;
}

#define DAY0 20900

static void chain_up(void)
{
	up(DAY0);
	link_put(P, A);
	link_put(A, S);
	cert_put(A, DAY0 - 10, DAY0 + 900);
	cert_put(S, DAY0 - 10, DAY0 + 100);
	watch(P);
	ck_assert_uint_eq(check_all("chain"), 1);
}

/* The lapse that the write made, where there is one, not the change of the record. */
START_TEST(a_write_names_its_event_as_the_cause)
{
	struct last_event ev, lapse;
	struct buf f = BUF_INIT;
	uint64_t rev;

	chain_up();
	ev = last_of(EV_EXPOSURE_CHANGED, P);
	ck_assert_uint_eq(ev.n, 1); /* it became watched */
	ck_assert_ptr_nonnull(strstr(ev.data, "\"before\":null"));
	fl_int(&f, CERT_REVOKED_ON, DAY0);
	rev = put(OP_MERGE, ENT_CERT, S, "c1", &f);
	ev = last_of(EV_EXPOSURE_CHANGED, P);
	ck_assert_uint_eq(ev.n, 2);
	ck_assert_uint_gt(ev.revision, rev);
	lapse = last_of(EV_SUPPLIER_LAPSED, S);
	ck_assert_uint_eq(lapse.revision, rev);
	ck_assert_msg(names_cause(&ev, rev, lapse.seq), "%s", ev.data);
	ck_assert_uint_eq(check_all("revoked"), 1);
	put(OP_MERGE, ENT_ORG, S, "", NULL); /* nothing that matters */
	ck_assert_uint_eq(last_of(EV_EXPOSURE_CHANGED, P).n, 2);
}
END_TEST

START_TEST(a_day_names_the_lapse_as_the_cause)
{
	struct last_event ev, lapse;

	chain_up();
	down();
	up(DAY0 + 100); /* the last day on which it is valid; days before: it begins to expire */
	ck_assert_uint_eq(last_of(EV_SUPPLIER_LAPSED, S).n, 0);
	ev = last_of(EV_EXPOSURE_CHANGED, P);
	ck_assert_uint_eq(ev.n, 2);
	lapse = last_of(EV_SUPPLIER_EXPIRING, S);
	ck_assert_uint_eq(lapse.n, 1);
	ck_assert_msg(names_cause(&ev, lapse.revision, lapse.seq), "%s", ev.data);
	down();
	up(DAY0 + 101);
	lapse = last_of(EV_SUPPLIER_LAPSED, S);
	ck_assert_uint_eq(lapse.n, 1);
	ev = last_of(EV_EXPOSURE_CHANGED, P);
	ck_assert_uint_eq(ev.n, 3);
	ck_assert_msg(names_cause(&ev, lapse.revision, lapse.seq), "%s", ev.data);
	ck_assert_uint_eq(check_all("lapsed"), 1);
	ck_assert_uint_eq(rows_of(P), 102); /* every day has one, also those that were missed */
}
END_TEST

START_TEST(a_deleted_supplier_touches_those_above)
{
	chain_up();
	put(OP_DELETE, ENT_ORG, S, "", NULL);
	ck_assert_uint_eq(check_all("deleted"), 1);
	ck_assert_uint_eq(last_of(EV_EXPOSURE_CHANGED, P).n, 2);
	put(OP_DELETE, ENT_LINK, P, A, NULL);
	ck_assert_uint_eq(check_all("unlinked"), 1);
	ck_assert_uint_eq(last_of(EV_EXPOSURE_CHANGED, P).n, 3);
}
END_TEST

START_TEST(who_is_not_watched_has_no_figures)
{
	struct exposure x;
	struct txn *t;
	uint64_t rev;
	uint32_t p;

	chain_up();
	put(OP_DELETE, ENT_TARGETS, P, "", NULL);
	ck_assert_uint_eq(check_all("unwatched"), 0);
	cert_put(S, DAY0 - 10, DAY0 - 1);
	ck_assert_uint_eq(last_of(EV_EXPOSURE_CHANGED, P).n, 1);
	MUST(txn_begin_read(store, &t) == RC_OK);
	ck_assert_int_eq(org_find(t, VIEW_LIT(P), &p), RC_OK);
	ck_assert_int_eq(figures_get(t, p, &x, &rev), RC_NOT_FOUND);
	txn_abort(t);
	watch(P);
	ck_assert_uint_eq(check_all("watched again"), 1);
}
END_TEST

/* ---- a process that is killed ---- */

#define READY_FD 3

/* Changes a chain for ever and says when it has begun; the parent kills it. */
static _Noreturn void victim(const char *path)
{
	snprintf(dir.path, sizeof(dir.path), "%s", path);
	up(DAY0);
	for (unsigned i = 0;; i++) {
		link_put(P, i % 2 ? A : S);
		link_put(A, S);
		watch(i % 3 ? P : A);
		cert_put(i % 5 ? S : A, DAY0 - 10, DAY0 + (int32_t)(i % 400) - 5);
		if (i % 7 == 0) {
			link_put(P, A);
			put(OP_DELETE, ENT_LINK, P, A, NULL);
		}
		if (i == 0 && write(READY_FD, "", 1) != 1)
			_exit(1);
	}
}

/* On a busy machine the child is slow to start: its time counts from its first round. */
static pid_t victim_start(void)
{
	int ends[2];
	char byte;
	pid_t pid;

	MUST(pipe(ends) == 0);
	pid = fork();
	MUST(pid >= 0);
	if (pid == 0) {
		dup2(ends[1], READY_FD);
		execl("/proc/self/exe", "test_figurer", dir.path, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	MUST(read(ends[0], &byte, 1) == 1);
	close(ends[0]);
	return pid;
}

START_TEST(figures_catch_up_after_a_kill)
{
	unsigned rounds = getenv("TIERWATCH_LONG") ? 200 : 20, checked = 0;

	for (unsigned i = 0; i < rounds; i++) {
		pid_t pid = victim_start();

		nanosleep(&(struct timespec){ 0, 1000000 + (long)(i * 7919 % 50) * 1000000 }, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		up(DAY0);
		checked += check_all("after a kill");
		down();
	}
	ck_assert_uint_gt(checked, rounds / 2);
}
END_TEST

static Suite *figurer_suite(void)
{
	Suite *s = suite_create("services/figurer");
	TCase *tc = tcase_create("figurer");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 600);
	tcase_add_test(tc, a_write_names_its_event_as_the_cause);
	tcase_add_test(tc, a_day_names_the_lapse_as_the_cause);
	tcase_add_test(tc, a_deleted_supplier_touches_those_above);
	tcase_add_test(tc, who_is_not_watched_has_no_figures);
	tcase_add_test(tc, kept_figures_are_those_of_the_moment);
	tcase_add_test(tc, lapses_shift_figures_as_if_computed);
	tcase_add_test(tc, figures_catch_up_after_a_kill);
	suite_add_tcase(s, tc);
	return s;
}

int main(int argc, char **argv)
{
	static suite_make *const suites[] = { figurer_suite };

	if (argc == 2)
		victim(argv[1]);
	return run_suites(suites, ARRAY_LEN(suites));
}
