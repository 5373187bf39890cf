/*
 * list_cache.c - see list_cache.h. Few entries (ENTRIES_MAX), so they are searched one by one; an
 * entry that is in use is never freed: a list that no entry holds any more is freed by its last user.
 */
#include "api/list_cache.h"

#include <pthread.h>

#include "base/util.h"

#define ENTRIES_MAX 32

struct entry {
	struct chain_list *list; /* NULL: free */
	unsigned want;
	unsigned users;
	uint64_t used_at; /* a count of uses */
	bool kept; /* false: freed with its last user */
};

struct list_cache {
	pthread_mutex_t lock;
	size_t max_bytes, bytes;
	uint64_t uses;
	struct entry entries[ENTRIES_MAX];
};

struct list_cache *list_cache_new(size_t max_bytes)
{
	struct list_cache *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	pthread_mutex_init(&c->lock, NULL);
	c->max_bytes = max_bytes;
	return c;
}

void list_cache_free(struct list_cache *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < ENTRIES_MAX; i++)
		if (c->entries[i].list)
			chain_list_free(c->entries[i].list);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static bool same(const struct entry *x, uint64_t revision, const struct chain_query *q,
		 unsigned want)
{
	const struct chain_query *k = &x->list->q;

	return x->list->revision == revision && x->want == want && k->procurer == q->procurer &&
	       k->depth == q->depth && k->on == q->on && k->horizon == q->horizon &&
	       k->caller.sees_all == q->caller.sees_all; /* who else reads it sees as the procurer */
}

static struct chain_list *find(struct list_cache *c, uint64_t revision, const struct chain_query *q,
			       unsigned want)
{
	for (size_t i = 0; i < ENTRIES_MAX; i++) {
		struct entry *x = &c->entries[i];
		if (x->list && x->kept && same(x, revision, q, want)) {
			x->users++;
			x->used_at = ++c->uses;
			return x->list;
		}
	}
	return NULL;
}

static void drop(struct list_cache *c, struct entry *x)
{
	if (x->kept)
		c->bytes -= chain_list_bytes(x->list);
	x->kept = false;
	if (x->users == 0) {
		chain_list_free(x->list);
		*x = (struct entry){ 0 };
	}
}

static struct entry *oldest_unused(struct list_cache *c)
{
	struct entry *found = NULL;

	for (size_t i = 0; i < ENTRIES_MAX; i++) {
		struct entry *x = &c->entries[i];
		if (x->list && x->users == 0 && (!found || x->used_at < found->used_at))
			found = x;
	}
	return found;
}

static struct entry *free_entry(struct list_cache *c)
{
	for (size_t i = 0; i < ENTRIES_MAX; i++)
		if (!c->entries[i].list)
			return &c->entries[i];
	struct entry *x = oldest_unused(c);
	if (x)
		drop(c, x);
	return x;
}

/* Takes the list in; false: every entry is in use, the caller's list stays its own. */
static void keep(struct list_cache *c, struct chain_list *l, unsigned want)
{
	size_t bytes = chain_list_bytes(l);
	struct entry *x;

	if (bytes > c->max_bytes)
		return;
	while (c->bytes + bytes > c->max_bytes) {
		x = oldest_unused(c);
		if (!x)
			return;
		drop(c, x);
	}
	x = free_entry(c);
	if (!x)
		return;
	*x = (struct entry){ l, want, 1, ++c->uses, true };
	c->bytes += bytes;
}

enum rc list_cache_get(struct list_cache *c, struct txn *t, struct scratch *s,
		       const struct chain_query *q, unsigned want, struct chain_list **out)
{
	uint64_t revision = graph_revision(t);
	struct chain_list *l;
	enum rc rc;

	pthread_mutex_lock(&c->lock);
	l = find(c, revision, q, want);
	pthread_mutex_unlock(&c->lock);
	if (!l) {
		rc = chain_list_compute(t, s, q, want, &l);
		if (rc)
			return rc;
		pthread_mutex_lock(&c->lock);
		keep(c, l, want);
		pthread_mutex_unlock(&c->lock);
	}
	*out = l;
	return RC_OK;
}

void list_cache_put(struct list_cache *c, struct chain_list *l)
{
	bool found = false;

	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < ENTRIES_MAX && !found; i++) {
		struct entry *x = &c->entries[i];
		if (x->list != l)
			continue;
		found = true;
		if (--x->users == 0 && !x->kept)
			drop(c, x);
	}
	pthread_mutex_unlock(&c->lock);
	if (!found)
		chain_list_free(l);
}
