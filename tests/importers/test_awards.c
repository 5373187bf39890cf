/* test_awards.c - government awards: sums by fiscal year, names of ministries, bad rows. */
#include <stdlib.h>

#include "base/util.h"
#include "importers/govs.h"
#include "tests/importers/harness.h"

#define HEADER "\xef\xbb\xbf" "date_of_order,title,amount,government_departments,joint_signatures,corporate_number\n"
#define METI "経済産業省"
#define METI_ID "JP-JCN-4000012090001"
#define A "6999900000003"
#define B "4999900000005"
#define DAY(d) d "T00:00:00+09:00"
#define METI_ORG "2 org " METI_ID " stubs name='" METI "'\n"

static void expect_awards(const char *rows, const char *want)
{
	AUTO(buf_done) struct buf in = BUF_INIT;
	struct import_params p = { 0 };
	struct outcome o;

	buf_adds(&in, HEADER);
	buf_adds(&in, rows);
	o = import_bytes(&p, buf_view(&in));
	ck_assert_msg(strcmp(o.text, want) == 0, "got\n%swanted\n%s", o.text, want);
	ck_assert_int_eq(o.result.format, IF_GBIZINFO_PROCUREMENT);
	ck_assert_int_eq(o.result.kind, IK_LINKS);
	free(o.text);
}

START_TEST(newest_fiscal_year_is_added_up)
{
	expect_awards(DAY("2020-03-31") ",a,100," METI ",," A "\n" /* 2019 */
		      DAY("2020-04-01") ",b,10," METI ",," A "\n"  /* 2020 */
		      DAY("2021-03-31") ",c,1," METI ",," A "\n"   /* 2020 */
		      DAY("2019-12-01") ",d,7," METI ",," A "\n",
		      METI_ORG "2 link " METI_ID " JP-JCN-" A
			       " stubs awards annual_spend=11 start=2019-12-01 spend_year=2020\n");
}
END_TEST

START_TEST(identical_rows_count)
{
	expect_awards(DAY("2020-04-01") ",b,10," METI ",," A "\n"
		      DAY("2020-04-01") ",b,10," METI ",," A "\n",
		      METI_ORG "2 link " METI_ID " JP-JCN-" A
			       " stubs awards annual_spend=20 start=2020-04-01 spend_year=2020\n");
}
END_TEST

START_TEST(corrections_and_empty_cells)
{
	expect_awards(DAY("2020-04-01") ",b,10," METI ",x／y," A "\n"
		      DAY("2020-05-01") ",b,-30," METI ",," A "\n"
		      ",b,500," METI ",," A "\n"
		      DAY("2018-01-01") ",\"two\nlines\",," METI ",," B "\n"
		      ",c,5," METI ",,1180301018771\n",
		      METI_ORG "2 link " METI_ID " JP-JCN-" A
			       " stubs awards annual_spend=0 start=2020-04-01 spend_year=2020\n"
			       "5 link " METI_ID " JP-JCN-" B
			       " stubs awards annual_spend=0 start=2018-01-01 spend_year=2017\n"
			       "7 link " METI_ID " JP-JCN-1180301018771 stubs awards\n");
}
END_TEST

/* The day is Tokyo's, whatever the offset that a file writes. */
START_TEST(days_of_other_offsets)
{
	expect_awards("2020-03-31T20:00:00Z,a,5," METI ",," A "\n",
		      METI_ORG "2 link " METI_ID " JP-JCN-" A
			       " stubs awards annual_spend=5 start=2020-04-01 spend_year=2020\n");
}
END_TEST

START_TEST(ministries_by_name)
{
	/* one in the table, in other width the same; two that are not */
	expect_awards(DAY("2020-04-01") ",a,1,ｴﾈ庁／環境省,," A "\n"
		      DAY("2020-04-01") ",a,2,エネ庁/環境省,," A "\n"
		      DAY("2020-04-01") ",a,3,ない庁,," A "\n",
		      "2 org XX-LOCAL-GOV-44e976f7252ecff0 stubs name='ｴﾈ庁／環境省'\n"
		      "4 org XX-LOCAL-GOV-1ea477b137c3c49c stubs name='ない庁'\n"
		      "2 link XX-LOCAL-GOV-44e976f7252ecff0 JP-JCN-" A
		      " stubs awards annual_spend=3 start=2020-04-01 spend_year=2020\n"
		      "4 link XX-LOCAL-GOV-1ea477b137c3c49c JP-JCN-" A
		      " stubs awards annual_spend=3 start=2020-04-01 spend_year=2020\n");
}
END_TEST

START_TEST(bad_rows)
{
	expect_awards(DAY("2020-04-01") ",a,1," METI ",,6999900000004\n"
		      DAY("2020-04-01") ",a,1," METI ",,\n"
		      DAY("2020-04-01") ",a,x," METI ",," A "\n"
		      DAY("2020-04-01") ",a,1.5," METI ",," A "\n"
		      "yesterday,a,1," METI ",," A "\n"
		      DAY("2020-04-01") ",a,1,,," A "\n"
		      DAY("2020-04-01") ",a,1\n"
		      DAY("2020-04-01") ",a,1," METI ",,GB-COH-1\n",
		      "!2:6 check-digit corporate_number 6999900000004\n"
		      "!3:6 required corporate_number corporate_number\n"
		      "!4:3 bad-value amount x\n"
		      "!5:3 bad-value amount 1.5\n"
		      "!6:1 bad-date date_of_order yesterday\n"
		      "!7:4 required government_departments government_departments\n"
		      "!8:4 cell-count - 3 / 6\n"
		      "!9:6 bad-id corporate_number GB-COH-1\n");
}
END_TEST

START_TEST(header)
{
	struct import_params p = { .format = IF_GBIZINFO_PROCUREMENT };

	expect_import(&p, VIEW_LIT("date_of_order,title,amount,corporate_number\n"),
		      "=missing-column 1:0 government_departments government_departments\n");
	expect_import(&p, VIEW_LIT(""), "=unknown-format 0:0 - 0 rows\n");
	/* who says that the file is of orgs does not get links */
	EXPECT(IK_ORGS, HEADER, "=unknown-column 1:1 - date_of_order, title, amount, government_departments, "
				"joint_signatures, corporate_number\n");
}
END_TEST

START_TEST(many_pairs)
{
	AUTO(buf_done) struct buf in = BUF_INIT;
	struct import_params p = { 0 };
	struct outcome o;

	buf_adds(&in, HEADER);
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 3000; i++)
			buf_addf(&in, DAY("2020-04-01") ",a,%d,庁%d,," A "\n", i, i % 1500);
	o = import_bytes(&p, buf_view(&in));
	ck_assert_uint_eq(count_text(o.text, " link "), 1500);
	ck_assert_uint_eq(o.result.rows, 6000);
	/* 0 + 1500, twice */
	ck_assert_ptr_nonnull(strstr(o.text, "annual_spend=3000 "));
	free(o.text);
}
END_TEST

START_TEST(bundled_table)
{
	AUTO(buf_done) struct buf id = BUF_INIT;

	ck_assert_uint_gt(gov_count(), 800);
	ck_assert_int_eq(gov_id(VIEW_LIT("国税庁"), &id), RC_OK);
	ck_assert(view_is(buf_view(&id), "JP-JCN-7000012050002"));
}
END_TEST

Suite *awards_suite(void)
{
	Suite *s = suite_create("awards");
	TCase *t = tcase_create("awards");

	tcase_add_test(t, newest_fiscal_year_is_added_up);
	tcase_add_test(t, identical_rows_count);
	tcase_add_test(t, corrections_and_empty_cells);
	tcase_add_test(t, days_of_other_offsets);
	tcase_add_test(t, ministries_by_name);
	tcase_add_test(t, bad_rows);
	tcase_add_test(t, header);
	tcase_add_test(t, many_pairs);
	tcase_add_test(t, bundled_table);
	suite_add_tcase(s, t);
	return s;
}
