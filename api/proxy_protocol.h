/*
 * proxy_protocol.h - the PROXY protocol, versions 1 and 2: the line or block that a proxy sends before anything
 * else, so that the server learns who the client is. https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt
 *
 * Strict: exactly the forms of the specification, TCP only, addresses and ports in their canonical text, and
 * additions of version 2 that fill their length to the byte.
 */
#pragma once

#include "api/netaddr.h"

#define PROXY_MAX_BYTES 2048 /* of the whole header; version 1 has 107 at most */

enum proxy_verdict { PROXY_MORE, PROXY_DONE, PROXY_BAD };

struct proxy_header {
	size_t bytes; /* of the header: what follows is the client's */
	bool has_client; /* false: LOCAL or UNKNOWN, the proxy speaks for itself */
	struct ip client;
	bool https; /* the proxy says that the client came over TLS */
};

/* The verdict on the beginning of a connection does not depend on how it was cut. */
enum proxy_verdict proxy_parse(struct view in, struct proxy_header *out);
