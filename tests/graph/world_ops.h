/*
 * world_ops.h - writes a world of the twin into a store: operations built with the field-list
 * helpers, grouped so that what needs an order keeps it, the rest in random order.
 */
#pragma once

#include "base/arena.h"
#include "graph/graph.h"
#include "tests/twin/world.h"

/* A growing list of operations that owns the bytes behind them. */
struct op_list {
	size_t n, cap, n_groups, cap_groups;
	struct op *op;
	struct buf *fields;  /* of each op */
	size_t *group_start; /* groups keep their inner order */
	int *group_rank;     /* all groups of a lower rank come first; no groups: all in order */
	struct arena *arena; /* names */
	struct rng rng;
	bool stubs;          /* ops may name organisations that are made only later */
	bool at_once;        /* all ops in one command, as an import sends them */
};
void ops_init(struct op_list *l, uint64_t seed);
void ops_done(struct op_list *l);

/* What an organisation is called: mostly by a part of its id, some of them alike, and some as stubs by their id. */
const char *world_name(const struct w_org *o);
void ops_org(struct op_list *l, const struct world *w, int o);
void ops_org_gone(struct op_list *l, const struct world *w, int o);
void ops_link(struct op_list *l, const struct world *w, const struct w_link *k, bool with_clauses);
void ops_link_gone(struct op_list *l, const struct world *w, int procurer, int supplier);
void ops_clause(struct op_list *l, const struct world *w, const struct w_link *k, int no);
void ops_clause_gone(struct op_list *l, const struct world *w, int procurer, int supplier, int no);
void ops_cert(struct op_list *l, const struct world *w, int o, const struct w_cert *c);
void ops_cert_gone(struct op_list *l, const struct world *w, int o, const char *name);
void ops_targets(struct op_list *l, const struct world *w, int o);
void ops_targets_gone(struct op_list *l, const struct world *w, int o);
/* Everything there is, in groups, as a store that knows nothing needs it. */
void ops_world(struct op_list *l, const struct world *w);
/* n organisations that nothing else knows, among the first ones of the world: numbers lie apart. */
void ops_filler(struct op_list *l, unsigned n);
/* One change more, in order. */
void ops_change(struct op_list *l, const struct world *w, const struct w_change *c);

static inline void batch_free_p(struct batch **b) { batch_free(*b); }

/* Applies all of them, cut into commands and batches at random; all must be accepted. On the first
 * that is not, writes the reason to report (may be NULL) and answers false. */
bool ops_apply(struct op_list *l, struct txn *t, int32_t today, FILE *report);
/* All of them in one command that must leave nothing behind: tried only (dry_run), or strict with a
 * refused op at the end. */
bool ops_try(struct op_list *l, struct txn *t, int32_t today, bool dry_run, FILE *report);
/* One op as a command of its own, in a batch of its own. */
enum rc op_apply_one(struct txn *t, const struct op *op, int32_t today, struct op_result *out,
		     struct err *e);
/* Fills w->num from the store; false where an organisation is missing. */
bool world_numbers(struct world *w, struct txn *t);
