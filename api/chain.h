/* chain.h - the order and the cursors of those above a supplier: by tier, then id. */
#pragma once

#include "api/request.h"
#include "graph/answers.h"

/* The key of an item, as a cursor holds it; its memory is the request's. */
struct view impact_item_key(struct request *r, const struct impact_item *it);
/* Is the item behind the key, in the order of the list? */
bool impact_item_behind(struct request *r, const struct impact_item *it, struct view key);
