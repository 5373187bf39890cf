/*
 * access.h - what the table of routes says of a caller, asked in two steps: whether its role may come in at all,
 * before a byte of the body is read, and whether the organisations of the path are its business, with the
 * transaction that answers.
 *
 * A route's access text has one letter for each of admin, risk, procurer, supplier, auditor:
 *   - never (403)
 *   * whatever the path names
 *   o the first organisation must be one of its own
 *   k the first organisation must be one that it may know of
 *   b the first organisation must be its own or stand below: a supplier, or named in its chain
 *   a as b, or without a name in its chain and asked by the pseudonym
 *   f, w, v the handler decides: f shows only what the caller may see, w asks access_permit() for each op,
 *     v answers by the caller's place at the link
 * An organisation that the caller may not know of is 404, one that it knows and may not ask about is 403.
 * NULL: open to everybody, without a token.
 */
#pragma once

#include "api/request.h"

enum { ACCESS_NEVER = '-', ACCESS_ANY = '*', ACCESS_OWN = 'o', ACCESS_KNOWN = 'k', ACCESS_BELOW = 'b', ACCESS_CHAIN = 'a' };

char access_letter(const struct route *rt, enum role role);
/* "admin, risk, procurer (own), …" for people; out is always terminated. */
void access_text(const struct route *rt, char *out, size_t out_size);
/* Whether access_path() or the handler may have to walk a chain first: that is not for a loop. */
bool access_waits(const struct request *r, struct txn *t);
/* The organisations of the path, in the request's transaction. RC_NOT_FOUND, RC_FORBIDDEN. */
MUST_USE enum rc access_path(struct request *r, struct err *e);
