/*
 * fake_graph.h - a graph that does what the key of a command's first op says, for tests of the
 * writer alone: it keeps key => fields, and fails on demand.
 *   "conflict…"  refused          "damaged…"  a hard error in the transaction
 *   "alone…"     a hard error unless the command is the only one of its batch
 */
#pragma once

#include "graph/graph.h"

#define FAKE_DAY0 20000 /* the processed day of a new store */

void fake_graph_init(struct store *s);
/* How many ticks the store has seen, and whether they came in order. */
unsigned fake_ticks(struct store *s, bool *out_in_order);
bool fake_has(struct store *s, const char *key);
