/* test_settings.c - option before environment before file before default. */
#include "tests/cli/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "cli/settings.h"

static char home[] = "/tmp/tierwatch-test-XXXXXX";
static char config[128], token_file[128];
static struct settings s;
static struct args none, given;

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void clear_environment(void)
{
	static const char *const names[] = { "TIERWATCH_URL", "TIERWATCH_TOKEN", "XDG_CONFIG_HOME",
					     "TIERWATCH_TOKEN_FILE", "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unsetenv(names[i]);
	setenv("HOME", home, 1);
	memset(&given, 0, sizeof(given));
}

static void setup(void)
{
	char dir[64];

	strcpy(home + sizeof(home) - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(home));
	snprintf(dir, sizeof(dir), "%s/.config", home);
	mkdir(dir, 0700);
	snprintf(dir, sizeof(dir), "%s/.config/tierwatch", home);
	mkdir(dir, 0700);
	snprintf(config, sizeof(config), "%s/config", dir);
	snprintf(token_file, sizeof(token_file), "%s/token", home);
	clear_environment();
}

static void teardown(void)
{
	char dir[64];

	unlink(config);
	unlink(token_file);
	snprintf(dir, sizeof(dir), "%s/.config/tierwatch", home);
	rmdir(dir);
	snprintf(dir, sizeof(dir), "%s/.config", home);
	rmdir(dir);
	rmdir(home);
}

START_TEST(defaults)
{
	struct err e = { 0 };

	ck_assert_int_eq(settings_read(&s, &none, &e), RC_OK);
	ck_assert_str_eq(s.url, "http://127.0.0.1:8650");
	ck_assert_str_eq(s.token, "");
}
END_TEST

START_TEST(order_of_sources)
{
	struct err e = { 0 };

	write_file(config, "# mine\nurl = http://file:1\ntoken = from-file\nlang = ja\n");
	ck_assert_int_eq(settings_read(&s, &none, &e), RC_OK);
	ck_assert_str_eq(s.url, "http://file:1");
	ck_assert_str_eq(s.token, "from-file");
	ck_assert_str_eq(s.lang, "ja");
	setenv("TIERWATCH_URL", "http://env:2", 1);
	setenv("TIERWATCH_TOKEN", "from-env", 1);
	ck_assert_int_eq(settings_read(&s, &none, &e), RC_OK);
	ck_assert_str_eq(s.url, "http://env:2");
	ck_assert_str_eq(s.token, "from-env");
	given.opt[OPT_URL] = "http://opt:3";
	given.opt[OPT_TOKEN] = "from-option";
	ck_assert_int_eq(settings_read(&s, &given, &e), RC_OK);
	ck_assert_str_eq(s.url, "http://opt:3");
	ck_assert_str_eq(s.token, "from-option");
}
END_TEST

START_TEST(token_files)
{
	struct err e = { 0 };

	write_file(config, "token = from-file\n");
	write_file(token_file, "secret \n");
	given.opt[OPT_TOKEN_FILE] = token_file;
	ck_assert_int_eq(settings_read(&s, &given, &e), RC_OK);
	ck_assert_str_eq(s.token, "");
	ck_assert_int_eq(settings_token(&s, &e), RC_OK);
	ck_assert_str_eq(s.token, "secret");
	write_file(token_file, "\n");
	ck_assert_int_eq(settings_read(&s, &given, &e), RC_OK);
	ck_assert_int_eq(settings_token(&s, &e), RC_USAGE);
	unlink(token_file);
	ck_assert_int_eq(settings_token(&s, &e), RC_IO);
}
END_TEST

START_TEST(mistakes_name_the_line)
{
	struct err e = { 0 };

	write_file(config, "url = http://x\ncolour = red\n");
	ck_assert_int_ne(settings_read(&s, &none, &e), RC_OK);
	ck_assert_uint_eq(e.line, 2);
}
END_TEST

START_TEST(languages)
{
	enum lang l;

	ck_assert(settings_lang(NULL, "", &l) && l == LANG_EN);
	setenv("LANG", "ja_JP.UTF-8", 1);
	ck_assert(settings_lang(NULL, "", &l) && l == LANG_JA);
	setenv("LC_ALL", "C", 1);
	ck_assert(settings_lang(NULL, "", &l) && l == LANG_EN);
	ck_assert(settings_lang(NULL, "ja", &l) && l == LANG_JA);
	ck_assert(settings_lang("en", "ja", &l) && l == LANG_EN);
	ck_assert(!settings_lang("fr", "", &l));
}
END_TEST

START_TEST(outputs)
{
	enum cli_output o;

	ck_assert(settings_output("csv", &o) && o == OUT_CSV);
	ck_assert(settings_output("table", &o) && o == OUT_TABLE);
	ck_assert(!settings_output("xml", &o));
}
END_TEST

Suite *settings_suite(void)
{
	Suite *suite = suite_create("cli/settings");
	TCase *tc = tcase_create("settings");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, defaults);
	tcase_add_test(tc, order_of_sources);
	tcase_add_test(tc, token_files);
	tcase_add_test(tc, mistakes_name_the_line);
	tcase_add_test(tc, languages);
	tcase_add_test(tc, outputs);
	suite_add_tcase(suite, tc);
	return suite;
}
