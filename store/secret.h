/*
 * secret.h - the store's secret: 32 bytes that key pseudonyms, cursors and references to contacts. It lies beside
 * the store, in DIR/secret.key (mode 0600) or in the systemd credential `secret.key`, and not in it, so that a
 * backup or a stolen data.mdb carries none. META `secret_id` tells whether a secret is this store's; nothing
 * can be made with it.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "store/store.h"

/*
 * While a store is opened: finds its secret. A store that carries the secret itself (before format 2) hands it over:
 * file, directory, then META, in this order on disk. renew: where there is none, or another store's, make or take
 * a new one; a restored copy asks for the same by an empty file DIR/secret.new, once. RC_NO_SECRET, RC_OTHER_SECRET (with the file's name), RC_IO.
 */
MUST_USE enum rc secret_find(struct store *s, bool renew, struct err *e);

/* ---- the file, as hexadecimal digits or as raw bytes ---- */

/* RC_NOT_FOUND where there is none. alone: refuse a file that is a link, or that others may read. */
MUST_USE enum rc secret_read(const char *path, bool alone, uint8_t out[STORE_SECRET_BYTES], struct err *e);
/* Never over another file; on disk, with its name, when RC_OK. */
MUST_USE enum rc secret_write(const char *dir, const char *name, const uint8_t secret[STORE_SECRET_BYTES],
			      struct err *e);
