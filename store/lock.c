/*
 * lock.c - one writer process per data directory.
 *
 * The lock is of the open file description (F_OFD_*), so it also refuses a second open in the same
 * process and ends with the process whatever kills it; the pid inside is only for the message.
 */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum rc in_use(int fd, struct err *e)
{
	char pid[32];
	ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);

	pid[n > 0 ? n : 0] = '\0';
	pid[strcspn(pid, "\n")] = '\0';
	return err_set(e, RC_IN_USE, NULL, "pid %s", pid[0] ? pid : "unknown");
}

static enum rc write_pid(int fd, struct err *e)
{
	char pid[32];
	int n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());

	if (ftruncate(fd, 0) < 0 || pwrite(fd, pid, (size_t)n, 0) != n)
		return err_set(e, RC_IO, NULL, "lock: %s", strerror(errno));
	return RC_OK;
}

/* One line of the file after the pid: what data.mdb was when it was closed. */
static bool describe(const char *dir, char *out, size_t size)
{
	char path[PATH_MAX];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s/data.mdb", dir) >= (int)sizeof(path) ||
	    stat(path, &st) < 0)
		return false;
	snprintf(out, size, "clean %llu %llu %lld.%09ld\n", (unsigned long long)st.st_ino,
		 (unsigned long long)st.st_size, (long long)st.st_mtim.tv_sec,
		 st.st_mtim.tv_nsec);
	return true;
}

void dir_note_clean(const char *dir, int fd)
{
	char line[128];

	if (describe(dir, line, sizeof(line)) && ftruncate(fd, 0) == 0) {
		ssize_t n = pwrite(fd, line, strlen(line), 0);

		if (n != (ssize_t)strlen(line)) /* half a note is none */
			(void)!ftruncate(fd, 0);
	}
}

bool dir_take_clean(const char *dir, int fd)
{
	char want[128], have[128];
	ssize_t n = pread(fd, have, sizeof(have) - 1, 0);
	bool clean = n > 0 && describe(dir, want, sizeof(want)) && (size_t)n == strlen(want) &&
		     memcmp(have, want, (size_t)n) == 0;

	return write_pid(fd, NULL) == RC_OK && clean;
}

enum rc dir_lock(const char *dir, int *out_fd, struct err *e)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[PATH_MAX];
	enum rc rc;
	int fd;

	if (snprintf(path, sizeof(path), "%s/lock", dir) >= (int)sizeof(path))
		return err_set(e, RC_IO, NULL, "the path is too long");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(e, RC_IO, NULL, "%s: %s", path, strerror(errno));
	if (fcntl(fd, F_OFD_SETLK, &whole) < 0)
		rc = errno == EAGAIN || errno == EACCES
			     ? in_use(fd, e)
			     : err_set(e, RC_IO, NULL, "%s: %s", path, strerror(errno));
	else
		rc = RC_OK;
	if (rc != RC_OK) {
		close(fd);
		return rc;
	}
	*out_fd = fd;
	return RC_OK;
}

bool dir_is_locked(const char *dir)
{
	struct flock whole = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	char path[PATH_MAX];
	bool locked;
	int fd;

	if (snprintf(path, sizeof(path), "%s/lock", dir) >= (int)sizeof(path))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	locked = fcntl(fd, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
	close(fd);
	return locked;
}
