/* chain_item.h - one supplier of a chain as the lists show it: gaps, expiring, and everybody (chain_all.c). */
#pragma once

#include "api/request.h"
#include "base/json_out.h"
#include "graph/answers.h"

struct chain_item_out {
	struct request *r;
	const struct chain_list *list;
	struct targets *tg; /* of the procurer; chain_item_more_json() alone needs them */
};
/* The members that all lists share, into an object that is open. */
void chain_item_json(struct json *j, const struct chain_item_out *o, const struct chain_item *it);
/* What the list of everybody adds. */
MUST_USE enum rc chain_item_more_json(struct json *j, const struct chain_item_out *o, const struct chain_item *it);
/* "asked_by" and "asked_by_total". */
MUST_USE enum rc chain_asked_json(struct json *j, const struct chain_item_out *o, uint32_t supplier);
