/*
 * http1_verdict.c - tells what the request reader makes of raw bytes, for comparison with other
 * servers. Standard input is one connection, or with --frames many: each a big-endian 32-bit
 * length and that many bytes. One line of JSON for each connection:
 *   {"requests":[{"method":"GET","path":"/x?y","body":3}],"end":"idle|more|closed|bad","status":400}
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/http1.h"
#include "base/pack.h"

#define INPUT_MAX (1u << 20)

static void print_request(const struct http1 *r, uint64_t body, unsigned count)
{
	/* Neither path nor query can hold a quote; a backslash can. */
	printf("%s{\"method\":\"%s\",\"path\":\"", count ? "," : "", http_method_name(r->method));
	struct view parts[2] = { r->path, r->query };
	for (int i = 0; i < 2; i++) {
		if (i == 1 && r->query.p)
			putchar('?');
		for (size_t k = 0; k < parts[i].n; k++) {
			char c = ((const char *)parts[i].p)[k];
			if (c == '\\')
				putchar('\\');
			putchar(c);
		}
	}
	printf("\",\"body\":%llu}", (unsigned long long)body);
}

static void judge(struct view in)
{
	struct http1 r;
	uint64_t body = 0;
	unsigned count = 0;
	const char *end = NULL;
	http1_init(&r);
	printf("{\"requests\":[");
	while (!end) {
		switch (http1_next(&r, &in)) {
		case HTTP1_HEAD:
			body = 0;
			break;
		case HTTP1_DATA:
			body += r.data.n;
			break;
		case HTTP1_END:
			print_request(&r, body, count++);
			end = r.keep_alive ? NULL : "closed";
			http1_reset(&r);
			break;
		case HTTP1_MORE:
			end = http1_idle(&r) ? "idle" : "more";
			break;
		case HTTP1_BAD:
		default:
			end = "bad";
		}
	}
	printf("],\"end\":\"%s\",\"status\":%d,\"reason\":\"%s\"}\n", end, r.status,
	       r.reason ? r.reason : "");
	http1_done(&r);
}

int main(int argc, char **argv)
{
	static char input[INPUT_MAX];
	bool frames = argc > 1 && strcmp(argv[1], "--frames") == 0;
	if (!frames) {
		judge(view_of(input, fread(input, 1, sizeof(input), stdin)));
		return 0;
	}
	char head[4];
	while (fread(head, 1, sizeof(head), stdin) == sizeof(head)) {
		uint32_t n = be32_get(head);
		if (n > sizeof(input) || fread(input, 1, n, stdin) != n) {
			fprintf(stderr, "http1_verdict: a frame is cut short or too long\n");
			return 1;
		}
		judge(view_of(input, n));
	}
	return 0;
}
