/* tokentext.c - see tokentext.h. */
#include "base/tokentext.h"

#include <string.h>

#include "base/base32.h"

#define PREFIX "tw_"
#define PREFIX_CHARS 3u
#define RANDOM_CHARS BASE32_CHARS(TOKEN_BYTES)
#define SUM_BYTES 4u
#define SUM_CHARS BASE32_CHARS(SUM_BYTES)

_Static_assert(PREFIX_CHARS + RANDOM_CHARS + SUM_CHARS + 1 == TOKEN_TEXT, "room for all of it");

/* CRC-32 as zlib and PNG have it. */
static uint32_t crc32_of(const char *p, size_t n)
{
	uint32_t crc = 0xffffffffu;

	for (size_t i = 0; i < n; i++) {
		crc ^= (uint8_t)p[i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static void sum_of(const char *random, char out[SUM_CHARS])
{
	uint32_t crc = crc32_of(random, RANDOM_CHARS);
	uint8_t bytes[SUM_BYTES] = { (uint8_t)(crc >> 24), (uint8_t)(crc >> 16), (uint8_t)(crc >> 8), (uint8_t)crc };

	base32_encode(bytes, sizeof(bytes), out);
}

void token_text_make(const uint8_t random[TOKEN_BYTES], char out[TOKEN_TEXT])
{
	memcpy(out, PREFIX, PREFIX_CHARS);
	base32_encode(random, TOKEN_BYTES, out + PREFIX_CHARS);
	sum_of(out + PREFIX_CHARS, out + PREFIX_CHARS + RANDOM_CHARS);
	out[TOKEN_TEXT - 1] = '\0';
}

/* Tokens of before had 43 characters of base64url behind the prefix. */
static bool is_older(struct view text) { return text.n == PREFIX_CHARS + 43; }

enum token_text_kind token_text_check(struct view text)
{
	const char *p = text.p;
	char sum[SUM_CHARS];

	if (text.n < PREFIX_CHARS || memcmp(p, PREFIX, PREFIX_CHARS) != 0 || is_older(text))
		return TOKEN_TEXT_OTHER;
	if (text.n != TOKEN_TEXT - 1)
		return TOKEN_TEXT_BROKEN;
	sum_of(p + PREFIX_CHARS, sum);
	return memcmp(sum, p + PREFIX_CHARS + RANDOM_CHARS, SUM_CHARS) == 0 ? TOKEN_TEXT_SOUND
									  : TOKEN_TEXT_BROKEN;
}
