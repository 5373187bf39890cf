/* problem.h - RFC 9457 answers, and from which language they are told. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct problem {
	struct err err;
	bool query; /* err.field names a query parameter, not a member of the body */
};

/* Appends the JSON body. */
void problem_json(struct buf *out, const struct problem *p, enum lang lang);
/* One of the server's own, which no result code stands for (408, 431, …). */
void problem_json_plain(struct buf *out, int status, const char *code, const char *detail);
/* ja where Accept-Language prefers it to en; en otherwise. */
enum lang problem_lang(struct view accept_language);
