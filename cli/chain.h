/* chain.h - what the verbs over a chain share: their path with its query, their exit status. */
#pragma once

#include "cli/args.h"
#include "cli/call.h"

/* "/v1/orgs/ORG/WHAT" with every option of the verb that the API knows as a query parameter. */
bool chain_path(const struct cli *c, struct buf *path, const char *org, const char *what,
		const struct args *a);
/* status, or CLI_GAPS where --exit-code was given and something was found. */
int chain_verdict(const struct args *a, int status, bool found);
