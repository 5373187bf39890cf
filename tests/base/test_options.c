/* test_options.c - settings: defaults, bounds, files with the line of the mistake. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/options.h"
#include "base/util.h"
#include "tests/base/suites.h"

struct settings {
	char listen[256];
	int64_t workers;
	bool keep;
};

static const struct option_def table[] = {
	{ "listen", OPT_STR, offsetof(struct settings, listen), "127.0.0.1:8650", 0, 0, "", "", true },
	{ "max_workers", OPT_INT, offsetof(struct settings, workers), "4", -1, 64, "", "", true },
	{ "keep", OPT_BOOL, offsetof(struct settings, keep), "true", 0, 0, "", "", false },
};

static enum rc set(struct settings *s, const char *name, const char *value, struct err *e)
{
	return options_set(table, ARRAY_LEN(table), s, view_str(name), view_str(value), e);
}

START_TEST(defaults_then_values)
{
	struct settings s;
	struct err e;

	options_defaults(table, ARRAY_LEN(table), &s);
	ck_assert_str_eq(s.listen, "127.0.0.1:8650");
	ck_assert_int_eq(s.workers, 4);
	ck_assert(s.keep);
	ck_assert_int_eq(set(&s, "max-workers", "64", &e), RC_OK);
	ck_assert_int_eq(s.workers, 64);
	ck_assert_int_eq(set(&s, "max_workers", "-1", &e), RC_OK);
	ck_assert_int_eq(s.workers, -1);
	ck_assert_int_eq(set(&s, "keep", "off", &e), RC_OK);
	ck_assert(!s.keep);
	ck_assert_int_eq(set(&s, "listen", "", &e), RC_OK);
	ck_assert_str_eq(s.listen, "");
}
END_TEST

START_TEST(bad_values_change_nothing)
{
	static const char *const bad[][2] = {
		{ "max_workers", "65" }, { "max_workers", "-2" }, { "max_workers", "" },
		{ "max_workers", "4x" }, { "max_workers", "-" },  { "max_workers", "9223372036854775808" },
		{ "keep", "maybe" },	 { "keep", "" },	  { "nothing", "1" },
		{ "max_worker", "1" },	 { "", "1" },
	};
	char text[300];
	struct settings s;

	options_defaults(table, ARRAY_LEN(table), &s);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		ck_assert_int_eq(set(&s, bad[i][0], bad[i][1], &e), RC_USAGE);
		ck_assert_str_ne(e.arg, "");
	}
	memset(text, 'x', sizeof(text));
	text[256] = '\0';
	ck_assert_int_eq(set(&s, "listen", text, NULL), RC_USAGE);
	text[255] = '\0';
	ck_assert_int_eq(s.workers, 4);
	ck_assert_str_eq(s.listen, "127.0.0.1:8650");
	ck_assert_int_eq(set(&s, "listen", text, NULL), RC_OK);
	ck_assert_str_eq(s.listen, text);
}
END_TEST

static enum rc read_text(const char *text, struct settings *s, struct err *e)
{
	char path[] = "/tmp/tierwatch-options-XXXXXX";
	int fd = mkstemp(path);
	enum rc rc;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	options_defaults(table, ARRAY_LEN(table), s);
	rc = options_file(table, ARRAY_LEN(table), s, path, e);
	unlink(path);
	return rc;
}

START_TEST(files)
{
	struct settings s;
	struct err e = { 0 };
	char longer[6000];

	ck_assert_int_eq(read_text("# comment\n\n  listen =  [::1]:1 \r\nmax_workers=8\nkeep = no", &s, &e),
			 RC_OK);
	ck_assert_str_eq(s.listen, "[::1]:1");
	ck_assert_int_eq(s.workers, 8);
	ck_assert(!s.keep);
	ck_assert_int_eq(read_text("", &s, &e), RC_OK);
	ck_assert_int_eq(read_text("keep = no\n\nlisten\n", &s, &e), RC_USAGE);
	ck_assert_uint_eq(e.line, 3);
	ck_assert_int_eq(read_text("keep = no\nworkers = 3\n", &s, &e), RC_USAGE);
	ck_assert_uint_eq(e.line, 2);
	memset(longer, ' ', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	ck_assert_int_eq(read_text(longer, &s, &e), RC_USAGE);
	ck_assert_uint_eq(e.line, 1);
	ck_assert_int_eq(options_file(table, ARRAY_LEN(table), &s, "/nonexistent/x", &e), RC_IO);
}
END_TEST

Suite *options_suite(void)
{
	Suite *s = suite_create("options");
	TCase *tc = tcase_create("options");

	tcase_add_test(tc, defaults_then_values);
	tcase_add_test(tc, bad_values_change_nothing);
	tcase_add_test(tc, files);
	suite_add_tcase(s, tc);
	return s;
}
