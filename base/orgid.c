/* orgid.c - identifiers of organisations: the stored form, and what files have instead. */
#include "base/orgid.h"

#include "base/text.h"
#include "base/util.h"

#define JCN_PREFIX "JP-JCN-"
#define JCN_DIGITS 13
#define ANON_PREFIX "XX-ANON-" /* what stands for organisations that a caller may not know: nobody's id */
#define TEXT_MAX 512 /* longer cells are not identifiers */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

static bool is_id_char(char c)
{
	return is_digit(c) || is_upper(c) || (c >= 'a' && c <= 'z') || c == '.' || c == '_' ||
	       c == '~' || c == '-';
}

int corporate_check_digit(const char base[12])
{
	int sum = 0;

	for (int n = 1; n <= 12; n++)
		sum += (base[12 - n] - '0') * (n % 2 ? 1 : 2);
	return 9 - sum % 9;
}

static bool all_digits(struct view v)
{
	const char *s = v.p;

	for (size_t i = 0; i < v.n; i++)
		if (!is_digit(s[i]))
			return false;
	return v.n > 0;
}

bool corporate_number_ok(struct view v)
{
	const char *s = v.p;

	return v.n == JCN_DIGITS && all_digits(v) && s[0] - '0' == corporate_check_digit(s + 1);
}

struct view orgid_parent(struct view id)
{
	const char *tilde = id.n ? memchr(id.p, '~', id.n) : NULL;

	return tilde ? view_of(id.p, (size_t)(tilde - (const char *)id.p)) : (struct view){ 0 };
}

/* Two capital letters, '-', the list's name in capitals and digits, '-', a code. */
static bool shape_ok(const char *s, size_t n)
{
	size_t i = 3;

	if (n < 6 || !is_upper(s[0]) || !is_upper(s[1]) || s[2] != '-')
		return false;
	while (i < n && (is_upper(s[i]) || is_digit(s[i])))
		i++;
	return i > 3 && i + 1 < n && s[i] == '-';
}

static enum rc refuse(struct err *e, enum rc rc, const char *field, struct view v)
{
	return err_set(e, rc, field, "%.*s", (int)MIN(v.n, 120), v.n ? (const char *)v.p : "");
}

enum rc orgid_check(struct view id, const char *field, struct err *e)
{
	const char *s = id.p;
	struct view entity = orgid_parent(id), number;
	unsigned tildes = 0;

	if (id.n == 0 || id.n > ORGID_MAX)
		return refuse(e, RC_BAD_ID, field, id);
	for (size_t i = 0; i < id.n; i++) {
		if (!is_id_char(s[i]))
			return refuse(e, RC_BAD_ID, field, id);
		tildes += s[i] == '~';
	}
	if (tildes == 0)
		entity = id;
	if (tildes > 1 || s[id.n - 1] == '~' || !shape_ok(entity.p, entity.n) ||
	    (entity.n > strlen(ANON_PREFIX) && memcmp(s, ANON_PREFIX, strlen(ANON_PREFIX)) == 0))
		return refuse(e, RC_BAD_ID, field, id);
	if (memcmp(s, JCN_PREFIX, strlen(JCN_PREFIX)) != 0)
		return RC_OK;
	number = view_of(s + strlen(JCN_PREFIX), entity.n - strlen(JCN_PREFIX));
	if (number.n != JCN_DIGITS || !all_digits(number))
		return refuse(e, RC_BAD_ID, field, id);
	return corporate_number_ok(number) ? RC_OK : refuse(e, RC_CHECK_DIGIT, field, id);
}

/* The hyphens and dashes that stand between groups of digits in people's files. */
static size_t dash_len(const char *s, size_t n)
{
	static const char *const dashes[] = {
		"-", "‐", "‑", "‒", "–", "—", "―", "−", "ー", "ｰ", " "
	};

	for (size_t i = 0; i < ARRAY_LEN(dashes); i++) {
		size_t len = strlen(dashes[i]);
		if (len <= n && memcmp(s, dashes[i], len) == 0)
			return len;
	}
	return 0;
}

/* Digits with dashes between them, after an optional T: fills number, true if 13 digits remain. */
static bool thirteen_digits(struct view v, char number[JCN_DIGITS], bool *out_t)
{
	const char *s = v.p;
	size_t i = 0, n = 0;

	*out_t = v.n > 0 && (s[0] == 'T' || s[0] == 't');
	if (*out_t)
		i++;
	while (i < v.n) {
		size_t dash = dash_len(s + i, v.n - i);

		if (dash) {
			i += dash;
			continue;
		}
		if (!is_digit(s[i]) || n == JCN_DIGITS)
			return false;
		number[n++] = s[i++];
	}
	return n == JCN_DIGITS;
}

/* 7.00001E+12 and its like: what a spreadsheet leaves of a long number. */
static bool looks_damaged(struct view v)
{
	const char *s = v.p;
	size_t i = 0, digits = 0;

	for (; i < v.n && (is_digit(s[i]) || s[i] == '.'); i++)
		digits += is_digit(s[i]);
	if (digits == 0 || i == v.n || (s[i] != 'E' && s[i] != 'e'))
		return false;
	i++;
	if (i < v.n && (s[i] == '+' || s[i] == '-'))
		i++;
	return i < v.n && all_digits(view_of(s + i, v.n - i));
}

enum rc orgid_from_text(struct view text, struct buf *out, const char *field, struct err *e)
{
	AUTO(buf_done) struct buf folded = BUF_INIT;
	char number[JCN_DIGITS];
	struct view v;
	bool with_t;
	enum rc rc;

	if (text.n > TEXT_MAX)
		return refuse(e, RC_BAD_ID, field, text);
	text_fold_ascii(&folded, text);
	if (!buf_ok(&folded))
		return err_set(e, RC_NOMEM, field, NULL);
	v = buf_view(&folded);
	if (thirteen_digits(v, number, &with_t)) {
		if (!corporate_number_ok(view_of(number, JCN_DIGITS)))
			return refuse(e, with_t ? RC_NOT_CORPORATE : RC_CHECK_DIGIT, field, v);
		buf_adds(out, JCN_PREFIX);
		buf_add(out, number, JCN_DIGITS);
	} else if (looks_damaged(v)) {
		return refuse(e, RC_DAMAGED_NUMBER, field, v);
	} else {
		rc = orgid_check(v, field, e);
		if (rc != RC_OK)
			return rc;
		buf_addv(out, v);
	}
	return buf_ok(out) ? RC_OK : err_set(e, RC_NOMEM, field, NULL);
}
