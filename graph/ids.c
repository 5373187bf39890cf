/*
 * ids.c - the ids that a command of many ops has met: imports name the same organisations again and
 * again. Most ids fit into their slot, so that a look-up touches one line of the processor's cache.
 *
 * Where the store had no organisation when the command began, the table knows all there are, and what is
 * not in it is not in the store either.
 */
#include <sys/mman.h>

#include "base/util.h"
#include "graph/radix.h"
#include "graph/state.h"

#define SLOT_TEXT 27u
#define LONG_ID 0xffu
#define FIRST_SLOTS 4096u

struct id_slot {
	uint32_t org; /* ORG_NONE: free */
	uint8_t n;    /* bytes of the id; LONG_ID: text holds a view of it */
	char text[SLOT_TEXT];
};
_Static_assert(sizeof(struct id_slot) == 32 && sizeof(struct view) <= SLOT_TEXT, "two slots to a line");

/* Keyed with the store's secret, so that nobody can make a file of ids that collide. */
static uint64_t id_hash(const struct id_cache *c, struct view id)
{
	const uint64_t k = 0x9e3779b97f4a7c15ull;
	const char *p = id.p;
	uint64_t h = c->seed ^ id.n, w;
	size_t n = id.n;

	for (; n >= 8; p += 8, n -= 8) {
		memcpy(&w, p, 8);
		h = (h ^ w) * k;
		h ^= h >> 29;
	}
	w = 0;
	memcpy(&w, p, n);
	h = (h ^ w ^ c->seed >> 7) * k;
	return h ^ h >> 32;
}

static struct view slot_id(const struct id_slot *s)
{
	struct view v;
	if (s->n != LONG_ID)
		return view_of(s->text, s->n);
	memcpy(&v, s->text, sizeof v);
	return v;
}

/* The slot of the id, or the free one where it would lie. */
static struct id_slot *slot_of(const struct id_cache *c, struct view id)
{
	size_t at = id_hash(c, id) & (c->cap - 1);
	while (c->slot[at].org != ORG_NONE && !view_eq(slot_id(&c->slot[at]), id))
		at = (at + 1) & (c->cap - 1);
	return &c->slot[at];
}

/* Look-ups hit a large table anywhere: in large pages each costs one miss instead of two. */
static struct id_slot *slots_new(size_t n)
{
	const size_t page = (size_t)2 << 20, bytes = n * sizeof(struct id_slot);
	if (bytes < 2 * page)
		return calloc(n, sizeof(struct id_slot));
	struct id_slot *s = aligned_alloc(page, bytes);
	if (s) {
		(void)madvise(s, bytes, MADV_HUGEPAGE);
		memset(s, 0, bytes);
	}
	return s;
}

static bool cache_grow(struct id_cache *c)
{
	struct id_cache more = *c;
	more.cap = c->cap ? c->cap * 2 : FIRST_SLOTS;
	more.slot = slots_new(more.cap);
	if (!more.slot)
		return false;
	for (size_t i = 0; i < c->cap; i++)
		if (c->slot[i].org != ORG_NONE)
			*slot_of(&more, slot_id(&c->slot[i])) = c->slot[i];
	free(c->slot);
	*c = more;
	return true;
}

void ids_begin(struct batch *b, bool on)
{
	ids_forget(b);
	b->ids.on = on;
	b->ids.complete = on && b->max_org == 0;
	memcpy(&b->ids.seed, b->secret, sizeof b->ids.seed);
}

void ids_add(struct batch *b, struct view id, uint32_t org)
{
	struct id_cache *c = &b->ids;
	struct id_slot s = { .org = org, .n = (uint8_t)id.n };

	if (!c->on)
		return;
	if (id.n > SLOT_TEXT) {
		if (!c->longs)
			c->longs = arena_new();
		id = c->longs ? arena_copy(c->longs, id) : (struct view){ 0 };
		s.n = LONG_ID;
		memcpy(s.text, &id, sizeof id);
	} else {
		memcpy(s.text, id.p, id.n);
	}
	if (!id.p || (c->n * 4 >= c->cap * 3 && !cache_grow(c))) {
		txn_fail(b->w, RC_NOMEM);
		return;
	}
	*slot_of(c, slot_id(&s)) = s;
	c->n++;
}

enum rc ids_find(struct batch *b, struct view id, uint32_t *out_org)
{
	struct id_cache *c = &b->ids;
	if (c->on && c->cap) {
		const struct id_slot *s = slot_of(c, id);
		if (s->org != ORG_NONE) {
			*out_org = s->org;
			return RC_OK;
		}
	}
	if (c->complete)
		return RC_NOT_FOUND;
	enum rc rc = org_find(b->w, id, out_org);
	if (rc == RC_OK)
		ids_add(b, id, *out_org);
	return rc;
}

void ids_prefetch(const struct batch *b, struct view id)
{
	if (b->ids.cap && id.p)
		__builtin_prefetch(&b->ids.slot[id_hash(&b->ids, id) & (b->ids.cap - 1)]);
}

void ids_forget(struct batch *b)
{
	if (b->ids.n)
		memset(b->ids.slot, 0, b->ids.cap * sizeof *b->ids.slot);
	if (b->ids.longs)
		arena_reset(b->ids.longs);
	b->ids.n = 0;
	b->ids.complete = false;
}

void ids_done(struct batch *b)
{
	free(b->ids.slot);
	arena_free(b->ids.longs);
	buf_done(&b->ids.unwritten);
}

/* ---- new ids, written in their order ---- */

void ids_new(struct batch *b, struct view id, uint32_t org)
{
	uint8_t n = (uint8_t)id.n;
	ids_add(b, id, org);
	buf_add(&b->ids.unwritten, &org, 4);
	buf_add(&b->ids.unwritten, &n, 1);
	buf_addv(&b->ids.unwritten, id);
	b->ids.n_unwritten++;
}

/* An id at its place in `unwritten`. */
static struct view new_id_at(const struct id_cache *c, uint32_t at, uint32_t *out_org)
{
	const char *p = c->unwritten.p + at;
	memcpy(out_org, p, 4);
	return view_of(p + 5, (uint8_t)p[4]);
}

/* Bytes [from, from + 8) of an id as a number that sorts like them; zeros behind its end. */
static uint64_t id_word(struct view id, size_t from)
{
	uint8_t word[8] = { 0 };
	if (from < id.n)
		memcpy(word, (const char *)id.p + from, MIN(id.n - from, (size_t)8));
	return be64_get(word);
}

static int new_id_cmp(const void *a, const void *b, void *arg)
{
	uint32_t org;
	return view_cmp(new_id_at(arg, *(const uint32_t *)a, &org), new_id_at(arg, *(const uint32_t *)b, &org));
}

/* How many bytes all have in common in front. */
static size_t common_prefix(const struct id_cache *c, const uint32_t *at, size_t n)
{
	uint32_t org;
	struct view first = new_id_at(c, at[0], &org);
	size_t same = first.n;
	for (size_t i = 1; i < n; i++) {
		struct view v = new_id_at(c, at[i], &org);
		same = MIN(same, v.n);
		while (same && memcmp(first.p, v.p, same) != 0)
			same--;
	}
	return same;
}

/* By the 16 bytes behind the common prefix, which is all of most ids; what is still equal by the rest. */
static bool new_ids_sort(struct id_cache *c, uint32_t *at, size_t n)
{
	AUTO_FREE uint64_t *key = malloc(n * sizeof *key);
	size_t same = common_prefix(c, at, n);
	uint32_t org;
	if (!key)
		return false;
	for (int word = 1; word >= 0; word--) {
		for (size_t i = 0; i < n; i++)
			key[i] = id_word(new_id_at(c, at[i], &org), same + 8 * (size_t)word);
		radix_sort(key, at, n);
	}
	for (size_t i = 0, k; i < n; i = k) {
		uint64_t second = id_word(new_id_at(c, at[i], &org), same + 8);
		for (k = i + 1; k < n && key[k] == key[i] &&
				id_word(new_id_at(c, at[k], &org), same + 8) == second; k++)
			;
		if (k - i > 1)
			qsort_r(at + i, k - i, sizeof *at, new_id_cmp, c);
	}
	return true;
}

void ids_write(struct batch *b)
{
	struct id_cache *c = &b->ids;
	size_t n = c->n_unwritten;
	AUTO_FREE uint32_t *at = malloc(MAX(n, (size_t)1) * sizeof *at);
	uint8_t v[5] = { 0 };
	uint32_t place = 0;

	for (size_t i = 0; at && i < n; i++) {
		at[i] = place;
		place += 5 + (uint8_t)c->unwritten.p[place + 4];
	}
	if (n && (!at || !buf_ok(&c->unwritten) || !new_ids_sort(c, at, n)))
		txn_fail(b->w, RC_NOMEM);
	struct filler f;
	filler_open(&f, b->w, DB_ORG_ID);
	for (size_t i = 0; i < n && txn_rc(b->w) == RC_OK; i++) {
		uint32_t org;
		struct view id = new_id_at(c, at[i], &org);
		be32_put(v, org);
		filler_put(&f, id, view_of(v, 5));
	}
	filler_close(&f);
	ids_unwrite(b);
}

void ids_unwrite(struct batch *b)
{
	if (b->ids.n_unwritten > 4096)
		buf_done(&b->ids.unwritten);
	buf_clear(&b->ids.unwritten);
	b->ids.n_unwritten = 0;
}
