/* sight.c - see sight.h. */
#include "api/sight.h"

#include "api/known.h"
#include "base/util.h"

/* ---- the chains of the caller's own ---- */

/* How the chain of one of the caller's own shows an organisation. */
static enum seen chain_shows(struct sight *s, uint32_t procurer, uint32_t org)
{
	enum seen seen = SEEN_NOT;
	enum rc rc;

	if (s->rc || !known_reads_chains(s->who))
		return SEEN_NOT;
	rc = known_seen(s->api, s->t, s->scratch, procurer, org, &seen);
	if (rc)
		s->rc = rc;
	return rc ? SEEN_NOT : seen;
}

static enum seen chains_show(struct sight *s, uint32_t org, uint32_t *out_viewer)
{
	enum seen best = SEEN_NOT;

	for (size_t i = 0; i < s->n_own && best != SEEN_NAMED; i++) {
		enum seen seen = chain_shows(s, s->own[i], org);
		if (seen <= best)
			continue;
		best = seen;
		*out_viewer = s->own[i];
	}
	return best;
}

/* ---- organisations ---- */

/* One that buys from the caller's own and does not say who it is. */
static struct org_sight hidden_above(struct sight *s, uint32_t org)
{
	struct rec rec;

	for (size_t i = 0; i < s->n_own && !access_shown(s->t, org); i++)
		if (link_get(s->t, org, s->own[i], &rec) == RC_OK)
			return (struct org_sight){ AT_HIDDEN, s->own[i] };
	return (struct org_sight){ AT_NONE, ORG_NONE };
}

struct org_sight sight_org(struct sight *s, uint32_t org)
{
	struct org_sight out = { AT_NONE, ORG_NONE };
	struct rec rec;

	if (access_sees_all(s->who))
		return (struct org_sight){ AT_OWN, ORG_NONE };
	switch (access_tie(s->t, s->who, org)) {
	case TIE_OWN:
		out.at = AT_OWN;
		return out;
	case TIE_SUPPLIER:
		out.at = org_get(s->t, org, &rec) == RC_OK && access_made(s->t, s->who, &rec) ? AT_ENTERED
											  : AT_SUPPLIER;
		return out;
	case TIE_ENTERED:
		out.at = AT_ENTERED;
		return out;
	case TIE_ABOVE:
		out.at = AT_ABOVE;
		break;
	case TIE_NONE:
		break;
	}
	enum seen seen = chains_show(s, org, &out.viewer);
	if (seen == SEEN_NAMED)
		out.at = AT_BELOW;
	else if (seen == SEEN_ANONYMOUS && out.at == AT_NONE)
		out.at = AT_ANONYMOUS;
	return out.at == AT_NONE ? hidden_above(s, org) : out;
}

enum standing sight_cert(struct sight *s, enum standing at, const struct rec *cert)
{
	return at == AT_BELOW && access_made(s->t, s->who, cert) ? AT_ENTERED : at;
}

/* ---- links ---- */

static struct link_sight from_upstream(struct sight *s, uint32_t procurer, uint32_t supplier,
				       const struct rec *link)
{
	struct link_sight out = { .place = PLACE_NONE };

	if (!link_active(link, s->today))
		return out;
	for (size_t i = 0; i < s->n_own && out.place == PLACE_NONE; i++) {
		uint32_t viewer = s->own[i];
		if (!link_visible_to(s->t, viewer, procurer, supplier, link, s->today) || chain_shows(s, viewer, procurer) == SEEN_NOT ||
		    chain_shows(s, viewer, supplier) == SEEN_NOT)
			continue;
		out = (struct link_sight){ .place = PLACE_UPSTREAM, .viewer = viewer };
		out.procurer_hidden = sight_org(s, procurer).at <= AT_ANONYMOUS;
		out.supplier_hidden = sight_org(s, supplier).at <= AT_ANONYMOUS;
	}
	return out;
}

struct link_sight sight_link(struct sight *s, uint32_t procurer, uint32_t supplier, const struct rec *link)
{
	struct link_sight out = { .place = PLACE_OWN };

	if (access_sees_all(s->who) || access_owns(s->t, s->who, procurer))
		return out;
	/* before who entered it: a supplier's plan on a link does not make the link its own */
	if (access_owns(s->t, s->who, supplier)) {
		out.place = PLACE_SUPPLIER;
		out.viewer = supplier;
		out.procurer_hidden = !access_shown(s->t, procurer) && sight_org(s, procurer).at <= AT_ANONYMOUS;
		return out;
	}
	if (access_made(s->t, s->who, link) && sight_org(s, procurer).at >= AT_BELOW) {
		out.place = PLACE_RECORDED;
		return out;
	}
	return from_upstream(s, procurer, supplier, link);
}

/* ---- texts ---- */

bool sight_actor(struct sight *s, uint64_t revision)
{
	return access_sees_all(s->who) || access_wrote(s->t, s->who, revision);
}

struct view sight_id(struct sight *s, uint32_t org, bool hidden, uint32_t viewer, char room[PSEUDONYM_TEXT])
{
	if (!hidden)
		return org_id(s->t, org);
	pseudonym_make(s->secret, viewer, org, room);
	return view_of(room, PSEUDONYM_TEXT - 1);
}

enum rc sight_find(struct sight *s, struct view text, uint32_t *out)
{
	uint32_t org = ORG_NONE;

	if (!pseudonym_like(text))
		return org_find(s->t, text, out);
	for (size_t i = 0; i < s->n_own && org == ORG_NONE; i++)
		org = pseudonym_open(s->secret, s->own[i], text);
	if (org == ORG_NONE || org_id(s->t, org).n == 0)
		return RC_NOT_FOUND;
	*out = org;
	return RC_OK;
}

/* ---- counts ---- */

static uint32_t told(const struct sight *s, uint32_t n)
{
	return n < api_small_count(s->api) ? UINT32_MAX : n;
}

/* Links to the caller's own are counted apart. */
static uint32_t count_below(struct sight *s, uint32_t org, const uint32_t *viewers, size_t n_viewers)
{
	struct link_iter it;
	struct rec link;
	uint32_t n = 0;

	link_iter_open(&it, s->t, org, ORG_NONE);
	while (n_viewers && link_iter_next(&it, &link)) {
		bool visible = false;
		for (size_t i = 0; i < n_viewers && !visible; i++)
			visible = link_visible_to(s->t, viewers[i], org, it.supplier, &link, s->today);
		n += visible && link_active(&link, s->today) && !access_owns(s->t, s->who, it.supplier);
	}
	link_iter_close(&it);
	return n;
}

static bool is_active(struct sight *s, uint32_t procurer, uint32_t supplier)
{
	struct rec link;

	return link_get(s->t, procurer, supplier, &link) == RC_OK && link_active(&link, s->today);
}

void sight_counts(struct sight *s, uint32_t org, uint32_t *out_suppliers, uint32_t *out_procurers)
{
	AUTO(buf_done) struct buf viewers = BUF_INIT;
	uint32_t buyers = 0, served = 0;

	for (size_t i = 0; i < s->n_own; i++) {
		if (chain_shows(s, s->own[i], org) != SEEN_NOT)
			buf_add(&viewers, &s->own[i], sizeof(s->own[i]));
		buyers += is_active(s, s->own[i], org);
		served += is_active(s, org, s->own[i]);
	}
	if (!buf_ok(&viewers))
		s->rc = s->rc ? s->rc : RC_NOMEM;
	*out_suppliers = told(s, served + count_below(s, org, (const uint32_t *)(const void *)viewers.p,
						      viewers.n / sizeof(uint32_t)));
	*out_procurers = buyers; /* the caller's own */
}
