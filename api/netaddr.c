/* netaddr.c - see netaddr.h. */
#include "api/netaddr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

#include "base/util.h"

static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

struct ip ip_of4(const uint8_t bytes[4])
{
	struct ip ip;
	memcpy(ip.bytes, mapped, sizeof(mapped));
	memcpy(ip.bytes + 12, bytes, 4);
	return ip;
}

struct ip ip_of(const struct sockaddr_in6 *sa)
{
	struct sockaddr_in in4;
	struct ip ip;
	memcpy(&in4, sa, sizeof(in4));
	if (in4.sin_family == AF_INET)
		return ip_of4((const uint8_t *)&in4.sin_addr);
	memcpy(ip.bytes, sa->sin6_addr.s6_addr, sizeof(ip.bytes));
	return ip;
}

bool ip_is_v4(const struct ip *ip) { return memcmp(ip->bytes, mapped, sizeof(mapped)) == 0; }

bool ip_is_loopback(const struct ip *ip)
{
	static const uint8_t one[16] = { [15] = 1 };
	return ip_is_v4(ip) ? ip->bytes[12] == 127 : memcmp(ip->bytes, one, sizeof(one)) == 0;
}

bool ip_is_any(const struct ip *ip)
{
	static const uint8_t zero[16];
	return ip_is_v4(ip) ? memcmp(ip->bytes + 12, zero, 4) == 0
			    : memcmp(ip->bytes, zero, sizeof(zero)) == 0;
}

bool ip_parse(struct view text, struct ip *out)
{
	char copy[IP_TEXT];
	uint8_t v4[4];
	if (text.n == 0 || text.n >= sizeof(copy) || memchr(text.p, '\0', text.n))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	if (inet_pton(AF_INET, copy, v4) == 1) {
		*out = ip_of4(v4);
		return true;
	}
	return inet_pton(AF_INET6, copy, out->bytes) == 1;
}

void ip_text(const struct ip *ip, char *out, size_t out_size)
{
	const char *text = ip_is_v4(ip)
				   ? inet_ntop(AF_INET, ip->bytes + 12, out, (socklen_t)out_size)
				   : inet_ntop(AF_INET6, ip->bytes, out, (socklen_t)out_size);
	if (!text && out_size)
		out[0] = '\0';
}

/* --- networks --- */

/* Digits only, at most three. */
static bool parse_bits(struct view v, unsigned max, unsigned *out)
{
	const char *p = v.p;
	*out = 0;
	if (v.n == 0 || v.n > 3)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		*out = *out * 10 + (unsigned)(p[i] - '0');
	}
	return *out <= max;
}

static bool bit(const struct ip *ip, unsigned i) { return ip->bytes[i / 8] >> (7 - i % 8) & 1; }

/* 192.0.2.1/24 is more likely a slip than a way to write 192.0.2.0/24. */
static bool parse_net(struct view v, struct net *out)
{
	const char *slash = memchr(v.p, '/', v.n);
	size_t n = slash ? (size_t)(slash - (const char *)v.p) : v.n;
	if (!ip_parse(view_of(v.p, n), &out->ip))
		return false;
	bool v4 = ip_is_v4(&out->ip) && !memchr(v.p, ':', n);
	out->bits = v4 ? 32 : 128;
	if (slash && !parse_bits(view_of(slash + 1, v.n - n - 1), out->bits, &out->bits))
		return false;
	out->bits += v4 ? 96 : 0;
	for (unsigned i = out->bits; i < 128; i++)
		if (bit(&out->ip, i))
			return false;
	return true;
}

enum rc nets_parse(struct view text, struct nets *out, struct err *e)
{
	const char *p = text.p;
	out->n = 0;
	for (size_t i = 0; i < text.n;) {
		size_t n = 0;
		while (i + n < text.n && p[i + n] != ',' && p[i + n] != ' ' && p[i + n] != '\t')
			n++;
		if (n && out->n == NETS_MAX)
			return err_set(e, RC_USAGE, NULL, "more than %d networks", NETS_MAX);
		if (n && !parse_net(view_of(p + i, n), &out->v[out->n++]))
			return err_set(e, RC_USAGE, NULL, "'%.*s' is not a network", (int)MIN(n, 60),
				       p + i);
		i += n + 1;
	}
	return RC_OK;
}

static bool net_has(const struct net *net, const struct ip *ip)
{
	unsigned whole = net->bits / 8, rest = net->bits % 8;
	if (memcmp(net->ip.bytes, ip->bytes, whole) != 0)
		return false;
	return rest == 0 || (net->ip.bytes[whole] ^ ip->bytes[whole]) >> (8 - rest) == 0;
}

bool nets_has(const struct nets *nets, const struct ip *ip)
{
	for (unsigned i = 0; i < nets->n; i++)
		if (net_has(&nets->v[i], ip))
			return true;
	return false;
}
