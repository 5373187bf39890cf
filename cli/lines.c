/* lines.c - see lines.h. */
#include "cli/lines.h"

#include <stdlib.h>

#include "base/util.h"

void lines_done(struct lines *l)
{
	buf_done(&l->part);
}

static bool emit(struct lines *l, struct view line)
{
	const char *p = line.p;

	if (line.n > 0 && p[line.n - 1] == '\r')
		line.n--;
	return l->on_line(l->arg, line);
}

bool lines_feed(struct lines *l, struct view chunk)
{
	const char *p = chunk.p, *end = p + chunk.n;

	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((lf ? lf : end) - p);

		if (l->part.n + n > LINE_MAX_BYTES)
			return false;
		if (lf && l->part.n == 0) {
			if (!emit(l, view_of(p, n)))
				return false;
		} else {
			buf_add(&l->part, p, n);
			if (!buf_ok(&l->part) || (lf && !emit(l, buf_view(&l->part))))
				return false;
			if (lf)
				buf_clear(&l->part);
		}
		p += n + (lf != NULL);
	}
	return true;
}

bool lines_end(struct lines *l)
{
	bool ok = l->part.n == 0 || emit(l, buf_view(&l->part));

	buf_clear(&l->part);
	return ok;
}

void sse_done(struct sse *s)
{
	buf_done(&s->data);
}

static bool dispatch(struct sse *s)
{
	bool ok = true;

	if (s->data.n > 0) {
		s->data.n--; /* the line feed after the last data line */
		ok = s->on_event(s->arg, buf_view(&s->data));
		buf_clear(&s->data);
	}
	return ok;
}

static void take_retry(struct sse *s, struct view value)
{
	const char *p = value.p;
	long ms = 0;

	if (value.n == 0 || value.n > 8)
		return;
	for (size_t i = 0; i < value.n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return;
		ms = ms * 10 + (p[i] - '0');
	}
	s->retry_ms = ms;
}

bool sse_line(void *arg, struct view line)
{
	struct sse *s = arg;
	const char *p = line.p, *colon;
	struct view name, value = { NULL, 0 };

	if (line.n == 0)
		return dispatch(s);
	colon = memchr(p, ':', line.n);
	name = view_of(p, colon ? (size_t)(colon - p) : line.n);
	if (colon) {
		size_t skip = name.n + 1 + (name.n + 1 < line.n && p[name.n + 1] == ' ');

		value = view_of(p + skip, line.n - skip);
	}
	if (view_is(name, "data")) {
		if (s->data.n + value.n > LINE_MAX_BYTES)
			return false;
		buf_addv(&s->data, value);
		buf_addc(&s->data, '\n');
	} else if (view_is(name, "id") && value.n < sizeof(s->id) &&
		   (value.n == 0 || !memchr(value.p, '\0', value.n))) {
		if (value.n)
			memcpy(s->id, value.p, value.n);
		s->id[value.n] = '\0';
	} else if (view_is(name, "retry")) {
		take_retry(s, value);
	}
	return buf_ok(&s->data);
}
