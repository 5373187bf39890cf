/*
 * demo_certs.c - registrations and contract clauses: in force, about to end, ended, suspended,
 * revoked; from the register, a copy or a supplier's word; for the whole company or a part of it.
 */
#include "data/demo.h"

#include <string.h>

#include "base/date.h"
#include "base/util.h"

#define YEAR 365

static const char *const assessors[] = {
	"一般社団法人瀬戸セキュリティ評価機構",
	"株式会社白樺サイバー評価",
	"東海道情報監査株式会社",
};

static const char *const scopes[] = { "自社サービス全般", "国内事業所のIT基盤" };

struct cert {
	const char *code;
	int level;
	int32_t issued, expires;
	const char *status;
	int32_t from, to; /* suspension; 0: none */
	int32_t revoked; /* 0: not */
};

/* A unit's registration covers the unit; one in fourteen of a company covers only a part of it. */
static const char *scope_of(struct demo_world *w, const struct demo_org *org)
{
	return org->parent >= 0 || demo_chance(&w->rng, 7) ? "unit" : "entity";
}

static const char *evidence_of(struct demo_world *w)
{
	uint32_t at = demo_below(&w->rng, 100);

	return at < 58 ? "registry" : at < 84 ? "copy" : "word";
}

/* One for each whole year, but some are still owed. */
static void write_assessments(struct demo_world *w, const struct cert *c, FILE *f)
{
	bool first = true;

	if (c->level != 4)
		return;
	for (int year = 1; year <= 2; year++) {
		int32_t on = c->issued + year * YEAR - (int32_t)demo_below(&w->rng, 40);

		if (on > 0 || demo_chance(&w->rng, 14))
			continue;
		fprintf(f, "%s%s", first ? "" : ";", demo_day(w, on));
		first = false;
	}
}

static const char *day_or_none(struct demo_world *w, int32_t days)
{
	return days ? demo_day(w, days) : "";
}

static void write_cert(struct demo_world *w, const struct demo_org *org, const struct cert *c,
		       FILE *f)
{
	static unsigned serial;
	const char *scope = scope_of(w, org);

	fprintf(f, "%s,%s,scs,%d,SCS%d-%07u,", org->id, c->code, c->level, c->level,
		1000200 + 37 * ++serial);
	demo_cell(f, demo_day(w, c->issued));
	demo_cell(f, demo_day(w, c->expires));
	demo_cell(f, c->status);
	demo_cell(f, day_or_none(w, c->from));
	demo_cell(f, day_or_none(w, c->to));
	demo_cell(f, day_or_none(w, c->revoked));
	demo_cell(f, c->level < 4 ? "" : assessors[demo_below(&w->rng, ARRAY_LEN(assessors))]);
	demo_cell(f, scope);
	demo_cell(f, strcmp(scope, "unit") == 0 ? "一部の事業所"
						: scopes[demo_below(&w->rng, ARRAY_LEN(scopes))]);
	demo_cell(f, evidence_of(w));
	write_assessments(w, c, f);
	fputc('\n', f);
}

/* In force today, ending on any day of its term. */
static struct cert in_force(struct demo_world *w, int level)
{
	int32_t term = level == 4 ? 3 * YEAR : YEAR;
	int32_t age = (int32_t)demo_below(&w->rng, (uint32_t)term);

	if (demo_chance(&w->rng, 9)) /* the wave that is near */
		age = term - 1 - (int32_t)demo_below(&w->rng, 90);
	return (struct cert){ .code = "scs-1",
			      .level = level,
			      .issued = -age,
			      .expires = term - age - 1,
			      .status = "valid" };
}

static void disturb(struct demo_world *w, struct cert *c)
{
	uint32_t at = demo_below(&w->rng, 100);
	int32_t back = 1 + (int32_t)demo_below(&w->rng, 120);

	if (at < 10) { /* ended, and not renewed */
		c->expires = -back;
		c->issued = c->expires + 1 - (c->level == 4 ? 3 * YEAR : YEAR);
	} else if (at < 13) {
		c->issued -= 130;
		c->expires = MAX(c->expires, 60);
		c->status = "suspended";
		c->from = -back;
	} else if (at < 15) { /* was suspended, and is in force again */
		c->issued -= 130;
		c->from = -back - 20;
		c->to = -back;
	} else if (at < 18) {
		c->issued -= 130;
		c->status = "revoked";
		c->revoked = -back;
	}
}

static void write_scs(struct demo_world *w, const struct demo_org *org, FILE *f)
{
	struct cert c = in_force(w, demo_chance(&w->rng, org->layer == 1 ? 66 : 32) ? 4 : 3);
	struct cert next = c;

	disturb(w, &c);
	write_cert(w, org, &c, f);
	/* Some that end soon have their renewal recorded already. */
	if (c.expires < 0 || c.expires > 100 || !demo_chance(&w->rng, 25))
		return;
	next.code = "scs-2";
	next.issued = c.expires - 10;
	next.expires = next.issued + (c.level == 4 ? 3 * YEAR : YEAR) - 1;
	write_cert(w, org, &next, f);
}

static void write_declaration(struct demo_world *w, const struct demo_org *org, FILE *f)
{
	fprintf(f, "%s,sa,security-action,%d,,", org->id, demo_chance(&w->rng, 60) ? 2 : 1);
	demo_cell(f, demo_day(w, -(int32_t)demo_below(&w->rng, 900)));
	fputs(",valid,,,,,entity,,word,\n", f);
}

/* Kept and shown; it gives no star. */
static void write_isms(struct demo_world *w, const struct demo_org *org, FILE *f)
{
	fprintf(f, "%s,isms,iso27001,,IS %u,", org->id, 600000 + demo_below(&w->rng, 99999));
	demo_cell(f, demo_day(w, -(int32_t)demo_below(&w->rng, 700)));
	demo_cell(f, demo_day(w, 200 + (int32_t)demo_below(&w->rng, 300)));
	fputs("valid,,,,,entity,,copy,\n", f);
}

void demo_write_certificates(struct demo_world *w, FILE *f)
{
	static const uint32_t has[DEMO_LAYERS] = { 100, 88, 80, 74, 58, 44 };

	fputs("org,certificate,scheme,level,registration_no,issued,expires,status,suspended_from,"
	      "suspended_to,revoked_on,assessor,scope,scope_text,evidence,self_assessments\n",
	      f);
	for (unsigned i = 0; i < w->org_count; i++) {
		const struct demo_org *org = &w->orgs[i];

		if (demo_chance(&w->rng, has[org->layer]))
			write_scs(w, org, f);
		if (demo_chance(&w->rng, 22))
			write_declaration(w, org, f);
		if (demo_chance(&w->rng, 7))
			write_isms(w, org, f);
	}
}

static int32_t ago(struct demo_world *w, uint32_t most)
{
	return -(int32_t)demo_below(&w->rng, most);
}

/* How the clause came about: status to document. Answers whether it is agreed. */
static bool write_agreement(struct demo_world *w, FILE *f)
{
	uint32_t at = demo_below(&w->rng, 100);
	bool agreed = at < 78;
	bool waived = at >= 96;

	demo_cell(f, agreed ? "agreed" : waived ? "waived" : "drafted");
	demo_cell(f, waived ? "親会社との基本契約で手当て済み" : "");
	demo_cell(f, agreed ? demo_day(w, -60 + ago(w, 1500)) : "");
	demo_cell(f, agreed ? demo_day(w, 300 + ago(w, 330)) : "");
	demo_cell(f, agreed ? "取引基本契約書 付属覚書" : "");
	return agreed;
}

static void write_clause(struct demo_world *w, const struct demo_link *l, const char *no, FILE *f)
{
	bool review = strcmp(no, "2-1-1") == 0;
	bool check = strcmp(no, "2-1-3") == 0;
	bool incident = strcmp(no, "2-1-4") == 0;
	bool ended = strcmp(no, "2-1-5") == 0;
	bool agreed;

	demo_cell(f, w->orgs[l->from].id);
	demo_cell(f, w->orgs[l->to].id);
	demo_cell(f, no);
	agreed = write_agreement(w, f);
	demo_cell(f, review ? demo_day(w, ago(w, 430)) : "");
	demo_cell(f, review ? "購買企画室" : "");
	demo_cell(f, check ? demo_day(w, ago(w, 430)) : "");
	demo_cell(f, check ? "情報セキュリティ室" : "");
	demo_cell(f, check ? "star-answer" : "");
	demo_cell(f, !check ? "" : demo_chance(&w->rng, 8) ? "findings" : "ok");
	for (int flag = 0; flag < 3; flag++)
		demo_cell(f, !agreed || strcmp(no, "2-1-2") != 0 ? ""
			     : demo_chance(&w->rng, 93)          ? "yes"
								 : "no");
	demo_cell(f, !agreed || !incident ? "" : demo_chance(&w->rng, 60) ? "24" : "72");
	demo_cell(f, ended && agreed ? demo_day(w, ago(w, 200)) : "");
	fputc('\n', f);
}

void demo_write_clauses(struct demo_world *w, FILE *f)
{
	static const char *const numbers[] = {
		"2-1-1", "2-1-2", "2-1-3", "2-1-4", "2-1-5", "3-1-3"
	};
	static const uint32_t written[] = { 82, 70, 60, 66, 6, 30 };

	fputs("procurer,supplier,no,status,reason,agreed_on,review_by,document,reviewed_on,"
	      "reviewed_by,checked_on,checked_by,method,result,defines_confidential,limits_use,"
	      "return_or_disposal,notify_within_hours,confirmed_on,note\n",
	      f);
	for (unsigned i = 0; i < w->link_count; i++)
		for (size_t n = 0; n < ARRAY_LEN(numbers) && w->links[i].from < DEMO_BUYERS; n++)
			if (demo_chance(&w->rng, written[n])) /* else it reads as missing */
				write_clause(w, &w->links[i], numbers[n], f);
}
