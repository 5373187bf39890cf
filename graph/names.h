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

/* ---- of a set of organisations: one bit a number; blocks without one of them are not read ---- */
struct org_bits {
	uint64_t *bits;
	size_t words;
};
/* Takes those out of the set that a search for q (org_search) does not find. */
void names_match(struct txn *t, struct view q, struct org_bits *set);
/* fn for those of the set, in number order, that have a name (where there is none: kana, or English), with its folded
 * key; the key stands as long as the transaction. */
void names_each(struct txn *t, const struct org_bits *set, void (*fn)(void *arg, uint32_t org, struct view key),
		void *arg);
