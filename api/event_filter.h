/*
 * event_filter.h - which events a bound caller sees, and how (ADR 0066). What is not decided here is not shown. The
 * rights are those of the snapshot at hand: what was withdrawn is not told, however old the event.
 *
 *   its own organisations     org, certificate, link, clause, targets and exposure changed; clauses that fall due;
 *                             suppliers lapsed, restored, expiring; for the supplier role only what that role reads
 *   links to its own          link.changed, made anew: the procurer's id (or pseudonym), its own, and what happened
 *   named below it            suppliers lapsed, restored, expiring; org.changed; certificate.changed
 *   anonymous in its chain    suppliers lapsed, restored, expiring, by pseudonym
 *   its own imports           import.finished
 */
#pragma once

#include "api/api_int.h"
#include "graph/pseudonym.h"

struct event_filter {
	struct api *api;
	struct txn *t;
	struct scratch *s; /* may be NULL, see known.h */
	const struct identity *who;
	struct buf own;    /* u32 each, ascending */
	struct buf subject, data, cause_subject, cause_data;
	char cause[EVENT_ID_TEXT]; /* the last one asked about: "" none */
	bool cause_shown;
	enum rc rc;        /* the first failure: nothing is shown any more */
};
/* For one transaction; who must outlive it. */
void event_filter_begin(struct event_filter *f, struct api *a, struct txn *t, struct scratch *s,
			const struct identity *who);
/* Is it shown? Then *out is what the caller sees; valid until the next call. */
bool event_filter_show(struct event_filter *f, const struct event *ev, struct event *out);
/* What a pick asks of an event as it is, and as it is shown. */
struct event_pick;
bool event_type_picked(const struct event_pick *p, const struct event *ev);
bool event_subject_picked(const struct event_pick *p, const struct event *shown);
void event_filter_done(struct event_filter *f);
