/*
 * internal.h - what the files of store/ share. Nothing outside this folder includes it.
 *
 * Growing the map unmaps it, so no read may be under way in this process: the gate counts readers
 * (from begin or renew until reset or abort) and shuts while the map grows. It is a counter and
 * not a pthread rwlock because a transaction may be handed from one thread to another.
 */
#pragma once

#include <lmdb.h>
#include <pthread.h>

#include "store/store.h"

#define KEY_MAX 511 /* bytes; LMDB's own limit */
#define DBI_ABSENT 0u /* a database that a store of an older format, opened for reading, lacks: empty */

struct gate {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	unsigned readers; /* active read transactions */
	unsigned copies;  /* hot copies: long, so a growth waits for them with the gate open */
	bool shut;
};

struct store {
	MDB_env *env;
	MDB_dbi dbi[DB__COUNT];
	struct gate gate;
	uint64_t map_bytes, map_max_bytes;
	int lock_fd;
	uint8_t secret[STORE_SECRET_BYTES];
	bool has_secret;
	bool read_only;
	bool sound;     /* opened whole, and no write has failed since */
	bool disk_full; /* the last RC_STORE_FULL came from the disk: a larger map does not help */
	char dir[];
};

struct overlay;

struct txn {
	MDB_txn *mt; /* of an overlay: its snapshot, also in children */
	struct overlay *ov; /* NULL: a plain transaction */
	size_t ov_mark; /* a child's: where its undo begins */
	struct store *store;
	struct txn *parent, *child;
	enum rc rc;
	bool writable, active; /* active: not reset, not ended */
	bool store_error;      /* rc came from LMDB: the parent cannot go on either */
	unsigned cursors;      /* open ones; LMDB frees a writer's cursors itself, so none may be left */
};

void gate_enter(struct gate *g);
void gate_leave(struct gate *g);
/* While held the map does not grow; readers come and go. */
void gate_hold(struct gate *g);
void gate_release(struct gate *g);

/* LMDB's and the system's codes as ours. ENOSPC and a full map are both RC_STORE_FULL. */
enum rc rc_of_mdb(int code);
/* The same for a failure of this store's files, where EIO on a full disk is known for what it is. */
enum rc store_rc(struct store *s, int code);

/* pages.c: reads the file itself, never through the map, so that no damage can crash it. */
struct page_counts {
	uint64_t pages, in_use, free, leaked;
};
/* Checks the meta pages and, when deep, every page that the newest meta page reaches. Only for a
 * file that nobody writes. *out_empty: nothing was ever committed to it. */
MUST_USE enum rc pages_check_file(const char *path, bool deep, bool *out_empty, struct err *e);
/* The same for the snapshot txnid, which the caller pins by an open transaction. */
MUST_USE enum rc pages_check_snapshot(int fd, uint64_t txnid, struct page_counts *out,
				      struct err *e);
