/* test_json.c - JSON objects to field lists: every type, pointers of errors, null, ignored names. */
#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"
#include "graph/contacts.h"
#include "importers/json_fields.h"
#include "tests/importers/harness.h"

#define P "JP-JCN-7000012050002"

/* " field=value …", or "code pointer argument". */
static void expect(enum ent ent, bool merge, const char *text, const char *want)
{
	static const char *const ignored[] = { "held", NULL };
	AUTO(buf_done) struct buf fields = BUF_INIT;
	AUTO(buf_done) struct buf contacts = BUF_INIT;
	AUTO(buf_done) struct buf out = BUF_INIT;
	struct err e = { 0 };
	json_t *obj = NULL;
	enum rc rc = json_parse(view_str(text), &obj, &e);

	if (!rc)
		rc = json_to_fields(ent, obj, merge, ignored, &fields, &contacts, &e);
	json_decref(obj);
	if (rc) {
		ck_assert_uint_eq(fields.n + contacts.n, 0);
		buf_addf(&out, "%s %s %s", rc_code(rc), e.field[0] ? e.field : "-", e.arg);
	} else {
		show_fields(&out, ent, buf_view(&fields));
		if (contacts.n)
			buf_adds(&out, " +contacts");
	}
	buf_addc(&out, '\0');
	ck_assert_msg(strcmp(out.p, want) == 0, "%s\ngot    %s\nwanted %s", text, out.p, want);
}
#define PUT(ent, text, want) expect(ENT_##ent, false, text, want)
#define MERGE(ent, text, want) expect(ENT_##ent, true, text, want)

START_TEST(scalars)
{
	PUT(LINK, "{\"required_level\":3,\"due\":\"2027-03-31\",\"confidential\":true,"
		  "\"criticality\":\"low\",\"dependency\":0.85,\"note\":\"x\"}",
	    " required_level=3 due=2027-03-31 criticality=low confidential=yes dependency=8500"
	    " note='x'");
	PUT(LINK, "{}", "");
	PUT(ORG, "{\"name\":\"\"}", "bad-value name at least 1 characters");
	PUT(ORG, "{\"note\":\"\"}", " note=''");
}
END_TEST

START_TEST(null_clears_or_is_absent)
{
	PUT(LINK, "{\"due\":null,\"grants\":null}", "");
	MERGE(LINK, "{\"due\":null,\"grants\":null}", " due=- grants=-");
}
END_TEST

START_TEST(names)
{
	PUT(LINK, "{\"dew\":1}", "unknown-field dew dew");
	PUT(LINK, "{\"held\":\"whatever\",\"spend_year\":true}", "");
	PUT(LINK, "[]", "wrong-type - object");
}
END_TEST

START_TEST(wrong_types)
{
	PUT(LINK, "{\"required_level\":3.0}", "wrong-type required_level integer");
	PUT(LINK, "{\"required_level\":\"3\"}", "wrong-type required_level integer");
	PUT(LINK, "{\"required_level\":true}", "wrong-type required_level integer");
	PUT(LINK, "{\"confidential\":1}", "wrong-type confidential true or false");
	PUT(LINK, "{\"note\":5}", "wrong-type note string");
	PUT(LINK, "{\"due\":20270331}", "wrong-type due string YYYY-MM-DD");
	PUT(LINK, "{\"due\":\"2027/03/31\"}", "bad-date due 2027/03/31");
	PUT(LINK, "{\"criticality\":\"High\"}", "bad-value criticality High (high, medium, low)");
	PUT(LINK, "{\"grants\":{}}", "wrong-type grants list");
	PUT(ORG, "{\"parent\":\"x\"}", "bad-id parent x");
	PUT(LINK, "{\"required_level\":6}", "out-of-range required_level 6 (0-5)");
	PUT(LINK, "{\"spend_currency\":\"US\"}", "bad-value spend_currency at least 3 characters");
}
END_TEST

START_TEST(four_decimals)
{
	PUT(LINK, "{\"dependency\":0}", " dependency=0");
	PUT(LINK, "{\"dependency\":1}", " dependency=10000");
	PUT(LINK, "{\"dependency\":0.1}", " dependency=1000");
	PUT(LINK, "{\"dependency\":0.0001}", " dependency=1");
	PUT(LINK, "{\"dependency\":0.9999}", " dependency=9999");
	PUT(LINK, "{\"dependency\":0.00005}", "bad-value dependency 5e-05 has more than 4 decimals");
	PUT(LINK, "{\"dependency\":1.00001}", "bad-value dependency 1.00001 has more than 4 decimals");
	PUT(LINK, "{\"dependency\":1.5}", "out-of-range dependency 15000 (0-10000)");
	PUT(LINK, "{\"dependency\":\"0.5\"}", "wrong-type dependency number");
	PUT(LINK, "{\"spend_amount\":123456789.25}", " spend_amount=1234567892500");
	PUT(LINK, "{\"spend_amount\":99999999999999}", " spend_amount=999999999999990000");
	PUT(LINK, "{\"spend_amount\":9e300}", "out-of-range spend_amount 9e+300");
}
END_TEST

/* Every step of the unit interval is read back exactly. */
START_TEST(all_dependencies)
{
	for (int i = 0; i <= 10000; i++) {
		char text[64], want[64];

		snprintf(text, sizeof(text), "{\"dependency\":%d.%04d}", i / 10000, i % 10000);
		snprintf(want, sizeof(want), " dependency=%d", i);
		PUT(LINK, text, want);
	}
}
END_TEST

START_TEST(grants)
{
	PUT(LINK, "{\"grants\":[{\"viewer\":\"" P "\",\"form\":\"named\",\"until\":\"2027-01-01\"},"
		  "{\"viewer\":\"XX-LOCAL-a\",\"form\":\"anonymous\",\"until\":null}]}",
	    " grants=(" P " 0 2027-01-01)(XX-LOCAL-a 1 )");
	PUT(LINK, "{\"grants\":[]}", " grants=");
	PUT(LINK, "{\"grants\":[{\"form\":\"named\"}]}", "required grants/0/viewer viewer");
	PUT(LINK, "{\"grants\":[{\"viewer\":\"XX-LOCAL-a\"}]}", "required grants/0/form form");
	PUT(LINK, "{\"grants\":[{\"viewer\":\"XX-LOCAL-a\",\"form\":\"named\"},{\"viewer\":\"?\"}]}",
	    "bad-id grants/1/viewer ?");
	PUT(LINK, "{\"grants\":[{\"viewer\":\"XX-LOCAL-a\",\"form\":\"full\"}]}",
	    "bad-value grants/0/form full");
	PUT(LINK, "{\"grants\":[{\"viewer\":\"XX-LOCAL-a\",\"form\":\"named\",\"till\":1}]}",
	    "unknown-field grants/0/till till");
	PUT(LINK, "{\"grants\":[5]}", "wrong-type grants/0 object");
}
END_TEST

START_TEST(lists)
{
	PUT(ORG, "{\"aliases\":[\"XX-LOCAL-b\",\"XX-LOCAL-a\"]}", " aliases=XX-LOCAL-b;XX-LOCAL-a;");
	PUT(ORG, "{\"aliases\":[\"XX-LOCAL-b\",\"a b\"]}", "bad-id aliases/1 a b");
	PUT(ORG, "{\"aliases\":[1]}", "wrong-type aliases/0 string");
	PUT(CERT, "{\"self_assessments\":[\"2029-01-01\",\"2028-01-01\",\"2029-01-01\"]}",
	    " self_assessments=2028-01-01;2029-01-01");
	PUT(CERT, "{\"self_assessments\":[\"2029-01-01\",\"x\"]}", "bad-date self_assessments/1 x");
}
END_TEST

START_TEST(contacts)
{
	PUT(ORG, "{\"contacts\":[{\"role\":\"r\",\"email\":\"a@b\",\"lang\":\"ja\"}]}", " +contacts");
	PUT(ORG, "{\"contacts\":[]}", "");
	MERGE(ORG, "{\"contacts\":null}", " contacts=-");
	MERGE(ORG, "{\"contacts\":[]}", " contacts=-");
	PUT(ORG, "{\"contacts\":[{},{\"email\":\"a\"}]}", "bad-value contacts/1/email a…");
	PUT(ORG, "{\"contacts\":[{\"email\":\"a@b\\r\\nBcc: c@d\"}]}",
	    "bad-value contacts/0/email a…");
	PUT(ORG, "{\"contacts\":[{\"lang\":\"fr\"}]}", "bad-value contacts/0/lang fr");
	PUT(ORG, "{\"contacts\":[{\"fax\":\"1\"}]}", "unknown-field contacts/0/fax fax");
}
END_TEST

START_TEST(shaped_json)
{
	PUT(CLAUSE, "{\"documents\":[{\"title\":\"t\",\"reference\":\"r\",\"signed_on\":null}]}",
	    " documents='[{\"reference\":\"r\",\"title\":\"t\"}]'");
	PUT(CLAUSE, "{\"duties\":{\"supplier\":\"s\"}}", " duties='{\"supplier\":\"s\"}'");
	PUT(CLAUSE, "{\"documents\":[]}", " documents='[]'");
	PUT(CLAUSE, "{\"documents\":{}}", "wrong-type documents list");
	PUT(CLAUSE, "{\"duties\":[]}", "wrong-type duties object");
	PUT(CLAUSE, "{\"documents\":[{},{\"foo\":\"r\"}]}", "unknown-field documents/1/foo foo");
	PUT(CLAUSE, "{\"documents\":[{\"title\":1}]}", "wrong-type documents/0/title string");
	PUT(CLAUSE, "{\"documents\":[{\"signed_on\":\"1.2.3\"}]}", "bad-date documents/0/signed_on 1.2.3");
	PUT(CLAUSE, "{\"duties\":{\"third\":\"s\"}}", "unknown-field duties/third third");
}
END_TEST

START_TEST(rules)
{
	/* when bits, booleans, criticality; level; due: none */
	PUT(TARGETS, "{\"rules\":[]}", " rules=");
	PUT(TARGETS, "{\"rules\":[{\"level\":3}]}", " rules=0003ffffffff0f");
	PUT(TARGETS, "{\"rules\":[{\"when\":{\"confidential\":true,\"criticality\":\"low\"},\"level\":4,"
		     "\"due\":\"1970-01-02\"}]}",
	    " rules=1101020402");
	PUT(TARGETS, "{\"rules\":[{\"when\":{\"annual_spend_min\":5,\"department\":\"a\"},\"level\":1,"
		     "\"due\":\"1970-01-01\"}]}",
	    " rules=c0010161050100");
	PUT(TARGETS, "{\"rules\":[{\"when\":{\"colour\":1},\"level\":3}]}",
	    "unknown-field rules/0/when/colour colour");
	PUT(TARGETS, "{\"rules\":[{\"when\":{}}]}", "required rules/0/level level");
	PUT(TARGETS, "{\"rules\":[{\"level\":6}]}", "out-of-range rules/0/level 6 (0-5)");
	PUT(TARGETS, "{\"rules\":[{\"level\":3,\"due\":\"x\"}]}", "bad-date rules/0/due x");
	PUT(TARGETS, "{\"rules\":[{\"level\":3,\"when\":{\"relation\":\"x\"}}]}",
	    "bad-value rules/0/when/relation x (business, it-service)");
	PUT(TARGETS, "{\"rules\":[{\"level\":3,\"when\":{\"sole_source\":\"yes\"}}]}",
	    "wrong-type rules/0/when/sole_source true or false");
	PUT(TARGETS, "{\"rules\":[{\"level\":3,\"when\":{\"annual_spend_min\":-1}}]}",
	    "out-of-range rules/0/when/annual_spend_min -1 (0-1000000000000000000)");
}
END_TEST

START_TEST(tiers)
{
	PUT(TARGETS, "{\"tiers\":{\"24\":0,\"2\":3}}", " tiers=02031800");
	PUT(TARGETS, "{\"tiers\":{}}", " tiers=");
	PUT(TARGETS, "{\"tiers\":{\"1\":3}}", "out-of-range tiers/1 1 (2-24)");
	PUT(TARGETS, "{\"tiers\":{\"25\":3}}", "out-of-range tiers/25 25 (2-24)");
	PUT(TARGETS, "{\"tiers\":{\"02\":3}}", "out-of-range tiers/02 02 (2-24)");
	PUT(TARGETS, "{\"tiers\":{\"x\":3}}", "out-of-range tiers/x x (2-24)");
	PUT(TARGETS, "{\"tiers\":{\"\":3}}", "out-of-range tiers/  (2-24)");
	PUT(TARGETS, "{\"tiers\":{\"2\":9}}", "out-of-range tiers/2 9 (0-5)");
	PUT(TARGETS, "{\"tiers\":[]}", "wrong-type tiers object");
}
END_TEST

static void expect_parse(struct view text, enum rc want, unsigned line)
{
	struct err e = { 0 };
	json_t *doc = NULL;

	ck_assert_int_eq(json_parse(text, &doc, &e), want);
	ck_assert_uint_eq(e.line, line);
	json_decref(doc);
}

START_TEST(documents)
{
	expect_parse(VIEW_LIT("{\"a\":[\"[[[[[[[[[[[[[[[[[[[[[\"]}"), RC_OK, 0);
	expect_parse(VIEW_LIT("{\n\"a\":}"), RC_BAD_JSON, 2);
	expect_parse(VIEW_LIT("{\"a\":1,\"a\":2}"), RC_BAD_JSON, 1);
	expect_parse(VIEW_LIT("{} {}"), RC_BAD_JSON, 1);
	expect_parse(VIEW_LIT(""), RC_BAD_JSON, 1);
	expect_parse(VIEW_LIT("\"\xff\""), RC_BAD_UTF8, 0);
	expect_parse(VIEW_LIT("{\"a\":\"x\\u0000y\"}"), RC_BAD_JSON, 1);
	expect_parse(VIEW_LIT("[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"), RC_BAD_JSON, 0);
	expect_parse(VIEW_LIT("[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]"), RC_OK, 0);
}
END_TEST

Suite *json_suite(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("json");

	tcase_add_test(t, scalars);
	tcase_add_test(t, null_clears_or_is_absent);
	tcase_add_test(t, names);
	tcase_add_test(t, wrong_types);
	tcase_add_test(t, four_decimals);
	tcase_add_test(t, all_dependencies);
	tcase_add_test(t, grants);
	tcase_add_test(t, lists);
	tcase_add_test(t, contacts);
	tcase_add_test(t, shaped_json);
	tcase_add_test(t, rules);
	tcase_add_test(t, tiers);
	tcase_add_test(t, documents);
	suite_add_tcase(s, t);
	return s;
}
