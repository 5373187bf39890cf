/*
 * log.c - one logfmt line, one write(2): lines of several threads never mix and a message never
 * forges a second line. The level is the only mutable global of the program.
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/util.h"

#define MSG_SIZE 2048
#define LINE_SIZE 4096

static _Atomic int threshold = LOG_INFO;

static const char *const names[] = { "error", "warn", "info", "debug" };

void log_set_level(enum log_level l) { atomic_store(&threshold, (int)l); }

bool log_level_parse(const char *s, enum log_level *out)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(s, names[i]) == 0) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

/* Escapes one byte into out (at least 4 bytes of room); returns how many it took. */
static size_t escape(char *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	const char *named = c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\r' ? "\\r" : NULL;

	if (c == '"' || c == '\\') {
		out[0] = '\\';
		out[1] = (char)c;
		return 2;
	}
	if (named) {
		memcpy(out, named, 2);
		return 2;
	}
	memcpy(out, "\\x", 2);
	out[2] = hex[c >> 4];
	out[3] = hex[c & 15];
	return 4;
}

static size_t quote(char *out, size_t room, const char *msg)
{
	struct view v = view_str(msg);
	size_t n = 0;

	while (v.n > 0 && n + 4 <= room) {
		size_t len = utf8_char_len(v);
		unsigned char c = *(const unsigned char *)v.p;

		if (len == 2 && c == 0xc2 && ((const unsigned char *)v.p)[1] < 0xa0)
			len = 0; /* C1 controls: one of them begins terminal sequences as ESC [ does */
		if (len == 0 || c < 0x20 || c == 0x7f || c == '"' || c == '\\') {
			n += escape(out + n, c);
			len = 1;
		} else {
			memcpy(out + n, v.p, len);
			n += len;
		}
		v = view_of((const char *)v.p + len, v.n - len);
	}
	return n;
}

static void write_all(const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(STDERR_FILENO, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return; /* nobody reads: nothing sensible is left to do */
		p += w;
		n -= (size_t)w;
	}
}

void log_line(enum log_level l, const char *mod, const char *fmt, ...)
{
	char msg[MSG_SIZE], line[LINE_SIZE], when[INSTANT_TEXT];
	struct clock clock;
	int saved = errno, head;
	size_t n;
	va_list ap;

	if ((int)l > atomic_load_explicit(&threshold, memory_order_relaxed))
		return;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	clock_init_real(&clock);
	instant_format(clock_now_ms(&clock), when);
	head = snprintf(line, sizeof(line), "time=%s level=%s mod=%.32s msg=\"", when, names[l],
			mod);
	n = (size_t)head;
	n += quote(line + n, sizeof(line) - n - 2, msg);
	line[n++] = '"';
	line[n++] = '\n';
	write_all(line, n);
	errno = saved;
}
