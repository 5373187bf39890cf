/*
 * names.h - the names behind identifiers, for people: tables show them beside the ids, and who
 * asks for an id that cannot be one is told how to find it.
 */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "cli/cli.h"

/* Appends the organisation's name; false where it has none but its id, or does not resolve (an
 * opaque id, one of another's). Nothing is told. */
bool name_of(const struct cli *c, const char *id, struct buf *out);
/* In tables: "ID  NAME" in place of the ids of the organisations that the record is about. */
void names_add(const struct cli *c, json_t *record);
/* After a 404 on path: whether an id in it is misspelt, or no id at all. */
void names_hint(const struct cli *c, const char *path);
