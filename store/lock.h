/* lock.h - the exclusive lock on a data directory: a locked file that names its holder's process. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

/* Locks DIR/lock, making the file; RC_IN_USE with the holder's pid. *out_fd keeps the lock until closed. */
MUST_USE enum rc dir_lock(const char *dir, int *out_fd, struct err *e);
/* Whether another process or descriptor holds it now. */
bool dir_is_locked(const char *dir);
