/*
 * round.c - one round of the figurer: from new revisions to new figures.
 *
 * A round takes one snapshot and all revisions up to it, recomputes who is touched (touched.c), and
 * submits what changed as one command that also says how far the figures now stand. The snapshot is let go before
 * the round waits for the writer. Where a crowd must be computed, each batch of it has a snapshot of its own and is
 * submitted by itself. A crash loses at most a round, which the next start repeats: rows that it finds written
 * already are the same and give no second event.
 */
#include "services/figurer_int.h"

#include "base/util.h"

#define BLOB_MAX ((size_t)8 << 20)
#define BEHIND_MAX 10000 /* revisions that META may lag where nothing changed */

struct round {
	struct figurer *f;
	struct txn *t;
	uint64_t revision;
	int32_t today;
	const struct exposure *given; /* computed already, for today */
};

static enum rc compute(struct round *r, size_t i, int32_t on, struct exposure *out)
{
	struct touched *x = &r->f->touched;
	const struct watch *w = &x->watches[i];
	struct chain_query q = {
		.procurer = w->org, .depth = w->depth, .on = on, .horizon = HORIZON_DEFAULT,
		.caller = { .sees_all = true },
	};

	atomic_fetch_add(&r->f->computed, 1);
	if (r->given) {
		*out = *r->given;
		return RC_OK;
	}
	return exposure_compute_memo(r->t, x->scratch, &q, out, &x->memos[i]);
}

/* Where only organisations far below hold something else: their parts of the figures move. Answers the first
 * of them as a touch, or NULL. */
static const struct touch *shift(struct round *r, size_t i, struct exposure *x, struct touch *out)
{
	const struct touched *touched = &r->f->touched;
	size_t n;
	const struct delta *d = touched_deltas(touched, i, &n);

	for (size_t k = 0; k < n; k++) {
		const struct shift *s = &touched->shifts[d[k].shift];

		exposure_shift(x, &touched->memos[i], s->org, d[k].cell, s->before, s->after);
		if (k == 0)
			*out = (struct touch){ .cause = s->cause };
	}
	atomic_fetch_add(&r->f->shifted, n > 0);
	return n ? out : NULL;
}

static bool same(const struct exposure *a, const struct exposure *b)
{
	AUTO(buf_done) struct buf x = BUF_INIT, y = BUF_INIT;

	exposure_encode(a, &x);
	exposure_encode(b, &y);
	return buf_ok(&x) && buf_ok(&y) && view_eq(buf_view(&x), buf_view(&y));
}

static void blob_add(struct round *r, uint32_t org, int32_t day, const struct touch *why,
		     const struct exposure *x)
{
	char id[EVENT_ID_TEXT] = "";

	if (why && why->cause.revision)
		event_id_format(why->cause.revision, why->cause.seq, id);
	figures_blob_add(&r->f->blob, org, day, id, x);
}

/* The rows of one procurer: each new day, and today where a write touched it. */
static enum rc figure(struct round *r, size_t i)
{
	const struct touched *x = &r->f->touched;
	const struct watch *w = &x->watches[i];
	const struct touch *written = touched_find(x, i, DAY_NONE), *moved = NULL;
	struct exposure now, kept;
	struct touch first;
	uint64_t rev;
	enum rc rc = figures_get(r->t, w->org, &kept, &rev);
	bool have = rc == RC_OK;

	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	for (size_t d = 0; d < x->n_days; d++) {
		int32_t day = x->days[d];
		const struct touch *why = touched_find(x, i, day);

		now = kept;
		now.on = day;
		if (!have || written || why) {
			rc = compute(r, i, day, &now);
			if (rc != RC_OK)
				return rc;
		} else {
			moved = shift(r, i, &now, &first);
		}
		blob_add(r, w->org, day, why ? why : written ? written : moved, &now);
		kept = now;
		have = true;
	}
	if (have && x->n_days && x->days[x->n_days - 1] == r->today)
		return RC_OK;
	now = kept;
	if (!have || written) {
		rc = compute(r, i, r->today, &now);
	} else {
		moved = shift(r, i, &now, &first);
		if (!moved)
			return RC_OK;
	}
	if (rc == RC_OK && (!have || !same(&now, &kept)))
		blob_add(r, w->org, r->today, written ? written : moved, &now);
	return rc;
}

/* ---- a round ---- */

static bool is_touched(const struct touched *x, size_t i)
{
	size_t n;

	return x->n_days > 0 || touched_find(x, i, DAY_NONE) || touched_deltas(x, i, &n);
}

static bool must_compute(struct round *r, size_t i)
{
	const struct touched *x = &r->f->touched;
	struct exposure kept;
	uint64_t rev;

	return touched_find(x, i, DAY_NONE) || (x->n_days == 1 && touched_find(x, i, x->days[0])) ||
	       figures_get(r->t, x->watches[i].org, &kept, &rev) != RC_OK;
}

/* Those who must be computed for today and no other day, if they are many. */
static enum rc crowd_gather(struct round *r)
{
	struct figurer *f = r->f;
	const struct touched *x = &f->touched;
	enum rc rc = RC_OK;

	crowd_clear(&f->crowd);
	for (size_t i = 0; i < x->n_watches && x->n_days <= 1 && rc == RC_OK; i++)
		if (is_touched(x, i) && must_compute(r, i))
			rc = crowd_add(&f->crowd, i);
	if (f->crowd.n_waiting < atomic_load(&f->crowd_from))
		f->crowd.n_waiting = 0;
	return rc;
}

/* A part of the round is submitted: the snapshot must be taken anew, or it would be pinned for long; what
 * follows then stands at a newer one than the table of standings. */
static enum rc submit_part(struct round *r, uint64_t figured)
{
	struct figurer *f = r->f;
	enum rc rc;

	touched_forget(&f->touched);
	txn_reset(f->txn);
	rc = f->blob.n > 0 || f->blob.failed ? figurer_submit(f, figured) : RC_OK;
	return rc == RC_OK ? txn_renew(f->txn) : rc;
}

static enum rc batch_figures(struct round *r)
{
	struct crowd *c = &r->f->crowd;
	enum rc rc = crowd_next(c, &r->f->touched, r->t, r->today);

	for (size_t i = 0; i < c->n_batch && rc == RC_OK; i++) {
		r->given = c->left >> i & 1 ? NULL : &c->figures[i];
		rc = figure(r, c->batch[i]);
	}
	r->given = NULL;
	return rc;
}

static enum rc crowd_figures(struct round *r, uint64_t before)
{
	struct crowd *c = &r->f->crowd;
	enum rc rc = RC_OK;

	while (c->n_waiting > 0 && rc == RC_OK) {
		rc = batch_figures(r);
		if (rc == RC_OK && c->n_waiting > 0)
			rc = figurer_is_stopping(r->f) ? RC_STOPPING : submit_part(r, before);
	}
	crowd_clear(c);
	return rc;
}

/* Everybody else who is touched; the crowd's own come after. */
static enum rc each_figures(struct round *r, uint64_t before)
{
	struct figurer *f = r->f;
	size_t next = 0; /* of the crowd, which is in the same order */
	enum rc rc = RC_OK;

	for (size_t i = 0; i < f->touched.n_watches && rc == RC_OK; i++) {
		if (next < f->crowd.n_waiting && f->crowd.waiting[next] == i) {
			next++;
			continue;
		}
		if (!is_touched(&f->touched, i))
			continue;
		rc = figure(r, i);
		if (rc == RC_OK && f->blob.n > BLOB_MAX)
			rc = submit_part(r, before);
	}
	return rc;
}

enum rc figurer_round(struct figurer *f, uint64_t *out_revision)
{
	struct round r = { .f = f };
	enum rc rc = txn_renew(f->txn);
	uint64_t before = f->kept;

	if (rc != RC_OK)
		return rc;
	r.t = f->txn;
	r.revision = graph_revision(r.t);
	r.today = graph_today(r.t);
	rc = touched_collect(&f->touched, r.t, atomic_load(&f->done), r.revision);
	buf_clear(&f->blob);
	f->blob.failed = false;
	if (rc == RC_OK)
		rc = crowd_gather(&r);
	if (rc == RC_OK)
		rc = each_figures(&r, before);
	if (rc == RC_OK)
		rc = crowd_figures(&r, before);
	if (rc == RC_OK)
		rc = txn_rc(f->txn);
	txn_reset(f->txn);
	if (rc == RC_OK && (f->blob.n > 0 || f->blob.failed || r.revision - f->kept > BEHIND_MAX))
		rc = figurer_submit(f, r.revision);
	if (rc != RC_OK)
		touched_forget(&f->touched);
	*out_revision = r.revision;
	return rc;
}

/* ---- what the next change will need ---- */

/* Memos that are missing, after a start or a failure. */
static enum rc warm_memos(struct figurer *f)
{
	struct touched *x = &f->touched;
	struct crowd *c = &f->crowd;
	struct round r = { .f = f, .t = f->txn };
	struct exposure unused;
	enum rc rc = RC_OK;

	crowd_clear(c);
	for (size_t i = 0; i < x->n_watches && rc == RC_OK; i++)
		if (!x->memos[i].valid)
			rc = crowd_add(c, i);
	atomic_store(&f->is_warm, rc == RC_OK && c->n_waiting == 0);
	if (rc != RC_OK || c->n_waiting == 0)
		return rc;
	if (c->n_waiting < atomic_load(&f->crowd_from))
		return compute(&r, c->waiting[0], graph_today(f->txn), &unused);
	rc = crowd_next(c, x, f->txn, graph_today(f->txn));
	for (size_t i = 0; i < c->n_batch && rc == RC_OK; i++)
		if (c->left >> i & 1)
			rc = compute(&r, c->batch[i], graph_today(f->txn), &unused);
	return rc;
}

bool figurer_warm(struct figurer *f)
{
	bool more;

	if (atomic_load(&f->is_warm) || txn_renew(f->txn) != RC_OK)
		return false;
	/* what it remembers must belong to the figures that are kept */
	more = graph_revision(f->txn) == atomic_load(&f->done) &&
	       touched_prepare(&f->touched, f->txn) == RC_OK && warm_memos(f) == RC_OK;
	txn_reset(f->txn);
	if (!more || atomic_load(&f->is_warm))
		crowd_clear(&f->crowd);
	return more;
}
