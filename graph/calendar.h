/*
 * calendar.h - the days on which something changes its meaning without a write: the rollover at
 * midnight reads only the entries of the new day.
 * Key: beday, u8 kind, be32 a, be32 b; no value. Entries follow from the records they index.
 */
#pragma once

#include "graph/graph.h"

enum cal_kind {
	CAL_HELD = 1,   /* a: organisation whose step begins on that day */
	CAL_LINK = 2,   /* a, b: a link starts, has ended, a grant has run out */
	CAL_DUE = 3,    /* a, b: a link's due date, exception or target date has passed (b 0: targets of a) */
	CAL_CLAUSE = 4, /* a, b: a clause of the link becomes due or overdue */
};

/* A small set of entries that one record gives; compared before and after a change. */
struct cal_entry {
	int32_t day;
	uint8_t kind;
	uint32_t a, b;
};
struct cal_set {
	struct cal_entry *e;
	size_t n, cap;
	bool failed;
};
void cal_add(struct cal_set *s, int32_t day, enum cal_kind kind, uint32_t a, uint32_t b); /* DAY_NONE: nothing */
/* Deletes what only `before` has, puts what only `after` has; both are sorted and emptied. */
void cal_apply(struct txn *w, struct cal_set *before, struct cal_set *after);
/* The same, kept in `later` until cal_flush() writes all at once in key order. */
struct cal_edit {
	struct cal_entry entry;
	bool put; /* else it goes */
};
struct cal_edits {
	struct cal_edit *e;
	size_t n, cap;
};
void cal_later(struct txn *w, struct cal_edits *later, struct cal_set *before, struct cal_set *after);
void cal_flush(struct txn *w, struct cal_edits *later);
void cal_edits_done(struct cal_edits *later);
size_t cal_count(struct cal_set *s); /* without doubles; sorts */
void cal_set_done(struct cal_set *s);
/* fn for each entry of `day` of that kind (0: all). */
void cal_each(struct txn *t, int32_t day, unsigned kind, void (*fn)(void *arg, const struct cal_entry *e), void *arg);
