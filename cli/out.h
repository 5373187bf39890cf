/*
 * out.h - standard output: bytes, JSON and CSV. A reader that went away ends the process without
 * a word, as SIGPIPE would; any other failure is remembered and reported once by out_close().
 */
#pragma once

#include <jansson.h>

#include "base/buf.h"

void out_write(struct view v);
void out_text(const char *s);
void out_line(const char *s); /* and a line feed */
void out_flush(void);
/* Flushes; false: something was not written, errno in *out_errno. */
bool out_close(int *out_errno);

void out_json(const json_t *v);         /* pretty, and a line feed */
void out_json_line(const json_t *v);    /* compact, and a line feed */
void buf_json(struct buf *b, const json_t *v);

/* One CSV field (RFC 4180). Text that a spreadsheet would take for a formula gets a leading
 * apostrophe; numbers do not. */
void csv_field(struct buf *b, struct view v, bool is_text);
