/* incident.h - inside of the incident answer: its items, and the order of duty. */
#pragma once

#include "api/request.h"
#include "graph/answers.h"
#include "graph/ways.h"

#define INCIDENT_NO_AT INT64_MIN

struct incident {
	struct request *r;
	struct json *j;
	uint32_t supplier;
	int64_t at; /* when the breach became known; INCIDENT_NO_AT: not said */
	struct ways ways;
};

/* One item (incident_item.c). */
MUST_USE enum rc incident_item_json(struct incident *in, const struct impact_item *it);
/* Contacts of an organisation, those for incidents first. */
void incident_contacts_json(struct json *j, struct txn *t, const struct rec *org);
/* Hours to tell within, where they are agreed with its supplier and the caller may read it; -1: none. */
MUST_USE enum rc incident_hours(struct request *r, uint32_t procurer, uint32_t supplier, int *out);

/* The pages (incident_order.c): "items" and "next". duty: whoever has agreed hours first, fewest first. */
MUST_USE enum rc incident_page(struct incident *in, struct impact *x, bool duty, struct view after);
