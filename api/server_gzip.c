/* server_gzip.c - compression of answers: level 1, for text of some size, when the client asks. */
#include <strings.h>
#include <zlib.h>

#include "api/server_int.h"

#define LEVEL 1
#define GZIP_WINDOW (15 + 16) /* zlib's way to say gzip */

/* Is q of one element ("gzip;q=0.5") more than 0? */
static bool has_weight(struct view v)
{
	const char *p = v.p;
	size_t n = 0;
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

/* The name of an element ends before its parameters. */
static size_t name_length(struct view v)
{
	const char *p = v.p;
	size_t n = 0;
	while (n < v.n && p[n] != ';' && p[n] != ' ' && p[n] != '\t')
		n++;
	return n;
}

static struct view behind_name(struct view v, size_t n)
{
	return view_of((const char *)v.p + n, v.n - n);
}

/* RFC 9110 12.5.3: "*" stands for what is not named. */
bool gzip_wanted(const struct request *q)
{
	struct view v = http1_field(&q->reader, "accept-encoding");
	const char *p = v.p, *end = p + v.n;
	bool any = false;
	while (p < end) {
		while (p < end && (*p == ' ' || *p == '\t' || *p == ','))
			p++;
		const char *comma = p < end ? memchr(p, ',', (size_t)(end - p)) : NULL;
		struct view one = view_of(p, (size_t)((comma ? comma : end) - p));
		size_t n = name_length(one);
		if (n == 4 && strncasecmp(p, "gzip", 4) == 0)
			return has_weight(behind_name(one, n));
		if (n == 1 && *p == '*')
			any = has_weight(behind_name(one, n));
		p += one.n;
	}
	return any;
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
