/*
 * revert.h - taking back what one command did to records: what it found (PAST) is put back, what it made goes, by one
 * ordinary command that asks of each record whether it still is as the revision left it.
 *
 * Put back are an op's own records and what it took along (a link's clauses, all of a removed organisation). Contacts
 * that were replaced or removed were erased then and stay so: the record keeps what it has now, or has none. Organisations that
 * are only there because a row named them go as well, unless somebody else has used them since.
 */
#pragma once

#include "graph/past.h"

#define REVERT_RECORDS_MAX 400000u /* as many as a bulk change of 200,000 links and a clause of each */
#define REVERT_BYTES_MAX ((size_t)128 << 20)
#define REVERT_CONFLICTS_MAX 20u

enum revert_why {
	REVERT_CHANGED, /* it was changed since */
	REVERT_REMOVED, /* since */
	REVERT_IN_USE,  /* the revision made it, and this record, of since, hangs on it */
	REVERT_TAKEN,   /* its id, alias or code is another one's now */
	REVERT_NO_END,  /* an organisation that it names is not there any more */
};
extern const char *const revert_why_names[];

/* A record that stands in the way: named as ops name it, its revision (0: not told). */
struct revert_conflict {
	struct op names;
	enum revert_why why;
	uint64_t revision;
	uint32_t org[2]; /* numbers in the record's key */
};

struct revert {
	/* In: memory of all that is below; whether organisations may be removed. */
	struct arena *memory;
	bool drops_orgs;
	/* Out: the ops in an order in which they can be done. */
	struct op *ops;
	size_t n_ops;
	uint64_t records, restored, deleted, recreated;
	uint64_t kept_contacts; /* records whose contacts of then are not there any more */
	uint64_t kept_orgs;     /* made only because an op named them, and staying */
	struct revert_conflict conflicts[REVERT_CONFLICTS_MAX]; /* the first */
	uint64_t n_conflicts;
	int64_t at_ms;          /* of the revision */
	/* Called for each record of the revision; anything but RC_OK ends it. May be NULL. */
	enum rc (*may_know)(void *arg, enum ent ent, const uint32_t org[2]);
	void *may_know_arg;
};

/* What would take the revision back, at t's. RC_NOT_FOUND: no such revision; RC_NOT_UNDOABLE: not of ops, or nothing is
 * left to put back; RC_COMPACTED: log or PAST no longer tell; RC_TOO_LARGE. Where there are conflicts the ops are not
 * all there. */
MUST_USE enum rc revert_plan(struct txn *t, uint64_t revision, struct revert *r, struct err *e);
/* Asked before each of the ops in the transaction that writes: RC_PRECONDITION where one would take along what was not
 * there when it was planned, or a name has come to be another one's. */
MUST_USE enum rc revert_guard(struct txn *w, const struct op *op, struct err *e);

/* ---- revert.c to revert_ops.c ---- */
/* One record of the revision. */
struct reverted {
	enum ent ent;
	struct view key;    /* the entity's own, as in PAST */
	struct view before; /* .p NULL: the revision made it */
	bool stub;          /* an organisation that only was named */
	uint64_t since;     /* not there now: the first revision after that found it there; 0: none */
};
struct reverting {
	struct txn *t;
	uint64_t revision;
	struct revert *r;
	struct err *e;
	struct reverted *x; /* by entity, then key; each once */
	size_t n, cap;
	size_t bytes;
	enum rc rc;
};
/* Of the list; NULL: the revision did not touch it. */
struct reverted *reverted_find(const struct reverting *v, enum ent ent, struct view key);
MUST_USE enum rc revert_ops(struct reverting *v);
/* Whether an organisation is called so, and not by an alias. */
bool revert_names(struct txn *t, struct view id);
/* revert_hang.c: fn for each record of since that hangs on one which the revision made. */
MUST_USE enum rc revert_hanging(const struct reverting *v, enum ent ent, struct view key,
				void (*fn)(void *arg, enum ent ent, struct view key, const struct rec *r), void *arg);
