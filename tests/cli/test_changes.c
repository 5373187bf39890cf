/* test_changes.c - the words of simulate as JSON. */
#include "tests/cli/suites.h"

#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "cli/changes.h"
#include "cli/out.h"

#define LINK(op, more) "{\"op\":\"" op "\",\"procurer\":\"XX-LOCAL-P\",\"supplier\":\"XX-LOCAL-S\"" more "}"

static const struct {
	const char *word;
	const char *json; /* NULL: refused */
	enum msg msg;
	const char *more; /* the file, or what the error is about */
} cases[] = {
	{ "held:XX-LOCAL-S=0", "{\"op\":\"set-held\",\"org\":\"XX-LOCAL-S\",\"held_level\":0}", M_NONE, NULL },
	{ "held:T8999900000001=3", "{\"op\":\"set-held\",\"org\":\"JP-JCN-8999900000001\",\"held_level\":3}", M_NONE, NULL },
	{ "held:XX-LOCAL-S=four", "{\"op\":\"set-held\",\"org\":\"XX-LOCAL-S\",\"held_level\":\"four\"}", M_NONE, NULL },
	{ "held:XX-LOCAL-S=", NULL, M_CHANGE_SYNTAX, "held:XX-LOCAL-S=" },
	{ "held:XX-LOCAL-S", NULL, M_CHANGE_SYNTAX, "held:XX-LOCAL-S" },
	{ "held:=3", NULL, M_CHANGE_SYNTAX, "held:=3" },
	{ "held:\xff=3", NULL, M_FIELD_TEXT, "held:\xff=3" },
	{ "held:XX-LOCAL-S=\xff", NULL, M_FIELD_TEXT, "held:XX-LOCAL-S=\xff" },
	{ "drop:XX-LOCAL-P/XX-LOCAL-S", LINK("drop-link", ""), M_NONE, NULL },
	{ "drop:8999900000001/XX-LOCAL-S", "{\"op\":\"drop-link\",\"procurer\":\"JP-JCN-8999900000001\",\"supplier\":\"XX-LOCAL-S\"}", M_NONE, NULL },
	{ "drop:XX-LOCAL-P/XX-LOCAL-S,due=2028-03-31", NULL, M_CHANGE_SYNTAX, "drop:XX-LOCAL-P/XX-LOCAL-S,due=2028-03-31" },
	{ "drop:XX-LOCAL-P", NULL, M_CHANGE_SYNTAX, "drop:XX-LOCAL-P" },
	{ "drop:XX-LOCAL-P/", NULL, M_CHANGE_SYNTAX, "drop:XX-LOCAL-P/" },
	{ "drop:/XX-LOCAL-S", NULL, M_CHANGE_SYNTAX, "drop:/XX-LOCAL-S" },
	{ "drop:XX-LOCAL-P/\xff", NULL, M_FIELD_TEXT, "drop:XX-LOCAL-P/\xff" },
	{ "add:XX-LOCAL-P/XX-LOCAL-S", LINK("add-link", ""), M_NONE, NULL },
	{ "add:XX-LOCAL-P/XX-LOCAL-S,required_level=4,due=,note=a, b", LINK("add-link", ",\"required_level\":4,\"note\":\"a, b\""), M_NONE, NULL },
	{ "add:XX-LOCAL-P/XX-LOCAL-S,", NULL, M_FIELD_SYNTAX, "" },
	{ "add:XX-LOCAL-P,due=2028-03-31/x", NULL, M_CHANGE_SYNTAX, "add:XX-LOCAL-P,due=2028-03-31/x" },
	{ "set:XX-LOCAL-P/XX-LOCAL-S,due=2028-03-31,confidential=true", LINK("set-link", ",\"due\":\"2028-03-31\",\"confidential\":true"), M_NONE, NULL },
	{ "set:XX-LOCAL-P/XX-LOCAL-S,due=", LINK("set-link", ",\"due\":null"), M_NONE, NULL },
	{ "set:XX-LOCAL-P/XX-LOCAL-S,grants:=[{\"viewer\":\"V\",\"form\":\"named\"}],note=x/y",
	  LINK("set-link", ",\"grants\":[{\"viewer\":\"V\",\"form\":\"named\"}],\"note\":\"x/y\""), M_NONE, NULL },
	{ "set:XX-LOCAL-P/XX-LOCAL-S", NULL, M_CHANGE_SYNTAX, "set:XX-LOCAL-P/XX-LOCAL-S" },
	{ "set:XX-LOCAL-P/XX-LOCAL-S,due", NULL, M_FIELD_SYNTAX, "due" },
	{ "set:XX-LOCAL-P/XX-LOCAL-S,due=a,due=b", NULL, M_FIELD_TWICE, "due=b" },
	{ "set:XX-LOCAL-P/XX-LOCAL-S,op=drop-link", NULL, M_FIELD_TWICE, "op" },
	{ "set:XX-LOCAL-P/XX-LOCAL-S,supplier=X", NULL, M_FIELD_TWICE, "supplier" },
	{ "set:XX-LOCAL-P/XX-LOCAL-S,grants=[{", NULL, M_FIELD_JSON, "grants=[{" },
	{ "targets:none", "{\"op\":\"set-targets\",\"targets\":null}", M_NONE, NULL },
	{ "targets:-", "{\"op\":\"set-targets\",\"targets\":null}", M_NONE, "-" },
	{ "targets:a:b.json", "{\"op\":\"set-targets\",\"targets\":null}", M_NONE, "a:b.json" },
	{ "targets:", NULL, M_CHANGE_SYNTAX, "targets:" },
	{ "lapse:XX-LOCAL-S", NULL, M_CHANGE_SYNTAX, "lapse:XX-LOCAL-S" },
	{ "held", NULL, M_CHANGE_SYNTAX, "held" },
	{ "", NULL, M_CHANGE_SYNTAX, "" },
};

START_TEST(parse)
{
	struct change_error e;
	const char *file;
	json_t *o = change_parse(cases[_i].word, &file, &e);
	json_t *want = cases[_i].json ? json_loads(cases[_i].json, 0, NULL) : NULL;

	ck_assert_msg(!cases[_i].json || want, "the case itself: %s", cases[_i].json);
	ck_assert_msg(want ? json_equal(o, want) : !o, "%s", cases[_i].word);
	ck_assert_int_eq(e.msg, cases[_i].msg);
	if (!want)
		ck_assert_str_eq(e.arg, cases[_i].more);
	else if (cases[_i].more)
		ck_assert_str_eq(file, cases[_i].more);
	else
		ck_assert_ptr_null(file);
	json_decref(o);
	json_decref(want);
}
END_TEST

START_TEST(long_words_are_refused_and_told_short)
{
	char word[2000] = "set:A/B";
	struct change_error e;
	const char *file;

	for (size_t n = strlen(word), i = 0; n + 8 < sizeof(word); i++)
		n += (size_t)snprintf(word + n, sizeof(word) - n, ",f%c=%zu", (int)('a' + i % 26), i);
	ck_assert_ptr_null(change_parse(word, &file, &e));
	ck_assert_int_eq(e.msg, M_TOO_MANY_ARGS);
	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	ck_assert_ptr_null(change_parse(word, &file, &e));
	ck_assert_uint_eq(strlen(e.arg), sizeof(e.arg) - 1);
}
END_TEST

Suite *changes_suite(void)
{
	Suite *s = suite_create("cli/changes");
	TCase *tc = tcase_create("changes");

	tcase_add_loop_test(tc, parse, 0, ARRAY_LEN(cases));
	tcase_add_test(tc, long_words_are_refused_and_told_short);
	suite_add_tcase(s, tc);
	return s;
}
