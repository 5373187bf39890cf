/* domain_suites.h - the examples of domain.md, one suite for each part of it. */
#pragma once

#include <check.h>

Suite *domain_write_suite(void);
Suite *domain_held_suite(void);
Suite *domain_link_suite(void);
Suite *domain_clause_suite(void);
Suite *domain_chain_suite(void);
Suite *domain_figures_suite(void);
