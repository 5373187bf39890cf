/* test_fields.c - FIELD=VALUE arguments as JSON. */
#include "tests/cli/suites.h"

#include "base/util.h"
#include "cli/fields.h"
#include "cli/out.h"

static const struct {
	const char *args[4];
	const char *json; /* NULL: refused */
	enum msg msg;
} cases[] = {
	{ { "name=株式会社みほん" }, "{\"name\":\"株式会社みほん\"}", M_NONE },
	{ { "name=true", "note=12" }, "{\"name\":\"true\",\"note\":\"12\"}", M_NONE },
	{ { "name=a=b" }, "{\"name\":\"a=b\"}", M_NONE },
	{ { "confidential=true", "continuity=false" },
	  "{\"confidential\":true,\"continuity\":false}", M_NONE },
	{ { "confidential=null" }, "{\"confidential\":null}", M_NONE },
	{ { "confidential=maybe" }, "{\"confidential\":\"maybe\"}", M_NONE },
	{ { "confidential=" }, "{\"confidential\":null}", M_NONE },
	{ { "required_level=4" }, "{\"required_level\":4}", M_NONE },
	{ { "required_level=four" }, "{\"required_level\":\"four\"}", M_NONE },
	{ { "required_level=[4]" }, "{\"required_level\":\"[4]\"}", M_NONE },
	{ { "dependency=0.1" }, "{\"dependency\":0.1}", M_NONE },
	{ { "annual_spend=99999999999999999999" },
	  "{\"annual_spend\":\"99999999999999999999\"}", M_NONE },
	{ { "aliases=A;B;;C" }, "{\"aliases\":[\"A\",\"B\",\"C\"]}", M_NONE },
	{ { "self_assessments=2028-04-01" }, "{\"self_assessments\":[\"2028-04-01\"]}", M_NONE },
	{ { "contacts=[{\"role\":\"r\"}]" }, "{\"contacts\":[{\"role\":\"r\"}]}", M_NONE },
	{ { "x:={\"a\":[1,null]}" }, "{\"x\":{\"a\":[1,null]}}", M_NONE },
	{ { "contacts=[{" }, NULL, M_FIELD_JSON },
	{ { "x:=" }, NULL, M_FIELD_JSON },
	{ { "x:={\"a\":1,\"a\":2}" }, NULL, M_FIELD_JSON },
	{ { "name" }, NULL, M_FIELD_SYNTAX },
	{ { "=x" }, NULL, M_FIELD_SYNTAX },
	{ { ":=1" }, NULL, M_FIELD_SYNTAX },
	{ { "name=a", "name=b" }, NULL, M_FIELD_TWICE },
	{ { "name=", "name=b" }, NULL, M_FIELD_TWICE },
	{ { "name=\xff" }, NULL, M_FIELD_TEXT },
	{ { NULL }, "{}", M_NONE },
};

START_TEST(parse)
{
	struct fields_error e;
	struct buf b = BUF_INIT;
	size_t n = 0;
	json_t *o;

	while (cases[_i].args[n])
		n++;
	o = fields_parse(cases[_i].args, n, &e);
	if (cases[_i].json) {
		ck_assert_ptr_nonnull(o);
		buf_json(&b, o);
		buf_addc(&b, '\0');
		ck_assert_str_eq(b.p, cases[_i].json);
	} else {
		ck_assert_ptr_null(o);
		ck_assert_int_eq(e.msg, cases[_i].msg);
	}
	buf_done(&b);
	json_decref(o);
}
END_TEST

START_TEST(put_drops_nulls)
{
	json_t *o = json_pack("{s:n,s:i,s:n,s:s}", "a", "b", 1, "c", "d", "x");
	json_t *p = fields_without_null(o);

	ck_assert_uint_eq(json_object_size(o), 4);
	ck_assert_uint_eq(json_object_size(p), 2);
	ck_assert_ptr_nonnull(json_object_get(p, "b"));
	ck_assert_ptr_nonnull(json_object_get(p, "d"));
	json_decref(o);
	json_decref(p);
}
END_TEST

Suite *fields_suite(void)
{
	Suite *s = suite_create("cli/fields");
	TCase *tc = tcase_create("fields");

	tcase_add_loop_test(tc, parse, 0, ARRAY_LEN(cases));
	tcase_add_test(tc, put_drops_nulls);
	suite_add_tcase(s, tc);
	return s;
}
