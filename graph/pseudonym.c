/* pseudonym.c - see pseudonym.h. */
#include "graph/pseudonym.h"

#include <sodium.h>

#include "base/base32.h"
#include "base/pack.h"

#define SIV_BYTES 8u
#define RAW_BYTES 12u
#define PREFIX_CHARS (sizeof PSEUDONYM_PREFIX - 1)

_Static_assert(crypto_shorthash_BYTES == SIV_BYTES && crypto_shorthash_KEYBYTES == 16, "SipHash-2-4");
_Static_assert(PREFIX_CHARS + BASE32_CHARS(RAW_BYTES) + 1 == PSEUDONYM_TEXT, "room for all bits");

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

	siv_make(k, viewer, org, raw);
	be32_put(raw + SIV_BYTES, org ^ mask_of(k, raw));
	memcpy(out, PSEUDONYM_PREFIX, PREFIX_CHARS);
	*base32_encode(raw, RAW_BYTES, out + PREFIX_CHARS) = '\0';
}

void pseudonym_make(const uint8_t secret[32], uint32_t viewer, uint32_t org, char out[PSEUDONYM_TEXT])
{
	struct pseudonym_keys k;

	pseudonym_keys(secret, &k);
	pseudonym_with(&k, viewer, org, out);
	sodium_memzero(&k, sizeof k);
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

	if (!pseudonym_like(text) ||
	    !base32_decode(view_of((const char *)text.p + PREFIX_CHARS, text.n - PREFIX_CHARS), raw, RAW_BYTES))
		return 0;
	pseudonym_keys(secret, &k);
	org = be32_get(raw + SIV_BYTES) ^ mask_of(&k, raw);
	siv_make(&k, viewer, org, siv);
	sodium_memzero(&k, sizeof k);
	return sodium_memcmp(siv, raw, SIV_BYTES) == 0 ? org : 0;
}
