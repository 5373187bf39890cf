/*
 * json_out.c - the streaming JSON writer. Strings are copied in runs between the bytes that need
 * an escape; numbers are formatted by hand: both are the bulk of a long answer.
 */
#include "base/json_out.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#define DEPTH_MAX 60
#define DEC9_LIMIT 9007199254740992.0 /* 2^53: above it every double is whole */

__extension__ typedef unsigned __int128 u128;

static const char digit_pairs[] = "00010203040506070809101112131415161718192021222324"
				  "25262728293031323334353637383940414243444546474849"
				  "50515253545556575859606162636465666768697071727374"
				  "75767778798081828384858687888990919293949596979899";

void json_init(struct json *j, struct buf *b) { *j = (struct json){ .b = b }; }

/* The comma before the next key or array item, and the order of keys and values. */
static void begin_value(struct json *j)
{
	uint64_t bit = UINT64_C(1) << j->depth;

	if (j->after_key) {
		j->after_key = false;
		return;
	}
	assert(!(j->is_obj & bit) && "a key is due");
	if (j->has_item & bit)
		buf_addc(j->b, j->depth ? ',' : '\n'); /* values at the top are NDJSON */
	j->has_item |= bit;
}

static void open_level(struct json *j, char c, bool obj)
{
	uint64_t bit;

	begin_value(j);
	buf_addc(j->b, c);
	assert(j->depth < DEPTH_MAX);
	bit = UINT64_C(1) << ++j->depth;
	j->has_item &= ~bit;
	j->is_obj = obj ? j->is_obj | bit : j->is_obj & ~bit;
}

static void close_level(struct json *j, char c, bool obj)
{
	assert(j->depth > 0 && !j->after_key);
	assert(!!(j->is_obj & (UINT64_C(1) << j->depth)) == obj);
	j->depth--;
	buf_addc(j->b, c);
}

void json_obj(struct json *j) { open_level(j, '{', true); }
void json_obj_end(struct json *j) { close_level(j, '}', true); }
void json_arr(struct json *j) { open_level(j, '[', false); }
void json_arr_end(struct json *j) { close_level(j, ']', false); }

static void begin_key(struct json *j)
{
	uint64_t bit = UINT64_C(1) << j->depth;

	assert((j->is_obj & bit) && !j->after_key && "a value is due");
	if (j->has_item & bit)
		buf_addc(j->b, ',');
	j->has_item |= bit;
	j->after_key = true;
}

void json_key(struct json *j, const char *key)
{
	size_t n = strlen(key);
	char *p;

	begin_key(j);
	if (!buf_reserve(j->b, n + 3))
		return;
	p = j->b->p + j->b->n;
	*p++ = '"';
	memcpy(p, key, n);
	p += n;
	*p++ = '"';
	*p = ':';
	j->b->n += n + 3;
}

/* Nonzero: what follows the backslash, 'u' for \u00XX. */
static const char escapes[256] = {
	/* clang-format off */
	'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b', 't', 'n', 'u', 'f', 'r', 'u', 'u',
	'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u',
	['"'] = '"', ['\\'] = '\\',
	/* clang-format on */
};

static void add_escape(struct buf *b, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	char e = escapes[c];
	char six[6] = { '\\', e, '0', '0', hex[c >> 4], hex[c & 15] };

	buf_add(b, six, e == 'u' ? 6 : 2);
}

static void add_quoted(struct buf *b, struct view v)
{
	const unsigned char *p = v.p;
	size_t run = 0;

	if (!buf_reserve(b, v.n + 2))
		return;
	b->p[b->n++] = '"';
	for (size_t i = 0; i < v.n; i++) {
		if (!escapes[p[i]])
			continue;
		buf_add(b, p + run, i - run);
		add_escape(b, p[i]);
		run = i + 1;
	}
	buf_add(b, p ? p + run : NULL, v.n - run);
	buf_addc(b, '"');
}

void json_keyv(struct json *j, struct view key)
{
	begin_key(j);
	add_quoted(j->b, key);
	buf_addc(j->b, ':');
}

void json_strv(struct json *j, struct view v)
{
	begin_value(j);
	add_quoted(j->b, v);
}

void json_str(struct json *j, const char *s)
{
	if (s)
		json_strv(j, view_str(s));
	else
		json_nil(j);
}

/* Writes v so that it ends before end; returns its start. */
static char *digits_before(char *end, uint64_t v)
{
	while (v >= 100) {
		end -= 2;
		memcpy(end, digit_pairs + v % 100 * 2, 2);
		v /= 100;
	}
	if (v >= 10) {
		end -= 2;
		memcpy(end, digit_pairs + v * 2, 2);
	} else {
		*--end = (char)('0' + v);
	}
	return end;
}

static void add_uint(struct buf *b, uint64_t v, bool negative)
{
	char tmp[24], *end = tmp + sizeof(tmp), *p = digits_before(end, v);

	if (negative)
		*--p = '-';
	buf_add(b, p, (size_t)(end - p));
}

/* whole.frac with frac of `places` digits, trailing zeros cut. */
static void add_decimal(struct buf *b, bool negative, uint64_t whole, uint64_t frac,
			unsigned places)
{
	char tmp[24];

	add_uint(b, whole, negative && (whole | frac));
	if (frac == 0)
		return;
	tmp[0] = '.';
	for (unsigned i = places; i > 0; i--) {
		tmp[i] = (char)('0' + frac % 10);
		frac /= 10;
	}
	while (tmp[places] == '0')
		places--;
	buf_add(b, tmp, places + 1);
}

static uint64_t magnitude(int64_t v) { return v < 0 ? -(uint64_t)v : (uint64_t)v; }

void json_int(struct json *j, int64_t v)
{
	begin_value(j);
	add_uint(j->b, magnitude(v), v < 0);
}

void json_uint(struct json *j, uint64_t v)
{
	begin_value(j);
	add_uint(j->b, v, false);
}

void json_bool(struct json *j, bool v) { json_raw(j, v ? VIEW_LIT("true") : VIEW_LIT("false")); }

void json_nil(struct json *j) { json_raw(j, VIEW_LIT("null")); }

void json_day(struct json *j, int32_t day)
{
	char text[DAY_TEXT];

	if (day == DAY_NONE) {
		json_nil(j);
		return;
	}
	day_format(day, text);
	json_strv(j, view_of(text, DAY_TEXT - 1));
}

void json_instant(struct json *j, int64_t ms)
{
	char text[INSTANT_TEXT];

	instant_format(ms, text);
	json_strv(j, view_of(text, INSTANT_TEXT - 1));
}

void json_dec4(struct json *j, int64_t v)
{
	uint64_t u = magnitude(v);

	begin_value(j);
	add_decimal(j->b, v < 0, u / 10000, u % 10000, 4);
}

/*
 * |v| * 1e9 rounded half away from zero, exactly: v = m * 2^e with m < 2^53, and 1e9 = 5^9 * 2^9,
 * so m * 5^9 (74 bits) shifted by e + 9 is the exact product.
 */
static u128 scaled_1e9(double v)
{
	int e;
	u128 m = (u128)ldexp(frexp(fabs(v), &e), 53) * 1953125u;
	int shift = e - 53 + 9;

	if (shift >= 0)
		return m << shift;
	if (shift < -100)
		return 0;
	return (m + ((u128)1 << (-shift - 1))) >> -shift;
}

uint64_t json_dec9_units(double v)
{
	assert(v >= 0 && v <= 1);
	return (uint64_t)scaled_1e9(v);
}

void json_dec9(struct json *j, double v)
{
	u128 u;

	assert(isfinite(v));
	begin_value(j);
	if (fabs(v) >= DEC9_LIMIT) {
		buf_addf(j->b, "%.0f", v);
		return;
	}
	u = scaled_1e9(v);
	add_decimal(j->b, v < 0, (uint64_t)(u / 1000000000u), (uint64_t)(u % 1000000000u), 9);
}

void json_raw(struct json *j, struct view v)
{
	begin_value(j);
	buf_addv(j->b, v);
}
