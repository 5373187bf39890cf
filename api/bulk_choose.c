/* bulk_choose.c - the links of a procurer that a bulk change is for, chosen from one snapshot; see bulk_int.h. What it
 * says of a supplier's state is what the chain of the procurer says of those of tier 1. */
#include "api/api_int.h"
#include "api/bulk_int.h"
#include "base/util.h"
#include "graph/contacts.h"
#include "graph/graph.h"
#include "graph/pick.h"
#include "graph/radix.h"
#include "graph/walk.h"

/* ---- whom a chain or a search names ---- */

/* Direct suppliers that fit are those in bits. */
static bool asks_chain(const struct bulk_filter *f)
{
	return f->states || f->timings || f->due_from != DAY_NONE || f->due_to != DAY_NONE;
}

static enum rc keep_chain(const struct bulk *b, const struct bulk_filter *f, struct org_bits *bits)
{
	struct request *r = b->r;
	struct chain_query q = { .procurer = b->procurer_org,
				 .depth = f->depth,
				 .on = graph_today(r->txn),
				 .horizon = HORIZON_DEFAULT,
				 .caller = access_caller(&r->who) };
	struct pick_filter pf;
	struct chain_list *l;
	struct pick p;

	if (!asks_chain(f))
		return RC_OK;
	enum rc rc = list_cache_get(api_lists(r->api), r->txn, r->scratch, &q, CHAIN_WANT_ALL, &l);
	if (rc)
		return rc;
	pick_filter_init(&pf);
	pf.tier = 1;
	pf.states = f->states;
	pf.timings = f->timings;
	pf.due_from = f->due_from;
	pf.due_to = f->due_to;
	rc = pick_begin(&p, l, r->txn, &pf);
	for (size_t i = 0; i < bits->words && !rc; i++)
		bits->bits[i] &= i < p.pass.words ? p.pass.bits[i] : 0;
	pick_done(&p);
	list_cache_put(api_lists(r->api), l);
	return rc;
}

/* All of the procurer's suppliers, then what they have to be beside their links. .bits NULL: nothing of that kind is
 * asked. */
static enum rc whom(const struct bulk *b, const struct bulk_filter *f, struct org_bits *out)
{
	struct txn *t = b->r->txn;
	struct link_iter it;
	struct rec rec;

	if (!asks_chain(f) && !f->q.n)
		return RC_OK;
	out->words = graph_max_org(t) / 64 + 1;
	out->bits = calloc(out->words, sizeof(*out->bits));
	if (!out->bits)
		return RC_NOMEM;
	link_iter_open(&it, t, b->procurer_org, 0);
	while (link_iter_next(&it, &rec))
		if (it.supplier / 64 < out->words)
			bit_set(out->bits, it.supplier);
	link_iter_close(&it);
	enum rc rc = keep_chain(b, f, out);
	if (!rc && f->q.n)
		names_match(t, f->q, out);
	return rc ? rc : txn_rc(t);
}

/* ---- the links ---- */

static bool named(const struct bulk_filter *f, uint32_t supplier)
{
	return !f->by_supplier ||
	       (f->n_suppliers && bsearch(&supplier, f->suppliers, f->n_suppliers, sizeof(supplier), u32_cmp));
}

static bool fits(const struct bulk_filter *f, const struct org_bits *who, uint32_t supplier, const struct rec *rec,
		 int32_t today)
{
	struct rd rd = rd_of(buf_view(&f->fields));
	struct view want;
	unsigned id;
	bool bad = false;

	if (!named(f, supplier) || (who->bits && !(supplier / 64 < who->words && bit_has(who->bits, supplier))))
		return false;
	if (f->active != ACTIVE_ANY && link_active(rec, today) != (f->active == ACTIVE_YES))
		return false;
	while (fl_next(&rd, &id, &want, &bad))
		if (want.p ? !rec_has(rec, id) || !view_eq(rec->f[id], want) : rec_has(rec, id))
			return false;
	return !bad;
}

/* Keeps the smallest ids in order. */
static void sample_add(struct bulk *b, struct view supplier, uint32_t org)
{
	size_t i = b->n_sample;

	for (; i && view_cmp(b->sample[i - 1].supplier, supplier) > 0; i--)
		b->sample[i] = b->sample[i - 1];
	b->sample[i] = (struct bulk_sampled){ .supplier = supplier, .org = org };
	b->n_sample = MIN(b->n_sample + 1, (size_t)BULK_SAMPLE_MAX);
}

/* ---- the ops ---- */

/* Room for one more. What is left behind goes with the arena: doubling bounds it. */
static void *grow(struct arena *a, void *old, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? *cap * 2 : 256;
	void *p = n < *cap ? old : arena_alloc(a, more * size);

	if (p && p != old) {
		if (n)
			memcpy(p, old, n * size);
		*cap = more;
	}
	return p;
}

static struct op *op_add(struct bulk *b)
{
	struct op *ops = grow(b->r->arena, b->ops, b->n_ops, &b->cap_ops, sizeof(*ops));

	if (!ops)
		return NULL;
	b->ops = ops;
	return &b->ops[b->n_ops++];
}

static bool has_side(struct view contacts, struct view side)
{
	struct rd rd = rd_of(contacts);
	struct contact c;

	while (contact_next(&rd, &c))
		if (view_eq(c.part[CP_SIDE], side))
			return true;
	return false;
}

/* The new contacts, and behind them those that stand there of sides that the new ones do not name. */
static enum rc contacts_beside(struct bulk *b, struct view ref, struct view *out, struct err *e)
{
	AUTO(buf_done) struct buf all = BUF_INIT;
	struct contact c;
	struct view stored;
	size_t n = 0;
	enum rc rc = personal_get(b->r->txn, ref, &stored);

	*out = b->contacts;
	if (rc)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	buf_addv(&all, b->contacts);
	for (struct rd rd = rd_of(b->contacts); contact_next(&rd, &c);)
		n++;
	for (struct rd rd = rd_of(stored); contact_next(&rd, &c);)
		if (!has_side(b->contacts, c.part[CP_SIDE])) {
			contact_encode(&all, &c);
			n++;
		}
	if (n > CONTACTS_MAX)
		return err_set(e, RC_TOO_LONG, "clause/change/contacts", "%d", CONTACTS_MAX);
	*out = arena_copy(b->r->arena, buf_view(&all));
	return buf_ok(&all) && out->p ? RC_OK : RC_NOMEM;
}

/* Contacts are kept under a key of the record that has them. */
static enum rc add_contacts(struct bulk *b, struct op *op, const struct rec *old, struct err *e)
{
	struct request *r = b->r;
	struct personal *all = grow(r->arena, b->personal, b->n_personal, &b->cap_personal, sizeof(*all));
	AUTO(buf_done) struct buf fields = BUF_INIT;

	if (!all)
		return RC_NOMEM;
	b->personal = all;
	struct personal *p = &all[b->n_personal++];
	p->bytes = b->contacts;
	enum rc rc = old && b->keep_sides && rec_has(old, CLAUSE_CONTACTS) ?
			     contacts_beside(b, old->f[CLAUSE_CONTACTS], &p->bytes, e) :
			     RC_OK;
	if (rc)
		return rc;
	personal_ref(api_secret(r->api), ENT_CLAUSE, op, p->bytes, p->ref);
	buf_addv(&fields, op->fields);
	fl_bytes(&fields, CLAUSE_CONTACTS, view_of(p->ref, sizeof(p->ref)));
	op->fields = arena_copy(r->arena, buf_view(&fields));
	return buf_ok(&fields) && op->fields.p ? RC_OK : RC_NOMEM;
}

/* The clause as it stands in the snapshot, or nobody else's meanwhile. */
static enum rc clause_op(struct bulk *b, struct view id, uint32_t supplier, struct err *e)
{
	struct rec rec;
	enum rc rc = clause_get(b->r->txn, b->procurer_org, supplier, (enum clause_no)b->clause, &rec);
	struct op *op = rc && rc != RC_NOT_FOUND ? NULL : op_add(b);

	if (!op)
		return rc && rc != RC_NOT_FOUND ? rc : RC_NOMEM;
	*op = (struct op){ .kind = OP_MERGE,
			   .ent = ENT_CLAUSE,
			   .flags = rc ? OPF_MUST_NOT_EXIST : OPF_MUST_EXIST,
			   .if_match = rc ? 0 : (uint64_t)rec_int(&rec, META_REV, 0),
			   .a = b->procurer,
			   .b = id,
			   .c = view_str(clause_names[b->clause]),
			   .fields = b->clause_fields };
	return b->contacts.n ? add_contacts(b, op, rc ? NULL : &rec, e) : RC_OK;
}

static enum rc choose(struct bulk *b, uint32_t supplier, const struct rec *rec, struct err *e)
{
	struct view id = arena_copy(b->r->arena, org_id(b->r->txn, supplier));

	if (b->matched == BULK_LINKS_MAX)
		return err_set(e, RC_TOO_LARGE, NULL, "%u links", BULK_LINKS_MAX);
	if (!id.p)
		return RC_NOMEM;
	b->matched++;
	sample_add(b, id, supplier);
	if (b->has_change) {
		struct op *op = op_add(b);
		if (!op)
			return RC_NOMEM;
		*op = (struct op){ .kind = OP_MERGE,
				   .ent = ENT_LINK,
				   .flags = OPF_MUST_EXIST,
				   .if_match = (uint64_t)rec_int(rec, META_REV, 0),
				   .a = b->procurer,
				   .b = id,
				   .fields = buf_view(&b->r->fields) };
	}
	return b->clause >= 0 ? clause_op(b, id, supplier, e) : RC_OK;
}

enum rc bulk_choose(struct bulk *b, const struct bulk_filter *f, struct err *e)
{
	struct org_bits who = { 0 };
	int32_t today = graph_today(b->r->txn);
	struct link_iter it;
	struct rec rec;
	enum rc rc = whom(b, f, &who);

	link_iter_open(&it, b->r->txn, b->procurer_org, 0);
	while (!rc && link_iter_next(&it, &rec))
		if (fits(f, &who, it.supplier, &rec, today))
			rc = choose(b, it.supplier, &rec, e);
	link_iter_close(&it);
	free(who.bits);
	if (!rc)
		rc = txn_rc(b->r->txn);
	for (size_t i = 0; i < b->n_sample && !rc; i++) {
		b->sample[i].name = arena_copy(b->r->arena, org_name(b->r->txn, b->sample[i].org));
		rc = b->sample[i].name.p ? RC_OK : RC_NOMEM;
	}
	return rc;
}
