/*
 * names.h - what a search reads: the folded names of 256 organisations side by side, so that a
 * substring search is one pass of memory over all names of the country.
 *
 * A block's text: per organisation 0x1e, two lower-case hex digits (number within the block), then
 * each key after 0x1d: name, kana, English, id, aliases. Keys contain no bytes below 0x20.
 */
#pragma once

#include "graph/graph.h"

struct name_edit {
	uint32_t org, n; /* n: bytes of its text, 0 removes */
	size_t at;       /* where they begin in `text` */
};
struct name_edits {
	struct name_edit *e;
	size_t n, cap;
	struct buf text;
};
/* The text of one organisation from its record, appended to out. */
void name_text(struct buf *out, const struct rec *org);
bool name_edit_add(struct name_edits *es, uint32_t org, const struct rec *rec_or_null);
void name_flush(struct txn *w, struct name_edits *es);
void name_edits_cut(struct name_edits *es, size_t n); /* forgets the edits from n on */
void name_edits_done(struct name_edits *es);
