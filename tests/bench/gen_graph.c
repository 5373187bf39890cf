/*
 * gen_graph.c - makes a supply network for measuring: always the same one for the same arguments.
 * usage: gen_graph DIR ORGANISATIONS LINKS [SEED]
 *
 * Both ends of a link are drawn by weight, (rank + 10)^(-1/1.3): few buy from very many, few sell to very
 * many, most do a little of both. For half of the links suppliers are ranked as procurers are, so that
 * large ones deal with large ones. Every organisation has a place along the way from makers to users;
 * one link in twenty leads back, so cycles are the normal case. At 1.6 million organisations with ten
 * million links a large buyer reaches most of them in four steps, as in a real country. All numbers are
 * fictional: base digits 9999, then the index.
 *
 * Writes, in the columns of docs/import.md:
 *   orgs.csv, certificates.csv, links.csv
 *   upserts.csv    pairs for single writes, half of them new links
 *   mass.csv       up to 50,000 certificates that hold today and now end on the day measured
 * for other engines, without headers and with the index in place of the identifier:
 *   orgs.num (index,id,name,kana), certificates.num, links.num, upserts.num
 * and lists of identifiers: buyers-low, -med and -hub (by suppliers), suppliers-low, -med and -hub (by
 * procurers): 1 to 2, 4 to 8, the greatest; lapse-med and lapse-hub: suppliers that hold certificate c;
 * lapse: another name of lapse-med; watched: 900 buyers of 4 to 8 suppliers and 100 of the greatest.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/orgid.h"
#include "base/util.h"

#define LIST_MAX 200u
#define HOLD_NOTHING 60u /* per cent */
#define LEVEL_4 25u      /* of those that hold something */
#define ENDED 10u        /* of these */
#define BACK 5u          /* of the links */
#define UPSERTS 400000u
#define MASS 50000u
#define ID_BYTES 24 /* JP-JCN- and 13 digits: 20, and its end */

struct world {
	uint32_t n, links;
	uint64_t state;           /* of the random numbers */
	double low, span, power;  /* of the inverse of the weights' sum */
	uint32_t *buyer, *seller; /* organisation of a rank */
	uint64_t *pair;           /* links: procurer << 32 | supplier */
	uint32_t *suppliers, *procurers;
	uint8_t *level;           /* held on the day measured */
	char (*id)[ID_BYTES];
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

static double part(struct world *w) { return (double)(chance(w) >> 11) / 9007199254740992.0; }

/* The sum of (rank + 10)^(-1/1.3) grows as (rank + 10)^(1 - 1/1.3): turned round, a rank for any part of it. */
static void weights_init(struct world *w)
{
	double e = 1 - 1 / 1.3;

	w->low = pow(10, e);
	w->span = pow(w->n + 10.0, e) - w->low;
	w->power = 1 / e;
}

static uint32_t rank(struct world *w)
{
	double r = pow(w->low + part(w) * w->span, w->power) - 10;

	return r < 0 ? 0 : r >= w->n ? w->n - 1 : (uint32_t)r;
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

/* Along the way from makers to users; reckoned, since looking it up is a cache miss. */
static uint32_t place(uint32_t org) { return org * 2654435761u; }

static uint64_t drawn(struct world *w)
{
	bool back = below(w, 100) < BACK;

	for (;;) {
		uint32_t p = w->buyer[rank(w)], r = rank(w);
		uint32_t s = below(w, 2) ? w->seller[r] : w->buyer[r];
		if (p != s && (place(p) > place(s)) == back)
			return (uint64_t)p << 32 | s;
	}
}

/* By 16 bits at a time, four passes; a and room change places each time and end where they were. */
static void sort_pairs(uint64_t *a, uint64_t *room, size_t n)
{
	static size_t start[65537];

	for (int shift = 0; shift < 64; shift += 16) {
		memset(start, 0, sizeof(start));
		for (size_t i = 0; i < n; i++)
			start[(a[i] >> shift & 0xffff) + 1]++;
		for (size_t i = 0; i < 65536; i++)
			start[i + 1] += start[i];
		for (size_t i = 0; i < n; i++)
			room[start[a[i] >> shift & 0xffff]++] = a[i];
		uint64_t *t = a;
		a = room;
		room = t;
	}
}

/* Draws, sorts and drops what was drawn twice until enough differ; then an order of chance. */
static void make_links(struct world *w)
{
	size_t want = w->links + w->links / 8 + 1000, n = 0;
	uint64_t *room = get(want, sizeof(*room));

	w->pair = get(want, sizeof(*w->pair));
	while (n < w->links) {
		while (n < want)
			w->pair[n++] = drawn(w);
		sort_pairs(w->pair, room, n);
		size_t kept = 0;
		for (size_t i = 0; i < n; i++)
			if (i == 0 || w->pair[i] != w->pair[i - 1])
				w->pair[kept++] = w->pair[i];
		n = kept;
	}
	for (size_t i = n - 1; i > 0; i--) {
		size_t j = below(w, (uint32_t)i + 1);
		uint64_t t = w->pair[i];
		w->pair[i] = w->pair[j];
		w->pair[j] = t;
	}
	for (size_t i = 0; i < w->links; i++) {
		w->suppliers[w->pair[i] >> 32]++;
		w->procurers[(uint32_t)w->pair[i]]++;
	}
	free(room);
}

static void make_ids(struct world *w)
{
	for (uint32_t i = 0; i < w->n; i++) {
		char base[24], id[48];
		snprintf(base, sizeof(base), "9999%08u", i % 100000000u);
		snprintf(id, sizeof(id), "JP-JCN-%d%s", corporate_check_digit(base), base);
		memcpy(w->id[i], id, ID_BYTES);
	}
}

/* ---- files ---- */

static FILE *open_file(const struct world *w, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", w->dir, name);
	FILE *f = fopen(path, "w");
	if (!f || setvbuf(f, NULL, _IOFBF, 1 << 20) != 0)
		die(path);
	return f;
}

static void close_file(FILE *f, const char *name)
{
	if (ferror(f) || fclose(f) != 0)
		die(name);
}

static void write_orgs(const struct world *w)
{
	static const char *const trade[] = { "精機", "電子", "商事", "運輸", "化成", "情報", "製作所", "物流" };
	FILE *f = open_file(w, "orgs.csv"), *g = open_file(w, "orgs.num");
	char rest[128];

	fputs("id,name,name_kana\n", f);
	for (uint32_t i = 0; i < w->n; i++) {
		snprintf(rest, sizeof(rest), "%s,架空%s第%u株式会社,カクウ ダイ%u\n", w->id[i], trade[i % 8], i, i);
		fputs(rest, f);
		fprintf(g, "%u,%s", i, rest);
	}
	close_file(f, "orgs.csv");
	close_file(g, "orgs.num");
}

/* Measured on 2027-10-01: what has ended ended before, the rest ends within a year or three. */
static void write_certificates(struct world *w)
{
	FILE *f = open_file(w, "certificates.csv"), *g = open_file(w, "certificates.num");
	char rest[128];

	fputs("org,certificate,scheme,level,issued,expires,evidence\n", f);
	for (uint32_t i = 0; i < w->n; i++) {
		if (below(w, 100) < HOLD_NOTHING)
			continue;
		bool four = below(w, 100) < LEVEL_4, ended = below(w, 100) < ENDED;
		unsigned month = ended ? 3 + below(w, 6) : 1 + below(w, 12), day = 1 + below(w, 28);
		snprintf(rest, sizeof(rest), ",c,scs,%d,%d-%02u-%02u,%d-%02u-%02u,%s\n", four ? 4 : 3,
			 ended ? 2026 : 2027, ended ? month : 3 + below(w, 6), day,
			 ended ? 2027 : four ? 2030 : 2028, month, day, below(w, 4) ? "registry" : "word");
		fprintf(f, "%s%s", w->id[i], rest);
		fprintf(g, "%u%s", i, rest);
		w->level[i] = ended ? 0 : four ? 4 : 3;
	}
	close_file(f, "certificates.csv");
	close_file(g, "certificates.num");
}

static void write_mass(struct world *w)
{
	FILE *f = open_file(w, "mass.csv");
	uint32_t *order = shuffled(w), n = 0;

	fputs("org,certificate,scheme,level,issued,expires,evidence\n", f);
	for (uint32_t i = 0; i < w->n && n < MASS; i++) {
		if (!w->level[order[i]])
			continue;
		fprintf(f, "%s,c,scs,%d,2027-03-01,2027-10-01,registry\n", w->id[order[i]],
			w->level[order[i]]);
		n++;
	}
	free(order);
	close_file(f, "mass.csv");
}

/* printf is most of the time where ten million rows are written. */
static char *put_number(char *at, unsigned long v)
{
	char digit[24];
	int n = 0;

	do
		digit[n++] = (char)('0' + v % 10);
	while ((v /= 10));
	while (n > 0)
		*at++ = digit[--n];
	return at;
}

/* What follows the pair: half of the links ask for nothing, a quarter for 3, 18 in a hundred for 4, the
 * rest for 5; yen and dependency are small for most and large for few. */
static char *put_terms(struct world *w, char *at)
{
	uint32_t dice = below(w, 100);
	double u = part(w);
	unsigned permille = MIN(1 + (unsigned)(1000 * u * u * u), 999);

	*at++ = ',';
	*at++ = dice < 50 ? '0' : dice < 75 ? '3' : dice < 93 ? '4' : '5';
	*at++ = ',';
	at = put_number(at, (unsigned long)exp(13 + 6 * part(w) + 2 * part(w)));
	memcpy(at, ",0.", 3);
	at += 3;
	*at++ = (char)('0' + permille / 100);
	*at++ = (char)('0' + permille / 10 % 10);
	*at++ = (char)('0' + permille % 10);
	memcpy(at, "0\n", 2);
	return at + 2;
}

static void write_links(struct world *w)
{
	FILE *f = open_file(w, "links.csv"), *g = open_file(w, "links.num");
	char terms[64], row[256];

	fputs("procurer,supplier,required_level,annual_spend,dependency\n", f);
	for (uint32_t i = 0; i < w->links; i++) {
		uint32_t p = (uint32_t)(w->pair[i] >> 32), s = (uint32_t)w->pair[i];
		size_t n = (size_t)(put_terms(w, terms) - terms);
		memcpy(row, w->id[p], 20);
		row[20] = ',';
		memcpy(row + 21, w->id[s], 20);
		memcpy(row + 41, terms, n);
		fwrite(row, 1, 41 + n, f);
		char *at = put_number(row, p);
		*at++ = ',';
		at = put_number(at, s);
		memcpy(at, terms, n);
		fwrite(row, 1, (size_t)(at - row) + n, g);
	}
	close_file(f, "links.csv");
	close_file(g, "links.num");
}

static void write_upserts(struct world *w)
{
	FILE *f = open_file(w, "upserts.csv"), *g = open_file(w, "upserts.num");

	fputs("procurer,supplier,required_level\n", f);
	for (uint32_t i = 0; i < UPSERTS; i++) {
		uint64_t pair = w->pair[below(w, w->links)];
		uint32_t p = (uint32_t)(pair >> 32), s = (uint32_t)pair;
		if (i % 2 && (p = below(w, w->n)) == s)
			p = (s + 1) % w->n;
		fprintf(f, "%s,%s,3\n", w->id[p], w->id[s]);
		fprintf(g, "%u,%u,%u\n", i, p, s);
	}
	close_file(f, "upserts.csv");
	close_file(g, "upserts.num");
}

/* ---- lists ---- */

struct pick {
	const uint32_t *degree;
	uint32_t lo, hi, most;
	bool holding;
};

/* Organisations whose degree lies within [lo, hi], in an order of chance. */
static void write_list(struct world *w, FILE *f, struct pick p)
{
	uint32_t *order = shuffled(w), n = 0;

	for (uint32_t i = 0; i < w->n && n < p.most; i++) {
		uint32_t org = order[i];
		if (p.degree[org] < p.lo || p.degree[org] > p.hi || (p.holding && !w->level[org]))
			continue;
		fprintf(f, "%s\n", w->id[org]);
		n++;
	}
	free(order);
}

static void write_list_file(struct world *w, const char *name, struct pick p)
{
	FILE *f = open_file(w, name);

	write_list(w, f, p);
	close_file(f, name);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* The degree from which on an organisation is among the greatest: 400 of them or one in a thousand. */
static uint32_t hub_from(const struct world *w, const char *who, const uint32_t *degree)
{
	uint32_t *sorted = get(w->n, sizeof(*sorted)), none = 0;

	memcpy(sorted, degree, w->n * sizeof(*sorted));
	qsort(sorted, w->n, sizeof(*sorted), by_number);
	while (none < w->n - 1 && sorted[none] == 0)
		none++;
	uint32_t hub = sorted[w->n - MAX(400, w->n / 1000)];
	printf("%s: %u of %u have none, the median of the others %u, hubs from %u, the greatest %u\n", who, none,
	       w->n, sorted[none + (w->n - none) / 2], hub, sorted[w->n - 1]);
	free(sorted);
	return hub;
}

static void write_lists(struct world *w)
{
	uint32_t buys = hub_from(w, "buyers", w->suppliers), sells = hub_from(w, "suppliers", w->procurers);
	const uint32_t *out = w->suppliers, *in = w->procurers;

	write_list_file(w, "buyers-low.txt", (struct pick){ out, 1, 2, 10 * LIST_MAX, false });
	write_list_file(w, "buyers-med.txt", (struct pick){ out, 4, 8, LIST_MAX, false });
	write_list_file(w, "buyers-hub.txt", (struct pick){ out, buys, UINT32_MAX, LIST_MAX, false });
	write_list_file(w, "suppliers-low.txt", (struct pick){ in, 1, 2, LIST_MAX, false });
	write_list_file(w, "suppliers-med.txt", (struct pick){ in, 4, 8, LIST_MAX, false });
	write_list_file(w, "suppliers-hub.txt", (struct pick){ in, sells, UINT32_MAX, LIST_MAX, false });
	write_list_file(w, "lapse-med.txt", (struct pick){ in, 4, 8, LIST_MAX, true });
	write_list_file(w, "lapse.txt", (struct pick){ in, 4, 8, LIST_MAX, true });
	write_list_file(w, "lapse-hub.txt", (struct pick){ in, sells, UINT32_MAX, LIST_MAX, true });
	FILE *f = open_file(w, "watched.txt");
	write_list(w, f, (struct pick){ out, 4, 8, 900, false });
	write_list(w, f, (struct pick){ out, buys, UINT32_MAX, 100, false });
	close_file(f, "watched.txt");
}

static void make(struct world *w)
{
	weights_init(w);
	w->suppliers = get(w->n, sizeof(*w->suppliers));
	w->procurers = get(w->n, sizeof(*w->procurers));
	w->level = get(w->n, sizeof(*w->level));
	w->id = get(w->n, sizeof(*w->id));
	w->buyer = shuffled(w);
	w->seller = shuffled(w);
	make_ids(w);
	make_links(w);
	write_orgs(w);
	write_certificates(w);
	write_mass(w);
	write_links(w);
	write_upserts(w);
	write_lists(w);
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
	make(&w);
	free(w.buyer);
	free(w.seller);
	free(w.pair);
	free(w.suppliers);
	free(w.procurers);
	free(w.level);
	free(w.id);
	return 0;
}
