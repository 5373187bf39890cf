/*
 * cursor.h - opaque page cursors: which list they belong to and the key of the last item shown. They
 * are sealed with a key that only the server holds, so that a changed one is refused, never obeyed.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"

#define CURSOR_KEY_MAX 256

/* Seals key for the list named by scope (any bytes). Text in the arena, NULL: out of memory. */
const char *cursor_seal(const uint8_t secret[32], struct view scope, struct view key,
			struct arena *a);
/* RC_BAD_CURSOR: not ours, changed, or of another list. *out_key lies in the arena. */
MUST_USE enum rc cursor_open(const uint8_t secret[32], struct view scope, struct view text,
			     struct arena *a, struct view *out_key, struct err *e);
