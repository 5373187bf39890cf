/* chain.h - pages of those above a supplier: by tier, then id. */
#pragma once

#include "api/request.h"
#include "graph/answers.h"

/* Writes "items" and what pages end with: those behind the cursor, each by fn. */
MUST_USE enum rc impact_page(struct request *r, struct json *j, const struct impact *x, struct view after,
			     enum rc (*fn)(struct request *r, struct json *j, const struct impact_item *it,
					   uint32_t supplier),
			     uint32_t supplier);
