/*
 * routes.h - the one table of routes (routes.def): it drives dispatch, 405 answers, /openapi.json
 * and the docs.
 */
#pragma once

#include "api/http1.h"
#include "api/query.h"

#define ROUTE_PARAMS_MAX 3

struct request;

/* Where and how a handler runs. */
enum route_run {
	RUN_PLAIN,  /* on the loop, without the store */
	RUN_LIGHT,  /* on the loop, with its read transaction */
	RUN_LIST,   /* on the compute pool, small */
	RUN_CHAIN,  /* on the compute pool, as large as the chain of the first organisation of the path */
	RUN_IMPACT, /* the same against the links */
	RUN_HEAVY,  /* on the compute pool, never small */
	RUN_SEARCH, /* on the compute pool, as large as the register */
	RUN_WRITE,  /* builds one command; the answer is then the read route's */
	RUN_CHANGE, /* on the pool: builds one command and says itself what is answered behind it */
	RUN_STREAM, /* opens a stream that the loop pumps */
	RUN_UPLOAD, /* as PLAIN; the body lies in a file */
	RUN_EVENTS, /* stays open: server-sent events */
	RUN_BACKUP, /* copied by a thread of its own */
	RUN_LOGIN,  /* the handler keeps it where it answers RC_OK; answered by the provider's thread */
};
enum route_body { BODY_NONE, BODY_JSON, BODY_MERGE, BODY_FILE };

struct route {
	enum http_method method;
	const char *path;          /* "/v1/orgs/{id}" */
	const char *access;        /* who may ask, see access.h; NULL: everybody */
	enum route_body body;
	enum route_run run;
	enum rc (*handle)(struct request *r, struct err *e);
	query_bits query;          /* bits of query.def */
	const char *schema;        /* of the answer, see openapi.c; NULL: none */
	const char *summary;
};

extern const struct route routes[];
extern const size_t routes_count;

/* The route of a method and a raw path; params are decoded into the arena. HEAD finds GET. NULL:
 * *out_allow (may hold no method) tells which methods the path takes, one bit each. */
const struct route *route_find(enum http_method m, struct view path, struct arena *a,
			       struct view *out_params, unsigned *out_allow);
/* "GET, HEAD, PUT" */
void route_allow_text(unsigned allow, char *out, size_t out_size);
