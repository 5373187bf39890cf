/* out.c - see out.h. */
#include "cli/out.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "base/util.h"

/* Reals carry at most 9 decimals below 1 and short decimals otherwise: 15 digits are exact. */
#define JSON_FORM (JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY)

static int first_error;

static void failed(void)
{
	if (errno == EPIPE) {
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	if (!first_error)
		first_error = errno ? errno : EIO;
}

void out_write(struct view v)
{
	if (v.n && !first_error && fwrite(v.p, 1, v.n, stdout) != v.n)
		failed();
}

void out_text(const char *s)
{
	out_write(view_str(s));
}

void out_line(const char *s)
{
	out_text(s);
	out_write(VIEW_LIT("\n"));
}

void out_flush(void)
{
	if (!first_error && fflush(stdout) != 0)
		failed();
}

bool out_close(int *out_errno)
{
	out_flush();
	*out_errno = first_error;
	return first_error == 0;
}

static int write_chunk(const char *p, size_t n, void *arg)
{
	(void)arg;
	out_write(view_of(p, n));
	return 0;
}

void out_json(const json_t *v)
{
	json_dump_callback(v, write_chunk, NULL, JSON_FORM | JSON_INDENT(2));
	out_write(VIEW_LIT("\n"));
}

void out_json_line(const json_t *v)
{
	json_dump_callback(v, write_chunk, NULL, JSON_FORM | JSON_COMPACT);
	out_write(VIEW_LIT("\n"));
}

static int add_chunk(const char *p, size_t n, void *arg)
{
	buf_add(arg, p, n);
	return 0;
}

void buf_json(struct buf *b, const json_t *v)
{
	json_dump_callback(v, add_chunk, b, JSON_FORM | JSON_COMPACT);
}

void csv_field(struct buf *b, struct view v, bool is_text)
{
	const char *p = v.p;
	bool formula = is_text && v.n && p[0] && strchr("=+-@\t\r", p[0]);
	bool quote = false;

	for (size_t i = 0; i < v.n && !quote; i++)
		quote = p[i] == '"' || p[i] == ',' || p[i] == '\r' || p[i] == '\n';
	if (v.n)
		quote = quote || p[0] == ' ' || p[v.n - 1] == ' ';
	if (!quote) {
		if (formula)
			buf_addc(b, '\'');
		buf_addv(b, v);
		return;
	}
	buf_adds(b, formula ? "\"'" : "\"");
	for (size_t i = 0; i < v.n; i++) {
		if (p[i] == '"')
			buf_addc(b, '"');
		buf_addc(b, p[i]);
	}
	buf_addc(b, '"');
}
