/*
 * forwarded.h - whom a trusted proxy names as the client of a request: Forwarded (RFC 7239), or the older
 * X-Forwarded-For with X-Forwarded-Proto.
 *
 * Each proxy adds itself behind those before it, so that the list is believed from its end on: what a proxy
 * of ours added is true, and it names who came to it; if that is one of ours too, the element before it counts.
 * The first address that is not one of ours is the client; what stands before it is hearsay. A list that
 * cannot be read whole is refused: a client may have opened a quotation mark to swallow what follows.
 */
#pragma once

#include "api/netaddr.h"

#define FORWARDED_MAX 32 /* elements */

struct forwarded {
	bool has_client; /* false: nobody was named, or by a word that is no address */
	struct ip client;
	bool https;
};

/* lines: the values of all fields of that name, in order. False: malformed or too many. */
bool forwarded_parse(const struct view *lines, unsigned n, const struct nets *trusted,
		     struct forwarded *out);
/* for_lines: X-Forwarded-For; proto: X-Forwarded-Proto, .p NULL where there is none. */
bool x_forwarded_parse(const struct view *for_lines, unsigned n, struct view proto,
		       const struct nets *trusted, struct forwarded *out);
