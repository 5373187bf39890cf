/*
 * adj.h - adjacency: the neighbours of organisations packed in number order, both directions, with
 * what a walk needs in each entry. The walk's whole cost is reading these bytes.
 *
 * A block holds 64 consecutive organisations:
 *   u64 hubs            bit i: the list of organisation 64*block+i lies in HUB, not here
 *   u16 first[65]       entry index where each list begins; [64] is the number of entries
 *   u16 dated[65]       the same for dated entries
 *   4 bytes of zeros, then entries (8 bytes: peer, attr), then dates (8 bytes: start, end) of the entries
 *   whose ADJ_DATED bit is set, in the same order
 * All numbers little-endian as the machine has them. Lists are sorted by peer.
 * A list of more than ADJ_HUB_MIN entries moves to HUB: runs of at most ADJ_RUN_MAX entries
 *   u16 entries, u16 dated, 4 bytes of zeros, entries, dates
 * under the key direction, organisation, first peer (0 for the first run), so that one change rewrites
 * one run, not megabytes.
 */
#pragma once

#include <string.h>

#include "store/store.h"

enum adj_dir { ADJ_OUT, ADJ_IN }; /* OUT: suppliers of an organisation; IN: its procurers */

#define ADJ_BLOCK 64u
#define ADJ_HUB_MIN 512u
#define ADJ_RUN_MAX 512u
#define ADJ_HEAD_BYTES (8 + 2 * 65 * 2 + 4)

struct adj_ent {
	uint32_t peer;
	uint32_t attr;
} __attribute__((packed));

struct adj_dates {
	int32_t start, end; /* DAY_NONE: open */
} __attribute__((packed));

/* attr, from the low bit: dependency in 1/10000 (14), effective level (3), scope fit + 1 (3, 0: not
 * examined), disclosure (2), then one bit each: */
enum {
	ADJ_GRANTS = 1 << 22,       /* has grants: look in GRANT */
	ADJ_UNDECIDED = 1 << 23,
	ADJ_DEP_DEFAULTED = 1 << 24,
	ADJ_DATED = 1 << 25,        /* has a start or an end */
	ADJ_GONE = 1 << 30,         /* in edits only */
};
static inline unsigned adj_dependency(uint32_t attr) { return attr & 0x3fff; }
static inline unsigned adj_level(uint32_t attr) { return attr >> 14 & 7; }
static inline unsigned adj_scope(uint32_t attr) { return attr >> 17 & 7; } /* enum scope_fit + 1 */
static inline unsigned adj_disclosure(uint32_t attr) { return attr >> 20 & 3; }

/* ---- reading ---- */
struct adj_run {
	const struct adj_ent *e;
	uint32_t n;
	const struct adj_dates *d; /* of the dated entries among e, in order */
};
/* A block, its lists read in place; p NULL: there is none. */
struct adj_block {
	const char *p;
	uint64_t hubs; /* these lists lie in HUB */
	uint32_t n, n_dated;
};
/* Remembers the block it stands in: visiting organisations in number order costs one look-up a block. */
struct adj_reader {
	struct txn *t;
	enum adj_dir dir;
	uint32_t no;
	bool have;
	struct adj_block block; /* of number no */
	struct cur at;          /* adj_reader_walk() */
	bool walking;
	struct cur hub;
	bool hub_open;
	uint32_t hub_org;
	bool bad; /* damage was met: the answer must not be used */
};
void adj_reader_init(struct adj_reader *r, struct txn *t, enum adj_dir dir);
/* Many blocks will be read, mostly in ascending order, and nothing written meanwhile. */
void adj_reader_walk(struct adj_reader *r, struct txn *t, enum adj_dir dir);
void adj_reader_done(struct adj_reader *r);
/* false: no block (or damage, which sets bad). */
bool adj_load(struct adj_reader *r, uint32_t no);
bool adj_hub_first(struct adj_reader *r, uint32_t org, struct adj_run *run);
bool adj_hub_next(struct adj_reader *r, struct adj_run *run);

static inline uint32_t adj_head_u16(const char *block, unsigned at)
{
	uint16_t v;
	memcpy(&v, block + at, sizeof v);
	return v;
}
/* The list of an organisation of the loaded block that is no hub. */
static inline bool adj_slot(struct adj_reader *r, unsigned slot, struct adj_run *run)
{
	const struct adj_block *b = &r->block;
	uint32_t from = adj_head_u16(b->p, 8 + 2 * slot), to = adj_head_u16(b->p, 10 + 2 * slot);
	uint32_t dated = adj_head_u16(b->p, 138 + 2 * slot);
	if (from > to || to > b->n || dated > b->n_dated) {
		r->bad = true;
		return false;
	}
	run->e = (const void *)(b->p + ADJ_HEAD_BYTES + 8 * from);
	run->n = to - from;
	run->d = (const void *)(b->p + ADJ_HEAD_BYTES + 8 * (b->n + dated));
	return from < to;
}
/* for (bool ok = adj_first(r, org, &run); ok; ok = adj_next(r, &run)) … runs in peer order */
static inline bool adj_first(struct adj_reader *r, uint32_t org, struct adj_run *run)
{
	r->hub_org = 0;
	if (r->have && r->no == org / ADJ_BLOCK ? !r->block.p : !adj_load(r, org / ADJ_BLOCK))
		return false;
	if (r->block.hubs >> (org % ADJ_BLOCK) & 1)
		return adj_hub_first(r, org, run);
	return adj_slot(r, org % ADJ_BLOCK, run);
}
static inline bool adj_next(struct adj_reader *r, struct adj_run *run)
{
	return r->hub_org && adj_hub_next(r, run);
}

/* ---- writing: edits are collected and merged in one sorted pass ---- */
struct adj_edit {
	uint32_t procurer, supplier;
	uint32_t attr; /* ADJ_GONE: the link goes */
	struct adj_dates dates;
};
/* In order of arrival: the last edit of a pair wins. */
struct adj_edits {
	struct adj_edit *e;
	size_t n, cap;
};
/* Both directions of one link; false: out of memory. */
bool adj_edit_link(struct adj_edits *es, uint32_t procurer, uint32_t supplier, bool del, uint32_t attr,
		   int32_t start, int32_t end);
/* Merges all into their blocks and empties the list. Errors stick in the transaction. */
void adj_flush(struct txn *w, struct adj_edits *es);
void adj_edits_done(struct adj_edits *es);
/* An edit as one direction sees it. */
struct side_edit {
	uint32_t org, peer, attr;
	struct adj_dates dates;
};
/* adj_patch.c: makes the edits of one block, sorted, where they only change attributes of entries in it; those
 * of organisations whose list lies in HUB are left alone. False: they are more than that, and nothing was done. */
bool adj_patch(struct txn *w, enum adj_dir dir, uint32_t no, const struct side_edit *es, size_t n);
