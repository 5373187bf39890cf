/* test_json.c - the JSON writer: commas, escapes, exact numbers. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_out.h"
#include "base/util.h"
#include "tests/base/suites.h"

#define EXPECT(want, ...)                                              \
	do {                                                           \
		AUTO(buf_done) struct buf b = BUF_INIT;                \
		struct json j;                                         \
		json_init(&j, &b);                                     \
		__VA_ARGS__;                                           \
		buf_addc(&b, '\0');                                    \
		ck_assert_msg(strcmp(b.p, want) == 0, "%s, not %s", b.p, want); \
	} while (0)

START_TEST(structure)
{
	EXPECT("{}", json_obj(&j); json_obj_end(&j));
	EXPECT("{\"a\":1,\"b\":[true,null,{\"c\":[]}],\"d\":{}}", json_obj(&j); json_key(&j, "a");
	       json_int(&j, 1); json_key(&j, "b"); json_arr(&j); json_bool(&j, true); json_nil(&j);
	       json_obj(&j); json_key(&j, "c"); json_arr(&j); json_arr_end(&j); json_obj_end(&j);
	       json_arr_end(&j); json_key(&j, "d"); json_obj(&j); json_obj_end(&j);
	       json_obj_end(&j));
	EXPECT("[[],[1],[2,3]]", json_arr(&j); json_arr(&j); json_arr_end(&j); json_arr(&j);
	       json_int(&j, 1); json_arr_end(&j); json_arr(&j); json_int(&j, 2); json_int(&j, 3);
	       json_arr_end(&j); json_arr_end(&j));
	EXPECT("[{\"x\":1},2]", json_arr(&j); json_raw(&j, VIEW_LIT("{\"x\":1}")); json_int(&j, 2);
	       json_arr_end(&j));
}
END_TEST

START_TEST(strings)
{
	EXPECT("\"\"", json_str(&j, ""));
	EXPECT("null", json_str(&j, NULL));
	EXPECT("\"\"", json_strv(&j, view_of(NULL, 0)));
	EXPECT("\"a\\\"b\\\\c\\n\\t\\r\\b\\f\\u0000\\u0001\\u001f\x7f/\"",
	       json_strv(&j, VIEW_LIT("a\"b\\c\n\t\r\b\f\0\1\x1f\x7f/")));
	EXPECT("\"東海𠮷\"", json_str(&j, "東海𠮷"));
	EXPECT("{\"a\\\"b\":\"\\\\\\\\\"}", json_obj(&j); json_keyv(&j, VIEW_LIT("a\"b"));
	       json_str(&j, "\\\\"); json_obj_end(&j));
}
END_TEST

START_TEST(integers)
{
	static const int64_t values[] = { 0,   1,	-1,    9,	  10,	     99,	100,
					  999, 1000000, 12345, INT64_MAX, INT64_MIN, -1000, 4294967296 };

	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		char want[32];
		snprintf(want, sizeof(want), "%" PRId64, values[i]);
		EXPECT(want, json_int(&j, values[i]));
	}
	EXPECT("18446744073709551615", json_uint(&j, UINT64_MAX));
}
END_TEST

START_TEST(decimals_of_four)
{
	EXPECT("1.23", json_dec4(&j, 12300));
	EXPECT("1", json_dec4(&j, 10000));
	EXPECT("0", json_dec4(&j, 0));
	EXPECT("0.0001", json_dec4(&j, 1));
	EXPECT("-0.5", json_dec4(&j, -5000));
	EXPECT("-1.0001", json_dec4(&j, -10001));
}
END_TEST

START_TEST(decimals_of_nine)
{
	EXPECT("0", json_dec9(&j, 0.0));
	EXPECT("0", json_dec9(&j, -0.0));
	EXPECT("1", json_dec9(&j, 1.0));
	EXPECT("0.1", json_dec9(&j, 0.1));
	EXPECT("0.3", json_dec9(&j, 0.1 + 0.2));
	EXPECT("0.333333333", json_dec9(&j, 1.0 / 3));
	EXPECT("0.666666667", json_dec9(&j, 2.0 / 3));
	EXPECT("0.999999999", json_dec9(&j, 0.9999999994));
	EXPECT("1", json_dec9(&j, 0.9999999996));
	EXPECT("0", json_dec9(&j, 4.9e-10));
	EXPECT("0.000000001", json_dec9(&j, 5.1e-10));
	/* exact ties: 2^-10 = 0.0009765625 has ten decimals */
	EXPECT("0.000976563", json_dec9(&j, 0.0009765625));
	EXPECT("-0.000976563", json_dec9(&j, -0.0009765625));
	EXPECT("0.002929688", json_dec9(&j, 3 * 0.0009765625));
	EXPECT("0", json_dec9(&j, DBL_MIN));
	EXPECT("0", json_dec9(&j, DBL_TRUE_MIN));
	EXPECT("0", json_dec9(&j, -1e-20));
	EXPECT("123456.789", json_dec9(&j, 123456.789));
	EXPECT("1000000000000000", json_dec9(&j, 1e15));
	EXPECT("999999999999999.875", json_dec9(&j, 999999999999999.875));
	EXPECT("9007199254740992", json_dec9(&j, 9007199254740992.0));
	EXPECT("100000000000000000000", json_dec9(&j, 1e20));
}
END_TEST

/* printf rounds ties to even, so compare where there is none. */
START_TEST(decimals_of_nine_match_printf)
{
	AUTO(buf_done) struct buf b = BUF_INIT;
	uint64_t x = 88172645463325252u;

	for (int i = 0; i < 200000; i++) {
		char want[64], *end;
		struct json j;
		double v;

		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		v = ldexp((double)(x >> 11), -53 - (int)(x % 8));
		snprintf(want, sizeof(want), "%.9f", v);
		for (end = want + strlen(want); end[-1] == '0'; end--)
			end[-1] = '\0';
		if (end[-1] == '.')
			end[-1] = '\0';
		buf_clear(&b);
		json_init(&j, &b);
		json_dec9(&j, v);
		if (!view_is(buf_view(&b), want))
			ck_abort_msg("%.*s, not %s", (int)b.n, b.p, want);
	}
}
END_TEST

START_TEST(dates)
{
	EXPECT("[\"2026-11-22\",null,\"1970-01-01T00:00:00.000Z\"]", json_arr(&j);
	       json_day(&j, day_from_ymd(2026, 11, 22)); json_day(&j, DAY_NONE);
	       json_instant(&j, 0); json_arr_end(&j));
}
END_TEST

START_TEST(depth_of_sixty)
{
	AUTO(buf_done) struct buf b = BUF_INIT;
	struct json j;

	json_init(&j, &b);
	for (int i = 0; i < 60; i++)
		json_arr(&j);
	json_int(&j, 1);
	json_int(&j, 2);
	for (int i = 0; i < 60; i++)
		json_arr_end(&j);
	ck_assert(view_eq(view_of(b.p + 60, 3), VIEW_LIT("1,2")));
	ck_assert_uint_eq(b.n, 123);
}
END_TEST

Suite *json_suite(void)
{
	Suite *s = suite_create("json");
	TCase *tc = tcase_create("json");

	tcase_add_test(tc, structure);
	tcase_add_test(tc, strings);
	tcase_add_test(tc, integers);
	tcase_add_test(tc, decimals_of_four);
	tcase_add_test(tc, decimals_of_nine);
	tcase_add_test(tc, decimals_of_nine_match_printf);
	tcase_add_test(tc, dates);
	tcase_add_test(tc, depth_of_sixty);
	suite_add_tcase(s, tc);
	return s;
}
