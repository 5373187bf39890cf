/* suites.h - one suite a module of cli/. */
#pragma once

#include <check.h>

Suite *args_suite(void);
Suite *changes_suite(void);
Suite *fields_suite(void);
Suite *lines_suite(void);
Suite *msg_suite(void);
Suite *out_suite(void);
Suite *settings_suite(void);
Suite *table_suite(void);
