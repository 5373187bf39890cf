/*
 * lock.h - the exclusive lock on a data directory: a locked file that names its holder's process, and
 * between two processes says in which state the last one left data.mdb.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"

/* Locks DIR/lock, making the file; RC_IN_USE with the holder's pid. *out_fd keeps the lock until closed. */
MUST_USE enum rc dir_lock(const char *dir, int *out_fd, struct err *e);
/* Whether another process or descriptor holds it now. */
bool dir_is_locked(const char *dir);
/* After a clean close: notes data.mdb's size and times in the lock file. */
void dir_note_clean(const char *dir, int fd);
/* Whether data.mdb is as the last clean close left it; forgets the note. */
bool dir_take_clean(const char *dir, int fd);
