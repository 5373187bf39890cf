/* table.c - see table.h. Cells lie one behind the other in a buffer; rows are implied. */
#include "cli/table.h"

#include <stdlib.h>

#include "base/text.h"
#include "base/util.h"

#define GAP 2

struct cell {
	size_t at, n;
	size_t columns;
	int sgr;
};

struct table {
	size_t columns;
	bool right[TABLE_MAX_COLUMNS];
	size_t width[TABLE_MAX_COLUMNS];
	struct buf text;
	struct cell *cells;
	size_t n, cap;
	bool failed;
};

struct table *table_new(size_t columns)
{
	struct table *t;

	if (columns == 0 || columns > TABLE_MAX_COLUMNS)
		return NULL;
	t = calloc(1, sizeof(*t));
	if (t)
		t->columns = columns;
	return t;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	buf_done(&t->text);
	free(t->cells);
	free(t);
}

void table_right(struct table *t, size_t column)
{
	t->right[column] = true;
}

size_t table_rows(const struct table *t)
{
	return t->n / t->columns;
}

static bool grow(struct table *t)
{
	size_t cap = t->cap ? t->cap * 2 : 256;
	struct cell *cells;

	if (t->n < t->cap)
		return true;
	cells = realloc(t->cells, cap * sizeof(*cells));
	if (!cells)
		return false;
	t->cells = cells;
	t->cap = cap;
	return true;
}

void table_cell(struct table *t, struct view text)
{
	size_t at = t->text.n, column = t->n % t->columns;
	struct cell *c;

	t->failed = t->failed || !grow(t);
	if (t->failed)
		return;
	text_plain(&t->text, text);
	if (!buf_ok(&t->text)) {
		t->failed = true;
		return;
	}
	c = &t->cells[t->n++];
	*c = (struct cell){ .at = at, .n = t->text.n - at };
	c->columns = utf8_columns(view_of(t->text.p + at, c->n));
	t->width[column] = MAX(t->width[column], c->columns);
}

void table_cells(struct table *t, const char *text)
{
	table_cell(t, view_str(text));
}

void table_paint(struct table *t, int sgr)
{
	if (t->n > 0)
		t->cells[t->n - 1].sgr = sgr;
}

static void pad(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_addc(out, ' ');
}

static void render_cell(const struct table *t, size_t i, struct buf *out, int sgr)
{
	const struct cell *c = &t->cells[i];
	size_t column = i % t->columns;
	size_t fill = t->width[column] - c->columns;

	if (t->right[column])
		pad(out, fill);
	if (sgr)
		buf_addf(out, "\033[%dm", sgr);
	if (c->n)
		buf_add(out, t->text.p + c->at, c->n);
	if (sgr)
		buf_adds(out, "\033[0m");
	if (!t->right[column] && column + 1 < t->columns)
		pad(out, fill);
}

/* Blanks at the end of a line serve nobody: an empty last cell would leave them. */
static void trim(struct buf *out, size_t from)
{
	while (out->n > from && out->p[out->n - 1] == ' ')
		out->n--;
}

bool table_render(const struct table *t, struct buf *out, bool heading, bool color)
{
	if (t->failed)
		return false;
	for (size_t i = 0; i + t->columns <= t->n; i += t->columns) {
		size_t from = out->n;

		for (size_t k = 0; k < t->columns; k++) {
			int sgr = heading && i == 0 ? 1 : t->cells[i + k].sgr;

			if (k > 0)
				pad(out, GAP);
			render_cell(t, i + k, out, color ? sgr : 0);
		}
		if (buf_ok(out))
			trim(out, from);
		buf_addc(out, '\n');
	}
	return buf_ok(out);
}

/* The length of the valid sequence at p, 0 if there is none. */
static size_t sequence(const unsigned char *p, size_t n)
{
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

	return len <= n && utf8_valid(view_of(p, len)) ? len : 0;
}

/* C1 controls, line and paragraph separators, direction marks and overrides. */
static bool is_unsafe(const unsigned char *p, size_t len)
{
	if (len == 2)
		return p[0] == 0xc2 && p[1] < 0xa0;
	if (len != 3 || p[0] != 0xe2)
		return false;
	return (p[1] == 0x80 && ((p[2] >= 0x8e && p[2] <= 0x8f) || (p[2] >= 0xa8 && p[2] <= 0xae))) ||
	       (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
}

void text_plain(struct buf *out, struct view v)
{
	const unsigned char *p = v.p;

	for (size_t i = 0; i < v.n;) {
		size_t len = sequence(p + i, v.n - i);

		if (len == 1 && (p[i] == '\n' || p[i] == '\t' || p[i] == '\r'))
			buf_addc(out, ' ');
		else if (len == 0 || p[i] < ' ' || p[i] == 0x7f || is_unsafe(p + i, len))
			buf_adds(out, "\xef\xbf\xbd");
		else
			buf_add(out, p + i, len);
		i += len ? len : 1;
	}
}
