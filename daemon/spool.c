/* spool.c - see spool.h. */
#include "daemon/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void empty(int dir)
{
	int fd = dup(dir);
	DIR *h = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *d;

	if (!h) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((d = readdir(h)))
		if (strncmp(d->d_name, "import-", 7) == 0)
			unlinkat(dir, d->d_name, 0);
	closedir(h);
}

enum rc spool_open(const char *data_dir, char *out, size_t out_size, struct err *e)
{
	int fd;

	if (snprintf(out, out_size, "%s/spool", data_dir) >= (int)out_size)
		return err_set(e, RC_USAGE, "data", "%s", "the data directory's name is too long");
	if (mkdir(out, 0700) != 0 && errno != EEXIST)
		return err_set(e, RC_IO, NULL, "%s: %s", out, strerror(errno));
	fd = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, RC_IO, NULL, "%s: %s", out, strerror(errno));
	empty(fd);
	close(fd);
	return RC_OK;
}
