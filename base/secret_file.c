/* secret_file.c - see secret_file.h. What is looked at is the open file, not its name. */
#include "base/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"

#define CREDENTIAL "credential:"

void secret_wipe(struct buf *b)
{
	if (b->p)
		explicit_bzero(b->p, b->cap);
	buf_done(b);
}

static bool lies_in(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return n > 0 && strncmp(path, dir, n) == 0 && path[n] == '/' && !strstr(path + n, "/../");
}

/* The path to open; *guarded: by systemd. False: no such credential, or too long. */
static bool resolve(const char *path, char *out, size_t size, bool *guarded)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	const char *name = path + sizeof(CREDENTIAL) - 1;
	int n;

	if (strncmp(path, CREDENTIAL, sizeof(CREDENTIAL) - 1) != 0) {
		*guarded = dir && lies_in(path, dir);
		n = snprintf(out, size, "%s", path);
		return n >= 0 && (size_t)n < size;
	}
	*guarded = true;
	if (!dir || !*name || strchr(name, '/') || strcmp(name, "..") == 0 || strcmp(name, ".") == 0)
		return false;
	n = snprintf(out, size, "%s/%s", dir, name);
	return n >= 0 && (size_t)n < size;
}

static enum rc judge(const char *setting, const char *path, const struct stat *st, bool guarded,
		     struct err *e)
{
	if (!S_ISREG(st->st_mode))
		return err_set(e, RC_USAGE, setting, "%s: %s is not a plain file", setting, path);
	if (!guarded && (st->st_mode & 077) != 0)
		return err_set(e, RC_USAGE, setting, "%s: others may read %s (mode %03o): chmod 600 it",
			       setting, path, (unsigned)st->st_mode & 0777);
	if (!guarded && st->st_uid != geteuid() && st->st_uid != 0)
		return err_set(e, RC_USAGE, setting, "%s: %s belongs to user %u", setting, path,
			       (unsigned)st->st_uid);
	if (st->st_size == 0 || st->st_size > SECRET_FILE_MAX)
		return err_set(e, RC_USAGE, setting, "%s: %s is empty or larger than %d bytes", setting,
			       path, SECRET_FILE_MAX);
	return RC_OK;
}

static enum rc read_all(int fd, size_t size, struct buf *out)
{
	if (!buf_reserve(out, size))
		return RC_NOMEM;
	while (size > 0) {
		ssize_t n = read(fd, out->p + out->n, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return RC_IO;
		if (n == 0)
			break;
		out->n += (size_t)n;
		size -= (size_t)n;
	}
	return RC_OK;
}

enum rc secret_file_read(const char *setting, const char *path, struct buf *out, struct err *e)
{
	char resolved[PATH_MAX];
	struct stat st;
	bool guarded;
	int fd;

	if (!resolve(path, resolved, sizeof(resolved), &guarded))
		return err_set(e, RC_USAGE, setting, "%s: there is no %s", setting, path);
	fd = open(resolved, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return err_set(e, RC_USAGE, setting, "%s: %s: %s", setting, path, strerror(errno));
	enum rc rc = fstat(fd, &st) ? err_set(e, RC_IO, setting, "%s: %s", path, strerror(errno))
				    : judge(setting, path, &st, guarded, e);
	if (!rc) {
		rc = read_all(fd, (size_t)st.st_size, out);
		if (rc)
			err_set(e, rc, setting, "%s: reading %s", setting, path);
	}
	close(fd);
	return rc;
}
