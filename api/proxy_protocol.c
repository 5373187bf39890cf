/* proxy_protocol.c - see proxy_protocol.h. */
#include "api/proxy_protocol.h"

#include "base/util.h"

#define V1_MAX_BYTES 107 /* with CRLF */
#define V2_HEAD_BYTES 16
#define TLV_TYPE_SSL 0x20
#define SSL_CLIENT_TLS 1

static const uint8_t v2_signature[12] = { 0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d,
					  0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a };

/* --- version 1: "PROXY TCP4 source destination port port\r\n" --- */

static struct view word(struct view *line)
{
	const char *p = line->p;
	const char *space = memchr(p, ' ', line->n);
	size_t n = space ? (size_t)(space - p) : line->n;
	struct view v = view_of(p, n);
	size_t used = MIN(n + 1, line->n);
	*line = view_of(p + used, line->n - used);
	return v;
}

static bool is_port(struct view v)
{
	const char *p = v.p;
	unsigned n = 0;
	if (v.n == 0 || v.n > 5 || (v.n > 1 && p[0] == '0'))
		return false;
	for (size_t i = 0; i < v.n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		n = n * 10 + (unsigned)(p[i] - '0');
	}
	return n <= 65535;
}

static bool is_address(struct view v, bool v4, struct ip *out)
{
	return ip_parse(v, out) && (memchr(v.p, ':', v.n) == NULL) == v4;
}

static bool v1_line(struct view line, struct proxy_header *out)
{
	struct ip destination;
	bool ends_in_space = line.n && ((const char *)line.p)[line.n - 1] == ' ';
	struct view first = word(&line);
	if (!view_is(first, "PROXY") || line.n == 0)
		return false;
	struct view family = word(&line);
	if (view_is(family, "UNKNOWN")) /* whatever follows is to be ignored */
		return true;
	bool v4 = view_is(family, "TCP4");
	if (ends_in_space || (!v4 && !view_is(family, "TCP6")))
		return false;
	struct view from = word(&line), to = word(&line);
	struct view from_port = word(&line), to_port = word(&line);
	out->has_client = true;
	return line.n == 0 && is_address(from, v4, &out->client) &&
	       is_address(to, v4, &destination) && is_port(from_port) && is_port(to_port);
}

static enum proxy_verdict v1(struct view in, struct proxy_header *out)
{
	static const char begin[] = "PROXY ";
	const char *p = in.p;
	if (memcmp(p, begin, MIN(in.n, sizeof(begin) - 1)) != 0)
		return PROXY_BAD;
	const char *cr = memchr(p, '\r', MIN(in.n, V1_MAX_BYTES - 1));
	if (!cr)
		return in.n < V1_MAX_BYTES - 1 && !memchr(p, '\n', in.n) ? PROXY_MORE : PROXY_BAD;
	size_t n = (size_t)(cr - p);
	if (memchr(p, '\n', n))
		return PROXY_BAD;
	if (in.n < n + 2)
		return PROXY_MORE;
	out->bytes = n + 2;
	return p[n + 1] == '\n' && v1_line(view_of(p, n), out) ? PROXY_DONE : PROXY_BAD;
}

/* --- version 2: 12 bytes of signature, command, family, length, addresses, additions --- */

/* Type, length of two bytes, value; they fill the block. */
static bool v2_additions(const uint8_t *p, size_t n, struct proxy_header *out)
{
	while (n >= 3) {
		size_t size = (size_t)p[1] << 8 | p[2];
		if (size > n - 3)
			return false;
		if (p[0] == TLV_TYPE_SSL && size >= 5)
			out->https = p[3] & SSL_CLIENT_TLS;
		p += 3 + size;
		n -= 3 + size;
	}
	return n == 0;
}

static bool v2_addresses(uint8_t family, const uint8_t *p, size_t n, struct proxy_header *out)
{
	switch (family) {
	case 0x00: /* unspecified: nothing in it concerns us */
		return true;
	case 0x11: /* TCP over IPv4 */
		if (n < 12)
			return false;
		out->client = ip_of4(p);
		out->has_client = true;
		return v2_additions(p + 12, n - 12, out);
	case 0x21: /* TCP over IPv6 */
		if (n < 36)
			return false;
		memcpy(out->client.bytes, p, 16);
		out->has_client = true;
		return v2_additions(p + 36, n - 36, out);
	default: /* datagrams, Unix sockets: nothing that reaches us */
		return false;
	}
}

static enum proxy_verdict v2(struct view in, struct proxy_header *out)
{
	const uint8_t *p = in.p;
	if (in.n < V2_HEAD_BYTES)
		return PROXY_MORE;
	size_t n = (size_t)p[14] << 8 | p[15];
	if (p[12] != 0x20 && p[12] != 0x21)
		return PROXY_BAD;
	if (V2_HEAD_BYTES + n > PROXY_MAX_BYTES)
		return PROXY_BAD;
	if (in.n < V2_HEAD_BYTES + n)
		return PROXY_MORE;
	out->bytes = V2_HEAD_BYTES + n;
	if (p[12] == 0x20) /* LOCAL: a health check of the proxy itself */
		return PROXY_DONE;
	return v2_addresses(p[13], p + V2_HEAD_BYTES, n, out) ? PROXY_DONE : PROXY_BAD;
}

enum proxy_verdict proxy_parse(struct view in, struct proxy_header *out)
{
	*out = (struct proxy_header){ 0 };
	if (in.n == 0)
		return PROXY_MORE;
	if (memcmp(in.p, v2_signature, MIN(in.n, sizeof(v2_signature))) != 0)
		return v1(in, out);
	return in.n < sizeof(v2_signature) ? PROXY_MORE : v2(in, out);
}
