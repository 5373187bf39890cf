/*
 * apply.c - one function applies a command, deterministically: ops on entities, midnight, kept
 * figures, import jobs. It also appends the log; nothing else changes state.
 */
#include <stdio.h>

#include "base/util.h"
#include "graph/audit.h"
#include "graph/state.h"

/* ---- set-up ---- */

void today_put(struct txn *w, int32_t day)
{
	meta_put_u64(w, "today", (uint64_t)((int64_t)day + (1ll << 31)));
}

enum rc graph_init(struct txn *w, int64_t now_ms)
{
	enum rc rc = store_secret_make(txn_store(w), NULL);
	if (rc != RC_OK)
		return rc;
	store_secret_note(w);
	meta_put_u64(w, "revision", 0);
	meta_put_u64(w, "next_org", 1);
	meta_put_u64(w, "links", 0);
	meta_put_u64(w, "figured", 0);
	meta_put_u64(w, "past_from", 0);
	meta_put_u64(w, "created", (uint64_t)now_ms);
	today_put(w, day_of_instant_jst(now_ms));
	return txn_rc(w);
}

enum rc batch_new(struct txn *w, struct batch **out)
{
	struct batch *b = calloc(1, sizeof *b);
	if (!b)
		return RC_NOMEM;
	b->w = w;
	b->arena = arena_new();
	b->keep = arena_new();
	b->revision = graph_revision(w);
	b->links = graph_link_count(w);
	b->max_org = graph_max_org(w);
	b->today = graph_today(w);
	b->scs_start = (int32_t)((int64_t)meta_get_u64(w, "scs_start", 0));
	if (!b->scs_start)
		b->scs_start = day_from_ymd(2027, 3, 1);
	/* the first batch on a store of an older format: only from here on it is known what records were */
	if (meta_get_u64(w, "past_from", UINT64_MAX) == UINT64_MAX)
		meta_put_u64(w, "past_from", b->revision);
	enum rc rc = b->arena && b->keep ? graph_secret(w, b->secret) : RC_NOMEM;
	if (rc == RC_OK)
		rc = audit_hash_at(w, b->revision, b->chain);
	if (rc != RC_OK) {
		batch_free(b);
		return rc;
	}
	*out = b;
	return RC_OK;
}

void batch_free(struct batch *b)
{
	if (!b)
		return;
	arena_free(b->arena);
	arena_free(b->keep);
	adj_edits_done(&b->edits);
	name_edits_done(&b->names);
	free(b->held);
	buf_done(&b->targets_bytes);
	bulk_done(b);
	buf_done(&b->segment.bytes);
	buf_done(&b->past.last);
	free(b);
}

enum rc batch_finish(struct batch *b)
{
	adj_flush(b->w, &b->edits);
	name_flush(b->w, &b->names);
	meta_put_u64(b->w, "revision", b->revision);
	meta_put_u64(b->w, "links", b->links);
	meta_put_u64(b->w, "next_org", (uint64_t)b->max_org + 1);
	return txn_rc(b->w);
}

/* ---- the log ---- */

void log_append(struct batch *b, const struct cmd *c)
{
	AUTO(buf_done) struct buf bytes = BUF_INIT;
	uint8_t key[12];
	cmd_encode(c, &bytes);
	if (!buf_ok(&bytes)) {
		txn_fail(b->w, RC_NOMEM);
		return;
	}
	be64_put(key, b->new_revision);
	uint32_t part = 0;
	for (size_t at = 0; at < bytes.n; at += LOG_PART, part++) {
		be32_put(key + 8, part);
		txn_append(b->w, DB_LOG, view_of(key, 12), view_of(bytes.p + at, MIN(bytes.n - at, (size_t)LOG_PART)));
	}
	audit_append(b, buf_view(&bytes));
}

enum rc log_read(struct txn *t, uint64_t revision, struct buf *buf)
{
	uint8_t key[12] = { 0 };
	AUTO_CUR struct cur c;
	be64_put(key, revision);
	cur_open(&c, t, DB_LOG);
	buf_clear(buf);
	for (bool ok = cur_ge(&c, view_of(key, 12)); ok && cur_in(&c, view_of(key, 8)); ok = cur_next(&c))
		buf_addv(buf, c.val);
	if (!buf_ok(buf))
		return RC_NOMEM;
	return buf->n ? RC_OK : txn_rc(t) != RC_OK ? txn_rc(t) : RC_NOT_FOUND;
}

enum rc log_head(struct txn *t, uint64_t revision, struct log_head *out)
{
	uint8_t key[12] = { 0 };
	struct view v;
	be64_put(key, revision);
	enum rc rc = txn_get(t, DB_LOG, view_of(key, 12), &v);
	if (rc != RC_OK)
		return rc;
	struct rd rd = rd_of(v);
	(void)rd_u8(&rd);
	*out = (struct log_head){ .revision = revision };
	out->type = rd_u8(&rd);
	out->at_ms = rd_svarint(&rd);
	out->actor = rd_lenbytes(&rd);
	return rd.bad ? RC_DAMAGED : RC_OK;
}

uint64_t log_first(struct txn *t)
{
	AUTO_CUR struct cur c;
	cur_open(&c, t, DB_LOG);
	return cur_first(&c) && c.key.n == 12 ? be64_get(c.key.p) : 0;
}

/* ---- ops ---- */

#define MANY_OPS 1000u /* from here on a command is worth keeping ops back */

static enum rc op_apply(struct batch *b, struct op *op, struct op_result *res, struct err *e)
{
	switch ((enum ent)op->ent) {
	case ENT_ORG:
		return apply_org(b, op, res, e);
	case ENT_LINK:
		return apply_link(b, op, res, e);
	case ENT_CERT:
		return apply_cert(b, op, res, e);
	case ENT_CLAUSE:
		return apply_clause(b, op, res, e);
	case ENT_TARGETS:
		return apply_targets(b, op, res, e);
	case ENT_DRILL:
		return apply_drill(b, op, res, e);
	case ENT__COUNT:
		break;
	}
	return err_set(e, RC_INTERNAL, NULL, "op");
}

/* The contacts reference that the op's entity has now. */
static struct view contacts_now(struct batch *b, const struct op *op, struct rec *r)
{
	uint32_t p, s;
	if (op->ent == ENT_ORG && org_find(b->w, op->a, &p) == RC_OK && org_get(b->w, p, r) == RC_OK)
		return r->f[ORG_CONTACTS];
	int no = op->ent == ENT_CLAUSE ? clause_no_parse(op->c) : -1;
	if (no >= 0 && org_find(b->w, op->a, &p) == RC_OK && org_find(b->w, op->b, &s) == RC_OK &&
	    clause_get(b->w, p, s, (enum clause_no)no, r) == RC_OK)
		return r->f[CLAUSE_CONTACTS];
	return (struct view){ 0 };
}

static struct view contacts_named(const struct op *op)
{
	struct rd rd = rd_of(op->fields);
	unsigned id, want = op->ent == ENT_ORG ? ORG_CONTACTS : CLAUSE_CONTACTS;
	struct view v;
	bool bad = false;
	while (fl_next(&rd, &id, &v, &bad))
		if (id == want)
			return v;
	return (struct view){ 0 };
}

static int personal_cmp(const void *a, const void *b)
{
	const struct personal *const *x = a, *const *y = b;
	return memcmp((*x)->ref, (*y)->ref, 16);
}

/* The command's personal values by reference. NULL: out of memory, or there are none. */
static const struct personal **personal_sorted(const struct cmd *c)
{
	const struct personal **p = c->n_personal ? malloc(c->n_personal * sizeof *p) : NULL;
	for (size_t i = 0; p && i < c->n_personal; i++)
		p[i] = &c->personal[i];
	if (p)
		qsort(p, c->n_personal, sizeof *p, personal_cmp);
	return p;
}

/* The value that an op names lies in the store before it runs. Not earlier: an op before it may have
 * named the same, and have been refused or replaced. */
static void personal_bring(struct batch *b, const struct personal *const *sorted, size_t n, struct view named)
{
	struct personal want, *w = &want;
	memcpy(want.ref, named.p, 16);
	const struct personal *const *found = bsearch(&w, sorted, n, sizeof *sorted, personal_cmp);
	if (found)
		txn_put(b->w, DB_PERSONAL, named, (*found)->bytes);
}

/* One that no record names afterwards goes. */
static void personal_settle(struct batch *b, const struct op *op, struct view named)
{
	struct rec r;
	if (named.n == 16 && !view_eq(contacts_now(b, op, &r), named))
		personal_wipe(b->w, named);
}

/* False: the caller may not do it, which is noted like any other refusal. */
static bool op_permitted(struct batch *b, struct cmd *c, size_t i)
{
	struct op_result res = { 0 };
	struct err e = { 0 };
	if (!c->permit)
		return true;
	links_flush(b); /* it looks at links */
	enum rc rc = c->permit(c->permit_arg, b->w, &c->ops[i], &e);
	if (rc != RC_OK)
		op_done(b, c, i, &res, rc, &e);
	return rc == RC_OK;
}

static void op_try(struct batch *b, struct cmd *c, size_t i, const struct personal *const *personal)
{
	struct op_result res = { 0 };
	struct err e = { 0 };
	struct op *op = &c->ops[i];
	uint8_t named[16];
	struct view v = { 0 };
	if (personal && (op->ent == ENT_ORG || op->ent == ENT_CLAUSE)) {
		v = contacts_named(op);
		if (v.n == 16) {
			memcpy(named, v.p, 16);
			v = view_of(named, 16);
			personal_bring(b, personal, c->n_personal, v);
		}
	}
	enum rc rc = op_apply(b, op, &res, &e);
	if (txn_rc(b->w) != RC_OK)
		rc = txn_rc(b->w);
	op_done(b, c, c->type == CMD_LOAD ? op->line : i, &res, rc, &e);
	personal_settle(b, op, v);
}

void op_done(struct batch *b, struct cmd *c, size_t at, struct op_result *res, enum rc rc, struct err *e)
{
	struct op_tally *t = &c->tally;
	if (rc != RC_OK) {
		res->changed = res->created = false;
		if (e->rc == RC_OK)
			e->rc = rc;
		b->first = b->first == RC_OK ? rc : b->first;
	}
	res->rc = (uint8_t)rc;
	b->changed = b->changed || res->changed;
	if (c->results)
		c->results[at] = *res;
	t->refused += rc != RC_OK;
	t->created += res->created;
	t->changed += res->changed && !res->created;
	t->unchanged += rc == RC_OK && !res->changed;
	t->warnings += (unsigned)__builtin_popcount(res->warnings & ~WARN_STUB_MADE);
	t->stubs += (res->warnings & WARN_STUB_MADE) != 0;
	if (rc != RC_OK && c->on_error) {
		e->line = c->type == CMD_LOAD ? (uint32_t)at : c->ops[at].line;
		c->on_error(c->on_error_arg, at, e);
	}
}

/* The ops at hand, in order; those that are kept back wait for bulk_flush(). */
static void ops_each(struct batch *b, struct cmd *c)
{
	AUTO_FREE const struct personal **personal = personal_sorted(c);
	if (c->n_personal && !personal)
		txn_fail(b->w, RC_NOMEM);
	for (size_t i = 0; i < c->n_ops && txn_rc(b->w) == RC_OK; i++) {
		if (!op_permitted(b, c, i))
			continue;
		if (!bulk_take(b, c, i)) {
			if (c->ops[i].ent != ENT_LINK)
				links_flush(b);
			op_try(b, c, i, personal);
		}
		if (c->n_ops > 1)
			arena_reset(b->arena); /* an import of a million rows must not pile up */
	}
}

static enum rc ops_run(struct batch *b, struct cmd *c)
{
	b->first = RC_OK;
	b->changed = false;
	/* whoever is asked about each op wants to see what those before it wrote */
	bulk_begin(b, !c->permit && c->n_ops >= (c->many ? c->many : MANY_OPS));
	ops_each(b, c);
	bulk_flush(b, c);
	links_flush(b);
	return txn_rc(b->w) != RC_OK ? txn_rc(b->w) : b->first;
}

/* Keeps the first refused op's reason for the caller, and passes it on. */
struct first_error {
	struct err *e;
	bool have;
	void (*next)(void *arg, size_t op, const struct err *e);
	void *next_arg;
};

static void first_error_note(void *arg, size_t op, const struct err *e)
{
	struct first_error *f = arg;
	if (!f->have && f->e)
		*f->e = *e;
	f->have = true;
	if (f->next)
		f->next(f->next_arg, op, e);
}

static enum rc ops_logged(struct batch *b, struct cmd *c)
{
	enum rc rc = ops_run(b, c);
	if (txn_rc(b->w) != RC_OK)
		return rc;
	if (rc != RC_OK && (c->n_ops == 1 || c->all_or_nothing))
		return rc;
	if (!b->changed || c->dry_run)
		return RC_OK;
	log_append(b, c);
	b->seq = 0;
	for (size_t i = 0; i < c->n_ops; i++)
		b->seq += c->results[i].changed;
	held_events(b);
	b->revision = b->new_revision;
	return txn_rc(b->w);
}

/* Where an op may have written before another is refused, a child transaction makes the command whole. */
static enum rc ops_guarded(struct batch *b, struct cmd *c)
{
	struct txn *parent = b->w, *child;
	struct batch saved = *b;
	size_t names = b->names.n, edits = b->edits.n;
	enum rc rc;

	if (!c->dry_run && !(c->all_or_nothing && c->n_ops > 1))
		return ops_logged(b, c);
	/* edits of this command must not mix with those of earlier ones: a delete flushes them */
	adj_flush(parent, &b->edits);
	edits = 0;
	if ((rc = txn_begin_child(parent, &child)) != RC_OK)
		return rc;
	b->w = child;
	rc = ops_logged(b, c);
	b->w = parent;
	if (rc == RC_OK && !c->dry_run) {
		if ((rc = txn_commit(child)) != RC_OK)
			txn_fail(parent, rc);
		return rc;
	}
	enum rc hard = txn_rc(child);
	txn_abort(child);
	b->revision = saved.revision;
	memcpy(b->chain, saved.chain, sizeof b->chain);
	b->links = saved.links;
	b->max_org = saved.max_org;
	b->n_held = 0;
	b->edits.n = edits;
	name_edits_cut(&b->names, names);
	batch_targets_forget(b);
	bulk_drop(b);
	ids_forget(b);
	if (hard != RC_OK)
		txn_fail(parent, hard);
	return c->dry_run && hard == RC_OK && !c->all_or_nothing && c->n_ops > 1 ? RC_OK : rc;
}

static enum rc apply_ops(struct batch *b, struct cmd *c, struct err *e)
{
	struct op_result *own = NULL;
	struct first_error f = { .e = e, .next = c->on_error, .next_arg = c->on_error_arg };
	bool had_results = c->results != NULL;

	if (!had_results)
		c->results = own = calloc(MAX(c->n_ops, (size_t)1), sizeof *own);
	if (!c->results)
		return RC_NOMEM;
	c->on_error = first_error_note;
	c->on_error_arg = &f;
	b->n_held = 0;
	enum rc rc = ops_guarded(b, c);
	c->on_error = f.next;
	c->on_error_arg = f.next_arg;
	if (!had_results)
		c->results = NULL;
	free(own);
	return rc;
}

static enum rc apply_job(struct batch *b, struct cmd *c)
{
	uint8_t key[8];
	char text[64];
	be64_put(key, c->job);
	txn_put(b->w, DB_JOB, view_of(key, 8), c->blob);
	log_append(b, c);
	b->seq = 0;
	if (c->job_finished) {
		int n = snprintf(text, sizeof text, "{\"job\":\"%llu\"}", (unsigned long long)c->job);
		char id[24];
		snprintf(id, sizeof id, "%llu", (unsigned long long)c->job);
		event_put(b, EV_IMPORT_FINISHED, view_str(id), view_of(text, (size_t)n));
	}
	b->revision = b->new_revision;
	return txn_rc(b->w);
}

/* An empty store is filled: told as a whole by import.finished, since nobody can have waited for any of it. */
static enum rc apply_load(struct batch *b, struct cmd *c, struct err *e)
{
	AUTO(buf_done) struct buf text = BUF_INIT;
	enum rc rc = RC_OK;

	if (b->max_org != 0 || !c->more)
		return err_set(e, RC_NOT_EMPTY, NULL, "%s", "");
	b->first = RC_OK;
	b->changed = false;
	b->quiet = true;
	bulk_begin(b, true);
	while (rc == RC_OK && txn_rc(b->w) == RC_OK && (rc = c->more(c->more_arg, c, e)) == RC_OK)
		ops_each(b, c);
	if (rc == RC_END)
		bulk_flush(b, c);
	b->quiet = false;
	b->seq = 0;
	if (rc != RC_END || txn_rc(b->w) != RC_OK)
		return rc != RC_END && rc != RC_OK ? rc : txn_rc(b->w);
	links_flush(b);
	log_append(b, c);
	buf_addf(&text, "{\"load\":true,\"created\":%llu,\"rejected\":%llu}",
		 (unsigned long long)(c->tally.created + c->tally.stubs), (unsigned long long)c->tally.refused);
	event_put(b, EV_IMPORT_FINISHED, VIEW_LIT("load"), buf_view(&text));
	b->revision = b->new_revision;
	return buf_ok(&text) ? txn_rc(b->w) : RC_NOMEM;
}

enum rc graph_apply(struct batch *b, struct cmd *c, uint64_t *out_revision, struct err *e)
{
	enum rc rc = RC_INTERNAL;
	b->new_revision = b->revision + 1;
	b->at_ms = c->at_ms;
	arena_reset(b->arena);
	ids_forget(b); /* the cache's ids lie in the command before */
	arena_reset(b->keep);
	past_begin(b);
	switch (c->type) {
	case CMD_OPS:
		rc = apply_ops(b, c, e);
		break;
	case CMD_TICK:
		rc = apply_tick(b, c, e);
		if (rc == RC_OK) {
			today_put(b->w, c->day);
			rc = txn_rc(b->w);
		}
		break;
	case CMD_FIGURES:
		rc = apply_figures(b, c, e);
		break;
	case CMD_JOB:
		rc = apply_job(b, c);
		break;
	case CMD_LOAD:
		rc = apply_load(b, c, e);
		break;
	case CMD_LOOKS:
		rc = apply_looks(b, c, e);
		break;
	case CMD_TOKEN:
		rc = apply_token(b, c, e);
		break;
	case CMD_HEAD:
		rc = apply_head(b, c, e);
		break;
	case CMD_PRUNE:
		rc = apply_prune(b, c, e);
		break;
	case CMD_ERASE:
		rc = apply_erase(b, c, e);
		break;
	}
	if (txn_rc(b->w) != RC_OK)
		rc = txn_rc(b->w);
	*out_revision = b->revision;
	return rc;
}
