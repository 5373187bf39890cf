/* test_pack.c - keys whose bytes sort like their numbers, varints, the checked reader. */
#include <stdlib.h>

#include "base/date.h"
#include "base/pack.h"
#include "base/util.h"
#include "tests/base/suites.h"

static const uint64_t samples[] = {
	0,	     1,	      127,	  128,	      16383,	  16384, 0x7fffffff, 0x80000000u,
	0xffffffffu, 1u << 28, UINT64_C(1) << 56, UINT64_C(1) << 63, UINT64_MAX - 1, UINT64_MAX,
};

START_TEST(varints_round_trip)
{
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		AUTO(buf_done) struct buf b = BUF_INIT;
		struct rd r;

		buf_varint(&b, samples[i]);
		buf_svarint(&b, (int64_t)samples[i]);
		buf_svarint(&b, -(int64_t)(samples[i] >> 1));
		r = rd_of(buf_view(&b));
		ck_assert_uint_eq(rd_varint(&r), samples[i]);
		ck_assert_int_eq(rd_svarint(&r), (int64_t)samples[i]);
		ck_assert_int_eq(rd_svarint(&r), -(int64_t)(samples[i] >> 1));
		ck_assert(!r.bad && !rd_more(&r));
	}
}
END_TEST

START_TEST(varints_have_their_known_bytes)
{
	uint8_t p[10];

	ck_assert_uint_eq(varint_put(p, 300), 2);
	ck_assert_mem_eq(p, "\xac\x02", 2);
	ck_assert_uint_eq(varint_put(p, UINT64_MAX), 10);
	ck_assert_mem_eq(p, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10);
	ck_assert_uint_eq(zigzag(-1), 1);
	ck_assert_uint_eq(zigzag(1), 2);
	ck_assert_int_eq(unzigzag(zigzag(INT64_MIN)), INT64_MIN);
}
END_TEST

START_TEST(bad_varints_are_refused)
{
	static const struct view bad[] = {
		{ "", 0 },
		{ "\x80", 1 },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10 },	  /* 65 bits */
		{ "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11 }, /* 11 bytes */
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct rd r = rd_of(bad[i]);
		ck_assert_uint_eq(rd_varint(&r), 0);
		ck_assert(r.bad);
		ck_assert_uint_eq(rd_u8(&r), 0);
	}
}
END_TEST

START_TEST(reader_stops_at_the_end)
{
	AUTO(buf_done) struct buf b = BUF_INIT;
	uint8_t be[12];
	struct rd r;

	be32_put(be, 0x01020304);
	be64_put(be + 4, UINT64_C(0x1122334455667788));
	buf_add(&b, be, sizeof(be));
	buf_lenbytes(&b, VIEW_LIT("hello"));
	buf_varint(&b, 99); /* a length with nothing behind it */
	r = rd_of(buf_view(&b));
	ck_assert_uint_eq(rd_be32(&r), 0x01020304);
	ck_assert_uint_eq(rd_be64(&r), UINT64_C(0x1122334455667788));
	ck_assert(view_is(rd_lenbytes(&r), "hello"));
	ck_assert(rd_more(&r));
	ck_assert_uint_eq(rd_lenbytes(&r).n, 0);
	ck_assert(r.bad && !rd_more(&r));
	ck_assert_uint_eq(rd_be32(&r), 0);
}
END_TEST

START_TEST(days_sort_by_their_bytes)
{
	static const int32_t days[] = { DAY_NONE, DAY_MIN, -1, 0, 1, 20000, DAY_MAX };

	for (size_t i = 0; i + 1 < ARRAY_LEN(days); i++) {
		uint8_t a[4], b[4];
		beday_put(a, days[i]);
		beday_put(b, days[i + 1]);
		ck_assert_int_lt(memcmp(a, b, 4), 0);
		ck_assert_int_eq(beday_get(a), days[i]);
	}
}
END_TEST

Suite *pack_suite(void)
{
	Suite *s = suite_create("pack");
	TCase *tc = tcase_create("pack");

	tcase_add_test(tc, varints_round_trip);
	tcase_add_test(tc, varints_have_their_known_bytes);
	tcase_add_test(tc, bad_varints_are_refused);
	tcase_add_test(tc, reader_stops_at_the_end);
	tcase_add_test(tc, days_sort_by_their_bytes);
	suite_add_tcase(s, tc);
	return s;
}
