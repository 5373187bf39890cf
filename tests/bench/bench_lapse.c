/*
 * bench_lapse.c - from a lapse to the watched buyers' new figures on disk, without HTTP.
 * usage: bench_lapse DATA_DIR STORE_DIR ORGANISATIONS WATCHED N [CERTIFICATES]
 * STORE_DIR was filled by bench_graph from DATA_DIR. WATCHED buyers get targets: one in 50 of the largest, one in
 * five of the median, one in five of the small, the rest as they come. Then N suppliers of median size and
 * N of the largest lose a certificate one after the other, and get it back. At last, where CERTIFICATES are
 * given, as many end on one midnight, while a small buyer's list is read all the time.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/orgid.h"
#include "base/util.h"
#include "graph/answers.h"
#include "services/figurer.h"

#define DAY0 21092 /* bench_graph's today */
#define WATCHED_MAX 10000
#define LAPSES_MAX 200
#define READS_MAX 100000

/* Of the whole process: what a lapse costs, whatever else runs on the machine. */
static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double ms_since(int64_t from_us) { return (double)(monotonic_us() - from_us) / 1e3; }

static void must(enum rc rc, const char *what)
{
	if (rc == RC_OK)
		return;
	fprintf(stderr, "bench_lapse: %s: %s\n", what, rc_code(rc));
	exit(1);
}

static struct view fictional(struct arena *a, unsigned long n)
{
	char base[13];

	snprintf(base, sizeof(base), "9999%08lu", n % 100000000);
	return view_str(arena_printf(a, "JP-JCN-%d%s", corporate_check_digit(base), base));
}

static uint64_t send(struct writer *w, struct op *op)
{
	struct cmd c = { .type = CMD_OPS, .actor = VIEW_LIT("bench"), .ops = op, .n_ops = 1 };
	struct err e = { 0 };
	uint64_t rev = 0;

	must(writer_do(w, &c, &rev, &e), e.arg);
	return rev;
}

static int cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void say(const char *what, double *v, size_t n)
{
	qsort(v, n, sizeof(*v), cmp);
	printf("%s: p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, max %.2f ms\n", what, v[n / 2],
	       v[n * 9 / 10], v[n * 99 / 100], v[n - 1]);
}

struct rig {
	struct store *store;
	struct clock clock;
	struct writer *w;
	struct figurer *f;
	struct arena *a;
	const char *data;
	unsigned long orgs;
};

static void up(struct rig *r, int64_t now_ms)
{
	struct err e = { 0 };
	int64_t from;

	clock_init_at(&r->clock, now_ms);
	must(writer_start(r->store, &r->clock, NULL, &r->w, &e), "writer");
	from = monotonic_us();
	must(figurer_start(r->store, r->w, &r->f, &e), "figurer");
	figurer_wait(r->f, writer_revision(r->w));
	printf("figurer up to date %.0f ms\n", ms_since(from));
}

/* Until what a lapse needs is in memory. */
static void wait_warm(const struct rig *r)
{
	int64_t from = monotonic_us();
	struct figurer_stats s;

	for (figurer_stats(r->f, &s); !s.warm; figurer_stats(r->f, &s))
		nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
	printf("warm after another %.0f ms\n", ms_since(from));
}

static void down(struct rig *r)
{
	figurer_stop(r->f);
	writer_stop(r->w);
}

/* ---- who is watched ---- */

static size_t list_read(const struct rig *r, const char *name, struct view *out, size_t max)
{
	char path[4096], line[64];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", r->data, name);
	f = fopen(path, "r");
	for (; n < max && f && fgets(line, sizeof(line), f); n++) {
		line[strcspn(line, "\n")] = '\0';
		out[n] = view_str(arena_printf(r->a, "%s", line));
	}
	if (f)
		fclose(f);
	return n;
}

static void watch_all(struct rig *r, size_t watched)
{
	struct view id[WATCHED_MAX];
	size_t n = list_read(r, "buyers-hub.txt", id, watched / 50);
	int64_t from = monotonic_us();

	n += list_read(r, "buyers-med.txt", id + n, watched / 5);
	n += list_read(r, "buyers-low.txt", id + n, watched / 5);
	for (unsigned long i = 0; n < watched; i++)
		id[n++] = fictional(r->a, i * 7919 % r->orgs);
	for (size_t i = 0; i < watched; i++) {
		struct op op = { .kind = OP_PUT, .ent = ENT_TARGETS, .a = id[i] };

		send(r->w, &op);
	}
	printf("%zu watched: set in %.0f ms", watched, ms_since(from));
	figurer_wait(r->f, writer_revision(r->w));
	printf(", figures after %.0f ms\n", ms_since(from));
	wait_warm(r);
}

/* ---- one lapse ---- */

static double lapse(struct rig *r, struct view supplier, bool back)
{
	struct op op = { .kind = OP_MERGE, .ent = ENT_CERT, .flags = OPF_STUBS };
	AUTO(buf_done) struct buf fields = BUF_INIT;
	int64_t from;

	op.a = supplier;
	op.b = VIEW_LIT("bench");
	fl_bytes(&fields, CERT_SCHEME, VIEW_LIT("scs"));
	fl_int(&fields, CERT_LEVEL, 5);
	fl_int(&fields, CERT_ISSUED, DAY0 - 10);
	fl_int(&fields, CERT_EVIDENCE, EVIDENCE_REGISTRY);
	if (back)
		fl_clear(&fields, CERT_REVOKED_ON);
	else
		fl_int(&fields, CERT_REVOKED_ON, DAY0);
	op.fields = buf_view(&fields);
	from = monotonic_us();
	figurer_wait(r->f, send(r->w, &op));
	return ms_since(from);
}

static void lapse_list(struct rig *r, const char *name, size_t max)
{
	struct view id[LAPSES_MAX];
	double lapses[LAPSES_MAX], returns[LAPSES_MAX], cpu[LAPSES_MAX];
	size_t n = list_read(r, name, id, MIN(max, (size_t)LAPSES_MAX));
	struct figurer_stats a, b;

	for (size_t i = 0; i < n; i++) {
		(void)lapse(r, id[i], true);
		figurer_stats(r->f, &a);
		cpu[i] = -cpu_ms();
		lapses[i] = lapse(r, id[i], false);
		cpu[i] += cpu_ms();
		figurer_stats(r->f, &b);
		returns[i] = lapse(r, id[i], true);
		if (getenv("BENCH_EACH"))
			printf("%.*s %.2f ms, %llu shifted, %llu computed\n", (int)id[i].n, (const char *)id[i].p, lapses[i],
			       (unsigned long long)(b.shifted - a.shifted), (unsigned long long)(b.computed - a.computed));
	}
	printf("%s\n", name);
	if (n > 0) {
		say("  lapse", lapses, n);
		say("  its processor time", cpu, n);
		say("  restoration", returns, n);
	}
}

/* ---- a midnight ---- */

struct reader {
	struct rig *r;
	pthread_t thread;
	struct view id;
	atomic_bool stop;
	double ms[READS_MAX];
	size_t n;
};

/* A page of a small buyer's list, over and over, with a pause that leaves the processor to others. */
static void *read_pages(void *arg)
{
	struct reader *x = arg;
	struct scratch *s = scratch_new();

	while (!atomic_load(&x->stop) && x->n < READS_MAX) {
		struct exposure out;
		struct txn *t;
		uint32_t org;
		int64_t from = monotonic_us();

		must(txn_begin_read(x->r->store, &t), "read");
		must(org_find(t, x->id, &org), "the reader's buyer");
		struct chain_query q = { .procurer = org, .depth = 2, .on = graph_today(t),
					 .horizon = HORIZON_DEFAULT, .caller = { .sees_all = true } };
		must(exposure_compute(t, s, &q, &out), "exposure");
		txn_abort(t);
		x->ms[x->n++] = ms_since(from);
		nanosleep(&(struct timespec){ 0, 500000 }, NULL);
	}
	scratch_free(s);
	return NULL;
}

static void reader_start(struct reader *x, struct rig *r)
{
	x->r = r;
	x->n = 0;
	atomic_store(&x->stop, false);
	if (list_read(r, "buyers-low.txt", &x->id, 1) != 1 ||
	    pthread_create(&x->thread, NULL, read_pages, x) != 0)
		must(RC_NOMEM, "reader");
}

static void reader_stop(struct reader *x, const char *what)
{
	atomic_store(&x->stop, true);
	pthread_join(x->thread, NULL);
	say(what, x->ms, x->n);
}

/* So many organisations hold a certificate that ends on DAY0. */
static void certificates_put(struct rig *r, size_t n)
{
	AUTO(buf_done) struct buf fields = BUF_INIT;
	struct op *ops = calloc(n, sizeof(*ops));
	struct cmd c = { .type = CMD_OPS, .actor = VIEW_LIT("bench"), .ops = ops, .n_ops = n };
	struct err e = { 0 };

	fl_bytes(&fields, CERT_SCHEME, VIEW_LIT("scs"));
	fl_int(&fields, CERT_LEVEL, 5);
	fl_int(&fields, CERT_ISSUED, DAY0 - 100);
	fl_int(&fields, CERT_EXPIRES, DAY0);
	fl_int(&fields, CERT_EVIDENCE, EVIDENCE_REGISTRY);
	for (size_t i = 0; ops && i < n; i++)
		ops[i] = (struct op){ .kind = OP_PUT, .ent = ENT_CERT, .a = fictional(r->a, i * 31 % r->orgs),
				      .b = VIEW_LIT("night"), .fields = buf_view(&fields) };
	must(ops ? writer_do(r->w, &c, NULL, &e) : RC_NOMEM, "certificates");
	free(ops);
}

struct tally {
	uint64_t changed;
};

static bool tally_event(void *arg, const struct event *ev)
{
	struct tally *t = arg;

	t->changed += ev->type == EV_EXPOSURE_CHANGED;
	return true;
}

static void night(struct rig *r, size_t certificates)
{
	static struct reader x;
	const char *seconds = getenv("BENCH_BEFORE_MIDNIGHT");
	struct tally tally = { 0 };
	uint64_t before;
	int64_t from, seen;
	struct txn *t;

	certificates_put(r, certificates);
	figurer_wait(r->f, writer_revision(r->w));
	down(r);
	up(r, instant_of_day_jst(DAY0 + 1) - 1000ll * atol(seconds ? seconds : "30"));
	wait_warm(r);
	reader_start(&x, r);
	nanosleep(&(struct timespec){ 5, 0 }, NULL);
	reader_stop(&x, "reads before");
	before = writer_revision(r->w);
	reader_start(&x, r);
	while (writer_revision(r->w) == before)
		nanosleep(&(struct timespec){ 0, 500000 }, NULL);
	seen = monotonic_us();
	from = clock_now_ms(&r->clock) - instant_of_day_jst(DAY0 + 1);
	figurer_wait(r->f, before + 1);
	printf("midnight: begun after %lld ms, %zu certificates done in %.0f ms\n", (long long)from, certificates,
	       ms_since(seen));
	reader_stop(&x, "reads meanwhile");
	must(txn_begin_read(r->store, &t), "read");
	must(events_read(t, before, UINT32_MAX, SIZE_MAX, tally_event, &tally), "events");
	txn_abort(t);
	printf("exposure.changed: %llu\n", (unsigned long long)tally.changed);
}

int main(int argc, char **argv)
{
	struct store_options o = { 0 };
	struct rig r = { .a = arena_new() };
	struct err e = { 0 };
	int64_t from = monotonic_us();
	size_t watched;

	if (argc < 6)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	r.data = argv[1];
	must(store_open(argv[2], &o, &r.store, NULL, &e), e.arg);
	r.orgs = strtoul(argv[3], NULL, 10);
	watched = MIN((size_t)atol(argv[4]), (size_t)WATCHED_MAX);
	printf("open %.2f ms\n", ms_since(from));
	up(&r, instant_of_day_jst(DAY0) + 3600000);
	watch_all(&r, watched);
	lapse_list(&r, "suppliers-med.txt", (size_t)atol(argv[5]));
	lapse_list(&r, "suppliers-hub.txt", (size_t)atol(argv[5]));
	if (argc > 6)
		night(&r, (size_t)atol(argv[6]));
	down(&r);
	store_close(r.store);
	arena_free(r.a);
	return 0;
}
