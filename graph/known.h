/*
 * known.h - whom a procurer knows by name: everybody in its chain, as deep as chains go, that a link asked of it names
 * (domain.md, "Who may see what"). One bit an organisation; it hangs on links, grants and the day, and on nothing else.
 */
#pragma once

#include "graph/answers.h"

/* Words that a set for this snapshot has. */
size_t known_words(struct txn *t);
/* Sets the bits of those named, at depth 24 on the day; the procurer itself has none. reach (may be NULL): of everybody in
 * its chain. Both: known_words(), zeros. */
MUST_USE enum rc known_compute(struct txn *t, struct scratch *s, uint32_t procurer, int32_t day, uint64_t *named,
			       uint64_t *reach);
/* Does a set of an earlier revision, but the same day, still say what known_compute() would? False also where that
 * cannot be told quickly. */
bool known_stands(struct txn *t, uint64_t revision);
