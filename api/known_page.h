/*
 * known_page.h - lists and searches of a bound caller: only organisations that it may know by name, found from its own
 * links and chains and not by going through the register, so that neither items nor pages tell of others.
 */
#pragma once

#include "api/request.h"

struct known_page {
	struct request *r;
	struct sight *s;
	struct json *j;
	size_t limit;
	int held; /* -1: any */
	bool watched; /* its own alone: of others that is not told */
};
/* Writes the items, ends the list and the page. q: empty: all in id order. */
MUST_USE enum rc known_page(struct known_page *p, struct view q, struct view after);
