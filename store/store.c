/*
 * store.c - opening, closing and growing the environment, and the mapping of LMDB's codes.
 *
 * A damaged file could crash LMDB while it opens, so the file is checked page by page before it is
 * mapped (pages.c), unless it is just as the last clean close left it; after that LMDB meets only
 * structures that hold together.
 */
#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/log.h"
#include "base/pack.h"
#include "base/util.h"
#include "store/lock.h"
#include "store/secret.h"

#define MAP_DEFAULT ((uint64_t)64 << 30)
#define MAP_MAX_DEFAULT ((uint64_t)1 << 40)
#define MAP_MIN ((uint64_t)1 << 20)
#define READERS_DEFAULT 256
#define NEARLY_FULL_BYTES ((uint64_t)1 << 20)

enum rc rc_of_mdb(int code)
{
	switch (code) {
	case MDB_SUCCESS:
		return RC_OK;
	case MDB_NOTFOUND:
		return RC_NOT_FOUND;
	case MDB_MAP_FULL:
	case ENOSPC:
	case EDQUOT:
		return RC_STORE_FULL;
	case MDB_TXN_FULL:
		return RC_TOO_LARGE;
	case MDB_READERS_FULL:
	case MDB_MAP_RESIZED:
		return RC_BUSY;
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:
	case MDB_VERSION_MISMATCH:
	case MDB_CURSOR_FULL:
	case MDB_INCOMPATIBLE:
		return RC_DAMAGED;
	case ENOMEM:
		return RC_NOMEM;
	case MDB_PANIC:
		return RC_IO;
	default:
		/* the rest of LMDB's own codes and EINVAL are misuse; other errno values come from files */
		return code < 0 || code == EINVAL ? RC_INTERNAL : RC_IO;
	}
}

enum rc store_rc(struct store *s, int code)
{
	struct statvfs fs;

	/* LMDB says EIO for a short write, which is how tmpfs reports a full disk */
	if (code == EIO && statvfs(s->dir, &fs) == 0 &&
	    (uint64_t)fs.f_bavail * fs.f_frsize < NEARLY_FULL_BYTES)
		code = ENOSPC;
	if (rc_of_mdb(code) == RC_STORE_FULL)
		s->disk_full = code != MDB_MAP_FULL;
	return rc_of_mdb(code);
}

void gate_enter(struct gate *g)
{
	pthread_mutex_lock(&g->mutex);
	while (g->shut)
		pthread_cond_wait(&g->changed, &g->mutex);
	g->readers++;
	pthread_mutex_unlock(&g->mutex);
}

void gate_leave(struct gate *g)
{
	pthread_mutex_lock(&g->mutex);
	g->readers--;
	if (g->shut && g->readers == 0)
		pthread_cond_broadcast(&g->changed);
	pthread_mutex_unlock(&g->mutex);
}

void gate_hold(struct gate *g)
{
	pthread_mutex_lock(&g->mutex);
	while (g->shut)
		pthread_cond_wait(&g->changed, &g->mutex);
	g->copies++;
	pthread_mutex_unlock(&g->mutex);
}

void gate_release(struct gate *g)
{
	pthread_mutex_lock(&g->mutex);
	g->copies--;
	pthread_cond_broadcast(&g->changed);
	pthread_mutex_unlock(&g->mutex);
}

/* Waits until nobody reads; new readers wait until gate_open(). */
static void gate_shut(struct gate *g)
{
	pthread_mutex_lock(&g->mutex);
	while (g->copies > 0)
		pthread_cond_wait(&g->changed, &g->mutex);
	g->shut = true;
	while (g->readers > 0)
		pthread_cond_wait(&g->changed, &g->mutex);
	pthread_mutex_unlock(&g->mutex);
}

static void gate_open(struct gate *g)
{
	pthread_mutex_lock(&g->mutex);
	g->shut = false;
	pthread_cond_broadcast(&g->changed);
	pthread_mutex_unlock(&g->mutex);
}

enum rc store_grow(struct store *s)
{
	uint64_t want = s->map_bytes * 2;
	int code;

	if (want > s->map_max_bytes)
		want = s->map_max_bytes;
	if (s->disk_full || want <= s->map_bytes)
		return RC_STORE_FULL;
	gate_shut(&s->gate);
	code = mdb_env_set_mapsize(s->env, want);
	if (code == MDB_SUCCESS)
		s->map_bytes = want;
	gate_open(&s->gate);
	if (code == MDB_SUCCESS)
		log_info("store", "the map grew to %llu bytes", (unsigned long long)want);
	return rc_of_mdb(code);
}

/* ---- opening ---- */

static enum rc env_err(struct store *s, int code, const char *what, struct err *e)
{
	enum rc rc = store_rc(s, code);

	return err_set(e, rc, NULL, "%s: %s", what, mdb_strerror(code));
}

/* The databases of a store of this format; make: those that are not there. */
static enum rc open_databases(struct store *s, MDB_txn *mt, unsigned format, bool make, struct err *e)
{
	for (int i = 0; i < DB__COUNT; i++) {
		bool later = store_since[i] > format;
		int code = mdb_dbi_open(mt, store_schema[i].name, make ? MDB_CREATE : 0, &s->dbi[i]);

		if (code == MDB_NOTFOUND && later) {
			s->dbi[i] = DBI_ABSENT;
			continue;
		}
		if (code == MDB_NOTFOUND || code == MDB_INCOMPATIBLE)
			return err_set(e, RC_DAMAGED, NULL, "the database '%s' is missing",
				       store_schema[i].name);
		if (code != MDB_SUCCESS)
			return env_err(s, code, store_schema[i].name, e);
	}
	return RC_OK;
}

static enum rc format_put(struct store *s, MDB_txn *mt, struct err *e)
{
	MDB_val key = { sizeof("format") - 1, (void *)(uintptr_t) "format" }, val;
	uint8_t format[4];
	int code;

	be32_put(format, STORE_FORMAT);
	val = (MDB_val){ sizeof(format), format };
	code = mdb_put(mt, s->dbi[DB_META], &key, &val, 0);
	return code == MDB_SUCCESS ? RC_OK : env_err(s, code, "format", e);
}

static enum rc format_get(struct store *s, MDB_txn *mt, unsigned *out, struct err *e)
{
	MDB_val key = { sizeof("format") - 1, (void *)(uintptr_t) "format" }, val;
	int code = mdb_dbi_open(mt, store_schema[DB_META].name, 0, &s->dbi[DB_META]);

	if (code == MDB_NOTFOUND || code == MDB_INCOMPATIBLE)
		return err_set(e, RC_DAMAGED, NULL, "the database '%s' is missing",
			       store_schema[DB_META].name);
	if (code == MDB_SUCCESS)
		code = mdb_get(mt, s->dbi[DB_META], &key, &val);
	if (code != MDB_SUCCESS || val.mv_size != sizeof(uint32_t) || be32_get(val.mv_data) == 0)
		return err_set(e, RC_DAMAGED, NULL, "the format number is missing");
	*out = be32_get(val.mv_data);
	return *out > STORE_FORMAT ? err_set(e, RC_FORMAT_NEWER, NULL, "%u", *out) : RC_OK;
}

/* One transaction opens all databases. make: in a new store all, in an older one those that it lacks. */
static enum rc databases_in(struct store *s, bool is_new, bool make, unsigned *out_format, struct err *e)
{
	MDB_txn *mt;
	enum rc rc = RC_OK;
	int code = mdb_txn_begin(s->env, NULL, make ? 0 : MDB_RDONLY, &mt);

	if (code != MDB_SUCCESS)
		return env_err(s, code, "data.mdb", e);
	if (!is_new)
		rc = format_get(s, mt, out_format, e);
	if (rc == RC_OK)
		rc = open_databases(s, mt, *out_format, make, e);
	if (rc == RC_OK && make)
		rc = format_put(s, mt, e);
	if (rc != RC_OK) {
		mdb_txn_abort(mt);
		return rc;
	}
	code = mdb_txn_commit(mt); /* a read transaction too: handles last only after a commit */
	return code == MDB_SUCCESS ? RC_OK : env_err(s, code, "data.mdb", e);
}

/* A store of an older format gets what it lacks; one that is only read stays as it is. */
static enum rc start_databases(struct store *s, bool is_new, struct err *e)
{
	unsigned format = STORE_FORMAT;
	enum rc rc = databases_in(s, is_new, is_new, &format, e);

	if (rc != RC_OK || format == STORE_FORMAT || s->read_only)
		return rc;
	rc = databases_in(s, false, true, &format, e);
	if (rc == RC_OK)
		log_info("store", "the store was brought from format %u to %u", format, STORE_FORMAT);
	return rc;
}

static unsigned env_flags(const struct store *s)
{
	char path[PATH_MAX];

	if (!s->read_only)
		return MDB_NOTLS;
	/* A reader registers in lock.mdb; where that cannot be written (a copy, a read-only file
	 * system) nobody else writes data.mdb either. */
	snprintf(path, sizeof(path), "%s/lock.mdb", s->dir);
	return MDB_NOTLS | MDB_RDONLY | (access(path, W_OK) == 0 ? 0u : MDB_NOLOCK);
}

static enum rc open_env(struct store *s, const struct store_options *o, bool is_new, struct err *e)
{
	int code = mdb_env_create(&s->env);

	if (code != MDB_SUCCESS)
		return err_set(e, rc_of_mdb(code), NULL, "%s", mdb_strerror(code));
	if (mdb_env_set_maxdbs(s->env, DB__COUNT) != MDB_SUCCESS ||
	    mdb_env_set_maxreaders(s->env, o->max_readers ? o->max_readers : READERS_DEFAULT) !=
		    MDB_SUCCESS ||
	    mdb_env_set_mapsize(s->env, s->map_bytes) != MDB_SUCCESS)
		return err_set(e, RC_INTERNAL, NULL, "the store's settings were refused");
	code = mdb_env_open(s->env, s->dir, env_flags(s), 0600);
	if (code != MDB_SUCCESS)
		return env_err(s, code, "data.mdb", e);
	return start_databases(s, is_new, e);
}

/* The directory and the file: what is there, may it be used. */
static enum rc look(const char *dir, const struct store_options *o, bool clean, bool *out_new,
		    struct err *e)
{
	char path[PATH_MAX];
	struct stat st;
	enum rc rc = RC_OK;

	if (stat(dir, &st) < 0)
		return err_set(e, RC_IO, NULL, "%s: %s", dir, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return err_set(e, RC_IO, NULL, "%s: %s", dir, strerror(ENOTDIR));
	if (snprintf(path, sizeof(path), "%s/data.mdb", dir) >= (int)sizeof(path))
		return err_set(e, RC_IO, NULL, "the path is too long");
	*out_new = false;
	if (stat(path, &st) < 0) {
		if (errno != ENOENT)
			return err_set(e, RC_IO, NULL, "%s: %s", path, strerror(errno));
		*out_new = true;
	} else if (st.st_size == 0) {
		*out_new = true; /* the process that made it died before it wrote */
	} else {
		/* A file that was closed well need not be read through, nor one under a daemon that runs:
		 * that one has checked it, and changes it now. */
		rc = pages_check_file(path, o->read_only ? !dir_is_locked(dir) : !clean, out_new, e);
	}
	if (rc == RC_OK && *out_new && (o->read_only || !o->create))
		return err_set(e, RC_IO, NULL, "there is no store in %s", dir);
	return rc;
}

/* The names of new files must outlast a power cut as their contents do. */
static enum rc sync_dir(const char *dir, struct err *e)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	int code = errno;

	if (fd >= 0)
		close(fd);
	return ok ? RC_OK : err_set(e, RC_IO, NULL, "%s: %s", dir, strerror(code));
}

static struct store *store_alloc(const char *dir, const struct store_options *o)
{
	size_t n = strlen(dir) + 1;
	struct store *s = calloc(1, sizeof(*s) + n);

	if (!s)
		return NULL;
	memcpy(s->dir, dir, n);
	s->lock_fd = -1;
	s->read_only = o->read_only;
	s->map_bytes = MAX(o->map_bytes ? o->map_bytes : MAP_DEFAULT, MAP_MIN);
	s->map_max_bytes = MAX(o->map_max_bytes ? o->map_max_bytes : MAP_MAX_DEFAULT, s->map_bytes);
	pthread_mutex_init(&s->gate.mutex, NULL);
	pthread_cond_init(&s->gate.changed, NULL);
	return s;
}

static void close_p(struct store **s) { store_close(*s); }

enum rc store_open(const char *dir, const struct store_options *o, struct store **out,
		   bool *out_new, struct err *e)
{
	AUTO(close_p) struct store *s = store_alloc(dir, o);
	MDB_envinfo info;
	bool is_new, clean = false;
	enum rc rc = RC_OK;

	if (!s)
		return err_set(e, RC_NOMEM, NULL, NULL);
	if (o->create && !o->read_only && mkdir(dir, 0700) < 0 && errno != EEXIST)
		return err_set(e, RC_IO, NULL, "%s: %s", dir, strerror(errno));
	if (!o->read_only)
		rc = dir_lock(dir, &s->lock_fd, e);
	if (rc == RC_OK && !o->read_only)
		clean = dir_take_clean(dir, s->lock_fd);
	if (rc == RC_OK)
		rc = look(dir, o, clean, &is_new, e);
	if (rc == RC_OK)
		rc = open_env(s, o, is_new, e);
	if (rc == RC_OK && is_new)
		rc = sync_dir(dir, e);
	if (rc != RC_OK)
		return rc;
	if (mdb_env_info(s->env, &info) == MDB_SUCCESS)
		s->map_bytes = info.me_mapsize; /* LMDB raises it to the file's size */
	if (s->map_max_bytes < s->map_bytes)
		s->map_max_bytes = s->map_bytes;
	s->sound = true;
	(void)store_reader_check(s);
	if (!s->read_only && (rc = secret_find(s, o->new_secret, e)) != RC_OK)
		return rc;
	if (out_new)
		*out_new = is_new;
	*out = STEAL(s);
	return RC_OK;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	if (s->env)
		mdb_env_close(s->env);
	if (s->lock_fd >= 0) {
		if (s->sound)
			dir_note_clean(s->dir, s->lock_fd);
		close(s->lock_fd);
	}
	sodium_memzero(s->secret, sizeof(s->secret));
	pthread_cond_destroy(&s->gate.changed);
	pthread_mutex_destroy(&s->gate.mutex);
	free(s);
}

const char *store_dir(const struct store *s) { return s->dir; }

int store_reader_check(struct store *s)
{
	int dead = 0;

	if (mdb_reader_check(s->env, &dead) != MDB_SUCCESS)
		return 0;
	return dead;
}

enum rc store_stat(struct store *s, struct store_stat *out)
{
	struct store_stat st = { 0 };
	MDB_envinfo info;
	MDB_stat page;
	struct txn *t;
	enum rc rc = txn_begin_read(s, &t);

	if (rc != RC_OK)
		return rc;
	for (int i = 0; i < DB__COUNT; i++) {
		st.entries[i] = txn_count(t, (enum db)i);
		st.bytes[i] = txn_bytes(t, (enum db)i);
	}
	rc = txn_rc(t);
	if (mdb_env_info(s->env, &info) == MDB_SUCCESS && mdb_env_stat(s->env, &page) == MDB_SUCCESS) {
		st.map_bytes = info.me_mapsize;
		st.used_bytes = ((uint64_t)info.me_last_pgno + 1) * page.ms_psize;
		st.readers = info.me_numreaders;
	}
	txn_abort(t);
	if (rc == RC_OK)
		*out = st;
	return rc;
}
