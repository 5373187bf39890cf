/*
 * looks.h - noting reads of what is not the caller's own (ADR 0065). Which routes are looks, and at whom, stands in a
 * table here; a test wants every GET with an organisation in its path either there or excused.
 */
#pragma once

#include "api/request.h"
#include "services/looks.h"

/* What this loop noted lately: a read that was noted in this hour costs one keyed hash. */
#define LOOK_MEMO_SLOTS 32768u
struct look_memo {
	uint64_t slots[LOOK_MEMO_SLOTS];
};

/* Behind a handler that answered: notes the look, if it is one. m may be NULL. */
void look_note(struct request *r, struct txn *t, struct look_memo *m);

/* Appends which tokens were used since then, to be kept (looks_on_hour). Any thread. */
void look_tokens(void *api, int64_t since_ms, struct buf *blob);

/* For tests: what a route is; LOOK__COUNT: a look at nobody. */
enum look_kind look_kind_of(const struct route *rt);
