/*
 * test_http1.c - the request reader: a table of requests good and bad, each fed whole, byte by
 * byte and cut in two at every place; then what it tells of a good one, and its limits.
 */
#include "api/http1.h"
#include "base/util.h"
#include "tests/run.h"

#define H "Host: t\r\n"
#define POST "POST /p HTTP/1.1\r\n" H
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

struct row {
	const char *text;
	size_t n;
	const char *expected; /* a word for each request, then how it ended */
};
#define ROW(text, expected)                                                                        \
	{                                                                                          \
		text, sizeof(text) - 1, expected                                                   \
	}

/* What one connection came to: "POST /p?q 3" for each request, then idle, more, closed or a status. */
struct transcript {
	struct buf text;
	uint64_t body;
	bool over;
};

static void note_end(struct http1 *r, struct transcript *t)
{
	buf_addf(&t->text, "%s %.*s", http_method_name(r->method), (int)r->path.n,
		 (const char *)r->path.p);
	if (r->query.p)
		buf_addf(&t->text, "?%.*s", (int)r->query.n, (const char *)r->query.p);
	buf_addf(&t->text, " %u, ", (unsigned)t->body);
	t->over = !r->keep_alive;
	if (t->over)
		buf_adds(&t->text, "closed");
	http1_reset(r);
	t->body = 0;
}

static void feed(struct http1 *r, struct view in, struct transcript *t)
{
	while (!t->over) {
		switch (http1_next(r, &in)) {
		case HTTP1_MORE:
			ck_assert_uint_eq(in.n, 0);
			return;
		case HTTP1_HEAD:
			break;
		case HTTP1_DATA:
			t->body += r->data.n;
			break;
		case HTTP1_END:
			note_end(r, t);
			break;
		case HTTP1_BAD:
		default:
			buf_addf(&t->text, "%d", r->status);
			ck_assert_ptr_nonnull(r->reason);
			t->over = true;
			ck_assert_int_eq(http1_next(r, &in), HTTP1_BAD); /* for good */
		}
	}
}

/* Fed in pieces: up to cut, then of step bytes. */
static char *run(struct view in, size_t cut, size_t step)
{
	struct http1 r;
	struct transcript t = { .text = BUF_INIT };
	const char *p = in.p;
	http1_init(&r);
	for (size_t at = 0; at < in.n;) {
		size_t n = at < cut ? cut - at : MIN(step, in.n - at);
		feed(&r, view_of(p + at, n), &t);
		at += n;
	}
	if (!t.over)
		buf_adds(&t.text, http1_idle(&r) ? "idle" : "more");
	buf_addc(&t.text, '\0');
	http1_done(&r);
	return buf_steal(&t.text);
}

static void check_row(const struct row *row)
{
	struct view in = view_of(row->text, row->n);
	for (size_t cut = 0; cut < MIN(row->n, 2000u); cut++) {
		char *got = run(in, cut, cut ? row->n : 1);
		ck_assert_msg(strcmp(got, row->expected) == 0,
			      "'%.200s' cut at %zu: '%s', not '%s'", row->text, cut, got,
			      row->expected);
		free(got);
	}
}

static const struct row good[] = {
	ROW("GET / HTTP/1.1\r\n" H "\r\n", "GET / 0, idle"),
	ROW("GET /a/b%2Fc?d=%E6%A0%AA&e HTTP/1.1\r\n" H "\r\n",
	    "GET /a/b%2Fc?d=%E6%A0%AA&e 0, idle"),
	ROW("GET /? HTTP/1.1\r\n" H "\r\n", "GET /? 0, idle"),
	ROW("GET /?a[]={b|c}^`\\ HTTP/1.1\r\n" H "\r\n", "GET /?a[]={b|c}^`\\ 0, idle"),
	ROW("HEAD / HTTP/1.1\r\n" H "\r\n", "HEAD / 0, idle"),
	ROW("PATCH / HTTP/1.1\r\n" H "\r\n", "PATCH / 0, idle"),
	ROW("DELETE / HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nab", "DELETE / 2, idle"),
	ROW("OPTIONS * HTTP/1.1\r\n" H "\r\n", "OPTIONS * 0, idle"),
	ROW("GET http://x:80/y?z HTTP/1.1\r\n" H "\r\n", "GET /y?z 0, idle"),
	ROW("GET HTTPS://[::1]?z HTTP/1.1\r\n" H "\r\n", "GET /?z 0, idle"),
	ROW("GET http://x HTTP/1.1\r\n" H "\r\n", "GET / 0, idle"),
	ROW("\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n", "GET / 0, idle"),
	ROW("GET / HTTP/1.0\r\n\r\n", "GET / 0, closed"),
	ROW("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET / 0, idle"),
	ROW("GET / HTTP/1.1\r\n" H "Connection: x, Close\r\n\r\nrest", "GET / 0, closed"),
	ROW("GET / HTTP/1.1\r\n" H "Connection: upgrade\r\nUpgrade: h2c\r\n\r\n",
	    "GET / 0, closed"),
	ROW("GET / HTTP/1.1\r\n" H "A:\r\nB: \t c\xe6\t d \t\r\n\r\n", "GET / 0, idle"),
	ROW("GET / HTTP/1.1\r\nHost: a.b-c_d%20:\r\n\r\n", "GET / 0, idle"),
	ROW(POST "Content-Length: 3\r\n\r\nabc", "POST /p 3, idle"),
	ROW(POST "Content-Length:  0003 \r\n\r\nabc", "POST /p 3, idle"),
	ROW(POST "Content-Length: 0\r\n\r\n", "POST /p 0, idle"),
	ROW(CHUNKED "0\r\n\r\n", "POST /p 0, idle"),
	ROW(CHUNKED "3\r\nabc\r\n00A\r\n0123456789\r\n000\r\n\r\n", "POST /p 13, idle"),
	ROW(CHUNKED "1;a\r\nx\r\n1;b=c;d=\"e\\\"\t;\"\r\ny\r\n0;z\r\n\r\n", "POST /p 2, idle"),
	ROW(CHUNKED "0\r\nA: b\r\nC:\r\n\r\n", "POST /p 0, idle"),
	ROW(POST "transfer-encoding:ChUnKeD\r\n\r\n0\r\n\r\n", "POST /p 0, idle"),
	ROW("GET /1 HTTP/1.1\r\n" H "\r\n" CHUNKED "2\r\nab\r\n0\r\n\r\nGET /2 HTTP/1.1\r\n" H
	    "\r\nGET",
	    "GET /1 0, POST /p 2, GET /2 0, more"),
	ROW(POST "Content-Length: 3\r\n\r\nab", "more"),
	ROW(CHUNKED "3\r\nabc\r\n0\r\n", "more"),
};

static const struct row bad[] = {
	/* the request line */
	ROW("GET / HTTP/1.1\n" H "\r\n", "400"),
	ROW("GET  / HTTP/1.1\r\n" H "\r\n", "400"),
	ROW("GET /  HTTP/1.1\r\n" H "\r\n", "400"),
	ROW("GET / HTTP/1.1 \r\n" H "\r\n", "400"),
	ROW(" GET / HTTP/1.1\r\n" H "\r\n", "400"),
	ROW("GET\t/ HTTP/1.1\r\n" H "\r\n", "400"),
	ROW("GET /\r\n" H "\r\n", "400"),
	ROW("GET\r\n", "400"),
	ROW("G@T / HTTP/1.1\r\n" H "\r\n", "400"),
	ROW("get / HTTP/1.1\r\n" H "\r\n", "501"),
	ROW("TRACE / HTTP/1.1\r\n" H "\r\n", "501"),
	ROW("CONNECT x:1 HTTP/1.1\r\n" H "\r\n", "501"),
	ROW("GET / HTTP/1.2\r\n" H "\r\n", "505"),
	ROW("GET / HTTP/2.0\r\n" H "\r\n", "505"),
	ROW("GET / HTTP/1.10\r\n" H "\r\n", "400"),
	ROW("GET / http/1.1\r\n" H "\r\n", "400"),
	ROW("GET / HTTP/11\r\n" H "\r\n", "400"),
	ROW("\r\n\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n", "400"),
	ROW("\x16\x03\x01\x02", "400"),
	ROW("GET /\0 HTTP/1.1\r\n" H "\r\n", "400"),
	/* the target */
	ROW("GET a HTTP/1.1\r\n" H "\r\n", "400"),
	ROW("GET * HTTP/1.1\r\n" H "\r\n", "400"),
	ROW("GET /\xe6\xa0\xaa HTTP/1.1\r\n" H "\r\n", "400"),
	ROW("GET /a#b HTTP/1.1\r\n" H "\r\n", "400"),
	ROW("GET /\"a HTTP/1.1\r\n" H "\r\n", "400"),
	ROW("GET /a\\b HTTP/1.1\r\n" H "\r\n", "400"),
	ROW("GET /%4 HTTP/1.1\r\n" H "\r\n", "400"),
	ROW("GET /?%g0 HTTP/1.1\r\n" H "\r\n", "400"),
	ROW("GET http:// HTTP/1.1\r\n" H "\r\n", "400"),
	ROW("GET http://u@x/ HTTP/1.1\r\n" H "\r\n", "400"),
	ROW("GET ftp://x/ HTTP/1.1\r\n" H "\r\n", "400"),
	/* fields */
	ROW("GET / HTTP/1.1\r\n" H ": a\r\n\r\n", "400"),
	ROW("GET / HTTP/1.1\r\n" H "A : a\r\n\r\n", "400"),
	ROW("GET / HTTP/1.1\r\n" H "A\r\n\r\n", "400"),
	ROW("GET / HTTP/1.1\r\n" H "A\xc3: a\r\n\r\n", "400"),
	ROW("GET / HTTP/1.1\r\n" H "A: a\r\n b\r\n\r\n", "400"),
	ROW("GET / HTTP/1.1\r\n" H "A: a\nB: b\r\n\r\n", "400"),
	ROW("GET / HTTP/1.1\r\n" H "A: a\rb\r\n\r\n", "400"),
	ROW("GET / HTTP/1.1\r\n" H "A: a\r\r\n\r\n", "400"),
	ROW("GET / HTTP/1.1\r\n" H "A: a\0b\r\n\r\n", "400"),
	ROW("GET / HTTP/1.1\r\n" H "A: a\x7f\r\n\r\n", "400"),
	ROW("GET / HTTP/1.1\r\n" H "A: a\r\n\n", "400"),
	ROW("GET / HTTP/1.1\r\n\r\n", "400"),
	ROW("GET / HTTP/1.1\r\n" H H "\r\n", "400"),
	ROW("GET / HTTP/1.0\r\n" H H "\r\n", "400"),
	ROW("GET / HTTP/1.1\r\nHost:\r\n\r\n", "400"),
	ROW("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400"),
	ROW("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400"),
	ROW("GET / HTTP/1.1\r\nHost: a:x\r\n\r\n", "400"),
	ROW("GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", "400"),
	ROW("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", "400"),
	ROW("GET / HTTP/1.1\r\n" H "Authorization: a\r\nAuthorization: b\r\n\r\n", "400"),
	ROW(POST "Content-Type: a\r\nContent-Type: a\r\n\r\n", "400"),
	ROW(POST "Expect: 100\r\n\r\n", "417"),
	/* framing */
	ROW(POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "400"),
	ROW(POST "Content-Length: 3, 3\r\n\r\nabc", "400"),
	ROW(POST "Content-Length: +3\r\n\r\nabc", "400"),
	ROW(POST "Content-Length: -0\r\n\r\n", "400"),
	ROW(POST "Content-Length: 3a\r\n\r\nabc", "400"),
	ROW(POST "Content-Length:\r\n\r\nabc", "400"),
	ROW(POST "Content-Length: 9223372036854775808\r\n\r\n", "400"),
	ROW(POST "Content-Length: 00000000000000000003\r\n\r\nabc", "400"),
	ROW(POST "Content-Length: 3\t\r\n\r\nabc", "400"),
	ROW(POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
	ROW(POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", "400"),
	ROW(POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "501"),
	ROW(POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501"),
	ROW(POST "Transfer-Encoding:\r\n\r\n0\r\n\r\n", "501"),
	ROW(POST "Transfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n", "400"),
	ROW(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	    "400"),
	ROW("POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
	/* chunks */
	ROW(CHUNKED "0x3\r\nabc\r\n0\r\n\r\n", "400"),
	ROW(CHUNKED "+3\r\nabc\r\n0\r\n\r\n", "400"),
	ROW(CHUNKED " 3\r\nabc\r\n0\r\n\r\n", "400"),
	ROW(CHUNKED "3 \r\nabc\r\n0\r\n\r\n", "400"),
	ROW(CHUNKED "\r\nabc\r\n0\r\n\r\n", "400"),
	ROW(CHUNKED ";a\r\n", "400"),
	ROW(CHUNKED "00000000000000003\r\nabc\r\n0\r\n\r\n", "400"),
	ROW(CHUNKED "3\nabc\r\n0\r\n\r\n", "400"),
	ROW(CHUNKED "3\r\nabcd\r\n0\r\n\r\n", "400"),
	ROW(CHUNKED "3\r\nabc\n0\r\n\r\n", "400"),
	ROW(CHUNKED "3;\r\nabc\r\n0\r\n\r\n", "400"),
	ROW(CHUNKED "3;a=\r\nabc\r\n0\r\n\r\n", "400"),
	ROW(CHUNKED "3; a\r\nabc\r\n0\r\n\r\n", "400"),
	ROW(CHUNKED "3;a=\"b\nc\"\r\nabc\r\n0\r\n\r\n", "400"),
	ROW(CHUNKED "0\r\nA : b\r\n\r\n", "400"),
	ROW(CHUNKED "0\r\n A: b\r\n\r\n", "400"),
	ROW(CHUNKED "0\r\nA: \0\r\n\r\n", "400"),
	ROW(CHUNKED "0\r\nContent-Length: 1\r\n\r\n", "400"),
	ROW(CHUNKED "0\r\nTransfer-Encoding: x\r\n\r\n", "400"),
	ROW(CHUNKED "0\n\n", "400"),
	/* a good one before */
	ROW("GET /1 HTTP/1.1\r\n" H "\r\nGET /2 HTTP/1.1\r\n\r\n", "GET /1 0, 400"),
};

START_TEST(good_requests) { check_row(&good[_i]); }
END_TEST

START_TEST(bad_requests) { check_row(&bad[_i]); }
END_TEST

static void check_text(const struct buf *b, const char *expected)
{
	char *got = run(buf_view(b), 0, b->n);
	ck_assert_str_eq(got, expected);
	free(got);
	got = run(buf_view(b), 0, 1);
	ck_assert_str_eq(got, expected);
	free(got);
}

static void add_times(struct buf *b, const char *text, size_t times)
{
	while (times--)
		buf_adds(b, text);
}

START_TEST(limits_of_the_head)
{
	static const struct {
		const char *before, *again, *after;
		size_t times;
		const char *expected; /* NULL: accepted */
	} cases[] = {
		{ "GET / HTTP/1.1\r\n" H, "a: b\r\n", "\r\n", 99, NULL },
		{ "GET / HTTP/1.1\r\n" H, "a: b\r\n", "\r\n", 100, "431" },
		{ "GET / HTTP/1.1\r\n" H, "a:b\r\n", "\r\n", 100000, "431" },
		{ "GET / HTTP/1.1\r\n" H "a: ", "b", "\r\n\r\n", 16384 - 32, NULL },
		{ "GET / HTTP/1.1\r\n" H "a: ", "b", "\r\n\r\n", 16384 - 31, "431" },
		{ "GET / HTTP/1.1\r\n" H "a: ", "b", "", 16384, "431" },
		{ "GET /", "a", " HTTP/1.1\r\n" H "\r\n", 8191, NULL },
		{ "GET /", "a", " HTTP/1.1\r\n" H "\r\n", 8192, "414" },
		{ "GET /", "a", "", 9000, "414" },
		{ "", "a", "", 9000, "414" },
		{ CHUNKED "1;", "a", "\r\nx\r\n0\r\n\r\n", 255, NULL },
		{ CHUNKED "1;", "a", "\r\nx\r\n0\r\n\r\n", 256, "413" },
		{ CHUNKED, "1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nx\r\n", "", 400,
		  "413" },
		{ CHUNKED "0\r\na:", "b", "\r\n\r\n", 4000, NULL },
		{ CHUNKED "0\r\na:", "b", "\r\n\r\n", 4096, "431" },
		{ CHUNKED "0\r\n", "a:b\r\n", "\r\n", 900, "431" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = BUF_INIT;
		buf_adds(&b, cases[i].before);
		add_times(&b, cases[i].again, cases[i].times);
		buf_adds(&b, cases[i].after);
		if (cases[i].expected) {
			check_text(&b, cases[i].expected);
		} else {
			char *got = run(buf_view(&b), 0, 1);
			ck_assert_msg(strstr(got, ", idle"), "case %zu: %.40s", i, got);
			free(got);
		}
		buf_done(&b);
	}
}
END_TEST

START_TEST(limit_of_the_body)
{
	static const struct row rows[] = {
		ROW(POST "Content-Length: 10\r\n\r\n0123456789", "end"),
		ROW(POST "Content-Length: 11\r\n\r\n", "413"),
		ROW(POST "Content-Length: 9223372036854775807\r\n\r\n", "413"),
		ROW(CHUNKED "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n", "end"),
		ROW(CHUNKED "5\r\n01234\r\n6\r\n", "413"),
		ROW(CHUNKED "ffffffffffffffff\r\n", "413"),
		ROW(CHUNKED "1\r\n0\r\nffffffffffffffff\r\n", "413"),
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct http1 r;
		struct view in = view_of(rows[i].text, rows[i].n);
		enum http1_event ev;
		http1_init(&r);
		ck_assert_int_eq(http1_next(&r, &in), HTTP1_HEAD);
		r.body_max = 10;
		while ((ev = http1_next(&r, &in)) == HTTP1_DATA)
			;
		ck_assert_int_eq(ev, strcmp(rows[i].expected, "end") ? HTTP1_BAD : HTTP1_END);
		ck_assert_int_eq(r.status, ev == HTTP1_BAD ? 413 : 0);
		http1_done(&r);
	}
}
END_TEST

START_TEST(what_it_tells)
{
	struct http1 r;
	struct view in = VIEW_LIT("PUT /a?b HTTP/1.1\r\nHOST: h:1\r\nX-y:  1 2 \r\nx-Y: 3\r\n"
				  "Expect: 100-Continue\r\nContent-Length: 5\r\n\r\nhello");
	http1_init(&r);
	ck_assert(http1_idle(&r));
	ck_assert_int_eq(http1_next(&r, &in), HTTP1_HEAD);
	ck_assert(!http1_idle(&r));
	ck_assert_int_eq(r.method, HTTP_PUT);
	ck_assert(view_is(r.path, "/a"));
	ck_assert(view_is(r.query, "b"));
	ck_assert(view_is(r.host, "h:1"));
	ck_assert(r.expect_continue && r.keep_alive && !r.chunked);
	ck_assert_uint_eq(r.content_length, 5);
	ck_assert_uint_eq(r.field_count, 5);
	ck_assert(view_is(http1_field_name(&r, 1), "x-y"));
	ck_assert(view_is(http1_field(&r, "x-y"), "1 2"));
	ck_assert(view_is(http1_field_value(&r, 2), "3"));
	ck_assert_ptr_null(http1_field(&r, "x").p);
	ck_assert_int_eq(http1_next(&r, &in), HTTP1_DATA);
	ck_assert(view_is(r.data, "hello"));
	ck_assert_int_eq(http1_next(&r, &in), HTTP1_END);
	http1_reset(&r);
	ck_assert(http1_idle(&r));
	in = VIEW_LIT("GET http://other HTTP/1.1\r\nHost: h\r\n\r\n");
	ck_assert_int_eq(http1_next(&r, &in), HTTP1_HEAD);
	ck_assert(view_is(r.host, "other"));
	ck_assert(view_is(r.path, "/"));
	ck_assert_ptr_null(r.query.p);
	ck_assert(!r.expect_continue);
	http1_done(&r);
}
END_TEST

static Suite *suite_http1(void)
{
	Suite *s = suite_create("http1");
	TCase *t = tcase_create("reader");
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, good_requests, 0, ARRAY_LEN(good));
	tcase_add_loop_test(t, bad_requests, 0, ARRAY_LEN(bad));
	tcase_add_test(t, limits_of_the_head);
	tcase_add_test(t, limit_of_the_body);
	tcase_add_test(t, what_it_tells);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	static suite_make *const makes[] = { suite_http1 };
	return run_suites(makes, 1);
}
