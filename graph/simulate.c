/* simulate.c - see simulate.h. */
#include "graph/simulate.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/util.h"
#include "graph/chain.h"

const char *const stand_change_names[STAND_CHANGES] = { "opened", "closed", "entered", "left", "other" };

/* ---- changes ---- */

static void batch_free_p(struct batch **b) { batch_free(*b); }

enum rc simulate_op(struct txn *o, const struct op *op, int64_t at_ms, struct err *e)
{
	AUTO(batch_free_p) struct batch *b = NULL;
	struct op mine = *op;
	struct cmd c = { .type = CMD_OPS, .at_ms = at_ms, .actor = VIEW_LIT("system"), .ops = &mine, .n_ops = 1 };
	uint64_t revision;
	enum rc rc = batch_new(o, &b), gone;

	if (rc != RC_OK)
		return rc;
	rc = graph_apply(b, &c, &revision, e);
	gone = batch_finish(b);
	return gone != RC_OK ? gone : rc;
}

/* The names of the certificates that have to end. */
struct ending {
	int32_t day;
	unsigned level;
	size_t n;
	struct view name[CERTS_MAX];
	struct arena *mem;
	enum rc rc;
};

static bool find_ending(void *arg, struct view cert, const struct rec *r)
{
	struct ending *f = arg;

	if (!cert_valid_on(r, f->day) || cert_star(r) <= (int)f->level)
		return true;
	f->name[f->n] = arena_copy(f->mem, cert);
	if (!f->name[f->n].p)
		f->rc = RC_NOMEM;
	else
		f->n++;
	return f->rc == RC_OK && f->n < CERTS_MAX;
}

static enum rc revoke(struct txn *o, struct view org, const struct ending *f, int64_t at_ms, struct err *e)
{
	AUTO(buf_done) struct buf fields = BUF_INIT;
	enum rc rc = RC_OK;

	fl_int(&fields, CERT_REVOKED_ON, f->day);
	if (!buf_ok(&fields))
		return RC_NOMEM;
	for (size_t i = 0; i < f->n && rc == RC_OK; i++) {
		struct op op = { .kind = OP_MERGE, .ent = ENT_CERT, .a = org, .b = f->name[i],
				 .fields = buf_view(&fields) };
		rc = simulate_op(o, &op, at_ms, e);
	}
	return rc;
}

static enum rc issue(struct txn *o, uint32_t org, struct view id, unsigned level, int32_t day, int64_t at_ms,
		     struct err *e)
{
	AUTO(buf_done) struct buf fields = BUF_INIT;
	struct rec r;
	char name[32];
	unsigned i = 0;

	do /* a name that no certificate has */
		snprintf(name, sizeof name, "simulated-%u", i);
	while (cert_get(o, org, view_str(name), &r) == RC_OK && ++i <= CERTS_MAX);
	fl_bytes(&fields, CERT_SCHEME, level >= 3 ? VIEW_LIT("scs") : VIEW_LIT("security-action"));
	fl_int(&fields, CERT_LEVEL, level);
	fl_int(&fields, CERT_ISSUED, day);
	fl_int(&fields, CERT_SCOPE, SCOPE_ENTITY);
	fl_int(&fields, CERT_EVIDENCE, EVIDENCE_REGISTRY);
	if (!buf_ok(&fields))
		return RC_NOMEM;
	struct op op = { .kind = OP_PUT, .ent = ENT_CERT, .a = id, .b = view_str(name), .fields = buf_view(&fields) };
	return simulate_op(o, &op, at_ms, e);
}

static enum rc held_in(struct txn *o, uint32_t org, unsigned level, int32_t day, int64_t at_ms, struct arena *mem,
		       struct err *e)
{
	struct ending *f = arena_zalloc(mem, sizeof *f);
	struct view id = arena_copy(mem, org_id(o, org));

	if (!f || !id.p)
		return RC_NOMEM;
	f->day = day, f->level = level, f->mem = mem;
	cert_each(o, org, VIEW_LIT(""), find_ending, f);
	enum rc rc = f->rc != RC_OK ? f->rc : revoke(o, id, f, at_ms, e);
	if (rc != RC_OK)
		return rc;
	unsigned held = held_on(o, org, day).level;
	if (held > level)
		return err_set(e, RC_INVALID, "held_level", "%s",
			       "a certificate of the parent organisation holds this unit up; set the parent's level");
	return held < level ? issue(o, org, id, level, day, at_ms, e) : txn_rc(o);
}

enum rc simulate_held(struct txn *o, uint32_t org, unsigned level, int32_t day, int64_t at_ms, struct err *e)
{
	struct arena *mem = arena_new();
	enum rc rc = mem ? held_in(o, org, level, day, at_ms, mem, e) : RC_NOMEM;

	arena_free(mem);
	return rc;
}

/* ---- sides ---- */

struct standing_by {
	struct chain c;
	struct stand *s;
	size_t n, cap;
	bool full;
};

static void stand_add(void *arg, uint32_t supplier)
{
	struct standing_by *b = arg;
	struct standing_in st;
	uint32_t n;

	chain_steps(&b->c, supplier, &n, &st);
	struct chain_item i = chain_judge(&b->c, supplier, &st,
					  cell_tier(st.cell) == 1 ? own_find(&b->c, supplier) : NULL);
	if (b->n == b->cap) {
		size_t cap = b->cap ? b->cap + b->cap / 2 : 256;
		struct stand *p = realloc(b->s, cap * sizeof *p);
		if (!p) {
			b->full = true;
			return;
		}
		b->s = p;
		b->cap = cap;
	}
	b->s[b->n++] = (struct stand){ supplier, i.tier, i.required, i.held, i.state, i.timing,
				       walk_named(&b->c.w, b->c.w.s->cell[supplier]), i.due };
}

static int by_supplier(const void *a, const void *b)
{
	const struct stand *x = a, *y = b;

	return (x->supplier > y->supplier) - (x->supplier < y->supplier);
}

enum rc stands_compute(struct txn *t, struct scratch *s, const struct chain_query *q, struct stand **out,
		       size_t *out_n)
{
	struct standing_by b = { 0 };
	enum rc rc = chain_open(&b.c, t, s, q, false);
	bool in_order = b.c.w.swept;

	if (rc == RC_OK)
		rc = chain_each(&b.c, stand_add, &b);
	if (rc == RC_OK && b.full)
		rc = RC_NOMEM;
	chain_done(&b.c);
	if (rc != RC_OK) {
		free(b.s);
		return rc;
	}
	if (!in_order && b.n)
		qsort(b.s, b.n, sizeof *b.s, by_supplier);
	*out = b.s;
	*out_n = b.n;
	return RC_OK;
}

static bool stands_alike(const struct stand *a, const struct stand *b)
{
	return a->tier == b->tier && a->required == b->required && a->held == b->held && a->state == b->state &&
	       (a->state != ST_GAP || a->timing == b->timing) && a->due == b->due;
}

static enum stand_change change_of(const struct stand *before, const struct stand *after)
{
	if (!before)
		return STAND_ENTERED;
	if (!after)
		return STAND_LEFT;
	if ((before->state == ST_GAP) == (after->state == ST_GAP))
		return STAND_OTHER;
	return after->state == ST_GAP ? STAND_OPENED : STAND_CLOSED;
}

static bool diff_add(struct stand_diffs *d, size_t *cap, const struct stand *before, const struct stand *after)
{
	if (d->n == *cap) {
		size_t n = *cap ? *cap * 2 : 64;
		struct stand_diff *p = realloc(d->items, n * sizeof *p);
		if (!p)
			return false;
		d->items = p;
		*cap = n;
	}
	const struct stand *now = after ? after : before;
	d->items[d->n++] = (struct stand_diff){ now->supplier, now->tier, (uint8_t)change_of(before, after),
						/* what one knew by name is not hidden again by a simulation */
						before ? before->named : after->named, before, after };
	d->opened += after && after->state == ST_GAP && !(before && before->state == ST_GAP);
	d->closed += before && before->state == ST_GAP && after && after->state != ST_GAP;
	d->entered += !before;
	d->left += !after;
	return true;
}

static int by_tier(const void *a, const void *b)
{
	const struct stand_diff *x = a, *y = b;

	if (x->tier != y->tier)
		return x->tier < y->tier ? -1 : 1;
	return (x->supplier > y->supplier) - (x->supplier < y->supplier);
}

enum rc stands_compare(const struct stand *before, size_t n_before, const struct stand *after, size_t n_after,
		       struct stand_diffs *out)
{
	struct stand_diffs d = { 0 };
	size_t cap = 0, i = 0, k = 0;
	bool ok = true;

	while (ok && (i < n_before || k < n_after)) {
		const struct stand *a = i < n_before ? &before[i] : NULL, *b = k < n_after ? &after[k] : NULL;
		if (a && b && a->supplier != b->supplier) {
			if (a->supplier < b->supplier)
				b = NULL;
			else
				a = NULL;
		}
		i += a != NULL;
		k += b != NULL;
		if (!a || !b || !stands_alike(a, b))
			ok = diff_add(&d, &cap, a, b);
	}
	if (!ok) {
		free(d.items);
		return RC_NOMEM;
	}
	if (d.n)
		qsort(d.items, d.n, sizeof *d.items, by_tier);
	*out = d;
	return RC_OK;
}

void stand_diffs_done(struct stand_diffs *d)
{
	free(d->items);
	*d = (struct stand_diffs){ 0 };
}
