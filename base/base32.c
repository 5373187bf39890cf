/* base32.c - see base32.h. */
#include "base/base32.h"

static const char digits[33] = "abcdefghijklmnopqrstuvwxyz234567";

char *base32_encode(const uint8_t *in, size_t n, char *out)
{
	uint32_t bits = 0, have = 0;

	for (size_t i = 0; i < n; i++) {
		bits = (bits << 8 | in[i]) & 0xfff;
		for (have += 8; have >= 5; have -= 5)
			*out++ = digits[bits >> (have - 5) & 31];
	}
	if (have)
		*out++ = digits[bits << (5 - have) & 31];
	return out;
}

bool base32_decode(struct view text, uint8_t *out, size_t n)
{
	const char *p = text.p;
	uint32_t bits = 0, have = 0;
	size_t at = 0;

	if (text.n != BASE32_CHARS(n))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		const char *d = p[i] ? strchr(digits, p[i]) : NULL;
		if (!d)
			return false;
		bits = (bits << 5 | (uint32_t)(d - digits)) & 0xfff;
		have += 5;
		if (have >= 8 && at < n) {
			have -= 8;
			out[at++] = (uint8_t)(bits >> have);
		}
	}
	return at == n && !(bits & ((1u << have) - 1));
}
