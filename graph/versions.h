/* versions.h - how a record became what it is: its changes, newest first, each from the image that the one behind it
 * found. One that was removed has none; one that was removed and made again begins there. */
#pragma once

#include "graph/past.h"

struct version {
	uint64_t revision;
	bool created;         /* there was nothing before */
	bool told;            /* else what was before is not kept any more */
	struct rec before, after; /* before: empty where created, or not told */
};
struct version_iter {
	struct txn *t;
	enum ent ent;
	uint8_t key[4 + 128];
	size_t n_key;
	struct view after;  /* the record that the next one left; .p NULL: there is none */
	bool cut;           /* the last one came to where it is not told any more */
	enum rc rc;
};
/* behind: of the last one seen before, 0: from the record of now on. RC_NOT_FOUND: there is no record. Views of the
 * transaction stand in what comes. */
MUST_USE enum rc versions_begin(struct version_iter *it, struct txn *t, enum ent ent, struct view key, uint64_t behind);
bool versions_next(struct version_iter *it, struct version *out); /* false: the end, or it->rc */
