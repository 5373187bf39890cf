/* contacts.c - contacts as bytes, and what a contact may hold. */
#include "graph/contacts.h"

#include "base/text.h"
#include "base/util.h"

const char *const contact_part_names[CP__COUNT] = { "role", "name", "email", "lang", "phone", "side" };

void contact_encode(struct buf *out, const struct contact *c)
{
	for (int i = 0; i < CP__COUNT; i++)
		buf_lenbytes(out, c->part[i]);
}

bool contact_next(struct rd *r, struct contact *out)
{
	struct contact c;

	if (!rd_more(r))
		return false;
	for (int i = 0; i < CP__COUNT; i++)
		c.part[i] = rd_lenbytes(r);
	if (r->bad)
		return false;
	*out = c;
	return true;
}

/* One '@' with something on both sides, and nothing that could end or split a mail header. */
static bool email_ok(struct view v)
{
	const char *p = v.p;
	size_t ats = 0, at = 0;

	for (size_t i = 0; i < v.n; i++) {
		if (p[i] == ' ' || p[i] == '<' || p[i] == '>' || p[i] == ',' || p[i] == ';' ||
		    p[i] == '"')
			return false;
		if (p[i] == '@') {
			ats++;
			at = i;
		}
	}
	return ats == 1 && at > 0 && at + 1 < v.n;
}

/* Reasons for refused rows are kept in the log, where personal data must not be: no more than its first letter. */
static enum rc bad(struct err *e, enum contact_part part, struct view v)
{
	size_t n = v.n && part != CP_LANG ? utf8_cut(v, MIN(v.n, 4)) : v.n;

	while (n > 1 && part != CP_LANG && utf8_cut(v, n - 1) > 0)
		n = utf8_cut(v, n - 1);
	return err_set(e, RC_BAD_VALUE, contact_part_names[part], "%.*s%s", (int)MIN(n, 120),
		       n ? (const char *)v.p : "", part != CP_LANG ? "…" : "");
}

enum rc contact_check(const struct contact *c, struct err *e)
{
	struct view email = c->part[CP_EMAIL], lang = c->part[CP_LANG];

	for (int i = 0; i < CP__COUNT; i++) {
		struct view v = c->part[i];

		if (v.n > CONTACT_TEXT_MAX)
			return err_set(e, RC_TOO_LONG, contact_part_names[i], "%d", CONTACT_TEXT_MAX);
		if (v.n && !utf8_valid(v))
			return err_set(e, RC_BAD_UTF8, contact_part_names[i], NULL);
		if (text_has_control(v))
			return bad(e, (enum contact_part)i, v);
	}
	if (email.n && !email_ok(email))
		return bad(e, CP_EMAIL, email);
	if (lang.n && !view_is(lang, "ja") && !view_is(lang, "en"))
		return bad(e, CP_LANG, lang);
	return RC_OK;
}
