/*
 * text.c - folding of Japanese text.
 *
 * A name's key is made in three steps in the output buffer itself: fold every character (keeping
 * blanks as ' '), cut company forms at either end, then drop blanks and middle dots. Nearly all
 * names hold only characters whose NFKC form is themselves or one table look-up away; only the
 * rest goes through utf8proc.
 */
#include "base/text.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/util.h"

/* ---- ASCII folding ---- */

/* Length of the blank at p, 0 if there is none. */
static size_t blank_len(const unsigned char *p, size_t n)
{
	if (n >= 1 && (p[0] == ' ' || (p[0] >= '\t' && p[0] <= '\r')))
		return 1;
	if (n >= 2 && p[0] == 0xc2 && p[1] == 0xa0)
		return 2;
	if (n >= 3 && p[0] == 0xe3 && p[1] == 0x80 && p[2] == 0x80)
		return 3;
	return 0;
}

static size_t blank_len_before(const unsigned char *p, size_t n)
{
	for (size_t k = 1; k <= 3 && k <= n; k++)
		if (blank_len(p + n - k, k) == k)
			return k;
	return 0;
}

void text_fold_ascii(struct buf *out, struct view v)
{
	const unsigned char *p = v.p;
	size_t n = v.n, k, i = 0;

	while ((k = blank_len(p, n)) > 0)
		p += k, n -= k;
	while ((k = blank_len_before(p, n)) > 0)
		n -= k;
	if (!buf_reserve(out, n))
		return;
	while (i < n) {
		if (p[i] == 0xef && n - i >= 3 && (p[i + 1] == 0xbc || p[i + 1] == 0xbd)) {
			unsigned cp = 0xf000u | (p[i + 1] & 0x3fu) << 6 | (p[i + 2] & 0x3fu);
			if (cp >= 0xff01 && cp <= 0xff5e) {
				buf_addc(out, (char)(cp - 0xfee0));
				i += 3;
				continue;
			}
		}
		k = blank_len(p + i, n - i);
		if (k > 1) {
			buf_addc(out, ' ');
			i += k;
		} else {
			buf_addc(out, (char)p[i++]);
		}
	}
}

/* ---- name keys ---- */

#define CP_SLOW 0 /* needs NFKC */
#define DOT "・"

static uint32_t fold_variant(uint32_t cp)
{
	switch (cp) {
#define VARIANT(from, to) \
	case from:        \
		return to;
#include "base/variants.def"
#undef VARIANT
	default:
		return cp;
	}
}

static uint32_t fold_ascii_char(uint32_t cp)
{
	if (cp <= ' ')
		return ' ';
	return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
}

/* Hiragana, katakana and what stands beside them: U+3000..U+30FF. */
static uint32_t fold_kana(uint32_t cp)
{
	if (cp >= 0x3041 && cp <= 0x3096)
		cp += 0x60;
	switch (cp) {
	case 0x3000:
		return ' ';
	case 0x301c:
		return '~';
	case 0x30f5: /* ヵ */
		return 0x30ab;
	case 0x30f6: /* ヶ */
		return 0x30b1;
	case 0x30fc: /* the long vowel mark is typed for a dash and the other way round */
		return '-';
	case 0x309d: /* ゝ */
	case 0x309e:
		return cp + 0x60;
	default:
		break;
	}
	if ((cp >= 0x30a1 && cp <= 0x30fe) || (cp >= 0x3001 && cp <= 0x3035))
		return cp;
	return CP_SLOW;
}

/* One character's fold, CP_SLOW where that takes NFKC first. */
static uint32_t fold_char(uint32_t cp)
{
	if (cp < 0x80)
		return fold_ascii_char(cp);
	if (cp >= 0x4e00 && cp <= 0x9fff)
		return fold_variant(cp);
	if (cp >= 0x3000 && cp <= 0x30ff)
		return fold_kana(cp);
	if (cp >= 0xff01 && cp <= 0xff5e)
		return fold_ascii_char(cp - 0xfee0);
	if ((cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212)
		return '-';
	return CP_SLOW;
}

/* What is left after NFKC that fold_char() does not know. */
static uint32_t fold_rest(uint32_t cp)
{
	switch (cp) {
	case 0x00b7:
		return 0x30fb;
	case 0x2018:
	case 0x2019:
		return '\'';
	default:
		return fold_variant((uint32_t)utf8proc_tolower((utf8proc_int32_t)cp));
	}
}

/* At most 4 bytes. */
static size_t put_cp(char *p, uint32_t cp)
{
	if (cp < 0x80) {
		p[0] = (char)cp;
		return 1;
	}
	if (cp >= 0x800 && cp < 0x10000) {
		p[0] = (char)(0xe0 | cp >> 12);
		p[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		p[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	return (size_t)utf8proc_encode_char((utf8proc_int32_t)cp, (utf8proc_uint8_t *)p);
}

/* v is valid UTF-8: the character at i, i moves on. */
static uint32_t next_cp(struct view v, size_t *i)
{
	const unsigned char *p = (const unsigned char *)v.p + *i;

	if (p[0] < 0x80) {
		*i += 1;
		return p[0];
	}
	if (p[0] < 0xe0) {
		*i += 2;
		return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
	}
	if (p[0] < 0xf0) {
		*i += 3;
		return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
	}
	*i += 4;
	return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
}

static void fold_slow(struct buf *out, struct view v)
{
	utf8proc_uint8_t *nfkc = NULL;
	utf8proc_ssize_t n = utf8proc_map(v.p, (utf8proc_ssize_t)v.n, &nfkc,
					  UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
						  UTF8PROC_IGNORE);
	struct view folded;

	if (n < 0) { /* v is valid: only memory can be short */
		out->failed = true;
		return;
	}
	folded = view_of(nfkc, (size_t)n);
	for (size_t i = 0; i < folded.n;) {
		uint32_t cp = next_cp(folded, &i), f = fold_char(cp);

		if (!buf_reserve(out, 4))
			break;
		out->n += put_cp(out->p + out->n, f == CP_SLOW ? fold_rest(cp) : f);
	}
	free(nfkc);
}

static void fold_name(struct buf *out, struct view v)
{
	char *p;

	/* no character grows to more than twice its bytes: ㈱ (3) becomes (株) (5) */
	if (v.n > SIZE_MAX / 4 || !buf_reserve(out, v.n * 2 + 4)) {
		out->failed = true;
		return;
	}
	p = out->p + out->n;
	for (size_t i = 0; i < v.n;) {
		uint32_t cp = next_cp(v, &i), f;

		if (cp == 0x3231 || cp == 0x3232) {
			memcpy(p, cp == 0x3231 ? "(株)" : "(有)", 5);
			p += 5;
			continue;
		}
		f = fold_char(cp);
		if (f == CP_SLOW) {
			fold_slow(out, v);
			return;
		}
		p += put_cp(p, f);
	}
	out->n = (size_t)(p - out->p);
}

/* ---- company forms, as they read after folding ---- */

static const struct view forms[] = {
#define F(s) { s, sizeof(s) - 1 }
	F("株式会社"), F("(株)"), F("有限会社"), F("(有)"), F("合同会社"), F("(同)"),
	F("合資会社"), F("(資)"), F("合名会社"), F("(名)"), F("相互会社"), F("(相)"),
	F("一般社団法人"), F("(一社)"), F("一般財団法人"), F("(一財)"), F("公益社団法人"),
	F("(公社)"), F("公益財団法人"), F("(公財)"), F("社団法人"), F("財団法人"),
	F("医療法人社団"), F("医療法人財団"), F("医療法人"), F("(医)"), F("学校法人"), F("(学)"),
	F("社会福祉法人"), F("(福)"), F("特定非営利活動法人"), F("npo法人"), F("(特非)"),
	F("独立行政法人"), F("(独)"), F("国立研究開発法人"), F("国立大学法人"),
	F("地方独立行政法人"), F("宗教法人"), F("(宗)"), F("協同組合"), F("(協)"), F("(カ)"),
	F("(ユ)"),
#undef F
};

/* Letters only: blanks, dots and commas between them are skipped. Longer ones first. */
static const struct {
	const char *letters;
	bool in_front;
} latin_forms[] = {
	{ "kabushikikaisha", true }, { "kabushikigaisha", true }, { "yugenkaisha", true },
	{ "godokaisha", true },      { "companylimited", false }, { "incorporated", false },
	{ "corporation", false },    { "colimited", false },	  { "coltd", false },
	{ "ptyltd", false },	     { "pteltd", false },	  { "coinc", false },
	{ "limited", false },	     { "corp", false },		  { "ltd", false },
	{ "inc", false },	     { "llc", false },		  { "gmbh", false },
	{ "plc", false },	     { "kk", true },		  { "yk", true },
	{ "gk", true },		     { "co", false },
};

static bool is_filler(char c) { return c == ' ' || c == '.' || c == ','; }

/* A letter or digit cannot stand next to a Latin form: "zinc" does not end in "inc". */
static bool is_boundary(char c) { return c == ' ' || c == ',' || c == ')' || (unsigned char)c >= 0x80; }

static struct view trim_filler(struct view v)
{
	const char *s = v.p;

	while (v.n > 0 && (s[v.n - 1] == ' ' || s[v.n - 1] == ','))
		v.n--;
	while (v.n > 0 && (*s == ' ' || *s == ',')) {
		s++;
		v.n--;
	}
	return view_of(s, v.n);
}

/* How many bytes the form takes at v's end, 0: it is not there. */
static size_t latin_at_end(struct view v, const char *letters)
{
	const char *s = v.p;
	size_t i = v.n, j = strlen(letters);

	while (j > 0) {
		while (i > 0 && is_filler(s[i - 1]))
			i--;
		if (i == 0 || s[i - 1] != letters[j - 1])
			return 0;
		i--;
		j--;
	}
	return i > 0 && is_boundary(s[i - 1]) ? v.n - i : 0;
}

static size_t latin_in_front(struct view v, const char *letters)
{
	const char *s = v.p;
	size_t i = 0;

	for (size_t j = 0; letters[j]; j++) {
		while (i < v.n && is_filler(s[i]))
			i++;
		if (i == v.n || s[i] != letters[j])
			return 0;
		i++;
	}
	while (i < v.n && s[i] == '.')
		i++;
	return i < v.n && is_boundary(s[i]) ? i : 0;
}

static struct view cut_latin(struct view v)
{
	const char *s = v.p;
	size_t last = v.n, n;

	while (last > 0 && is_filler(s[last - 1]))
		last--;
	if (last == 0 || ((unsigned char)s[last - 1] >= 0x80 && (unsigned char)s[0] >= 0x80))
		return v;
	for (size_t k = 0; k < ARRAY_LEN(latin_forms); k++) {
		const char *f = latin_forms[k].letters;

		if (s[last - 1] == f[strlen(f) - 1] && (n = latin_at_end(v, f)) > 0)
			return view_of(s, v.n - n);
		if (latin_forms[k].in_front && s[0] == f[0] && (n = latin_in_front(v, f)) > 0)
			return view_of(s + n, v.n - n);
	}
	return v;
}

static struct view cut_form(struct view v)
{
	const char *s = v.p;

	for (size_t k = 0; k < ARRAY_LEN(forms); k++) {
		const char *f = forms[k].p;
		size_t n = forms[k].n;

		if (n > v.n)
			continue;
		if (s[0] == f[0] && memcmp(s, f, n) == 0)
			return view_of(s + n, v.n - n);
		if (s[v.n - 1] == f[n - 1] && memcmp(s + v.n - n, f, n) == 0)
			return view_of(s, v.n - n);
	}
	return cut_latin(v);
}

static struct view cut_forms(struct view v)
{
	for (;;) {
		struct view shorter;

		v = trim_filler(v);
		if (v.n == 0)
			return v;
		shorter = cut_form(v);
		if (shorter.n == v.n)
			return v;
		v = shorter;
	}
}

/* Moves v's bytes but blanks and middle dots to `to`, which lies at or before them. */
static size_t compact(char *to, struct view v)
{
	const char *s = v.p;
	size_t n = 0, dot = strlen(DOT);

	for (size_t i = 0; i < v.n;) {
		if (s[i] == ' ') {
			i++;
		} else if (s[i] == DOT[0] && v.n - i >= dot && memcmp(s + i, DOT, dot) == 0) {
			i += dot;
		} else {
			to[n++] = s[i++];
		}
	}
	return n;
}

static bool is_all_dropped(struct view v)
{
	const char *s = v.p;
	size_t dot = strlen(DOT);

	for (size_t i = 0; i < v.n;) {
		if (s[i] == ' ')
			i++;
		else if (v.n - i >= dot && memcmp(s + i, DOT, dot) == 0)
			i += dot;
		else
			return false;
	}
	return true;
}

bool text_name_key(struct buf *out, struct view v)
{
	size_t start = out->n;
	struct view name;

	if (!utf8_valid(v))
		return false;
	fold_name(out, v);
	if (!buf_ok(out) || out->n == start)
		return true;
	name = cut_forms(view_of(out->p + start, out->n - start));
	if (!is_all_dropped(name))
		out->n = start + compact(out->p + start, name);
	return true;
}
