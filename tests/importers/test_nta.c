/*
 * test_nta.c - corporate numbers as the National Tax Agency lays them out. The position of every column
 * that is read is pinned here: some published code has 22 to 29 wrong. Companies are fictional.
 */
#include <stdlib.h>

#include "base/util.h"
#include "tests/importers/harness.h"

#define A "6999900000003"
#define B "4999900000005"

/* 1-6 */
#define HEAD(no, process) "1," no "," process ",0,2026-01-29,2026-01-28,"
#define PLACE ",,301,\"石川県\",\"金沢市\",\"大手町６－１５\",,17,201,9200912,,,"

START_TEST(thirty_columns)
{
	EXPECT(IK_AUTO,
	       HEAD(A, "01") "\"株式会社あ\"" PLACE ",,,,2015-10-05,1,\"A Inc.\",Ishikawa,\"K\",,\"エー\",0\n",
	       "1 org JP-JCN-" A " name='株式会社あ' name_kana='エー' name_en='A Inc.' closed_on=-"
	       " close_cause=- successor=- address='石川県金沢市大手町６－１５'\n");
}
END_TEST

START_TEST(twenty_three_columns)
{
	EXPECT(IK_AUTO, HEAD(A, "01") "\"株式会社あ\"" PLACE ",,,,2015-10-05\n",
	       "1 org JP-JCN-" A " name='株式会社あ' closed_on=- close_cause=- successor=-"
	       " address='石川県金沢市大手町６－１５'\n");
}
END_TEST

START_TEST(closed_and_merged)
{
	EXPECT(IK_AUTO,
	       HEAD(A, "21") "\"あ\"" PLACE "2026-01-07,11," B ",\"…に合併し解散\",2015-10-05,1,,,,,,0\n",
	       "1 org JP-JCN-" A " name='あ' closed_on=2026-01-07 close_cause='11'"
	       " successor='JP-JCN-" B "' address='石川県金沢市大手町６－１５'\n");
}
END_TEST

START_TEST(abroad)
{
	EXPECT(IK_AUTO,
	       HEAD(A, "01") "\"Ａ　Ｌｉｍｉｔｅｄ\",,401,,,,,,,,\"１　Ｒｏａｄ　ＨＫ\",,,,,,2026-01-29,1,,,,,\"エー\",0\n",
	       "1 org JP-JCN-" A " name='Ａ　Ｌｉｍｉｔｅｄ' name_kana='エー' closed_on=- close_cause=-"
	       " successor=- address='１　Ｒｏａｄ　ＨＫ'\n");
}
END_TEST

/* A row with 0 in column 24 tells how a company once stood. */
START_TEST(past_states_are_passed_over)
{
	struct import_params p = { 0 };
	struct outcome o = import_bytes(
		&p, VIEW_LIT(HEAD(A, "21") "\"旧\"" PLACE "2020-01-07,01,,,2015-10-05,0,,,,,,0\n"
			     HEAD(A, "22") "\"新\"" PLACE ",,,,2015-10-05,1,,,,,,0\n"));

	ck_assert_str_eq(o.text, "2 org JP-JCN-" A " name='新' closed_on=- close_cause=- successor=-"
				 " address='石川県金沢市大手町６－１５'\n");
	ck_assert_uint_eq(o.result.rows, 2);
	ck_assert_int_eq(o.result.format, IF_NTA);
	ck_assert_int_eq(o.result.kind, IK_ORGS);
	free(o.text);
}
END_TEST

START_TEST(cp932_and_bad_rows)
{
	struct view v = to_cp932(HEAD(A, "01") "\"㈱表\"" PLACE ",,,,2015-10-05,1,,,,,\"ヒョウ\",0\r\n"
				 HEAD("6999900000004", "01") "\"い\"" PLACE ",,,,2015-10-05,1,,,,,,0\r\n"
				 "3," A ",01\r\n"
				 HEAD(A, "21") "\"う\"" PLACE "2026-13-07,01,,,2015-10-05,1,,,,,,0\r\n");

	expect_import(&(struct import_params){ 0 }, v,
		      "1 org JP-JCN-" A " name='㈱表' name_kana='ヒョウ' closed_on=- close_cause=-"
		      " successor=- address='石川県金沢市大手町６－１５'\n"
		      "!2:2 check-digit corporateNumber 6999900000004\n"
		      "!3:4 cell-count - 3 / 30\n"
		      "!4:19 bad-date closed_on 2026-13-07\n");
	free((void *)(uintptr_t)v.p);
}
END_TEST

START_TEST(an_empty_difference_is_fine)
{
	struct import_params p = { .format = IF_NTA };

	expect_import(&p, VIEW_LIT(""), "");
}
END_TEST

START_TEST(government_bodies)
{
	struct import_params p = { 0 };
	struct outcome o = import_bytes(
		&p, VIEW_LIT("\xef\xbb\xbf" "corporateID,corporateName,corporateKana,cityID,location,moddate\n"
			     A ",あ庁,アチョウ,01101,東京都１,2018-04-01T15:00:00.000Z\n"
			     "1,い庁,,,,\n" A ",う庁\n"));

	ck_assert_str_eq(o.text, "2 org JP-JCN-" A " name='あ庁' name_kana='アチョウ' address='東京都１'\n"
				 "!3:1 bad-id corporateID 1\n!4:3 cell-count - 2 / 6\n");
	ck_assert_int_eq(o.result.format, IF_JPGOVS);
	free(o.text);
	p.format = IF_JPGOVS;
	expect_import(&p, VIEW_LIT("id,name\n"), "=missing-column 1:0 corporateID corporateID\n");
}
END_TEST

Suite *nta_suite(void)
{
	Suite *s = suite_create("nta");
	TCase *t = tcase_create("nta");

	tcase_add_test(t, thirty_columns);
	tcase_add_test(t, twenty_three_columns);
	tcase_add_test(t, closed_and_merged);
	tcase_add_test(t, abroad);
	tcase_add_test(t, past_states_are_passed_over);
	tcase_add_test(t, cp932_and_bad_rows);
	tcase_add_test(t, an_empty_difference_is_fine);
	tcase_add_test(t, government_bodies);
	suite_add_tcase(s, t);
	return s;
}
