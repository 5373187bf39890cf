/*
 * http1.c - the request reader of http1.h.
 *
 * The head is collected line by line into one buffer and each line is judged when its LF comes;
 * control bytes are judged at once, so that garbage need not wait for a line end. Limits count
 * bytes in arrival order. The body is the business of http1_body.c.
 */
#include "api/http1.h"

#include "api/http1_int.h"
#include "base/util.h"

#define LINE_MAX_BYTES (HTTP1_TARGET_MAX + 32) /* method, two spaces, version, CRLF */
#define BLANK_LINES_MAX 2
#define HEAD_KEEP_BYTES 4096

/* Fields that may stand once only. */
enum seen {
	SEEN_HOST = 1,
	SEEN_LENGTH = 2,
	SEEN_CODING = 4,
	SEEN_TYPE = 8,
	SEEN_AUTH = 16,
	SEEN_CLOSE = 32, /* Connection: close */
	SEEN_KEEP_ALIVE = 64, /* Connection: keep-alive */
	SEEN_UPGRADE = 128, /* Connection: upgrade */
};

/* One byte of class bits for each character; those above 0x7f are in no class. */
const uint8_t http1_classes[256] = {
	/* clang-format off */
	0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x40, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10,
	0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10,
	0x40, 0x67, 0x00, 0x41, 0x67, 0x67, 0x67, 0x67, 0x66, 0x66, 0x67, 0x67, 0x66, 0x67, 0x67, 0x46,
	0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x46, 0x66, 0x40, 0x66, 0x40, 0x44,
	0x46, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67,
	0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x44, 0x04, 0x44, 0x45, 0x67,
	0x45, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67,
	0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x67, 0x44, 0x45, 0x44, 0x67, 0x10,
	/* clang-format on */
};

static bool all(struct view v, unsigned class)
{
	const char *p = v.p;
	for (size_t i = 0; i < v.n; i++)
		if (!is(p[i], class))
			return false;
	return true;
}

void http1_init(struct http1 *r) { *r = (struct http1){ .body_max = UINT64_MAX }; }

void http1_done(struct http1 *r) { buf_done(&r->head); }

void http1_reset(struct http1 *r)
{
	struct buf head = r->head;
	if (head.cap > HEAD_KEEP_BYTES || head.failed) {
		buf_done(&head);
		head = BUF_INIT;
	}
	head.n = 0;
	/* The table of fields is left alone: only field_count of them have meaning. */
	r->head = head;
	r->path = r->query = r->host = r->data = view_of(NULL, 0);
	r->minor = r->field_count = 0;
	r->keep_alive = r->chunked = r->expect_continue = false;
	r->content_length = 0;
	r->body_max = UINT64_MAX;
	r->status = 0;
	r->reason = NULL;
	r->line_at = 0;
	r->left = r->body_bytes = 0;
	r->ext_bytes = r->ext_total = r->trailer_bytes = 0;
	r->path_at = r->path_n = r->query_at = r->query_n = r->host_at = r->host_n = 0;
	r->state = ST_LINE;
	r->digits = r->blanks = r->seen = 0;
	r->cr = r->has_query = r->absolute = false;
}

bool http1_idle(const struct http1 *r)
{
	return r->state == ST_LINE && r->head.n == 0 && r->blanks == 0;
}

/* Control bytes, CR without LF and LF without CR in the n bytes at p. */
static bool check_bytes(struct http1 *r, const char *p, size_t n)
{
	size_t i = 0;
	while (i < n) {
		if (r->cr) {
			if (p[i] != '\n')
				return malformed(r, "a CR without LF");
			r->cr = false;
			i++;
			continue;
		}
		while (i < n && !is(p[i], C_STOP))
			i++;
		if (i == n)
			break;
		if (p[i] == '\n')
			return malformed(r, "an LF without CR");
		if (p[i] != '\r')
			return malformed(r, "a control byte in the head");
		r->cr = true;
		i++;
	}
	return true;
}

/* Moves input up to the next LF into the head; true when a line is whole there. */
static bool take_line(struct http1 *r, struct view *in)
{
	size_t limit = r->state == ST_LINE ? LINE_MAX_BYTES : HTTP1_HEAD_MAX;
	if (in->n == 0)
		return false;
	size_t n = MIN(in->n, limit - r->head.n);
	const char *lf = n ? memchr(in->p, '\n', n) : NULL;
	if (lf)
		n = (size_t)(lf - (const char *)in->p) + 1;
	if (!check_bytes(r, in->p, n))
		return false;
	if (r->head.cap == 0)
		(void)buf_reserve(&r->head, 1024);
	buf_add(&r->head, in->p, n);
	*in = cut(*in, n);
	if (!buf_ok(&r->head))
		return refuse(r, 503, "out of memory");
	if (lf)
		return true;
	if (r->head.n >= limit)
		return r->state == ST_LINE ? refuse(r, 414, "the request target is too long")
					   : refuse(r, 431, "the head is larger than 16384 bytes");
	return false;
}

static uint16_t at(const struct http1 *r, struct view v)
{
	return (uint16_t)((const char *)v.p - r->head.p);
}

static bool escapes_whole(struct view v)
{
	const char *p = v.p;
	for (size_t i = 0; i < v.n; i++)
		if (p[i] == '%' && (v.n - i < 3 || !is(p[i + 1], C_HEX) || !is(p[i + 2], C_HEX)))
			return false;
	return true;
}

/* uri-host [ ":" port ], RFC 9110 7.2. An IP literal is checked for its characters only. */
static bool host_ok(struct view v)
{
	const char *p = v.p;
	size_t i = 0;
	if (v.n && p[0] == '[') {
		for (i = 1; i < v.n && p[i] != ']'; i++)
			if (!is(p[i], C_HEX) && p[i] != ':' && p[i] != '.')
				return false;
		if (i < 3 || i++ == v.n)
			return false;
	} else {
		while (i < v.n && is(p[i], C_HOST))
			i++;
		if (i == 0 || !escapes_whole(view_of(p, i)))
			return false;
	}
	if (i == v.n)
		return true;
	if (p[i] != ':' || v.n - i > 6)
		return false;
	unsigned port = 0;
	for (i++; i < v.n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		port = port * 10 + (unsigned)(p[i] - '0');
	}
	return port <= 65535;
}

/* "http://host[:port]" in front of the path; leaves the rest in *t, which may be empty. */
static bool strip_authority(struct http1 *r, struct view *t)
{
	size_t scheme = t->n >= 7 && same(view_of(t->p, 7), "http://")    ? 7
			: t->n >= 8 && same(view_of(t->p, 8), "https://") ? 8
									  : 0;
	if (!scheme)
		return false;
	struct view rest = cut(*t, scheme);
	const char *p = rest.p;
	size_t n = 0;
	while (n < rest.n && p[n] != '/' && p[n] != '?')
		n++;
	struct view host = view_of(p, n);
	if (!host_ok(host))
		return false;
	r->absolute = true;
	r->host_at = at(r, host);
	r->host_n = (uint16_t)n;
	*t = cut(rest, n);
	return true;
}

static bool parse_target(struct http1 *r, struct view t)
{
	const char *p = t.p;
	if (t.n > HTTP1_TARGET_MAX)
		return refuse(r, 414, "the request target is too long");
	if (t.n == 1 && *p == '*') {
		r->path_at = at(r, t);
		r->path_n = 1;
		return r->method == HTTP_OPTIONS || malformed(r, "'*' is for OPTIONS only");
	}
	if (*p != '/' && !strip_authority(r, &t))
		return malformed(r, "the request target is neither a path nor an http URL");
	const char *q = t.n ? memchr(t.p, '?', t.n) : NULL;
	struct view path = view_of(t.p, q ? (size_t)(q - (const char *)t.p) : t.n);
	struct view query = q ? cut(t, path.n + 1) : view_of(NULL, 0);
	if (!all(path, C_PATH) || !all(query, C_QUERY))
		return malformed(r, "a character that must be percent-encoded in the target");
	if (!escapes_whole(path) || !escapes_whole(query))
		return malformed(r, "a broken percent escape in the target");
	r->path_at = at(r, path);
	r->path_n = (uint16_t)path.n;
	r->has_query = q;
	r->query_at = q ? at(r, query) : 0;
	r->query_n = (uint16_t)query.n;
	return true;
}

static const struct {
	const char *name;
	enum http_method method;
} methods[] = {
	{ "GET", HTTP_GET },         { "HEAD", HTTP_HEAD },   { "POST", HTTP_POST },
	{ "PUT", HTTP_PUT },         { "PATCH", HTTP_PATCH }, { "DELETE", HTTP_DELETE },
	{ "OPTIONS", HTTP_OPTIONS },
};

const char *http_method_name(enum http_method m) { return methods[m].name; }

static bool parse_method(struct http1 *r, struct view v)
{
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		if (view_is(v, methods[i].name)) {
			r->method = methods[i].method;
			return true;
		}
	}
	return refuse(r, 501, "the method is not implemented");
}

static bool parse_version(struct http1 *r, struct view v)
{
	const char *p = v.p;
	bool form = v.n == 8 && memcmp(p, "HTTP/", 5) == 0 && p[5] >= '0' && p[5] <= '9' &&
		    p[6] == '.' && p[7] >= '0' && p[7] <= '9';
	if (!form)
		return malformed(r, "the request line does not end in HTTP/1.1");
	if (p[5] != '1' || p[7] > '1')
		return refuse(r, 505, "only HTTP/1.1 and HTTP/1.0 are spoken");
	r->minor = (unsigned)(p[7] - '0');
	return true;
}

/* method SP target SP version, RFC 9112 3: single spaces, nothing else. */
static bool parse_request_line(struct http1 *r, struct view line)
{
	const char *p = line.p;
	const char *a = memchr(p, ' ', line.n);
	if (!a || a == p || !all(view_of(p, (size_t)(a - p)), C_TOKEN))
		return malformed(r, "the request line does not begin with a method");
	struct view rest = cut(line, (size_t)(a - p) + 1);
	const char *b = memchr(rest.p, ' ', rest.n);
	if (!b || b == rest.p)
		return malformed(r, "the request line has no target");
	struct view target = view_of(rest.p, (size_t)(b - (const char *)rest.p));
	return parse_version(r, cut(rest, target.n + 1)) &&
	       parse_method(r, view_of(p, (size_t)(a - p))) && parse_target(r, target);
}

static bool once(struct http1 *r, enum seen bit, const char *reason)
{
	if (r->seen & bit)
		return malformed(r, reason);
	r->seen |= (uint8_t)bit;
	return true;
}

/* Other readers refuse a TAB behind a value that frames the body: then we do, too. */
static bool tab_behind(struct view v)
{
	for (const char *p = (const char *)v.p + v.n; *p != '\r'; p++)
		if (*p == '\t')
			return true;
	return false;
}

static bool parse_length(struct http1 *r, struct view v)
{
	const char *p = v.p;
	uint64_t n = 0;
	if (!once(r, SEEN_LENGTH, "more than one Content-Length"))
		return false;
	if (v.n == 0 || v.n > 19)
		return malformed(r, "Content-Length is not a number");
	if (tab_behind(v))
		return malformed(r, "a TAB behind Content-Length");
	for (size_t i = 0; i < v.n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return malformed(r, "Content-Length is not a number");
		n = n * 10 + (unsigned)(p[i] - '0'); /* 19 digits fit into 64 bits */
	}
	if (n > INT64_MAX)
		return malformed(r, "Content-Length is too large");
	r->content_length = n;
	return true;
}

static bool parse_connection(struct http1 *r, struct view v)
{
	while (v.n) {
		const char *comma = memchr(v.p, ',', v.n);
		size_t n = comma ? (size_t)(comma - (const char *)v.p) : v.n;
		struct view option = trim(view_of(v.p, n));
		if (same(option, "close"))
			r->seen |= SEEN_CLOSE;
		else if (same(option, "keep-alive"))
			r->seen |= SEEN_KEEP_ALIVE;
		else if (same(option, "upgrade"))
			r->seen |= SEEN_UPGRADE;
		v = comma ? cut(v, n + 1) : view_of(NULL, 0);
	}
	return true;
}

static bool parse_host(struct http1 *r, struct view v)
{
	if (!once(r, SEEN_HOST, "more than one Host"))
		return false;
	if (!host_ok(v))
		return malformed(r, "Host is not a host");
	if (!r->absolute) {
		r->host_at = at(r, v);
		r->host_n = (uint16_t)v.n;
	}
	return true;
}

static bool parse_coding(struct http1 *r, struct view v)
{
	if (!once(r, SEEN_CODING, "more than one Transfer-Encoding"))
		return false;
	if (r->minor == 0)
		return malformed(r, "Transfer-Encoding in HTTP/1.0");
	if (!same(v, "chunked"))
		return refuse(r, 501, "Transfer-Encoding other than chunked");
	if (tab_behind(v))
		return malformed(r, "a TAB behind Transfer-Encoding");
	r->chunked = true;
	return true;
}

static bool parse_expect(struct http1 *r, struct view v)
{
	if (!same(v, "100-continue"))
		return refuse(r, 417, "Expect other than 100-continue");
	r->expect_continue = r->minor > 0;
	return true;
}

/* Fields that bear on the reading itself; name is in lower case already. */
static bool parse_known(struct http1 *r, struct view name, struct view value)
{
	switch (name.n) {
	case 4:
		return !view_is(name, "host") || parse_host(r, value);
	case 6:
		return !view_is(name, "expect") || parse_expect(r, value);
	case 10:
		return !view_is(name, "connection") || parse_connection(r, value);
	case 12:
		return !view_is(name, "content-type") ||
		       once(r, SEEN_TYPE, "more than one Content-Type");
	case 13:
		return !view_is(name, "authorization") ||
		       once(r, SEEN_AUTH, "more than one Authorization");
	case 14:
		return !view_is(name, "content-length") || parse_length(r, value);
	case 17:
		return !view_is(name, "transfer-encoding") || parse_coding(r, value);
	default:
		return true;
	}
}

static bool parse_field(struct http1 *r, struct view line)
{
	char *p = r->head.p + r->line_at;
	size_t n = 0;
	while (n < line.n && is(p[n], C_TOKEN)) {
		p[n] = lower(p[n]);
		n++;
	}
	if (n == 0 && (*p == ' ' || *p == '\t'))
		return malformed(r, "a folded header line");
	if (n == 0 || n == line.n || p[n] != ':')
		return malformed(r, "a header line without a proper name");
	if (r->field_count == HTTP1_HEADERS_MAX)
		return refuse(r, 431, "more than 100 header fields");
	struct view name = view_of(p, n);
	struct view value = trim(cut(line, n + 1));
	r->fields[r->field_count++] = (struct http1_field){
		.name_at = at(r, name),
		.name_n = (uint16_t)n,
		.value_at = at(r, value),
		.value_n = (uint16_t)value.n,
	};
	return parse_known(r, name, value);
}

static bool finish_head(struct http1 *r)
{
	if ((r->seen & SEEN_LENGTH) && (r->seen & SEEN_CODING))
		return malformed(r, "Content-Length beside Transfer-Encoding");
	if (r->minor > 0 && !(r->seen & SEEN_HOST))
		return malformed(r, "no Host");
	/* Whoever asks for an upgrade may go on in another protocol: answer, then read no more. */
	r->keep_alive = !(r->seen & (SEEN_CLOSE | SEEN_UPGRADE)) &&
			(r->minor > 0 || (r->seen & SEEN_KEEP_ALIVE));
	r->path = r->path_n ? view_of(r->head.p + r->path_at, r->path_n) : VIEW_LIT("/");
	if (r->has_query)
		r->query = view_of(r->head.p + r->query_at, r->query_n);
	r->host = view_of(r->head.p + r->host_at, r->host_n);
	r->state = ST_BODY_BEGIN;
	return true;
}

/* One step of the head; true when it is complete. */
static bool head_line(struct http1 *r)
{
	struct view line = view_of(r->head.p + r->line_at, r->head.n - r->line_at - 2);
	if (r->state == ST_LINE && line.n == 0) {
		/* RFC 9112 2.2: an empty line before the request may be skipped. */
		r->head.n = 0;
		if (r->blanks++ == BLANK_LINES_MAX)
			return malformed(r, "empty lines instead of a request");
		return false;
	}
	if (r->state == ST_FIELDS && line.n == 0)
		return finish_head(r);
	if (r->state == ST_LINE ? !parse_request_line(r, line) : !parse_field(r, line))
		return false;
	r->state = ST_FIELDS;
	r->line_at = r->head.n;
	return false;
}

enum http1_event http1_next(struct http1 *r, struct view *in)
{
	while (r->state < ST_BODY_BEGIN) {
		if (!take_line(r, in))
			return r->state == ST_BAD ? HTTP1_BAD : HTTP1_MORE;
		if (head_line(r))
			return HTTP1_HEAD;
	}
	return http1_body_next(r, in);
}

struct view http1_field(const struct http1 *r, const char *lower_name)
{
	struct view name = view_str(lower_name);
	for (unsigned i = 0; i < r->field_count; i++)
		if (view_eq(http1_field_name(r, i), name))
			return http1_field_value(r, i);
	return view_of(NULL, 0);
}
