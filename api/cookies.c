/* cookies.c - see cookies.h. */
#include "api/cookies.h"

static struct view next_pair(struct view *rest)
{
	const char *p = rest->p, *semi = memchr(p, ';', rest->n);
	size_t n = semi ? (size_t)(semi - p) : rest->n;
	struct view pair = view_of(p, n);

	*rest = semi ? view_of(semi + 1, rest->n - n - 1) : view_of(NULL, 0);
	while (pair.n && (*p == ' ' || *p == '\t'))
		pair = view_of(++p, pair.n - 1);
	while (pair.n && (p[pair.n - 1] == ' ' || p[pair.n - 1] == '\t'))
		pair.n--;
	return pair;
}

bool cookie_find(struct view field, const char *name, struct view *out)
{
	size_t n = strlen(name), found = 0;

	while (field.n) {
		struct view pair = next_pair(&field);
		const char *p = pair.p;
		if (pair.n <= n || memcmp(p, name, n) != 0 || p[n] != '=')
			continue;
		*out = view_of(p + n + 1, pair.n - n - 1);
		found++;
	}
	return found == 1;
}

void cookie_write(struct buf *out, const char *name, struct view value, bool secure, bool strict, long max_age_s)
{
	buf_addf(out, "%s=", name);
	buf_addv(out, value);
	buf_adds(out, "; Path=/; HttpOnly");
	if (secure)
		buf_adds(out, "; Secure");
	buf_adds(out, strict ? "; SameSite=Strict" : "; SameSite=Lax");
	if (max_age_s >= 0)
		buf_addf(out, "; Max-Age=%ld", max_age_s);
}
