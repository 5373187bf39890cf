/* problem.h - RFC 9457 answers, and from which language they are told. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* One bad part of the input beside the first. */
struct problem {
	struct err err;
	bool query;           /* err.field names a query parameter, not a member of the body */
	const char *instance; /* request id, may be NULL */
};

/* Appends the JSON body. */
void problem_json(struct buf *out, const struct problem *p, enum lang lang);
/* ja where Accept-Language prefers it to en; en otherwise. */
enum lang problem_lang(struct view accept_language);
