/*
 * looks.h - the log of who looked (ADR 0065): what readers note is gathered in memory and written by commands of
 * its own every half minute, so that a read never waits for the disk, and before the log is read. One entry for each actor, subject, kind and
 * clock hour; a crash loses what was gathered since the last one.
 */
#pragma once

#include "graph/looks.h"
#include "services/writer.h"

struct looks;

struct looks_options {
	unsigned flush_ms;      /* how long an entry waits at most; 0: 30000 */
	size_t flush_entries;   /* so many are written at once; 0: 4096 */
	size_t pending_bytes;   /* beyond it entries are dropped, and counted; 0: 8 MiB */
	int keep_days;          /* older entries go; 0: 400 */
};
MUST_USE enum rc looks_start(struct store *s, struct writer *w, const struct looks_options *o, struct looks **out,
			     struct err *e);
/* Notes a look at the writer's time; what was noted in this hour costs a look into a table. Any thread. */
void looks_add(struct looks *l, uint32_t subject, enum look_kind kind, uint32_t viewer, struct view actor);
/* Writes what waits now, and comes back when that is done, or could not be. Not on the writer's thread. */
void looks_flush(struct looks *l);
/* fn is asked about once an hour, and at the end, to append what tokens were used since then (looks_blob_used). On the
 * thread of the looks; NULL: nobody is asked any more. */
void looks_on_hour(struct looks *l, void (*fn)(void *arg, int64_t since_ms, struct buf *blob), void *arg);
struct looks_stats {
	uint64_t written, dropped, failures;
	size_t pending;
};
void looks_stats(struct looks *l, struct looks_stats *out);
/* Writes what waits and ends. Before writer_stop(). Accepts NULL. */
void looks_stop(struct looks *l);
