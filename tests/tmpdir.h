/* tmpdir.h - a directory of its own for a test, removed with all in it. */
#pragma once

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tmpdir {
	char path[128];
};

static inline int tmpdir_unlink(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static inline void tmpdir_make(struct tmpdir *d)
{
	snprintf(d->path, sizeof(d->path), "%s/tierwatch-test-XXXXXX",
		 getenv("TMPDIR") && strlen(getenv("TMPDIR")) < 64 ? getenv("TMPDIR") : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(d->path));
}

static inline void tmpdir_remove(struct tmpdir *d)
{
	nftw(d->path, tmpdir_unlink, 16, FTW_DEPTH | FTW_PHYS);
}
