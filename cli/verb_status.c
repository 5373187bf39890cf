/*
 * verb_status.c - status: is the server alive and ready (this needs no token), at which revision,
 * with how much in it (this does).
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cli/call.h"
#include "cli/rows.h"
#include "cli/verbs.h"

/* Members of a health answer that are plain values are shown as they are. */
static void merge(json_t *o, const struct http_reply *r)
{
	json_t *body = r->body.n ? json_loadb(r->body.p, r->body.n, 0, NULL) : NULL;
	const char *key;
	json_t *v;

	json_object_foreach(body, key, v) {
		if (strcmp(key, "status") != 0 && !json_is_array(v) && !json_is_null(v))
			json_object_set(o, key, v);
	}
	json_decref(body);
}

static int ask(const struct cli *c, const char *path, json_t *o, const char *field, bool *out_ok)
{
	AUTO(http_reply_done) struct http_reply r = HTTP_REPLY_INIT;
	struct http_request rq = { .path = path };
	struct err e = { 0 };

	if (http_send(c->http, &rq, &r, &e) != RC_OK)
		return cli_fail(c, &e);
	*out_ok = call_exit(r.status) == CLI_OK;
	if (field)
		json_object_set_new(o, field, json_boolean(*out_ok));
	if (*out_ok)
		merge(o, &r);
	else
		call_problem(c, &r);
	if (r.revision[0])
		json_object_set_new(o, "revision", json_integer(strtoll(r.revision, NULL, 10)));
	return CLI_OK;
}

int verb_status(struct cli *c, const struct args *a)
{
	json_t *o = json_pack("{s:s}", "url", http_url(c->http));
	bool alive = false, ready = false, known = false;
	int status;

	(void)a;
	if (!o)
		return call_nomem(c);
	status = ask(c, "/healthz", o, "alive", &alive);
	if (status == CLI_OK)
		status = ask(c, "/readyz", o, "ready", &ready);
	if (status == CLI_OK && ready)
		status = ask(c, "/v1/status", o, NULL, &known);
	if (status == CLI_OK && !record_print(c, o))
		status = call_nomem(c);
	json_decref(o);
	return status != CLI_OK ? status : alive && ready && known ? CLI_OK : CLI_FAILED;
}
