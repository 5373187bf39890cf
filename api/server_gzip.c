/* server_gzip.c - compression of answers: level 1, for text of some size, when the client asks. */
#include <strings.h>
#include <zlib.h>

#include "api/server_int.h"

#define LEVEL 1
#define GZIP_WINDOW (15 + 16) /* zlib's way to say gzip */

/* One element of Accept-Encoding: "gzip", "*" or "gzip;q=0.5", but not with q=0. */
static bool names_gzip(struct view v)
{
	const char *p = v.p;
	size_t n = 0;
	while (n < v.n && p[n] != ';' && p[n] != ' ' && p[n] != '\t')
		n++;
	if (!(n == 4 && strncasecmp(p, "gzip", 4) == 0) && !(n == 1 && *p == '*'))
		return false;
	for (; n < v.n; n++)
		if ((p[n] == 'q' || p[n] == 'Q') && v.n - n >= 3 && p[n + 1] == '=')
			break;
	if (n == v.n)
		return true;
	for (n += 2; n < v.n; n++)
		if (p[n] >= '1' && p[n] <= '9')
			return true;
	return false;
}

bool gzip_wanted(const struct request *q)
{
	struct view v = http1_field(&q->reader, "accept-encoding");
	const char *p = v.p, *end = p + v.n;
	while (p < end) {
		while (p < end && (*p == ' ' || *p == '\t' || *p == ','))
			p++;
		const char *comma = p < end ? memchr(p, ',', (size_t)(end - p)) : NULL;
		size_t n = (size_t)((comma ? comma : end) - p);
		if (n && names_gzip(view_of(p, n)))
			return true;
		p += n;
	}
	return false;
}

bool gzip_type(const char *type)
{
	return type && (strncmp(type, "text/", 5) == 0 || strstr(type, "json") ||
			strncmp(type, "image/svg", 9) == 0);
}

struct z_stream_s *gzip_new(void)
{
	z_stream *z = calloc(1, sizeof(*z));
	if (z && deflateInit2(z, LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) == Z_OK)
		return z;
	free(z);
	return NULL;
}

void gzip_free(struct z_stream_s *z)
{
	if (z)
		deflateEnd(z);
	free(z);
}

bool gzip_stream_add(struct z_stream_s *z, struct view in, bool end, struct buf *out)
{
	/* zlib does not write through next_in. */
	memcpy(&z->next_in, &in.p, sizeof(in.p));
	z->avail_in = (uInt)in.n;
	do {
		if (!buf_reserve(out, 16384))
			return false;
		z->next_out = (Bytef *)out->p + out->n;
		z->avail_out = (uInt)MIN(out->cap - out->n, (size_t)1 << 30);
		uInt room = z->avail_out;
		if (deflate(z, end ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_ERROR)
			return false;
		out->n += room - z->avail_out;
	} while (z->avail_out == 0);
	return true;
}

bool gzip_whole(struct loop *l, struct buf *b)
{
	struct buf out = BUF_INIT;
	if (!l->gzip)
		l->gzip = gzip_new();
	if (!l->gzip || deflateReset(l->gzip) != Z_OK)
		return false;
	if (!gzip_stream_add(l->gzip, buf_view(b), true, &out) || out.n >= b->n) {
		buf_done(&out);
		return false;
	}
	buf_done(b);
	*b = out;
	return true;
}
