/*
 * fuzz_forwarded.c - the fields that name the client, one value a line: they are read or refused, and what a
 * trusted proxy adds behind a list that is read decides, whatever stands before it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/forwarded.h"

#define LINES 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct nets trusted(void)
{
	struct nets n;
	struct err e;

	if (nets_parse(VIEW_LIT("10.0.0.0/8, 2001:db8::/32"), &n, &e) != RC_OK)
		abort();
	return n;
}

static unsigned split(const uint8_t *data, size_t size, struct view *out)
{
	unsigned n = 0;
	size_t from = 0;

	for (size_t i = 0; i <= size && n < LINES; i++) {
		if (i < size && data[i] != '\n')
			continue;
		out[n++] = view_of(data + from, i - from);
		from = i + 1;
	}
	return n;
}

static void is_proxys_word(const struct forwarded *f, bool https)
{
	struct ip want;

	if (!ip_parse(VIEW_LIT("192.0.2.7"), &want) || !f->has_client || f->https != https ||
	    memcmp(&want, &f->client, sizeof(want)) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nets n = trusted();
	struct view lines[LINES + 1];
	struct forwarded f;
	unsigned count = split(data, size, lines);

	bool ok = forwarded_parse(lines, count, &n, &f);
	lines[count] = VIEW_LIT("for=192.0.2.7;proto=https");
	if (forwarded_parse(lines, count + 1, &n, &f)) {
		if (!ok)
			abort();
		is_proxys_word(&f, true);
	}
	ok = x_forwarded_parse(lines, count, view_of(NULL, 0), &n, &f);
	lines[count] = VIEW_LIT("192.0.2.7");
	if (x_forwarded_parse(lines, count + 1, VIEW_LIT("http"), &n, &f)) {
		if (!ok)
			abort();
		is_proxys_word(&f, false);
	}
	return 0;
}
