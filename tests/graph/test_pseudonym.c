/* test_pseudonym.c - what stands for an organisation: made, turned back, and not to be joined. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "graph/pseudonym.h"
#include "tests/run.h"

static const uint8_t secret[32] = { 1, 2, 3 }, other[32] = { 1, 2, 4 };

START_TEST(opens_for_its_viewer_only)
{
	static const uint32_t orgs[] = { 1, 2, 63, 64, 65535, 1u << 20, 0x7fffffff, 0xffffffff };
	char text[PSEUDONYM_TEXT], again[PSEUDONYM_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(orgs); i++)
		for (uint32_t viewer = 1; viewer < 20; viewer++) {
			pseudonym_make(secret, viewer, orgs[i], text);
			pseudonym_make(secret, viewer, orgs[i], again);
			ck_assert_str_eq(text, again);
			ck_assert_uint_eq(strlen(text), PSEUDONYM_TEXT - 1);
			ck_assert(pseudonym_like(view_str(text)));
			ck_assert_uint_eq(pseudonym_open(secret, viewer, view_str(text)), orgs[i]);
			ck_assert_uint_eq(pseudonym_open(secret, viewer + 1, view_str(text)), 0);
			ck_assert_uint_eq(pseudonym_open(other, viewer, view_str(text)), 0);
		}
}
END_TEST

/* Each change of a character makes it nobody's, and what has no such form is none. */
START_TEST(nothing_else_opens)
{
	static const char *const texts[] = { "", "XX-ANON-", "XX-ANON-aaaaaaaaaaaaaaaaaaaa", "XX-LOCAL-aaaaaaaaaaaaaaaaaaa",
					     "XX-ANON-aaaaaaaaaaaaaaaaaaaaa", "XX-ANON-AAAAAAAAAAAAAAAAAAAA",
					     "XX-ANON-aaaaaaaaaa1aaaaaaaaa", "JP-JCN-7000012050002" };
	char text[PSEUDONYM_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		ck_assert_uint_eq(pseudonym_open(secret, 1, view_str(texts[i])), 0);
	pseudonym_make(secret, 7, 42, text);
	ck_assert_uint_eq(pseudonym_open(secret, 7, view_of(text, PSEUDONYM_TEXT)), 0); /* a NUL in it */
	for (size_t i = 0; text[i]; i++) {
		char was = text[i];
		for (const char *c = "abcdefghijklmnopqrstuvwxyz234567-XN"; *c; c++) {
			text[i] = *c;
			ck_assert_uint_eq(pseudonym_open(secret, 7, view_str(text)), *c == was ? 42 : 0);
		}
		text[i] = was;
	}
}
END_TEST

static int text_cmp(const void *a, const void *b) { return strcmp(a, b); }

/* All of many viewers and organisations differ; neighbours share nothing in front. */
START_TEST(never_the_same)
{
	enum { VIEWERS = 60, ORGS = 500 };
	static char all[VIEWERS * ORGS][PSEUDONYM_TEXT];
	size_t same = 0;

	for (uint32_t v = 0; v < VIEWERS; v++)
		for (uint32_t o = 0; o < ORGS; o++) {
			pseudonym_make(secret, v + 1, o + 1, all[v * ORGS + o]);
			same += o && !memcmp(all[v * ORGS + o], all[v * ORGS + o - 1], 11);
		}
	ck_assert_uint_lt(same, 20); /* of 30000 about one would by chance */
	qsort(all, ARRAY_LEN(all), sizeof *all, text_cmp);
	for (size_t i = 1; i < ARRAY_LEN(all); i++)
		ck_assert_str_ne(all[i - 1], all[i]);
}
END_TEST

static Suite *pseudonym_suite(void)
{
	Suite *s = suite_create("pseudonym");
	TCase *t = tcase_create("pseudonym");

	tcase_add_test(t, opens_for_its_viewer_only);
	tcase_add_test(t, nothing_else_opens);
	tcase_add_test(t, never_the_same);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	suite_make *const suites[] = { pseudonym_suite };

	return run_suites(suites, ARRAY_LEN(suites));
}
