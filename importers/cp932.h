/*
 * cp932.h - Microsoft's code page 932 to UTF-8, by a table made once from iconv. The bytes 80, A0
 * and FD-FF, which stand for nothing in text, are refused; users' own characters (F040-F9FC)
 * become U+E000-U+E757.
 */
#pragma once

#include "base/buf.h"

/* False: iconv knows no CP932 here. Any thread. */
bool cp932_ready(void);
/* Bytes of the character at v's start: 1 or 2; 0 if there is none or it is cut short. */
size_t cp932_char_len(struct view v);
/* How many bytes at v's start are whole characters: v.n if all is well. */
size_t cp932_valid(struct view v);
/* Appends whole characters until v ends or a bad one comes; returns the bytes taken. */
size_t cp932_decode(struct view v, struct buf *out);
