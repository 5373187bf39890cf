/*
 * impact.c - who is affected by a supplier: one reverse layered walk that carries what the last link
 * asks (highest effective level, any misfit). A link X -> Y that is private counts as X's own first
 * link only; procurers with a grant on such a link are walked once more, each with its own eyes.
 */
#include "base/util.h"
#include "graph/walk.h"

/* What reaches an organisation: level (3 bits), misfit (bit 3), reached (bit 4). */
enum { V_MISFIT = 8, V_REACHED = 16 };

static inline unsigned value_merge(unsigned a, unsigned b)
{
	unsigned level = MAX(a & 7, b & 7);
	return level | ((a | b) & (V_MISFIT | V_REACHED));
}

static unsigned value_of_link(uint32_t attr)
{
	unsigned level = adj_level(attr);
	return level | V_REACHED | (adj_scope(attr) == FIT_NO + 1 && level > 0 ? V_MISFIT : 0);
}

/* A cell of this walk: epoch << 16, tier as a procurer (5), own value (5), value that goes on (5). */
static inline unsigned own_value(uint32_t c) { return c >> 5 & 31; }
static inline unsigned on_value(uint32_t c) { return c >> 10 & 31; }

struct rev {
	struct txn *t;
	struct scratch *s;
	struct adj_reader in;
	uint32_t supplier, viewer; /* viewer ORG_NONE: everybody at once */
	int32_t on;
	unsigned depth;
	bool any_grants;
	uint32_t *front, *next;
	uint8_t *front_value;
	size_t n_front, n_next, cap;
	bool granted_links; /* a private link with grants was met */
	enum rc rc;
};

static bool room(struct rev *r, size_t n)
{
	if (n <= r->cap)
		return true;
	size_t cap = MAX(n, r->cap * 2 + 256);
	uint32_t *a = realloc(r->front, cap * sizeof *a);
	if (a)
		r->front = a;
	uint32_t *b = realloc(r->next, cap * sizeof *b);
	if (b)
		r->next = b;
	uint8_t *c = realloc(r->front_value, cap);
	if (c)
		r->front_value = c;
	if (!a || !b || !c)
		return false;
	r->cap = cap;
	return true;
}

/* Does X -> Y carry walks of procurers above X? */
static bool goes_on(struct rev *r, uint32_t x, uint32_t y, uint32_t attr)
{
	if (x == r->viewer)
		return false; /* no walk of a procurer passes through itself */
	if (adj_disclosure(attr) != DISC_PRIVATE)
		return true;
	if (attr & ADJ_GRANTS)
		r->granted_links = true;
	return r->viewer != ORG_NONE && link_visible(r->t, r->viewer, x, y, attr, r->on, r->any_grants);
}

static void meet(struct rev *r, uint32_t x, uint32_t y, uint32_t attr, unsigned value, unsigned layer)
{
	struct scratch *s = r->s;
	if (x >= s->n)
		return;
	uint32_t c = s->cell[x];
	if (c >> 16 != s->epoch) {
		if (s->n_reach == s->cap_reach) {
			size_t cap = s->cap_reach * 2 + 1024;
			uint32_t *p = realloc(s->reach, cap * sizeof *p);
			if (!p) {
				r->rc = RC_NOMEM;
				return;
			}
			s->reach = p;
			s->cap_reach = cap;
		}
		s->reach[s->n_reach++] = x;
		c = s->epoch << 16 | layer;
	}
	unsigned own = value_merge(own_value(c), value), on = on_value(c), was = on;
	if (goes_on(r, x, y, attr))
		on = value_merge(on, value);
	s->cell[x] = (c & 0xffff001fu) | own << 5 | on << 10;
	if (on == was || (s->bits[x / 64] >> (x % 64) & 1))
		return;
	if (!room(r, r->n_next + 1)) {
		r->rc = RC_NOMEM;
		return;
	}
	s->bits[x / 64] |= 1ull << (x % 64);
	r->next[r->n_next++] = x;
}

static void visit(struct rev *r, uint32_t y, unsigned value, unsigned layer)
{
	struct adj_run run;
	for (bool ok = adj_first(&r->in, y, &run); ok; ok = adj_next(&r->in, &run)) {
		const struct adj_dates *d = run.d;
		for (uint32_t i = 0; i < run.n && r->rc == RC_OK; i++) {
			const struct adj_ent e = run.e[i];
			if ((e.attr & ADJ_DATED) && !dates_active(d++, r->on))
				continue;
			meet(r, e.peer, y, e.attr, layer == 1 ? value_of_link(e.attr) : value, layer);
		}
	}
}

static int u32_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

/* The next frontier in number order, with values frozen as of the layer that ends. */
static void turn(struct rev *r)
{
	struct scratch *s = r->s;
	if (r->n_next > 1)
		qsort(r->next, r->n_next, sizeof *r->next, u32_cmp);
	for (size_t i = 0; i < r->n_next; i++) {
		uint32_t x = r->next[i];
		s->bits[x / 64] = 0;
		r->front[i] = x;
		r->front_value[i] = (uint8_t)on_value(s->cell[x]);
	}
	r->n_front = r->n_next;
	r->n_next = 0;
}

/* Fills s->reach and cells: the procurers that reach the supplier. */
static enum rc rev_run(struct rev *r)
{
	enum rc rc = scratch_begin(r->s, r->t);
	if (rc != RC_OK)
		return rc;
	adj_reader_walk(&r->in, r->t, ADJ_IN);
	for (unsigned k = 1; k <= r->depth && r->rc == RC_OK; k++) {
		if (k == 1)
			visit(r, r->supplier, 0, 1);
		for (size_t i = 0; k > 1 && i < r->n_front && r->rc == RC_OK; i++)
			visit(r, r->front[i], r->front_value[i], k);
		if (r->rc == RC_OK)
			turn(r);
	}
	if (r->rc != RC_OK)
		memset(r->s->bits, 0, (r->s->n / 64 + 1) * sizeof *r->s->bits);
	if (r->in.bad)
		r->rc = RC_DAMAGED;
	adj_reader_done(&r->in);
	return r->rc != RC_OK ? r->rc : txn_rc(r->t);
}

static void rev_done(struct rev *r)
{
	free(r->front);
	free(r->next);
	free(r->front_value);
}

/* ---- results ---- */

struct found {
	uint32_t procurer;
	uint8_t tier, value;
};

struct founds {
	struct found *f;
	size_t n, cap;
};

static bool founds_add(struct founds *s, struct found f)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 256;
		struct found *p = realloc(s->f, cap * sizeof *p);
		if (!p)
			return false;
		s->f = p;
		s->cap = cap;
	}
	s->f[s->n++] = f;
	return true;
}

static enum rc collect(struct rev *r, struct founds *out)
{
	for (size_t i = 0; i < r->s->n_reach; i++) {
		uint32_t x = r->s->reach[i], c = r->s->cell[x];
		if (x == r->supplier || (r->viewer != ORG_NONE && x != r->viewer) || !(own_value(c) & V_REACHED))
			continue;
		if (!founds_add(out, (struct found){ x, (uint8_t)cell_tier(c), (uint8_t)own_value(c) }))
			return RC_NOMEM;
	}
	return RC_OK;
}

static int found_cmp(const void *pa, const void *pb)
{
	uint32_t x = ((const struct found *)pa)->procurer, y = ((const struct found *)pb)->procurer;
	return x < y ? -1 : x > y;
}

/* Everybody who holds a grant, once each. */
static enum rc viewers(struct txn *t, struct buf *out)
{
	AUTO_CUR struct cur c;
	uint8_t key[4];
	uint32_t last = 0;
	cur_open(&c, t, DB_GRANT);
	bool ok = cur_first(&c);
	while (ok) {
		last = be32_get(c.key.p);
		buf_add(out, &last, 4);
		if (last == UINT32_MAX)
			break;
		be32_put(key, last + 1);
		ok = cur_ge(&c, view_of(key, 4));
	}
	return buf_ok(out) ? txn_rc(t) : RC_NOMEM;
}

/* Procurers with grants see more than everybody: their results replace or join the general ones. */
static enum rc granted(const struct rev *general, struct founds *all)
{
	AUTO(buf_done) struct buf list = BUF_INIT;
	struct founds more = { 0 };
	enum rc rc = viewers(general->t, &list);
	for (size_t i = 0; i < list.n && rc == RC_OK; i += 4) {
		struct rev r = { .t = general->t, .s = general->s, .supplier = general->supplier, .on = general->on,
				 .depth = general->depth, .any_grants = true };
		memcpy(&r.viewer, list.p + i, 4);
		if (r.viewer == r.supplier)
			continue;
		rc = rev_run(&r);
		if (rc == RC_OK)
			rc = collect(&r, &more);
		rev_done(&r);
	}
	for (size_t i = 0; i < more.n && rc == RC_OK; i++) {
		struct found *at = all->n ? bsearch(&more.f[i], all->f, all->n, sizeof *all->f, found_cmp) : NULL;
		if (at)
			*at = more.f[i];
	}
	size_t n = all->n;
	for (size_t i = 0; i < more.n && rc == RC_OK; i++)
		if ((!n || !bsearch(&more.f[i], all->f, n, sizeof *all->f, found_cmp)) && !founds_add(all, more.f[i]))
			rc = RC_NOMEM;
	free(more.f);
	return rc;
}

struct sorted {
	struct view id;
	struct impact_item item;
};

static int sorted_cmp(const void *pa, const void *pb)
{
	const struct sorted *a = pa, *b = pb;
	if (a->item.tier != b->item.tier)
		return a->item.tier < b->item.tier ? -1 : 1;
	return view_cmp(a->id, b->id);
}

/* What P hopes for at that tier, whatever links ask. */
static unsigned tier_target(struct txn *t, uint32_t procurer, unsigned tier, struct targets *tmp)
{
	return targets_of(t, procurer, tmp) == RC_OK && tmp->present ? tmp->tiers[tier] : 0;
}

static enum rc judge(struct txn *t, const struct founds *f, unsigned held, struct impact *out)
{
	AUTO_FREE struct targets *tmp = malloc(sizeof *tmp);
	AUTO_FREE struct sorted *v = malloc(MAX(f->n, (size_t)1) * sizeof *v);
	bool any_targets = txn_count(t, DB_TARGETS) > 0;
	out->items = malloc(MAX(f->n, (size_t)1) * sizeof *out->items);
	if (!tmp || !v || !out->items)
		return RC_NOMEM;
	for (size_t i = 0; i < f->n; i++) {
		unsigned tier = f->f[i].tier, required = f->f[i].value & 7;
		if (any_targets && tier >= 2)
			required = MAX(required, tier_target(t, f->f[i].procurer, tier, tmp));
		bool gap = held < required || (f->f[i].value & V_MISFIT);
		v[i] = (struct sorted){ org_id(t, f->f[i].procurer),
					{ f->f[i].procurer, (uint8_t)tier, (uint8_t)required, gap } };
		out->procurers++;
		out->in_gap += gap;
		out->tier_procurers[tier]++;
		out->tier_in_gap[tier] += gap;
	}
	qsort(v, f->n, sizeof *v, sorted_cmp);
	for (size_t i = 0; i < f->n; i++)
		out->items[i] = v[i].item;
	out->n = f->n;
	return txn_rc(t);
}

enum rc impact_compute(struct txn *t, struct scratch *s, uint32_t supplier, unsigned depth, int32_t on,
		       int held_level, const struct caller *caller, struct impact *out)
{
	struct rev r = { .t = t, .s = s, .supplier = supplier, .on = on, .depth = depth,
			 .any_grants = txn_count(t, DB_GRANT) > 0 };
	struct founds f = { 0 };

	(void)caller; /* roles narrow the items later */
	*out = (struct impact){ .held = held_on(t, supplier, on).level };
	enum rc rc = rev_run(&r);
	if (rc == RC_OK)
		rc = collect(&r, &f);
	if (rc == RC_OK && f.n > 1)
		qsort(f.f, f.n, sizeof *f.f, found_cmp);
	if (rc == RC_OK && r.any_grants && r.granted_links)
		rc = granted(&r, &f);
	rev_done(&r);
	if (rc == RC_OK)
		rc = judge(t, &f, held_level >= 0 ? (unsigned)held_level : out->held, out);
	free(f.f);
	if (rc != RC_OK)
		impact_done(out);
	return rc;
}

void impact_done(struct impact *i)
{
	free(i->items);
	i->items = NULL;
	i->n = 0;
}
