/*
 * value.c - cells to values. Identifiers, numbers, dates, booleans and choices are folded
 * (full-width forms, blanks); names and free text go in as they are.
 */
#include "importers/value.h"

#include <stdio.h>

#include "base/orgid.h"
#include "base/text.h"
#include "base/util.h"
#include "importers/json_values.h"

#define WHOLE_DIGITS 18 /* no overflow before the field's own bound is asked */
#define DATES_MAX 64

void value_room_done(struct value_room *r)
{
	buf_done(&r->folded);
	buf_done(&r->bytes);
}

static enum rc refuse(struct err *e, enum rc rc, const char *field, struct view v)
{
	return err_set(e, rc, field, "%.*s", (int)utf8_cut(v, 120), v.n ? (const char *)v.p : "");
}

static bool is_plain(struct view v)
{
	const unsigned char *p = v.p;

	if (v.n == 0 || p[0] <= ' ' || p[v.n - 1] <= ' ')
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (p[i] >= 0x80)
			return false;
	return true;
}

struct view cell_fold(struct value_room *r, struct view cell)
{
	if (is_plain(cell))
		return cell;
	buf_clear(&r->folded);
	text_fold_ascii(&r->folded, cell);
	return r->folded.n ? buf_view(&r->folded) : VIEW_LIT("");
}

bool cell_blank(struct view cell)
{
	const unsigned char *p = cell.p;

	for (size_t i = 0; i < cell.n; i++) {
		if (p[i] == ' ' || (p[i] >= '\t' && p[i] <= '\r'))
			continue;
		if (p[i] == 0xe3 && cell.n - i >= 3 && p[i + 1] == 0x80 && p[i + 2] == 0x80)
			i += 2;
		else if (p[i] == 0xc2 && cell.n - i >= 2 && p[i + 1] == 0xa0)
			i += 1;
		else
			return false;
	}
	return true;
}

/* ---- words ---- */

/* Latin letters of any case are the same. */
static bool same_word(struct view v, const char *word)
{
	const char *p = v.p;

	if (v.n != strlen(word))
		return false;
	for (size_t i = 0; i < v.n; i++) {
		char c = p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] + 32) : p[i];

		if (c != word[i])
			return false;
	}
	return true;
}

static bool among(struct view v, const char *const *words)
{
	for (; *words; words++)
		if (same_word(v, *words))
			return true;
	return false;
}

static int bool_of(struct view v)
{
	static const char *const yes[] = { "1", "true", "yes", "有", "有り", "あり", "○",
					   "〇", "◯", "はい", "する", NULL };
	static const char *const no[] = { "0",	"false", "no", "無", "無し", "なし", "×",
					  "✕", "✖", "いいえ", "しない", NULL };

	if (among(v, no))
		return 0;
	return among(v, yes) ? 1 : -1;
}

static int enum_of(const struct field *f, struct view v)
{
	for (int i = 0; f->names[i].name; i++)
		if (same_word(v, f->names[i].name) || view_is(v, f->names[i].ja))
			return i;
	return -1;
}

/* ---- numbers ---- */

static bool eat(struct view *v, const char *word)
{
	size_t n = strlen(word);

	if (v->n < n || memcmp(v->p, word, n) != 0)
		return false;
	*v = view_of((const char *)v->p + n, v->n - n);
	return true;
}

static bool eat_end(struct view *v, const char *word)
{
	size_t n = strlen(word);

	if (v->n < n || memcmp((const char *)v->p + v->n - n, word, n) != 0)
		return false;
	v->n -= n;
	return true;
}

static void trim(struct view *v)
{
	while (eat(v, " "))
		;
	while (eat_end(v, " "))
		;
}

/* Digits, or groups of three with commas between them. */
static bool digits_of(struct view v, int64_t *out)
{
	const char *p = v.p;
	size_t plain = 0;
	for (int64_t y = 0; plain < v.n && plain < WHOLE_DIGITS && p[plain] >= '0' && p[plain] <= '9';) {
		y = y * 10 + (p[plain++] - '0');
		*out = plain == v.n ? y : *out;
	}
	if (plain && plain == v.n)
		return true; /* what nearly every number is */
	const char *comma = v.n ? memchr(p, ',', v.n) : NULL;
	size_t first = comma ? (size_t)(comma - p) : v.n, digits = 0;
	int64_t x = 0;

	if (first == 0 || (comma && first > 3))
		return false;
	for (size_t i = 0; i < v.n; i++) {
		bool at_comma = comma && i >= first && (i - first) % 4 == 0;

		if (at_comma && p[i] == ',')
			continue;
		if (at_comma || p[i] < '0' || p[i] > '9' || ++digits > WHOLE_DIGITS)
			return false;
		x = x * 10 + (p[i] - '0');
	}
	if (comma && (v.n - first) % 4 != 0)
		return false;
	*out = x;
	return true;
}

bool whole_number(struct view v, int64_t *out)
{
	bool minus = eat(&v, "-") || eat(&v, "−");
	bool yen = eat(&v, "¥") || eat(&v, "￥") || eat(&v, "\\");
	int64_t x;

	if (!yen)
		(void)(eat_end(&v, "円"));
	trim(&v);
	if (!digits_of(v, &x))
		return false;
	*out = minus ? -x : x;
	return true;
}

/* "0.85": at most four decimals that count. */
static bool decimal4(struct view v, int64_t *out)
{
	const char *p = v.p;
	size_t dot = 0, i;
	int64_t whole = 0, part = 0, scale = 1000;

	while (dot < v.n && p[dot] != '.')
		dot++;
	if (dot == v.n) {
		if (!digits_of(v, &whole) || whole > INT64_MAX / 10000)
			return false;
		*out = whole * 10000;
		return true;
	}
	if (v.n == 1 || (dot > 0 && !digits_of(view_of(p, dot), &whole)) ||
	    whole > INT64_MAX / 10000 - 1)
		return false;
	for (i = dot + 1; i < v.n; i++) {
		if (p[i] < '0' || p[i] > '9' || (scale == 0 && p[i] != '0'))
			return false;
		part += (p[i] - '0') * scale;
		scale /= 10;
	}
	*out = whole * 10000 + part;
	return true;
}

/* ★★★, ★3, 3, three stars in words. */
static bool level_of(struct view v, int64_t *out)
{
	static const char *const words[] = { "一つ星", "二つ星", "三つ星", "四つ星", "五つ星" };
	int64_t stars = 0;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (view_is(v, words[i])) {
			*out = (int64_t)i + 1;
			return true;
		}
	}
	while (eat(&v, "★") || eat(&v, "☆") || eat(&v, "*"))
		stars++;
	trim(&v);
	if (v.n == 0 && stars > 0) {
		*out = stars;
		return true;
	}
	return stars <= 1 && whole_number(v, out);
}

static bool is_level(const struct field *f)
{
	return f->type == FT_INT && f->min == 0 && f->max == 5;
}

/* ---- lists ---- */

/* The next piece up to ';' or its full-width forms; false at the end. */
static bool next_piece(struct view *rest, struct view *out)
{
	const char *p = rest->p;
	size_t i = 0;

	if (rest->n == 0)
		return false;
	while (i < rest->n && p[i] != ';' && p[i] != '\n')
		i++;
	*out = view_of(p, i);
	if (i < rest->n)
		i++;
	*rest = view_of(p + i, rest->n - i);
	return true;
}

static enum rc ids_of(const struct field *f, struct view v, struct buf *bytes, struct err *e)
{
	AUTO(buf_done) struct buf id = BUF_INIT;
	struct view piece;

	while (next_piece(&v, &piece)) {
		enum rc rc;

		if (cell_blank(piece))
			continue;
		buf_clear(&id);
		rc = cell_to_org(piece, &id, f->name, e);
		if (rc)
			return rc;
		buf_lenbytes(bytes, buf_view(&id));
	}
	return RC_OK;
}

static enum rc days_of(const struct field *f, struct view v, struct buf *bytes, struct err *e)
{
	int32_t days[DATES_MAX];
	struct view piece;
	size_t n = 0;

	while (next_piece(&v, &piece)) {
		if (cell_blank(piece))
			continue;
		if (n == DATES_MAX)
			return err_set(e, RC_TOO_LONG, f->name, "%d", DATES_MAX);
		if (!day_parse_lenient(piece, &days[n++], NULL))
			return refuse(e, RC_BAD_DATE, f->name, piece);
	}
	days_encode(days, n, bytes);
	return RC_OK;
}

/* ---- texts that are identifiers or words rather than prose ---- */

enum text_form { TEXT_EXACT, TEXT_FOLD, TEXT_LOWER, TEXT_UPPER };

static enum text_form text_form(const struct field *f)
{
	static const struct {
		const char *name;
		enum text_form form;
	} forms[] = { { "supplier_code", TEXT_FOLD }, { "registration_no", TEXT_FOLD },
		      { "scheme", TEXT_LOWER },	      { "country", TEXT_UPPER },
		      { "spend_currency", TEXT_UPPER } };

	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (f->name[0] == forms[i].name[0] && strcmp(f->name, forms[i].name) == 0)
			return forms[i].form;
	return TEXT_EXACT;
}

static void add_text(struct value_room *r, const struct field *f, struct view cell)
{
	enum text_form form = text_form(f);
	size_t from = r->bytes.n;

	buf_addv(&r->bytes, form == TEXT_EXACT ? cell : cell_fold(r, cell));
	for (size_t i = from; form >= TEXT_LOWER && i < r->bytes.n; i++) {
		char *c = &r->bytes.p[i];

		if (form == TEXT_LOWER && *c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 32);
		if (form == TEXT_UPPER && *c >= 'a' && *c <= 'z')
			*c = (char)(*c - 32);
	}
}

/* ---- the one entry ---- */

static enum rc to_bytes(struct value_room *r, const struct field *f, struct view cell, struct err *e)
{
	struct buf *bytes = &r->bytes;
	int64_t n = 0;
	int32_t day;
	int choice;

	switch (f->type) {
	case FT_BOOL:
		choice = bool_of(cell_fold(r, cell));
		buf_addc(bytes, (char)choice);
		return choice < 0 ? refuse(e, RC_BAD_VALUE, f->name, cell) : RC_OK;
	case FT_INT:
		if (!(is_level(f) ? level_of(cell_fold(r, cell), &n)
					   : whole_number(cell_fold(r, cell), &n)))
			return refuse(e, RC_BAD_VALUE, f->name, cell);
		buf_svarint(bytes, n);
		return RC_OK;
	case FT_DEC4:
		if (!decimal4(cell_fold(r, cell), &n))
			return refuse(e, RC_BAD_VALUE, f->name, cell);
		buf_svarint(bytes, n);
		return RC_OK;
	case FT_ENUM:
		choice = enum_of(f, cell_fold(r, cell));
		buf_svarint(bytes, choice);
		return choice < 0 ? field_enum_refuse(f, cell, f->name, true, e) : RC_OK;
	case FT_DATE:
		if (!day_parse_lenient(cell, &day, NULL))
			return refuse(e, RC_BAD_DATE, f->name, cell);
		buf_svarint(bytes, day);
		return RC_OK;
	case FT_STR:
		add_text(r, f, cell);
		return RC_OK;
	case FT_ORG:
		return cell_to_org(cell, bytes, f->name, e);
	case FT_STRS:
		return ids_of(f, cell_fold(r, cell), bytes, e);
	case FT_DATES:
		return days_of(f, cell_fold(r, cell), bytes, e);
	case FT_PERIODS:
	case FT_GRANTS:
	case FT_JSON:
	case FT_CONTACTS:
	case FT_RULES:
	case FT_TIERS:
	default:
		return err_set(e, RC_INTERNAL, f->name, "field type");
	}
}

enum rc cell_to_field(struct value_room *r, const struct field *f, struct view cell,
		      struct buf *fields, struct err *e)
{
	struct view bytes;
	enum rc rc;

	buf_clear(&r->bytes);
	rc = to_bytes(r, f, cell, e);
	if (!rc && (!buf_ok(&r->bytes) || !buf_ok(&r->folded)))
		rc = err_set(e, RC_NOMEM, f->name, NULL);
	if (rc)
		return rc;
	bytes = r->bytes.n ? buf_view(&r->bytes) : VIEW_LIT("");
	rc = field_check(f, bytes, e);
	if (!rc)
		fl_bytes(fields, f->id, bytes);
	return rc;
}

enum rc cell_to_org(struct view cell, struct buf *out, const char *field, struct err *e)
{
	const char *prefix = "JP-JCN-";
	bool has_prefix = cell.n == 20 && memcmp(cell.p, prefix, 7) == 0;

	/* what nearly every cell is, without the folding */
	if (corporate_number_ok(has_prefix ? view_of((const char *)cell.p + 7, 13) : cell)) {
		buf_add(out, prefix, 7);
		buf_add(out, (const char *)cell.p + (has_prefix ? 7 : 0), 13);
		return RC_OK;
	}
	return orgid_from_text(cell, out, field, e);
}

/* A spreadsheet takes 2-1-3 for the 3rd of January 2002. */
static bool became_date(struct view v)
{
	int32_t day;

	return day_parse_lenient(v, &day, NULL);
}

enum rc cell_to_clause(struct value_room *r, struct view cell, const char **out, struct err *e)
{
	struct view v = cell_fold(r, cell);
	char dashed[8];
	size_t n = 0;
	int no = -1;

	if (v.n < 32) {
		/* typed dashes of other kinds become '-' */
		static const char *const dashes[] = { "-", "_", "‐", "‑", "–", "—", "―", "−", "ー", "." };
		struct view rest = v;

		while (rest.n && n < sizeof(dashed)) {
			size_t k = 0;

			while (k < ARRAY_LEN(dashes) && !eat(&rest, dashes[k]))
				k++;
			if (k < ARRAY_LEN(dashes)) {
				dashed[n++] = '-';
			} else {
				dashed[n++] = *(const char *)rest.p;
				rest = view_of((const char *)rest.p + 1, rest.n - 1);
			}
		}
		no = rest.n ? -1 : clause_no_parse(view_of(dashed, n));
	}
	if (no < 0)
		return refuse(e, became_date(v) ? RC_DAMAGED_NUMBER : RC_BAD_VALUE, "no", cell);
	*out = clause_names[no];
	return RC_OK;
}
