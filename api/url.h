/* url.h - percent-decoding of paths and queries. Nothing is guessed: a broken escape, a NUL byte
 * and text that is not UTF-8 are refused. Pure; memory comes from the caller's arena. */
#pragma once

#include "base/arena.h"

struct url_param {
	struct view name, value; /* decoded; value.p NULL where there was no '=' */
};

/* Decodes v ('+' is a blank where plus is set). RC_BAD_UTF8, RC_MALFORMED, RC_NOMEM. */
MUST_USE enum rc url_decode(struct arena *a, struct view v, bool plus, struct view *out);
/* "/v1/orgs/A%2FB" -> "v1", "orgs", "A/B". At most max segments, else RC_NOT_FOUND; "/" has none;
 * a trailing slash makes an empty last segment. */
MUST_USE enum rc url_path_split(struct arena *a, struct view path, struct view *out, size_t max,
				size_t *out_n);
/* "a=1&b" -> two parameters, in order; empty pieces between '&' are skipped. RC_BAD_QUERY with the
 * reason in e->arg, RC_NOMEM. */
MUST_USE enum rc url_query_parse(struct arena *a, struct view query, struct url_param *out,
				 size_t max, size_t *out_n, struct err *e);
