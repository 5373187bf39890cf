/* test_msg.c - both languages say the same, with the same placeholders. */
#include "tests/cli/suites.h"

#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "cli/msg.h"

/* One bit a placeholder. */
static unsigned placeholders(const char *t)
{
	unsigned bits = 0;

	for (; *t; t++)
		if (t[0] == '{' && t[1] >= '0' && t[1] <= '9' && t[2] == '}')
			bits |= 1u << (t[1] - '0');
	return bits;
}

START_TEST(languages_agree)
{
	for (int m = M_NONE + 1; m < M__COUNT; m++) {
		const char *en = msg_text((enum msg)m, LANG_EN), *ja = msg_text((enum msg)m, LANG_JA);

		ck_assert_msg(*en && *ja, "message %d is empty", m);
		ck_assert_msg(placeholders(en) == placeholders(ja), "%s / %s", en, ja);
		ck_assert(utf8_valid(view_str(ja)));
		for (const char *p = en; *p; p++)
			ck_assert_msg((unsigned char)*p < 0x80 || strstr(en, "…"), "not English: %s", en);
	}
}
END_TEST

/* The scheme is no ranking: no text may speak of grades or scores. */
START_TEST(no_ranking)
{
	static const char *const banned[] = { "score",  "rank",  "rating", "格付",
					      "ランキング", "スコア", "点数",   "league" };

	for (int m = 0; m < M__COUNT; m++)
		for (size_t i = 0; i < ARRAY_LEN(banned); i++) {
			ck_assert_ptr_null(strstr(msg_text((enum msg)m, LANG_EN), banned[i]));
			ck_assert_ptr_null(strstr(msg_text((enum msg)m, LANG_JA), banned[i]));
		}
}
END_TEST

START_TEST(placeholders_are_filled)
{
	struct buf b = BUF_INIT;

	msg_format(&b, M_AT_LINE_COLUMN, LANG_JA, (const char *const[]){ "{1}", "9", NULL });
	buf_addc(&b, '\0');
	ck_assert_str_eq(b.p, "{1} 行 9 列");
	buf_clear(&b);
	msg_format(&b, M_AT_LINE_COLUMN, LANG_EN, (const char *const[]){ "3", NULL });
	buf_addc(&b, '\0');
	ck_assert_str_eq(b.p, "line 3, column {1}");
	buf_done(&b);
}
END_TEST

START_TEST(words_fall_back_to_themselves)
{
	ck_assert_str_eq(msg_word("lapsed", LANG_JA), "失効");
	ck_assert_str_eq(msg_word("lapsed", LANG_EN), "lapsed");
	ck_assert_str_eq(msg_word("other", LANG_JA), "other");
	ck_assert_str_eq(msg_label("due_in_days", LANG_JA), "残日数");
	ck_assert_str_eq(msg_label("other", LANG_EN), "other");
	ck_assert_str_eq(msg_label("token.state", LANG_JA), "状態");
	ck_assert_str_eq(msg_word("token.revoked", LANG_JA), "失効済み");
	ck_assert_str_eq(msg_word("token.revoked", LANG_EN), "revoked");
	ck_assert_str_eq(msg_label("signed.hash", LANG_JA), "署名済みハッシュ");
}
END_TEST

Suite *msg_suite(void)
{
	Suite *s = suite_create("cli/msg");
	TCase *tc = tcase_create("msg");

	tcase_add_test(tc, languages_agree);
	tcase_add_test(tc, no_ranking);
	tcase_add_test(tc, placeholders_are_filled);
	tcase_add_test(tc, words_fall_back_to_themselves);
	suite_add_tcase(s, tc);
	return s;
}
