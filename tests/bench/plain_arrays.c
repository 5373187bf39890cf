/*
 * plain_arrays.c - the yardstick: the two questions over arrays in memory, with nothing else around them.
 * usage: plain_arrays DATA_DIR [exposure|impact:LIST_OF_IDS ...]
 *
 * Loads what gen_graph wrote for other engines (numbers for identifiers) into neighbours packed one after the
 * other, in both directions. No names, no days other than the one measured, no disclosure, no dependency, no
 * changes, nothing on disk: what a walk costs when it is all there is. One byte for each organisation says
 * whether it was met and what was asked of it; the frontier is one flat array, tier after tier.
 * exposure: suppliers and gaps for each of four tiers; impact: procurers for each of four tiers.
 * Prints one JSON object.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/util.h"

#define DEPTH 4
#define DAY "2027-10-01"
#define LIST_MAX 200
#define START 0xff /* the organisation asked about: never met again, never asked for more */

/* Neighbours of i: peer[from[i]] .. peer[from[i + 1]]; supplier << 3 | level asked, or the procurer. */
struct side {
	uint32_t *from, *peer;
};

struct world {
	uint32_t n, links;
	struct side out, in;
	uint8_t *held; /* on the day */
	uint8_t *met;  /* 0: not yet; else 1 + the level asked */
	uint32_t *queue;
};

static void die(const char *what)
{
	fprintf(stderr, "plain_arrays: %s\n", what);
	exit(1);
}

static void *get(size_t n, size_t size)
{
	void *p = calloc(n, size);
	if (!p)
		die("no memory");
	return p;
}

/* ---- loading ---- */

struct text {
	char *start, *at, *end;
};

static struct text file_read(const char *dir, const char *name)
{
	char path[4096];
	struct text t;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *f = fopen(path, "r");
	if (!f || fseek(f, 0, SEEK_END) != 0)
		die(path);
	size_t size = (size_t)ftell(f);
	rewind(f);
	t.start = t.at = get(size + 1, 1);
	t.end = t.start + size;
	if (fread(t.start, 1, size, f) != size)
		die(path);
	fclose(f);
	return t;
}

static uint32_t number(struct text *t)
{
	uint32_t v = 0;

	while (*t->at >= '0' && *t->at <= '9')
		v = v * 10 + (uint32_t)(*t->at++ - '0');
	t->at++;
	return v;
}

static void line_skip(struct text *t)
{
	const char *end = memchr(t->at, '\n', (size_t)(t->end - t->at));
	t->at = end ? t->start + (end + 1 - t->start) : t->end;
}

static uint32_t lines(const struct text *t)
{
	uint32_t n = 0;
	for (const char *c = t->start; (c = memchr(c, '\n', (size_t)(t->end - c))); c++)
		n++;
	return n;
}

/* org,certificate,scheme,level,issued,expires,evidence */
static void load_certificates(struct world *w, const char *dir)
{
	struct text t = file_read(dir, "certificates.num");

	while (t.at < t.end) {
		uint32_t org = number(&t), level;
		t.at += strlen("c,scs,");
		level = number(&t);
		if (memcmp(t.at, DAY, 10) <= 0 && memcmp(t.at + 11, DAY, 10) >= 0)
			w->held[org] = (uint8_t)MAX(w->held[org], level);
		line_skip(&t);
	}
	free(t.start);
}

static struct side packed(const struct world *w, const uint32_t *key, const uint32_t *value)
{
	struct side s = { get(w->n + 2, sizeof(uint32_t)), get(w->links, sizeof(uint32_t)) };

	/* beginnings one place on, so that filling moves each to where it belongs */
	for (uint32_t i = 0; i < w->links; i++)
		s.from[key[i] + 2]++;
	for (uint32_t i = 2; i <= w->n; i++)
		s.from[i] += s.from[i - 1];
	for (uint32_t i = 0; i < w->links; i++)
		s.peer[s.from[key[i] + 1]++] = value[i];
	return s;
}

/* procurer,supplier,required_level,… */
static void load_links(struct world *w, const char *dir)
{
	struct text t = file_read(dir, "links.num");
	w->links = lines(&t);
	uint32_t *p = get(w->links, sizeof(*p)), *s = get(w->links, sizeof(*s)), *asked = get(w->links, sizeof(*asked));

	for (uint32_t i = 0; i < w->links; i++) {
		p[i] = number(&t);
		s[i] = number(&t);
		asked[i] = s[i] << 3 | number(&t);
		line_skip(&t);
	}
	free(t.start);
	w->out = packed(w, p, asked);
	w->in = packed(w, s, p);
	free(p);
	free(s);
	free(asked);
}

static void load(struct world *w, const char *dir)
{
	struct text t = file_read(dir, "orgs.num");

	w->n = lines(&t);
	free(t.start);
	w->held = get(w->n, 1);
	w->met = get(w->n, 1);
	w->queue = get(w->n, sizeof(*w->queue));
	load_certificates(w, dir);
	load_links(w, dir);
}

/* ---- the questions ---- */

struct answer {
	uint32_t tier[DEPTH + 1], gaps[DEPTH + 1];
};

/* Everybody met has been put into the queue: only these are cleared. */
static void forget(struct world *w, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		w->met[w->queue[i]] = 0;
}

static uint32_t suppliers_of(struct world *w, uint32_t org, uint32_t end)
{
	for (uint32_t k = w->out.from[org]; k < w->out.from[org + 1]; k++) {
		uint32_t s = w->out.peer[k] >> 3;
		uint8_t asked = (uint8_t)(1 + (w->out.peer[k] & 7)), met = w->met[s];
		if (!met)
			w->queue[end++] = s;
		if (asked > met)
			w->met[s] = asked;
	}
	return end;
}

static void exposure(struct world *w, uint32_t org, struct answer *a)
{
	uint32_t at = 0, end = 1, first[DEPTH + 2] = { 0, 1 };

	w->queue[0] = org;
	w->met[org] = START;
	for (int t = 1; t <= DEPTH; t++) {
		for (uint32_t stop = end; at < stop; at++)
			end = suppliers_of(w, w->queue[at], end);
		first[t + 1] = end;
	}
	/* only now is everything asked of everybody known */
	for (int t = 1; t <= DEPTH; t++) {
		a->tier[t] = first[t + 1] - first[t];
		for (uint32_t i = first[t]; i < first[t + 1]; i++)
			a->gaps[t] += w->held[w->queue[i]] + 1 < w->met[w->queue[i]];
	}
	forget(w, end);
}

static void impact(struct world *w, uint32_t org, struct answer *a)
{
	uint32_t at = 0, end = 1;

	w->queue[0] = org;
	w->met[org] = START;
	for (int t = 1; t <= DEPTH; t++) {
		uint32_t stop = end;
		for (; at < stop; at++) {
			uint32_t o = w->queue[at];
			for (uint32_t k = w->in.from[o]; k < w->in.from[o + 1]; k++) {
				uint32_t p = w->in.peer[k];
				if (!w->met[p]) {
					w->met[p] = 1;
					w->queue[end++] = p;
				}
			}
		}
		a->tier[t] = end - stop;
	}
	forget(w, end);
}

/* ---- a list of questions ---- */

static void print_answer(const char *id, double ms, const struct answer *a, bool gaps)
{
	printf("{\"id\":\"%s\",\"ms\":%.4f,\"tiers\":[", id, ms);
	for (int t = 1; t <= DEPTH; t++)
		printf("%s%u", t > 1 ? "," : "", a->tier[t]);
	for (int t = 1; t <= DEPTH && gaps; t++)
		printf("%s%u", t > 1 ? "," : "],\"gaps\":[", a->gaps[t]);
	printf("]}");
}

/* Each id once; the first is asked once before, so that nothing is cold. */
static void ask_list(struct world *w, const char *what, const char *path)
{
	FILE *f = fopen(path, "r");
	char id[64];
	bool chain = strcmp(what, "exposure") == 0;

	if (!f)
		die(path);
	for (int n = 0; n < LIST_MAX && fscanf(f, "%63s", id) == 1; n++) {
		uint32_t org = (uint32_t)strtoul(id + strlen(id) - 8, NULL, 10);
		if (org >= w->n)
			die(id);
		for (int again = n == 0; again >= 0; again--) {
			struct answer a = { 0 };
			int64_t t0 = monotonic_us();
			if (chain)
				exposure(w, org, &a);
			else
				impact(w, org, &a);
			double ms = (double)(monotonic_us() - t0) / 1000;
			if (again)
				continue;
			fputs(n ? "," : "", stdout);
			print_answer(id, ms, &a, chain);
		}
	}
	fclose(f);
}

int main(int argc, char **argv)
{
	struct world w = { 0 };

	if (argc < 2)
		die("usage: plain_arrays DATA_DIR [exposure|impact:LIST_OF_IDS ...]");
	int64_t t0 = monotonic_us();
	load(&w, argv[1]);
	printf("{\"load_s\":%.3f,\"links\":%u", (double)(monotonic_us() - t0) / 1e6, w.links);
	for (int i = 2; i < argc; i++) {
		char *list = strchr(argv[i], ':');
		if (!list)
			die(argv[i]);
		*list++ = 0;
		printf(",\"%s:%s\":[", argv[i], list);
		ask_list(&w, argv[i], list);
		putchar(']');
	}
	printf("}\n");
	free(w.out.from);
	free(w.out.peer);
	free(w.in.from);
	free(w.in.peer);
	free(w.held);
	free(w.met);
	free(w.queue);
	return 0;
}
