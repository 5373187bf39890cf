/*
 * changes.h - the words of simulate as changes of POST /v1/simulations:
 *
 *	held:S=LEVEL    drop:P/S    add:P/S[,FIELD=VALUE...]    set:P/S,FIELD=VALUE...    targets:FILE|none
 *
 * A comma begins another field where NAME= or NAME:= follows; any other belongs to the value.
 */
#pragma once

#include <jansson.h>

#include "base/view.h"
#include "cli/msg.h"

struct change_error {
	enum msg msg; /* M_NONE: out of memory */
	char arg[160];
};

/* NULL: *e says what is wrong. Where *out_file is set (it points into word), what that file holds
 * is still to come in as "targets". */
json_t *change_parse(const char *word, const char **out_file, struct change_error *e);
/* An identifier as the API wants it: what reads as a corporate number is completed. NULL: not
 * UTF-8, or out of memory. */
json_t *change_org(struct view id);
