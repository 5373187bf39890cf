/*
 * test_writer.c - the writer over a graph that fails on demand: batches, growth, the ceiling, dead
 * disks, days, and a kill -9 at any moment.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/util.h"
#include "services/writer.h"
#include "tests/diskfault.h"
#include "tests/run.h"
#include "tests/services/fake_graph.h"
#include "tests/tmpdir.h"

#define MIB ((uint64_t)1 << 20)

static struct tmpdir dir;
static struct store *store;
static struct clock clk;

static struct store *store_of(const char *path, uint64_t map, uint64_t max)
{
	struct store_options o = { .create = true, .map_bytes = map, .map_max_bytes = max };
	struct store *s = NULL;
	bool is_new;
	struct err e = { 0 };
	enum rc rc = store_open(path, &o, &s, &is_new, &e);

	ck_assert_msg(rc == RC_OK, "%s %s", rc_code(rc), e.arg);
	if (is_new)
		fake_graph_init(s);
	return s;
}

static void setup_with(uint64_t map, uint64_t max)
{
	tmpdir_make(&dir);
	store = store_of(dir.path, map, max);
	clock_init_at(&clk, instant_of_day_jst(FAKE_DAY0) + 1000);
}

static void setup(void) { setup_with(64 * MIB, 64 * MIB); }

static void teardown(void)
{
	atomic_store(&fault_sync, 0);
	atomic_store(&fault_write, 0);
	store_close(store);
	tmpdir_remove(&dir);
}

static struct writer *start(const struct writer_options *o)
{
	struct writer *w = NULL;
	struct err e;

	ck_assert_int_eq(writer_start(store, &clk, o, &w, &e), RC_OK);
	return w;
}

/* ---- many commands at once ---- */

struct sent {
	struct submission s;
	struct op op;
	struct op_result result;
	char key[32];
	unsigned errors; /* on_error since the last reset */
	atomic_int *left;
	struct writer *w;
};

static void on_done(struct submission *s)
{
	struct sent *x = s->arg;

	atomic_fetch_sub(x->left, 1);
}

static void on_again(struct submission *s) { ((struct sent *)s->arg)->errors = 0; }

static void on_error(void *arg, size_t op, const struct err *e)
{
	(void)op;
	ck_assert_int_ne(e->rc, RC_OK);
	((struct sent *)arg)->errors++;
}

static void prepare(struct sent *x, const char *key, struct view fields, atomic_int *left)
{
	*x = (struct sent){ .left = left };
	snprintf(x->key, sizeof(x->key), "%s", key);
	x->op = (struct op){ .kind = OP_PUT, .a = view_str(x->key), .fields = fields };
	x->s = (struct submission){
		.cmd = { .type = CMD_OPS, .ops = &x->op, .n_ops = 1, .results = &x->result,
			 .on_error = on_error, .on_error_arg = x },
		.done = on_done, .again = on_again, .arg = x,
	};
}

static void wait_for(atomic_int *left)
{
	for (int i = 0; i < 60000 && atomic_load(left) > 0; i++)
		nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
	ck_assert_int_eq(atomic_load(left), 0);
}

static enum rc put_one(struct writer *w, const char *key, struct view fields, uint64_t *rev)
{
	struct op op = { .kind = OP_PUT, .a = view_str(key), .fields = fields };
	struct cmd c = { .type = CMD_OPS, .ops = &op, .n_ops = 1 };
	struct err e;

	return writer_do(w, &c, rev, &e);
}

START_TEST(commands_are_answered_with_their_revision)
{
	struct writer *w = start(NULL);
	uint64_t rev = 0;

	ck_assert_int_eq(put_one(w, "a", VIEW_LIT("1"), &rev), RC_OK);
	ck_assert_uint_eq(rev, 1);
	ck_assert_uint_eq(writer_revision(w), 1);
	ck_assert(fake_has(store, "a"));
	ck_assert_int_eq(put_one(w, "conflict", VIEW_LIT("1"), &rev), RC_CONFLICT);
	ck_assert_int_eq(put_one(w, "b", VIEW_LIT("1"), &rev), RC_OK);
	ck_assert_uint_eq(rev, 2);
	writer_stop(w);
	writer_stop(NULL);
}
END_TEST

START_TEST(one_bad_command_spoils_nothing)
{
	enum { N = 500 };
	struct sent *x = calloc(N, sizeof(*x));
	struct writer *w = start(NULL);
	atomic_int left = N;
	struct writer_stats st;

	for (int i = 0; i < N; i++) {
		const char *kind = i == 100 ? "damaged" : i == 200 ? "alone" : i % 7 == 3 ? "conflict" : "key";
		char key[32];

		snprintf(key, sizeof(key), "%s-%d", kind, i);
		prepare(&x[i], key, VIEW_LIT("v"), &left);
		ck_assert_int_eq(writer_submit(w, &x[i].s), RC_OK);
	}
	wait_for(&left);
	writer_stats(w, &st);
	ck_assert_uint_eq(st.commands, N);
	ck_assert_uint_eq(st.queued, 0);
	for (int i = 0; i < N; i++) {
		bool conflict = i % 7 == 3 && i != 100 && i != 200;
		enum rc want = i == 100 ? RC_DAMAGED : conflict ? RC_CONFLICT : RC_OK;

		ck_assert_msg(x[i].s.rc == want, "%s: %s", x[i].key, rc_code(x[i].s.rc));
		ck_assert_int_eq(fake_has(store, x[i].key), want == RC_OK);
		ck_assert_uint_eq(x[i].errors, conflict);
		ck_assert_int_eq(x[i].s.err.rc, want);
	}
	writer_stop(w);
	free(x);
}
END_TEST

START_TEST(a_full_map_is_grown_and_the_batch_run_again)
{
	enum { N = 64 };
	static char big[100000];
	struct sent *x = calloc(N, sizeof(*x));
	atomic_int left = N;
	struct writer *w;
	struct store_stat st;

	store_close(store);
	tmpdir_remove(&dir);
	setup_with(MIB, 64 * MIB);
	w = start(NULL);
	for (int i = 0; i < N; i++) {
		char key[32];

		snprintf(key, sizeof(key), "%s-%d", i % 8 == 1 ? "conflict" : "key", i);
		prepare(&x[i], key, view_of(big, sizeof(big)), &left);
		if (i == 2) {
			x[i].op.flags = OPF_ADD_CONTACT;
			x[i].op.fields = VIEW_LIT("contact");
		}
		if (i == 4) {
			x[i].op.flags = OPF_BY_CODE;
			x[i].op.b = VIEW_LIT("procurer");
			x[i].op.c = VIEW_LIT("code");
		}
		ck_assert_int_eq(writer_submit(w, &x[i].s), RC_OK);
	}
	wait_for(&left);
	for (int i = 0; i < N; i++) {
		ck_assert_int_eq(x[i].s.rc, i % 8 == 1 ? RC_CONFLICT : RC_OK);
		ck_assert_uint_eq(x[i].errors, i % 8 == 1);
	}
	ck_assert(view_is(x[2].op.fields, "contact")); /* handed back as it came */
	ck_assert(view_is(x[4].op.a, "key-4") && view_is(x[4].op.c, "code"));
	ck_assert_int_eq(store_stat(store, &st), RC_OK);
	ck_assert_uint_gt(st.map_bytes, 4 * MIB);
	writer_stop(w);
	free(x);
}
END_TEST

START_TEST(at_the_ceiling_small_ones_still_fit)
{
	static char big[600000];
	enum { N = 20 };
	struct sent *x = calloc(N, sizeof(*x));
	atomic_int left = N;
	struct writer *w;
	unsigned refused = 0;

	store_close(store);
	tmpdir_remove(&dir);
	setup_with(2 * MIB, 2 * MIB);
	w = start(NULL);
	for (int i = 0; i < N; i++) {
		char key[32];

		snprintf(key, sizeof(key), "key-%d", i);
		prepare(&x[i], key, i % 2 ? view_of(big, sizeof(big)) : VIEW_LIT("v"), &left);
		ck_assert_int_eq(writer_submit(w, &x[i].s), RC_OK);
	}
	wait_for(&left);
	for (int i = 0; i < N; i++) {
		ck_assert(x[i].s.rc == RC_OK || (i % 2 && x[i].s.rc == RC_STORE_FULL));
		ck_assert_int_eq(fake_has(store, x[i].key), x[i].s.rc == RC_OK);
		refused += x[i].s.rc != RC_OK;
	}
	ck_assert_uint_ge(refused, 7);
	ck_assert(!writer_dead(w));
	writer_stop(w);
	free(x);
}
END_TEST

START_TEST(a_full_disk_refuses_and_recovers)
{
	struct writer *w = start(NULL);
	uint64_t rev;

	ck_assert_int_eq(put_one(w, "a", VIEW_LIT("1"), &rev), RC_OK);
	atomic_store(&fault_write, ENOSPC);
	ck_assert_int_eq(put_one(w, "b", VIEW_LIT("1"), &rev), RC_STORE_FULL);
	ck_assert(fake_has(store, "a"));
	ck_assert(!writer_dead(w));
	atomic_store(&fault_write, 0);
	ck_assert_int_eq(put_one(w, "c", VIEW_LIT("1"), &rev), RC_OK);
	ck_assert_uint_eq(rev, 2);
	ck_assert(!fake_has(store, "b"));
	writer_stop(w);
}
END_TEST

START_TEST(a_failed_sync_is_the_end)
{
	struct writer *w = start(NULL);
	struct sent x;
	atomic_int left = 1;
	uint64_t rev;

	ck_assert_int_eq(put_one(w, "a", VIEW_LIT("1"), &rev), RC_OK);
	atomic_store(&fault_sync, EIO);
	ck_assert_int_eq(put_one(w, "b", VIEW_LIT("1"), &rev), RC_IO);
	ck_assert(writer_dead(w));
	atomic_store(&fault_sync, 0); /* a sync that works again proves nothing */
	prepare(&x, "c", VIEW_LIT("1"), &left);
	ck_assert_int_eq(writer_submit(w, &x.s), RC_IO);
	ck_assert(fake_has(store, "a"));
	writer_stop(w);
	store_close(store);
	store = store_of(dir.path, 64 * MIB, 64 * MIB);
	ck_assert(fake_has(store, "a"));
	ck_assert(!fake_has(store, "c"));
}
END_TEST

START_TEST(a_full_queue_is_busy)
{
	enum { N = 40 };
	struct writer_options o = { .queue_max = 5 };
	struct sent *x = calloc(N, sizeof(*x));
	struct writer *w = start(&o);
	atomic_int left = 0;
	unsigned busy = 0;

	for (int i = 0; i < N; i++) {
		char key[32];
		enum rc rc;

		snprintf(key, sizeof(key), "key-%d", i);
		prepare(&x[i], key, VIEW_LIT("v"), &left);
		atomic_fetch_add(&left, 1);
		rc = writer_submit(w, &x[i].s);
		if (rc != RC_OK) {
			ck_assert_int_eq(rc, RC_BUSY);
			atomic_fetch_sub(&left, 1);
			busy++;
		}
	}
	wait_for(&left);
	ck_assert_uint_gt(busy, 0);
	writer_stop(w);
	free(x);
}
END_TEST

START_TEST(stopping_answers_all_that_wait)
{
	enum { N = 3000 };
	struct writer_options o = { .batch_max = 100 };
	struct sent *x = calloc(N, sizeof(*x));
	struct writer *w = start(&o);
	atomic_int left = N;

	for (int i = 0; i < N; i++) {
		char key[32];

		snprintf(key, sizeof(key), "key-%d", i);
		prepare(&x[i], key, VIEW_LIT("v"), &left);
		ck_assert_int_eq(writer_submit(w, &x[i].s), RC_OK);
	}
	writer_stop(w);
	ck_assert_int_eq(atomic_load(&left), 0);
	for (int i = 0; i < N; i++) {
		ck_assert_int_eq(x[i].s.rc, RC_OK);
		ck_assert_uint_eq(x[i].s.revision, (uint64_t)i + 1); /* in order */
	}
	free(x);
}
END_TEST

static void hook(void *arg, uint64_t revision) { atomic_store((atomic_ullong *)arg, revision); }

START_TEST(hooks_hear_of_commits)
{
	struct writer *w = start(NULL);
	atomic_ullong a = 0, b = 0;
	uint64_t rev;

	writer_on_commit(w, hook, &a);
	writer_on_commit(w, hook, &b);
	ck_assert_int_eq(put_one(w, "x", VIEW_LIT("1"), &rev), RC_OK);
	for (int i = 0; i < 5000 && atomic_load(&b) != 1; i++)
		nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
	ck_assert_uint_eq(atomic_load(&a), 1);
	writer_off_commit(w, hook, &a);
	ck_assert_int_eq(put_one(w, "conflict", VIEW_LIT("1"), &rev), RC_CONFLICT); /* no commit */
	ck_assert_int_eq(put_one(w, "y", VIEW_LIT("1"), &rev), RC_OK);
	writer_stop(w);
	ck_assert_uint_eq(atomic_load(&a), 1);
	ck_assert_uint_eq(atomic_load(&b), 2);
}
END_TEST

/* ---- days ---- */

START_TEST(missed_days_are_rolled_over_in_order)
{
	struct writer *w;
	bool in_order;
	uint64_t rev;

	clock_init_at(&clk, instant_of_day_jst(FAKE_DAY0 + 200) + 3600000);
	w = start(NULL);
	ck_assert_uint_eq(fake_ticks(store, &in_order), 200);
	ck_assert(in_order);
	ck_assert_uint_eq(writer_revision(w), 200);
	ck_assert_int_eq(put_one(w, "x", VIEW_LIT("1"), &rev), RC_OK);
	ck_assert_uint_eq(rev, 201);
	writer_stop(w);
	clock_init_at(&clk, instant_of_day_jst(FAKE_DAY0 + 100)); /* back: the day stays */
	w = start(NULL);
	ck_assert_uint_eq(fake_ticks(store, &in_order), 200);
	writer_stop(w);
}
END_TEST

START_TEST(midnight_comes_while_it_runs)
{
	struct writer_options o = { .tick_ms = 10 };
	struct writer *w;
	bool in_order;

	clock_init_at(&clk, instant_of_day_jst(FAKE_DAY0 + 1) - 300);
	w = start(&o);
	ck_assert_uint_eq(fake_ticks(store, &in_order), 0);
	nanosleep(&(struct timespec){ 0, 600000000 }, NULL);
	ck_assert_uint_eq(fake_ticks(store, &in_order), 1);
	writer_stop(w);
}
END_TEST

START_TEST(a_command_of_the_new_day_comes_after_its_tick)
{
	struct writer_options o = { .tick_ms = 10000 };
	struct writer *w;
	uint64_t rev;
	bool in_order;

	clock_init_at(&clk, instant_of_day_jst(FAKE_DAY0 + 1) - 200);
	w = start(&o);
	nanosleep(&(struct timespec){ 0, 400000000 }, NULL);
	ck_assert_int_eq(put_one(w, "x", VIEW_LIT("1"), &rev), RC_OK);
	ck_assert_uint_eq(rev, 2); /* the tick is 1 */
	ck_assert_uint_eq(fake_ticks(store, &in_order), 1);
	writer_stop(w);
}
END_TEST

/* ---- a process that is killed ---- */

/* The program that gets killed: commands in batches, each acknowledged on standard output. */
static atomic_bool busy[64];

static void on_ack(struct submission *s)
{
	struct sent *x = s->arg;

	if (s->rc == RC_OK)
		dprintf(STDOUT_FILENO, "%s\n", x->key);
	atomic_store(&busy[x->s.cmd.job], false);
}

static int victim(const char *path, unsigned from)
{
	static struct sent x[64];
	static atomic_int left;
	struct store_options o = { .map_bytes = 64 * MIB };
	struct writer *w;
	struct err e;

	clock_init_at(&clk, instant_of_day_jst(FAKE_DAY0) + 1000);
	if (store_open(path, &o, &store, NULL, &e) != RC_OK ||
	    writer_start(store, &clk, NULL, &w, &e) != RC_OK)
		return 1;
	for (unsigned i = from;; i++) {
		struct sent *s = &x[i % 64];
		char key[32];

		while (atomic_exchange(&busy[i % 64], true))
			nanosleep(&(struct timespec){ 0, 50000 }, NULL);
		snprintf(key, sizeof(key), "key-%u", i);
		prepare(s, key, VIEW_LIT("value"), &left);
		s->s.done = on_ack;
		s->s.cmd.job = i % 64;
		if (writer_submit(w, &s->s) != RC_OK)
			return 1;
	}
}

static unsigned read_acks(int fd, char (*keys)[32], unsigned max)
{
	FILE *f = fdopen(fd, "r");
	unsigned n = 0;
	char line[32];

	ck_assert_ptr_nonnull(f);
	while (n < max && fgets(line, sizeof(line), f)) {
		if (!strchr(line, '\n')) /* cut by the kill */
			break;
		line[strcspn(line, "\n")] = '\0';
		memcpy(keys[n++], line, sizeof(line));
	}
	fclose(f);
	return n;
}

static unsigned kill_round(unsigned round, char (*keys)[32], unsigned max)
{
	char from[16];
	unsigned n;
	int p[2];
	pid_t pid;

	snprintf(from, sizeof(from), "%u", round * 1000000);
	ck_assert_int_eq(pipe2(p, O_CLOEXEC), 0);
	fcntl(p[1], F_SETPIPE_SZ, 1 << 20);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		dup2(p[1], STDOUT_FILENO);
		execl("/proc/self/exe", "test_writer", "victim", dir.path, from, (char *)NULL);
		_exit(127);
	}
	close(p[1]);
	nanosleep(&(struct timespec){ 0, 20000000 + (long)(round * 7919 % 60) * 1000000 }, NULL);
	kill(pid, SIGKILL);
	n = read_acks(p[0], keys, max);
	waitpid(pid, NULL, 0);
	store = store_of(dir.path, 64 * MIB, 64 * MIB);
	for (unsigned i = 0; i < n; i++)
		ck_assert_msg(fake_has(store, keys[i]), "round %u: %s was acknowledged and is lost",
			      round, keys[i]);
	store_close(store);
	store = NULL;
	return n;
}

START_TEST(what_was_acknowledged_survives_a_kill)
{
	enum { MAX = 40000 };
	unsigned rounds = getenv("TIERWATCH_LONG") ? 500 : 50, acks = 0;
	char (*keys)[32] = calloc(MAX, sizeof(*keys));

	store_close(store);
	store = NULL;
	for (unsigned i = 0; i < rounds; i++)
		acks += kill_round(i, keys, MAX);
	ck_assert_uint_gt(acks, rounds); /* it did kill something at work */
	free(keys);
}
END_TEST

static Suite *writer_suite(void)
{
	Suite *s = suite_create("services/writer");
	TCase *tc = tcase_create("writer");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, commands_are_answered_with_their_revision);
	tcase_add_test(tc, one_bad_command_spoils_nothing);
	tcase_add_test(tc, a_full_map_is_grown_and_the_batch_run_again);
	tcase_add_test(tc, at_the_ceiling_small_ones_still_fit);
	tcase_add_test(tc, a_full_disk_refuses_and_recovers);
	tcase_add_test(tc, a_failed_sync_is_the_end);
	tcase_add_test(tc, a_full_queue_is_busy);
	tcase_add_test(tc, stopping_answers_all_that_wait);
	tcase_add_test(tc, hooks_hear_of_commits);
	tcase_add_test(tc, missed_days_are_rolled_over_in_order);
	tcase_add_test(tc, midnight_comes_while_it_runs);
	tcase_add_test(tc, a_command_of_the_new_day_comes_after_its_tick);
	tcase_add_test(tc, what_was_acknowledged_survives_a_kill);
	suite_add_tcase(s, tc);
	return s;
}

int main(int argc, char **argv)
{
	static suite_make *const suites[] = { writer_suite };

	if (argc == 4)
		return victim(argv[2], (unsigned)strtoul(argv[3], NULL, 10));
	return run_suites(suites, ARRAY_LEN(suites));
}
