/*
 * near.h - the links of a computed chain around one organisation: active on its day and visible to its procurer. Links
 * back to the procurer are none of them. The transaction must stand at the list's revision.
 */
#pragma once

#include "graph/answers.h"
#include "graph/names.h"

/* How many it has to others than the procurer; of the last tier too. */
uint64_t near_suppliers(const struct chain_list *l, struct txn *t, uint32_t org);
/* Leaves in the set those that it buys from, or (up) that buy from it. */
MUST_USE enum rc near_keep(const struct chain_list *l, struct txn *t, uint32_t org, bool up, struct org_bits *set);

/* A link asked of S (domain.md). */
struct near_asked {
	uint32_t procurer;
	uint8_t tier; /* of the procurer; 0: the chain's own */
	uint8_t level;
};
/* By tier, then id as shown: the first max into out. */
MUST_USE enum rc near_asked_of(const struct chain_list *l, struct txn *t, uint32_t supplier, size_t max,
			       struct near_asked *out, size_t *out_n, uint64_t *out_total);
