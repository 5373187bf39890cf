/*
 * json_values.h - inside of json_fields.c: the field types that are lists and objects in JSON.
 * Each jv_encode_… appends the value's bytes; e->field becomes a pointer into the value.
 */
#pragma once

#include "importers/json_fields.h"

#define JSON_PTR 64 /* as in struct err */

/* jansson's iteration takes no const; it changes nothing. */
static inline json_t *jv_mutable(const json_t *v)
{
	union {
		const json_t *in;
		json_t *out;
	} u = { v };

	return u.out;
}

/* "name/i" or "name/i/member"; returns ptr. */
const char *jv_ptr(char ptr[JSON_PTR], const char *name, size_t i, const char *member);
/* A member that is there and not null, else NULL. */
const json_t *jv_member(const json_t *obj, const char *name);
/* v is a list of at most f->max items. */
MUST_USE enum rc jv_check_list(const struct field *f, const json_t *v, struct err *e);
/* obj is an object whose members are all among names (NULL ended). base: its pointer; "": the whole body. */
MUST_USE enum rc jv_check_members(const json_t *obj, const char *base, const char *const *names,
				    struct err *e);

enum rc jv_wrong(struct err *e, const char *ptr, const char *expected);
MUST_USE enum rc jv_text(const json_t *v, const char *ptr, struct view *out, struct err *e);
MUST_USE enum rc jv_day(const json_t *v, const char *ptr, int32_t *out, struct err *e);
MUST_USE enum rc jv_int(const json_t *v, const char *ptr, int64_t *out, struct err *e);
MUST_USE enum rc jv_enum(const struct field *f, const json_t *v, const char *ptr, int *out,
			   struct err *e);

MUST_USE enum rc jv_encode_strs(const struct field *f, const json_t *v, struct buf *val,
				  struct err *e);
MUST_USE enum rc jv_encode_dates(const struct field *f, const json_t *v, struct buf *val,
				   struct err *e);
MUST_USE enum rc jv_encode_grants(const struct field *f, const json_t *v, struct buf *val,
				    struct err *e);
MUST_USE enum rc jv_encode_shape(const struct field *f, const json_t *v, struct buf *val,
				   struct err *e);
MUST_USE enum rc jv_encode_contacts(const struct field *f, const json_t *v, struct buf *val,
				      struct err *e);
MUST_USE enum rc jv_encode_rules(const struct field *f, const json_t *v, struct buf *val,
				   struct err *e);
MUST_USE enum rc jv_encode_tiers(const struct field *f, const json_t *v, struct buf *val,
				   struct err *e);

/* Appends days sorted and without repeats as the bytes of FT_DATES; sorts days in place. */
void days_encode(int32_t *days, size_t n, struct buf *val);
