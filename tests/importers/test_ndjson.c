/* test_ndjson.c - one object a line: kinds, keys, fields, errors with their line. */
#include <stdlib.h>

#include "base/util.h"
#include "tests/importers/harness.h"

#define P "JP-JCN-7000012050002"
#define S "JP-JCN-4000012090001"

START_TEST(every_kind)
{
	EXPECT(IK_AUTO,
	       "{\"kind\":\"org\",\"id\":\"7000012050002\",\"name\":\"国税庁\",\"note\":null}\n"
	       "{\"kind\":\"link\",\"procurer\":\"" P "\",\"supplier\":\"" S "\",\"due\":\"2027-03-31\"}\n"
	       "\n"
	       "{\"kind\":\"certificate\",\"org\":\"" S "\",\"certificate\":\"c\",\"level\":3}\r\n"
	       "{\"kind\":\"clause\",\"procurer\":\"" P "\",\"supplier\":\"" S "\",\"no\":\"2-1-1\","
	       "\"status\":\"missing\"}\n"
	       "{\"kind\":\"contact\",\"org\":\"" S "\",\"email\":\"a@b\",\"role\":null}\n"
	       "{\"kind\":\"targets\",\"org\":\"" P "\",\"own_level\":4,\"tiers\":{\"2\":3}}",
	       "1 org " P " stubs name='国税庁' note=-\n"
	       "2 link " P " " S " stubs due=2027-03-31\n"
	       "4 certificate " S " c stubs level=3\n"
	       "5 clause " P " " S " 2-1-1 status=missing\n"
	       "6 org " S " contact exist <||a@b|||>\n"
	       "7 targets " P " own_level=4 tiers=0203\n");
}
END_TEST

START_TEST(organisations_have_a_kind_too)
{
	EXPECT(IK_ORGS, "{\"id\":\"" P "~x\",\"kind\":\"site\",\"parent\":\"" P "\"}\n",
	       "1 org " P "~x stubs kind=site parent='" P "'\n");
	EXPECT(IK_AUTO, "{\"kind\":\"org\",\"org_kind\":\"site\",\"id\":\"" P "~x\"}\n",
	       "1 org " P "~x stubs kind=site\n");
	EXPECT(IK_AUTO, "{\"kind\":\"org\",\"org_kind\":\"house\",\"id\":\"" P "~x\"}\n",
	       "!1:0 bad-value org_kind house\n");
	EXPECT(IK_AUTO, "{\"kind\":\"site\",\"id\":\"" P "~x\"}\n", "!1:0 bad-value kind site\n");
	EXPECT(IK_AUTO, "{\"id\":\"" P "\"}\n", "!1:0 required kind kind\n");
}
END_TEST

START_TEST(links_by_code)
{
	struct import_params p = { .procurer = P };

	expect_import(&p, VIEW_LIT("{\"kind\":\"link\",\"supplier_code\":\"A1\",\"due\":null}\n"),
		      "1 link " P " A1 stubs code due=- supplier_code='A1'\n");
	EXPECT(IK_AUTO, "{\"kind\":\"link\",\"procurer\":\"" P "\"}\n",
	       "!1:0 required supplier supplier\n");
	EXPECT(IK_AUTO, "{\"kind\":\"link\",\"supplier\":\"" S "\"}\n",
	       "!1:0 required procurer procurer\n");
}
END_TEST

START_TEST(derived_fields_are_passed_over)
{
	EXPECT(IK_AUTO,
	       "{\"kind\":\"org\",\"id\":\"" P "\",\"held\":4,\"held_until\":null,\"stub\":true,"
	       "\"suppliers\":1}\n",
	       "1 org " P " stubs\n");
}
END_TEST

START_TEST(contacts_of_an_organisation)
{
	EXPECT(IK_AUTO,
	       "{\"kind\":\"org\",\"id\":\"" P "\",\"contacts\":[{\"email\":\"a@b\"},{\"name\":\"x\"}]}\n"
	       "{\"kind\":\"org\",\"id\":\"" P "\",\"contacts\":[]}\n",
	       "1 org " P " stubs <||a@b|||> <|x||||>\n"
	       "2 org " P " stubs contacts=-\n");
}
END_TEST

START_TEST(bad_lines)
{
	EXPECT(IK_AUTO,
	       "{\"kind\":\"org\",\"id\":\"" P "\",\"foo\":1}\n"
	       "{\"kind\":\"org\"\n"
	       "{\"kind\":\"org\",\"id\":\"x\"}\n"
	       "{\"kind\":\"org\",\"id\":5}\n"
	       "{\"kind\":\"link\",\"procurer\":\"" P "\",\"supplier\":\"" S "\",\"due\":\"x\"}\n"
	       "[1]\n"
	       "{\"kind\":\"org\",\"id\":\"" P "\",\"id\":\"" P "\"}\n",
	       "!1:0 unknown-field foo foo\n"
	       "!2:13 bad-json - '}' expected near end of file\n"
	       "!3:0 bad-id id x\n"
	       "!4:0 wrong-type id string\n"
	       "!5:0 bad-date due x\n"
	       "!6:0 wrong-type - object\n"
	       "!7:46 bad-json - duplicate object key near '\"id\"'\n");
}
END_TEST

START_TEST(limits)
{
	AUTO(buf_done) struct buf in = BUF_INIT;

	buf_adds(&in, "{\"a\":");
	for (int i = 0; i < 40; i++)
		buf_addc(&in, '[');
	buf_adds(&in, "\n{\"kind\":\"org\",\"id\":\"" P "\",\"note\":\"");
	for (int i = 0; i < (1 << 20); i++)
		buf_addc(&in, 'x');
	buf_adds(&in, "\"}\n{\"kind\":\"org\",\"id\":\"" P "\"}");
	expect_import(&(struct import_params){ 0 }, buf_view(&in),
		      "!1:0 bad-json - nested deeper than 16\n!2:0 too-large - 1 MB\n3 org " P " stubs\n");
}
END_TEST

Suite *ndjson_suite(void)
{
	Suite *s = suite_create("ndjson");
	TCase *t = tcase_create("ndjson");

	tcase_add_test(t, every_kind);
	tcase_add_test(t, organisations_have_a_kind_too);
	tcase_add_test(t, links_by_code);
	tcase_add_test(t, derived_fields_are_passed_over);
	tcase_add_test(t, contacts_of_an_organisation);
	tcase_add_test(t, bad_lines);
	tcase_add_test(t, limits);
	suite_add_tcase(s, t);
	return s;
}
