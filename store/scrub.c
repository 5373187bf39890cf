/*
 * scrub.c - writes zeros over the free pages of the file. LMDB never changes a page in place: what was deleted stands in
 * the pages that the deletion freed until they are used again. These are the pages that LMDB's own rule would hand
 * to the next writer: freed before the last commit but one, and before the oldest snapshot that anybody reads; nothing
 * points to them, also after a crash.
 */
#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/pack.h"
#include "base/util.h"

#define BATCH_PAGES 4096u /* the writer waits for one batch */

/* "pid thread txnid" a line; txnid "-" where nothing is read. */
static int oldest_of(const char *line, void *arg)
{
	uint64_t *oldest = arg;
	unsigned long long txnid;
	int pid;

	if (sscanf(line, " %d %*s %llu", &pid, &txnid) == 2 && txnid < *oldest)
		*oldest = txnid;
	return 0;
}

struct scrub {
	int fd;
	unsigned psize;
	uint8_t *zeros, *page;
	uint64_t oldest;   /* pages freed before this transaction */
	uint64_t skip;     /* pages of earlier batches */
	uint64_t seen, left;
	unsigned written;
};

static enum rc scrub_page(struct scrub *x, uint64_t pgno)
{
	off_t at = (off_t)(pgno * x->psize);
	ssize_t n = pread(x->fd, x->page, x->psize, at);

	if (n < (ssize_t)x->psize || memcmp(x->page, x->zeros, x->psize) == 0)
		return RC_OK; /* never written, or clean */
	x->written++;
	return pwrite(x->fd, x->zeros, x->psize, at) == (ssize_t)x->psize ? RC_OK : RC_IO;
}

/* Free list: id of the transaction that freed => count and page numbers, machine words. */
static enum rc scrub_batch(struct scrub *x, MDB_txn *mt, bool *out_more)
{
	MDB_cursor *c;
	MDB_val k, v;
	enum rc rc = RC_OK;
	int code = mdb_cursor_open(mt, 0, &c);

	if (code != MDB_SUCCESS)
		return rc_of_mdb(code);
	x->seen = x->left = 0;
	x->written = 0;
	*out_more = false;
	while (!*out_more && rc == RC_OK && mdb_cursor_get(c, &k, &v, MDB_NEXT) == MDB_SUCCESS) {
		size_t id, n = 0, pgno;

		memcpy(&id, k.mv_data, sizeof(id));
		memcpy(&n, v.mv_data, sizeof(n));
		for (size_t i = 0; i < n && rc == RC_OK && !*out_more; i++, x->seen++) {
			memcpy(&pgno, (const char *)v.mv_data + (i + 1) * sizeof(pgno), sizeof(pgno));
			if (id >= x->oldest)
				x->left++;
			else if (x->seen >= x->skip)
				rc = scrub_page(x, pgno);
			*out_more = x->written == BATCH_PAGES;
		}
	}
	mdb_cursor_close(c);
	x->skip = x->seen;
	return rc;
}

static enum rc scrub_step(struct store *s, struct scrub *x, bool *out_more)
{
	MDB_txn *lock, *mt;
	enum rc rc;
	int code;

	gate_hold(&s->gate);
	code = mdb_txn_begin(s->env, NULL, 0, &lock); /* nobody writes meanwhile */
	if (code == MDB_SUCCESS && (code = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &mt)) != MDB_SUCCESS)
		mdb_txn_abort(lock);
	rc = code == MDB_SUCCESS ? RC_OK : store_rc(s, code);
	if (rc == RC_OK) {
		x->oldest = mdb_txn_id(lock) - 1;
		code = mdb_reader_list(s->env, oldest_of, &x->oldest);
		rc = code < 0 ? store_rc(s, code) : scrub_batch(x, mt, out_more); /* a reader may see the free list */
		mdb_txn_abort(mt);
		mdb_txn_abort(lock);
	}
	gate_release(&s->gate);
	return rc;
}

/* Commits that change next to nothing: what was freed before them comes within reach. */
static enum rc move_on(struct store *s)
{
	for (uint64_t i = 0; i < 2; i++) {
		struct txn *t;

		gate_hold(&s->gate);
		enum rc rc = txn_begin_write(s, &t);
		if (rc == RC_OK) {
			meta_put_u64(t, "scrubbed", txn_snapshot(t));
			rc = txn_commit(t);
		}
		gate_release(&s->gate);
		if (rc != RC_OK)
			return rc;
	}
	return RC_OK;
}

enum rc store_scrub(struct store *s, uint64_t *out_left)
{
	char path[PATH_MAX];
	struct scrub x = { .fd = -1 };
	MDB_stat st;
	bool more = true;
	enum rc rc = move_on(s);

	if (rc != RC_OK || mdb_env_stat(s->env, &st) != MDB_SUCCESS ||
	    snprintf(path, sizeof(path), "%s/data.mdb", s->dir) >= (int)sizeof(path))
		return rc != RC_OK ? rc : RC_INTERNAL;
	x.psize = st.ms_psize;
	x.zeros = calloc(1, x.psize);
	x.page = malloc(x.psize);
	x.fd = open(path, O_RDWR | O_CLOEXEC);
	rc = !x.zeros || !x.page ? RC_NOMEM : x.fd < 0 ? RC_IO : RC_OK;
	while (rc == RC_OK && more)
		rc = scrub_step(s, &x, &more);
	if (rc == RC_OK && fdatasync(x.fd) != 0)
		rc = RC_IO;
	if (x.fd >= 0)
		close(x.fd);
	free(x.zeros);
	free(x.page);
	*out_left = x.left;
	return rc;
}
