/*
 * admin_token.c - the administrator's token. Its text lies in DIR/admin.token alone (mode 0600): who may read the
 * store's directory is its administrator anyway. The store keeps its hash in META, so that the file may be taken
 * away; writing another token there replaces it at the next start. It is this machine's own, so it is not in the log.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/api.h"
#include "api/auth.h"
#include "base/log.h"
#include "base/tokentext.h"

#define TOKEN_FILE "admin.token"
#define TOKEN_FILE_MAX 128
#define TOKEN_FILE_MIN 16

static void close_to_others(int fd, const char *path)
{
	if (fchmod(fd, 0600) == 0)
		log_warn("auth", "others could read %s; it is mode 0600 now", path);
	else
		log_warn("auth", "others can read %s: %s", path, strerror(errno));
}

/* RC_NOT_FOUND where there is no file. One that others may read is closed to them, and that is told: whoever put it
 * there has to judge whether it is still a secret. */
static enum rc read_file(const char *path, char out[TOKEN_FILE_MAX], struct view *v, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? RC_NOT_FOUND
				       : err_set(e, RC_IO, NULL, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) == 0 && (st.st_mode & 077) != 0)
		close_to_others(fd, path);
	n = read(fd, out, TOKEN_FILE_MAX);
	close(fd);
	while (n > 0 && (out[n - 1] == '\n' || out[n - 1] == '\r' || out[n - 1] == ' '))
		n--;
	if (n < TOKEN_FILE_MIN || n == TOKEN_FILE_MAX)
		return err_set(e, RC_IO, NULL, "%s: holds no token", path);
	*v = view_of(out, (size_t)n);
	return RC_OK;
}

static enum rc write_file(const char *path, const char *token, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0 && fchmod(fd, 0600) == 0 && dprintf(fd, "%s\n", token) > 0 &&
		  fsync(fd) == 0;
	int error = errno;

	if (fd >= 0 && close(fd) != 0 && ok) {
		error = errno;
		ok = false;
	}
	return ok ? RC_OK : err_set(e, RC_IO, NULL, "%s: %s", path, strerror(error));
}

static void make_token(char out[TOKEN_FILE_MAX])
{
	uint8_t bytes[TOKEN_BYTES];

	randombytes_buf(bytes, sizeof(bytes));
	token_text_make(bytes, out);
	sodium_memzero(bytes, sizeof(bytes));
}

/* The hash under which a store of before tokens had numbers kept the administrator; it goes to META. */
static void move_older(struct txn *t)
{
	uint8_t hash[TOKEN_HASH_BYTES];
	bool found = false;
	struct cur c;

	cur_open(&c, t, DB_TOKEN);
	for (bool ok = cur_first(&c); ok && !found; ok = !found && cur_next(&c)) {
		found = c.key.n == TOKEN_HASH_BYTES;
		if (found) {
			memcpy(hash, c.key.p, sizeof(hash));
			cur_del(&c);
		}
	}
	cur_close(&c);
	if (found)
		meta_put(t, "admin_token", view_of(hash, sizeof(hash)));
}

static enum rc keep_hash(struct store *s, const struct view *token, bool *out_known)
{
	uint8_t hash[TOKEN_HASH_BYTES];
	struct view old;
	struct txn *t;
	enum rc rc = txn_begin_write(s, &t);

	if (rc)
		return rc;
	move_older(t);
	*out_known = meta_get(t, "admin_token", &old) == RC_OK;
	if (token) {
		auth_hash(*token, hash);
		if (!*out_known || !view_eq(old, view_of(hash, sizeof(hash))))
			meta_put(t, "admin_token", view_of(hash, sizeof(hash)));
		*out_known = true;
	}
	return txn_commit(t);
}

enum rc api_admin_token(struct store *s, struct err *e)
{
	char path[4096], text[TOKEN_FILE_MAX];
	struct view token;
	bool known = false;
	enum rc rc;

	if (snprintf(path, sizeof(path), "%s/%s", store_dir(s), TOKEN_FILE) >= (int)sizeof(path))
		return err_set(e, RC_USAGE, NULL, "%s", "the data directory's name is too long");
	rc = read_file(path, text, &token, e);
	if (rc && rc != RC_NOT_FOUND)
		return rc;
	enum rc kept = keep_hash(s, rc ? NULL : &token, &known);
	if (!kept && rc == RC_NOT_FOUND && !known) { /* known: its text is kept elsewhere */
		make_token(text);
		token = view_str(text);
		rc = write_file(path, text, e);
		if (rc)
			return rc;
		log_info("auth", "made %s", path);
		kept = keep_hash(s, &token, &known);
	}
	sodium_memzero(text, sizeof(text));
	return kept ? err_set(e, kept, NULL, "%s", "keeping the admin token") : RC_OK;
}
