/*
 * pseudonym.h - what stands for the id of an organisation that a viewer may count but not know (domain.md, "Who may
 * see what"; ADR 0053): `XX-ANON-` and 20 characters (base32, lower case) of 12 bytes:
 *     siv    8 bytes  SipHash-2-4 of the viewer's and the organisation's number
 *     hidden 4 bytes  the organisation's number, big-endian, xor 4 bytes of SipHash-2-4 of siv
 * each with a key of its own, which BLAKE2b derives from the store's secret. A list makes many thousands of them.
 * So it is the same for one viewer for ever and another for the next, which nobody can join; the server alone can turn
 * it back; and without the secret nobody can make the pseudonym of a guessed organisation.
 */
#pragma once

#include "base/buf.h"

#define PSEUDONYM_PREFIX "XX-ANON-"
#define PSEUDONYM_TEXT 29 /* with the NUL */

struct pseudonym_keys {
	uint8_t siv[16], mask[16];
};
void pseudonym_keys(const uint8_t secret[32], struct pseudonym_keys *out);
void pseudonym_with(const struct pseudonym_keys *k, uint32_t viewer, uint32_t org, char out[PSEUDONYM_TEXT]);
/* The same at once. */
void pseudonym_make(const uint8_t secret[32], uint32_t viewer, uint32_t org, char out[PSEUDONYM_TEXT]);
/* The organisation's number; 0: not a pseudonym, or another viewer's. */
uint32_t pseudonym_open(const uint8_t secret[32], uint32_t viewer, struct view text);
/* Whether it has the form of one, of whichever viewer: no organisation is called that. */
bool pseudonym_like(struct view text);
