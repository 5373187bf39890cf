/*
 * options.h - the daemon's settings: one table (name, type, default, bounds, unit, doc) drives the
 * command line, the configuration file and docs/config.md. Read once, then const.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "view.h"

enum opt_type { OPT_STR, OPT_INT, OPT_BOOL };

struct option_def {
	const char *name;      /* in the file "name = value"; on the command line --name with _ as - */
	enum opt_type type;
	size_t offset;         /* into the caller's settings struct: char[256], int64_t or bool */
	const char *def;       /* default as text */
	int64_t min, max;      /* OPT_INT */
	const char *unit;      /* "s", "bytes", "" */
	const char *doc;
	bool command_line;     /* may stand on the command line */
};

/* Sets every field of *settings to its default. */
void options_defaults(const struct option_def *t, size_t n, void *settings);
/* Sets one by name; RC_USAGE with a reason in e->arg (unknown name, bad value, out of range). */
MUST_USE enum rc options_set(const struct option_def *t, size_t n, void *settings, struct view name,
			     struct view value, struct err *e);
/* Reads "name = value" lines, # comments, blank lines. RC_USAGE carries e->line; RC_IO. */
MUST_USE enum rc options_file(const struct option_def *t, size_t n, void *settings, const char *path,
			      struct err *e);
