/*
 * fuzz_proxy.c - the PROXY header: the verdict does not depend on how the bytes were cut, a header lies within
 * its limit and the input, and a client has an address.
 */
#include <stdint.h>
#include <stdlib.h>

#include "api/proxy_protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proxy_header whole, part;
	enum proxy_verdict v = proxy_parse(view_of(data, size), &whole);
	size_t limit = size < PROXY_MAX_BYTES ? size : PROXY_MAX_BYTES;

	if (v == PROXY_DONE && (whole.bytes == 0 || whole.bytes > limit))
		abort();
	if (v == PROXY_MORE && size >= PROXY_MAX_BYTES)
		abort();
	for (size_t i = 0; i < limit; i++) {
		enum proxy_verdict early = proxy_parse(view_of(data, i), &part);
		if (early == PROXY_BAD && v != PROXY_BAD)
			abort();
		if (early == PROXY_DONE && (v != PROXY_DONE || part.bytes != whole.bytes || part.bytes > i))
			abort();
	}
	return 0;
}
