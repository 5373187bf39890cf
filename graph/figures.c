/*
 * figures.c - kept figures of watched procurers and their history, one row a day.
 * FIGURES: be64 revision, exposure. HISTORY: exposure. Blob of CMD_FIGURES: per procurer be32 number,
 * zigzag day, cause (length + text), exposure (length + bytes).
 */
#include "base/json_out.h"
#include "base/util.h"
#include "graph/answers.h"
#include "graph/state.h"

void figures_blob_add(struct buf *blob, uint32_t procurer, int32_t day, const char *cause_event_id,
		      const struct exposure *x)
{
	AUTO(buf_done) struct buf bytes = BUF_INIT;
	uint8_t be[4];
	be32_put(be, procurer);
	exposure_encode(x, &bytes);
	if (!buf_ok(&bytes))
		blob->failed = true;
	buf_add(blob, be, 4);
	buf_svarint(blob, day);
	buf_lenbytes(blob, view_str(cause_event_id));
	buf_lenbytes(blob, buf_view(&bytes));
}

enum rc figures_get(struct txn *t, uint32_t procurer, struct exposure *out, uint64_t *out_revision)
{
	uint8_t key[4];
	struct view v;
	be32_put(key, procurer);
	enum rc rc = txn_get(t, DB_FIGURES, view_of(key, 4), &v);
	if (rc != RC_OK)
		return rc;
	if (v.n < 8 || !exposure_decode(view_of((const uint8_t *)v.p + 8, v.n - 8), out))
		return RC_DAMAGED;
	*out_revision = be64_get(v.p);
	return RC_OK;
}

void history_each(struct txn *t, uint32_t procurer, int32_t from, int32_t to,
		  bool (*fn)(void *arg, int32_t day, const struct exposure *x), void *arg)
{
	uint8_t key[8];
	struct exposure x;
	AUTO_CUR struct cur c;
	be32_put(key, procurer);
	beday_put(key + 4, from);
	cur_open(&c, t, DB_HISTORY);
	for (bool ok = cur_ge(&c, view_of(key, 8)); ok && cur_in(&c, view_of(key, 4)); ok = cur_next(&c)) {
		int32_t day = beday_get((const uint8_t *)c.key.p + 4);
		if (day > to)
			return;
		if (!exposure_decode(c.val, &x)) {
			txn_fail(t, RC_DAMAGED);
			return;
		}
		if (!fn(arg, day, &x))
			return;
	}
}

/* The day apart: a new day with the same figures is no change. */
static bool same_figures(const struct exposure *a, const struct exposure *b)
{
	struct exposure x = *a, y = *b;
	AUTO(buf_done) struct buf bx = BUF_INIT, by = BUF_INIT;
	x.on = y.on = 0;
	exposure_encode(&x, &bx);
	exposure_encode(&y, &by);
	return buf_ok(&bx) && buf_ok(&by) && view_eq(buf_view(&bx), buf_view(&by));
}

static void changed_event(struct batch *b, struct view id, const struct exposure *before, const struct exposure *after,
			  struct view cause)
{
	AUTO(buf_done) struct buf data = BUF_INIT;
	struct json j;
	json_init(&j, &data);
	json_obj(&j);
	json_key(&j, "procurer");
	json_strv(&j, id);
	json_key(&j, "cause");
	if (cause.n)
		json_strv(&j, cause);
	else
		json_nil(&j);
	json_key(&j, "before");
	if (before)
		exposure_json(&j, id, before);
	else
		json_nil(&j);
	json_key(&j, "after");
	exposure_json(&j, id, after);
	json_obj_end(&j);
	if (buf_ok(&data))
		event_put(b, EV_EXPOSURE_CHANGED, id, buf_view(&data));
	else
		txn_fail(b->w, RC_NOMEM);
}

static void figures_put(struct batch *b, uint32_t org, int32_t day, struct view bytes)
{
	uint8_t key[8];
	AUTO(buf_done) struct buf v = BUF_INIT;
	uint8_t rev[8];
	be32_put(key, org);
	be64_put(rev, b->new_revision);
	buf_add(&v, rev, 8);
	buf_addv(&v, bytes);
	if (!buf_ok(&v)) {
		txn_fail(b->w, RC_NOMEM);
		return;
	}
	txn_put(b->w, DB_FIGURES, view_of(key, 4), buf_view(&v));
	beday_put(key + 4, day);
	txn_put(b->w, DB_HISTORY, view_of(key, 8), bytes);
}

static void one(struct batch *b, uint32_t org, int32_t day, struct view cause, struct view bytes)
{
	struct exposure before, after;
	uint64_t rev;
	struct rec r;
	/* targets may have gone since the figures were computed: then nobody watches */
	if (targets_get(b->w, org, &r) != RC_OK || !exposure_decode(bytes, &after))
		return;
	enum rc rc = figures_get(b->w, org, &before, &rev);
	if (rc != RC_OK && rc != RC_NOT_FOUND) {
		txn_fail(b->w, rc);
		return;
	}
	struct view id = arena_copy(b->arena, org_id(b->w, org));
	if (id.p && (rc == RC_NOT_FOUND || !same_figures(&before, &after)))
		changed_event(b, id, rc == RC_OK ? &before : NULL, &after, cause);
	figures_put(b, org, day, bytes);
}

enum rc apply_figures(struct batch *b, const struct cmd *c, struct err *e)
{
	struct rd rd = rd_of(c->blob);
	log_append(b, c);
	b->seq = 0;
	while (rd_more(&rd) && txn_rc(b->w) == RC_OK) {
		uint32_t org = rd_be32(&rd);
		int32_t day = (int32_t)rd_svarint(&rd);
		struct view cause = rd_lenbytes(&rd), bytes = rd_lenbytes(&rd);
		if (!rd.bad)
			one(b, org, day, cause, bytes);
	}
	if (rd.bad)
		return err_set(e, RC_INTERNAL, NULL, "figures");
	meta_put_u64(b->w, "figured", c->figured);
	b->revision = b->new_revision;
	return txn_rc(b->w);
}
