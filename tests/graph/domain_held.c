/* domain_held.c - certificates: valid on a day, suspensions, units, held levels and what follows. */
#include <string.h>

#include "base/util.h"
#include "tests/graph/domain_kit.h"
#include "tests/graph/domain_suites.h"
#include "tests/twin/world.h"

static struct held held(const char *org, const char *on)
{
	return held_on(kit_txn, kit_num(org), kit_day(on));
}

static int32_t until(const char *org, const char *on)
{
	return held_until(kit_txn, kit_num(org), kit_day(on));
}

static enum cert_status status(const char *org, const char *cert, const char *on)
{
	struct rec r;

	ck_rc(cert_get(kit_txn, kit_num(org), view_str(cert), &r), RC_OK);
	return cert_status_on(&r, kit_day(on));
}

static int32_t cert_day(const char *org, const char *cert, unsigned field)
{
	struct rec r;

	ck_rc(cert_get(kit_txn, kit_num(org), view_str(cert), &r), RC_OK);
	return rec_day(&r, field);
}

static void patch(const char *org, const char *cert, const char *text)
{
	ck_rc(kit_write(OP_MERGE, OPF_MUST_EXIST, ENT_CERT, org, cert, "", text), RC_OK);
}

/* issued <= D <= expires, both days included; a missing bound is open. */
START_TEST(both_days_included)
{
	kit_org("A", "");
	kit_cert("A", "c", "scheme=scs level=3 issued=2027-05-01 expires=2027-07-31");
	ck_assert_int_eq(kit_held("A", "2027-04-30"), 0);
	ck_assert_int_eq(kit_held("A", "2027-05-01"), 3);
	ck_assert_int_eq(kit_held("A", "2027-07-31"), 3);
	ck_assert_int_eq(kit_held("A", "2027-08-01"), 0);
	kit_cert("A", "c", "scheme=scs level=3");
	ck_assert_int_eq(kit_held("A", "1990-01-01"), 3);
	ck_assert_int_eq(kit_held("A", "2090-01-01"), 3);
	ck_assert_int_eq(until("A", TODAY), DAY_NONE);
}
END_TEST

/* Not on or after revoked_on; not within [suspended_from, suspended_to]. */
START_TEST(suspended_revoked)
{
	kit_org("A", "");
	kit_cert("A", "c", "scheme=scs level=4 issued=2027-03-01 expires=2030-02-28 "
			   "suspended_from=2027-05-01 suspended_to=2027-05-10 revoked_on=2027-09-01");
	ck_assert_int_eq(kit_held("A", "2027-04-30"), 4);
	ck_assert_int_eq(kit_held("A", "2027-05-01"), 0);
	ck_assert_int_eq(kit_held("A", "2027-05-10"), 0);
	ck_assert_int_eq(kit_held("A", "2027-05-11"), 4);
	ck_assert_int_eq(kit_held("A", "2027-08-31"), 4);
	ck_assert_int_eq(kit_held("A", "2027-09-01"), 0);
	ck_assert_int_eq(until("A", "2027-05-11"), kit_day("2027-08-31"));
	ck_assert_int_eq(until("A", "2027-05-10"), DAY_NONE);
	ck_assert_int_eq(status("A", "c", "2027-05-10"), CERT_SUSPENDED);
	ck_assert_int_eq(status("A", "c", "2027-05-11"), CERT_VALID);
	ck_assert_int_eq(status("A", "c", "2027-09-01"), CERT_REVOKED);
}
END_TEST

/* Writing `suspended` or `revoked` without its date fills in today. */
START_TEST(status_fills_in_today)
{
	kit_org("A", "");
	kit_cert("A", "c", "scheme=scs level=4 expires=2030-02-28");
	patch("A", "c", "status=suspended");
	ck_assert_int_eq(cert_day("A", "c", CERT_SUSPENDED_FROM), kit_day(TODAY));
	ck_assert_int_eq(kit_held("A", TODAY), 0);
	ck_assert_int_eq(kit_held("A", "2027-05-31"), 4);
	kit_cert("A", "d", "scheme=scs level=3 expires=2030-02-28 status=revoked");
	ck_assert_int_eq(cert_day("A", "d", CERT_REVOKED_ON), kit_day(TODAY));
	ck_assert_int_eq(kit_held("A", TODAY), 0);
	ck_assert_int_eq(kit_held("A", "2027-05-31"), 4);
	patch("A", "d", "status=revoked revoked_on=2027-04-01");
	ck_assert_int_eq(cert_day("A", "d", CERT_REVOKED_ON), kit_day("2027-04-01"));
}
END_TEST

/* Writing `valid` on a suspended one ends the suspension yesterday; earlier suspensions count. */
START_TEST(suspensions_are_history)
{
	kit_org("A", "");
	kit_cert("A", "c", "scheme=scs level=4 issued=2027-03-01 expires=2030-02-28 "
			   "suspended_from=2027-05-20");
	ck_assert_int_eq(kit_held("A", TODAY), 0);
	patch("A", "c", "status=valid");
	ck_assert_int_eq(kit_held("A", TODAY), 4);
	ck_assert_int_eq(kit_held("A", "2027-05-31"), 0);
	ck_assert_int_eq(kit_held("A", "2027-05-20"), 0);
	ck_assert_int_eq(kit_held("A", "2027-05-19"), 4);
	kit_tick("2027-06-10");
	patch("A", "c", "status=suspended");
	kit_tick("2027-06-20");
	patch("A", "c", "status=valid");
	kit_tick("2027-07-01");
	patch("A", "c", "status=suspended");
	ck_assert_int_eq(kit_held("A", "2027-05-25"), 0);
	ck_assert_int_eq(kit_held("A", "2027-06-09"), 4);
	ck_assert_int_eq(kit_held("A", "2027-06-10"), 0);
	ck_assert_int_eq(kit_held("A", "2027-06-19"), 0);
	ck_assert_int_eq(kit_held("A", "2027-06-20"), 4);
	ck_assert_int_eq(kit_held("A", "2027-06-30"), 4);
	ck_assert_int_eq(kit_held("A", "2027-07-01"), 0);
	ck_assert_int_eq(kit_held("A", "2029-01-01"), 0);
}
END_TEST

/* A whole PUT, as an import makes it, keeps the earlier suspensions too. */
START_TEST(put_keeps_earlier_suspensions)
{
	kit_org("A", "");
	kit_cert("A", "c", "scheme=scs level=4 suspended_from=2027-04-01 suspended_to=2027-04-10");
	kit_cert("A", "c", "scheme=scs level=4");
	ck_assert_int_eq(kit_held("A", "2027-04-05"), 0);
	ck_assert_int_eq(kit_held("A", TODAY), 4);
	kit_cert("A", "c", "scheme=scs level=4 suspended_from=2027-05-01 suspended_to=2027-05-02");
	kit_cert("A", "c", "scheme=scs level=4 suspended_from=2027-07-01");
	ck_assert_int_eq(kit_held("A", "2027-04-05"), 0);
	ck_assert_int_eq(kit_held("A", "2027-05-02"), 0);
	ck_assert_int_eq(kit_held("A", "2027-05-03"), 4);
	ck_assert_int_eq(kit_held("A", "2027-07-01"), 0);
}
END_TEST

/* Suspended and made valid on the same day: it never took effect. */
START_TEST(suspended_and_back_on_one_day)
{
	kit_org("A", "");
	kit_cert("A", "c", "scheme=scs level=4");
	patch("A", "c", "status=suspended");
	patch("A", "c", "status=valid");
	ck_assert_int_eq(kit_held("A", TODAY), 4);
	ck_assert_int_eq(kit_held("A", "2027-05-31"), 4);
	ck_assert_int_eq(kit_held("A", "2027-06-02"), 4);
}
END_TEST

/* A ★3-★5 without `expires` and one from before the start are taken with warnings. */
START_TEST(warnings)
{
	kit_org("A", "");
	kit_cert("A", "c", "scheme=scs level=3 issued=2027-03-01");
	ck_assert_uint_eq(kit_warnings, WARN_NO_EXPIRY);
	kit_cert("A", "c", "scheme=scs level=3 issued=2027-02-28 expires=2028-02-27");
	ck_assert_uint_eq(kit_warnings, WARN_BEFORE_START);
	kit_cert("A", "c", "scheme=scs level=3 issued=2027-03-01 expires=2028-02-29");
	ck_assert_uint_eq(kit_warnings, 0);
	kit_cert("A", "d", "scheme=security-action level=1 issued=2020-01-01");
	ck_assert_uint_eq(kit_warnings, 0);
}
END_TEST

/* Other schemes are kept and give no ★. */
START_TEST(other_schemes)
{
	kit_org("A", "");
	kit_cert("A", "i", "scheme=iso27001 level=5");
	kit_cert("A", "p", "scheme=pmark");
	ck_assert_int_eq(kit_held("A", TODAY), 0);
	kit_cert("A", "s", "scheme=security-action level=2");
	ck_assert_int_eq(kit_held("A", TODAY), 2);
	kit_cert("A", "t", "scheme=scs level=5 issued=2027-06-02");
	ck_assert_int_eq(kit_held("A", TODAY), 2);
	ck_assert_int_eq(kit_held("A", "2027-06-02"), 5);
}
END_TEST

/* For a unit also its parent's certificates with scope entity; a subsidiary inherits nothing. */
START_TEST(units_inherit)
{
	kit_org("A", "");
	kit_org("A~u", "kind=site");
	kit_org("B", "");
	kit_cert("A", "c", "scheme=scs level=4");
	ck_assert_int_eq(kit_held("A~u", TODAY), 4);
	kit_cert("A", "c", "scheme=scs level=4 scope=unit");
	ck_assert_int_eq(kit_held("A~u", TODAY), 0);
	ck_assert_int_eq(kit_held("A", TODAY), 4);
	kit_cert("A~u", "own", "scheme=scs level=3 scope=unit");
	ck_assert_int_eq(kit_held("A~u", TODAY), 3);
	kit_cert("A", "c", "scheme=scs level=5 scope=entity");
	ck_assert_int_eq(kit_held("A~u", TODAY), 5);
	ck_rc(kit_write(OP_DELETE, 0, ENT_CERT, "A", "c", "", ""), RC_OK);
	ck_assert_int_eq(kit_held("A~u", TODAY), 3);
	kit_org("A~late", "kind=division"); /* made after its parent's certificate */
	kit_cert("A", "d", "scheme=security-action level=1");
	kit_org("A~later", "kind=division");
	ck_assert_int_eq(kit_held("A~late", TODAY), 1);
	ck_assert_int_eq(kit_held("A~later", TODAY), 1);
	ck_assert_int_eq(kit_held("B", TODAY), 0);
}
END_TEST

/* Evidence registry or copy and scope entity, or the unit's own, confirm; `word` does not. */
START_TEST(confirming)
{
	kit_org("A", "");
	kit_org("A~u", "kind=site");
	kit_cert("A", "c", "scheme=scs level=4");
	ck_assert_int_eq(held("A", TODAY).confirmed, 0);
	kit_cert("A", "c", "scheme=scs level=4 evidence=copy");
	ck_assert_int_eq(held("A", TODAY).confirmed, 4);
	ck_assert_int_eq(held("A~u", TODAY).confirmed, 4);
	kit_cert("A", "c", "scheme=scs level=4 evidence=registry scope=unit");
	ck_assert_int_eq(held("A", TODAY).confirmed, 0);
	kit_cert("A~u", "c", "scheme=scs level=3 evidence=registry scope=unit");
	ck_assert_int_eq(held("A~u", TODAY).confirmed, 3);
}
END_TEST

/* held 4, and every ★4 certificate has fewer self-assessments than whole years, at most 2. */
START_TEST(at_risk)
{
	kit_org("A", "");
	kit_cert("A", "c", "scheme=scs level=4 issued=2028-02-29 expires=2031-02-27");
	ck_assert(!held("A", "2029-02-28").at_risk);
	ck_assert(held("A", "2029-03-01").at_risk);
	patch("A", "c", "self_assessments=2029-02-20");
	ck_assert(!held("A", "2029-03-01").at_risk);
	ck_assert(!held("A", "2030-02-28").at_risk);
	ck_assert(held("A", "2030-03-01").at_risk);
	patch("A", "c", "self_assessments=2029-02-20;2030-03-02");
	ck_assert(held("A", "2030-03-01").at_risk); /* dated later than the day asked about */
	ck_assert(!held("A", "2030-03-02").at_risk);
	ck_assert(!held("A", "2031-02-27").at_risk);
	kit_cert("A", "c", "scheme=scs level=4 issued=2028-02-29 expires=2035-02-27 "
			   "self_assessments=2029-02-20;2030-03-02");
	ck_assert(!held("A", "2034-03-01").at_risk); /* at most two are due */
	kit_cert("A", "fresh", "scheme=scs level=4 issued=2029-01-01 expires=2032-01-01");
	ck_assert(!held("A", "2029-06-01").at_risk);
	kit_cert("A", "five", "scheme=scs level=5 issued=2030-06-01 expires=2030-06-30");
	ck_assert(!held("A", "2030-06-01").at_risk); /* held is 5 */
}
END_TEST

/* Last day of the unbroken run with held >= today's. */
START_TEST(the_run_of_a_level)
{
	kit_org("A", "");
	kit_cert("A", "a", "scheme=scs level=3 issued=2027-03-01 expires=2027-08-31");
	kit_cert("A", "b", "scheme=scs level=4 issued=2027-09-01 expires=2027-12-31");
	kit_cert("A", "c", "scheme=scs level=3 issued=2028-01-02 expires=2028-12-31");
	ck_assert_int_eq(until("A", TODAY), kit_day("2027-12-31"));
	ck_assert_int_eq(until("A", "2027-09-01"), kit_day("2027-12-31"));
	ck_assert_int_eq(until("A", "2028-01-01"), DAY_NONE);
	kit_cert("A", "b", "scheme=scs level=4 issued=2027-09-01 expires=2028-01-31");
	ck_assert_int_eq(until("A", TODAY), kit_day("2028-12-31"));
	ck_assert_int_eq(until("A", "2027-09-01"), kit_day("2028-01-31"));
}
END_TEST

/* Status writes day by day: each changes today and what follows, and no day that has passed. */
START_TEST(status_never_changes_the_past)
{
	struct rng r = { 5 };
	bool valid[40];
	char name[16];

	kit_org("A", "");
	for (unsigned run = 0; run < 60; run++) {
		int32_t first = graph_today(kit_txn);
		char today[DAY_TEXT];

		snprintf(name, sizeof(name), "c%u", run);
		kit_cert("A", name, "scheme=scs level=4");
		memset(valid, true, sizeof(valid));
		for (int32_t i = 0; i < 20; i++) {
			for (unsigned writes = rng_below(&r, 3); writes > 0; writes--) {
				bool now = rng_chance(&r, 50);

				patch("A", name, now ? "status=valid" : "status=suspended");
				for (int32_t d = i; d < 40; d++)
					valid[d] = now;
			}
			for (int32_t d = 0; d < 40; d++) {
				struct rec rec;

				ck_rc(cert_get(kit_txn, kit_num("A"), view_str(name), &rec), RC_OK);
				ck_assert_int_eq(cert_valid_on(&rec, first + d), valid[d]);
				ck_assert_int_eq(held_on(kit_txn, kit_num("A"), first + d).level,
						 valid[d] ? 4 : 0);
			}
			day_format(graph_today(kit_txn) + 1, today);
			kit_tick(today);
		}
		ck_rc(kit_write(OP_DELETE, 0, ENT_CERT, "A", name, "", ""), RC_OK);
	}
}
END_TEST

Suite *domain_held_suite(void)
{
	const TTest *const tests[] = {
		both_days_included, suspended_revoked, status_fills_in_today,
		suspensions_are_history, put_keeps_earlier_suspensions,
		suspended_and_back_on_one_day, warnings, other_schemes, units_inherit, confirming,
		at_risk, the_run_of_a_level, status_never_changes_the_past,
	};
	Suite *s = suite_create("domain: held");
	TCase *tc = tcase_create("held");

	tcase_add_checked_fixture(tc, kit_open, kit_close);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	return s;
}
