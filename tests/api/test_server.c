/* test_server.c - what the server does for well-meaning clients. */
#include <signal.h>
#include <zlib.h>

#include "api/tls.h"
#include "tests/api/certs.h"
#include "tests/api/http_client.h"
#include "tests/api/http_rig.h"
#include "tests/run.h"

static struct rig rig;

static void setup(void)
{
	rig_init(&rig);
	rig_start(&rig);
}

static void setup_two_loops(void)
{
	rig_init(&rig);
	rig.config.loops = 2;
	rig_start(&rig);
}

static void start_tls(unsigned loops)
{
	struct cert cert = cert_make("localhost", NULL, 30);
	rig_init(&rig);
	rig.config.loops = loops;
	rig.config.tls = cert_tls(&cert, rig.dir, NULL, TLS_CLIENT_NONE);
	cert_done(&cert);
	client_tls = SSL_CTX_new(TLS_client_method());
	signal(SIGPIPE, SIG_IGN);
	rig_start(&rig);
}

static void setup_tls(void) { start_tls(1); }

static void setup_two_loops_tls(void) { start_tls(2); }

static void teardown(void)
{
	rig_stop(&rig);
	SSL_CTX_free(client_tls);
	client_tls = NULL;
}

static void say_post(struct client *c, const char *path, const void *body, size_t n)
{
	char head[256];
	snprintf(head, sizeof(head), "POST %s HTTP/1.1\r\nHost: t\r\nContent-Length: %zu\r\n\r\n",
		 path, n);
	client_say(c, head);
	client_send(c, body, n);
}

START_TEST(keep_alive)
{
	struct client c = client_open(rig.port);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(client_get(&c, "/hello"), 200);
	client_say(&c, "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	struct answer a = client_hear(&c);
	ck_assert_str_eq(answer_field(&a, "Connection"), "keep-alive");
	answer_done(&a);
	client_say(&c, "GET /hello HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
	a = client_hear(&c);
	ck_assert_str_eq(answer_field(&a, "Connection"), "close");
	answer_done(&a);
	ck_assert(client_sees_end(&c));
	ck_assert_uint_eq(rig_stats(&rig).accepted, 1);
	client_close(&c);
}
END_TEST

START_TEST(default_fields)
{
	struct client c = client_open(rig.port);
	client_say(&c, "GET /hello HTTP/1.1\r\nHost: t\r\n\r\n");
	struct answer a = client_hear(&c);
	ck_assert_str_eq(answer_field(&a, "X-Content-Type-Options"), "nosniff");
	ck_assert_str_eq(answer_field(&a, "Cache-Control"), "no-store");
	ck_assert_str_eq(answer_field(&a, "Content-Type"), "text/plain; charset=utf-8");
	ck_assert_str_eq(answer_field(&a, "Server"), "");
	ck_assert_str_eq(answer_field(&a, "Date") + 25, " GMT");
	answer_done(&a);
	client_close(&c);
}
END_TEST

START_TEST(handler_helpers)
{
	struct client c = client_open(rig.port);
	client_say(&c, "GET /fields HTTP/1.1\r\nHost: there:80\r\nUser-Agent: me\r\n\r\n");
	struct answer a = client_hear(&c);
	ck_assert_str_eq(answer_field(&a, "X-Odd"), "a??Set-Cookie: b?");
	ck_assert_str_eq(answer_field(&a, "Cache-Control"), "public, max-age=60");
	ck_assert(answer_is(&a, "me there:80 127.0.0.1 100"));
	answer_done(&a);
	client_close(&c);
}
END_TEST

START_TEST(pipelining)
{
	struct client c = client_open(rig.port);
	struct buf all = BUF_INIT;
	for (int i = 0; i < 200; i++)
		buf_addf(&all,
			 i % 5 ? "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n\r\n%04d"
			       : "POST /async?%04d HTTP/1.1\r\nHost: t\r\n\r\n",
			 i);
	client_send(&c, all.p, all.n);
	for (int i = 0; i < 200; i++) {
		char expected[16];
		struct answer a = client_hear(&c);
		snprintf(expected, sizeof(expected), "%04d", i);
		ck_assert_int_eq(a.status, 200);
		ck_assert(answer_is(&a, i % 5 ? expected : "async"));
		answer_done(&a);
	}
	buf_done(&all);
	client_close(&c);
}
END_TEST

START_TEST(byte_by_byte)
{
	static const char text[] =
		"POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
		"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: u\r\n\r\n";
	struct client c = client_open(rig.port);
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		client_send(&c, text + i, 1);
	struct answer a = client_hear(&c);
	ck_assert_int_eq(a.status, 200);
	ck_assert(answer_is(&a, "abcde"));
	answer_done(&a);
	ck_assert_int_eq(client_get(&c, "/hello"), 200);
	client_close(&c);
}
END_TEST

START_TEST(expect_continue)
{
	struct client c = client_open(rig.port);
	client_say(&c, "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n"
		       "Expect: 100-continue\r\n\r\n");
	ck_assert_int_eq(client_status(&c), 100);
	client_say(&c, "ok");
	struct answer a = client_hear(&c);
	ck_assert(answer_is(&a, "ok"));
	answer_done(&a);
	/* A body that is too large is refused before it is sent. */
	client_say(&c, "POST /small HTTP/1.1\r\nHost: t\r\nContent-Length: 11\r\n"
		       "Expect: 100-continue\r\n\r\n");
	ck_assert_int_eq(client_status(&c), 413);
	ck_assert(client_sees_end(&c));
	client_close(&c);
}
END_TEST

START_TEST(head_method)
{
	struct client c = client_open(rig.port);
	client_say(&c, "HEAD /hello HTTP/1.1\r\nHost: t\r\n\r\n"
		       "HEAD /stream?3 HTTP/1.1\r\nHost: t\r\n\r\n"
		       "HEAD /file HTTP/1.1\r\nHost: t\r\n\r\n");
	struct answer a = client_hear_(&c, true);
	ck_assert_str_eq(answer_field(&a, "Content-Length"), "5");
	a = client_hear_(&c, true);
	ck_assert_int_eq(a.status, 200);
	a = client_hear_(&c, true);
	ck_assert_str_eq(answer_field(&a, "Content-Length"), "200000");
	ck_assert_int_eq(client_get(&c, "/hello"), 200);
	ck_assert_uint_eq(rig_count(&rig, &rig.sources_done), 1);
	client_close(&c);
}
END_TEST

static char *pattern(size_t n)
{
	char *p = malloc(n);
	ck_assert_ptr_nonnull(p);
	for (size_t i = 0; i < n; i++)
		p[i] = (char)(i * 31 + (i >> 12));
	return p;
}

START_TEST(large_body_goes_to_a_file)
{
	size_t n = 5 << 20;
	char *body = pattern(n);
	struct client c = client_open(rig.port);
	say_post(&c, "/echo", body, n);
	struct answer a = client_hear(&c);
	ck_assert_uint_eq(a.body.n, n);
	ck_assert_int_eq(memcmp(a.body.p, body, n), 0);
	ck_assert_uint_eq(rig_count(&rig, &rig.spooled), 1);
	answer_done(&a);
	say_post(&c, "/spool", "tiny", 4);
	a = client_hear(&c);
	ck_assert(answer_is(&a, "tiny"));
	ck_assert_uint_eq(rig_count(&rig, &rig.spooled), 2);
	answer_done(&a);
	free(body);
	client_close(&c);
}
END_TEST

START_TEST(chunked_body_moves_to_a_file)
{
	size_t piece = 100000, pieces = 30;
	char *body = pattern(piece);
	struct client c = client_open(rig.port);
	client_say(&c, "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (size_t i = 0; i < pieces; i++) {
		client_say(&c, "186A0\r\n");
		client_send(&c, body, piece);
		client_say(&c, "\r\n");
	}
	client_say(&c, "0\r\n\r\n");
	struct answer a = client_hear(&c);
	ck_assert_uint_eq(a.body.n, piece * pieces);
	for (size_t i = 0; i < pieces; i++)
		ck_assert_int_eq(memcmp(a.body.p + i * piece, body, piece), 0);
	ck_assert_uint_eq(rig_count(&rig, &rig.spooled), 1);
	answer_done(&a);
	free(body);
	client_close(&c);
}
END_TEST

START_TEST(refused_at_the_head)
{
	struct client c = client_open(rig.port);
	ck_assert_int_eq(client_get(&c, "/no"), 401);
	ck_assert_int_eq(client_get(&c, "/hello"), 200); /* without a body it goes on */
	say_post(&c, "/no", "body", 4);
	ck_assert_int_eq(client_status(&c), 401);
	ck_assert(client_sees_end(&c));
	client_close(&c);
}
END_TEST

#define ASYNC_CLIENTS 16

START_TEST(answers_from_other_threads)
{
	struct client c[ASYNC_CLIENTS];
	for (int i = 0; i < ASYNC_CLIENTS; i++)
		c[i] = client_open(rig.port);
	for (int round = 0; round < 10; round++) {
		for (int i = 0; i < ASYNC_CLIENTS; i++)
			client_say(&c[i], "GET /async HTTP/1.1\r\nHost: t\r\n\r\n");
		for (int i = 0; i < ASYNC_CLIENTS; i++) {
			struct answer a = client_hear(&c[i]);
			ck_assert(answer_is(&a, "async"));
			answer_done(&a);
		}
	}
	for (int i = 0; i < ASYNC_CLIENTS; i++)
		client_close(&c[i]);
}
END_TEST

START_TEST(client_gone_before_the_answer)
{
	struct client c = client_open(rig.port);
	client_say(&c, "GET /hold HTTP/1.1\r\nHost: t\r\n\r\n");
	EVENTUALLY(rig_held(&rig) == 1);
	struct http_request *req = rig_take(&rig);
	ck_assert(!http_client_gone(req));
	client_abort(&c);
	EVENTUALLY(http_client_gone(req));
	EVENTUALLY(rig_stats(&rig).conns == 0);
	rig_reply(req, "nobody hears this");
	c = client_open(rig.port);
	ck_assert_int_eq(client_get(&c, "/hello"), 200);
	client_close(&c);
}
END_TEST

START_TEST(client_gone_in_the_body)
{
	static char half[2 << 20];
	struct client c = client_open(rig.port);
	client_say(&c, "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 3000000\r\n\r\n");
	client_send(&c, half, sizeof(half));
	client_abort(&c);
	EVENTUALLY(rig_count(&rig, &rig.drops) == 1);
	c = client_open(rig.port);
	client_say(&c, "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nab");
	client_half_close(&c);
	ck_assert(client_sees_end(&c));
	client_close(&c);
	EVENTUALLY(rig_count(&rig, &rig.drops) == 2);
	EVENTUALLY(rig_stats(&rig).conns == 0);
	ck_assert_uint_eq(rig_stats(&rig).requests, 0);
}
END_TEST

START_TEST(half_closed_client_is_answered)
{
	struct client c = client_open(rig.port);
	client_say(&c,
		   "GET /async HTTP/1.1\r\nHost: t\r\n\r\nGET /hello HTTP/1.1\r\nHost: t\r\n\r\n");
	client_half_close(&c);
	ck_assert_int_eq(client_status(&c), 200);
	ck_assert_int_eq(client_status(&c), 200);
	ck_assert(client_sees_end(&c));
	client_close(&c);
}
END_TEST

static void check_pieces(const struct answer *a, unsigned n)
{
	struct buf expected = BUF_INIT;
	while (n)
		buf_addf(&expected, "piece %u\n", --n);
	ck_assert(view_eq(buf_view(&expected), buf_view(&a->body)));
	buf_done(&expected);
}

START_TEST(streams)
{
	struct client c = client_open(rig.port);
	client_say(&c, "GET /stream?50000 HTTP/1.1\r\nHost: t\r\n\r\n"
		       "GET /stream?0 HTTP/1.1\r\nHost: t\r\n\r\n"
		       "GET /stream?7 HTTP/1.0\r\n\r\n");
	usleep(50000); /* let the socket fill up, so that it has to wait for us */
	struct answer a = client_hear(&c);
	check_pieces(&a, 50000);
	answer_done(&a);
	a = client_hear(&c);
	check_pieces(&a, 0);
	answer_done(&a);
	a = client_hear(&c);
	ck_assert_str_eq(answer_field(&a, "Transfer-Encoding"), "");
	check_pieces(&a, 7);
	answer_done(&a);
	ck_assert_uint_eq(rig_count(&rig, &rig.sources_done), 3);
	client_close(&c);
}
END_TEST

START_TEST(aborted_stream_is_cut)
{
	struct client c = client_open(rig.port);
	client_say(&c, "GET /abort?3 HTTP/1.1\r\nHost: t\r\n\r\n");
	while (client_more(&c))
		;
	ck_assert_ptr_nonnull(memmem(c.in.p, c.in.n, "piece 0", 7));
	ck_assert_ptr_null(memmem(c.in.p, c.in.n, "\r\n0\r\n", 5));
	EVENTUALLY(rig_count(&rig, &rig.sources_done) == 1);
	client_close(&c);
}
END_TEST

START_TEST(client_leaves_a_stream)
{
	struct client c = client_open(rig.port);
	client_say(&c, "GET /stream?9000000 HTTP/1.1\r\nHost: t\r\n\r\n");
	ck_assert(client_more(&c));
	client_abort(&c);
	EVENTUALLY(rig_count(&rig, &rig.sources_done) == 1);
}
END_TEST

static void gunzip(struct answer *a)
{
	struct buf out = BUF_INIT;
	z_stream z = { .next_in = (Bytef *)a->body.p, .avail_in = (uInt)a->body.n };
	ck_assert_str_eq(answer_field(a, "Content-Encoding"), "gzip");
	ck_assert(buf_reserve(&out, 4 << 20));
	z.next_out = (Bytef *)out.p;
	z.avail_out = (uInt)out.cap;
	ck_assert_int_eq(inflateInit2(&z, 15 + 16), Z_OK);
	ck_assert_int_eq(inflate(&z, Z_FINISH), Z_STREAM_END);
	out.n = z.total_out;
	inflateEnd(&z);
	buf_done(&a->body);
	a->body = out;
}

START_TEST(compression)
{
	struct client c = client_open(rig.port);
	client_say(&c,
		   "GET /big?50000 HTTP/1.1\r\nHost: t\r\nAccept-Encoding: br, gzip;q=0.5\r\n\r\n");
	struct answer a = client_hear(&c);
	ck_assert_str_eq(answer_field(&a, "Vary"), "Accept-Encoding");
	ck_assert_str_eq(answer_field(&a, "ETag"), "\"7.b16-gzip\"");
	ck_assert_uint_lt(a.body.n, 10000);
	gunzip(&a);
	ck_assert_uint_eq(a.body.n, 50000);
	ck_assert_int_eq(a.body.p[49999], 'a' + 49999 % 23);
	answer_done(&a);
	client_say(&c, "GET /stream?5000 HTTP/1.1\r\nHost: t\r\nAccept-Encoding: gzip\r\n\r\n");
	a = client_hear(&c);
	gunzip(&a);
	check_pieces(&a, 5000);
	answer_done(&a);
	static const char *const not_wanted[] = { "gzip;q=0", "br", "gzippy", "*;q=0.0", "",
						  "*, gzip;q=0", "gzip;q=0.000, *;q=1" };
	for (size_t i = 0; i < ARRAY_LEN(not_wanted); i++) {
		char text[256];
		snprintf(text, sizeof(text),
			 "GET /big?2000 HTTP/1.1\r\nHost: t\r\nAccept-Encoding: %s\r\n\r\n",
			 not_wanted[i]);
		client_say(&c, text);
		a = client_hear(&c);
		ck_assert_str_eq(answer_field(&a, "Content-Encoding"), "");
		ck_assert_str_eq(answer_field(&a, "Vary"), "Accept-Encoding");
		ck_assert_str_eq(answer_field(&a, "ETag"), "\"7.b16\"");
		ck_assert_uint_eq(a.body.n, 2000);
		answer_done(&a);
	}
	client_close(&c);
}
END_TEST

/* What would take long at once goes in steps: its length is not known before. */
START_TEST(large_compression)
{
	struct client c = client_open(rig.port);
	client_say(&c, "GET /big?3000000 HTTP/1.1\r\nHost: t\r\nAccept-Encoding: *\r\n\r\n"
		       "GET /big?10 HTTP/1.1\r\nHost: t\r\nAccept-Encoding: gzip\r\n\r\n");
	struct answer a = client_hear(&c);
	ck_assert_str_eq(answer_field(&a, "Transfer-Encoding"), "chunked");
	ck_assert_str_eq(answer_field(&a, "ETag"), "\"7.b16-gzip\"");
	gunzip(&a);
	ck_assert_uint_eq(a.body.n, 3000000);
	for (size_t i = 0; i < a.body.n; i += 7777)
		ck_assert_int_eq(a.body.p[i], 'a' + (int)(i % 23));
	answer_done(&a);
	a = client_hear(&c);
	ck_assert_str_eq(answer_field(&a, "Content-Encoding"), "");
	ck_assert_uint_eq(a.body.n, 10);
	answer_done(&a);
	client_close(&c);
}
END_TEST

START_TEST(large_answers)
{
	struct client c = client_open(rig.port);
	client_say(&c, "GET /big?9000000 HTTP/1.1\r\nHost: t\r\n\r\n"
		       "GET /file HTTP/1.1\r\nHost: t\r\n\r\n"
		       "GET /big?20000 HTTP/1.1\r\nHost: t\r\n\r\n");
	usleep(50000);
	struct answer a = client_hear(&c);
	ck_assert_uint_eq(a.body.n, 9000000);
	for (size_t i = 0; i < a.body.n; i++)
		if (a.body.p[i] != (char)('a' + i % 23))
			ck_abort_msg("wrong byte at %zu", i);
	answer_done(&a);
	a = client_hear(&c);
	ck_assert_uint_eq(a.body.n, 200000);
	ck_assert_int_eq(memcmp(a.body.p + 199990, "000019999\n", 10), 0);
	answer_done(&a);
	ck_assert_int_eq(client_status(&c), 200);
	client_close(&c);
}
END_TEST

START_TEST(bad_requests_get_a_problem)
{
	static const struct {
		const char *text;
		int status;
		const char *code;
	} cases[] = {
		{ "GET / HTTP/1.1\r\n\r\n", 400, "\"malformed\"" },
		{ "GET / HTTP/3.0\r\nHost: t\r\n\r\n", 505, "\"version-not-supported\"" },
		{ "BREW / HTTP/1.1\r\nHost: t\r\n\r\n", 501, "\"not-implemented\"" },
		{ "POST /small HTTP/1.1\r\nHost: t\r\nContent-Length: 11\r\n\r\n01234567890", 413,
		  "\"too-large\"" },
		{ "POST /small HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: "
		  "chunked\r\n\r\nb\r\n0123456789",
		  413, "\"too-large\"" },
		{ "GET / HTTP/1.1\r\nHost: t\r\nExpect: x\r\n\r\n", 417, "\"expectation-failed\"" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct client c = client_open(rig.port);
		client_say(&c, cases[i].text);
		struct answer a = client_hear(&c);
		ck_assert_int_eq(a.status, cases[i].status);
		ck_assert_str_eq(answer_field(&a, "Content-Type"), "application/problem+json");
		ck_assert_str_eq(answer_field(&a, "Connection"), "close");
		ck_assert_ptr_nonnull(
			memmem(a.body.p, a.body.n, cases[i].code, strlen(cases[i].code)));
		answer_done(&a);
		ck_assert(client_sees_end(&c));
		client_close(&c);
	}
	ck_assert_uint_eq(rig_stats(&rig).bad_requests, ARRAY_LEN(cases));
}
END_TEST

START_TEST(two_loops_share_a_port)
{
	bool seen[2] = { false, false };
	for (int i = 0; i < 200 && !(seen[0] && seen[1]); i++) {
		struct client c = client_open(rig.port);
		client_say(&c, "GET /fields HTTP/1.1\r\nHost: t\r\nUser-Agent: x\r\n\r\n");
		struct answer a = client_hear(&c);
		buf_addc(&a.body, '\0');
		seen[atoi(strrchr(a.body.p, ' ')) - 100] = true;
		answer_done(&a);
		client_close(&c);
	}
	ck_assert(seen[0] && seen[1]);
	ck_assert_uint_eq(rig_count(&rig, &rig.inits), 2);
}
END_TEST

START_TEST(fixed_bodies)
{
	struct client c = client_open(rig.port);
	client_say(
		&c,
		"GET /fixed HTTP/1.1\r\nHost: t\r\n\r\nGET /fixed?10 HTTP/1.1\r\nHost: t\r\n\r\n");
	struct answer a = client_hear(&c);
	ck_assert_uint_eq(a.body.n, 300000);
	ck_assert_int_eq(a.body.p[299999], 'p');
	answer_done(&a);
	a = client_hear(&c);
	ck_assert(answer_is(&a, "pppppppppp"));
	answer_done(&a);
	client_close(&c);
}
END_TEST

static void setup_own_errors(void)
{
	rig_init(&rig);
	rig.config.handler.on_error = rig_on_error;
	rig_start(&rig);
}

START_TEST(errors_in_the_handlers_words)
{
	struct client c = client_open(rig.port);
	client_say(&c, "POST /small HTTP/1.1\r\nHost: t\r\nContent-Length: 11\r\n\r\n");
	struct answer a = client_hear(&c);
	ck_assert_int_eq(a.status, 413);
	ck_assert_str_eq(answer_field(&a, "X-Code"), "too-large");
	ck_assert(answer_is(&a, "413 the body is larger than allowed here 6"));
	answer_done(&a);
	client_close(&c);
	c = client_open(rig.port);
	client_say(&c, "nonsense\r\n");
	a = client_hear(&c);
	ck_assert_str_eq(answer_field(&a, "X-Code"), "malformed");
	ck_assert(answer_is(&a, "400 the request line does not begin with a method 0"));
	answer_done(&a);
	ck_assert_uint_eq(rig_count(&rig, &rig.errors), 2);
	client_close(&c);
}
END_TEST

static void add_all(TCase *t)
{
	tcase_set_timeout(t, 60);
	tcase_add_test(t, keep_alive);
	tcase_add_test(t, default_fields);
	tcase_add_test(t, handler_helpers);
	tcase_add_test(t, pipelining);
	tcase_add_test(t, byte_by_byte);
	tcase_add_test(t, expect_continue);
	tcase_add_test(t, head_method);
	tcase_add_test(t, large_body_goes_to_a_file);
	tcase_add_test(t, chunked_body_moves_to_a_file);
	tcase_add_test(t, refused_at_the_head);
	tcase_add_test(t, answers_from_other_threads);
	tcase_add_test(t, client_gone_before_the_answer);
	tcase_add_test(t, client_gone_in_the_body);
	tcase_add_test(t, half_closed_client_is_answered);
	tcase_add_test(t, streams);
	tcase_add_test(t, aborted_stream_is_cut);
	tcase_add_test(t, client_leaves_a_stream);
	tcase_add_test(t, compression);
	tcase_add_test(t, large_compression);
	tcase_add_test(t, large_answers);
	tcase_add_test(t, bad_requests_get_a_problem);
	tcase_add_test(t, fixed_bodies);
}

static Suite *suite_server(void)
{
	Suite *s = suite_create("server");
	TCase *t = tcase_create("one loop");
	tcase_add_checked_fixture(t, setup, teardown);
	add_all(t);
	suite_add_tcase(s, t);
	t = tcase_create("over TLS");
	tcase_add_checked_fixture(t, setup_tls, teardown);
	add_all(t);
	suite_add_tcase(s, t);
	t = tcase_create("own errors");
	tcase_add_checked_fixture(t, setup_own_errors, teardown);
	tcase_add_test(t, errors_in_the_handlers_words);
	suite_add_tcase(s, t);
	t = tcase_create("two loops");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup_two_loops, teardown);
	tcase_add_test(t, two_loops_share_a_port);
	tcase_add_test(t, answers_from_other_threads);
	tcase_add_test(t, pipelining);
	suite_add_tcase(s, t);
	t = tcase_create("two loops over TLS");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup_two_loops_tls, teardown);
	tcase_add_test(t, two_loops_share_a_port);
	tcase_add_test(t, answers_from_other_threads);
	tcase_add_test(t, pipelining);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	static suite_make *const makes[] = { suite_server };
	return run_suites(makes, 1);
}
