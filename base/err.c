/*
 * err.c - texts of the result codes, and the flat error record.
 *
 * The argument of an error often is what a stranger sent: it is cut at a character boundary, bytes
 * that are not UTF-8 and control bytes become '?', so that it can stand in any answer or log line.
 */
#include "base/err.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"

struct rc_row {
	int http;
	const char *code;
	const char *text[2]; /* by enum lang */
};

static const struct rc_row rows[RC__COUNT] = {
#define RC(sym, http, code, en, ja) [RC_##sym] = { http, code, { en, ja } },
#include "base/rc.def"
#undef RC
};

#define TITLE_SIZE 192

/* Written once under titles_once, then only read. */
static char titles[RC__COUNT][2][TITLE_SIZE];
static pthread_once_t titles_once = PTHREAD_ONCE_INIT;

static const struct rc_row *row_of(enum rc rc)
{
	unsigned i = (unsigned)rc;

	return &rows[i < RC__COUNT ? i : RC_INTERNAL];
}

int rc_http(enum rc rc) { return row_of(rc)->http; }

const char *rc_code(enum rc rc) { return row_of(rc)->code; }

/* Copies s to out, replacing what may not be shown; returns the length. */
static size_t copy_shown(char *out, size_t out_size, const char *s)
{
	struct view v = view_str(s);
	size_t n = 0;

	while (v.n > 0 && n + 4 < out_size) {
		size_t len = utf8_char_len(v);
		unsigned char c = *(const unsigned char *)v.p;

		if (len == 0 || c < 0x20 || c == 0x7f) {
			out[n++] = '?';
			len = 1;
		} else {
			memcpy(out + n, v.p, len);
			n += len;
		}
		v = view_of((const char *)v.p + len, v.n - len);
	}
	out[n] = '\0';
	return n;
}

enum rc err_set(struct err *e, enum rc rc, const char *field, const char *fmt, ...)
{
	char raw[sizeof(e->arg) * 2];
	va_list ap;

	if (!e)
		return rc;
	*e = (struct err){ .rc = rc };
	if (field)
		copy_shown(e->field, sizeof(e->field), field);
	raw[0] = '\0';
	if (fmt) {
		va_start(ap, fmt);
		if (vsnprintf(raw, sizeof(raw), fmt, ap) >= (int)sizeof(raw)) {
			/* the cut may have split a character: drop the torn tail */
			size_t n = utf8_cut(view_of(raw, sizeof(raw) - 1), sizeof(raw) - 4);
			raw[n] = '\0';
		}
		va_end(ap);
	}
	copy_shown(e->arg, sizeof(e->arg), raw);
	return rc;
}

/* Writes text with every %s replaced by arg; cut at a character boundary. */
static size_t fill(char *out, size_t out_size, const char *text, const char *arg)
{
	size_t n = 0;
	bool cut = false;

	if (out_size == 0)
		return 0;
	for (const char *p = text; *p && !cut;) {
		bool hole = p[0] == '%' && p[1] == 's';
		struct view piece = hole ? view_str(arg) : view_of(p, 1);

		if (!hole) /* the text up to the next hole in one piece */
			while (p[piece.n] && !(p[piece.n] == '%' && p[piece.n + 1] == 's'))
				piece.n++;
		p += hole ? 2 : piece.n;
		if (piece.n > out_size - 1 - n) {
			piece.n = utf8_cut(piece, out_size - 1 - n);
			cut = true;
		}
		memcpy(out + n, piece.p, piece.n);
		n += piece.n;
	}
	out[n] = '\0';
	return n;
}

size_t err_text(const struct err *e, enum lang lang, char *out, size_t out_size)
{
	return fill(out, out_size, row_of(e->rc)->text[lang == LANG_JA], e->arg);
}

/* "… cannot be read: %s" loses its tail; a hole in the middle becomes an ellipsis. */
static void make_title(char *out, const char *text, const char *code)
{
	size_t n;

	if (strcmp(text, "%s") == 0)
		text = code;
	n = fill(out, TITLE_SIZE, text, "…");
	if (n > 5 && memcmp(out + n - 5, ": …", 5) == 0)
		out[n - 5] = '\0';
}

static void make_titles(void)
{
	for (unsigned i = 0; i < RC__COUNT; i++)
		for (unsigned l = 0; l < 2; l++)
			make_title(titles[i][l], rows[i].text[l], rows[i].code);
}

const char *rc_title(enum rc rc, enum lang lang)
{
	unsigned i = (unsigned)rc;

	pthread_once(&titles_once, make_titles);
	return titles[i < RC__COUNT ? i : RC_INTERNAL][lang == LANG_JA];
}
