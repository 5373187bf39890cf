/*
 * contacts.h - the encoded list of contacts that PERSONAL keeps: per contact six texts, each with
 * a varint length, in the order of enum contact_part.
 */
#pragma once

#include "base/pack.h"

enum contact_part { CP_ROLE, CP_NAME, CP_EMAIL, CP_LANG, CP_PHONE, CP_SIDE, CP__COUNT };
extern const char *const contact_part_names[CP__COUNT]; /* "role", "name", "email", "lang", "phone", "side" */
#define CONTACTS_MAX 32
#define CONTACT_TEXT_MAX 256

struct contact {
	struct view part[CP__COUNT];
};

void contact_encode(struct buf *out, const struct contact *c);
bool contact_next(struct rd *r, struct contact *out); /* false: end or damage (r->bad) */
/* UTF-8, lengths, an e-mail that cannot break a mail header (no CR, LF, <, >, blanks, commas; one @),
 * lang ja or en or empty. */
MUST_USE enum rc contact_check(const struct contact *c, struct err *e);
