/*
 * sight.h - who looks, and where that caller stands at an organisation or a link. Every answer that shows stored
 * entities asks here, and shows what place.h allows for the place.
 */
#pragma once

#include "api/place.h"
#include "graph/pseudonym.h"
#include "services/access.h"

struct api;

struct sight {
	struct api *api;
	struct txn *t;
	struct scratch *scratch; /* may be NULL, see known.h */
	const struct identity *who;
	const uint32_t *own; /* its own organisations and their units; none for those who see all */
	size_t n_own;
	const uint8_t *secret;
	int32_t today;
	enum rc rc; /* the first failure sticks; what was not found out is not shown */
};

struct org_sight {
	enum standing at;
	uint32_t viewer; /* whose pseudonym stands for it, where it is hidden or anonymous */
};
struct org_sight sight_org(struct sight *s, uint32_t org);

struct link_sight {
	enum place place;
	uint32_t viewer; /* whose pseudonyms stand for the ends without a name */
	bool procurer_hidden, supplier_hidden;
};
struct link_sight sight_link(struct sight *s, uint32_t procurer, uint32_t supplier, const struct rec *link);

/* Where it stands at a certificate of org. */
enum standing sight_cert(struct sight *s, enum standing at, const struct rec *cert);
/* May it read who wrote this revision? */
bool sight_actor(struct sight *s, uint64_t revision);
/* The id as it is shown: a view into room or the store. */
struct view sight_id(struct sight *s, uint32_t org, bool hidden, uint32_t viewer, char room[PSEUDONYM_TEXT]);
/* The organisation of an id, alias, or pseudonym that was made for one of the caller's own. RC_NOT_FOUND. Whether the
 * caller may know it is not asked. */
enum rc sight_find(struct sight *s, struct view text, uint32_t *out);
/* Today's links that an organisation which is not its own has, as far as the caller sees them; UINT32_MAX:
 * so few (setting small_count) that it is not told. */
void sight_counts(struct sight *s, uint32_t org, uint32_t *out_suppliers, uint32_t *out_procurers);
