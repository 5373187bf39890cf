/*
 * govs.h - corporate numbers of government bodies by name, from the bundled data/jpgovs.csv.
 * Award data names ministries and does not number them.
 */
#pragma once

#include "base/buf.h"

/* Appends the body's id: its corporate number where exactly one has this name (after NFKC), else
 * a stable local one. Any thread. RC_NOMEM. */
MUST_USE enum rc gov_id(struct view name, struct buf *out);
/* How many names the table has. */
size_t gov_count(void);
