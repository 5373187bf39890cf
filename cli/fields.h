/*
 * fields.h - FIELD=VALUE arguments as a JSON object. The type comes from a small table of the
 * fields that are not text; "FIELD=" is null, which a merge patch takes for "clear this";
 * "FIELD:=JSON" gives any value as it stands.
 */
#pragma once

#include <jansson.h>

#include "cli/cli.h"

struct fields_error {
	enum msg msg;
	const char *arg;
};

/* NULL: *e says what is wrong with which argument, msg M_NONE: out of memory. */
json_t *fields_parse(const char *const *args, size_t n, struct fields_error *e);
/* A number, or the text as it stands where it is none; "" is null. NULL: not UTF-8, or out of memory. */
json_t *fields_number(const char *text);
/* What a PUT may carry: the members that are not null. NULL: out of memory. */
json_t *fields_without_null(const json_t *object);
