/* test_transport.c - who the client is: addresses, PROXY, Forwarded, certificates that stand for tokens; secrets in files. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/client_certs.h"
#include "api/forwarded.h"
#include "api/proxy_protocol.h"
#include "base/secret_file.h"
#include "base/util.h"
#include "tests/run.h"
#include "tests/tmpdir.h"

static struct ip ip(const char *text)
{
	struct ip out;
	ck_assert_msg(ip_parse(view_str(text), &out), "%s", text);
	return out;
}

static struct nets nets(const char *text)
{
	struct nets out;
	struct err e;
	ck_assert_msg(nets_parse(view_str(text), &out, &e) == RC_OK, "%s", text);
	return out;
}

/* --- addresses --- */

START_TEST(addresses)
{
	static const char *const bad[] = { "",	   "1.2.3",   "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "::g",
					   "1::2::3", "fe80::1%lo", " 1.2.3.4", "1.2.3.4 ", "[::1]" };
	struct ip out;
	char text[IP_TEXT];
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(!ip_parse(view_str(bad[i]), &out), "%s", bad[i]);
	ck_assert(!ip_parse(view_of("1.2.3.4\0", 8), &out));
	out = ip("192.0.2.7");
	ip_text(&out, text, sizeof(text));
	ck_assert_str_eq(text, "192.0.2.7");
	ck_assert(ip_is_v4(&out));
	out = ip("2001:DB8::7");
	ip_text(&out, text, sizeof(text));
	ck_assert_str_eq(text, "2001:db8::7");
	static const char *const loops[] = { "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1" };
	for (size_t i = 0; i < ARRAY_LEN(loops); i++) {
		out = ip(loops[i]);
		ck_assert(ip_is_loopback(&out));
	}
	out = ip("0.0.0.0");
	ck_assert(!ip_is_loopback(&out) && ip_is_any(&out));
	out = ip("::");
	ck_assert(!ip_is_loopback(&out) && ip_is_any(&out));
}
END_TEST

static bool has(const struct nets *n, const char *text)
{
	struct ip i = ip(text);
	return nets_has(n, &i);
}

START_TEST(networks)
{
	struct nets n = nets("192.0.2.0/25, 2001:db8:8000::/33 198.51.100.7,,10.0.0.0/8");
	ck_assert_uint_eq(n.n, 4);
	ck_assert(has(&n, "192.0.2.0") && has(&n, "192.0.2.127") && !has(&n, "192.0.2.128"));
	ck_assert(has(&n, "::ffff:10.200.0.1") && !has(&n, "11.0.0.0"));
	ck_assert(has(&n, "198.51.100.7") && !has(&n, "198.51.100.8"));
	ck_assert(has(&n, "2001:db8:8000::1") && has(&n, "2001:db8:ffff::1") && !has(&n, "2001:db8::1"));
	n = nets("");
	ck_assert(!has(&n, "127.0.0.1"));
	n = nets("0.0.0.0/0");
	ck_assert(has(&n, "203.0.113.1") && !has(&n, "2001:db8::1"));
	static const char *const bad[] = { "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0.1/8", "::/129",
					   "10.0.0.0/+8", "x", "10.0.0.0/0008", "2001:db8::1/32" };
	struct err e;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(nets_parse(view_str(bad[i]), &n, &e) == RC_USAGE, "%s", bad[i]);
	char many[1024] = "";
	for (int i = 0; i <= NETS_MAX; i++)
		strcat(many, "10.0.0.0/8 ");
	ck_assert_int_eq(nets_parse(view_str(many), &n, &e), RC_USAGE);
}
END_TEST

/* --- PROXY --- */

/* The same verdict on every beginning, and more is wanted only where the whole is not there yet. */
static enum proxy_verdict proxy(const void *p, size_t n, struct proxy_header *out)
{
	enum proxy_verdict whole = proxy_parse(view_of(p, n), out);
	for (size_t i = 0; i < n; i++) {
		struct proxy_header h;
		enum proxy_verdict v = proxy_parse(view_of(p, i), &h);
		if (v == PROXY_DONE) {
			ck_assert_int_eq(whole, PROXY_DONE);
			ck_assert_uint_eq(h.bytes, out->bytes);
		}
		if (v == PROXY_BAD)
			ck_assert_int_eq(whole, PROXY_BAD);
	}
	return whole;
}

static void is_client(const struct proxy_header *h, const char *text)
{
	struct ip want = ip(text);
	ck_assert(h->has_client);
	ck_assert_mem_eq(&h->client, &want, sizeof(want));
}

START_TEST(proxy_1)
{
	static const char *const bad[] = {
		"PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\n",
		"PROXY TCP4 192.0.2.7 192.0.2.1 4711\r\n",
		"PROXY TCP4 192.0.2.7 192.0.2.1 4711 443 \r\n",
		"PROXY  TCP4 192.0.2.7 192.0.2.1 4711 443\r\n",
		"PROXY TCP4 192.0.2.7 192.0.2.1 4711 65536\r\n",
		"PROXY TCP4 192.0.2.7 192.0.2.1 047 443\r\n",
		"PROXY TCP4 192.0.2.7 192.0.2.1 -1 443\r\n",
		"PROXY TCP4 2001:db8::7 2001:db8::1 4711 443\r\n",
		"PROXY TCP6 192.0.2.7 192.0.2.1 4711 443\r\n",
		"PROXY TCP5 192.0.2.7 192.0.2.1 4711 443\r\n",
		"PROXY TCP4 192.0.2.7 nowhere 4711 443\r\n",
		"PROXY \r\n",
		"PROXY\r\n",
		"proxy UNKNOWN\r\n",
		"PROXY UNKNOWN\rx",
		"GET / HTTP/1.1\r\n\r\n",
		"\r\n\r\nGET",
	};
	struct proxy_header h;
	const char *good = "PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\nGET /";
	ck_assert_int_eq(proxy(good, strlen(good), &h), PROXY_DONE);
	ck_assert_uint_eq(h.bytes, strlen(good) - 5);
	is_client(&h, "192.0.2.7");
	good = "PROXY TCP6 2001:db8::7 ::1 0 65535\r\n";
	ck_assert_int_eq(proxy(good, strlen(good), &h), PROXY_DONE);
	is_client(&h, "2001:db8::7");
	good = "PROXY UNKNOWN anything at all\r\n";
	ck_assert_int_eq(proxy(good, strlen(good), &h), PROXY_DONE);
	ck_assert(!h.has_client);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(proxy(bad[i], strlen(bad[i]), &h) == PROXY_BAD, "%s", bad[i]);
	char longest[200];
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "PROXY UNKNOWN ", 14);
	ck_assert_int_eq(proxy(longest, 105, &h), PROXY_MORE);
	ck_assert_int_eq(proxy(longest, sizeof(longest), &h), PROXY_BAD);
	memcpy(longest + 105, "\r\n", 2);
	ck_assert_int_eq(proxy(longest, 107, &h), PROXY_DONE);
}
END_TEST

static size_t make_v2(uint8_t *out, uint8_t command, uint8_t family, const void *rest, size_t n)
{
	static const uint8_t signature[] = { 13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10 };
	memcpy(out, signature, 12);
	out[12] = command;
	out[13] = family;
	out[14] = (uint8_t)(n >> 8);
	out[15] = (uint8_t)n;
	memcpy(out + 16, rest, n);
	return 16 + n;
}

static enum proxy_verdict v2(uint8_t command, uint8_t family, const void *rest, size_t n, struct proxy_header *h)
{
	uint8_t bytes[4096];
	return proxy(bytes, make_v2(bytes, command, family, rest, n), h);
}

START_TEST(proxy_2)
{
	uint8_t rest[4000] = { 192, 0, 2, 7, 192, 0, 2, 1, 18, 103, 1, 187 };
	struct proxy_header h;
	ck_assert_int_eq(v2(0x21, 0x11, rest, 12, &h), PROXY_DONE);
	ck_assert_uint_eq(h.bytes, 28);
	is_client(&h, "192.0.2.7");
	ck_assert(!h.https);
	ck_assert_int_eq(v2(0x21, 0x11, rest, 11, &h), PROXY_BAD);
	ck_assert_int_eq(v2(0x21, 0x11, rest, 14, &h), PROXY_BAD); /* half an addition */
	ck_assert_int_eq(v2(0x21, 0x12, rest, 12, &h), PROXY_BAD); /* UDP */
	ck_assert_int_eq(v2(0x22, 0x11, rest, 12, &h), PROXY_BAD);
	ck_assert_int_eq(v2(0x11, 0x11, rest, 12, &h), PROXY_BAD);
	ck_assert_int_eq(v2(0x21, 0x31, rest, 216, &h), PROXY_BAD); /* a Unix socket */
	ck_assert_int_eq(v2(0x20, 0x11, rest, 12, &h), PROXY_DONE); /* LOCAL */
	ck_assert(!h.has_client);
	ck_assert_int_eq(v2(0x21, 0x00, rest, 7, &h), PROXY_DONE);
	ck_assert(!h.has_client);
	/* TLS in front of the proxy */
	memcpy(rest + 12, (uint8_t[]){ 0x01, 0, 2, 'h', '2', 0x20, 0, 5, 0x01, 0, 0, 0, 0 }, 13);
	ck_assert_int_eq(v2(0x21, 0x11, rest, 25, &h), PROXY_DONE);
	ck_assert(h.https);
	rest[14] = 200;
	ck_assert_int_eq(v2(0x21, 0x11, rest, 25, &h), PROXY_BAD); /* longer than the block */
	memset(rest, 0, sizeof(rest));
	rest[0] = 0x20, rest[1] = 0x01, rest[15] = 9;
	ck_assert_int_eq(v2(0x21, 0x21, rest, 36, &h), PROXY_DONE);
	is_client(&h, "2001::9");
	ck_assert_int_eq(v2(0x21, 0x21, rest, 35, &h), PROXY_BAD);
	ck_assert_int_eq(v2(0x21, 0x21, rest, PROXY_MAX_BYTES, &h), PROXY_BAD);
}
END_TEST

/* --- Forwarded --- */

static bool forwarded(const char *text, struct forwarded *out)
{
	struct nets n = nets("10.0.0.0/8");
	struct view line = view_str(text);
	return forwarded_parse(&line, 1, &n, out);
}

static void names(const char *text, const char *client, bool https)
{
	struct forwarded f;
	ck_assert_msg(forwarded(text, &f), "%s", text);
	ck_assert_msg(f.has_client == (client != NULL) && f.https == https, "%s", text);
	if (client) {
		struct ip want = ip(client);
		ck_assert_mem_eq(&f.client, &want, sizeof(want));
	}
}

START_TEST(forwarded_names_the_client)
{
	names("for=192.0.2.7", "192.0.2.7", false);
	names("For=192.0.2.7;Proto=HTTPS;by=203.0.113.1", "192.0.2.7", true);
	names("for=\"192.0.2.7:4711\"", "192.0.2.7", false);
	names("for=\"[2001:db8::7]\" ; proto=https", "2001:db8::7", true);
	names("for=\"[2001:db8::7]:_port\"", "2001:db8::7", false);
	names("for=203.0.113.9, for=192.0.2.7", "192.0.2.7", false);
	names("for=203.0.113.9;proto=https, for=192.0.2.7", "192.0.2.7", false);
	names("for=203.0.113.9, for=192.0.2.7;proto=https, for=10.0.0.1;proto=http", "192.0.2.7", true);
	names("for=10.0.0.3, for=10.0.0.2", "10.0.0.3", false);
	names("for=unknown", NULL, false);
	names("for=_hidden, for=10.0.0.1", "10.0.0.1", false);
	names("for=192.0.2.7, for=_hidden", NULL, false);
	names("for=192.0.2.7;ext=\"a, \\\"b\\\"; for=1.1.1.1\"", "192.0.2.7", false);
	names(", ,for=192.0.2.7,", "192.0.2.7", false);
	names("for=192.0.2.7;", "192.0.2.7", false);
	names("proto=https", NULL, true);
	names("", NULL, false);
}
END_TEST

START_TEST(forwarded_that_cannot_be_read)
{
	static const char *const bad[] = {
		"for",	 "for=",       "=x",	     "for=\"192.0.2.7",	     "for=192.0.2.7:80", "for=[2001:db8::7]",
		"for=2001:db8::7",     "for=\"[192.0.2.7]\"", "for=\"[2001:db8::7\"", "for=\"2001:db8::7\"",
		"for=192.0.2.7;for=192.0.2.8",	"proto=http;proto=https", "for=192.0.2.7 for=192.0.2.8",
		"for=192.0.2.7\"x\"", "for=\"192.0.2.7\"x", "for=\"192.0.2.7:123456\"", "for=_", "for=nonsense",
		"for=1.2.3.4;x=\", for=\"[2001:db8::1]\"", "for = 192.0.2.7", "for=\"\"",
	};
	struct forwarded f;
	char many[512] = "";
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(!forwarded(bad[i], &f), "%s", bad[i]);
	for (int i = 0; i < FORWARDED_MAX; i++)
		strcat(many, "for=_x,");
	ck_assert(forwarded(many, &f));
	strcat(many, "for=_x");
	ck_assert(!forwarded(many, &f));
	struct nets n = nets("10.0.0.0/8");
	struct view lines[] = { view_str("for=192.0.2.7"), view_str("for=10.0.0.1") };
	ck_assert(forwarded_parse(lines, 2, &n, &f));
	struct ip want = ip("192.0.2.7");
	ck_assert_mem_eq(&f.client, &want, sizeof(want));
	lines[1] = view_str("for=\"");
	ck_assert(!forwarded_parse(lines, 2, &n, &f));
}
END_TEST

START_TEST(x_forwarded)
{
	struct nets n = nets("10.0.0.0/8");
	struct forwarded f;
	struct view line = VIEW_LIT("203.0.113.9, 2001:db8::7 ,10.0.0.1"), proto = VIEW_LIT("https");
	struct ip want = ip("2001:db8::7");
	ck_assert(x_forwarded_parse(&line, 1, proto, &n, &f));
	ck_assert(f.has_client && f.https);
	ck_assert_mem_eq(&f.client, &want, sizeof(want));
	line = VIEW_LIT("192.0.2.7:4711");
	ck_assert(x_forwarded_parse(&line, 1, view_of(NULL, 0), &n, &f));
	ck_assert(f.has_client && !f.https);
	static const char *const bad[] = { "x", "192.0.2.7 192.0.2.8", "192.0.2.7;", "\"192.0.2.7\"", "1.2.3.4, <" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		line = view_str(bad[i]);
		ck_assert_msg(!x_forwarded_parse(&line, 1, proto, &n, &f), "%s", bad[i]);
	}
	line = VIEW_LIT("192.0.2.7");
	ck_assert(!x_forwarded_parse(&line, 1, VIEW_LIT("https, http"), &n, &f));
	ck_assert(x_forwarded_parse(NULL, 0, view_of(NULL, 0), &n, &f) && !f.has_client);
}
END_TEST

/* --- files --- */

static struct tmpdir dir;
static char path[160];

static void setup(void)
{
	tmpdir_make(&dir);
	snprintf(path, sizeof(path), "%s/file", dir.path);
}

static void teardown(void) { tmpdir_remove(&dir); }

static void write_file(const char *text, mode_t mode)
{
	unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}

static enum rc read_secret(const char *name, struct err *e)
{
	struct buf b = BUF_INIT;
	enum rc rc = secret_file_read("secret", name, &b, e);
	if (!rc)
		ck_assert(view_is(buf_view(&b), "hush"));
	secret_wipe(&b);
	return rc;
}

START_TEST(secrets_in_files)
{
	struct err e;
	unsetenv("CREDENTIALS_DIRECTORY");
	write_file("hush", 0600);
	ck_assert_int_eq(read_secret(path, &e), RC_OK);
	static const mode_t open_modes[] = { 0640, 0604, 0620, 0666, 0601 };
	for (size_t i = 0; i < ARRAY_LEN(open_modes); i++) {
		write_file("hush", open_modes[i]);
		ck_assert_int_eq(read_secret(path, &e), RC_USAGE);
		ck_assert_ptr_nonnull(strstr(e.arg, "chmod 600"));
	}
	ck_assert_int_eq(read_secret("credential:file", &e), RC_USAGE);
	/* systemd guards its own */
	setenv("CREDENTIALS_DIRECTORY", dir.path, 1);
	write_file("hush", 0440);
	ck_assert_int_eq(read_secret("credential:file", &e), RC_OK);
	ck_assert_int_eq(read_secret(path, &e), RC_OK);
	static const char *const none[] = { "credential:", "credential:..", "credential:.", "credential:../file",
					    "credential:a/b", "credential:other" };
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		ck_assert_msg(read_secret(none[i], &e) == RC_USAGE, "%s", none[i]);
	unsetenv("CREDENTIALS_DIRECTORY");
	write_file("", 0600);
	ck_assert_int_eq(read_secret(path, &e), RC_USAGE);
	ck_assert_int_eq(read_secret(dir.path, &e), RC_USAGE);
	ck_assert_int_eq(read_secret("/dev/null", &e), RC_USAGE);
	unlink(path);
	ck_assert_int_eq(mkfifo(path, 0600), 0); /* must not wait for a writer */
	ck_assert_int_eq(read_secret(path, &e), RC_USAGE);
}
END_TEST

#define HEX32 "0123456789abcdef0123456789abcdef"

START_TEST(certificates_for_tokens)
{
	struct client_certs c = { 0 };
	struct err e;
	write_file("# who is who\n\n a = sha256:" HEX32 HEX32 "\r\n"
		   "b c=sha256:AB:CD:" HEX32 "0123456789abcdef0123456789ab\n", 0644);
	ck_assert_int_eq(client_certs_read(path, &c, &e), RC_OK);
	ck_assert_uint_eq(c.n, 2);
	ck_assert_str_eq(client_certs_find(&c, HEX32 HEX32), "a");
	ck_assert_str_eq(client_certs_find(&c, "abcd" HEX32 "0123456789abcdef0123456789ab"), "b c");
	ck_assert_ptr_null(client_certs_find(&c, "bbcd" HEX32 "0123456789abcdef0123456789ab"));
	ck_assert_ptr_null(client_certs_find(&c, ""));
	client_certs_done(&c);
	ck_assert_ptr_null(client_certs_find(&c, HEX32 HEX32));
	static const char *const bad[] = {
		"a sha256:" HEX32 HEX32, "a = sha1:" HEX32, "a = sha256:" HEX32, "a = sha256:" HEX32 HEX32 "0",
		"= sha256:" HEX32 HEX32, "a = sha256::" HEX32 HEX32, "a = sha256:" HEX32 HEX32 ":",
		"a = sha256:g" HEX32 "0123456789abcdef0123456789abcde",
		"a = sha256:" HEX32 HEX32 "\nb = sha256:" HEX32 HEX32,
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		write_file(bad[i], 0644);
		ck_assert_msg(client_certs_read(path, &c, &e) == RC_USAGE, "%s", bad[i]);
	}
	write_file("", 0644);
	ck_assert_int_eq(client_certs_read(path, &c, &e), RC_OK);
	ck_assert_uint_eq(c.n, 0);
	write_file("a = sha256:" HEX32 HEX32, 0666);
	ck_assert_int_eq(client_certs_read(path, &c, &e), RC_USAGE);
}
END_TEST

static Suite *suite_transport(void)
{
	Suite *s = suite_create("transport");
	TCase *t = tcase_create("who the client is");
	tcase_add_test(t, addresses);
	tcase_add_test(t, networks);
	tcase_add_test(t, proxy_1);
	tcase_add_test(t, proxy_2);
	tcase_add_test(t, forwarded_names_the_client);
	tcase_add_test(t, forwarded_that_cannot_be_read);
	tcase_add_test(t, x_forwarded);
	suite_add_tcase(s, t);
	t = tcase_create("files");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, secrets_in_files);
	tcase_add_test(t, certificates_for_tokens);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	static suite_make *const makes[] = { suite_transport };
	return run_suites(makes, 1);
}
