/* test_columns.c - headings: the table has no contradictions, the docs name all of it, kinds are guessed. */
#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"
#include "importers/columns.h"
#include "tests/importers/harness.h"

#define P "JP-JCN-7000012050002"
#define S "JP-JCN-4000012090001"

static void each_leads_home(void *arg, enum import_kind kind, const char *column,
			    const char *heading)
{
	struct columns *c = malloc(sizeof(*c));
	/* every key, so that only the heading under test decides */
	struct view h = view_str(heading);
	struct err e = { 0 };
	enum rc rc;

	ck_assert_ptr_nonnull(c);
	ck_assert_uint_eq(columns_known(kind, &h, 1), 1);
	rc = columns_read(c, kind, &h, 1, false, true, &e);
	ck_assert_msg(rc == RC_OK || rc == RC_MISSING_COLUMN, "%s", heading);
	ck_assert_msg(strcmp(c->col[0].name, column) == 0, "%s leads to %s, not to %s", heading,
		      c->col[0].name, column);
	free(c);
	++*(unsigned *)arg;
}

START_TEST(no_heading_means_two_things)
{
	unsigned n = 0;

	ck_assert(columns_each(each_leads_home, &n));
	ck_assert_uint_gt(n, 200);
}
END_TEST

static char *read_doc(const char *path)
{
	const char *dir = getenv("srcdir");
	char full[1024];
	FILE *f;
	char *text = calloc(1, 1 << 20);

	snprintf(full, sizeof(full), "%s/%s", dir ? dir : ".", path);
	f = fopen(full, "rb");
	ck_assert_msg(f != NULL, "%s", full);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_gt(fread(text, 1, (1 << 20) - 1, f), 0);
	fclose(f);
	return text;
}

static void each_is_written_down(void *arg, enum import_kind kind, const char *column,
				 const char *heading)
{
	(void)kind;
	(void)column;
	ck_assert_msg(strstr(arg, heading) != NULL, "the doc lacks %s", heading);
}

START_TEST(docs_name_every_heading)
{
	static const char *const docs[] = { "docs/import.md", "docs/ja/import.md" };

	for (size_t i = 0; i < ARRAY_LEN(docs); i++) {
		AUTO_FREE char *text = read_doc(docs[i]);

		ck_assert(columns_each(each_is_written_down, text));
	}
}
END_TEST

/* The columns that the API fixes. */
START_TEST(fixed_columns)
{
	static const struct { enum import_kind kind; const char *names; } fixed[] = {
		{ IK_ORGS, "id,name,name_kana,name_en,kind,parent,country,aliases,contact_email,"
			   "contact_lang,subtier_attested_on" },
		{ IK_LINKS, "procurer,supplier,supplier_code,required_level,due,until,relation,"
			    "criticality,confidential,continuity,system_access,decided_on,decided_by,"
			    "reason,sole_source,annual_spend,dependency,disclosure,scope_fit,"
			    "department,owner,planned_on,source,confirmed_on,start,end,note" },
		{ IK_CERTIFICATES, "org,certificate,scheme,level,registration_no,issued,expires,status,"
				   "suspended_from,suspended_to,revoked_on,assessor,scope,scope_text,"
				   "evidence,self_assessments" },
		{ IK_CLAUSES, "procurer,supplier,no,status,reason,agreed_on,review_by,document,"
			      "reviewed_on,reviewed_by,checked_on,checked_by,method,result,"
			      "defines_confidential,limits_use,return_or_disposal,"
			      "notify_within_hours,confirmed_on,note" },
		{ IK_CONTACTS, "org,role,name,email,lang,phone" },
	};

	for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
		struct import_params p = { 0 };
		struct outcome o = import_bytes(&p, view_str(fixed[i].names));

		ck_assert_str_eq(o.text, "");
		ck_assert_int_eq(o.result.kind, fixed[i].kind);
		ck_assert_int_eq(o.result.format, IF_CSV);
		ck_assert_uint_eq(o.result.rows, 0);
		free(o.text);
	}
}
END_TEST

START_TEST(folded_headings)
{
	EXPECT(IK_ORGS, " ＩＤ , Name　\n" P ",x\n", "2 org " P " stubs name='x'\n");
	EXPECT(IK_ORGS, "法人 番号,Name Kana,name-en\n7000012050002,ア,B\n",
	       "2 org " P " stubs name_kana='ア' name_en='B'\n");
	EXPECT(IK_ORGS, "\"法人\n番号\",ﾌﾘｶﾞﾅ\n7000012050002,ア\n", "3 org " P " stubs name_kana='ア'\n");
}
END_TEST

START_TEST(unknown_columns)
{
	struct import_params lax = { .kind = IK_ORGS, .ignore_unknown = true };

	EXPECT(IK_ORGS, "id,foo,name,ほか\n" P ",1,x,2\n", "=unknown-column 1:2 - foo, ほか\n");
	expect_import(&lax, VIEW_LIT("id,foo,name\n" P ",1,x\n"), "2 org " P " stubs name='x'\n");
	/* empty headings at the end are Excel's; what stands below them does not vanish */
	EXPECT(IK_ORGS, "id,name,,\n" P ",x,,\n", "2 org " P " stubs name='x'\n");
	EXPECT(IK_ORGS, "id,name,\n" P ",x,y\n", "!2:3 unknown-column - \n");
}
END_TEST

START_TEST(duplicate_and_missing_columns)
{
	EXPECT(IK_ORGS, "id,name,名称\n" P ",x,y\n", "=duplicate-column 1:3 - 名称\n");
	EXPECT(IK_ORGS, "name\nx\n", "=missing-column 1:0 id id\n");
	EXPECT(IK_LINKS, "supplier\n" S "\n", "=missing-column 1:0 procurer procurer\n");
	EXPECT(IK_LINKS, "procurer,due\n" P ",\n", "=missing-column 1:0 supplier supplier\n");
	EXPECT(IK_CERTIFICATES, "scheme,level\nscs,3\n", "=missing-column 1:0 org org\n");
	EXPECT(IK_CLAUSES, "procurer,supplier\n" P "," S "\n", "=missing-column 1:0 no no\n");
	EXPECT(IK_CONTACTS, "email\na@b\n", "=missing-column 1:0 org org\n");
	EXPECT(IK_ORGS, "\n\nname\nx\n", "=missing-column 3:0 id id\n");
}
END_TEST

START_TEST(delimiters)
{
	EXPECT(IK_ORGS, "id;name\n" P ";a,b\n", "2 org " P " stubs name='a,b'\n");
	EXPECT(IK_ORGS, "id\tname\n" P "\ta,b;c\n", "2 org " P " stubs name='a,b;c'\n");
	EXPECT(IK_ORGS, "\"id\";\"name\"\n\"" P "\";\"a\"\n", "2 org " P " stubs name='a'\n");
	EXPECT(IK_ORGS, "id\n" P "\n", "2 org " P " stubs\n");
}
END_TEST

static void expect_kind(const char *header, enum import_kind want)
{
	struct import_params p = { .procurer = P };
	struct outcome o = import_bytes(&p, view_str(header));

	ck_assert_msg(o.result.kind == want, "%s: %s%s", header,
		      import_kind_names[o.result.kind], o.text);
	free(o.text);
}

START_TEST(kinds_by_headings)
{
	expect_kind("法人番号,名称,フリガナ,英語名", IK_ORGS);
	expect_kind("id,name", IK_ORGS);
	expect_kind("発注者,取引先,要求段階,期限,機密情報,事業継続,システム接続", IK_LINKS);
	expect_kind("取引先コード,法人番号,名称,フリガナ,年間取引額,部署,担当者", IK_LINKS);
	expect_kind("法人番号,制度,段階,登録番号,登録日,有効期限", IK_CERTIFICATES);
	expect_kind("発注者,取引先,条項番号,状態,合意日", IK_CLAUSES);
	expect_kind("法人番号,役割,氏名,メール,電話", IK_CONTACTS);
	EXPECT(IK_AUTO, "foo,bar\n1,2\n", "=unknown-format 1:0 - foo\n");
	EXPECT(IK_AUTO, "", "=unknown-format 0:0 - 0 bytes / 0 rows\n");
	EXPECT(IK_AUTO, "\n\n", "=unknown-format 0:0 - 0 bytes / 0 rows\n");
}
END_TEST

Suite *columns_suite(void)
{
	Suite *s = suite_create("columns");
	TCase *t = tcase_create("columns");

	tcase_add_test(t, no_heading_means_two_things);
	tcase_add_test(t, docs_name_every_heading);
	tcase_add_test(t, fixed_columns);
	tcase_add_test(t, folded_headings);
	tcase_add_test(t, unknown_columns);
	tcase_add_test(t, duplicate_and_missing_columns);
	tcase_add_test(t, delimiters);
	tcase_add_test(t, kinds_by_headings);
	suite_add_tcase(s, t);
	return s;
}
