/*
 * save.h - `set`: FIELD=VALUE arguments merged into a record that exists, or put as a new one.
 */
#pragma once

#include <jansson.h>

#include "cli/cli.h"

/* PATCH path; where nothing is there, PUT. Prints the stored record. */
int save_fields(const struct cli *c, const char *path, const char *const *fields, size_t n);
/* PATCH path with a body of our own making; prints the stored record. Takes body over. */
int save_patch(const struct cli *c, const char *path, json_t *body);
/* For resources without PATCH: GET, merge, PUT under If-Match. Takes changes over; a null removes
 * a member. */
int save_merged(const struct cli *c, const char *path, json_t *changes);
/* The JSON array or object in a file ('-': standard input). NULL: it was told why not. */
json_t *save_read(const struct cli *c, const char *path);
/* Parses and, where it fails, tells why. */
json_t *save_parse(const struct cli *c, const char *const *fields, size_t n, int *out_status);
