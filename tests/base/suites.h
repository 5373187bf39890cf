/* suites.h - one suite a module of base/. */
#pragma once

#include <check.h>

Suite *date_suite(void);
Suite *err_suite(void);
Suite *json_suite(void);
Suite *memory_suite(void);
Suite *options_suite(void);
Suite *orgid_suite(void);
Suite *pack_suite(void);
Suite *text_suite(void);
Suite *tokentext_suite(void);
