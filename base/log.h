/* log.h - logfmt lines on standard error; control bytes in values are escaped. Thread-safe. */
#pragma once

#include <stdbool.h>

#include "err.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_set_level(enum log_level l);
bool log_level_parse(const char *s, enum log_level *out);
void log_line(enum log_level l, const char *mod, const char *fmt, ...) PRINTF(3, 4);
#define log_error(mod, ...) log_line(LOG_ERROR, mod, __VA_ARGS__)
#define log_warn(mod, ...) log_line(LOG_WARN, mod, __VA_ARGS__)
#define log_info(mod, ...) log_line(LOG_INFO, mod, __VA_ARGS__)
#define log_debug(mod, ...) log_line(LOG_DEBUG, mod, __VA_ARGS__)
