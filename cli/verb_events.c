/*
 * verb_events.c - events: the log of /v1/changes, and with --follow the live stream after it. The
 * stream is taken up again after a loss, from the last event that was printed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/util.h"
#include "cli/call.h"
#include "cli/lines.h"
#include "cli/out.h"
#include "cli/rows.h"
#include "cli/table.h"
#include "cli/verbs.h"

#define LIMIT_MAX 1000000 /* what the server takes; more is asked for as all */
#define RETRY_FIRST_MS 500
#define RETRY_MAX_MS 30000

struct printer {
	const struct cli *c;
	bool follow;
	uint64_t left;      /* how many may still be printed */
	uint64_t printed;
	bool live;          /* reading the stream: stop it when enough is printed */
	bool bad;           /* the server sent something that is no event */
};

static const struct column columns[] = {
	{ "id", CELL_TEXT }, { "type", CELL_TEXT },    { "revision", CELL_NUM },
	{ "at", CELL_TEXT }, { "subject", CELL_TEXT }, { "data", CELL_TEXT },
};

/* Lines must not wait for later ones: fixed widths instead of a table. */
static bool print_plain(const struct printer *p, const json_t *event)
{
	static const int widths[] = { 0, 20, 8, 24, 0, 0 };
	static const size_t order[] = { 3, 2, 1, 4, 5 };
	AUTO(buf_done) struct buf line = BUF_INIT, cell = BUF_INIT;

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		const struct column *col = &columns[order[i]];

		buf_clear(&cell);
		cell_text(&cell, p->c, json_object_get(event, col->field), col->kind, true);
		if (!buf_ok(&cell))
			return false;
		text_plain(&line, buf_view(&cell));
		for (size_t n = cell.n; (int)n < widths[order[i]]; n++)
			buf_addc(&line, ' ');
		buf_adds(&line, i + 1 < ARRAY_LEN(order) ? "  " : "\n");
	}
	if (buf_ok(&line))
		out_write(buf_view(&line));
	return buf_ok(&line);
}

static bool print_csv(const struct printer *p, const json_t *event)
{
	AUTO(buf_done) struct buf line = BUF_INIT, cell = BUF_INIT;

	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		const json_t *v = json_object_get(event, columns[i].field);

		buf_clear(&cell);
		cell_text(&cell, p->c, v, columns[i].kind, false);
		if (i > 0)
			buf_addc(&line, ',');
		csv_field(&line, buf_view(&cell), !json_is_number(v));
	}
	buf_adds(&line, "\r\n");
	if (buf_ok(&line))
		out_write(buf_view(&line));
	return buf_ok(&line) && buf_ok(&cell);
}

/* With --follow there is no end at which an array could close: JSON then is an event a line. */
static bool print_event(struct printer *p, const json_t *event)
{
	switch (p->c->output) {
	case OUT_TABLE:
		return print_plain(p, event);
	case OUT_CSV:
		return print_csv(p, event);
	case OUT_JSON:
		if (!p->follow)
			out_text(p->printed ? ",\n" : "[\n");
		if (p->follow)
			out_json_line(event);
		else
			out_json(event);
		return true;
	case OUT_NDJSON:
		out_json_line(event);
		break;
	}
	return true;
}

static void head(const struct printer *p)
{
	if (p->c->output == OUT_CSV)
		out_text("id,type,revision,at,subject,data\r\n");
}

static void tail(const struct printer *p)
{
	if (p->c->output == OUT_JSON && !p->follow)
		out_text(p->printed ? "]\n" : "[]\n");
}

static bool take_event(void *arg, struct view text)
{
	struct printer *p = arg;
	json_t *event;
	bool ok = true;

	if (text.n == 0 || p->left == 0 || p->bad)
		return !p->live;
	event = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	p->bad = !json_is_object(event);
	if (!p->bad) {
		ok = print_event(p, event);
		p->printed++;
		p->left--;
		if (p->follow)
			out_flush();
	}
	json_decref(event);
	return ok && !(p->live && (p->bad || p->left == 0));
}

static bool feed(void *lines, struct view chunk)
{
	return lines_feed(lines, chunk);
}

/* /v1/changes: everything there is, or the first so many. */
static int read_log(struct printer *p, const char *after)
{
	AUTO(lines_done) struct lines l = { .on_line = take_event, .arg = p };
	AUTO(buf_done) struct buf path = BUF_INIT;
	AUTO(call_reply_done) struct call_reply r = CALL_REPLY_INIT;
	struct http_request rq = { .accept = "application/x-ndjson", .sink = feed, .sink_arg = &l };
	int status;

	buf_adds(&path, "/v1/changes");
	path_query(&path, "after", after);
	path_query(&path, "limit", p->left < LIMIT_MAX ? NUM(p->left) : NULL);
	if (!path_end(p->c, &path))
		return CLI_FAILED;
	rq.path = path.p;
	status = call_send(p->c, &rq, false, &r);
	if (status == CLI_OK && !lines_end(&l))
		p->bad = true;
	if (p->bad)
		SAY(p->c, M_NOT_JSON, http_url(p->c->http), "/v1/changes");
	return p->bad ? CLI_FAILED : status;
}

static void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* One connection of /v1/events: from the last event on, at first from revision `after`. RC_OK and
 * 2xx: the server closed it. */
static enum rc listen_once(struct printer *p, struct sse *s, const char *after,
			   struct http_reply *reply, struct err *e)
{
	AUTO(lines_done) struct lines l = { .on_line = sse_line, .arg = s };
	AUTO(buf_done) struct buf path = BUF_INIT;
	struct http_request rq = { .accept = "text/event-stream", .endless = true, .sink = feed,
				   .sink_arg = &l };

	buf_clear(&s->data); /* half an event of a lost connection */
	rq.last_event_id = s->id[0] ? s->id : NULL;
	buf_adds(&path, "/v1/events");
	path_query(&path, "after", s->id[0] ? NULL : after);
	buf_addc(&path, '\0');
	if (!buf_ok(&path))
		return err_set(e, RC_NOMEM, NULL, "%s", "");
	rq.path = path.p;
	return http_send(p->c->http, &rq, reply, e);
}

static int follow(struct printer *p, const char *after)
{
	AUTO(sse_done) struct sse s = { .retry_ms = -1, .on_event = take_event, .arg = p };
	AUTO(http_reply_done) struct http_reply reply = HTTP_REPLY_INIT;
	bool connected = false;
	long wait = RETRY_FIRST_MS;

	p->live = true;
	while (p->left > 0) {
		struct err e = { 0 };
		uint64_t before = p->printed;
		enum rc rc = listen_once(p, &s, after, &reply, &e);

		if (p->left == 0)
			break;
		connected = connected || call_exit(reply.status) == CLI_OK;
		if (rc != RC_OK && (rc != RC_UNREACHABLE || !connected))
			return cli_fail(p->c, &e);
		if (rc == RC_OK && call_exit(reply.status) != CLI_OK && reply.status != 429 &&
		    reply.status != 503) {
			call_problem(p->c, &reply);
			return call_exit(reply.status);
		}
		wait = p->printed > before ? RETRY_FIRST_MS : MIN(wait * 2, RETRY_MAX_MS);
		NOTE0(p->c, M_RECONNECTING);
		pause_ms(s.retry_ms >= 0 && s.retry_ms < RETRY_MAX_MS ? MAX(s.retry_ms, 1) : wait);
		if (cli_interrupted())
			return CLI_INTERRUPTED;
	}
	return CLI_OK;
}

static bool parse_limit(const struct cli *c, const struct args *a, uint64_t *out)
{
	const char *s = a->opt[OPT_LIMIT];
	char *end;

	*out = UINT64_MAX;
	if (!s)
		return true;
	*out = strtoull(s, &end, 10);
	if (*s >= '1' && *s <= '9' && !*end)
		return true;
	SAY(c, M_OPT_BAD_VALUE, "limit", s);
	return false;
}

int verb_events(struct cli *c, const struct args *a)
{
	struct printer p = { .c = c, .follow = args_has(a, OPT_FOLLOW) };
	const char *after = a->opt[OPT_AFTER];
	int status;

	if (!parse_limit(c, a, &p.left))
		return CLI_USAGE;
	head(&p);
	status = p.follow ? follow(&p, after) : read_log(&p, after);
	tail(&p);
	return status;
}
