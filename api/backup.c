/*
 * backup.c - GET /v1/backup: a thread of its own copies the store into a file without a name in the
 * spool directory, then the server sends that. So a slow client pins no snapshot, the answer has a
 * length, and a copy that fails is an error and not half a file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/api_int.h"
#include "base/log.h"

static void copy(struct request *r)
{
	struct err e = { 0 };
	struct stat st;
	int fd = open(r->api->c.spool_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	enum rc rc;

	if (fd < 0)
		rc = err_set(&e, RC_IO, NULL, "%s", strerror(errno));
	else
		rc = store_copy_fd(r->api->c.store, fd);
	if (!rc && fstat(fd, &st))
		rc = err_set(&e, RC_IO, NULL, "%s", strerror(errno));
	if (!rc && !login_stands(r)) /* the copy took its time */
		rc = RC_UNAUTHORIZED;
	if (rc) {
		if (fd >= 0)
			close(fd);
		answer_fail(r, rc, &e);
		return;
	}
	r->reply.type = "application/octet-stream";
	reply_header(&r->reply, "Content-Disposition", "attachment; filename=\"tierwatch.mdb\"");
	answer_fill(r);
	r->http->res.has_file = true;
	r->http->res.file_fd = fd;
	r->http->res.file_bytes = (uint64_t)st.st_size;
	r->http->res.as_is = true;
	http_reply(r->http);
}

static void *copy_thread(void *arg)
{
	struct request *r = arg;
	struct api *a = r->api;

	copy(r);
	atomic_fetch_sub(&a->backups, 1);
	return NULL;
}

/* One at a time: each costs a pass over the store and room for a copy. */
void backup_run(struct request *r)
{
	struct err e = { 0 };
	pthread_t thread;

	if (atomic_fetch_add(&r->api->backups, 1) > 0) {
		atomic_fetch_sub(&r->api->backups, 1);
		answer_fail(r, RC_BUSY, &e);
		return;
	}
	if (pthread_create(&thread, NULL, copy_thread, r) != 0) {
		atomic_fetch_sub(&r->api->backups, 1);
		answer_fail(r, RC_BUSY, &e);
		return;
	}
	pthread_detach(thread);
}
