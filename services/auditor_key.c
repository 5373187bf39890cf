/*
 * auditor_key.c - the key that signs heads: 64 hexadecimal digits (the seed) in DIR/audit.key, mode 0600, or in systemd's
 * credential audit.key. It is in no store and no backup: who can write the store alone cannot sign for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "services/auditor.h"

#define NAME "audit.key"
#define SEED crypto_sign_SEEDBYTES
#define DIGITS (2 * SEED)

static enum rc read_seed(const char *path, bool credential, uint8_t seed[SEED], struct err *e)
{
	char text[DIGITS + 8];
	struct stat st;
	size_t got = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | (credential ? 0 : O_NOFOLLOW));

	if (fd < 0)
		return errno == ENOENT ? RC_NOT_FOUND : err_set(e, RC_IO, NULL, "%s: %s", path, strerror(errno));
	ssize_t n = fstat(fd, &st) == 0 ? read(fd, text, sizeof(text)) : -1;
	close(fd);
	if (n >= 0 && !credential && (st.st_mode & 077))
		return err_set(e, RC_IO, NULL, "%s: others may read it; it needs mode 0600", path);
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r' || text[n - 1] == ' '))
		n--;
	bool ok = n == DIGITS && sodium_hex2bin(seed, SEED, text, DIGITS, NULL, &got, NULL) == 0 && got == SEED;
	sodium_memzero(text, sizeof(text));
	return ok ? RC_OK : err_set(e, RC_IO, NULL, "%s: holds no key (64 hexadecimal digits)", path);
}

static enum rc write_seed(const char *dir, const char *path, const uint8_t seed[SEED], struct err *e)
{
	char text[DIGITS + 2];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	sodium_bin2hex(text, sizeof(text), seed, SEED);
	text[DIGITS] = '\n';
	bool ok = fd >= 0 && fchmod(fd, 0600) == 0 && write(fd, text, DIGITS + 1) == DIGITS + 1 && fsync(fd) == 0;
	int code = errno;
	sodium_memzero(text, sizeof(text));
	if (fd >= 0)
		close(fd);
	int d = ok ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (d >= 0) {
		(void)!fsync(d);
		close(d);
	}
	return ok ? RC_OK : err_set(e, RC_IO, NULL, "%s: %s", path, strerror(code));
}

enum rc auditor_key_load(const char *dir, uint8_t secret[64], struct err *e)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	uint8_t seed[SEED], public[AUDIT_KEY];
	char path[PATH_MAX];
	enum rc rc = RC_NOT_FOUND;

	if (sodium_init() < 0)
		return RC_INTERNAL;
	if (credentials && snprintf(path, sizeof(path), "%s/" NAME, credentials) < (int)sizeof(path))
		rc = read_seed(path, true, seed, e);
	if (rc == RC_NOT_FOUND && snprintf(path, sizeof(path), "%s/" NAME, dir) >= (int)sizeof(path))
		return err_set(e, RC_USAGE, NULL, "%s", "the data directory's name is too long");
	if (rc == RC_NOT_FOUND)
		rc = read_seed(path, false, seed, e);
	if (rc == RC_NOT_FOUND) {
		randombytes_buf(seed, sizeof(seed));
		rc = write_seed(dir, path, seed, e);
		if (rc == RC_OK)
			log_info("audit", "made %s", path);
	}
	if (rc == RC_OK)
		crypto_sign_seed_keypair(public, secret, seed);
	sodium_memzero(seed, sizeof(seed));
	return rc;
}
