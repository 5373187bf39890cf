/* offline.h - work on a data directory without serving: check, restore, load. */
#pragma once

#include "daemon/settings.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_DAMAGED = 3 };

/* Runs s->offline with s->args; returns the exit status. */
int offline_run(const struct settings *s);
/* load DIR [FILE…] */
int offline_load(const struct settings *s);
/* audit-verify FILE */
int offline_audit(const struct settings *s);
enum lang offline_language(void);
/* Prints why on standard error, in the language of the environment; returns the exit status. */
int say_error(const struct err *e);
