/* pseudonym.c - see pseudonym.h. */
#include "graph/pseudonym.h"

#include <sodium.h>

#include "base/pack.h"

#define SIV_BYTES 8u
#define RAW_BYTES 12u
#define PREFIX_CHARS (sizeof PSEUDONYM_PREFIX - 1)
#define CODE_CHARS 20u

_Static_assert(crypto_shorthash_BYTES == SIV_BYTES && crypto_shorthash_KEYBYTES == 16, "SipHash-2-4");
_Static_assert(PREFIX_CHARS + CODE_CHARS + 1 == PSEUDONYM_TEXT && RAW_BYTES * 8 <= CODE_CHARS * 5, "room for all bits");

static const char digits[33] = "abcdefghijklmnopqrstuvwxyz234567"; /* RFC 4648 §6, lower case */

void pseudonym_keys(const uint8_t secret[32], struct pseudonym_keys *out)
{
	static const uint8_t label[] = "pseudonym";
	uint8_t both[32];

	crypto_generichash(both, sizeof both, label, sizeof label, secret, 32);
	memcpy(out->siv, both, sizeof out->siv);
	memcpy(out->mask, both + sizeof out->siv, sizeof out->mask);
	sodium_memzero(both, sizeof both);
}

static void siv_make(const struct pseudonym_keys *k, uint32_t viewer, uint32_t org, uint8_t out[SIV_BYTES])
{
	uint8_t pair[8];

	be32_put(pair, viewer);
	be32_put(pair + 4, org);
	crypto_shorthash(out, pair, sizeof pair, k->siv);
}

static uint32_t mask_of(const struct pseudonym_keys *k, const uint8_t siv[SIV_BYTES])
{
	uint8_t mask[crypto_shorthash_BYTES];

	crypto_shorthash(mask, siv, SIV_BYTES, k->mask);
	return be32_get(mask);
}

void pseudonym_with(const struct pseudonym_keys *k, uint32_t viewer, uint32_t org, char out[PSEUDONYM_TEXT])
{
	uint8_t raw[RAW_BYTES];
	uint32_t bits = 0, n = 0;
	char *p = out + PREFIX_CHARS;

	siv_make(k, viewer, org, raw);
	be32_put(raw + SIV_BYTES, org ^ mask_of(k, raw));
	memcpy(out, PSEUDONYM_PREFIX, PREFIX_CHARS);
	for (size_t i = 0; i < RAW_BYTES; i++) {
		bits = (bits << 8 | raw[i]) & 0xfff;
		for (n += 8; n >= 5; n -= 5)
			*p++ = digits[bits >> (n - 5) & 31];
	}
	*p++ = digits[bits << (5 - n) & 31]; /* the bit that is left, and zeros */
	*p = '\0';
}

void pseudonym_make(const uint8_t secret[32], uint32_t viewer, uint32_t org, char out[PSEUDONYM_TEXT])
{
	struct pseudonym_keys k;

	pseudonym_keys(secret, &k);
	pseudonym_with(&k, viewer, org, out);
	sodium_memzero(&k, sizeof k);
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
	uint8_t raw[RAW_BYTES], siv[SIV_BYTES];
	struct pseudonym_keys k;
	uint32_t org;

	if (!decode(text, raw))
		return 0;
	pseudonym_keys(secret, &k);
	org = be32_get(raw + SIV_BYTES) ^ mask_of(&k, raw);
	siv_make(&k, viewer, org, siv);
	sodium_memzero(&k, sizeof k);
	return sodium_memcmp(siv, raw, SIV_BYTES) == 0 ? org : 0;
}
