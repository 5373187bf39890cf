/*
 * reverse.h - inside of graph/ only: the walk against the links from one supplier to all procurers that reach it,
 * carrying what the last link of each walk asks: highest effective level, any misfit. That the level asked is
 * that of the last link makes one walk serve all procurers. A private link X -> Y counts as X's own first
 * link only; whoever holds a grant on one is walked to once more, with its own eyes.
 */
#pragma once

#include "graph/walk.h"

struct reverse {
	struct txn *t;
	struct scratch *s;
	uint32_t supplier, viewer; /* viewer ORG_NONE: everybody at once */
	int32_t on;
	unsigned depth;
	bool any_grants;
	bool granted_links; /* out: a private link with grants was met */
	uint8_t *ways; /* NULL, or zeros by number: the fewest links, if any, of a walk from there that procurers above
			* may go on with */

	struct adj_reader in;
	unsigned layer;
	unsigned top; /* what all links to the supplier ask together: no value exceeds it */
	uint32_t *front; /* of the last layer, in number order, with values as that layer ended */
	uint8_t *front_value;
	size_t n_front, cap_front, n_next;
	enum rc rc;
};
/* Fills s->reach, by tier and in number order within, s->tier_first and cells. done also after a failure. */
MUST_USE enum rc reverse_run(struct reverse *r);
void reverse_done(struct reverse *r);

/* Of a cell of this walk, beside cell_tier(): what links to the supplier ask, as seen from there. */
static inline bool reverse_found(uint32_t cell) { return cell >> 9 & 1; }
static inline unsigned reverse_level(uint32_t cell) { return cell >> 5 & 7; }
static inline bool reverse_misfit(uint32_t cell) { return cell >> 8 & 1; }
