/*
 * fetch.h - one HTTP exchange with a server that the settings name (OpenID provider): blocking, so never on
 * a loop. https with the certificate checked, plain http to this machine alone; no redirects; the answer has
 * a largest size and the whole exchange a longest time. The only user of libcurl in the daemon.
 */
#pragma once

#include <stdatomic.h>

#include "base/buf.h"

struct fetch_ask {
	const char *url;
	const char *ca_file;        /* "" or NULL: the system's authorities */
	struct view form;           /* .p: POST of application/x-www-form-urlencoded */
	const char *user, *secret;  /* HTTP Basic; user NULL: none */
	unsigned timeout_ms;
	size_t max_bytes;
	const atomic_bool *stop;    /* ends the exchange early; may be NULL */
};

/* Once, before any thread that fetches. */
MUST_USE enum rc fetch_init(struct err *e);
/* May this be asked at all: https, or http to this machine, with a host, without user and fragment. */
bool fetch_url_ok(const char *url);
/* The body is appended to out, whatever the status. RC_UNREACHABLE with the reason, RC_TOO_LARGE, RC_NOMEM. */
MUST_USE enum rc fetch(const struct fetch_ask *ask, struct buf *out, int *out_status, struct err *e);
/* application/x-www-form-urlencoded: "name=value", behind a '&' where the form has something. */
void fetch_form_add(struct buf *form, const char *name, struct view value);
void fetch_form_text(struct buf *out, struct view v);
