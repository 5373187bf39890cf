/*
 * err.h - result codes and the error a person reads.
 *
 * Every fallible function returns enum rc. Where a user will read the reason it also takes a
 * struct err as its last argument: flat, no allocation, so it can cross threads by copy. Lower
 * layers fill and return; only api/, cli/ and daemon/ print.
 */
#pragma once

#include <stddef.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF(a, b) __attribute__((format(printf, a, b)))

enum rc {
#define RC(sym, http, code, en, ja) RC_##sym,
#include "rc.def"
#undef RC
	RC__COUNT
};

enum lang { LANG_EN, LANG_JA };

struct err {
	enum rc rc;
	unsigned line;    /* 1-based, 0: not from a file */
	unsigned column;  /* 1-based, 0: unknown */
	char field[64];   /* the field's name or JSON pointer without the leading '/', or "" */
	char arg[160];    /* what the text's %s stands for; valid UTF-8, control bytes replaced */
};

/* Fills *e (may be NULL) and returns rc, so that `return err_set(e, RC_BAD_DATE, "on", "%.*s", ...)`
 * reads well. field may be NULL. The formatted arg is cut at a character boundary. */
enum rc err_set(struct err *e, enum rc rc, const char *field, const char *fmt, ...) PRINTF(4, 5);
int rc_http(enum rc rc);
const char *rc_code(enum rc rc);
/* Writes the person's text into out (always terminated); returns its length. */
size_t err_text(const struct err *e, enum lang lang, char *out, size_t out_size);
/* The text without its argument, for RFC 9457 `title`. */
const char *rc_title(enum rc rc, enum lang lang);
