/* findings.h - what an offline check has to say: sentences, the first of them told, all of them counted. */
#pragma once

#include <stddef.h>

#include "base/err.h"

struct findings {
	void (*report)(void *arg, const char *sentence);
	void *arg;
	size_t n, max; /* told up to max */
};
void finding(struct findings *f, const char *fmt, ...) PRINTF(2, 3);
