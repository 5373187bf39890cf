/* netaddr.h - IP addresses and lists of networks. An IPv4 address is kept as IPv6 has it: ::ffff:a.b.c.d. */
#pragma once

#include "base/err.h"
#include "base/view.h"

#define NETS_MAX 32
#define IP_TEXT 46

struct ip {
	uint8_t bytes[16];
};

struct nets {
	struct net {
		struct ip ip;
		unsigned bits; /* of the 128 */
	} v[NETS_MAX];
	unsigned n;
};

struct sockaddr_in6;
/* A sockaddr_in in the same memory will do. */
struct ip ip_of(const struct sockaddr_in6 *sa);
struct ip ip_of4(const uint8_t bytes[4]);
bool ip_is_v4(const struct ip *ip);
bool ip_is_loopback(const struct ip *ip);
bool ip_is_any(const struct ip *ip); /* 0.0.0.0, :: */
/* Text as inet_pton(3) takes it, whole; no zone. */
bool ip_parse(struct view text, struct ip *out);
void ip_text(const struct ip *ip, char *out, size_t out_size);

/* "192.0.2.0/24, 2001:db8::/32, 198.51.100.7": separated by commas or blanks. RC_USAGE names the wrong one. */
MUST_USE enum rc nets_parse(struct view text, struct nets *out, struct err *e);
bool nets_has(const struct nets *nets, const struct ip *ip);
