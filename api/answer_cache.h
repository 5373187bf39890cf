/*
 * answer_cache.h - entities that were shown lately, kept by each loop for itself. Exact: an answer is
 * used again only while the reader's snapshot is the very one that it was made from, so that any commit,
 * a new day among them, ends them all.
 */
#pragma once

#include "api/request.h"

#define ANSWER_SLOTS 4096u
#define ANSWER_BYTES_MAX 2048u /* path and body; larger ones are not kept */

struct answer_slot {
	uint64_t snapshot, revision; /* snapshot 0: free */
	struct buf bytes; /* the path, then the body */
	size_t path_n;
	char etag[48];
};
struct answer_cache {
	struct answer_slot slots[ANSWER_SLOTS];
};

/* Fills the reply of a request that was answered before from this snapshot. */
bool answer_cache_get(const struct answer_cache *c, struct request *r, uint64_t snapshot);
/* Keeps the reply, if it is an entity: those alone carry a tag, and depend on path and
 * store only. */
void answer_cache_put(struct answer_cache *c, const struct request *r, uint64_t snapshot);
void answer_cache_done(struct answer_cache *c);
