/*
 * fuzz_http1.c - the request reader on arbitrary bytes. The first byte seeds the cuts; the rest is
 * a connection. Two laws: the verdict and what was read do not depend on the cuts, and what was
 * accepted obeys the limits.
 */
#include <stdio.h>
#include <stdlib.h>

#include "api/http1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BODY_MAX 4096

static void mix(uint64_t *h, const void *p, size_t n)
{
	const uint8_t *b = p;
	for (size_t i = 0; i < n; i++)
		*h = (*h ^ b[i]) * 0x100000001b3u;
}

static void mix_view(uint64_t *h, struct view v)
{
	mix(h, &v.n, sizeof(v.n));
	mix(h, v.p, v.n);
}

static void require(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "broken law: %s\n", what);
	abort();
}

static void check_head(struct http1 *r, uint64_t *h)
{
	require(r->path.n > 0 && r->path.n <= HTTP1_TARGET_MAX, "path length");
	require(*(const char *)r->path.p == '/' || view_is(r->path, "*"), "path form");
	require(r->field_count <= HTTP1_HEADERS_MAX, "field count");
	require(r->head.n <= HTTP1_HEAD_MAX, "head size");
	require(!(r->chunked && r->content_length), "one framing");
	mix(h, &r->method, sizeof(r->method));
	mix_view(h, r->path);
	mix_view(h, r->query);
	mix_view(h, r->host);
	mix(h, &r->keep_alive, sizeof(r->keep_alive));
	mix(h, &r->content_length, sizeof(r->content_length));
	for (unsigned i = 0; i < r->field_count; i++) {
		struct view value = http1_field_value(r, i);
		require(!value.n || !memchr(value.p, 0, value.n), "no NUL in a value");
		require(!value.n || !memchr(value.p, '\n', value.n), "no LF in a value");
		mix_view(h, http1_field_name(r, i));
		mix_view(h, value);
	}
}

struct walk {
	uint64_t hash;
	uint64_t body;
	bool over;
};

/* One event; false when input is needed or the connection is over. */
static bool step(struct http1 *r, struct view *in, struct walk *w)
{
	switch (http1_next(r, in)) {
	case HTTP1_MORE:
		require(in->n == 0, "input left over");
		return false;
	case HTTP1_HEAD:
		check_head(r, &w->hash);
		r->body_max = BODY_MAX;
		w->body = 0;
		return true;
	case HTTP1_DATA:
		require(r->data.n > 0, "empty data");
		w->body += r->data.n;
		require(w->body <= BODY_MAX, "body limit");
		mix(&w->hash, r->data.p, r->data.n);
		return true;
	case HTTP1_END:
		require(r->chunked || w->body == r->content_length, "body length");
		mix(&w->hash, "end", 3);
		w->over = !r->keep_alive;
		http1_reset(r);
		return !w->over;
	case HTTP1_BAD:
	default:
		require(r->status >= 400 && r->status < 600 && r->reason, "a refusal has a status");
		mix(&w->hash, &r->status, sizeof(r->status));
		mix(&w->hash, r->reason, strlen(r->reason));
		w->over = true;
		return false;
	}
}

static uint64_t run(const uint8_t *p, size_t n, unsigned seed)
{
	struct http1 r;
	struct walk w = { .hash = 0xcbf29ce484222325u };
	http1_init(&r);
	while (n && !w.over) {
		size_t take = n;
		if (seed) {
			seed = seed * 1103515245u + 12345u;
			take = 1 + (seed >> 16) % (seed & 0x100 ? 3 : 37);
			take = take < n ? take : n;
		}
		struct view in = view_of(p, take);
		while (step(&r, &in, &w))
			;
		p += take;
		n -= take;
	}
	http1_done(&r);
	return w.hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	uint64_t whole = run(data + 1, size - 1, 0);
	uint64_t cut = run(data + 1, size - 1, 1u + data[0]);
	require(whole == cut, "the cuts do not matter");
	return 0;
}
