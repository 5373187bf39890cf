/*
 * bench_graph.c - the graph alone, without HTTP: loads generated organisations and links and times the questions.
 * usage: bench_graph DATA_DIR STORE_DIR [LIST_OF_IDS|exposure:LIST_OF_IDS|impact:LIST_OF_IDS|check|sizes ...]
 * DATA_DIR is what gen_graph wrote; a store that is new is filled from it. A list alone is a summary of all
 * questions; with a question before it, one line of JSON like that of plain_arrays. sizes: bytes by table.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/util.h"
#include "graph/answers.h"
#include "graph/breakdown.h"
#include "graph/known.h"
#include "graph/renewals.h"

#define DAY0 21092 /* 2027-10-01 */

static void die(const char *what, enum rc rc)
{
	fprintf(stderr, "bench_graph: %s: %s\n", what, rc_code(rc));
	exit(1);
}

static struct view list_copy(struct arena *a, struct buf *b)
{
	struct view v = arena_copy(a, buf_view(b));
	buf_clear(b);
	return v;
}

struct ops {
	struct op *o;
	size_t n, cap;
};

static struct op *ops_add(struct ops *s)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 1024;
		s->o = realloc(s->o, s->cap * sizeof *s->o);
		if (!s->o)
			die("ops", RC_NOMEM);
	}
	struct op *op = &s->o[s->n++];
	*op = (struct op){ .kind = OP_MERGE, .flags = OPF_STUBS };
	return op;
}

/* Opens a file of gen_graph and passes its header over. */
static FILE *rows_open(const char *dir, const char *name)
{
	char path[4096], line[512];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "r");
	if (!f || !fgets(line, sizeof line, f))
		die(path, RC_IO);
	return f;
}

static int32_t day_of(const char *s)
{
	int32_t day;
	if (!day_parse(view_str(s), &day))
		die(s, RC_MALFORMED);
	return day;
}

static void read_orgs(const char *dir, struct arena *a, struct ops *s)
{
	FILE *f = rows_open(dir, "orgs.csv");
	char line[512], id[64], name[256], kana[128];
	struct buf b = BUF_INIT;
	while (fgets(line, sizeof line, f)) {
		if (sscanf(line, "%63[^,],%255[^,],%127[^\n]", id, name, kana) != 3)
			die(line, RC_MALFORMED);
		struct op *op = ops_add(s);
		op->ent = ENT_ORG;
		op->a = arena_copy(a, view_str(id));
		fl_bytes(&b, ORG_NAME, view_str(name));
		fl_bytes(&b, ORG_NAME_KANA, view_str(kana));
		op->fields = list_copy(a, &b);
	}
	fclose(f);
	buf_done(&b);
}

static void read_certificates(const char *dir, struct arena *a, struct ops *s)
{
	FILE *f = rows_open(dir, "certificates.csv");
	char line[512], id[64], issued[16], expires[16], evidence[16];
	int level;
	struct buf b = BUF_INIT;
	while (fgets(line, sizeof line, f)) {
		if (sscanf(line, "%63[^,],c,scs,%d,%15[^,],%15[^,],%15s", id, &level, issued, expires,
			   evidence) != 5)
			die(line, RC_MALFORMED);
		struct op *op = ops_add(s);
		op->ent = ENT_CERT;
		op->a = arena_copy(a, view_str(id));
		op->b = VIEW_LIT("c");
		fl_bytes(&b, CERT_SCHEME, VIEW_LIT("scs"));
		fl_int(&b, CERT_LEVEL, level);
		fl_int(&b, CERT_ISSUED, day_of(issued));
		fl_int(&b, CERT_EXPIRES, day_of(expires));
		fl_int(&b, CERT_EVIDENCE, evidence[0] == 'r' ? EVIDENCE_REGISTRY : EVIDENCE_WORD);
		op->fields = list_copy(a, &b);
	}
	fclose(f);
	buf_done(&b);
}

static void read_links(const char *dir, struct arena *a, struct ops *s)
{
	FILE *f = rows_open(dir, "links.csv");
	char line[512], p[64], q[64];
	long level, spend, dependency;
	struct buf b = BUF_INIT;
	while (fgets(line, sizeof line, f)) {
		if (sscanf(line, "%63[^,],%63[^,],%ld,%ld,0.%ld", p, q, &level, &spend, &dependency) != 5)
			die(line, RC_MALFORMED);
		struct op *op = ops_add(s);
		op->ent = ENT_LINK;
		op->a = arena_copy(a, view_str(p));
		op->b = arena_copy(a, view_str(q));
		fl_int(&b, LINK_REQUIRED_LEVEL, level);
		fl_int(&b, LINK_ANNUAL_SPEND, spend);
		fl_int(&b, LINK_DEPENDENCY, dependency);
		op->fields = list_copy(a, &b);
	}
	fclose(f);
	buf_done(&b);
}

static void apply_all(struct store *st, struct ops *s, const char *what)
{
	int64_t t0 = monotonic_us();
	struct txn *w;
	struct batch *b = NULL;
	struct err e = { 0 };
	uint64_t rev;
	struct cmd c = { .type = CMD_OPS, .actor = VIEW_LIT("bench"), .ops = s->o, .n_ops = s->n };
	enum rc rc = txn_begin_write(st, &w);
	if (rc == RC_OK && graph_revision(w) == 0 && !graph_today(w))
		rc = graph_init(w, (int64_t)DAY0 * 86400000);
	if (rc == RC_OK)
		rc = batch_new(w, &b);
	if (rc != RC_OK)
		die(what, rc);
	c.at_ms = (int64_t)DAY0 * 86400000;
	if ((rc = graph_apply(b, &c, &rev, &e)) != RC_OK || (rc = batch_finish(b)) != RC_OK)
		die(what, rc);
	int64_t t1 = monotonic_us();
	batch_free(b);
	if ((rc = txn_commit(w)) != RC_OK)
		die(what, rc);
	int64_t t2 = monotonic_us();
	printf("%-24s %8zu ops  apply %8.3f ms  commit %8.3f ms\n", what, s->n, (double)(t1 - t0) / 1e3,
	       (double)(t2 - t1) / 1e3);
	s->n = 0;
}

static int d_cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static void report(const char *what, double *v, size_t n)
{
	qsort(v, n, sizeof *v, d_cmp);
	printf("%-40s n %4zu  p50 %9.3f ms  p99 %9.3f ms  max %9.3f ms\n", what, n, v[n / 2],
	       v[n * 99 / 100], v[n - 1]);
}

/* As the procurer's own token reads it: who is not named has to be found out. */
static double as_itself(struct txn *t, struct scratch *s, const struct chain_query *all)
{
	struct chain_query q = *all;
	struct chain_list *l;
	int64_t t0 = monotonic_us();

	q.caller = (struct caller){ 0 };
	if (chain_list_compute(t, s, &q, 1u << ST_GAP, &l) != RC_OK)
		die("gaps", RC_INTERNAL);
	chain_list_free(l);
	return (double)(monotonic_us() - t0) / 1e3;
}

static double whom_it_knows(struct txn *t, struct scratch *s, uint32_t procurer)
{
	uint64_t *bits = calloc(known_words(t), sizeof *bits);
	int64_t t0 = monotonic_us();

	if (!bits || known_compute(t, s, procurer, DAY0, bits, NULL) != RC_OK)
		die("known", RC_INTERNAL);
	free(bits);
	return (double)(monotonic_us() - t0) / 1e3;
}

/* What the pages of cells and of renewals ask. */
struct pages_ms {
	double cells[1000], months[1000], days[1000];
};

static void pages(struct txn *t, struct scratch *s, const struct chain_query *q, struct pages_ms *out, size_t n)
{
	static struct renewal_months m;
	struct renewals_query rq = { *q, DAY0, DAY0 + 549 };
	struct breakdown b;
	struct renewal_list l;
	int64_t t0 = monotonic_us();
	if (breakdown_compute(t, s, q, BR_STATE, BC_DEPARTMENT, &b) != RC_OK)
		die("breakdown", RC_INTERNAL);
	int64_t t1 = monotonic_us();
	breakdown_done(&b);
	if (renewals_by_month(t, s, &rq, &m) != RC_OK)
		die("renewals", RC_INTERNAL);
	int64_t t2 = monotonic_us();
	if (renewal_list_compute(t, s, &rq, (1u << RN__COUNT) - 1, &l) != RC_OK)
		die("calendar", RC_INTERNAL);
	int64_t t3 = monotonic_us();
	renewal_list_done(&l);
	out->cells[n] = (double)(t1 - t0) / 1e3;
	out->months[n] = (double)(t2 - t1) / 1e3;
	out->days[n] = (double)(t3 - t2) / 1e3;
}

static void questions(struct store *st, const char *path)
{
	struct txn *t;
	struct scratch *s = scratch_new();
	double ex[1000], li[1000], im[1000], own[1000], known[1000];
	static struct pages_ms pg;
	size_t n = 0;
	char id[64];
	FILE *f = fopen(path, "r");
	uint64_t reached = 0;
	if (!f || !s || txn_begin_read(st, &t) != RC_OK)
		die(path, RC_IO);
	while (n < 200 && fscanf(f, "%63s", id) == 1) {
		struct chain_query q = { .depth = 4, .on = DAY0, .horizon = 90, .caller = { .sees_all = true } };
		struct exposure x;
		struct chain_list *l;
		struct impact i;
		if (org_find(t, view_str(id), &q.procurer) != RC_OK)
			die(id, RC_NOT_FOUND);
		int64_t t0 = monotonic_us();
		if (exposure_compute(t, s, &q, &x) != RC_OK)
			die("exposure", RC_INTERNAL);
		int64_t t1 = monotonic_us();
		if (chain_list_compute(t, s, &q, 1u << ST_GAP, &l) != RC_OK)
			die("gaps", RC_INTERNAL);
		int64_t t2 = monotonic_us();
		chain_list_free(l);
		if (impact_compute(t, s, q.procurer, 4, DAY0, -1, &q.caller, &i) != RC_OK)
			die("impact", RC_INTERNAL);
		int64_t t3 = monotonic_us();
		impact_done(&i);
		own[n] = as_itself(t, s, &q);
		pages(t, s, &q, &pg, n);
		known[n] = whom_it_knows(t, s, q.procurer);
		reached += x.suppliers;
		ex[n] = (double)(t1 - t0) / 1e3;
		li[n] = (double)(t2 - t1) / 1e3;
		im[n++] = (double)(t3 - t2) / 1e3;
	}
	printf("%s: mean reach %.0f\n", path, (double)reached / (double)(n ? n : 1));
	report("  exposure", ex, n);
	report("  gaps list", li, n);
	report("  impact", im, n);
	report("  gaps as itself", own, n);
	report("  whom it knows", known, n);
	report("  cells", pg.cells, n);
	report("  renewals by month", pg.months, n);
	report("  calendar", pg.days, n);
	fclose(f);
	txn_abort(t);
	scratch_free(s);
}

/* One id: milliseconds and figures for each tier as JSON; nothing where it is only to be asked. */
static void answer(struct txn *t, struct scratch *s, struct chain_query *q, bool chain, const char *id)
{
	struct exposure x = { 0 };
	struct impact m = { 0 };
	int64_t t0 = monotonic_us();
	enum rc rc = chain ? exposure_compute(t, s, q, &x)
			   : impact_compute(t, s, q->procurer, 4, DAY0, -1, &q->caller, &m);
	double ms = (double)(monotonic_us() - t0) / 1e3;
	if (rc != RC_OK)
		die("question", rc);
	if (id)
		printf("{\"id\":\"%s\",\"ms\":%.4f,\"tiers\":[", id, ms);
	for (unsigned i = 1; i <= 4 && id; i++)
		printf("%s%llu", i > 1 ? "," : "",
		       (unsigned long long)(chain ? x.tiers[i].suppliers : m.tier_procurers[i]));
	for (unsigned i = 1; i <= 4 && id && chain; i++)
		printf("%s%llu", i > 1 ? "," : "],\"gaps\":[", (unsigned long long)x.tiers[i].gaps);
	fputs(id ? "]}" : "", stdout);
	impact_done(&m);
}

/* Each id once; the first is asked once before, so that nothing is cold. */
static void answers(struct store *st, const char *what, const char *path)
{
	struct txn *t;
	struct scratch *s = scratch_new();
	char id[64];
	FILE *f = fopen(path, "r");
	if (!f || !s || txn_begin_read(st, &t) != RC_OK)
		die(path, RC_IO);
	printf("{\"%s:%s\":[", what, path);
	for (int n = 0; n < 200 && fscanf(f, "%63s", id) == 1; n++) {
		struct chain_query q = { .depth = 4, .on = DAY0, .horizon = 90, .caller = { .sees_all = true } };
		if (org_find(t, view_str(id), &q.procurer) != RC_OK)
			die(id, RC_NOT_FOUND);
		if (n == 0)
			answer(t, s, &q, what[0] == 'e', NULL);
		fputs(n ? "," : "", stdout);
		answer(t, s, &q, what[0] == 'e', id);
	}
	printf("]}\n");
	fclose(f);
	txn_abort(t);
	scratch_free(s);
}

static void sizes(struct store *st)
{
	struct store_stat stat;
	enum rc rc = store_stat(st, &stat);
	if (rc != RC_OK)
		die("sizes", rc);
	printf("{\"used\":%llu", (unsigned long long)stat.used_bytes);
	for (int i = 0; i < DB__COUNT; i++)
		printf(",\"%s\":%llu", store_schema[i].name, (unsigned long long)stat.bytes[i]);
	printf("}\n");
}

static void say(void *arg, const char *sentence)
{
	(void)arg;
	printf("  check: %s\n", sentence);
}

int main(int argc, char **argv)
{
	struct store *st;
	struct store_options o = { .create = true };
	struct err e = { 0 };
	bool fresh;
	struct ops s = { 0 };
	struct arena *a = arena_new();
	if (argc < 3 || !a)
		return 2;
	int64_t t0 = monotonic_us();
	enum rc rc = store_open(argv[2], &o, &st, &fresh, &e);
	if (rc != RC_OK)
		die(argv[2], rc);
	printf("open %.3f ms\n", (double)(monotonic_us() - t0) / 1e3);
	if (fresh) {
		read_orgs(argv[1], a, &s);
		apply_all(st, &s, "organisations");
		read_certificates(argv[1], a, &s);
		apply_all(st, &s, "certificates");
		read_links(argv[1], a, &s);
		apply_all(st, &s, "links");
	}
	for (int i = 3; i < argc; i++) {
		struct txn *t;
		char *list = strchr(argv[i], ':');
		if (list) {
			*list++ = 0;
			answers(st, argv[i], list);
			continue;
		}
		if (strcmp(argv[i], "sizes") == 0) {
			sizes(st);
			continue;
		}
		if (strcmp(argv[i], "check") != 0) {
			questions(st, argv[i]);
			continue;
		}
		if (txn_begin_read(st, &t) != RC_OK)
			die("check", RC_IO);
		t0 = monotonic_us();
		size_t n = graph_check(t, say, NULL);
		printf("check: %zu findings, %.3f ms\n", n, (double)(monotonic_us() - t0) / 1e3);
		txn_abort(t);
	}
	struct store_stat stat;
	if (store_stat(st, &stat) == RC_OK)
		printf("used %.1f MB\n", (double)stat.used_bytes / 1e6);
	store_close(st);
	arena_free(a);
	free(s.o);
	return 0;
}
