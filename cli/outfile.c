/* outfile.c - see outfile.h. */
#include "cli/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"

static enum rc failed(const struct outfile *f, int error, struct err *e)
{
	return err_set(e, RC_IO, NULL, "%s: %s", f->path, strerror(error));
}

enum rc outfile_open(struct outfile *f, const char *path, struct err *e)
{
	size_t size = strlen(path) + sizeof(".XXXXXX");

	f->path = strdup(path);
	f->tmp = malloc(size);
	if (!f->path || !f->tmp)
		return err_set(e, RC_NOMEM, NULL, "%s", "");
	snprintf(f->tmp, size, "%s.XXXXXX", path);
	f->fd = mkostemp(f->tmp, O_CLOEXEC);
	if (f->fd < 0) {
		int error = errno;

		free(STEAL(f->tmp));
		return failed(f, error, e);
	}
	return RC_OK;
}

bool outfile_write(struct outfile *f, struct view v)
{
	const char *p = v.p;

	while (v.n > 0) {
		ssize_t n = write(f->fd, p, v.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			f->error = errno;
			return false;
		}
		p += n;
		v.n -= (size_t)n;
	}
	return true;
}

/* The new name is on disk only when its directory is. */
static bool sync_directory(const char *path)
{
	AUTO_FREE char *copy = strdup(path);
	int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

enum rc outfile_commit(struct outfile *f, struct err *e)
{
	if (f->error)
		return failed(f, f->error, e);
	if (fsync(f->fd) != 0 || rename(f->tmp, f->path) != 0)
		return failed(f, errno, e);
	free(STEAL(f->tmp));
	return sync_directory(f->path) ? RC_OK : failed(f, errno, e);
}

void outfile_done(struct outfile *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->tmp)
		unlink(f->tmp);
	free(f->tmp);
	free(f->path);
	*f = (struct outfile)OUTFILE_INIT;
}
