/* cp932.c - see cp932.h. The tables are written once under a pthread_once and then only read. */
#include "importers/cp932.h"

#include <iconv.h>
#include <pthread.h>

#define LEADS 256
#define TRAILS 256

static uint16_t single[LEADS];		/* code point; 0: none (but for byte 0) */
static uint16_t pairs[LEADS][TRAILS];	/* code point; 0: none */
static bool have_tables;
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

static bool is_lead(unsigned char c) { return (c >= 0x81 && c <= 0x9f) || (c >= 0xe0 && c <= 0xfc); }

/* One character through iconv; 0 if it is none. */
static uint16_t ask(iconv_t cd, const unsigned char *bytes, size_t n)
{
	char in[2] = { (char)bytes[0], n > 1 ? (char)bytes[1] : 0 };
	unsigned char out[8];
	char *ip = in, *op = (char *)out;
	size_t in_left = n, out_left = sizeof(out);

	iconv(cd, NULL, NULL, NULL, NULL);
	if (iconv(cd, &ip, &in_left, &op, &out_left) == (size_t)-1 || in_left ||
	    out_left != sizeof(out) - 2)
		return 0;
	return (uint16_t)(out[0] << 8 | out[1]);
}

static void make_tables(void)
{
	iconv_t cd = iconv_open("UTF-16BE", "CP932");

	if (cd == (iconv_t)(intptr_t)-1)
		return;
	for (unsigned c = 0; c < LEADS; c++) {
		unsigned char b[2] = { (unsigned char)c, 0 };

		if (c < 0x80)
			single[c] = (uint16_t)c;
		else if (c >= 0xa1 && c <= 0xdf)
			single[c] = ask(cd, b, 1);
		for (unsigned t = 0x40; is_lead(b[0]) && t <= 0xfc; t++) {
			b[1] = (unsigned char)t;
			pairs[c][t] = t == 0x7f ? 0 : ask(cd, b, 2);
		}
	}
	iconv_close(cd);
	have_tables = single[0xb1] == 0xff71 && pairs[0x82][0xa0] == 0x3042;
}

bool cp932_ready(void)
{
	pthread_once(&tables_once, make_tables);
	return have_tables;
}

size_t cp932_char_len(struct view v)
{
	const unsigned char *p = v.p;

	if (v.n == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (is_lead(p[0]))
		return v.n >= 2 && pairs[p[0]][p[1]] ? 2 : 0;
	return single[p[0]] ? 1 : 0;
}

size_t cp932_valid(struct view v)
{
	const unsigned char *p = v.p;
	size_t i = 0, len;

	while (i < v.n && (len = cp932_char_len(view_of(p + i, v.n - i))) > 0)
		i += len;
	return i;
}

static char *put(char *out, uint16_t cp)
{
	if (cp < 0x80) {
		*out++ = (char)cp;
	} else if (cp < 0x800) {
		*out++ = (char)(0xc0 | cp >> 6);
		*out++ = (char)(0x80 | (cp & 0x3f));
	} else {
		*out++ = (char)(0xe0 | cp >> 12);
		*out++ = (char)(0x80 | (cp >> 6 & 0x3f));
		*out++ = (char)(0x80 | (cp & 0x3f));
	}
	return out;
}

size_t cp932_decode(struct view v, struct buf *out)
{
	const unsigned char *p = v.p;
	size_t i = 0;
	char *to;

	/* a half-width katakana grows from one byte to three */
	if (v.n > SIZE_MAX / 4 || !buf_reserve(out, v.n * 3))
		return 0;
	to = out->p + out->n;
	while (i < v.n) {
		if (p[i] < 0x80) {
			*to++ = (char)p[i++];
			continue;
		}
		size_t len = cp932_char_len(view_of(p + i, v.n - i));

		if (len == 0)
			break;
		to = put(to, len == 2 ? pairs[p[i]][p[i + 1]] : single[p[i]]);
		i += len;
	}
	out->n = (size_t)(to - out->p);
	return i;
}
