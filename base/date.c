/*
 * date.c - calendar arithmetic and the ways in which people write a date.
 *
 * Years are counted from 1 March, so that the leap day is the last of the year and months have a
 * regular length: 153 days in each five.
 */
#include "base/date.h"

#include <stdio.h>

#include "base/text.h"
#include "base/util.h"

#define DAYS_400Y 146097 /* days in 400 years */
#define EPOCH_SHIFT 719468 /* days from 0000-03-01 to 1970-01-01 */
#define JST_MS ((int64_t)9 * 3600 * 1000)
#define DAY_MS ((int64_t)86400000)
#define LENIENT_MAX 64 /* bytes; no date is longer */

static bool leap(int y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

static int month_days(int y, int m)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return m == 2 && leap(y) ? 29 : days[m - 1];
}

int32_t day_from_ymd(int y, int m, int d)
{
	int era, yoe, doy;

	if (y < 1 || y > 9999 || m < 1 || m > 12 || d < 1 || d > month_days(y, m))
		return DAY_NONE;
	if (m <= 2)
		y--;
	era = y / 400;
	yoe = y % 400;
	doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	return era * DAYS_400Y + yoe * 365 + yoe / 4 - yoe / 100 + doy - EPOCH_SHIFT;
}

void day_to_ymd(int32_t day, int *out_y, int *out_m, int *out_d)
{
	int32_t z, doe, yoe, doy, mp;
	int y;

	day = MAX(MIN(day, DAY_MAX), DAY_MIN);
	z = day + EPOCH_SHIFT;
	doe = z % DAYS_400Y;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	y = yoe + z / DAYS_400Y * 400;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	*out_d = doy - (153 * mp + 2) / 5 + 1;
	*out_m = mp < 10 ? mp + 3 : mp - 9;
	*out_y = y + (*out_m <= 2);
}

/* Exactly n digits at p. */
static bool digits(const char *p, int n, int *out)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		v = v * 10 + (p[i] - '0');
	}
	*out = v;
	return true;
}

bool day_parse(struct view v, int32_t *out)
{
	const char *s = v.p;
	int y, m, d;
	int32_t day;

	if (v.n != 10 || !digits(s, 4, &y) || s[4] != '-' || !digits(s + 5, 2, &m) || s[7] != '-' ||
	    !digits(s + 8, 2, &d))
		return false;
	day = day_from_ymd(y, m, d);
	if (day == DAY_NONE)
		return false;
	*out = day;
	return true;
}

struct era {
	const char *name[4]; /* as written, after folding */
	int base; /* western year of the era's year 0 */
	int first[3], last[3];
};

static const struct era eras[] = {
	{ { "令和", "R", "r", "㋿" }, 2018, { 2019, 5, 1 }, { 9999, 12, 31 } },
	{ { "平成", "H", "h", "㍻" }, 1988, { 1989, 1, 8 }, { 2019, 4, 30 } },
	{ { "昭和", "S", "s", "㍼" }, 1925, { 1926, 12, 25 }, { 1989, 1, 7 } },
	{ { "大正", "T", "t", "㍽" }, 1911, { 1912, 7, 30 }, { 1926, 12, 24 } },
	{ { "明治", "M", "m", "㍾" }, 1867, { 1868, 1, 25 }, { 1912, 7, 29 } },
};

/* A reading position in folded, NUL-terminated text. */
struct cur {
	const char *p;
};

static bool take(struct cur *c, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(c->p, word, n) != 0)
		return false;
	c->p += n;
	return true;
}

static void skip_blanks(struct cur *c)
{
	while (*c->p == ' ' || *c->p == '\t')
		c->p++;
}

/* A number of at most max digits, blanks around it; returns how many digits it had. */
static int take_number(struct cur *c, int max, int *out)
{
	int n = 0, v = 0;

	skip_blanks(c);
	for (; *c->p >= '0' && *c->p <= '9'; c->p++) {
		if (++n > max)
			return 0;
		v = v * 10 + (*c->p - '0');
	}
	skip_blanks(c);
	*out = v;
	return n;
}

static const struct era *take_era(struct cur *c)
{
	for (size_t i = 0; i < ARRAY_LEN(eras); i++)
		for (size_t k = 0; k < ARRAY_LEN(eras[i].name); k++)
			if (take(c, eras[i].name[k]))
				return &eras[i];
	return NULL;
}

/* The month and the day after the year: 年3月31日, or one of - / . between all three. */
static bool take_month_day(struct cur *c, int *out_m, int *out_d)
{
	char sep;

	if (take(c, "年"))
		return take_number(c, 2, out_m) && take(c, "月") && take_number(c, 2, out_d) &&
		       take(c, "日");
	sep = *c->p;
	if (sep != '-' && sep != '/' && sep != '.')
		return false;
	c->p++;
	if (!take_number(c, 2, out_m) || *c->p != sep)
		return false;
	c->p++;
	return take_number(c, 2, out_d);
}

static bool parse_folded(const char *s, int32_t *out, bool *out_odd)
{
	struct cur c = { s };
	const struct era *era = take_era(&c);
	int y, m, d, n;
	int32_t day;

	if (era && (skip_blanks(&c), take(&c, "元"))) {
		y = 1;
	} else {
		n = take_number(&c, era ? 2 : 8, &y);
		if (n == 0 || (era && y == 0) || (!era && n != 4 && n != 8))
			return false;
		if (n == 8) {
			day = day_from_ymd(y / 10000, y / 100 % 100, y % 100);
			*out = day;
			return day != DAY_NONE && *c.p == '\0';
		}
	}
	if (!take_month_day(&c, &m, &d) || *c.p != '\0')
		return false;
	day = day_from_ymd(era ? y + era->base : y, m, d);
	if (day == DAY_NONE)
		return false;
	if (era)
		*out_odd = day < day_from_ymd(era->first[0], era->first[1], era->first[2]) ||
			   day > day_from_ymd(era->last[0], era->last[1], era->last[2]);
	*out = day;
	return true;
}

bool day_parse_lenient(struct view v, int32_t *out, bool *out_odd)
{
	AUTO(buf_done) struct buf folded = BUF_INIT;
	bool odd = false;
	int32_t day = DAY_NONE;

	if (day_parse(v, out)) {
		if (out_odd)
			*out_odd = false;
		return true;
	}
	if (v.n > LENIENT_MAX || memchr(v.p ? v.p : "", 0, v.n))
		return false;
	text_fold_ascii(&folded, v);
	buf_addc(&folded, '\0');
	if (!buf_ok(&folded) || !parse_folded(folded.p, &day, &odd))
		return false;
	*out = day;
	if (out_odd)
		*out_odd = odd;
	return true;
}

static char *put_digits(char *p, int v, int n)
{
	for (int i = n - 1; i >= 0; i--) {
		p[i] = (char)('0' + v % 10);
		v /= 10;
	}
	return p + n;
}

void day_format(int32_t day, char out[DAY_TEXT])
{
	int y, m, d;
	char *p;

	if (day == DAY_NONE) {
		out[0] = '\0';
		return;
	}
	day_to_ymd(day, &y, &m, &d);
	p = put_digits(out, y, 4);
	*p++ = '-';
	p = put_digits(p, m, 2);
	*p++ = '-';
	p = put_digits(p, d, 2);
	*p = '\0';
}

int day_whole_years(int32_t a, int32_t b)
{
	int ay, am, ad, by, bm, bd, n;

	if (b <= a)
		return 0;
	day_to_ymd(a, &ay, &am, &ad);
	day_to_ymd(b, &by, &bm, &bd);
	n = by - ay;
	if (bm < am || (bm == am && bd < ad))
		n--;
	return n;
}

int32_t day_add_years(int32_t day, int n)
{
	int y, m, d;

	day_to_ymd(day, &y, &m, &d);
	if (n > 9999 || n < -9999)
		return DAY_NONE;
	y += n;
	if (m == 2 && d == 29 && !leap(y)) {
		m = 3;
		d = 1;
	}
	return day_from_ymd(y, m, d);
}

/* Towards minus infinity, unlike '/'. */
static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

int32_t day_of_instant_jst(int64_t ms)
{
	int64_t day = floor_div(ms, DAY_MS);

	if (ms - day * DAY_MS >= DAY_MS - JST_MS)
		day++;
	return (int32_t)MAX(MIN(day, DAY_MAX), DAY_MIN);
}

int64_t instant_of_day_jst(int32_t day) { return (int64_t)day * DAY_MS - JST_MS; }

/* "Z" or ±HH:MM at p, to the end of the text. */
static bool parse_offset(const char *p, size_t n, int *out_minutes)
{
	int h, m;

	if (n == 1 && (*p == 'Z' || *p == 'z')) {
		*out_minutes = 0;
		return true;
	}
	if (n != 6 || (p[0] != '+' && p[0] != '-') || !digits(p + 1, 2, &h) || p[3] != ':' ||
	    !digits(p + 4, 2, &m) || h > 23 || m > 59)
		return false;
	*out_minutes = (p[0] == '-' ? -1 : 1) * (h * 60 + m);
	return true;
}

bool instant_parse(struct view v, int64_t *out_ms)
{
	const char *s = v.p;
	int h, m, sec, offset, frac = 0, scale = 100;
	size_t i = 19;
	int32_t day;
	int64_t minute;

	if (v.n < 20 || !day_parse(view_of(s, 10), &day) || (s[10] != 'T' && s[10] != 't') ||
	    !digits(s + 11, 2, &h) || s[13] != ':' || !digits(s + 14, 2, &m) || s[16] != ':' ||
	    !digits(s + 17, 2, &sec) || h > 23 || m > 59 || sec > 60)
		return false;
	if (s[i] == '.') {
		for (i++; i < v.n && s[i] >= '0' && s[i] <= '9'; i++) {
			frac += (s[i] - '0') * scale;
			scale /= 10;
		}
		if (i == 20)
			return false;
	}
	if (!parse_offset(s + i, v.n - i, &offset))
		return false;
	minute = (int64_t)day * 1440 + h * 60 + m - offset;
	/* a leap second stands only at the end of a UTC day, and counts as the next second */
	if (sec == 60 && minute - floor_div(minute, 1440) * 1440 != 1439)
		return false;
	*out_ms = minute * 60000 + sec * 1000 + frac;
	return true;
}

void instant_format(int64_t ms, char out[INSTANT_TEXT])
{
	int64_t day, rest;
	char *p;

	ms = MAX(MIN(ms, (int64_t)(DAY_MAX + 1) * DAY_MS - 1), (int64_t)DAY_MIN * DAY_MS);
	day = floor_div(ms, DAY_MS);
	rest = ms - day * DAY_MS;
	day_format((int32_t)day, out);
	p = out + 10;
	*p++ = 'T';
	p = put_digits(p, (int)(rest / 3600000), 2);
	*p++ = ':';
	p = put_digits(p, (int)(rest / 60000 % 60), 2);
	*p++ = ':';
	p = put_digits(p, (int)(rest / 1000 % 60), 2);
	*p++ = '.';
	p = put_digits(p, (int)(rest % 1000), 3);
	*p++ = 'Z';
	*p = '\0';
}
