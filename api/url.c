/* url.c - decoding of paths and queries; see url.h. */
#include "api/url.h"

#include "base/text.h"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum rc url_decode(struct arena *a, struct view v, bool plus, struct view *out)
{
	const char *p = v.p;
	char *to = arena_alloc(a, v.n + 1);
	size_t n = 0;
	if (!to)
		return RC_NOMEM;
	for (size_t i = 0; i < v.n; i++) {
		char c = p[i];
		if (c == '%') {
			if (v.n - i < 3 || hex(p[i + 1]) < 0 || hex(p[i + 2]) < 0)
				return RC_MALFORMED;
			c = (char)(hex(p[i + 1]) << 4 | hex(p[i + 2]));
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c == '\0')
			return RC_MALFORMED;
		to[n++] = c;
	}
	to[n] = '\0';
	if (!utf8_valid(view_of(to, n)))
		return RC_BAD_UTF8;
	*out = view_of(to, n);
	return RC_OK;
}

/* The piece of v in front of the first c; *v becomes what is behind, .p NULL when it was the last. */
static struct view split_at(struct view *v, char c)
{
	const char *p = v->p;
	const char *at = v->n ? memchr(p, c, v->n) : NULL;
	struct view piece = view_of(p, at ? (size_t)(at - p) : v->n);
	*v = at ? view_of(at + 1, v->n - piece.n - 1) : view_of(NULL, 0);
	return piece;
}

enum rc url_path_split(struct arena *a, struct view path, struct view *out, size_t max,
		       size_t *out_n)
{
	size_t n = 0;
	if (path.n == 0 || *(const char *)path.p != '/')
		return RC_NOT_FOUND;
	struct view rest = view_of((const char *)path.p + 1, path.n - 1);
	while (rest.p && path.n > 1) {
		if (n == max)
			return RC_NOT_FOUND;
		enum rc rc = url_decode(a, split_at(&rest, '/'), false, &out[n]);
		if (rc)
			return rc;
		n++;
	}
	*out_n = n;
	return RC_OK;
}

static enum rc query_error(struct err *e, enum rc rc)
{
	if (rc == RC_NOMEM)
		return err_set(e, RC_NOMEM, NULL, " ");
	return err_set(e, RC_BAD_QUERY, NULL, "%s",
		       rc == RC_BAD_UTF8 ? "not UTF-8" : "a broken percent escape");
}

enum rc url_query_parse(struct arena *a, struct view query, struct url_param *out, size_t max,
			size_t *out_n, struct err *e)
{
	size_t n = 0;
	while (query.p) {
		struct view value = split_at(&query, '&');
		if (value.n == 0)
			continue;
		if (n == max)
			return err_set(e, RC_BAD_QUERY, NULL, "more than %zu parameters", max);
		struct view name = split_at(&value, '=');
		struct url_param *q = &out[n];
		*q = (struct url_param){ 0 };
		enum rc rc = url_decode(a, name, true, &q->name);
		if (!rc && value.p)
			rc = url_decode(a, value, true, &q->value);
		if (rc)
			return query_error(e, rc);
		n++;
	}
	*out_n = n;
	return RC_OK;
}
