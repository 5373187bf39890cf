/*
 * renewals.h - what ends, falls due or has to be renewed in a procurer's chain, by day: of those in reach on a day the levels
 * held and yearly self-assessments to come, of the procurer's own links contracts, clauses, exceptions and due dates.
 *
 * Reach, what is required and what is due are those of the query's day, as for `expiring`; levels and self-assessments follow
 * the certificates recorded, step by step (steps.h).
 */
#pragma once

#include "graph/answers.h"

enum renewal_kind { RN_LEVEL_ENDS, RN_SELF_ASSESSMENT, RN_CONTRACT_END, RN_CLAUSE_REVIEW, RN_EXCEPTION_ENDS, RN_GAP_DUE,
		    RN__COUNT };
extern const char *const renewal_kind_names[RN__COUNT]; /* "level-ends", … */
#define RENEWAL_MONTHS_MAX 60

struct renewal {
	uint32_t supplier;
	int32_t day;
	uint8_t kind;     /* enum renewal_kind */
	uint8_t tier;     /* 0: an own link that is over */
	uint8_t level;    /* held before (RN_LEVEL_ENDS, RN_SELF_ASSESSMENT) or on the query's day (RN_GAP_DUE) */
	uint8_t required; /* of the same */
	uint8_t no;       /* RN_CLAUSE_REVIEW: enum clause_no */
	bool below;       /* RN_LEVEL_ENDS: held from the next day on < required */
	bool named;
};
struct renewals_query {
	struct chain_query q;
	int32_t from, to; /* both included */
};
/* fn for each of the days, in no order that means anything. */
MUST_USE enum rc renewals_each(struct txn *t, struct scratch *s, const struct renewals_query *q,
			       void (*fn)(void *arg, const struct renewal *r), void *arg, uint64_t *out_suppliers);

/* ---- by month ---- */
struct renewal_month {
	int year, month;
	uint64_t levels[6]; /* [1..5] */
	uint64_t required;  /* of these, then below what is required */
	uint64_t of[RN__COUNT];
};
struct renewal_months {
	uint64_t suppliers; /* in reach */
	size_t n;
	struct renewal_month month[RENEWAL_MONTHS_MAX];
};
/* How many months the days touch. */
unsigned renewal_months_of(int32_t from, int32_t to);
/* At most RENEWAL_MONTHS_MAX months. */
MUST_USE enum rc renewals_by_month(struct txn *t, struct scratch *s, const struct renewals_query *q,
				   struct renewal_months *out);

/* ---- as a list (renewal_list.c): by day, kind, number of the clause, id as shown ---- */
#define RENEWAL_SUBS (RN__COUNT + CL__COUNT - 1) /* kinds, each clause a kind of its own */
struct renewal_list {
	int32_t from, to;
	uint64_t suppliers;
	size_t n;
	struct renewal *items; /* by place: day, then kind and clause; in number order where these are the same */
	uint32_t *first; /* of each place; one more than there are */
	size_t n_places;
	struct veil veil;
};
/* kinds: bits. */
MUST_USE enum rc renewal_list_compute(struct txn *t, struct scratch *s, const struct renewals_query *q, unsigned kinds,
				      struct renewal_list *out);
void renewal_list_done(struct renewal_list *l); /* also after a failure */
/* The place of an item within the list's days. */
size_t renewal_place(const struct renewal_list *l, const struct renewal *r);
struct renewal_iter {
	const struct renewal_list *list;
	struct txn *t;
	size_t place;
	struct id_order order;
	bool open;
	enum rc rc;
};
/* From a place on; in that one only ids as shown greater than after (p NULL: all). */
void renewal_iter_begin(struct renewal_iter *it, const struct renewal_list *l, struct txn *t, size_t place,
			struct view after);
const struct renewal *renewal_iter_next(struct renewal_iter *it); /* NULL: no more, or an error */
MUST_USE enum rc renewal_iter_done(struct renewal_iter *it);
