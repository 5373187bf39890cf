/*
 * touched.c - from revisions to the watched procurers that they can have touched.
 *
 * First every revision is turned into seeds: organisations from which to walk against the links (a
 * link's procurer, a certificate's holder), or procurers whose own figures alone can change (clauses,
 * due dates). Then one reverse walk a seed, as long as there are few, names the event that touched
 * each procurer; past SEEDS_APART the rest is walked at once under the first of their events. An
 * organisation that is deleted with its links leaves no way to walk: then all are touched. Where an
 * organisation only holds something else, shifts.c finds a shorter way.
 */
#include "services/touched.h"

#include <stdlib.h>

#include "base/util.h"
#include "graph/calendar.h"

#define SEEDS_APART 64
#define LOG_KEEP ((size_t)1 << 20)

bool list_grow(void **p, size_t *cap, size_t n, size_t size)
{
	size_t want = *cap ? *cap * 2 : 64;
	void *bigger;

	if (n < *cap)
		return true;
	bigger = realloc(*p, want * size);
	if (!bigger)
		return false;
	*p = bigger;
	*cap = want;
	return true;
}

/* ---- the watched ---- */

/* Memos of watches that stay at their depth stay too. */
static enum rc memos_move(struct touched *x, const struct watch *old, size_t n_old)
{
	struct memo *memos = calloc(MAX(x->n_watches, (size_t)1), sizeof(*memos));
	size_t k = 0;

	for (size_t i = 0; i < n_old; i++) {
		while (memos && k < x->n_watches && x->watches[k].org < old[i].org)
			k++;
		if (memos && k < x->n_watches && x->watches[k].org == old[i].org &&
		    x->watches[k].depth == old[i].depth)
			memos[k] = x->memos[i];
		else
			memo_done(&x->memos[i]);
	}
	free(x->memos);
	x->memos = memos;
	return memos ? RC_OK : RC_NOMEM;
}

static enum rc watches_read(struct touched *x, struct txn *t)
{
	uint32_t list[256];
	size_t n, cap = 0;
	struct rec r;

	x->watches = NULL;
	x->n_watches = 0;
	for (uint32_t after = 0; (n = watched_list(t, after, list, ARRAY_LEN(list))) > 0;
	     after = list[n - 1]) {
		for (size_t i = 0; i < n; i++) {
			void *p = x->watches;

			if (!list_grow(&p, &cap, x->n_watches, sizeof(*x->watches)))
				return RC_NOMEM;
			x->watches = p;
			if (targets_get(t, list[i], &r) == RC_OK)
				x->watches[x->n_watches++] = (struct watch){
					list[i],
					(uint8_t)rec_int(&r, TARGETS_DEPTH, DEPTH_DEFAULT),
				};
		}
	}
	free(x->hit);
	x->hit = malloc(MAX(x->n_watches, (size_t)1));
	return x->hit ? RC_OK : RC_NOMEM;
}

static enum rc watches_load(struct touched *x, struct txn *t)
{
	AUTO_FREE struct watch *old = x->watches;
	size_t n_old = x->n_watches;
	enum rc rc = watches_read(x, t), rc2 = memos_move(x, old, n_old);

	if (rc == RC_OK)
		rc = rc2;
	if (rc != RC_OK) {
		x->n_watches = 0; /* hit or memos may be missing */
		return rc;
	}
	x->watches_stale = false;
	return txn_rc(t);
}

size_t watch_index(const struct touched *x, uint32_t org)
{
	size_t lo = 0, hi = x->n_watches;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (x->watches[mid].org < org)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* ---- seeds ---- */

struct seeding {
	struct touched *x;
	struct txn *t;
	struct cause cause;
	int32_t day;
	enum seed_kind kind;
	bool failed;
	struct view prefix; /* of the ids of units */
};

static void seed_add(struct seeding *s, uint32_t org)
{
	struct touched *x = s->x;
	void *p = x->seeds;
	struct seed *last = x->n_seeds ? &x->seeds[x->n_seeds - 1] : NULL;

	if (org != ORG_NONE && s->day == DAY_NONE && s->kind != SEED_DIRECT) {
		uint8_t *seen = s->kind == SEED_HELD ? x->seen_held : x->seen;

		if ((org >> 3) >= x->bits_bytes || bit_get(seen, org))
			return;
		bit_put(seen, org);
	}
	if (s->kind == SEED_DIRECT && last && last->org == org && last->kind == SEED_DIRECT &&
	    last->day == s->day)
		return; /* a procurer's clauses come in one row */
	if (!list_grow(&p, &x->cap_seeds, x->n_seeds, sizeof(*x->seeds))) {
		s->failed = true;
		return;
	}
	x->seeds = p;
	x->seeds[x->n_seeds++] = (struct seed){ org, s->day, s->kind, s->cause };
}

static bool seed_unit(void *arg, struct view id, uint32_t org)
{
	struct seeding *s = arg;

	if (id.n <= s->prefix.n || memcmp(id.p, s->prefix.p, s->prefix.n) != 0)
		return false;
	seed_add(s, org);
	return !s->failed;
}

/* An organisation and its units: certificates of an entity count for both. */
static void seed_family(struct seeding *s, uint32_t org)
{
	AUTO(buf_done) struct buf prefix = BUF_INIT;

	seed_add(s, org);
	buf_addv(&prefix, org_id(s->t, org));
	buf_addc(&prefix, '~');
	if (!buf_ok(&prefix)) {
		s->failed = true;
		return;
	}
	s->prefix = buf_view(&prefix);
	org_each(s->t, s->prefix, seed_unit, s);
}

/* Whether a change of an organisation's record can move figures. */
static bool org_op_matters(const struct op *op)
{
	struct rd rd = rd_of(op->fields);
	struct view v;
	unsigned id;
	bool bad = false;

	if (op->kind != OP_MERGE && !(op->flags & OPF_CREATED))
		return true;
	while (fl_next(&rd, &id, &v, &bad))
		if (id == ORG_PARENT || id == ORG_KIND || id == ORG_SUBTIER_ATTESTED_ON)
			return true;
	return bad;
}

/* An end of a link may have been made by it; a unit holds from the start what its entity does. */
static void seed_stub_unit(struct seeding *s, struct view id)
{
	uint32_t org;

	s->kind = SEED_HELD;
	if (id.n && memchr(id.p, '~', id.n) && org_find(s->t, id, &org) == RC_OK)
		seed_add(s, org);
}

static void seed_org(struct seeding *s, const struct op *op, uint32_t org)
{
	if (!org_op_matters(op))
		return;
	s->kind = SEED_HELD;
	seed_family(s, org);
	s->kind = SEED_WALK;
	if (!(op->flags & OPF_CREATED)) /* a new one has no links yet; those made with it are seeds */
		seed_family(s, org);
}

static void seed_op(struct seeding *s, const struct op *op)
{
	uint32_t org;

	s->kind = SEED_WALK;
	if (op->ent == ENT_ORG && op->kind == OP_DELETE) {
		s->x->watches_stale = true;
		if (op->flags & OPF_CASCADE)
			seed_add(s, ORG_NONE);
		return;
	}
	if (op->ent == ENT_TARGETS)
		s->x->watches_stale = true;
	if (op->ent == ENT_LINK) {
		seed_stub_unit(s, op->a);
		seed_stub_unit(s, op->b);
	}
	if (org_find(s->t, op->a, &org) != RC_OK)
		return; /* gone by now: what removed it is a seed of its own */
	s->kind = op->ent == ENT_CLAUSE ? SEED_DIRECT : op->ent == ENT_CERT ? SEED_HELD : SEED_WALK;
	if (op->ent == ENT_ORG)
		seed_org(s, op, org);
	else if (op->ent == ENT_CERT)
		seed_family(s, org);
	else
		seed_add(s, org);
}

/* ---- seeds of a day ---- */

static void seed_calendar(void *arg, const struct cal_entry *e)
{
	struct seeding *s = arg;

	s->kind = e->kind == CAL_LINK ? SEED_WALK : e->kind == CAL_HELD ? SEED_HELD : SEED_DIRECT;
	seed_add(s, e->a);
}

struct cause_match {
	struct touched *x;
	struct txn *t;
	uint64_t revision;
	size_t from; /* the revision's first seed */
	bool lapses; /* only what fell or rose, and over what stands */
};

static int seed_org_cmp(const void *pa, const void *pb)
{
	uint32_t a = ((const struct seed *)pa)->org, b = ((const struct seed *)pb)->org;

	return a < b ? -1 : a > b;
}

/* Gives the seeds of the event's organisation its id. */
static bool match_event(void *arg, const struct event *ev)
{
	struct cause_match *m = arg;
	const char *slash = memchr(ev->subject.p, '/', ev->subject.n);
	struct view id = ev->subject;
	size_t lo = m->from, hi = m->x->n_seeds;
	uint32_t org;

	if (ev->revision != m->revision)
		return false;
	if (m->lapses && ev->type != EV_SUPPLIER_LAPSED && ev->type != EV_SUPPLIER_RESTORED)
		return true;
	if (slash)
		id.n = (size_t)(slash - (const char *)id.p);
	if (org_find(m->t, id, &org) != RC_OK)
		return true;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (m->x->seeds[mid].org < org)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < m->x->n_seeds && m->x->seeds[lo].org == org; lo++)
		if (m->lapses || m->x->seeds[lo].cause.revision == 0)
			m->x->seeds[lo].cause = (struct cause){ ev->revision, ev->seq };
	return true;
}

static void seed_tick(struct seeding *s, uint64_t revision, int32_t day)
{
	struct touched *x = s->x;
	struct cause_match m = { x, s->t, revision, x->n_seeds, false };
	void *p = x->days;

	if (!list_grow(&p, &x->cap_days, x->n_days, sizeof(*x->days))) {
		s->failed = true;
		return;
	}
	x->days = p;
	x->days[x->n_days++] = day;
	s->day = day;
	s->cause = (struct cause){ 0 };
	cal_each(s->t, day, 0, seed_calendar, s);
	cal_each(s->t, day + HORIZON_DEFAULT, CAL_HELD, seed_calendar, s); /* expiring looks that far */
	s->day = DAY_NONE;
	if (x->n_seeds == m.from)
		return;
	qsort(x->seeds + m.from, x->n_seeds - m.from, sizeof(*x->seeds), seed_org_cmp);
	if (events_read(s->t, revision - 1, UINT32_MAX, SIZE_MAX, match_event, &m) != RC_OK)
		txn_fail(s->t, RC_DAMAGED);
}

/* Where a write made a level fall or rise, that is what changed the figures, not the record's change. */
static void match_lapses(struct seeding *s, uint64_t revision, size_t from)
{
	struct touched *x = s->x;
	struct cause_match m = { x, s->t, revision, from, true };

	qsort(x->seeds + from, x->n_seeds - from, sizeof(*x->seeds), seed_org_cmp);
	if (events_read(s->t, revision - 1, UINT32_MAX, SIZE_MAX, match_event, &m) != RC_OK)
		txn_fail(s->t, RC_DAMAGED);
}

static enum rc seed_revision(struct seeding *s, uint64_t revision)
{
	struct touched *x = s->x;
	struct log_head head;
	struct cmd c;
	size_t from = x->n_seeds;
	bool certs = false;
	enum rc rc = log_head(s->t, revision, &head);

	if (rc != RC_OK || (head.type != CMD_OPS && head.type != CMD_TICK))
		return rc;
	rc = log_read(s->t, revision, &x->log);
	if (rc == RC_OK)
		rc = cmd_decode(buf_view(&x->log), &c);
	if (rc != RC_OK)
		return rc;
	x->log_bytes += x->log.n;
	if (c.type == CMD_TICK)
		seed_tick(s, revision, c.day);
	for (size_t i = 0; i < c.n_ops && !s->failed; i++) {
		s->cause = (struct cause){ revision, (uint32_t)i };
		seed_op(s, &c.ops[i]);
		certs = certs || c.ops[i].ent == ENT_CERT;
	}
	free(c.ops);
	if (certs && !s->failed && x->n_seeds > from)
		match_lapses(s, revision, from);
	if (x->log.cap > LOG_KEEP)
		buf_done(&x->log);
	return s->failed ? RC_NOMEM : txn_rc(s->t);
}

/* ---- from seeds to the watched ---- */

void touch_add(struct touched *x, struct txn *t, size_t watch, int32_t day, struct cause cause)
{
	void *p = x->touches;

	if (!list_grow(&p, &x->cap_touches, x->n_touches, sizeof(*x->touches))) {
		txn_fail(t, RC_NOMEM);
		return;
	}
	x->touches = p;
	x->touches[x->n_touches++] = (struct touch){ (uint32_t)watch, day, cause };
}

struct reaching {
	struct touched *x;
	struct txn *t;
	int32_t day;
	struct cause cause;
};

static void reached(void *arg, uint32_t procurer, unsigned distance)
{
	struct reaching *r = arg;
	struct touched *x = r->x;
	size_t i;

	if ((procurer >> 3) >= x->bits_bytes || !bit_get(x->watched, procurer))
		return;
	i = watch_index(x, procurer);
	if (i < x->n_watches && distance <= x->watches[i].depth && !x->hit[i]) {
		x->hit[i] = 1;
		touch_add(x, r->t, i, r->day, r->cause);
	}
}

static void touch_all(struct touched *x, struct txn *t, const struct seed *s)
{
	for (size_t i = 0; i < x->n_watches; i++)
		if (!x->hit[i])
			touch_add(x, t, i, s->day, s->cause);
	memset(x->hit, 1, x->n_watches);
}

/* Seeds [from, to) are of one kind of day: writes, or the calendar of one day. */
static enum rc walk_seeds(struct touched *x, struct txn *t, size_t from, size_t to)
{
	AUTO_FREE uint32_t *orgs = malloc(MAX(to - from, (size_t)1) * sizeof(*orgs));
	struct reaching r = { x, t, x->seeds[from].day, { 0 } };
	size_t apart = 0, n = 0;

	if (!orgs)
		return RC_NOMEM;
	memset(x->hit, 0, x->n_watches);
	for (size_t i = from; i < to && txn_rc(t) == RC_OK; i++) {
		const struct seed *s = &x->seeds[i];

		if (s->org == ORG_NONE) {
			touch_all(x, t, s);
			break;
		}
		r.cause = s->cause;
		if (s->kind == SEED_DIRECT)
			reached(&r, s->org, 0);
		else if (apart++ < SEEDS_APART)
			touched_by(t, x->scratch, &s->org, 1, reached, &r);
		else
			orgs[n++] = (uint32_t)i;
	}
	if (n > 0) {
		r.cause = x->seeds[orgs[0]].cause;
		for (size_t i = 0; i < n; i++)
			orgs[i] = x->seeds[orgs[i]].org;
		touched_by(t, x->scratch, orgs, n, reached, &r);
	}
	return txn_rc(t);
}

static int touch_cmp(const void *pa, const void *pb)
{
	const struct touch *a = pa, *b = pb;

	if (a->watch != b->watch)
		return a->watch < b->watch ? -1 : 1;
	return a->day < b->day ? -1 : a->day > b->day;
}

static int delta_cmp(const void *pa, const void *pb)
{
	const struct delta *a = pa, *b = pb;

	if (a->watch != b->watch)
		return a->watch < b->watch ? -1 : 1;
	return a->shift < b->shift ? -1 : a->shift > b->shift;
}

/* Writes first (DAY_NONE is the lowest), then day by day; seeds of a known cause before the others. */
static int seed_cmp(const void *pa, const void *pb)
{
	const struct seed *a = pa, *b = pb;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (a->cause.revision != b->cause.revision)
		return a->cause.revision - 1 < b->cause.revision - 1 ? -1 : 1; /* 0: last */
	return a->cause.seq < b->cause.seq ? -1 : a->cause.seq > b->cause.seq;
}

static enum rc resolve(struct touched *x, struct txn *t)
{
	enum rc rc = RC_OK;

	memset(x->watched, 0, x->bits_bytes);
	for (size_t i = 0; i < x->n_watches; i++)
		bit_put(x->watched, x->watches[i].org);
	if (x->n_seeds > 1)
		qsort(x->seeds, x->n_seeds, sizeof(*x->seeds), seed_cmp);
	for (size_t from = 0, to; from < x->n_seeds && rc == RC_OK; from = to) {
		for (to = from + 1; to < x->n_seeds && x->seeds[to].day == x->seeds[from].day;)
			to++;
		rc = walk_seeds(x, t, from, to);
	}
	if (rc == RC_OK)
		rc = shifts_resolve(x, t);
	if (x->n_touches > 1)
		qsort(x->touches, x->n_touches, sizeof(*x->touches), touch_cmp);
	if (x->n_deltas > 1)
		qsort(x->deltas, x->n_deltas, sizeof(*x->deltas), delta_cmp);
	return rc;
}

static bool bits_grow(uint8_t **p, size_t n)
{
	uint8_t *bigger = realloc(*p, n);

	if (!bigger)
		return false;
	*p = bigger;
	return true;
}

static enum rc bits_room(struct touched *x, uint32_t max_org)
{
	size_t n = (size_t)max_org / 8 + 1;

	if (n > x->bits_bytes) {
		if (!bits_grow(&x->seen, n) || !bits_grow(&x->seen_held, n) ||
		    !bits_grow(&x->watched, n))
			return RC_NOMEM;
		x->bits_bytes = n;
	}
	memset(x->seen, 0, x->bits_bytes);
	memset(x->seen_held, 0, x->bits_bytes);
	return RC_OK;
}

enum rc touched_collect(struct touched *x, struct txn *t, uint64_t after, uint64_t to)
{
	struct seeding s = { .x = x, .t = t, .day = DAY_NONE };
	enum rc rc = bits_room(x, graph_max_org(t));

	x->n_seeds = x->n_touches = x->n_days = x->n_shifts = x->n_deltas = 0;
	x->log_bytes = 0;
	if (rc == RC_OK && txn_count(t, DB_TARGETS) == 0) { /* nobody watches */
		x->watches_stale = true;
		x->standings_ready = false;
		return watches_load(x, t);
	}
	for (uint64_t rev = after + 1; rev <= to && rc == RC_OK; rev++) {
		if (rev == after + 1 && log_first(t) > rev)
			rc = RC_NOT_FOUND;
		else
			rc = seed_revision(&s, rev);
	}
	if (rc == RC_NOT_FOUND) { /* compacted */
		s.day = DAY_NONE;
		s.cause = (struct cause){ 0 };
		seed_add(&s, ORG_NONE);
		x->watches_stale = true;
		x->standings_ready = false;
		rc = s.failed ? RC_NOMEM : RC_OK;
	}
	if (rc == RC_OK && x->watches_stale)
		rc = watches_load(x, t);
	if (rc == RC_OK)
		rc = shifts_find(x, t);
	return rc == RC_OK ? resolve(x, t) : rc;
}

void touched_forget(struct touched *x) { x->standings_ready = false; }

const struct delta *touched_deltas(const struct touched *x, size_t i, size_t *out_n)
{
	size_t lo = 0, hi = x->n_deltas, end;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (x->deltas[mid].watch < i)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (end = lo; end < x->n_deltas && x->deltas[end].watch == i;)
		end++;
	*out_n = end - lo;
	return x->deltas + lo;
}

const struct touch *touched_find(const struct touched *x, size_t i, int32_t day)
{
	struct touch key = { .watch = (uint32_t)i, .day = day };

	return x->n_touches
		       ? bsearch(&key, x->touches, x->n_touches, sizeof(key), touch_cmp)
		       : NULL;
}

enum rc touched_init(struct touched *x)
{
	*x = (struct touched){ .watches_stale = true };
	x->scratch = scratch_new();
	return x->scratch ? RC_OK : RC_NOMEM;
}

void touched_done(struct touched *x)
{
	scratch_free(x->scratch);
	for (size_t i = 0; i < x->n_watches; i++)
		memo_done(&x->memos[i]);
	free(x->memos);
	free(x->deltas);
	free(x->shifts);
	free(x->standings);
	free(x->seen_held);
	free(x->watches);
	free(x->touches);
	free(x->days);
	free(x->seeds);
	free(x->seen);
	free(x->watched);
	free(x->hit);
	buf_done(&x->log);
}
