/* test_err.c - error texts, and log lines that cannot be forged. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/text.h"
#include "base/util.h"
#include "tests/base/suites.h"

START_TEST(an_error_is_filled)
{
	struct err e;
	char text[256];

	ck_assert_int_eq(err_set(&e, RC_BAD_DATE, "due", "%s", "2026-02-30"), RC_BAD_DATE);
	ck_assert_str_eq(e.field, "due");
	ck_assert_uint_eq(err_text(&e, LANG_EN, text, sizeof(text)), strlen(text));
	ck_assert_str_eq(text, "'2026-02-30' is not a calendar date");
	err_text(&e, LANG_JA, text, sizeof(text));
	ck_assert_str_eq(text, "「2026-02-30」は暦にある日付ではありません");
	ck_assert_int_eq(rc_http(e.rc), 422);
	ck_assert_str_eq(rc_code(e.rc), "bad-date");
	ck_assert_int_eq(err_set(NULL, RC_NOMEM, NULL, NULL), RC_NOMEM);
}
END_TEST

START_TEST(what_a_stranger_sent_is_made_safe)
{
	struct err e;

	err_set(&e, RC_BAD_ID, NULL, "%s", "a\x1b[31m\nb\xff\xc3");
	ck_assert_str_eq(e.arg, "a?[31m?b??");
	err_set(&e, RC_BAD_ID, NULL, "%s", "日本語");
	ck_assert_str_eq(e.arg, "日本語");
}
END_TEST

START_TEST(long_arguments_are_cut_at_a_character)
{
	for (size_t lead = 0; lead < 4; lead++) {
		struct err e;
		char s[1200], text[64];
		size_t n = lead;

		memset(s, 'x', lead);
		for (; n + 3 < sizeof(s); n += 3)
			memcpy(s + n, "漢", 3);
		s[n] = '\0';
		err_set(&e, RC_BAD_ID, s, "%s", s);
		ck_assert(utf8_valid(view_str(e.arg)));
		ck_assert(utf8_valid(view_str(e.field)));
		ck_assert_ptr_null(strchr(e.arg, '?'));
		ck_assert_uint_gt(strlen(e.arg), sizeof(e.arg) - 8);
		for (size_t room = 1; room < sizeof(text); room++) {
			ck_assert_uint_lt(err_text(&e, LANG_EN, text, room), room);
			ck_assert(utf8_valid(view_str(text)));
		}
	}
}
END_TEST

START_TEST(every_code_has_its_texts)
{
	for (unsigned i = 0; i < RC__COUNT; i++) {
		const char *code = rc_code((enum rc)i);

		ck_assert_int_ge(rc_http((enum rc)i), 200);
		ck_assert_uint_eq(strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(code));
		for (unsigned k = 0; k < i; k++)
			ck_assert_str_ne(code, rc_code((enum rc)k));
		for (int l = 0; l < 2; l++) {
			const char *title = rc_title((enum rc)i, (enum lang)l);
			ck_assert_uint_gt(strlen(title), 0);
			ck_assert_ptr_null(strstr(title, "%s"));
		}
	}
	ck_assert_str_eq(rc_title(RC_MALFORMED, LANG_EN), "the request cannot be read");
	ck_assert_str_eq(rc_title(RC_MALFORMED, LANG_JA), "リクエストを読み取れません");
	ck_assert_str_eq(rc_title(RC_INVALID, LANG_EN), "invalid");
}
END_TEST

START_TEST(a_log_line_stays_one_line)
{
	char line[512];
	int fds[2], saved = dup(STDERR_FILENO);
	ssize_t n;

	ck_assert_int_eq(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	log_warn("http", "bad \"%s\" 漢", "x\nlevel=error\x1b\xff");
	log_debug("http", "not shown");
	dup2(saved, STDERR_FILENO);
	close(fds[1]);
	n = read(fds[0], line, sizeof(line) - 1);
	ck_assert_int_gt(n, 0);
	line[n] = '\0';
	ck_assert_ptr_nonnull(strstr(
		line, " level=warn mod=http msg=\"bad \\\"x\\nlevel=error\\x1b\\xff\\\" 漢\"\n"));
	ck_assert_int_eq(strncmp(line, "time=20", 7), 0);
	ck_assert_ptr_eq(strchr(line, '\n'), line + n - 1);
	close(fds[0]);
	close(saved);
}
END_TEST

START_TEST(log_levels_have_names)
{
	enum log_level l = LOG_INFO;

	ck_assert(log_level_parse("debug", &l));
	ck_assert_int_eq(l, LOG_DEBUG);
	ck_assert(!log_level_parse("loud", &l));
}
END_TEST

Suite *err_suite(void)
{
	Suite *s = suite_create("err");
	TCase *tc = tcase_create("err");

	tcase_add_test(tc, an_error_is_filled);
	tcase_add_test(tc, what_a_stranger_sent_is_made_safe);
	tcase_add_test(tc, long_arguments_are_cut_at_a_character);
	tcase_add_test(tc, every_code_has_its_texts);
	tcase_add_test(tc, a_log_line_stays_one_line);
	tcase_add_test(tc, log_levels_have_names);
	suite_add_tcase(s, tc);
	return s;
}
