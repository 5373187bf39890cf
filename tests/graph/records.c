/* records.c - all records of a store, read from their databases without the code under test. */
#include "tests/graph/records.h"

#include <check.h>

#include "base/util.h"
#include "graph/state.h"

static void add(struct buf *out, enum ent ent, struct view key, struct view rec)
{
	AUTO(buf_done) struct buf k = BUF_INIT;

	buf_addc(&k, (char)ent);
	buf_addv(&k, key);
	buf_lenbytes(out, buf_view(&k));
	buf_lenbytes(out, rec);
}

static void plain(struct txn *t, enum ent ent, enum db db, struct buf *out)
{
	AUTO_CUR struct cur c;

	cur_open(&c, t, db);
	for (bool ok = cur_first(&c); ok; ok = cur_next(&c))
		add(out, ent, c.key, c.val);
}

static void links(struct txn *t, struct buf *out)
{
	AUTO_CUR struct cur c;
	uint8_t key[8];

	cur_open(&c, t, DB_LINK);
	for (bool ok = cur_first(&c); ok; ok = cur_next(&c)) {
		struct rd rd = rd_of(c.val);

		while (rd_more(&rd)) {
			memcpy(key, c.key.p, 4);
			be32_put(key + 4, rd_be32(&rd));
			add(out, ENT_LINK, view_of(key, 8), rd_lenbytes(&rd));
		}
		ck_assert(!rd.bad);
	}
}

void records_all(struct txn *t, struct buf *out)
{
	buf_clear(out);
	plain(t, ENT_ORG, DB_ORG, out);
	links(t, out);
	plain(t, ENT_CERT, DB_CERT, out);
	plain(t, ENT_CLAUSE, DB_CLAUSE, out);
	plain(t, ENT_TARGETS, DB_TARGETS, out);
	plain(t, ENT_DRILL, DB_DRILL, out);
	ck_assert(buf_ok(out));
}

void records_lost(const struct buf *before, const struct buf *after, struct buf *out)
{
	struct rd b = rd_of(buf_view(before)), a = rd_of(buf_view(after));
	struct view ka = { 0 }, ra = { 0 };

	buf_clear(out);
	while (rd_more(&b)) {
		struct view kb = rd_lenbytes(&b), rb = rd_lenbytes(&b);

		while (rd_more(&a) && (!ka.p || view_cmp(ka, kb) < 0)) {
			ka = rd_lenbytes(&a);
			ra = rd_lenbytes(&a);
		}
		if (ka.p && view_eq(ka, kb) && view_eq(ra, rb))
			continue;
		buf_lenbytes(out, kb);
		buf_lenbytes(out, rb);
	}
	ck_assert(!a.bad && !b.bad && buf_ok(out));
}

struct gather {
	uint64_t revision;
	struct buf *out;
};

static bool gather_one(void *arg, const struct past *p)
{
	struct gather *g = arg;

	if (p->revision == g->revision)
		add(g->out, p->ent, p->key, p->rec);
	return p->revision == g->revision;
}

void records_past(struct txn *t, uint64_t revision, struct buf *out)
{
	struct gather g = { revision, out };

	buf_clear(out);
	past_each(t, revision, gather_one, &g);
}

void records_neighbours(struct txn *t, enum adj_dir d, uint32_t org, struct buf *out)
{
	struct adj_reader r;
	struct adj_run run;

	buf_clear(out);
	adj_reader_init(&r, t, d);
	for (bool ok = adj_first(&r, org, &run); ok; ok = adj_next(&r, &run)) {
		size_t dated = 0;

		for (uint32_t i = 0; i < run.n; i++) {
			buf_add(out, &run.e[i], 8);
			if (run.e[i].attr & ADJ_DATED)
				buf_add(out, &run.d[dated++], 8);
		}
	}
	adj_reader_done(&r);
	ck_assert(!r.bad);
}
