/*
 * narrow.h - events for bound callers (ADR 0066): read, filtered and written as text by one thread of its own, a step at
 * a time for whoever asks, in turn. Deciding what a caller may see can take a walk, which neither a loop nor the
 * shared feed may wait for.
 */
#pragma once

#include "api/request.h"

struct narrow;
struct server;

/* Which of the events are wanted; for an answer that ends. */
struct event_pick {
	unsigned types;      /* bits by enum event_type; 0: any */
	char subject[129];   /* an organisation as the caller knows it; "": any */
	uint64_t scan_left;  /* how many are still looked at */
};

/* One step. The asker's, but while it is asked. */
struct narrow_step {
	const struct identity *who;
	uint64_t revision, until; /* reads behind (revision, seq), up to `until` */
	uint32_t seq;
	struct event_place place;
	uint64_t left;            /* how many are still to be shown */
	struct event_pick *pick;  /* NULL: all */
	bool sse;                 /* as server-sent events, else a line each */
	struct buf text;          /* out: to be cleared by the asker */
	bool end;                 /* out: there is nothing behind */
	bool cut;                 /* out, at the end: there may be more, but for left or scan_left */
	enum rc rc;               /* out; RC_UNAUTHORIZED: the caller may not be here any more */
	unsigned loop;
	void (*done)(struct narrow_step *s); /* on that loop; after its end, in server_free() */
	struct narrow_step *next;
};

struct narrow *narrow_new(struct api *a);
bool narrow_start(struct narrow *n, struct server *s);
/* False: it has ended, and done() is not called. */
bool narrow_ask(struct narrow *n, struct narrow_step *s);
/* Answers those that wait with RC_STOPPING. */
void narrow_stop(struct narrow *n);
void narrow_free(struct narrow *n);
