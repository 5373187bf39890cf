/* names.c - writing and searching the blocks of names; layout in names.h. */
#include "graph/names.h"

#include <ctype.h>

#include "base/text.h"
#include "base/util.h"
#include "graph/radix.h"

#define NAME_BLOCK 256u
#define QUERY_MAX 512

static void key_add(struct buf *out, struct view v)
{
	size_t from = out->n + 1;
	if (!v.n)
		return;
	buf_addc(out, 0x1d);
	AUTO(buf_done) struct buf key = BUF_INIT;
	if (text_name_key(&key, v))
		buf_addv(out, buf_view(&key));
	for (size_t i = from; i < out->n; i++)
		if ((unsigned char)out->p[i] < 0x20)
			out->p[i] = ' ';
}

static void ascii_add(struct buf *out, struct view id)
{
	buf_addc(out, 0x1d);
	for (size_t i = 0; i < id.n; i++) {
		int ch = tolower(((const unsigned char *)id.p)[i]);
		buf_addc(out, (char)(ch < 0x20 ? ' ' : ch));
	}
}

void name_text(struct buf *out, const struct rec *org)
{
	key_add(out, org->f[ORG_NAME]);
	key_add(out, org->f[ORG_NAME_KANA]);
	key_add(out, org->f[ORG_NAME_EN]);
	ascii_add(out, org->f[META_ID]);
	struct rd rd = rd_of(org->f[ORG_ALIASES]);
	while (rd_more(&rd))
		ascii_add(out, rd_lenbytes(&rd));
}

bool name_edit_add(struct name_edits *es, uint32_t org, const struct rec *rec_or_null)
{
	if (es->n == es->cap) {
		size_t cap = es->cap ? es->cap * 2 : 64;
		struct name_edit *p = realloc(es->e, cap * sizeof *p);
		if (!p)
			return false;
		es->e = p;
		es->cap = cap;
	}
	size_t at = es->text.n;
	if (rec_or_null)
		name_text(&es->text, rec_or_null);
	es->e[es->n++] = (struct name_edit){ org, (uint32_t)(es->text.n - at), at };
	return buf_ok(&es->text);
}

void name_edits_cut(struct name_edits *es, size_t n)
{
	if (n < es->n)
		es->text.n = es->e[n].at;
	es->n = MIN(es->n, n);
}

void name_edits_done(struct name_edits *es)
{
	free(es->e);
	buf_done(&es->text);
	*es = (struct name_edits){ 0 };
}

/* By organisation; the edits of one keep their order. Most come in order already. */
static bool edits_sort(struct name_edits *es)
{
	size_t i = 1;
	while (i < es->n && es->e[i - 1].org <= es->e[i].org)
		i++;
	if (i >= es->n)
		return true;
	AUTO_FREE uint64_t *key = malloc(es->n * sizeof *key);
	AUTO_FREE uint32_t *at = malloc(es->n * sizeof *at);
	AUTO_FREE struct name_edit *sorted = malloc(es->n * sizeof *sorted);
	if (!key || !at || !sorted)
		return false;
	for (i = 0; i < es->n; i++) {
		key[i] = es->e[i].org;
		at[i] = (uint32_t)i;
	}
	radix_sort(key, at, es->n);
	for (i = 0; i < es->n; i++)
		sorted[i] = es->e[at[i]];
	memcpy(es->e, sorted, es->n * sizeof *sorted);
	return true;
}

/* Of a digit that entry_put() wrote. */
static unsigned digit(char c) { return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10) & 15; }

/* The organisations of a block one after another: false at the end. */
static inline bool entry_next(const char **p, const char *end, unsigned *out_local, struct view *out_text)
{
	if (*p >= end || end - *p < 3 || **p != 0x1e)
		return false;
	const char *from = *p + 3, *to = memchr(from, 0x1e, (size_t)(end - from));
	if (!to)
		to = end;
	*out_local = digit((*p)[1]) << 4 | digit((*p)[2]);
	*out_text = view_of(from, (size_t)(to - from));
	*p = to;
	return true;
}

static void entry_put(struct buf *out, unsigned local, struct view text)
{
	static const char hex[] = "0123456789abcdef";
	const char head[3] = { 0x1e, hex[local >> 4 & 15], hex[local & 15] };
	if (text.n) {
		buf_add(out, head, sizeof head);
		buf_addv(out, text);
	}
}

static void block_merge(struct txn *w, uint32_t block, const struct name_edits *all, size_t from, size_t n)
{
	uint8_t key[4];
	const struct name_edit *es = all->e + from;
	struct view old = { 0 };
	AUTO(buf_done) struct buf out = BUF_INIT;

	be32_put(key, block);
	bool have = txn_get(w, DB_NAME, view_of(key, 4), &old) == RC_OK;
	const char *p = have ? old.p : "", *end = p + old.n;
	unsigned local = NAME_BLOCK;
	struct view text;
	bool more = entry_next(&p, end, &local, &text);
	size_t k = 0;
	while (more || k < n) {
		unsigned el = k < n ? es[k].org % NAME_BLOCK : NAME_BLOCK;
		if (k + 1 < n && es[k + 1].org == es[k].org) {
			k++; /* the last edit of an organisation wins */
			continue;
		}
		if (more && local < el) {
			entry_put(&out, local, text);
			more = entry_next(&p, end, &local, &text);
			continue;
		}
		if (more && local == el)
			more = entry_next(&p, end, &local, &text);
		entry_put(&out, el, view_of(all->text.p + es[k].at, es[k].n));
		k++;
	}
	if (!buf_ok(&out))
		txn_fail(w, RC_NOMEM);
	else if (out.n)
		txn_put(w, DB_NAME, view_of(key, 4), buf_view(&out));
	else if (have)
		txn_del(w, DB_NAME, view_of(key, 4));
}

void name_flush(struct txn *w, struct name_edits *es)
{
	if (!edits_sort(es)) {
		txn_fail(w, RC_NOMEM);
		return;
	}
	for (size_t i = 0; i < es->n && txn_rc(w) == RC_OK;) {
		size_t from = i;
		uint32_t block = es->e[i].org / NAME_BLOCK;
		while (i < es->n && es->e[i].org / NAME_BLOCK == block)
			i++;
		block_merge(w, block, es, from, i - from);
	}
	name_edits_cut(es, 0);
}

/* ---- search ---- */

struct query {
	char folded[QUERY_MAX], ascii[QUERY_MAX];
	size_t nf, na;
};

static bool query_make(struct query *q, struct view v)
{
	AUTO(buf_done) struct buf key = BUF_INIT;
	if (v.n == 0 || v.n >= QUERY_MAX || !text_name_key(&key, v) || key.n >= QUERY_MAX)
		return false;
	memcpy(q->folded, key.p, key.n);
	q->nf = key.n;
	q->na = v.n;
	for (size_t i = 0; i < v.n; i++)
		q->ascii[i] = (char)tolower(((const unsigned char *)v.p)[i]);
	return true;
}

/* 0: no match, 1: a key begins with it, 2: a key contains it. */
static int match(const char *needle, size_t n, struct view text)
{
	int best = 0;
	const char *p = text.p, *end = p + text.n;
	while (n && (p = memmem(p, (size_t)(end - p), needle, n)) != NULL) {
		if (p > (const char *)text.p && p[-1] == 0x1d)
			return 1;
		best = 2;
		p++;
	}
	return best;
}

static bool found_in(const char *needle, size_t n, struct view block)
{
	return n && memmem(block.p, block.n, needle, n);
}

struct hits {
	const struct query *q;
	int want; /* 1: prefix pass, 2: substring pass */
	uint32_t exact, after;
	uint32_t *out;
	size_t n, max;
	bool more;
};

static void block_search(struct hits *h, uint32_t block, struct view text)
{
	const char *p = text.p, *end = p + text.n;
	unsigned local;
	struct view entry;
	/* most blocks have no match at all: one memmem over the block says so */
	if (!found_in(h->q->folded, h->q->nf, text) && !found_in(h->q->ascii, h->q->na, text))
		return;
	while (!h->more && entry_next(&p, end, &local, &entry)) {
		uint32_t org = block * NAME_BLOCK + local;
		if (org <= h->after || org == h->exact)
			continue;
		int a = match(h->q->folded, h->q->nf, entry), b = match(h->q->ascii, h->q->na, entry);
		int m = a && b ? MIN(a, b) : a ? a : b;
		if (m != h->want)
			continue;
		if (h->n == h->max)
			h->more = true;
		else
			h->out[h->n++] = org;
	}
}

static void pass(struct txn *t, struct hits *h)
{
	uint8_t key[4];
	AUTO_CUR struct cur c;
	cur_open(&c, t, DB_NAME);
	be32_put(key, h->after / NAME_BLOCK);
	for (bool ok = cur_ge(&c, view_of(key, 4)); ok && !h->more; ok = cur_next(&c))
		if (c.key.n == 4)
			block_search(h, be32_get(c.key.p), c.val);
}

/* The cursor: pass in the high half, the last organisation given in the low half. */
size_t org_search(struct txn *t, struct view q, uint64_t *cursor, uint32_t *out, size_t max)
{
	struct query query;
	struct hits h = { .q = &query, .out = out, .max = max };
	unsigned stage = (unsigned)(*cursor >> 32);

	h.after = (uint32_t)*cursor;
	if (!query_make(&query, q) || max == 0) {
		*cursor = 0;
		return 0;
	}
	if (org_find(t, q, &h.exact) != RC_OK)
		h.exact = ORG_NONE;
	else if (stage == 0)
		out[h.n++] = h.exact;
	for (stage = MAX(stage, 1u); stage <= 2; stage++, h.after = 0) {
		h.want = (int)stage;
		size_t from = h.n;
		pass(t, &h);
		if (h.more) {
			uint32_t last = h.n > from ? out[h.n - 1] : h.after;
			*cursor = (uint64_t)stage << 32 | last;
			return h.n;
		}
	}
	*cursor = 0;
	return h.n;
}

/* ---- of a set ---- */

#define BLOCK_WORDS (NAME_BLOCK / 64)
#define AHEAD 1024 /* bytes: what is read next shall be on its way */

/* The text of a block that holds some of the set; false: of none, or there is none. */
static bool set_block(struct txn *t, const struct org_bits *set, uint32_t block, struct view *out)
{
	uint64_t any = 0;
	uint8_t key[4];
	for (size_t w = block * BLOCK_WORDS; w < MIN(set->words, (block + 1) * (size_t)BLOCK_WORDS); w++)
		any |= set->bits[w];
	be32_put(key, block);
	return any && txn_get(t, DB_NAME, view_of(key, 4), out) == RC_OK;
}

static bool set_has(const struct org_bits *set, uint32_t org)
{
	return org / 64 < set->words && (set->bits[org / 64] >> (org % 64) & 1);
}

/* Which entries of the block hold it, as bits: from one place where it stands to the next, over those without it. */
static void block_match(const char *needle, size_t n, struct view block, uint64_t found[BLOCK_WORDS])
{
	const char *p = block.p, *end = p + block.n;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)needle[i] < 0x20) /* as no key has */
			return;
	while (n && p && (p = memmem(p, (size_t)(end - p), needle, n)) != NULL) {
		const char *from = memrchr(block.p, 0x1e, (size_t)(p - (const char *)block.p));
		if (!from)
			return;
		if (p < from + 3) { /* the entry's number */
			p++;
			continue;
		}
		unsigned local = digit(from[1]) << 4 | digit(from[2]);
		found[local / 64] |= 1ull << (local % 64);
		p = memchr(p, 0x1e, (size_t)(end - p));
	}
}

void names_match(struct txn *t, struct view q, struct org_bits *set)
{
	struct query query;
	bool any = query_make(&query, q);
	bool same = any && view_eq(view_of(query.folded, query.nf), view_of(query.ascii, query.na));
	for (uint32_t block = 0; block * (size_t)BLOCK_WORDS < set->words; block++) {
		uint64_t found[BLOCK_WORDS] = { 0 };
		struct view text;
		if (any && set_block(t, set, block, &text)) {
			block_match(query.folded, query.nf, text, found);
			if (!same)
				block_match(query.ascii, query.na, text, found);
		}
		for (size_t i = 0; i < BLOCK_WORDS && block * (size_t)BLOCK_WORDS + i < set->words; i++)
			set->bits[block * (size_t)BLOCK_WORDS + i] &= found[i];
	}
}

/* Apart, so that no record's room is cleared for every entry. */
static __attribute__((noinline)) bool has_name(struct txn *t, uint32_t org)
{
	struct rec rec;
	if (org_get(t, org, &rec) != RC_OK)
		return false;
	if (rec_has(&rec, ORG_NAME))
		return !view_eq(rec.f[ORG_NAME], rec.f[META_ID]); /* a stub is called by its id */
	return rec_has(&rec, ORG_NAME_KANA) || rec_has(&rec, ORG_NAME_EN);
}

/* The first key of an entry, if that is not the id, which always has one, behind all but those of aliases. */
static bool entry_name(struct txn *t, uint32_t org, struct view entry, struct view *out)
{
	const char *p = entry.p, *end = p + entry.n, *to, *more;
	if (p == end || *p++ != 0x1d)
		return false;
	to = memchr(p, 0x1d, (size_t)(end - p));
	if (!to || to == p)
		return false;
	*out = view_of(p, (size_t)(to - p));
	if (out->n < 3 || p[2] != '-') /* an id has a prefix of two letters */
		return true;
	more = memchr(to + 1, 0x1d, (size_t)(end - to - 1));
	return more ? has_name(t, org) : !view_eq(*out, view_of(to + 1, (size_t)(end - to - 1)));
}

void names_each(struct txn *t, const struct org_bits *set, void (*fn)(void *arg, uint32_t org, struct view key),
		void *arg)
{
	for (uint32_t block = 0; block * (size_t)BLOCK_WORDS < set->words; block++) {
		struct view text, entry, key;
		unsigned local;
		if (!set_block(t, set, block, &text))
			continue;
		for (const char *p = text.p, *end = p + text.n; entry_next(&p, end, &local, &entry);) {
			uint32_t org = block * NAME_BLOCK + local;
			__builtin_prefetch(p + AHEAD);
			if (set_has(set, org) && entry_name(t, org, entry, &key))
				fn(arg, org, key);
		}
	}
}
