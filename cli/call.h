/*
 * call.h - a request and what becomes of it: JSON on success, a problem told to the user and the
 * right exit status else.
 */
#pragma once

#include <jansson.h>

#include "cli/cli.h"
#include "cli/http.h"

struct call_reply {
	struct http_reply http;
	json_t *json; /* the parsed body of a 2xx answer, NULL if it had none */
};

#define CALL_REPLY_INIT { .json = NULL }
void call_reply_done(struct call_reply *r);

/* Sends; CLI_OK: 2xx. Everything else has been reported on standard error, but for a 404 where
 * quiet_404 asks for silence (the caller goes on). Warnings in the answer are shown. */
int call_send(const struct cli *c, const struct http_request *rq, bool quiet_404,
	      struct call_reply *out);
/* GET path. */
int call_get(const struct cli *c, const char *path, struct call_reply *out);
/* method path with a JSON body (NULL: none). */
int call_json(const struct cli *c, const char *method, const char *path, const json_t *body,
	      const char *if_match, bool quiet_404, struct call_reply *out);
/* GET path and print the object. */
int call_show(const struct cli *c, const char *path);
/* DELETE path; says so on standard error. name is what was deleted. */
int call_delete(const struct cli *c, const char *path, const char *name);
/* The exit status for an HTTP status. */
int call_exit(long status);
/* Tells the problem in an answer that is not 2xx. */
void call_problem(const struct cli *c, const struct http_reply *r);
/* The same for a problem object that came inside another answer. */
void call_tell(const struct cli *c, const json_t *problem, long status);

/* Paths: "/v1/orgs/ID", …; b is NUL-terminated afterwards, false: out of memory (reported). An id
 * that reads as a corporate number (full-width digits, hyphens, a leading T) is completed. */
bool path_org(const struct cli *c, struct buf *b, const char *id);
bool path_link(const struct cli *c, struct buf *b, const char *p, const char *s);
/* "/v1/orgs/P/WHAT/S" */
bool path_pair(const struct cli *c, struct buf *b, const char *p, const char *what, const char *s);
/* Terminates b for use as a path. */
bool path_end(const struct cli *c, struct buf *b);
/* Out of memory, told. */
int call_nomem(const struct cli *c);
