/* renewals.h - the questions of GET /v1/orgs/{id}/renewals and /calendar, and their list as an iCalendar file. */
#pragma once

#include "api/request.h"
#include "graph/renewals.h"

/* The chain and the days that a request asks for. */
MUST_USE enum rc renewals_ask(struct request *r, struct renewals_query *out, struct err *e);

#define ICS_EVENTS_MAX 5000
/* The whole list as the body of the reply. RC_TOO_LARGE. */
MUST_USE enum rc renewals_ics(struct request *r, const struct renewals_query *q, const struct renewal_list *l,
			      struct err *e);
