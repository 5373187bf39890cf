/*
 * msg.h - every sentence the client says, in both languages, from one table (msg.def).
 * {0}, {1}, … stand for arguments, always strings, so a translation may order them freely.
 */
#pragma once

#include "base/buf.h"

enum msg {
	M_NONE,
#define MSG(sym, en, ja) M_##sym,
#include "cli/msg.def"
#undef MSG
	M__COUNT
};

const char *msg_text(enum msg m, enum lang lang);
/* args ends with NULL; a placeholder without its argument stays as it is. */
void msg_format(struct buf *out, enum msg m, enum lang lang, const char *const *args);

/* The heading of an API field ("due_in_days") and the word for an enumerated value ("lapsed");
 * where the table has none, the name itself. */
const char *msg_label(const char *field, enum lang lang);
const char *msg_word(const char *value, enum lang lang);
