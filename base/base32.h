/*
 * base32.h - RFC 4648 base32 in lower case without padding: for texts that people copy (tokens, pseudonyms). Five
 * bits to a character, high bit first; what is left of the last character is zeros.
 */
#pragma once

#include "base/view.h"

#define BASE32_CHARS(bytes) (((bytes) * 8 + 4) / 5)

/* Writes BASE32_CHARS(n) characters, no NUL; returns the place behind them. */
char *base32_encode(const uint8_t *in, size_t n, char *out);
/* False: not BASE32_CHARS(n) of these characters, or the bits that are left are not zeros. */
bool base32_decode(struct view text, uint8_t *out, size_t n);
