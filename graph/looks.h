/*
 * looks.h - who looked at what is not its own (ADR 0065): database LOOK, and the command that writes it.
 *
 * LOOK: be32 subject, be64 ms, be32 number => u8 kind, varint viewer, varint length and text of the actor. Subject 0
 * stands for all of them at once (an export). Viewer: the organisation that the actor was bound to, 0: the operator.
 */
#pragma once

#include "graph/graph.h"

/* The numbers are kept on disk: new kinds go to the end. */
enum look_kind {
	LOOK_ORG, LOOK_CERTIFICATES, LOOK_LINK, LOOK_CLAUSES, LOOK_TARGETS, LOOK_SUPPLIERS, LOOK_PROCURERS,
	LOOK_IMPACT, LOOK_INCIDENT, LOOK_DEPENDENCY, LOOK_EXPOSURE, LOOK_GAPS, LOOK_EXPIRING, LOOK_CLAUSE_GAPS,
	LOOK_CHOKEPOINTS, LOOK_HISTORY, LOOK_EXPORT, LOOK_CHAIN, LOOK_DRILLS, LOOK__COUNT
};
extern const char *const look_names[LOOK__COUNT];

struct look {
	uint32_t subject, viewer; /* numbers of organisations; see above */
	uint8_t kind;
	uint32_t number;          /* of those with the same subject and time */
	int64_t at_ms;
	struct view actor;
};

/* ---- the blob of a CMD_LOOKS: a row of these ---- */
void looks_blob_add(struct buf *blob, const struct look *l);
void looks_blob_drop(struct buf *blob, uint32_t subject, int64_t before_ms);
void looks_blob_used(struct buf *blob, uint64_t token, int64_t at_ms);

/* Appends drops of what is older than before_ms, about max of them, to the blob. *from: the subject to begin with,
 * moved on; false: that was all. */
bool looks_old(struct txn *t, uint32_t *from, int64_t before_ms, size_t max, struct buf *blob);

/* ---- reading, newest first ---- */
struct look_iter {
	struct cur cur;
	uint32_t subject;
	bool begun;
};
/* Those of a subject before (at_ms, number). */
void look_iter_open(struct look_iter *it, struct txn *t, uint32_t subject, int64_t at_ms, uint32_t number);
bool look_iter_next(struct look_iter *it, struct look *out); /* damage sticks in the transaction */
void look_iter_close(struct look_iter *it);
