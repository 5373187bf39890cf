/*
 * streams.c - a handler's stream as the server pulls it: each step in the loop's own transaction, and only while the
 * caller may still be here.
 */
#include <stdlib.h>

#include "api/api_int.h"

struct pump {
	struct stream *s;
	struct request *r; /* the server keeps it until done() */
	struct loop *loop;
};

static enum http_pull pull(void *state, struct buf *out)
{
	struct pump *p = state;
	bool end = false;
	enum rc rc;

	if (!login_stands(p->r))
		return HTTP_PULL_ABORT;
	struct txn *t = p->s->waits ? NULL : loop_txn(p->loop, &rc);

	if (!t && !p->s->waits)
		return HTTP_PULL_ABORT;
	rc = p->s->fill(p->s, t, out, &end);
	if (t)
		loop_txn_end(p->loop);
	if (rc == RC_BUSY && p->s->waits)
		return HTTP_PULL_WAIT;
	if (rc || !buf_ok(out))
		return HTTP_PULL_ABORT;
	return end ? HTTP_PULL_END : HTTP_PULL_MORE;
}

static void done(void *state)
{
	struct pump *p = state;

	p->s->free(p->s);
	limits_leave(p->r->api->limits, p->r->limit_slot);
	free(p);
}

bool stream_send(struct request *r)
{
	static const struct http_source source = { pull, done };
	struct pump *p = malloc(sizeof(*p));

	if (!p) {
		r->stream->free(r->stream);
		return false;
	}
	*p = (struct pump){ r->stream, r, r->http->loop_data };
	answer_fill(r);
	r->http->res.source = &source;
	r->http->res.source_state = p;
	http_reply(r->http);
	return true;
}
