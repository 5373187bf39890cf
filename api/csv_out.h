/* csv_out.h - cells of a CSV file (RFC 4180), safe to open in a spreadsheet. */
#pragma once

#include "base/buf.h"
#include "graph/field.h"

/* Appends one cell, quoted where it must be; one that a spreadsheet would run as a formula gets a
 * leading apostrophe. */
void csv_cell(struct buf *out, struct view v);
/* A field's value as imports read it; lists are joined by ';'. */
void csv_value(struct buf *out, enum ent ent, const struct field *f, struct view v);
