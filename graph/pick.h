/*
 * pick.h - a page out of everybody in a chain: those that a filter lets pass, in one of several orders, from behind some
 * place on. The list must hold everybody in reach (CHAIN_WANT_ALL | CHAIN_WANT_BELOW) and the transaction stand at its
 * revision.
 *
 * Nothing is sorted but the page: one pass over the list keeps the few items with the least keys, and ids, of which
 * those who share a key may be a million, are read by idorder.h. What those that pass are is one bit an organisation.
 */
#pragma once

#include "graph/answers.h"
#include "graph/names.h"

#define PICK_ANY (-1)
enum pick_flag { FLAG_FALSE, FLAG_TRUE, FLAG_UNKNOWN };

/* All that it names must hold. PICK_ANY, DAY_NONE, ORG_NONE, 0 and empty texts name nothing. */
struct pick_filter {
	unsigned states, timings; /* bits */
	int kind, tier, required, held;
	int at_risk, unknown_below; /* bool */
	int32_t due_from, due_to;
	int32_t lapsed_since; /* it is in gap, and held on that day what is required now */
	struct view q;        /* by search; a hidden one is never found */
	uint32_t of, to;      /* bought from by, buying from: over links of the chain */
	/* of P's own active link, so that only direct suppliers pass */
	bool by_department, by_owner;
	struct view department, owner; /* empty: the link has none */
	int relation, criticality;
	int confidential, continuity, system_access; /* enum pick_flag */
	int exception; /* bool */
};
void pick_filter_init(struct pick_filter *f);

struct pick {
	const struct chain_list *list;
	struct txn *t;
	struct org_bits pass;
	size_t total;
};
/* done also after a failure. */
MUST_USE enum rc pick_begin(struct pick *p, const struct chain_list *l, struct txn *t, const struct pick_filter *f);
void pick_done(struct pick *p);

enum pick_sort { PICK_TIER, PICK_DUE, PICK_DEPENDENCY, PICK_NAME, PICK_ID, PICK__COUNT };
/* desc turns the first key around, never those behind it; who has no date or no name stays last. */
struct pick_order {
	enum pick_sort sort;
	bool desc;
	struct view after; /* what pick_key() made of the last item shown; .p NULL: from the beginning */
};
#define PICK_NAME_MAX 96 /* bytes of a name that count */
#define PICK_KEY_MAX (17 + PICK_NAME_MAX + 128)
/* The next items, at most max, into out. RC_BAD_CURSOR: after is no key. */
MUST_USE enum rc pick_page(const struct pick *p, const struct pick_order *o, size_t max,
			   const struct chain_item **out, size_t *out_n, bool *out_more);
/* The place of an item in the order. */
MUST_USE enum rc pick_key(const struct pick *p, const struct pick_order *o, const struct chain_item *i, struct buf *out);
