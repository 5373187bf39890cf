/*
 * date.h - calendar dates (Asia/Tokyo, which has no daylight saving: UTC+9) and instants.
 * A day is an int32_t: days since 1970-01-01, proleptic Gregorian, years 0001..9999.
 * An instant is an int64_t: milliseconds since 1970-01-01T00:00:00Z.
 */
#pragma once

#include "err.h"
#include "view.h"

#define DAY_NONE INT32_MIN        /* absent */
#define DAY_MIN (-719162)         /* 0001-01-01 */
#define DAY_MAX 2932896           /* 9999-12-31 */
#define DAY_TEXT 11               /* "YYYY-MM-DD" and NUL */
#define INSTANT_TEXT 25           /* "YYYY-MM-DDTHH:MM:SS.mmmZ" and NUL */

int32_t day_from_ymd(int y, int m, int d); /* DAY_NONE if there is no such day */
void day_to_ymd(int32_t day, int *out_y, int *out_m, int *out_d);
/* Exactly YYYY-MM-DD. */
bool day_parse(struct view v, int32_t *out);
/* As people write them: 2027-03-31, 2027/3/31, 20270331, 令和9年3月31日, R9.3.31, 平成/H, 昭和/S,
 * 元年, full-width digits, blanks around. A day outside its era (平成31年5月1日) is taken;
 * *out_odd (may be NULL) says so. */
bool day_parse_lenient(struct view v, int32_t *out, bool *out_odd);
void day_format(int32_t day, char out[DAY_TEXT]);
/* Completed years from a to b (anniversary reached: month and day compared); negative never: 0. */
int day_whole_years(int32_t a, int32_t b);
/* The day n years later; 02-29 becomes 03-01 where that year has none (the first day on which
 * day_whole_years() answers n). */
int32_t day_add_years(int32_t day, int n);
int32_t day_of_instant_jst(int64_t ms);
int64_t instant_of_day_jst(int32_t day); /* 00:00 JST of that day */
bool instant_parse(struct view rfc3339, int64_t *out_ms);
void instant_format(int64_t ms, char out[INSTANT_TEXT]);
