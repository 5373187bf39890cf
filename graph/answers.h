/*
 * answers.h - the questions about a procurer's chain and their answers (domain.md), as pure
 * functions over a read transaction. Every read of a chain goes through walk.c's one visibility rule.
 *
 * struct scratch is reusable per-thread memory: arrays by organisation number, sized on first use.
 */
#pragma once

#include "graph/graph.h"
#include "graph/idorder.h"

struct scratch;
struct scratch *scratch_new(void);
void scratch_free(struct scratch *s);

/* Who reads. Whoever does not see all reads a chain as its procurer does: organisations that are not *named* for it
 * (domain.md, "Who may see what") show as pseudonyms, and of an impact only the caller's own organisations. */
struct caller {
	bool sees_all; /* admin, risk */
	const uint32_t *own; /* impact: numbers, each once; last as long as the call */
	size_t n_own;
};

/* Is the link procurer -> supplier, with this record and not the viewer's own, visible to the viewer on the day? */
bool link_visible_to(struct txn *t, uint32_t viewer, uint32_t procurer, uint32_t supplier, const struct rec *link,
		     int32_t day);

struct chain_query {
	uint32_t procurer;
	unsigned depth;   /* 1..24 */
	int32_t on;
	int32_t horizon;  /* days, >= 0 */
	struct caller caller;
};

enum state { ST_GAP, ST_UNDECIDED, ST_UNCONFIRMED, ST_EXPIRING, ST_MET, ST_NOT_ASKED, ST__COUNT };
enum gap_kind { GK_NEVER, GK_BELOW, GK_LAPSED, GK_OUT_OF_SCOPE, GK__COUNT };
enum gap_timing { GT_OVERDUE, GT_DUE, GT_UNDATED, GT__COUNT };
extern const char *const state_names[ST__COUNT];     /* "gap", … "not-asked" */
extern const char *const gap_kind_names[GK__COUNT];  /* "never", "below", "lapsed", "out-of-scope" */
extern const char *const gap_timing_names[GT__COUNT];

struct tier_figures {
	uint64_t suppliers, gaps, unknown_below;
	uint64_t held[6];
	uint64_t states[ST__COUNT];
};
struct exposure {
	unsigned depth;
	int32_t on, horizon;
	uint64_t suppliers, gaps, at_risk, exceptions, clause_gaps, clauses_undetermined;
	uint64_t gap_kinds[GK__COUNT], gap_timing[GT__COUNT], states[ST__COUNT];
	struct tier_figures tiers[TIER_MAX + 1]; /* [1..depth] */
	int64_t annual_spend, spend_behind_gaps;
	uint64_t spend_unknown, dependency_defaulted;
};
MUST_USE enum rc exposure_compute(struct txn *t, struct scratch *s, const struct chain_query *q,
				  struct exposure *out);

/* One supplier in the chain, as the lists show it. */
struct chain_item {
	uint32_t supplier;
	uint8_t tier, required, held;
	uint8_t state;        /* enum state */
	uint8_t kind, timing; /* gaps only */
	bool named;           /* else it shows as a pseudonym, without a name */
	bool at_risk : 1, unknown_below : 1; /* the latter only where CHAIN_WANT_BELOW was asked for */
	int32_t due;          /* DAY_NONE: none */
	int32_t planned_on;   /* of P's own link */
	int32_t expires_on;   /* expiring only: last day on which held >= required */
	double dependency;    /* to 9 decimals, as answered */
};
/* A computed list, kept as long as its caller likes; sorted by tier and dependency falling. */
struct chain_list {
	struct chain_query q;
	uint64_t revision;
	size_t n;
	struct chain_item *items; /* ties in number order; chain_iter_next() gives them in id order */
	struct chain_paths *paths; /* what explains dependency; see chain_path */
	struct veil veil; /* who of all in reach is hidden from the procurer, listed or not */
};
/* want: bit per enum state, e.g. 1u << ST_GAP for gaps, 1u << ST_EXPIRING; CHAIN_WANT_ALL: everybody in reach.
 * CHAIN_WANT_BELOW: also of whom nothing is known further down. */
#define CHAIN_WANT_ALL ((1u << ST__COUNT) - 1)
#define CHAIN_WANT_BELOW (1u << ST__COUNT)
MUST_USE enum rc chain_list_compute(struct txn *t, struct scratch *s, const struct chain_query *q,
				    unsigned want, struct chain_list **out);
void chain_list_free(struct chain_list *l);
size_t chain_list_bytes(const struct chain_list *l); /* memory, for caches */
/* Goes through a list by tier, dependency falling, id as shown, from the beginning or from behind a place: the first
 * items with the place's tier and dependency and an id after `after` (p NULL: all of them), or what follows.
 * The transaction must stand at the list's revision. */
struct chain_iter {
	const struct chain_list *list;
	struct txn *t;
	size_t from, to; /* these are equal but for their id */
	struct id_order ties;
	enum rc rc;
};
void chain_iter_begin(struct chain_iter *it, const struct chain_list *l, struct txn *t);
void chain_iter_seek(struct chain_iter *it, unsigned tier, double dependency, struct view after);
const struct chain_item *chain_iter_next(struct chain_iter *it); /* NULL: no more, or an error */
MUST_USE enum rc chain_iter_done(struct chain_iter *it);
/* The explanation: numbers P, …, S into out (room for depth + 1); returns how many, 0: not in reach. The
 * transaction must stand at the list's revision. */
size_t chain_path(const struct chain_list *l, struct txn *t, uint32_t supplier, uint32_t *out);

/* The tier of an organisation, listed or not; 0: not in reach. */
unsigned chain_tier(const struct chain_list *l, uint32_t org);

/* Dependency of P on one S. RC_NOT_FOUND where S is not in reach. */
struct dependency {
	unsigned tier;
	double dependency;    /* as multiplied; the JSON writer rounds it */
	size_t n_path;
	uint32_t path[TIER_MAX + 1];
	bool named[TIER_MAX + 1]; /* of the path */
	unsigned link_dependency[TIER_MAX]; /* 1/10000, of path[i] -> path[i+1] */
};
MUST_USE enum rc dependency_compute(struct txn *t, struct scratch *s, const struct chain_query *q,
				    uint32_t supplier, struct dependency *out);

struct impact_item {
	uint32_t procurer;
	uint8_t tier, required;
	bool gap;
};
struct impact {
	uint8_t held;          /* the true level on `on` */
	uint64_t procurers, in_gap;
	uint64_t tier_procurers[TIER_MAX + 1], tier_in_gap[TIER_MAX + 1];
	size_t n;
	struct impact_item *items; /* by tier, in number order; impact_iter_next() gives them in id order */
	size_t tier_first[TIER_MAX + 2]; /* items[tier_first[k] .. tier_first[k+1]) are tier k */
};
/* held_level: -1 as it is, else "what if S held that". */
MUST_USE enum rc impact_compute(struct txn *t, struct scratch *s, uint32_t supplier, unsigned depth,
				int32_t on, int held_level, const struct caller *caller, struct impact *out);
void impact_done(struct impact *i);
/* Goes through the items by tier, then id: from a tier on, in that one only ids greater than after (p NULL: all). */
struct impact_iter {
	const struct impact *impact;
	struct txn *t;
	unsigned tier;
	struct id_order order;
	enum rc rc;
};
void impact_iter_begin(struct impact_iter *it, const struct impact *x, struct txn *t, unsigned tier, struct view after);
const struct impact_item *impact_iter_next(struct impact_iter *it); /* NULL: no more, or an error */
MUST_USE enum rc impact_iter_done(struct impact_iter *it);

/* Single points of failure: organisations in reach that others hang on. */
struct chokepoint {
	uint32_t supplier;
	uint8_t tier;
	bool named;
	uint64_t behind; /* how many organisations only it leads to, itself not counted; at least 1 */
};
/* Most first, then by id as shown; malloc'ed into *out (free it). */
MUST_USE enum rc chokepoints_compute(struct txn *t, struct scratch *s, const struct chain_query *q,
				     struct chokepoint **out, size_t *out_n);

/* Clauses of one link on a day. */
enum clause_state { CS_NOT_DUE, CS_UNDETERMINED, CS_FINE, CS_GAP };
struct clause_view {
	enum clause_state state[CL__COUNT];
	enum clause_status status[CL__COUNT];
	unsigned reasons[CL__COUNT]; /* CR_ bits: why it is a gap */
	bool late[CL__COUNT];        /* agreed after the link's start */
	int32_t review[CL__COUNT];   /* due and not waived: the last day on which its review, or check, is recent enough; else DAY_NONE */
};
enum { CR_NOT_AGREED = 1, CR_REVIEW_PASSED = 2, CR_NOT_REVIEWED = 4, CR_NOT_CHECKED = 8,
       CR_CHECK_FAILED = 16, CR_NOT_CONFIRMED = 32 };
extern const char *const clause_reason_names[6];
void clauses_of_link(struct txn *t, uint32_t procurer, uint32_t supplier, const struct rec *link,
		     int own_level, int32_t on, struct clause_view *out);

/* Kept figures of watched procurers (figures.c): encoded exposure and the day. */
void exposure_encode(const struct exposure *x, struct buf *out);
bool exposure_decode(struct view v, struct exposure *out);
enum rc figures_get(struct txn *t, uint32_t procurer, struct exposure *out, uint64_t *out_revision);
/* History of a watched procurer: calls fn per day from..to. */
void history_each(struct txn *t, uint32_t procurer, int32_t from, int32_t to,
		  bool (*fn)(void *arg, int32_t day, const struct exposure *x), void *arg);
/* CMD_FIGURES blob: a list of these. cause: id of the causing event ("" none). */
void figures_blob_add(struct buf *blob, uint32_t procurer, int32_t day, const char *cause_event_id,
		      const struct exposure *x);
/* The exposure as the API shows it (also events' before/after). */
struct json;
void exposure_json(struct json *j, struct view procurer_id, const struct exposure *x);
