/* routes.c - the table of routes and the search in it. */
#include "api/routes.h"

#include <stdio.h>

#include "api/handlers.h"
#include "api/url.h"
#include "base/util.h"

#define SEGMENTS_MAX 8
#define B(sym) QBIT(sym)

const struct route routes[] = {
#define ROUTE(m, path, access, body, run, handler, query, schema, summary)                           \
	{ HTTP_##m, path, access, BODY_##body, RUN_##run, handler, query, schema, summary },
#include "api/routes.def"
#undef ROUTE
};
const size_t routes_count = ARRAY_LEN(routes);

/* The template's next segment; *p moves behind it. */
static struct view next_segment(const char **p)
{
	const char *from = *p + 1; /* behind the '/' */
	const char *to = strchr(from, '/');
	size_t n = to ? (size_t)(to - from) : strlen(from);

	*p = from + n;
	return view_of(from, n);
}

static bool matches(const char *path, const struct view *seg, size_t n_seg, struct view *out)
{
	size_t n_params = 0, i = 0;

	for (; *path && i < n_seg; i++) {
		struct view want = next_segment(&path);
		if (*(const char *)want.p == '{') {
			if (seg[i].n == 0 || n_params == ROUTE_PARAMS_MAX)
				return false;
			out[n_params++] = seg[i];
		} else if (!view_eq(want, seg[i])) {
			return false;
		}
	}
	return !*path && i == n_seg;
}

const struct route *route_find(enum http_method m, struct view path, struct arena *a,
			       struct view *out_params, unsigned *out_allow)
{
	struct view seg[SEGMENTS_MAX], params[ROUTE_PARAMS_MAX] = { 0 };
	size_t n = 0;

	*out_allow = 0;
	if (url_path_split(a, path, seg, SEGMENTS_MAX, &n) || n == 0)
		return NULL;
	if (m == HTTP_HEAD)
		m = HTTP_GET;
	for (size_t i = 0; i < routes_count; i++) {
		if (!matches(routes[i].path, seg, n, params))
			continue;
		*out_allow |= 1u << routes[i].method;
		if (routes[i].method == HTTP_GET)
			*out_allow |= 1u << HTTP_HEAD;
		if (routes[i].method == m) {
			memcpy(out_params, params, sizeof(params));
			return &routes[i];
		}
	}
	return NULL;
}

void route_allow_text(unsigned allow, char *out, size_t out_size)
{
	size_t n = 0;

	out[0] = '\0';
	for (unsigned m = HTTP_GET; m <= HTTP_OPTIONS; m++) {
		if (!(allow >> m & 1))
			continue;
		int k = snprintf(out + n, out_size - n, "%s%s", n ? ", " : "",
				 http_method_name((enum http_method)m));
		if (k < 0 || (size_t)k >= out_size - n)
			return;
		n += (size_t)k;
	}
}
