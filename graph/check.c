/*
 * check.c - the offline check: every index against its records and every record against its indexes,
 * both directions of every link, held steps, counts, the log's continuity. Says in words what is wrong.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/orgid.h"
#include "base/util.h"
#include "graph/audit.h"
#include "graph/findings.h"
#include "graph/state.h"
#include "graph/steps.h"

#define FINDINGS_MAX 1000u

struct check {
	struct txn *t;
	struct findings f;
	uint64_t links, orgs, ids, codes, grants, calendar;
	uint32_t max_org;
	struct adj_reader out, in;
	struct targets *targets;
	uint32_t targets_org;
	struct cal_set cal;
};

#define found(k, ...) finding(&(k)->f, __VA_ARGS__)

static const char *name(struct check *k, uint32_t org, char buf[160])
{
	struct view id = org_id(k->t, org);
	if (id.n)
		snprintf(buf, 160, "%.*s", (int)MIN(id.n, (size_t)140), (const char *)id.p);
	else
		snprintf(buf, 160, "organisation number %u", org);
	return buf;
}

/* ---- organisations ---- */

static void check_alias(struct check *k, uint32_t org, struct view id, bool alias)
{
	struct view v;
	char nm[160];
	enum rc rc = txn_get(k->t, DB_ORG_ID, id, &v);
	k->ids++;
	if (rc != RC_OK || v.n != 5 || be32_get(v.p) != org || (((const uint8_t *)v.p)[4] != 0) != alias)
		found(k, "The %s '%.*s' of %s is missing from the index of ids or points elsewhere.",
		      alias ? "alias" : "id", (int)id.n, (const char *)id.p, name(k, org, nm));
}

static void check_steps(struct check *k, uint32_t org)
{
	AUTO_FREE struct step *want = NULL;
	struct step_reader r;
	uint32_t n, have_n;
	char nm[160];
	step_reader_init(&r, k->t);
	const struct step *have = steps_of(&r, org, &have_n);
	if (r.bad || steps_compute(k->t, org, &want, &n) != RC_OK) {
		found(k, "The held levels of %s cannot be read.", name(k, org, nm));
		return;
	}
	if (n != have_n || (n && memcmp(want, have, n * sizeof *want) != 0))
		found(k, "The held levels kept for %s do not follow from its certificates.", name(k, org, nm));
	for (uint32_t i = 0; i < n; i++)
		cal_add(&k->cal, want[i].day, CAL_HELD, org, 0);
}

static void check_personal(struct check *k, const char *what, uint32_t org, struct view ref)
{
	char nm[160];
	if (ref.p && ref.n != 16)
		found(k, "The %s of %s have a damaged reference.", what, name(k, org, nm));
}

static void check_name_text(struct check *k, uint32_t org, const struct rec *r)
{
	AUTO(buf_done) struct buf want = BUF_INIT;
	uint8_t key[4];
	struct view v;
	char nm[160];
	buf_addf(&want, "\x1e%02x", org % 256);
	name_text(&want, r);
	be32_put(key, org / 256);
	if (txn_get(k->t, DB_NAME, view_of(key, 4), &v) != RC_OK || !memmem(v.p, v.n, want.p, want.n))
		found(k, "The search text of %s is missing or out of date.", name(k, org, nm));
}

static void check_orgs(struct check *k)
{
	AUTO_CUR struct cur c;
	struct rec r;
	cur_open(&c, k->t, DB_ORG);
	for (bool ok = cur_first(&c); ok; ok = cur_next(&c)) {
		if (c.key.n != 4 || !rec_decode(&r, c.val) || !rec_has(&r, META_ID)) {
			found(k, "An organisation record cannot be read.");
			continue;
		}
		uint32_t org = be32_get(c.key.p);
		char nm[160];
		k->orgs++;
		if (org == 0 || org > k->max_org)
			found(k, "%s has the number %u, which was never given out.", name(k, org, nm), org);
		check_alias(k, org, r.f[META_ID], false);
		struct rd rd = rd_of(r.f[ORG_ALIASES]);
		while (rd_more(&rd))
			check_alias(k, org, rd_lenbytes(&rd), true);
		if (org_is_unit(&r) && org_parent(k->t, &r) == ORG_NONE)
			found(k, "%s is a unit of an entity that does not exist.", name(k, org, nm));
		check_personal(k, "contacts", org, r.f[ORG_CONTACTS]);
		check_steps(k, org);
		check_name_text(k, org, &r);
	}
	if (k->ids != txn_count(k->t, DB_ORG_ID))
		found(k, "The index of ids has %" PRIu64 " entries; the organisations have %" PRIu64 " ids and aliases.",
		      txn_count(k->t, DB_ORG_ID), k->ids);
}

/* ---- links ---- */

static bool adj_find(struct adj_reader *r, uint32_t org, uint32_t peer, struct adj_ent *out, struct adj_dates *out_d)
{
	struct adj_run run;
	for (bool ok = adj_first(r, org, &run); ok; ok = adj_next(r, &run)) {
		uint32_t dated = 0;
		for (uint32_t i = 0; i < run.n; i++) {
			bool d = run.e[i].attr & ADJ_DATED;
			if (run.e[i].peer == peer) {
				*out = run.e[i];
				*out_d = d ? run.d[dated] : (struct adj_dates){ DAY_NONE, DAY_NONE };
				return true;
			}
			dated += d;
		}
	}
	return false;
}

static uint32_t want_attr(struct check *k, uint32_t p, const struct rec *r)
{
	if (k->targets_org != p) {
		k->targets_org = p;
		if (targets_of(k->t, p, k->targets) != RC_OK)
			found(k, "Targets cannot be read.");
	}
	return link_attr(k->targets, r) | (rec_has(r, LINK_START) || rec_has(r, LINK_END) ? ADJ_DATED : 0);
}

static void check_direction(struct check *k, struct adj_reader *a, uint32_t p, uint32_t s, const struct rec *r,
			    const char *direction)
{
	struct adj_ent e;
	struct adj_dates d;
	char np[160], ns[160];
	uint32_t org = a == &k->out ? p : s, peer = a == &k->out ? s : p;
	if (!adj_find(a, org, peer, &e, &d)) {
		found(k, "The link %s -> %s is missing from the list of %s.", name(k, p, np), name(k, s, ns), direction);
		return;
	}
	if (e.attr != want_attr(k, p, r) || d.start != rec_day(r, LINK_START) || d.end != rec_day(r, LINK_END))
		found(k, "The link %s -> %s stands with other values in the list of %s than in its record.",
		      name(k, p, np), name(k, s, ns), direction);
}

static void check_link_indexes(struct check *k, uint32_t p, uint32_t s, const struct rec *r)
{
	char np[160], ns[160];
	uint32_t other, viewer;
	if (rec_has(r, LINK_SUPPLIER_CODE)) {
		k->codes++;
		if (code_find(k->t, p, r->f[LINK_SUPPLIER_CODE], &other) != RC_OK || other != s)
			found(k, "The supplier code of %s -> %s is missing from its index.", name(k, p, np), name(k, s, ns));
	}
	struct rd rd = rd_of(r->f[LINK_GRANTS]);
	while (rd_more(&rd)) {
		struct view id = rd_lenbytes(&rd), v;
		uint8_t key[12];
		(void)rd_u8(&rd);
		(void)rd_svarint(&rd);
		if (org_find(k->t, id, &viewer) != RC_OK)
			continue;
		k->grants++;
		be32_put(key, viewer);
		be32_put(key + 4, p);
		be32_put(key + 8, s);
		if (txn_get(k->t, DB_GRANT, view_of(key, 12), &v) != RC_OK)
			found(k, "A grant of %s -> %s is missing from its index.", name(k, p, np), name(k, s, ns));
	}
	link_calendar(p, s, r, &k->cal);
	clause_calendar(k->t, p, s, r, &k->cal);
}

static void check_link(struct check *k, uint32_t p, uint32_t s, const struct rec *r)
{
	struct rec end;
	char np[160], ns[160];
	k->links++;
	if (org_get(k->t, p, &end) != RC_OK || org_get(k->t, s, &end) != RC_OK)
		found(k, "The link %s -> %s has an end that does not exist.", name(k, p, np), name(k, s, ns));
	check_direction(k, &k->out, p, s, r, "suppliers");
	check_direction(k, &k->in, p, s, r, "procurers");
	check_link_indexes(k, p, s, r);
}

static void check_links(struct check *k)
{
	AUTO_CUR struct cur c;
	struct rec r;
	uint32_t last_p = 0, last_s = 0;
	cur_open(&c, k->t, DB_LINK);
	for (bool ok = cur_first(&c); ok; ok = cur_next(&c)) {
		struct rd rd = rd_of(c.val);
		uint32_t p = c.key.n == 8 ? be32_get(c.key.p) : 0;
		if (p != last_p)
			last_s = 0;
		while (rd_more(&rd)) {
			uint32_t s = rd_be32(&rd);
			struct view v = rd_lenbytes(&rd);
			if (rd.bad || !rec_decode(&r, v) || (p == last_p && s <= last_s)) {
				found(k, "A segment of link records of organisation number %u cannot be read.", p);
				break;
			}
			check_link(k, p, s, &r);
			last_p = p;
			last_s = s;
		}
	}
	if (k->links != graph_link_count(k->t))
		found(k, "There are %" PRIu64 " link records; the store counts %" PRIu64 ".", k->links,
		      graph_link_count(k->t));
	if (k->codes != txn_count(k->t, DB_CODE))
		found(k, "The index of supplier codes has %" PRIu64 " entries for %" PRIu64 " codes.",
		      txn_count(k->t, DB_CODE), k->codes);
	if (k->grants != txn_count(k->t, DB_GRANT))
		found(k, "The index of grants has %" PRIu64 " entries for %" PRIu64 " grants.",
		      txn_count(k->t, DB_GRANT), k->grants);
}

/* Every entry of the adjacency belongs to a record (the other way is check_link's). */
static void check_adjacency(struct check *k, enum adj_dir dir)
{
	struct adj_reader r;
	struct adj_run run;
	uint64_t n = 0;
	adj_reader_init(&r, k->t, dir);
	for (uint32_t org = 0; org <= k->max_org + 64 && !r.bad; org++) {
		uint32_t last = 0;
		for (bool ok = adj_first(&r, org, &run); ok; ok = adj_next(&r, &run))
			for (uint32_t i = 0; i < run.n; i++) {
				if (run.e[i].peer <= last)
					found(k, "The neighbours of organisation number %u are out of order.", org);
				last = run.e[i].peer;
				n++;
			}
	}
	if (r.bad)
		found(k, "A block of %s cannot be read.", dir == ADJ_OUT ? "suppliers" : "procurers");
	adj_reader_done(&r);
	if (n != k->links)
		found(k, "The lists of %s have %" PRIu64 " entries for %" PRIu64 " links.",
		      dir == ADJ_OUT ? "suppliers" : "procurers", n, k->links);
}

/* ---- certificates, clauses, targets, calendar ---- */

static void check_owned(struct check *k, enum db db, const char *what, size_t key_min)
{
	AUTO_CUR struct cur c;
	struct rec r;
	char nm[160];
	cur_open(&c, k->t, db);
	for (bool ok = cur_first(&c); ok; ok = cur_next(&c)) {
		if (c.key.n < key_min || !rec_decode(&r, c.val)) {
			found(k, "A record of %s cannot be read.", what);
			continue;
		}
		uint32_t org = be32_get(c.key.p);
		struct rec o;
		if (org_get(k->t, org, &o) != RC_OK)
			found(k, "A record of %s belongs to an organisation (number %u) that does not exist.", what, org);
		if (db == DB_CLAUSE && link_get(k->t, org, be32_get((const uint8_t *)c.key.p + 4), &o) != RC_OK)
			found(k, "A clause of %s belongs to a link that does not exist.", name(k, org, nm));
		if (db == DB_TARGETS)
			targets_calendar(org, c.val, k->targets, &k->cal);
	}
	k->targets_org = ORG_NONE;
}

static void check_calendar(struct check *k)
{
	uint64_t n = cal_count(&k->cal);
	uint8_t key[13];
	for (size_t i = 0; i < k->cal.n; i++) {
		const struct cal_entry *e = &k->cal.e[i];
		struct view v;
		beday_put(key, e->day);
		key[4] = e->kind;
		be32_put(key + 5, e->a);
		be32_put(key + 9, e->b);
		if (txn_get(k->t, DB_CALENDAR, view_of(key, 13), &v) != RC_OK)
			found(k, "The calendar lacks a day of organisation number %u (kind %u).", e->a, e->kind);
	}
	if (n != txn_count(k->t, DB_CALENDAR))
		found(k, "The calendar has %" PRIu64 " entries; the records give %" PRIu64 ".",
		      txn_count(k->t, DB_CALENDAR), n);
}

/* ---- the log ---- */

static void check_log(struct check *k)
{
	AUTO_CUR struct cur c;
	AUTO(buf_done) struct buf bytes = BUF_INIT;
	uint64_t rev = 0, last = graph_revision(k->t);
	uint32_t part = 0;
	cur_open(&c, k->t, DB_LOG);
	for (bool ok = cur_first(&c); ok; ok = cur_next(&c)) {
		uint64_t r = c.key.n == 12 ? be64_get(c.key.p) : 0;
		uint32_t p = c.key.n == 12 ? be32_get((const uint8_t *)c.key.p + 8) : 0;
		if (rev && r == rev && p == part + 1) {
			part = p;
			continue;
		}
		if (p != 0 || (rev && r != rev + 1))
			found(k, "The log has a hole after revision %" PRIu64 ".", rev);
		rev = r;
		part = p;
		struct cmd cmd = { 0 };
		if (log_read(k->t, r, &bytes) != RC_OK || cmd_decode(buf_view(&bytes), &cmd) != RC_OK)
			found(k, "The command of revision %" PRIu64 " cannot be read.", r);
		free(cmd.ops);
	}
	if (rev != last)
		found(k, "The log ends at revision %" PRIu64 "; the store stands at %" PRIu64 ".", rev, last);
}

static bool check_past(void *arg, const struct past *p)
{
	struct check *k = arg;
	if (!past_sound(p) || p->revision > graph_revision(k->t) || p->revision <= past_from(k->t))
		found(k, "What revision %" PRIu64 " found (%s) cannot be read.", p->revision, entities[p->ent].name);
	return k->f.n < FINDINGS_MAX;
}

size_t graph_check(struct txn *t, void (*report)(void *arg, const char *sentence), void *arg)
{
	struct check k = { .t = t, .f = { report, arg, 0, FINDINGS_MAX }, .max_org = graph_max_org(t) };
	k.targets = malloc(sizeof *k.targets);
	if (!k.targets) {
		report(arg, "Out of memory.");
		return 1;
	}
	adj_reader_init(&k.out, t, ADJ_OUT);
	adj_reader_init(&k.in, t, ADJ_IN);
	check_orgs(&k);
	check_links(&k);
	check_adjacency(&k, ADJ_OUT);
	check_adjacency(&k, ADJ_IN);
	check_owned(&k, DB_CERT, "certificates", 5);
	check_owned(&k, DB_CLAUSE, "clauses", 9);
	check_owned(&k, DB_TARGETS, "targets", 4);
	check_owned(&k, DB_DRILL, "drills", 5);
	check_calendar(&k);
	check_log(&k);
	past_each(t, 0, check_past, &k);
	k.f.n += audit_check(t, report, arg);
	if (txn_rc(t) != RC_OK)
		found(&k, "Reading failed: %s.", rc_code(txn_rc(t)));
	if (k.out.bad || k.in.bad)
		found(&k, "A block of neighbours cannot be read.");
	adj_reader_done(&k.out);
	adj_reader_done(&k.in);
	cal_set_done(&k.cal);
	free(k.targets);
	return k.f.n;
}
