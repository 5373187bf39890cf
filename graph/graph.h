/*
 * graph.h - reading and changing the graph: organisations, links, certificates, clauses, targets.
 *
 * Organisations are numbers (uint32_t, from 1) inside; ids only at the edge. All functions here
 * work on a transaction of store.h; views are valid as long as it (see store.h).
 */
#pragma once

#include "graph/cmd.h"
#include "graph/rules.h"
#include "store/store.h"

#define ORG_NONE 0u
#define RECORD_NAME_MAX 128u /* bytes of the name of a certificate or drill */

/* ---- set-up ---- */
/* First use of a new store: META names, the processed day. */
MUST_USE enum rc graph_init(struct txn *w, int64_t now_ms);
/* Brings a store of an older format up to date, in steps; must precede any write to it. */
MUST_USE enum rc graph_migrate(struct store *s, struct err *e);
uint32_t graph_format(struct txn *t);
uint64_t graph_revision(struct txn *t);
int32_t graph_today(struct txn *t);      /* the processed day */
uint32_t graph_max_org(struct txn *t);   /* numbers in use are 1..this */
uint64_t graph_link_count(struct txn *t);
bool graph_made(struct txn *t);          /* graph_init() has been done */
enum rc graph_secret(struct txn *t, uint8_t out[32]);

/* ---- organisations ---- */
/* By id or alias. RC_NOT_FOUND. */
enum rc org_find(struct txn *t, struct view id, uint32_t *out_org);
/* The stored record (decode with rec_decode; ORG fields). The canonical id is org_id(). */
enum rc org_get(struct txn *t, uint32_t org, struct rec *out);
struct view org_id(struct txn *t, uint32_t org);   /* empty: no such org */
struct view org_name(struct txn *t, uint32_t org); /* name, or the id where there is none */
bool org_is_unit(const struct rec *r);
/* The parent's number of a unit, ORG_NONE otherwise. */
uint32_t org_parent(struct txn *t, const struct rec *r);
/* Walks canonical ids in id order, from the first id > after ("" for all). Stops when fn answers false. */
void org_each(struct txn *t, struct view after, bool (*fn)(void *arg, struct view id, uint32_t org), void *arg);
/* Search: exact id or alias, then names that begin with the folded query, then names that contain it
 * (name, kana, English; text_name_key). *cursor starts at 0; fills up to max numbers, returns how
 * many; *cursor is 0 when there is no more. */
size_t org_search(struct txn *t, struct view q, uint64_t *cursor, uint32_t *out, size_t max);
/* Organisations with targets, in number order, from the first > after; returns how many. */
size_t watched_list(struct txn *t, uint32_t after, uint32_t *out, size_t max);

/* ---- links ---- */
enum rc link_get(struct txn *t, uint32_t procurer, uint32_t supplier, struct rec *out);
/* All link records of a procurer in supplier-number order. */
struct link_iter {
	struct cur cur;
	uint32_t procurer, supplier;
	struct rd rd;
	bool done;
};
void link_iter_open(struct link_iter *it, struct txn *t, uint32_t procurer, uint32_t after_supplier);
bool link_iter_next(struct link_iter *it, struct rec *out); /* sets it->supplier */
void link_iter_close(struct link_iter *it);
/* supplier numbers of `procurer` / procurer numbers of `supplier` (whatever their dates), ascending;
 * malloc'ed into *out (free it). */
MUST_USE enum rc link_suppliers(struct txn *t, uint32_t procurer, uint32_t **out, size_t *out_n);
MUST_USE enum rc link_procurers(struct txn *t, uint32_t supplier, uint32_t **out, size_t *out_n);
void link_active_counts(struct txn *t, uint32_t org, int32_t day, uint32_t *out_suppliers, uint32_t *out_procurers);
bool link_active(const struct rec *link, int32_t day);
enum rc code_find(struct txn *t, uint32_t procurer, struct view code, uint32_t *out_supplier);

/* ---- certificates ---- */
enum rc cert_get(struct txn *t, uint32_t org, struct view cert, struct rec *out);
/* In order of the certificate's name; after: "" for all. fn answers false to stop. */
void cert_each(struct txn *t, uint32_t org, struct view after,
	       bool (*fn)(void *arg, struct view cert, const struct rec *r), void *arg);
enum cert_status cert_status_on(const struct rec *r, int32_t day);
bool cert_valid_on(const struct rec *r, int32_t day); /* also false for status, dates; any scheme */
int cert_star(const struct rec *r); /* the level it gives: scs 3-5, security-action 1-2, else 0 */

/* ---- drills (apply_drill.c) ---- */
#define DRILLS_MAX 1000u /* of one organisation */
enum rc drill_get(struct txn *t, uint32_t org, struct view name, struct rec *out);
/* In order of their names; fn answers false to stop. */
void drill_each(struct txn *t, uint32_t org, bool (*fn)(void *arg, struct view name, const struct rec *r), void *arg);

/* ---- held level (steps.c) ---- */
struct held {
	uint8_t level;     /* held(S, D), 0-5 */
	uint8_t ever;      /* the highest level held on any day up to D */
	uint8_t confirmed; /* the highest level valid on D with evidence registry or copy and fitting scope */
	bool at_risk;      /* ★4 whose self-assessments are behind */
	bool attested;     /* subtier_attested_on <= D */
};
struct held held_on(struct txn *t, uint32_t org, int32_t day);
/* Last day of the unbroken run from `day` with held >= held(day); DAY_NONE: open, or nothing is held. */
int32_t held_until(struct txn *t, uint32_t org, int32_t day);
/* Both at once. */
struct held held_run(struct txn *t, uint32_t org, int32_t day, int32_t *out_until);

/* ---- clauses, targets ---- */
enum rc clause_get(struct txn *t, uint32_t procurer, uint32_t supplier, enum clause_no no, struct rec *out);
enum rc targets_get(struct txn *t, uint32_t org, struct rec *out); /* RC_NOT_FOUND */
/* Decoded, with defaults where there are none; the memory behind views lasts as the txn's. */
MUST_USE enum rc targets_of(struct txn *t, uint32_t org, struct targets *out);

/* ---- personal data ---- */
/* Encoded contacts (contacts.h). RC_NOT_FOUND: erased. */
enum rc personal_get(struct txn *t, struct view ref, struct view *out_bytes);

/* ---- who recorded a revision ---- */
struct log_head {
	uint64_t revision;
	enum cmd_type type;
	int64_t at_ms;
	struct view actor;
};
enum rc log_head(struct txn *t, uint64_t revision, struct log_head *out); /* RC_NOT_FOUND: compacted */
/* The whole command of a revision, joined from its parts into *buf; decode with cmd_decode. */
enum rc log_read(struct txn *t, uint64_t revision, struct buf *buf);
uint64_t log_first(struct txn *t); /* the oldest revision kept; 0: none */

/* ---- change ---- */
/* Per batch: one write transaction, many commands. Adjacency edits are collected and merged into
 * their blocks in one sorted pass by batch_finish(), which must precede txn_commit(). */
struct batch;
MUST_USE enum rc batch_new(struct txn *w, struct batch **out);
void batch_free(struct batch *b);
/* Applies one command: validates before it writes (a refused op leaves no trace), appends to the log
 * (nothing is logged when nothing changed), writes events. *out_revision: the command's, or the
 * current one when nothing changed. Single refused ops: the op's rc and *e. Many ops: RC_OK with
 * results, unless all_or_nothing. Hard store errors stick in the transaction. */
MUST_USE enum rc graph_apply(struct batch *b, struct cmd *c, uint64_t *out_revision, struct err *e);
MUST_USE enum rc batch_finish(struct batch *b);

/* ---- events (events.c) ---- */
enum event_type { EV_SUPPLIER_LAPSED, EV_SUPPLIER_RESTORED, EV_SUPPLIER_EXPIRING, EV_EXPOSURE_CHANGED,
		  EV_LINK_CHANGED, EV_CERTIFICATE_CHANGED, EV_CLAUSE_DUE, EV_REMINDER_SENT,
		  EV_REMINDER_FAILED, EV_IMPORT_FINISHED, EV_ORG_CHANGED, EV_TARGETS_CHANGED,
		  EV_CLAUSE_CHANGED, EV_DRILL_CHANGED, EV__COUNT };
extern const char *const event_names[EV__COUNT];
struct event {
	uint64_t revision;
	uint32_t seq;        /* within the revision: changed entities first, then what follows from them */
	enum event_type type;
	int64_t at_ms;
	struct view subject; /* org id, or "procurer/supplier", or "org/certificate" */
	struct view data;    /* a JSON object */
	const char *change;  /* of a changed entity: "created", "updated", "deleted"; NULL: it follows from one */
};
#define EVENT_ID_TEXT 21 /* 13 digits revision, 7 digits seq, NUL: grows as text and as number */
void event_id_format(uint64_t revision, uint32_t seq, char out[EVENT_ID_TEXT]);
bool event_id_parse(struct view v, uint64_t *out_revision, uint32_t *out_seq);
/* Reads events after (revision, seq) in order: entity changes come from the log, the rest from the
 * outbox. Calls fn up to max times (false: stop). RC_COMPACTED when the log no longer reaches back. */
MUST_USE enum rc events_read(struct txn *t, uint64_t after_revision, uint32_t after_seq, size_t max,
			     bool (*fn)(void *arg, const struct event *ev), void *arg);
/* Where the next op of a revision begins in the log. A caller that reads on page by page keeps one,
 * zeroed at first, so that a revision of a million ops is not read from its start each time. */
struct event_place {
	uint64_t revision; /* 0: none */
	uint64_t op, at;   /* its number, and its first byte in the command */
};
MUST_USE enum rc events_read_on(struct txn *t, uint64_t after_revision, uint32_t after_seq, size_t max,
				bool (*fn)(void *arg, const struct event *ev), void *arg, struct event_place *place);

/* One event; its subject and data lie in the store or in the buffers. Of the changed entities only the first
 * EVENT_GET_OPS of a revision are found. RC_NOT_FOUND. */
#define EVENT_GET_OPS 4096u
enum rc event_get(struct txn *t, uint64_t revision, uint32_t seq, struct event *out, struct buf *subject,
		  struct buf *data);

/* ---- offline check (check.c) ---- */
/* Every index against its records, both directions of every link, counts, log continuity. Calls
 * report with one sentence a finding (at most 1000); returns how many findings. */
size_t graph_check(struct txn *t, void (*report)(void *arg, const char *sentence), void *arg);
