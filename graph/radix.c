/* radix.c - least significant digit first, 11 bits a pass; passes whose digit is the same everywhere are
 * skipped, so that small numbers cost few passes. */
#include "graph/radix.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define BITS 11u
#define DIGITS (1u << BITS)
#define PASSES 6u

static void insertion(uint64_t *key, uint32_t *val, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint64_t k = key[i];
		uint32_t v = val[i];
		size_t j = i;
		for (; j > 0 && key[j - 1] > k; j--) {
			key[j] = key[j - 1];
			val[j] = val[j - 1];
		}
		key[j] = k;
		val[j] = v;
	}
}

static void pass(const uint64_t *ka, const uint32_t *va, uint64_t *kb, uint32_t *vb, size_t n, unsigned shift,
		 uint32_t *count)
{
	uint32_t sum = 0;
	for (unsigned d = 0; d < DIGITS; d++) {
		uint32_t c = count[d];
		count[d] = sum;
		sum += c;
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t at = count[ka[i] >> shift & (DIGITS - 1)]++;
		kb[at] = ka[i];
		vb[at] = va[i];
	}
}

void radix_sort(uint64_t *key, uint32_t *val, size_t n)
{
	if (n < 64) {
		insertion(key, val, n);
		return;
	}
	AUTO_FREE uint64_t *k2 = malloc(n * sizeof *k2);
	AUTO_FREE uint32_t *v2 = malloc(n * sizeof *v2);
	AUTO_FREE uint32_t *count = malloc(DIGITS * sizeof *count);
	if (!k2 || !v2 || !count) {
		insertion(key, val, n);
		return;
	}
	uint64_t *ka = key, *kb = k2;
	uint32_t *va = val, *vb = v2;
	for (unsigned p = 0; p < PASSES; p++) {
		memset(count, 0, DIGITS * sizeof *count);
		for (size_t i = 0; i < n; i++)
			count[ka[i] >> (p * BITS) & (DIGITS - 1)]++;
		if (count[ka[0] >> (p * BITS) & (DIGITS - 1)] == n)
			continue;
		pass(ka, va, kb, vb, n, p * BITS, count);
		uint64_t *kt = ka;
		uint32_t *vt = va;
		ka = kb, kb = kt;
		va = vb, vb = vt;
	}
	if (ka != key) {
		memcpy(key, ka, n * sizeof *key);
		memcpy(val, va, n * sizeof *val);
	}
}

int u32_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

void u32_sort(uint32_t *v, size_t n)
{
	if (n > 1)
		qsort(v, n, sizeof *v, u32_cmp);
}
