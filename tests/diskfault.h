/*
 * diskfault.h - a disk that fails on demand: these definitions stand in front of the C library's
 * for LMDB too. Include it in one file of a test program.
 */
#pragma once

#include <errno.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* errno for the calls after the next `after`; 0: none fail */
static atomic_int fault_sync, fault_write, fault_after;

static inline int fault_now(atomic_int *kind)
{
	int code = atomic_load(kind);

	if (code == 0 || atomic_fetch_sub(&fault_after, 1) > 0)
		return 0;
	atomic_store(&fault_after, 0);
	return code;
}

int fdatasync(int fd)
{
	int code = fault_now(&fault_sync);

	if (code == 0)
		return (int)syscall(SYS_fdatasync, fd);
	errno = code;
	return -1;
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	int code = fault_now(&fault_write);

	if (code == 0)
		return syscall(SYS_pwrite64, fd, p, n, at);
	errno = code;
	return -1;
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
	int code = fd > 2 ? fault_now(&fault_write) : 0;

	if (code == 0)
		return syscall(SYS_writev, fd, v, n);
	errno = code;
	return -1;
}
