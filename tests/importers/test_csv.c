/* test_csv.c - the splitter: quoting, line ends, delimiters, limits, errors and where they are. */
#include <stdlib.h>

#include "base/util.h"
#include "importers/csv.h"
#include "tests/importers/harness.h"

/* Rows as "line[cell|cell]", errors as "!line:column code". */
static char *split(struct view bytes, char delim)
{
	AUTO(source_done) struct source src;
	AUTO(csv_done) struct csv c;
	struct buf out = BUF_INIT;
	struct err e = { 0 };
	enum rc rc;

	ck_assert_int_eq(source_open_bytes(&src, bytes, &e), RC_OK);
	ck_assert_int_eq(csv_open(&c, &src, delim, &e), RC_OK);
	while ((rc = csv_next(&c, &e)) != RC_END) {
		if (rc) {
			ck_assert_int_eq(rc, e.rc);
			buf_addf(&out, "!%u:%u %s%s", e.line, e.column, rc_code(rc),
				 c.over ? " over" : "");
			continue;
		}
		buf_addf(&out, "%u[", c.row_line);
		for (unsigned i = 0; i < c.n; i++) {
			buf_adds(&out, i ? "|" : "");
			buf_addv(&out, c.cells[i]);
		}
		buf_addc(&out, ']');
	}
	buf_addc(&out, '\0');
	return buf_steal(&out);
}

static void expect_view(struct view bytes, char delim, const char *want)
{
	char *got = split(bytes, delim);

	ck_assert_str_eq(got, want);
	free(got);
}
#define SPLIT(bytes, want) expect_view(VIEW_LIT(bytes), ',', want)

START_TEST(rows_and_line_ends)
{
	SPLIT("", "");
	SPLIT("a,b", "1[a|b]");
	SPLIT("a,b\nc,d\n", "1[a|b]2[c|d]");
	SPLIT("a,b\r\nc,d\r\n", "1[a|b]2[c|d]");
	SPLIT("a,b\rc,d\r", "1[a|b]2[c|d]");
	SPLIT("a,\n,b\n", "1[a|]2[|b]");
	expect_view(VIEW_LIT("a;b,c\n"), ';', "1[a|b,c]");
	expect_view(VIEW_LIT("a\tb,c\n"), '\t', "1[a|b,c]");
}
END_TEST

START_TEST(empty_rows_are_passed_over)
{
	SPLIT("a,b\n\n\nc,d\n,\n\r\n", "1[a|b]4[c|d]");
	SPLIT("a\n\x1a", "1[a]");
}
END_TEST

START_TEST(quotes)
{
	SPLIT("\"a,b\",\"c\"\"d\",\"\"\n", "1[a,b|c\"d|]");
	SPLIT("\"\"\"\"\n", "1[\"]");
	SPLIT("a\"b,c\n", "1[a\"b|c]");
	SPLIT("\"a\nb\r\nc\",d\ne\n", "1[a\nb\r\nc|d]4[e]");
	SPLIT("\"a\"", "1[a]");
	SPLIT("\"\",x", "1[|x]");
}
END_TEST

START_TEST(damaged_rows)
{
	SPLIT("a\n\"b\"c,d\ne\n", "1[a]!2:1 text-after-quote3[e]");
	SPLIT("a\nb,\"c\"d\"e\n f\n", "1[a]!2:2 text-after-quote3[ f]");
	/* nothing closes it: the rows below are read all the same */
	SPLIT("a\nb,\"c\nd\ne", "1[a]!2:2 unclosed-quote3[d]4[e]");
	SPLIT("a\nb\nc,\"", "1[a]2[b]!3:2 unclosed-quote");
	SPLIT("a\nb,\0,c\nd\n", "1[a]!2:2 nul-byte3[d]");
	SPLIT("a\n\"b\0\",c\nd\n", "1[a]!2:1 nul-byte3[d]");
}
END_TEST

START_TEST(limits)
{
	AUTO(buf_done) struct buf in = BUF_INIT;

	for (int i = 0; i < CSV_COLUMNS_MAX; i++)
		buf_adds(&in, i ? "," : "");
	buf_adds(&in, "x\n,x\n");
	{
		char *got = split(buf_view(&in), ',');

		ck_assert_ptr_nonnull(strstr(got, "|x]2[|x]"));
		free(got);
	}
	buf_clear(&in);
	for (int i = 0; i <= CSV_COLUMNS_MAX; i++)
		buf_adds(&in, i ? ",x" : "x");
	buf_adds(&in, "\nb\n");
	expect_view(buf_view(&in), ',', "!1:513 too-large2[b]");

	buf_clear(&in);
	buf_adds(&in, "a,");
	for (unsigned i = 0; i <= CSV_CELL_MAX; i++)
		buf_addc(&in, 'x');
	buf_adds(&in, "\nb\n");
	expect_view(buf_view(&in), ',', "!1:2 too-long2[b]");
}
END_TEST

START_TEST(endless_row)
{
	AUTO(buf_done) struct buf in = BUF_INIT;

	buf_adds(&in, "a\n\"");
	for (unsigned i = 0; i < CSV_ROW_MAX; i++)
		buf_addc(&in, i % 64 ? 'x' : '\n');
	buf_adds(&in, "\"\nb\n");
	expect_view(buf_view(&in), ',', "1[a]!2:0 too-large over");
	/* in CP932 the reader sees no more than its windows */
	in.p[3] = '\xb1';
	expect_view(buf_view(&in), ',', "1[a]!2:0 too-large over");
	for (unsigned i = 0; i < CSV_ROW_MAX; i++)
		buf_addc(&in, i % 64 ? 'x' : '\n');
	in.p[in.n - CSV_ROW_MAX - 4] = 'x'; /* the closing quote */
	expect_view(buf_view(&in), ',', "1[a]!2:1 unclosed-quote over");
}
END_TEST

Suite *csv_suite(void)
{
	Suite *s = suite_create("csv");
	TCase *t = tcase_create("csv");

	tcase_add_test(t, rows_and_line_ends);
	tcase_add_test(t, empty_rows_are_passed_over);
	tcase_add_test(t, quotes);
	tcase_add_test(t, damaged_rows);
	tcase_add_test(t, limits);
	tcase_add_test(t, endless_row);
	suite_add_tcase(s, t);
	return s;
}
