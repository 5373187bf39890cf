/*
 * cli.h - what every verb is handed: settings, language, form of output, the connection.
 *
 * Results go to standard output, everything else to standard error. A verb returns the exit status
 * of the process; the table of statuses below is documented and does not change.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/view.h"
#include "cli/msg.h"

enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1,      /* the server said no, or a local file could not be read or written */
	CLI_USAGE = 2,
	CLI_NOT_FOUND = 4,
	CLI_UNREACHABLE = 5,
	CLI_GAPS = 6,        /* only with --exit-code */
	CLI_INTERRUPTED = 130,
};

enum cli_output { OUT_TABLE, OUT_JSON, OUT_NDJSON, OUT_CSV };

struct http;

struct cli {
	enum lang lang;
	enum cli_output output;
	bool quiet;          /* no notes and no progress; errors stay */
	bool color;          /* standard output takes colours */
	bool progress;       /* standard error is a terminal and quiet is off */
	struct http *http;
};

/* "tierwatch: TEXT" on standard error. */
void cli_say(const struct cli *c, enum msg m, const char *const *args);
/* The same, kept back by --quiet. */
void cli_note(const struct cli *c, enum msg m, const char *const *args);
/* A base error in the user's language; returns the exit status that goes with it. */
int cli_fail(const struct cli *c, const struct err *e);

#define SAY0(c, m) cli_say((c), (m), (const char *const[]){ NULL })
#define SAY(c, m, ...) cli_say((c), (m), (const char *const[]){ __VA_ARGS__, NULL })
#define NOTE0(c, m) cli_note((c), (m), (const char *const[]){ NULL })
#define NOTE(c, m, ...) cli_note((c), (m), (const char *const[]){ __VA_ARGS__, NULL })

struct num_text {
	char s[24];
};
/* A number as text for the macros above: NUM(n).s lives to the end of the full expression. */
struct num_text cli_num(int64_t n);
#define NUM(n) cli_num((int64_t)(n)).s

/* Set by SIGINT and SIGTERM; loops and transfers look at it. */
bool cli_interrupted(void);
void cli_catch_signals(void);
