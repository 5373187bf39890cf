/* pick.c - a page in order; see pick.h. */
#include "graph/pick.h"

#include "base/util.h"
#include "graph/walk.h"

/* What an order goes by before the id: numbers, or a name. */
struct key {
	uint64_t a, b;
	struct view name;
};
/* One of those with the least keys that were met. */
struct least {
	struct key key;
	uint32_t org;
};
struct picking {
	const struct pick *p;
	const struct pick_order *o;
	bool behind;           /* only what comes behind: */
	struct key after;
	struct view after_id;  /* .p NULL: none with that key was shown yet */
	struct least *heap;    /* the greatest on top */
	size_t n, max;
	bool torn;             /* another one with the key on top was left out */
	bool gathers;          /* now all with one key are asked for, in number order */
	struct key only;
	uint32_t *tie;
	size_t n_tie, cap_tie;
	uint32_t *page;
	size_t n_page;
	enum rc rc;
};

static int number_cmp(uint64_t x, uint64_t y) { return x < y ? -1 : x > y; }

static int key_cmp(const struct picking *k, const struct key *x, const struct key *y)
{
	int c = number_cmp(x->a, y->a);
	if (!c)
		c = number_cmp(x->b, y->b);
	if (!c && k->o->sort == PICK_NAME)
		c = k->o->desc ? view_cmp(y->name, x->name) : view_cmp(x->name, y->name);
	return c;
}

static int least_cmp(const struct picking *k, const struct least *x, const struct least *y)
{
	int c = key_cmp(k, &x->key, &y->key);
	return c ? c : number_cmp(x->org, y->org);
}

/* ---- keys ---- */

static uint64_t units(const struct chain_item *i) { return (uint64_t)(i->dependency * 1e9 + 0.5); }

static uint64_t falling(const struct chain_item *i) { return 1000000000u - units(i); }

static struct key due_key(const struct chain_item *i, bool desc)
{
	uint32_t day = (uint32_t)i->due ^ 0x80000000u;
	struct key k = { .a = desc ? UINT32_MAX - day : day, .b = (uint64_t)i->tier << 32 | falling(i) };
	if (i->due == DAY_NONE)
		k.a = UINT64_MAX;
	return k;
}

/* Of the orders by numbers. */
static struct key item_key(const struct pick_order *o, const struct chain_item *i)
{
	switch (o->sort) {
	case PICK_TIER:
		return (struct key){ .a = o->desc ? 255u - i->tier : i->tier, .b = falling(i) };
	case PICK_DUE:
		return due_key(i, o->desc);
	case PICK_DEPENDENCY:
		return (struct key){ .a = o->desc ? falling(i) : units(i), .b = i->tier };
	case PICK_NAME: /* see names_each() */
	case PICK_ID:
	case PICK__COUNT:
		break;
	}
	return (struct key){ 0 };
}

/* Its first bytes as a number decide nearly always; names have no bytes below a blank. */
static inline struct key name_key(struct view name, bool desc)
{
	struct key k = { .name = view_of(name.p, MIN(name.n, (size_t)PICK_NAME_MAX)) };
	uint8_t first[8] = { 0 };
	memcpy(first, name.p, MIN(name.n, sizeof first));
	k.b = desc ? ~be64_get(first) : be64_get(first);
	return k;
}

static const struct key unnamed = { .a = 1 };

/* ---- the least ---- */

static void heap_up(struct picking *k, size_t i)
{
	struct least x = k->heap[i];
	for (; i > 0 && least_cmp(k, &x, &k->heap[(i - 1) / 2]) > 0; i = (i - 1) / 2)
		k->heap[i] = k->heap[(i - 1) / 2];
	k->heap[i] = x;
}

static void heap_down(struct picking *k, size_t n)
{
	struct least x = k->heap[0];
	size_t i = 0;
	for (size_t child; (child = 2 * i + 1) < n; i = child) {
		if (child + 1 < n && least_cmp(k, &k->heap[child + 1], &k->heap[child]) > 0)
			child++;
		if (least_cmp(k, &x, &k->heap[child]) >= 0)
			break;
		k->heap[i] = k->heap[child];
	}
	k->heap[i] = x;
}

static void heap_offer(struct picking *k, struct key key, uint32_t org)
{
	struct least x = { key, org }, top;
	if (k->n < k->max) {
		k->heap[k->n] = x;
		heap_up(k, k->n++);
		return;
	}
	top = k->heap[0];
	if (least_cmp(k, &x, &top) >= 0) {
		k->torn = k->torn || key_cmp(k, &x.key, &top.key) == 0;
		return;
	}
	k->heap[0] = x;
	heap_down(k, k->n);
	k->torn = key_cmp(k, &top.key, &k->heap[0].key) == 0;
}

/* Puts them into ascending order. */
static void heap_sort(struct picking *k)
{
	for (size_t n = k->n; n > 1;) {
		struct least top = k->heap[0];
		k->heap[0] = k->heap[--n];
		heap_down(k, n);
		k->heap[n] = top;
	}
}

static void tie_add(struct picking *k, uint32_t org)
{
	void *p = k->tie;
	if (!list_grow(&p, &k->cap_tie, k->n_tie, sizeof *k->tie))
		k->rc = RC_NOMEM;
	k->tie = p;
	if (k->rc == RC_OK)
		k->tie[k->n_tie++] = org;
}

static inline void meet(struct picking *k, struct key key, uint32_t org)
{
	int c = k->gathers ? key_cmp(k, &key, &k->only) : k->behind ? key_cmp(k, &key, &k->after) : 1;
	if (c == 0)
		tie_add(k, org);
	else if (c > 0 && !k->gathers)
		heap_offer(k, key, org);
}

/* ---- everybody who passes, with keys; of one key in number order ---- */

static void meet_name(void *arg, uint32_t org, struct view name)
{
	struct picking *k = arg;
	meet(k, name_key(name, k->o->desc), org);
}

static void clear_one(void *arg, uint32_t org, struct view name)
{
	struct org_bits *set = arg;
	(void)name;
	set->bits[org / 64] &= ~(1ull << (org % 64));
}

static void meet_all(struct picking *k, const struct org_bits *set, struct key key)
{
	for (size_t w = 0; w < set->words && k->rc == RC_OK; w++)
		for (uint64_t b = set->bits[w]; b; b &= b - 1)
			meet(k, key, (uint32_t)w * 64 + (uint32_t)__builtin_ctzll(b));
}

static bool may_meet(const struct picking *k, const struct key *key)
{
	if (k->gathers)
		return key_cmp(k, key, &k->only) == 0;
	return !k->behind || key_cmp(k, key, &k->after) >= 0;
}

/* First those with a name that may be shown, then the others, unless the page is full without them. */
static void meet_names(struct picking *k)
{
	const struct veil *v = &k->p->list->veil;
	size_t words = k->p->pass.words, hidden = v->bits ? MIN(words, (size_t)v->n / 64 + 1) : 0;
	struct org_bits set = { malloc(words * sizeof *set.bits), words };
	if (!set.bits) {
		k->rc = RC_NOMEM;
		return;
	}
	memcpy(set.bits, k->p->pass.bits, words * sizeof *set.bits);
	for (size_t i = 0; i < hidden; i++)
		set.bits[i] &= ~v->bits[i];
	if (k->gathers ? k->only.a == 0 : !k->behind || k->after.a == 0)
		names_each(k->p->t, &set, meet_name, k);
	if (may_meet(k, &unnamed) && (k->gathers || k->n < k->max)) {
		names_each(k->p->t, &set, clear_one, &set);
		for (size_t i = 0; i < hidden; i++)
			set.bits[i] |= k->p->pass.bits[i] & v->bits[i];
		meet_all(k, &set, unnamed);
	}
	free(set.bits);
}

static inline bool passes(const struct pick *p, uint32_t org)
{
	return org / 64 < p->pass.words && bit_has(p->pass.bits, org);
}

/* Of a key that comes behind all that is wanted. */
static bool is_past(const struct picking *k, const struct key *key)
{
	if (k->gathers)
		return key_cmp(k, key, &k->only) > 0;
	return k->n == k->max && key_cmp(k, key, &k->heap[0].key) > 0;
}

static void meet_items(struct picking *k)
{
	const struct chain_list *l = k->p->list;
	bool ascends = k->o->sort == PICK_TIER && !k->o->desc; /* as the list lies */
	for (size_t i = 0; i < l->n && k->rc == RC_OK; i++) {
		if (!passes(k->p, l->items[i].supplier))
			continue;
		struct key key = item_key(k->o, &l->items[i]);
		if (ascends && is_past(k, &key))
			return;
		meet(k, key, l->items[i].supplier);
	}
}

static enum rc meet_everybody(struct picking *k)
{
	if (k->o->sort == PICK_NAME)
		meet_names(k);
	else if (k->o->sort == PICK_ID)
		meet_all(k, &k->p->pass, (struct key){ 0 });
	else
		meet_items(k);
	return k->rc != RC_OK ? k->rc : txn_rc(k->p->t);
}

/* ---- the page ---- */

static void show(struct picking *k, uint32_t org)
{
	if (k->n_page < k->max)
		k->page[k->n_page++] = org;
}

/* Those that share a key, by id: those behind `after`. */
static enum rc show_ties(struct picking *k, struct view after)
{
	struct id_set set = { .base = k->tie, .stride = sizeof *k->tie, .n = k->n_tie, .veil = &k->p->list->veil,
			      .desc = k->o->sort == PICK_ID && k->o->desc };
	struct id_order order;
	size_t at;
	enum rc rc = RC_OK;
	if (k->n_tie > 0) {
		rc = id_order_begin(&order, k->p->t, &set, after);
		while (rc == RC_OK && k->n_page < k->max && id_order_next(&order, &at))
			show(k, k->tie[at]);
		id_order_done(&order);
	}
	k->n_tie = 0;
	return rc != RC_OK ? rc : txn_rc(k->p->t);
}

/* The least from i on that share its key; returns where the next ones begin. */
static size_t show_run(struct picking *k, size_t i)
{
	size_t end = i + 1;
	while (end < k->n && key_cmp(k, &k->heap[end].key, &k->heap[i].key) == 0)
		end++;
	if (end == i + 1 && !(end == k->n && k->torn)) {
		show(k, k->heap[i].org);
		return end;
	}
	if (end == k->n && k->torn) {
		k->gathers = true;
		k->only = k->heap[i].key;
		k->rc = meet_everybody(k);
		k->gathers = false;
	} else {
		for (size_t m = i; m < end && k->rc == RC_OK; m++)
			tie_add(k, k->heap[m].org);
	}
	if (k->rc == RC_OK)
		k->rc = show_ties(k, (struct view){ 0 });
	return end;
}

static bool after_read(struct picking *k)
{
	struct view v = k->o->after;
	const uint8_t *p = v.p;
	if (!p)
		return true;
	if (v.n < 18 || v.n - 17 < (size_t)p[16] + 1)
		return false;
	k->behind = true;
	k->after = (struct key){ be64_get(p), be64_get(p + 8), view_of(p + 17, p[16]) };
	k->after_id = view_of(p + 17 + p[16], v.n - 17 - p[16]);
	return true;
}

static enum rc page_orgs(struct picking *k)
{
	if (!after_read(k))
		return RC_BAD_CURSOR;
	if (k->o->sort == PICK_ID) /* all share one key */
		k->behind = true;
	k->heap = malloc(k->max * sizeof *k->heap);
	k->page = malloc(k->max * sizeof *k->page);
	if (!k->heap || !k->page)
		return RC_NOMEM;
	enum rc rc = meet_everybody(k);
	if (rc == RC_OK)
		rc = show_ties(k, k->after_id);
	heap_sort(k);
	for (size_t i = 0; rc == RC_OK && i < k->n && k->n_page < k->max; rc = k->rc)
		i = show_run(k, i);
	return rc;
}

/* The items of the organisations of the page. */
static enum rc page_items(const struct picking *k, size_t n, const struct chain_item **out)
{
	const struct chain_list *l = k->p->list;
	AUTO_FREE uint64_t *bits = calloc(k->p->pass.words, sizeof *bits);
	size_t left = n;
	if (!bits)
		return RC_NOMEM;
	for (size_t i = 0; i < n; i++)
		bit_set(bits, k->page[i]);
	for (size_t i = 0; i < l->n && left > 0; i++) {
		const struct chain_item *x = &l->items[i];
		if (x->supplier / 64 >= k->p->pass.words || !bit_has(bits, x->supplier))
			continue;
		for (size_t m = 0; m < n; m++)
			if (k->page[m] == x->supplier)
				out[m] = x;
		left--;
	}
	return left ? RC_INTERNAL : RC_OK;
}

enum rc pick_page(const struct pick *p, const struct pick_order *o, size_t max, const struct chain_item **out,
		  size_t *out_n, bool *out_more)
{
	struct picking k = { .p = p, .o = o, .max = max + 1 };
	enum rc rc = page_orgs(&k);
	*out_n = MIN(k.n_page, max);
	*out_more = k.n_page > max;
	if (rc == RC_OK)
		rc = page_items(&k, *out_n, out);
	free(k.heap);
	free(k.tie);
	free(k.page);
	return rc;
}

struct noting {
	struct key key;
	bool desc;
};

static void note_name(void *arg, uint32_t org, struct view name)
{
	struct noting *n = arg;
	(void)org;
	n->key = name_key(name, n->desc);
}

/* Of one organisation: its block alone is read. */
static enum rc key_by_name(const struct pick *p, uint32_t org, bool desc, struct key *out)
{
	struct noting n = { unnamed, desc };
	AUTO_FREE uint64_t *bits = calloc(p->pass.words, sizeof *bits);
	struct org_bits one = { bits, p->pass.words };
	*out = unnamed;
	if (!bits)
		return RC_NOMEM;
	if (veil_hides(&p->list->veil, org))
		return RC_OK;
	bit_set(bits, org);
	names_each(p->t, &one, note_name, &n);
	*out = n.key;
	return txn_rc(p->t);
}

enum rc pick_key(const struct pick *p, const struct pick_order *o, const struct chain_item *i, struct buf *out)
{
	char room[PSEUDONYM_TEXT];
	struct view id = veil_id(&p->list->veil, p->t, i->supplier, room);
	struct key k = item_key(o, i);
	uint8_t head[17];
	enum rc rc = o->sort == PICK_NAME ? key_by_name(p, i->supplier, o->desc, &k) : RC_OK;
	be64_put(head, k.a);
	be64_put(head + 8, k.b);
	head[16] = (uint8_t)k.name.n;
	buf_add(out, head, sizeof head);
	buf_addv(out, k.name);
	buf_addv(out, id);
	return rc != RC_OK ? rc : buf_ok(out) ? RC_OK : RC_NOMEM;
}
