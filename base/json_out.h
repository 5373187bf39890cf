/*
 * json_out.h - streaming JSON writer into a struct buf. Commas are its own business; strings are
 * escaped; numbers are exact. No tree is built. Misuse (a value where a key is due) asserts.
 */
#pragma once

#include "buf.h"
#include "date.h"

struct json {
	struct buf *b;
	uint64_t has_item; /* one bit a nesting level, at most 60 deep */
	uint64_t is_obj;   /* one bit a nesting level: object, not array */
	unsigned depth;
	bool after_key;
};

void json_init(struct json *j, struct buf *b);
void json_obj(struct json *j);
void json_obj_end(struct json *j);
void json_arr(struct json *j);
void json_arr_end(struct json *j);
void json_key(struct json *j, const char *key); /* key must need no escaping */
void json_keyv(struct json *j, struct view key); /* any key, escaped */
void json_strv(struct json *j, struct view v);
void json_str(struct json *j, const char *s);   /* NULL writes null */
void json_int(struct json *j, int64_t v);
void json_uint(struct json *j, uint64_t v);
void json_bool(struct json *j, bool v);
void json_nil(struct json *j);              /* null (jansson owns json_null) */
void json_day(struct json *j, int32_t day);     /* DAY_NONE writes null */
void json_instant(struct json *j, int64_t ms);
/* A number of 1/10000 units without trailing zeros: 12300 -> 1.23 */
void json_dec4(struct json *j, int64_t v);
/* Rounded to 9 decimals (round half away), trailing zeros cut. v finite. */
void json_dec9(struct json *j, double v);
/* The number that json_dec9 writes, in units of 1e-9: 0 <= v <= 1. */
uint64_t json_dec9_units(double v);
void json_raw(struct json *j, struct view v);   /* v is already JSON */
