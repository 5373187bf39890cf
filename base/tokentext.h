/*
 * tokentext.h - the text of a bearer token: "tw_", 256 random bits and a checksum over them, in base32 (RFC 4648,
 * lower case). Whoever finds one in a file knows what it is, and one that was mistyped or cut is told apart from
 * one that is unknown without asking anybody.
 */
#pragma once

#include "base/view.h"

#define TOKEN_BYTES 32
#define TOKEN_TEXT 63 /* with its NUL: 3 + 52 + 7 + 1 */

void token_text_make(const uint8_t random[TOKEN_BYTES], char out[TOKEN_TEXT]);

enum token_text_kind {
	TOKEN_TEXT_OTHER, /* not of this form: an older one, one that an administrator chose, a JWT */
	TOKEN_TEXT_SOUND,
	TOKEN_TEXT_BROKEN, /* begins like one, but the length or the checksum is wrong */
};
enum token_text_kind token_text_check(struct view text);
