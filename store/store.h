/*
 * store.h - the only door to LMDB: one environment, read and write transactions, cursors.
 *
 * Invariants: one store per process and directory; one write transaction at a time, on the writer
 * thread; read transactions may be used by one thread at a time (MDB_NOTLS). A transaction keeps
 * its first hard error: after it every call is a no-op that returns the same code, and commit
 * aborts; RC_NOT_FOUND is an answer, not an error. Views point into the map and are valid until the
 * transaction ends or, in a write transaction, until the next put or delete.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/view.h"
#include "store/schema.h"

struct store;
struct txn;

struct store_options {
	uint64_t map_bytes; /* first size of the map, sparse; 0: 64 GiB */
	uint64_t map_max_bytes; /* ceiling of growth; 0: 1 TiB. Only there RC_STORE_FULL is final */
	unsigned max_readers; /* 0: 256 */
	bool read_only;     /* offline check: no lock on the directory, no creation */
	bool create;        /* make an empty store where there is none */
	bool new_secret;    /* go on with a new secret where the store's own is missing */
};

/* Opens DIR/data.mdb. Takes the exclusive lock DIR/lock first (not when read_only): RC_IN_USE with the
 * holder's pid. RC_FORMAT_NEWER, RC_DAMAGED (not an LMDB file, bad meta pages, missing database),
 * RC_NO_SECRET, RC_OTHER_SECRET (see store/secret.h), RC_IO (with the reason: no permission, read-only file system, …). *out_new (may be NULL): made now. */
MUST_USE enum rc store_open(const char *dir, const struct store_options *o, struct store **out,
			    bool *out_new, struct err *e);
void store_close(struct store *s); /* accepts NULL; every transaction must have ended */
const char *store_dir(const struct store *s);

/* The store's secret (store/secret.h); false: it has none yet, or was opened for reading alone. Any thread. */
#define STORE_SECRET_BYTES 32
#define STORE_SECRET_NEW "secret.new" /* in the directory of a restored copy: see store/secret.h */
bool store_secret(const struct store *s, uint8_t out[STORE_SECRET_BYTES]);
/* Makes it for a new store where none was given, in DIR/secret.key. */
MUST_USE enum rc store_secret_make(struct store *s, struct err *e);
void store_secret_note(struct txn *w); /* the store remembers which secret is its own */

MUST_USE enum rc txn_begin_read(struct store *s, struct txn **out);
void txn_reset(struct txn *t); /* parks a read transaction: it pins no pages and keeps its slot */
MUST_USE enum rc txn_renew(struct txn *t);
MUST_USE enum rc txn_begin_write(struct store *s, struct txn **out);
/* A snapshot with private writes, at most max_bytes of them (then RC_TOO_LARGE sticks): everything below works as in
 * a write transaction, children too, and nothing is ever written. It holds up no writer; on any thread, like a
 * read transaction. It ends with txn_abort(); txn_commit() is refused. */
MUST_USE enum rc txn_begin_overlay(struct store *s, size_t max_bytes, struct txn **out);
/* In an overlay: empties a database. Not while a child runs. */
void txn_overlay_clear(struct txn *t, enum db db);
size_t txn_overlay_bytes(const struct txn *t); /* what the private writes take; 0: a plain transaction */
/* A child of a write transaction: commit merges into the parent, abort undoes only the child. */
MUST_USE enum rc txn_begin_child(struct txn *parent, struct txn **out);
/* Durable when RC_OK. On a full map RC_STORE_FULL: the caller ends every wish to write, calls
 * store_grow() and runs its batch again. After RC_IO or RC_DAMAGED the store must be closed. */
MUST_USE enum rc txn_commit(struct txn *t);
void txn_abort(struct txn *t); /* any kind; accepts NULL */
static inline void txn_abort_p(struct txn **t) { txn_abort(*t); }
#define AUTO_TXN __attribute__((cleanup(txn_abort_p)))
enum rc txn_rc(const struct txn *t); /* the first hard error, or RC_OK */
void txn_fail(struct txn *t, enum rc rc); /* sets it, if none is set */
/* The number of the snapshot that a read transaction sees: every commit makes a new one. */
uint64_t txn_snapshot(const struct txn *t);
bool txn_writable(const struct txn *t);
struct store *txn_store(const struct txn *t);

/* Doubles the map up to the ceiling, waiting until no read transaction is active in this process.
 * RC_STORE_FULL at the ceiling. Never call with a write transaction open. */
MUST_USE enum rc store_grow(struct store *s);

/* RC_OK or RC_NOT_FOUND; hard errors stick. */
enum rc txn_get(struct txn *t, enum db db, struct view key, struct view *out_val);
void txn_put(struct txn *t, enum db db, struct view key, struct view val);
/* For keys known to be greater than all in the database: no search, full pages. */
void txn_append(struct txn *t, enum db db, struct view key, struct view val);
/* Room for a value written in place before the next call on this transaction; NULL on error. */
void *txn_reserve(struct txn *t, enum db db, struct view key, size_t n);
enum rc txn_del(struct txn *t, enum db db, struct view key); /* RC_OK or RC_NOT_FOUND */
uint64_t txn_count(struct txn *t, enum db db);
uint64_t txn_bytes(struct txn *t, enum db db);

/* A cursor: lives on the stack, closed by cur_close or scope. valid says whether key/val stand. */
struct cur {
	void *mc;
	struct txn *txn;
	enum db db;
	bool valid;
	struct view key, val;
	/* in an overlay only: */
	const void *map, *node;
	struct view base_key, base_val;
	bool base_valid, at_base, back;
	uint64_t made;
};
void cur_open(struct cur *c, struct txn *t, enum db db); /* errors stick in t; then never valid */
void cur_close(struct cur *c);
#define AUTO_CUR __attribute__((cleanup(cur_close)))
bool cur_first(struct cur *c);
bool cur_last(struct cur *c);
bool cur_ge(struct cur *c, struct view key); /* first key >= key */
bool cur_le(struct cur *c, struct view key); /* last key <= key */
bool cur_next(struct cur *c);
bool cur_prev(struct cur *c);
void cur_del(struct cur *c); /* deletes the current entry; the cursor then stands before the next: call cur_next-like cur_ge */
/* Many puts in key order: into an empty database, or behind all that it holds, they are appended, which
 * needs no search and leaves full pages; else they are puts like others. */
struct filler {
	struct cur cur;
	bool append, first;
};
void filler_open(struct filler *f, struct txn *t, enum db db);
void filler_put(struct filler *f, struct view key, struct view val);
/* Room for the value, to be filled before the next call on the transaction; NULL on error. */
void *filler_reserve(struct filler *f, struct view key, size_t n);
void filler_close(struct filler *f);
/* True while the key begins with prefix. */
static inline bool cur_in(const struct cur *c, struct view prefix)
{
	return c->valid && c->key.n >= prefix.n && memcmp(c->key.p, prefix.p, prefix.n) == 0;
}

/* Writes zeros over the pages of the file that are free and that nobody reads any more, so that what was deleted cannot be
 * read out of it. *out_left: how many are still held by a reader. Any thread; the writer waits for a part at a time. */
MUST_USE enum rc store_scrub(struct store *s, uint64_t *out_left);

/* Small named values in META. */
uint64_t meta_get_u64(struct txn *t, const char *name, uint64_t def);
void meta_put_u64(struct txn *t, const char *name, uint64_t v);
enum rc meta_get(struct txn *t, const char *name, struct view *out);
void meta_put(struct txn *t, const char *name, struct view v);

/* Frees reader slots of dead processes; call at start and every minute. Returns how many. */
int store_reader_check(struct store *s);
struct store_stat {
	uint64_t map_bytes, used_bytes, entries[DB__COUNT];
	uint64_t bytes[DB__COUNT]; /* of the pages that a database lies on; used_bytes has free ones too */
	unsigned readers;
};
MUST_USE enum rc store_stat(struct store *s, struct store_stat *out);
/* A consistent, compacted copy as one LMDB file written to fd (pipe, socket or file); pins a
 * snapshot while it runs: call from a thread of its own. */
MUST_USE enum rc store_copy_fd(struct store *s, int fd);
/* Offline: every page of every database is reachable and readable, entries in key order.
 * Never crashes on a damaged file: run it in a child process guarded against SIGBUS/SIGSEGV. */
MUST_USE enum rc store_verify_pages(struct store *s, struct err *e);
