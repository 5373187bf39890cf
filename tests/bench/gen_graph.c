/*
 * gen_graph.c - makes a supply network for measuring: always the same one for the same arguments.
 * usage: gen_graph DIR ORGANISATIONS LINKS [SEED]
 *
 * Both ends of a link are drawn by weight, about rank^-0.77, over shuffles of the organisations: few
 * buy from very many, few sell to very many, most do a little of both. For a third of the links sellers
 * are ranked as buyers are, so that large ones deal with large ones. Every organisation has a place
 * along the way from makers to users; one link in twenty may lead back, so there are cycles. At
 * 100,000 organisations with 600,000 links a large buyer reaches most of them in four steps, as in
 * a real country. All numbers are fictional: base digits 9999, then the index.
 *
 * Writes orgs.csv, certificates.csv and links.csv in the columns of docs/import.md, and lists of
 * identifiers: buyers-low, buyers-med and buyers-hub (by suppliers), suppliers-low, suppliers-med
 * and suppliers-hub (by procurers), and lapse (suppliers near the median of procurers that hold
 * the certificate `c`).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/orgid.h"
#include "base/util.h"

#define LIST_MAX 200u
#define HOLD_NOTHING 45u /* per cent */
#define LEVEL_4 10u      /* of those that hold something */
#define ENDED 12u

struct world {
	uint32_t n, links;
	uint64_t state;      /* of the random numbers */
	double *sum;         /* weights of ranks, added up */
	uint32_t *buyer, *seller; /* organisation of a rank */
	uint64_t *pair;      /* links: procurer << 32 | supplier */
	uint64_t *seen;      /* hash set of pairs + 1 */
	uint64_t mask;
	uint32_t *suppliers, *procurers;
	bool *holds;
	const char *dir;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void *get(size_t n, size_t size)
{
	void *p = calloc(n, size);
	if (!p)
		die("memory");
	return p;
}

/* ---- chance ---- */

/* xorshift64*: good enough to shape a network, and the same everywhere. */
static uint64_t chance(struct world *w)
{
	w->state ^= w->state >> 12;
	w->state ^= w->state << 25;
	w->state ^= w->state >> 27;
	return w->state * UINT64_C(2685821657736338717);
}

static uint32_t below(struct world *w, uint32_t n) { return (uint32_t)((chance(w) >> 32) * n >> 32); }

static uint32_t rank(struct world *w)
{
	double want = (double)(chance(w) >> 11) / 9007199254740992.0 * w->sum[w->n - 1];
	uint32_t lo = 0, hi = w->n - 1;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (w->sum[mid] <= want)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static uint32_t *shuffled(struct world *w)
{
	uint32_t *a = get(w->n, sizeof(*a));

	for (uint32_t i = 0; i < w->n; i++)
		a[i] = i;
	for (uint32_t i = w->n - 1; i > 0; i--) {
		uint32_t j = below(w, i + 1), t = a[i];
		a[i] = a[j];
		a[j] = t;
	}
	return a;
}

/* ---- the network ---- */

static uint32_t place(uint32_t org) { return org * 2654435761u; }

static bool add_link(struct world *w, uint32_t count, uint32_t p, uint32_t s)
{
	uint64_t pair = (uint64_t)p << 32 | s;
	uint64_t h = (pair * UINT64_C(0x9e3779b97f4a7c15) >> 20) & w->mask;

	if (p == s)
		return false;
	for (; w->seen[h]; h = (h + 1) & w->mask)
		if (w->seen[h] == pair + 1)
			return false;
	w->seen[h] = pair + 1;
	w->pair[count] = pair;
	w->suppliers[p]++;
	w->procurers[s]++;
	return true;
}

static void make_links(struct world *w)
{
	uint64_t slots = 1024;

	while (slots < (uint64_t)w->links * 2)
		slots *= 2;
	w->mask = slots - 1;
	w->seen = get(slots, sizeof(*w->seen));
	w->pair = get(w->links, sizeof(*w->pair));
	w->suppliers = get(w->n, sizeof(*w->suppliers));
	w->procurers = get(w->n, sizeof(*w->procurers));
	w->sum = get(w->n, sizeof(*w->sum));
	for (uint32_t i = 0; i < w->n; i++)
		w->sum[i] = pow(i + 10.0, -0.77) + (i ? w->sum[i - 1] : 0);
	w->buyer = shuffled(w);
	w->seller = shuffled(w);
	for (uint32_t count = 0; count < w->links;) {
		uint32_t p = w->buyer[rank(w)];
		const uint32_t *sellers = below(w, 3) ? w->seller : w->buyer;
		uint32_t s = sellers[rank(w)];
		if (place(p) < place(s) || below(w, 20) == 0)
			count += add_link(w, count, p, s);
	}
}

/* ---- files ---- */

static FILE *open_file(const struct world *w, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", w->dir, name);
	FILE *f = fopen(path, "w");
	if (!f)
		die(path);
	return f;
}

static void close_file(FILE *f, const char *name)
{
	if (ferror(f) || fclose(f) != 0)
		die(name);
}

static const char *id_of(uint32_t i, char out[32])
{
	char base[24];

	snprintf(base, sizeof(base), "9999%08u", i % 100000000u);
	snprintf(out, 32, "JP-JCN-%d%s", corporate_check_digit(base), base);
	return out;
}

static void write_orgs(const struct world *w)
{
	static const char *const trade[] = { "精機", "電子", "商事", "運輸", "化成", "情報", "製作所", "物流" };
	FILE *f = open_file(w, "orgs.csv");
	char id[32];

	fputs("id,name,name_kana\n", f);
	for (uint32_t i = 0; i < w->n; i++)
		fprintf(f, "%s,架空%s第%u株式会社,カクウ ダイ%u\n", id_of(i, id), trade[i % 8], i, i);
	close_file(f, "orgs.csv");
}

/* Measured on 2027-10-01: what has ended ended before, the rest ends within a year or three. */
static void write_certificates(struct world *w)
{
	FILE *f = open_file(w, "certificates.csv");
	char id[32];

	w->holds = get(w->n, sizeof(*w->holds));
	fputs("org,certificate,scheme,level,issued,expires,evidence\n", f);
	for (uint32_t i = 0; i < w->n; i++) {
		if (below(w, 100) < HOLD_NOTHING)
			continue;
		bool four = below(w, 100) < LEVEL_4, ended = below(w, 100) < ENDED;
		unsigned month = ended ? 3 + below(w, 6) : 1 + below(w, 12), day = 1 + below(w, 28);
		fprintf(f, "%s,c,scs,%d,%d-%02u-%02u,%d-%02u-%02u,%s\n", id_of(i, id), four ? 4 : 3,
			ended ? 2026 : 2027, ended ? month : 3 + below(w, 6), day,
			ended ? 2027 : four ? 2030 : 2028, month, day,
			below(w, 4) ? "registry" : "word");
		w->holds[i] = !ended;
	}
	close_file(f, "certificates.csv");
}

static void write_links(struct world *w)
{
	FILE *f = open_file(w, "links.csv");
	char p[32], s[32];

	fputs("procurer,supplier,required_level,annual_spend,dependency\n", f);
	for (uint32_t i = 0; i < w->links; i++) {
		unsigned dice = below(w, 10);
		fprintf(f, "%s,%s,%d,%u0000,0.%04u\n", id_of((uint32_t)(w->pair[i] >> 32), p),
			id_of((uint32_t)w->pair[i], s), dice < 3 ? 0 : dice < 9 ? 3 : 4,
			1 + below(w, 50000), 1 + below(w, 9999));
	}
	close_file(f, "links.csv");
}

/* Up to LIST_MAX organisations whose degree lies within [lo, hi], in an order of chance. */
static void write_list(struct world *w, const char *name, const uint32_t *degree, uint32_t lo,
		       uint32_t hi, bool holding)
{
	FILE *f = open_file(w, name);
	uint32_t *order = shuffled(w), n = 0;
	char id[32];

	for (uint32_t i = 0; i < w->n && n < LIST_MAX; i++) {
		uint32_t org = order[i];
		if (degree[org] < lo || degree[org] > hi || (holding && !w->holds[org]))
			continue;
		fprintf(f, "%s\n", id_of(org, id));
		n++;
	}
	free(order);
	close_file(f, name);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* The LIST_MAX greatest, the median and the least of those that have any. */
static void write_lists(struct world *w, const char *who, const uint32_t *degree)
{
	uint32_t *sorted = get(w->n, sizeof(*sorted)), first = 0;
	char name[64];

	memcpy(sorted, degree, w->n * sizeof(*sorted));
	qsort(sorted, w->n, sizeof(*sorted), by_number);
	while (first < w->n - 1 && sorted[first] == 0)
		first++;
	uint32_t med = sorted[first + (w->n - first) / 2], hub = sorted[w->n - MIN(w->n, LIST_MAX)];
	printf("%s: median %u, hub from %u, greatest %u\n", who, med, hub, sorted[w->n - 1]);
	snprintf(name, sizeof(name), "%s-low.txt", who);
	write_list(w, name, degree, 1, 1, false);
	snprintf(name, sizeof(name), "%s-med.txt", who);
	write_list(w, name, degree, med, med, false);
	snprintf(name, sizeof(name), "%s-hub.txt", who);
	write_list(w, name, degree, hub, UINT32_MAX, false);
	if (degree == w->procurers)
		write_list(w, "lapse.txt", degree, med, med + 1, true);
	free(sorted);
}

int main(int argc, char **argv)
{
	struct world w = { 0 };

	if (argc < 4 || argc > 5) {
		fprintf(stderr, "usage: gen_graph DIR ORGANISATIONS LINKS [SEED]\n");
		return 2;
	}
	w.dir = argv[1];
	w.n = (uint32_t)strtoul(argv[2], NULL, 10);
	w.links = (uint32_t)strtoul(argv[3], NULL, 10);
	w.state = argc > 4 ? strtoull(argv[4], NULL, 10) : 20271001;
	if (w.n < 1000 || w.n > 99999999 || w.links > (uint64_t)w.n * 50 || w.state == 0) {
		fprintf(stderr, "gen_graph: from 1000 organisations, up to 50 links for each\n");
		return 2;
	}
	make_links(&w);
	write_orgs(&w);
	write_certificates(&w);
	write_links(&w);
	write_lists(&w, "buyers", w.suppliers);
	write_lists(&w, "suppliers", w.procurers);
	free(w.sum);
	free(w.buyer);
	free(w.seller);
	free(w.pair);
	free(w.seen);
	free(w.suppliers);
	free(w.procurers);
	free(w.holds);
	return 0;
}
