/*
 * auth.c - see auth.h. DB_TOKEN: hash => u8 role, name. The admin token's text lies in DIR/admin.token
 * alone (mode 0600): who may read the store's directory is its admin anyway. Writing another token
 * there replaces the admin's at the next start.
 */
#include "api/auth.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/api.h"
#include "base/log.h"

#define TOKEN_FILE "admin.token"
#define TOKEN_TEXT_MAX 128

static void hash_of(struct view token, uint8_t out[TOKEN_HASH_BYTES])
{
	static const uint8_t label[] = "tierwatch token";
	crypto_generichash_state h;

	crypto_generichash_init(&h, NULL, 0, TOKEN_HASH_BYTES);
	crypto_generichash_update(&h, label, sizeof(label));
	crypto_generichash_update(&h, token.p, token.n);
	crypto_generichash_final(&h, out, TOKEN_HASH_BYTES);
}

enum rc auth_load(struct auth *a, struct txn *t, struct err *e)
{
	AUTO_CUR struct cur c;

	a->generation++;
	a->n = 0;
	cur_open(&c, t, DB_TOKEN);
	for (bool ok = cur_first(&c); ok && a->n < TOKENS_MAX; ok = cur_next(&c)) {
		struct token *k = &a->tokens[a->n];
		const char *v = c.val.p;
		if (c.key.n != TOKEN_HASH_BYTES || c.val.n < 1)
			return err_set(e, RC_DAMAGED, NULL, "%s", "a token record");
		memcpy(k->hash, c.key.p, TOKEN_HASH_BYTES);
		k->who = (struct identity){ .role = (enum role)v[0] };
		snprintf(k->who.name, sizeof(k->who.name), "%.*s", (int)c.val.n - 1, v + 1);
		a->n++;
	}
	return txn_rc(t);
}

static bool find(const struct auth *a, struct view v, struct identity *out)
{
	static const char scheme[] = "bearer ";
	const char *p = v.p;
	uint8_t hash[TOKEN_HASH_BYTES];
	bool found = false;

	for (size_t i = 0; i < sizeof(scheme) - 1; i++)
		if (v.n <= i || (i < 6 ? p[i] | 32 : p[i]) != scheme[i])
			return false;
	p += sizeof(scheme) - 1;
	v.n -= sizeof(scheme) - 1;
	while (v.n && *p == ' ')
		p++, v.n--;
	if (v.n == 0 || v.n > TOKEN_TEXT_MAX)
		return false;
	hash_of(view_of(p, v.n), hash);
	for (size_t i = 0; i < a->n; i++) { /* all of them, so that the time tells nothing */
		bool same = sodium_memcmp(hash, a->tokens[i].hash, sizeof(hash)) == 0;
		if (same)
			*out = a->tokens[i].who;
		found = found || same;
	}
	return found;
}

bool auth_find(const struct auth *a, struct auth_memo *m, struct view v, struct identity *out)
{
	if (v.n && m->n == v.n && m->generation == a->generation &&
	    sodium_memcmp(m->text, v.p, v.n) == 0) {
		*out = m->who;
		return true;
	}
	if (!find(a, v, out))
		return false;
	m->n = v.n <= sizeof(m->text) ? v.n : 0;
	memcpy(m->text, v.p, m->n);
	m->generation = a->generation;
	m->who = *out;
	return true;
}

void auth_memo_done(struct auth_memo *m) { sodium_memzero(m, sizeof(*m)); }

/* ---- the admin token of a store ---- */

/* Reads DIR/admin.token; RC_NOT_FOUND where there is none. */
static enum rc read_file(const char *path, char out[TOKEN_TEXT_MAX], struct view *v, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? RC_NOT_FOUND
				       : err_set(e, RC_IO, NULL, "%s: %s", path, strerror(errno));
	n = read(fd, out, TOKEN_TEXT_MAX);
	close(fd);
	while (n > 0 && (out[n - 1] == '\n' || out[n - 1] == '\r' || out[n - 1] == ' '))
		n--;
	if (n < 16 || n == TOKEN_TEXT_MAX)
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

static void make_token(char out[TOKEN_TEXT_MAX])
{
	uint8_t bytes[32];

	randombytes_buf(bytes, sizeof(bytes));
	memcpy(out, "tw_", 3);
	sodium_bin2base64(out + 3, TOKEN_TEXT_MAX - 3, bytes, sizeof(bytes),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(bytes, sizeof(bytes));
}

/* Makes hash the one admin token of the store. */
static enum rc keep_hash(struct store *s, const uint8_t hash[TOKEN_HASH_BYTES])
{
	static const char value[] = { ROLE_ADMIN, 'a', 'd', 'm', 'i', 'n' };
	struct txn *t;
	struct view old;
	enum rc rc = txn_begin_write(s, &t);

	if (rc)
		return rc;
	if (txn_get(t, DB_TOKEN, view_of(hash, TOKEN_HASH_BYTES), &old) == RC_OK) {
		txn_abort(t);
		return RC_OK;
	}
	struct cur c;
	cur_open(&c, t, DB_TOKEN);
	for (bool ok = cur_first(&c); ok; ok = cur_first(&c))
		cur_del(&c);
	cur_close(&c);
	txn_put(t, DB_TOKEN, view_of(hash, TOKEN_HASH_BYTES), view_of(value, sizeof(value)));
	return txn_commit(t);
}

static bool has_token(struct store *s)
{
	struct txn *t;
	bool has = false;

	if (txn_begin_read(s, &t) == RC_OK) {
		has = txn_count(t, DB_TOKEN) > 0;
		txn_abort(t);
	}
	return has;
}

enum rc api_admin_token(struct store *s, struct err *e)
{
	char path[4096], text[TOKEN_TEXT_MAX];
	uint8_t hash[TOKEN_HASH_BYTES];
	struct view token;
	enum rc rc;

	if (snprintf(path, sizeof(path), "%s/%s", store_dir(s), TOKEN_FILE) >= (int)sizeof(path))
		return err_set(e, RC_USAGE, NULL, "%s", "the data directory's name is too long");
	rc = read_file(path, text, &token, e);
	if (rc == RC_NOT_FOUND && has_token(s))
		return RC_OK; /* kept elsewhere; its hash is in the store */
	if (rc == RC_NOT_FOUND) {
		make_token(text);
		token = view_str(text);
		rc = write_file(path, text, e);
		if (!rc)
			log_info("auth", "made %s", path);
	}
	if (rc)
		return rc;
	hash_of(token, hash);
	rc = keep_hash(s, hash);
	sodium_memzero(text, sizeof(text));
	return rc ? err_set(e, rc, NULL, "%s", "keeping the admin token") : RC_OK;
}
