/*
 * known.h - what a bound caller may know of by name (domain.md, "Who may see what"): its own organisations and their
 * units, both ends of its own links, those that it entered itself, and, for procurers and auditors, those named in its
 * chains. The sets of whole chains are kept, a few of them, within a cap of memory. Any thread.
 */
#pragma once

#include "api/request.h"

struct known_cache;
struct known_cache *known_cache_new(size_t max_bytes); /* NULL: out of memory */
void known_cache_free(struct known_cache *c);

/* s: NULL where the thread has no scratch memory; then one walks at a time. Those who see all know everybody. */
MUST_USE enum rc known_has(struct api *a, struct txn *t, struct scratch *s, const struct identity *who, uint32_t org,
			   bool *out);
/* The chains alone: is it named in one of the caller's? */
MUST_USE enum rc known_chain(struct api *a, struct txn *t, struct scratch *s, const struct identity *who, uint32_t org,
			     bool *out);
/* How the chain of one procurer shows an organisation. */
enum seen { SEEN_NOT, SEEN_ANONYMOUS, SEEN_NAMED };
MUST_USE enum rc known_seen(struct api *a, struct txn *t, struct scratch *s, uint32_t procurer, uint32_t org,
			    enum seen *out);
/* Sets the bits of those that the procurer's chain names; bits: known_words() of them. */
MUST_USE enum rc known_add_named(struct api *a, struct txn *t, struct scratch *s, uint32_t procurer, uint64_t *bits);
/* Whether the caller's role reads chains. */
bool known_reads_chains(const struct identity *who);
/* Whether known_has() answers without a walk whatever is asked: an answer that would have to wait belongs on the pool. */
bool known_ready(struct api *a, struct txn *t, const struct identity *who);
/* The caller's own organisations and their units: numbers, u32 each, ascending, each once. */
MUST_USE enum rc known_own(struct txn *t, const struct identity *who, struct buf *out);
