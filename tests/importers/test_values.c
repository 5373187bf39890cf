/* test_values.c - what cells may say, type by type. */
#include <stdio.h>

#include "base/util.h"
#include "importers/local_id.h"
#include "importers/value.h"
#include "tests/importers/harness.h"

/* One cell of one field: " name=value", or "code argument". */
static void expect_cell(enum ent ent, unsigned id, const char *cell, const char *want)
{
	AUTO(value_room_done) struct value_room room = { 0 };
	AUTO(buf_done) struct buf fields = BUF_INIT;
	AUTO(buf_done) struct buf out = BUF_INIT;
	const struct field *f = field_by_id(ent, (uint8_t)id);
	struct err e = { 0 };
	enum rc rc = cell_to_field(&room, f, view_str(cell), &fields, &e);

	if (rc) {
		ck_assert_str_eq(e.field, f->name);
		ck_assert_uint_eq(fields.n, 0);
		buf_addf(&out, "%s %s", rc_code(rc), e.arg);
	} else {
		show_fields(&out, ent, buf_view(&fields));
		memmove(out.p, out.p + strlen(f->name) + 2, out.n - strlen(f->name) - 2);
		out.n -= strlen(f->name) + 2;
	}
	buf_addc(&out, '\0');
	ck_assert_msg(strcmp(out.p, want) == 0, "%s: got %s, wanted %s", cell, out.p, want);
}

#define LINK(field, cell, want) expect_cell(ENT_LINK, LINK_##field, cell, want)
#define CERT(field, cell, want) expect_cell(ENT_CERT, CERT_##field, cell, want)
#define ORG(field, cell, want) expect_cell(ENT_ORG, ORG_##field, cell, want)

START_TEST(booleans)
{
	static const char *const yes[] = { "true", "1", "yes", "有", "○", "はい", "あり", "TRUE",
					   " Yes ", "１", "〇", "◯", "　有　", "ｔｒｕｅ" };
	static const char *const no[] = { "false", "0", "no", "無", "×", "いいえ", "なし", "No",
					  "０", "✕" };
	static const char *const bad[] = { "maybe", "2", "y", "-", "△", "有無" };

	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		LINK(CONFIDENTIAL, yes[i], "yes");
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		LINK(CONFIDENTIAL, no[i], "no");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char want[64];

		snprintf(want, sizeof(want), "bad-value %s", bad[i]);
		LINK(CONFIDENTIAL, bad[i], want);
	}
}
END_TEST

START_TEST(dates)
{
	static const char *const same[] = { "2027-03-31", "2027/3/31", "20270331", "令和9年3月31日",
					    "R9.3.31",	  "Ｒ９．３．３１", " 2027-03-31 ",
					    "２０２７／０３／３１" };

	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		LINK(DUE, same[i], "2027-03-31");
	LINK(DUE, "2027-02-29", "bad-date 2027-02-29");
	LINK(DUE, "31/3/2027", "bad-date 31/3/2027");
	LINK(DUE, "46108", "bad-date 46108");
	LINK(DUE, "未定", "bad-date 未定");
}
END_TEST

START_TEST(whole_numbers)
{
	LINK(ANNUAL_SPEND, "1234567", "1234567");
	LINK(ANNUAL_SPEND, "1,234,567", "1234567");
	LINK(ANNUAL_SPEND, "１，２３４", "1234");
	LINK(ANNUAL_SPEND, "¥1,234", "1234");
	LINK(ANNUAL_SPEND, "￥1,234", "1234");
	LINK(ANNUAL_SPEND, "1,234円", "1234");
	LINK(ANNUAL_SPEND, " 0 ", "0");
	LINK(ANNUAL_SPEND, "007", "7");
	LINK(ANNUAL_SPEND, "1.5", "bad-value 1.5");
	LINK(ANNUAL_SPEND, "1,23", "bad-value 1,23");
	LINK(ANNUAL_SPEND, "1,2345", "bad-value 1,2345");
	LINK(ANNUAL_SPEND, ",123", "bad-value ,123");
	LINK(ANNUAL_SPEND, "1,,234", "bad-value 1,,234");
	LINK(ANNUAL_SPEND, "1,234,", "bad-value 1,234,");
	LINK(ANNUAL_SPEND, "3万", "bad-value 3万");
	LINK(ANNUAL_SPEND, "2億円", "bad-value 2億円");
	LINK(ANNUAL_SPEND, "1E+6", "bad-value 1E+6");
	LINK(ANNUAL_SPEND, "円", "bad-value 円");
	LINK(ANNUAL_SPEND, "9999999999999999999", "bad-value 9999999999999999999");
	LINK(ANNUAL_SPEND, "-5", "out-of-range -5 (0-1000000000000000000)");
}
END_TEST

START_TEST(decimals)
{
	LINK(DEPENDENCY, "0.85", "8500");
	LINK(DEPENDENCY, "1", "10000");
	LINK(DEPENDENCY, ".5", "5000");
	LINK(DEPENDENCY, "０．１２３４", "1234");
	LINK(DEPENDENCY, "0.1234000", "1234");
	LINK(DEPENDENCY, "0.12345", "bad-value 0.12345");
	LINK(DEPENDENCY, "85%", "bad-value 85%");
	LINK(DEPENDENCY, "1e-1", "bad-value 1e-1");
	LINK(DEPENDENCY, ".", "bad-value .");
	LINK(DEPENDENCY, "1.5", "out-of-range 15000 (0-10000)");
}
END_TEST

START_TEST(levels)
{
	static const char *const three[] = { "3", "３", "★3", "★★★", "★３", "三つ星", "★ 3", "☆☆☆" };

	for (size_t i = 0; i < ARRAY_LEN(three); i++) {
		LINK(REQUIRED_LEVEL, three[i], "3");
		CERT(LEVEL, three[i], "3");
	}
	LINK(REQUIRED_LEVEL, "0", "0");
	LINK(REQUIRED_LEVEL, "6", "out-of-range 6 (0-5)");
	LINK(REQUIRED_LEVEL, "★★★★★★", "out-of-range 6 (0-5)");
	LINK(REQUIRED_LEVEL, "★★3", "bad-value ★★3");
	LINK(REQUIRED_LEVEL, "A", "bad-value A");
}
END_TEST

START_TEST(choices)
{
	LINK(CRITICALITY, "high", "high");
	LINK(CRITICALITY, "HIGH", "high");
	LINK(CRITICALITY, " ｈｉｇｈ", "high");
	LINK(CRITICALITY, "高", "high");
	LINK(RELATION, "ITサービス", "it-service");
	LINK(SCOPE_FIT, "一部適合", "partly");
	LINK(CRITICALITY, "とても", "bad-value とても (high 高, medium 中, low 低)");
	CERT(EVIDENCE, "台帳", "registry");
	CERT(STATUS, "有効", "valid");
}
END_TEST

/* Words that choose are in the table of fields; every one must be read back. */
START_TEST(every_choice_in_both_languages)
{
	for (int e = 0; e < ENT__COUNT; e++) {
		for (size_t i = 0; i < entities[e].n_fields; i++) {
			const struct field *f = &entities[e].fields[i];

			for (int k = 0; f->names && f->names[k].name; k++) {
				expect_cell((enum ent)e, f->id, f->names[k].name, f->names[k].name);
				expect_cell((enum ent)e, f->id, f->names[k].ja, f->names[k].name);
			}
		}
	}
}
END_TEST

START_TEST(texts)
{
	ORG(NAME, " ㈱髙橋　製作所 ", "' ㈱髙橋　製作所 '");
	LINK(NOTE, "=1+1", "'=1+1'");
	LINK(SUPPLIER_CODE, " Ａ－００１ ", "'A-001'");
	CERT(REGISTRATION_NO, "ＳＣＳ１２", "'SCS12'");
	CERT(SCHEME, "SCS", "'scs'");
	ORG(COUNTRY, "ｊｐ", "'JP'");
	ORG(COUNTRY, "日本", "too-long 2 bytes");
}
END_TEST

START_TEST(identifiers)
{
	ORG(PARENT, "7000012050002", "'JP-JCN-7000012050002'");
	ORG(PARENT, "T7000012050002", "'JP-JCN-7000012050002'");
	ORG(PARENT, "７０００-０１２０-５０００２", "'JP-JCN-7000012050002'");
	ORG(PARENT, "JP-JCN-7000012050002", "'JP-JCN-7000012050002'");
	ORG(PARENT, "GB-COH-01234567", "'GB-COH-01234567'");
	ORG(PARENT, "7.00001E+12", "damaged-number 7.00001E+12");
	ORG(PARENT, "7000012050003", "check-digit 7000012050003");
	ORG(PARENT, "T1234567890123", "not-a-corporate-number T1234567890123");
	ORG(PARENT, "山田商店", "bad-id 山田商店");
	ORG(ALIASES, "XX-LOCAL-a; 4000012090001；", "XX-LOCAL-a;JP-JCN-4000012090001;");
	ORG(ALIASES, "XX-LOCAL-a;x", "bad-id x");
}
END_TEST

START_TEST(lists_of_days)
{
	CERT(SELF_ASSESSMENTS, "2028-04-01; 2027/4/1;2028-04-01", "2027-04-01;2028-04-01");
	CERT(SELF_ASSESSMENTS, "2028-04-01;いつか", "bad-date いつか");
}
END_TEST

static void expect_clause(const char *cell, const char *want)
{
	AUTO(value_room_done) struct value_room room = { 0 };
	struct err e = { 0 };
	const char *got = NULL;
	enum rc rc = cell_to_clause(&room, view_str(cell), &got, &e);

	ck_assert_str_eq(rc ? rc_code(rc) : got, want);
}

START_TEST(clause_numbers)
{
	expect_clause("2-1-3", "2-1-3");
	expect_clause("２－１－３", "2-1-3");
	expect_clause(" 2‐1‐3", "2-1-3");
	expect_clause("2_1_3", "2-1-3");
	expect_clause("3ー1ー3", "3-1-3");
	expect_clause("2-1-9", "bad-value");
	expect_clause("2-1-33", "bad-value");
	expect_clause("2002/1/3", "damaged-number");
}
END_TEST

static void expect_local(const char *procurer, const char *code, const char *want)
{
	AUTO(buf_done) struct buf out = BUF_INIT;

	local_id_of_code(&out, view_str(procurer), view_str(code));
	buf_addc(&out, '\0');
	ck_assert_str_eq(out.p, want);
}

START_TEST(local_identifiers)
{
	expect_local("JP-JCN-7000012050002", "V-0012", "XX-LOCAL-JP-JCN-7000012050002-V-0012");
	expect_local("JP-JCN-7000012050002~osaka", "1", "XX-LOCAL-JP-JCN-7000012050002.osaka-1");
	/* stored ids rest on these: they never change */
	expect_local("XX-LOCAL-p", "甲1", "XX-LOCAL-XX-LOCAL-p-x119b33bf4920b3ee8dfa");
}
END_TEST

START_TEST(blank_cells)
{
	ck_assert(cell_blank(VIEW_LIT("")));
	ck_assert(cell_blank(VIEW_LIT(" \t　\xc2\xa0 ")));
	ck_assert(!cell_blank(VIEW_LIT(" x")));
	ck_assert(!cell_blank(VIEW_LIT("\xe3")));
	ck_assert(!cell_blank(VIEW_LIT("\xc2")));
}
END_TEST

Suite *values_suite(void)
{
	Suite *s = suite_create("values");
	TCase *t = tcase_create("values");

	tcase_add_test(t, booleans);
	tcase_add_test(t, dates);
	tcase_add_test(t, whole_numbers);
	tcase_add_test(t, decimals);
	tcase_add_test(t, levels);
	tcase_add_test(t, choices);
	tcase_add_test(t, every_choice_in_both_languages);
	tcase_add_test(t, texts);
	tcase_add_test(t, identifiers);
	tcase_add_test(t, lists_of_days);
	tcase_add_test(t, clause_numbers);
	tcase_add_test(t, local_identifiers);
	tcase_add_test(t, blank_cells);
	suite_add_tcase(s, t);
	return s;
}
