/* records.h - all records of a store as one text of bytes, and what of it changed. */
#pragma once

#include "base/buf.h"
#include "graph/adj.h"
#include "graph/past.h"

/* Per record, entities and keys ascending: varint length and entity with key, varint length and record. */
void records_all(struct txn *t, struct buf *out);
/* Those of before that after lacks or has otherwise, in the same form. */
void records_lost(const struct buf *before, const struct buf *after, struct buf *out);
/* The images of a revision in the same form. */
void records_past(struct txn *t, uint64_t revision, struct buf *out);
/* The neighbours of an organisation, with the dates of the dated ones. Where runs and segments are cut depends on the
 * batches; what they hold does not. */
void records_neighbours(struct txn *t, enum adj_dir d, uint32_t org, struct buf *out);
