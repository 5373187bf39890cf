/*
 * table.h - aligned columns for people. Widths are terminal columns (East Asian wide characters
 * count two, combining ones none); the last column is not padded, so characters whose width
 * terminals disagree about (★, ①) belong there.
 */
#pragma once

#include "base/buf.h"

#define TABLE_MAX_COLUMNS 40

struct table;

struct table *table_new(size_t columns); /* NULL: out of memory, or more than TABLE_MAX_COLUMNS */
void table_free(struct table *t);
void table_right(struct table *t, size_t column); /* align right: numbers */
/* Cells row by row; the first row may be the heading. Control characters (a name must not move
 * the cursor) become blanks or U+FFFD. */
void table_cell(struct table *t, struct view text);
void table_cells(struct table *t, const char *text);
/* Paints the cell just added (an SGR number such as 31) when colours are on. */
void table_paint(struct table *t, int sgr);
/* Renders; false: out of memory. The heading, if any, is bold where color. */
bool table_render(const struct table *t, struct buf *out, bool heading, bool color);
size_t table_rows(const struct table *t);

/* Copies v with control characters, direction overrides and invalid bytes made harmless. */
void text_plain(struct buf *out, struct view v);
