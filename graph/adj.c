/*
 * adj.c - reading and merging adjacency blocks and hub runs; layout in adj.h.
 * Invariants: each list sorted by peer without doubles; an organisation's list lies either in its
 * block or in HUB, never in both; a block without entries and hubs does not exist.
 */
#include "graph/adj.h"

#include "base/date.h"
#include "base/pack.h"
#include "base/util.h"
#include "graph/radix.h"

#define RUN_HEAD_BYTES 8

static enum db dir_db(enum adj_dir d)
{
	return d == ADJ_OUT ? DB_OUT : DB_IN;
}

static uint16_t head_u16(const void *p, size_t at)
{
	uint16_t v;
	memcpy(&v, (const char *)p + at, 2);
	return v;
}

static uint64_t head_hubs(const void *p)
{
	uint64_t v;
	memcpy(&v, p, 8);
	return v;
}

static unsigned first_of(const void *p, unsigned slot) { return head_u16(p, 8 + 2 * slot); }
static unsigned dated_of(const void *p, unsigned slot) { return head_u16(p, 8 + 130 + 2 * slot); }

static bool block_sound(struct view v)
{
	return v.n >= ADJ_HEAD_BYTES &&
	       v.n == ADJ_HEAD_BYTES + 8 * ((size_t)first_of(v.p, 64) + dated_of(v.p, 64));
}

/* ---- reading ---- */

void adj_reader_init(struct adj_reader *r, struct txn *t, enum adj_dir dir)
{
	*r = (struct adj_reader){ .t = t, .dir = dir };
}

void adj_reader_walk(struct adj_reader *r, struct txn *t, enum adj_dir dir)
{
	adj_reader_init(r, t, dir);
	cur_open(&r->at, t, dir_db(dir));
	r->walking = true;
}

void adj_reader_done(struct adj_reader *r)
{
	if (r->hub_open)
		cur_close(&r->hub);
	r->hub_open = false;
	if (r->walking)
		cur_close(&r->at);
	r->walking = false;
}

static bool stands_at(const struct cur *c, uint32_t no)
{
	return c->valid && c->key.n == 4 && be32_get(c->key.p) == no;
}

/* Stands one block ahead, on its way into the cache: mostly that is what is asked for next. */
static bool walk_to(struct adj_reader *r, uint32_t no, struct view *out)
{
	uint8_t key[4];
	struct cur *c = &r->at;
	if (!stands_at(c, no)) {
		be32_put(key, no);
		if (!cur_ge(c, view_of(key, 4)) || !stands_at(c, no))
			return false;
	}
	*out = c->val;
	if (cur_next(c))
		for (size_t i = 0; i < MIN(c->val.n, (size_t)1024); i += 64)
			__builtin_prefetch((const char *)c->val.p + i);
	return true;
}

bool adj_load(struct adj_reader *r, uint32_t no)
{
	uint8_t key[4];
	struct view v;
	if (r->have && r->no == no)
		return r->block.p != NULL;
	be32_put(key, no);
	r->have = true;
	r->no = no;
	r->block = (struct adj_block){ 0 };
	if (r->walking ? !walk_to(r, no, &v) : txn_get(r->t, dir_db(r->dir), view_of(key, 4), &v) != RC_OK)
		return false;
	if (!block_sound(v)) {
		r->bad = true;
		return false;
	}
	r->block = (struct adj_block){ v.p, head_hubs(v.p), first_of(v.p, 64), dated_of(v.p, 64) };
	return true;
}

static bool run_of_value(struct adj_reader *r, struct view v, struct adj_run *run)
{
	if (v.n < RUN_HEAD_BYTES) {
		r->bad = true;
		return false;
	}
	unsigned n = head_u16(v.p, 0), nd = head_u16(v.p, 2);
	if (v.n != RUN_HEAD_BYTES + 8 * ((size_t)n + nd)) {
		r->bad = true;
		return false;
	}
	const char *p = (const char *)v.p + RUN_HEAD_BYTES;
	run->e = (const void *)p;
	run->n = n;
	run->d = (const void *)(p + 8 * n);
	return true;
}

static void hub_key(uint8_t key[9], enum adj_dir dir, uint32_t org, uint32_t first)
{
	key[0] = (uint8_t)dir;
	be32_put(key + 1, org);
	be32_put(key + 5, first);
}

bool adj_hub_first(struct adj_reader *r, uint32_t org, struct adj_run *run)
{
	uint8_t key[9];
	if (!r->hub_open) {
		cur_open(&r->hub, r->t, DB_HUB);
		r->hub_open = true;
	}
	r->hub_org = org;
	hub_key(key, r->dir, org, 0);
	return cur_ge(&r->hub, view_of(key, 9)) && cur_in(&r->hub, view_of(key, 5)) &&
	       run_of_value(r, r->hub.val, run);
}

bool adj_hub_next(struct adj_reader *r, struct adj_run *run)
{
	uint8_t key[9];
	hub_key(key, r->dir, r->hub_org, 0);
	return cur_next(&r->hub) && cur_in(&r->hub, view_of(key, 5)) && run_of_value(r, r->hub.val, run);
}

/* ---- collecting edits ---- */

bool adj_edit_link(struct adj_edits *es, uint32_t procurer, uint32_t supplier, bool del, uint32_t attr,
		   int32_t start, int32_t end)
{
	if (es->n == es->cap) {
		size_t cap = es->cap ? es->cap * 2 : 256;
		struct adj_edit *p = realloc(es->e, cap * sizeof *p);
		if (!p)
			return false;
		es->e = p;
		es->cap = cap;
	}
	if (start != DAY_NONE || end != DAY_NONE)
		attr |= ADJ_DATED;
	es->e[es->n++] = (struct adj_edit){ procurer, supplier, del ? ADJ_GONE : attr, { start, end } };
	return true;
}

void adj_edits_done(struct adj_edits *es)
{
	free(es->e);
	*es = (struct adj_edits){ 0 };
}

/* ---- merging ---- */

/* A list under construction. */
struct list {
	struct buf e, d;
};

static void list_add(struct list *l, uint32_t peer, uint32_t attr, struct adj_dates dates)
{
	struct adj_ent e = { peer, attr };
	buf_add(&l->e, &e, 8);
	if (attr & ADJ_DATED)
		buf_add(&l->d, &dates, 8);
}

/* Merges one old run with the edits es[0..n) of the same organisation into l. */
static void list_merge(struct list *l, const struct adj_run *run, const struct side_edit *es, size_t n)
{
	uint32_t i = 0, dated = 0;
	size_t k = 0;
	while (i < run->n || k < n) {
		bool take_edit = k < n && (i >= run->n || es[k].peer <= run->e[i].peer);
		if (!take_edit) {
			struct adj_dates d = { DAY_NONE, DAY_NONE };
			if (run->e[i].attr & ADJ_DATED)
				d = run->d[dated++];
			list_add(l, run->e[i].peer, run->e[i].attr, d);
			i++;
			continue;
		}
		if (i < run->n && es[k].peer == run->e[i].peer) {
			if (run->e[i].attr & ADJ_DATED)
				dated++;
			i++;
		}
		if (!(es[k].attr & ADJ_GONE))
			list_add(l, es[k].peer, es[k].attr, es[k].dates);
		k++;
	}
}

static void run_put(struct txn *w, enum adj_dir dir, uint32_t org, uint32_t first, const struct adj_ent *e,
		    size_t n, const struct adj_dates *d, size_t nd)
{
	uint8_t key[9];
	hub_key(key, dir, org, first);
	char *p = txn_reserve(w, DB_HUB, view_of(key, 9), RUN_HEAD_BYTES + 8 * (n + nd));
	if (!p)
		return;
	uint16_t head[4] = { (uint16_t)n, (uint16_t)nd, 0, 0 };
	memcpy(p, head, RUN_HEAD_BYTES);
	memcpy(p + RUN_HEAD_BYTES, e, 8 * n);
	if (nd)
		memcpy(p + RUN_HEAD_BYTES + 8 * n, d, 8 * nd);
}

/* Writes a list as runs, the first under `first`; each of about half the maximum, so that they can grow. */
static void runs_put(struct txn *w, enum adj_dir dir, uint32_t org, uint32_t first, const struct list *l)
{
	const struct adj_ent *e = (const void *)l->e.p;
	const struct adj_dates *d = (const void *)l->d.p;
	size_t n = l->e.n / 8, step = n <= ADJ_RUN_MAX ? ADJ_RUN_MAX : ADJ_RUN_MAX / 2, di = 0;
	for (size_t i = 0; i < n; i += step) {
		size_t m = MIN(step, n - i), nd = 0;
		for (size_t k = 0; k < m; k++)
			nd += (e[i + k].attr & ADJ_DATED) != 0;
		run_put(w, dir, org, i == 0 ? first : e[i].peer, e + i, m, d ? d + di : NULL, nd);
		di += nd;
	}
}

/* The run of the hub that peer falls into, and where the next one begins. */
static bool hub_find(struct cur *c, struct adj_reader *r, uint32_t org, uint32_t peer, struct adj_run *run,
		     uint32_t *out_first, uint32_t *out_next)
{
	uint8_t key[9];
	*run = (struct adj_run){ 0 };
	*out_first = 0;
	*out_next = UINT32_MAX;
	hub_key(key, r->dir, org, peer);
	bool more;
	if (cur_le(c, view_of(key, 9)) && cur_in(c, view_of(key, 5))) {
		*out_first = be32_get((const uint8_t *)c->key.p + 5);
		if (!run_of_value(r, c->val, run))
			return false;
		more = cur_next(c);
	} else {
		more = cur_ge(c, view_of(key, 5)); /* the first run was emptied: make it anew */
	}
	if (more && cur_in(c, view_of(key, 5)))
		*out_next = be32_get((const uint8_t *)c->key.p + 5);
	return true;
}

/* Edits of a hub: each run takes the edits whose peers lie before the next run's first. */
static void hub_merge(struct txn *w, enum adj_dir dir, uint32_t org, const struct side_edit *es, size_t n)
{
	for (size_t k = 0, m; k < n && txn_rc(w) == RC_OK; k = m) {
		AUTO_CUR struct cur c;
		struct adj_reader r = { .t = w, .dir = dir };
		struct adj_run run;
		struct list l = { 0 };
		uint32_t first, next;

		cur_open(&c, w, DB_HUB);
		if (!hub_find(&c, &r, org, es[k].peer, &run, &first, &next)) {
			txn_fail(w, RC_DAMAGED);
			return;
		}
		for (m = k; m < n && es[m].peer < next; m++)
			;
		list_merge(&l, &run, es + k, m - k);
		if (!buf_ok(&l.e) || !buf_ok(&l.d)) {
			txn_fail(w, RC_NOMEM);
		} else if (l.e.n == 0) {
			uint8_t key[9];
			hub_key(key, dir, org, first);
			txn_del(w, DB_HUB, view_of(key, 9));
		} else {
			runs_put(w, dir, org, first, &l);
		}
		buf_done(&l.e);
		buf_done(&l.d);
	}
}

struct block {
	uint64_t hubs;
	uint16_t first[65], dated[65];
	struct list l;
};

static void block_put(struct txn *w, enum adj_dir dir, uint32_t no, const struct block *b)
{
	uint8_t key[4];
	be32_put(key, no);
	if (b->l.e.n == 0 && b->hubs == 0) {
		txn_del(w, dir_db(dir), view_of(key, 4));
		return;
	}
	char *p = txn_reserve(w, dir_db(dir), view_of(key, 4), ADJ_HEAD_BYTES + b->l.e.n + b->l.d.n);
	if (!p)
		return;
	memcpy(p, &b->hubs, 8);
	memcpy(p + 8, b->first, 130);
	memcpy(p + 138, b->dated, 130);
	memset(p + 268, 0, 4);
	if (b->l.e.n)
		memcpy(p + ADJ_HEAD_BYTES, b->l.e.p, b->l.e.n);
	if (b->l.d.n)
		memcpy(p + ADJ_HEAD_BYTES + b->l.e.n, b->l.d.p, b->l.d.n);
}

/* One slot of a block: merged, or moved to HUB when it has grown too long. */
static void slot_merge(struct adj_reader *r, struct block *b, uint32_t org,
		       const struct side_edit *es, size_t n, struct buf *moved)
{
	struct adj_run run = { 0 };
	unsigned slot = org % ADJ_BLOCK;
	size_t e0 = b->l.e.n, d0 = b->l.d.n;
	b->first[slot] = (uint16_t)(e0 / 8);
	b->dated[slot] = (uint16_t)(d0 / 8);
	if (b->hubs >> slot & 1)
		return;
	if (r->block.p)
		adj_first(r, org, &run);
	list_merge(&b->l, &run, es, n);
	if ((b->l.e.n - e0) / 8 <= ADJ_HUB_MIN || !buf_ok(&b->l.e) || !buf_ok(&b->l.d))
		return;
	struct list l = { 0 };
	buf_add(&l.e, b->l.e.p + e0, b->l.e.n - e0);
	if (b->l.d.n > d0)
		buf_add(&l.d, b->l.d.p + d0, b->l.d.n - d0);
	b->l.e.n = e0;
	b->l.d.n = d0;
	b->hubs |= 1ull << slot;
	/* written after the block: a put would move the bytes that the reader looks at */
	uint32_t o = org;
	buf_add(moved, &o, sizeof o);
	buf_add(moved, &l, sizeof l);
}

/* The block built anew, list by list. */
static void block_rebuild(struct txn *w, enum adj_dir dir, uint32_t no, const struct side_edit *es, size_t n)
{
	struct adj_reader r;
	struct block b = { 0 };
	AUTO(buf_done) struct buf moved = BUF_INIT;
	size_t k = 0;

	adj_reader_init(&r, w, dir);
	if (adj_load(&r, no))
		b.hubs = r.block.hubs;
	for (unsigned slot = 0; slot < ADJ_BLOCK; slot++) {
		uint32_t org = no * ADJ_BLOCK + slot;
		size_t from = k;
		while (k < n && es[k].org == org)
			k++;
		slot_merge(&r, &b, org, es + from, k - from, &moved);
	}
	b.first[64] = (uint16_t)(b.l.e.n / 8);
	b.dated[64] = (uint16_t)(b.l.d.n / 8);
	if (r.bad)
		txn_fail(w, RC_DAMAGED);
	else if (!buf_ok(&b.l.e) || !buf_ok(&b.l.d) || !buf_ok(&moved))
		txn_fail(w, RC_NOMEM);
	else
		block_put(w, dir, no, &b);
	buf_done(&b.l.e);
	buf_done(&b.l.d);
	for (size_t at = 0; at < moved.n; at += sizeof(uint32_t) + sizeof(struct list)) {
		uint32_t org;
		struct list l;
		memcpy(&org, moved.p + at, sizeof org);
		memcpy(&l, moved.p + at + sizeof org, sizeof l);
		runs_put(w, dir, org, 0, &l);
		buf_done(&l.e);
		buf_done(&l.d);
	}
}

static void block_merge(struct txn *w, enum adj_dir dir, uint32_t no, const struct side_edit *es, size_t n)
{
	struct adj_reader r;

	adj_reader_init(&r, w, dir);
	const uint64_t was_hub = adj_load(&r, no) ? r.block.hubs : 0;
	if (!adj_patch(w, dir, no, es, n))
		block_rebuild(w, dir, no, es, n);
	for (size_t k = 0; k < n;) {
		size_t from = k;
		while (k < n && es[k].org == es[from].org)
			k++;
		if (was_hub >> (es[from].org % ADJ_BLOCK) & 1)
			hub_merge(w, dir, es[from].org, es + from, k - from);
	}
}

/* The edits of one direction in the order of its lists. */
struct side {
	enum adj_dir dir;
	uint64_t *key; /* organisation, peer */
	uint32_t *at;  /* which edit */
	size_t n;
};

static void side_done(struct side *s)
{
	free(s->key);
	free(s->at);
}

static bool side_sort(struct side *s, const struct adj_edits *es)
{
	bool sorted = true;
	s->n = es->n;
	s->key = malloc(es->n * sizeof *s->key);
	s->at = malloc(es->n * sizeof *s->at);
	if (!s->key || !s->at)
		return false;
	for (size_t i = 0; i < es->n; i++) {
		const struct adj_edit *e = &es->e[i];
		s->key[i] = s->dir == ADJ_OUT ? (uint64_t)e->procurer << 32 | e->supplier
					      : (uint64_t)e->supplier << 32 | e->procurer;
		s->at[i] = (uint32_t)i;
		sorted = sorted && (i == 0 || s->key[i - 1] <= s->key[i]);
	}
	if (!sorted)
		radix_sort(s->key, s->at, s->n);
	return true;
}

/* The next block's edits, of each pair only the last; returns where the block after it begins. */
static size_t side_block(const struct side *s, const struct adj_edits *es, size_t i, struct buf *out)
{
	const uint64_t block = (s->key[i] >> 32) / ADJ_BLOCK;
	buf_clear(out);
	for (; i < s->n && (s->key[i] >> 32) / ADJ_BLOCK == block; i++) {
		if (i + 16 < s->n) /* the edits lie in another order than the lists */
			__builtin_prefetch(&es->e[s->at[i + 16]]);
		if (i + 1 < s->n && s->key[i + 1] == s->key[i])
			continue;
		const struct adj_edit *e = &es->e[s->at[i]];
		const struct side_edit x = { (uint32_t)(s->key[i] >> 32), (uint32_t)s->key[i], e->attr, e->dates };
		buf_add(out, &x, sizeof x);
	}
	return i;
}

static void side_flush(struct txn *w, enum adj_dir dir, const struct adj_edits *es)
{
	AUTO(side_done) struct side s = { .dir = dir };
	AUTO(buf_done) struct buf block = BUF_INIT;

	if (!side_sort(&s, es)) {
		txn_fail(w, RC_NOMEM);
		return;
	}
	for (size_t i = 0; i < s.n && txn_rc(w) == RC_OK;) {
		uint32_t no = (uint32_t)(s.key[i] >> 32) / ADJ_BLOCK;
		i = side_block(&s, es, i, &block);
		if (!buf_ok(&block))
			txn_fail(w, RC_NOMEM);
		else
			block_merge(w, dir, no, (const void *)block.p, block.n / sizeof(struct side_edit));
	}
}

void adj_flush(struct txn *w, struct adj_edits *es)
{
	if (es->n == 0)
		return;
	side_flush(w, ADJ_OUT, es);
	side_flush(w, ADJ_IN, es);
	es->n = 0;
}
