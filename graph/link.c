/*
 * link.c - link records in segments: the records of one procurer lie packed in supplier order, a
 * segment of up to about 1.5 kB a value, so that reading all links of a buyer is a sequential read and a
 * record costs no B-tree entry of its own.
 *
 * Key: be32 procurer, be32 first (0 for a procurer's first segment). Value: per record be32 supplier,
 * varint length, record bytes; ascending suppliers.
 */
#include "base/util.h"
#include "graph/state.h"

#define SEGMENT_MAX 1500u

/* The segment that supplier falls into. */
static bool segment_find(struct cur *c, uint32_t procurer, uint32_t supplier)
{
	uint8_t key[8];
	pair_key(key, procurer, supplier);
	return cur_le(c, view_of(key, 8)) && cur_in(c, view_of(key, 4));
}

static bool entry_next(struct rd *rd, uint32_t *out_supplier, struct view *out_rec)
{
	if (!rd_more(rd))
		return false;
	*out_supplier = rd_be32(rd);
	*out_rec = rd_lenbytes(rd);
	return !rd->bad;
}

enum rc link_bytes(struct txn *t, uint32_t procurer, uint32_t supplier, struct view *out)
{
	AUTO_CUR struct cur c;
	cur_open(&c, t, DB_LINK);
	if (!segment_find(&c, procurer, supplier))
		return txn_rc(t) != RC_OK ? txn_rc(t) : RC_NOT_FOUND;
	struct rd rd = rd_of(c.val);
	uint32_t s;
	struct view rec;
	while (entry_next(&rd, &s, &rec)) {
		if (s == supplier) {
			*out = rec;
			return RC_OK;
		}
		if (s > supplier)
			break;
	}
	return rd.bad ? RC_DAMAGED : RC_NOT_FOUND;
}

enum rc link_get(struct txn *t, uint32_t procurer, uint32_t supplier, struct rec *out)
{
	struct view v;
	enum rc rc = link_bytes(t, procurer, supplier, &v);
	if (rc == RC_OK && !rec_decode(out, v))
		rc = RC_DAMAGED;
	return rc;
}

static void segment_write(struct txn *w, uint32_t procurer, uint32_t first, struct view v)
{
	uint8_t key[8];
	pair_key(key, procurer, first);
	if (v.n)
		txn_put(w, DB_LINK, view_of(key, 8), v);
	else
		txn_del(w, DB_LINK, view_of(key, 8));
}

/* Splits at the record boundary nearest to the middle, or before the last record when records come in
 * ascending order (imports), which leaves full segments behind. */
static void segment_split(struct txn *w, uint32_t procurer, uint32_t first, struct view v, bool appended)
{
	struct rd rd = rd_of(v);
	uint32_t s, at_supplier = 0;
	struct view rec;
	size_t at = 0;
	const uint8_t *before = rd.p;
	while (entry_next(&rd, &s, &rec)) {
		size_t from = (size_t)(before - (const uint8_t *)v.p);
		before = rd.p;
		if (from == 0)
			continue;
		if (at && !appended && from > v.n / 2)
			break;
		at = from;
		at_supplier = s;
	}
	if (!at) { /* one record alone may be longer than a segment */
		segment_write(w, procurer, first, v);
		return;
	}
	segment_write(w, procurer, first, view_of(v.p, at));
	segment_write(w, procurer, at_supplier, view_of((const uint8_t *)v.p + at, v.n - at));
}

/* rec.p NULL: erase. */
static enum rc segment_edit(struct txn *w, uint32_t procurer, uint32_t supplier, struct view rec)
{
	AUTO_CUR struct cur c;
	AUTO(buf_done) struct buf out = BUF_INIT;
	uint32_t first = 0, s;
	struct view old, v = { 0 };
	bool done = false, found = false, appended = true;
	uint8_t be[4];

	cur_open(&c, w, DB_LINK);
	if (segment_find(&c, procurer, supplier)) {
		first = be32_get((const uint8_t *)c.key.p + 4);
		v = c.val;
	}
	if (!buf_reserve(&out, v.n + rec.n + 16))
		return RC_NOMEM;
	be32_put(be, supplier);
	struct rd rd = rd_of(v);
	const uint8_t *from = rd.p;
	while (entry_next(&rd, &s, &old)) {
		if (s >= supplier && !done) {
			if (rec.p) {
				buf_add(&out, be, 4);
				buf_lenbytes(&out, rec);
			}
			done = true;
			appended = false;
		}
		if (s == supplier)
			found = true;
		else
			buf_add(&out, from, (size_t)(rd.p - from));
		from = rd.p;
	}
	if (rd.bad)
		return RC_DAMAGED;
	if (!done && rec.p) {
		buf_add(&out, be, 4);
		buf_lenbytes(&out, rec);
	}
	if (!rec.p && !found)
		return RC_NOT_FOUND;
	if (!buf_ok(&out))
		return RC_NOMEM;
	if (out.n > SEGMENT_MAX)
		segment_split(w, procurer, first, buf_view(&out), appended);
	else
		segment_write(w, procurer, first, buf_view(&out));
	return RC_OK;
}

void link_store(struct txn *w, uint32_t procurer, uint32_t supplier, struct view rec)
{
	enum rc rc = segment_edit(w, procurer, supplier, rec);
	if (rc != RC_OK)
		txn_fail(w, rc);
}

enum rc link_erase(struct txn *w, uint32_t procurer, uint32_t supplier)
{
	enum rc rc = segment_edit(w, procurer, supplier, (struct view){ 0 });
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		txn_fail(w, rc);
	return rc;
}

void link_iter_open(struct link_iter *it, struct txn *t, uint32_t procurer, uint32_t after_supplier)
{
	uint8_t key[8];
	*it = (struct link_iter){ .procurer = procurer, .supplier = after_supplier };
	pair_key(key, procurer, 0);
	cur_open(&it->cur, t, DB_LINK);
	bool ok = after_supplier ? segment_find(&it->cur, procurer, after_supplier) : false;
	if (!ok)
		ok = cur_ge(&it->cur, view_of(key, 8)) && cur_in(&it->cur, view_of(key, 4));
	it->done = !ok;
	it->rd = rd_of(ok ? it->cur.val : VIEW_LIT(""));
}

bool link_iter_next(struct link_iter *it, struct rec *out)
{
	uint8_t key[4];
	uint32_t s, after = it->supplier;
	struct view rec;
	be32_put(key, it->procurer);
	while (!it->done) {
		while (entry_next(&it->rd, &s, &rec)) {
			if (s <= after)
				continue;
			it->supplier = s;
			if (rec_decode(out, rec))
				return true;
			it->rd.bad = true;
		}
		if (it->rd.bad) {
			txn_fail(it->cur.txn, RC_DAMAGED);
			it->done = true;
		} else if (!cur_next(&it->cur) || !cur_in(&it->cur, view_of(key, 4))) {
			it->done = true;
		} else {
			it->rd = rd_of(it->cur.val);
		}
	}
	return false;
}

void link_iter_close(struct link_iter *it)
{
	cur_close(&it->cur);
}

bool link_active(const struct rec *link, int32_t day)
{
	int32_t start = rec_day(link, LINK_START), end = rec_day(link, LINK_END);
	return (start == DAY_NONE || start <= day) && (end == DAY_NONE || day <= end);
}

/* ---- neighbours from the adjacency ---- */

static enum rc neighbours(struct txn *t, enum adj_dir dir, uint32_t org, uint32_t **out, size_t *out_n)
{
	struct adj_reader r;
	struct adj_run run;
	AUTO(buf_done) struct buf b = BUF_INIT;

	adj_reader_init(&r, t, dir);
	for (bool ok = adj_first(&r, org, &run); ok; ok = adj_next(&r, &run))
		for (uint32_t i = 0; i < run.n; i++)
			buf_add(&b, &run.e[i].peer, 4);
	adj_reader_done(&r);
	if (r.bad)
		return RC_DAMAGED;
	if (!buf_ok(&b))
		return RC_NOMEM;
	*out_n = b.n / 4;
	*out = (void *)buf_steal(&b);
	return RC_OK;
}

enum rc link_suppliers(struct txn *t, uint32_t procurer, uint32_t **out, size_t *out_n)
{
	return neighbours(t, ADJ_OUT, procurer, out, out_n);
}

enum rc link_procurers(struct txn *t, uint32_t supplier, uint32_t **out, size_t *out_n)
{
	return neighbours(t, ADJ_IN, supplier, out, out_n);
}

static uint32_t count_active(struct txn *t, enum adj_dir dir, uint32_t org, int32_t day)
{
	struct adj_reader r;
	struct adj_run run;
	uint32_t n = 0;

	adj_reader_init(&r, t, dir);
	for (bool ok = adj_first(&r, org, &run); ok; ok = adj_next(&r, &run)) {
		const struct adj_dates *d = run.d;
		for (uint32_t i = 0; i < run.n; i++) {
			bool active = true;
			if (run.e[i].attr & ADJ_DATED) {
				active = (d->start == DAY_NONE || d->start <= day) &&
					 (d->end == DAY_NONE || day <= d->end);
				d++;
			}
			n += active;
		}
	}
	adj_reader_done(&r);
	if (r.bad)
		txn_fail(t, RC_DAMAGED);
	return n;
}

void link_active_counts(struct txn *t, uint32_t org, int32_t day, uint32_t *out_suppliers, uint32_t *out_procurers)
{
	*out_suppliers = count_active(t, ADJ_OUT, org, day);
	*out_procurers = count_active(t, ADJ_IN, org, day);
}
