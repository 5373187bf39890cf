/* value.h - what people write in cells, to field values (graph/field.h). */
#pragma once

#include "graph/field.h"

/* Memory that cells share; zeroed at first. */
struct value_room {
	struct buf folded, bytes;
};
void value_room_done(struct value_room *r);

/* True for a cell of nothing but blanks: it clears. */
bool cell_blank(struct view cell);
/* The cell folded and trimmed; it may be the cell itself, else it stands in r until the next
 * call. */
struct view cell_fold(struct value_room *r, struct view cell);
/* Appends f's value to the field list; the cell is not blank. *e: field and the offending text. */
MUST_USE enum rc cell_to_field(struct value_room *r, const struct field *f, struct view cell,
			       struct buf *fields, struct err *e);
/* Appends the organisation's id: fast for what is an id or a corporate number already. */
MUST_USE enum rc cell_to_org(struct view cell, struct buf *out, const char *field, struct err *e);
/* 2-1-1 … 3-1-3 as people write it, to its stored form. */
MUST_USE enum rc cell_to_clause(struct value_room *r, struct view cell, const char **out,
				struct err *e);
/* A whole number, thousands separators and yen signs allowed; v is folded. */
bool whole_number(struct view v, int64_t *out);
