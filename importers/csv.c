/*
 * csv.c - the splitter. A row is read in one pass over the window; if the window ends first and the
 * source has more, the pass begins again with a longer window, so that cells never straddle two.
 */
#include "importers/csv.h"

#include <stdlib.h>

#include "base/util.h"

#define RESUMES_MAX 16

/* One pass over one row. */
struct pass {
	const char *p, *end;
	unsigned lines;		/* line ends passed */
	unsigned n;		/* cells so far */
	bool cut;		/* the window ended before the row did */
	enum rc rc;		/* the first thing wrong with the row */
	unsigned bad_cell;
};

enum rc csv_open(struct csv *c, struct source *src, char delim, struct err *e)
{
	struct view w = { 0 };
	enum rc rc;

	*c = (struct csv){ .src = src, .delim = delim, .line = 1 };
	rc = source_first(src, &w, e);
	if (rc)
		return rc;
	c->p = w.p;
	c->end = c->p + w.n;
	return RC_OK;
}

void csv_done(struct csv *c)
{
	free(c->scratch);
	c->scratch = NULL;
}

static void spoil(struct pass *s, enum rc rc)
{
	if (s->rc)
		return;
	s->rc = rc;
	s->bad_cell = s->n + 1;
}

/* Passes a line end at s->p: CRLF, LF or CR. A CR that ends the window may be half of one. */
static void pass_newline(struct pass *s, bool more)
{
	if (*s->p == '\r') {
		if (s->p + 1 == s->end && more)
			s->cut = true;
		if (s->p + 1 < s->end && s->p[1] == '\n')
			s->p++;
	}
	s->p++;
	s->lines++;
}

#define BYTES(c) (UINT64_C(0x0101010101010101) * (unsigned char)(c))

/* Not 0 where a byte of v is zero; the lowest bit that is set belongs to the first one. */
static uint64_t zero_byte(uint64_t v)
{
	return (v - BYTES(1)) & ~v & BYTES(0x80);
}

/* Passes eight bytes at a time while none of them means anything; stops at, or a little before, one that does. */
static const char *pass_plain(const char *p, const char *end, char delim)
{
	uint64_t w, hit;

	for (; end - p >= 8; p += 8) {
		memcpy(&w, p, 8);
		hit = zero_byte(w ^ BYTES(delim)) | zero_byte(w ^ BYTES('\n')) | zero_byte(w ^ BYTES('\r')) |
		      zero_byte(w);
		if (hit)
			return p + (__builtin_ctzll(hit) >> 3);
	}
	return p;
}

/* Up to the delimiter, the line's end or the window's. */
static const char *plain_end(struct pass *s, char delim)
{
	const char *p = pass_plain(s->p, s->end, delim);

	for (; p < s->end; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == (unsigned char)delim || c == '\n' || c == '\r')
			break;
		if (c == 0)
			spoil(s, RC_NUL_BYTE);
	}
	return p;
}

/* The scratch is as large as the longest row, so that cells never move. */
static char *scratch_room(struct csv *c, size_t n)
{
	if (!c->scratch)
		c->scratch = malloc(CSV_ROW_MAX + 1);
	return c->scratch && n <= CSV_ROW_MAX - c->scratch_n ? c->scratch + c->scratch_n : NULL;
}

static struct view undouble(struct csv *c, struct pass *s, struct view v)
{
	const char *in = v.p;
	char *to = scratch_room(c, v.n);
	size_t n = 0;

	if (!to) {
		spoil(s, c->scratch ? RC_TOO_LARGE : RC_NOMEM);
		return (struct view){ 0 };
	}
	for (size_t i = 0; i < v.n; i++) {
		to[n++] = in[i];
		if (in[i] == '"')
			i++;
	}
	c->scratch_n += n;
	return view_of(to, n);
}

/* s->p stands behind the opening quotation mark. */
static struct view quoted_cell(struct csv *c, struct pass *s, bool more)
{
	const char *from = s->p;
	bool doubled = false;
	struct view v;

	for (;;) {
		if (s->p == s->end) {
			spoil(s, RC_UNCLOSED_QUOTE);
			s->cut = true;
			return (struct view){ 0 };
		}
		if (*s->p == '\n' || *s->p == '\r') {
			pass_newline(s, more);
			continue;
		}
		if (*s->p == 0)
			spoil(s, RC_NUL_BYTE);
		if (*s->p++ != '"')
			continue;
		if (s->p == s->end || *s->p != '"')
			break;
		doubled = true;
		s->p++;
	}
	if (s->p == s->end)
		s->cut = true; /* the next byte could double it */
	v = view_of(from, (size_t)(s->p - 1 - from));
	if (s->p < s->end && *s->p != c->delim && *s->p != '\n' && *s->p != '\r') {
		spoil(s, RC_AFTER_QUOTE);
		s->p = plain_end(s, c->delim);
	}
	return doubled ? undouble(c, s, v) : v;
}

static void take_cell(struct csv *c, struct pass *s, bool more)
{
	struct view v;

	if (s->p < s->end && *s->p == '"') {
		s->p++;
		v = quoted_cell(c, s, more);
	} else {
		const char *from = s->p;

		s->p = plain_end(s, c->delim);
		v = view_of(from, (size_t)(s->p - from));
	}
	if (v.n > CSV_CELL_MAX)
		spoil(s, RC_TOO_LONG);
	if (s->n < CSV_COLUMNS_MAX)
		c->cells[s->n] = v;
	else
		spoil(s, RC_TOO_LARGE);
	s->n++;
}

static void one_pass(struct csv *c, struct pass *s, bool more)
{
	*s = (struct pass){ .p = c->p, .end = c->end };
	c->scratch_n = 0;
	for (;;) {
		take_cell(c, s, more);
		if (s->p == s->end) {
			s->cut = true;
			return;
		}
		if (*s->p != c->delim)
			break;
		s->p++;
	}
	pass_newline(s, more);
}

static enum rc fail(const struct csv *c, const struct pass *s, struct err *e)
{
	switch ((int)s->rc) {
	case RC_TOO_LONG:
		err_set(e, s->rc, NULL, "64 kB");
		break;
	case RC_TOO_LARGE:
		err_set(e, s->rc, NULL, s->n > CSV_COLUMNS_MAX ? "512 columns" : "1 MB");
		break;
	default:
		err_set(e, s->rc, NULL, NULL);
		break;
	}
	if (e) {
		e->line = c->row_line;
		e->column = s->bad_cell;
	}
	return s->rc;
}

/* The row that begins at c->p, whole in the window; c->p and c->line move behind it. */
static enum rc whole_row(struct csv *c, struct pass *s, struct err *e)
{
	for (;;) {
		bool more = source_has_more(c->src);
		struct view w = { 0 };
		enum rc rc;

		one_pass(c, s, more);
		if (s->rc == RC_UNCLOSED_QUOTE && !more)
			return RC_OK;
		if ((size_t)(s->p - c->p) > CSV_ROW_MAX) {
			if (s->rc != RC_UNCLOSED_QUOTE)
				*s = (struct pass){ .rc = RC_TOO_LARGE };
			c->over = true;
			return RC_OK;
		}
		if (!s->cut || !more)
			return RC_OK;
		rc = source_more(c->src, c->p, &w, e);
		if (rc) {
			c->over = true;
			return rc;
		}
		c->p = w.p;
		c->end = c->p + w.n;
	}
}

/* No quotation mark follows that could close the row's, so it is a stray one: the rows below are
 * sound. Each try reads to the end of the file, hence the limit. */
static void resume_below(struct csv *c, struct pass *s)
{
	if (++c->resumed > RESUMES_MAX) {
		c->over = true;
		return;
	}
	*s = (struct pass){ .p = c->p, .end = c->end, .rc = s->rc, .bad_cell = s->bad_cell };
	while (s->p < s->end && *s->p != '\n' && *s->p != '\r')
		s->p++;
	if (s->p < s->end)
		pass_newline(s, false);
}

/* Nothing but empty cells, or the end mark of old files. */
static bool is_empty(const struct csv *c, const struct pass *s)
{
	if (s->n == 1 && c->cells[0].n == 1 && *(const char *)c->cells[0].p == 0x1a)
		return true;
	for (unsigned i = 0; i < s->n; i++)
		if (c->cells[i].n)
			return false;
	return true;
}

enum rc csv_next(struct csv *c, struct err *e)
{
	struct pass s = { 0 };
	enum rc rc;

	if (c->over)
		return RC_END;
	for (;;) {
		if ((c->p == c->end && !source_has_more(c->src)) || (c->stop && c->p >= c->stop))
			return RC_END;
		c->row_line = c->line;
		rc = whole_row(c, &s, e);
		if (rc)
			return rc;
		if (s.rc == RC_UNCLOSED_QUOTE && !c->over)
			resume_below(c, &s);
		c->p = s.p;
		c->line += s.lines;
		if (s.rc)
			return fail(c, &s, e);
		if (!is_empty(c, &s))
			break;
	}
	c->n = s.n;
	return RC_OK;
}
