/*
 * link.c - reading link records, which lie in segments (written by segment.c): the records of one procurer lie packed in supplier order, a
 * segment of up to about 1.5 kB a value, so that reading all links of a buyer is a sequential read and a
 * record costs no B-tree entry of its own.
 *
 * Key: be32 procurer, be32 first (0 for a procurer's first segment). Value: per record be32 supplier,
 * varint length, record bytes; ascending suppliers.
 */
#include "base/util.h"
#include "graph/state.h"

bool segment_find(struct cur *c, uint32_t procurer, uint32_t supplier)
{
	uint8_t key[8];
	pair_key(key, procurer, supplier);
	return cur_le(c, view_of(key, 8)) && cur_in(c, view_of(key, 4));
}

bool segment_next(struct rd *rd, uint32_t *out_supplier, struct view *out_rec)
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
	while (segment_next(&rd, &s, &rec)) {
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
		while (segment_next(&it->rd, &s, &rec)) {
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
