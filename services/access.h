/*
 * access.h - who calls, and what that caller may do (domain.md, "Who may see what").
 *
 * Everything that is not allowed here is refused. Reads are decided by the table of routes (api/routes.def) with
 * the questions below; writes op by op, in the transaction that writes (access_permit), so that a file with a
 * thousand rows and a single PUT are judged by the same function.
 */
#pragma once

#include "base/arena.h"
#include "graph/answers.h"
#include "graph/token.h"

enum role { ROLE_NONE, ROLE_ADMIN, ROLE_RISK, ROLE_PROCURER, ROLE_SUPPLIER, ROLE_AUDITOR, ROLE__COUNT };
extern const char *const role_names[ROLE__COUNT];
enum role role_find(struct view name); /* ROLE_NONE: no such role */

#define SCOPE_MAX 64   /* organisations that one caller is bound to */
#define ACTOR_MAX 200  /* NAME, or NAME@ID of the first of them */

struct identity {
	char name[ACTOR_MAX]; /* what the log says of who did it */
	uint64_t token;       /* number of the token; 0: it came in another way */
	enum role role;
	unsigned n_orgs;
	uint32_t orgs[SCOPE_MAX];
	int64_t expires_ms;   /* 0: never */
	bool by_key;          /* it showed the text of its token, of which key is the hash */
	uint8_t key[TOKEN_HASH_BYTES];
};

/* True for those who see everything with true ids. */
bool access_sees_all(const struct identity *who);
/* How a chain is read for this caller; it points into who. */
struct caller access_caller(const struct identity *who);
/* One of its own organisations, or a unit of one. */
bool access_owns(struct txn *t, const struct identity *who, uint32_t org);
/* Whether the caller, or another one of its organisations, wrote this revision. */
bool access_wrote(struct txn *t, const struct identity *who, uint64_t revision);

/* Whether the caller made this record and nobody else wrote it last. */
bool access_made(struct txn *t, const struct identity *who, const struct rec *r);
/* Whether its suppliers may know who it is. */
bool access_shown(struct txn *t, uint32_t procurer);
/* fn for its own organisations and their units, until fn answers false; one may come twice. */
void access_own_each(struct txn *t, const struct identity *who, bool (*fn)(void *arg, uint32_t org), void *arg);

/* What ties the caller to an organisation, as far as can be told without a walk. */
enum access_tie {
	TIE_NONE,
	TIE_ABOVE,    /* it buys from one of the caller's own, and lets its suppliers know */
	TIE_ENTERED,  /* the caller entered it, and nobody else wrote it since */
	TIE_SUPPLIER, /* one of the caller's own buys from it */
	TIE_OWN,
};
enum access_tie access_tie(struct txn *t, const struct identity *who, uint32_t org);

/* One caller's commands. memory: what completed ops point into; it lives as long as the command. */
struct permit {
	const struct identity *who;
	struct arena *memory;
	bool anonymous; /* it named the procurer of its link by the pseudonym that the caller knows */
};
/* May the caller do this? For struct cmd: asked op by op in the writing transaction. Completes what the caller's
 * role implies: who sees a link, the evidence of a certificate. RC_FORBIDDEN, RC_NOT_FOUND. */
enum rc access_permit(void *permit, struct txn *w, struct op *op, struct err *e);
