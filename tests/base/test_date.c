/* test_date.c - the calendar, era dates, whole years, instants, the clock. */
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/util.h"
#include "tests/base/suites.h"

static int32_t day(const char *s)
{
	int32_t d = DAY_NONE;

	ck_assert_msg(day_parse(view_str(s), &d), "%s", s);
	return d;
}

START_TEST(every_day_round_trips)
{
	int y = 1, m = 1, d = 1;

	for (int32_t i = DAY_MIN; i <= DAY_MAX; i++) {
		int ty, tm, td;

		day_to_ymd(i, &ty, &tm, &td);
		/* one assertion a day would take a minute */
		if (ty != y || tm != m || td != d || day_from_ymd(y, m, d) != i)
			ck_abort_msg("day %d is not %d-%d-%d", i, y, m, d);
		if (day_from_ymd(y, m, ++d) == DAY_NONE) {
			d = 1;
			if (++m == 13) {
				m = 1;
				y++;
			}
		}
	}
	ck_assert_int_eq(y, 10000);
}
END_TEST

START_TEST(known_days)
{
	char text[DAY_TEXT];

	ck_assert_int_eq(day("1970-01-01"), 0);
	ck_assert_int_eq(day("2000-03-01"), 11017);
	ck_assert_int_eq(day("0001-01-01"), DAY_MIN);
	ck_assert_int_eq(day("9999-12-31"), DAY_MAX);
	day_format(day("2026-11-22"), text);
	ck_assert_str_eq(text, "2026-11-22");
	day_format(DAY_NONE, text);
	ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(no_such_day)
{
	static const char *const bad[] = {
		"2026-02-30", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-04-31",
		"0000-01-01", "2026-1-01",  "2026-01-1",  "20260101",	"2026/01/01", " 2026-01-01",
		"2026-01-01 ", "",	    "2026-01-0x", "-026-01-01", "２０２６-01-01",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int32_t d = 7;
		ck_assert_msg(!day_parse(view_str(bad[i]), &d), "%s", bad[i]);
		ck_assert_int_eq(d, 7);
	}
	ck_assert_int_ne(day_from_ymd(2000, 2, 29), DAY_NONE);
	ck_assert_int_ne(day_from_ymd(2028, 2, 29), DAY_NONE);
}
END_TEST

static void lenient(const char *s, const char *want, bool want_odd)
{
	int32_t d = DAY_NONE;
	bool odd = !want_odd;

	ck_assert_msg(day_parse_lenient(view_str(s), &d, &odd), "%s", s);
	ck_assert_msg(d == day(want), "%s", s);
	ck_assert_msg(odd == want_odd, "%s: odd", s);
}

START_TEST(as_people_write)
{
	lenient("2027-03-31", "2027-03-31", false);
	lenient("2027/3/31", "2027-03-31", false);
	lenient("2027.3.31", "2027-03-31", false);
	lenient("2027年3月31日", "2027-03-31", false);
	lenient("20270331", "2027-03-31", false);
	lenient("　２０２７／０３／３１ ", "2027-03-31", false);
	lenient("令和8年3月27日", "2026-03-27", false);
	lenient("令和９年３月３１日", "2027-03-31", false);
	lenient("令和 9年 3月31日", "2027-03-31", false);
	lenient("R8.3.27", "2026-03-27", false);
	lenient("R08/03/27", "2026-03-27", false);
	lenient("r8-3-27", "2026-03-27", false);
	lenient("Ｒ８．３．２７", "2026-03-27", false);
	lenient("令和元年5月1日", "2019-05-01", false);
	lenient("平成元年1月8日", "1989-01-08", false);
	lenient("平成31年4月30日", "2019-04-30", false);
	lenient("H31.4.30", "2019-04-30", false);
	lenient("昭和64年1月7日", "1989-01-07", false);
	lenient("S60/12/1", "1985-12-01", false);
	lenient("㋿9年3月31日", "2027-03-31", false);
	ck_assert(day_parse_lenient(VIEW_LIT("R8.3.27"), &(int32_t){ 0 }, NULL));
}
END_TEST

START_TEST(outside_its_era_is_odd)
{
	lenient("平成31年5月1日", "2019-05-01", true);
	lenient("H32.1.1", "2020-01-01", true);
	lenient("令和元年4月30日", "2019-04-30", true);
	lenient("昭和64年1月8日", "1989-01-08", true);
	lenient("平成元年1月7日", "1989-01-07", true);
}
END_TEST

START_TEST(not_a_date)
{
	static const char *const bad[] = {
		"",	       "   ",	     "令和",	    "令和9年2月29日", "令和0年1月1日", "R9.13.1",
		"27/3/31",     "2027/3",     "2027年3月",   "2027/3-31",      "20270230",      "202703",
		"2027/3/31 x", "9年3月31日", "令和9年3月31", "46108",	      "R999.1.1",      "元年1月1日",
		"2027-3-31-1", "令和元元年1月1日",
		"2027/3/31                                                                       ",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int32_t d = 7;
		ck_assert_msg(!day_parse_lenient(view_str(bad[i]), &d, NULL), "%s", bad[i]);
		ck_assert_int_eq(d, 7);
	}
	ck_assert(!day_parse_lenient(VIEW_LIT("2027/3/31\0"), &(int32_t){ 0 }, NULL));
	ck_assert(!day_parse_lenient(view_of(NULL, 0), &(int32_t){ 0 }, NULL));
}
END_TEST

START_TEST(whole_years)
{
	static const struct {
		const char *a, *b;
		int years;
	} rows[] = {
		{ "2027-04-01", "2027-04-01", 0 }, { "2027-04-01", "2028-03-31", 0 },
		{ "2027-04-01", "2028-04-01", 1 }, { "2027-04-01", "2030-03-31", 2 },
		{ "2028-02-29", "2029-02-28", 0 }, { "2028-02-29", "2029-03-01", 1 },
		{ "2028-02-29", "2032-02-28", 3 }, { "2028-02-29", "2032-02-29", 4 },
		{ "2027-02-28", "2028-02-28", 1 }, { "2027-03-01", "2028-02-29", 0 },
		{ "2028-04-01", "2027-04-01", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_int_eq(day_whole_years(day(rows[i].a), day(rows[i].b)), rows[i].years);
}
END_TEST

START_TEST(added_years_are_the_first_whole_ones)
{
	for (int32_t d = day("2023-01-01"); d <= day("2029-01-01"); d++) {
		for (int n = 1; n <= 5; n++) {
			int32_t e = day_add_years(d, n);
			ck_assert_int_eq(day_whole_years(d, e), n);
			ck_assert_int_eq(day_whole_years(d, e - 1), n - 1);
		}
		ck_assert_int_eq(day_add_years(d, 0), d);
	}
	ck_assert_int_eq(day_add_years(day("2028-02-29"), 1), day("2029-03-01"));
	ck_assert_int_eq(day_add_years(day("2028-02-29"), 4), day("2032-02-29"));
	ck_assert_int_eq(day_add_years(DAY_MAX, 1), DAY_NONE);
}
END_TEST

START_TEST(tokyo_midnight)
{
	int32_t d = day("2026-11-22");
	int64_t midnight = instant_of_day_jst(d), ms = 0;

	ck_assert(instant_parse(VIEW_LIT("2026-11-21T15:00:00Z"), &ms));
	ck_assert_int_eq(midnight, ms);
	ck_assert_int_eq(day_of_instant_jst(midnight), d);
	ck_assert_int_eq(day_of_instant_jst(midnight - 1), d - 1);
	ck_assert_int_eq(day_of_instant_jst(midnight + 86400000 - 1), d);
	ck_assert_int_eq(day_of_instant_jst(-1), 0);
	ck_assert_int_eq(day_of_instant_jst(-9 * 3600000 - 1), -1);
}
END_TEST

static void instant(const char *s, const char *want)
{
	int64_t ms = 0;
	char text[INSTANT_TEXT];

	ck_assert_msg(instant_parse(view_str(s), &ms), "%s", s);
	instant_format(ms, text);
	ck_assert_str_eq(text, want);
}

START_TEST(instants)
{
	static const char *const bad[] = {
		"2026-11-22",		 "2026-11-22T00:00:00",	  "2026-11-22 00:00:00Z",
		"2026-11-22T24:00:00Z",	 "2026-11-22T00:60:00Z",  "2026-11-22T00:00:61Z",
		"2026-11-22T00:00:60Z",	 "2026-02-30T00:00:00Z",  "2026-11-22T00:00:00.Z",
		"2026-11-22T00:00:00+9", "2026-11-22T00:00:00+24:00", "2026-11-22T00:00:00Zx", "",
	};

	instant("2026-11-22T01:02:03Z", "2026-11-22T01:02:03.000Z");
	instant("2026-11-22T01:02:03.4567899Z", "2026-11-22T01:02:03.456Z");
	instant("2026-11-22T00:00:00+09:00", "2026-11-21T15:00:00.000Z");
	instant("2026-11-22t00:00:00.5-01:30", "2026-11-22T01:30:00.500Z");
	instant("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z");
	instant("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int64_t ms;
		ck_assert_msg(!instant_parse(view_str(bad[i]), &ms), "%s", bad[i]);
	}
}
END_TEST

START_TEST(a_clock_starts_where_told_and_runs)
{
	struct clock c;
	struct timespec nap = { .tv_nsec = 20000000 };
	int64_t start = instant_of_day_jst(day("2030-01-01")), t;

	clock_init_at(&c, start);
	t = clock_now_ms(&c);
	ck_assert_int_ge(t, start);
	ck_assert_int_lt(t, start + 60000);
	ck_assert_int_eq(clock_today(&c), day("2030-01-01"));
	nanosleep(&nap, NULL);
	ck_assert_int_ge(clock_now_ms(&c), t + 10);
	clock_init_real(&c);
	ck_assert_int_ge(clock_today(&c), day("2026-01-01"));
	t = monotonic_us();
	ck_assert_int_ge(monotonic_us(), t);
}
END_TEST

Suite *date_suite(void)
{
	Suite *s = suite_create("date");
	TCase *tc = tcase_create("date");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_day_round_trips);
	tcase_add_test(tc, known_days);
	tcase_add_test(tc, no_such_day);
	tcase_add_test(tc, as_people_write);
	tcase_add_test(tc, outside_its_era_is_odd);
	tcase_add_test(tc, not_a_date);
	tcase_add_test(tc, whole_years);
	tcase_add_test(tc, added_years_are_the_first_whole_ones);
	tcase_add_test(tc, tokyo_midnight);
	tcase_add_test(tc, instants);
	tcase_add_test(tc, a_clock_starts_where_told_and_runs);
	suite_add_tcase(s, tc);
	return s;
}
