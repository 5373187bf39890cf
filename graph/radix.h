/* radix.h - stable sort of 64-bit keys with 32-bit companions, in linear time; small sorts of numbers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sorts key ascending and moves val along. Without memory for a copy it falls back to a slower sort. */
void radix_sort(uint64_t *key, uint32_t *val, size_t n);
/* Plain ascending numbers: for qsort() and bsearch(), and sorted. */
int u32_cmp(const void *a, const void *b);
void u32_sort(uint32_t *v, size_t n);
