/* test_server_limits.c - slow, greedy and broken clients; caps, deadlines, SSE, the orderly stop. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

#include "api/tls.h"
#include "tests/api/certs.h"
#include "tests/api/http_client.h"
#include "tests/api/http_rig.h"
#include "tests/run.h"

static struct rig rig; /* of the test under way */

static void setup(void) { rig_init(&rig); }

static void use_tls(enum tls_client_auth auth, const struct cert *ca)
{
	struct cert cert = cert_make("localhost", NULL, 30);
	rig.config.tls = cert_tls(&cert, rig.dir, ca, auth);
	cert_done(&cert);
	client_tls = SSL_CTX_new(TLS_client_method());
	signal(SIGPIPE, SIG_IGN);
}

static void setup_tls(void)
{
	rig_init(&rig);
	use_tls(TLS_CLIENT_NONE, NULL);
}

static void teardown(void)
{
	rig_stop(&rig);
	SSL_CTX_free(client_tls);
	client_tls = NULL;
}

static int64_t now_ms(void) { return monotonic_us() / 1000; }

static void say_hold(struct client *c) { client_say(c, "GET /hold HTTP/1.1\r\nHost: t\r\n\r\n"); }

/* --- deadlines --- */

/* Sends a byte now and then until the server has had enough; answers how long that took. */
static int64_t trickle(struct client *c, char byte)
{
	int64_t start = now_ms();
	char peek;
	while (recv(c->fd, &peek, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && now_ms() - start < 5000) {
		(void)!send(c->fd, &byte, 1, MSG_NOSIGNAL);
		usleep(50000);
	}
	return now_ms() - start;
}

START_TEST(slow_head)
{
	rig.config.head_ms = 600;
	rig_start(&rig);
	struct client c = client_open(rig.port);
	client_say(&c, "GET / HTTP/1.1\r\nHost: t\r\nX: ");
	int64_t took = trickle(&c, 'y');
	ck_assert_int_ge(took, 300);
	ck_assert_int_le(took, 1500);
	ck_assert_int_eq(client_status(&c), 408);
	ck_assert(client_sees_end(&c));
	client_close(&c);
	/* The clock runs anew for a later request, but then in total, too. */
	c = client_open(rig.port);
	ck_assert_int_eq(client_get(&c, "/hello"), 200);
	usleep(700000);
	ck_assert_int_eq(client_get(&c, "/hello"), 200);
	client_say(&c, "GET ");
	took = trickle(&c, '/');
	ck_assert_int_le(took, 1500);
	ck_assert_int_eq(client_status(&c), 408);
	client_close(&c);
	ck_assert_uint_eq(rig_stats(&rig).timeouts, 2);
}
END_TEST

START_TEST(slow_body)
{
	rig.config.body_grace_ms = 600;
	rig.config.body_rate = 1000;
	rig_start(&rig);
	struct client c = client_open(rig.port);
	client_say(&c, "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\n");
	int64_t took = trickle(&c, 'y');
	ck_assert_int_ge(took, 300);
	ck_assert_int_le(took, 1500);
	ck_assert_int_eq(client_status(&c), 408);
	client_close(&c);
	/* Whoever keeps the rate may take longer than the grace. */
	static char piece[1000];
	c = client_open(rig.port);
	client_say(&c, "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 10000\r\n\r\n");
	for (int i = 0; i < 10; i++) {
		client_send(&c, piece, sizeof(piece));
		usleep(120000);
	}
	ck_assert_int_eq(client_status(&c), 200);
	client_close(&c);
}
END_TEST

START_TEST(idle_connections_close)
{
	rig.config.idle_ms = 300;
	rig.config.head_ms = 900;
	rig_start(&rig);
	struct client c = client_open(rig.port), silent = client_open(rig.port);
	ck_assert_int_eq(client_get(&c, "/hello"), 200);
	int64_t start = now_ms();
	ck_assert(!client_more(&c));
	ck_assert_int_le(now_ms() - start, 800);
	ck_assert(!client_more(&silent)); /* never said a word: no answer either */
	ck_assert_int_ge(now_ms() - start, 500);
	client_close(&c);
	client_close(&silent);
}
END_TEST

START_TEST(slow_reader_is_cut)
{
	rig.config.write_grace_ms = 400;
	rig.config.write_rate = 100 << 20;
	rig_start(&rig);
	struct client c = client_open(rig.port), d = client_open(rig.port);
	client_say(&c, "GET /big?20000000 HTTP/1.1\r\nHost: t\r\n\r\n");
	client_say(&d, "GET /stream?90000000 HTTP/1.1\r\nHost: t\r\n\r\n");
	EVENTUALLY(rig_stats(&rig).timeouts == 2);
	EVENTUALLY(rig_stats(&rig).conns == 0);
	ck_assert_uint_eq(rig_count(&rig, &rig.sources_done), 1);
	client_close(&c);
	client_close(&d);
}
END_TEST

START_TEST(pipelining_without_reading_is_held_back)
{
	rig_start(&rig);
	struct client c = client_open(rig.port);
	struct buf all = BUF_INIT;
	for (int i = 0; i < 400; i++)
		buf_adds(&all, "GET /big?100000 HTTP/1.1\r\nHost: t\r\n\r\n");
	client_send(&c, all.p, all.n);
	usleep(300000);
	/* Far fewer than 400: what the kernel's buffers and one high watermark hold. */
	ck_assert_uint_lt(rig_stats(&rig).requests, 200);
	for (int i = 0; i < 400; i++)
		ck_assert_int_eq(client_status(&c), 200);
	buf_done(&all);
	client_close(&c);
}
END_TEST

/* --- caps --- */

START_TEST(cap_in_total)
{
	rig.config.conns_max = 2;
	rig_start(&rig);
	struct client busy = client_open(rig.port), idle = client_open(rig.port);
	ck_assert_int_eq(client_get(&idle, "/hello"), 200);
	say_hold(&busy);
	EVENTUALLY(rig_held(&rig) == 1);
	/* The idle one makes room. */
	struct client third = client_open(rig.port);
	say_hold(&third);
	EVENTUALLY(rig_held(&rig) == 2);
	ck_assert(client_sees_end(&idle));
	/* Now nobody can. */
	struct client fourth = client_open(rig.port);
	struct answer a = client_hear(&fourth);
	ck_assert_int_eq(a.status, 503);
	ck_assert_str_eq(answer_field(&a, "Retry-After"), "5");
	answer_done(&a);
	rig_reply(rig_take(&rig), "one");
	rig_reply(rig_take(&rig), "two");
	ck_assert_int_eq(client_status(&busy), 200);
	ck_assert_int_eq(client_status(&third), 200);
	ck_assert_uint_eq(rig_stats(&rig).conns, 2);
	ck_assert_uint_eq(rig_stats(&rig).refused, 1);
	client_close(&busy);
	client_close(&idle);
	client_close(&third);
	client_close(&fourth);
}
END_TEST

START_TEST(cap_by_address)
{
	rig.config.conns_per_address_max = 2;
	rig_start(&rig);
	struct client a = client_open(rig.port), b = client_open(rig.port);
	ck_assert_int_eq(client_get(&a, "/hello"), 200);
	ck_assert_int_eq(client_get(&b, "/hello"), 200);
	struct client c = client_open(rig.port);
	ck_assert_int_eq(client_status(&c), 429);
	client_close(&c);
	client_close(&a);
	EVENTUALLY(rig_stats(&rig).conns == 1);
	c = client_open(rig.port);
	ck_assert_int_eq(client_get(&c, "/hello"), 200);
	client_close(&b);
	client_close(&c);
}
END_TEST

START_TEST(large_body_without_a_place)
{
	static char piece[4096];
	rig.config.spool_dir = NULL;
	rig_start(&rig);
	struct client c = client_open(rig.port);
	client_say(&c, "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 2000000\r\n\r\n");
	ck_assert_int_eq(client_status(&c), 413);
	client_send(&c, piece, sizeof(piece)); /* still drained for a while, not reset */
	client_close(&c);
}
END_TEST

START_TEST(bodies_beyond_the_memory_for_all_go_to_files)
{
	static char body[60000];
	rig.config.body_memory_total_bytes = 100000;
	rig_start(&rig);
	struct client a = client_open(rig.port), b = client_open(rig.port);
	const char *head = "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 60000\r\n\r\n";
	client_say(&a, head);
	client_send(&a, body, sizeof(body) - 1);
	usleep(100000);
	client_say(&b, head);
	client_send(&b, body, sizeof(body));
	ck_assert_int_eq(client_status(&b), 200);
	ck_assert_uint_eq(rig_count(&rig, &rig.spooled), 1);
	client_send(&a, body, 1);
	ck_assert_int_eq(client_status(&a), 200);
	ck_assert_uint_eq(rig_count(&rig, &rig.spooled), 1);
	client_close(&a);
	client_close(&b);
}
END_TEST

#define STARVED 6

static double cpu_seconds(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* Leaves the process without a free descriptor; answers the old limit. */
static struct rlimit use_up_descriptors(int *fill, int *out_n)
{
	struct rlimit old, tight;
	int top = dup(0), fd;
	getrlimit(RLIMIT_NOFILE, &old);
	ck_assert_int_ge(top, 0);
	for (int i = top; i < top + 64; i++) /* the highest in use is among these */
		if (fcntl(i, F_GETFD) >= 0)
			tight.rlim_cur = (rlim_t)i + 1;
	tight.rlim_max = old.rlim_max;
	close(top);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &tight), 0);
	*out_n = 0;
	while ((fd = dup(0)) >= 0)
		fill[(*out_n)++] = fd;
	return old;
}

START_TEST(out_of_descriptors)
{
	int fill[128], filled;
	struct client c[STARVED], busy[2];
	rig_start(&rig);
	for (int i = 0; i < 2; i++) {
		busy[i] = client_open(rig.port);
		say_hold(&busy[i]);
	}
	EVENTUALLY(rig_held(&rig) == 2);
	for (int i = 0; i < STARVED; i++)
		c[i] = (struct client){ .fd = socket(AF_INET, SOCK_STREAM, 0) };
	struct rlimit old = use_up_descriptors(fill, &filled);
	for (int i = 0; i < STARVED; i++)
		client_connect(&c[i], rig.port);
	/* The first is told with the descriptor in reserve, the others wait; nothing spins. */
	EVENTUALLY(rig_stats(&rig).paused > 0);
	double cpu = cpu_seconds();
	usleep(1500000);
	ck_assert_double_lt(cpu_seconds() - cpu, 0.3);
	ck_assert_int_eq(client_status(&c[0]), 503);
	/* A connection closes: the waiting ones come in, one evicting another. */
	rig_reply(rig_take(&rig), "done");
	ck_assert_int_eq(client_status(&busy[0]), 200);
	client_close(&busy[0]);
	EVENTUALLY(rig_stats(&rig).accepted >= 3);
	setrlimit(RLIMIT_NOFILE, &old);
	while (filled)
		close(fill[--filled]);
	ck_assert_int_eq(client_get(&c[STARVED - 1], "/hello"), 200);
	struct client later = client_open(rig.port);
	ck_assert_int_eq(client_get(&later, "/hello"), 200);
	client_close(&later);
	rig_reply(rig_take(&rig), "done");
	ck_assert_int_eq(client_status(&busy[1]), 200);
	client_close(&busy[1]);
	for (int i = 0; i < STARVED; i++)
		client_close(&c[i]);
}
END_TEST

/* --- server-sent events --- */

static struct client listen_events(void)
{
	struct client c = client_open(rig.port);
	client_say(&c, "GET /sse HTTP/1.1\r\nHost: t\r\n\r\n");
	size_t n = client_until(&c, "\r\n\r\n");
	ck_assert_ptr_nonnull(memmem(c.in.p, n, "HTTP/1.1 200 OK\r\n", 17));
	ck_assert_ptr_nonnull(memmem(c.in.p, n, "Content-Type: text/event-stream\r\n", 33));
	client_use(&c, n);
	return c;
}

START_TEST(events)
{
	rig.config.heartbeat_ms = 300;
	rig.config.sse_max = 2;
	rig.config.loops = 2;
	rig_start(&rig);
	struct client a = listen_events(), b = listen_events();
	EVENTUALLY(rig_stats(&rig).streams == 2);
	struct client c = client_open(rig.port);
	ck_assert_int_eq(client_get(&c, "/sse"), 503);
	rig_sse_send(&rig, "id: 1\ndata: x\n\n");
	client_use(&a, client_until(&a, "id: 1\ndata: x\n\n"));
	client_use(&b, client_until(&b, "id: 1\ndata: x\n\n"));
	client_use(&a, client_until(&a, ": \n\n")); /* the heartbeat */
	client_close(&a);
	EVENTUALLY(rig_count(&rig, &rig.sse_closed) == 1);
	EVENTUALLY(rig_stats(&rig).streams == 1);
	client_abort(&b);
	EVENTUALLY(rig_count(&rig, &rig.sse_closed) == 2);
	ck_assert_int_eq(client_get(&c, "/hello"), 200);
	client_close(&c);
}
END_TEST

START_TEST(slow_listener_is_cut)
{
	static char text[100001];
	rig.config.sse_buffer_bytes = 500000;
	rig_start(&rig);
	memset(text, 'x', sizeof(text) - 1);
	struct client c = listen_events();
	for (int i = 0; i < 200 && rig_count(&rig, &rig.sse_closed) == 0; i++) {
		rig_sse_send(&rig, text);
		usleep(2000);
	}
	EVENTUALLY(rig_count(&rig, &rig.sse_closed) == 1);
	client_close(&c);
}
END_TEST

/* --- the end --- */

static void *stop_elsewhere(void *arg)
{
	server_stop(arg);
	return NULL;
}

static bool connection_is_refused(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons(rig.port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bool refused = connect(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0;
	close(fd);
	return refused;
}

START_TEST(orderly_stop)
{
	pthread_t t;
	rig.config.loops = 2;
	rig_start(&rig);
	struct client busy = client_open(rig.port), idle = client_open(rig.port);
	struct client listener = listen_events();
	ck_assert_int_eq(client_get(&idle, "/hello"), 200);
	say_hold(&busy);
	EVENTUALLY(rig_held(&rig) == 2);
	ck_assert_int_eq(pthread_create(&t, NULL, stop_elsewhere, rig.server), 0);
	ck_assert(client_sees_end(&idle));
	ck_assert(client_sees_end(&listener));
	EVENTUALLY(connection_is_refused());
	(void)rig_take(&rig); /* the stream, which has ended */
	rig_reply(rig_take(&rig), "the last");
	struct answer a = client_hear(&busy);
	ck_assert(answer_is(&a, "the last"));
	ck_assert_str_eq(answer_field(&a, "Connection"), "close");
	answer_done(&a);
	pthread_join(t, NULL);
	server_free(STEAL(rig.server));
	ck_assert_uint_eq(rig.sse_closed, 1);
	client_close(&busy);
	client_close(&idle);
	client_close(&listener);
}
END_TEST

START_TEST(stop_does_not_wait_for_ever)
{
	rig.config.stop_ms = 300;
	rig_start(&rig);
	struct client c = client_open(rig.port), slow = client_open(rig.port);
	say_hold(&c);
	client_say(&slow, "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\nhalf");
	EVENTUALLY(rig_held(&rig) == 1);
	int64_t start = now_ms();
	server_stop(rig.server);
	ck_assert_int_le(now_ms() - start, 1500);
	ck_assert(client_sees_end(&c));
	rig_reply(rig_take(&rig), "too late");
	server_free(STEAL(rig.server));
	client_close(&c);
	client_close(&slow);
}
END_TEST

START_TEST(an_address_that_cannot_be_bound)
{
	struct err e;
	rig.config.host = "192.0.2.1";
	rig.config.allow_plain = true;
	ck_assert_int_eq(server_start(&rig.config, &rig.server, &e), RC_IO);
	rig.config.host = "no such host.invalid";
	ck_assert_int_eq(server_start(&rig.config, &rig.server, &e), RC_USAGE);
	ck_assert_ptr_null(rig.server);
}
END_TEST

START_TEST(plain_where_others_reach_is_refused)
{
	struct err e;
	static const char *const hosts[] = { "0.0.0.0", "::", NULL };
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		rig.config.host = hosts[i];
		ck_assert_int_eq(server_start(&rig.config, &rig.server, &e), RC_USAGE);
		ck_assert_ptr_nonnull(strstr(e.arg, "without TLS"));
	}
}
END_TEST

/* --- TLS --- */

START_TEST(slow_handshake)
{
	rig.config.head_ms = 400;
	rig_start(&rig);
	struct client silent = client_open_plain(rig.port), slow = client_open_plain(rig.port);
	client_send(&slow, "\x16\x03\x01\x02\x00", 5);
	int64_t start = now_ms();
	ck_assert(client_sees_end(&slow));
	ck_assert(client_sees_end(&silent));
	ck_assert_int_le(now_ms() - start, 2000);
	client_close(&slow);
	client_close(&silent);
	/* The handshake is done, but no head comes. */
	struct client c = client_open(rig.port);
	start = now_ms();
	ck_assert(!client_more(&c));
	ck_assert_int_le(now_ms() - start, 2000);
	client_close(&c);
	EVENTUALLY(rig_stats(&rig).conns == 0);
	ck_assert_uint_eq(rig_stats(&rig).tls_handshakes, 1);
}
END_TEST

START_TEST(garbage_instead_of_a_handshake)
{
	char garbage[4096];
	rig_start(&rig);
	memset(garbage, 0xa5, sizeof(garbage));
	struct client c = client_open_plain(rig.port);
	client_send(&c, garbage, sizeof(garbage));
	ck_assert(client_sees_end(&c));
	client_close(&c);
	c = client_open(rig.port);
	client_send(&c, "GET ", 4);
	(void)!send(c.fd, garbage, sizeof(garbage), MSG_NOSIGNAL); /* below TLS */
	ck_assert(!client_more(&c));
	client_close(&c);
	EVENTUALLY(rig_stats(&rig).conns == 0);
	ck_assert_uint_eq(rig_stats(&rig).tls_failed, 1);
}
END_TEST

START_TEST(a_new_certificate_while_connections_go_on)
{
	rig.config.loops = 2;
	rig_start(&rig);
	struct client c = client_open(rig.port);
	ck_assert_int_eq(client_get(&c, "/hello"), 200);
	for (int i = 0; i < 5; i++) {
		struct cert cert = cert_make("another", NULL, 30);
		struct tls *t = cert_tls(&cert, rig.dir, NULL, TLS_CLIENT_NONE);
		server_tls_replace(rig.server, t);
		struct client d = client_open(rig.port);
		X509 *shown = SSL_get1_peer_certificate(d.ssl);
		ck_assert_int_eq(X509_cmp(shown, cert.x509), 0);
		X509_free(shown);
		ck_assert_int_eq(client_get(&d, "/hello"), 200);
		ck_assert_int_eq(client_get(&c, "/hello"), 200);
		client_close(&d);
		cert_done(&cert);
	}
	client_close(&c);
}
END_TEST

/* Keys may be changed at any time (TLS 1.3), also while a large answer is on its way. */
START_TEST(keys_are_updated)
{
	rig_start(&rig);
	SSL_CTX_set_min_proto_version(client_tls, TLS1_3_VERSION);
	struct client c = client_open(rig.port);
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(SSL_key_update(c.ssl, SSL_KEY_UPDATE_REQUESTED), 1);
		ck_assert_int_eq(client_get(&c, i % 5 ? "/hello" : "/big?3000000"), 200);
	}
	client_close(&c);
}
END_TEST

START_TEST(client_certificates)
{
	struct cert ca = cert_make("ca", NULL, 30), other = cert_make("other", NULL, 30);
	struct cert good = cert_make("good", &ca, 30), old = cert_make("old", &ca, -1);
	struct cert foreign = cert_make("foreign", &other, 30);
	const struct cert *const bad[] = { &old, &foreign, NULL };
	rig_init(&rig);
	use_tls(TLS_CLIENT_REQUIRED, &ca);
	rig_start(&rig);
	SSL_CTX_use_certificate(client_tls, good.x509);
	SSL_CTX_use_PrivateKey(client_tls, good.key);
	struct client c = client_open(rig.port);
	ck_assert_int_eq(client_get(&c, "/hello"), 200);
	client_close(&c);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		SSL_CTX_free(client_tls);
		client_tls = SSL_CTX_new(TLS_client_method());
		if (bad[i]) {
			SSL_CTX_use_certificate(client_tls, bad[i]->x509);
			SSL_CTX_use_PrivateKey(client_tls, bad[i]->key);
		}
		/* In TLS 1.3 the client hears of it with its first read. */
		c = client_open_plain(rig.port);
		if (client_handshake(&c))
			ck_assert(!client_more(&c));
		client_close(&c);
	}
	EVENTUALLY(rig_stats(&rig).tls_failed == 3);
	const struct cert *const all[] = { &ca, &other, &good, &old, &foreign };
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct cert done = *all[i];
		cert_done(&done);
	}
}
END_TEST

static Suite *suite_limits(void)
{
	Suite *s = suite_create("server limits");
	TCase *t = tcase_create("limits");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, slow_head);
	tcase_add_test(t, slow_body);
	tcase_add_test(t, idle_connections_close);
	tcase_add_test(t, slow_reader_is_cut);
	tcase_add_test(t, pipelining_without_reading_is_held_back);
	tcase_add_test(t, cap_in_total);
	tcase_add_test(t, cap_by_address);
	tcase_add_test(t, large_body_without_a_place);
	tcase_add_test(t, bodies_beyond_the_memory_for_all_go_to_files);
	tcase_add_test(t, out_of_descriptors);
	tcase_add_test(t, events);
	tcase_add_test(t, slow_listener_is_cut);
	tcase_add_test(t, orderly_stop);
	tcase_add_test(t, stop_does_not_wait_for_ever);
	tcase_add_test(t, an_address_that_cannot_be_bound);
	tcase_add_test(t, plain_where_others_reach_is_refused);
	suite_add_tcase(s, t);
	t = tcase_create("limits over TLS");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup_tls, teardown);
	tcase_add_test(t, idle_connections_close);
	tcase_add_test(t, slow_reader_is_cut);
	tcase_add_test(t, pipelining_without_reading_is_held_back);
	tcase_add_test(t, events);
	tcase_add_test(t, slow_listener_is_cut);
	tcase_add_test(t, orderly_stop);
	tcase_add_test(t, stop_does_not_wait_for_ever);
	tcase_add_test(t, slow_handshake);
	tcase_add_test(t, garbage_instead_of_a_handshake);
	tcase_add_test(t, a_new_certificate_while_connections_go_on);
	tcase_add_test(t, keys_are_updated);
	suite_add_tcase(s, t);
	t = tcase_create("client certificates");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, client_certificates);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	static suite_make *const makes[] = { suite_limits };
	return run_suites(makes, 1);
}
