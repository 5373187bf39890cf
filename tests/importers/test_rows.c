/* test_rows.c - rows under our own headings: what each kind of file becomes, and what is refused where. */
#include <stdlib.h>

#include "base/util.h"
#include "importers/run.h"
#include "tests/importers/harness.h"

#define P "JP-JCN-7000012050002"
#define S "JP-JCN-4000012090001"

START_TEST(orgs)
{
	EXPECT(IK_ORGS,
	       "id,name,kind,parent,aliases,subtier_attested_on\n"
	       "7000012050002,国税庁,,,,\n"
	       P "~osaka,大阪,division,7000012050002,XX-LOCAL-1;XX-LOCAL-2,R8.3.1\n",
	       "2 org " P " stubs name='国税庁' kind=- parent=- aliases=- subtier_attested_on=-\n"
	       "3 org " P "~osaka stubs name='大阪' kind=division parent='" P
	       "' aliases=XX-LOCAL-1;XX-LOCAL-2; subtier_attested_on=2026-03-01\n");
}
END_TEST

START_TEST(orgs_with_contacts)
{
	EXPECT(IK_ORGS,
	       "id,contact_email,contact_lang\n" P ",a@example.jp,日本語\n" S ",,ja\n",
	       "2 org " P " stubs contact <||a@example.jp|ja||>\n3 org " S " stubs\n");
	EXPECT(IK_ORGS, "id,contact_email\n" P ",nobody\n", "!2:2 bad-value email n…\n");
}
END_TEST

START_TEST(links)
{
	EXPECT(IK_LINKS,
	       "procurer,supplier,required_level,due,confidential,annual_spend,dependency\r\n"
	       P "," S ",★4,2027/3/31,○,\"1,000\",0.5\r\n" P "," S ",,,,,\r\n",
	       "2 link " P " " S " stubs required_level=4 due=2027-03-31 confidential=yes"
	       " annual_spend=1000 dependency=5000\n"
	       "3 link " P " " S " stubs required_level=- due=- confidential=- annual_spend=-"
	       " dependency=-\n");
}
END_TEST

START_TEST(procurer_from_the_request)
{
	struct import_params p = { .kind = IK_LINKS, .procurer = "7000012050002" };
	struct import_params bad = { .kind = IK_LINKS, .procurer = "x" };

	expect_import(&p, VIEW_LIT("supplier,due\n" S ",\n"), "2 link " P " " S " stubs due=-\n");
	expect_import(&p, VIEW_LIT("procurer,supplier\n," S "\nXX-LOCAL-p," S "\n"),
		      "2 link " P " " S " stubs\n3 link XX-LOCAL-p " S " stubs\n");
	expect_import(&bad, VIEW_LIT("supplier,due\n" S ",\n"), "=bad-id 0:0 procurer x\n");
	EXPECT(IK_LINKS, "procurer,supplier\n," S "\n", "!2:1 required procurer procurer\n");
}
END_TEST

START_TEST(suppliers_by_code)
{
	EXPECT(IK_LINKS,
	       "procurer,supplier,supplier_code,due\n"
	       P "," S ",A1,\n" P ",,Ａ１,2027-01-01\n" P ",,,\n" P "," S ",,\n",
	       "2 link " P " " S " stubs supplier_code='A1' due=-\n"
	       "3 link " P " A1 stubs code supplier_code='A1' due=2027-01-01\n"
	       "!4:2 required supplier supplier\n"
	       "5 link " P " " S " stubs supplier_code=- due=-\n");
	EXPECT(IK_LINKS, "procurer,supplier_code,due\n" P ",A1,\n",
	       "2 link " P " A1 stubs code supplier_code='A1' due=-\n");
}
END_TEST

/* A buyer's own master as its accounting system writes it. */
START_TEST(vendor_master)
{
	struct view v = to_cp932("取引先コード,法人番号,名称,フリガナ,年間取引額,備考\r\n"
				 "00123,4000012090001,㈱表示機,ﾋｮｳｼﾞｷ,\"1,234,567\",\r\n"
				 "00124,,髙橋商店,,,個人\r\n"
				 "00125,,,,5,\r\n"
				 "00126,T1234567890123,山田,,1,\r\n"
				 "00127,4.00001E+12,田中,,1,\r\n"
				 "あ-1,,鈴木,,1,\r\n");
	struct import_params p = { .procurer = P };

	expect_import(&p, v,
		      "2 org " S " stubs name='㈱表示機' name_kana='ﾋｮｳｼﾞｷ'\n"
		      "2 link " P " " S " stubs supplier_code='00123' annual_spend=1234567 note=-\n"
		      "3 org XX-LOCAL-" P "-00124 " P " 00124 stubs code name='髙橋商店' name_kana=-\n"
		      "3 link " P " 00124 XX-LOCAL-" P "-00124 stubs code supplier_code='00124'"
		      " annual_spend=- note='個人'\n"
		      "4 link " P " 00125 stubs code supplier_code='00125' annual_spend=5 note=-\n"
		      "!5:2 not-a-corporate-number supplier T1234567890123\n"
		      "!6:2 damaged-number supplier 4.00001E+12\n"
		      "7 org XX-LOCAL-" P "-xafcbcc5311b4d0b2eaba " P " あ-1 stubs code name='鈴木'"
		      " name_kana=-\n"
		      "7 link " P " あ-1 XX-LOCAL-" P "-xafcbcc5311b4d0b2eaba stubs code"
		      " supplier_code='あ-1' annual_spend=1 note=-\n");
	free((void *)(uintptr_t)v.p);
}
END_TEST

/* The buyer's own line in its vendor master must not rename the buyer. */
START_TEST(buyers_own_line)
{
	EXPECT(IK_LINKS, "procurer,supplier,supplier_name\n" P "," P ",x\n",
	       "!2:2 self-link supplier \n");
}
END_TEST

START_TEST(certificates)
{
	EXPECT(IK_CERTIFICATES,
	       "org,certificate,scheme,level,registration_no,issued,expires,evidence,self_assessments\n"
	       S ",c1,scs,4,No/1,2027-04-01,2030-03-31,台帳,2028-04-01\n"
	       S ",,scs,4,N/2,,,,\n"
	       S ",,SCS,★3,,令和9年4月1日,,,\n"
	       S ",,,3,,,,,\n" S ",,,,,2027-04-01,,,\n",
	       "2 certificate " S " c1 stubs scheme='scs' level=4 registration_no='No/1'"
	       " issued=2027-04-01 expires=2030-03-31 evidence=registry"
	       " self_assessments=2028-04-01\n"
	       "3 certificate " S " scs-N-2 stubs scheme='scs' level=4 registration_no='N/2' issued=-"
	       " expires=- evidence=- self_assessments=-\n"
	       "4 certificate " S " scs-3-2027-04-01 stubs scheme='scs' level=3 registration_no=-"
	       " issued=2027-04-01 expires=- evidence=- self_assessments=-\n"
	       "5 certificate " S " scs-3 stubs scheme=- level=3 registration_no=- issued=- expires=-"
	       " evidence=- self_assessments=-\n"
	       "!6:2 required certificate certificate\n");
}
END_TEST

START_TEST(clauses)
{
	EXPECT(IK_CLAUSES,
	       "procurer,supplier,no,status,agreed_on,limits_use,notify_within_hours\n"
	       P "," S ",２－１－２,合意済み,2026/4/1,有,\n" P "," S ",2-1-4,agreed,2026-04-01,,24\n"
	       P "," S ",2002/1/2,agreed,,,\n" P "," S ",,agreed,,,\n",
	       "2 clause " P " " S " 2-1-2 status=agreed agreed_on=2026-04-01 limits_use=yes"
	       " notify_within_hours=-\n"
	       "3 clause " P " " S " 2-1-4 status=agreed agreed_on=2026-04-01 limits_use=-"
	       " notify_within_hours=24\n"
	       "!4:3 damaged-number no 2002/1/2\n"
	       "!5:3 required no no\n");
	EXPECT(IK_CLAUSES, "procurer,supplier_code,no,status\n" P ",A1,2-1-1,missing\n",
	       "2 clause " P " A1 2-1-1 code status=missing\n");
}
END_TEST

START_TEST(contacts)
{
	EXPECT(IK_CONTACTS,
	       "org,role,name,email,lang,phone\n"
	       S ",情シス,田中 一郎, ｔ@example.jp ,JA,03-1234-5678\n" S ",x,,,,\n"
	       S ",,,a@b@c,,\n" S ",,,a@b,fr,\n",
	       "2 org " S " contact exist <情シス|田中 一郎|t@example.jp|ja|03-1234-5678|>\n"
	       "!3:2 required email email\n"
	       "!4:4 bad-value email a…\n"
	       "!5:5 bad-value lang fr\n");
}
END_TEST

/* What exports write before a formula is not part of the text. */
START_TEST(apostrophes_of_exports)
{
	EXPECT(IK_ORGS,
	       "id,name,note\n" P ",'=1+1,'+81\n" P ",'quoted',=1\n" P ",'-,\"'@a,\"\"b\"\"\"\n",
	       "2 org " P " stubs name='=1+1' note='+81'\n"
	       "3 org " P " stubs name=''quoted'' note='=1'\n"
	       "4 org " P " stubs name='-' note='@a,\"b\"'\n");
}
END_TEST

START_TEST(rejected_rows)
{
	EXPECT(IK_LINKS,
	       "procurer,supplier,due,note\n"
	       P "," S ",2027-02-30,a\n"	/* 2 */
	       P "," S ",2027-02-28,\"x\ny\"\n" /* 3, 4 */
	       P "," S ",x,b\n"			/* 5 */
	       "\n"				/* 6 */
	       P "," S "\n"			/* 7: short */
	       P "," S ",,a,b\n"		/* 8: long */
	       P "," S ",,a,,\n"		/* 9: empty cells too many are none */
	       P ",1234567890123,,\n",		/* 10 */
	       "!2:3 bad-date due 2027-02-30\n"
	       "3 link " P " " S " stubs due=2027-02-28 note='x\ny'\n"
	       "!5:3 bad-date due x\n"
	       "!7:3 cell-count - 2 / 4\n"
	       "!8:5 cell-count - 5 / 4\n"
	       "9 link " P " " S " stubs due=- note='a'\n"
	       "!10:2 check-digit supplier 1234567890123\n");
}
END_TEST

START_TEST(damaged_csv)
{
	EXPECT(IK_ORGS, "id,name\n" P ",\"x\"y\n" S ",z\n",
	       "!2:2 text-after-quote - \n3 org " S " stubs name='z'\n");
	EXPECT(IK_ORGS, "id,name\n" P ",\"x\n" S ",z\n",
	       "!2:2 unclosed-quote - \n3 org " S " stubs name='z'\n");
	EXPECT(IK_ORGS, "id,\"name\n" P ",x\n", "=unclosed-quote 1:2 - \n");
	EXPECT(IK_ORGS, "\"foo\",\"bar\"\n1,2\n", "=unknown-column 1:1 - foo, bar\n");
}
END_TEST

START_TEST(rows_are_counted)
{
	struct import_params p = { 0 };
	struct outcome o = import_bytes(&p, VIEW_LIT("id,name\n\n" P ",x\nbad,y\n\n" S ",\"z\n"));

	ck_assert_uint_eq(o.result.rows, 3);
	ck_assert_uint_eq(o.progressed, 3);
	ck_assert_int_eq(o.result.kind, IK_ORGS);
	free(o.text);
}
END_TEST

static void take_columns(void *arg, const char *const *names, unsigned n)
{
	ck_assert_uint_eq(n, 4);
	ck_assert_str_eq(names[0], "procurer");
	ck_assert_str_eq(names[1], "supplier");
	ck_assert_ptr_null(names[2]);
	ck_assert_str_eq(names[3], "due");
	++*(int *)arg;
}

static enum rc pass(void *arg, const struct op *op, const struct view *c)
{
	(void)op;
	(void)c;
	ck_assert_int_eq(*(int *)arg, 1); /* the columns came first */
	return RC_OK;
}

START_TEST(the_sink_learns_the_columns)
{
	AUTO(source_done) struct source src;
	struct import_params p = { .ignore_unknown = true };
	struct import_result r;
	int calls = 0;
	struct import_sink sink = { .arg = &calls, .op = pass, .columns = take_columns };
	struct err e;

	ck_assert_int_eq(source_open_bytes(&src, VIEW_LIT("発注者,取引先,ほか,期限\n" P "," S ",,\n"), &e),
			 RC_OK);
	ck_assert_int_eq(import_source(&p, &sink, &src, &r, &e), RC_OK);
	ck_assert_int_eq(calls, 1);
}
END_TEST

static enum rc stop(void *arg, const struct op *op, const struct view *c)
{
	(void)op;
	(void)c;
	++*(int *)arg;
	return RC_CANCELLED;
}

static enum rc stop_reject(void *arg, const struct err *e)
{
	(void)e;
	++*(int *)arg;
	return RC_CANCELLED;
}

START_TEST(the_sink_stops_the_import)
{
	static const char *const files[] = {
		"id,name\n" P ",x\n" S ",y\n", "id,name\nbad,x\nbad,y\n",
		"{\"kind\":\"org\",\"id\":\"" P "\"}\n{\"kind\":\"org\",\"id\":\"" S "\"}\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		AUTO(source_done) struct source src;
		struct import_params p = { 0 };
		struct import_result r;
		int calls = 0;
		struct import_sink sink = { .arg = &calls, .op = stop, .reject = stop_reject };
		struct err e;

		ck_assert_int_eq(source_open_bytes(&src, view_str(files[i]), &e), RC_OK);
		ck_assert_int_eq(import_source(&p, &sink, &src, &r, &e), RC_CANCELLED);
		ck_assert_int_eq(calls, 1);
	}
}
END_TEST

Suite *rows_suite(void)
{
	Suite *s = suite_create("rows");
	TCase *t = tcase_create("rows");

	tcase_add_test(t, orgs);
	tcase_add_test(t, orgs_with_contacts);
	tcase_add_test(t, links);
	tcase_add_test(t, procurer_from_the_request);
	tcase_add_test(t, suppliers_by_code);
	tcase_add_test(t, vendor_master);
	tcase_add_test(t, buyers_own_line);
	tcase_add_test(t, certificates);
	tcase_add_test(t, clauses);
	tcase_add_test(t, contacts);
	tcase_add_test(t, apostrophes_of_exports);
	tcase_add_test(t, rejected_rows);
	tcase_add_test(t, damaged_csv);
	tcase_add_test(t, rows_are_counted);
	tcase_add_test(t, the_sink_learns_the_columns);
	tcase_add_test(t, the_sink_stops_the_import);
	suite_add_tcase(s, t);
	return s;
}
