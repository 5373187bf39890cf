/*
 * backup.c - the hot copy and the offline check of every page.
 */
#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Number of pages that the freelist names; the caller's transaction is open. */
static int count_free(MDB_txn *mt, uint64_t *out)
{
	MDB_val k, v;
	MDB_cursor *c;
	int code = mdb_cursor_open(mt, 0, &c); /* handle 0 is LMDB's own list of free pages */

	*out = 0;
	if (code != MDB_SUCCESS)
		return code;
	while ((code = mdb_cursor_get(c, &k, &v, MDB_NEXT)) == MDB_SUCCESS) {
		size_t n;

		memcpy(&n, v.mv_data, sizeof(n));
		*out += n;
	}
	mdb_cursor_close(c);
	return code == MDB_NOTFOUND ? MDB_SUCCESS : code;
}

static uint64_t pages_of(const MDB_stat *st)
{
	return (uint64_t)st->ms_branch_pages + st->ms_leaf_pages + st->ms_overflow_pages;
}

#define LEAK_TRIES 5

/* LMDB's compacting copy fails, after all is sent, where pages are neither used nor free (some of
 * its versions lose pages in very large transactions). Then the plain copy has to do. */
static bool has_leak_once(struct store *s)
{
	uint64_t used = 2, free_pages = 0;
	struct txn *t;
	MDB_envinfo info;
	MDB_stat st;
	bool leak = true;

	if (txn_begin_read(s, &t) != RC_OK)
		return true;
	if (count_free(t->mt, &free_pages) == MDB_SUCCESS) {
		for (MDB_dbi dbi = 0; dbi < 2; dbi++) /* free list, main */
			if (mdb_stat(t->mt, dbi, &st) == MDB_SUCCESS)
				used += pages_of(&st);
		for (int i = 0; i < DB__COUNT; i++)
			if (mdb_stat(t->mt, s->dbi[i], &st) == MDB_SUCCESS)
				used += pages_of(&st);
		/* a commit in between makes this a guess on the safe side */
		if (mdb_env_info(s->env, &info) == MDB_SUCCESS &&
		    info.me_last_txnid == mdb_txn_id(t->mt))
			leak = used + free_pages != (uint64_t)info.me_last_pgno + 1;
	}
	txn_abort(t);
	return leak;
}

static bool has_leak(struct store *s)
{
	for (int i = 0; i < LEAK_TRIES; i++)
		if (!has_leak_once(s))
			return false;
	return true;
}

enum rc store_copy_fd(struct store *s, int fd)
{
	unsigned flags;
	int code;

	gate_hold(&s->gate);
	flags = has_leak(s) ? 0 : MDB_CP_COMPACT;
	code = mdb_env_copyfd2(s->env, fd, flags);
	gate_release(&s->gate);
	return rc_of_mdb(code); /* ENOSPC is of the target here, so not store_rc() */
}

enum rc store_verify_pages(struct store *s, struct err *e)
{
	char path[PATH_MAX];
	struct txn *t;
	enum rc rc;
	int fd;

	if (snprintf(path, sizeof(path), "%s/data.mdb", s->dir) >= (int)sizeof(path))
		return err_set(e, RC_IO, NULL, "the path is too long");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, RC_IO, NULL, "%s: %s", path, strerror(errno));
	rc = txn_begin_read(s, &t); /* pins the snapshot that is checked */
	if (rc == RC_OK) {
		rc = pages_check_snapshot(fd, mdb_txn_id(t->mt), NULL, e);
		txn_abort(t);
	} else {
		err_set(e, rc, NULL, "no snapshot");
	}
	close(fd);
	return rc;
}
