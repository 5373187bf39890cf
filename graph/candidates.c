/* candidates.c - see candidates.h: those with an own code go into a table by name, then one pass over all names. */
#include "graph/candidates.h"

#include "base/text.h"
#include "base/util.h"
#include "graph/names.h"

#define LOCAL VIEW_LIT("XX-LOCAL-")
#define KEY_BYTES_MIN 4 /* a name of one letter says nothing */
#define ALIKE_MAX 20u   /* own codes of one name that are looked at: more are no hint */
#define LOOKED_MAX (8 * CANDIDATES_MAX) /* pairs looked at, refused ones too */

struct local {
	uint64_t hash; /* 0: free */
	uint32_t org;
	struct view key;
};

struct search {
	struct txn *t;
	struct org_bits locals, all;
	size_t n_locals;
	struct local *table;
	size_t mask;
	struct candidate *pairs;
	size_t n, cap, looked;
	bool more; /* not all were looked at */
	bool full; /* enough */
	enum rc rc;
};

static bool is_local(struct view id) { return id.n > LOCAL.n && memcmp(id.p, LOCAL.p, LOCAL.n) == 0; }
static bool is_unit(struct view id) { return memchr(id.p, '~', id.n) != NULL; }

static uint64_t hash_of(struct view key)
{
	uint64_t h = 1469598103934665603u;
	const uint8_t *p = key.p;

	for (size_t i = 0; i < key.n; i++)
		h = (h ^ p[i]) * 1099511628211u;
	return h | 1;
}

static bool local_note(void *arg, struct view id, uint32_t org)
{
	struct search *s = arg;

	if (!is_local(id))
		return false;
	if (!is_unit(id) && org / 64 < s->locals.words) {
		s->locals.bits[org / 64] |= 1ull << (org % 64);
		s->n_locals++;
	}
	return true;
}

static void table_add(void *arg, uint32_t org, struct view key)
{
	struct search *s = arg;
	uint64_t h = hash_of(key);
	size_t at = (size_t)h & s->mask;

	if (key.n < KEY_BYTES_MIN)
		return;
	for (unsigned alike = 0; s->table[at].hash; at = (at + 1) & s->mask)
		if (s->table[at].hash == h && ++alike == ALIKE_MAX) {
			s->more = true;
			return;
		}
	s->table[at] = (struct local){ h, org, key };
}

static bool same_kana(const struct rec *a, const struct rec *b)
{
	AUTO(buf_done) struct buf x = BUF_INIT, y = BUF_INIT;

	return rec_has(a, ORG_NAME_KANA) && rec_has(b, ORG_NAME_KANA) && text_name_key(&x, a->f[ORG_NAME_KANA]) &&
	       text_name_key(&y, b->f[ORG_NAME_KANA]) && view_eq(buf_view(&x), buf_view(&y));
}

static bool lists(const struct rec *r, const struct rec *other)
{
	struct rd rd = rd_of(r->f[ORG_DISTINCT_FROM]);

	while (rd_more(&rd)) {
		struct view id = rd_lenbytes(&rd);
		if (view_eq(id, other->f[META_ID]))
			return true;
		for (struct rd al = rd_of(other->f[ORG_ALIASES]); rd_more(&al);)
			if (view_eq(rd_lenbytes(&al), id))
				return true;
	}
	return false;
}

bool candidates_refused(const struct rec *a, const struct rec *b) { return lists(a, b) || lists(b, a); }

static void pair_add(struct search *s, uint32_t left, uint32_t right)
{
	struct rec a, b;

	if (++s->looked > LOOKED_MAX) {
		s->full = true;
		return;
	}
	if (org_get(s->t, left, &a) != RC_OK || org_get(s->t, right, &b) != RC_OK || is_unit(b.f[META_ID]) ||
	    candidates_refused(&a, &b))
		return;
	if (s->n == CANDIDATES_MAX) {
		s->full = true;
		return;
	}
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 64;
		struct candidate *p = realloc(s->pairs, cap * sizeof *p);
		if (!p) {
			s->rc = RC_NOMEM;
			return;
		}
		s->pairs = p;
		s->cap = cap;
	}
	s->pairs[s->n++] = (struct candidate){ left, right, same_kana(&a, &b) };
}

static void name_meet(void *arg, uint32_t org, struct view key)
{
	struct search *s = arg;
	uint64_t h = hash_of(key);
	bool local = s->locals.bits[org / 64] >> (org % 64) & 1;

	for (size_t at = (size_t)h & s->mask; s->table[at].hash && s->rc == RC_OK && !s->full; at = (at + 1) & s->mask) {
		const struct local *l = &s->table[at];
		/* two own codes are one pair, told from the smaller number */
		if (l->hash == h && l->org != org && !(local && org < l->org) && view_eq(l->key, key))
			pair_add(s, l->org, org);
	}
}

static int by_numbers(const void *pa, const void *pb)
{
	const struct candidate *a = pa, *b = pb;

	if (a->left != b->left)
		return a->left < b->left ? -1 : 1;
	return (a->right > b->right) - (a->right < b->right);
}

static enum rc search(struct search *s)
{
	size_t words = (size_t)graph_max_org(s->t) / 64 + 1;

	s->locals = (struct org_bits){ calloc(words, 8), words };
	s->all = (struct org_bits){ malloc(words * 8), words };
	if (!s->locals.bits || !s->all.bits)
		return RC_NOMEM;
	memset(s->all.bits, 0xff, words * 8);
	org_each(s->t, LOCAL, local_note, s);
	if (s->n_locals == 0)
		return txn_rc(s->t);
	for (s->mask = 16; s->mask < 2 * s->n_locals;)
		s->mask *= 2;
	s->table = calloc(s->mask--, sizeof *s->table);
	if (!s->table)
		return RC_NOMEM;
	names_each(s->t, &s->locals, table_add, s);
	names_each(s->t, &s->all, name_meet, s);
	if (s->n)
		qsort(s->pairs, s->n, sizeof *s->pairs, by_numbers);
	return s->rc != RC_OK ? s->rc : txn_rc(s->t);
}

enum rc candidates_find(struct txn *t, struct candidate **out, size_t *out_n, bool *out_more)
{
	struct search s = { .t = t };
	enum rc rc = search(&s);

	free(s.locals.bits);
	free(s.all.bits);
	free(s.table);
	if (rc != RC_OK) {
		free(s.pairs);
		return rc;
	}
	*out = s.pairs;
	*out_n = s.n;
	*out_more = s.more || s.full;
	return RC_OK;
}

bool candidates_pair(struct txn *t, uint32_t a, uint32_t b)
{
	AUTO(buf_done) struct buf x = BUF_INIT, y = BUF_INIT;
	struct rec ra, rb;

	if (a == b || org_get(t, a, &ra) != RC_OK || org_get(t, b, &rb) != RC_OK)
		return false;
	if (is_unit(ra.f[META_ID]) || is_unit(rb.f[META_ID]) || !(is_local(ra.f[META_ID]) || is_local(rb.f[META_ID])))
		return false;
	return text_name_key(&x, org_name(t, a)) && text_name_key(&y, org_name(t, b)) && x.n >= KEY_BYTES_MIN &&
	       view_eq(buf_view(&x), buf_view(&y));
}
