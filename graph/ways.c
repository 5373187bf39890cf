/* ways.c - see ways.h. Private links that a procurer sees by a grant are walked with its own eyes. */
#include "graph/ways.h"

#include "base/util.h"
#include "graph/reverse.h"

void ways_init(struct ways *w, struct txn *t, struct scratch *s, uint32_t supplier, unsigned depth, int32_t on)
{
	*w = (struct ways){ .t = t, .s = s, .supplier = supplier, .depth = depth, .on = on,
			    .any_grants = txn_count(t, DB_GRANT) > 0 };
}

void ways_done(struct ways *w)
{
	free(w->far);
	free(w->seen);
	w->far = w->seen = NULL;
}

/* The last layer of a chain is its procurer's own first link, which is read from the procurer's side. */
static enum rc measure(struct ways *w, uint32_t viewer, uint8_t **out)
{
	struct reverse r = { .t = w->t, .s = w->s, .supplier = w->supplier, .viewer = viewer, .on = w->on,
			     .depth = w->depth - 1, .any_grants = w->any_grants };

	free(*out);
	w->n = graph_max_org(w->t) + 1;
	*out = r.ways = calloc(w->n, 1);
	enum rc rc = *out ? reverse_run(&r) : RC_NOMEM;
	if (viewer == ORG_NONE)
		w->granted_links = r.granted_links;
	reverse_done(&r);
	return rc;
}

static bool holds_grants(struct txn *t, uint32_t viewer)
{
	AUTO_CUR struct cur c;
	uint8_t key[4];

	be32_put(key, viewer);
	cur_open(&c, t, DB_GRANT);
	return cur_ge(&c, view_of(key, 4)) && cur_in(&c, view_of(key, 4));
}

/* *out: how far everybody is from the supplier for the procurer's eyes. */
static enum rc ready_for(struct ways *w, uint32_t procurer, const uint8_t **out)
{
	enum rc rc = w->far ? RC_OK : measure(w, ORG_NONE, &w->far);

	*out = w->far;
	if (rc != RC_OK || !w->any_grants || !w->granted_links || !holds_grants(w->t, procurer))
		return rc;
	if (!w->seen || w->viewer != procurer)
		rc = measure(w, procurer, &w->seen);
	w->viewer = procurer;
	*out = w->seen;
	return rc;
}

struct descent {
	const struct ways *w;
	struct adj_reader r;
	const uint8_t *far;
	uint32_t procurer;
};

/* Is peer, to which x has this link, one of those that are left links away? */
static bool leads_on(const struct descent *d, uint32_t x, struct adj_ent e, unsigned left)
{
	const struct ways *w = d->w;

	if (left == 0 ? e.peer != w->supplier : e.peer >= w->n || d->far[e.peer] != left)
		return false;
	return x == d->procurer || link_visible(w->t, d->procurer, x, e.peer, e.attr, w->on, w->any_grants);
}

/* The next one after x, the one with the smallest number; ORG_NONE: there is none. */
static uint32_t step(struct descent *d, uint32_t x, unsigned left)
{
	struct adj_run run;

	for (bool ok = adj_first(&d->r, x, &run); ok; ok = adj_next(&d->r, &run)) {
		const struct adj_dates *dates = run.d;
		for (uint32_t i = 0; i < run.n; i++) {
			const struct adj_ent e = run.e[i];
			if ((e.attr & ADJ_DATED) && !dates_active(dates++, d->w->on))
				continue;
			if (leads_on(d, x, e, left))
				return e.peer;
		}
	}
	return ORG_NONE;
}

enum rc ways_of(struct ways *w, uint32_t procurer, unsigned tier, uint32_t *out)
{
	struct descent d = { .w = w, .procurer = procurer };
	enum rc rc = RC_OK;

	if (tier == 0 || tier > w->depth)
		return RC_NOT_FOUND;
	if (tier > 1)
		rc = ready_for(w, procurer, &d.far);
	if (rc != RC_OK)
		return rc;
	out[0] = procurer;
	adj_reader_init(&d.r, w->t, ADJ_OUT);
	for (unsigned i = 1; i <= tier && rc == RC_OK; i++) {
		out[i] = step(&d, out[i - 1], tier - i);
		rc = out[i] == ORG_NONE ? RC_NOT_FOUND : RC_OK;
	}
	if (d.r.bad)
		rc = RC_DAMAGED;
	adj_reader_done(&d.r);
	return rc == RC_OK ? txn_rc(w->t) : rc;
}
