/* events_out.c - see events_out.h. The log of events as NDJSON is a stream like an export. */
#include "api/events_out.h"

#include <stdlib.h>

#include "api/handlers.h"
#include "api/narrow.h"
#include "base/json_out.h"
#include "base/util.h"

#define EVENTS_PER_STEP 256

void event_json(struct buf *out, const struct event *ev)
{
	char id[EVENT_ID_TEXT];
	struct json j;

	event_id_format(ev->revision, ev->seq, id);
	json_init(&j, out);
	json_obj(&j);
	json_key(&j, "id");
	json_str(&j, id);
	json_key(&j, "type");
	json_str(&j, event_names[ev->type]);
	json_key(&j, "revision");
	json_uint(&j, ev->revision);
	json_key(&j, "at");
	json_instant(&j, ev->at_ms);
	json_key(&j, "subject");
	json_strv(&j, ev->subject);
	json_key(&j, "data");
	json_raw(&j, ev->data);
	json_obj_end(&j);
}

void event_sse(struct buf *out, const struct event *ev)
{
	char id[EVENT_ID_TEXT];

	event_id_format(ev->revision, ev->seq, id);
	buf_addf(out, "id: %s\nevent: %s\ndata: ", id, event_names[ev->type]);
	event_json(out, ev);
	buf_adds(out, "\n\n");
}

enum rc event_position(const struct request *r, uint64_t *out_revision, uint32_t *out_seq,
		       bool *out_given, struct err *e)
{
	const struct query *q = &r->query;
	struct view id = query_has(q, Q_after_event) ? q->v[Q_after_event].s : r->last_event_id;
	uint64_t revision;
	uint32_t seq;

	*out_given = false;
	if (id.n) { /* of an id alone: with `after`, whichever is later */
		if (!event_id_parse(id, &revision, &seq))
			return err_set(e, RC_BAD_QUERY, "after_event", "'%.*s' is no event's id",
				       (int)MIN(id.n, 40u), (const char *)id.p);
		*out_revision = revision;
		*out_seq = seq;
		*out_given = true;
	}
	if (query_has(q, Q_after) && (!*out_given || (uint64_t)q->v[Q_after].n > *out_revision)) {
		*out_revision = (uint64_t)q->v[Q_after].n;
		*out_seq = UINT32_MAX;
		*out_given = true;
	}
	return RC_OK;
}

struct changes {
	struct stream s; /* first */
	uint64_t revision, left, until;
	uint32_t seq;
	struct event_place place;
	struct buf *out;
	size_t n;
	bool full;
};

static bool put_event(void *arg, const struct event *ev)
{
	struct changes *c = arg;

	if (ev->revision > c->until)
		return false;
	event_json(c->out, ev);
	buf_addc(c->out, '\n');
	c->revision = ev->revision;
	c->seq = ev->seq;
	c->left--;
	c->n++;
	c->full = c->out->n >= STREAM_STEP || c->n >= EVENTS_PER_STEP;
	return c->left && !c->full;
}

/* Ends at the revision at which it began: it never waits, and never runs after the writer. */
static enum rc changes_fill(struct stream *s, struct txn *t, struct buf *out, bool *out_end)
{
	struct changes *c = (struct changes *)(void *)s;
	enum rc rc;

	c->out = out;
	c->n = 0;
	c->full = false;
	rc = events_read_on(t, c->revision, c->seq, EVENTS_PER_STEP, put_event, c, &c->place);
	*out_end = !c->full || !c->left;
	return rc;
}

static void changes_free(struct stream *s) { free(s); }

static bool look(void *arg, const struct event *ev)
{
	(void)arg;
	(void)ev;
	return false;
}

#define SCAN_MAX 1000000u /* events that one answer with a pick looks at */

/* Whether only some are wanted. Who sees all may call an organisation by an alias. */
static bool read_pick(const struct request *r, struct event_pick *out)
{
	struct view subject = r->query.v[Q_event_subject].s, id = subject;
	uint32_t org;

	*out = (struct event_pick){ .types = (unsigned)r->query.v[Q_event_types].n, .scan_left = SCAN_MAX };
	if (subject.n && access_sees_all(&r->who) && org_find(r->txn, subject, &org) == RC_OK)
		id = org_id(r->txn, org);
	if (id.n)
		memcpy(out->subject, id.p, MIN(id.n, sizeof(out->subject) - 1));
	return query_has(&r->query, Q_event_types) || subject.n;
}

enum rc changes_open(struct request *r, struct err *e)
{
	bool given, limited = query_has(&r->query, Q_changes_limit);
	uint64_t revision = 0;
	uint32_t seq = UINT32_MAX;
	struct event_pick pick;
	struct changes *c;
	enum rc rc = event_position(r, &revision, &seq, &given, e);

	if (rc)
		return rc;
	rc = events_read(r->txn, revision, seq, 1, look, NULL);
	if (rc == RC_COMPACTED)
		return err_set(e, rc, NULL, "%llu", (unsigned long long)log_first(r->txn));
	if (rc)
		return rc;
	bool picks = read_pick(r, &pick);
	if (picks || !access_sees_all(&r->who))
		return changes_narrow(r, revision, seq,
				      limited ? (uint64_t)r->query.v[Q_changes_limit].n : UINT64_MAX,
				      picks ? &pick : NULL);
	c = calloc(1, sizeof(*c));
	if (!c)
		return RC_NOMEM;
	*c = (struct changes){
		.s = { .fill = changes_fill, .free = changes_free },
		.revision = revision,
		.seq = seq,
		.until = graph_revision(r->txn),
		.left = limited ? (uint64_t)r->query.v[Q_changes_limit].n : UINT64_MAX,
	};
	r->stream = &c->s;
	r->reply.type = "application/x-ndjson";
	return RC_OK;
}
