/* orgid.h - organisation identifiers (org-id.guide style). */
#pragma once

#include "buf.h"

#define ORGID_MAX 128

/* The check digit of 12 base digits; source: National Tax Agency, 法人番号の指定. */
int corporate_check_digit(const char base[12]);
/* Exactly 13 ASCII digits with the right check digit. */
bool corporate_number_ok(struct view v);

/* A stored id: prefix-CODE, characters [A-Za-z0-9._~-], at most ORGID_MAX, numbers after JP-JCN-
 * pass the check digit; a '~' splits parent and unit code, at most once, neither side empty.
 * RC_BAD_ID, RC_CHECK_DIGIT. */
MUST_USE enum rc orgid_check(struct view id, const char *field, struct err *e);

/* As imports meet them: full-width digits folded, blanks trimmed, hyphens dropped and a leading T
 * cut where 13 digits remain, which become JP-JCN-…; else the text must be an id as it stands.
 * 7.00001E+12 is RC_DAMAGED_NUMBER, T + 13 digits with a wrong check digit RC_NOT_CORPORATE.
 * Appends the id; out is unchanged on failure. */
MUST_USE enum rc orgid_from_text(struct view text, struct buf *out, const char *field, struct err *e);

/* The parent's part of a unit id ("A~B" -> "A"); .n == 0 when id has no '~'. */
struct view orgid_parent(struct view id);
