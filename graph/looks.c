/*
 * looks.c - see looks.h. The blob: per entry u8 what;
 *   0 a look   varint subject, u8 kind, zigzag ms, varint viewer, actor (varint length and text)
 *   1 a drop   varint subject, zigzag ms: its looks before that go
 *   2 a use    varint token, zigzag ms: when it was used last
 */
#include "graph/looks.h"

#include "base/util.h"
#include "graph/state.h"
#include "graph/token.h"

#define KEY_BYTES 16
#define SUBJECTS_PER_STEP 4096 /* each costs a look-up, whether it has old ones or not */

enum { BLOB_LOOK, BLOB_DROP, BLOB_USED };

const char *const look_names[LOOK__COUNT] = {
	"org", "certificates", "link", "clauses", "targets", "suppliers", "procurers", "impact", "incident",
	"dependency", "exposure", "gaps", "expiring", "clause-gaps", "chokepoints", "history", "export", "chain",
	"drills",
};

static void key_put(uint8_t key[KEY_BYTES], uint32_t subject, int64_t at_ms, uint32_t number)
{
	be32_put(key, subject);
	be64_put(key + 4, (uint64_t)at_ms);
	be32_put(key + 12, number);
}

void looks_blob_add(struct buf *blob, const struct look *l)
{
	buf_addc(blob, BLOB_LOOK);
	buf_varint(blob, l->subject);
	buf_addc(blob, (char)l->kind);
	buf_svarint(blob, l->at_ms);
	buf_varint(blob, l->viewer);
	buf_lenbytes(blob, l->actor);
}

void looks_blob_drop(struct buf *blob, uint32_t subject, int64_t before_ms)
{
	buf_addc(blob, BLOB_DROP);
	buf_varint(blob, subject);
	buf_svarint(blob, before_ms);
}

void looks_blob_used(struct buf *blob, uint64_t token, int64_t at_ms)
{
	buf_addc(blob, BLOB_USED);
	buf_varint(blob, token);
	buf_svarint(blob, at_ms);
}

/* ---- applying ---- */

static void look_put(struct batch *b, const struct look *l)
{
	AUTO(buf_done) struct buf v = BUF_INIT;
	uint8_t key[KEY_BYTES];
	uint32_t number = 0;
	struct view old;

	key_put(key, l->subject, l->at_ms, number);
	while (txn_get(b->w, DB_LOOK, view_of(key, KEY_BYTES), &old) == RC_OK)
		key_put(key, l->subject, l->at_ms, ++number);
	buf_addc(&v, (char)l->kind);
	buf_varint(&v, l->viewer);
	buf_lenbytes(&v, l->actor);
	if (buf_ok(&v))
		txn_put(b->w, DB_LOOK, view_of(key, KEY_BYTES), buf_view(&v));
	else
		txn_fail(b->w, RC_NOMEM);
}

static void looks_drop(struct batch *b, uint32_t subject, int64_t before_ms)
{
	uint8_t key[KEY_BYTES];
	AUTO_CUR struct cur c;

	key_put(key, subject, 0, 0);
	cur_open(&c, b->w, DB_LOOK);
	while (cur_ge(&c, view_of(key, KEY_BYTES)) && cur_in(&c, view_of(key, 4)) &&
	       (int64_t)be64_get((const uint8_t *)c.key.p + 4) < before_ms)
		cur_del(&c);
}

static bool entry(struct batch *b, struct rd *rd)
{
	struct look l = { 0 };
	unsigned what = rd_u8(rd);
	uint64_t id = rd_varint(rd);

	l.subject = (uint32_t)id;
	if (what == BLOB_LOOK)
		l.kind = rd_u8(rd);
	l.at_ms = rd_svarint(rd);
	if (what == BLOB_LOOK) {
		l.viewer = (uint32_t)rd_varint(rd);
		l.actor = rd_lenbytes(rd);
	}
	if (rd->bad || what > BLOB_USED || l.kind >= LOOK__COUNT || l.at_ms < 0)
		return false;
	if (what == BLOB_LOOK)
		look_put(b, &l);
	else if (what == BLOB_DROP)
		looks_drop(b, l.subject, l.at_ms);
	else if (l.at_ms > token_used(b->w, id))
		token_use_put(b->w, id, l.at_ms);
	return true;
}

enum rc apply_looks(struct batch *b, const struct cmd *c, struct err *e)
{
	struct rd rd = rd_of(c->blob);

	log_append(b, c);
	b->seq = 0;
	while (rd_more(&rd) && txn_rc(b->w) == RC_OK)
		if (!entry(b, &rd))
			return err_set(e, RC_INTERNAL, NULL, "looks");
	b->revision = b->new_revision;
	return txn_rc(b->w);
}

/* ---- what is old ---- */

/* How many of the subject under the cursor are older, at most max; *out_until: up to where. */
static size_t old_of(struct cur *c, uint32_t subject, int64_t before_ms, size_t max, int64_t *out_until)
{
	uint8_t key[4];
	size_t n = 0;

	be32_put(key, subject);
	for (bool ok = true; ok && cur_in(c, view_of(key, 4)); ok = cur_next(c)) {
		int64_t at = (int64_t)be64_get((const uint8_t *)c->key.p + 4);
		if (at >= before_ms)
			break;
		*out_until = at + 1;
		if (++n >= max)
			break;
	}
	return n;
}

bool looks_old(struct txn *t, uint32_t *from, int64_t before_ms, size_t max, struct buf *blob)
{
	uint8_t key[KEY_BYTES];
	AUTO_CUR struct cur c;

	cur_open(&c, t, DB_LOOK);
	for (unsigned subjects = 0; max && subjects < SUBJECTS_PER_STEP; subjects++) {
		int64_t until = 0;
		key_put(key, *from, 0, 0);
		if (!cur_ge(&c, view_of(key, KEY_BYTES)) || c.key.n != KEY_BYTES)
			return false;
		*from = be32_get(c.key.p);
		size_t n = old_of(&c, *from, before_ms, max, &until);
		if (n)
			looks_blob_drop(blob, *from, until);
		max -= n;
		if (max && (*from)++ == UINT32_MAX)
			return false;
	}
	return true;
}

/* ---- reading ---- */

void look_iter_open(struct look_iter *it, struct txn *t, uint32_t subject, int64_t at_ms, uint32_t number)
{
	uint8_t key[KEY_BYTES];

	*it = (struct look_iter){ .subject = subject };
	cur_open(&it->cur, t, DB_LOOK);
	key_put(key, subject, at_ms, number);
	if (!cur_ge(&it->cur, view_of(key, KEY_BYTES)))
		cur_last(&it->cur);
	else
		cur_prev(&it->cur);
}

bool look_iter_next(struct look_iter *it, struct look *out)
{
	uint8_t key[4];

	be32_put(key, it->subject);
	if (it->begun)
		cur_prev(&it->cur);
	it->begun = true;
	if (!cur_in(&it->cur, view_of(key, 4)) || it->cur.key.n != KEY_BYTES)
		return false;
	const uint8_t *k = it->cur.key.p;
	struct rd rd = rd_of(it->cur.val);
	*out = (struct look){ .subject = it->subject, .at_ms = (int64_t)be64_get(k + 4),
			      .number = be32_get(k + 12) };
	out->kind = rd_u8(&rd);
	out->viewer = (uint32_t)rd_varint(&rd);
	out->actor = rd_lenbytes(&rd);
	if (rd.bad || out->kind >= LOOK__COUNT) {
		txn_fail(it->cur.txn, RC_DAMAGED);
		return false;
	}
	return true;
}

void look_iter_close(struct look_iter *it) { cur_close(&it->cur); }
