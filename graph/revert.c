/*
 * revert.c - which records a revision touched: those of which PAST keeps an image, those that the log says it made, and
 * the organisations that are there because an op named them (their records say which revision made them).
 */
#include "graph/revert.h"

#include "base/util.h"
#include "graph/as_of.h"
#include "graph/state.h"

const char *const revert_why_names[] = {
	[REVERT_CHANGED] = "changed", [REVERT_REMOVED] = "removed", [REVERT_IN_USE] = "in-use",
	[REVERT_TAKEN] = "taken",     [REVERT_NO_END] = "no-end",
};

static int key_cmp(const struct reverted *a, enum ent ent, struct view key)
{
	int d = (int)a->ent - (int)ent;
	return d ? d : view_cmp(a->key, key);
}

static int reverted_cmp(const void *pa, const void *pb)
{
	const struct reverted *a = pa, *b = pb;
	int d = key_cmp(a, b->ent, b->key);
	/* of the same record its image comes first, then an op that made it */
	if (!d)
		d = (b->before.p != NULL) - (a->before.p != NULL);
	return d ? d : a->stub - b->stub;
}

struct reverted *reverted_find(const struct reverting *v, enum ent ent, struct view key)
{
	size_t lo = 0, hi = v->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int d = key_cmp(&v->x[mid], ent, key);
		if (d == 0)
			return &v->x[mid];
		if (d < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static void add(struct reverting *v, const struct reverted *x)
{
	if (v->n >= 4 * (size_t)REVERT_RECORDS_MAX || v->bytes > REVERT_BYTES_MAX) {
		v->rc = err_set(v->e, RC_TOO_LARGE, NULL, "%u records, %zu bytes", REVERT_RECORDS_MAX, REVERT_BYTES_MAX);
		return;
	}
	if (v->n == v->cap) {
		size_t cap = v->cap ? v->cap * 2 : 64;
		struct reverted *p = realloc(v->x, cap * sizeof *p);
		if (!p) {
			v->rc = RC_NOMEM;
			return;
		}
		v->x = p;
		v->cap = cap;
	}
	v->bytes += x->before.n;
	v->x[v->n++] = *x;
}

static bool image_add(void *arg, const struct past *p)
{
	struct reverting *v = arg;
	if (p->revision != v->revision)
		return false;
	if (past_sound(p))
		add(v, &(struct reverted){ .ent = p->ent, .key = p->key, .before = p->rec });
	else
		v->rc = RC_DAMAGED;
	return v->rc == RC_OK;
}

/* ---- the log ---- */

static void made_add(struct reverting *v, enum ent ent, struct view key, bool stub)
{
	struct view copy = arena_copy(v->r->memory, key);
	if (!copy.p)
		v->rc = RC_NOMEM;
	else
		add(v, &(struct reverted){ .ent = ent, .key = copy, .stub = stub });
}

/* An organisation that an op named, and its entity, if this revision made them. */
static void named_add(struct reverting *v, uint32_t org)
{
	for (int up = 0; up < 2 && org != ORG_NONE && v->rc == RC_OK; up++) {
		struct rec r;
		uint8_t key[4];
		enum rc rc = org_get(v->t, org, &r);
		if (rc != RC_OK && rc != RC_NOT_FOUND)
			v->rc = rc;
		if (rc != RC_OK || rec_created(&r) != v->revision)
			return;
		be32_put(key, org);
		made_add(v, ENT_ORG, view_of(key, 4), true);
		org = org_is_unit(&r) ? org_parent(v->t, &r) : ORG_NONE;
	}
}

static void op_made(struct reverting *v, const struct op *op)
{
	uint8_t key[4 + 128];
	size_t n = op->ent == ENT_LINK ? 8 : op->ent == ENT_CLAUSE ? 9 : 4;

	be32_put(key, op->key[0]);
	if (n > 4)
		be32_put(key + 4, op->key[1]);
	if (op->ent == ENT_CLAUSE)
		key[8] = (uint8_t)clause_no_parse(op->c);
	if (op->ent == ENT_CERT || op->ent == ENT_DRILL) {
		if (op->b.n > sizeof key - 4) {
			v->rc = RC_DAMAGED;
			return;
		}
		memcpy(key + 4, op->b.p, op->b.n);
		n = 4 + op->b.n;
	}
	made_add(v, (enum ent)op->ent, view_of(key, n), false);
}

static void op_note(struct reverting *v, const struct op *op)
{
	if (!op->key[0]) /* written before records' numbers were in the log */
		v->rc = err_set(v->e, RC_COMPACTED, NULL, "%llu", (unsigned long long)v->revision + 1);
	if (v->rc == RC_OK && (op->flags & OPF_CREATED))
		op_made(v, op);
	for (int i = 0; i < 2 && op->kind != OP_DELETE && v->rc == RC_OK; i++)
		named_add(v, op->key[i]);
}

static void log_gather(struct reverting *v)
{
	struct op_reader r;
	struct op op;
	enum rc rc = op_reader_open(&r, v->t, v->revision, NULL);
	while (rc == RC_OK && v->rc == RC_OK && op_reader_next(&r, &op))
		op_note(v, &op);
	if (rc == RC_OK)
		rc = r.rc;
	op_reader_done(&r);
	if (rc != RC_OK)
		v->rc = rc;
}

static void unique(struct reverting *v)
{
	size_t n = 0;
	if (v->n)
		qsort(v->x, v->n, sizeof *v->x, reverted_cmp);
	for (size_t i = 0; i < v->n; i++)
		if (n == 0 || key_cmp(&v->x[n - 1], v->x[i].ent, v->x[i].key) != 0)
			v->x[n++] = v->x[i];
	v->n = n;
	if (n > REVERT_RECORDS_MAX)
		v->rc = err_set(v->e, RC_TOO_LARGE, NULL, "%u records", REVERT_RECORDS_MAX);
}

/* ---- those that are not there now: by this revision, or one after it? ---- */

struct since {
	struct reverting *v;
	uint64_t images;
};

static bool since_note(void *arg, const struct past *p)
{
	struct since *s = arg;
	struct reverted *x = reverted_find(s->v, p->ent, p->key);
	if (x && !x->since)
		x->since = p->revision;
	if (++s->images > AS_OF_CHANGES_MAX)
		s->v->rc = err_set(s->v->e, RC_TOO_LARGE, NULL, "%u changes since", AS_OF_CHANGES_MAX);
	return s->v->rc == RC_OK;
}

static void since_find(struct reverting *v)
{
	struct since s = { .v = v };
	struct view now;
	bool any = false;

	for (size_t i = 0; i < v->n && !any && v->rc == RC_OK; i++) {
		enum rc rc = record_get(v->t, v->x[i].ent, v->x[i].key, &now);
		any = rc == RC_NOT_FOUND;
		if (rc != RC_OK && !any)
			v->rc = rc;
	}
	if (any && v->rc == RC_OK)
		past_each(v->t, v->revision + 1, since_note, &s);
}

/* ---- all of it ---- */

static enum rc revision_check(struct reverting *v)
{
	uint64_t first = log_first(v->t), from = past_from(v->t);
	struct log_head h;

	if (v->revision == 0 || v->revision > graph_revision(v->t))
		return err_set(v->e, RC_NOT_FOUND, NULL, "revision %llu", (unsigned long long)v->revision);
	if (v->revision < first || v->revision <= from)
		return err_set(v->e, RC_COMPACTED, NULL, "%llu", (unsigned long long)MAX(first, from + 1));
	enum rc rc = log_head(v->t, v->revision, &h);
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_DAMAGED : rc;
	v->r->at_ms = h.at_ms;
	return h.type == CMD_OPS ? RC_OK
				 : err_set(v->e, RC_NOT_UNDOABLE, NULL, "%s", "it changed no records by an operation");
}

/* The numbers of the organisations in a record's key. */
static void key_orgs(const struct reverted *x, uint32_t org[2])
{
	org[0] = be32_get(x->key.p);
	org[1] = x->ent == ENT_LINK || x->ent == ENT_CLAUSE ? be32_get((const uint8_t *)x->key.p + 4) : ORG_NONE;
}

static void ask_known(struct reverting *v)
{
	for (size_t i = 0; i < v->n && v->r->may_know && v->rc == RC_OK; i++) {
		uint32_t org[2];
		if (v->x[i].stub && !v->r->drops_orgs) /* they stay, and are only counted */
			continue;
		key_orgs(&v->x[i], org);
		v->rc = v->r->may_know(v->r->may_know_arg, v->x[i].ent, org);
	}
}

enum rc revert_plan(struct txn *t, uint64_t revision, struct revert *r, struct err *e)
{
	struct reverting v = { .t = t, .revision = revision, .r = r, .e = e };

	v.rc = revision_check(&v);
	if (v.rc == RC_OK)
		past_each(t, revision, image_add, &v);
	if (v.rc == RC_OK)
		log_gather(&v);
	if (v.rc == RC_OK)
		unique(&v);
	if (v.rc == RC_OK)
		ask_known(&v);
	if (v.rc == RC_OK)
		since_find(&v);
	if (v.rc == RC_OK)
		v.rc = revert_ops(&v);
	if (v.rc == RC_OK)
		v.rc = txn_rc(t);
	free(v.x);
	return v.rc;
}
