/* Tests of api/limits.c: rates by a clock of the test's own, and what is under way at one time. */
#include "api/limits.h"

#include <stdio.h>

#include "base/util.h"
#include "tests/run.h"

#define S 1000000ll

static struct limits *l;
static struct limit_hit hit;
static const struct identity bound = { .name = "desk@X", .token = 7, .role = ROLE_PROCURER },
			     other = { .name = "desk@Y", .token = 8, .role = ROLE_SUPPLIER },
			     admin = { .name = "admin", .role = ROLE_ADMIN };

static void set_up(void)
{
	const struct limits_config c = { .rate_token = 10, .rate_address = 20, .failed_logins = 6,
					 .heavy_per_token = 2, .streams_per_token = 1 };

	l = limits_new(&c);
	ck_assert_ptr_nonnull(l);
}
static void tear_down(void) { limits_free(l); }

START_TEST(a_token_has_its_second)
{
	for (int i = 0; i < 10; i++)
		ck_assert(limits_caller(l, &bound, 5 * S, &hit));
	ck_assert(!limits_caller(l, &bound, 5 * S, &hit));
	ck_assert_uint_eq(hit.kind, LIMIT_TOKEN);
	ck_assert_uint_eq(hit.quota, 10);
	ck_assert_uint_eq(hit.wait_s, 1);
	ck_assert(limits_caller(l, &other, 5 * S, &hit)); /* another's is its own */
	ck_assert(!limits_caller(l, &bound, 5 * S + S / 20, &hit));
	ck_assert(limits_caller(l, &bound, 5 * S + S / 10, &hit)); /* a tenth of a second earns one */
	ck_assert(!limits_caller(l, &bound, 5 * S + S / 10, &hit));
	for (int i = 0; i < 10; i++) /* at rest it earns no more than a second's worth */
		ck_assert(limits_caller(l, &bound, 500 * S, &hit));
	ck_assert(!limits_caller(l, &bound, 500 * S, &hit));
	for (int i = 0; i < 1000; i++)
		ck_assert(limits_caller(l, &admin, 5 * S, &hit)); /* off */
}
END_TEST

START_TEST(an_address_counts_by_its_network)
{
	for (int i = 0; i < 20; i++) {
		char peer[64];
		snprintf(peer, sizeof(peer), "2001:db8:0:1::%x", i);
		ck_assert(limits_address(l, peer, S, &hit));
	}
	ck_assert(!limits_address(l, "2001:db8:0:1:ffff::1", S, &hit));
	ck_assert(limits_address(l, "2001:db8:0:2::1", S, &hit));
	ck_assert(limits_address(l, "192.0.2.1", S, &hit));
	ck_assert(limits_address(l, "unix:1000", S, &hit));
}
END_TEST

START_TEST(wrong_tokens_run_out)
{
	for (int i = 0; i < 6; i++) {
		ck_assert(limits_may_try(l, "192.0.2.1", S, &hit));
		limits_failed(l, "192.0.2.1", S);
	}
	ck_assert(!limits_may_try(l, "192.0.2.1", S, &hit));
	ck_assert_uint_eq(hit.wait_s, 10);
	ck_assert(limits_may_try(l, "192.0.2.2", S, &hit));
	ck_assert(!limits_may_try(l, "192.0.2.1", 10 * S, &hit));
	ck_assert(limits_may_try(l, "192.0.2.1", 11 * S, &hit));
}
END_TEST

/* Whoever comes from everywhere takes no memory, and pushes nobody out who is being held back just now. */
START_TEST(the_table_is_bounded)
{
	unsigned let_in = 0;

	for (int i = 0; i < 20; i++)
		ck_assert(limits_address(l, "192.0.2.1", S, &hit));
	for (int i = 0; i < 200000; i++) {
		char peer[32];
		snprintf(peer, sizeof(peer), "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
		let_in += limits_address(l, peer, S, &hit);
	}
	ck_assert_uint_eq(let_in, 200000);
	ck_assert(!limits_address(l, "192.0.2.1", S, &hit));
}
END_TEST

START_TEST(what_is_under_way_is_counted)
{
	uint32_t a, b, c;

	ck_assert(limits_enter(l, LIMIT_HEAVY, &bound, &a, &hit) && a);
	ck_assert(limits_enter(l, LIMIT_HEAVY, &bound, &b, &hit) && b);
	ck_assert(!limits_enter(l, LIMIT_HEAVY, &bound, &c, &hit));
	ck_assert_uint_eq(hit.kind, LIMIT_HEAVY);
	ck_assert_uint_eq(c, 0);
	ck_assert(limits_enter(l, LIMIT_STREAMS, &bound, &c, &hit)); /* kinds are apart */
	ck_assert(limits_enter(l, LIMIT_UPLOADS, &bound, &c, &hit)); /* off */
	ck_assert_uint_eq(c, 0);
	ck_assert(limits_enter(l, LIMIT_HEAVY, &other, &c, &hit));
	limits_leave(l, a);
	limits_leave(l, 0);
	ck_assert(limits_enter(l, LIMIT_HEAVY, &bound, &a, &hit));
	ck_assert(!limits_enter(l, LIMIT_HEAVY, &bound, &c, &hit));
	for (int i = 0; i < 100; i++)
		ck_assert(limits_enter(l, LIMIT_HEAVY, &admin, &c, &hit));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("limits");
	TCase *tc = tcase_create("limits");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_token_has_its_second);
	tcase_add_test(tc, an_address_counts_by_its_network);
	tcase_add_test(tc, wrong_tokens_run_out);
	tcase_add_test(tc, the_table_is_bounded);
	tcase_add_test(tc, what_is_under_way_is_counted);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	suite_make *const makes[] = { suite };
	return run_suites(makes, 1);
}
