/*
 * figurer.h - keeps the exposure of watched procurers up to date: reads each committed revision from
 * the log, finds the watched procurers that it can touch, recomputes those and no others, and submits
 * CMD_FIGURES where figures changed or a new day began. Crash-safe: META "figured" says how far it came;
 * at start the gap is caught up.
 */
#pragma once

#include "services/writer.h"

struct figurer;
MUST_USE enum rc figurer_start(struct store *s, struct writer *w, struct figurer **out, struct err *e);
void figurer_poke(struct figurer *f, uint64_t revision); /* figurer_start hangs it into writer_on_commit itself */
void figurer_wait(struct figurer *f, uint64_t revision); /* tests: until it is done up to there */
uint64_t figurer_done(const struct figurer *f);
/* How many times a procurer's figures were computed from its chain, and shifted, since the start; warm: what the
 * next change needs is in memory. */
struct figurer_stats {
	uint64_t computed, shifted;
	bool warm;
};
/* For tests: from how many procurers on that must be computed one pass does for many (services/crowd.h). */
void figurer_crowd_from(struct figurer *f, size_t n);
void figurer_stats(const struct figurer *f, struct figurer_stats *out);
/* Before writer_stop: it waits for the command that it has submitted. */
void figurer_stop(struct figurer *f);
