/* chaos.h - commands of random ops on a few names: names that change hands, organisations that go and come again, within
 * a command and between two. Whatever is refused leaves nothing. */
#pragma once

#include "graph/graph.h"
#include "tests/twin/world.h"

#define CHAOS_OPS 12
#define CHAOS_TODAY 20000

struct chaos {
	struct op op[CHAOS_OPS];
	struct buf fields[CHAOS_OPS];
	char text[CHAOS_OPS][3][32];
	size_t n;
	struct cmd cmd;
};
/* Stands until chaos_done(). */
struct cmd *chaos_command(struct chaos *x, struct rng *r);
void chaos_done(struct chaos *x);
