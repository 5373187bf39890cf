/* secret.c - see secret.h. */
#include "store/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"
#include "store/internal.h"

#define FILE_NAME "secret.key"
#define ID_BYTES 8
#define TEXT_MAX 80

static void wipe(void *p) { sodium_memzero(p, STORE_SECRET_BYTES); }
static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* ---- the file ---- */

static enum rc io(const char *path, struct err *e) { return err_set(e, RC_IO, NULL, "%s: %s", path, strerror(errno)); }

static bool parse(const char *text, size_t n, uint8_t out[STORE_SECRET_BYTES])
{
	size_t got;

	if (n == STORE_SECRET_BYTES) {
		memcpy(out, text, n);
		return true;
	}
	while (n && (text[n - 1] == '\n' || text[n - 1] == '\r' || text[n - 1] == ' '))
		n--;
	return n == 2 * STORE_SECRET_BYTES &&
	       sodium_hex2bin(out, STORE_SECRET_BYTES, text, n, NULL, &got, NULL) == 0 &&
	       got == STORE_SECRET_BYTES;
}

enum rc secret_read(const char *path, bool alone, uint8_t out[STORE_SECRET_BYTES], struct err *e)
{
	AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | (alone ? O_NOFOLLOW : 0));
	char text[TEXT_MAX];
	struct stat st;
	bool fits;

	if (fd < 0)
		return errno == ENOENT ? RC_NOT_FOUND : io(path, e);
	if (fstat(fd, &st) != 0)
		return io(path, e);
	if (!S_ISREG(st.st_mode) || (alone && (st.st_mode & 077)))
		return err_set(e, RC_IO, NULL, "%s: must be a file that nobody else may read (mode 0600)", path);
	ssize_t n = read(fd, text, sizeof(text));
	fits = n > 0 && parse(text, (size_t)n, out);
	sodium_memzero(text, sizeof(text));
	return fits ? RC_OK : err_set(e, RC_IO, NULL, "%s: must hold 64 hexadecimal digits", path);
}

static bool sync_dir(const char *dir)
{
	AUTO(close_fd) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && fsync(fd) == 0;
}

enum rc secret_write(const char *dir, const char *name, const uint8_t secret[STORE_SECRET_BYTES], struct err *e)
{
	char path[PATH_MAX], text[2 * STORE_SECRET_BYTES + 1];

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return err_set(e, RC_IO, NULL, "%s", "the path is too long");
	AUTO(close_fd) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return io(path, e);
	sodium_bin2hex(text, sizeof(text), secret, STORE_SECRET_BYTES);
	bool ok = fchmod(fd, 0600) == 0 && dprintf(fd, "%s\n", text) == (int)sizeof(text) && fsync(fd) == 0 &&
		  sync_dir(dir);
	enum rc rc = ok ? RC_OK : io(path, e);
	sodium_memzero(text, sizeof(text));
	if (!ok)
		unlink(path); /* half a secret is none */
	return rc;
}

/* ---- whose it is ---- */

static void id_of(const uint8_t secret[STORE_SECRET_BYTES], uint8_t out[ID_BYTES])
{
	static const uint8_t label[] = "tierwatch secret id";
	uint8_t hash[32];

	crypto_generichash(hash, sizeof(hash), label, sizeof(label), secret, STORE_SECRET_BYTES);
	memcpy(out, hash, ID_BYTES);
}

/* What META says. */
struct said {
	bool carries, has_id;
	uint8_t secret[STORE_SECRET_BYTES], id[ID_BYTES];
};

static void said_done(struct said *m) { wipe(m->secret); }

static enum rc ask_meta(struct store *s, struct said *out)
{
	struct txn *t;
	struct view v;
	enum rc rc = txn_begin_read(s, &t);

	if (rc)
		return rc;
	if (meta_get(t, "secret", &v) == RC_OK) {
		out->carries = true;
		if (v.n == STORE_SECRET_BYTES)
			memcpy(out->secret, v.p, v.n);
		else
			rc = RC_DAMAGED;
	}
	if (!rc && meta_get(t, "secret_id", &v) == RC_OK) {
		out->has_id = true;
		if (v.n == ID_BYTES)
			memcpy(out->id, v.p, v.n);
		else
			rc = RC_DAMAGED;
	}
	rc = rc ? rc : txn_rc(t);
	txn_abort(t);
	return rc;
}

/* META names this secret, and carries none. The old value is written over first: what is deleted only may stay
 * behind in its page. */
static enum rc settle_once(struct store *s, const uint8_t secret[STORE_SECRET_BYTES])
{
	static const uint8_t zeros[STORE_SECRET_BYTES];
	uint8_t id[ID_BYTES];
	struct txn *t;
	struct view v;
	enum rc rc = txn_begin_write(s, &t);

	if (rc)
		return rc;
	if (meta_get(t, "secret", &v) == RC_OK) {
		meta_put(t, "secret", view_of(zeros, sizeof(zeros)));
		(void)txn_del(t, DB_META, VIEW_LIT("secret"));
	}
	id_of(secret, id);
	meta_put(t, "secret_id", view_of(id, sizeof(id)));
	return txn_commit(t);
}

static enum rc settle(struct store *s, const uint8_t secret[STORE_SECRET_BYTES], struct err *e)
{
	enum rc rc;

	do
		rc = settle_once(s, secret);
	while (rc == RC_STORE_FULL && store_grow(s) == RC_OK);
	return rc ? err_set(e, rc, NULL, "%s", "noting the secret in META") : RC_OK;
}

/*
 * LMDB never writes over a page in place, so the pages that the secret lay on before are still in the file, free.
 * Nothing that is in use holds these bytes any more: whatever does is made zeros.
 */
static enum rc erase_traces(struct store *s, const uint8_t secret[STORE_SECRET_BYTES])
{
	static const uint8_t zeros[STORE_SECRET_BYTES];
	const size_t step = (size_t)1 << 20;
	char path[PATH_MAX];
	AUTO_FREE uint8_t *p = malloc(step + STORE_SECRET_BYTES);
	ssize_t n;

	snprintf(path, sizeof(path), "%s/data.mdb", s->dir);
	AUTO(close_fd) int fd = open(path, O_RDWR | O_CLOEXEC);
	if (!p || fd < 0)
		return p ? RC_IO : RC_NOMEM;
	for (off_t at = 0; (n = pread(fd, p, step + STORE_SECRET_BYTES, at)) > 0; at += (off_t)step) {
		for (uint8_t *q = p; (q = memmem(q, (size_t)(p + n - q), secret, STORE_SECRET_BYTES)); q++)
			if (pwrite(fd, zeros, sizeof(zeros), at + (q - p)) != (ssize_t)sizeof(zeros))
				return RC_IO;
	}
	sodium_memzero(p, step + STORE_SECRET_BYTES);
	return n == 0 && fsync(fd) == 0 ? RC_OK : RC_IO;
}

/* ---- finding it ---- */

/* The credential that systemd hands over, or DIR/secret.key; path: the one that was looked at last. */
static enum rc read_outside(const struct store *s, char path[PATH_MAX], uint8_t out[STORE_SECRET_BYTES], struct err *e)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");

	if (credentials && snprintf(path, PATH_MAX, "%s/" FILE_NAME, credentials) < PATH_MAX) {
		enum rc rc = secret_read(path, false, out, e);
		if (rc != RC_NOT_FOUND)
			return rc;
	}
	if (snprintf(path, PATH_MAX, "%s/" FILE_NAME, s->dir) >= PATH_MAX)
		return err_set(e, RC_IO, NULL, "%s", "the path is too long");
	return secret_read(path, true, out, e);
}

static enum rc take(struct store *s, const uint8_t secret[STORE_SECRET_BYTES])
{
	memcpy(s->secret, secret, STORE_SECRET_BYTES);
	s->has_secret = true;
	return RC_OK;
}

enum rc store_secret_make(struct store *s, struct err *e)
{
	uint8_t secret[STORE_SECRET_BYTES];
	enum rc rc = RC_OK;

	if (!s->has_secret) {
		randombytes_buf(secret, sizeof(secret));
		rc = secret_write(s->dir, FILE_NAME, secret, e);
		if (!rc)
			rc = take(s, secret);
		wipe(secret);
	}
	return rc;
}

/* A store from before format 2. */
static enum rc move_out(struct store *s, const struct said *m, bool has_file, const uint8_t file[STORE_SECRET_BYTES],
			bool renew, const char *path, struct err *e)
{
	const uint8_t *secret = m->secret;
	enum rc rc = RC_OK;

	if (has_file && sodium_memcmp(file, m->secret, STORE_SECRET_BYTES) != 0) {
		if (!renew)
			return err_set(e, RC_OTHER_SECRET, NULL, "%s", path);
		secret = file;
	} else if (!has_file) {
		rc = secret_write(s->dir, FILE_NAME, m->secret, e);
	}
	if (!rc)
		rc = settle(s, secret, e);
	if (!rc && (rc = erase_traces(s, m->secret)))
		err_set(e, rc, NULL, "%s", "data.mdb: removing what is left of the secret");
	if (rc)
		return rc;
	log_info("store", "the secret was moved out of the store; earlier backups still carry it path=%s", path);
	return take(s, secret);
}

static enum rc renewed(struct store *s, bool has_file, const uint8_t file[STORE_SECRET_BYTES], struct err *e)
{
	enum rc rc = has_file ? take(s, file) : store_secret_make(s, e);

	if (!rc)
		rc = settle(s, s->secret, e);
	if (!rc)
		log_warn("store", "%s", "the store has a new secret: opaque ids and cursors have changed");
	return rc;
}

static enum rc find(struct store *s, bool renew, struct err *e)
{
	AUTO(said_done) struct said m = { 0 };
	AUTO(wipe) uint8_t file[STORE_SECRET_BYTES] = { 0 };
	uint8_t id[ID_BYTES];
	char path[PATH_MAX] = "";
	enum rc rc;

	if (sodium_init() < 0)
		return err_set(e, RC_INTERNAL, NULL, "%s", "libsodium");
	rc = ask_meta(s, &m);
	if (rc)
		return err_set(e, rc, NULL, "%s", "the secret in META");
	rc = read_outside(s, path, file, e);
	bool has_file = rc == RC_OK;
	if (rc && rc != RC_NOT_FOUND)
		return rc;
	if (m.carries)
		return move_out(s, &m, has_file, file, renew, path, e);
	if (!m.has_id) /* new: graph_init() makes it where there is none */
		return has_file ? take(s, file) : RC_OK;
	id_of(file, id);
	if (has_file && memcmp(id, m.id, ID_BYTES) == 0)
		return take(s, file);
	if (renew)
		return renewed(s, has_file, file, e);
	return err_set(e, has_file ? RC_OTHER_SECRET : RC_NO_SECRET, NULL, "%s", path);
}

enum rc secret_find(struct store *s, bool renew, struct err *e)
{
	char path[PATH_MAX];
	bool restored = snprintf(path, sizeof(path), "%s/" STORE_SECRET_NEW, s->dir) < PATH_MAX &&
			access(path, F_OK) == 0;
	enum rc rc = find(s, renew || restored, e);

	if (!rc && restored && unlink(path) != 0)
		return io(path, e);
	return rc;
}

bool store_secret(const struct store *s, uint8_t out[STORE_SECRET_BYTES])
{
	if (s->has_secret)
		memcpy(out, s->secret, STORE_SECRET_BYTES);
	return s->has_secret;
}

void store_secret_note(struct txn *w)
{
	uint8_t id[ID_BYTES];

	id_of(w->store->secret, id);
	meta_put(w, "secret_id", view_of(id, sizeof(id)));
}
