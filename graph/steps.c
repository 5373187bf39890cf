/*
 * steps.c - certificates to step functions, and reading them by day. Layout: steps.h; meaning:
 * domain.md "valid on D", "held(S, D)", "at risk", "unconfirmed", "unknown below".
 */
#include "graph/steps.h"

#include "base/util.h"

/* ---- one certificate ---- */

struct period {
	int32_t from, to; /* both included; DAY_NONE: open */
};

static bool in_period(struct period p, int32_t day)
{
	return (p.from == DAY_NONE || p.from <= day) && (p.to == DAY_NONE || day <= p.to);
}

static bool next_period(struct rd *rd, struct period *p)
{
	if (!rd_more(rd))
		return false;
	p->from = (int32_t)rd_svarint(rd);
	p->to = (int32_t)rd_svarint(rd);
	return !rd->bad;
}

static bool suspended_on(const struct rec *r, int32_t day)
{
	struct period p = { rec_day(r, CERT_SUSPENDED_FROM), rec_day(r, CERT_SUSPENDED_TO) };
	if (p.from != DAY_NONE && in_period(p, day))
		return true;
	if (!rec_has(r, CERT_SUSPENSIONS))
		return false;
	struct rd rd = rd_of(r->f[CERT_SUSPENSIONS]);
	while (next_period(&rd, &p))
		if (in_period(p, day))
			return true;
	return false;
}

static bool revoked_on(const struct rec *r, int32_t day)
{
	int32_t d = rec_day(r, CERT_REVOKED_ON);
	return d != DAY_NONE && day >= d;
}

bool cert_valid_on(const struct rec *r, int32_t day)
{
	struct period life = { rec_day(r, CERT_ISSUED), rec_day(r, CERT_EXPIRES) };
	return in_period(life, day) && !suspended_on(r, day) && !revoked_on(r, day);
}

enum cert_status cert_status_on(const struct rec *r, int32_t day)
{
	if (revoked_on(r, day))
		return CERT_REVOKED;
	return suspended_on(r, day) ? CERT_SUSPENDED : CERT_VALID;
}

int cert_star(const struct rec *r)
{
	int level = (int)rec_int(r, CERT_LEVEL, 0);
	if (view_is(r->f[CERT_SCHEME], "scs"))
		return level >= 3 && level <= 5 ? level : 0;
	if (view_is(r->f[CERT_SCHEME], "security-action"))
		return level >= 1 && level <= 2 ? level : 0;
	return 0;
}

static bool self_assessments_behind(const struct rec *r, int32_t day)
{
	int32_t issued = rec_day(r, CERT_ISSUED);
	int due = issued == DAY_NONE ? 0 : MIN(day_whole_years(issued, day), 2), done = 0;
	if (due == 0)
		return false;
	struct rd rd = rd_of(r->f[CERT_SELF_ASSESSMENTS]);
	while (rd_more(&rd))
		done += (int32_t)rd_svarint(&rd) <= day;
	return done < due;
}

/* ---- the certificates that count for one organisation ---- */

struct counted {
	struct rec rec;
	uint8_t star;
	bool confirms; /* evidence and scope are good enough to count as confirmed */
};
struct counting {
	struct counted *c;
	size_t n, cap;
	bool own, of_unit;
	enum rc rc;
};

static bool count_cert(void *arg, struct view cert, const struct rec *r)
{
	struct counting *k = arg;
	bool entity = rec_int(r, CERT_SCOPE, SCOPE_ENTITY) == SCOPE_ENTITY;
	(void)cert;
	if (!cert_star(r) || (!k->own && !entity))
		return true;
	if (k->n == k->cap) {
		size_t cap = k->cap ? k->cap * 2 : 8;
		struct counted *p = realloc(k->c, cap * sizeof *p);
		if (!p) {
			k->rc = RC_NOMEM;
			return false;
		}
		k->c = p;
		k->cap = cap;
	}
	k->c[k->n++] = (struct counted){
		.rec = *r,
		.star = (uint8_t)cert_star(r),
		.confirms = rec_int(r, CERT_EVIDENCE, EVIDENCE_WORD) != EVIDENCE_WORD &&
			    (entity || (k->own && k->of_unit)),
	};
	return true;
}

struct days {
	int32_t *d;
	size_t n, cap;
	bool failed;
};

static void days_add(struct days *s, int32_t day)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 32;
		int32_t *p = realloc(s->d, cap * sizeof *p);
		if (!p) {
			s->failed = true;
			return;
		}
		s->d = p;
		s->cap = cap;
	}
	s->d[s->n++] = day;
}

static void days_of_period(struct days *s, struct period p)
{
	if (p.from != DAY_NONE)
		days_add(s, p.from);
	if (p.to != DAY_NONE)
		days_add(s, p.to + 1);
}

/* Every day on which the certificate may change what it gives. */
static void days_of_cert(struct days *s, const struct counted *c)
{
	const struct rec *r = &c->rec;
	struct period p = { rec_day(r, CERT_ISSUED), rec_day(r, CERT_EXPIRES) };
	days_of_period(s, p);
	days_of_period(s, (struct period){ rec_day(r, CERT_SUSPENDED_FROM), rec_day(r, CERT_SUSPENDED_TO) });
	if (rec_has(r, CERT_REVOKED_ON))
		days_add(s, rec_day(r, CERT_REVOKED_ON));
	struct rd rd = rd_of(r->f[CERT_SUSPENSIONS]);
	for (struct period q; next_period(&rd, &q);)
		days_of_period(s, q);
	if (c->star != 4)
		return;
	if (p.from != DAY_NONE) {
		days_add(s, day_add_years(p.from, 1));
		days_add(s, day_add_years(p.from, 2));
	}
	rd = rd_of(r->f[CERT_SELF_ASSESSMENTS]);
	while (rd_more(&rd))
		days_add(s, (int32_t)rd_svarint(&rd));
}

static uint32_t bits_on(const struct counting *k, int32_t day, int32_t attested, unsigned *ever)
{
	unsigned held = 0, confirmed = 0;
	for (size_t i = 0; i < k->n; i++) {
		const struct counted *c = &k->c[i];
		if (!cert_valid_on(&c->rec, day))
			continue;
		held = MAX(held, c->star);
		if (c->confirms)
			confirmed = MAX(confirmed, c->star);
	}
	bool at_risk = held == 4;
	for (size_t i = 0; i < k->n && at_risk; i++)
		if (k->c[i].star == 4 && cert_valid_on(&k->c[i].rec, day) &&
		    !self_assessments_behind(&k->c[i].rec, day))
			at_risk = false;
	*ever = MAX(*ever, held);
	return held | *ever << 3 | confirmed << 6 | (uint32_t)at_risk << 9 |
	       (uint32_t)(attested != DAY_NONE && attested <= day) << 10;
}

static int day_cmp(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return x < y ? -1 : x > y;
}

static enum rc steps_from(const struct counting *k, int32_t attested, struct step **out, uint32_t *out_n)
{
	struct days days = { 0 };
	unsigned ever = 0;
	uint32_t n = 0, last = 0;

	days_add(&days, DAY_NONE);
	if (attested != DAY_NONE)
		days_add(&days, attested);
	for (size_t i = 0; i < k->n; i++)
		days_of_cert(&days, &k->c[i]);
	AUTO_FREE int32_t *d = days.d;
	AUTO_FREE struct step *s = malloc(MAX(days.n, (size_t)1) * sizeof *s);
	if (days.failed || !s)
		return RC_NOMEM;
	qsort(d, days.n, sizeof *d, day_cmp);
	for (size_t i = 0; i < days.n; i++) {
		if (i > 0 && d[i] == d[i - 1])
			continue;
		uint32_t bits = bits_on(k, d[i], attested, &ever);
		if (bits != last)
			s[n++] = (struct step){ d[i], bits };
		last = bits;
	}
	*out = STEAL(s);
	*out_n = n;
	return RC_OK;
}

enum rc steps_compute(struct txn *t, uint32_t org, struct step **out, uint32_t *out_n)
{
	struct rec r;
	enum rc rc = org_get(t, org, &r);
	if (rc != RC_OK)
		return rc;
	int32_t attested = rec_day(&r, ORG_SUBTIER_ATTESTED_ON);
	uint32_t parent = org_parent(t, &r);
	struct counting k = { .own = true, .of_unit = org_is_unit(&r) };

	cert_each(t, org, VIEW_LIT(""), count_cert, &k);
	k.own = false;
	if (parent != ORG_NONE)
		cert_each(t, parent, VIEW_LIT(""), count_cert, &k);
	AUTO_FREE struct counted *c = k.c;
	if (k.rc != RC_OK)
		return k.rc;
	(void)c;
	return steps_from(&k, attested, out, out_n);
}

/* ---- blocks ---- */

void step_reader_init(struct step_reader *r, struct txn *t)
{
	*r = (struct step_reader){ .t = t };
}

bool steps_load(struct step_reader *r, uint32_t block)
{
	uint8_t key[4];
	if (r->have && r->block == block)
		return r->v.p != NULL;
	be32_put(key, block);
	r->have = true;
	r->block = block;
	r->v = (struct view){ 0 };
	struct view v;
	if (txn_get(r->t, DB_STEP, view_of(key, 4), &v) != RC_OK)
		return false;
	if (v.n < STEP_HEAD_BYTES || v.n != STEP_HEAD_BYTES + 8 * (size_t)steps_first(v, STEP_BLOCK)) {
		r->bad = true;
		return false;
	}
	r->v = v;
	return true;
}

uint32_t steps_search(const struct step *s, uint32_t n, int32_t day)
{
	uint32_t lo = 0, hi = n;
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;
		if (s[mid].day <= day)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? s[lo - 1].bits : 0;
}

static struct held held_of(uint32_t bits)
{
	return (struct held){ (uint8_t)step_held(bits), (uint8_t)step_ever(bits),
			      (uint8_t)step_confirmed(bits), step_at_risk(bits),
			      step_attested(bits) };
}

struct held held_on(struct txn *t, uint32_t org, int32_t day)
{
	struct step_reader r;
	uint32_t n;
	step_reader_init(&r, t);
	const struct step *s = steps_of(&r, org, &n);
	return held_of(steps_at(s, n, day));
}

struct held held_run(struct txn *t, uint32_t org, int32_t day, int32_t *out_until)
{
	struct step_reader r;
	uint32_t n;
	step_reader_init(&r, t);
	const struct step *s = steps_of(&r, org, &n);
	struct held h = held_of(steps_at(s, n, day));
	*out_until = DAY_NONE;
	for (uint32_t i = 0; h.level && i < n; i++)
		if (s[i].day > day && step_held(s[i].bits) < h.level) {
			*out_until = s[i].day - 1;
			break;
		}
	return h;
}

int32_t held_until(struct txn *t, uint32_t org, int32_t day)
{
	int32_t until;
	(void)held_run(t, org, day, &until);
	return until;
}
