/* test_orgid.c - check digits of corporate numbers, stored ids, ids as files have them. */
#include <stdlib.h>
#include <string.h>

#include "base/orgid.h"
#include "base/util.h"
#include "tests/base/suites.h"

START_TEST(real_numbers_pass)
{
	ck_assert_int_eq(corporate_check_digit("000012050002"), 7);
	ck_assert_int_eq(corporate_check_digit("000012090001"), 4);
	ck_assert(corporate_number_ok(VIEW_LIT("7000012050002")));
	ck_assert(corporate_number_ok(VIEW_LIT("4000012090001")));
	ck_assert(corporate_number_ok(VIEW_LIT("1180301018771")));
	ck_assert(!corporate_number_ok(VIEW_LIT("700001205000")));
	ck_assert(!corporate_number_ok(VIEW_LIT("70000120500020")));
	ck_assert(!corporate_number_ok(VIEW_LIT("700001205000x")));
}
END_TEST

/* What the rule catches and, modulo 9, cannot. */
START_TEST(single_slips)
{
	char s[] = "7000012050002";

	for (size_t i = 0; i < 13; i++) {
		char was = s[i];
		for (char c = '0'; c <= '9'; c++) {
			bool blind = c == was || (i > 0 && was == '0' && c == '9');
			s[i] = c;
			ck_assert_int_eq(corporate_number_ok(view_str(s)), blind);
		}
		s[i] = was;
	}
}
END_TEST

static void expect(const char *id, enum rc want)
{
	struct err e = { 0 };

	ck_assert_msg(orgid_check(view_str(id), "id", &e) == want, "%s", id);
	if (want != RC_OK) {
		ck_assert_int_eq(e.rc, want);
		ck_assert_str_eq(e.field, "id");
	}
}

START_TEST(stored_ids)
{
	char longest[ORGID_MAX + 2];

	expect("JP-JCN-7000012050002", RC_OK);
	expect("JP-JCN-7000012050002~tokyo-1", RC_OK);
	expect("XI-LEI-353800ABCDEF00000001", RC_OK);
	expect("XX-LOCAL-a.b_c-d", RC_OK);
	expect("GB-COH-01234567", RC_OK);
	expect("JP-JCN-7000012050003", RC_CHECK_DIGIT);
	expect("JP-JCN-7000012050003~x", RC_CHECK_DIGIT);
	expect("JP-JCN-123", RC_BAD_ID);
	expect("JP-JCN-", RC_BAD_ID);
	expect("JP-JCN-~x", RC_BAD_ID);
	expect("XX-LOCAL-a~b~c", RC_BAD_ID);
	expect("XX-LOCAL-a~", RC_BAD_ID);
	expect("XX-LOCAL-", RC_BAD_ID);
	expect("XX--a", RC_BAD_ID);
	expect("XX-ANON-aaaaaaaaaaaaaaaaaaaa", RC_BAD_ID); /* what hides an id is none */
	expect("XX-ANON-a~b", RC_BAD_ID);
	expect("XX-ANONYM-a", RC_OK);
	expect("~a", RC_BAD_ID);
	expect("", RC_BAD_ID);
	expect("7000012050002", RC_BAD_ID);
	expect("jp-jcn-7000012050002", RC_BAD_ID);
	expect("XX-LOCAL-a b", RC_BAD_ID);
	expect("XX-LOCAL-a/b", RC_BAD_ID);
	expect("XX-LOCAL-あ", RC_BAD_ID);
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "XX-LOCAL-", 9);
	longest[ORGID_MAX] = '\0';
	expect(longest, RC_OK);
	longest[ORGID_MAX] = 'x';
	longest[ORGID_MAX + 1] = '\0';
	expect(longest, RC_BAD_ID);
}
END_TEST

static void from_text(const char *text, enum rc want, const char *id)
{
	AUTO(buf_done) struct buf b = BUF_INIT;
	struct err e;
	enum rc rc = orgid_from_text(view_str(text), &b, "id", &e);

	ck_assert_msg(rc == want, "%s: %s", text, rc_code(rc));
	ck_assert_msg(view_is(buf_view(&b), rc == RC_OK ? id : ""), "%s", text);
}

START_TEST(ids_as_files_have_them)
{
	from_text("7000012050002", RC_OK, "JP-JCN-7000012050002");
	from_text(" 7-0000-1205-0002 ", RC_OK, "JP-JCN-7000012050002");
	from_text("７００００１２０５０００２", RC_OK, "JP-JCN-7000012050002");
	from_text("７－００００－１２０５－０００２", RC_OK, "JP-JCN-7000012050002");
	from_text("T7000012050002", RC_OK, "JP-JCN-7000012050002");
	from_text("Ｔ７０００012050002", RC_OK, "JP-JCN-7000012050002");
	from_text("JP-JCN-7000012050002", RC_OK, "JP-JCN-7000012050002");
	from_text("ＪＰ－ＪＣＮ－7000012050002", RC_OK, "JP-JCN-7000012050002");
	from_text("XX-LOCAL-9", RC_OK, "XX-LOCAL-9");
	from_text("7000012050003", RC_CHECK_DIGIT, NULL);
	from_text("T7000012050003", RC_NOT_CORPORATE, NULL);
	from_text("7.00001E+12", RC_DAMAGED_NUMBER, NULL);
	from_text("7E+12", RC_DAMAGED_NUMBER, NULL);
	from_text("7.00001e12", RC_DAMAGED_NUMBER, NULL);
	from_text("700001205000", RC_BAD_ID, NULL);
	from_text("70000120500021", RC_BAD_ID, NULL);
	from_text("", RC_BAD_ID, NULL);
	from_text("東海精密", RC_BAD_ID, NULL);
}
END_TEST

START_TEST(parents)
{
	ck_assert(view_is(orgid_parent(VIEW_LIT("XX-LOCAL-a~b")), "XX-LOCAL-a"));
	ck_assert_uint_eq(orgid_parent(VIEW_LIT("XX-LOCAL-a")).n, 0);
	ck_assert_uint_eq(orgid_parent(view_of(NULL, 0)).n, 0);
}
END_TEST

Suite *orgid_suite(void)
{
	Suite *s = suite_create("orgid");
	TCase *tc = tcase_create("orgid");

	tcase_add_test(tc, real_numbers_pass);
	tcase_add_test(tc, single_slips);
	tcase_add_test(tc, stored_ids);
	tcase_add_test(tc, ids_as_files_have_them);
	tcase_add_test(tc, parents);
	suite_add_tcase(s, tc);
	return s;
}
