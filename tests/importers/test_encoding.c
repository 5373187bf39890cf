/* test_encoding.c - UTF-8, CP932 and what is neither: told apart by content, errors with their place. */
#include <stdlib.h>

#include "base/util.h"
#include "importers/cp932.h"
#include "importers/source.h"
#include "tests/importers/harness.h"

#define P "JP-JCN-7000012050002"

static void expect_cp932(const char *utf8, const char *want)
{
	struct view v = to_cp932(utf8);

	expect_import(&(struct import_params){ .kind = IK_ORGS }, v, want);
	free((void *)(uintptr_t)v.p);
}

START_TEST(utf8_with_and_without_bom)
{
	EXPECT(IK_ORGS, "id,name\n" P ",表示\n", "2 org " P " stubs name='表示'\n");
	EXPECT(IK_ORGS, "\xef\xbb\xbfid,name\n" P ",表示\n", "2 org " P " stubs name='表示'\n");
	EXPECT(IK_ORGS, "id,name\n" P ",𠮷野\n", "2 org " P " stubs name='𠮷野'\n");
}
END_TEST

/* The second byte of 表 ソ 能 is 0x5C, of others 0x7C or 0x22-like ASCII: never a delimiter. */
START_TEST(cp932_trail_bytes)
{
	expect_cp932("id,name\n" P ",表ソ能予十構貼\n", "2 org " P " stubs name='表ソ能予十構貼'\n");
	expect_cp932("法人番号\t名称\r\n7000012050002\tポ|ソ\r\n",
		     "2 org " P " stubs name='ポ|ソ'\n");
}
END_TEST

START_TEST(cp932_extensions)
{
	expect_cp932("id,name\n" P ",㈱①髙﨑Ⅳ～－ｱｲｳ\n", "2 org " P " stubs name='㈱①髙﨑Ⅳ～－ｱｲｳ'\n");
	/* both homes of 髙 */
	EXPECT(IK_ORGS, "id,name\n" P ",\xee\xe0\xfb\xfc\n", "2 org " P " stubs name='髙髙'\n");
}
END_TEST

START_TEST(bytes_of_no_encoding)
{
	/* place: line 2, byte 4 of it; offset 12 in the file */
	EXPECT(IK_ORGS, "id,name\nab,\x81\xff\n", "=bad-encoding 2:4 - 0x81 (offset 11)\n");
	EXPECT(IK_ORGS, "id,name\nab,\x82\xa0\xff\n", "=bad-encoding 2:6 - 0xFF (offset 13)\n");
	EXPECT(IK_ORGS, "id,name\r\nab,c\r\nde,\x80\r\n", "=bad-encoding 3:4 - 0x80 (offset 18)\n");
	/* a character cut by the file's end */
	EXPECT(IK_ORGS, "id,name\nab,\x82", "=bad-encoding 2:4 - 0x82 (offset 11)\n");
}
END_TEST

START_TEST(damaged_utf8_is_not_taken_for_cp932)
{
	/* with a BOM there is no second try */
	EXPECT(IK_ORGS, "\xef\xbb\xbfid,name\nab,\x82\xa0\n", "=bad-encoding 2:4 - 0x82 (offset 14)\n");
	/* so many good characters are no accident: the cut one is damage, though CP932 would read on */
	EXPECT(IK_ORGS, "id,name\nab,日本語の名称\xe3\x81", "=bad-encoding 2:22 - 0xE3 (offset 29)\n");
}
END_TEST

START_TEST(utf16_and_containers)
{
	EXPECT(IK_ORGS, "\xff\xfei\0d\0,\0n\0", "=utf-16 0:0 - \n");
	EXPECT(IK_ORGS, "\xfe\xff\0i\0d\0,\0n", "=utf-16 0:0 - \n");
	EXPECT(IK_ORGS, "i\0d\0,\0n\0a\0m\0e\0\n\0", "=utf-16 0:0 - \n");
	EXPECT(IK_ORGS, "PK\3\4xxxx", "=unknown-format 0:0 - ZIP (xlsx)\n");
	EXPECT(IK_ORGS, "%PDF-1.7", "=unknown-format 0:0 - PDF\n");
}
END_TEST

/* Windows of the decoder end anywhere: in a character, in a row, between CR and LF. */
START_TEST(cp932_over_windows)
{
	AUTO(buf_done) struct buf in = BUF_INIT;
	struct outcome o;
	size_t rows = 30000;

	buf_adds(&in, "id,name\r\n");
	for (size_t i = 0; i < rows; i++)
		buf_addf(&in, "XX-LOCAL-%zu,\"\x95\x5c\x8e\xa6%.*s\"\r\n", i, (int)(i % 7), "aaaaaaa");
	ck_assert(buf_ok(&in));
	o = import_bytes(&(struct import_params){ .kind = IK_ORGS }, buf_view(&in));
	ck_assert_uint_eq(o.result.rows, rows);
	ck_assert_uint_eq(o.progressed, rows);
	ck_assert_uint_eq(o.bytes, in.n);
	ck_assert_uint_eq(count_text(o.text, "name='表示"), rows);
	ck_assert_ptr_null(strchr(o.text, '!'));
	free(o.text);
}
END_TEST

START_TEST(characters)
{
	AUTO(buf_done) struct buf out = BUF_INIT;

	ck_assert(cp932_ready());
	ck_assert_uint_eq(cp932_char_len(VIEW_LIT("\x82\xa0")), 2);
	ck_assert_uint_eq(cp932_char_len(VIEW_LIT("\x82")), 0);
	ck_assert_uint_eq(cp932_char_len(VIEW_LIT("\xb1")), 1);
	ck_assert_uint_eq(cp932_char_len(VIEW_LIT("\x82\x7f")), 0);
	ck_assert_uint_eq(cp932_char_len(VIEW_LIT("")), 0);
	ck_assert_uint_eq(cp932_valid(VIEW_LIT("a\x82\xa0\xfd")), 3);
	ck_assert_uint_eq(cp932_decode(VIEW_LIT("\\\x81\x60\x81\x7c\x81"), &out), 5);
	ck_assert(view_is(buf_view(&out), "\\～－"));
}
END_TEST

static void expect_open(const char *path, enum rc want)
{
	AUTO(source_done) struct source s;
	struct err e = { 0 };

	ck_assert_int_eq(source_open(&s, path, &e), want);
	ck_assert_int_eq(e.rc, want);
}

START_TEST(paths)
{
	expect_open("/nonexistent/file.csv", RC_IO);
	expect_open("/tmp", RC_IO);
	expect_open("/dev/null", RC_IO);
}
END_TEST

Suite *encoding_suite(void)
{
	Suite *s = suite_create("encoding");
	TCase *t = tcase_create("encoding");

	tcase_add_test(t, utf8_with_and_without_bom);
	tcase_add_test(t, cp932_trail_bytes);
	tcase_add_test(t, cp932_extensions);
	tcase_add_test(t, bytes_of_no_encoding);
	tcase_add_test(t, damaged_utf8_is_not_taken_for_cp932);
	tcase_add_test(t, utf16_and_containers);
	tcase_add_test(t, cp932_over_windows);
	tcase_add_test(t, characters);
	tcase_add_test(t, paths);
	suite_add_tcase(s, t);
	return s;
}
