/*
 * as_of.h - as_of=REVISION|INSTANT: the answer is what the store knew then. It runs on the pool, in an overlay that is
 * brought back to the revision; the handler does not notice. Rights are those of now.
 */
#pragma once

#include "api/request.h"

/* Like dispatch_handle(), as of the query's as_of; t: the store of now. Pool threads. */
void as_of_handle(struct request *r, struct txn *t, struct scratch *s);
