/*
 * erase.c - personal data goes, the log stays: records lose the reference, the value under it is written over and
 * removed, and the command that did it names the references. Values that were replaced earlier went when they were.
 */
#include "base/json_out.h"
#include "base/util.h"
#include "graph/audit.h"
#include "graph/state.h"

void personal_wipe(struct txn *w, struct view ref)
{
	uint8_t key[16];
	struct view v;

	if (ref.n != sizeof key)
		return;
	memcpy(key, ref.p, sizeof key); /* it may lie in the store */
	if (txn_get(w, DB_PERSONAL, view_of(key, sizeof key), &v) != RC_OK)
		return;
	size_t n = v.n;
	void *over = txn_reserve(w, DB_PERSONAL, view_of(key, sizeof key), n);
	if (over)
		memset(over, 0, n);
	txn_del(w, DB_PERSONAL, view_of(key, sizeof key));
}

void erase_encode(struct buf *out, struct view org, bool clauses)
{
	buf_addc(out, clauses);
	buf_lenbytes(out, org);
}

bool erase_decode(struct view blob, struct erasure *out)
{
	struct rd rd = rd_of(blob);

	*out = (struct erasure){ .clauses = rd_u8(&rd) != 0 };
	out->org = rd_lenbytes(&rd);
	if (rd.bad)
		return false;
	if (rd_more(&rd)) {
		uint64_t n = rd_varint(&rd);
		if (n > (uint64_t)(rd.end - rd.p) / 16)
			return false;
		out->refs = rd_bytes(&rd, (size_t)n * 16);
	}
	return !rd.bad && rd.p == rd.end;
}

bool erased_between(struct txn *t, struct view ref, uint64_t after, uint64_t until)
{
	uint8_t key[24];
	AUTO_CUR struct cur c = { 0 };

	if (ref.n != 16)
		return false;
	memcpy(key, ref.p, 16);
	be64_put(key + 16, after + 1);
	cur_open(&c, t, DB_ERASED);
	return cur_ge(&c, view_of(key, 24)) && cur_in(&c, view_of(key, 16)) && c.key.n == 24 &&
	       be64_get((const uint8_t *)c.key.p + 16) <= until;
}

/* ---- applying ---- */

struct erasing {
	struct batch *b;
	struct err *e;
	struct buf refs;
	size_t n;
};

static void note(struct erasing *x, const uint8_t ref[16])
{
	uint8_t key[24];

	memcpy(key, ref, 16);
	be64_put(key + 16, x->b->new_revision);
	txn_put(x->b->w, DB_ERASED, view_of(key, 24), view_of("", 0));
	buf_add(&x->refs, ref, 16);
	x->n++;
}

/* Takes the contacts out of a record by the op that a client would send. */
static enum rc clear(struct erasing *x, struct op *op, unsigned field, const uint8_t ref[16])
{
	AUTO(buf_done) struct buf fields = BUF_INIT;
	struct op_result res = { 0 };

	fl_clear(&fields, field);
	if (!buf_ok(&fields))
		return RC_NOMEM;
	op->kind = OP_MERGE;
	op->flags = OPF_MUST_EXIST;
	op->fields = buf_view(&fields);
	note(x, ref);
	return op->ent == ENT_ORG ? apply_org(x->b, op, &res, x->e) : apply_clause(x->b, op, &res, x->e);
}

static enum rc erase_org(struct erasing *x, struct view id, uint32_t org)
{
	struct op op = { .ent = ENT_ORG, .a = id };
	struct rec r;
	uint8_t ref[16];
	enum rc rc = org_get(x->b->w, org, &r);

	if (rc != RC_OK || r.f[ORG_CONTACTS].n != 16)
		return rc;
	memcpy(ref, r.f[ORG_CONTACTS].p, 16);
	return clear(x, &op, ORG_CONTACTS, ref);
}

static void clause_event(struct erasing *x, const struct op *op)
{
	AUTO(buf_done) struct buf data = BUF_INIT, subject = BUF_INIT;
	struct json j;

	buf_addv(&subject, op->a);
	buf_addc(&subject, '/');
	buf_addv(&subject, op->b);
	json_init(&j, &data);
	json_obj(&j);
	json_key(&j, "procurer");
	json_strv(&j, op->a);
	json_key(&j, "supplier");
	json_strv(&j, op->b);
	json_key(&j, "no");
	json_strv(&j, op->c);
	json_key(&j, "change");
	json_str(&j, "updated");
	json_obj_end(&j);
	event_put(x->b, EV_CLAUSE_CHANGED, buf_view(&subject), buf_view(&data));
}

static enum rc erase_clauses(struct erasing *x, uint32_t p, uint32_t s)
{
	enum rc rc = RC_OK;

	for (unsigned no = 0; no < CL__COUNT && rc == RC_OK; no++) {
		struct batch *b = x->b;
		struct op op = { .ent = ENT_CLAUSE, .c = view_str(clause_names[no]) };
		struct rec r;
		uint8_t ref[16];

		if (clause_get(b->w, p, s, (enum clause_no)no, &r) != RC_OK || r.f[CLAUSE_CONTACTS].n != 16)
			continue;
		memcpy(ref, r.f[CLAUSE_CONTACTS].p, 16);
		op.a = arena_copy(b->arena, org_id(b->w, p));
		op.b = arena_copy(b->arena, org_id(b->w, s));
		if (!op.a.p || !op.b.p)
			return RC_NOMEM;
		rc = clear(x, &op, CLAUSE_CONTACTS, ref);
		clause_event(x, &op);
	}
	return rc;
}

static enum rc erase_links(struct erasing *x, uint32_t org, bool as_procurer)
{
	AUTO_FREE uint32_t *peers = NULL;
	size_t n = 0;
	enum rc rc = as_procurer ? link_suppliers(x->b->w, org, &peers, &n) : link_procurers(x->b->w, org, &peers, &n);

	for (size_t i = 0; i < n && rc == RC_OK && txn_rc(x->b->w) == RC_OK; i++)
		rc = erase_clauses(x, as_procurer ? org : peers[i], as_procurer ? peers[i] : org);
	return rc;
}

static void org_event(struct batch *b, struct view id)
{
	AUTO(buf_done) struct buf data = BUF_INIT;
	struct json j;

	json_init(&j, &data);
	json_obj(&j);
	json_key(&j, "org");
	json_strv(&j, id);
	json_key(&j, "change");
	json_str(&j, "updated");
	json_obj_end(&j);
	event_put(b, EV_ORG_CHANGED, id, buf_view(&data));
}

static enum rc erase_all(struct erasing *x, struct view id, uint32_t org, bool clauses)
{
	enum rc rc = erase_org(x, id, org);

	if (rc == RC_OK && x->n)
		org_event(x->b, id);
	if (rc == RC_OK && clauses) {
		adj_flush(x->b->w, &x->b->edits); /* the lists must know this batch's links */
		rc = erase_links(x, org, true);
		if (rc == RC_OK)
			rc = erase_links(x, org, false);
	}
	return rc;
}

static void erase_log(struct erasing *x, const struct cmd *c, struct view id, bool clauses)
{
	AUTO(buf_done) struct buf blob = BUF_INIT;
	struct cmd logged = *c;

	erase_encode(&blob, id, clauses);
	buf_varint(&blob, x->n);
	buf_addv(&blob, buf_view(&x->refs));
	if (!buf_ok(&blob) || !buf_ok(&x->refs)) {
		txn_fail(x->b->w, RC_NOMEM);
		return;
	}
	logged.blob = buf_view(&blob);
	log_append(x->b, &logged);
	x->b->revision = x->b->new_revision;
}

enum rc apply_erase(struct batch *b, const struct cmd *c, struct err *e)
{
	struct erasing x = { .b = b, .e = e };
	struct erasure want;
	uint32_t org;

	if (!erase_decode(c->blob, &want))
		return err_set(e, RC_INTERNAL, NULL, "%s", "erase");
	enum rc rc = org_find(b->w, want.org, &org);
	if (rc != RC_OK)
		return err_set(e, rc, NULL, "organisation '%.*s'", (int)want.org.n, (const char *)want.org.p);
	struct view id = arena_copy(b->keep, org_id(b->w, org));
	if (!id.p)
		return RC_NOMEM;
	bulk_begin(b, false);
	b->seq = 0;
	rc = erase_all(&x, id, org, want.clauses);
	if (rc == RC_OK && x.n)
		erase_log(&x, c, id, want.clauses);
	else if (rc != RC_OK)
		txn_fail(b->w, rc); /* some of it may be written */
	buf_done(&x.refs);
	return txn_rc(b->w) != RC_OK ? txn_rc(b->w) : rc;
}
