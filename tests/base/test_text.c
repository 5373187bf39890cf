/* test_text.c - UTF-8, widths, and the folding of names and of numbers. */
#include <stdlib.h>

#include "base/text.h"
#include "base/util.h"
#include "tests/base/suites.h"

START_TEST(utf8_is_strict)
{
	static const struct view good[] = {
		{ "", 0 }, { "a", 1 }, { "\xc2\x80", 2 }, { "\xed\x9f\xbf", 3 }, { "\xee\x80\x80", 3 },
		{ "\xf0\x90\x80\x80", 4 }, { "\xf4\x8f\xbf\xbf", 4 }, { "12345678\xe6\xbc\xa2 tail", 16 },
	};
	static const struct view bad[] = {
		{ "\x80", 1 }, { "\xc0\x80", 2 }, { "\xc1\xbf", 2 }, { "\xe0\x9f\xbf", 3 },
		{ "\xed\xa0\x80", 3 }, { "\xf0\x8f\xbf\xbf", 4 }, { "\xf4\x90\x80\x80", 4 },
		{ "\xf5\x80\x80\x80", 4 }, { "\xe6\xbc", 2 }, { "\xff", 1 }, { "12345678\xff", 9 },
		{ "\xe6\x28\xa2", 3 }, { "\xf0\x9f\x98", 3 },
	};

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		ck_assert_msg(utf8_valid(good[i]), "good %zu", i);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(!utf8_valid(bad[i]), "bad %zu", i);
}
END_TEST

START_TEST(lengths_and_columns)
{
	ck_assert_uint_eq(utf8_count(VIEW_LIT("a漢𠮷")), 3);
	ck_assert_uint_eq(utf8_columns(VIEW_LIT("abc")), 3);
	ck_assert_uint_eq(utf8_columns(VIEW_LIT("東海ABC")), 7);
	ck_assert_uint_eq(utf8_columns(VIEW_LIT("ﾃｽﾄ")), 3);
	ck_assert_uint_eq(utf8_columns(VIEW_LIT("ＡＢ")), 4);
	ck_assert_uint_eq(utf8_columns(VIEW_LIT("e\xcc\x81")), 1); /* combining */
	ck_assert_uint_eq(utf8_cut(VIEW_LIT("漢字"), 5), 3);
	ck_assert_uint_eq(utf8_cut(VIEW_LIT("漢字"), 6), 6);
	ck_assert_uint_eq(utf8_cut(VIEW_LIT("漢字"), 2), 0);
	ck_assert_uint_eq(utf8_cut(VIEW_LIT("ab"), 99), 2);
}
END_TEST

static void expect_ascii(const char *from, const char *to)
{
	AUTO(buf_done) struct buf b = BUF_INIT;

	text_fold_ascii(&b, view_str(from));
	buf_addc(&b, '\0');
	ck_assert_str_eq(b.p, to);
}

START_TEST(ascii_forms_fold)
{
	expect_ascii("　７０００－０１２　", "7000-012");
	expect_ascii("\xc2\xa0Ａ\xe3\x80\x80" "b \t", "A b");
	expect_ascii("令和９年", "令和9年");
	expect_ascii("～！", "~!");
	expect_ascii("ﾃｽﾄ", "ﾃｽﾄ");
	expect_ascii("   ", "");
	expect_ascii("", "");
}
END_TEST

static void expect_key(const char *name, const char *key)
{
	AUTO(buf_done) struct buf b = BUF_INIT;

	ck_assert(text_name_key(&b, view_str(name)));
	buf_addc(&b, '\0');
	ck_assert_msg(strcmp(b.p, key) == 0, "%s: '%s', not '%s'", name, b.p, key);
}

static void expect_same(const char *a, const char *b)
{
	AUTO(buf_done) struct buf ka = BUF_INIT, kb = BUF_INIT;

	ck_assert(text_name_key(&ka, view_str(a)) && text_name_key(&kb, view_str(b)));
	ck_assert_msg(view_eq(buf_view(&ka), buf_view(&kb)), "%s: '%.*s', %s: '%.*s'", a, (int)ka.n,
		      ka.p, b, (int)kb.n, kb.p);
}

START_TEST(company_forms_are_cut)
{
	expect_key("株式会社山田商店", "山田商店");
	expect_key("山田商店株式会社", "山田商店");
	expect_key("山田商店　株式会社", "山田商店");
	expect_key("㈱山田商店", "山田商店");
	expect_key("山田商店（株）", "山田商店");
	expect_key("㍿山田商店", "山田商店");
	expect_key("株式會社山田商店", "山田商店");
	expect_key("(有)山田商店", "山田商店");
	expect_key("㈲山田商店", "山田商店");
	expect_key("合同会社サンプル", "サンプル");
	expect_key("一般社団法人サンプル", "サンプル");
	expect_key("サンプル Co., Ltd.", "サンプル");
	expect_key("Sample Works Co., Ltd.", "sampleworks");
	expect_key("SAMPLE WORKS CO.,LTD", "sampleworks");
	expect_key("Sample Inc.", "sample");
	expect_key("Sample, Inc", "sample");
	expect_key("Sample K.K.", "sample");
	expect_key("K.K. Sample", "sample");
	expect_key("株式会社Sample Co., Ltd.", "sample");
	/* inside a word or alone they are a name */
	expect_key("Zinc", "zinc");
	expect_key("Kkandy", "kkandy");
	expect_key("東京株式会社研究所", "東京株式会社研究所");
	expect_key("株式会社", "株式会社");
	expect_key("㈱", "(株)");
	expect_key("Inc.", "inc.");
}
END_TEST

START_TEST(characters_are_folded)
{
	expect_key("ﾃｽﾄ Ａ－１ ㍿", "テストa-1");
	expect_key("ひらがな", "ヒラガナ");
	expect_key("ｶﾞｽ", "ガス");
	expect_key("カ\xe3\x82\x99ス", "ガス"); /* combining voiced mark */
	expect_key("ＡＢＣ 工業", "abc工業");
	expect_key("①号", "1号");
	expect_key("㌔商会", "キロ商会");
	expect_key("ÀÉ", "àé");
	expect_key("A\xcc\x80", "à");
	expect_same("ニッポン・データ", "ﾆｯﾎﾟﾝﾃﾞｰﾀ");
	expect_same("霞ヶ関商事", "霞ケ関商事");
	expect_same("A-1", "Ａ—１");
	expect_key("", "");
	expect_key("・", "・");
}
END_TEST

START_TEST(variant_kanji_are_one)
{
	static const char *const pairs[][2] = {
		{ "髙橋", "高橋" }, { "山﨑", "山崎" }, { "渡邊", "渡辺" }, { "渡邉", "渡辺" },
		{ "齋藤", "斎藤" }, { "齊藤", "斉藤" }, { "濵田", "浜田" }, { "濱田", "浜田" },
		{ "澤田", "沢田" }, { "德田", "徳田" }, { "曾我", "曽我" }, { "櫻井", "桜井" },
		{ "國分", "国分" }, { "𠮷田", "吉田" }, { "葛\xf3\xa0\x84\x80城", "葛城" }, /* selector */
	};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		expect_same(pairs[i][0], pairs[i][1]);
}
END_TEST

START_TEST(a_key_is_its_own_key)
{
	static const char *const names[] = {
		"㈱髙橋・ﾃﾞｰﾀ Ａ－１", "Sample Works Co., Ltd.", "ÀÉ ß", "一般財団法人　濵田會",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		AUTO(buf_done) struct buf once = BUF_INIT, twice = BUF_INIT;

		ck_assert(text_name_key(&once, view_str(names[i])));
		ck_assert(text_name_key(&twice, buf_view(&once)));
		ck_assert(view_eq(buf_view(&once), buf_view(&twice)));
	}
}
END_TEST

START_TEST(a_key_appends_and_refuses_bad_text)
{
	AUTO(buf_done) struct buf b = BUF_INIT;

	buf_adds(&b, "k:");
	ck_assert(text_name_key(&b, view_str("ﾃｽﾄ㈱")));
	ck_assert(view_is(buf_view(&b), "k:テスト"));
	ck_assert(!text_name_key(&b, view_str("\xe6\xbc")));
	ck_assert(view_is(buf_view(&b), "k:テスト"));
}
END_TEST

Suite *text_suite(void)
{
	Suite *s = suite_create("text");
	TCase *tc = tcase_create("text");

	tcase_add_test(tc, utf8_is_strict);
	tcase_add_test(tc, lengths_and_columns);
	tcase_add_test(tc, ascii_forms_fold);
	tcase_add_test(tc, company_forms_are_cut);
	tcase_add_test(tc, characters_are_folded);
	tcase_add_test(tc, variant_kanji_are_one);
	tcase_add_test(tc, a_key_is_its_own_key);
	tcase_add_test(tc, a_key_appends_and_refuses_bad_text);
	suite_add_tcase(s, tc);
	return s;
}
