/*
 * bench_http.c - a client that measures the daemon from outside, over keep-alive connections.
 * usage: bench_http PORT TOKEN_FILE get PATH LIST_OF_IDS      each id once, '%' in PATH is the id
 *        bench_http PORT TOKEN_FILE watch LIST_OF_IDS N       the first N get targets
 *        bench_http PORT TOKEN_FILE lapse LIST_OF_IDS N       revokes certificate c, N times
 *        bench_http PORT TOKEN_FILE write LINKS.csv CLIENTS SECONDS
 * Prints one JSON object. Sockets block and there is one thread: with the daemon on the same
 * processors, the simplest client costs it least.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/util.h"

#define IN_MAX ((size_t)8 << 20)
#define IDS_MAX 10000
#define QUIET_MS 300 /* no further event comes of a change after this */

static uint16_t port;
static char token[256];

static void die(const char *what, const char *why)
{
	fprintf(stderr, "bench_http: %s: %s\n", what, why);
	exit(1);
}

/* ---- a connection ---- */

struct conn {
	int fd;
	char *in;
	size_t n;
};

static void conn_open(struct conn *c)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	c->in = malloc(IN_MAX);
	c->n = 0;
	if (c->fd < 0 || !c->in || connect(c->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		die("connect", "refused");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static void conn_close(struct conn *c)
{
	close(c->fd);
	free(c->in);
}

static void conn_send(struct conn *c, const char *method, const char *path, const char *type,
		      const char *body)
{
	char head[4096];
	int n = snprintf(head, sizeof(head),
			 "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
			 "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
			 method, path, token, type, strlen(body), body);

	if (!*body)
		n = snprintf(head, sizeof(head),
			     "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n\r\n",
			     method, path, token);
	if (n < 0 || (size_t)n >= sizeof(head) || write(c->fd, head, (size_t)n) != n)
		die(path, "not sent");
}

static void conn_fill(struct conn *c)
{
	ssize_t n = c->n + 1 < IN_MAX ? read(c->fd, c->in + c->n, IN_MAX - c->n - 1) : 0;

	if (n <= 0)
		die("answer", "cut short");
	c->n += (size_t)n;
	c->in[c->n] = 0;
}

/* Reads the head; its length. */
static size_t conn_head(struct conn *c)
{
	const char *end;

	c->in[c->n] = 0;
	while (!(end = strstr(c->in, "\r\n\r\n")))
		conn_fill(c);
	return (size_t)(end + 4 - c->in);
}

/* One answer with a Content-Length; its status. */
static int conn_answer(struct conn *c, size_t *out_bytes)
{
	size_t head = conn_head(c), length;
	const char *h = strcasestr(c->in, "\r\ncontent-length:");
	int status = atoi(c->in + 9);

	if (!h || h > c->in + head)
		die("answer", "without a length");
	length = strtoul(h + 17, NULL, 10);
	while (c->n < head + length)
		conn_fill(c);
	c->n -= head + length;
	memmove(c->in, c->in + head + length, c->n);
	if (out_bytes)
		*out_bytes = length;
	return status;
}

static int ask(struct conn *c, const char *method, const char *path, const char *body)
{
	bool patch = strcmp(method, "PATCH") == 0;

	conn_send(c, method, path, patch ? "application/merge-patch+json" : "application/json", body);
	return conn_answer(c, NULL);
}

/* ---- figures ---- */

struct sample {
	double *v;
	size_t n, cap;
};

static void sample_add(struct sample *s, double v)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 256;
		s->v = realloc(s->v, s->cap * sizeof(*s->v));
		if (!s->v)
			die("sample", "no memory");
	}
	s->v[s->n++] = v;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void sample_print(const char *name, struct sample *s)
{
	if (s->n == 0)
		die(name, "nothing was measured");
	qsort(s->v, s->n, sizeof(*s->v), by_size);
	printf("\"%s\":{\"n\":%zu,\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}", name, s->n, s->v[s->n / 2],
	       s->v[s->n * 99 / 100], s->v[s->n - 1]);
	free(s->v);
}

static double ms_since(int64_t t0) { return (double)(monotonic_us() - t0) / 1000; }

/* ---- lists of identifiers ---- */

struct ids {
	char id[IDS_MAX][64];
	size_t n;
};
static struct ids ids;

static void ids_read(const char *path)
{
	FILE *f = fopen(path, "r");

	if (!f)
		die(path, "cannot be read");
	while (ids.n < IDS_MAX && fscanf(f, "%63s", ids.id[ids.n]) == 1)
		ids.n++;
	fclose(f);
}

static void path_of(const char *form, const char *id, char *out, size_t size)
{
	const char *mark = strchr(form, '%');

	if (!mark)
		die(form, "has no %");
	snprintf(out, size, "%.*s%s%s", (int)(mark - form), form, id, mark + 1);
}

/* ---- get, watch ---- */

static void get(const char *form)
{
	struct conn c;
	struct sample s = { 0 };
	char path[1024];
	size_t bytes = 0, one;

	conn_open(&c);
	for (size_t i = 0; i < ids.n; i++) {
		path_of(form, ids.id[i], path, sizeof(path));
		int64_t t0 = monotonic_us();
		conn_send(&c, "GET", path, "", "");
		if (conn_answer(&c, &one) != 200)
			die(path, "not 200");
		sample_add(&s, ms_since(t0));
		bytes += one;
	}
	printf("{\"bytes\":%zu,\"each\":", bytes / ids.n);
	for (size_t i = 0; i < s.n; i++)
		printf("%s%.3f", i ? "," : "[", s.v[i]);
	fputs("],", stdout);
	sample_print("ms", &s);
	printf("}\n");
	conn_close(&c);
}

static void watch(size_t n)
{
	struct conn c;
	char path[256];

	conn_open(&c);
	for (size_t i = 0; i < MIN(n, ids.n); i++) {
		path_of("/v1/orgs/%/targets", ids.id[i], path, sizeof(path));
		if (ask(&c, "PUT", path, "{\"rules\":[],\"depth\":4}") >= 300)
			die(path, "refused");
	}
	printf("{\"watched\":%zu}\n", MIN(n, ids.n));
	conn_close(&c);
}

/* ---- lapse ---- */

/* Reads events until none comes for QUIET_MS; when the first and the last exposure.changed came. */
static size_t events_read(struct conn *c, int64_t t0, double *out_first, double *out_last)
{
	static const char mark[] = "event: exposure.changed\n";
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	size_t seen = 0;

	while (poll(&p, 1, QUIET_MS) > 0) {
		conn_fill(c);
		char *at = c->in, *next;
		while ((next = strstr(at, mark))) {
			at = next + sizeof(mark) - 1;
			if (seen++ == 0)
				*out_first = ms_since(t0);
			*out_last = ms_since(t0);
		}
		size_t keep = MIN((size_t)(c->in + c->n - at), sizeof(mark) - 2);
		memmove(c->in, c->in + c->n - keep, keep);
		c->n = keep;
		c->in[keep] = 0;
	}
	return seen;
}

static void lapse(size_t n)
{
	static const char *const body[] = { "{\"revoked_on\":\"2027-10-01\"}", "{\"revoked_on\":null}" };
	struct conn c, events;
	struct sample written = { 0 }, first = { 0 }, last = { 0 };
	char path[256];
	size_t touched = 0;
	double a = 0, b = 0;

	conn_open(&c);
	conn_open(&events);
	conn_send(&events, "GET", "/v1/events", "", "");
	events.n -= conn_head(&events);
	events_read(&events, 0, &a, &b);
	for (size_t i = 0; i < ids.n && first.n < n; i++) {
		path_of("/v1/orgs/%/certificates/c", ids.id[i], path, sizeof(path));
		for (int k = 0; k < 2; k++) {
			int64_t t0 = monotonic_us();
			if (ask(&c, "PATCH", path, body[k]) != 200)
				die(path, "refused");
			double w = ms_since(t0);
			size_t seen = events_read(&events, t0, &a, &b);
			if (seen == 0 || k)
				continue;
			sample_add(&written, w);
			sample_add(&first, a);
			sample_add(&last, b);
			touched += seen;
		}
	}
	if (first.n == 0)
		die("lapse", "touched nobody");
	printf("{\"touched\":%.1f,", (double)touched / (double)first.n);
	sample_print("answered", &written);
	putchar(',');
	sample_print("first", &first);
	putchar(',');
	sample_print("last", &last);
	printf("}\n");
	conn_close(&events);
	conn_close(&c);
}

/* ---- write: one thread for all connections, since each that it has would be taken from the daemon ---- */

#define PAIRS_MAX 1000000

struct writes {
	char (*pairs)[2][64];
	size_t n_pairs, next, busy;
	unsigned run; /* another in each run, so that its values change something */
	struct sample ms;
};

static void pairs_read(struct writes *w, const char *file)
{
	FILE *f = fopen(file, "r");
	char line[512];

	w->pairs = calloc(PAIRS_MAX, sizeof(*w->pairs));
	if (!f || !w->pairs || !fgets(line, sizeof(line), f))
		die(file, "cannot be read");
	while (w->n_pairs < PAIRS_MAX && fgets(line, sizeof(line), f))
		if (sscanf(line, "%63[^,],%63[^,]", w->pairs[w->n_pairs][0], w->pairs[w->n_pairs][1]) == 2)
			w->n_pairs++;
	fclose(f);
	if (w->n_pairs == 0)
		die(file, "has no links");
}

static void write_next(struct writes *w, struct conn *c)
{
	char (*pair)[64] = w->pairs[w->next % w->n_pairs];
	char path[256], body[256];

	snprintf(path, sizeof(path), "/v1/orgs/%s/suppliers/%s", pair[0], pair[1]);
	snprintf(body, sizeof(body), "{\"required_level\":3,\"annual_spend\":%zu,\"dependency\":0.%04u}",
		 ++w->next, 1 + w->run % 9999);
	conn_send(c, "PUT", path, "application/json", body);
}

/* Sends on each connection when its answer has come, for so many seconds; 503 is counted apart. */
static void write_run(struct writes *w, struct conn *c, struct pollfd *p, size_t clients, int seconds)
{
	AUTO_FREE int64_t *since = calloc(clients, sizeof(*since));
	int64_t until = monotonic_us() + seconds * (int64_t)1000000;
	size_t open = clients;

	if (!since)
		die("write", "no memory");
	for (size_t i = 0; i < clients; i++) {
		since[i] = monotonic_us();
		write_next(w, &c[i]);
	}
	while (open > 0 && poll(p, (nfds_t)clients, -1) > 0)
		for (size_t i = 0; i < clients; i++) {
			if (!(p[i].revents & POLLIN))
				continue;
			int status = conn_answer(&c[i], NULL);
			if (status == 503)
				w->busy++;
			else if (status != 200 && status != 201)
				die("write", "refused");
			else
				sample_add(&w->ms, ms_since(since[i]));
			since[i] = monotonic_us();
			if (since[i] < until) {
				write_next(w, &c[i]);
			} else {
				p[i].fd = -1;
				open--;
			}
		}
}

static void write_many(const char *file, size_t clients, int seconds)
{
	AUTO_FREE struct conn *c = calloc(clients, sizeof(*c));
	AUTO_FREE struct pollfd *p = calloc(clients, sizeof(*p));
	struct writes w = { .run = (unsigned)(monotonic_us() / 1000000) };

	if (!c || !p)
		die("write", "no memory");
	pairs_read(&w, file);
	for (size_t i = 0; i < clients; i++) {
		conn_open(&c[i]);
		p[i] = (struct pollfd){ .fd = c[i].fd, .events = POLLIN };
	}
	int64_t t0 = monotonic_us();
	write_run(&w, c, p, clients, seconds);
	printf("{\"per_s\":%.0f,\"busy\":%zu,", (double)w.ms.n / (ms_since(t0) / 1000), w.busy);
	sample_print("ms", &w.ms);
	printf("}\n");
	for (size_t i = 0; i < clients; i++)
		conn_close(&c[i]);
	free(w.pairs);
}

int main(int argc, char **argv)
{
	if (argc < 5)
		die("usage", "see the top of bench_http.c");
	FILE *f = fopen(argv[2], "r");
	if (!f || fscanf(f, "%255s", token) != 1)
		die(argv[2], "holds no token");
	fclose(f);
	port = (uint16_t)atoi(argv[1]);
	const char *what = argv[3];
	if (strcmp(what, "write") == 0 && argc == 7) {
		write_many(argv[4], (size_t)atol(argv[5]), atoi(argv[6]));
		return 0;
	}
	ids_read(argv[argc > 5 && strcmp(what, "get") == 0 ? 5 : 4]);
	if (strcmp(what, "get") == 0 && argc == 6)
		get(argv[4]);
	else if (strcmp(what, "watch") == 0 && argc == 6)
		watch((size_t)atol(argv[5]));
	else if (strcmp(what, "lapse") == 0 && argc == 6)
		lapse((size_t)atol(argv[5]));
	else
		die("usage", "see the top of bench_http.c");
	return 0;
}
