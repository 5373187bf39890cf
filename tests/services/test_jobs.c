/*
 * test_jobs.c - imports as jobs: counts and errors by line, strict and dry runs, files that go,
 * records that stay, stops and kills.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/util.h"
#include "graph/contacts.h"
#include "services/jobs.h"
#include "services/jobs_int.h"
#include "tests/run.h"
#include "tests/tmpdir.h"

#define DAY0 20900
#define MUST(x) ((x) ? (void)0 : (fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x), abort()))

static struct tmpdir dir;
static char spool[160];
static struct store *store;
static struct clock clk;
static struct writer *writer;
static struct jobs *jobs;

static void up(void)
{
	struct store_options o = { .create = true, .map_bytes = 1u << 30 };
	bool is_new;
	struct err e = { 0 };
	struct txn *t;

	clock_init_at(&clk, instant_of_day_jst(DAY0) + 3600000);
	snprintf(spool, sizeof(spool), "%s/spool", dir.path);
	MUST(store_open(dir.path, &o, &store, &is_new, &e) == RC_OK);
	if (is_new) {
		MUST(txn_begin_write(store, &t) == RC_OK);
		MUST(graph_init(t, clock_now_ms(&clk)) == RC_OK);
		MUST(txn_commit(t) == RC_OK);
	}
	MUST(writer_start(store, &clk, NULL, &writer, &e) == RC_OK);
	MUST(jobs_start(store, writer, spool, &jobs, &e) == RC_OK);
}

static void down(void)
{
	jobs_stop(jobs);
	writer_stop(writer);
	store_close(store);
	jobs = NULL;
	writer = NULL;
	store = NULL;
}

static void setup(void)
{
	tmpdir_make(&dir);
	up();
}

static void teardown(void)
{
	if (store)
		down();
	tmpdir_remove(&dir);
}

/* ---- files ---- */

static struct job_request request_of(const char *name, enum import_kind kind)
{
	struct job_request r = { .params = { .format = IF_CSV, .kind = kind }, .who = { .name = "tester", .role = ROLE_ADMIN } };

	snprintf(r.params.path, sizeof(r.params.path), "%s/%s", spool, name);
	return r;
}

static void write_file(const struct job_request *r, const char *text)
{
	FILE *f = fopen(r->params.path, "w");

	MUST(f != NULL);
	fputs(text, f);
	fclose(f);
}

static uint64_t submit(const struct job_request *r)
{
	uint64_t job = 0;
	struct err e;

	MUST(jobs_submit(jobs, r, &job, &e) == RC_OK);
	return job;
}

static enum rc get(uint64_t job, struct job_report *out)
{
	struct txn *t;
	enum rc rc;

	MUST(txn_begin_read(store, &t) == RC_OK);
	rc = jobs_get(jobs, t, job, out);
	txn_abort(t);
	return rc;
}

static struct job_report wait_for(uint64_t job)
{
	struct job_report r;

	for (;;) {
		MUST(get(job, &r) == RC_OK);
		if (r.state >= JOB_DONE)
			return r;
		job_report_done(&r);
		nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
	}
}

static struct job_report import(struct job_request *r, const char *text)
{
	write_file(r, text);
	return wait_for(submit(r));
}

static unsigned count_orgs(void)
{
	struct store_stat st;

	MUST(store_stat(store, &st) == RC_OK);
	return (unsigned)st.entries[DB_ORG];
}

static unsigned events_finished;

static bool note_event(void *arg, const struct event *ev)
{
	(void)arg;
	events_finished += ev->type == EV_IMPORT_FINISHED;
	return true;
}

static unsigned finished_events(void)
{
	struct txn *t;

	events_finished = 0;
	MUST(txn_begin_read(store, &t) == RC_OK);
	MUST(events_read(t, 0, 0, SIZE_MAX, note_event, NULL) == RC_OK);
	txn_abort(t);
	return events_finished;
}

/* ---- what an import does ---- */

START_TEST(good_rows_go_in_bad_ones_are_told)
{
	struct job_request r = request_of("orgs.csv", IK_ORGS);
	struct job_report p = import(&r, "id,name,kind,parent\n"
					 "XX-LOCAL-A,Alpha,,\n"
					 "not an id,Bad,,\n"
					 "XX-LOCAL-B,Beta,,\n"
					 "XX-LOCAL-C~1,Unit,site,XX-LOCAL-C\n"
					 "XX-LOCAL-D,Delta,nonsense,\n");

	ck_assert_int_eq(p.state, JOB_DONE);
	ck_assert_uint_eq(p.rows, 5);
	ck_assert_uint_eq(p.accepted + p.rejected, 5);
	ck_assert_uint_ge(p.rejected, 2);
	ck_assert_uint_eq(p.commands, 1);
	ck_assert_uint_gt(p.revision, 0);
	ck_assert_str_eq(p.format, "csv");
	ck_assert_str_eq(p.kind, "orgs");
	ck_assert_uint_eq(p.bytes_done, p.bytes_total);
	ck_assert_uint_ge(p.n_errors, 2);
	ck_assert_uint_eq(p.errors[0].line, 3);
	ck_assert_uint_eq(p.errors[0].column, 1);
	ck_assert_str_eq(p.errors[0].code, "bad-id");
	for (size_t i = 1; i < p.n_errors; i++)
		ck_assert_uint_le(p.errors[i - 1].line, p.errors[i].line);
	ck_assert_int_eq(access(r.params.path, F_OK), -1); /* the file is gone */
	ck_assert_uint_eq(finished_events(), 1);
	job_report_done(&p);
	p = import(&r, "id,name\nXX-LOCAL-A,Alpha\nXX-LOCAL-B,Better\n");
	ck_assert_uint_eq(p.accepted, 2);
	ck_assert_uint_eq(p.unchanged, 1);
	ck_assert_uint_eq(p.changed, 1);
	ck_assert_uint_eq(p.created, 0);
	job_report_done(&p);
}
END_TEST

START_TEST(what_the_graph_refuses_has_its_line)
{
	struct job_request r = request_of("links.csv", IK_LINKS);
	struct job_report p = import(&r, "procurer,supplier,required_level\n"
					 "XX-LOCAL-A,XX-LOCAL-B,3\n"
					 "XX-LOCAL-A,XX-LOCAL-A,3\n"
					 "XX-LOCAL-B,XX-LOCAL-C,4\n");

	ck_assert_int_eq(p.state, JOB_DONE);
	ck_assert_uint_eq(p.accepted, 2);
	ck_assert_uint_eq(p.rejected, 1);
	ck_assert_uint_eq(p.created, 2);
	ck_assert_uint_eq(p.n_errors, 1);
	ck_assert_uint_eq(p.errors[0].line, 3);
	ck_assert_uint_eq(p.errors[0].column, 2);
	ck_assert_str_eq(p.errors[0].code, "self-link");
	ck_assert_int_eq(job_row_error_rc(&p.errors[0]), RC_SELF_LINK);
	ck_assert_uint_ge(p.stubs, 2);
	ck_assert_uint_eq(count_orgs(), 3);
	job_report_done(&p);
}
END_TEST

START_TEST(one_bad_row_alone_is_no_failure)
{
	struct job_request r = request_of("links.csv", IK_LINKS);
	struct job_report p = import(&r, "procurer,supplier\nXX-LOCAL-A,XX-LOCAL-A\n");

	ck_assert_int_eq(p.state, JOB_DONE);
	ck_assert_uint_eq(p.rejected, 1);
	ck_assert_uint_eq(p.accepted, 0);
	ck_assert_uint_eq(p.n_errors, 1);
	ck_assert_str_eq(p.errors[0].code, "self-link");
	job_report_done(&p);
}
END_TEST

START_TEST(strict_takes_all_or_nothing)
{
	struct job_request r = request_of("links.csv", IK_LINKS);
	struct job_report p;

	r.params.strict = true;
	p = import(&r, "procurer,supplier\n" /* the graph says no */
		       "XX-LOCAL-A,XX-LOCAL-B\nXX-LOCAL-A,XX-LOCAL-A\nXX-LOCAL-A,XX-LOCAL-C\n");
	ck_assert_int_eq(p.state, JOB_FAILED);
	ck_assert_int_eq(p.err.rc, RC_STRICT_REFUSED);
	ck_assert_uint_eq(p.accepted, 0);
	ck_assert_uint_eq(p.created, 0);
	ck_assert_uint_eq(p.stubs, 0);
	ck_assert_uint_eq(p.rejected, 1);
	ck_assert_uint_eq(p.commands, 0);
	ck_assert_uint_eq(p.errors[0].line, 3);
	ck_assert_uint_eq(count_orgs(), 0);
	job_report_done(&p);
	p = import(&r, "procurer,supplier\nXX-LOCAL-A,no id\nXX-LOCAL-A,XX-LOCAL-B\n");
	ck_assert_int_eq(p.state, JOB_FAILED); /* the importer says no */
	ck_assert_uint_eq(count_orgs(), 0);
	ck_assert_uint_eq(p.n_errors, 1);
	job_report_done(&p);
	p = import(&r, "procurer,supplier\nXX-LOCAL-A,XX-LOCAL-B\nXX-LOCAL-A,XX-LOCAL-C\n");
	ck_assert_int_eq(p.state, JOB_DONE);
	ck_assert_uint_eq(p.accepted, 2);
	ck_assert_uint_eq(count_orgs(), 3);
	job_report_done(&p);
}
END_TEST

START_TEST(a_dry_run_keeps_nothing)
{
	struct job_request r = request_of("links.csv", IK_LINKS);
	struct job_report p;

	r.params.dry_run = true;
	p = import(&r, "procurer,supplier\nXX-LOCAL-A,XX-LOCAL-B\nXX-LOCAL-A,XX-LOCAL-A\n");
	ck_assert_int_eq(p.state, JOB_DONE);
	ck_assert(p.dry_run);
	ck_assert_uint_eq(p.accepted, 1);
	ck_assert_uint_eq(p.rejected, 1);
	ck_assert_uint_eq(p.created, 1);
	ck_assert_uint_eq(count_orgs(), 0);
	job_report_done(&p);
}
END_TEST

START_TEST(contacts_lie_apart)
{
	struct job_request r = request_of("contacts.csv", IK_CONTACTS);
	struct job_report p;
	struct view bytes;
	struct contact c;
	struct txn *t;
	struct rec rec;
	struct rd rd;
	uint32_t org;

	p = import(&r, "org,role,name,email\nXX-LOCAL-A,sales,Taro,taro@example.com\n");
	ck_assert_uint_eq(p.rejected, 1); /* no such organisation */
	job_report_done(&p);
	r.params.kind = IK_ORGS;
	p = import(&r, "id,name\nXX-LOCAL-A,Alpha\n");
	job_report_done(&p);
	r.params.kind = IK_CONTACTS;
	p = import(&r, "org,role,name,email\nXX-LOCAL-A,sales,Taro,taro@example.com\n"
		       "XX-LOCAL-A,security,Hana,hana@example.com\n");
	ck_assert_msg(p.accepted == 2, "%s", p.n_errors ? p.errors[0].code : "");
	job_report_done(&p);
	MUST(txn_begin_read(store, &t) == RC_OK);
	ck_assert_int_eq(org_find(t, VIEW_LIT("XX-LOCAL-A"), &org), RC_OK);
	ck_assert_int_eq(org_get(t, org, &rec), RC_OK);
	ck_assert_int_eq(personal_get(t, rec.f[ORG_CONTACTS], &bytes), RC_OK);
	rd = rd_of(bytes);
	ck_assert(contact_next(&rd, &c));
	ck_assert(view_is(c.part[CP_NAME], "Taro"));
	ck_assert(contact_next(&rd, &c));
	ck_assert(view_is(c.part[CP_EMAIL], "hana@example.com"));
	ck_assert(!contact_next(&rd, &c));
	txn_abort(t);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_fails_the_job)
{
	struct job_request r = request_of("orgs.csv", IK_ORGS);
	struct job_report p = import(&r, "id,colour\nXX-LOCAL-A,red\n");

	ck_assert_int_eq(p.state, JOB_FAILED);
	ck_assert_int_eq(p.err.rc, RC_UNKNOWN_COLUMN);
	ck_assert_str_eq(p.err.arg, "colour");
	job_report_done(&p);
	r = request_of("missing.csv", IK_ORGS);
	p = wait_for(submit(&r));
	ck_assert_int_eq(p.state, JOB_FAILED);
	ck_assert_int_eq(p.err.rc, RC_IO);
	job_report_done(&p);
}
END_TEST

START_TEST(only_the_first_thousand_errors_are_kept)
{
	struct job_request r = request_of("links.csv", IK_LINKS);
	struct job_report p;
	FILE *f = fopen(r.params.path, "w");

	fputs("procurer,supplier\n", f);
	for (int i = 0; i < 3000; i++)
		fputs(i % 2 ? "XX-LOCAL-A,no id\n" : "XX-LOCAL-A,XX-LOCAL-A\n", f);
	fclose(f);
	p = wait_for(submit(&r));
	ck_assert_uint_eq(p.rejected, 3000);
	ck_assert_uint_eq(p.n_errors, 1000);
	for (size_t i = 0; i < p.n_errors; i++)
		ck_assert_uint_eq(p.errors[i].line, i + 2); /* of both kinds, in order */
	job_report_done(&p);
}
END_TEST

/* ---- the queue and the records ---- */

START_TEST(reports_outlive_the_process)
{
	struct job_request r = request_of("links.csv", IK_LINKS);
	struct job_report p = import(&r, "procurer,supplier\nXX-LOCAL-A,XX-LOCAL-A\n"), q;

	down();
	up();
	ck_assert_int_eq(get(p.job, &q), RC_OK);
	ck_assert_int_eq(q.state, JOB_DONE);
	ck_assert_uint_eq(q.rejected, 1);
	ck_assert_uint_eq(q.n_errors, 1);
	ck_assert_mem_eq(q.errors, p.errors, sizeof(*q.errors));
	ck_assert_int_eq(q.started_ms, p.started_ms);
	ck_assert_int_eq(get(p.job + 1, &(struct job_report){ 0 }), RC_NOT_FOUND);
	job_report_done(&q);
	q = import(&r, "procurer,supplier\nXX-LOCAL-A,XX-LOCAL-B\n");
	ck_assert_uint_eq(q.job, p.job + 1); /* numbers go on */
	job_report_done(&q);
	job_report_done(&p);
}
END_TEST

static void write_many(const struct job_request *r, unsigned rows)
{
	FILE *f = fopen(r->params.path, "w");

	MUST(f != NULL);
	fputs("procurer,supplier,required_level\n", f);
	for (unsigned i = 0; i < rows; i++)
		fprintf(f, "XX-LOCAL-%u,XX-LOCAL-%u,3\n", i % 997, 1000 + i);
	fclose(f);
}

START_TEST(a_full_queue_refuses)
{
	struct job_request r;
	struct err e;
	uint64_t first = 0, job = 0;
	enum rc rc = RC_OK;
	unsigned n = 0;

	for (; n < 200 && rc == RC_OK; n++) {
		char name[32];

		snprintf(name, sizeof(name), "links-%u.csv", n);
		r = request_of(name, IK_LINKS);
		write_many(&r, 3000);
		rc = jobs_submit(jobs, &r, &job, &e);
		first = first ? first : job;
	}
	ck_assert_int_eq(rc, RC_BUSY);
	ck_assert_uint_gt(n, 64);
	ck_assert_int_eq(access(r.params.path, F_OK), 0); /* still the caller's */
	for (uint64_t j = first; j <= job; j++) {
		struct job_report p = wait_for(j);

		ck_assert_int_eq(p.state, JOB_DONE);
		ck_assert_uint_eq(p.accepted, 3000);
		job_report_done(&p);
	}
}
END_TEST

START_TEST(a_stop_ends_the_import_under_way)
{
	struct job_request r = request_of("links.csv", IK_LINKS), r2 = request_of("b.csv", IK_LINKS);
	uint64_t a, b;
	struct job_report p;

	write_many(&r, 300000);
	write_many(&r2, 10);
	a = submit(&r);
	b = submit(&r2);
	nanosleep(&(struct timespec){ 0, 20000000 }, NULL);
	down();
	up();
	p = wait_for(a);
	ck_assert_int_eq(p.state, JOB_FAILED);
	ck_assert_int_eq(p.err.rc, RC_INTERRUPTED);
	job_report_done(&p);
	p = wait_for(b); /* it had not begun */
	ck_assert_int_eq(p.state, JOB_FAILED);
	ck_assert_int_eq(p.err.rc, RC_INTERRUPTED);
	ck_assert_str_eq(p.err.arg, "0");
	ck_assert_int_eq(access(r2.params.path, F_OK), -1); /* cleared at the start */
	job_report_done(&p);
	ck_assert_uint_eq(count_orgs(), 0);
}
END_TEST

START_TEST(pace_follows_the_bytes)
{
	struct job_report r = { .state = JOB_RUNNING, .rows = 3000, .bytes_done = 25, .bytes_total = 100, .started_ms = 1000 };
	uint64_t rate;
	int64_t left;

	job_pace(&r, 3000, &rate, &left);
	ck_assert_uint_eq(rate, 1500);
	ck_assert_int_eq(left, 6); /* a quarter took two seconds */
	job_pace(&r, 1000, &rate, &left);
	ck_assert_uint_eq(rate, 0);
	ck_assert_int_eq(left, -1);
	r.bytes_done = 0;
	job_pace(&r, 3000, &rate, &left);
	ck_assert_int_eq(left, -1);
	r.bytes_done = 100, r.state = JOB_DONE, r.ended_ms = 2500;
	job_pace(&r, 999999, &rate, &left);
	ck_assert_uint_eq(rate, 2000);
	ck_assert_int_eq(left, -1);
	r = (struct job_report){ .state = JOB_QUEUED, .bytes_total = 100 };
	job_pace(&r, 3000, &rate, &left);
	ck_assert_uint_eq(rate, 0);
	ck_assert_int_eq(left, -1);
}
END_TEST

START_TEST(records_survive_their_bytes)
{
	struct job_row_error errors[2] = { { 7, 3, "supplier", "bad-id", "x" }, { 9, 0, "", "self-link", "" } };
	struct job_report r = { .job = 5, .state = JOB_FAILED, .format = "csv", .kind = "links", .strict = true,
				.rows = 1, .accepted = 2, .rejected = 3, .unchanged = 4, .created = 5,
				.changed = 6, .warnings = 7, .stubs = 8, .bytes_done = 9, .bytes_total = 10,
				.commands = 11, .revision = 12, .started_ms = -13, .ended_ms = 14,
				.n_errors = 2, .errors = errors };
	AUTO(buf_done) struct buf b = BUF_INIT;
	struct job_report q;

	err_set(&r.err, RC_UNKNOWN_COLUMN, "colour", "%s", "色");
	job_record_encode(&b, &r);
	ck_assert(job_record_decode(buf_view(&b), &q));
	ck_assert(q.strict && !q.dry_run);
	ck_assert_uint_eq(q.job, 5);
	ck_assert_uint_eq(q.stubs, 8);
	ck_assert_uint_eq(q.revision, 12);
	ck_assert_int_eq(q.started_ms, -13);
	ck_assert_int_eq(q.err.rc, RC_UNKNOWN_COLUMN);
	ck_assert_str_eq(q.err.arg, "色");
	ck_assert_mem_eq(q.errors, errors, sizeof(errors));
	job_report_done(&q);
	for (size_t n = 0; n < b.n; n++) /* every cut is seen */
		ck_assert(!job_record_decode(view_of(b.p, n), &q));
	ck_assert(!job_record_open(buf_view(&b)));
	for (size_t i = 0; i < b.n; i++) { /* no byte of it leads astray */
		b.p[i] ^= 0x5a;
		if (job_record_decode(buf_view(&b), &q))
			job_report_done(&q);
		b.p[i] ^= 0x5a;
	}
}
END_TEST

/* ---- a process that is killed ---- */

/* Imports file after file; tells each report on standard output. */
static _Noreturn void victim(const char *path)
{
	snprintf(dir.path, sizeof(dir.path), "%s", path);
	up();
	for (unsigned i = 0;; i++) {
		struct job_request r = request_of("links.csv", IK_LINKS);
		struct job_report p;

		write_many(&r, 500);
		p = wait_for(submit(&r));
		dprintf(STDOUT_FILENO, "%llu\n", (unsigned long long)p.job);
		job_report_done(&p);
	}
}

START_TEST(after_a_kill_every_job_has_an_end)
{
	unsigned rounds = getenv("TIERWATCH_LONG") ? 200 : 15, interrupted = 0, told = 0;

	down();
	for (unsigned i = 0; i < rounds; i++) {
		unsigned long long last = 0;
		struct job_report p;
		char line[32];
		int fds[2];
		pid_t pid;
		FILE *f;

		ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
		pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			dup2(fds[1], STDOUT_FILENO);
			execl("/proc/self/exe", "test_jobs", dir.path, (char *)NULL);
			_exit(127);
		}
		close(fds[1]);
		f = fdopen(fds[0], "r");
		/* On a busy machine it is slow to start: mostly its time counts from the first report. */
		if (i % 5 && fgets(line, sizeof(line), f)) {
			last = strtoull(line, NULL, 10);
			told++;
		}
		nanosleep(&(struct timespec){ 0, 1000000 + (long)(i * 7919 % 50) * 1000000 }, NULL);
		kill(pid, SIGKILL);
		while (fgets(line, sizeof(line), f) && strchr(line, '\n')) {
			last = strtoull(line, NULL, 10);
			told++;
		}
		fclose(f);
		waitpid(pid, NULL, 0);
		up();
		if (last) {
			ck_assert_int_eq(get(last, &p), RC_OK);
			ck_assert_int_eq(p.state, JOB_DONE);
			job_report_done(&p);
		}
		for (uint64_t j = last + 1; get(j, &p) == RC_OK; j++) {
			ck_assert(p.state == JOB_DONE || p.err.rc == RC_INTERRUPTED);
			interrupted += p.state != JOB_DONE;
			job_report_done(&p);
		}
		down();
	}
	ck_assert_uint_gt(told, 0);
	ck_assert_uint_gt(interrupted, 0);
}
END_TEST

static Suite *jobs_suite(void)
{
	Suite *s = suite_create("services/jobs");
	TCase *tc = tcase_create("jobs");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, good_rows_go_in_bad_ones_are_told);
	tcase_add_test(tc, what_the_graph_refuses_has_its_line);
	tcase_add_test(tc, one_bad_row_alone_is_no_failure);
	tcase_add_test(tc, strict_takes_all_or_nothing);
	tcase_add_test(tc, a_dry_run_keeps_nothing);
	tcase_add_test(tc, contacts_lie_apart);
	tcase_add_test(tc, a_file_that_cannot_be_read_fails_the_job);
	tcase_add_test(tc, only_the_first_thousand_errors_are_kept);
	tcase_add_test(tc, reports_outlive_the_process);
	tcase_add_test(tc, a_full_queue_refuses);
	tcase_add_test(tc, a_stop_ends_the_import_under_way);
	tcase_add_test(tc, pace_follows_the_bytes);
	tcase_add_test(tc, records_survive_their_bytes);
	tcase_add_test(tc, after_a_kill_every_job_has_an_end);
	suite_add_tcase(s, tc);
	return s;
}

int main(int argc, char **argv)
{
	static suite_make *const suites[] = { jobs_suite };

	if (argc == 2)
		victim(argv[1]);
	return run_suites(suites, ARRAY_LEN(suites));
}
