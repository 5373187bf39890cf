/*
 * auditor_key.c - the key that signs heads: its seed in DIR/audit.key, mode 0600, or in systemd's credential audit.key.
 * It is in no store and no backup: who can write the store alone cannot sign for it.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "services/auditor.h"
#include "store/secret.h"

#define NAME "audit.key"

_Static_assert(STORE_SECRET_BYTES == crypto_sign_SEEDBYTES, "one form of file for both");

static enum rc seed_make(const char *dir, const char *path, uint8_t seed[STORE_SECRET_BYTES], struct err *e)
{
	randombytes_buf(seed, STORE_SECRET_BYTES);
	enum rc rc = secret_write(dir, NAME, seed, e);
	if (rc == RC_OK)
		log_info("audit", "made %s", path);
	return rc;
}

enum rc auditor_key_load(const char *dir, uint8_t secret[64], struct err *e)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	uint8_t seed[STORE_SECRET_BYTES], public[AUDIT_KEY];
	char path[PATH_MAX];
	enum rc rc = RC_NOT_FOUND;

	if (sodium_init() < 0)
		return RC_INTERNAL;
	if (credentials && snprintf(path, sizeof(path), "%s/" NAME, credentials) < (int)sizeof(path))
		rc = secret_read(path, false, seed, e);
	if (rc == RC_NOT_FOUND && snprintf(path, sizeof(path), "%s/" NAME, dir) >= (int)sizeof(path))
		return err_set(e, RC_USAGE, NULL, "%s", "the data directory's name is too long");
	if (rc == RC_NOT_FOUND)
		rc = secret_read(path, true, seed, e);
	if (rc == RC_NOT_FOUND)
		rc = seed_make(dir, path, seed, e);
	if (rc == RC_OK)
		crypto_sign_seed_keypair(public, secret, seed);
	sodium_memzero(seed, sizeof(seed));
	return rc;
}
