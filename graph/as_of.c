/*
 * as_of.c - what of the store was otherwise at an earlier revision: the first image of each record in PAST after it, and
 * the records that the log says were made since. A record's own bytes say which revision made it, so that a
 * candidate too many does no harm: one that was there already stays, whoever named it.
 *
 * The log names organisations by ids and aliases of its own time. A name leads to every organisation that had it at some
 * time since the revision: now, in an image, or by an op on the way.
 */
#include "graph/as_of.h"

#include "base/util.h"
#include "graph/state.h"

/* ---- instants ---- */

static enum rc head_at(struct txn *t, uint64_t revision, int64_t *out)
{
	struct log_head h;
	enum rc rc = log_head(t, revision, &h);
	if (rc == RC_OK)
		*out = h.at_ms;
	return rc;
}

enum rc as_of_instant(struct txn *t, int64_t at_ms, uint64_t *out, struct err *e)
{
	uint64_t first = log_first(t), last = graph_revision(t), low = first, high = last + 1;
	int64_t at;

	/* revisions below low are at or before the instant, those from high on after it */
	while (first && low < high) {
		uint64_t mid = low + (high - low) / 2;
		enum rc rc = head_at(t, mid, &at);
		if (rc != RC_OK)
			return rc == RC_NOT_FOUND ? RC_DAMAGED : rc;
		if (at <= at_ms)
			low = mid + 1;
		else
			high = mid;
	}
	*out = low ? low - 1 : 0;
	if (first > 1 && *out < first)
		return err_set(e, RC_COMPACTED, "as_of", "%llu", (unsigned long long)first);
	return RC_OK;
}

/* ---- gathering ---- */

/* A name and an organisation that had it. */
struct named {
	struct view name;
	uint32_t org;
};
/* A record that the log says was made, named as the log does. */
struct made {
	enum ent ent;
	struct view a, b, c;
};
/* An op gave the organisation of this name an alias. */
struct renamed {
	struct view name, alias;
};
struct gather {
	struct undo *u;
	struct arena *a;
	struct named *named;
	size_t n_named, cap_named;
	struct made *made;
	size_t n_made, cap_made;
	struct renamed *renamed;
	size_t n_renamed, cap_renamed;
	uint64_t changes;
	bool ticked;
	enum rc rc;
	struct err *e;
};

static void *room(struct gather *g, void **p, size_t n, size_t *cap, size_t size)
{
	if (n == *cap) {
		size_t more = *cap ? *cap * 2 : 256;
		void *q = realloc(*p, more * size);
		if (!q) {
			g->rc = RC_NOMEM;
			return NULL;
		}
		*p = q;
		*cap = more;
	}
	return (char *)*p + n * size;
}
#define ROOM(g, list, n, cap) room((g), (void **)&(list), (n), &(cap), sizeof *(list))

static void undone_add(struct gather *g, enum ent ent, struct view key, uint64_t found, struct view rec)
{
	struct undo *u = g->u;
	struct undone *x = ROOM(g, u->u, u->n, u->cap);
	if (!x)
		return;
	*x = (struct undone){ ent, key, found, rec };
	u->n++;
}

static void named_add(struct gather *g, struct view name, uint32_t org)
{
	struct named *x = ROOM(g, g->named, g->n_named, g->cap_named);
	if (!x)
		return;
	*x = (struct named){ name, org };
	g->n_named++;
}

static bool too_many(struct gather *g)
{
	if (++g->changes > AS_OF_CHANGES_MAX)
		g->rc = err_set(g->e, RC_TOO_LARGE, "as_of", "%u changes", AS_OF_CHANGES_MAX);
	return g->rc != RC_OK;
}

static bool image_add(void *arg, const struct past *p)
{
	struct gather *g = arg;
	struct rec r;

	if (too_many(g))
		return false;
	if (!past_sound(p) || !rec_decode(&r, p->rec)) {
		g->rc = RC_DAMAGED;
		return false;
	}
	undone_add(g, p->ent, p->key, p->revision,
		   rec_created(&r) <= g->u->revision ? p->rec : (struct view){ 0 });
	if (p->ent == ENT_ORG) {
		named_add(g, r.f[META_ID], be32_get(p->key.p));
		for (struct rd rd = rd_of(r.f[ORG_ALIASES]); rd_more(&rd);)
			named_add(g, rd_lenbytes(&rd), be32_get(p->key.p));
	}
	return g->rc == RC_OK;
}

/* ---- the log ---- */

static struct view keep(struct gather *g, struct view v)
{
	struct view copy = v.n ? arena_copy(g->a, v) : VIEW_LIT("");
	if (!copy.p)
		g->rc = RC_NOMEM;
	return copy;
}

static void aliases_note(struct gather *g, const struct op *op)
{
	struct rd rd = rd_of(op->fields);
	unsigned id;
	struct view v;
	bool bad = false;
	while (fl_next(&rd, &id, &v, &bad)) {
		if (id != ORG_ALIASES || !v.n)
			continue;
		for (struct rd list = rd_of(v); rd_more(&list);) {
			struct renamed *x = ROOM(g, g->renamed, g->n_renamed, g->cap_renamed);
			if (!x)
				return;
			*x = (struct renamed){ keep(g, op->a), keep(g, rd_lenbytes(&list)) };
			g->n_renamed++;
		}
	}
}

static void op_note(struct gather *g, const struct op *op)
{
	if (too_many(g))
		return;
	if (op->ent == ENT_ORG) { /* those made are found by their numbers */
		aliases_note(g, op);
		return;
	}
	if (!(op->flags & OPF_CREATED))
		return;
	struct made *x = ROOM(g, g->made, g->n_made, g->cap_made);
	if (!x)
		return;
	*x = (struct made){ (enum ent)op->ent, keep(g, op->a), keep(g, op->b), keep(g, op->c) };
	g->n_made++;
}

static void parts_read(struct gather *g, uint64_t revision)
{
	struct op_reader r;
	struct op op;
	enum rc rc = op_reader_open(&r, g->u->t, revision, NULL);
	while (rc == RC_OK && g->rc == RC_OK && op_reader_next(&r, &op))
		op_note(g, &op);
	if (rc == RC_OK)
		rc = r.rc;
	op_reader_done(&r);
	if (rc != RC_OK)
		g->rc = rc;
}

/* One command, of which the first part lies at hand. */
static void command_read(struct gather *g, uint64_t revision, struct view part)
{
	struct rd rd = rd_of(part);
	struct op op;

	(void)rd_u8(&rd);
	unsigned type = rd_u8(&rd);
	(void)rd_svarint(&rd);
	(void)rd_lenbytes(&rd);
	if (type == CMD_LOAD)
		g->rc = err_set(g->e, RC_COMPACTED, "as_of", "%llu", (unsigned long long)revision);
	if (type == CMD_TICK && !g->ticked) { /* the first day that was begun since */
		g->u->today = (int32_t)rd_svarint(&rd) - 1;
		g->ticked = true;
	}
	if (rd.bad)
		g->rc = RC_DAMAGED;
	if (type != CMD_OPS || g->rc != RC_OK)
		return;
	if (part.n >= LOG_PART) {
		parts_read(g, revision);
		return;
	}
	for (uint64_t n = rd_varint(&rd); n > 0 && g->rc == RC_OK; n--) {
		if (!op_decode(&rd, &op) || !op_sound(&op))
			g->rc = RC_DAMAGED;
		else
			op_note(g, &op);
	}
}

static void log_gather(struct gather *g)
{
	AUTO_CUR struct cur c = { 0 };
	uint8_t key[12] = { 0 };

	be64_put(key, g->u->revision + 1);
	cur_open(&c, g->u->t, DB_LOG);
	for (bool ok = cur_ge(&c, view_of(key, 12)); ok && g->rc == RC_OK; ok = cur_next(&c))
		if (c.key.n == 12 && be32_get((const uint8_t *)c.key.p + 8) == 0)
			command_read(g, be64_get(c.key.p), c.val);
}

/* ---- names to numbers ---- */

static int named_cmp(const void *pa, const void *pb)
{
	const struct named *a = pa, *b = pb;
	int d = view_cmp(a->name, b->name);
	return d ? d : a->org < b->org ? -1 : a->org > b->org;
}

static void named_sort(struct gather *g)
{
	size_t n = 0;
	if (g->n_named)
		qsort(g->named, g->n_named, sizeof *g->named, named_cmp);
	for (size_t i = 0; i < g->n_named; i++)
		if (n == 0 || named_cmp(&g->named[n - 1], &g->named[i]) != 0)
			g->named[n++] = g->named[i];
	g->n_named = n;
}

/* First of the entries of a name; they lie together. */
static size_t named_first(const struct gather *g, struct view name)
{
	size_t lo = 0, hi = g->n_named;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (view_cmp(g->named[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The organisations of a name, one after another: i begins at 0. ORG_NONE: no more. */
struct orgs_of {
	const struct gather *g;
	struct view name;
	size_t at;
	uint32_t now;
};

static struct orgs_of orgs_begin(struct gather *g, struct view name)
{
	struct orgs_of o = { .g = g, .name = name, .at = named_first(g, name), .now = ORG_NONE };
	if (org_find(g->u->t, name, &o.now) != RC_OK)
		o.now = ORG_NONE;
	return o;
}

static uint32_t orgs_next(struct orgs_of *o)
{
	uint32_t org = o->now;
	o->now = ORG_NONE;
	if (org == ORG_NONE && o->at < o->g->n_named && view_eq(o->g->named[o->at].name, o->name))
		org = o->g->named[o->at++].org;
	return org;
}

/* Aliases given and taken within one command are in no image. An op may name its organisation by an alias that an op
 * before gave, hence the second round. */
static void renamed_resolve(struct gather *g)
{
	named_sort(g);
	for (int round = 0; g->n_renamed && round < 2; round++) {
		AUTO(buf_done) struct buf found = BUF_INIT;
		for (size_t i = 0; i < g->n_renamed; i++) {
			struct orgs_of o = orgs_begin(g, g->renamed[i].name);
			for (uint32_t org; (org = orgs_next(&o)) != ORG_NONE;)
				buf_add(&found, &(struct named){ g->renamed[i].alias, org }, sizeof(struct named));
		}
		if (!buf_ok(&found))
			g->rc = RC_NOMEM;
		for (size_t i = 0; i < found.n && g->rc == RC_OK; i += sizeof(struct named)) {
			struct named x;
			memcpy(&x, found.p + i, sizeof x);
			named_add(g, x.name, x.org);
		}
		named_sort(g);
	}
}

static void key_add(struct gather *g, enum ent ent, const uint8_t *key, size_t n)
{
	struct view k = keep(g, view_of(key, n));
	if (g->rc == RC_OK)
		undone_add(g, ent, k, UINT64_MAX, (struct view){ 0 });
}

static void made_of(struct gather *g, const struct made *m, uint32_t org)
{
	uint8_t key[4 + 128];
	int no = m->ent == ENT_CLAUSE ? clause_no_parse(m->c) : 0;

	be32_put(key, org);
	if (m->ent == ENT_TARGETS) {
		key_add(g, m->ent, key, 4);
	} else if (m->ent == ENT_CERT || m->ent == ENT_DRILL) {
		if (m->b.n > sizeof key - 4) {
			g->rc = RC_DAMAGED;
			return;
		}
		memcpy(key + 4, m->b.p, m->b.n);
		key_add(g, m->ent, key, 4 + m->b.n);
	} else {
		struct orgs_of o = orgs_begin(g, m->b);
		for (uint32_t s; (s = orgs_next(&o)) != ORG_NONE;) {
			be32_put(key + 4, s);
			key[8] = (uint8_t)no;
			key_add(g, m->ent, key, m->ent == ENT_CLAUSE ? 9 : 8);
		}
	}
}

static void made_resolve(struct gather *g)
{
	for (size_t i = 0; i < g->n_made && g->rc == RC_OK; i++) {
		struct orgs_of o = orgs_begin(g, g->made[i].a);
		for (uint32_t org; (org = orgs_next(&o)) != ORG_NONE;)
			made_of(g, &g->made[i], org);
	}
}

/* Numbers are given out in order: those made since are the last ones. */
static void orgs_made(struct gather *g)
{
	struct rec r;
	uint8_t key[4];
	uint32_t o = graph_max_org(g->u->t);

	for (; o > 0 && g->rc == RC_OK; o--) {
		enum rc rc = org_get(g->u->t, o, &r);
		if (rc == RC_NOT_FOUND)
			continue;
		if (rc != RC_OK)
			g->rc = rc;
		if (rc != RC_OK || rec_created(&r) <= g->u->revision)
			break;
		be32_put(key, o);
		key_add(g, ENT_ORG, key, 4);
	}
	g->u->max_org = o;
}

/* ---- what counts ---- */

static int undone_cmp(const void *pa, const void *pb)
{
	const struct undone *a = pa, *b = pb;
	int d = (int)a->ent - (int)b->ent;
	if (!d)
		d = view_cmp(a->key, b->key);
	return d ? d : a->found < b->found ? -1 : a->found > b->found;
}

static bool made_since(const struct undo *u, const struct undone *x)
{
	struct view v;
	struct rec r;
	return record_get(u->t, x->ent, x->key, &v) == RC_OK && rec_decode(&r, v) && rec_created(&r) > u->revision;
}

/* The first image of a record counts; without one, what was made since goes. */
static void undone_settle(struct undo *u)
{
	size_t n = 0;
	if (u->n)
		qsort(u->u, u->n, sizeof *u->u, undone_cmp);
	for (size_t i = 0, next; i < u->n; i = next) {
		for (next = i + 1; next < u->n && u->u[next].ent == u->u[i].ent &&
				   view_eq(u->u[next].key, u->u[i].key); next++)
			;
		if (u->u[i].found == UINT64_MAX && !made_since(u, &u->u[i]))
			continue;
		u->u[n++] = u->u[i];
		if (u->u[i].ent == ENT_ORG && u->u[i].rec.p)
			u->max_org = MAX(u->max_org, be32_get(u->u[i].key.p));
	}
	u->n = n;
}

static void gather_done(struct gather *g)
{
	arena_free(g->a);
	free(g->named);
	free(g->made);
	free(g->renamed);
}

static enum rc range_check(struct txn *t, uint64_t revision, struct err *e)
{
	uint64_t now = graph_revision(t), first = log_first(t);
	if (revision > now)
		return err_set(e, RC_OUT_OF_RANGE, "as_of", "%llu", (unsigned long long)revision);
	if (revision < now && (revision < past_from(t) || first > revision + 1))
		return err_set(e, RC_COMPACTED, "as_of", "%llu",
			       (unsigned long long)MAX(past_from(t), first ? first - 1 : 0));
	return RC_OK;
}

enum rc as_of_undo(struct txn *t, uint64_t revision, struct err *e)
{
	struct undo u = { .t = t, .revision = revision, .today = graph_today(t) };
	struct gather g = { .u = &u, .a = arena_new(), .e = e };

	g.rc = g.a ? range_check(t, revision, e) : RC_NOMEM;
	if (g.rc == RC_OK && revision < graph_revision(t)) {
		past_each(t, revision + 1, image_add, &g);
		if (g.rc == RC_OK)
			log_gather(&g);
		if (g.rc == RC_OK)
			renamed_resolve(&g);
		if (g.rc == RC_OK)
			made_resolve(&g);
		if (g.rc == RC_OK)
			orgs_made(&g);
		if (g.rc == RC_OK)
			undone_settle(&u);
		if (g.rc == RC_OK)
			g.rc = txn_rc(t);
		if (g.rc == RC_OK)
			g.rc = undo_apply(&u);
	}
	if (g.rc == RC_TOO_LARGE && e->rc == RC_OK)
		g.rc = err_set(e, RC_TOO_LARGE, "as_of", "%zu bytes", AS_OF_BYTES_MAX);
	free(u.u);
	gather_done(&g);
	return g.rc;
}
