/*
 * harness.h - runs an import over bytes and writes down what came out, a line an operation or error:
 *   2 link P S stubs required_level=3 due=- note='x'      line, entity, keys, flags, fields ('-': cleared)
 *   !3:2 bad-date due 2027-02-30                           rejected: line, column, code, field, argument
 *   =missing-column 1:0 supplier supplier                  the file as a whole: code, line, column, field, argument
 */
#pragma once

#include <check.h>

#include "base/buf.h"
#include "importers/import.h"

struct outcome {
	char *text;		     /* free() */
	struct import_result result;
	uint64_t progressed;	     /* rows at the last call */
	uint64_t bytes;
};

struct outcome import_bytes(const struct import_params *p, struct view bytes);
/* The text of what comes out, against want. */
void expect_import(const struct import_params *p, struct view bytes, const char *want);
/* kind, a UTF-8 or binary literal, the lines. */
#define EXPECT(k, bytes, want) \
	expect_import(&(struct import_params){ .kind = (k) }, VIEW_LIT(bytes), want)

/* How often needle stands in text. */
size_t count_text(const char *text, const char *needle);

/* UTF-8 to CP932 for tests; free() .p. */
struct view to_cp932(const char *utf8);

void show_fields(struct buf *out, enum ent ent, struct view fields);

Suite *awards_suite(void);
Suite *columns_suite(void);
Suite *csv_suite(void);
Suite *encoding_suite(void);
Suite *json_suite(void);
Suite *ndjson_suite(void);
Suite *nta_suite(void);
Suite *rows_suite(void);
Suite *values_suite(void);
