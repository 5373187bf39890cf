/* fetch.c - see fetch.h. */
#include "services/fetch.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>

#include "base/util.h"

#define CONNECT_MS 5000L

struct transfer {
	const struct fetch_ask *ask;
	struct buf *out;
	size_t from;
	bool too_large;
	char why[CURL_ERROR_SIZE];
};

enum rc fetch_init(struct err *e)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK
		       ? RC_OK
		       : err_set(e, RC_INTERNAL, NULL, "%s", "libcurl");
}

/* ---- addresses ---- */

static bool host_is_loopback(const char *host)
{
	struct in_addr v4;

	if (strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
		return true;
	return inet_pton(AF_INET, host, &v4) == 1 && (ntohl(v4.s_addr) >> 24) == 127;
}

static bool has_part(CURLU *u, CURLUPart part)
{
	char *text = NULL;
	bool has = curl_url_get(u, part, &text, 0) == CURLUE_OK;

	curl_free(text);
	return has;
}

static bool parts_ok(CURLU *u, bool *out_loopback)
{
	char *scheme = NULL, *host = NULL;
	bool ok = curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
		  curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK && host[0];

	*out_loopback = ok && host_is_loopback(host);
	ok = ok && (strcmp(scheme, "https") == 0 ||
		    (strcmp(scheme, "http") == 0 && *out_loopback));
	curl_free(scheme);
	curl_free(host);
	return ok && !has_part(u, CURLUPART_USER) && !has_part(u, CURLUPART_PASSWORD) &&
	       !has_part(u, CURLUPART_FRAGMENT);
}

static bool look_at(const char *url, bool *out_loopback)
{
	CURLU *u = curl_url();
	bool ok = u && curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
		  parts_ok(u, out_loopback);

	curl_url_cleanup(u);
	for (const char *p = url; *p && ok; p++)
		ok = (unsigned char)*p > ' ' && (unsigned char)*p < 0x7f;
	return ok;
}

bool fetch_url_ok(const char *url)
{
	bool loopback;

	return look_at(url, &loopback);
}

/* ---- forms ---- */

void fetch_form_text(struct buf *out, struct view v)
{
	static const char hex[] = "0123456789ABCDEF";
	const unsigned char *p = v.p;

	for (size_t i = 0; i < v.n; i++) {
		bool plain = (p[i] >= '0' && p[i] <= '9') || (p[i] >= 'A' && p[i] <= 'Z') ||
			     (p[i] >= 'a' && p[i] <= 'z') || strchr("-._~", p[i]);
		if (p[i] && plain) {
			buf_addc(out, (char)p[i]);
			continue;
		}
		buf_addc(out, '%');
		buf_addc(out, hex[p[i] >> 4]);
		buf_addc(out, hex[p[i] & 15]);
	}
}

void fetch_form_add(struct buf *form, const char *name, struct view value)
{
	if (form->n)
		buf_addc(form, '&');
	buf_adds(form, name);
	buf_addc(form, '=');
	fetch_form_text(form, value);
}

/* ---- the exchange ---- */

static size_t take(char *p, size_t size, size_t n, void *user)
{
	struct transfer *t = user;

	n *= size;
	if (t->out->n - t->from + n > t->ask->max_bytes) {
		t->too_large = true;
		return 0;
	}
	buf_add(t->out, p, n);
	return buf_ok(t->out) ? n : 0;
}

static int go_on(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct transfer *t = user;

	(void)a, (void)b, (void)c, (void)d;
	return t->ask->stop && atomic_load(t->ask->stop);
}

static void set_limits(CURL *c, struct transfer *t)
{
	long ms = (long)t->ask->timeout_ms;

	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, MIN(ms, CONNECT_MS));
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, ms);
	curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->ask->max_bytes);
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, go_on);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, t);
}

static void set_request(CURL *c, struct transfer *t, bool loopback)
{
	const struct fetch_ask *a = t->ask;

	curl_easy_setopt(c, CURLOPT_URL, a->url);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "tierwatchd");
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->why);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	if (loopback)
		curl_easy_setopt(c, CURLOPT_PROXY, "");
	if (a->ca_file && a->ca_file[0])
		curl_easy_setopt(c, CURLOPT_CAINFO, a->ca_file);
	if (a->user) {
		curl_easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(c, CURLOPT_USERNAME, a->user);
		curl_easy_setopt(c, CURLOPT_PASSWORD, a->secret);
	}
	if (a->form.p) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)a->form.n);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, (const char *)a->form.p);
	}
}

/* Never the address's query, which may hold a secret. */
static enum rc say_why(const struct transfer *t, CURLcode code, struct err *e)
{
	if (t->too_large || code == CURLE_FILESIZE_EXCEEDED)
		return err_set(e, RC_TOO_LARGE, NULL, "%zu bytes", t->ask->max_bytes);
	if (!buf_ok(t->out))
		return err_set(e, RC_NOMEM, NULL, "%s", "");
	return err_set(e, RC_UNREACHABLE, NULL, "%.*s: %s",
		       (int)MIN(strcspn(t->ask->url, "?"), (size_t)80), t->ask->url,
		       t->why[0] ? t->why : curl_easy_strerror(code));
}

enum rc fetch(const struct fetch_ask *ask, struct buf *out, int *out_status, struct err *e)
{
	struct transfer t = { .ask = ask, .out = out, .from = out->n };
	struct curl_slist *headers = NULL;
	long status = 0;
	bool loopback;

	if (!look_at(ask->url, &loopback))
		return err_set(e, RC_UNREACHABLE, NULL, "%.80s: %s", ask->url, "not https");
	CURL *c = curl_easy_init();
	headers = curl_slist_append(NULL, "Accept: application/json");
	if (!c || !headers) {
		curl_easy_cleanup(c);
		curl_slist_free_all(headers);
		return err_set(e, RC_NOMEM, NULL, "%s", "");
	}
	set_limits(c, &t);
	set_request(c, &t, loopback);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	CURLcode code = curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(c);
	curl_slist_free_all(headers);
	if (code != CURLE_OK)
		return say_why(&t, code, e);
	*out_status = (int)status;
	return RC_OK;
}
