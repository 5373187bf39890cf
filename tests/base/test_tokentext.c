/* test_tokentext.c - the text of a token: its form, and that every single mistake shows. */
#include <string.h>

#include "base/tokentext.h"
#include "tests/base/suites.h"
#include "tests/run.h"

static void make(uint8_t seed, char out[TOKEN_TEXT])
{
	uint8_t bytes[TOKEN_BYTES];

	for (unsigned i = 0; i < TOKEN_BYTES; i++)
		bytes[i] = (uint8_t)(seed * 31 + i * 7);
	token_text_make(bytes, out);
}

START_TEST(known_texts)
{
	static const uint8_t zeros[TOKEN_BYTES];
	char text[TOKEN_TEXT];

	/* CRC-32 of 52 times 'a' is 0xb6af0329, by zlib */
	token_text_make(zeros, text);
	ck_assert_str_eq(text, "tw_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" "w2xqgki");
	ck_assert_uint_eq(strlen(text), TOKEN_TEXT - 1);
}
END_TEST

START_TEST(every_changed_character_shows)
{
	char text[TOKEN_TEXT];

	make(3, text);
	ck_assert_int_eq(token_text_check(view_str(text)), TOKEN_TEXT_SOUND);
	for (size_t i = 3; i < TOKEN_TEXT - 1; i++) {
		char was = text[i];
		text[i] = was == 'a' ? 'b' : 'a';
		ck_assert_int_eq(token_text_check(view_str(text)), TOKEN_TEXT_BROKEN);
		text[i] = was;
	}
	for (size_t i = 3; i + 1 < TOKEN_TEXT - 1; i++) { /* two exchanged */
		char a = text[i], b = text[i + 1];
		if (a == b)
			continue;
		text[i] = b;
		text[i + 1] = a;
		ck_assert_int_eq(token_text_check(view_str(text)), TOKEN_TEXT_BROKEN);
		text[i] = a;
		text[i + 1] = b;
	}
}
END_TEST

START_TEST(cut_ones_show_and_others_are_none_of_ours)
{
	char text[TOKEN_TEXT];

	make(9, text);
	for (size_t n = 3; n < TOKEN_TEXT - 1; n++)
		ck_assert_int_eq(token_text_check(view_of(text, n)),
				 n == 46 ? TOKEN_TEXT_OTHER : TOKEN_TEXT_BROKEN);
	ck_assert_int_eq(token_text_check(view_str("")), TOKEN_TEXT_OTHER);
	ck_assert_int_eq(token_text_check(view_str("tw")), TOKEN_TEXT_OTHER);
	ck_assert_int_eq(token_text_check(view_str("eyJhbGciOi")), TOKEN_TEXT_OTHER);
}
END_TEST

Suite *tokentext_suite(void)
{
	Suite *s = suite_create("tokentext");
	TCase *t = tcase_create("text");

	tcase_add_test(t, known_texts);
	tcase_add_test(t, every_changed_character_shows);
	tcase_add_test(t, cut_ones_show_and_others_are_none_of_ours);
	suite_add_tcase(s, t);
	return s;
}
