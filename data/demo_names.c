/* demo_names.c - invented names from stems, trades and company forms; no two entities share all. */
#include "data/demo.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

struct piece {
	const char *kanji, *kana, *romaji, *english;
};

struct unit {
	const char *code, *kanji, *kana;
	bool site;
};

struct form {
	const char *before, *after;
	uint32_t share; /* per cent */
};

static const struct piece stems[] = {
#define STEM(kanji, kana, romaji) { kanji, kana, romaji, NULL },
#define TRADE(kanji, kana, romaji, english)
#define FOREIGN(name, country)
#define UNIT(code, kanji, kana, site)
#include "data/demo_names.def"
#undef STEM
#undef TRADE
};

static const struct piece trades[] = {
#define STEM(kanji, kana, romaji)
#define TRADE(kanji, kana, romaji, english) { kanji, kana, romaji, english },
#include "data/demo_names.def"
#undef TRADE
#undef FOREIGN
};

static const struct {
	const char *name, *country;
} foreigners[] = {
#define TRADE(kanji, kana, romaji, english)
#define FOREIGN(name, country) { name, country },
#include "data/demo_names.def"
#undef FOREIGN
#undef UNIT
};

static const struct unit units[] = {
#define FOREIGN(name, country)
#define UNIT(code, kanji, kana, site) { code, kanji, kana, site },
#include "data/demo_names.def"
};

/* The second form is what a name takes that comes a second time. */
static const struct form forms[] = {
	{ "株式会社", "", 40 }, { "", "株式会社", 30 },    { "有限会社", "", 9 },
	{ "", "有限会社", 8 },  { "合同会社", "", 9 },     { "", "協同組合", 2 },
	{ "", "合資会社", 1 },  { "一般社団法人", "", 1 },
};

static const struct form *pick_form(struct demo_rng *r)
{
	uint32_t at = demo_below(r, 100);

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (at < forms[i].share)
			return &forms[i];
		at -= forms[i].share;
	}
	return &forms[0];
}

static void capitalise(char *s)
{
	if (s[0] >= 'a' && s[0] <= 'z')
		s[0] = (char)(s[0] - 'a' + 'A');
}

void demo_name_entity(struct demo_world *w, struct demo_org *org, unsigned number)
{
	size_t combos = ARRAY_LEN(stems) * ARRAY_LEN(trades);
	/* A stride without a common factor visits every combination before one comes again. */
	size_t at = ((size_t)number * 1009) % combos;
	const struct piece *stem = &stems[at % ARRAY_LEN(stems)];
	const struct piece *trade = &trades[at / ARRAY_LEN(stems)];
	const struct form *form = number < combos ? pick_form(&w->rng) : &forms[4];

	snprintf(org->name, sizeof(org->name), "%s%s%s%s", form->before, stem->kanji, trade->kanji,
		 form->after);
	snprintf(org->kana, sizeof(org->kana), "%s%s", stem->kana, trade->kana);
	snprintf(org->mail, sizeof(org->mail), "security@%s-%s.example.jp", stem->romaji,
		 trade->romaji);
	if (demo_chance(&w->rng, 9)) {
		snprintf(org->name_en, sizeof(org->name_en), "%s %s Co., Ltd.", stem->romaji,
			 trade->english);
		capitalise(org->name_en);
	}
	org->country = "JP";
	org->kind = "entity";
	org->parent = -1;
}

void demo_name_foreign(struct demo_org *org, unsigned number)
{
	size_t i = number % ARRAY_LEN(foreigners);

	snprintf(org->id, sizeof(org->id), "XX-LOCAL-DEMO-%s%02u", foreigners[i].country,
		 number + 1);
	snprintf(org->name, sizeof(org->name), "%s", foreigners[i].name);
	snprintf(org->name_en, sizeof(org->name_en), "%s", foreigners[i].name);
	snprintf(org->mail, sizeof(org->mail), "security@overseas%02u.example.com", number + 1);
	org->country = foreigners[i].country;
	org->kind = "entity";
	org->parent = -1;
}

void demo_name_unit(struct demo_org *org, const struct demo_org *parent, unsigned number)
{
	const struct unit *u = &units[number % ARRAY_LEN(units)];

	snprintf(org->id, sizeof(org->id), "%.30s~%s", parent->id, u->code);
	snprintf(org->name, sizeof(org->name), "%.80s %s", parent->name, u->kanji);
	snprintf(org->kana, sizeof(org->kana), "%.70s %s", parent->kana, u->kana);
	memcpy(org->mail, parent->mail, sizeof(org->mail));
	org->country = parent->country;
	org->kind = u->site ? "site" : "division";
}
