/* utf8.c - strict UTF-8: validity, lengths, terminal columns; control characters. */
#include <utf8proc.h>

#include "base/text.h"

#define HIGH_BITS UINT64_C(0x8080808080808080)

size_t utf8_char_len(struct view v)
{
	const unsigned char *p = v.p;
	unsigned char lo = 0x80, hi = 0xbf;
	size_t n;

	if (v.n == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (v.n < n)
		return 0;
	/* the second byte bars overlongs, surrogates and what is above U+10FFFF */
	if (p[0] == 0xe0)
		lo = 0xa0;
	else if (p[0] == 0xed)
		hi = 0x9f;
	else if (p[0] == 0xf0)
		lo = 0x90;
	else if (p[0] == 0xf4)
		hi = 0x8f;
	if (p[1] < lo || p[1] > hi)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

bool text_has_control(struct view v)
{
	const unsigned char *p = v.p;

	for (size_t i = 0; i < v.n; i++)
		if (p[i] < 0x20 || p[i] == 0x7f)
			return true;
	return false;
}

bool utf8_valid(struct view v)
{
	const unsigned char *p = v.p;
	size_t i = 0;

	while (i < v.n) {
		uint64_t w;
		size_t len;

		if (v.n - i >= 8 && (memcpy(&w, p + i, 8), (w & HIGH_BITS) == 0)) {
			i += 8;
			continue;
		}
		/* most of Japanese text: three bytes that begin neither an overlong form nor a surrogate */
		if (v.n - i >= 3 && p[i] >= 0xe1 && p[i] <= 0xef && p[i] != 0xed && (p[i + 1] & 0xc0) == 0x80 &&
		    (p[i + 2] & 0xc0) == 0x80) {
			i += 3;
			continue;
		}
		len = utf8_char_len(view_of(p + i, v.n - i));
		if (len == 0)
			return false;
		i += len;
	}
	return true;
}

size_t utf8_count(struct view v)
{
	const unsigned char *p = v.p;
	size_t n = 0;

	for (size_t i = 0; i < v.n; i++)
		n += (p[i] & 0xc0) != 0x80;
	return n;
}

size_t utf8_columns(struct view v)
{
	const unsigned char *p = v.p;
	size_t columns = 0, i = 0;

	while (i < v.n) {
		utf8proc_int32_t cp;
		utf8proc_ssize_t len;

		if (p[i] < 0x80) {
			columns += p[i] >= 0x20 && p[i] != 0x7f;
			i++;
			continue;
		}
		len = utf8proc_iterate(p + i, (utf8proc_ssize_t)(v.n - i), &cp);
		if (len <= 0) { /* shown as one replacement character */
			columns++;
			i++;
			continue;
		}
		columns += (size_t)utf8proc_charwidth(cp);
		i += (size_t)len;
	}
	return columns;
}

size_t utf8_cut(struct view v, size_t max)
{
	const unsigned char *p = v.p;
	size_t n = max;

	if (v.n <= max)
		return v.n;
	while (n > 0 && (p[n] & 0xc0) == 0x80)
		n--;
	return n;
}
