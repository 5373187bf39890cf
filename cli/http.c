/*
 * http.c - see http.h. The proxy variables of the environment are honoured but for the loopback
 * address, where a proxy could only do harm.
 */
#include "cli/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"
#include "cli/cli.h"
#include "cli/version.h"

#define BODY_MAX_BYTES (64u << 20)
#define PATH_MAX_BYTES 16384u
#define CONNECT_TIMEOUT_S 10L
#define SOCKET_PATH_MAX 108

struct http {
	CURL *curl;
	char *url;       /* without a trailing '/' */
	const char *socket; /* in url: a Unix socket's path, or NULL */
	char *cacert, *cert, *key; /* NULL: none */
	char *auth;      /* whole header line or NULL */
	enum lang lang;
	long timeout_s;
	char error[CURL_ERROR_SIZE];
};

/* OpenSSL's X509_V_ERR_: nobody known signed it */
enum { VERIFY_SELF_SIGNED = 18, VERIFY_NO_ISSUER_LEAF = 21 };

/* What the callbacks of one transfer share. */
struct transfer {
	struct http *h;
	const struct http_request *rq;
	struct http_reply *reply;
	bool sink_failed, too_large;
};

static bool has_prefix(const char *s, const char *prefix)
{
	return strncasecmp(s, prefix, strlen(prefix)) == 0;
}

/* The path behind "unix:"; NULL: another kind of address. */
static const char *socket_of(const char *url)
{
	return has_prefix(url, "unix:") ? url + 5 : NULL;
}

static bool is_loopback(const char *url)
{
	const char *host = strstr(url, "://");

	if (socket_of(url))
		return true;
	if (!host)
		return false;
	host += 3;
	return has_prefix(host, "127.") || has_prefix(host, "localhost") || has_prefix(host, "[::1]");
}

static bool url_usable(const char *url)
{
	if (socket_of(url))
		return url[5] == '/' && strlen(url + 5) < SOCKET_PATH_MAX;
	if (!has_prefix(url, "http://") && !has_prefix(url, "https://"))
		return false;
	for (const char *p = url; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == '?' || *p == '#' || (unsigned char)*p >= 0x7f)
			return false;
	return strstr(url, "://")[3] != '\0';
}

static bool token_usable(const char *token)
{
	for (const char *p = token; *p; p++)
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f)
			return false;
	return true;
}

static bool copy_path(char **out, const char *path)
{
	if (path && *path)
		*out = strdup(path);
	return !path || !*path || *out;
}

static bool fill_files(struct http *h, const struct http_settings *s)
{
	return copy_path(&h->cacert, s->cacert) && copy_path(&h->cert, s->cert) && copy_path(&h->key, s->key);
}

static bool fill_auth(struct http *h, const char *token)
{
	size_t size;

	if (!token || !*token)
		return true;
	size = strlen(token) + sizeof("Authorization: Bearer ");
	h->auth = malloc(size);
	if (h->auth)
		snprintf(h->auth, size, "Authorization: Bearer %s", token);
	return h->auth != NULL;
}

struct http *http_new(const struct http_settings *s, struct err *e)
{
	struct http *h;
	size_t n = strlen(s->url);

	if (!url_usable(s->url)) {
		err_set(e, RC_USAGE, "url", "%s", s->url);
		return NULL;
	}
	if (s->token && !token_usable(s->token)) {
		err_set(e, RC_USAGE, "token", "%s", "token");
		return NULL;
	}
	h = calloc(1, sizeof(*h));
	if (h) {
		h->lang = s->lang;
		h->timeout_s = s->timeout_s;
		h->url = strdup(s->url);
		h->curl = curl_easy_init();
	}
	if (!h || !h->url || !h->curl || !fill_auth(h, s->token) || !fill_files(h, s)) {
		http_free(h);
		err_set(e, RC_NOMEM, NULL, "%s", "");
		return NULL;
	}
	h->socket = socket_of(h->url);
	while (n > 0 && h->url[n - 1] == '/')
		h->url[--n] = '\0';
	return h;
}

void http_free(struct http *h)
{
	if (!h)
		return;
	if (h->curl)
		curl_easy_cleanup(h->curl);
	if (h->auth)
		explicit_bzero(h->auth, strlen(h->auth));
	free(h->auth);
	free(h->cacert);
	free(h->cert);
	free(h->key);
	free(h->url);
	free(h);
}

bool http_has_token(const struct http *h)
{
	return h->auth != NULL;
}

const char *http_url(const struct http *h)
{
	return h->url;
}

void http_reply_done(struct http_reply *r)
{
	buf_done(&r->body);
	memset(r, 0, sizeof(*r));
}

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	long status = 0;

	n *= size;
	curl_easy_getinfo(t->h->curl, CURLINFO_RESPONSE_CODE, &status);
	if (t->rq->sink && status >= 200 && status < 300) {
		t->sink_failed = !t->rq->sink(t->rq->sink_arg, view_of(p, n));
		return t->sink_failed ? 0 : n;
	}
	if (t->reply->body.n + n > BODY_MAX_BYTES) {
		t->too_large = true;
		return 0;
	}
	buf_add(&t->reply->body, p, n);
	return buf_ok(&t->reply->body) ? n : 0;
}

/* Copies a header's value when the line is that header. */
static bool take_header(struct view line, const char *name, char *out, size_t size)
{
	const char *p = line.p;
	size_t n = strlen(name), i, len;

	if (line.n <= n || p[n] != ':' || strncasecmp(p, name, n) != 0)
		return false;
	for (i = n + 1; i < line.n && (p[i] == ' ' || p[i] == '\t'); i++)
		;
	for (len = line.n - i; len > 0 && (unsigned char)p[i + len - 1] <= ' '; len--)
		;
	if (len >= size)
		len = 0; /* a value that does not fit is no value */
	memcpy(out, p + i, len);
	out[len] = '\0';
	return true;
}

static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	struct http_reply *r = t->reply;
	struct view line = view_of(p, n * size);

	if (take_header(line, "Content-Type", r->type, sizeof(r->type))) {
		r->type[strcspn(r->type, "; ")] = '\0';
		for (char *c = r->type; *c; c++)
			if (*c >= 'A' && *c <= 'Z')
				*c = (char)(*c + 32);
	} else if (!take_header(line, "Tierwatch-Revision", r->revision, sizeof(r->revision)) &&
		   !take_header(line, "ETag", r->etag, sizeof(r->etag))) {
		take_header(line, "Location", r->location, sizeof(r->location));
	}
	return line.n;
}

static size_t on_read(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	size_t got = fread(p, 1, size * n, t->rq->file);

	if (got == 0 && ferror(t->rq->file))
		return CURL_READFUNC_ABORT;
	return got;
}

static int on_progress(void *arg, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal,
		       curl_off_t ulnow)
{
	struct transfer *t = arg;

	(void)dltotal, (void)dlnow, (void)ultotal;
	if (t->rq->on_upload)
		t->rq->on_upload(t->rq->upload_arg, ulnow);
	return cli_interrupted();
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value,
				     bool *failed)
{
	char line[768];
	struct curl_slist *longer;

	if (!value || *failed)
		return list;
	snprintf(line, sizeof(line), "%s: %s", name, value);
	longer = curl_slist_append(list, line);
	if (!longer)
		*failed = true;
	return longer ? longer : list;
}

static struct curl_slist *make_headers(const struct http *h, const struct http_request *rq,
				       bool *failed)
{
	struct curl_slist *list = h->auth ? curl_slist_append(NULL, h->auth) : NULL;

	*failed = h->auth && !list;
	list = add_header(list, "Accept", rq->accept ? rq->accept : "application/json", failed);
	list = add_header(list, "Accept-Language", h->lang == LANG_JA ? "ja" : "en", failed);
	list = add_header(list, "Content-Type", rq->content_type, failed);
	list = add_header(list, "If-Match", rq->if_match, failed);
	list = add_header(list, "Last-Event-ID", rq->last_event_id, failed);
	if (rq->file && rq->file_bytes < 0)
		list = add_header(list, "Transfer-Encoding", "chunked", failed);
	return list;
}

static void set_connection(struct http *h)
{
	CURL *c = h->curl;

	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (h->socket)
		curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, h->socket);
	if (h->cacert)
		curl_easy_setopt(c, CURLOPT_CAINFO, h->cacert);
	if (h->cert)
		curl_easy_setopt(c, CURLOPT_SSLCERT, h->cert);
	if (h->key)
		curl_easy_setopt(c, CURLOPT_SSLKEY, h->key);
}

static void set_options(struct http *h, struct transfer *t, const char *url)
{
	CURL *c = h->curl;

	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L); /* an id may be ".." */
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "tierwatch/" TIERWATCH_VERSION);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->error);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
	curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
	if (!t->rq->endless && h->timeout_s > 0) {
		curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
		curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, h->timeout_s);
	}
	set_connection(h);
	if (is_loopback(h->url))
		curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, t);
}

static void set_body(CURL *c, struct transfer *t)
{
	const struct http_request *rq = t->rq;

	if (rq->file) {
		curl_easy_setopt(c, CURLOPT_POST, 1L);
		curl_easy_setopt(c, CURLOPT_READFUNCTION, on_read);
		curl_easy_setopt(c, CURLOPT_READDATA, t);
		if (rq->file_bytes >= 0)
			curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)rq->file_bytes);
	} else if (rq->body.p) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)rq->body.n);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, rq->body.p);
	}
	if (rq->method && strcmp(rq->method, "GET") != 0)
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, rq->method);
}

static enum rc socket_unreachable(struct http *h, CURLcode code, struct err *e)
{
	long error = 0;

	curl_easy_getinfo(h->curl, CURLINFO_OS_ERRNO, &error);
	if (code != CURLE_COULDNT_CONNECT || error == 0)
		return err_set(e, RC_UNREACHABLE, NULL, "%s: %s", h->url,
			       h->error[0] ? h->error : curl_easy_strerror(code));
	return err_set(e, RC_UNREACHABLE, error == EACCES ? HTTP_HINT_SOCKET : NULL, "%s: %s",
		       h->socket, strerror((int)error));
}

/* What usually helps; NULL: nothing that is known. */
static const char *hint_of(const struct http *h, CURLcode code)
{
	long verify = 0;

	if (code == CURLE_SSL_CONNECT_ERROR &&
	    (strstr(h->error, "wrong version number") || strstr(h->error, "packet length too long") ||
	     strstr(h->error, "unexpected TLS packet")))
		return HTTP_HINT_PLAIN;
	curl_easy_getinfo(h->curl, CURLINFO_SSL_VERIFYRESULT, &verify);
	return code == CURLE_PEER_FAILED_VERIFICATION && verify >= VERIFY_SELF_SIGNED &&
			       verify <= VERIFY_NO_ISSUER_LEAF
		       ? HTTP_HINT_CACERT
		       : NULL;
}

static enum rc outcome(struct http *h, struct transfer *t, CURLcode code, struct err *e)
{
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &t->reply->status);
	if (code == CURLE_OK) {
		buf_addc(&t->reply->body, '\0');
		if (!buf_ok(&t->reply->body))
			return err_set(e, RC_NOMEM, NULL, "%s", "");
		t->reply->body.n--;
		return RC_OK;
	}
	if (cli_interrupted())
		return err_set(e, RC_CANCELLED, NULL, "%s", "");
	if (t->sink_failed)
		return err_set(e, RC_IO, NULL, "%s", http_url(h));
	if (t->too_large)
		return err_set(e, RC_TOO_LARGE, NULL, "%s", http_url(h));
	if (code == CURLE_OUT_OF_MEMORY || !buf_ok(&t->reply->body))
		return err_set(e, RC_NOMEM, NULL, "%s", "");
	if (code == CURLE_ABORTED_BY_CALLBACK)
		return err_set(e, RC_IO, NULL, "%s", "read");
	if (code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CERTPROBLEM)
		return err_set(e, RC_USAGE, NULL, "%s", h->error[0] ? h->error : curl_easy_strerror(code));
	if (h->socket)
		return socket_unreachable(h, code, e);
	return err_set(e, RC_UNREACHABLE, hint_of(h, code), "%s: %s", h->url,
		       h->error[0] ? h->error : curl_easy_strerror(code));
}

enum rc http_send(struct http *h, const struct http_request *rq, struct http_reply *out,
		  struct err *e)
{
	struct transfer t = { .h = h, .rq = rq, .reply = out };
	AUTO(buf_done) struct buf url = BUF_INIT;
	struct curl_slist *headers;
	bool failed;
	CURLcode code;

	http_reply_done(out);
	buf_adds(&url, h->socket ? "http://localhost" : h->url);
	buf_adds(&url, rq->path);
	buf_addc(&url, '\0');
	if (!buf_ok(&url))
		return err_set(e, RC_NOMEM, NULL, "%s", "");
	if (url.n > PATH_MAX_BYTES)
		return err_set(e, RC_TOO_LARGE, NULL, "URL");
	h->error[0] = '\0';
	set_options(h, &t, url.p);
	set_body(h->curl, &t);
	headers = make_headers(h, rq, &failed);
	curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, headers);
	code = failed ? CURLE_OUT_OF_MEMORY : curl_easy_perform(h->curl);
	curl_slist_free_all(headers);
	return outcome(h, &t, code, e);
}

static void add_encoded(struct buf *b, const char *s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    c == '-' || c == '.' || c == '_' || c == '~') {
			buf_addc(b, (char)c);
		} else {
			buf_addc(b, '%');
			buf_addc(b, hex[c >> 4]);
			buf_addc(b, hex[c & 15]);
		}
	}
}

void path_seg(struct buf *b, const char *seg)
{
	buf_addc(b, '/');
	add_encoded(b, seg);
}

void path_query(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	buf_addc(b, b->n && memchr(b->p, '?', b->n) ? '&' : '?');
	buf_adds(b, name);
	buf_addc(b, '=');
	add_encoded(b, value);
}
