/* attempts.h - how often one address may try to log in: a bucket that fills up again. Thread-safe, of fixed size. */
#pragma once

#include "base/err.h"
#include "base/view.h"

struct attempts;

struct attempts *attempts_new(unsigned per_minute); /* NULL: out of memory */
void attempts_free(struct attempts *a); /* accepts NULL */
/* One more; an IPv6 /64 counts as one address. False: too many; *out_wait_s: until the next one may pass. */
bool attempts_take(struct attempts *a, const char *peer, unsigned *out_wait_s);
