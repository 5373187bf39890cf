/* events_out.h - the one envelope of events, as /v1/changes and /v1/events write it. */
#pragma once

#include "api/request.h"

/* Appends {"id","type","revision","at","subject","data"}, without an end of line. */
void event_json(struct buf *out, const struct event *ev);
/* Appends the event as server-sent events have it, with its empty line. */
void event_sse(struct buf *out, const struct event *ev);
/* The same events as the caller may see them, of another thread's making (changes_narrow.c). */
struct event_pick;
/* pick: which of them (NULL: all); then the last line says how far was looked. */
MUST_USE enum rc changes_narrow(struct request *r, uint64_t revision, uint32_t seq, uint64_t limit,
				const struct event_pick *pick);
/* Where `after`, `after_event` or Last-Event-ID say to begin; false: none of them stands. */
MUST_USE enum rc event_position(const struct request *r, uint64_t *out_revision,
				uint32_t *out_seq, bool *out_given, struct err *e);
