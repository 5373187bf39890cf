/* changes_narrow.c - /v1/changes for bound callers: the steps of narrow.h as a streamed answer that waits for them. */
#include <stddef.h>
#include <stdlib.h>

#include "api/api_int.h"
#include "api/events_out.h"
#include "api/narrow.h"
#include "base/json_out.h"

struct narrow_changes {
	struct stream s;         /* first */
	struct narrow_step step;
	struct event_pick pick;
	struct identity who;
	struct api *api;
	struct http_request *http;
	bool busy, ready; /* the step is asked for; has come back */
	bool gone;        /* freed when the step comes back */
};

static void changes_done(struct narrow_changes *c)
{
	buf_done(&c->step.text);
	free(c);
}

static void on_step(struct narrow_step *step)
{
	struct narrow_changes *c =
		(struct narrow_changes *)(void *)((char *)step - offsetof(struct narrow_changes, step));

	c->busy = false;
	c->ready = true;
	if (c->gone)
		changes_done(c);
	else
		http_stream_wake(c->http);
}

/* How far was looked, where not all that was looked at is told. */
static void end_json(const struct narrow_changes *c, struct buf *out)
{
	const struct narrow_step *s = &c->step;
	char id[EVENT_ID_TEXT];
	struct json j;

	event_id_format(s->revision, s->seq, id);
	json_init(&j, out);
	json_obj(&j);
	json_key(&j, "complete");
	json_bool(&j, !s->cut);
	json_key(&j, "revision");
	json_uint(&j, s->cut ? s->revision : s->until);
	json_key(&j, "event");
	json_str(&j, s->cut ? id : NULL);
	json_obj_end(&j);
	buf_addc(out, '\n');
}

static enum rc changes_fill(struct stream *s, struct txn *t, struct buf *out, bool *out_end)
{
	struct narrow_changes *c = (struct narrow_changes *)(void *)s;

	(void)t;
	if (c->ready) {
		c->ready = false;
		if (c->step.rc)
			return c->step.rc;
		buf_addv(out, buf_view(&c->step.text));
		buf_clear(&c->step.text);
		*out_end = c->step.end;
		if (c->step.end && c->step.pick)
			end_json(c, out);
		if (*out_end || out->n)
			return RC_OK;
	}
	if (!c->busy)
		c->busy = narrow_ask(c->api->narrow, &c->step);
	return c->busy ? RC_BUSY : RC_STOPPING;
}

static void changes_free(struct stream *s)
{
	struct narrow_changes *c = (struct narrow_changes *)(void *)s;

	c->gone = true;
	if (!c->busy)
		changes_done(c);
}

enum rc changes_narrow(struct request *r, uint64_t revision, uint32_t seq, uint64_t limit,
		       const struct event_pick *pick)
{
	struct narrow_changes *c = calloc(1, sizeof(*c));

	if (!c)
		return RC_NOMEM;
	*c = (struct narrow_changes){
		.s = { .fill = changes_fill, .free = changes_free, .waits = true },
		.who = r->who,
		.api = r->api,
		.http = r->http,
		.step = { .revision = revision, .seq = seq, .until = graph_revision(r->txn), .left = limit,
			  .loop = r->http->loop, .done = on_step },
	};
	c->step.who = &c->who;
	if (pick) {
		c->pick = *pick;
		c->step.pick = &c->pick;
	}
	r->stream = &c->s;
	r->reply.type = "application/x-ndjson";
	return RC_OK;
}
