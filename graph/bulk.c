/*
 * bulk.c - what makes commands of many ops quick. New organisations are written as they come, their ids later
 * in id order. Links and certificates that only need their own record and its ends are kept back as a run and
 * written in key order; what follows from them (steps, calendar) is written once at the end.
 *
 * None of it changes what a command means: links of different pairs do not depend on each other, nor do
 * certificates of different organisations; ops on the same one keep their order. Any other op (bulk_take() answers
 * false) is applied alone, after all before it has been written.
 */
#include "base/orgid.h"
#include "base/util.h"
#include "graph/radix.h"
#include "graph/state.h"

#define RUN_BYTES (3u << 30) /* places in a run are 32-bit numbers */
#define AHEAD 8              /* ops whose ids are fetched into the cache beforehand */

/* ---- runs ---- */

static bool run_room(struct run *r)
{
	if (r->n < r->cap)
		return true;
	size_t cap = r->cap ? r->cap * 2 : 4096;
	uint64_t *key = realloc(r->key, cap * sizeof *key);
	if (key)
		r->key = key;
	uint32_t *at = key ? realloc(r->at, cap * sizeof *at) : NULL;
	if (!at)
		return false;
	r->at = at;
	r->cap = cap;
	return true;
}

/* What of an op its run keeps. index: which op of its command. */
struct kept {
	uint32_t index;
	uint8_t kind, flags, warnings;
};

/* A load's ops come in pieces: there it is the line that says which. */
static uint32_t index_of(const struct cmd *c, size_t i)
{
	return c->type == CMD_LOAD ? c->ops[i].line : (uint32_t)i;
}

static void run_add(struct batch *b, struct run *r, uint64_t key, const struct kept *k, const struct op *op)
{
	if (!run_room(r)) {
		txn_fail(b->w, RC_NOMEM);
		return;
	}
	r->key[r->n] = key;
	r->at[r->n++] = (uint32_t)r->bytes.n;
	buf_add(&r->bytes, k, sizeof *k);
	if (op->ent != ENT_LINK) { /* links know their ends by the key */
		buf_lenbytes(&r->bytes, op->a);
		buf_lenbytes(&r->bytes, op->b);
	}
	buf_lenbytes(&r->bytes, op->fields);
}

static void run_get(const struct run *r, size_t i, enum ent ent, struct kept *k, struct op *op)
{
	const char *p = r->bytes.p + r->at[i];
	memcpy(k, p, sizeof *k);
	struct rd rd = rd_of(view_of(p + sizeof *k, r->bytes.n - r->at[i] - sizeof *k));
	*op = (struct op){ .kind = k->kind, .ent = (uint8_t)ent, .flags = k->flags };
	if (ent != ENT_LINK) {
		op->a = rd_lenbytes(&rd);
		op->b = rd_lenbytes(&rd);
	}
	op->fields = rd_lenbytes(&rd);
}

static void run_clear(struct run *r)
{
	r->n = 0;
	if (r->bytes.cap > 64u << 20)
		buf_done(&r->bytes);
	buf_clear(&r->bytes);
}

static void run_done(struct run *r)
{
	free(r->key);
	free(r->at);
	buf_done(&r->bytes);
}

/* Calls fn for the ops of each key together, keys ascending. */
static void run_each(struct batch *b, struct cmd *c, struct run *r,
		     void (*fn)(struct batch *b, struct cmd *c, size_t from, size_t to))
{
	if (!buf_ok(&r->bytes))
		txn_fail(b->w, RC_NOMEM);
	radix_sort(r->key, r->at, r->n);
	for (size_t i = 0, k; i < r->n && txn_rc(b->w) == RC_OK; i = k) {
		for (k = i + 1; k < r->n && r->key[k] == r->key[i]; k++)
			;
		if (i + AHEAD < r->n)
			__builtin_prefetch(r->bytes.p + r->at[i + AHEAD]);
		fn(b, c, i, k);
		arena_reset(b->arena);
	}
	run_clear(r);
}

/* ---- organisations ---- */

static struct filler *orgs_filler(struct batch *b)
{
	if (!b->bulk.orgs_open)
		filler_open(&b->bulk.orgs, b->w, DB_ORG);
	b->bulk.orgs_open = true;
	return &b->bulk.orgs;
}

/* What other ops ask the store for. */
static void orgs_write(struct batch *b)
{
	if (b->bulk.orgs_open)
		filler_close(&b->bulk.orgs);
	b->bulk.orgs_open = false;
	ids_write(b);
}

static bool plain(const struct op *op)
{
	return op->kind != OP_DELETE && !(op->flags & ~(OPF_STUBS | OPF_CREATED)) && !op->if_match;
}

static bool org_is_simple(const struct rec *r)
{
	return !rec_has(r, ORG_ALIASES) && !rec_has(r, ORG_CONTACTS) && !rec_has(r, ORG_KIND) &&
	       !rec_has(r, ORG_PARENT);
}

static bool org_take(struct batch *b, struct cmd *c, size_t i)
{
	const struct op *op = &c->ops[i];
	struct op_result res = { 0 };
	struct err e = { 0 };
	uint32_t org;

	if (!plain(op) || orgid_parent(op->a).n || ids_find(b, op->a, &org) != RC_NOT_FOUND)
		return false;
	enum rc rc = change_fresh(b->bulk.fresh, op, ENT_ORG, &res, &e);
	if (rc == RC_OK && !org_is_simple(&b->bulk.fresh->new))
		return false;
	orgs_filler(b);
	if (rc == RC_OK)
		rc = org_new(b, b->bulk.fresh, op->a, &org);
	res.changed = res.created = rc == RC_OK;
	res.key[0] = rc == RC_OK ? org : ORG_NONE;
	op_done(b, c, index_of(c, i), &res, rc, &e);
	return true;
}

/* A stub for an end that nobody has named yet; the op that names it has been checked. */
static enum rc stub_new(struct batch *b, struct view id, uint32_t *out, struct err *e)
{
	struct op op = { .kind = OP_MERGE, .ent = ENT_ORG };
	struct op_result res = { 0 };
	op.fields = VIEW_LIT(""); /* without a name it is called by its id */
	enum rc rc = change_fresh(b->bulk.fresh, &op, ENT_ORG, &res, e);
	uint8_t yes = 1;
	orgs_filler(b);
	if (rc == RC_OK)
		rc = change_set_bytes(b, b->bulk.fresh, ORG_STUB, view_of(&yes, 1));
	return rc == RC_OK ? org_new(b, b->bulk.fresh, id, out) : rc;
}

/* ---- links ---- */

static bool names_field(const struct op *op, unsigned field)
{
	struct rd rd = rd_of(op->fields);
	unsigned id;
	struct view v;
	bool bad = false;
	while (fl_next(&rd, &id, &v, &bad))
		if (id == field && v.p)
			return true;
	return false;
}

/* A supplier code is unique for its procurer, so that links which carry one depend on each other; grants
 * name organisations. */
static bool link_is_plain(const struct op *op)
{
	return plain(op) && !names_field(op, LINK_SUPPLIER_CODE) && !names_field(op, LINK_GRANTS);
}

static bool is_entity_id(struct view id)
{
	return id.p && !orgid_parent(id).n;
}

/* An end is not known yet: the link can be no other than new, so that the op can be checked now, and the
 * ends be made. False: not here. */
static bool ends_new(struct batch *b, struct cmd *c, size_t i, uint32_t *p, uint32_t *s, struct kept *k)
{
	const struct op *op = &c->ops[i];
	struct op_result res = { 0 };
	struct err e = { 0 };

	if (!(op->flags & OPF_STUBS) || !is_entity_id(op->a) || !is_entity_id(op->b) || view_eq(op->a, op->b))
		return false;
	enum rc rc = change_fresh(b->bulk.fresh, op, ENT_LINK, &res, &e);
	if (rc == RC_OK)
		rc = link_new(b, b->bulk.fresh, ORG_NONE, ORG_NONE);
	if (rc == RC_OK && *p == ORG_NONE)
		rc = stub_check(b, op->a, "procurer", &e);
	if (rc == RC_OK && *s == ORG_NONE)
		rc = stub_check(b, op->b, "supplier", &e);
	if (rc == RC_OK && *p == ORG_NONE)
		rc = stub_new(b, op->a, p, &e);
	if (rc == RC_OK && *s == ORG_NONE)
		rc = stub_new(b, op->b, s, &e);
	k->warnings = WARN_STUB_MADE;
	if (rc != RC_OK)
		op_done(b, c, index_of(c, i), &res, rc, &e);
	return true;
}

static bool link_take(struct batch *b, struct cmd *c, size_t i)
{
	const struct op *op = &c->ops[i];
	struct kept k = { index_of(c, i), op->kind, op->flags, 0 };
	uint32_t p = ORG_NONE, s = ORG_NONE;

	if (i + AHEAD < c->n_ops) {
		ids_prefetch(b, c->ops[i + AHEAD].a);
		ids_prefetch(b, c->ops[i + AHEAD].b);
	}
	if (!link_is_plain(op))
		return false;
	(void)ids_find(b, op->a, &p);
	(void)ids_find(b, op->b, &s);
	if (p == s && p != ORG_NONE)
		return false;
	if ((p == ORG_NONE || s == ORG_NONE) && !ends_new(b, c, i, &p, &s, &k))
		return false;
	if (p == ORG_NONE || s == ORG_NONE) /* refused */
		return true;
	run_add(b, &b->bulk.links, pair_u64(p, s), &k, op);
	return true;
}

static void links_apply(struct batch *b, struct cmd *c, size_t from, size_t to)
{
	struct run *r = &b->bulk.links;
	uint32_t p = (uint32_t)(r->key[from] >> 32), s = (uint32_t)r->key[from];

	for (size_t i = from; i < to; i++) {
		struct op_result res = { 0 };
		struct err e = { 0 };
		struct kept k;
		struct op op;
		struct view stored;
		run_get(r, i, ENT_LINK, &k, &op);
		res.warnings = k.warnings;
		enum rc rc = batch_link_bytes(b, p, s, &stored);
		if (rc == RC_NOT_FOUND) {
			rc = change_fresh(b->bulk.fresh, &op, ENT_LINK, &res, &e);
			if (rc == RC_OK)
				rc = link_new(b, b->bulk.fresh, p, s);
		} else if (rc == RC_OK) {
			b->pair = r->key[i];
			rc = apply_link(b, &op, &res, &e);
			b->pair = 0;
		}
		op_done(b, c, k.index, &res, rc, &e);
	}
}

static void links_write(struct batch *b, struct cmd *c)
{
	if (!b->bulk.links.n)
		return;
	if (txn_count(b->w, DB_LINK) == 0 && !b->segment.have)
		segment_fill(b);
	run_each(b, c, &b->bulk.links, links_apply);
	segment_filled(b);
}

/* ---- certificates ---- */

static bool cert_take(struct batch *b, struct cmd *c, size_t i)
{
	const struct op *op = &c->ops[i];
	struct kept k = { index_of(c, i), op->kind, op->flags, 0 };
	uint32_t org;

	if (i + AHEAD < c->n_ops)
		ids_prefetch(b, c->ops[i + AHEAD].a);
	if (!plain(op) || ids_find(b, op->a, &org) != RC_OK)
		return false;
	run_add(b, &b->bulk.certs, org, &k, op);
	return true;
}

static bool has_certs(struct batch *b, uint32_t org)
{
	uint8_t key[4];
	AUTO_CUR struct cur cur;
	be32_put(key, org);
	cur_open(&cur, b->w, DB_CERT);
	return cur_ge(&cur, view_of(key, 4)) && cur_in(&cur, view_of(key, 4));
}

/* The only one, of an organisation that has none, is written without another look; others are applied one by one. */
static void certs_apply(struct batch *b, struct cmd *c, size_t from, size_t to)
{
	struct run *r = &b->bulk.certs;
	uint32_t org = (uint32_t)r->key[from];
	bool alone = to - from == 1 && (b->bulk.no_certs || !has_certs(b, org));

	for (size_t i = from; i < to; i++) {
		struct op_result res = { 0 };
		struct err e = { 0 };
		struct kept k;
		struct op op;
		run_get(r, i, ENT_CERT, &k, &op);
		enum rc rc;
		if (alone) {
			rc = cert_name_check(op.b, &e);
			if (rc == RC_OK)
				rc = change_fresh(b->bulk.fresh, &op, ENT_CERT, &res, &e);
			if (rc == RC_OK)
				rc = cert_new(b, b->bulk.fresh, org, op.b, &b->bulk.filler);
		} else {
			rc = apply_cert(b, &op, &res, &e);
		}
		op_done(b, c, k.index, &res, rc, &e);
	}
}

static void certs_write(struct batch *b, struct cmd *c)
{
	if (!b->bulk.certs.n)
		return;
	b->bulk.no_certs = txn_count(b->w, DB_CERT) == 0;
	filler_open(&b->bulk.filler, b->w, DB_CERT);
	run_each(b, c, &b->bulk.certs, certs_apply);
	filler_close(&b->bulk.filler);
}

void held_later(struct batch *b, uint32_t org)
{
	buf_add(&b->bulk.held, &org, 4);
}

static void held_write(struct batch *b)
{
	uint32_t *o = (void *)b->bulk.held.p;

	if (!buf_ok(&b->bulk.held))
		txn_fail(b->w, RC_NOMEM);
	size_t n = orgs_unique(o, b->bulk.held.n / 4);
	enum rc rc = n ? org_certs_changed(b, o, n) : RC_OK;
	if (rc != RC_OK)
		txn_fail(b->w, rc);
	buf_clear(&b->bulk.held);
}

/* ---- a command ---- */

void bulk_begin(struct batch *b, bool on)
{
	b->bulk.on = on;
	ids_begin(b, on);
	b->bulk.units = !b->ids.complete;
	if (on && !b->bulk.fresh && !(b->bulk.fresh = calloc(1, sizeof *b->bulk.fresh)))
		txn_fail(b->w, RC_NOMEM);
}

void bulk_flush(struct batch *b, struct cmd *c)
{
	if (!b->bulk.on)
		return;
	orgs_write(b);
	links_write(b, c);
	certs_write(b, c);
	held_write(b);
	cal_flush(b->w, &b->calendar);
}

/* What the op that is applied alone may look at. A change of an organisation neither sees nor moves the links that
 * are kept back: they know their ends by number. */
static void make_way(struct batch *b, struct cmd *c, const struct op *op)
{
	if (op->ent == ENT_ORG && op->kind != OP_DELETE && !b->bulk.certs.n && !b->bulk.held.n)
		orgs_write(b);
	else
		bulk_flush(b, c);
}

bool bulk_take(struct batch *b, struct cmd *c, size_t i)
{
	const struct op *op = &c->ops[i];
	bool taken = false;

	if (!b->bulk.on)
		return false;
	if (b->bulk.links.bytes.n > RUN_BYTES || b->bulk.certs.bytes.n > RUN_BYTES)
		bulk_flush(b, c);
	if (op->ent == ENT_ORG)
		taken = org_take(b, c, i);
	else if (op->ent == ENT_LINK)
		taken = link_take(b, c, i);
	else if (op->ent == ENT_CERT)
		taken = cert_take(b, c, i);
	if (!taken)
		make_way(b, c, op);
	return taken;
}

void bulk_drop(struct batch *b)
{
	run_clear(&b->bulk.links);
	run_clear(&b->bulk.certs);
	buf_clear(&b->bulk.held);
	ids_unwrite(b);
	b->calendar.n = 0;
}

void bulk_done(struct batch *b)
{
	run_done(&b->bulk.links);
	run_done(&b->bulk.certs);
	buf_done(&b->bulk.held);
	buf_done(&b->bulk.record);
	free(b->bulk.fresh);
	cal_edits_done(&b->calendar);
	ids_done(b);
}
