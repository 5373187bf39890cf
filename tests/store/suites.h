/* suites.h - the suites of store/, and what they share. */
#pragma once

#include <check.h>

#include "store/store.h"
#include "tests/tmpdir.h"

Suite *open_suite(void);
Suite *txn_suite(void);
Suite *cursor_suite(void);
Suite *grow_suite(void);
Suite *damage_suite(void);
Suite *copy_suite(void);
Suite *secret_suite(void);
Suite *overlay_suite(void);

/* Opens (and makes) the store in d; fails the test if it cannot. */
struct store *open_ok(const struct tmpdir *d, const struct store_options *o);
/* Starts this program again as `MODE DIR`; *out_fd reads its standard output. Returns its pid. */
pid_t spawn_self(const char *mode, const char *dir, int *out_fd);
/* Puts n records "key-000123" => size bytes into db, one transaction. */
enum rc fill(struct store *s, enum db db, unsigned from, unsigned n, size_t size);
