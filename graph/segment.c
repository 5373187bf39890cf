/*
 * segment.c - writing link records: the segment under work is kept in memory until another one is
 * needed, so that links that arrive in order cost a copy of a few bytes each. Layout: link.c.
 *
 * Invariant: between commands nothing is held back (links_flush); readers of the store itself run only
 * after a flush.
 */
#include "base/util.h"
#include "graph/state.h"

#define SEGMENT_MAX 1500u

static void segment_write(struct batch *b, uint32_t procurer, uint32_t first, struct view v)
{
	struct txn *w = b->w;
	uint8_t key[8];
	pair_key(key, procurer, first);
	if (b->segment.filling)
		filler_put(&b->segment.filler, view_of(key, 8), v);
	else if (v.n)
		txn_put(w, DB_LINK, view_of(key, 8), v);
	else
		txn_del(w, DB_LINK, view_of(key, 8));
}

void links_flush(struct batch *b)
{
	struct segment *g = &b->segment;
	if (g->have && g->dirty)
		segment_write(b, g->procurer, g->first, buf_view(&g->bytes));
	g->have = g->dirty = false;
}

/* Until segment_filled() links come in ascending order, and the store has none yet. */
void segment_fill(struct batch *b)
{
	links_flush(b);
	filler_open(&b->segment.filler, b->w, DB_LINK);
	b->segment.filling = true;
}

void segment_filled(struct batch *b)
{
	links_flush(b);
	if (b->segment.filling)
		filler_close(&b->segment.filler);
	b->segment.filling = false;
}

/* The supplier of the last record; damage shows as false. */
static bool last_find(struct segment *g)
{
	struct rd rd = rd_of(buf_view(&g->bytes));
	struct view rec;
	g->last = 0;
	while (segment_next(&rd, &g->last, &rec))
		;
	return !rd.bad;
}

/* Makes the segment that the pair falls into the one under work. */
static enum rc segment_take(struct batch *b, uint32_t procurer, uint32_t supplier)
{
	struct segment *g = &b->segment;
	uint8_t key[4];
	AUTO_CUR struct cur c = { 0 };

	if (g->have && g->procurer == procurer && supplier >= g->first && supplier < g->limit)
		return RC_OK;
	links_flush(b);
	buf_clear(&g->bytes);
	g->procurer = procurer;
	g->first = 0;
	g->limit = 1ull << 32;
	if (g->filling) {
		g->last = 0;
		g->have = true;
		return RC_OK;
	}
	be32_put(key, procurer);
	cur_open(&c, b->w, DB_LINK);
	bool more = segment_find(&c, procurer, supplier);
	if (more) {
		g->first = be32_get((const uint8_t *)c.key.p + 4);
		buf_addv(&g->bytes, c.val);
		more = cur_next(&c);
	} else {
		more = cur_ge(&c, view_of(key, 4)); /* the first segment was emptied: it is made anew */
	}
	if (more && cur_in(&c, view_of(key, 4)))
		g->limit = be32_get((const uint8_t *)c.key.p + 4);
	if (!buf_ok(&g->bytes))
		return RC_NOMEM;
	if (!last_find(g))
		return RC_DAMAGED;
	g->have = true;
	return txn_rc(b->w);
}

enum rc batch_link_bytes(struct batch *b, uint32_t procurer, uint32_t supplier, struct view *out)
{
	struct segment *g = &b->segment;
	enum rc rc = segment_take(b, procurer, supplier);
	if (rc != RC_OK)
		return rc;
	if (!g->bytes.n || supplier > g->last)
		return RC_NOT_FOUND;
	struct rd rd = rd_of(buf_view(&g->bytes));
	uint32_t s;
	while (segment_next(&rd, &s, out))
		if (s >= supplier)
			return s == supplier ? RC_OK : RC_NOT_FOUND;
	return RC_NOT_FOUND;
}

static void entry_add(struct buf *out, uint32_t supplier, struct view rec)
{
	uint8_t be[4];
	be32_put(be, supplier);
	buf_add(out, be, 4);
	buf_lenbytes(out, rec);
}

/* The bytes without the old record of supplier, with the new one in its place (rec.p NULL: none). */
static enum rc segment_splice(struct batch *b, uint32_t supplier, struct view rec, bool *out_found)
{
	struct segment *g = &b->segment;
	uint8_t key[8];
	AUTO(buf_done) struct buf out = BUF_INIT;
	struct rd rd = rd_of(buf_view(&g->bytes));
	const uint8_t *from = rd.p;
	struct view old;
	uint32_t s;
	bool placed = false;

	*out_found = false;
	buf_reserve(&out, g->bytes.n + rec.n + 16);
	for (; segment_next(&rd, &s, &old); from = rd.p) {
		if (s >= supplier && !placed && rec.p)
			entry_add(&out, supplier, rec);
		placed = placed || s >= supplier;
		if (s == supplier) {
			*out_found = true;
			pair_key(key, g->procurer, supplier);
			past_keep(b, ENT_LINK, view_of(key, 8), old);
		} else {
			buf_add(&out, from, (size_t)(rd.p - from));
		}
	}
	if (!placed && rec.p)
		entry_add(&out, supplier, rec);
	if (rd.bad || !buf_ok(&out))
		return rd.bad ? RC_DAMAGED : RC_NOMEM;
	struct buf t = g->bytes;
	g->bytes = out;
	out = t;
	return last_find(g) ? RC_OK : RC_DAMAGED;
}

/* Where to cut a segment that has grown too long: before its last record when records come in
 * ascending order, which leaves full segments behind, else near the middle. 0: one record alone. */
static size_t cut_place(const struct segment *g, bool appended, uint32_t *out_supplier)
{
	struct rd rd = rd_of(buf_view(&g->bytes));
	const uint8_t *start = rd.p, *before = rd.p;
	struct view rec;
	uint32_t s;
	size_t at = 0;
	for (; segment_next(&rd, &s, &rec); before = rd.p) {
		size_t from = (size_t)(before - start);
		if (from == 0)
			continue;
		if (at && !appended && from > g->bytes.n / 2)
			break;
		at = from;
		*out_supplier = s;
	}
	return at;
}

/* Writes the part before the cut and goes on with the part behind it. */
static enum rc segment_split(struct batch *b, bool appended)
{
	struct segment *g = &b->segment;
	uint32_t supplier = 0;
	size_t at = cut_place(g, appended, &supplier);
	AUTO(buf_done) struct buf tail = BUF_INIT;
	if (!at)
		return RC_OK;
	buf_add(&tail, g->bytes.p + at, g->bytes.n - at);
	if (!buf_ok(&tail))
		return RC_NOMEM;
	segment_write(b, g->procurer, g->first, view_of(g->bytes.p, at));
	struct buf t = g->bytes;
	g->bytes = tail;
	tail = t;
	g->first = supplier;
	return txn_rc(b->w);
}

static enum rc segment_edit(struct batch *b, uint32_t procurer, uint32_t supplier, struct view rec)
{
	struct segment *g = &b->segment;
	bool found;
	enum rc rc = segment_take(b, procurer, supplier);
	if (rc != RC_OK)
		return rc;
	bool append = rec.p && (!g->bytes.n || supplier > g->last);
	if (append) {
		entry_add(&g->bytes, supplier, rec);
		g->last = supplier;
		rc = buf_ok(&g->bytes) ? RC_OK : RC_NOMEM;
	} else {
		rc = segment_splice(b, supplier, rec, &found);
		if (rc == RC_OK && !rec.p && !found)
			rc = RC_NOT_FOUND;
	}
	if (rc != RC_OK)
		return rc;
	g->dirty = true;
	return g->bytes.n > SEGMENT_MAX ? segment_split(b, append) : RC_OK;
}

void link_store(struct batch *b, uint32_t procurer, uint32_t supplier, struct view rec)
{
	enum rc rc = segment_edit(b, procurer, supplier, rec);
	if (rc != RC_OK)
		txn_fail(b->w, rc);
}

void link_erase(struct batch *b, uint32_t procurer, uint32_t supplier)
{
	enum rc rc = segment_edit(b, procurer, supplier, (struct view){ 0 });
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		txn_fail(b->w, rc);
}
