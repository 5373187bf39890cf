/*
 * state.h - inside of graph/ only: a batch under way and the pieces that apply a command.
 *
 * Rule of every apply function: check everything first, write afterwards; a refused op leaves no
 * trace. Views into the store die at the first put, so what is needed later is copied before.
 */
#pragma once

#include "base/arena.h"
#include "graph/adj.h"
#include "graph/calendar.h"
#include "graph/graph.h"
#include "graph/names.h"
#include "graph/past.h"

struct step;
struct change;

/* What an organisation held before the command touched it. */
struct held_before {
	uint32_t org;
	uint32_t order;
	uint8_t held;
	bool expiring;
};

/* Ids met by a large command, and the new ones that are still to be written; see ids.c. */
struct id_cache {
	bool on, complete;   /* complete: what is not here does not exist */
	struct id_slot *slot;
	size_t n, cap;       /* cap: a power of two, 0: none yet */
	struct arena *longs; /* ids too long for a slot */
	uint64_t seed;
	struct buf unwritten; /* per id u32 organisation, u8 length, bytes */
	size_t n_unwritten;
};

/* The segment of link records under work; see segment.c. */
struct segment {
	bool have, dirty;
	uint32_t procurer, first, last; /* last: supplier of its last record */
	uint64_t limit;                 /* suppliers from here on belong to the next segment */
	struct buf bytes;
	bool filling;                   /* links come in order into an empty store: nothing is looked up */
	struct filler filler;
};

/* Ops of one kind that a large command keeps back until they can be written in key order; see bulk.c. */
struct run {
	uint64_t *key;
	uint32_t *at;    /* where each op begins in bytes */
	size_t n, cap;
	struct buf bytes;
};
struct bulk {
	bool on;
	bool units;             /* units may exist: what an entity holds may be theirs too */
	struct run links, certs;
	struct buf held;        /* u32 each: organisations whose steps must be computed anew */
	struct filler orgs;     /* records of new organisations */
	bool orgs_open;
	struct filler filler;   /* of the certificates under way */
	bool no_certs;          /* the store had none */
	struct change *fresh;   /* of a record that is not there yet */
	struct buf record;      /* the bytes of the record under way */
};

struct batch {
	struct txn *w;
	struct arena *arena; /* reset after each op */
	struct arena *keep;  /* reset after each command: what the log still needs */
	struct adj_edits edits;
	struct name_edits names;
	uint8_t secret[32];
	uint8_t chain[32]; /* the audit chain's hash at `revision` */
	struct segment segment;
	uint64_t pair; /* procurer and supplier of the link op under way, when known beforehand; 0: not */
	struct id_cache ids;
	struct bulk bulk;
	struct cal_edits calendar; /* written when the op, or the run of them, is done */
	enum rc first;             /* the command's first refused op */
	bool changed;              /* an op of it changed something */
	struct {
		struct buf last; /* key of the command's greatest image; none: empty */
		bool off;        /* what is written is not a change: see as_of.c */
	} past;
	bool quiet;                /* a load: it is told as a whole, not by what each organisation holds */
	/* META values, written back by batch_finish */
	uint64_t revision, links;
	uint32_t max_org;
	int32_t today;
	/* the command under way */
	int64_t at_ms;
	uint64_t new_revision;
	int32_t scs_start;
	struct held_before *held;
	size_t n_held, cap_held;
	uint32_t seq; /* next event's */
	/* targets of the procurer last asked for: imports ask for the same one again and again */
	uint32_t targets_org;
	struct targets targets;
	struct buf targets_bytes;
};

/* The stored record and what the op makes of it. */
struct change {
	const struct op *op;
	struct rec old, new;     /* old: all absent where there was none */
	bool exists;
	struct view old_bytes;   /* a copy in the arena */
	struct op_result *res;
	struct err *err;
};

/* change.c */
enum rc change_begin(struct batch *b, struct change *c, enum ent ent, enum rc found, struct view stored);
/* The same for an op on a record that is known not to be there, in a change that is used again and again. */
enum rc change_fresh(struct change *c, const struct op *op, enum ent ent, struct op_result *res, struct err *e);
bool change_is_none(struct batch *b, struct change *c); /* nothing but META would differ */
/* The new record with META_REV and META_CREATED, encoded; stands until the next call. .p NULL: out of memory. */
struct view change_bytes(struct batch *b, struct change *c);
enum rc change_set_int(struct batch *b, struct change *c, unsigned id, int64_t v);
enum rc change_set_bytes(struct batch *b, struct change *c, unsigned id, struct view v);
static inline void change_clear(struct change *c, unsigned id) { c->new.f[id] = (struct view){ 0 }; }

/* past.c */
void past_begin(struct batch *b); /* of a command */
/* Before a record is replaced or removed: old is what it was, not a view into the store; .p NULL: it was not there. */
void past_keep(struct batch *b, enum ent ent, struct view key, struct view old);
/* Removes a record, keeping what it was; one that is not there is left alone. */
void record_drop(struct batch *b, enum ent ent, enum db db, struct view key);

/* apply_*.c: one op; RC_OK with res->changed, or why not */
enum rc apply_org(struct batch *b, struct op *op, struct op_result *res, struct err *e);
enum rc apply_link(struct batch *b, struct op *op, struct op_result *res, struct err *e);
enum rc apply_drill(struct batch *b, struct op *op, struct op_result *res, struct err *e);
enum rc apply_cert(struct batch *b, struct op *op, struct op_result *res, struct err *e);
enum rc apply_clause(struct batch *b, struct op *op, struct op_result *res, struct err *e);
enum rc apply_targets(struct batch *b, struct op *op, struct op_result *res, struct err *e);

/* ids.c */
void ids_begin(struct batch *b, bool on); /* of a command; on: it has many ops */
/* As org_find, through the table of a large command. */
enum rc ids_find(struct batch *b, struct view id, uint32_t *out_org);
void ids_prefetch(const struct batch *b, struct view id); /* it will be asked for soon */
void ids_add(struct batch *b, struct view id, uint32_t org);
/* A new organisation whose id is written by ids_write(), before anything but ids_find() asks for it. */
void ids_new(struct batch *b, struct view id, uint32_t org);
void ids_write(struct batch *b);
void ids_unwrite(struct batch *b); /* forgets those not written yet */
void ids_forget(struct batch *b); /* an id or alias went or came to mean something else */
void ids_done(struct batch *b);

/* bulk.c */
/* Whether the op was taken over: done, or kept back until bulk_flush(). False: it is to be applied alone, and all
 * that it may look at has been written. */
bool bulk_take(struct batch *b, struct cmd *c, size_t i);
void bulk_begin(struct batch *b, bool on);
void bulk_flush(struct batch *b, struct cmd *c);
void bulk_drop(struct batch *b); /* the command is undone */
void bulk_done(struct batch *b);
void held_later(struct batch *b, uint32_t org); /* its certificates changed */

/* apply_org.c */
/* Whether a stub of this id may be made: the id's form, and a unit's parent. */
enum rc stub_check(struct batch *b, struct view id, const char *field, struct err *e);
/* The organisation of an id, made as a stub if may_make; RC_NOT_FOUND otherwise. */
enum rc org_resolve(struct batch *b, struct view id, bool may_make, uint32_t *out, struct op_result *res);
/* Makes a stub after checking the id's form. */
enum rc org_resolve_checked(struct batch *b, struct view id, const char *field, uint32_t *out,
			    struct op_result *res, struct err *e);
/* An organisation that is not there yet; not for units, aliases, contacts. The caller has set the op's fields. */
enum rc org_new(struct batch *b, struct change *c, struct view id, uint32_t *out);
/* The entries of an organisation's id and aliases in the index of ids. */
void org_names(struct batch *b, uint32_t org, const struct rec *r, bool put);
/* The units of an entity (ids that begin with its id and '~'): numbers, u32 each, appended to out. */
void units_of(struct txn *t, struct view id, struct buf *out);
/* steps_write.c */
size_t orgs_unique(uint32_t *o, size_t n); /* sorts, drops doubles; returns how many are left */
/* Certificates of these organisations changed (ascending, without doubles): computes anew what they and their
 * units hold. */
enum rc org_certs_changed(struct batch *b, const uint32_t *orgs, size_t n);
/* The name of a certificate or drill, which stands in paths. */
enum rc record_name_check(struct view name, const char *what, struct err *e);
/* apply_cert.c: a certificate that is not there yet, of an organisation that has none */
enum rc cert_name_check(struct view name, struct err *e);
enum rc cert_new(struct batch *b, struct change *c, uint32_t org, struct view name, struct filler *f);
/* apply_link.c */
/* A link that is not there yet; p, s ORG_NONE: an end is not there either, and nothing is written. */
enum rc link_new(struct batch *b, struct change *c, uint32_t p, uint32_t s);
/* Takes a viewer that goes out of a link's grants. */
enum rc link_drop_viewer(struct batch *b, uint32_t procurer, uint32_t supplier, uint32_t viewer);
void link_remove(struct batch *b, uint32_t procurer, uint32_t supplier, const struct rec *link);
void link_refresh(struct batch *b, uint32_t procurer, uint32_t supplier, const struct rec *link);
/* The entry's attributes but ADJ_DATED, and the days, that a link record gives. */
uint32_t link_attr(const struct targets *t, const struct rec *link);
void link_calendar(uint32_t procurer, uint32_t supplier, const struct rec *link, struct cal_set *set);
const struct targets *batch_targets(struct batch *b, uint32_t org);
void batch_targets_forget(struct batch *b);
/* The entries of a link in the indexes of grants and supplier codes. */
void link_keys(struct batch *b, uint32_t procurer, uint32_t supplier, const struct rec *link, bool put);
/* apply_targets.c: the adjacency of a procurer's links after its targets changed */
enum rc links_refresh(struct batch *b, uint32_t org);
/* apply_targets.c: drops targets and their calendar; links are not refreshed */
void targets_calendar(uint32_t org, struct view bytes, struct targets *tmp, struct cal_set *set);
void targets_forget(struct batch *b, uint32_t org);
/* apply_clause.c */
void clauses_remove(struct batch *b, uint32_t procurer, uint32_t supplier);
/* Adds the days on which the link's clauses change their meaning; link NULL: none; t NULL: only
 * those that follow from the link itself. */
void clause_calendar(struct txn *t, uint32_t procurer, uint32_t supplier, const struct rec *link,
		     struct cal_set *set);
/* link.c: reading segments of link records */
enum rc link_bytes(struct txn *t, uint32_t procurer, uint32_t supplier, struct view *out);
/* The segment that supplier falls into. */
bool segment_find(struct cur *c, uint32_t procurer, uint32_t supplier);
/* The records of a segment one after another; false at the end or on damage (rd->bad). */
bool segment_next(struct rd *rd, uint32_t *out_supplier, struct view *out_rec);
/* segment.c: link records within a batch; errors stick in the transaction */
enum rc batch_link_bytes(struct batch *b, uint32_t procurer, uint32_t supplier, struct view *out);
void link_store(struct batch *b, uint32_t procurer, uint32_t supplier, struct view rec);
void link_erase(struct batch *b, uint32_t procurer, uint32_t supplier);
void segment_fill(struct batch *b);
void segment_filled(struct batch *b);
void links_flush(struct batch *b); /* before anything reads links from the store */
/* events.c */
void event_put(struct batch *b, enum event_type type, struct view subject, struct view data);
void held_note(struct batch *b, uint32_t org); /* before a change that may move what org holds */
void held_note_steps(struct batch *b, uint32_t org, const struct step *s, uint32_t n);
void held_events(struct batch *b);             /* after the command: lapsed, restored, expiring */
/* op_reader.c: the ops of one logged command, one after another, without the whole of it in memory */
struct op_reader {
	struct txn *t;
	uint64_t revision;
	struct buf bytes; /* what of the command is at hand */
	struct rd rd;
	uint32_t part;    /* the next one to fetch */
	struct event_place place; /* of the next op */
	uint64_t n;       /* ops of the command */
	int64_t at_ms;
	enum rc rc;
};
/* from: where to begin, if it is of this revision; may be NULL. RC_NOT_FOUND: no such revision. */
enum rc op_reader_open(struct op_reader *r, struct txn *t, uint64_t revision, const struct event_place *from);
bool op_reader_next(struct op_reader *r, struct op *out); /* false: the end, or r->rc; out until the next call */
void op_reader_done(struct op_reader *r);
/* token.c */
enum rc apply_token(struct batch *b, struct cmd *c, struct err *e);
/* looks.c */
enum rc apply_looks(struct batch *b, const struct cmd *c, struct err *e);
/* erase.c */
/* Removes a personal value after writing over it. */
void personal_wipe(struct txn *w, struct view ref);
/* head.c, prune.c, erase.c */
enum rc apply_head(struct batch *b, const struct cmd *c, struct err *e);
enum rc apply_prune(struct batch *b, const struct cmd *c, struct err *e);
enum rc apply_erase(struct batch *b, const struct cmd *c, struct err *e);
/* tick.c, figures.c */
enum rc apply_tick(struct batch *b, const struct cmd *c, struct err *e);
enum rc apply_figures(struct batch *b, const struct cmd *c, struct err *e);
/* apply.c */
void today_put(struct txn *w, int32_t day);
/* Notes how an op ended. at: its index among the command's ops; of a load, its line. */
void op_done(struct batch *b, struct cmd *c, size_t at, struct op_result *res, enum rc rc, struct err *e);
#define LOG_PART (1u << 20) /* bytes of a command under one key of LOG */
void log_append(struct batch *b, const struct cmd *c); /* under b->new_revision */

static inline uint64_t pair_u64(uint32_t a, uint32_t b) { return (uint64_t)a << 32 | b; }
static inline void pair_key(uint8_t key[8], uint32_t a, uint32_t b)
{
	be32_put(key, a);
	be32_put(key + 4, b);
}
