/* compare_ways.c - the way down to a supplier, link by link, against the rules. */
#include "graph/ways.h"
#include "tests/graph/compare.h"

static int index_of(const struct world *w, uint32_t number)
{
	for (int i = 0; i < (int)w->n_orgs; i++)
		if (w->org[i].there && w->num[i] == number)
			return i;
	return -1;
}

/* Is there an active link from -> to, which is the viewer's own or visible to it? */
static bool there(const struct world *w, int viewer, int from, int to, int32_t on)
{
	for (unsigned i = 0; i < w->n_links; i++) {
		const struct w_link *l = &w->link[i];
		if (l->there && l->procurer == from && l->supplier == to)
			return twin_active(l, on) && (from == viewer || twin_visible(l, viewer, on));
	}
	return false;
}

static bool way_ok(const struct world *w, const struct impact_item *it, const uint32_t *way, int supplier, int32_t on)
{
	int p = index_of(w, it->procurer);

	if (way[0] != it->procurer || way[it->tier] != w->num[supplier])
		return false;
	for (unsigned i = 0; i < it->tier; i++)
		if ((i && way[i] == it->procurer) || !there(w, p, index_of(w, way[i]), index_of(w, way[i + 1]), on))
			return false;
	return true;
}

bool compare_ways(const struct world *w, struct txn *t, struct scratch *s, const struct impact *im, int supplier,
		  const struct question *q, FILE *out)
{
	struct ways ways;
	uint32_t way[TIER_MAX + 1];
	bool ok = true;

	ways_init(&ways, t, s, w->num[supplier], q->depth, q->on);
	for (size_t i = 0; i < im->n && ok; i += im->n / 64 + 1) {
		const struct impact_item *it = &im->items[i];
		enum rc rc = ways_of(&ways, it->procurer, it->tier, way);
		ok = rc == RC_OK && way_ok(w, it, way, supplier, q->on);
		if (ok && it->tier > 1) /* none is shorter */
			ok = ways_of(&ways, it->procurer, it->tier - 1u, way) == RC_NOT_FOUND;
		if (!ok)
			fprintf(out, "  way from %d to %d, tier %u: %d\n", index_of(w, it->procurer), supplier, it->tier,
				(int)rc);
	}
	ways_done(&ways);
	return ok;
}
