/* text.h - Japanese and other text: checks, folding for search and for reading numbers. */
#pragma once

#include "buf.h"

bool utf8_valid(struct view v); /* strict: no surrogates, no overlongs, at most U+10FFFF */
/* Bytes of the character at v's start, 0 if there is none (invalid, cut short or v empty). */
size_t utf8_char_len(struct view v);
size_t utf8_count(struct view v); /* code points, v valid */
/* Terminal columns (East Asian wide = 2, combining = 0). */
size_t utf8_columns(struct view v);
/* Longest prefix of at most max bytes that does not cut a character. */
size_t utf8_cut(struct view v, size_t max);

bool text_has_control(struct view v); /* a control character of ASCII: it would break lines of mails and logs */

/* Full-width ASCII forms and the ideographic space become ASCII, blanks (also U+3000, U+00A0)
 * are trimmed at both ends; everything else stays. For ids, numbers, dates, enumerations. Appends. */
void text_fold_ascii(struct buf *out, struct view v);

/* The search key of a name: NFKC, lower case, hiragana to katakana, company forms (株式会社, (株), ㈱, ㍿,
 * 有限会社, 合同会社, …, also Co., Ltd., Inc., K.K.) cut at either end, blanks and ・ dropped, dashes
 * unified, variant kanji folded (髙高 﨑崎 邊辺 齋斎 濵浜 澤沢 …). Empty result: the key is the
 * NFKC-folded text itself. Appends; returns false, with out unchanged, if v is not UTF-8. */
bool text_name_key(struct buf *out, struct view v);
