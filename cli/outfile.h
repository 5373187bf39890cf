/*
 * outfile.h - a file that appears whole or not at all: written beside its place under another
 * name, brought to disk, then renamed.
 */
#pragma once

#include "base/err.h"
#include "base/view.h"

struct outfile {
	int fd;
	char *path, *tmp;
	int error; /* errno of the first failed write */
};

#define OUTFILE_INIT { .fd = -1 }

/* Mode 0600: a backup holds everything. */
MUST_USE enum rc outfile_open(struct outfile *f, const char *path, struct err *e);
bool outfile_write(struct outfile *f, struct view v);
MUST_USE enum rc outfile_commit(struct outfile *f, struct err *e);
/* Without a commit the temporary file goes away. */
void outfile_done(struct outfile *f);
