/* source.c - mapping a file, telling its encoding, decoding in windows. */
#include "importers/source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/util.h"
#include "importers/cp932.h"

#define PIECE ((size_t)256 << 10) /* bytes decoded at a time */
/* So many three-byte characters in a row are UTF-8 and no CP932: a bad byte after them is damage. */
#define UTF8_CERTAIN 4

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* ---- telling encodings ---- */

/* How many bytes at v's start are UTF-8; *out_wide: three-byte characters among them. */
static size_t utf8_prefix(struct view v, unsigned *out_wide)
{
	const char *p = v.p;
	size_t i = 0, len;

	*out_wide = 0;
	while (i < v.n && (len = utf8_char_len(view_of(p + i, v.n - i))) > 0) {
		*out_wide += len >= 3 && *out_wide < UTF8_CERTAIN;
		i += len;
	}
	return i;
}

static enum rc bad_byte(const struct source *s, size_t at, struct err *e)
{
	const unsigned char *p = s->raw.p;
	unsigned line = 1, column = 1;

	for (size_t i = 0; i < at; i++) {
		column++;
		if (p[i] == '\n' || (p[i] == '\r' && !(i + 1 < s->raw.n && p[i + 1] == '\n'))) {
			line++;
			column = 1;
		}
	}
	err_set(e, RC_BAD_ENCODING, NULL, "0x%02X (offset %zu)", p[at], s->bom + at);
	if (e) {
		e->line = line;
		e->column = column;
	}
	return RC_BAD_ENCODING;
}

/* Without a BOM UTF-16 shows in its zero bytes: ASCII has one in every pair. */
static bool looks_utf16(struct view v)
{
	const unsigned char *p = v.p;
	size_t n = MIN(v.n, 4096) / 2 * 2, zeros[2] = { 0, 0 };

	for (size_t i = 0; i < n; i++)
		zeros[i % 2] += p[i] == 0;
	return n >= 4 && MAX(zeros[0], zeros[1]) * 4 > n && MIN(zeros[0], zeros[1]) * 16 < n;
}

static enum rc refuse_binary(struct view v, struct err *e)
{
	const char *p = v.p;

	if (v.n >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0))
		return err_set(e, RC_UTF16, NULL, NULL);
	if (looks_utf16(v))
		return err_set(e, RC_UTF16, NULL, NULL);
	if (v.n >= 4 && memcmp(p, "PK\3\4", 4) == 0)
		return err_set(e, RC_UNKNOWN_FORMAT, NULL, "ZIP (xlsx)");
	if (v.n >= 4 && memcmp(p, "%PDF", 4) == 0)
		return err_set(e, RC_UNKNOWN_FORMAT, NULL, "PDF");
	return RC_OK;
}

static enum rc tell_encoding(struct source *s, struct err *e)
{
	unsigned wide = 0;
	size_t good8, good932;
	enum rc rc = refuse_binary(s->raw, e);

	if (rc)
		return rc;
	if (s->raw.n >= 3 && memcmp(s->raw.p, "\xef\xbb\xbf", 3) == 0) {
		s->bom = 3;
		s->raw = view_of((const char *)s->raw.p + 3, s->raw.n - 3);
	}
	s->encoding = ENC_UTF8;
	if (utf8_valid(s->raw))
		return RC_OK;
	good8 = utf8_prefix(s->raw, &wide);
	if (s->bom || wide >= UTF8_CERTAIN)
		return bad_byte(s, good8, e);
	if (!cp932_ready())
		return err_set(e, RC_INTERNAL, NULL, "iconv CP932");
	good932 = cp932_valid(s->raw);
	if (good932 < s->raw.n)
		return bad_byte(s, MAX(good8, good932), e);
	s->encoding = ENC_CP932;
	return RC_OK;
}

/* ---- opening ---- */

enum rc source_open_bytes(struct source *s, struct view bytes, struct err *e)
{
	*s = (struct source){ .raw = bytes.n ? bytes : VIEW_LIT("") };
	return tell_encoding(s, e);
}

enum rc source_open(struct source *s, const char *path, struct err *e)
{
	AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	*s = (struct source){ .raw = VIEW_LIT("") };
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_set(e, RC_IO, NULL, "%s: %s", path, strerrordesc_np(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, RC_IO, NULL, "%s: not a regular file", path);
	if (st.st_size > 0) {
		void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

		if (map == MAP_FAILED)
			return err_set(e, RC_IO, NULL, "%s: %s", path, strerrordesc_np(errno));
		s->map = map;
		s->map_n = (size_t)st.st_size;
		s->raw = view_of(map, s->map_n);
		(void)madvise(map, s->map_n, MADV_SEQUENTIAL);
	}
	return tell_encoding(s, e);
}

void source_done(struct source *s)
{
	if (s->map)
		munmap(s->map, s->map_n);
	buf_done(&s->text);
	*s = (struct source){ .raw = VIEW_LIT("") };
}

/* ---- windows ---- */

static enum rc decode_piece(struct source *s, struct view *out_window, struct err *e)
{
	const char *p = s->raw.p;
	size_t n = MIN(PIECE, s->raw.n - s->taken), done;

	done = cp932_decode(view_of(p + s->taken, n), &s->text);
	/* only a character cut by the piece's end may be left; the next piece begins with it */
	if (!buf_ok(&s->text) || (done == 0 && n > 0))
		return err_set(e, RC_NOMEM, NULL, NULL);
	s->taken += done;
	*out_window = s->text.n ? buf_view(&s->text) : VIEW_LIT("");
	return RC_OK;
}

enum rc source_first(struct source *s, struct view *out_window, struct err *e)
{
	if (s->encoding == ENC_UTF8) {
		*out_window = s->raw;
		return RC_OK;
	}
	s->taken = 0;
	buf_clear(&s->text);
	return decode_piece(s, out_window, e);
}

bool source_has_more(const struct source *s)
{
	return s->encoding == ENC_CP932 && s->taken < s->raw.n;
}

enum rc source_more(struct source *s, const char *keep, struct view *out_window, struct err *e)
{
	size_t cut;

	if (!source_has_more(s)) {
		*out_window = s->encoding == ENC_UTF8 ? s->raw : buf_view(&s->text);
		return RC_OK;
	}
	cut = (size_t)(keep - s->text.p);
	memmove(s->text.p, keep, s->text.n - cut);
	s->text.n -= cut;
	return decode_piece(s, out_window, e);
}

uint64_t source_offset(const struct source *s, const char *p)
{
	if (s->encoding == ENC_CP932)
		return s->bom + s->taken;
	return s->bom + (uint64_t)(p - (const char *)s->raw.p);
}
