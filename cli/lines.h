/*
 * lines.h - bytes that come in any pieces as whole lines (LF or CRLF), each at most LINE_MAX_BYTES.
 */
#pragma once

#include "base/buf.h"

#define LINE_MAX_BYTES (4u << 20)

struct lines {
	struct buf part; /* the line that has begun */
	/* The line without its end; false stops. */
	bool (*on_line)(void *arg, struct view line);
	void *arg;
};

void lines_done(struct lines *l);
/* False: on_line said stop, a line is too long, or out of memory. */
bool lines_feed(struct lines *l, struct view chunk);
/* What is left without a line feed counts as a line. */
bool lines_end(struct lines *l);

/* Server-sent events over lines: https://html.spec.whatwg.org/multipage/server-sent-events.html */
struct sse {
	struct buf data;
	char id[128];     /* the last id, for Last-Event-ID */
	long retry_ms;    /* what the server asks for, -1: nothing */
	bool (*on_event)(void *arg, struct view data);
	void *arg;
};

void sse_done(struct sse *s);
bool sse_line(void *sse, struct view line);
