/* cookies.h - cookies of a request (RFC 6265), and what may stand in one that we set. Pure. */
#pragma once

#include "base/buf.h"

/* The value of the cookie in a Cookie field. False: there is none, or more than one: then somebody put one beside
 * ours, and none is taken. */
bool cookie_find(struct view field, const char *name, struct view *out);

/* One Set-Cookie value: HttpOnly, Path=/, and Secure where secure. max_age_s 0: the browser forgets it now;
 * negative: it ends with the browser. */
void cookie_write(struct buf *out, const char *name, struct view value, bool secure, bool strict, long max_age_s);
