/*
 * secret_file.h - reads a secret from a file that nobody but its owner may read.
 *
 * "credential:NAME" is the file NAME of $CREDENTIALS_DIRECTORY, where systemd puts what LoadCredential= names;
 * a path that lies in this directory is taken as one, too. systemd guards those files itself.
 */
#pragma once

#include "base/buf.h"

#define SECRET_FILE_MAX 65536

/* Appends the whole file to out, which the caller wipes with secret_wipe(). RC_USAGE with the reason and the
 * setting's name: no such file, not a plain file, larger than SECRET_FILE_MAX, empty, or readable by others. */
MUST_USE enum rc secret_file_read(const char *setting, const char *path, struct buf *out, struct err *e);
/* Overwrites and frees. */
void secret_wipe(struct buf *b);
