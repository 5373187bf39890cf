/* pseudonym.c - see pseudonym.h. */
#include "graph/pseudonym.h"

#include <sodium.h>

#include "base/pack.h"

#define SIV_BYTES 8u
#define RAW_BYTES 12u
#define HASH_BYTES 16u /* the least that BLAKE2b gives here; its first bytes are taken */
#define PREFIX_CHARS (sizeof PSEUDONYM_PREFIX - 1)
#define CODE_CHARS 20u

_Static_assert(PREFIX_CHARS + CODE_CHARS + 1 == PSEUDONYM_TEXT && RAW_BYTES * 8 <= CODE_CHARS * 5, "room for all bits");

static const char digits[33] = "abcdefghijklmnopqrstuvwxyz234567"; /* RFC 4648 §6, lower case */

static void keyed(const uint8_t secret[32], const char *label, const void *p, size_t n, uint8_t out[HASH_BYTES])
{
	crypto_generichash_state h;

	crypto_generichash_init(&h, secret, 32, HASH_BYTES);
	crypto_generichash_update(&h, (const uint8_t *)label, strlen(label) + 1);
	crypto_generichash_update(&h, p, n);
	crypto_generichash_final(&h, out, HASH_BYTES);
}

static void siv_make(const uint8_t secret[32], uint32_t viewer, uint32_t org, uint8_t out[HASH_BYTES])
{
	uint8_t pair[8];

	be32_put(pair, viewer);
	be32_put(pair + 4, org);
	keyed(secret, "pseudonym", pair, sizeof pair, out);
}

static uint32_t mask_of(const uint8_t secret[32], const uint8_t siv[SIV_BYTES])
{
	uint8_t mask[HASH_BYTES];

	keyed(secret, "pseudonym-number", siv, SIV_BYTES, mask);
	return be32_get(mask);
}

void pseudonym_make(const uint8_t secret[32], uint32_t viewer, uint32_t org, char out[PSEUDONYM_TEXT])
{
	uint8_t raw[HASH_BYTES];
	uint32_t bits = 0, n = 0;
	char *p = out + PREFIX_CHARS;

	siv_make(secret, viewer, org, raw);
	be32_put(raw + SIV_BYTES, org ^ mask_of(secret, raw));
	memcpy(out, PSEUDONYM_PREFIX, PREFIX_CHARS);
	for (size_t i = 0; i < RAW_BYTES; i++) {
		bits = (bits << 8 | raw[i]) & 0xfff;
		for (n += 8; n >= 5; n -= 5)
			*p++ = digits[bits >> (n - 5) & 31];
	}
	*p++ = digits[bits << (5 - n) & 31]; /* the bit that is left, and zeros */
	*p = '\0';
}

/* False: not such a text. */
static bool decode(struct view text, uint8_t raw[RAW_BYTES])
{
	const char *p = text.p;
	uint32_t bits = 0, n = 0, at = 0;

	if (text.n != PREFIX_CHARS + CODE_CHARS || memcmp(p, PSEUDONYM_PREFIX, PREFIX_CHARS) != 0)
		return false;
	for (size_t i = PREFIX_CHARS; i < text.n; i++) {
		const char *d = p[i] ? strchr(digits, p[i]) : NULL;
		if (!d)
			return false;
		bits = (bits << 5 | (uint32_t)(d - digits)) & 0xfff;
		n += 5;
		if (n >= 8 && at < RAW_BYTES) {
			n -= 8;
			raw[at++] = (uint8_t)(bits >> n);
		}
	}
	return at == RAW_BYTES && !(bits & ((1u << n) - 1));
}

bool pseudonym_like(struct view text)
{
	return text.n >= PREFIX_CHARS && memcmp(text.p, PSEUDONYM_PREFIX, PREFIX_CHARS) == 0;
}

uint32_t pseudonym_open(const uint8_t secret[32], uint32_t viewer, struct view text)
{
	uint8_t raw[RAW_BYTES], siv[HASH_BYTES];
	uint32_t org;

	if (!decode(text, raw))
		return 0;
	org = be32_get(raw + SIV_BYTES) ^ mask_of(secret, raw);
	siv_make(secret, viewer, org, siv);
	return sodium_memcmp(siv, raw, SIV_BYTES) == 0 ? org : 0;
}
