/* forwarded.c - see forwarded.h. */
#include "api/forwarded.h"

#include "api/http1_int.h"
#include "base/util.h"

#define VALUE_MAX 128

/* One element of the list, as far as it matters. */
struct element {
	bool has_for, has_proto, is_ip, https;
	struct ip ip;
};

struct elements {
	struct element v[FORWARDED_MAX];
	unsigned n;
};

struct reader {
	const char *p, *end;
};

static void skip_blanks(struct reader *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\t'))
		r->p++;
}

static bool take(struct reader *r, char c)
{
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

static struct view take_token(struct reader *r)
{
	const char *from = r->p;
	while (r->p < r->end && is(*r->p, C_TOKEN))
		r->p++;
	return view_of(from, (size_t)(r->p - from));
}

/* RFC 9110 5.6.4, undone into out. */
static bool take_quoted(struct reader *r, char *out, size_t *out_n)
{
	*out_n = 0;
	while (r->p < r->end && *r->p != '"') {
		if (*r->p == '\\' && ++r->p == r->end)
			return false;
		if (!is(*r->p, C_QUOTED) && *r->p != '"' && *r->p != '\\')
			return false;
		if (*out_n == VALUE_MAX)
			return false;
		out[(*out_n)++] = *r->p++;
	}
	return take(r, '"');
}

/* --- nodes: RFC 7239 6 --- */

static bool is_digits(struct view v)
{
	const char *p = v.p;
	for (size_t i = 0; i < v.n; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return v.n > 0 && v.n <= 5;
}

/* "_" and letters, digits, ".", "_", "-" */
static bool is_obfuscated(struct view v)
{
	const char *p = v.p;
	for (size_t i = 0; i < v.n; i++) {
		char c = lower(p[i]);
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'))
			return false;
	}
	return v.n > 1 && p[0] == '_';
}

static bool is_port(struct view v) { return is_digits(v) || is_obfuscated(v); }

/* "[IPv6]" or "[IPv6]:port" */
static bool bracketed(struct view v, struct element *e)
{
	const char *p = v.p;
	const char *close = memchr(p, ']', v.n);
	if (!close)
		return false;
	struct view inside = view_of(p + 1, (size_t)(close - p) - 1);
	struct view rest = view_of(close + 1, v.n - (size_t)(close - p) - 1);
	e->is_ip = memchr(inside.p, ':', inside.n) && ip_parse(inside, &e->ip);
	return e->is_ip && (rest.n == 0 || (*(const char *)rest.p == ':' && is_port(cut(rest, 1))));
}

static bool node(struct view v, struct element *e)
{
	const char *p = v.p;
	if (v.n == 0)
		return false;
	if (p[0] == '[')
		return bracketed(v, e);
	const char *colon = memchr(p, ':', v.n);
	size_t n = colon ? (size_t)(colon - p) : v.n;
	if (colon && !is_port(cut(v, n + 1)))
		return false;
	struct view name = view_of(p, n);
	if (same(name, "unknown") || is_obfuscated(name))
		return true;
	e->is_ip = ip_parse(name, &e->ip);
	return e->is_ip;
}

/* --- Forwarded --- */

static bool pair(struct reader *r, struct element *e)
{
	char text[VALUE_MAX];
	size_t n = 0;
	struct view name = take_token(r), value;
	if (name.n == 0 || !take(r, '='))
		return false;
	if (take(r, '"')) {
		if (!take_quoted(r, text, &n))
			return false;
		value = view_of(text, n);
	} else {
		value = take_token(r);
		if (value.n == 0)
			return false;
	}
	if (same(name, "for")) {
		bool again = e->has_for;
		e->has_for = true;
		return !again && node(value, e);
	}
	if (same(name, "proto")) {
		bool again = e->has_proto;
		e->has_proto = true;
		e->https = same(value, "https");
		return !again;
	}
	return true;
}

/* Pairs with ";" between, up to a "," or the end; an empty element is none (RFC 9110 5.6.1). */
static bool element(struct reader *r, struct elements *all)
{
	struct element e = { 0 };
	skip_blanks(r);
	if (r->p == r->end || *r->p == ',')
		return true;
	do {
		skip_blanks(r);
		if (r->p < r->end && *r->p != ';' && *r->p != ',' && !pair(r, &e))
			return false;
		skip_blanks(r);
	} while (take(r, ';'));
	if (all->n == FORWARDED_MAX)
		return false;
	all->v[all->n++] = e;
	return true;
}

static bool line(struct view v, struct elements *all, bool (*one)(struct reader *, struct elements *))
{
	struct reader r = { v.p, (const char *)v.p + v.n };
	do {
		if (!one(&r, all))
			return false;
	} while (take(&r, ','));
	return r.p == r.end;
}

/* From the end: past our own proxies to whom the last of them names. */
static void choose(const struct elements *all, const struct nets *trusted, struct forwarded *out)
{
	*out = (struct forwarded){ 0 };
	for (unsigned i = all->n; i-- > 0;) {
		const struct element *e = &all->v[i];
		out->https = e->https;
		if (!e->is_ip)
			return;
		out->has_client = true;
		out->client = e->ip;
		if (!nets_has(trusted, &e->ip))
			return;
	}
}

static bool all_lines(const struct view *lines, unsigned n, struct elements *all,
		      bool (*one)(struct reader *, struct elements *))
{
	for (unsigned i = 0; i < n; i++)
		if (!line(lines[i], all, one))
			return false;
	return true;
}

bool forwarded_parse(const struct view *lines, unsigned n, const struct nets *trusted,
		     struct forwarded *out)
{
	struct elements all = { .n = 0 };
	if (!all_lines(lines, n, &all, element))
		return false;
	choose(&all, trusted, out);
	return true;
}

/* --- X-Forwarded-For: addresses, as proxies write them --- */

static bool x_element(struct reader *r, struct elements *all)
{
	struct element e = { .has_for = true };
	skip_blanks(r);
	const char *from = r->p;
	while (r->p < r->end && *r->p != ',' && *r->p != ' ' && *r->p != '\t')
		r->p++;
	struct view v = view_of(from, (size_t)(r->p - from));
	skip_blanks(r);
	if (v.n == 0)
		return true;
	/* A bare IPv6 address has no port. */
	if (ip_parse(v, &e.ip))
		e.is_ip = true;
	else if (!node(v, &e))
		return false;
	if (all->n == FORWARDED_MAX)
		return false;
	all->v[all->n++] = e;
	return true;
}

bool x_forwarded_parse(const struct view *for_lines, unsigned n, struct view proto,
		       const struct nets *trusted, struct forwarded *out)
{
	struct elements all = { .n = 0 };
	if (!all_lines(for_lines, n, &all, x_element))
		return false;
	if (proto.p && !same(proto, "https") && !same(proto, "http"))
		return false;
	choose(&all, trusted, out);
	out->https = proto.p && same(proto, "https");
	return true;
}
