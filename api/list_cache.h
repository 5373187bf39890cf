/*
 * list_cache.h - computed lists (gaps, expiring) kept while they are paged: one per (revision,
 * procurer, depth, on, horizon, states wanted), least recently used first out, within a cap of
 * memory. A list of an older revision is never handed out. Any thread.
 */
#pragma once

#include "graph/answers.h"

struct list_cache;

struct list_cache *list_cache_new(size_t max_bytes); /* NULL: out of memory */
void list_cache_free(struct list_cache *c);          /* accepts NULL; all lists put back */

/* The list at the transaction's revision, computed where it is not kept. Give it back with
 * list_cache_put(). */
MUST_USE enum rc list_cache_get(struct list_cache *c, struct txn *t, struct scratch *s,
				const struct chain_query *q, unsigned want,
				struct chain_list **out);
void list_cache_put(struct list_cache *c, struct chain_list *l);
