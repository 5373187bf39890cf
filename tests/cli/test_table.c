/* test_table.c - alignment by terminal columns, and text that must not move the cursor. */
#include "tests/cli/suites.h"

#include <string.h>

#include "base/util.h"
#include "cli/table.h"

static char *render(struct table *t, bool heading, bool color)
{
	struct buf out = BUF_INIT;

	ck_assert(table_render(t, &out, heading, color));
	buf_addc(&out, '\0');
	table_free(t);
	return buf_steal(&out);
}

static struct table *filled(size_t columns, const char *const *cells)
{
	struct table *t = table_new(columns);

	ck_assert_ptr_nonnull(t);
	for (; *cells; cells++)
		table_cells(t, *cells);
	return t;
}

START_TEST(wide_text_is_two_columns)
{
	struct table *t = filled(3, (const char *const[]){ "ID", "名称", "PATH", "A", "株式会社みほん",
							    "x", "LONG", "ﾐﾎﾝ", "y", NULL });
	AUTO_FREE char *s = render(t, false, false);

	ck_assert_str_eq(s, "ID    名称            PATH\n"
			    "A     株式会社みほん  x\n"
			    "LONG  ﾐﾎﾝ             y\n");
}
END_TEST

START_TEST(combining_marks_take_none)
{
	/* か + U+3099 is が: two columns in all */
	struct table *t = filled(2, (const char *const[]){ "か\xe3\x82\x99", "x", "ab", "y", NULL });
	AUTO_FREE char *s = render(t, false, false);

	ck_assert_str_eq(s, "か\xe3\x82\x99  x\nab  y\n");
}
END_TEST

START_TEST(numbers_stand_right)
{
	struct table *t = filled(2, (const char *const[]){ "件数", "n", "7", "a", "12345", "b", NULL });
	AUTO_FREE char *s = NULL;

	table_right(t, 0);
	s = render(t, false, false);
	ck_assert_str_eq(s, " 件数  n\n    7  a\n12345  b\n");
}
END_TEST

START_TEST(no_blanks_at_the_end)
{
	struct table *t = filled(2, (const char *const[]){ "a", "", "bb", "c", NULL });
	AUTO_FREE char *s = render(t, false, false);

	ck_assert_str_eq(s, "a\nbb  c\n");
}
END_TEST

START_TEST(colour_only_when_asked)
{
	struct table *t = filled(1, (const char *const[]){ "H", "x", NULL });
	AUTO_FREE char *plain = NULL, *painted = NULL;

	table_paint(t, 31);
	painted = render(t, true, true);
	ck_assert_str_eq(painted, "\033[1mH\033[0m\n\033[31mx\033[0m\n");
	t = filled(1, (const char *const[]){ "H", "x", NULL });
	table_paint(t, 31);
	plain = render(t, true, false);
	ck_assert_str_eq(plain, "H\nx\n");
}
END_TEST

START_TEST(controls_are_made_harmless)
{
	struct buf b = BUF_INIT;

	text_plain(&b, VIEW_LIT("a\033[2Jb\nc\x7f" "d\xc2\x9b" "e\xe2\x80\xae" "f\xff" "g\xe3\x81"));
	buf_addc(&b, '\0');
	ck_assert_str_eq(b.p, "a\xef\xbf\xbd[2Jb c\xef\xbf\xbd" "d\xef\xbf\xbd" "e\xef\xbf\xbd" "f"
			      "\xef\xbf\xbd" "g\xef\xbf\xbd\xef\xbf\xbd");
	buf_done(&b);
}
END_TEST

START_TEST(limits)
{
	ck_assert_ptr_null(table_new(0));
	ck_assert_ptr_null(table_new(TABLE_MAX_COLUMNS + 1));
}
END_TEST

Suite *table_suite(void)
{
	Suite *s = suite_create("cli/table");
	TCase *tc = tcase_create("table");

	tcase_add_test(tc, wide_text_is_two_columns);
	tcase_add_test(tc, combining_marks_take_none);
	tcase_add_test(tc, numbers_stand_right);
	tcase_add_test(tc, no_blanks_at_the_end);
	tcase_add_test(tc, colour_only_when_asked);
	tcase_add_test(tc, controls_are_made_harmless);
	tcase_add_test(tc, limits);
	suite_add_tcase(s, tc);
	return s;
}
