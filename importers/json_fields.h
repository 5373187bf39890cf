/*
 * json_fields.h - one JSON object of the API's fields to a field list (graph/field.h). The one
 * reader for NDJSON files and request bodies.
 */
#pragma once

#include <jansson.h>

#include "graph/field.h"

/* How deep a document may nest and how many values it may hold, beyond its size. */
#define JSON_DEPTH_MAX 16

/*
 * Appends obj's fields of ent to *fields, ascending by id, each checked by field_check(). null:
 * clears the field where merge, else is as if absent. Read-only fields (FF_READONLY) and the
 * names in ignored (NULL ended; may be NULL) are skipped whatever they hold; any other name is
 * RC_UNKNOWN_FIELD.
 *
 * contacts: the list (graph/contacts.h) is appended to *contacts and the field itself is left to
 * the caller, who keys it: afterwards contacts->n > 0 says that there is one. No contacts (null,
 * []) are written as a cleared field (merge) or not at all. contacts may be NULL where ent has
 * none.
 *
 * e->field is the JSON pointer without the leading '/', e.g. "grants/0/viewer". On an error both
 * buffers are as they were. RC_WRONG_TYPE also where obj is no object, RC_NOMEM.
 */
MUST_USE enum rc json_to_fields(enum ent ent, const json_t *obj, bool merge,
				const char *const *ignored, struct buf *fields,
				struct buf *contacts, struct err *e);

/*
 * Parses one JSON document of a user: strict UTF-8, no duplicate keys, nothing after it, at most
 * JSON_DEPTH_MAX deep. *out is a new reference (json_decref). RC_BAD_JSON with line and column.
 */
MUST_USE enum rc json_parse(struct view text, json_t **out, struct err *e);

/* A string's text; .p NULL: it is none. */
static inline struct view json_text(const json_t *v)
{
	return json_is_string(v) ? view_of(json_string_value(v), json_string_length(v)) : view_of(NULL, 0);
}

/* What GET adds to each entity beside its fields (ends with NULL): the usual `ignored`. */
extern const char *const json_derived_names[ENT__COUNT][16];
