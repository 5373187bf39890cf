/*
 * seeds.c - turns revisions into seeds: organisations from which to walk against the links (a link's
 * procurer, a certificate's holder), or procurers whose own figures alone can change (clauses, due dates).
 *
 * Each organisation is a seed once, under its first event. An organisation that is deleted with its
 * links leaves no way to walk: then all are touched.
 */
#include <stdlib.h>

#include "base/util.h"
#include "graph/calendar.h"
#include "services/touched.h"

#define LOG_KEEP ((size_t)1 << 20)

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

	if (op->ent == ENT_DRILL)
		return; /* nothing follows from it */
	s->kind = SEED_WALK;
	if (op->ent == ENT_ORG && op->kind == OP_DELETE) {
		s->x->watches_stale = true;
		if (op->flags & OPF_CASCADE)
			seed_add(s, ORG_NONE);
		return;
	}
	if (op->ent == ENT_TARGETS)
		s->x->watches_stale = true;
	s->x->room_gone += op->ent == ENT_LINK && op->kind == OP_DELETE;
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

	if (rc == RC_OK && head.type == CMD_LOAD)
		return RC_NOT_FOUND; /* all there is: the log does not tell one by one */
	if (rc != RC_OK || (head.type != CMD_OPS && head.type != CMD_TICK))
		return rc;
	rc = log_read(s->t, revision, &x->log);
	if (rc == RC_OK)
		rc = cmd_decode(buf_view(&x->log), &c);
	if (rc != RC_OK)
		return rc;
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

enum rc seeds_read(struct touched *x, struct txn *t, uint64_t after, uint64_t to)
{
	struct seeding s = { .x = x, .t = t, .day = DAY_NONE, .kind = SEED_WALK };
	enum rc rc = log_first(t) > after + 1 ? RC_NOT_FOUND : RC_OK;

	for (uint64_t rev = after + 1; rev <= to && rc == RC_OK; rev++)
		rc = seed_revision(&s, rev);
	if (rc != RC_NOT_FOUND)
		return rc;
	/* compacted: what happened is not known */
	s.day = DAY_NONE;
	s.kind = SEED_WALK;
	s.cause = (struct cause){ 0 };
	seed_add(&s, ORG_NONE);
	x->watches_stale = true;
	x->standings_ready = false;
	x->room.ready = false;
	return s.failed ? RC_NOMEM : RC_OK;
}
