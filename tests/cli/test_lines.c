/* test_lines.c - lines and server-sent events, whatever the pieces they come in. */
#include "tests/cli/suites.h"

#include <string.h>

#include "base/util.h"
#include "cli/lines.h"

struct seen {
	struct buf text; /* "<line>" each */
	size_t stop_after, n;
};

static bool note(void *arg, struct view line)
{
	struct seen *s = arg;

	buf_addc(&s->text, '<');
	buf_addv(&s->text, line);
	buf_addc(&s->text, '>');
	return ++s->n != s->stop_after;
}

static bool feed_in_pieces(struct lines *l, const char *text, size_t piece)
{
	for (size_t n = strlen(text); n > 0;) {
		size_t k = MIN(piece, n);

		if (!lines_feed(l, view_of(text, k)))
			return false;
		text += k;
		n -= k;
	}
	return true;
}

START_TEST(lines_in_any_pieces)
{
	struct seen seen = { .stop_after = SIZE_MAX };
	struct lines l = { .on_line = note, .arg = &seen };

	ck_assert(feed_in_pieces(&l, "a\r\nbcd\n\n株式\nend", (size_t)_i));
	ck_assert(lines_end(&l));
	ck_assert(lines_end(&l));
	buf_addc(&seen.text, '\0');
	ck_assert_str_eq(seen.text.p, "<a><bcd><><株式><end>");
	lines_done(&l);
	buf_done(&seen.text);
}
END_TEST

START_TEST(events_in_any_pieces)
{
	static const char stream[] = ": hello\n\nid: 7\nevent: x\ndata: {\"a\":1}\n\nretry: 1500\n"
				     "data:one\ndata: two\nid\n\ndata: lost";
	struct seen seen = { .stop_after = SIZE_MAX };
	struct sse s = { .retry_ms = -1, .on_event = note, .arg = &seen };
	struct lines l = { .on_line = sse_line, .arg = &s };

	ck_assert(feed_in_pieces(&l, stream, (size_t)_i));
	buf_addc(&seen.text, '\0');
	ck_assert_str_eq(seen.text.p, "<{\"a\":1}><one\ntwo>");
	ck_assert_int_eq(s.retry_ms, 1500);
	ck_assert_str_eq(s.id, "");
	lines_done(&l);
	sse_done(&s);
	buf_done(&seen.text);
}
END_TEST

START_TEST(last_id_is_kept)
{
	struct seen seen = { .stop_after = SIZE_MAX };
	struct sse s = { .retry_ms = -1, .on_event = note, .arg = &seen };

	ck_assert(sse_line(&s, VIEW_LIT("id: 01J-9")));
	ck_assert(sse_line(&s, VIEW_LIT("retry: 12x")));
	ck_assert(sse_line(&s, VIEW_LIT("data: x")));
	ck_assert(sse_line(&s, VIEW_LIT("")));
	ck_assert_str_eq(s.id, "01J-9");
	ck_assert_int_eq(s.retry_ms, -1);
	sse_done(&s);
	buf_done(&seen.text);
}
END_TEST

START_TEST(a_reader_may_stop)
{
	struct seen seen = { .stop_after = 1 };
	struct lines l = { .on_line = note, .arg = &seen };

	ck_assert(!feed_in_pieces(&l, "a\nb\n", 100));
	ck_assert_uint_eq(seen.n, 1);
	lines_done(&l);
	buf_done(&seen.text);
}
END_TEST

START_TEST(endless_lines_are_refused)
{
	static char block[1 << 16];
	struct seen seen = { .stop_after = SIZE_MAX };
	struct lines l = { .on_line = note, .arg = &seen };
	size_t fed = 0;

	memset(block, 'x', sizeof(block));
	while (fed <= LINE_MAX_BYTES && lines_feed(&l, view_of(block, sizeof(block))))
		fed += sizeof(block);
	ck_assert_uint_eq(fed, LINE_MAX_BYTES);
	ck_assert_uint_eq(seen.n, 0);
	lines_done(&l);
	buf_done(&seen.text);
}
END_TEST

Suite *lines_suite(void)
{
	Suite *s = suite_create("cli/lines");
	TCase *tc = tcase_create("lines");

	tcase_add_loop_test(tc, lines_in_any_pieces, 1, 8);
	tcase_add_loop_test(tc, events_in_any_pieces, 1, 12);
	tcase_add_test(tc, last_id_is_kept);
	tcase_add_test(tc, a_reader_may_stop);
	tcase_add_test(tc, endless_lines_are_refused);
	suite_add_tcase(s, tc);
	return s;
}
