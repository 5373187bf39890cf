/*
 * revert_ops.c - the ops that take back what a revision did, in an order in which each can be done: what it made goes
 * first, so that ids, aliases and codes are free again; then organisations, then what names them.
 *
 * A record that is there is merged with what differs, so that whoever may write just these fields may take them back;
 * each op asks for the revision's own number, but for the second one on the same record.
 */
#include "base/orgid.h"
#include "base/util.h"
#include "graph/revert.h"
#include "graph/state.h"

enum phase { DEL_CLAUSE, DEL_OTHER, FREE_NAMES, DEL_UNIT, DEL_ORG, PUT_ORG, PUT_UNIT, SET_ORG, SET_TARGETS, SET_CERT,
	     SET_DRILL, SET_LINK, SET_CLAUSE, PHASE__COUNT };

struct planned {
	enum phase phase;
	uint32_t order;
	struct op op;
};

struct planning {
	struct reverting *v;
	struct planned *ops;
	size_t n, cap;
};

/* ---- names ---- */

/* A record's own numbers, and how ops name it: organisations that are gone by what they were called before. */
struct subject {
	uint32_t org[2];
	struct op names;
	bool no_end; /* one of them is neither there nor comes back */
};

static struct view name_of(struct planning *g, uint32_t org, bool *no_end)
{
	struct view id = org_id(g->v->t, org);
	struct rec r;
	uint8_t key[4];

	be32_put(key, org);
	if (!id.n) {
		const struct reverted *x = reverted_find(g->v, ENT_ORG, view_of(key, 4));
		*no_end = *no_end || !x || !x->before.p || !rec_decode(&r, x->before);
		id = *no_end ? VIEW_LIT("") : r.f[META_ID];
	}
	if (!id.n)
		return VIEW_LIT("");
	id = arena_copy(g->v->r->memory, id);
	if (!id.p)
		g->v->rc = RC_NOMEM;
	return id;
}

static void subject_of(struct planning *g, enum ent ent, struct view key, struct subject *out)
{
	const uint8_t *k = key.p;
	bool pair = ent == ENT_LINK || ent == ENT_CLAUSE;

	*out = (struct subject){ .org = { be32_get(k), pair ? be32_get(k + 4) : ORG_NONE } };
	out->names = (struct op){ .ent = (uint8_t)ent };
	out->names.a = name_of(g, out->org[0], &out->no_end);
	if (pair)
		out->names.b = name_of(g, out->org[1], &out->no_end);
	if (ent == ENT_CERT || ent == ENT_DRILL)
		out->names.b = arena_copy(g->v->r->memory, view_of(k + 4, key.n - 4));
	if (ent == ENT_CLAUSE)
		out->names.c = view_str(clause_names[k[8]]);
}

static void conflict(struct planning *g, enum revert_why why, const struct subject *s, uint64_t revision)
{
	struct revert *r = g->v->r;
	if (r->n_conflicts < REVERT_CONFLICTS_MAX)
		r->conflicts[r->n_conflicts] =
			(struct revert_conflict){ s->names, why, revision, { s->org[0], s->org[1] } };
	r->n_conflicts++;
}

static void conflict_key(struct planning *g, enum revert_why why, enum ent ent, struct view key, uint64_t revision)
{
	struct subject s;
	subject_of(g, ent, key, &s);
	conflict(g, why, &s, revision);
}

/* ---- ops ---- */

static void op_add(struct planning *g, enum phase phase, const struct op *op)
{
	if (g->n == g->cap) {
		size_t cap = g->cap ? g->cap * 2 : 64;
		struct planned *p = realloc(g->ops, cap * sizeof *p);
		if (!p) {
			g->v->rc = RC_NOMEM;
			return;
		}
		g->ops = p;
		g->cap = cap;
	}
	g->ops[g->n] = (struct planned){ phase, (uint32_t)g->n, *op };
	g->n++;
}

static void fields_add(struct planning *g, enum phase phase, struct op *op, struct buf *fields)
{
	op->fields = fields->n ? arena_copy(g->v->r->memory, buf_view(fields)) : VIEW_LIT("");
	g->v->bytes += fields->n;
	if (!buf_ok(fields) || !op->fields.p)
		g->v->rc = RC_NOMEM;
	else if (g->v->bytes > 2 * REVERT_BYTES_MAX)
		g->v->rc = err_set(g->v->e, RC_TOO_LARGE, NULL, "%zu bytes", REVERT_BYTES_MAX);
	else
		op_add(g, phase, op);
}

static void field_put(struct buf *out, unsigned id, struct view v)
{
	if (v.p)
		fl_bytes(out, id, v);
	else
		fl_clear(out, id);
}

static bool same(struct view a, struct view b)
{
	return (a.p != NULL) == (b.p != NULL) && view_eq(a, b);
}

static bool is_contacts(enum ent ent, unsigned id)
{
	return (ent == ENT_ORG && id == ORG_CONTACTS) || (ent == ENT_CLAUSE && id == CLAUSE_CONTACTS);
}

/* Values that ops do not say by leaving a field out: a link without one is upstream's, which a bound caller has to
 * say; and the list of suspensions says that a certificate's dates are to be taken as they stand. */
static struct view explicit_value(enum ent ent, unsigned id, struct view want)
{
	static const uint8_t upstream[1] = { 2 * DISC_UPSTREAM }; /* zigzag */
	return ent == ENT_LINK && id == LINK_DISCLOSURE && !want.p ? view_of(upstream, 1) : want;
}

/* What makes is into was; false: there is nothing that could. is NULL: there is no record. */
static bool fields_of(struct planning *g, enum ent ent, const struct rec *is, const struct rec *was, struct buf *out)
{
	bool any = false;
	for (unsigned id = 1; id < META_ID; id++) {
		struct view want = was->f[id], has = is ? is->f[id] : (struct view){ 0 }, bytes;
		bool always = (ent == ENT_CERT && id == CERT_SUSPENSIONS) ||
			      (!is && ent == ENT_LINK && id == LINK_DISCLOSURE);
		bool differs = !same(want, has);
		if (!differs && !always)
			continue;
		if (differs && want.p && is_contacts(ent, id) && personal_get(g->v->t, want, &bytes) != RC_OK) {
			g->v->r->kept_contacts++;
			continue;
		}
		any = any || differs;
		field_put(out, id, explicit_value(ent, id, want));
	}
	return any || !is;
}

/* ---- what was there before ---- */

static const enum phase set_phase[ENT__COUNT] = { [ENT_ORG] = SET_ORG,	 [ENT_LINK] = SET_LINK,
						  [ENT_CERT] = SET_CERT, [ENT_CLAUSE] = SET_CLAUSE,
						  [ENT_TARGETS] = SET_TARGETS, [ENT_DRILL] = SET_DRILL };

/* Those of is that was has too. */
static void strs_common(struct view is, struct view was, struct buf *out)
{
	for (struct rd rd = rd_of(is); rd_more(&rd);) {
		struct view one = rd_lenbytes(&rd);
		for (struct rd k = rd_of(was); rd_more(&k);)
			if (view_eq(rd_lenbytes(&k), one)) {
				buf_lenbytes(out, one);
				break;
			}
	}
}

/* What another record may want back goes before: aliases, a supplier code, a grant to an organisation that goes. */
static bool free_names(struct planning *g, struct op *op, const struct rec *is, const struct rec *was)
{
	AUTO(buf_done) struct buf fields = BUF_INIT;
	AUTO(buf_done) struct buf common = BUF_INIT;
	static const unsigned of_link[] = { LINK_GRANTS, LINK_SUPPLIER_CODE };

	if (op->ent == ENT_ORG && rec_has(is, ORG_ALIASES)) {
		strs_common(is->f[ORG_ALIASES], was->f[ORG_ALIASES], &common);
		if (common.n != is->f[ORG_ALIASES].n)
			field_put(&fields, ORG_ALIASES, common.n ? buf_view(&common) : (struct view){ 0 });
	}
	for (size_t i = 0; op->ent == ENT_LINK && i < ARRAY_LEN(of_link); i++)
		if (rec_has(is, of_link[i]) && !same(is->f[of_link[i]], was->f[of_link[i]]))
			fl_clear(&fields, of_link[i]);
	if (!buf_ok(&common))
		g->v->rc = RC_NOMEM;
	if (fields.n == 0)
		return false;
	fields_add(g, FREE_NAMES, op, &fields);
	return true;
}

/* Whether the organisation comes back with what is taken back. */
static bool comes_back(const struct reverting *v, struct view id)
{
	struct rec r;
	for (size_t i = 0; i < v->n && v->x[i].ent == ENT_ORG; i++)
		if (v->x[i].before.p && rec_decode(&r, v->x[i].before) && view_eq(r.f[META_ID], id))
			return true;
	return false;
}

/* Whom a link was shown to. By the name of one that is gone nobody else may come to see it. */
static bool viewers_stand(const struct reverting *v, struct view grants)
{
	for (struct rd rd = rd_of(grants); rd_more(&rd);) {
		struct view id = rd_lenbytes(&rd);
		(void)rd_u8(&rd);
		(void)rd_svarint(&rd);
		if (!revert_names(v->t, id) && !comes_back(v, id))
			return false;
	}
	return true;
}

static bool viewers_back(const struct planning *g, const struct subject *s, const struct rec *is, const struct rec *was)
{
	return s->names.ent != ENT_LINK || !rec_has(was, LINK_GRANTS) ||
	       (is && same(is->f[LINK_GRANTS], was->f[LINK_GRANTS])) || viewers_stand(g->v, was->f[LINK_GRANTS]);
}

static void restore(struct planning *g, const struct subject *s, const struct rec *is, const struct rec *was)
{
	AUTO(buf_done) struct buf fields = BUF_INIT;
	struct op op = s->names;

	if (!viewers_back(g, s, is, was)) {
		conflict(g, REVERT_NO_END, s, 0);
		return;
	}
	if (!fields_of(g, (enum ent)op.ent, is, was, &fields))
		return;
	g->v->r->restored++;
	op.kind = OP_MERGE;
	op.flags = OPF_MUST_EXIST;
	op.if_match = g->v->revision;
	if (free_names(g, &op, is, was))
		op.if_match = 0; /* the op before it has asked */
	fields_add(g, set_phase[op.ent], &op, &fields);
}

static void recreate(struct planning *g, const struct subject *s, const struct rec *was)
{
	AUTO(buf_done) struct buf fields = BUF_INIT;
	struct op op = s->names;
	uint32_t other;

	if (s->no_end || !viewers_back(g, s, NULL, was)) {
		conflict(g, REVERT_NO_END, s, 0);
		return;
	}
	if (op.ent == ENT_ORG && org_find(g->v->t, op.a, &other) == RC_OK) {
		struct rec r;
		uint8_t key[4];
		be32_put(key, other);
		/* taken by one that goes again, or by an alias that goes */
		if (!reverted_find(g->v, ENT_ORG, view_of(key, 4)) && org_get(g->v->t, other, &r) == RC_OK) {
			conflict(g, REVERT_TAKEN, s, rec_revision(&r));
			return;
		}
	}
	(void)fields_of(g, (enum ent)op.ent, NULL, was, &fields);
	g->v->r->recreated++;
	op.kind = OP_PUT;
	op.flags = OPF_MUST_NOT_EXIST;
	bool unit = op.ent == ENT_ORG && orgid_parent(op.a).n;
	fields_add(g, op.ent == ENT_ORG ? (unit ? PUT_UNIT : PUT_ORG) : set_phase[op.ent], &op, &fields);
}

/* ---- what the revision made ---- */

struct in_use {
	struct planning *g;
	bool quiet, found;
};

static void note_use(void *arg, enum ent ent, struct view key, const struct rec *r)
{
	struct in_use *u = arg;
	u->found = true;
	if (!u->quiet)
		conflict_key(u->g, REVERT_IN_USE, ent, key, rec_revision(r));
}

static void unmake(struct planning *g, const struct reverted *x, const struct subject *s)
{
	struct in_use u = { .g = g, .quiet = x->stub };
	struct op op = s->names;
	enum phase phase = x->ent == ENT_CLAUSE ? DEL_CLAUSE : DEL_OTHER;
	enum rc rc = revert_hanging(g->v, x->ent, x->key, note_use, &u);

	if (rc != RC_OK)
		g->v->rc = rc;
	if (x->ent == ENT_ORG)
		phase = orgid_parent(op.a).n ? DEL_UNIT : DEL_ORG;
	if (x->ent == ENT_ORG && !g->v->r->drops_orgs)
		g->v->rc = err_set(g->v->e, RC_FORBIDDEN, NULL, NULL);
	if (u.found) {
		g->v->r->kept_orgs += x->stub;
		return;
	}
	g->v->r->records += x->stub;
	g->v->r->deleted++;
	op.kind = OP_DELETE;
	op.if_match = g->v->revision;
	op_add(g, phase, &op);
}

/* ---- all ---- */

static void plan_one(struct planning *g, const struct reverted *x)
{
	struct reverting *v = g->v;
	struct view now;
	struct rec is, was;
	struct subject s;
	enum rc rc = record_get(v->t, x->ent, x->key, &now);

	if ((rc != RC_OK && rc != RC_NOT_FOUND) || (rc == RC_OK && !rec_decode(&is, now)) ||
	    (x->before.p && !rec_decode(&was, x->before))) {
		v->rc = rc != RC_OK && rc != RC_NOT_FOUND ? rc : RC_DAMAGED;
		return;
	}
	if (x->stub && (!v->r->drops_orgs || rc != RC_OK || rec_revision(&is) != v->revision)) {
		v->r->kept_orgs += rc == RC_OK;
		return;
	}
	v->r->records += !x->stub;
	subject_of(g, x->ent, x->key, &s);
	if (rc == RC_OK && rec_revision(&is) != v->revision)
		conflict(g, REVERT_CHANGED, &s, rec_revision(&is));
	else if (rc != RC_OK && x->since)
		conflict(g, REVERT_REMOVED, &s, x->since);
	else if (rc == RC_OK && x->before.p)
		restore(g, &s, &is, &was);
	else if (rc == RC_OK)
		unmake(g, x, &s);
	else if (x->before.p)
		recreate(g, &s, &was);
	/* else the revision made it and removed it again */
}

static int planned_cmp(const void *pa, const void *pb)
{
	const struct planned *a = pa, *b = pb;
	if (a->phase != b->phase)
		return a->phase < b->phase ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

static enum rc ops_give(struct planning *g)
{
	struct revert *r = g->v->r;

	if (g->n == 0)
		return r->n_conflicts ? RC_OK
				      : err_set(g->v->e, RC_NOT_UNDOABLE, NULL, "%s",
						"nothing is left of it that could be put back");
	qsort(g->ops, g->n, sizeof *g->ops, planned_cmp);
	r->ops = arena_alloc(r->memory, g->n * sizeof *r->ops);
	if (!r->ops)
		return RC_NOMEM;
	for (size_t i = 0; i < g->n; i++)
		r->ops[i] = g->ops[i].op;
	r->n_ops = g->n;
	return RC_OK;
}

enum rc revert_ops(struct reverting *v)
{
	struct planning g = { .v = v };

	for (size_t i = 0; i < v->n && v->rc == RC_OK; i++)
		plan_one(&g, &v->x[i]);
	if (v->rc == RC_OK)
		v->rc = ops_give(&g);
	free(g.ops);
	return v->rc;
}
