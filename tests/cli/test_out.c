/* test_out.c - CSV fields, JSON numbers, cells. */
#include "tests/cli/suites.h"

#include <string.h>

#include "base/util.h"
#include "cli/out.h"
#include "cli/rows.h"

static const struct {
	const char *in, *out;
	bool is_text;
} csv_cases[] = {
	{ "plain", "plain", true },
	{ "", "", true },
	{ "a,b", "\"a,b\"", true },
	{ "say \"yes\"", "\"say \"\"yes\"\"\"", true },
	{ "two\nlines", "\"two\nlines\"", true },
	{ " padded", "\" padded\"", true },
	{ "=1+1", "'=1+1", true },
	{ "+81", "'+81", true },
	{ "-x", "'-x", true },
	{ "@cmd", "'@cmd", true },
	{ "\tx", "'\tx", true },
	{ "=\"a\",b", "\"'=\"\"a\"\",b\"", true },
	{ "-5", "-5", false },
	{ "株式会社,みほん", "\"株式会社,みほん\"", true },
};

START_TEST(csv)
{
	struct buf b = BUF_INIT;

	csv_field(&b, view_str(csv_cases[_i].in), csv_cases[_i].is_text);
	buf_addc(&b, '\0');
	ck_assert_str_eq(b.p, csv_cases[_i].out);
	buf_done(&b);
}
END_TEST

static const struct {
	const char *json;
	enum cell kind;
	const char *human, *machine;
} cell_cases[] = {
	{ "null", CELL_TEXT, "", "" },
	{ "1234567", CELL_MONEY, "1,234,567", "1234567" },
	{ "-1234", CELL_MONEY, "-1,234", "-1234" },
	{ "-123", CELL_MONEY, "-123", "-123" },
	{ "1000", CELL_NUM, "1000", "1000" },
	{ "0.1", CELL_NUM, "0.1", "0.1" },
	{ "0.123456789", CELL_NUM, "0.123456789", "0.123456789" },
	{ "\"lapsed\"", CELL_WORD, "失効", "lapsed" },
	{ "\"no such word\"", CELL_WORD, "no such word", "no such word" },
	{ "true", CELL_FLAG, "はい", "true" },
	{ "[\"A\",\"B\"]", CELL_PATH, "A > B", "A;B" },
	{ "[\"A\",\"B\"]", CELL_TEXT, "A, B", "A;B" },
	{ "{\"role\":\"r\",\"x\":null,\"n\":{\"kind\":\"rule\"}}", CELL_TEXT,
	  "役割=r, n={種別=ルール}",
	  "{\"role\":\"r\",\"x\":null,\"n\":{\"kind\":\"rule\"}}" },
};

START_TEST(cells)
{
	const struct cli c = { .lang = LANG_JA };
	struct buf human = BUF_INIT, machine = BUF_INIT;
	json_t *v = json_loads(cell_cases[_i].json, JSON_DECODE_ANY, NULL);

	cell_text(&human, &c, v, cell_cases[_i].kind, true);
	cell_text(&machine, &c, v, cell_cases[_i].kind, false);
	buf_addc(&human, '\0');
	buf_addc(&machine, '\0');
	ck_assert_str_eq(human.p, cell_cases[_i].human);
	ck_assert_str_eq(machine.p, cell_cases[_i].machine);
	buf_done(&human);
	buf_done(&machine);
	json_decref(v);
}
END_TEST

START_TEST(dotted_paths)
{
	json_t *o = json_pack("{s:{s:i},s:i}", "a", "b-c", 7, "d", 8);

	ck_assert_int_eq(json_integer_value(json_at(o, "a.b-c")), 7);
	ck_assert_int_eq(json_integer_value(json_at(o, "d")), 8);
	ck_assert_ptr_null(json_at(o, "a.x"));
	ck_assert_ptr_null(json_at(o, "d.x"));
	json_decref(o);
}
END_TEST

Suite *out_suite(void)
{
	Suite *s = suite_create("cli/out");
	TCase *tc = tcase_create("out");

	tcase_add_loop_test(tc, csv, 0, ARRAY_LEN(csv_cases));
	tcase_add_loop_test(tc, cells, 0, ARRAY_LEN(cell_cases));
	tcase_add_test(tc, dotted_paths);
	suite_add_tcase(s, tc);
	return s;
}
