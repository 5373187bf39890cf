/*
 * source.h - the bytes of a file as UTF-8 text, whatever they were: UTF-8 with or without a BOM,
 * else CP932. All bytes are checked before the first is given out, so that nothing of a file goes
 * in whose encoding breaks half-way. Text comes in windows: UTF-8 as it lies in the file, CP932
 * decoded piece by piece.
 */
#pragma once

#include "base/buf.h"

enum encoding { ENC_UTF8, ENC_CP932 };

struct source {
	struct view raw;	 /* without the BOM */
	size_t bom;		 /* bytes cut in front */
	enum encoding encoding;
	void *map;		 /* what source_done() gives back */
	size_t map_n;
	size_t taken;		 /* CP932: raw bytes decoded so far */
	struct buf text;	 /* CP932: the window */
};

/* RC_IO, RC_BAD_ENCODING (line, column and offset of the first bad byte; column counts bytes),
 * RC_UTF16, RC_UNKNOWN_FORMAT for a ZIP or PDF. source_done() also after a failure. */
MUST_USE enum rc source_open(struct source *s, const char *path, struct err *e);
/* The same over bytes that outlive s. */
MUST_USE enum rc source_open_bytes(struct source *s, struct view bytes, struct err *e);
void source_done(struct source *s);

/* The first window; from the start again at every call. RC_NOMEM. */
MUST_USE enum rc source_first(struct source *s, struct view *out_window, struct err *e);
/* More text after the window's: what of it begins at keep stays, in front. *out_window is the same
 * where nothing is left. Text given out before moves. RC_NOMEM. */
MUST_USE enum rc source_more(struct source *s, const char *keep, struct view *out_window,
			     struct err *e);
bool source_has_more(const struct source *s);
/* Bytes of the file up to p, a place in the window (CP932: to the end of the window). */
uint64_t source_offset(const struct source *s, const char *p);
