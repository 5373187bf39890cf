/*
 * small.h - is a chain small enough to be answered at once? Asked before a walk, at a small and bounded
 * part of its cost.
 */
#pragma once

#include "graph/adj.h"

#define SMALL_LINKS 8192u

/* Does org's chain of at most depth links, taken as a tree, hold no more than SMALL_LINKS links? Every
 * path to an organisation counts, and dates and visibility do not: it errs towards large. */
bool chain_is_small(struct txn *t, enum adj_dir dir, uint32_t org, unsigned depth);
