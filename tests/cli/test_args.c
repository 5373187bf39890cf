/* test_args.c - the command line against the table of verbs. */
#include "tests/cli/suites.h"

#include <string.h>

#include "base/util.h"
#include "cli/args.h"
#include "cli/verbs.h"

static struct args a;
static struct args_error e;

static bool parse(const char *const *words)
{
	char *argv[300] = { (char[]){ "tierwatch" } };
	int argc = 1;

	for (; *words; words++)
		argv[argc++] = (char *)(uintptr_t)*words;
	return args_parse(argc, argv, &a, &e);
}
#define PARSE(...) parse((const char *const[]){ __VA_ARGS__, NULL })

START_TEST(options_stand_anywhere)
{
	ck_assert(PARSE("--url=http://x", "gaps", "-o", "json", "P1", "--depth", "3", "-q"));
	ck_assert_str_eq(a.verb->noun, "gaps");
	ck_assert_uint_eq(a.n_pos, 1);
	ck_assert_str_eq(a.pos[0], "P1");
	ck_assert_str_eq(a.opt[OPT_URL], "http://x");
	ck_assert_str_eq(a.opt[OPT_OUTPUT], "json");
	ck_assert_str_eq(a.opt[OPT_DEPTH], "3");
	ck_assert(args_has(&a, OPT_QUIET));
	ck_assert(!args_has(&a, OPT_ON));
}
END_TEST

START_TEST(short_ones_may_be_joined)
{
	ck_assert(PARSE("status", "-qojson"));
	ck_assert(args_has(&a, OPT_QUIET));
	ck_assert_str_eq(a.opt[OPT_OUTPUT], "json");
}
END_TEST

START_TEST(two_word_verbs)
{
	ck_assert(PARSE("org", "--lang", "ja", "set", "ID", "name=--x", "note=a b"));
	ck_assert_str_eq(a.verb->action, "set");
	ck_assert_uint_eq(a.n_pos, 3);
	ck_assert_str_eq(a.pos[1], "name=--x");
}
END_TEST

START_TEST(double_dash_ends_options)
{
	ck_assert(PARSE("org", "show", "--", "--weird"));
	ck_assert_str_eq(a.pos[0], "--weird");
	ck_assert(PARSE("import", "-", "--kind", "links"));
	ck_assert_str_eq(a.pos[0], "-");
}
END_TEST

START_TEST(tiers_repeat)
{
	ck_assert(PARSE("target", "set", "P", "--tier", "2=3", "--tier=3=4"));
	ck_assert_uint_eq(a.n_tiers, 2);
	ck_assert_str_eq(a.tiers[0], "2=3");
	ck_assert_str_eq(a.tiers[1], "3=4");
}
END_TEST

START_TEST(raw_verbs_pass_everything_on)
{
	ck_assert(PARSE("check", "DIR", "--depth", "-x", "--", "y"));
	ck_assert_uint_eq(a.n_pos, 5);
	ck_assert_str_eq(a.pos[1], "--depth");
	ck_assert(PARSE("check", "--help"));
	ck_assert(args_has(&a, OPT_HELP));
}
END_TEST

START_TEST(help_needs_nothing_else)
{
	ck_assert(PARSE("org", "set", "--help"));
	ck_assert(PARSE("org", "--help"));
	ck_assert_ptr_null(a.verb);
	ck_assert_str_eq(a.noun, "org");
	ck_assert(PARSE("--version"));
}
END_TEST

static const struct {
	const char *words[6];
	enum msg msg;
	const char *hint;
} wrong[] = {
	{ { "gpas", "P" }, M_VERB_UNKNOWN, "gaps" },
	{ { "expsure", "P" }, M_VERB_UNKNOWN, "exposure" },
	{ { "zzzzzzzz" }, M_VERB_UNKNOWN, "" },
	{ { "org", "lst" }, M_ACTION_UNKNOWN, "org list" },
	{ { "org", "" }, M_ACTION_UNKNOWN, "" },
	{ { "org" }, M_ACTION_MISSING, "" },
	{ { "gaps" }, M_ARGS_MISSING, "" },
	{ { "gaps", "P", "Q" }, M_ARGS_SURPLUS, "" },
	{ { "gaps", "P", "--cascade" }, M_OPT_NOT_HERE, "" },
	{ { "gaps", "P", "--nope" }, M_OPT_UNKNOWN, "" },
	{ { "gaps", "P", "-Z" }, M_OPT_UNKNOWN, "" },
	{ { "gaps", "P", "--dep", "3" }, M_OPT_UNKNOWN, "" },
	{ { "gaps", "P", "--depth" }, M_OPT_NEEDS_VALUE, "" },
	{ { "gaps", "P", "--all=yes" }, M_OPT_NO_VALUE, "" },
};

START_TEST(mistakes)
{
	ck_assert(!parse(wrong[_i].words));
	ck_assert_int_eq(e.msg, wrong[_i].msg);
	ck_assert_str_eq(e.hint, wrong[_i].hint);
}
END_TEST

START_TEST(too_many_words)
{
	const char *words[ARGS_MAX_POS + 5] = { "org", "set" };

	for (size_t i = 2; i < ARGS_MAX_POS + 4; i++)
		words[i] = "a=b";
	ck_assert(!parse(words));
	ck_assert_int_eq(e.msg, M_TOO_MANY_ARGS);
}
END_TEST

START_TEST(table_is_sound)
{
	for (size_t i = 0; i < verbs_count; i++) {
		const struct verb *v = &verbs[i];

		ck_assert_ptr_eq(verb_find(v->noun, v->action), v);
		ck_assert(v->run != NULL);
		ck_assert_uint_le(v->min, v->max);
		ck_assert_msg(strncmp(v->example, "tierwatch ", 10) == 0, "%s", v->example);
		ck_assert_ptr_nonnull(strstr(v->example, v->noun));
		ck_assert_uint_eq(v->opts & ((UINT64_C(1) << OPT__GLOBAL_COUNT) - 1), 0);
		/* the actions of a noun stand together: help and completion rely on it */
		if (i > 0 && strcmp(v->noun, verbs[i - 1].noun) != 0)
			for (size_t k = 0; k < i; k++)
				ck_assert_str_ne(v->noun, verbs[k].noun);
	}
}
END_TEST

Suite *args_suite(void)
{
	Suite *s = suite_create("cli/args");
	TCase *tc = tcase_create("args");

	tcase_add_test(tc, options_stand_anywhere);
	tcase_add_test(tc, short_ones_may_be_joined);
	tcase_add_test(tc, two_word_verbs);
	tcase_add_test(tc, double_dash_ends_options);
	tcase_add_test(tc, tiers_repeat);
	tcase_add_test(tc, raw_verbs_pass_everything_on);
	tcase_add_test(tc, help_needs_nothing_else);
	tcase_add_loop_test(tc, mistakes, 0, ARRAY_LEN(wrong));
	tcase_add_test(tc, too_many_words);
	tcase_add_test(tc, table_is_sound);
	suite_add_tcase(s, tc);
	return s;
}
