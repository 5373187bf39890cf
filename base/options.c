/* options.c - settings out of one table: defaults, one value, or a file of "name = value" lines. */
#include "base/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/util.h"

#define STR_SIZE 256
#define LINE_MAX_BYTES 4096

static void *slot(const struct option_def *o, void *settings)
{
	return (char *)settings + o->offset;
}

static bool parse_bool(struct view v, bool *out)
{
	static const char *const yes[] = { "true", "yes", "on", "1" };
	static const char *const no[] = { "false", "no", "off", "0" };

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (view_is(v, yes[i]) || view_is(v, no[i])) {
			*out = view_is(v, yes[i]);
			return true;
		}
	}
	return false;
}

/* Plain decimal, optional sign, nothing else. */
static bool parse_int(struct view v, int64_t *out)
{
	const char *s = v.p;
	size_t i = v.n > 0 && s[0] == '-';
	int64_t n = 0;

	if (i == v.n)
		return false;
	for (; i < v.n; i++) {
		if (s[i] < '0' || s[i] > '9' || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, s[0] == '-' ? '0' - s[i] : s[i] - '0', &n))
			return false;
	}
	*out = n;
	return true;
}

static enum rc set_str(const struct option_def *o, void *settings, struct view v, struct err *e)
{
	char *out = slot(o, settings);

	if (v.n >= STR_SIZE || memchr(v.n ? v.p : "", 0, v.n))
		return err_set(e, RC_USAGE, o->name, "%s: at most %d bytes", o->name, STR_SIZE - 1);
	if (v.n)
		memcpy(out, v.p, v.n);
	out[v.n] = '\0';
	return RC_OK;
}

static enum rc set_int(const struct option_def *o, void *settings, struct view v, struct err *e)
{
	int64_t n;

	if (!parse_int(v, &n))
		return err_set(e, RC_USAGE, o->name, "%s: '%.*s' is not a whole number", o->name,
			       (int)MIN(v.n, 60), v.n ? (const char *)v.p : "");
	if (n < o->min || n > o->max)
		return err_set(e, RC_USAGE, o->name, "%s: %lld is not within %lld and %lld",
			       o->name, (long long)n, (long long)o->min, (long long)o->max);
	memcpy(slot(o, settings), &n, sizeof(n));
	return RC_OK;
}

static enum rc set_bool(const struct option_def *o, void *settings, struct view v, struct err *e)
{
	bool b;

	if (!parse_bool(v, &b))
		return err_set(e, RC_USAGE, o->name, "%s: '%.*s' is neither true nor false",
			       o->name, (int)MIN(v.n, 60), v.n ? (const char *)v.p : "");
	memcpy(slot(o, settings), &b, sizeof(b));
	return RC_OK;
}

static enum rc set_value(const struct option_def *o, void *settings, struct view v, struct err *e)
{
	switch (o->type) {
	case OPT_STR:
		return set_str(o, settings, v, e);
	case OPT_INT:
		return set_int(o, settings, v, e);
	case OPT_BOOL:
		return set_bool(o, settings, v, e);
	default:
		return err_set(e, RC_INTERNAL, o->name, "option type");
	}
}

void options_defaults(const struct option_def *t, size_t n, void *settings)
{
	for (size_t i = 0; i < n; i++) {
		struct err e;
		enum rc rc = set_value(&t[i], settings, view_str(t[i].def ? t[i].def : ""), &e);

		if (rc != RC_OK) /* the table contradicts itself */
			abort();
	}
}

/* '-' and '_' are the same in a name. */
static bool same_name(const char *name, struct view v)
{
	const char *s = v.p;

	if (strlen(name) != v.n)
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (name[i] != (s[i] == '-' ? '_' : s[i]))
			return false;
	return true;
}

enum rc options_set(const struct option_def *t, size_t n, void *settings, struct view name,
		    struct view value, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (same_name(t[i].name, name))
			return set_value(&t[i], settings, value, e);
	return err_set(e, RC_USAGE, NULL, "there is no setting '%.*s'", (int)MIN(name.n, 80),
		       name.n ? (const char *)name.p : "");
}

static struct view trim(struct view v)
{
	const char *s = v.p;

	while (v.n > 0 && strchr(" \t\r\n", s[v.n - 1]))
		v.n--;
	while (v.n > 0 && (*s == ' ' || *s == '\t')) {
		s++;
		v.n--;
	}
	return view_of(s, v.n);
}

static enum rc set_line(const struct option_def *t, size_t n, void *settings, struct view line,
			struct err *e)
{
	const char *eq;
	struct view v = trim(line), name;

	if (v.n == 0 || *(const char *)v.p == '#')
		return RC_OK;
	eq = memchr(v.p, '=', v.n);
	if (!eq)
		return err_set(e, RC_USAGE, NULL, "a line is 'name = value'");
	name = trim(view_of(v.p, (size_t)(eq - (const char *)v.p)));
	return options_set(t, n, settings, name,
			   trim(view_of(eq + 1, v.n - (size_t)(eq + 1 - (const char *)v.p))), e);
}

static void close_file(FILE **f)
{
	if (*f)
		fclose(*f);
}

enum rc options_file(const struct option_def *t, size_t n, void *settings, const char *path,
		     struct err *e)
{
	AUTO(close_file) FILE *f = fopen(path, "re");
	char line[LINE_MAX_BYTES];
	unsigned number = 0;

	if (!f)
		return err_set(e, RC_IO, NULL, "%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		size_t len = strlen(line);
		enum rc rc;

		number++;
		if (len == sizeof(line) - 1 && line[len - 1] != '\n')
			rc = err_set(e, RC_USAGE, NULL, "the line is too long");
		else
			rc = set_line(t, n, settings, view_of(line, len), e);
		if (rc != RC_OK) {
			if (e)
				e->line = number;
			return rc;
		}
	}
	if (ferror(f))
		return err_set(e, RC_IO, NULL, "%s: %s", path, strerror(errno));
	return RC_OK;
}
