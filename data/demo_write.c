/* demo_write.c - organisations, links and targets in the columns that every import accepts. */
#include "data/demo.h"

#include <string.h>

#include "base/date.h"
#include "base/util.h"

const char *demo_day(const struct demo_world *w, int32_t days)
{
	static char out[8][DAY_TEXT];
	static unsigned turn;
	char *text = out[turn++ % ARRAY_LEN(out)];

	day_format(w->today + days, text);
	return text;
}

void demo_cell(FILE *f, const char *text)
{
	fprintf(f, strchr(text, ',') ? "\"%s\"," : "%s,", text);
}

static const char *days_ago(struct demo_world *w, uint32_t most)
{
	return demo_day(w, -(int32_t)demo_below(&w->rng, most));
}

static void write_org(struct demo_world *w, const struct demo_org *org, unsigned number, FILE *f)
{
	char alias[32] = "";
	/* Not everybody has a contact yet. */
	bool contact = demo_chance(&w->rng, 93);

	if (org->parent < 0 && demo_chance(&w->rng, 3))
		snprintf(alias, sizeof(alias), "XX-LOCAL-DEMO-M%05u", number);
	demo_cell(f, org->id);
	demo_cell(f, org->name);
	demo_cell(f, org->kana);
	demo_cell(f, org->name_en);
	demo_cell(f, org->kind);
	demo_cell(f, org->parent < 0 ? "" : w->orgs[org->parent].id);
	demo_cell(f, org->country);
	demo_cell(f, alias);
	demo_cell(f, contact ? org->mail : "");
	demo_cell(f, !contact ? "" : strcmp(org->country, "JP") == 0 ? "ja" : "en");
	if (org->suppliers == 0 && demo_chance(&w->rng, 45))
		fputs(days_ago(w, 400), f);
	fputc('\n', f);
}

void demo_write_orgs(struct demo_world *w, FILE *f)
{
	fputs("id,name,name_kana,name_en,kind,parent,country,aliases,contact_email,contact_lang,"
	      "subtier_attested_on\n",
	      f);
	for (unsigned i = 0; i < w->org_count; i++)
		write_org(w, &w->orgs[i], i, f);
}

static const char *const departments[] = {
	"調達第一部", "調達第二部", "資材部",       "情報システム部",
	"物流管理部", "品質保証部", "研究開発本部", "総務部",
};

static const char *const owners[] = {
	"部品調達グループ",
	"素材調達グループ",
	"外注管理グループ",
	"間接材グループ",
};

static const char *const notes[] = {
	"",
	"",
	"",
	"図面データを共有",
	"仕様書と試作品を預託",
	"受発注はEDIで接続",
	"保守用の遠隔接続あり",
	"年度更新の契約",
};

/* yes, no, or nothing where nobody has answered yet */
static const char *answer(struct demo_world *w, uint32_t yes, uint32_t unknown)
{
	uint32_t at = demo_below(&w->rng, 100);

	return at < unknown ? "" : at < unknown + yes ? "yes" : "no";
}

static const char *pick(struct demo_world *w, const char *const *list, size_t n)
{
	return list[demo_below(&w->rng, (uint32_t)n)];
}

#define PICK(w, list) pick(w, list, ARRAY_LEN(list))

static const char *criticality(struct demo_world *w)
{
	uint32_t at = demo_below(&w->rng, 100);

	return at < 15 ? "high" : at < 55 ? "medium" : at < 88 ? "low" : "";
}

static const char *scope_fit(struct demo_world *w)
{
	uint32_t at = demo_below(&w->rng, 100);

	return at < 50 ? "" : at < 86 ? "yes" : at < 92 ? "partly" : at < 96 ? "no" : "unknown";
}

static const char *disclosure(struct demo_world *w)
{
	uint32_t at = demo_below(&w->rng, 100);

	return at < 82 ? "upstream" : at < 92 ? "anonymous" : "private";
}

/* In steps of 0.0001; empty where it was never estimated. */
static void write_dependency(struct demo_world *w, FILE *f)
{
	if (demo_chance(&w->rng, 72)) {
		uint32_t a = 1 + demo_below(&w->rng, 10000);
		uint32_t b = 1 + demo_below(&w->rng, 10000);

		if (MIN(a, b) == 10000)
			fputs("1", f);
		else
			fprintf(f, "0.%04u", MIN(a, b));
	}
	fputc(',', f);
}

/* Yearly spend: a few large, many small; empty where it is not known. */
static void write_spend(struct demo_world *w, FILE *f)
{
	if (demo_chance(&w->rng, 93)) {
		uint64_t yen = 300000u + demo_below(&w->rng, 4000000u);

		for (uint32_t i = demo_below(&w->rng, 5); i > 0; i--)
			yen *= 2 + demo_below(&w->rng, 3);
		fprintf(f, "%llu", (unsigned long long)(yen / 1000 * 1000));
	}
	fputc(',', f);
}

/* From the start to the end of the relation: most have begun long ago and go on. */
static void write_period(struct demo_world *w, FILE *f)
{
	uint32_t at = demo_below(&w->rng, 100);
	int32_t start = -30 - (int32_t)demo_below(&w->rng, 3600);

	if (at < 3)
		fprintf(f, "%s,%s,", demo_day(w, start - 400),
			demo_day(w, -(int32_t)(10 + 4 * at)));
	else if (at < 8)
		fprintf(f, "%s,%s,", demo_day(w, start), demo_day(w, 20 + 30 * (int32_t)at));
	else if (at < 20)
		fputs(",,", f);
	else
		fprintf(f, "%s,,", demo_day(w, start));
}

/* What a buyer itself has decided on a link: level, due, until, Q1-Q3, who, why. */
struct decision {
	const char *level, *due, *until, *q[3], *on, *by, *reason, *planned;
};

static struct decision decide(struct demo_world *w)
{
	struct decision d = {
		.level = "", .due = "", .until = "", .on = "", .by = "", .reason = "", .planned = ""
	};

	d.q[0] = answer(w, 26, 11);
	d.q[1] = answer(w, 20, 12);
	d.q[2] = answer(w, 10, 9);
	if (*d.q[0] && *d.q[1] && *d.q[2]) {
		d.on = demo_day(w, -5 - (int32_t)demo_below(&w->rng, 420));
		d.by = "購買企画室";
	}
	if (demo_chance(&w->rng, 12))
		d.due = demo_day(w, (int32_t)demo_below(&w->rng, 420) - 120);
	if (demo_chance(&w->rng, 14))
		d.planned = demo_day(w, 15 + (int32_t)demo_below(&w->rng, 300));
	if (strcmp(d.q[0], "yes") == 0 && demo_chance(&w->rng, 8)) {
		d.level = "3";
		d.until = demo_day(w, (int32_t)demo_below(&w->rng, 300) - 40);
		d.reason = "後継品への切替えまでの経過措置";
	} else if (demo_chance(&w->rng, 3)) {
		d.level = "0";
		d.until = demo_day(w, 180);
		d.reason = "取引終了予定のため要求しない";
	}
	return d;
}

static void write_code(const struct demo_link *l, unsigned n, FILE *f)
{
	if (l->from == 0)
		fprintf(f, "K-%05u,", 10000 + n * 7);
	else
		fprintf(f, "%06u,", 4000 + n * 3);
}

static void write_decision(struct demo_world *w, const struct decision *d, bool it, FILE *f)
{
	demo_cell(f, d->level);
	demo_cell(f, d->due);
	demo_cell(f, d->until);
	demo_cell(f, it ? "it-service" : "business");
	demo_cell(f, criticality(w));
	for (size_t i = 0; i < ARRAY_LEN(d->q); i++)
		demo_cell(f, d->q[i]);
	demo_cell(f, d->on);
	demo_cell(f, d->by);
	demo_cell(f, d->reason);
}

static void write_own_link(struct demo_world *w, const struct demo_link *l, unsigned n, FILE *f)
{
	struct decision d = decide(w);
	bool it = demo_chance(&w->rng, 16);

	demo_cell(f, w->orgs[l->from].id);
	demo_cell(f, w->orgs[l->to].id);
	write_code(l, n, f);
	write_decision(w, &d, it, f);
	demo_cell(f, demo_chance(&w->rng, 8) ? "yes" : "no");
	write_spend(w, f);
	write_dependency(w, f);
	demo_cell(f, "upstream");
	demo_cell(f, scope_fit(w));
	demo_cell(f, it ? "情報システム部" : PICK(w, departments));
	demo_cell(f, it ? "IT調達グループ" : PICK(w, owners));
	demo_cell(f, d.planned);
	demo_cell(f, "取引先台帳");
	demo_cell(f, days_ago(w, 500));
	write_period(w, f);
	fprintf(f, "%s\n", PICK(w, notes));
}

/* A link further down: known from what suppliers have said, with less on it. */
static void write_deep_link(struct demo_world *w, const struct demo_link *l, FILE *f)
{
	struct decision d = { .level = "",
			      .due = "",
			      .until = "",
			      .q = { "", "", "" },
			      .on = "",
			      .by = "",
			      .reason = "",
			      .planned = "" };
	uint32_t at = demo_below(&w->rng, 100);
	bool it = demo_chance(&w->rng, 12);

	if (at < 32)
		d.level = at < 27 ? "3" : "4";
	if (at < 32 && at % 4 == 0)
		d.due = demo_day(w, (int32_t)demo_below(&w->rng, 300));
	demo_cell(f, w->orgs[l->from].id);
	demo_cell(f, w->orgs[l->to].id);
	demo_cell(f, ""); /* codes are the buyers' own */
	write_decision(w, &d, it, f);
	demo_cell(f, "");
	if (demo_chance(&w->rng, 20))
		write_spend(w, f);
	else
		demo_cell(f, "");
	write_dependency(w, f);
	demo_cell(f, disclosure(w));
	demo_cell(f, demo_chance(&w->rng, 12) ? scope_fit(w) : "");
	fputs(",,,", f);
	demo_cell(f, "取引先からの申告");
	demo_cell(f, days_ago(w, 700));
	if (demo_chance(&w->rng, 25))
		write_period(w, f);
	else
		fputs(",,", f);
	fputc('\n', f);
}

void demo_write_links(struct demo_world *w, FILE *f)
{
	fputs("procurer,supplier,supplier_code,required_level,due,until,relation,criticality,"
	      "confidential,continuity,system_access,decided_on,decided_by,reason,sole_source,"
	      "annual_spend,dependency,disclosure,scope_fit,department,owner,planned_on,source,"
	      "confirmed_on,start,end,note\n",
	      f);
	for (unsigned i = 0; i < w->link_count; i++) {
		const struct demo_link *l = &w->links[i];

		if (l->from < DEMO_BUYERS)
			write_own_link(w, l, i, f);
		else
			write_deep_link(w, l, f);
	}
}

void demo_write_rules(struct demo_world *w, FILE *f)
{
	fprintf(f,
		"[{\"when\":{\"confidential\":true},\"level\":4},\n"
		" {\"when\":{\"continuity\":true},\"level\":4},\n"
		" {\"when\":{\"system_access\":true},\"level\":4,\"due\":\"%s\"},\n"
		" {\"when\":{\"annual_spend_min\":500000000},\"level\":4},\n"
		" {\"when\":{},\"level\":3}]\n",
		demo_day(w, -14));
}

void demo_write_targets(const struct demo_world *w, int buyer, FILE *f)
{
	if (buyer == 0)
		fprintf(f,
			"%s --own-level 4 --depth 5 --due %s --tier 2=3 --tier 3=3 --rules "
			"rules.json\n",
			w->orgs[buyer].id, demo_day(w, 240));
	else
		fprintf(f, "%s --own-level 3 --depth 5 --due %s --tier 2=3 --meti\n",
			w->orgs[buyer].id, demo_day(w, 130));
}
