/*
 * bench_lapse.c - from a lapse to the watched buyers' new figures on disk, without HTTP.
 * usage: bench_lapse STORE_DIR ORGANISATIONS WATCHED LIST N
 * STORE_DIR was filled by bench_graph with ORGANISATIONS; WATCHED of them get targets; then N suppliers
 * of the list (of gen_graph) lose a certificate one after the other, and get it back.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/orgid.h"
#include "base/util.h"
#include "graph/answers.h"
#include "services/figurer.h"

#define DAY0 21092 /* bench_graph's today */

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
	struct writer *w;
	struct figurer *f;
	struct arena *a;
};

static double lapse(struct rig *r, const char *supplier, bool back)
{
	struct op op = { .kind = OP_MERGE, .ent = ENT_CERT, .flags = OPF_STUBS };
	AUTO(buf_done) struct buf fields = BUF_INIT;
	int64_t from;

	op.a = view_str(supplier);
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
	return (double)(monotonic_us() - from) / 1e3;
}

int main(int argc, char **argv)
{
	struct store_options o = { 0 };
	struct rig r = { .a = arena_new() };
	struct store *st;
	struct clock clk;
	struct err e = { 0 };
	double lapses[1000], returns[1000];
	int64_t from = monotonic_us();
	size_t n = 0, max;
	char line[64];
	FILE *f;

	if (argc < 6)
		return 2;
	max = MIN((size_t)atol(argv[5]), ARRAY_LEN(lapses));
	must(store_open(argv[1], &o, &st, NULL, &e), e.arg);
	printf("open %.2f ms\n", (double)(monotonic_us() - from) / 1e3);
	clock_init_at(&clk, instant_of_day_jst(DAY0) + 3600000);
	must(writer_start(st, &clk, NULL, &r.w, &e), "writer");
	for (long i = 0; i < atol(argv[3]); i++) {
		struct op op = { .kind = OP_PUT, .ent = ENT_TARGETS };

		op.a = fictional(r.a, (unsigned long)(i * 7919 % atol(argv[2])));
		send(r.w, &op);
	}
	from = monotonic_us();
	must(figurer_start(st, r.w, &r.f, &e), "figurer");
	figurer_wait(r.f, writer_revision(r.w));
	printf("first figures %.2f ms\n", (double)(monotonic_us() - from) / 1e3);
	f = fopen(argv[4], "r");
	for (; n < max && f && fgets(line, sizeof(line), f); n++) {
		line[strcspn(line, "\n")] = '\0';
		(void)lapse(&r, line, true);
		lapses[n] = lapse(&r, line, false);
		returns[n] = lapse(&r, line, true);
	}
	if (n > 0) {
		say("lapse", lapses, n);
		say("restoration", returns, n);
	}
	figurer_stop(r.f);
	writer_stop(r.w);
	store_close(st);
	arena_free(r.a);
	return 0;
}
