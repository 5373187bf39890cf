/*
 * adj_patch.c - the common single write: links that exist already get other attributes. Then nothing in
 * a block moves, so it is copied and a few numbers are changed, instead of being built anew list by list.
 */
#include "graph/adj.h"

#include "base/buf.h"
#include "base/pack.h"
#include "base/util.h"

/* The entry of peer in the run; NULL: none. */
static const struct adj_ent *run_find(const struct adj_run *run, uint32_t peer)
{
	uint32_t lo = 0, hi = run->n;
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (run->e[mid].peer < peer)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < run->n && run->e[lo].peer == peer ? &run->e[lo] : NULL;
}

/* Where in the block's bytes the attributes lie that e replaces; 0: e moves something. */
static size_t place_of(struct adj_reader *r, const struct side_edit *e)
{
	struct adj_run run;
	if (e->attr & (ADJ_GONE | ADJ_DATED) || !adj_slot(r, e->org % ADJ_BLOCK, &run))
		return 0;
	const struct adj_ent *old = run_find(&run, e->peer);
	if (!old || old->attr & ADJ_DATED)
		return 0;
	return (size_t)((const char *)old - r->block.p) + offsetof(struct adj_ent, attr);
}

bool adj_patch(struct txn *w, enum adj_dir dir, uint32_t no, const struct side_edit *es, size_t n)
{
	AUTO(buf_done) struct buf bytes = BUF_INIT;
	struct adj_reader r;
	uint8_t key[4];

	adj_reader_init(&r, w, dir);
	if (!adj_load(&r, no))
		return false;
	for (size_t k = 0; k < n; k++) {
		if (r.block.hubs >> (es[k].org % ADJ_BLOCK) & 1)
			continue;
		size_t at = place_of(&r, &es[k]);
		if (at && !bytes.n)
			buf_add(&bytes, r.block.p, ADJ_HEAD_BYTES + 8 * ((size_t)r.block.n + r.block.n_dated));
		if (!at || !buf_ok(&bytes))
			return false;
		memcpy(bytes.p + at, &es[k].attr, sizeof es[k].attr);
	}
	be32_put(key, no);
	if (bytes.n) /* else the hubs took all */
		txn_put(w, dir == ADJ_OUT ? DB_OUT : DB_IN, view_of(key, 4), buf_view(&bytes));
	return true;
}
