/*
 * demo_world.c - who buys from whom.
 *
 * Every supplier has one link from the layer above, so that five tiers are reached; the rest of the
 * links is drawn with a lean towards the head of each layer, which makes hubs that many chains
 * share. The first of layer 3 is a bottleneck: many of layer 2 buy from it, and only it leads to
 * the last DEMO_BEHIND of layer 4. Some links go sideways or back up: real chains have cycles.
 */
#include "data/demo.h"

#include <stdlib.h>
#include <string.h>

#include "base/orgid.h"
#include "base/util.h"

#define BOTTLENECK_BUYERS 140
#define SHARED 80 /* of layer 1 that both buyers use */

static const int layer_size[DEMO_LAYERS] = { DEMO_BUYERS, 350, 640, 830, 700, 454 };

static const struct demo_org buyers[DEMO_BUYERS] = {
	{ .name = "みなと総合機器株式会社",
	  .kana = "ミナトソウゴウキキ",
	  .name_en = "Minato General Instruments Co., Ltd.",
	  .mail = "procurement@minato-kiki.example.jp" },
	{ .name = "東陵輸送機株式会社",
	  .kana = "トウリョウユソウキ",
	  .name_en = "Toryo Transport Machinery Co., Ltd.",
	  .mail = "procurement@toryo-yusoki.example.jp" },
};

uint64_t demo_next(struct demo_rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint32_t demo_below(struct demo_rng *r, uint32_t n)
{
	return (uint32_t)((demo_next(r) >> 32) * n >> 32);
}

static void corporate_id(struct demo_org *org, unsigned number)
{
	char base[13];

	snprintf(base, sizeof(base), "9999%08u", number % 100000000u);
	snprintf(org->id, sizeof(org->id), "JP-JCN-%d%s", corporate_check_digit(base), base);
}

static void make_entities(struct demo_world *w)
{
	unsigned at = 0;
	unsigned foreign = 0;

	for (int layer = 0; layer < DEMO_LAYERS; layer++) {
		w->first[layer] = (int)at;
		for (int i = 0; i < layer_size[layer]; i++, at++) {
			struct demo_org *org = &w->orgs[at];

			if (layer == 0) {
				*org = buyers[i];
				org->kind = "entity";
				org->country = "JP";
				org->parent = -1;
				corporate_id(org, 100u + at);
			} else if (layer >= 2 && foreign < DEMO_FOREIGN && i % 97 == 96) {
				demo_name_foreign(org, foreign++);
			} else {
				demo_name_entity(w, org, at);
				/* Numbers do not follow the layers: they would be a legend. */
				corporate_id(org, 10000u + at * 7919u % 1000003u);
			}
			org->layer = layer;
		}
	}
	w->first[DEMO_LAYERS] = (int)at;
	w->org_count = at;
}

/* Two units for each of the first of layer 1; one is bought from by a buyer, one by a supplier. */
static void make_units(struct demo_world *w)
{
	for (unsigned i = 0; i < DEMO_UNITS; i++) {
		int parent = w->first[1] + (int)(i / 2);
		struct demo_org *org = &w->orgs[w->org_count++];

		demo_name_unit(org, &w->orgs[parent], i);
		org->parent = parent;
		org->layer = i % 2 ? 2 : 1;
	}
}

static bool has_pair(const struct demo_world *w, int from, int to)
{
	size_t bit = (size_t)from * DEMO_ORGS + (size_t)to;

	return w->pairs[bit / 8] >> (bit % 8) & 1;
}

static bool add_link(struct demo_world *w, int from, int to)
{
	size_t bit = (size_t)from * DEMO_ORGS + (size_t)to;

	if (from == to || w->link_count == DEMO_LINKS || has_pair(w, from, to))
		return false;
	w->pairs[bit / 8] |= (uint8_t)(1u << (bit % 8));
	w->links[w->link_count++] = (struct demo_link){ from, to };
	w->orgs[from].suppliers++;
	return true;
}

/* One of a layer, more often one near its head. */
static int pick_leaning(struct demo_world *w, int layer)
{
	uint32_t n = (uint32_t)(w->first[layer + 1] - w->first[layer]);
	uint32_t a = demo_below(&w->rng, n);
	uint32_t b = demo_below(&w->rng, n);

	return w->first[layer] + (int)MIN(a, b);
}

static int bottleneck(const struct demo_world *w) { return w->first[3]; }

static bool behind_bottleneck(const struct demo_world *w, int org)
{
	return org < w->first[5] && org >= w->first[5] - DEMO_BEHIND;
}

static void link_direct(struct demo_world *w)
{
	int n = layer_size[1];

	for (int i = 0; i < n; i++) {
		bool both = i < SHARED;

		if (both || i % 2 == 0)
			add_link(w, 0, w->first[1] + i);
		if (both || i % 2 == 1)
			add_link(w, 1, w->first[1] + i);
	}
	for (unsigned i = 0; i < DEMO_UNITS; i++) {
		int unit = w->first[DEMO_LAYERS] + (int)i;

		add_link(w, i % 2 ? w->first[1] + 30 + (int)i : (int)(i / 2 % 2), unit);
	}
}

static void link_down(struct demo_world *w)
{
	for (int layer = 2; layer < DEMO_LAYERS; layer++)
		for (int org = w->first[layer]; org < w->first[layer + 1]; org++)
			add_link(w,
				 behind_bottleneck(w, org) ? bottleneck(w)
							   : pick_leaning(w, layer - 1),
				 org);
	for (int i = 0; i < BOTTLENECK_BUYERS; i++)
		add_link(w, pick_leaning(w, 2), bottleneck(w));
	/* Three of layer 2 buy from a buyer: paths of a chain never pass through its procurer. */
	for (int i = 0; i < 3; i++)
		add_link(w, w->first[2] + 5 + i, i % DEMO_BUYERS);
}

static int target_layer(struct demo_world *w, int layer)
{
	uint32_t at = demo_below(&w->rng, 100);
	int to = at < 82 ? layer + 1 : at < 89 ? layer + 2 : at < 95 ? layer : layer - 1;

	return MAX(1, MIN(to, DEMO_LAYERS - 1));
}

static void link_more(struct demo_world *w)
{
	uint32_t entities = (uint32_t)(w->first[DEMO_LAYERS] - w->first[1]);

	while (w->link_count < DEMO_LINKS) {
		int from = w->first[1] + (int)demo_below(&w->rng, entities);
		int to = pick_leaning(w, target_layer(w, w->orgs[from].layer));

		if (!behind_bottleneck(w, to))
			add_link(w, from, to);
	}
}

bool demo_world_make(struct demo_world *w, int32_t today, uint64_t seed)
{
	*w = (struct demo_world){ .rng = { seed }, .today = today };
	w->orgs = calloc(DEMO_ORGS, sizeof(*w->orgs));
	w->links = calloc(DEMO_LINKS, sizeof(*w->links));
	w->pairs = calloc((size_t)DEMO_ORGS * DEMO_ORGS / 8 + 1, 1);
	if (!w->orgs || !w->links || !w->pairs)
		return false;
	make_entities(w);
	make_units(w);
	link_direct(w);
	link_down(w);
	link_more(w);
	return true;
}

void demo_world_done(struct demo_world *w)
{
	free(w->orgs);
	free(w->links);
	free(w->pairs);
}
